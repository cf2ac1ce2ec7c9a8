"""Norms from Box-Cox curves of age, fitted by weighted (penalised) maximum likelihood.

`fit_lms` is the closed form of Cole & Green 1992 (doi:10.1002/sim.4780111005), what a pack calls ``lms``. `fit_bccg` and
`fit_bct` are cut off at a measurement of 0 and renormalised (Rigby & Stasinopoulos 2006, doi:10.1191/1471082X06st122oa), what a
pack calls ``bccg`` and ``bct``. The median, the spread and the tails are fitted as logarithms, the power as it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.errors import Issue, UsageError
from otscore.kernel.bccg import bccg_value, bccg_z
from otscore.kernel.bct import bct_value, bct_z
from otscore.kernel.curves import lms_value, lms_z
from otscore.norming.fit.ascent import not_arrived
from otscore.norming.fit.densities import MOST_TAU, ClosedForm, Truncated, TruncatedT
from otscore.norming.fit.fitted_curves import CurveModel, fit_curves, smoothed
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.origin import Origin, origin
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.shapes import BENT, CONSTANT, STRAIGHT, Shape
from otscore.norming.fit.standing import LIMITS, checked_limits, standing, within

Floats = NDArray[np.float64]

_TAUS_TO_START = (10.0, 300.0)
_SAME_LIKELIHOOD = 1e-3  # the normal curve is a t curve too: a hill lower than its own is the wrong one


@dataclass(frozen=True, eq=False)
class BoxCoxModel(CurveModel, ABC):
    """Norms by curves of the power, the median, the spread (and the tails) of a measurement above 0."""

    @property
    @abstractmethod
    def method(self) -> str:
        """What a pack calls it."""

    @abstractmethod
    def nodes(self, ages: ArrayLike) -> dict[str, Floats]:
        """Columns of a pack's table (g,) at ages (g,). Ages outside of those of the sample are drawn out: look before you print."""

    def beyond(self, ages: ArrayLike) -> Floats:
        """Share (g,) of the standard curve that no measurement has, beyond the bound of the power at ages (g,).

        A truncated model renormalises what is left, so that mu is no longer the median; the closed form has that much too
        little. Where it is more than 0.001 the curves have more freedom than the sample can pay: ask for less of the power.
        """
        power, _, log_spread, *log_tau = self.curves.at(np.asarray(ages, dtype=np.float64))
        with np.errstate(divide="ignore"):
            bound = np.exp(-log_spread) / np.abs(power)
        share: Floats = special.stdtr(np.exp(log_tau[0]), -bound) if log_tau else special.ndtr(-bound)
        return share

    @abstractmethod
    def _z(self, raw: Floats, age: Floats) -> Floats: ...

    @abstractmethod
    def _value(self, z: Floats, age: Floats) -> Floats: ...

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,); 0 lies below every curve, what is below 0 nowhere."""
        raw, age = np.asarray(raw, dtype=np.float64), np.asarray(age, dtype=np.float64)
        z = np.where(raw == 0.0, -np.inf, self._z(raw, age)) * self.side
        return standing(np.where(within(self.ages, age), z, np.nan), *self.limits)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) and ages (n,)."""
        z, age = np.asarray(z, dtype=np.float64), np.asarray(age, dtype=np.float64)
        told = within(self.ages, age) & within(self.limits, z)
        return np.where(told, self._value(z * self.side, age), np.nan)


@dataclass(frozen=True, eq=False)
class LmsModel(BoxCoxModel):
    """The closed form."""

    @property
    def method(self) -> str:
        """What a pack calls it."""
        return "lms"

    def nodes(self, ages: ArrayLike) -> dict[str, Floats]:
        """L, M and S (g,) at ages (g,)."""
        power, log_median, log_spread = self.curves.at(np.asarray(ages, dtype=np.float64))
        return {"l": power, "m": np.exp(log_median), "s": np.exp(log_spread)}

    def _z(self, raw: Floats, age: Floats) -> Floats:
        return lms_z(raw, *self.nodes(age).values())

    def _value(self, z: Floats, age: Floats) -> Floats:
        return lms_value(z, *self.nodes(age).values())


@dataclass(frozen=True, eq=False)
class BccgModel(BoxCoxModel):
    """The normal curve, cut off at 0."""

    @property
    def method(self) -> str:
        """What a pack calls it."""
        return "bccg"

    def nodes(self, ages: ArrayLike) -> dict[str, Floats]:
        """mu, sigma and nu (g,) at ages (g,)."""
        power, log_median, log_spread = self.curves.at(np.asarray(ages, dtype=np.float64))
        return {"mu": np.exp(log_median), "sigma": np.exp(log_spread), "nu": power}

    def _z(self, raw: Floats, age: Floats) -> Floats:
        return bccg_z(raw, *self.nodes(age).values())

    def _value(self, z: Floats, age: Floats) -> Floats:
        return bccg_value(z, *self.nodes(age).values())


@dataclass(frozen=True, eq=False)
class BctModel(BoxCoxModel):
    """Student's t curve, cut off at 0."""

    @property
    def method(self) -> str:
        """What a pack calls it."""
        return "bct"

    def nodes(self, ages: ArrayLike) -> dict[str, Floats]:
        """mu, sigma, nu and tau (g,) at ages (g,)."""
        power, log_median, log_spread, log_tau = self.curves.at(np.asarray(ages, dtype=np.float64))
        tau = np.exp(np.minimum(log_tau, np.log(MOST_TAU)))
        return {"mu": np.exp(log_median), "sigma": np.exp(log_spread), "nu": power, "tau": tau}

    def _z(self, raw: Floats, age: Floats) -> Floats:
        return bct_z(raw, *self.nodes(age).values())

    def _value(self, z: Floats, age: Floats) -> Floats:
        return bct_value(z, *self.nodes(age).values())


def fit_lms(
    sample: Sample, power: Shape = STRAIGHT, median: Shape = BENT, spread: Shape = STRAIGHT, limits: tuple[float, float] = LIMITS
) -> LmsModel:  # fmt: skip
    """L, M and S as curves of age, by the closed form of the likelihood, which knows no lower end of the measurement.

    Raises UsageError for measurements that are not above 0, ages that do not carry the curves, and a fit without an end.
    """
    density = ClosedForm(_log_raw(sample))
    return LmsModel(fit_curves(sample, density, (power, median, spread), _start(sample, median)), *_about(sample, limits))


def fit_bccg(
    sample: Sample, power: Shape = STRAIGHT, median: Shape = BENT, spread: Shape = STRAIGHT, limits: tuple[float, float] = LIMITS
) -> BccgModel:  # fmt: skip
    """nu, mu and sigma as curves of age, by the likelihood that is renormalised above 0. Raises UsageError as `fit_lms`."""
    density = Truncated(_log_raw(sample))
    return BccgModel(fit_curves(sample, density, (power, median, spread), _start(sample, median)), *_about(sample, limits))


def fit_bct(
    sample: Sample, power: Shape = STRAIGHT, median: Shape = BENT, spread: Shape = STRAIGHT, tails: Shape = CONSTANT,
    limits: tuple[float, float] = LIMITS,
) -> BctModel:  # fmt: skip
    """As `fit_bccg`, with tails as heavy as tau degrees of freedom, a curve of age as well. Raises UsageError as `fit_lms`."""
    normal = fit_bccg(sample, power, median, spread).curves
    why: UsageError | None = None
    for tau in _TAUS_TO_START:
        start = [*normal.at(sample.age), np.full(sample.n, np.log(tau))]
        try:
            curves = fit_curves(sample, TruncatedT(_log_raw(sample)), (power, median, spread, tails), start)
        except UsageError as error:  # far from the top a curve may seem to tell less than it does
            why = error
            continue
        if curves.log_likelihood >= normal.log_likelihood - _SAME_LIKELIHOOD:
            return BctModel(curves, *_about(sample, limits))
    raise why or not_arrived()


def _about(sample: Sample, limits: tuple[float, float]) -> tuple[Origin, tuple[float, float]]:
    return origin(sample), checked_limits(limits)


def _log_raw(sample: Sample) -> Floats:
    if (sample.raw <= 0.0).any():
        hint = "Box-Cox curves are for measurements above 0: leave those out who were not measured, or take another model"
        raise UsageError(Issue("boxcox_positive", "raw scores of 0 or less", hint, count=int((sample.raw <= 0.0).sum())))
    if (sample.raw == sample.raw[0]).all():
        raise UsageError(Issue("boxcox_constant", "all raw scores are the same", "nothing tells these children apart"))
    return np.log(sample.raw)


def _start(sample: Sample, median: Shape) -> list[Floats]:
    """A logarithmic curve: power 0, the mean of the logarithms, and their spread."""
    logarithms = np.log(sample.raw)
    middle = smoothed(median.basis(sample.age, sample.weight), sample.age, sample.weight, logarithms)
    spread = np.sqrt(np.average((logarithms - middle) ** 2, weights=sample.weight))
    return [np.zeros(sample.n), middle, np.full(sample.n, np.log(max(spread, 1e-6)))]
