"""File names made of children's identifiers: letters, digits, - and _ only, short, each once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import count

UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST = 60
NOBODY = "child"
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
"""Names that Windows keeps for itself, whatever their ending."""


class FileNames:
    """Gives out names without ending; ``taken`` are file names that no child may have."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.given: Counter[str] = Counter()
        self.taken = {name.split(".")[0].casefold() for name in taken} | DEVICES

    def of(self, identifier: object) -> str:
        """A name for a child: a safe form of its identifier, with a number where that is taken already.

        Upper and lower case count as the same, as they do on many systems.
        """
        text = "" if identifier is None else str(identifier)[: 4 * LONGEST]
        safe = UNSAFE.sub("-", text).strip("-")[:LONGEST] or NOBODY
        self.given[safe.casefold()] += 1  # so that a thousand children without identifier are not a million tries
        names = (safe if number == 1 else f"{safe}-{number}" for number in count(self.given[safe.casefold()]))
        name = next(name for name in names if not self._parts(name) & self.taken)
        self.taken |= self._parts(name)
        return name

    def _parts(self, name: str) -> set[str]:
        return {name.casefold(), f"{name}-plan".casefold(), f"{name}-progress".casefold()}
