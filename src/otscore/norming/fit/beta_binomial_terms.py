"""Log-likelihood of a beta-binomial and its derivatives, by log alpha and log beta, or by the mean and the precision."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from otscore.kernel.beta_binomial import beta_binomial_log_mass
from otscore.norming.fit.maximum import Terms

Floats = NDArray[np.float64]

_MOST = 20.0  # log of a shape beyond which the distribution is a binomial, or all or nothing


def log_shape_terms(passed: Floats, n_items: float, predictors: Floats) -> Terms:
    """Terms of numbers of items passed (n,) at predictors (2, n): log alpha, log beta."""
    alpha, beta = np.exp(predictors)
    value, first, second = _by_shapes(passed, n_items, alpha, beta)
    shapes = np.stack([alpha, beta])
    slopes = first * shapes
    curvature = second * shapes[:, None] * shapes[None, :]
    curvature[0, 0] += slopes[0]
    curvature[1, 1] += slopes[1]
    return Terms(np.where((np.abs(predictors) <= _MOST).all(axis=0), value, -np.inf), slopes, curvature)


def mean_precision_terms(passed: Floats, n_items: float, predictors: Floats) -> Terms:
    """Terms of numbers of items passed (n,) at predictors (2, n): logit of the expected share p, log of phi = alpha + beta."""
    logit, log_phi = predictors
    share, rest, phi = special.expit(logit), special.expit(-logit), np.exp(log_phi)
    alpha, beta, move = share * phi, rest * phi, share * rest * phi
    value, (a, b), second = _by_shapes(passed, n_items, alpha, beta)
    (aa, ab), (_, bb) = second
    by_phi = a * alpha + b * beta
    slopes = np.stack([move * (a - b), by_phi])
    curved = move * move * (aa - 2.0 * ab + bb) + move * (rest - share) * (a - b)
    mixed = move * ((aa - ab) * alpha + (ab - bb) * beta) + move * (a - b)
    both = aa * alpha**2 + 2.0 * ab * alpha * beta + bb * beta**2 + by_phi
    curvature = np.stack([np.stack([curved, mixed]), np.stack([mixed, both])])
    return Terms(np.where(np.abs(log_phi) <= _MOST, value, -np.inf), slopes, curvature)


def _by_shapes(passed: Floats, n_items: float, alpha: Floats, beta: Floats) -> Terms:
    """Terms by alpha and beta themselves."""
    failed, whole = n_items - passed, alpha + beta
    value = beta_binomial_log_mass(passed, np.asarray(n_items), alpha, beta)
    common = special.digamma(whole) - special.digamma(whole + n_items)
    first = np.stack([
        special.digamma(passed + alpha) - special.digamma(alpha) + common,
        special.digamma(failed + beta) - special.digamma(beta) + common,
    ])  # fmt: skip
    mixed = _trigamma(whole) - _trigamma(whole + n_items)
    of_alpha = _trigamma(passed + alpha) - _trigamma(alpha) + mixed
    of_beta = _trigamma(failed + beta) - _trigamma(beta) + mixed
    return Terms(value, first, np.stack([np.stack([of_alpha, mixed]), np.stack([mixed, of_beta])]))


def _trigamma(x: Floats) -> Floats:
    result: Floats = special.zeta(2.0, x)
    return result
