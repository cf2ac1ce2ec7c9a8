"""Log-likelihood of a sinh-arcsinh curve and its derivatives by mu, log sigma, epsilon and log delta.

The curve is that of `otscore.kernel.shash`; the derivatives are worked out by the chain rule through x = (y - mu) / sigma and
t = delta arcsinh(x) + epsilon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from otscore.kernel.shash import shash_log_density
from otscore.norming.fit.maximum import Terms

Floats = NDArray[np.float64]


def shash_terms(y: Floats, predictors: Floats) -> Terms:
    """Terms of measurements y (n,) at predictors (4, n): mu, log sigma, epsilon, log delta."""
    mu, log_sigma, epsilon, log_delta = predictors
    sigma, delta = np.exp(log_sigma), np.exp(log_delta)
    x = (y - mu) / sigma
    root, angle = 1.0 / np.hypot(1.0, x), np.arcsinh(x)
    t = delta * angle + epsilon
    by_t = np.tanh(t) - np.sinh(t) * np.cosh(t)
    by_tt = np.cosh(t) ** -2 - np.cosh(2.0 * t)
    step = delta * root  # of t by x
    by_x = by_t * step - x * root**2
    by_xx = by_tt * step**2 - by_t * step * x * root**2 + (2.0 * (x * root) ** 2 - 1.0) * root**2
    by_x_epsilon, by_x_delta = by_tt * step, by_tt * step * delta * angle + by_t * step
    slope_delta = by_t * delta * angle
    value = shash_log_density(y, mu, sigma, epsilon, delta)
    first = np.stack([-by_x / sigma, -1.0 - x * by_x, by_t, 1.0 + slope_delta])
    second = _symmetric(
        [by_xx / sigma**2],
        [(by_xx * x + by_x) / sigma, by_xx * x**2 + by_x * x],
        [-by_x_epsilon / sigma, -x * by_x_epsilon, by_tt],
        [-by_x_delta / sigma, -x * by_x_delta, by_tt * delta * angle, by_tt * (delta * angle) ** 2 + slope_delta],
    )
    return Terms(value, first, second)


def _symmetric(*rows: list[Floats]) -> Floats:
    """The whole of a matrix of which the lower triangle is given, (p, p, n)."""
    size = len(rows)
    return np.stack([np.stack([rows[max(r, c)][min(r, c)] for c in range(size)]) for r in range(size)])
