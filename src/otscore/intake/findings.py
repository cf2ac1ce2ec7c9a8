"""Collects what is wrong with the input, once per kind and column, without keeping any value."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue

ROWS_NAMED = 5


@dataclass
class _Entry:
    message: str
    hint: str
    rows: list[int]
    count: int


@dataclass
class Findings:
    """Problems by (code, column). Row numbers count data rows from 1; ``offset`` is the rows of earlier chunks."""

    source: str = ""
    offset: int = 0
    entries: dict[tuple[str, str], _Entry] = field(default_factory=dict)

    def add(self, code: str, column: str, message: str, hint: str = "") -> None:
        """A finding about a whole column or file."""
        self.entries.setdefault((code, column), _Entry(message, hint, [], 0))

    def add_rows(self, code: str, column: str, bad: NDArray[np.bool_], message: str, hint: str = "") -> None:
        """A finding in the rows where ``bad`` is true; the rows of one kind and column are counted together."""
        rows = np.flatnonzero(bad)
        if not rows.size:
            return
        entry = self.entries.setdefault((code, column), _Entry(message, hint, [], 0))
        entry.count += int(rows.size)
        room = ROWS_NAMED - len(entry.rows)
        entry.rows += [self.offset + int(row) + 1 for row in rows[: max(room, 0)]]

    def issues(self) -> tuple[Issue, ...]:
        """All findings, columns and files first, then by row."""
        found = [
            Issue(code, entry.message + _more(entry), entry.hint, self.source, entry.rows[0] if entry.rows else -1, column, max(entry.count, 1))
            for (code, column), entry in self.entries.items()
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda issue: issue.row))


def _more(entry: _Entry) -> str:
    if len(entry.rows) < 2:
        return ""
    rest = entry.count - len(entry.rows)
    return f" - rows {', '.join(map(str, entry.rows))}" + (f" and {rest} more" if rest else "")
