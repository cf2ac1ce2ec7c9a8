"""Sinh-arcsinh curves in the parametrisation of cNORM (one of four incompatible ones of that name).

Jones & Pewsey 2009, Biometrika 96, 761-780, doi:10.1093/biomet/asp053, with the sign of epsilon reversed:
epsilon > 0 is skew to the left, delta > 1 has tails lighter than normal. y, mu and sigma share one unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]

_LOG_ROOT_2_PI = 0.5 * np.log(2.0 * np.pi)


def shash_z(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, epsilon: ArrayLike, delta: ArrayLike) -> Floats:
    """z of measurement y on a sinh-arcsinh curve; NaN for sigma or delta not above 0."""
    y, mu, sigma, epsilon, delta = (np.asarray(v, dtype=np.float64) for v in (y, mu, sigma, epsilon, delta))
    with np.errstate(all="ignore"):
        z = np.sinh(delta * np.arcsinh((y - mu) / sigma) + epsilon)
        return np.where((sigma > 0.0) & (delta > 0.0), z, np.nan)


def shash_cdf(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, epsilon: ArrayLike, delta: ArrayLike) -> Floats:
    """Proportion (0 to 1) of measurements at or below y on a sinh-arcsinh curve."""
    proportion: Floats = special.ndtr(shash_z(y, mu, sigma, epsilon, delta))
    return proportion


def shash_value(z: ArrayLike, mu: ArrayLike, sigma: ArrayLike, epsilon: ArrayLike, delta: ArrayLike) -> Floats:
    """Measurement at z, the inverse of `shash_z`; NaN for sigma or delta not above 0."""
    z, mu, sigma, epsilon, delta = (np.asarray(v, dtype=np.float64) for v in (z, mu, sigma, epsilon, delta))
    with np.errstate(all="ignore"):
        value = mu + sigma * np.sinh((np.arcsinh(z) - epsilon) / delta)
        return np.where((sigma > 0.0) & (delta > 0.0), value, np.nan)


def shash_log_density(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, epsilon: ArrayLike, delta: ArrayLike) -> Floats:
    """Log density of measurement y, per unit of y; -inf where it is less than any number, NaN for sigma or delta not above 0."""
    y, mu, sigma, epsilon, delta = (np.asarray(v, dtype=np.float64) for v in (y, mu, sigma, epsilon, delta))
    with np.errstate(all="ignore"):
        x = (y - mu) / sigma
        t = delta * np.arcsinh(x) + epsilon
        log_cosh = np.abs(t) + np.log1p(np.exp(-2.0 * np.abs(t))) - np.log(2.0)
        log_slope = np.log(delta) - np.log(sigma) - np.log(np.hypot(1.0, x)) + log_cosh
        log_density = log_slope - 0.5 * np.sinh(t) ** 2 - _LOG_ROOT_2_PI
        log_density = np.where(np.isinf(np.sinh(t)), -np.inf, log_density)  # inf - inf where y is infinite
        return np.where((sigma > 0.0) & (delta > 0.0) & ~np.isnan(y), log_density, np.nan)
