"""Items with ordered answers: probability of each answer, of each sum score, and ability by sum score.

Shapes: q abilities (grid points), m + 1 answers of an item counted from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


class SumScoreTable(NamedTuple):
    """Posterior mean and SD of ability for each sum score 0 .. maximum, and the sum expected at that mean."""

    eap: Floats
    sd: Floats
    expected_sum: Floats


def graded_probability(ability: ArrayLike, discrimination: float, thresholds: ArrayLike) -> Floats:
    """Probability [q, m + 1] of each answer to an item with m ascending thresholds (logistic metric).

    Samejima 1969, Psychometrika Monograph 17. Differences of two cumulative probabilities are taken as a
    product, so that none is lost in the tails.
    """
    ability, thresholds = np.asarray(ability, dtype=np.float64), np.asarray(thresholds, dtype=np.float64)
    logit = discrimination * (ability[..., None] - thresholds)
    reached, missed = special.expit(logit), special.expit(-logit)
    between = reached[..., :-1] * missed[..., 1:] * -np.expm1(-discrimination * np.diff(thresholds))
    return np.concatenate((missed[..., :1], between, reached[..., -1:]), axis=-1)


def lord_wingersky(probabilities: Sequence[Floats]) -> Floats:
    """Probability [q, maximum + 1] of each sum score, given each item's answer probabilities [q, m + 1].

    Lord & Wingersky 1984, Applied Psychological Measurement 8, 453-461, doi:10.1177/014662168400800409.
    """
    total = np.ones((probabilities[0].shape[0], 1))
    for item in probabilities:
        longer = np.zeros((total.shape[0], total.shape[1] + item.shape[1] - 1))
        for points in range(item.shape[1]):
            longer[:, points : points + total.shape[1]] += total * item[:, points, None]
        total = longer
    return total


def graded_sum_score_table(
    discriminations: ArrayLike,
    thresholds: Sequence[ArrayLike],
    grid: ArrayLike,
    prior_mean: float,
    prior_sd: float,
) -> SumScoreTable:
    """Expected a posteriori ability for every sum score of graded items, with a normal prior on a grid.

    Thissen, Pommerich, Billeaud & Williams 1995, Applied Psychological Measurement 19, 39-49,
    doi:10.1177/014662169501900105. The grid is part of the definition; valid for complete answers only.
    """
    a, grid = np.asarray(discriminations, dtype=np.float64), np.asarray(grid, dtype=np.float64)
    items = list(zip(a, thresholds, strict=True))
    likelihood = lord_wingersky([graded_probability(grid, slope, b) for slope, b in items])
    posterior = likelihood * np.exp(-0.5 * ((grid - prior_mean) / prior_sd) ** 2)[:, None]
    posterior = posterior / posterior.sum(axis=0)
    eap = (posterior * grid[:, None]).sum(axis=0)
    sd = np.sqrt((posterior * (grid[:, None] - eap) ** 2).sum(axis=0))
    answers = (graded_probability(eap, slope, b) for slope, b in items)
    expected = sum((p * np.arange(p.shape[1])).sum(axis=1) for p in answers)
    return SumScoreTable(eap, sd, np.asarray(expected))
