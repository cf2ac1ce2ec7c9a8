"""Norm tables as arrays, one kind for each way of reading them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from otscore.compile.rows import Floats, Group, Places, combinations
from otscore.errors import Issue, PackInvalid
from otscore.kernel.stratum import StratumKey
from otscore.pack.layout import ATTAINED, NOT_ATTAINED, PERCENTILE, edges, place_labels
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
class Lookup:
    """(g, r) score of each norm row and whole raw score, from ``first_raw`` on; ``ends``: lowest and highest score of each row."""

    table: Floats
    first_raw: float
    ends: tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Half-open raw ranges of each norm row in rising order, with the score or the number of the band; ``ends`` as in a look-up."""

    starts: tuple[Floats, ...]
    stops: tuple[Floats, ...]
    scores: tuple[Floats, ...]
    bands: tuple[NDArray[np.int16], ...]
    ends: tuple[Floats, Floats]


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
class CutScores:
    """(c,) rising cut scores."""

    at_least: Floats


Arrays = Curves | RowParameters | Lookup | Ranges | Cells | Attainment | CutScores


def build_arrays(norm: Norm, rows: Table, groups: list[Group]) -> tuple[Arrays, tuple[str, ...]]:
    """The table of one norm, without curves, and the names of its bands."""
    if norm.method in ROW_COLUMNS:
        return _row_parameters(norm, rows, groups), ()
    return _BUILDERS[norm.method](rows, groups)


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


def _row_parameters(norm: Norm, rows: Table, groups: list[Group]) -> RowParameters:
    columns = [_parameter(rows, name) for name in ROW_COLUMNS[norm.method]]
    return RowParameters(np.column_stack(columns)[_single_lines(rows, groups)])


def _parameter(rows: Table, name: str) -> Floats:
    if name == "logsd0" and name not in rows:
        return np.log(rows.numbers("sd")) if "sd" in rows else 0.5 * np.log(rows.numbers("variance"))
    if name not in MEANS_NOTHING:
        return rows.numbers(name)
    return rows.numbers(name, blank=MEANS_NOTHING[name]) if name in rows else np.full(len(rows), MEANS_NOTHING[name])


def _lookup(rows: Table, groups: list[Group], column: str = "score") -> tuple[Arrays, tuple[str, ...]]:
    raw, score = rows.numbers("raw"), rows.numbers(column, blank=np.nan)
    first, last = int(raw.min()), int(raw.max())
    table = np.full((len(groups), last - first + 1), np.nan)
    for place, group in enumerate(groups):
        table[place, (raw[group.lines] - first).astype(np.intp)] = score[group.lines]
    return Lookup(table, float(first), _ends(table)), ()


def _ends(scores: Iterable[Floats]) -> tuple[Floats, Floats]:
    """Lowest and highest score of each norm row; NaN where it has none."""
    lowest, highest = zip(*((np.fmin.reduce(row), np.fmax.reduce(row)) for row in scores), strict=True)
    return np.array(lowest), np.array(highest)


def _base_rates(rows: Table, groups: list[Group]) -> tuple[Arrays, tuple[str, ...]]:
    return _lookup(rows, groups, "percent")


def _ranges(rows: Table, groups: list[Group]) -> tuple[Arrays, tuple[str, ...]]:
    start, stop = edges(rows)
    labels = _labels_by_start(rows.text("band"), start) if "band" in rows else ()
    band = np.array([labels.index(cell) for cell in rows.text("band")] if labels else [-1] * len(rows), dtype=np.int16)
    score = rows.numbers("score", blank=np.nan) if "score" in rows else np.full(len(rows), np.nan)
    orders = [group.lines[np.argsort(start[group.lines], kind="stable")] for group in groups]
    starts, stops, scores = (tuple(values[order] for order in orders) for values in (start, stop, score))
    return Ranges(starts, stops, scores, tuple(band[order] for order in orders), _ends(scores)), labels


def _labels_by_start(bands: tuple[str, ...], start: Floats) -> tuple[str, ...]:
    """Names of the bands, in the order in which they begin."""
    return tuple(dict.fromkeys(bands[place] for place in np.argsort(start, kind="stable")))


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
        numbers = tuple(np.array([order.index(label) for label in row], dtype=np.int16) for row in labels)
        scores = tuple(np.full(end.size - 1, np.nan) for end in ends)
        return Ranges(tuple(end[:-1] for end in ends), tuple(end[1:] for end in ends), scores, numbers, _ends(scores)), tuple(order)


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


_BUILDERS: dict[str, Callable[[Table, list[Group]], tuple[Arrays, tuple[str, ...]]]] = {
    "lookup": _lookup, "ranges": _ranges, "percentile_cells": _cells, "base_rates": _base_rates, "attainment": _attainment,
}  # fmt: skip
