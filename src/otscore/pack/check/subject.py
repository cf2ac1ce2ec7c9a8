"""What a rule looks at, and what it gives back: the pack as read, its norm tables scale by scale, and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.errors import PackInvalid
from otscore.pack.items import item_file
from otscore.pack.read import Pack
from otscore.pack.table import Table
from otscore.schema import Norm, Scale
from otscore.schema.irt import Irt

Floats = NDArray[np.float64]


class Finding(NamedTuple):
    """What is wrong, where, and how to fix it; ``line`` 0 when the finding is about a whole file."""

    source: str
    message: str
    hint: str
    field: str = ""
    line: int = 0


class Tier(IntEnum):
    """When a rule is asked: an error of an earlier tier keeps the rules of later ones away from that file."""

    BASIC = 0
    MEANING = 1
    DOUBT = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with a stable code."""

    code: str
    says: str
    check: Callable[[Subject], Iterable[Finding]]
    tier: Tier = Tier.MEANING


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a norm table that share strata and age band; ``places`` are positions in the rows."""

    strata: tuple[str, ...]
    age_from: float
    age_to: float
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class NormTable:
    """The rows of one norm table that one scale uses."""

    norm: Norm
    scale: Scale
    source: str
    rows: Table

    def numbers(self, column: str) -> Floats:
        """A column as numbers, an open score (<1) as its number; NaN where the cell is empty or the table has no such column."""
        return self.rows.open_numbers(column)[0] if column in self.rows else np.full(len(self.rows), np.nan)

    def strata(self) -> list[tuple[str, ...]]:
        """The values of the norm's strata on every row."""
        columns = [self.rows.text(name) for name in self.norm.strata]
        return [tuple(column[place] for column in columns) for place in range(len(self.rows))]

    def groups(self) -> list[Group]:
        """Rows by strata and age band, in order of their first row; curves are not split by age."""
        low, high = (self.numbers(name) for name in ("age_from", "age_to"))
        low, high = np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
        found: dict[tuple[tuple[str, ...], float, float], list[int]] = {}
        for place, strata in enumerate(self.strata()):
            found.setdefault((strata, float(low[place]), float(high[place])), []).append(place)
        return [Group(*key, tuple(places)) for key, places in found.items()]

    def where(self, group: Group) -> str:
        """The group in words, for a message."""
        parts = [f"{name} {value}" for name, value in zip(self.norm.strata, group.strata, strict=True)]
        if np.isfinite(group.age_from):
            parts.append(f"ages {group.age_from:g} to {group.age_to:g}")
        return ", ".join(parts)

    def line(self, place: int) -> int:
        """Line number of a row in its file."""
        return self.rows.lines[place]


@dataclass(frozen=True, slots=True)
class Subject:
    """A pack under check. ``broken`` names the files whose shape is already known to be wrong."""

    pack: Pack
    broken: frozenset[str] = frozenset()

    def table(self, name: str | None) -> Table | None:
        """A table of the pack, None where it is missing or broken."""
        return None if name is None or f"tables/{name}" in self.broken else self.pack.tables.get(name)

    def cases(self) -> Table | None:
        """The worked examples, None where there are none or the file is broken."""
        if "cases.csv" in self.broken:
            return None
        try:
            return self.pack.cases
        except PackInvalid:
            return None

    def psychometrics(self) -> Table | None:
        """The reliabilities and SEMs, None where there are none or the file is broken."""
        return None if "psychometrics.csv" in self.broken else self.pack.psychometrics

    def irt_of(self, scale: str) -> Irt | None:
        """The calibrated model of a scale, None where it has none."""
        return next((model for model in self.pack.manifest.irt if scale in model.scales), None)

    def item_table(self, model: Irt) -> Table | None:
        """The item parameters of a model, None where the table is missing or broken."""
        return self.table(item_file(model))

    def scale(self, name: str) -> Scale | None:
        """The scale of this id."""
        return next((scale for scale in self.pack.instrument.scales if scale.id == name), None)

    def norm_tables(self, *methods: str) -> Iterator[NormTable]:
        """Every norm table that can be read, once for each scale that uses it."""
        for norm in self.pack.manifest.norms:
            table = self.table(norm.table)
            if table is None or (methods and norm.method not in methods):
                continue
            for scale in filter(None, map(self.scale, norm.scales)):
                rows = rows_of(table, scale.id)
                if len(rows):
                    yield NormTable(norm, scale, f"tables/{table.name}", rows)


def rows_of(table: Table, scale: str) -> Table:
    """The rows of a scale; the whole table where it has no column ``scale``."""
    if "scale" not in table:
        return table
    keep = [place for place, cell in enumerate(table.text("scale")) if cell == scale]
    columns = {name: tuple(cells[place] for place in keep) for name, cells in table.columns.items()}
    return Table(table.name, columns, tuple(table.lines[place] for place in keep))


def listed(names: Iterable[str]) -> str:
    """Names in a message: the first eight, and how many more there are."""
    known = list(names)
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    return ", ".join(known[:8]) + more
