"""Norm tables to arrays: curves by stratum, dense look-ups, ranges, cells, and where each row applies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.codes import METRIC_MEAN_SD, Status
from otscore.errors import Issue, PackInvalid
from otscore.kernel.interval import z_multiplier
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack.table import Table
from otscore.schema.manifest import Interval, Manifest, Norm

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Statuses = NDArray[np.int16]
CURVE_COLUMNS = {"lms": ("l", "m", "s"), "bct": ("mu", "sigma", "nu", "tau")}
PERCENTILE = re.compile(r"p(\d{1,2}|\d{1,2}_\d)")


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
        return row, status


@dataclass(frozen=True, slots=True)
class Precision:
    """SEM (of the measure or the score) or reliability by age band; NaN outside the ages it was published for."""

    bands: Bands
    values: Floats

    def at(self, age: Floats) -> Floats:
        """The value at each age, (n,)."""
        row, _ = self.bands.find(age)
        return np.where(row >= 0, self.values[np.maximum(row, 0)], np.nan)


@dataclass(frozen=True, slots=True)
class NormForm:
    """A norm ready to use. Which fields are filled depends on ``norm.method``.

    curves : combination of strata -> (ages, parameters (g, p)). finder : norm row for the other tables.
    table, first_raw : dense look-up. starts, stops, scores, bands : ranges of each row. percents, cells : percentile
    anchors. mean, sd : by row. at_least : cut scores. labels : names of the bands, in the order of their numbers.
    """

    norm: Norm
    metric_mean: float
    metric_sd: float
    labels: tuple[str, ...] = ()
    key: StratumKey = StratumKey((), ())
    curves: Mapping[int, tuple[Floats, Floats]] | None = None
    finder: RowFinder | None = None
    table: Floats | None = None
    first_raw: float = 0.0
    starts: tuple[Floats, ...] = ()
    stops: tuple[Floats, ...] = ()
    scores: tuple[Floats, ...] = ()
    bands: tuple[NDArray[np.int16], ...] = ()
    closed: bool = True
    percents: Floats | None = None
    cells: Floats | None = None
    mean: Floats | None = None
    sd: Floats | None = None
    at_least: Floats | None = None
    multiplier: float = 0.0
    precision: Precision | None = None
    reliability: Precision | None = None


def compile_norm(
    norm: Norm, scale: str, manifest: Manifest, tables: Mapping[str, Table], psychometrics: Table | None, level: float | None
) -> NormForm:  # fmt: skip
    """The arrays of one norm for one scale.

    Raises PackInvalid for a missing table or column, or rows that do not fit together.
    """
    mean, sd = METRIC_MEAN_SD.get(norm.metric, (float("nan"), float("nan")))
    fields: dict[str, Any] = {"norm": norm, "metric_mean": mean, "metric_sd": sd, **_precision(norm, scale, psychometrics, level)}
    if norm.cuts is not None:
        return NormForm(**fields, labels=norm.cuts.bands, at_least=np.array(norm.cuts.at_least))
    rows = _rows_of(norm, scale, tables)
    key = StratumKey(norm.strata, tuple(len(manifest.strata[name].values) for name in norm.strata))
    if norm.method in CURVE_COLUMNS:
        return NormForm(**fields, key=key, curves=_curves(norm, rows, manifest, key))
    groups = _groups(norm, rows, manifest)
    finder = _finder(groups, key, "age_from" in rows)
    build = {"lookup": _lookup, "ranges": _ranges, "percentile_cells": _cells, "mean_sd": _mean_sd}[norm.method]
    return NormForm(**fields, key=key, finder=finder, **build(rows, groups))


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of a table that share strata and age band."""

    combination: int
    age_from: float
    age_to: float
    lines: Places


def _rows_of(norm: Norm, scale: str, tables: Mapping[str, Table]) -> Table:
    name = norm.table or ""
    if name not in tables:
        raise PackInvalid(Issue("table_missing", f"norms of scale {scale} name a table that is not there", "", name))
    table = tables[name]
    if "scale" not in table:
        return table
    keep = [place for place, cell in enumerate(table.text("scale")) if cell == scale]
    if not keep:
        raise PackInvalid(Issue("scale_missing", f"the table has no rows for scale {scale}", "", name))
    columns = {column: tuple(cells[place] for place in keep) for column, cells in table.columns.items()}
    return Table(table.name, columns, tuple(table.lines[place] for place in keep))


def _combinations(norm: Norm, rows: Table, manifest: Manifest) -> Places:
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


def _curves(norm: Norm, rows: Table, manifest: Manifest, key: StratumKey) -> dict[int, tuple[Floats, Floats]]:
    number, age = _combinations(norm, rows, manifest), rows.numbers("age")
    parameters = np.column_stack([rows.numbers(column) for column in CURVE_COLUMNS[norm.method]])
    curves = {}
    for place in product(*(range(size) for size in key.sizes)):
        combination = int(np.ravel_multi_index(place, key.sizes)) if place else 0
        mine = np.flatnonzero(number == combination)
        if mine.size < 2 or np.any(np.diff(age[mine]) <= 0):
            message = "a curve needs at least two rows with rising ages for every stratum"
            raise PackInvalid(Issue("ages_rise", message, "Sort the rows by age", rows.name, field="age"))
        curves[combination] = (age[mine], np.ascontiguousarray(parameters[mine]))
    return curves


def _groups(norm: Norm, rows: Table, manifest: Manifest) -> list[_Group]:
    number = _combinations(norm, rows, manifest)
    low = rows.numbers("age_from") if "age_from" in rows else np.full(len(rows), -np.inf)
    high = rows.numbers("age_to") if "age_to" in rows else np.full(len(rows), np.inf)
    keys = sorted({(int(c), float(a), float(b)) for c, a, b in zip(number, low, high, strict=True)})
    return [_Group(c, a, b, np.flatnonzero((number == c) & (low == a) & (high == b))) for c, a, b in keys]


def _finder(groups: list[_Group], key: StratumKey, by_age: bool) -> RowFinder:
    bands: dict[int, Bands] = {}
    for combination in sorted({group.combination for group in groups}):
        mine = [(place, group) for place, group in enumerate(groups) if group.combination == combination]
        starts = np.array([group.age_from for _, group in mine])
        stops = np.array([group.age_to for _, group in mine])
        bands[combination] = Bands(starts, stops, np.array([place for place, _ in mine], dtype=np.intp))
    return RowFinder(key, bands, by_age)


def _lookup(rows: Table, groups: list[_Group]) -> dict[str, Any]:
    raw, score = rows.numbers("raw"), rows.numbers("score", blank=np.nan)
    first, last = int(raw.min()), int(raw.max())
    table = np.full((len(groups), last - first + 1), np.nan)
    for place, group in enumerate(groups):
        table[place, (raw[group.lines] - first).astype(np.intp)] = score[group.lines]
    return {"table": table, "first_raw": float(first)}


def _ranges(rows: Table, groups: list[_Group]) -> dict[str, Any]:
    closed = "raw_min" in rows
    low, high = ("raw_min", "raw_max") if closed else ("raw_from", "raw_below")
    start, stop = rows.numbers(low, blank=-np.inf), rows.numbers(high, blank=np.inf)
    labels = _labels_by_start(rows.text("band"), start) if "band" in rows else ()
    band = np.array([labels.index(cell) for cell in rows.text("band")] if labels else [-1] * len(rows), dtype=np.int16)
    score = rows.numbers("score", blank=np.nan) if "score" in rows else np.full(len(rows), np.nan)
    orders = [group.lines[np.argsort(start[group.lines], kind="stable")] for group in groups]
    return {
        "closed": closed, "labels": labels,
        "starts": tuple(start[order] for order in orders), "stops": tuple(stop[order] for order in orders),
        "scores": tuple(score[order] for order in orders), "bands": tuple(band[order] for order in orders),
    }  # fmt: skip


def _labels_by_start(bands: tuple[str, ...], start: Floats) -> tuple[str, ...]:
    """Names of the bands, in the order in which they begin."""
    return tuple(dict.fromkeys(bands[place] for place in np.argsort(start, kind="stable")))


def _cells(rows: Table, groups: list[_Group]) -> dict[str, Any]:
    names = [name for name in rows.columns if PERCENTILE.fullmatch(name)]
    percents = np.array([float(name[1:].replace("_", ".")) for name in names])
    values = np.column_stack([rows.numbers(name, blank=np.nan) for name in names])
    edges = [f"p{name[1:]}" for name in names]
    between = [f"{low}_to_{high}" for low, high in zip(edges, edges[1:], strict=False)]
    labels = (f"below_{edges[0]}", *between, f"from_{edges[-1]}")
    return {"percents": percents, "cells": values[_single_lines(rows, groups)], "labels": labels}


def _mean_sd(rows: Table, groups: list[_Group]) -> dict[str, Any]:
    lines = _single_lines(rows, groups)
    return {"mean": rows.numbers("mean")[lines], "sd": rows.numbers("sd")[lines]}


def _single_lines(rows: Table, groups: list[_Group]) -> Places:
    if any(group.lines.size != 1 for group in groups):
        raise PackInvalid(Issue("row_twice", "two rows of the table have the same keys", "Remove one", rows.name))
    return np.array([group.lines[0] for group in groups], dtype=np.intp)


def _precision(norm: Norm, scale: str, psychometrics: Table | None, level: float | None) -> dict[str, Any]:
    interval = norm.interval
    if interval is None:
        return {}
    fields: dict[str, Any] = {"multiplier": float(z_multiplier(level or interval.level))}
    wanted = _statistics(interval)
    for field, (statistic, metric) in wanted.items():
        found = _published(psychometrics, scale, statistic, metric)
        if found is None:
            message = f"the interval of scale {scale} needs the {statistic} of the {metric}, and none is given"
            hint = "Add it with its source, or remove `interval`: no interval is printed where none is published"
            raise PackInvalid(Issue("precision_missing", message, hint, "psychometrics.csv"))
        fields[field] = found
    return fields


def _statistics(interval: Interval) -> dict[str, tuple[str, str]]:
    return {
        "posterior": {},
        "sem_measure": {"precision": ("sem", "measure")},
        "observed": {"precision": ("sem", "score")},
        "true_score": {"reliability": ("reliability", "score")},
    }[interval.kind]


def _published(table: Table | None, scale: str, statistic: str, metric: str) -> Precision | None:
    if table is None:
        return None
    keys = zip(table.text("scale"), table.text("statistic"), table.text("metric"), strict=True)
    lines = np.array([place for place, key in enumerate(keys) if key == (scale, statistic, metric)], dtype=np.intp)
    if not lines.size:
        return None
    start, stop = (table.numbers(name, blank=end)[lines] for name, end in (("age_from", -np.inf), ("age_to", np.inf)))
    order = np.argsort(start, kind="stable")
    bands = Bands(start[order], stop[order], np.arange(lines.size))
    return Precision(bands, table.numbers("value")[lines][order])
