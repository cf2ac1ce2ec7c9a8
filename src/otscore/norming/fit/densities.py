"""Log densities of the Box-Cox curves and the normal curve, with their slopes, child by child.

Each density takes its c curves at the n children as predictors (c, n): L, log M, log S (and log tau), or mean and log SD. It
gives the log density (n,) of the raw scores themselves and its derivatives (c, n) by the predictors.
Cole & Green 1992, doi:10.1002/sim.4780111005; Rigby & Stasinopoulos 2004, doi:10.1002/sim.1861, and 2006,
doi:10.1191/1471082X06st122oa.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_HALF_LOG_2PI = 0.5 * np.log(2.0 * np.pi)
_SERIES_BELOW = 0.3
_SERIES = 1.0 / (special.factorial(np.arange(12)) * np.arange(2, 14))
MOST_TAU = 1e6
"""A t curve of more degrees of freedom is the normal one."""
_TAU_STEP = 1e-4
_SERIES_FROM = 100.0  # degrees of freedom where a difference of two gamma functions begins to lose its digits


class Density(Protocol):
    """A log density and its slopes."""

    def __call__(self, predictors: Floats) -> tuple[Floats, Floats]:
        """(n,) and (c, n) at predictors (c, n); not finite where they are absurd."""
        ...


@dataclass(frozen=True, eq=False)
class Normal:
    """The normal curve: mean and log SD."""

    raw: Floats

    def __call__(self, predictors: Floats) -> tuple[Floats, Floats]:
        """As every `Density`."""
        mean, log_sd = predictors
        sd = np.exp(log_sd)
        z = (self.raw - mean) / sd
        return -0.5 * z * z - log_sd - _HALF_LOG_2PI, np.array([z / sd, z * z - 1.0])


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """LMS as Cole & Green write it: z is normal, and what lies beyond the bound of the power is not missed."""

    log_raw: Floats

    def __call__(self, predictors: Floats) -> tuple[Floats, Floats]:
        """As every `Density`."""
        power, log_median, log_spread = predictors
        standard = _standardise(self.log_raw, power, log_median, log_spread)
        log_density = standard.log_jacobian - 0.5 * standard.z**2 - _HALF_LOG_2PI
        return log_density, _slopes(standard, -standard.z)


@dataclass(frozen=True, eq=False)
class Truncated:
    """The same cut off at a measurement of 0 and renormalised: BCCG."""

    log_raw: Floats

    def __call__(self, predictors: Floats) -> tuple[Floats, Floats]:
        """As every `Density`."""
        power, _, log_spread = predictors
        log_density, slopes = ClosedForm(self.log_raw)(predictors)
        bound = _bound(power, log_spread)
        log_mass = special.log_ndtr(bound)
        hazard = np.exp(-0.5 * bound * bound - _HALF_LOG_2PI - log_mass)
        slopes[[0, 2]] += _cut(hazard, bound, power)
        return log_density - log_mass, slopes


@dataclass(frozen=True, eq=False)
class TruncatedT:
    """The same with Student's t in place of the normal distribution: BCT, log tau being the fourth curve.

    The slope by log tau of the mass within the bound, which is close to 1, is a central difference; all else is exact.
    """

    log_raw: Floats

    def __call__(self, predictors: Floats) -> tuple[Floats, Floats]:
        """As every `Density`."""
        power, log_median, log_spread = predictors[:3]
        tau = np.exp(np.minimum(predictors[3], np.log(MOST_TAU)))
        standard = _standardise(self.log_raw, power, log_median, log_spread)
        squared = standard.z**2
        bound = _bound(power, log_spread)
        log_mass = np.log1p(-special.stdtr(tau, -bound))
        hazard = np.exp(_log_t(bound, tau) - log_mass)
        slopes = np.empty_like(predictors)
        slopes[:3] = _slopes(standard, -(tau + 1.0) * standard.z / (tau + squared))
        slopes[[0, 2]] += _cut(hazard, bound, power)
        by_tau = _digamma_gap(tau) - np.log1p(squared / tau) + (tau + 1.0) * squared / (tau * (tau + squared))
        slopes[3] = np.where(predictors[3] < np.log(MOST_TAU), 0.5 * tau * by_tau + _tail_slope(bound, tau) / np.exp(log_mass), 0.0)
        return standard.log_jacobian + _log_t(standard.z, tau) - log_mass, slopes


class _Standard(NamedTuple):
    z: Floats
    z_by_power: Floats
    z_by_log_median: Floats
    log_ratio: Floats
    power: Floats
    log_jacobian: Floats


def _standardise(log_raw: Floats, power: Floats, log_median: Floats, log_spread: Floats) -> _Standard:
    """z and its slopes, exact as the power goes through 0; log z' of the raw score."""
    ratio = log_raw - log_median
    exponent, spread = power * ratio, np.exp(log_spread)
    growth = special.exprel(exponent)
    z, z_by_power = ratio * growth / spread, ratio**2 * _exprel_slope(exponent) / spread
    return _Standard(z, z_by_power, -np.exp(exponent) / spread, ratio, power, exponent - log_raw - log_spread)


def _exprel_slope(u: Floats) -> Floats:
    """Derivative of (exp(u) - 1) / u."""
    near = np.abs(u) < _SERIES_BELOW
    far = np.where(near, 1.0, u)
    series = np.polynomial.polynomial.polyval(np.where(near, u, 0.0), _SERIES)
    slope: Floats = np.where(near, series, (far * np.exp(far) - np.expm1(far)) / far**2)
    return slope


def _slopes(standard: _Standard, by_z: Floats) -> Floats:
    """Slopes by L, log M and log S, without the cut, from that of the log density by z."""
    by_power = standard.log_ratio + by_z * standard.z_by_power
    return np.array([by_power, -standard.power + by_z * standard.z_by_log_median, -1.0 - by_z * standard.z])


def _bound(power: Floats, log_spread: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.exp(-log_spread) / np.abs(power)


def _cut(hazard: Floats, bound: Floats, power: Floats) -> Floats:
    """What the renormalisation adds to the slopes by L and log S."""
    with np.errstate(all="ignore"):
        by_spread = np.where(hazard > 0.0, hazard * bound, 0.0)
        return np.array([np.where(by_spread > 0.0, by_spread / power, 0.0), by_spread])


def _log_t(x: Floats, tau: Floats) -> Floats:
    series = (-0.25 + (1.0 / 24.0 - 0.05 / tau**2) / tau**2) / tau - _HALF_LOG_2PI
    constant = np.where(tau > _SERIES_FROM, series, -special.betaln(0.5, 0.5 * tau) - 0.5 * np.log(tau))
    log_density: Floats = constant - 0.5 * (tau + 1.0) * np.log1p(x * x / tau)
    return log_density


def _digamma_gap(tau: Floats) -> Floats:
    """digamma((tau + 1) / 2) - digamma(tau / 2) - 1 / tau."""
    series = (0.5 - 0.25 / tau**2 + 0.5 / tau**4) / tau**2
    return np.where(tau > _SERIES_FROM, series, special.digamma((tau + 1.0) / 2.0) - special.digamma(tau / 2.0) - 1.0 / tau)


def _tail_slope(bound: Floats, tau: Floats) -> Floats:
    """Derivative by log tau of the mass beyond the bound."""
    more, less = (special.stdtr(tau * np.exp(step), -bound) for step in (_TAU_STEP, -_TAU_STEP))
    slope: Floats = (more - less) / (2.0 * _TAU_STEP)
    return slope
