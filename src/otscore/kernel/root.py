"""Where the slope of a likelihood falls through zero, row by row: Newton steps within a bracket that always shrinks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Slope = Callable[[Floats, NDArray[np.intp]], tuple[Floats, Floats]]
"""Value and derivative at the abilities of the rows named."""

_MAX_STEPS = 200
_PRECISION = 1e-12  # of an estimate, in logits, relative above 1


def falling_zero(slope: Slope, low: Floats, high: Floats) -> Floats:
    """Where each row's slope falls through 0 between low and high: Newton steps, halving when they fail.

    Every row goes its own way and rests once it has arrived, so no row depends on the rest of the batch.
    """
    low, high = low.copy(), high.copy()
    theta = 0.5 * (low + high)
    last, newtons = high - low, np.zeros(low.shape, dtype=np.bool_)
    rows = np.flatnonzero(np.isfinite(theta))
    for _ in range(_MAX_STEPS):
        if rows.size == 0:
            break
        at = theta[rows]
        with np.errstate(all="ignore"):
            value, derivative = slope(at, rows)
            newton = at - value / derivative
        low[rows] = np.where(value > 0.0, at, low[rows])
        high[rows] = np.where(value > 0.0, high[rows], at)
        halving = 0.5 * (low[rows] + high[rows])
        good = (derivative < 0.0) & (newton >= low[rows]) & (newton <= high[rows])
        good &= np.abs(newton - at) <= 0.5 * last[rows]
        theta[rows] = np.where(good, newton, halving)
        step, before, stepped = np.abs(theta[rows] - at), last[rows], newtons[rows]
        last[rows], newtons[rows] = step, good
        # two Newton steps tell how fast they shrink: the next one would be step * step / before, or less
        to_come = np.where(good & stepped, step * (step / np.maximum(before, _PRECISION)), step)
        rows = rows[to_come > _PRECISION * np.maximum(1.0, np.abs(at))]
    return theta
