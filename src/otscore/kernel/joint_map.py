"""Several abilities at once from items that may load on more than one: the mode of the posterior.

P(pass) = logistic(loadings . abilities - tau), multivariate normal prior. Segall 1996, Psychometrika 61, 331-354,
doi:10.1007/BF02294343 (Bayes modal estimate of several abilities); Reckase 2009, Multidimensional item response theory,
doi:10.1007/978-0-387-89976-3 (the compensatory logistic model); in CREDI: Waldman et al. 2021,
doi:10.1177/01650254211005560. Shapes: n children, k items, d abilities.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_MAX_STEPS = 100
_PRECISION = 1e-10  # of an ability, in its own unit
_HALVINGS = 30


def joint_map(passes: Floats, loadings: Floats, tau: Floats, prior_mean: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Abilities and standard errors of every child, both (n, d): the mode, and sqrt(diag(H^-1)) there.

    passes : (n, k) of 1, 0 and NaN (not given). loadings (k, d), tau (k,), prior_mean (n, d), precision (d, d) the inverse
    of the prior covariance. NaN in the prior mean gives NaN. The log posterior is concave; Newton steps with the analytic
    Hessian, halved while they do not climb. A child that has arrived rests, so none depends on the rest of the batch.
    """
    answers, given = np.nan_to_num(passes), ~np.isnan(passes)
    theta = prior_mean.copy()
    rows = np.flatnonzero(~np.isnan(prior_mean).any(axis=1))
    for _ in range(_MAX_STEPS):
        if rows.size == 0:
            break
        x, known, mean = answers[rows], given[rows], prior_mean[rows]
        gradient, hessian = _slope(theta[rows], x, known, loadings, tau, mean, precision)
        step = _climbing(theta[rows], _solved(hessian, gradient), x, known, loadings, tau, mean, precision)
        theta[rows] += step
        rows = rows[np.abs(step).max(axis=1) > _PRECISION]
    _, hessian = _slope(theta, answers, given, loadings, tau, prior_mean, precision)
    return theta, np.sqrt(_inverse_diagonal(hessian))


def _logits(theta: Floats, loadings: Floats, tau: Floats) -> Floats:
    """(n, k), summed ability by ability: a matrix product would depend on the size of the batch."""
    total = np.zeros((len(theta), len(tau))) - tau
    for place in range(loadings.shape[1]):
        total += theta[:, place, None] * loadings[:, place]
    return total


def _slope(
    theta: Floats, x: Floats, given: NDArray[np.bool_], loadings: Floats, tau: Floats, mean: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """Gradient (n, d) of the log posterior, and minus its Hessian (n, d, d)."""
    d = loadings.shape[1]
    probability = special.expit(_logits(theta, loadings, tau))
    residual = np.where(given, x - probability, 0.0)
    information = np.where(given, probability * (1.0 - probability), 0.0)
    distance = theta - mean
    gradient, hessian = np.empty_like(theta), np.empty((len(theta), d, d))
    for i in range(d):
        gradient[:, i] = (residual * loadings[:, i]).sum(axis=1) - (distance * precision[i]).sum(axis=1)
        for j in range(i, d):
            hessian[:, i, j] = hessian[:, j, i] = (information * (loadings[:, i] * loadings[:, j])).sum(axis=1) + precision[i, j]
    return gradient, hessian


def _log_posterior(
    theta: Floats, x: Floats, given: NDArray[np.bool_], loadings: Floats, tau: Floats, mean: Floats, precision: Floats
) -> Floats:
    logits = _logits(theta, loadings, tau)
    likelihood = np.where(given, x * logits - np.logaddexp(0.0, logits), 0.0).sum(axis=1)
    distance = theta - mean
    penalty = np.zeros(len(theta))
    for i in range(precision.shape[0]):
        penalty += distance[:, i] * (distance * precision[i]).sum(axis=1)
    result: Floats = likelihood - 0.5 * penalty
    return result


def _climbing(
    theta: Floats, step: Floats, x: Floats, given: NDArray[np.bool_], loadings: Floats, tau: Floats, mean: Floats, precision: Floats
) -> Floats:  # fmt: skip
    """The Newton step of each child, halved until the log posterior does not fall (but for rounding)."""
    before = _log_posterior(theta, x, given, loadings, tau, mean, precision)
    slack = 1e-12 * (1.0 + np.abs(before))
    rows = np.arange(len(theta))
    for _ in range(_HALVINGS):
        trial = theta[rows] + step[rows]
        after = _log_posterior(trial, x[rows], given[rows], loadings, tau, mean[rows], precision)
        rows = rows[after < before[rows] - slack[rows]]
        if rows.size == 0:
            break
        step[rows] *= 0.5
    return step


def _solved(hessian: Floats, gradient: Floats) -> Floats:
    """H^-1 g of each child by Cholesky decomposition, written out so that no library groups the rows."""
    factor, d = _cholesky(hessian), gradient.shape[1]
    y = np.empty_like(gradient)
    for i in range(d):
        y[:, i] = (gradient[:, i] - sum(factor[:, i, j] * y[:, j] for j in range(i))) / factor[:, i, i]
    x = np.empty_like(gradient)
    for i in reversed(range(d)):
        x[:, i] = (y[:, i] - sum(factor[:, j, i] * x[:, j] for j in range(i + 1, d))) / factor[:, i, i]
    return x


def _inverse_diagonal(hessian: Floats) -> Floats:
    """Diagonal (n, d) of the inverse of each matrix."""
    d = hessian.shape[1]
    diagonal = np.empty(hessian.shape[:2])
    for i in range(d):
        unit = np.zeros(hessian.shape[:2])
        unit[:, i] = 1.0
        diagonal[:, i] = _solved(hessian, unit)[:, i]
    return diagonal


def _cholesky(matrix: Floats) -> Floats:
    d = matrix.shape[1]
    factor = np.zeros_like(matrix)
    for i in range(d):
        for j in range(i + 1):
            rest = matrix[:, i, j] - sum(factor[:, i, k] * factor[:, j, k] for k in range(j))
            with np.errstate(invalid="ignore"):
                factor[:, i, j] = np.sqrt(rest) if i == j else rest / factor[:, j, j]
    return factor
