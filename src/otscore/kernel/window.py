"""Items asked in rising order from a starting item to a stopping item: what lies outside was not asked.

Items below the first answered one count in full, those above the last one not at all; an item left out in between counts as
the one before it (methods: Basal/ceiling; last observation carried forward within the window).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def window_filled(points: Floats, most: Floats) -> tuple[Floats, Ints]:
    """Points of every item, (n, k), and how many were left out within the window, (n,); NaN where nothing was answered.

    points : (n, k) in the order in which the items are asked, NaN = no answer. most : (k,) what an item can earn.
    """
    given = ~np.isnan(points)
    place = np.arange(points.shape[1])
    last_given = np.maximum.accumulate(np.where(given, place, -1), axis=1)
    first, last = given.argmax(axis=1), last_given[:, -1]
    carried = np.take_along_axis(points, np.maximum(last_given, 0), axis=1)
    filled = np.where(place < first[:, None], most, np.where(place > last[:, None], 0.0, carried))
    left_out = ~given & (place >= first[:, None]) & (place <= last[:, None])
    any_given = np.asarray(given.any(axis=1))
    return np.where(any_given[:, None], filled, np.nan), np.where(any_given, np.count_nonzero(left_out, axis=1), 0)
