"""Sinh-arcsinh curves in the parametrisation of cNORM (one of four incompatible ones of that name).

Jones & Pewsey 2009, Biometrika 96, 761-780, doi:10.1093/biomet/asp053, with the sign of epsilon reversed:
epsilon > 0 is skew to the left, delta > 1 has tails lighter than normal. y, mu and sigma share one unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


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
