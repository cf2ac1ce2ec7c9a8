"""Lines of a norm table: those of a scale, by strata and age band, and the finder of a child's row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.codes import Status
from otscore.errors import Issue, PackInvalid
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack.table import Table
from otscore.schema.manifest import Manifest
from otscore.schema.norm import Norm

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Statuses = NDArray[np.int16]

NO_TABLE = "Put the file into tables/, or correct its name"


@dataclass(frozen=True, slots=True)
class RowFinder:
    """Finds the norm row of a child: by its strata, then by age band where the table has ages."""

    key: StratumKey
    bands: Mapping[int, Bands]
    by_age: bool

    def find(self, age: Floats, strata: Mapping[str, Floats]) -> tuple[Places, Statuses]:
        """Norm row, -1 where none applies, and why."""
        if not self.key.names:
            return self.bands[0].find(age if self.by_age else np.zeros(len(age)))
        combination, status = self.key.combine(strata, len(age))
        row = np.full(len(age), -1, dtype=np.intp)
        status = np.where(status == Status.OK, Status.NOT_NORMED, status).astype(np.int16)
        for number, bands in self.bands.items():
            mine = combination == number
            where = age[mine] if self.by_age else np.zeros(int(mine.sum()))
            row[mine], status[mine] = bands.find(where)
        if self.by_age:
            status[(status == Status.STRATUM_MISSING) & np.isnan(age)] = Status.AGE_MISSING
        return row, status


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a table that share strata and age band."""

    combination: int
    age_from: float
    age_to: float
    lines: Places


def rows_of(norm: Norm, scale: str, tables: Mapping[str, Table]) -> Table:
    """The lines of the norm's table that are for the scale.

    Raises PackInvalid where the table is missing or has none.
    """
    name = norm.table or ""
    if name not in tables:
        raise PackInvalid(Issue("table_missing", f"norms of scale {scale} name a table that is not there", NO_TABLE, name))
    table = tables[name]
    if "scale" not in table:
        return table
    keep = [place for place, cell in enumerate(table.text("scale")) if cell == scale]
    if not keep:
        raise PackInvalid(Issue("scale_missing", f"the table has no rows for scale {scale}", "Add them, or take the scale out of this norm", name))
    columns = {column: tuple(cells[place] for place in keep) for column, cells in table.columns.items()}
    return Table(table.name, columns, tuple(table.lines[place] for place in keep))


def combinations(norm: Norm, rows: Table, manifest: Manifest) -> Places:
    """Number of the combination of strata on every line, counted as StratumKey.combine counts."""
    number = np.zeros(len(rows), dtype=np.intp)
    for name in norm.strata:
        values = manifest.strata[name].values
        try:
            codes = [values.index(cell) for cell in rows.text(name)]
        except ValueError:
            hint = f"Allowed: {', '.join(values)}"
            raise PackInvalid(Issue("stratum", "a cell is not a value of the stratum", hint, rows.name, field=name)) from None
        number = number * len(values) + np.array(codes, dtype=np.intp)
    return number


def groups_of(norm: Norm, rows: Table, manifest: Manifest) -> list[Group]:
    """The lines by strata and age band, in rising order."""
    number = combinations(norm, rows, manifest)
    low = rows.numbers("age_from") if "age_from" in rows else np.full(len(rows), -np.inf)
    high = rows.numbers("age_to") if "age_to" in rows else np.full(len(rows), np.inf)
    keys = sorted({(int(c), float(a), float(b)) for c, a, b in zip(number, low, high, strict=True)})
    return [Group(c, a, b, np.flatnonzero((number == c) & (low == a) & (high == b))) for c, a, b in keys]


def finder_of(groups: list[Group], key: StratumKey, by_age: bool) -> RowFinder:
    """The finder over these groups; the row of a child is the position of its group."""
    bands: dict[int, Bands] = {}
    for combination in sorted({group.combination for group in groups}):
        mine = [(place, group) for place, group in enumerate(groups) if group.combination == combination]
        starts = np.array([group.age_from for _, group in mine])
        stops = np.array([group.age_to for _, group in mine])
        bands[combination] = Bands(starts, stops, np.array([place for place, _ in mine], dtype=np.intp))
    return RowFinder(key, bands, by_age)
