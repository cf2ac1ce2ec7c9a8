"""Log-likelihood of a normal distribution and its derivatives by the mean and the log SD."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from otscore.norming.fit.maximum import Terms

Floats = NDArray[np.float64]


def normal_terms(y: Floats, predictors: Floats) -> Terms:
    """Terms of measurements y (n,) at predictors (2, n): mean, log SD."""
    mean, log_sd = predictors
    sd = np.exp(log_sd)
    z = (y - mean) / sd
    value = -log_sd - 0.5 * z * z - 0.5 * np.log(2.0 * np.pi)
    mixed = -2.0 * z / sd
    second = np.stack([np.stack([-np.ones_like(z) / sd**2, mixed]), np.stack([mixed, -2.0 * z * z])])
    return Terms(value, np.stack([z / sd, z * z - 1.0]), second)
