"""Box-Cox Cole and Green curves: LMS with the normal distribution renormalised above a measurement of 0.

Rigby & Stasinopoulos 2006, doi:10.1191/1471082X06st122oa, the case of the normal distribution. Close to
`lms_z` unless sigma |nu| is large; a table states which of the two it holds. y is in the unit of mu, sigma
and nu have none; NaN for y, mu or sigma not above 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.boxcox import Family, truncated_cdf, truncated_value, truncated_z

Floats = NDArray[np.float64]


def bccg_z(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike) -> Floats:
    """z of measurement y on a truncated Box-Cox Cole and Green curve."""
    return truncated_z(_NORMAL, y, mu, sigma, nu)


def bccg_value(z: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike) -> Floats:
    """Measurement at z, the inverse of `bccg_z`."""
    return truncated_value(_NORMAL, z, mu, sigma, nu)


def bccg_cdf(y: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike) -> Floats:
    """Proportion (0 to 1) of measurements at or below y."""
    return truncated_cdf(_NORMAL, y, mu, sigma, nu)


def bccg_quantile(p: ArrayLike, mu: ArrayLike, sigma: ArrayLike, nu: ArrayLike) -> Floats:
    """Measurement at proportion p (0 to 1), the inverse of `bccg_cdf`."""
    return truncated_value(_NORMAL, special.ndtri(np.asarray(p, dtype=np.float64)), mu, sigma, nu)


def _log_density(x: Floats) -> Floats:
    log_density: Floats = -0.5 * x * x - 0.5 * np.log(2.0 * np.pi)
    return log_density


_NORMAL = Family(special.log_ndtr, _log_density, special.ndtri_exp)
