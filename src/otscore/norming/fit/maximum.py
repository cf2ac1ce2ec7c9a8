"""Maximum likelihood where every parameter of a distribution is a linear model: Newton's method with exact second derivatives.

A distribution tells, child by child, its log-likelihood and the derivatives by its predictors; the chain rule to the coefficients
is the same for all of them (Rigby & Stasinopoulos 2005, Applied Statistics 54, 507-554, doi:10.1111/j.1467-9876.2005.00510.x).
Curvature that points the wrong way is turned, and steps are damped until they climb (Nocedal & Wright 2006, Numerical
Optimization, chapter 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

Floats = NDArray[np.float64]

_MAX_STEPS = 300
_GAIN_LEFT = 1e-9  # of the log-likelihood; below it the estimate is at the top
_FLAT = 1e-11  # curvature relative to the steepest direction
_MOST_DAMPING = 1e12


class Terms(NamedTuple):
    """Log-likelihood of each child, and its derivatives by the p predictors; not finite where a child is impossible."""

    value: Floats
    """(n,)"""
    first: Floats
    """(p, n)"""
    second: Floats
    """(p, p, n)"""


Distribution = Callable[[Floats], Terms]
"""Terms at predictors (p, n)."""


class Convergence(NamedTuple):
    """Whether the top of the likelihood was reached, and how that is known."""

    converged: bool
    gradient: float
    """Largest slope of the log-likelihood by a coefficient, in the unit of that coefficient; 0 at the top."""
    gain_left: float
    """By how much the log-likelihood could still rise, by its slope and curvature."""
    steps: int
    message: str


class Maximum(NamedTuple):
    """Where the likelihood is highest."""

    coefficients: Floats
    """(c,) of all predictors, one after the other."""
    log_likelihood: float
    hessian: Floats
    """(c, c) second derivatives of the log-likelihood."""
    child_slopes: Floats
    """(n, c) slope of each child's weighted term."""
    convergence: Convergence


class _Place(NamedTuple):
    coefficients: Floats
    value: float
    gradient: Floats
    hessian: Floats
    child_slopes: Floats


class _Curvature(NamedTuple):
    """The negative Hessian in the units in which its diagonal is 1."""

    scale: Floats
    values: Floats
    vectors: Floats
    slopes: Floats

    @property
    def turned(self) -> Floats:
        return np.maximum(np.abs(self.values), _FLAT)

    @property
    def gain(self) -> float:
        return float(0.5 * (self.slopes**2 / self.turned).sum())

    @property
    def is_top(self) -> bool:
        return bool(self.values.min() > _FLAT * self.values.max())

    def step(self, damping: float) -> Floats:
        result: Floats = (self.vectors @ (self.slopes / (self.turned + damping))) / self.scale
        return result


def maximise(distribution: Distribution, designs: Sequence[Floats], weight: Floats, start: Floats) -> Maximum:
    """Coefficients that make the sum of weighted terms highest, climbing from ``start`` (c,).

    ``designs`` [p] are (n, c_p): predictor p is its design times its coefficients. Never raises for want of convergence: the
    result tells.
    """
    place = _at(distribution, designs, weight, start)
    damping, message = 0.0, "the start has no likelihood"
    for step in range(_MAX_STEPS if np.isfinite(place.value) else 0):
        curvature = _curvature(place)
        if curvature.gain < _GAIN_LEFT:
            last = _at(distribution, designs, weight, place.coefficients + curvature.step(0.0))
            place = last if np.abs(last.gradient).max() < np.abs(place.gradient).max() else place
            return _told(place, step + 1, "")
        better, damping = _climbed(distribution, designs, weight, place, curvature, damping)
        if better is None:
            return _told(place, step, "no step climbs any more")
        place, message = better, f"not at the top after {_MAX_STEPS} steps"
    return _told(place, _MAX_STEPS, message)


def blocks(coefficients: Floats, designs: Sequence[Floats]) -> list[Floats]:
    """The coefficients of each predictor."""
    return np.split(coefficients, np.cumsum([design.shape[1] for design in designs])[:-1])


def blamed(top: Maximum, reason: str) -> Maximum:
    """The same with the reason why it has not converged."""
    return top._replace(convergence=top.convergence._replace(message=f"{top.convergence.message}: {reason}"))


def least_squares(design: Floats, target: Floats, weight: Floats) -> Floats:
    """Coefficients of a weighted regression: a good place to start."""
    root = np.sqrt(weight)
    result: Floats = linalg.lstsq(design * root[:, None], target * root)[0]
    return result


def _at(distribution: Distribution, designs: Sequence[Floats], weight: Floats, coefficients: Floats) -> _Place:
    predictors = np.stack([design @ part for design, part in zip(designs, blocks(coefficients, designs), strict=True)])
    with np.errstate(all="ignore"):
        terms = distribution(predictors)
        value = float((weight * terms.value).sum())
        slopes = np.hstack([design * (weight * first)[:, None] for design, first in zip(designs, terms.first, strict=True)])
        hessian = np.block([
            [left.T @ (right * (weight * terms.second[row, column])[:, None]) for column, right in enumerate(designs)]
            for row, left in enumerate(designs)
        ])  # fmt: skip
        gradient = slopes.sum(axis=0)
    known = np.isfinite(value) and np.isfinite(gradient).all() and np.isfinite(hessian).all()
    return _Place(coefficients, value if known else -np.inf, gradient, hessian, slopes)


def _curvature(place: _Place) -> _Curvature:
    diagonal = np.abs(np.diag(place.hessian))
    scale = np.sqrt(np.where(diagonal > 0.0, diagonal, 1.0))
    values, vectors = linalg.eigh(-place.hessian / np.outer(scale, scale))
    return _Curvature(scale, values, vectors, vectors.T @ (place.gradient / scale))


def _climbed(
    distribution: Distribution, designs: Sequence[Floats], weight: Floats, place: _Place, curvature: _Curvature, damping: float
) -> tuple[_Place | None, float]:
    """A higher place, and the damping to begin the next step with; None where every step falls."""
    while damping < _MOST_DAMPING:
        step = curvature.step(damping)
        new = _at(distribution, designs, weight, place.coefficients + step)
        if new.value > place.value + 1e-4 * min(float(place.gradient @ step), curvature.gain):
            return new, damping / 10.0 if damping > 1e-4 else 0.0
        damping = max(4.0 * damping, 1e-3)
    return None, damping


def _told(place: _Place, steps: int, trouble: str) -> Maximum:
    if not np.isfinite(place.value):
        nowhere = Convergence(False, float("nan"), float("nan"), steps, trouble)
        return Maximum(place.coefficients, place.value, place.hessian, place.child_slopes, nowhere)
    curvature = _curvature(place)
    converged = curvature.gain < _GAIN_LEFT and curvature.is_top
    if not converged and not trouble:
        trouble = "the likelihood does not tell all coefficients apart: choose lower degrees"
    told = Convergence(converged, float(np.abs(place.gradient).max()), curvature.gain, steps, "converged" if converged else trouble)
    return Maximum(place.coefficients, place.value, place.hessian, place.child_slopes, told)
