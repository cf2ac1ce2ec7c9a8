"""Two-piece norms: the median of the norm group, and an SD for either side of it."""

from __future__ import annotations


def two_piece_z(y: float, median: float, sd_below: float | None, sd_above: float | None) -> float | None:
    """z = (y - median) / SD of the side y lies on; 0 at the median, None where that SD is not there or not above 0."""
    if y == median:
        return 0.0
    sd = sd_below if y < median else sd_above
    return None if sd is None or sd <= 0 else (y - median) / sd


def two_piece_value(z: float, median: float, sd_below: float | None, sd_above: float | None) -> float | None:
    """The median plus z times the SD of the side z lies on."""
    if z == 0:
        return median
    sd = sd_below if z < 0 else sd_above
    return None if sd is None or sd <= 0 else median + z * sd
