"""How precise one score is: standard errors, estimated true score, confidence intervals.

x, mean and sd share the metric of the score, r is a reliability from 0 to 1, level a probability.
Dudek 1979, Psychological Bulletin 86, 335-337, doi:10.1037/0033-2909.86.2.335, names the three standard
errors; which one a table was built with, and the multiplier, belong to the table. Undefined is NaN.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.rounding import round_half_up

Floats = NDArray[np.float64]
Interval = tuple[Floats, Floats]
"""Lower and upper limit."""

LimitRule = Literal["limits_half_up", "halfwidth_half_up", "outward"]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _root(values: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return _floats(np.sqrt(values))


def sem(sd: ArrayLike, r: ArrayLike) -> Floats:
    """Standard error of measurement: spread of observed scores around one true score."""
    return _floats(_floats(sd) * _root(1.0 - _floats(r)))


def see(sd: ArrayLike, r: ArrayLike) -> Floats:
    """Standard error of estimation: spread of true scores around the estimated true score."""
    r = _floats(r)
    return _floats(_floats(sd) * _root(r * (1.0 - r)))


def sep(sd: ArrayLike, r: ArrayLike) -> Floats:
    """Standard error of prediction: spread of a parallel retest around the estimated true score."""
    r = _floats(r)
    return _floats(_floats(sd) * _root(1.0 - r * r))


def glutting_se(sd: ArrayLike, r: ArrayLike) -> Floats:
    """r times SEM, the other published standard error of an estimated true score.

    Glutting, McDermott & Stanley 1987, Educational and Psychological Measurement 47, 607-614.
    """
    return _floats(_floats(r) * sem(sd, r))


def estimated_true_score(x: ArrayLike, mean: ArrayLike, r: ArrayLike) -> Floats:
    """Observed score drawn towards the mean in proportion to its unreliability (Kelley)."""
    mean = _floats(mean)
    return _floats(mean + _floats(r) * (_floats(x) - mean))


def z_multiplier(level: ArrayLike) -> Floats:
    """Number of standard errors to either side for a two-sided confidence level."""
    return _floats(special.ndtri(0.5 + 0.5 * _floats(level)))


def coverage_of_k_sem(k: ArrayLike) -> Floats:
    """Two-sided confidence level of plus and minus k standard errors, the inverse of `z_multiplier`."""
    return _floats(special.erf(_floats(k) / np.sqrt(2.0)))


def half_width(standard_error: ArrayLike, multiplier: ArrayLike) -> Floats:
    """Half the width of an interval."""
    return _floats(_floats(multiplier) * _floats(standard_error))


def around(centre: ArrayLike, width: ArrayLike) -> Interval:
    """Limits of centre plus and minus the half width, unrounded."""
    centre, width = _floats(centre), _floats(width)
    return _floats(centre - width), _floats(centre + width)


def observed_interval(x: ArrayLike, sd: ArrayLike, r: ArrayLike, multiplier: ArrayLike) -> Interval:
    """Interval around the observed score, by SEM."""
    return around(x, half_width(sem(sd, r), multiplier))


def true_score_interval(
    x: ArrayLike, mean: ArrayLike, sd: ArrayLike, r: ArrayLike, multiplier: ArrayLike
) -> Interval:
    """Interval around the estimated true score, by SEE: not symmetric around the observed score."""
    return around(estimated_true_score(x, mean, r), half_width(see(sd, r), multiplier))


def rounded_interval(centre: ArrayLike, width: ArrayLike, rule: LimitRule, decimals: int = 0) -> Interval:
    """Limits of centre plus and minus the half width `width`, rounded as the test's tables are.

    limits_half_up rounds each limit; halfwidth_half_up rounds the half width and leaves the centre as it
    is given; outward takes the next place below and above, forgiving binary noise.
    """
    centre, width = _floats(centre), _floats(width)
    if rule == "halfwidth_half_up":
        return around(centre, round_half_up(width, decimals))
    low, high = around(centre, width)
    if rule == "limits_half_up":
        return round_half_up(low, decimals), round_half_up(high, decimals)
    factor = 10.0**decimals
    low, high = round_half_up(low * factor, 9), round_half_up(high * factor, 9)
    return _floats(np.floor(low) / factor + 0.0), _floats(np.ceil(high) / factor + 0.0)


def p_true_below(threshold: ArrayLike, x: ArrayLike, mean: ArrayLike, sd: ArrayLike, r: ArrayLike) -> Floats:
    """Probability that the true score behind x lies below a threshold."""
    distance = _floats(threshold) - estimated_true_score(x, mean, r)
    with np.errstate(all="ignore"):
        return _floats(special.ndtr(distance / see(sd, r)))


def fisher_interval(r: ArrayLike, n: ArrayLike, level: ArrayLike) -> Interval:
    """Confidence interval of a correlation from n pairs, n above 3.

    Fisher 1921, On the probable error of a coefficient of correlation, Metron 1, 3-32.
    """
    n = _floats(n)
    with np.errstate(all="ignore"):
        width = z_multiplier(level) / np.sqrt(np.where(n > 3.0, n - 3.0, np.nan))
        low, high = around(np.arctanh(_floats(r)), width)
        return _floats(np.tanh(low)), _floats(np.tanh(high))


def multivariate_true_score(
    x: ArrayLike, mean: ArrayLike, sd: ArrayLike, r: ArrayLike, correlation: ArrayLike
) -> tuple[Floats, Floats]:
    """True scores estimated from all scores of a profile jointly, and their standard errors.

    x [n, k] scores, mean, sd and r [k] or one for all, correlation [k, k] of the observed scores; returns
    estimates [n, k] and standard errors [k]. With B the true over the observed covariance, the estimate
    is mean + B (x - mean) and its covariance true - B true.
    """
    x, correlation = _floats(x), _floats(correlation)
    k = correlation.shape[0]
    mean, sd, r = (np.broadcast_to(_floats(v), k) for v in (mean, sd, r))
    observed = correlation * sd[:, None] * sd
    true = observed - np.diag(sd * sd * (1.0 - r))
    weights = np.linalg.solve(observed, true).T
    estimate = mean + (weights * (x - mean)[:, None, :]).sum(axis=-1)
    error = np.diag(true - weights @ true)
    return _floats(estimate), _root(error)
