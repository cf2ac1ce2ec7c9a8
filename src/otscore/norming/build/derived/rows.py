"""Raw data as columns of cells, and the columns that a preparation makes of them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.build.derived.columns import Condition
from otscore.norming.build.derived.recipe import FileRecipe
from otscore.norming.build.file import NUMBER
from otscore.schema.mapping import did_you_mean

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]


@dataclass
class Table:
    """n rows. cells : text by column, empty where there is no value. made : numbers (n,) by column, NaN where there is none.

    parts : of a column that was made of k others or of k items, these (n, k).
    """

    source: str
    cells: dict[str, list[str]]
    made: dict[str, Floats] = field(default_factory=dict)
    parts: dict[str, Floats] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(next(iter(self.cells.values())))

    def text(self, column: str) -> list[str]:
        """Cells of a column of the file. Raises UsageError where there is none of this name."""
        if column not in self.cells:
            known = [*self.made, *self.cells]
            hint = f"{did_you_mean(column, known)}There are: {', '.join(known[:40])}{', ...' if len(known) > 40 else ''}"
            raise UsageError(Issue("column_missing", f"there is no column {column}", hint, self.source))
        return self.cells[column]

    def numbers(self, column: str) -> Floats:
        """A column as numbers. Raises UsageError where there is none, or a cell is no number."""
        if column in self.made:
            return self.made[column]
        cells = self.text(column)
        wrong = [row for row, cell in enumerate(cells) if cell and not NUMBER.fullmatch(cell)]
        if wrong:
            hint = "Cells that mean no value are named in `missing`; words are told apart by `is`, or turned into numbers by `recode`"
            raise UsageError(Issue("not_a_number", "the cell is no number", hint, self.source, row=wrong[0] + 1, field=column, count=len(wrong)))
        return np.array([float(cell) if cell else np.nan for cell in cells])

    def parts_of(self, column: str) -> Floats:
        """What a column was made of, (n, k). Raises UsageError for one that is no sum, no greatest and not of items."""
        if column not in self.parts:
            hint = f"Columns with parts: {', '.join(self.parts) or 'none'}"
            raise UsageError(Issue("no_parts", f"the column {column} is not made of several", hint, self.source))
        return self.parts[column]

    def meeting(self, conditions: Sequence[Condition]) -> Rows:
        """Rows (n,) that meet every condition."""
        found = np.ones(self.n, dtype=np.bool_)
        for one in conditions:
            if one.is_:
                found &= np.array([cell in one.is_ for cell in self.text(one.column)], dtype=np.bool_)
            else:
                values = self.numbers(one.column)
                found &= values >= (-np.inf if one.from_ is None else one.from_)
                found &= values < (np.inf if one.below is None else one.below)
        return found

    def kept(self, rows: Rows) -> Table:
        """These rows alone."""
        places = np.flatnonzero(rows)
        cells = {name: [column[place] for place in places] for name, column in self.cells.items()}
        made, parts = ({name: values[places] for name, values in kind.items()} for kind in (self.made, self.parts))
        return Table(self.source, cells, made, parts)


def read_table(file: FileRecipe, folder: Path, missing: Sequence[str]) -> Table:
    """The file as columns. Raises UsageError as `read_rows` does."""
    lines = read_rows(file, folder)
    header, none = next(lines, []), {"", *missing}
    rows = list(lines)
    if not rows or any(len(row) != len(header) for row in rows):
        message = "rows and header differ in length" if rows else "the file has no rows"
        raise UsageError(Issue("rows", message, "The first line names the columns; a row for each child follows", str(folder / file.file)))
    return Table(str(folder / file.file), {name: ["" if cell in none else cell for cell in column] for name, *column in zip(header, *rows, strict=True)})


def read_rows(file: FileRecipe, folder: Path) -> Iterator[list[str]]:
    """The rows of a file, its header first. Raises UsageError where it is missing, or is not the one that the recipe names."""
    path = folder / file.file
    if not path.is_file():
        path = folder / "microdata" / file.file
    if not path.is_file():
        hint = "Name the folder of raw data: --data DIR, or OTSCORE_REFERENCE. Raw data are no part of the library; SOURCES.toml says where they come from"
        raise UsageError(Issue("no_file", "the raw data are not there", hint, str(folder / file.file)))
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != file.sha256:
        hint = "Give the file that the recipe was written for; figures of another one need another version of the pack"
        raise UsageError(Issue("data_changed", "the file is another one than the recipe names by its sha256", hint, str(path)))
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
