"""Visual acuity in octaves: one octave is a doubling of the cycles per degree.

z = (log2 acuity - log2 mean acuity) / SD in octaves; Mayer et al. 1995, Investigative Ophthalmology & Visual Science 36,
671-685, state mean acuity in cycles per degree and SD in octaves by age.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def octaves_z(acuity: Floats, log2_mean: Floats, sd_octaves: Floats) -> Floats:
    """z of an acuity in cycles per degree; NaN for one not above 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logarithm = np.where(acuity > 0.0, np.log2(acuity), np.nan)
    z: Floats = (logarithm - log2_mean) / sd_octaves
    return z


def octaves_value(z: Floats, log2_mean: Floats, sd_octaves: Floats) -> Floats:
    """Acuity in cycles per degree at z, the inverse of `octaves_z`."""
    return np.asarray(np.exp2(log2_mean + z * sd_octaves))
