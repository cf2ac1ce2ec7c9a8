"""Ability from items with ordered answers (graded response model), with a normal prior: EAP, mode, or Warm's estimate.

P(points >= j) = F(loading * ability - threshold j), F logistic or normal. Samejima 1969, Psychometrika Monograph 17 (model,
mode); Bock & Mislevy 1982, doi:10.1177/014662168200600405 (EAP on a grid); Warm 1989, doi:10.1007/BF02294627, in the form for
ordered answers: slope of the log likelihood + J / (2 I) = 0 with I = sum P'^2 / P and J = sum P' P'' / P over items and
answers. Probabilities are kept as logarithms, so that none is lost in the tails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from otscore.kernel.root import falling_zero

Floats = NDArray[np.float64]
Link = Literal["logit", "probit"]
Estimate = tuple[Floats, Floats]
"""Ability and its standard error, both (n,)."""

_REACH = 30.0  # units of the link beyond the outermost threshold within which an estimate is looked for
_LOG_ROOT_2PI = 0.5 * np.log(2.0 * np.pi)


@dataclass(frozen=True, slots=True)
class GradedModel:
    """(k,) loadings above 0, (k, m) rising thresholds (infinite where an item has fewer), link, (g,) grid, log P on it."""

    loadings: Floats
    thresholds: Floats
    link: Link
    grid: Floats
    log_probability: Floats

    @classmethod
    def build(cls, loadings: Floats, thresholds: Sequence[Floats], link: Link, grid: Floats) -> GradedModel:
        """Prepare the table of log probabilities, (k, m + 1, g)."""
        most = max(len(item) for item in thresholds)
        padded = np.full((len(loadings), most), np.inf)
        for place, item in enumerate(thresholds):
            padded[place, : len(item)] = item
        logs = [_log_answers(loading * grid[:, None] - item, link).T for loading, item in zip(loadings, padded, strict=True)]
        return cls(loadings, padded, link, grid, np.ascontiguousarray(logs))


def graded_eap(points: Floats, model: GradedModel, prior_mean: Floats, prior_sd: float) -> Estimate:
    """Mean and SD of the posterior on the grid.

    points : (n, k) from 0 on, NaN = no answer. prior_mean : (n,); NaN gives NaN.
    """
    weights = -0.5 * np.square((model.grid - prior_mean[:, None]) / prior_sd)
    for place in range(points.shape[1]):
        given = ~np.isnan(points[:, place])
        answer = np.where(given, points[:, place], 0).astype(np.intp)
        weights += np.where(given[:, None], model.log_probability[place][answer], 0.0)
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    eap = (weights * model.grid).sum(axis=1)
    variance = (weights * np.square(model.grid - eap[:, None])).sum(axis=1)
    return eap, np.sqrt(variance)


def graded_map(points: Floats, model: GradedModel, prior_mean: Floats, prior_sd: float) -> Estimate:
    """Mode of the posterior, and 1 / sqrt(minus the second derivative of the log posterior there)."""
    weight = 1.0 / prior_sd**2

    def slope(theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        at = _moments(theta, points[rows], model)
        return at.score - (theta - prior_mean[rows]) * weight, -at.observed - weight

    low, high = _reach(points, model)
    far = _REACH * prior_sd
    theta = falling_zero(slope, np.minimum(low, prior_mean - far), np.maximum(high, prior_mean + far))
    return theta, 1.0 / np.sqrt(_moments(theta, points, model).observed + weight)


def graded_wle(points: Floats, model: GradedModel) -> Estimate:
    """Warm's weighted likelihood estimate, finite for every pattern, and 1 / sqrt(expected information); takes no prior.

    Items of very unequal loading can give Warm's equation several roots; one of them is returned, always the same for the
    same answers.
    """

    def slope(theta: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        at = _moments(theta, points[rows], model)
        return at.score + at.bias / (2.0 * at.expected), -at.expected

    theta = falling_zero(slope, *_reach(points, model))
    information = _moments(theta, points, model).expected
    with np.errstate(divide="ignore", invalid="ignore"):
        return theta, np.where(information > 0.0, 1.0 / np.sqrt(information), np.nan)


def _reach(points: Floats, model: GradedModel) -> tuple[Floats, Floats]:
    """Abilities well below and well above the thresholds of the items a child was given; NaN if none was."""
    given = ~np.isnan(points)
    finite = np.isfinite(model.thresholds)
    easiest = (model.thresholds[:, 0] - _REACH) / model.loadings
    hardest = (np.where(finite, model.thresholds, -np.inf).max(axis=1) + _REACH) / model.loadings
    low = np.where(given, easiest, np.inf).min(axis=1, initial=np.inf)
    high = np.where(given, hardest, -np.inf).max(axis=1, initial=-np.inf)
    empty = ~given.any(axis=1)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


class _Moments(NamedTuple):
    """Over the items given, each (n,): slope of the log likelihood, its expected and observed information, and Warm's J."""

    score: Floats
    expected: Floats
    observed: Floats
    bias: Floats


def _moments(theta: Floats, points: Floats, model: GradedModel) -> _Moments:
    score, expected, observed, bias = (np.zeros(len(theta)) for _ in range(4))
    for place, loading in enumerate(model.loadings):
        given = ~np.isnan(points[:, place])
        answer = np.where(given, points[:, place], 0).astype(np.intp)[:, None]
        log_p, first, second = _answers(loading * theta[:, None] - model.thresholds[place], model.link, loading)
        p = np.exp(log_p)
        mine, bend = (np.take_along_axis(part, answer, axis=1)[:, 0] for part in (first, second))
        score += np.where(given, mine, 0.0)
        expected += np.where(given, (p * first * first).sum(axis=1), 0.0)
        observed += np.where(given, mine * mine - bend, 0.0)
        bias += np.where(given, (p * first * second).sum(axis=1), 0.0)
    return _Moments(score, expected, observed, bias)


def _answers(u: Floats, link: Link, loading: float) -> tuple[Floats, Floats, Floats]:
    """log P of every answer, and P' / P and P'' / P by ability, each (n, m + 1)."""
    log_p = _log_answers(u, link)
    log_f, slope = _log_density(u, link)
    with np.errstate(over="ignore", invalid="ignore"):
        upper, lower = (np.exp(log_f - log_p[:, side]) for side in (slice(1, None), slice(None, -1)))
        edge = np.zeros((len(u), 1))
        first = loading * (np.hstack([edge, upper]) - np.hstack([lower, edge]))
        slope = np.where(np.isfinite(u), slope, 0.0)
        second = loading**2 * (np.hstack([edge, upper * slope]) - np.hstack([lower * slope, edge]))
    impossible = np.isneginf(log_p)
    return log_p, np.where(impossible, 0.0, first), np.where(impossible, 0.0, second)


def _log_density(u: Floats, link: Link) -> tuple[Floats, Floats]:
    """log f and f' / f of the link at u."""
    if link == "probit":
        return -0.5 * u * u - _LOG_ROOT_2PI, -u
    return special.log_expit(u) + special.log_expit(-u), 1.0 - 2.0 * special.expit(u)


def _log_answers(u: Floats, link: Link) -> Floats:
    """log P of every answer, (n, m + 1), from u = loading * ability - threshold, (n, m), falling along the row."""
    log_cdf = special.log_ndtr if link == "probit" else special.log_expit
    reached, missed = log_cdf(u), log_cdf(-u)
    with np.errstate(invalid="ignore"):  # beyond the last step of an item there is nothing to divide
        by_reached = reached[:, :-1] + _log_1m(reached[:, 1:] - reached[:, :-1])
        by_missed = missed[:, 1:] + _log_1m(missed[:, :-1] - missed[:, 1:])
    between = np.where(u[:, :-1] < 0.0, by_reached, by_missed)
    between = np.where(np.isneginf(u[:, :-1]), -np.inf, between)
    return np.hstack([missed[:, :1], between, reached[:, -1:]])


def _log_1m(x: Floats) -> Floats:
    """log(1 - exp(x)) for x <= 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > -np.log(2.0), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))
