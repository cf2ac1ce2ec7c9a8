"""Regression norms: a mean that is a polynomial in age, and a spread whose logarithm is linear in age.

With a = (age - centre) / scale: mean = b0 + b1 a + b2 a^2 + b3 a^3, SD = exp(logsd0 + logsd1 a); every argument broadcasts.
The log-normal form takes the logarithm of the measurement. Norms by a distribution whose parameters are regressed on age:
Voncken, Albers & Timmerman 2019, Behavior Research Methods 51, 826-839, doi:10.3758/s13428-018-1122-8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def regression_z(
    y: Floats, age: Floats, centre: Floats, scale: Floats,
    b0: Floats, b1: Floats, b2: Floats, b3: Floats, logsd0: Floats, logsd1: Floats,
) -> Floats:  # fmt: skip
    """z of measurement y."""
    a = (age - centre) / scale
    mean = b0 + a * (b1 + a * (b2 + a * b3))
    z: Floats = (y - mean) / np.exp(logsd0 + logsd1 * a)
    return z


def regression_value(
    z: Floats, age: Floats, centre: Floats, scale: Floats,
    b0: Floats, b1: Floats, b2: Floats, b3: Floats, logsd0: Floats, logsd1: Floats,
) -> Floats:  # fmt: skip
    """Measurement at z, the inverse of `regression_z`."""
    a = (age - centre) / scale
    value: Floats = b0 + a * (b1 + a * (b2 + a * b3)) + z * np.exp(logsd0 + logsd1 * a)
    return value


def lognormal_regression_z(y: Floats, age: Floats, *parameters: Floats) -> Floats:
    """z of measurement y > 0 whose logarithm is normal; NaN for y not above 0. Parameters as for `regression_z`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logarithm = np.where(y > 0.0, np.log(y), np.nan)
    return regression_z(logarithm, age, *parameters)


def lognormal_regression_value(z: Floats, age: Floats, *parameters: Floats) -> Floats:
    """Measurement at z, the inverse of `lognormal_regression_z`."""
    return np.asarray(np.exp(regression_value(z, age, *parameters)))
