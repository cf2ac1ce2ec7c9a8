"""Where two norms of one scale are looked at: every age band, every value of the strata, every raw score that can occur.

Where that are not finitely many - norms that run over age, measures that are no whole numbers - a grid stands for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from otscore.batch import Floats
from otscore.compile import Form, ScaleForm
from otscore.compile.rows import rows_of
from otscore.errors import PackInvalid
from otscore.pack import Pack, Table
from otscore.pack.check.members import RawScores, raw_before_points
from otscore.pack.check.subject import Subject
from otscore.pack.layout import PERCENTILE, RANGE_COLUMNS, edges
from otscore.schema import Norm
from otscore.schema.norm import PARAMETRIC

MONTHS_PER = {"days": 1 / 30.4375, "months": 1.0, "years": 12.0}
BY_AGE_BAND = frozenset(("lookup", "ranges", "percentile_cells", "base_rates", "attainment", "cuts", "mean_sd", "two_piece", "identity", "percent_expected"))
"""Methods whose result is the same at all ages of a band."""

SAME_AGE = 1e-6
STEPS_OF_AGE = 8
STEPS_OF_MEASURE = 41
WITHIN_Z = 4.5
PARAMETERS = (("mean", "sd", False), ("mu", "sigma", True), ("m", "s", True), ("median", "sd_above", False))
"""Columns of a centre and a spread, and whether the spread is a share of the centre."""


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two packs: compiled for a norm group (None where it has no such group), and one of its scales."""

    pack: Pack
    form: Form | None
    scale: ScaleForm | None

    @property
    def norm(self) -> Norm | None:
        """The norm of the scale."""
        return self.scale.norm.norm if self.scale is not None and self.scale.norm is not None else None

    @property
    def rows(self) -> Table | None:
        """The lines of the norm's table that are for the scale."""
        if self.norm is None or self.scale is None or self.norm.table is None:
            return None
        return rows_of(self.norm, self.scale.scale.id, self.pack.tables)

    @property
    def months(self) -> float:
        """Months in a unit of age of the pack."""
        return MONTHS_PER[self.pack.manifest.age.unit]

    def own_ages(self) -> tuple[Floats, Floats]:
        """Edges of age bands (those of the pack, of the table and of psychometrics.csv), and ages of a curve, in the pack's unit."""
        rule, rows = self.pack.manifest.age, self.rows
        found = [end for end in (rule.from_, rule.below) if end is not None]
        tables = [table for table in (rows, self._precision()) if table is not None]
        found += [age for table in tables for name in ("age_from", "age_to") for age in numbers(table, name)]
        if rows is not None and self.norm is not None and self.norm.method == "attainment":
            found += [age for name in rows.columns if PERCENTILE.fullmatch(name) for age in numbers(rows, name)]
        return np.unique(found), np.unique(numbers(rows, "age") if rows is not None else [])

    def _precision(self) -> Table | None:
        table = self.pack.psychometrics
        if table is None or self.scale is None or "scale" not in table:
            return None
        keep = [place for place, cell in enumerate(table.text("scale")) if cell == self.scale.scale.id]
        return Table(table.name, {name: tuple(cells[place] for place in keep) for name, cells in table.columns.items()}, tuple(keep))

    def legal(self) -> RawScores | None:
        """The raw scores that answers can give, before a table turns them into points."""
        if self.norm is None or self.scale is None or self.norm.measure == "ability":
            return None
        return raw_before_points(Subject(self.pack), self.scale.scale)

    def printed(self) -> list[float]:
        """Measures at which the table, or a table of points, has an edge."""
        if self.norm is None or self.scale is None:
            return []
        found = list(self.norm.cuts.at_least) if self.norm.cuts is not None else []
        tables = [self.rows] if self.scale.points is None else []
        tables += [self.pack.tables.get(self.scale.scale.points or "")]
        for table in (table for table in tables if table is not None):
            found += numbers(table, "raw")
            found += [edge for side in (edges(table) if any(name in table for name in RANGE_COLUMNS) else ()) for edge in side.tolist()]
            if self.norm.method == "percentile_cells":
                found += [value for name in table.columns if PERCENTILE.fullmatch(name) for value in numbers(table, name)]
        return [value for value in found if np.isfinite(value)]

    def spread(self) -> tuple[float, float] | None:
        """Lowest and highest measure that the parameters of a formula put within some standard deviations."""
        rows = self.rows
        if rows is None or self.norm is None:
            return None
        for centre, spread, share in PARAMETERS:
            if centre in rows and spread in rows:
                middle, sd = np.array(numbers(rows, centre)), np.array(numbers(rows, spread))
                if self.norm.method == "octaves":
                    return float((middle * 2.0 ** (-WITHIN_Z * sd)).min()), float((middle * 2.0 ** (WITHIN_Z * sd)).max())
                width = WITHIN_Z * sd * (middle if share else 1.0)
                low = float((middle - width).min())
                return max(low, 0.0) if share else low, float((middle + width).max())
        return None


def numbers(table: Table, column: str) -> list[float]:
    """The numbers of a column, without empty and unreadable cells; none where there is no such column."""
    if column not in table:
        return []
    try:
        return [value for value in table.numbers(column, blank=np.nan).tolist() if np.isfinite(value)]
    except PackInvalid:
        return []


@dataclass(frozen=True, eq=False)
class Grid:
    """The points, all (n,): age from which and below which (in months; equal for an age alone), values of the strata, measure.

    sampled : what a grid stands for: ``ages``, ``measures``.
    """

    age: Floats
    age_to: Floats
    strata: dict[str, list[str]]
    raw: Floats
    sampled: tuple[str, ...] = ()


def grid_of(sides: Sequence[Side]) -> Grid:
    """The points at which the two norms of a scale are compared; only sides that have a norm count."""
    normed = [side for side in sides if side.norm is not None]
    age, age_to, every_age = _ages(normed)
    raw, every_raw = _measures(normed)
    names = list(dict.fromkeys(name for side in normed for name in (side.norm.strata if side.norm else ())))
    values = [list(dict.fromkeys(value for side in normed if name in side.pack.manifest.strata for value in side.pack.manifest.strata[name].values)) for name in names]
    points = list(product(range(len(age)), *values, raw.tolist()))
    place = [point[0] for point in points]
    strata = {name: [point[number] for point in points] for number, name in enumerate(names, 1)}
    sampled = tuple(word for word, every in (("ages", every_age), ("measures", every_raw)) if not every)
    return Grid(age[place], age_to[place], strata, np.array([point[-1] for point in points]), sampled)


def _ages(sides: Sequence[Side]) -> tuple[Floats, Floats, bool]:
    """Ages in months from which on, and below which, nothing changes; ages alone where the norms run over age."""
    own = [tuple(ages * side.months for ages in side.own_ages()) for side in sides]
    cuts = _distinct(age for found, _ in own for age in found)
    nodes = _distinct(age for _, found in own for age in found)
    if any(side.pack.manifest.age.from_ is None for side in sides) or not cuts.size:
        cuts = _distinct([0.0, *cuts])
    stops = np.append(cuts[1:], np.inf)
    if nodes.size:
        every = _distinct([*cuts, *nodes])
        every = np.sort(np.concatenate([every, (every[1:] + every[:-1]) / 2]))
        return every, every, False
    if all(side.norm is not None and side.norm.method in BY_AGE_BAND for side in sides):
        return cuts, stops, True
    steps = [np.linspace(low, high, STEPS_OF_AGE, endpoint=False) for low, high in zip(cuts, stops, strict=True) if np.isfinite(high)]
    every = np.concatenate([*steps, cuts[-1:]])
    return every, every, False


def _distinct(ages: Iterable[float]) -> Floats:
    """In rising order, those that only differ by how they were counted once."""
    rising = np.unique(np.fromiter(ages, dtype=np.float64))
    return rising[np.append(True, np.diff(rising) > SAME_AGE)] if rising.size else rising


def _measures(sides: Sequence[Side]) -> tuple[Floats, bool]:
    """Every raw score that can occur; where any number can, the edges of the tables and what lies between, or an even grid."""
    legal = [side.legal() for side in sides]
    if all(found is not None and found.values is not None for found in legal):
        return np.unique([value for found in legal if found is not None for value in found.values or ()]), True
    ends = [end for found in legal if found is not None for end in (found.low, found.high)]
    if any(side.norm is not None and side.norm.method in PARAMETRIC for side in sides):
        spreads = [end for side in sides for end in side.spread() or ()]
        ends = spreads or ends or [-WITHIN_Z, WITHIN_Z]
        even = [float(f"{value:.4g}") for value in np.linspace(min(ends), max(ends), STEPS_OF_MEASURE)]
        return np.unique(even), False
    printed = np.unique([value for side in sides for value in side.printed()] + ends)
    between = np.unique(np.concatenate([printed, (printed[1:] + printed[:-1]) / 2]))
    return (between[(between >= min(ends)) & (between <= max(ends))] if ends else between), False
