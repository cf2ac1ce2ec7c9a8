"""Profiles to a file: a JSON array, or text to read."""

from __future__ import annotations

from types import TracebackType
from typing import IO

from otscore.profile.models import Profile
from otscore.profile.target import STANDARD_OUTPUT, StandardOutput, Target
from otscore.profile.text import pack_notes, profile_table

ENDINGS = (".json", ".txt")


class ProfileFile:
    """A context manager: the file appears under its name only when everything went well."""

    def __init__(self, path: str, held: bool = False) -> None:
        """``path`` ends in .json or .txt; ``-`` is text on standard output, ``held`` back to the end.

        Raises UsageError for another ending or a folder that is not there; on entering, where the file cannot be written.
        """
        self.target = StandardOutput(held) if path == STANDARD_OUTPUT else Target(path, ENDINGS)
        self.as_json, self.first = path.lower().endswith(".json"), True
        self.notes: dict[str, None] = {}

    def write(self, profile: Profile) -> None:
        """Append one profile; in text the notes on its norms follow at the end, once for all profiles."""
        if self.as_json:
            self._put(("[\n" if self.first else ",\n") + profile.model_dump_json())
        else:
            self._put(("" if self.first else "\n\n") + profile_table(profile) + "\n")
            self.notes |= dict.fromkeys(pack_notes(profile))
        self.first = False

    def _put(self, text: str) -> None:
        self.target.guarded(lambda: self.handle.write(text))

    def _end(self) -> None:
        if self.as_json:
            self._put("[]\n" if self.first else "\n]\n")
        elif self.notes:
            self._put("\n\n" + "\n".join(self.notes) + "\n")

    def __enter__(self) -> ProfileFile:
        target = self.target
        self.handle: StandardOutput | IO[str]
        if isinstance(target, StandardOutput):
            self.handle = target
        else:
            self.handle = target.guarded(lambda: target.partial.open("w", encoding="utf-8", newline=""))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._end()
        self.target.close(self._close, done=kind is None)

    def _close(self) -> None:
        if not isinstance(self.handle, StandardOutput):
            self.handle.close()
