"""Columns of figures as series along the raw score or the age, and how far a figure lies off its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from scipy.special import ndtri

from otscore.codes import Metric
from otscore.pack.check.subject import Floats, Group, NormTable, Subject
from otscore.pack.layout import PERCENTILE, edges
from otscore.schema.norm import ROW_COLUMNS

PRINTED = {
    Metric.SCALED: (1, 19), Metric.V_SCALE: (1, 24), Metric.STEN: (1, 10), Metric.STANINE: (1, 9), Metric.NCE: (1, 99), Metric.PERCENTILE: (0.1, 99.9),
}  # fmt: skip
"""Where printed scores of a metric end: a curve that would go on is cut off there."""


@dataclass(frozen=True, eq=False)
class Series:
    """Figures of one column in the order of ``at``; ``places`` are rows of ``found``, ``unit`` is one of the last printed digit."""

    found: NormTable
    column: str
    along: str
    at: Floats
    values: Floats
    places: tuple[int, ...]
    unit: float
    strata: tuple[str, ...] = ()
    age: float = -np.inf

    def cell(self, place: int) -> str:
        """The cell as it is printed."""
        return self.found.rows.text(self.column)[self.places[place]]

    def line(self, place: int) -> int:
        """The line it stands on."""
        return self.found.line(self.places[place])

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest figure that is printed."""
        norm = self.found.norm
        if self.column != "score":
            return -np.inf, np.inf
        return norm.score_limits or PRINTED.get(norm.metric, (-np.inf, np.inf))


def pools(subject: Subject) -> Iterator[list[Series]]:
    """Series of the same column of the same scale's table: one for each stratum and age band, or each stratum."""
    for found in subject.norm_tables("lookup", "ranges"):
        if found.scale.higher_is != "neither":
            for column in filter(found.rows.__contains__, ("score", "ci_low", "ci_high")):
                yield [_along_raw(found, column, group) for group in found.groups()]
    for found in subject.norm_tables("percentile_cells", *ROW_COLUMNS):
        at, strata = found.numbers("age_from"), found.strata()
        if np.isnan(at).any():
            continue
        columns = [name for name in found.rows.columns if PERCENTILE.fullmatch(name)] or list(ROW_COLUMNS.get(found.norm.method, ()))
        for column in filter(found.rows.__contains__, columns):
            places = {own: tuple(place for place, other in enumerate(strata) if other == own) for own in dict.fromkeys(strata)}
            yield [_series(found, column, "age", at, here, own) for own, here in places.items()]


def _along_raw(found: NormTable, column: str, group: Group) -> Series:
    """The scores of a group by raw score; of ranges by their order, as the first and the last may be open."""
    at = found.numbers("raw") if found.norm.method == "lookup" else np.argsort(np.argsort(edges(found.rows)[0], kind="stable")).astype(float)
    series = _series(found, column, "raw", at, group.places, group.strata, group.age_from)
    return series if found.norm.method == "lookup" else replace(series, at=np.arange(len(series.places), dtype=float))


def _series(
    found: NormTable, column: str, along: str, at: Floats, places: Sequence[int], strata: tuple[str, ...], age: float = -np.inf
) -> Series:
    values = found.numbers(column)
    order = tuple(sorted((place for place in places if not np.isnan(values[place])), key=lambda place: at[place]))
    unit = printed_unit([found.rows.text(column)[place] for place in order])
    return Series(found, column, along, at[list(order)], values[list(order)], order, unit, strata, age)


def printed_unit(cells: Sequence[str]) -> float:
    """One of the last digit that is printed: 0.01 for 12.5 and 3.25."""
    return float(10.0 ** -max((len(cell.partition(".")[2]) for cell in cells), default=0))


def bent(series: Series) -> tuple[Floats, Floats]:
    """The figures on a scale on which they lie on a smooth line (percentiles as z), and one printed unit at each of them."""
    if series.column == "score" and series.found.norm.metric is Metric.PERCENTILE:
        low, middle, high = (ndtri(np.clip(series.values + part * series.unit, 0.05, 99.95) / 100) for part in (-0.5, 0, 0.5))
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
    inner = np.abs(values[1:-1] - (values[:-2] + share * (values[2:] - values[:-2])))
    if not ends:
        return inner
    outer = [abs(values[place] - expected(at, values, place)) for place in (0, len(values) - 1)]
    return np.concatenate([outer[:1], inner, outer[1:]])


def neighbours_in_age(pool: list[Series]) -> Iterator[tuple[Series, Series]]:
    """Series of the same stratum in adjacent age bands."""
    for _, group in groupby(sorted(pool, key=lambda one: (one.strata, one.age)), key=lambda one: one.strata):
        ordered = list(group)
        yield from zip(ordered, ordered[1:], strict=False)
