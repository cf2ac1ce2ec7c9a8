"""The file that results go to: refused early where it cannot be written, and never left half-written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

from otscore.errors import Issue, UsageError

STANDARD_OUTPUT = "-"
Result = TypeVar("Result")


class Target:
    """A path, and the file beside it that is written first; it takes the name of the path when all went well."""

    def __init__(self, path: str, endings: tuple[str, ...]) -> None:
        """Raises UsageError for another ending, a folder that is not there, or a path that is a folder."""
        self.path, self.partial = path, Path(f"{path}.part")
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
            hint = f"The system says: {error.strerror or type(error).__name__}"
            raise UsageError(Issue("not_writable", "the output file cannot be written", hint, self.path)) from None

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


def standard_output() -> IO[str]:
    """Standard output, in UTF-8 and with plain line ends where that can be had."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout
