"""Norms of an estimated ability: normal at every age, mean and SD curves over age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.norming.fit.model import NormScore, check_arrived
from otscore.norming.fit.rasch.growth import Growth, fit_growth

Floats = NDArray[np.float64]
LIMIT = 10.0
"""Standard deviations beyond which the model tells nothing."""
MOST_STEPS, TOLERANCE = 200, 1e-10


@dataclass(frozen=True, slots=True)
class AbilityNorm:
    """Norms of estimated abilities; ages in years."""

    n: int
    """Visits the SD was fitted to."""
    mean: Growth
    log_sd: tuple[float, float, float]
    """Log SD of the estimate at the age ``centre``, its change with a year, and with a year squared."""
    centre: float
    ages: tuple[float, float]

    @property
    def method(self) -> str:
        """``rasch``: normal distribution of a Rasch ability."""
        return "rasch"

    @property
    def n_parameters(self) -> float:
        """Three of the mean, three of the SD."""
        return 6.0

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest z."""
        return -LIMIT, LIMIT

    def sd(self, age: Floats) -> Floats:
        """SD of the estimated ability (n,) at ages (n,)."""
        away = age - self.centre
        spread: Floats = np.exp(self.log_sd[0] + away * (self.log_sd[1] + away * self.log_sd[2]))
        return spread

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """z of abilities (n,) at ages (n,); NaN outside the ages of the sample."""
        inside = (age >= self.ages[0]) & (age <= self.ages[1])
        where = np.where(inside, age, np.nan)
        z = (raw - self.mean(where)) / self.sd(where)
        beyond = (z >= LIMIT).astype(np.int8) - (z <= -LIMIT).astype(np.int8)
        return NormScore(np.clip(z, -LIMIT, LIMIT), beyond)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Ability (n,) of the children who stand at z (n,) at ages (n,)."""
        inside = (age >= self.ages[0]) & (age <= self.ages[1]) & (np.abs(z) <= LIMIT)
        where = np.where(inside, age, np.nan)
        ability: Floats = self.mean(where) + z * self.sd(where)
        return ability


def fit_norm(
    ability: Floats, age: Floats, cohort: NDArray[np.str_], weight: Floats, mean: Growth, ages: tuple[float, float],
) -> AbilityNorm:  # fmt: skip
    """Norms about a given mean curve: SD of the estimated abilities (n,) within their cohorts, a log-quadratic curve over age.

    The residual of an ability is its distance from the curve of its own cohort. Normal maximum likelihood by Fisher scoring
    (variance model of Aitkin 1987, doi:10.2307/2347792), each visit with its weight. Raises UsageError where it has
    not come to an end.
    """
    residual = np.empty(ability.size)
    for name in np.unique(cohort):
        mine = cohort == name
        residual[mine] = ability[mine] - fit_growth(ability[mine], age[mine], weight[mine])(age[mine])
    centre = (ages[0] + ages[1]) / 2
    root, away = np.sqrt(weight), age - centre
    columns = np.column_stack([np.ones_like(age), away, away**2])
    log_sd = np.full(ability.size, np.log(np.sqrt(np.average(residual**2, weights=weight))))
    for _ in range(MOST_STEPS):
        target = log_sd + (residual**2 / np.exp(2 * log_sd) - 1) / 2
        beta = np.linalg.lstsq(columns * root[:, None], target * root, rcond=None)[0]
        new = columns @ beta
        moved, log_sd = np.abs(new - log_sd).max(), new
        if moved < TOLERANCE:
            break
    check_arrived(float(moved), TOLERANCE, "spread of the abilities")
    return AbilityNorm(int(ability.size), mean, (float(beta[0]), float(beta[1]), float(beta[2])), centre, ages)
