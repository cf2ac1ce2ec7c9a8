"""Ability as a function of age: constant + linear * t + log * ln(t + shift) + square * t^2.

Without the square it is the form that priors of a pack have, that of the D-score (van Buuren 2014,
doi:10.1177/0962280212473300).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHIFT = 0.2
"""Years added to the age before its logarithm is taken, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Mean ability at age t in years."""

    constant: float
    linear: float
    log: float
    shift: float = SHIFT
    square: float = 0.0

    def __call__(self, age: Floats) -> Floats:
        """Mean ability (n,) at ages (n,) in years."""
        mean: Floats = self.constant + age * (self.linear + self.square * age) + self.log * np.log(age + self.shift)
        return mean


def fit_prior(ability: Floats, age: Floats, weight: Floats, shift: float = SHIFT) -> Growth:
    """Weighted least squares of ability (n,) on age (n,) in the form of a prior, without the square."""
    constant, linear, log = _least_squares(_columns(age, shift)[:, :3], ability, weight)
    return Growth(constant, linear, log, shift)


def fit_growth(ability: Floats, age: Floats, weight: Floats, shift: float = SHIFT) -> Growth:
    """Weighted least squares of ability (n,) on age (n,); the least coefficients where the ages do not tell them apart."""
    constant, linear, log, square = _least_squares(_columns(age, shift), ability, weight)
    return Growth(constant, linear, log, shift, square)


def _columns(age: Floats, shift: float) -> Floats:
    return np.column_stack([np.ones_like(age), age, np.log(age + shift), age**2])


def _least_squares(columns: Floats, ability: Floats, weight: Floats) -> list[float]:
    root = np.sqrt(weight)
    found: list[float] = np.linalg.lstsq(columns * root[:, None], ability * root, rcond=None)[0].tolist()
    return found
