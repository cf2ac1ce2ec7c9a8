"""Two-piece normal norms: a median, and one SD for each side of it.

z = (y - median) / SD of the child's side: half of the norm group lies on either side, and each half is half of a normal
curve. Not the density of that name whose pieces join at the mode and hold unequal shares (Wallis 2014, Statistical Science
29, 106-112, doi:10.1214/13-STS417, tells its history). y, median, sd_below and sd_above share one unit and broadcast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def two_piece_z(y: ArrayLike, median: ArrayLike, sd_below: ArrayLike, sd_above: ArrayLike) -> Floats:
    """z of measurement y: 0 at the median whatever the SDs, NaN where the SD of its side is not above 0."""
    y, median, sd_below, sd_above = (np.asarray(v, dtype=np.float64) for v in (y, median, sd_below, sd_above))
    with np.errstate(all="ignore"):
        distance = y - median
        sd = np.where(distance < 0.0, sd_below, sd_above)
        return np.where(distance == 0.0, 0.0, np.where(sd > 0.0, distance / sd, np.nan))


def two_piece_value(z: ArrayLike, median: ArrayLike, sd_below: ArrayLike, sd_above: ArrayLike) -> Floats:
    """Measurement at z, the inverse of `two_piece_z`."""
    z, median, sd_below, sd_above = (np.asarray(v, dtype=np.float64) for v in (z, median, sd_below, sd_above))
    with np.errstate(all="ignore"):
        sd = np.where(z < 0.0, sd_below, sd_above)
        return np.where(z == 0.0, median + 0.0, np.where(sd > 0.0, median + z * sd, np.nan))
