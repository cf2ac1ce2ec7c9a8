"""The file of a sample: its cells by column, as text and as numbers, and what was found wrong with them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.build.recipe import Recipe
from otscore.norming.sheets import TEXT_ENDINGS, read_sheets
from otscore.schema.mapping import did_you_mean

Floats = NDArray[np.float64]
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
COMMA_NUMBER = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)")
DECIMAL = {
    "point": 'Is that a decimal comma? Write decimal = "comma" in [data], which then holds for every number of the file',
    "comma": 'The recipe says decimal = "comma" in [data]: write all numbers with the same mark',
}


@dataclass
class File:
    """The cells of the file by column, and what was found wrong with them."""

    source: str
    header: list[str]
    rows: list[list[str]]
    missing: frozenset[str]
    decimal: str
    issues: list[Issue] = field(default_factory=list)

    def cells(self, column: str, key: str) -> list[str]:
        """The cells of a column, empty where they mean no value; an issue where there is none of this name."""
        return ["" if cell in self.missing else cell for cell in self.written(column, key)]

    def written(self, column: str, key: str) -> list[str]:
        """The cells of a column as they stand in the file; an issue where there is none of this name."""
        if column not in self.header:
            hint = f"{did_you_mean(column, self.header)}The file has: {', '.join(self.header[:40])}{', ...' if len(self.header) > 40 else ''}"
            self.issues.append(Issue("column_missing", f"there is no column {column}, named by {key}", hint, self.source))
            return [""] * len(self.rows)
        place = self.header.index(column)
        return [row[place] for row in self.rows]

    def numbers(self, column: str, key: str, missing: Sequence[str] = ()) -> Floats:
        """A column as numbers; an issue that names the first row where one is none. missing : further cells that mean no value."""
        cells = ["" if cell in missing else cell for cell in self.cells(column, key)]
        wrong = [row for row, cell in enumerate(cells) if cell and not self.is_number(cell)]
        other = [row for row in wrong if (NUMBER if self.decimal == "comma" else COMMA_NUMBER).fullmatch(cells[row])]
        self.add(other, "decimal", f"the cell is a number without a decimal {self.decimal}", DECIMAL[self.decimal], column)
        hint = f"Write numbers with a decimal {self.decimal} and nothing else; cells that mean no value are named in `missing`"
        self.add([row for row in wrong if row not in other], "not_a_number", "the cell is no number", hint, column)
        if wrong:
            return np.full(len(cells), np.nan)
        return np.array([self.number(cell) if cell else np.nan for cell in cells])

    def is_number(self, cell: str) -> bool:
        """Whether a cell is a number with the decimal mark of the file."""
        return (COMMA_NUMBER if self.decimal == "comma" else NUMBER).fullmatch(cell) is not None

    def number(self, cell: str) -> float:
        """The number of a cell that is one."""
        return float(cell.replace(",", ".") if self.decimal == "comma" else cell)

    def add(self, rows: Sequence[int], code: str, message: str, hint: str, column: str) -> None:
        """An issue about some rows, counted from 1, that names the first of them."""
        if len(rows):
            self.issues.append(Issue(code, message, hint, self.source, row=int(rows[0]) + 1, field=column, count=len(rows)))


def open_file(recipe: Recipe, path: Path) -> tuple[File, str]:
    """The file, and its digest. Raises UsageError where it cannot be read, or is another one than the recipe names."""
    if path.suffix.lower() not in TEXT_ENDINGS:
        raise UsageError(Issue("file_kind", "this kind of file is not read", f"Save it as CSV UTF-8; allowed: {', '.join(TEXT_ENDINGS)}", str(path)))
    sheet = read_sheets(path)[0]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if recipe.data.sha256 is not None and digest != recipe.data.sha256:
        hint = f"Give the file that the recipe was written for; or, if the data were changed on purpose, write sha256 = \"{digest}\" and raise the version"
        raise UsageError(Issue("data_changed", "the file is another one than the recipe names by its sha256", hint, str(path)))
    rows = [[str(cell).strip() for cell in row] for row in sheet.rows if any(str(cell).strip() for cell in row)]
    header, rows = (rows[0], rows[1:]) if rows else ([], [])
    twice = sorted(name for name, times in Counter(header).items() if times > 1 and name)
    if twice or not rows:
        message = f"two columns are called {', '.join(twice)}" if twice else "the file has no rows"
        raise UsageError(Issue("header", message, "The first line names the columns, each once; a row for each child follows", str(path)))
    return File(str(path), header, rows, frozenset(recipe.data.missing) | {""}, recipe.data.decimal), digest
