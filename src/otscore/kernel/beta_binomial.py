"""Norms of a number of items passed: beta-binomial, with an expected share that is logistic in the logarithm of age.

Skellam 1948, Journal of the Royal Statistical Society B 10, 257-261 (the distribution). With p the expected share and phi the
sum of the two shape parameters: alpha = p phi, beta = (1 - p) phi. z is the normal deviate of the share of children with
fewer items plus half of those with the same number (mid-percentile); shares are kept as logarithms, so that no tail is lost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_MOST = 1e300


def beta_binomial_shapes(mean: Floats, variance: Floats, n_items: Floats) -> tuple[Floats, Floats]:
    """The two shape parameters by the method of moments; NaN where the variance is not above that of a binomial."""
    m, v, n = (np.asarray(value, dtype=np.float64) for value in (mean, variance, n_items))
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = (m * m * n - m**3 - m * v) / (n * v - n * m + m * m)
        beta = alpha * (n - m) / m
        wider = v > m * (n - m) / n
    return np.where(wider, alpha, np.nan), np.where(wider, beta, np.nan)


def beta_binomial_log_mass(passed: Floats | float, n_items: Floats, alpha: Floats, beta: Floats) -> Floats:
    """Log probability of exactly ``passed`` of ``n_items``."""
    choose = -special.betaln(n_items - passed + 1.0, passed + 1.0) - np.log(n_items + 1.0)
    log_mass: Floats = choose + special.betaln(passed + alpha, n_items - passed + beta) - special.betaln(alpha, beta)
    return log_mass


def beta_binomial_z(passed: Floats, n_items: Floats, alpha: Floats, beta: Floats) -> Floats:
    """z of the mid-percentile, (n,); NaN where ``passed`` is not a whole number from 0 to ``n_items``.

    The share of the nearer end is taken, added up outwards from the number passed.
    """
    possible = (passed >= 0.0) & (passed <= n_items) & (passed == np.floor(passed))
    passed = np.where(possible, passed, 0.0)
    with np.errstate(all="ignore"):
        at = beta_binomial_log_mass(passed, n_items, alpha, beta)
        below = at + np.log(0.5 + _fewer(passed, n_items - passed, alpha, beta))
        above = at + np.log(0.5 + _fewer(n_items - passed, passed, beta, alpha))
        z = np.where(below <= above, special.ndtri_exp(np.minimum(below, 0.0)), -special.ndtri_exp(np.minimum(above, 0.0)))
    return np.where(possible & np.isfinite(z), z, np.nan)


def _fewer(passed: Floats, failed: Floats, alpha: Floats, beta: Floats) -> Floats:
    """Probability of fewer items than ``passed``, as a multiple of that of ``passed`` itself; no more than `_MOST` a number.

    By the quotient of neighbours. Swapped, it is the probability of more.
    """
    quotient, total = np.ones(passed.shape), np.zeros(passed.shape)
    for step in range(int(np.nanmax(passed, initial=0.0))):
        left, gone = np.maximum(passed - step, 0.0), failed + step
        quotient *= left * (gone + beta) / ((gone + 1.0) * (np.maximum(left - 1.0, 0.0) + alpha))
        np.minimum(quotient, _MOST, out=quotient)  # so large only on the farther side, which is not taken
        total += quotient
    return total


def beta_binomial_regression_z(
    passed: Floats, age: Floats, n_items: Floats, intercept: Floats, slope: Floats, reference_age: Floats, phi: Floats
) -> Floats:
    """z of a number of items passed, where logit(expected share) = intercept + slope ln(age / reference_age)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logit = np.where(age > 0.0, intercept + slope * np.log(age / reference_age), np.nan)
    return beta_binomial_z(passed, n_items, special.expit(logit) * phi, special.expit(-logit) * phi)
