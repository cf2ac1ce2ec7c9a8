"""A CSV file of a pack: columns of text with their line numbers, and the same as numbers when asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, PackInvalid

Floats = NDArray[np.float64]
OPEN = re.compile(r"([<>]?) *(?:([0-9]+):([0-9]{1,2})|(-?[0-9]+(?:\.[0-9]+)?))")
"""A printed score that may be open at one end (<1, >99), and may be an age in years and months (2:0, <2:0)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a pack. ``columns`` maps a column name to its cells; ``lines`` are line numbers in the file."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def __repr__(self) -> str:
        return f"Table({self.name}, {len(self)} rows)"

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

    def open_numbers(self, column: str) -> tuple[Floats, NDArray[np.int8]]:
        """Printed scores as numbers, NaN for an empty cell, and -1 where one is printed as less than that (<1), 1 as more.

        Years and months (2:0) are months. Raises PackInvalid naming file, line and column for every cell that is none of these.
        """
        cells = self.text(column)
        if not any(mark in cell for cell in cells for mark in "<>:"):
            return self.numbers(column, blank=np.nan), np.zeros(len(cells), dtype=np.int8)
        values, side, issues = np.full(len(cells), np.nan), np.zeros(len(cells), dtype=np.int8), []
        for place, cell in enumerate(cells):
            found = OPEN.fullmatch(cell)
            if found is None and cell:
                hint = "Write a number, <number, >number, or for ages years:months"
                issues.append(Issue("not_a_number", f"line {self.lines[place]}: the cell is no score", hint, self.name, field=column))
            elif found is not None:
                sign, years, months, number = found.groups()
                values[place] = float(number) if number else 12.0 * float(years) + float(months)
                side[place] = {"<": -1, ">": 1}.get(sign, 0)
        if issues:
            raise PackInvalid(issues)
        return values, side


def parse_table(name: str, data: bytes) -> Table:
    """Read CSV bytes: UTF-8, comma separated, one header line; lines starting with ``#`` are comments.

    Raises PackInvalid for a wrong encoding, another separator, a repeated or empty column name, or a line of the wrong length.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackInvalid(Issue("encoding", "the file is not UTF-8", "Save it as CSV UTF-8", name)) from None
    cells, widths, lines = _cells(text)
    width = widths[0] if widths else 0
    header, issues = cells[:width], []
    if width == 1 and cells and any(mark in cells[0] for mark in ";\t"):
        hint = "Save it with commas between the cells, and a point in the numbers"
        raise PackInvalid(Issue("separator", "the cells are not separated by commas", hint, name))
    if set(widths) - {width}:
        hint = "Is the separator a comma, and is a decimal comma in use?"
        issues = [
            Issue("row_length", f"line {line}: {found} cells where the header has {width}", hint, name)
            for found, line in zip(widths, lines, strict=True) if found != width
        ]  # fmt: skip
    if not header or "" in header or len(set(header)) != width:
        hint = "The first line names the columns, each once"
        issues.insert(0, Issue("header", "the header is missing, or has an empty or repeated column name", hint, name))
    if issues:
        raise PackInvalid(issues)
    return Table(name, {column: tuple(cells[width + place :: width]) for place, column in enumerate(header)}, tuple(lines[1:]))


def _cells(text: str) -> tuple[list[str], list[int], list[int]]:
    """The cells of all lines that are neither empty nor a comment, without blanks around them, in one list (a list for each
    line would cost more than reading it); how many each line has; and its number.
    """
    if '"' in text:
        reader = csv.reader(io.StringIO(text, newline=""))
        found = [(reader.line_num, cells) for cells in reader if not _skipped(",".join(cells))]
        lines, rows = [line for line, _ in found], [cells for _, cells in found]
        cells, widths = list(chain.from_iterable(rows)), list(map(len, rows))
    else:  # most tables quote nothing, and then lines can be cut
        every = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = [number for number, line in enumerate(every, start=1) if not _skipped(line)]
        kept = [every[number - 1] for number in lines]
        cells, widths = ",".join(kept).split(",") if kept else [], [line.count(",") + 1 for line in kept]
    if " " in text or "\t" in text or not text.isascii():
        cells = [cell.strip() for cell in cells]
    return cells, widths, lines


def _skipped(line: str) -> bool:
    start = line.lstrip()
    return start.startswith("#") or not start.replace(",", "").strip()
