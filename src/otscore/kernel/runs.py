"""Items in rising order of difficulty, tested from a basal (a run of passes) to a ceiling (a run of fails).

Items below the basal count in full, those above the ceiling not at all. Of two basals the higher counts and of two ceilings
the lower, unless a manual says otherwise; a run of passes above the ceiling is no basal (methods: Basal/ceiling). Item order
decides, never the order of testing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RunRule:
    """``basal`` passes in a row; ``ceiling`` fails among ``within`` items in a row; which of several counts."""

    basal: int
    ceiling: int
    within: int
    highest_basal: bool = True
    lowest_ceiling: bool = True


def ceiling_place(failed: Bools, rule: RunRule) -> Places:
    """Place of the last item of the ceiling, (n,); -1 where there is none. failed : (n, k)."""
    met = failed & (_in_span(failed, rule.within) >= rule.ceiling)
    return _first(met) if rule.lowest_ceiling else _last(met)


def basal_place(passed: Bools, rule: RunRule, ceiling: Places) -> Places:
    """Place of the first item of the basal, (n,); -1 where there is none. ceiling : of each child, -1 for none."""
    met = _in_span(passed, rule.basal) >= rule.basal
    met &= (ceiling < 0)[:, None] | (np.arange(passed.shape[1]) <= ceiling[:, None])
    ends = _last(met) if rule.highest_basal else _first(met)
    return np.where(ends >= 0, ends - rule.basal + 1, -1)


def run_credited(points: Floats, most: Floats, rule: RunRule) -> tuple[Floats, Bools, Bools]:
    """Points of every item, (n, k), and where there is no basal and no ceiling, (n,).

    points : (n, k) in the order of the items, NaN = not administered. NaN stays between basal and ceiling; where there is no
    basal the first item acts as one, without credit, and where there is no ceiling the last item does.
    """
    ceiling = ceiling_place(points == 0.0, rule)
    basal = basal_place(points == most, rule, ceiling)
    place = np.arange(points.shape[1])
    above = (ceiling >= 0)[:, None] & (place > ceiling[:, None])
    credited = np.where(place < basal[:, None], most, np.where(above, 0.0, points))
    return credited, basal < 0, ceiling < 0


def _in_span(hits: Bools, span: int) -> Places:
    """How many hits there are among the ``span`` items that end with each item, (n, k)."""
    count = np.cumsum(hits, axis=1)
    earlier = np.zeros_like(count)
    earlier[:, span:] = count[:, :-span]
    return count - earlier


def _first(met: Bools) -> Places:
    return np.where(met.any(axis=1), met.argmax(axis=1), -1)


def _last(met: Bools) -> Places:
    return np.where(met.any(axis=1), met.shape[1] - 1 - met[:, ::-1].argmax(axis=1), -1)
