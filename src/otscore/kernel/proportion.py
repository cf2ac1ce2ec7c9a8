"""Shares of children, and means, with what a sample of n says of the population. Undefined is NaN.

Wilson 1927, Probable inference, the law of succession, and statistical inference, Journal of the American Statistical Association
22, 209-212, doi:10.1080/01621459.1927.10502953; Student 1908, The probable error of a mean, Biometrika 6, 1-25,
doi:10.1093/biomet/6.1.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.interval import Interval, around, z_multiplier

Floats = NDArray[np.float64]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def wilson_interval(count: ArrayLike, n: ArrayLike, level: ArrayLike) -> Interval:
    """Confidence interval of a share, count of n, without continuity correction (Wilson 1927)."""
    n = np.where(_floats(n) > 0.0, _floats(n), np.nan)
    share, z = _floats(count) / n, z_multiplier(level)
    centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    low, high = around(centre, z / (1.0 + z * z / n) * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)))
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def mean_interval(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, level: ArrayLike) -> Interval:
    """Confidence interval of the mean of n independent values, by Student's t with n - 1 degrees of freedom; n at least 2."""
    n = np.where(_floats(n) >= 2.0, _floats(n), np.nan)
    return around(mean, special.stdtrit(n - 1.0, 0.5 + 0.5 * _floats(level)) * _floats(sd) / np.sqrt(n))
