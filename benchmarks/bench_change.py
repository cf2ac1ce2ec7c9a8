"""Do the rates hold that change, intervals, differences and base rates promise? Simulated children, a table, and whether all lie within one point.

Children without true change must be called changed at the rate of the level; intervals must hold the true score at theirs; differences
from the own mean must keep the error of the whole family; base rates must be those of the norm group that they describe.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from otscore.kernel.base_rates import difference_rate, difference_rate_one_way
from otscore.kernel.change import (
    change_z,
    p_of_change_t,
    rci,
    rci_observed,
    rci_practice,
    regression_change_t,
    regression_change_z,
    reliable_direction,
)
from otscore.kernel.contrast import (
    difference_p,
    difference_sd,
    holm,
    own_mean_difference,
    own_mean_sd,
    own_mean_se,
    predicted_score,
    prediction_sd,
)
from otscore.kernel.interval import observed_interval, sem, true_score_interval, z_multiplier

CHILDREN = 200_000
SEED = 20
MEAN, SD = 100.0, 15.0
LEVELS = (0.68, 0.80, 0.90, 0.95, 0.99)
CORRELATION = np.array(
    [[1.0, 0.7, 0.5, 0.4, 0.3], [0.7, 1.0, 0.55, 0.45, 0.35], [0.5, 0.55, 1.0, 0.5, 0.4], [0.4, 0.45, 0.5, 1.0, 0.6], [0.3, 0.35, 0.4, 0.6, 1.0]]
)


class Line(NamedTuple):
    """What was asked, the rate that is promised and the one that was met, in percent; at_most : less than promised is no fault."""

    what: str
    promised: float
    met: float
    at_most: bool = False

    @property
    def within(self) -> bool:
        """Within one point."""
        off = self.met - self.promised
        return off <= 1.0 if self.at_most else abs(off) <= 1.0


def percent(holds: np.ndarray) -> float:
    """How many, in percent."""
    return 100.0 * float(np.mean(holds))


def changed(index: np.ndarray, level: float = 0.9) -> float:
    """How many are called changed, in percent."""
    return percent(reliable_direction(index, level) != 0.0)


def no_true_change(random: np.random.Generator) -> Iterator[Line]:
    """The same true score twice; twice the same error, two errors, and a gain by practice that is known."""
    errors = random.standard_normal((2, CHILDREN))
    for true in (55.0, 100.0):
        first, second = true + sem(SD, 0.9) * errors
        for level in (0.9, 0.95):
            yield Line(f"no change, true score {true:g}: RCI at {level:.0%}", 100 * (1 - level), changed(rci(first, second, SD, 0.9), level))
    before, after = 70.0 + 4.0 * errors[0], 70.0 + 7.0 * errors[1]
    yield Line("no change, SEM 4 and 7: root of both squared", 10.0, changed(change_z(before, after, 4.0, 7.0)))
    yield Line("no change but 5 points of practice: Iverson", 10.0, changed(change_z(before, after + 5.0, 4.0, 7.0, 5.0)))
    first, second = 70.0 + sem(SD, 0.9) * errors
    yield Line("no change but 5 points of practice: Chelune", 10.0, changed(rci_practice(first, second + 5.0, SD, 0.9, 5.0)))


def stable_group(random: np.random.Generator) -> Iterator[Line]:
    """Retest in a stable population, r 0.8, 4 points of practice, SD 15 and 14; figures of the population, and of samples of 30."""
    pairs = random.standard_normal((2, CHILDREN))
    first, second = 100.0 + 15.0 * pairs[0], 104.0 + 14.0 * (0.8 * pairs[0] + 0.6 * pairs[1])
    yield Line("stable population: Temkin", 10.0, changed(rci_observed(first, second, 4.0, difference_sd(15.0, 14.0, 0.8))))
    yield Line("stable population: regression, z", 10.0, changed(regression_change_z(first, second, 100.0, 15.0, 104.0, 14.0, 0.8)))
    low = first < 80.0
    yield Line("  of them with a first score below 80", 10.0, changed(regression_change_z(first[low], second[low], 100.0, 15.0, 104.0, 14.0, 0.8)))
    n = 30
    sample = random.standard_normal((2, CHILDREN // 4, n))
    x, y = 100.0 + 15.0 * sample[0], 104.0 + 14.0 * (0.8 * sample[0] + 0.6 * sample[1])
    figures = x.mean(axis=1), x.std(axis=1, ddof=1), y.mean(axis=1), y.std(axis=1, ddof=1)
    covariance = ((x - figures[0][:, None]) * (y - figures[2][:, None])).sum(axis=1) / (n - 1)
    t = regression_change_t(first[: CHILDREN // 4], second[: CHILDREN // 4], *figures, covariance / (figures[1] * figures[3]), n)
    yield Line(f"stable population, figures of {n} children: regression, t", 10.0, percent(p_of_change_t(t, n) < 0.10))


def coverage(random: np.random.Generator) -> Iterator[Line]:
    """Around the observed score, whatever the true one; around the estimated true score, over the population."""
    r = 0.85
    error = sem(SD, r) * random.standard_normal(CHILDREN)
    true = MEAN + SD * np.sqrt(r) * random.standard_normal(CHILDREN)
    for level in LEVELS:
        low, high = observed_interval(60.0 + error, SD, r, z_multiplier(level))
        yield Line(f"{level:.0%} interval of the observed score, true score 60", 100 * level, percent((low <= 60.0) & (high >= 60.0)))
        low, high = true_score_interval(true + error, MEAN, SD, r, z_multiplier(level))
        yield Line(f"{level:.0%} interval of the true score, population", 100 * level, percent((low <= true) & (high >= true)))


def own_mean(random: np.random.Generator) -> Iterator[Line]:
    """Flat true profiles: how many children have a difference from their own mean that is called significant, with Holm."""
    for errors in (np.full(6, 0.4), np.array([0.2, 0.3, 0.3, 0.4, 0.5, 0.6]), np.array([0.3, 0.3, 0.5])):
        z = random.standard_normal((CHILDREN, 1)) + errors * random.standard_normal((CHILDREN, errors.size))
        p = holm(difference_p(own_mean_difference(z, 2), own_mean_se(errors)))
        told = "alike" if np.ptp(errors) == 0 else "unlike"
        yield Line(f"no difference, {errors.size} domains with errors {told}: any by Holm at 5 %", 5.0, percent((p < 0.05).any(axis=1)), at_most=True)


def base_rates(random: np.random.Generator) -> Iterator[Line]:
    """Five scores as they are correlated in a norm group."""
    z = random.standard_normal((CHILDREN, 5)) @ np.linalg.cholesky(CORRELATION).T
    scores = MEAN + SD * z
    for first, second, size in ((0, 1, 12.0), (0, 4, 20.0)):
        r = CORRELATION[first, second]
        difference = scores[:, first] - scores[:, second]
        spread = difference_sd(SD, SD, r)
        yield Line(f"base rate of {size:g} points either way, r {r:g}", 100 * float(difference_rate(size, spread)), percent(np.abs(difference) >= size))
        yield Line("  of that in one direction", 100 * float(difference_rate_one_way(size, spread)), percent(difference >= size))
    away, spread = own_mean_difference(scores, 5), own_mean_sd(CORRELATION, SD)
    for place in (0, 4):
        rate = 100 * float(difference_rate(15.0, spread[place]))
        yield Line(f"base rate of 15 points from the own mean, score {place + 1}", rate, percent(np.abs(away[:, place]) >= 15.0))
    gap = scores[:, 1] - predicted_score(scores[:, 0], MEAN, SD, MEAN, SD, 0.7)
    yield Line("base rate of 15 points from the predicted score, r 0.7", 100 * float(difference_rate(15.0, prediction_sd(SD, 0.7))), percent(np.abs(gap) >= 15.0))


def main() -> None:
    """Print each rate beside what was promised, and whether all lie within one point."""
    start, random = time.process_time(), np.random.default_rng(SEED)
    lines = [line for part in (no_true_change, stable_group, coverage, own_mean, base_rates) for line in part(random)]
    width = max(len(line.what) for line in lines)
    print(f"{CHILDREN:,} children, seed {SEED}; percent\n{'':{width}}  promised    met")
    for line in lines:
        print(f"{line.what:{width}}  {line.promised:8.2f} {line.met:6.2f}{'' if line.within else '   OUTSIDE'}")
    outside = sum(not line.within for line in lines)
    told = "all within one point" if not outside else f"{outside} NOT within one point"
    print(f"{len(lines)} rates: {told} ({time.process_time() - start:.1f} s CPU)")


if __name__ == "__main__":
    main()
