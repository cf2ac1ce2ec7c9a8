"""Box-Cox power exponential curves: LMS with tails lighter (tau > 2) or heavier (tau < 2) than normal.

Rigby & Stasinopoulos 2004, Statistics in Medicine 23, 3053-3076, doi:10.1002/sim.1861. tau = 2 is `bccg`.
y is in the unit of mu; sigma, nu and tau have none; NaN for y, mu, sigma or tau not above 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.boxcox import Family, truncated_cdf, truncated_value, truncated_z

Floats = NDArray[np.float64]


def bcpe_z(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """z of measurement y on a Box-Cox power exponential curve."""
    return truncated_z(_POWER_EXPONENTIAL, y, mu, sigma, nu, tau)


def bcpe_value(z: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """Measurement at z, the inverse of `bcpe_z`."""
    return truncated_value(_POWER_EXPONENTIAL, z, mu, sigma, nu, tau)


def bcpe_cdf(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """Proportion (0 to 1) of measurements at or below y."""
    return truncated_cdf(_POWER_EXPONENTIAL, y, mu, sigma, nu, tau)


def _log_scale(tau: Floats) -> Floats:
    """Log of the scale that gives the power exponential distribution a variance of 1."""
    log_scale: Floats = 0.5 * (special.gammaln(1.0 / tau) - special.gammaln(3.0 / tau)) - np.log(2.0) / tau
    return log_scale


def _half_power(x: Floats, tau: Floats) -> Floats:
    half_power: Floats = 0.5 * (np.abs(x) * np.exp(-_log_scale(tau))) ** tau
    return half_power


def _log_lower(x: Floats, tau: Floats) -> Floats:
    log_mass: Floats = np.log(0.5 * special.gammaincc(1.0 / tau, _half_power(x, tau)))
    return np.where(tau > 0.0, log_mass, np.nan)


def _log_density(x: Floats, tau: Floats) -> Floats:
    constant = _log_scale(tau) + (1.0 + 1.0 / tau) * np.log(2.0) + special.gammaln(1.0 / tau) - np.log(tau)
    log_density: Floats = -_half_power(x, tau) - constant
    return log_density


def _log_quantile(log_mass: Floats, tau: Floats) -> Floats:
    half_power = special.gammainccinv(1.0 / tau, 2.0 * np.exp(log_mass))
    x: Floats = -np.exp(_log_scale(tau)) * (2.0 * half_power) ** (1.0 / tau)
    return x


_POWER_EXPONENTIAL = Family(_log_lower, _log_density, _log_quantile)
