"""z within the limits that a model tells, and on which side the rest lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.model import NormScore

Floats = NDArray[np.float64]

LIMITS = (-3.0, 3.0)
"""z that a model tells, unless it is asked for more: beyond, few children of a sample stand for many."""


def standing(z: Floats, low: Floats | float, high: Floats | float) -> NormScore:
    """z, or the limit that it reaches or passes; infinite ones too. NaN stays."""
    off_scale = (z >= high).astype(np.int8) - (z <= low).astype(np.int8)
    return NormScore(np.clip(z, low, high), off_scale)


def checked_limits(limits: tuple[float, float]) -> tuple[float, float]:
    """The limits, if the lower one comes first. Raises UsageError."""
    if not limits[0] < limits[1]:
        raise UsageError(Issue("norm_limits", "limits of z", "the lower one first, such as (-3, 3)"))
    return limits


def within(ages: tuple[float, float], age: Floats) -> NDArray[np.bool_]:
    """Which ages lie in the range of the sample."""
    return (age >= ages[0]) & (age <= ages[1])
