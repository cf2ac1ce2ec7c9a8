"""Item points to raw scores: sum, mean, count, weighted sum, best, branch; and the missing rules around them.

Missing items: prorated sum = mean of the answered items times the number of items; person mean = mean of the answered
items; a share of missing items is allowed up to and including ``max_missing`` (methods: Missing items).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from otscore.kernel.rounding import round_half_up

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def n_answered(points: Floats) -> Ints:
    """Number of answered items of each child, (n,)."""
    count: Ints = (~np.isnan(points)).sum(axis=1)
    return count


def total(points: Floats) -> Floats:
    """Sum of the answered items, (n,); 0 where none is answered."""
    result: Floats = np.where(np.isnan(points), 0.0, points).sum(axis=1)
    return result


def complete_total(points: Floats) -> Floats:
    """Sum of all items, (n,); NaN where one is not answered."""
    result: Floats = points.sum(axis=1)
    return result


def weighted_total(points: Floats, weights: Floats) -> Floats:
    """Sum of points times weights over the answered items, (n,)."""
    result: Floats = np.where(np.isnan(points), 0.0, points * weights).sum(axis=1)
    return result


def count_at_least(points: Floats, threshold: float) -> Floats:
    """How many answered items reach ``threshold``, (n,)."""
    count: Ints = (points >= threshold).sum(axis=1)
    return count.astype(np.float64)


def mean(points: Floats) -> Floats:
    """Mean of the answered items, (n,); NaN where none is answered."""
    answered = n_answered(points)
    result: Floats = np.divide(total(points), answered, out=np.full(len(points), np.nan), where=answered > 0)
    return result


def highest(points: Floats) -> Floats:
    """Largest value of the answered items, (n,); NaN where none is answered (best of trials, worst of answers)."""
    best: Floats = np.fmax.reduce(points, axis=1)
    return best


def lowest(points: Floats) -> Floats:
    """Smallest value of the answered items, (n,); NaN where none is answered."""
    best: Floats = np.fmin.reduce(points, axis=1)
    return best


def prorated(raw: Floats, answered: Ints, n_items: int | Ints, *, half_up: bool) -> Floats:
    """Sum of the answered items scaled to all items, (n,): raw / answered * n_items, rounded half up when asked."""
    scaled = np.divide(raw, answered, out=np.full(len(raw), np.nan), where=answered > 0) * n_items
    return np.where(answered == n_items, raw, round_half_up(scaled) if half_up else scaled)


def imputed_total(points: Floats, *, half_up: bool) -> Floats:
    """Sum with every missing item as the mean of the child's answered items, (n,); NaN where none is answered.

    With ``half_up`` the mean is rounded before it stands in, so this is not the prorated sum: 3, 2, 3, 2 on five items
    give 13, prorated 12.5 (methods: Missing items).
    """
    imputed = mean(points)
    imputed = round_half_up(imputed) if half_up else imputed
    total_of_all: Floats = np.where(np.isnan(points), imputed[:, None], points).sum(axis=1)
    return total_of_all


def percent_of_maximum(points: Floats, least: Floats, most: Floats) -> Floats:
    """Percent of what the answered items could earn, 0 to 100, (n,); NaN where none is answered.

    least, most : (k,) what each item can earn. Percent of maximum possible: Cohen et al. 1999,
    doi:10.1207/S15327906MBR3403_2.
    """
    answered = ~np.isnan(points)
    span = np.where(answered, most - least, 0.0).sum(axis=1)
    above = np.where(answered, points - least, 0.0).sum(axis=1)
    percent: Floats = np.divide(100.0 * above, span, out=np.full(len(points), np.nan), where=span > 0.0)
    return percent


def adjusted(raw: Floats, missing: Ints, values: Floats, first_raw: float) -> Floats:
    """Raw score printed for so many items missing and such a raw score of the others, (n,); NaN where none is.

    values : (m, r) by number of items missing, and raw score from ``first_raw`` on. Where it prints nothing for a complete
    raw score, that stands as it is.
    """
    place = raw - first_raw
    printed = (missing < values.shape[0]) & (place >= 0) & (place < values.shape[1]) & (place == np.floor(place))
    cell = np.where(printed, place, 0).astype(np.intp)
    found = np.where(printed, values[np.where(printed, missing, 0), cell], np.nan)
    as_it_is = (missing == 0) & np.isnan(values[0]).all()
    return np.where(as_it_is, raw, found)


def missing_allowed(answered: Ints, n_items: int | Ints, max_missing: float) -> Bools:
    """Whether the share of missing items is within the limit: missing / n_items <= max_missing."""
    return (n_items - answered) / n_items <= max_missing


def branch(points: Floats, answers: Floats, heads: NDArray[np.intp], follow: dict[tuple[int, float], int]) -> Floats:
    """Points of the first answered of the ``heads``; where ``follow[column, answer]`` names a column, of that one, (n,).

    A replacement that was not answered leaves the result missing: the answer before it is not the child's answer.
    """
    result = np.full(len(points), np.nan)
    open_rows = np.ones(len(points), dtype=np.bool_)
    for head in heads:
        taken = open_rows & ~np.isnan(points[:, head])
        value = points[:, head].copy()
        for (column, answer), target in follow.items():
            if column == head:
                value = np.where(answers[:, head] == answer, points[:, target], value)
        result = np.where(taken, value, result)
        open_rows &= ~taken
    return result


def graded(points: Floats, at_least: Floats, codes: Floats, lowest_code: float) -> Floats:
    """Code of the highest threshold that each answer reaches, (n, k); NaN where not answered.

    at_least : (n, k, c) thresholds of each child (by age) and item, NaN = no such threshold; codes : (c,) rising. An
    item without any threshold at the child's age is not graded: NaN.
    """
    result = np.full(points.shape, lowest_code)
    for place, code in enumerate(codes):
        result = np.where(points >= at_least[:, :, place], code, result)
    ungraded = np.isnan(points) | np.isnan(at_least).all(axis=2)
    return np.where(ungraded, np.nan, result)
