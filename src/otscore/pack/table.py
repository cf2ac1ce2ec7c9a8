"""A CSV file of a pack: columns of text with their line numbers, and the same as numbers when asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, PackInvalid

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a pack. ``columns`` maps a column name to its cells; ``lines`` are line numbers in the file."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def rows(self) -> Iterator[dict[str, str]]:
        """The rows as dictionaries of text."""
        names = list(self.columns)
        for cells in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, cells, strict=True))

    def text(self, column: str) -> tuple[str, ...]:
        """The cells of a column.

        Raises PackInvalid when the table has no such column.
        """
        if column not in self.columns:
            known = ", ".join(self.columns)
            raise PackInvalid(
                Issue("column_missing", f"the table needs a column `{column}`", f"It has: {known}", self.name)
            )
        return self.columns[column]

    def numbers(self, column: str, *, blank: float | None = None) -> Floats:
        """The cells of a column as float64; an empty cell gives ``blank`` where that is allowed.

        Raises PackInvalid naming file, line and column for every cell that is no number.
        """
        cells = self.text(column)
        try:
            return np.array(cells, dtype=np.float64)
        except ValueError:
            pass
        values, issues = np.empty(len(cells)), []
        for place, cell in enumerate(cells):
            try:
                values[place] = blank if not cell and blank is not None else float(cell)
            except ValueError:
                hint = "Write a plain number with a decimal point"
                message = f"line {self.lines[place]}: the cell is not a number"
                issues.append(Issue("not_a_number", message, hint, self.name, field=column))
        if issues:
            raise PackInvalid(issues)
        return values


def parse_table(name: str, data: bytes) -> Table:
    """Read CSV bytes: UTF-8, comma separated, one header line; lines starting with ``#`` are comments.

    Raises PackInvalid for a wrong encoding, a repeated or empty column name, or a line of the wrong length.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackInvalid(Issue("encoding", "the file is not UTF-8", "Save it as CSV UTF-8", name)) from None
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    issues: list[Issue] = []
    for number, cells in _cells(text):
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not header:
            header = cells
        elif len(cells) != len(header):
            message = f"line {number}: {len(cells)} cells where the header has {len(header)}"
            hint = "Is the separator a comma, and is a decimal comma in use?"
            issues.append(Issue("row_length", message, hint, name))
        else:
            rows.append(cells)
            lines.append(number)
    if not header or "" in header or len(set(header)) != len(header):
        issues.insert(0, Issue("header", "the header is missing, or has an empty or repeated column name", "", name))
    if issues:
        raise PackInvalid(issues)
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    return Table(name, dict(zip(header, map(tuple, columns), strict=True)), tuple(lines))


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each line, without blanks around them; most tables quote nothing, and then lines can be cut."""
    if '"' not in text:
        for number, line in enumerate(text.splitlines(), start=1):
            cells = line.split(",")
            yield number, [cell.strip() for cell in cells] if " " in line or "\t" in line else cells
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    for cells in reader:
        yield reader.line_num, [cell.strip() for cell in cells]
