"""Norm tables as arrays, one kind for each way of reading them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile.rows import Floats, Group, Places, combinations
from otscore.errors import Issue, PackInvalid, UsageError
from otscore.kernel.stratum import StratumKey
from otscore.pack.layout import ATTAINED, NOT_ATTAINED, PERCENTILE, POWERS, edges, is_power, place_labels
from otscore.pack.table import Table
from otscore.schema.manifest import Manifest
from otscore.schema.norm import CURVE_COLUMNS, ROW_COLUMNS, Norm

MEANS_NOTHING = {"age_centre": 0.0, "age_scale": 1.0, "b1": 0.0, "b2": 0.0, "b3": 0.0, "logsd1": 0.0}
"""What an optional parameter of a regression is where the table has no such column or an empty cell."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Combination of strata -> (ages (g,), parameters (g, p)), rising in age."""

    nodes: dict[int, tuple[Floats, Floats]]

    @property
    def width(self) -> int:
        """Number of parameters."""
        return int(next(iter(self.nodes.values()))[1].shape[1])


@dataclass(frozen=True, slots=True)
class RowParameters:
    """(g, p) parameters of each norm row."""

    values: Floats


@dataclass(frozen=True, slots=True)
class Printed:
    """What a table prints beside its scores, all (g, r) as they are, None where it does not.

    side : -1 where a score is printed as less than its number, 1 as more. low, high : ends of the interval. counts_as : what
    stands for the score in sums.
    """

    side: NDArray[np.int8] | None = None
    percentile: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None
    band: NDArray[np.int16] | None = None
    counts_as: Floats | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """(g, r) score of each norm row and whole raw score, from ``first_raw`` on; ``ends``: lowest and highest score of each row."""

    table: Floats
    first_raw: float
    ends: tuple[Floats, Floats]
    printed: Printed


@dataclass(frozen=True, slots=True)
class Ranges:
    """Half-open raw ranges of each norm row in rising order, and their (g, r) scores; ``ends`` as in a look-up."""

    starts: tuple[Floats, ...]
    stops: tuple[Floats, ...]
    scores: Floats
    ends: tuple[Floats, Floats]
    printed: Printed


@dataclass(frozen=True, slots=True)
class Cells:
    """The places between printed percentiles as raw ranges; (p,) percents and (g, p) raw scores, NaN where not printed."""

    ranges: Ranges
    percents: Floats
    values: Floats


@dataclass(frozen=True, slots=True)
class Attainment:
    """Ages between those by which a percentage of children have attained it, as ranges of age; ``attained``: last band."""

    ranges: Ranges
    attained: int


@dataclass(frozen=True, slots=True)
class Taylor:
    """(g, i, j) coefficients of raw = sum b_ij L^i A^j for each combination of strata."""

    coefficients: Floats


@dataclass(frozen=True, slots=True)
class Itself:
    """The measure is the score."""


@dataclass(frozen=True, slots=True)
class CutScores:
    """(c,) rising cut scores."""

    at_least: Floats


Arrays = Curves | RowParameters | Lookup | Ranges | Cells | Attainment | CutScores | Taylor | Itself


def build_arrays(norm: Norm, rows: Table, groups: list[Group], level: float | None) -> tuple[Arrays, tuple[str, ...]]:
    """The table of one norm, without curves, and the names of its bands. level : of the interval that is asked for."""
    if norm.method in ROW_COLUMNS:
        return _row_parameters(norm, rows, groups), ()
    if norm.method in ("percentile_cells", "attainment"):
        return _BY_PERCENTS[norm.method](rows, groups)
    if norm.method == "ranges":
        return _ranges(norm, rows, groups, level)
    return _lookup(norm, rows, groups, level)


def curves(norm: Norm, rows: Table, manifest: Manifest, key: StratumKey) -> Curves:
    """The nodes of the curve for every combination of strata."""
    number, age = combinations(norm, rows, manifest), rows.numbers("age")
    parameters = np.column_stack([rows.numbers(column) for column in CURVE_COLUMNS[norm.method]])
    if norm.method == "octaves":
        parameters[:, 0] = np.log2(parameters[:, 0])  # acuity is interpolated in octaves
    nodes = {}
    for place in product(*(range(size) for size in key.sizes)):
        combination = int(np.ravel_multi_index(place, key.sizes)) if place else 0
        mine = np.flatnonzero(number == combination)
        if mine.size < 2 or np.any(np.diff(age[mine]) <= 0):
            message = "a curve needs at least two rows with rising ages for every stratum"
            raise PackInvalid(Issue("ages_rise", message, "Sort the rows by age", rows.name, field="age"))
        nodes[combination] = (age[mine], np.ascontiguousarray(parameters[mine]))
    return Curves(nodes)


def taylor(norm: Norm, rows: Table, manifest: Manifest, key: StratumKey) -> Taylor:
    """The coefficients for every combination of strata: columns ``power_score, power_age, coefficient``."""
    number = combinations(norm, rows, manifest)
    if not all(is_power(power) for name in POWERS for power in rows.numbers(name).tolist()):
        raise PackInvalid(Issue("powers_whole", "a power is no whole number from 0 to 12", "Are the columns in their places?", rows.name))
    powers = [rows.numbers(name).astype(np.intp) for name in POWERS]
    n = int(np.prod(key.sizes)) if key.sizes else 1
    coefficients = np.zeros((n, int(powers[0].max()) + 1, int(powers[1].max()) + 1))
    coefficients[number, powers[0], powers[1]] = rows.numbers("coefficient")
    return Taylor(coefficients)


def _row_parameters(norm: Norm, rows: Table, groups: list[Group]) -> RowParameters:
    columns = [_parameter(rows, name) for name in ROW_COLUMNS[norm.method]]
    return RowParameters(np.column_stack(columns)[_single_lines(rows, groups)])


def _parameter(rows: Table, name: str) -> Floats:
    if name == "logsd0" and name not in rows:
        return np.log(rows.numbers("sd")) if "sd" in rows else 0.5 * np.log(rows.numbers("variance"))
    if name not in MEANS_NOTHING:
        return rows.numbers(name)
    return rows.numbers(name, blank=MEANS_NOTHING[name]) if name in rows else np.full(len(rows), MEANS_NOTHING[name])


SCORE_COLUMN = {"base_rates": "percent", "percent_delay": "age_equivalent"}


def _lookup(norm: Norm, rows: Table, groups: list[Group], level: float | None) -> tuple[Arrays, tuple[str, ...]]:
    raw = rows.numbers("raw")
    score, side = rows.open_numbers(SCORE_COLUMN.get(norm.method, "score"))
    first = int(raw.min())
    grid = _Grid((len(groups), int(raw.max()) - first + 1), _group_of(rows, groups), (raw - first).astype(np.intp))
    table = grid.spread(score, np.nan)
    labels = _labels_by_start(rows.text("band"), raw) if "band" in rows else ()
    return Lookup(table, float(first), _ends(table, grid.spread(side, 0)), _printed(norm, rows, grid, side, labels, level)), labels


def _ends(scores: Floats, side: NDArray[np.int8]) -> tuple[Floats, Floats]:
    """Lowest and highest score of each norm row; NaN where it has none, or where what is printed there is open (<55)."""
    lowest, highest = (pick.reduce(scores, axis=1) for pick in (np.fmin, np.fmax))
    return np.where((side < 0).any(axis=1), np.nan, lowest), np.where((side > 0).any(axis=1), np.nan, highest)


def _ranges(norm: Norm, rows: Table, groups: list[Group], level: float | None) -> tuple[Arrays, tuple[str, ...]]:
    start, stop = edges(rows)
    labels = _labels_by_start(rows.text("band"), start) if "band" in rows else ()
    score, side = rows.open_numbers("score") if "score" in rows else (np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.int8))
    orders = [group.lines[np.argsort(start[group.lines], kind="stable")] for group in groups]
    rank = np.zeros(len(rows), dtype=np.intp)
    for order in orders:
        rank[order] = np.arange(order.size)
    grid = _Grid((len(groups), int(rank.max()) + 1), _group_of(rows, groups), rank)
    scores = grid.spread(score, np.nan)
    starts, stops = (tuple(values[order] for order in orders) for values in (start, stop))
    return Ranges(starts, stops, scores, _ends(scores, grid.spread(side, 0)), _printed(norm, rows, grid, side, labels, level)), labels


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where every line of a table stands among the norm rows and their cells."""

    shape: tuple[int, int]
    row: Places
    cell: Places

    def spread(self, values: NDArray[Any], empty: float) -> NDArray[Any]:
        """The values of the lines as (g, r), ``empty`` where no line stands."""
        spread = np.full(self.shape, empty, dtype=values.dtype)
        spread[self.row, self.cell] = values
        return spread


def _group_of(rows: Table, groups: list[Group]) -> Places:
    row = np.zeros(len(rows), dtype=np.intp)
    for place, group in enumerate(groups):
        row[group.lines] = place
    return row


def _printed(
    norm: Norm, rows: Table, grid: _Grid, side: NDArray[np.int8], labels: tuple[str, ...], level: float | None
) -> Printed:  # fmt: skip
    """What the table prints beside the scores, as far as the norm takes it."""
    found: dict[str, Any] = {"side": grid.spread(side, 0) if side.any() else None}
    if labels:
        bands = [labels.index(cell) if cell else -1 for cell in rows.text("band")]
        found["band"] = grid.spread(np.array(bands, dtype=np.int16), -1)
    if "counts_as" in rows:
        found["counts_as"] = grid.spread(rows.numbers("counts_as", blank=np.nan), np.nan)
    if norm.percentile == "printed":
        found["percentile"] = grid.spread(rows.open_numbers("percentile")[0], np.nan)
    if norm.interval is not None and norm.interval.kind == "printed":
        for end in ("low", "high"):
            found[end] = grid.spread(rows.open_numbers(interval_column(norm, rows, level, end))[0], np.nan)
    return Printed(**found)


def interval_column(norm: Norm, rows: Table, level: float | None, end: str) -> str:
    """The column of one end of the interval at the level asked for: ``ci95_low``, or ``ci_low`` for the level of the pack.

    Raises UsageError where the table does not print that level.
    """
    assert norm.interval is not None
    asked = level or norm.interval.level
    named = f"ci{100 * asked:g}_{end}"
    if named not in rows and asked == norm.interval.level and f"ci_{end}" in rows:
        return f"ci_{end}"
    if named not in rows and level is not None:
        levels = sorted({name[2:-4] for name in rows.columns if re.fullmatch(r"ci[0-9.]+_low", name)} | {f"{100 * norm.interval.level:g}"})
        hint = f"Printed: {', '.join(levels)} %. Leave ci_level out, or take one of these"
        raise UsageError(Issue("ci_level", "the norm tables print no interval of this level", hint, rows.name))
    return named


def _labels_by_start(bands: tuple[str, ...], start: Floats) -> tuple[str, ...]:
    """Names of the bands, in the order in which they begin."""
    return tuple(dict.fromkeys(bands[place] for place in np.argsort(start, kind="stable") if bands[place]))


@dataclass(frozen=True, slots=True)
class _Percentiles:
    """Percentile columns of a table: percents, values of each norm row, and for each row the names of those printed."""

    percents: Floats
    values: Floats
    printed: list[list[str]]

    @classmethod
    def read(cls, rows: Table, groups: list[Group]) -> _Percentiles:
        names = [name for name in rows.columns if PERCENTILE.fullmatch(name)]
        percents = np.array([float(name[1:].replace("_", ".")) for name in names])
        values = np.column_stack([rows.numbers(name, blank=np.nan) for name in names])[_single_lines(rows, groups)]
        printed = [[name for name, known in zip(names, ~np.isnan(row), strict=True) if known] for row in values]
        return cls(percents, values, printed)

    def places(self, *, falling: bool, words: str = "") -> tuple[Ranges, tuple[str, ...]]:
        """Half-open ranges between the values printed in each row, and the names of all places, from the least able."""
        labels = [place_labels(names, words) for names in self.printed]
        order = sorted({label for row in labels for label in row}, key=lambda label: _place_key(label, words), reverse=falling)
        ends = [np.concatenate([[-np.inf], row[~np.isnan(row)], [np.inf]]) for row in self.values]
        shape = (len(ends), max(end.size for end in ends) - 1)
        band, scores = np.full(shape, -1, dtype=np.int16), np.full(shape, np.nan)
        for place, row in enumerate(labels):
            band[place, : len(row)] = [order.index(label) for label in row]
        starts, stops = tuple(end[:-1] for end in ends), tuple(end[1:] for end in ends)
        return Ranges(starts, stops, scores, _ends(scores, np.zeros(shape, dtype=np.int8)), Printed(band=band)), tuple(order)


def _place_key(label: str, words: str) -> tuple[float, float]:
    """Lower and upper percent of a place."""
    low, _, high = label.removeprefix(words).replace("below_", "_to_").replace("from_", "").partition("_to_")
    return tuple(float(end[1:].replace("_", ".")) if end else none for end, none in ((low, -1.0), (high, 101.0)))  # type: ignore[return-value]


def _cells(rows: Table, groups: list[Group]) -> tuple[Arrays, tuple[str, ...]]:
    found = _Percentiles.read(rows, groups)
    ranges, labels = found.places(falling=False)
    return Cells(ranges, found.percents, found.values), labels


def _attainment(rows: Table, groups: list[Group]) -> tuple[Arrays, tuple[str, ...]]:
    ranges, labels = _Percentiles.read(rows, groups).places(falling=True, words=NOT_ATTAINED)
    return Attainment(ranges, len(labels)), (*labels, ATTAINED)


def _single_lines(rows: Table, groups: list[Group]) -> Places:
    if any(group.lines.size != 1 for group in groups):
        raise PackInvalid(Issue("row_twice", "two rows of the table have the same keys", "Remove one", rows.name))
    return np.array([group.lines[0] for group in groups], dtype=np.intp)


_BY_PERCENTS: dict[str, Callable[[Table, list[Group]], tuple[Arrays, tuple[str, ...]]]] = {
    "percentile_cells": _cells, "attainment": _attainment,
}  # fmt: skip
