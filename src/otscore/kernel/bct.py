"""Box-Cox t curves: LMS with Student's t distribution, renormalised above a measurement of 0.

Rigby & Stasinopoulos 2006, Statistical Modelling 6, 209-229, doi:10.1191/1471082X06st122oa. y is in the unit
of mu; sigma, nu and tau (the degrees of freedom) have none; NaN for y, mu, sigma or tau not above 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.boxcox import Family, truncated_cdf, truncated_value, truncated_z

Floats = NDArray[np.float64]


def bct_z(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """z of measurement y on a Box-Cox t curve; far scores stay apart to |z| = 37."""
    return truncated_z(_STUDENT, y, mu, sigma, nu, tau)


def bct_value(z: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """Measurement at z, the inverse of `bct_z`."""
    return truncated_value(_STUDENT, z, mu, sigma, nu, tau)


def bct_cdf(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """Proportion (0 to 1) of measurements at or below y."""
    return truncated_cdf(_STUDENT, y, mu, sigma, nu, tau)


def bct_quantile(p: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike, tau: ArrayLike) -> Floats:
    """Measurement at proportion p (0 to 1), the inverse of `bct_cdf`."""
    return truncated_value(_STUDENT, special.ndtri(np.asarray(p, dtype=np.float64)), mu, sigma, nu, tau)


def _log_lower(x: Floats, tau: Floats) -> Floats:
    log_mass: Floats = np.log(special.stdtr(tau, x))
    return log_mass


def _log_density(x: Floats, tau: Floats) -> Floats:
    constant = special.betaln(0.5, 0.5 * tau) + 0.5 * np.log(tau)
    log_density: Floats = -0.5 * (tau + 1.0) * np.log1p(x * x / tau) - constant
    return log_density


def _log_quantile(log_mass: Floats, tau: Floats) -> Floats:
    """`stdtrit`, with a Newton step near the median: there it is off by 1e-8 for 4 and 6 degrees."""
    mass = np.exp(log_mass)
    x: Floats = special.stdtrit(tau, mass)
    step = (special.stdtr(tau, x) - mass) / np.exp(_log_density(x, tau))
    return np.where(mass > 0.25, x - step, x)


_STUDENT = Family(_log_lower, _log_density, _log_quantile)
