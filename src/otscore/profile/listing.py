"""Profiles to a file: a JSON array, or text to read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from otscore.errors import Issue, UsageError
from otscore.profile.models import Profile


class ProfileFile:
    """A context manager: the file appears under its name only when everything went well."""

    def __init__(self, path: str) -> None:
        """``path`` ends in .json or .txt; ``-`` is text on standard output.

        Raises UsageError for another ending or a folder that is not there.
        """
        if path != "-" and not path.endswith((".json", ".txt")):
            raise UsageError(Issue("file_kind", "this kind of file is not written", "Use .json or .txt", path))
        self.path, self.as_json, self.first = path, path.endswith(".json"), True
        self.partial = None if path == "-" else Path(f"{path}.part")
        if self.partial is not None and not self.partial.parent.is_dir():
            raise UsageError(Issue("no_folder", "the folder of the output file does not exist", "Create it first", path))
        self.handle: IO[str] = sys.stdout if self.partial is None else self.partial.open("w", encoding="utf-8")

    def write(self, profile: Profile) -> None:
        """Append one profile."""
        before = ("[\n" if self.first else ",\n") if self.as_json else ("" if self.first else "\n\n")
        self.handle.write(before + (profile.model_dump_json() if self.as_json else str(profile)))
        self.first = False

    def __enter__(self) -> ProfileFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.handle.write(("[]\n" if self.first else "\n]\n") if self.as_json else "\n")
        if self.partial is not None:
            self.handle.close()
            if kind is None:
                os.replace(self.partial, self.path)
            else:
                self.partial.unlink(missing_ok=True)
