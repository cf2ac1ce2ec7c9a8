"""Ability on the logit scale from items scored 0 or 1: point estimates and how well a pattern fits.

Two-parameter logistic model, P = logistic(a (ability - b)); a = 1 is the Rasch model. Shapes: responses
[n, k] with NaN for an item not given, discrimination a [k] or one for all, above 0, difficulty b [k];
results [n].
A child without any response has NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.root import falling_zero

Floats = NDArray[np.float64]
Estimate = tuple[Floats, Floats]
"""Ability and its standard error, both in logits."""

_REACH = 30.0  # logits beyond the outermost item within which an estimate is looked for


def rasch_probability(ability: ArrayLike, difficulty: ArrayLike, scale: ArrayLike = 1.0) -> Floats:
    """Probability of passing; `scale` is the size of one logit in the unit of ability and difficulty.

    Rasch 1960, Probabilistic models for some intelligence and attainment tests.
    """
    ability, difficulty = np.asarray(ability, dtype=np.float64), np.asarray(difficulty, dtype=np.float64)
    probability: Floats = special.expit((ability - difficulty) / np.asarray(scale, dtype=np.float64))
    return probability


def mle(responses: ArrayLike, discrimination: ArrayLike, difficulty: ArrayLike) -> Estimate:
    """Maximum likelihood ability; -inf with nothing passed, inf with all passed, both without an SE.

    Birnbaum 1968, in Lord & Novick, Statistical theories of mental test scores, chapters 17 to 20.
    """
    x, a, b = _prepare(responses, discrimination, difficulty)

    def slope(theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        residual, information = _moments(theta, x[rows], a, b)[:2]
        return residual, -information

    none, every = _all_equal(x, 0.0), _all_equal(x, 1.0)
    low, high = _reach(x, a, b)
    theta = falling_zero(slope, np.where(none | every, np.nan, low), high)
    theta = np.where(none, -np.inf, np.where(every, np.inf, theta))
    return theta, np.where(np.isfinite(theta), _error(_moments(theta, x, a, b)[1]), np.nan)


def wle(responses: ArrayLike, discrimination: ArrayLike, difficulty: ArrayLike) -> Estimate:
    """Weighted likelihood ability, finite for every pattern; the SE is 1 / sqrt(information).

    Warm 1989, Psychometrika 54, 427-450, doi:10.1007/BF02294627.
    """
    x, a, b = _prepare(responses, discrimination, difficulty)

    def slope(theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        residual, information, first, second = _moments(theta, x[rows], a, b)
        bend = (second * information - first * first) / (2.0 * information * information)
        return residual + first / (2.0 * information), bend - information

    theta = falling_zero(slope, *_reach(x, a, b))
    return theta, _error(_moments(theta, x, a, b)[1])


def map_estimate(
    responses: ArrayLike,
    discrimination: ArrayLike,
    difficulty: ArrayLike,
    prior_mean: ArrayLike,
    prior_variance: ArrayLike,
) -> Estimate:
    """Mode of the posterior under a normal prior (each child's own, or one for all), and its SE.

    Samejima 1969, Psychometrika Monograph 17; SE = 1 / sqrt(information + 1 / prior variance).
    """
    x, a, b = _prepare(responses, discrimination, difficulty)
    mean = _per_child(prior_mean, x)
    variance = _per_child(prior_variance, x)

    slopes = np.where(np.isnan(x), 0.0, a)
    passed = (np.nan_to_num(x) * a).sum(axis=1)

    def slope(theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        p = special.expit(a * (theta[:, None] - b))
        expected = slopes[rows]
        expected *= p
        residual = passed[rows] - expected.sum(axis=1)
        p -= 1.0
        expected *= p
        expected *= a
        weight = 1.0 / variance[rows]
        return residual - (theta - mean[rows]) * weight, expected.sum(axis=1) - weight

    with np.errstate(all="ignore"):
        pull = variance * slopes.sum(axis=1)
        theta = falling_zero(slope, mean - pull, mean + pull)
        theta = np.where(np.isnan(x).all(axis=1), np.nan, theta)
        return theta, _error(-slope(theta, np.arange(len(theta)))[1])


def person_fit(
    responses: ArrayLike, ability: ArrayLike, discrimination: ArrayLike, difficulty: ArrayLike
) -> tuple[Floats, Floats]:
    """Outfit (mean squared residual) and infit (weighted by information) of each child; expected 1.

    Wright & Masters 1982, Rating scale analysis.
    """
    x, a, b = _prepare(responses, discrimination, difficulty)
    p, failing = _model(_per_child(ability, x), a, b)
    variance = p * failing
    squared = _surprise(x, p, failing) ** 2
    with np.errstate(all="ignore"):
        outfit = np.where(np.isnan(x), 0.0, squared / variance).sum(axis=1) / (~np.isnan(x)).sum(axis=1)
        infit = np.nansum(squared, axis=1) / np.where(np.isnan(x), 0.0, variance).sum(axis=1)
    return outfit, infit


def _prepare(
    responses: ArrayLike, discrimination: ArrayLike, difficulty: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    x = np.ascontiguousarray(responses, dtype=np.float64)
    b = np.ascontiguousarray(difficulty, dtype=np.float64)
    a = np.ascontiguousarray(np.broadcast_to(np.asarray(discrimination, dtype=np.float64), b.shape))
    return x, a, b


def _per_child(values: ArrayLike, x: Floats) -> Floats:
    return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=np.float64), x.shape[:1]))


def _model(theta: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Probability of passing and of failing, [n, k], each to full precision however small."""
    with np.errstate(all="ignore"):
        logit = a * (theta[:, None] - b)
        return special.expit(logit), special.expit(-logit)


def _surprise(x: Floats, p: Floats, failing: Floats) -> Floats:
    """Response minus its expectation, x - P, without subtracting from 1."""
    difference: Floats = x * failing - (1.0 - x) * p
    return difference


def _moments(theta: Floats, x: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Sum of a (x - P), information I, its first and its second derivative by ability, over items given."""
    p, failing = _model(theta, a, b)
    variance = p * failing
    given = np.where(np.isnan(x), 0.0, variance)
    residual = np.where(np.isnan(x), 0.0, a * _surprise(x, p, failing)).sum(axis=1)
    information = (a**2 * given).sum(axis=1)
    first = (a**3 * given * (1.0 - 2.0 * p)).sum(axis=1)
    second = (a**4 * given * (1.0 - 6.0 * variance)).sum(axis=1)
    return residual, information, first, second


def _error(information: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.where(information > 0.0, 1.0 / np.sqrt(information), np.nan)


def _all_equal(x: Floats, value: float) -> NDArray[np.bool_]:
    alike: NDArray[np.bool_] = ((x == value) | np.isnan(x)).all(axis=1) & ~np.isnan(x).all(axis=1)
    return alike


def _reach(x: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Abilities well below and well above all items a child was given; NaN if none was."""
    given = ~np.isnan(x)
    empty = ~given.any(axis=1)
    low = np.where(given, b - _REACH / a, np.inf).min(axis=1, initial=np.inf)
    high = np.where(given, b + _REACH / a, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
