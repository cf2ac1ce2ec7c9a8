"""One child against a small sample: its mean and SD are estimates, so t takes the place of z.

n is the number of children of the sample, sd its standard deviation (n - 1 below the line), r the correlation of two tests in
it. Crawford & Howell 1998, The Clinical Neuropsychologist 12, 482-486, doi:10.1076/clin.12.4.482.7241 (one score); Crawford &
Garthwaite 2002, Neuropsychologia 40, 1196-1208, doi:10.1016/S0028-3932(01)00224-X (limits of the percentile); Crawford &
Garthwaite 2005, Neuropsychology 19, 318-331, doi:10.1037/0894-4105.19.3.318 (differences). Undefined is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.metric import percentile_from_z, z_from_score

Floats = NDArray[np.float64]
Interval = tuple[Floats, Floats]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _size(n: ArrayLike) -> Floats:
    """n where a standard deviation can be had of it."""
    n = _floats(n)
    return np.where(n >= 2.0, n, np.nan)


def case_t(case: ArrayLike, mean: ArrayLike, sd: ArrayLike, n: ArrayLike) -> Floats:
    """t of a case's score with n - 1 degrees of freedom: (case - mean) / (sd sqrt((n + 1) / n)). Effect size: `z_from_score`."""
    n = _size(n)
    return _floats(z_from_score(case, mean, sd) / np.sqrt((n + 1.0) / n))


def p_below(t: ArrayLike, n: ArrayLike) -> Floats:
    """Share of the population expected below a case with this t, which is also the one-sided p of a low score."""
    return _floats(special.stdtr(_size(n) - 1.0, _floats(t)))


def p_two_sided(t: ArrayLike, n: ArrayLike) -> Floats:
    """Two-sided p of a t of this file; half of it is the share with a difference as large in the same direction."""
    return _floats(2.0 * special.stdtr(_size(n) - 1.0, -np.abs(_floats(t))))


def case_z_interval(case: ArrayLike, mean: ArrayLike, sd: ArrayLike, n: ArrayLike, level: ArrayLike) -> Interval:
    """Confidence limits of a case's z, by the non-central t: the sample's mean and SD are uncertain, the case is not.

    The non-centrality that makes z sqrt(n) the upper, or lower, quantile of t with n - 1 degrees of freedom, divided by
    sqrt(n); to seven digits.
    """
    n = _size(n)
    t, tail = z_from_score(case, mean, sd) * np.sqrt(n), 0.5 * (1.0 - _floats(level))
    low, high = (special.nctdtrinc(n - 1.0, p, t) / np.sqrt(n) for p in (1.0 - tail, tail))
    return _floats(low), _floats(high)


def case_percentile_interval(
    case: ArrayLike, mean: ArrayLike, sd: ArrayLike, n: ArrayLike, level: ArrayLike
) -> Interval:
    """Confidence limits, in percent, of the share of the population below a case."""
    low, high = case_z_interval(case, mean, sd, n, level)
    return percentile_from_z(low), percentile_from_z(high)


def difference_z(z_a: ArrayLike, z_b: ArrayLike, r: ArrayLike) -> Floats:
    """Effect size of a case's difference between two tests: (z_a - z_b) / sqrt(2 - 2 r); NaN for r from 1 on."""
    spread = 2.0 - 2.0 * _floats(r)
    with np.errstate(all="ignore"):
        return np.where(spread > 0.0, (_floats(z_a) - _floats(z_b)) / np.sqrt(spread), np.nan)


def difference_t(
    difference: ArrayLike, mean_a: ArrayLike, sd_a: ArrayLike, mean_b: ArrayLike, sd_b: ArrayLike, r: ArrayLike, n: ArrayLike
) -> Floats:  # fmt: skip
    """t, n - 1 degrees of freedom, of a difference a - b of two tests in the same metric (unstandardised difference test)."""
    sd_a, sd_b = _floats(sd_a), _floats(sd_b)
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(sd_a * sd_a + sd_b * sd_b - 2.0 * _floats(r) * sd_a * sd_b)
    return case_t(difference, _floats(mean_a) - _floats(mean_b), sd, n)


def standardised_difference_t(z_a: ArrayLike, z_b: ArrayLike, r: ArrayLike, n: ArrayLike) -> Floats:
    """Size of t, n - 1 degrees of freedom, of the difference of two standardised scores (revised standardised difference test).

    t^2 is the positive root of a t^4 + b t^2 + c = 0 with a = (1 + r)(1 - r^2),
    b = (1 - r)(4 (n - 1)^2 + 4 (1 + r)(n - 1) + (1 + r)(5 + r)) and c = -2 (z_a - z_b)^2 n (n - 1)^2 / (n + 1). It finds too
    many differences where both scores are extreme; NaN for r not between -1 and 1.
    """
    r, n = _floats(r), _size(n)
    distance, df = _floats(z_a) - _floats(z_b), n - 1.0
    with np.errstate(all="ignore"):
        a = (1.0 + r) * (1.0 - r * r)
        b = (1.0 - r) * (4.0 * df * df + 4.0 * (1.0 + r) * df + (1.0 + r) * (5.0 + r))
        c = 2.0 * distance * distance * (n * df * df / (n + 1.0))
        # the usual root with the difference of two large numbers turned into a sum
        square = 2.0 * c / (b + np.sqrt(b * b + 4.0 * a * c))
        return np.where(np.abs(r) < 1.0, np.sqrt(square), np.nan)
