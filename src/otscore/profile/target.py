"""Where results go: a file that is never left half-written, or standard output; refused where it cannot be written."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

from otscore.errors import Issue, UsageError

STANDARD_OUTPUT = "-"
Result = TypeVar("Result")


class Target:
    """A path, and the file beside it that is written first; it takes the name of the path when all went well."""

    def __init__(self, path: str, endings: tuple[str, ...]) -> None:
        """Raises UsageError for another ending, a folder that is not there, or a path that is a folder."""
        self.path, self.partial = path, _free(path)
        if not path.lower().endswith(endings):
            allowed = ", ".join(endings[:-1]) + f" or {endings[-1]}"
            raise UsageError(Issue("file_kind", "this kind of file is not written", f"Use {allowed}", path))
        if not self.partial.parent.is_dir():
            raise UsageError(Issue("no_folder", "the folder of the output file does not exist", "Create it first", path))
        if Path(path).is_dir():
            raise UsageError(Issue("not_writable", "the output file is a folder", "Name a file", path))

    def guarded(self, action: Callable[[], Result]) -> Result:
        """The result of the action. Raises UsageError where the file cannot be written; what there is of it is removed."""
        try:
            return action()
        except OSError as error:
            self._remove()
            raise _not_writable(error, "the output file cannot be written", self.path) from None

    def close(self, action: Callable[[], None], done: bool) -> None:
        """Close by the action, then give the file its name, or remove it where not all is done."""
        if done:
            self.guarded(action)
            self.guarded(lambda: os.replace(self.partial, self.path))
        else:
            with suppress(OSError):
                action()
            self._remove()

    def _remove(self) -> None:
        with suppress(OSError):
            self.partial.unlink(missing_ok=True)


class StandardOutput:
    """Standard output, in UTF-8 and with plain line ends where that can be had.

    ``held``: nothing is written before all went well; what waits for that is in memory, in no file.
    """

    path = STANDARD_OUTPUT

    def __init__(self, held: bool = False) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        self.held = io.StringIO() if held else None

    def write(self, text: str) -> int:
        """Write the text, or keep it until the end."""
        return sys.stdout.write(text) if self.held is None else self.held.write(text)

    def guarded(self, action: Callable[[], Result]) -> Result:
        """The result of the action. Raises UsageError where nothing can be written; a reader that has gone away is no error."""
        try:
            return action()
        except BrokenPipeError:
            raise
        except OSError as error:
            with suppress(OSError, ValueError):  # what is still waiting would be tried, and fail, once more at the end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise _not_writable(error, "standard output cannot be written", "") from None

    def close(self, action: Callable[[], None], done: bool) -> None:
        """Write what was kept, where all is done. Standard output stays open, so ``action`` is not taken."""
        if done and self.held is not None:
            text = self.held.getvalue()
            self.guarded(lambda: sys.stdout.write(text))
        if done or self.held is None:
            self.guarded(sys.stdout.flush)


def _free(path: str) -> Path:
    """A name beside the path that no file has."""
    names = chain([f"{path}.part"], (f"{path}.{number}.part" for number in count(2)))
    return next(Path(name) for name in names if not os.path.lexists(name))


def _not_writable(error: OSError, message: str, path: str) -> UsageError:
    return UsageError(Issue("not_writable", message, f"The system says: {error.strerror or type(error).__name__}", path))
