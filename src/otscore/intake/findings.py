"""Collects what is wrong with the input, once per kind and column, without keeping any value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue

ROWS_NAMED = 5
RECORD = "record"
"""Source of findings about a single child given as a mapping, which no mapping file goes with."""


@dataclass
class _Entry:
    hint: str
    owner: str
    fatal: bool = False
    rows: list[int] = field(default_factory=list)
    count: int = 0


@dataclass
class Findings:
    """Problems by (code, column, message). Row numbers count data rows from 1; ``offset`` is the rows of earlier chunks.

    owner : the pack that is looking; a problem that several packs meet is counted for the first of them only.
    silent : rows that cannot be read, of which nothing else is told.
    locate : for a gathered long table, (row from 0, column) -> row number in the input. lines : input rows gathered so far.
    """

    source: str = ""
    offset: int = 0
    entries: dict[tuple[str, str, str], _Entry] = field(default_factory=dict)
    owner: str = ""
    locate: Callable[[int, str], int] | None = None
    lines: int = 0
    silent: Set[int] = frozenset()

    def add(self, code: str, column: str, message: str, hint: str = "", *, fatal: bool = False) -> None:
        """A finding about a whole column or file; ``fatal`` where it forbids any result."""
        self._entry(code, column, message, hint, fatal)

    def add_rows(self, code: str, column: str, bad: NDArray[np.bool_], message: str, hint: str = "") -> None:
        """A finding in the rows where ``bad`` is true; the rows of one kind and column are counted together."""
        rows = np.flatnonzero(bad)
        if self.silent:
            rows = rows[[self._number(self.offset + int(row), column) not in self.silent for row in rows]]
        if rows.size:
            named = [self._number(self.offset + int(row), column) for row in rows[:ROWS_NAMED]]
            self.add_lines(code, column, named, message, hint, int(rows.size))

    def add_lines(
        self, code: str, column: str, numbers: Iterable[int], message: str, hint: str = "", count: int = 0, *, fatal: bool = False
    ) -> None:
        """A finding in the rows of the input with these numbers; ``count`` where there are more than are named."""
        numbers = [number for number in numbers if number not in self.silent]
        if not numbers:
            return
        entry = self._entry(code, column, message, hint, fatal)
        if entry.owner == self.owner:
            entry.count += count or len(numbers)
            entry.rows += numbers[: max(ROWS_NAMED - len(entry.rows), 0)]

    def row_numbers(self, n: int) -> NDArray[np.int64]:
        """The row numbers of the ``n`` rows at hand."""
        return np.array([self._number(self.offset + row, "") for row in range(n)], dtype=np.int64)

    @property
    def fatal(self) -> bool:
        """Whether a finding forbids any result."""
        return any(entry.fatal for entry in self.entries.values())

    def issues(self) -> tuple[Issue, ...]:
        """All findings, columns and files first, then by row."""
        found = [
            Issue(code, message + _more(entry), entry.hint, self.source, entry.rows[0] if entry.rows else -1, column, max(entry.count, 1))
            for (code, column, message), entry in self.entries.items()
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda issue: issue.row))

    def _entry(self, code: str, column: str, message: str, hint: str, fatal: bool) -> _Entry:
        return self.entries.setdefault((code, column, message), _Entry(hint, self.owner, fatal))

    def _number(self, row: int, column: str) -> int:
        return row + 1 if self.locate is None else self.locate(row, column)


def _more(entry: _Entry) -> str:
    if len(entry.rows) < 2:
        return ""
    rest = entry.count - len(entry.rows)
    return f" - rows {', '.join(map(str, entry.rows))}" + (f" and {rest:,} more" if rest else "")
