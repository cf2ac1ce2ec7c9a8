"""Made-up tests whose norms are known: scores of children from 5 to 12 years, and the true z of each score at each age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
YOUNGEST, OLDEST = 5.0, 13.0
"""From the fifth birthday to the day before the thirteenth."""


def _normal(z: Floats) -> Floats:
    return np.asarray(special.ndtr(z))


def _skewed(z: Floats) -> Floats:
    """Gamma of shape 4 with mean 0 and SD 1: its skewness is 1."""
    return np.asarray(special.gammainc(4.0, np.maximum(2.0 * z + 4.0, 0.0)))


def _skewed_draw(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray((rng.gamma(4.0, size=n) - 4.0) / 2.0)


def _normal_draw(rng: np.random.Generator, n: int) -> Floats:
    return rng.standard_normal(n)


@dataclass(frozen=True)
class Truth:
    """A test of ``items`` items. What a child can do has a mean and an SD at each age and one shape; its score is that, rounded, from 0 to ``items``."""

    name: str
    items: int
    start: float
    gain: float
    """Mean at 5 years, and what is gained from 5 to 13, faster when younger."""
    share: Callable[[Floats], Floats] = _normal
    draw: Callable[[np.random.Generator, int], Floats] = _normal_draw

    def mean(self, age: Floats) -> Floats:
        """Expected ability (n,)."""
        grown = (age - YOUNGEST) / (OLDEST - YOUNGEST)
        return self.start + self.gain * (1.4 * grown - 0.4 * grown**2)

    def sd(self, age: Floats) -> Floats:
        """SD of the ability (n,)."""
        return 4.0 + 0.3 * (age - YOUNGEST)

    def children(self, rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        """Scores and ages of n children, ages spread evenly."""
        age = rng.uniform(YOUNGEST, OLDEST, n)
        ability = self.mean(age) + self.sd(age) * self.draw(rng, n)
        return np.clip(np.round(ability), 0, self.items), age

    def z(self, raw: Floats, age: Floats) -> Floats:
        """True z (n,) of whole scores (n,): of the share of the children below and half of those at it."""

        def at_most(score: Floats) -> Floats:
            share = self.share((score + 0.5 - self.mean(age)) / self.sd(age))
            return np.where(score < 0, 0.0, np.where(score >= self.items, 1.0, share))

        return np.asarray(special.ndtri(0.5 * (at_most(raw) + at_most(raw - 1))))


TRUTHS = (
    Truth("normal", 80, 18.0, 36.0),
    Truth("skewed", 80, 18.0, 36.0, _skewed, _skewed_draw),
    Truth("floor", 60, -1.0, 36.0),
    Truth("ceiling", 40, 12.0, 27.0),
)


def asked(truth: Truth, furthest: float = 2.0) -> tuple[Floats, Floats, Floats]:
    """Every whole score at every quarter of a year whose true z is from -2 to 2: scores, ages and true z (m,)."""
    ages = np.arange(YOUNGEST + 0.125, OLDEST, 0.25)
    raw, age = (grid.ravel() for grid in np.meshgrid(np.arange(truth.items + 1.0), ages))
    z = truth.z(raw, age)
    inside = np.abs(z) <= furthest
    return raw[inside], age[inside], z[inside]
