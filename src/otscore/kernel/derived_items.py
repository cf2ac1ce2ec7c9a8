"""Items made of other items: best or mean of trials, hands, criteria that must all hold, answers within a time (methods: Trials,
time, dominance).

Every function takes the values of the sources, (n, m) in their order, NaN = not there, and gives (n,).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.kernel import raw

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DerivedRule:
    """How the sources become one value. ``enough_at``: a trial that reaches it makes the later ones unnecessary."""

    take: str
    at_least: float = np.nan
    limit: float = np.nan
    enough_at: float | None = None


def derived_item(values: Floats, rule: DerivedRule, which: Floats | None = None) -> Floats:
    """The value of the item for every child. which : for ``by_stratum`` the number of the source to take, NaN = unknown."""
    if rule.take == "by_stratum":
        assert which is not None
        return _chosen(values, which)
    if rule.enough_at is not None:
        values = enough_filled(values, rule.enough_at)
    return _TAKE[rule.take](values, rule)


def enough_filled(values: Floats, enough: float) -> Floats:
    """Trials after the first that reached ``enough`` count as that one where they were left out; before it all are needed."""
    if not np.isnan(values).any():
        return values
    reached: Bools = values >= enough
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), values.shape[1])
    later = np.arange(values.shape[1])[None, :] > np.asarray(first)[:, None]
    best = np.take_along_axis(values, np.minimum(first, values.shape[1] - 1)[:, None], axis=1)
    filled = np.where(later & np.isnan(values), best, values)
    lacking = np.isnan(filled).any(axis=1, keepdims=True)
    return np.where(lacking, np.nan, filled)


def _chosen(values: Floats, which: Floats) -> Floats:
    known = ~np.isnan(which)
    place = np.where(known, which, 0.0).astype(np.intp)
    taken: Floats = np.take_along_axis(values, place[:, None], axis=1)[:, 0]
    return np.where(known, taken, np.nan)


def _first(values: Floats, rule: DerivedRule) -> Floats:
    taken: Floats = np.take_along_axis(values, (~np.isnan(values)).argmax(axis=1)[:, None], axis=1)[:, 0]
    return taken


def _last(values: Floats, rule: DerivedRule) -> Floats:
    return _first(values[:, ::-1], rule)


def _all_reach(values: Floats, rule: DerivedRule) -> Floats:
    missing, failed = np.isnan(values).any(axis=1), (values < rule.at_least).any(axis=1)
    return np.where(failed, 0.0, np.where(missing, np.nan, 1.0))


def _how_many_reach(values: Floats, rule: DerivedRule) -> Floats:
    return np.where(np.isnan(values).any(axis=1), np.nan, raw.count_at_least(values, rule.at_least))


def _in_time(values: Floats, rule: DerivedRule) -> Floats:
    points, seconds = values[:, 0], values[:, 1]
    late: Floats = np.where(seconds <= rule.limit, points, 0.0)
    return np.where(np.isnan(points) | np.isnan(seconds), np.nan, late)


def _ratio(values: Floats, rule: DerivedRule) -> Floats:
    quotient: Floats = np.divide(values[:, 0], values[:, 1], out=np.full(len(values), np.nan), where=values[:, 1] != 0.0)
    return quotient


_TAKE: dict[str, Callable[[Floats, DerivedRule], Floats]] = {
    "highest": lambda values, rule: raw.highest(values),
    "lowest": lambda values, rule: raw.lowest(values),
    "mean": lambda values, rule: raw.mean(values),
    "sum": lambda values, rule: raw.complete_total(values),
    "first": _first,
    "last": _last,
    "all_at_least": _all_reach,
    "count_at_least": _how_many_reach,
    "in_time": _in_time,
    "difference": lambda values, rule: values[:, 0] - values[:, 1],
    "ratio": _ratio,
}
