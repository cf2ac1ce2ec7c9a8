"""Curves over age that a fit may bend: what the user asks for, and the functions of age such a curve is a sum of.

A `Shape` is asked for (`Polynomial`, `NaturalSpline`, `Spline`, `PenalisedSpline`); laid over the ages of a sample it becomes a
`Basis`: p functions of age, and a matrix that says how much the curve bends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.quantiles import first_to_last_quantiles

Floats = NDArray[np.float64]

_INTERVALS = 20
_DEGREES_AT_MOST = 8
_STRAIGHT = 2.0  # freedom that no penalty on second differences takes away


class Basis(Protocol):
    """p functions of age."""

    def at(self, age: Floats) -> Floats:
        """The functions (n, p) at ages (n,)."""
        ...

    @property
    def bending(self) -> Floats:
        """(r, p): coefficients b cost the squares of bending @ b, times the smoothing; no rows where the curve bends freely."""
        ...


class Shape(Protocol):
    """What a curve may look like."""

    @property
    def freedom(self) -> float | None:
        """Degrees of freedom wanted of a penalised curve; None if they follow from the shape."""
        ...

    @property
    def smoothing(self) -> float:
        """What the penalty is multiplied with, where it is given beforehand; else 1."""
        ...

    def basis(self, age: Floats, weight: Floats) -> Basis:
        """The shape over the ages (n,) of children of weights (n,). Raises UsageError where the ages do not carry it."""
        ...


class _Free:
    """A shape that is not penalised."""

    @property
    def freedom(self) -> None:
        """It has as many degrees of freedom as parameters."""
        return

    @property
    def smoothing(self) -> float:
        """Of no consequence."""
        return 1.0


@dataclass(frozen=True)
class Polynomial(_Free):
    """A polynomial in age; degree 0 is a constant."""

    degree: int

    def basis(self, age: Floats, weight: Floats) -> Basis:
        """The curve over the ages of a sample."""
        if not 0 <= self.degree <= _DEGREES_AT_MOST:
            raise _refused("curve_degree", f"degree {self.degree}", f"0 to {_DEGREES_AT_MOST}; a spline bends more without swinging at the ends")
        _enough_ages(age, self.degree + 1)
        low, high = float(age.min()), float(age.max())
        return _Powers((low + high) / 2.0, (high - low) / 2.0 or 1.0, self.degree)


@dataclass(frozen=True)
class NaturalSpline(_Free):
    """A cubic spline that is straight outside its outer knots (Stone & Koo 1985), with knots where these shares of the weight are younger."""

    shares: tuple[float, ...] = (0.02, 0.2, 0.4, 0.6, 0.8, 0.98)

    def basis(self, age: Floats, weight: Floats) -> Basis:
        """The curve over the ages of a sample."""
        shares = np.array(self.shares, dtype=np.float64)
        if shares.size < 3 or (np.diff(shares) <= 0).any() or shares[0] < 0 or shares[-1] > 1:
            raise _refused("curve_knots", "shares of the knots", "three or more, rising, from 0 to 1")
        knots = first_to_last_quantiles(age, weight, shares)
        if (np.diff(knots) <= 0).any():
            raise _refused("curve_knots", "two knots at one age", "ask for fewer knots: too few ages differ")
        return _Natural(tuple(knots.tolist()))


@dataclass(frozen=True)
class Spline:
    """A penalised cubic B-spline, as smooth as leaves it this many degrees of freedom: the trace of its part of the influence matrix."""

    freedom: float

    @property
    def smoothing(self) -> float:
        """What the search begins with."""
        return 1.0

    def basis(self, age: Floats, weight: Floats) -> Basis:
        """The curve over the ages of a sample."""
        basis = PenalisedSpline(1.0).basis(age, weight)
        most = min(basis.bending.shape[1], np.unique(age).size)
        if not _STRAIGHT < self.freedom < most:
            raise _refused("curve_freedom", f"{self.freedom:g} degrees of freedom", f"more than 2, which is Polynomial(1), and less than {most}")
        return basis


@dataclass(frozen=True)
class PenalisedSpline:
    """A cubic B-spline on 20 equal intervals, its second differences penalised (Eilers & Marx 1996, doi:10.1214/ss/1038425655)."""

    smoothing: float

    @property
    def freedom(self) -> None:
        """It follows from the smoothing."""
        return

    def basis(self, age: Floats, weight: Floats) -> Basis:
        """The curve over the ages of a sample."""
        if not (self.smoothing > 0.0 and np.isfinite(self.smoothing)):
            raise _refused("curve_smoothing", "smoothing", "a number above 0; the larger, the straighter")
        _enough_ages(age, 4)
        return _BSplines(float(age.min()), float(age.max()))


CONSTANT, STRAIGHT, BENT = Polynomial(0), Polynomial(1), Spline(5.0)
"""What a curve looks like where nothing else is said: tails; power and spread; median and mean."""


@dataclass(frozen=True)
class _Powers:
    centre: float
    half: float
    degree: int

    def at(self, age: Floats) -> Floats:
        return np.vander((age - self.centre) / self.half, self.degree + 1, increasing=True)

    @property
    def bending(self) -> Floats:
        return np.zeros((0, self.degree + 1))


@dataclass(frozen=True)
class _Natural:
    knots: tuple[float, ...]

    def at(self, age: Floats) -> Floats:
        low, high = self.knots[0], self.knots[-1]
        x, knots = (age - low) / (high - low), (np.array(self.knots) - low) / (high - low)
        beyond = np.maximum(x[:, None] - knots, 0.0) ** 3
        rising = (beyond[:, :-1] - beyond[:, -1:]) / (1.0 - knots[:-1])
        return np.column_stack([np.ones_like(x), x, rising[:, :-1] - rising[:, -1:]])

    @property
    def bending(self) -> Floats:
        return np.zeros((0, len(self.knots)))


@dataclass(frozen=True)
class _BSplines:
    low: float
    high: float

    def at(self, age: Floats) -> Floats:
        """Straight outside the ages of the sample."""
        place = (age - self.low) / (self.high - self.low) * _INTERVALS
        inside, centres = np.clip(place, 0.0, _INTERVALS), np.arange(-1, _INTERVALS + 2)
        distance = np.abs(inside[:, None] - centres)
        near, far = np.minimum(distance, 1.0), np.clip(2.0 - distance, 0.0, 1.0)
        value = np.where(distance < 1.0, 2.0 / 3.0 - near**2 + near**3 / 2.0, far**3 / 6.0)
        slope_at_end = 0.5 * (centres == inside[:, None] + 1.0) - 0.5 * (centres == inside[:, None] - 1.0)
        functions: Floats = value + (place - inside)[:, None] * slope_at_end
        return functions

    @property
    def bending(self) -> Floats:
        return np.diff(np.eye(_INTERVALS + 3), 2, axis=0)


def _enough_ages(age: Floats, needed: int) -> None:
    ages = np.unique(age).size
    if ages < needed:
        raise _refused("curve_ages", f"{ages} different ages for a curve of {needed} parameters", "ask for a lower degree, or give ages in days or months")


def _refused(code: str, message: str, hint: str) -> UsageError:
    return UsageError(Issue(code, message, hint))
