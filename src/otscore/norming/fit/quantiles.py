"""Weighted quantiles, in two definitions. The order of children with equal scores never matters.

Both put a child at a share of the cumulated weight and read straight lines between children; for equal weights they are the
types 5 and 7 of Hyndman & Fan 1996, doi:10.1080/00031305.1996.10473566. Children of equal scores count with their mean weight.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def midpoint_quantiles(x: ArrayLike, weight: ArrayLike, shares: ArrayLike) -> Floats:
    """Scores at shares (0 to 1): each child stands at the middle of its own weight (Hazen 1914); the outer children beyond."""
    scores, middles, total = _middles(x, weight)
    return np.interp(np.asarray(shares, dtype=np.float64), middles / total, scores)


def first_to_last_quantiles(x: ArrayLike, weight: ArrayLike, shares: ArrayLike) -> Floats:
    """Scores at shares (0 to 1): the first child stands at 0, the last at 1 (Gumbel 1939; what most software does unasked)."""
    scores, middles, _ = _middles(x, weight)
    span = middles[-1] - middles[0]
    places = (middles - middles[0]) / span if span > 0.0 else middles
    return np.interp(np.asarray(shares, dtype=np.float64), places, scores)


def _middles(x: ArrayLike, weight: ArrayLike) -> tuple[Floats, Floats, float]:
    """First and last child of each score, with the middle of its own weight in the cumulated one, and the whole weight."""
    scores, place = np.unique(np.asarray(x, dtype=np.float64), return_inverse=True)
    mass = np.bincount(place, np.asarray(weight, dtype=np.float64))
    half_of_one = mass / np.bincount(place) / 2.0
    upto = np.cumsum(mass)
    ends = np.column_stack([upto - mass + half_of_one, upto - half_of_one])
    return np.repeat(scores, 2), ends.ravel(), float(upto[-1])
