"""How ability is distributed by age in each cohort, with the error of measurement taken out.

Normal distribution of the latent ability, mean a curve over age for each cohort, SD within a cohort a curve over age that all
cohorts share; marginal maximum likelihood by EM (Mislevy 1984, doi:10.1007/BF02306026). Visits with few answers tell as much
as they can: the likelihood of the answers enters, never an estimated ability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.kernel.irt import RaschModel, rasch_eap
from otscore.norming.fit.model import check_arrived
from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.difficulty import START_SD, Scale
from otscore.norming.fit.rasch.growth import Growth, fit_growth

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bands:
    """How visits are weighted: within an age band of ``years`` each cohort counts the same, if it has ``full`` visits there; with fewer it counts less."""

    years: float
    full: int

    def weights(self, age: Floats, cohort: NDArray[np.str_]) -> Floats:
        """Weight (n,) of each visit: a share of one cohort in one band, mean 1."""
        names, number = np.unique(cohort, return_inverse=True)
        band = np.floor(age / self.years).astype(np.int64)
        _, cell, count = np.unique(band * names.size + number, return_inverse=True, return_counts=True)
        weight = 1 / np.maximum(count, self.full)[cell]
        normed: Floats = weight / weight.mean()
        return normed


@dataclass(frozen=True, eq=False)
class Latent:
    """Distribution of the latent ability by age."""

    curves: Mapping[str, Growth]
    """Mean by age of each cohort; says nothing at ages at which the cohort has no visits."""
    log_sd: tuple[float, float]
    """Log of the SD within a cohort at age 0, and its change with a year of age."""
    reference: Growth
    """Mean of the cohorts that have visits at an age, smoothed over age."""
    steps: int

    def sd(self, age: Floats) -> Floats:
        """SD within a cohort (n,) at ages (n,)."""
        spread: Floats = np.exp(self.log_sd[0] + self.log_sd[1] * age)
        return spread


def fit_latent(
    answers: Answers, tau: Floats, scale: Scale, start: Growth, bands: Bands, *, tolerance: float = 1e-5, most_steps: int = 400,
) -> Latent:  # fmt: skip
    """Distribution of the ability behind the answers, given the difficulties (k,) of their items.

    Raises UsageError where it has not come to an end after ``most_steps``.
    """
    given, model = answers.given, RaschModel.build(tau, scale.slope, scale.grid)
    age, cohorts = answers.age, [str(name) for name in np.unique(answers.cohort)]
    weight = bands.weights(age, answers.cohort)
    columns = np.column_stack([np.ones_like(age), age]) * np.sqrt(weight)[:, None]
    mean, log_sd = start(age), np.full(answers.n, np.log(START_SD * scale.slope))
    steps, moved = 0, np.inf
    while moved >= tolerance and steps < most_steps:
        found = rasch_eap(given, model, mean, np.exp(log_sd), posterior=False)
        curves = {name: _curve(found.eap, answers, name) for name in cohorts}
        new = np.empty(answers.n)
        for name, curve in curves.items():
            mine = answers.cohort == name
            new[mine] = curve(age[mine])
        excess = ((found.sem**2 + (found.eap - new) ** 2) / np.exp(2 * log_sd) - 1) / 2
        spread = np.linalg.lstsq(columns, (log_sd + excess) * np.sqrt(weight), rcond=None)[0]
        wider = spread[0] + spread[1] * age
        moved = float(max(np.abs(new - mean).max(), np.abs(wider - log_sd).max()))
        mean, log_sd, steps = new, wider, steps + 1
    check_arrived(moved, tolerance, "distribution of the ability")
    return Latent(curves, (float(spread[0]), float(spread[1])), fit_growth(mean, age, weight), steps)


def _curve(eap: Floats, answers: Answers, cohort: str) -> Growth:
    mine = answers.cohort == cohort
    return fit_growth(eap[mine], answers.age[mine], np.ones(int(mine.sum())))
