"""Differences within a profile: how large one must be to be reliable, and how it is spread in the norm group.

All scores of one call share a metric; SEM is in that metric, p a probability. Two questions are kept apart: a difference is
reliable when errors of measurement alone rarely make it (standard errors, critical values), and rare when few children of
the norm group show it (`..._sd`, see also `base_rates`). Davis 1959, Journal of Educational Psychology 50, 162-170 (difference
from the own mean); Holm 1979, Scandinavian Journal of Statistics 6, 65-70. Undefined is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.composite import covariances, weighted_sum
from otscore.kernel.interval import z_multiplier

Floats = NDArray[np.float64]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _root(values: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return _floats(np.sqrt(values))


# ------------------------------------------------------------------------------------------------ two scores


def difference_se(sem_x: ArrayLike, sem_y: ArrayLike) -> Floats:
    """Standard error of the difference of two scores, by their SEM; of two estimated true scores, by their SEE."""
    sem_x, sem_y = _floats(sem_x), _floats(sem_y)
    return _root(sem_x * sem_x + sem_y * sem_y)


def critical_difference(standard_error: ArrayLike, alpha: ArrayLike) -> Floats:
    """Smallest difference that is significant at alpha, two-sided; unrounded."""
    return _floats(z_multiplier(1.0 - _floats(alpha)) * _floats(standard_error))


def difference_p(difference: ArrayLike, standard_error: ArrayLike) -> Floats:
    """Two-sided p of a difference; NaN for a standard error not above 0."""
    return _floats(2.0 * special.ndtr(-np.abs(_ratio(difference, standard_error))))


def difference_p_one_sided(difference: ArrayLike, standard_error: ArrayLike) -> Floats:
    """One-sided p of a difference expected to be above 0; NaN for a standard error not above 0."""
    return _floats(special.ndtr(-_ratio(difference, standard_error)))


def difference_reliability(
    r_x: ArrayLike, r_y: ArrayLike, r_xy: ArrayLike, sd_x: ArrayLike = 1.0, sd_y: ArrayLike = 1.0
) -> Floats:
    """Reliability of a difference, true over observed variance; r_x and r_y reliabilities, r_xy the correlation.

    Lord 1963, in Harris (ed.), Problems in measuring change. With equal SDs ((r_x + r_y) / 2 - r_xy) / (1 - r_xy).
    """
    sd_x, sd_y = _floats(sd_x), _floats(sd_y)
    shared = 2.0 * _floats(r_xy) * sd_x * sd_y
    observed = sd_x * sd_x + sd_y * sd_y - shared
    with np.errstate(all="ignore"):
        true = sd_x * sd_x * _floats(r_x) + sd_y * sd_y * _floats(r_y) - shared
        return np.where(observed > 0.0, true / observed, np.nan)


def difference_sd(sd_x: ArrayLike, sd_y: ArrayLike, r: ArrayLike) -> Floats:
    """SD in the norm group of the difference of two scores that correlate r: of two informants, settings or scales."""
    sd_x, sd_y = _floats(sd_x), _floats(sd_y)
    return _root(sd_x * sd_x + sd_y * sd_y - 2.0 * _floats(r) * sd_x * sd_y)


def sum_sd(sd_x: ArrayLike, sd_y: ArrayLike, r: ArrayLike) -> Floats:
    """SD in the norm group of the sum of two scores that correlate r."""
    return difference_sd(sd_x, sd_y, -_floats(r))


# ------------------------------------------------------------------------------------------------ a score and the own mean


def own_mean_difference(x: ArrayLike, min_members: int) -> Floats:
    """Each score less the mean of the child's scores (n, k) that are there; NaN where fewer than ``min_members`` are."""
    x = _floats(x)
    given = ~np.isnan(x)
    ones = np.ones(x.shape[-1])
    count = given.sum(axis=-1)
    with np.errstate(all="ignore"):
        mean = weighted_sum(np.where(given, x, 0.0), ones) / np.where(count >= max(min_members, 1), count, np.nan)
    return _floats(x - mean[..., None])


def own_median_difference(x: ArrayLike, min_members: int) -> Floats:
    """Each score less the median of the child's scores (n, k) that are there; NaN where fewer than ``min_members`` are."""
    x = _floats(x)
    count = (~np.isnan(x)).sum(axis=-1)[..., None]
    rising = np.sort(x, axis=-1)  # NaN last
    places = np.concatenate([np.maximum(count - 1, 0), count], axis=-1) // 2
    middle = np.take_along_axis(rising, places, -1)
    median = 0.5 * (middle[..., 0] + middle[..., 1])
    return _floats(x - np.where(count[..., 0] >= max(min_members, 1), median, np.nan)[..., None])


def own_mean_se(sem: ArrayLike) -> Floats:
    """Standard error of each score less the mean of all, that score among them; by SEM (k,), or (n, k) with NaN for
    the scores that are not in the mean: sqrt(SEM_i^2 (m - 2) / m + sum SEM_j^2 / m^2).
    """
    sem = _floats(sem)
    error, m = _squares(sem)
    with np.errstate(all="ignore"):
        return _root(sem * sem * (m - 2.0) / m + error / (m * m))


def other_mean_se(sem: ArrayLike) -> Floats:
    """Standard error of each score less the mean of the others: sqrt(SEM_i^2 + sum over the others SEM_j^2 / (m - 1)^2)."""
    sem = _floats(sem)
    error, m = _squares(sem)
    with np.errstate(all="ignore"):
        others = np.where(m > 1.0, m - 1.0, np.nan)
        return _root(sem * sem + (error - sem * sem) / (others * others))


def own_mean_sd(correlation: ArrayLike, sd: ArrayLike) -> Floats:
    """SD in the norm group of each score less the mean of all k, that score among them, (k,)."""
    covariance = covariances(correlation, sd)
    k = covariance.shape[0]
    away = np.eye(k) - 1.0 / k
    return _root(((away[:, :, None] * covariance).sum(axis=1) * away).sum(axis=1))


def _squares(sem: Floats) -> tuple[Floats, Floats]:
    """Sum of the squared SEM that are there, and their number, each with a last axis of one."""
    given = ~np.isnan(sem)
    error = weighted_sum(np.where(given, sem * sem, 0.0), np.ones(sem.shape[-1]))
    return error[..., None], given.sum(axis=-1).astype(np.float64)[..., None]


# ------------------------------------------------------------------------------------------------ a score and its prediction


def predicted_score(
    x: ArrayLike, mean_x: ArrayLike, sd_x: ArrayLike, mean_y: ArrayLike, sd_y: ArrayLike, r: ArrayLike
) -> Floats:
    """Score expected on y of a child with x, by linear regression: drawn towards the mean as far as r falls short of 1."""
    with np.errstate(all="ignore"):
        slope = _floats(r) * _floats(sd_y) / np.where(_floats(sd_x) > 0.0, _floats(sd_x), np.nan)
    return _floats(_floats(mean_y) + slope * (_floats(x) - _floats(mean_x)))


def prediction_sd(sd_y: ArrayLike, r: ArrayLike) -> Floats:
    """SD in the norm group of y less its predicted score."""
    r = _floats(r)
    return _floats(_floats(sd_y) * _root(1.0 - r * r))


def predicted_difference_se(
    sem_x: ArrayLike, sem_y: ArrayLike, sd_x: ArrayLike, sd_y: ArrayLike, r: ArrayLike
) -> Floats:
    """Standard error, from the errors of both measurements, of y less its predicted score: sqrt(SEM_y^2 + b^2 SEM_x^2)."""
    slope = predicted_score(1.0, 0.0, sd_x, 0.0, sd_y, r)
    return difference_se(slope * _floats(sem_x), sem_y)


# ------------------------------------------------------------------------------------------------ many comparisons


def n_pairs(k: ArrayLike) -> Floats:
    """Number of pairs of k scores."""
    k = _floats(k)
    return _floats(0.5 * k * (k - 1.0))


def bonferroni_alpha(alpha: ArrayLike, n_comparisons: ArrayLike) -> Floats:
    """Level of each of n comparisons that keeps the level of all of them together at alpha."""
    n = _floats(n_comparisons)
    with np.errstate(all="ignore"):
        return np.where(n >= 1.0, _floats(alpha) / n, np.nan)


def bonferroni(p: ArrayLike) -> Floats:
    """p of the comparisons of each child (n, m), for all those made together; NaN was not made, and is not counted."""
    p = _floats(p)
    return _floats(np.minimum(1.0, p * (~np.isnan(p)).sum(axis=-1)[..., None]))


def holm(p: ArrayLike) -> Floats:
    """p of the comparisons of each child (n, m), by Holm's step-down; NaN was not made, and is not counted.

    The j-th smallest becomes the largest of min(1, (m - i + 1) p_(i)) over i up to j.
    """
    p = _floats(p)
    order = np.argsort(p, axis=-1, kind="stable")  # NaN last
    left = (~np.isnan(p)).sum(axis=-1)[..., None] - np.arange(p.shape[-1])
    rising = np.maximum.accumulate(np.minimum(1.0, left * np.take_along_axis(p, order, -1)), axis=-1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, order, rising, -1)
    return adjusted


def _ratio(difference: ArrayLike, standard_error: ArrayLike) -> Floats:
    standard_error = _floats(standard_error)
    with np.errstate(all="ignore"):
        return np.where(standard_error > 0.0, _floats(difference) / standard_error, np.nan)
