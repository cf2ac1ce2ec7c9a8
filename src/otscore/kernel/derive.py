"""From a raw score or ability to a derived score: tables, raw ranges, percentile cells, mean and SD, cut scores.

Every function takes the measure of each child, (n,), and ``row``, (n,): the norm row that applies (-1 = none).
What cannot be derived is NaN (or -1 for a band); the caller says why.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def lookup(raw: Floats, row: Places, first_raw: float, table: Floats) -> Floats:
    """Cell of a dense (g, r) table of whole raw scores starting at ``first_raw``; NaN for a blank cell."""
    place = raw - first_raw
    usable = (row >= 0) & (place >= 0) & (place < table.shape[1]) & (place == np.floor(place))
    cell = np.where(usable, place, 0).astype(np.intp)
    return np.where(usable, table[np.maximum(row, 0), cell], np.nan)


def range_place(measure: Floats, row: Places, starts: Sequence[Floats], stops: Sequence[Floats]) -> Places:
    """Which range of the norm row holds the measure, -1 where none does.

    starts, stops : for each norm row its rising ranges, start included and stop excluded.
    """
    place = np.full(measure.shape, -1, dtype=np.intp)
    for group in np.unique(row[row >= 0]):
        mine = row == group
        found = np.searchsorted(starts[group], measure[mine], side="right") - 1
        stop = stops[group][np.maximum(found, 0)]
        inside = (found >= 0) & (measure[mine] < stop)
        place[mine] = np.where(inside, found, -1)
    return place


def range_value(measure: Floats, starts: Floats, stops: Floats, values: Floats) -> Floats:
    """Value of the range that holds each measure, NaN where none does; starts, stops, values : (r,) of rising half-open ranges."""
    place = starts.searchsorted(measure, side="right") - 1
    inside = (place >= 0) & (measure < stops[place])
    return np.where(inside, values[place], np.nan)


def percentile_interpolated(measure: Floats, row: Places, percents: Floats, values: Floats) -> Floats:
    """Percentile on the straight line between the two anchors around the measure; NaN outside the anchors, or with an
    empty cell among them.
    """
    result = np.full(measure.shape, np.nan)
    complete = np.count_nonzero(np.isnan(values), axis=1) == 0
    for group in np.unique(row[row >= 0]):
        mine = (row == group) & complete[group]
        result[mine] = np.interp(measure[mine], values[group], percents, left=np.nan, right=np.nan)
    return result


def band_of(measure: Floats, at_least: Floats) -> NDArray[np.int16]:
    """Number of cut scores reached: 0 below the first, i from cut i on; -1 where the measure is NaN."""
    band = np.searchsorted(at_least, measure, side="right")
    return np.where(np.isnan(measure), -1, band).astype(np.int16)
