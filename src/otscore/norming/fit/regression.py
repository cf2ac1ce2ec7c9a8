"""Mean and log SD as polynomials in age, of the raw score or of its logarithm.

The pack methods ``regression`` and ``lognormal_regression``, fitted by maximum likelihood (Aitkin 1987, Applied Statistics 36,
332-339, doi:10.2307/2347792).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.basis import AgeBasis, check_degrees, standardised_age
from otscore.norming.fit.fitted import Estimates, Fitted, check_size, estimates
from otscore.norming.fit.maximum import Maximum, least_squares, maximise
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.normal_terms import normal_terms
from otscore.norming.fit.origin import Origin, origin
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RegressionModel(Fitted):
    """Normal distribution of raw scores, its mean and log SD polynomials in a = (age - centre) / scale."""

    basis: AgeBasis
    mean: Floats
    """Coefficients of the mean, rising in power: b0, b1, ... of a pack."""
    log_sd: Floats
    """Coefficients of the log SD, rising in power: logsd0, logsd1 of a pack."""

    @property
    def method(self) -> str:
        """Name of the model and of the pack method."""
        return "regression"

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,)."""
        return self._told((raw - self.basis.predict(age, self.mean)) / np.exp(self.basis.predict(age, self.log_sd)), age)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) and ages (n,); NaN outside the limits and the ages."""
        spread = np.exp(self.basis.predict(age, self.log_sd))
        return self.basis.predict(age, self.mean) + spread * self._rising(z, age)


@dataclass(frozen=True, eq=False)
class LognormalRegressionModel(RegressionModel):
    """The same of the logarithm of a raw score above 0."""

    @property
    def method(self) -> str:
        """Name of the model and of the pack method."""
        return "lognormal_regression"

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,); NaN for a raw score not above 0."""
        with np.errstate(all="ignore"):
            return super().score(np.where(raw > 0.0, np.log(raw), np.nan), age)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) and ages (n,); NaN outside the limits and the ages."""
        return np.asarray(np.exp(super().value(z, age)))


def fit_regression(sample: Sample, basis: AgeBasis | None = None, mean_degree: int = 3, log_sd_degree: int = 1) -> RegressionModel:
    """Mean and log SD of the raw score as polynomials of these degrees, in ages less their mean, by their SD, if no basis is given.

    Raises UsageError if the sample has too few children or different ages for them.
    """
    basis = standardised_age(sample, mean_degree, log_sd_degree) if basis is None else basis
    top = normal_maximum(sample.raw, sample, basis, mean_degree, log_sd_degree)
    return RegressionModel(*_parts(top, top.log_likelihood, sample, basis, mean_degree))


def fit_lognormal_regression(sample: Sample, basis: AgeBasis | None = None, mean_degree: int = 3, log_sd_degree: int = 1) -> LognormalRegressionModel:
    """Mean and log SD of the logarithm of the raw score as polynomials of these degrees; the likelihood is that of the raw scores.

    Raises UsageError if a raw score is not above 0, or the sample has too few children or different ages.
    """
    if not (sample.raw > 0.0).all():
        raise UsageError(Issue("raw_not_positive", "a raw score of 0 or less has no logarithm", "leave it out and say so, or take another model", field="raw"))
    logarithm = np.log(sample.raw)
    basis = standardised_age(sample, mean_degree, log_sd_degree) if basis is None else basis
    top = normal_maximum(logarithm, sample, basis, mean_degree, log_sd_degree)
    of_raw = top.log_likelihood - float((sample.weight * logarithm).sum())
    return LognormalRegressionModel(*_parts(top, of_raw, sample, basis, mean_degree))


def normal_maximum(y: Floats, sample: Sample, basis: AgeBasis, mean_degree: int, log_sd_degree: int) -> Maximum:
    """Coefficients of the mean, then of the log SD, of measurements y (n,)."""
    check_degrees(sample, mean_degree, log_sd_degree)
    check_size(sample, mean_degree + log_sd_degree + 2)
    designs = [basis.design(sample.age, degree) for degree in (mean_degree, log_sd_degree)]
    mean = least_squares(designs[0], y, sample.weight)
    rest = y - designs[0] @ mean
    sd = float(np.sqrt(np.average(rest**2, weights=sample.weight)))
    if not sd > 1e-12 * float(np.abs(y).max()):
        raise UsageError(Issue("raw_without_spread", "all children of an age have the same raw score", "a sample with differences", field="raw"))
    start = np.concatenate([mean, [np.log(sd)], np.zeros(log_sd_degree)])
    return maximise(lambda predictors: normal_terms(y, predictors), designs, sample.weight, start)


_Parts = tuple[Origin, Estimates, float, AgeBasis, Floats, Floats]


def _parts(top: Maximum, log_likelihood: float, sample: Sample, basis: AgeBasis, mean_degree: int) -> _Parts:
    mean, log_sd = np.split(top.coefficients, [mean_degree + 1])
    names = (*(f"b{power}" for power in range(mean.size)), *(f"logsd{power}" for power in range(log_sd.size)))
    return origin(sample), estimates(names, top), log_likelihood, basis, mean, log_sd
