"""Columns of figures as series along the raw score or the age, and how far a figure lies off its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from scipy.special import ndtri

from otscore.codes import Metric
from otscore.pack.check.subject import Floats, Group, NormTable, Subject
from otscore.pack.layout import PERCENTILE, RANGE_COLUMNS, edges
from otscore.pack.table import Table
from otscore.schema.norm import ROW_COLUMNS

PRINTED = {
    Metric.SCALED: (1, 19), Metric.V_SCALE: (1, 24), Metric.STEN: (1, 10), Metric.STANINE: (1, 9), Metric.NCE: (1, 99), Metric.PERCENTILE: (0.1, 99.9),
}  # fmt: skip
"""Where printed scores of a metric end: a curve that would go on is cut off there."""


@dataclass(frozen=True, eq=False)
class Series:
    """Figures of one column of ``rows`` in the order of ``at``; ``places`` are rows, ``unit`` is one of the last printed digit.

    ``limits``: where the print cuts the figures off. ``group``: the strata and the age that they share.
    """

    source: str
    rows: Table
    column: str
    at: Floats
    values: Floats
    places: tuple[int, ...]
    unit: float
    limits: tuple[float, float] = (-np.inf, np.inf)
    percentiles: bool = False
    group: tuple[tuple[str, ...], float] = ((), -np.inf)

    def cell(self, place: int) -> str:
        """The cell as it is printed."""
        return self.rows.text(self.column)[self.places[place]]

    def line(self, place: int) -> int:
        """The line it stands on."""
        return self.rows.lines[self.places[place]]


Pool = list[Series]
"""Series of one column that are alike: of a scale, one for each stratum and age band, or one for each stratum."""


def by_raw(subject: Subject) -> Iterator[Pool]:
    """Scores (and ends of intervals) by raw score, one series for each stratum and age band; points by raw score."""
    for found in subject.norm_tables("lookup", "ranges"):
        if found.scale.higher_is != "neither":
            for column in filter(found.rows.__contains__, ("score", "ci_low", "ci_high")):
                yield [_along_raw(found, column, group) for group in found.groups()]
    for scale in subject.pack.instrument.scales:
        table = subject.table(scale.points)
        if table is not None:
            series = _series(f"tables/{table.name}", table, "points", _order(table), tuple(range(len(table))))
            yield [replace(series, at=np.arange(len(series.places), dtype=float), limits=(0, np.inf))]


def base_rates(subject: Subject) -> Iterator[Pool]:
    """Percentages by raw score, one series for each stratum and age band."""
    for found in subject.norm_tables("base_rates"):
        raw = found.numbers("raw")
        yield [replace(_series(found.source, found.rows, "percent", raw, group.places), limits=(0, 100)) for group in found.groups()]


def by_age(subject: Subject) -> Iterator[Pool]:
    """Percentiles, means, SDs and the ends of bands by age band, one series for each stratum."""
    for found in subject.norm_tables("ranges"):
        if "band" in found.rows and "age_from" in found.rows:
            yield from _cuts_by_age(found)
    for found in subject.norm_tables("percentile_cells", *ROW_COLUMNS):
        at, strata = found.numbers("age_from"), found.strata()
        if np.isnan(at).any():
            continue
        columns = [name for name in found.rows.columns if PERCENTILE.fullmatch(name)] or list(ROW_COLUMNS.get(found.norm.method, ()))
        for column in filter(found.rows.__contains__, columns):
            places = {own: tuple(place for place, other in enumerate(strata) if other == own) for own in dict.fromkeys(strata)}
            yield [replace(_series(found.source, found.rows, column, at, here), group=(own, -np.inf)) for own, here in places.items()]


def _cuts_by_age(found: NormTable) -> Iterator[Pool]:
    """The ends of the range of each band by age band, one series for each stratum."""
    at, strata, bands = found.numbers("age_from"), found.strata(), found.rows.text("band")
    for column in filter(found.rows.__contains__, RANGE_COLUMNS):
        for band in dict.fromkeys(bands):
            places = {own: tuple(place for place, other in enumerate(strata) if other == own and bands[place] == band) for own in dict.fromkeys(strata)}
            yield [replace(_series(found.source, found.rows, column, at, here), group=(own, -np.inf)) for own, here in places.items()]


def _along_raw(found: NormTable, column: str, group: Group) -> Series:
    """The scores of a group by raw score; of ranges by their order, as the first and the last may be open."""
    ranges = found.norm.method == "ranges"
    series = _series(found.source, found.rows, column, _order(found.rows) if ranges else found.numbers("raw"), group.places)
    limits = found.norm.score_limits or PRINTED.get(found.norm.metric, (-np.inf, np.inf))
    percentiles = column == "score" and found.norm.metric is Metric.PERCENTILE
    series = replace(series, limits=limits, percentiles=percentiles, group=(group.strata, group.age_from))
    return replace(series, at=np.arange(len(series.places), dtype=float)) if ranges else series


def _order(rows: Table) -> Floats:
    return np.asarray(np.argsort(np.argsort(edges(rows)[0], kind="stable")), dtype=np.float64)


def _series(source: str, rows: Table, column: str, at: Floats, places: Sequence[int]) -> Series:
    values, side = rows.open_numbers(column)
    values = np.where(side == 0, values, np.nan)  # what is printed as less or more than a figure lies on no line
    order = tuple(sorted((place for place in places if not np.isnan(values[place])), key=lambda place: at[place]))
    unit = printed_unit([rows.text(column)[place] for place in order])
    return Series(source, rows, column, at[list(order)], values[list(order)], order, unit)


def printed_unit(cells: Sequence[str]) -> float:
    """One of the last digit that is printed: 0.01 for 12.5 and 3.25."""
    return float(10.0 ** -max((len(cell.partition(".")[2]) for cell in cells), default=0))


def bent(series: Series) -> tuple[Floats, Floats]:
    """The figures on a scale on which they lie on a smooth line (percentiles as z), and one printed unit at each of them."""
    if series.percentiles:
        low, middle, high = (np.asarray(ndtri(np.clip(series.values + part * series.unit, 0.05, 99.95) / 100), dtype=np.float64) for part in (-0.5, 0, 0.5))
        return middle, high - low
    return series.values, np.full(len(series.values), series.unit)


def expected(at: Floats, values: Floats, place: int) -> float:
    """What the two nearest others on both sides (at an end: the next two) lead to expect at a place; at least 3 figures."""
    last = len(values) - 1
    a, b = (1, 2) if place == 0 else (last - 1, last - 2) if place == last else (place - 1, place + 1)
    span = at[b] - at[a]
    return float(values[a] + (values[b] - values[a]) * (at[place] - at[a]) / span) if span else float(values[a])


def distances(at: Floats, values: Floats, *, ends: bool = False) -> Floats:
    """How far each figure lies off what its neighbours lead to expect; without those at the ends."""
    if len(values) < 3:
        return np.zeros(0)
    span = at[2:] - at[:-2]
    share = np.divide(at[1:-1] - at[:-2], span, out=np.full(len(span), 0.5), where=span > 0)
    inner: Floats = np.abs(values[1:-1] - (values[:-2] + share * (values[2:] - values[:-2])))
    if not ends:
        return inner
    outer = [abs(values[place] - expected(at, values, place)) for place in (0, len(values) - 1)]
    return np.concatenate([outer[:1], inner, outer[1:]])


def neighbours_in_age(pool: Pool) -> Iterator[tuple[Series, Series]]:
    """Series of the same stratum in adjacent age bands."""
    for _, group in groupby(sorted(pool, key=lambda one: one.group), key=lambda one: one.group[0]):
        ordered = list(group)
        yield from zip(ordered, ordered[1:], strict=False)
