"""Norms from a normal curve whose mean and standard deviation change with age: what a pack calls ``normal``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.densities import Normal
from otscore.norming.fit.fitted_curves import CurveModel, fit_curves, smoothed
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.origin import origin
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.shapes import BENT, STRAIGHT, Shape
from otscore.norming.fit.standing import LIMITS, checked_limits, standing, within

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NormalModel(CurveModel):
    """Norms by curves of the mean and of the logarithm of the standard deviation."""

    @property
    def method(self) -> str:
        """What a pack calls it."""
        return "normal"

    def nodes(self, ages: ArrayLike) -> dict[str, Floats]:
        """Mean and SD (g,) at ages (g,). Ages outside of those of the sample are drawn out: look before you print."""
        mean, log_sd = self.curves.at(np.asarray(ages, dtype=np.float64))
        return {"mean": mean, "sd": np.exp(log_sd)}

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,)."""
        raw, age = np.asarray(raw, dtype=np.float64), np.asarray(age, dtype=np.float64)
        mean, sd = self.nodes(age).values()
        z = (raw - mean) / sd * self.side
        return standing(np.where(within(self.ages, age), z, np.nan), *self.limits)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) and ages (n,)."""
        z, age = np.asarray(z, dtype=np.float64), np.asarray(age, dtype=np.float64)
        mean, sd = self.nodes(age).values()
        raw = mean + sd * z * self.side
        return np.where(within(self.ages, age) & within(self.limits, z), raw, np.nan)


def fit_normal(sample: Sample, mean: Shape = BENT, spread: Shape = STRAIGHT, limits: tuple[float, float] = LIMITS) -> NormalModel:
    """Mean and log SD as curves of age, together, by weighted (penalised) maximum likelihood of the normal curve.

    Raises UsageError where all scores lie on the curve of the mean, the ages do not carry the curves, or the fit has no end.
    """
    middle = smoothed(mean.basis(sample.age, sample.weight), sample.age, sample.weight, sample.raw)
    sd = np.sqrt(np.average((sample.raw - middle) ** 2, weights=sample.weight))
    if not sd > 1e-9 * max(1.0, float(np.abs(sample.raw).max())):
        raise UsageError(Issue("normal_constant", "the raw scores do not differ at an age", "nothing tells these children apart"))
    curves = fit_curves(sample, Normal(sample.raw), (mean, spread), [middle, np.full(sample.n, np.log(sd))])
    return NormalModel(curves, origin(sample), checked_limits(limits))
