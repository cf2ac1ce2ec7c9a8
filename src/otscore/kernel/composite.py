"""Composites of several scores: weighted sums, their spread by the correlations of the members, their reliability.

x is (n, k): n children, k members; a member without a score is NaN. Correlations (k, k) must be those of the child's own
norm group. Tellegen & Briggs 1967, Journal of Consulting Psychology 31, 499-506 (standardised sum);
Mosier 1943, Psychometrika 8, 161-168, doi:10.1007/BF02288700 (reliability of a weighted sum). A composite lies further from
the mean than the average of its members.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.kernel.metric import score_from_z, z_from_score

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def weighted_sum(x: ArrayLike, weights: ArrayLike) -> Floats:
    """Sum of members (n, k) times weights (k,), NaN where one is missing; member after member, so rows stay apart."""
    x, weights = _floats(x), _floats(weights)
    total = np.zeros(x.shape[:-1])
    for member in range(x.shape[-1]):
        total = total + weights[..., member] * x[..., member]
    return total


def enough_members(given: Bools, min_members: int, required: ArrayLike = False) -> Bools:
    """Whether at least ``min_members`` of the members (n, k), and all that are ``required`` (k,), are there."""
    needed = np.broadcast_to(np.asarray(required, dtype=np.bool_), given.shape[-1:])
    enough: Bools = (given.sum(axis=-1) >= min_members) & (given | ~needed).all(axis=-1)
    return enough


def prorated_sum(x: ArrayLike, weights: ArrayLike, min_members: int, required: ArrayLike = False) -> Floats:
    """Weighted sum of the members there are, scaled up to all of them, unrounded; NaN where too few are there.

    Sum of w x over the members given, divided by the sum of their weights, times the sum of all weights. Weights must not
    be below 0: a difference cannot be prorated, and gives NaN.
    """
    x, weights = _floats(x), np.broadcast_to(_floats(weights), _floats(x).shape[-1:])
    given = ~np.isnan(x)
    total, weight = weighted_sum(np.where(given, x, 0.0), weights), weighted_sum(given, weights)
    usable = enough_members(given, min_members, required) & (weight > 0.0) & bool((weights >= 0.0).all())
    with np.errstate(all="ignore"):
        scaled = np.where(given.all(axis=-1), total, total / weight * weights.sum())
    return np.where(usable, scaled, np.nan)


def covariance_of_sums(covariance: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """Covariance a' C b of two weighted sums of the same scores, whose covariances (or correlations) are (k, k)."""
    covariance, a, b = _floats(covariance), _floats(a), _floats(b)
    total = np.zeros(np.broadcast_shapes(covariance.shape[:-2], a.shape[:-1], b.shape[:-1]))
    for i in range(covariance.shape[-1]):
        for j in range(covariance.shape[-1]):
            total = total + a[..., i] * covariance[..., i, j] * b[..., j]
    return total


def correlation_of_sums(covariance: ArrayLike, a: ArrayLike, b: ArrayLike) -> Floats:
    """Correlation of two weighted sums of the same scores; part and whole, where one of them holds the other."""
    with np.errstate(all="ignore"):
        spread = _root(covariance_of_sums(covariance, a, a)) * _root(covariance_of_sums(covariance, b, b))
        return _floats(covariance_of_sums(covariance, a, b) / spread)


def sd_of_sum(covariance: ArrayLike, weights: ArrayLike) -> Floats:
    """Standard deviation of a weighted sum; NaN where the matrix gives no variance above 0."""
    return _root(covariance_of_sums(covariance, weights, weights))


def covariances(correlation: ArrayLike, sd: ArrayLike) -> Floats:
    """Covariances of scores with these correlations (k, k) and SDs (k,) or one for all."""
    correlation = _floats(correlation)
    sd = np.broadcast_to(_floats(sd), correlation.shape[-1:])
    return _floats(correlation * sd[:, None] * sd)


def true_covariances(correlation: ArrayLike, sd: ArrayLike, r: ArrayLike) -> Floats:
    """Covariances of the true scores: on the diagonal reliability r times the variance, elsewhere as observed."""
    observed = covariances(correlation, sd)
    error = np.diagonal(observed) * (1.0 - _floats(r))
    return observed - np.diag(error)


def composite_score(
    x: ArrayLike, mean: ArrayLike, sd: ArrayLike, correlation: ArrayLike, weights: ArrayLike = 1.0,
    mean_to: ArrayLike = 100.0, sd_to: ArrayLike = 15.0,
) -> Floats:  # fmt: skip
    """Standardised weighted sum: mean_to + sd_to (w' z) / sqrt(w' R w), unrounded; NaN where a member is missing.

    mean and sd are those of the members, (k,) or one for all, and z = (x - mean) / sd.
    """
    z = z_from_score(x, mean, sd)
    weights = np.broadcast_to(_floats(weights), z.shape[-1:])
    return score_from_z(z_from_score(weighted_sum(z, weights), 0.0, sd_of_sum(correlation, weights)), mean_to, sd_to)


def composite_of_total(
    total: ArrayLike, k: ArrayLike, sum_of_correlations: ArrayLike, mean: ArrayLike = 10.0, sd: ArrayLike = 3.0,
    mean_to: ArrayLike = 100.0, sd_to: ArrayLike = 15.0,
) -> Floats:  # fmt: skip
    """Standardised sum of k equally weighted scores: mean_to + sd_to (total - k mean) / (sd sqrt(k + 2 sum r_ij)).

    sum_of_correlations is that over the k (k - 1) / 2 pairs of members.
    """
    k = _floats(k)
    spread = _floats(sd) * _root(k + 2.0 * _floats(sum_of_correlations))
    return score_from_z(z_from_score(total, k * _floats(mean), spread), mean_to, sd_to)


def composite_reliability(
    correlation: ArrayLike, sd: ArrayLike, r: ArrayLike, weights: ArrayLike = 1.0
) -> Floats:
    """Reliability of a weighted sum: true over observed variance, of members with SD sd and reliability r.

    Its SEM is `interval.sem` of the composite's own SD and this reliability.
    """
    correlation = _floats(correlation)
    weights = np.broadcast_to(_floats(weights), correlation.shape[-1:])
    true = covariance_of_sums(true_covariances(correlation, sd, r), weights, weights)
    observed = covariance_of_sums(covariances(correlation, sd), weights, weights)
    with np.errstate(all="ignore"):
        return np.where(observed > 0.0, true / observed, np.nan)


def member_range(z: ArrayLike) -> Floats:
    """Highest less lowest z of the members (n, k) that are there; NaN where fewer than two are."""
    z = _floats(z)
    spread = np.fmax.reduce(z, axis=-1) - np.fmin.reduce(z, axis=-1)
    return np.where((~np.isnan(z)).sum(axis=-1) >= 2, spread, np.nan)


def spearman_brown(length: ArrayLike, r: ArrayLike) -> Floats:
    """Reliability of a test ``length`` times as long as the one with reliability r.

    Spearman 1910, British Journal of Psychology 3, 271-295; Brown 1910, in the same volume, 296-322.
    """
    length, r = _floats(length), _floats(r)
    with np.errstate(all="ignore"):
        return _floats(length * r / (1.0 + (length - 1.0) * r))


def spearman_brown_length(r_wanted: ArrayLike, r: ArrayLike) -> Floats:
    """How many times as long a test with reliability r must be to reach ``r_wanted``, the inverse of `spearman_brown`."""
    r_wanted, r = _floats(r_wanted), _floats(r)
    with np.errstate(all="ignore"):
        return _floats(r_wanted * (1.0 - r) / (r * (1.0 - r_wanted)))


def _root(values: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where(values > 0.0, np.sqrt(values), np.nan)
