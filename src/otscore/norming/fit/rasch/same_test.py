"""Is the difference of two cohorts in the norms, or in the children? Compare them on one test that both were given.

A difference that the plain totals of the same items show as well, without difficulties, prior or curve, is one of the cohorts
(their children, examiners and translation); one that only z shows comes from the norms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.domain import DomainNorm

Floats = NDArray[np.float64]
FEWEST = 30
"""Visits of each cohort that a comparison needs."""
CLOSE = 0.2
"""How far two differences (in SD), or two ratios of SDs, may be apart and still tell the same."""


class Compared(NamedTuple):
    """A cohort beside one of the fit, at the same age and on the same items; differences in SDs of z of the norms."""

    with_cohort: str
    visits: int
    items: int
    difference_z: float
    difference_raw: float
    """Of the totals, in SDs of the totals of the cohort of the fit, times the SD of its z."""
    ratio_z: float
    """SD of z by that of the cohort of the fit."""
    ratio_raw: float
    """The same of the totals."""

    @property
    def alike(self) -> bool:
        """Whether z tells of the cohorts what the totals tell."""
        return abs(self.difference_z - self.difference_raw) <= CLOSE and abs(self.ratio_z - self.ratio_raw) <= CLOSE


def window_total(passes: Floats) -> Floats:
    """(n,) items passed of (n, k) in rising order: all below the first one given, none above the last, one left out as the one before."""
    given = ~np.isnan(passes)
    place = np.where(given, np.arange(passes.shape[1]), -1)
    last = np.maximum.accumulate(place, axis=1)
    filled = np.take_along_axis(passes, np.maximum(last, 0), axis=1)
    credited = np.where(last < 0, 1.0, filled)
    above = np.arange(passes.shape[1]) > place.max(axis=1)[:, None]
    total: Floats = np.where(above, 0.0, credited).sum(axis=1)
    return total


def compare_on(
    answers: Answers, cohort: str, with_cohort: str, test: Sequence[Sequence[str]], norm: DomainNorm, part: tuple[float, float],
) -> Compared | None:  # fmt: skip
    """Two cohorts on the items of a test that both were given; None where too few visits can be compared.

    test : its series of items, each in rising order. Visits that were not given all of the series are left out.
    """
    pair = [answers.of_cohorts([one]) for one in (cohort, with_cohort)]
    shared = [[item for item in series if all(_was_given(one, item) for one in pair)] for series in test]
    both = [series for series in shared if series]
    mine = answers.with_items({item for series in both for item in series})
    for series in both:
        mine = mine.where(~np.asarray(np.isnan(mine.passes[:, _columns(mine, series)]).all(axis=1)))
    mine = mine.where((mine.age >= part[0]) & (mine.age < part[1]) & np.isin(mine.cohort, [cohort, with_cohort]))
    mine = mine.where(mine.answered >= norm.plan.min_answered)
    here, there = mine.cohort == cohort, mine.cohort == with_cohort
    if min(here.sum(), there.sum()) < FEWEST:
        return None
    raw = np.sum([window_total(mine.passes[:, _columns(mine, series)]) for series in both], axis=0)
    z = norm.norm.score(norm.ability(mine).eap, mine.age).z
    age = np.log(mine.age)
    (raw_off, raw_sd, raw_ratio), (z_off, z_sd, z_ratio) = (_beside(values, age, here, there) for values in (raw, z))
    return Compared(with_cohort, int(there.sum()), sum(map(len, both)), z_off, raw_off / raw_sd * z_sd, z_ratio, raw_ratio)


def _columns(answers: Answers, items: Sequence[str]) -> list[int]:
    return [answers.items.index(item) for item in items]


def _was_given(answers: Answers, item: str) -> bool:
    return item in answers.items and bool((~np.isnan(answers.passes[:, answers.items.index(item)])).any())


def _beside(values: Floats, age: Floats, here: NDArray[np.bool_], there: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Mean difference at equal age, SD of the cohort of the fit, and the ratio of the SDs; each about a line over age."""
    line = np.polyfit(age[there], values[there], 1)
    own = np.polyfit(age[here], values[here], 1)
    sd = float((values[there] - np.polyval(line, age[there])).std(ddof=2))
    return float((values[here] - np.polyval(line, age[here])).mean()), sd, float((values[here] - np.polyval(own, age[here])).std(ddof=2)) / sd
