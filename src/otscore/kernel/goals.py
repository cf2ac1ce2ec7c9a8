"""Goals set with the child: goal attainment scaling, and mean ratings of the problems named.

Kiresuk & Sherman 1968, Community Mental Health Journal 4, 443-453, doi:10.1007/BF01530764 (GAS); Law, Baptiste, McColl,
Opzoomer, Polatajko & Pollock 1990, Canadian Journal of Occupational Therapy 57, 82-87 (COPM). Goals are the child's own, so
neither has norms. x is (n, g): n children, g goals; a goal that was not rated, or a place without one, is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.kernel.composite import weighted_sum

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

GAS_LEVELS = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Much less than expected, less, as expected, more, much more."""


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def gas_t(levels: ArrayLike, weights: ArrayLike = 1.0, rho: float = 0.3, legal: ArrayLike = GAS_LEVELS) -> Floats:
    """GAS T: 50 + 10 sum w x / sqrt((1 - rho) sum w^2 + rho (sum w)^2), rho the correlation assumed between goals.

    A goal that was not rated takes its weight along; goals that all weigh 0 weigh the same. NaN without a goal, with a level
    that is not ``legal``, and with a weight below 0 or missing.
    """
    levels = _floats(levels)
    rated = ~np.isnan(levels)
    weights = np.where(rated, np.broadcast_to(_floats(weights), levels.shape), 0.0)
    usable = rated.any(axis=-1) & (~rated | np.isin(levels, _floats(legal))).all(axis=-1) & (weights >= 0.0).all(axis=-1)
    weights = np.where((weights == 0.0).all(axis=-1)[..., None], rated.astype(np.float64), weights)
    ones = np.ones(levels.shape[-1])
    total, squares = weighted_sum(weights, ones), weighted_sum(weights * weights, ones)
    with np.errstate(all="ignore"):
        t = 50.0 + 10.0 * weighted_sum(np.where(rated, levels, 0.0) * weights, ones) / np.sqrt(
            (1.0 - rho) * squares + rho * total * total
        )
    return np.where(usable, t, np.nan)


def gas_change(
    before: ArrayLike, after: ArrayLike, weights: ArrayLike = 1.0, rho: float = 0.3, legal: ArrayLike = GAS_LEVELS
) -> Floats:
    """GAS T after less GAS T before; NaN where a goal was rated on one occasion only. It depends on the level set at the start."""
    change = gas_t(after, weights, rho, legal) - gas_t(before, weights, rho, legal)
    return np.where(_same_goals(before, after), change, np.nan)


def goals_reached(levels: ArrayLike, at_least: float = 0.0) -> Floats:
    """How many of the goals rated stand at this level or above; NaN without a goal."""
    levels = _floats(levels)
    return np.where(np.isnan(levels).all(axis=-1), np.nan, (levels >= at_least).sum(axis=-1))


def copm_score(ratings: ArrayLike, lowest: float = 1.0, highest: float = 10.0) -> Floats:
    """Mean rating (of performance, or of satisfaction) over the problems named; NaN without one, or with an illegal rating."""
    ratings = _floats(ratings)
    rated = ~np.isnan(ratings)
    legal = (~rated | ((ratings >= lowest) & (ratings <= highest))).all(axis=-1)
    with np.errstate(all="ignore"):
        mean = weighted_sum(np.where(rated, ratings, 0.0), np.ones(ratings.shape[-1])) / rated.sum(axis=-1)
    return np.where(legal, mean, np.nan)


def copm_change(before: ArrayLike, after: ArrayLike, lowest: float = 1.0, highest: float = 10.0) -> Floats:
    """Mean rating after less the one before; NaN where a problem was rated on one occasion only."""
    change = copm_score(after, lowest, highest) - copm_score(before, lowest, highest)
    return np.where(_same_goals(before, after), change, np.nan)


def _same_goals(before: ArrayLike, after: ArrayLike) -> Bools:
    same: Bools = (np.isnan(_floats(before)) == np.isnan(_floats(after))).all(axis=-1)
    return same
