"""Norms as one polynomial in score and age: raw = sum of b_ij L^i A^j, read backwards from the raw score to L.

L is the norm score in its own metric, A the age in the unit the model was fitted in. A. Lenhard, Lenhard, Suggate & Segerer
2018, Assessment 25, 112-125, doi:10.1177/1073191116656437 (continuous norming by a Taylor polynomial).

Such a model need not rise everywhere. Each child's polynomial in L is cut at its turning points, found one derivative after
the other, and only a raw score that one single L of the range produces has a score: between two answers none is chosen, and
no mean of them is taken.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.kernel.root import falling_zero

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class TaylorScore(NamedTuple):
    """Scores of (n,) children, and why there is none or only a limit."""

    score: Floats
    """L with this raw score; an end of the range where the raw score lies beyond it; NaN where undefined."""
    off_scale: NDArray[np.int8]
    """-1: the score is the low end or less, 1: the high end or more, 0: within the range, or undefined."""
    ambiguous: Bools
    """No single L of the range has this raw score: several have it, or the model turns before its end."""


def by_age(age: Floats, coefficients: Floats) -> Floats:
    """Coefficients (n, p) of L^0, L^1, ... at each age, of coefficients (p, q) of L^i A^j."""
    result = np.zeros((age.size, coefficients.shape[0]))
    for power in reversed(range(coefficients.shape[1])):
        result = result * age[:, None] + coefficients[:, power]
    return result


def polynomial(x: Floats, coefficients: Floats) -> Floats:
    """Value of each row's polynomial, coefficients (n, p) rising in power, at x (n,)."""
    result = np.zeros(x.shape)
    for power in reversed(range(coefficients.shape[1])):
        result = result * x + coefficients[:, power]
    return result


def derivative(coefficients: Floats) -> Floats:
    """Coefficients (n, p - 1) of the derivative."""
    return coefficients[:, 1:] * np.arange(1.0, coefficients.shape[1])


def taylor_raw(score: Floats, age: Floats, coefficients: Floats) -> Floats:
    """Raw score, unrounded, that the model expects of norm score (n,) at age (n,)."""
    return polynomial(score, by_age(age, coefficients))


def taylor_score(raw: Floats, age: Floats, coefficients: Floats, low: float, high: float) -> TaylorScore:
    """Norm score L in [low, high] of raw scores (n,) at ages (n,), the inverse of `taylor_raw`.

    The raw score may rise or fall with L. Where it is the same at both ends of the range, nothing is defined.
    """
    ages, place = np.unique(age, return_inverse=True)
    curves = by_age(ages, coefficients)
    points = turning_points(curves, low, high)
    values = _at(points, curves)
    curve, points, values = curves[place], points[place], values[place]
    first, last = values[:, 0], values[:, -1]
    up = np.sign(last - first)
    piece, crossings = _crossed(raw, values)
    inside = (up != 0.0) & (up * (raw - first) >= 0.0) & (up * (last - raw) >= 0.0)
    at_high = raw == last
    single = inside & (crossings + at_high == 1)
    beyond = np.where(raw > values.max(axis=1), up, np.where(raw < values.min(axis=1), -up, 0.0))
    beyond = np.nan_to_num(beyond).astype(np.int8)
    found = _solved(raw, curve, points, np.where(single & ~at_high, piece, -1))
    score = np.where(beyond < 0, low, np.where((beyond > 0) | (single & at_high), high, found))
    known = np.isfinite(raw) & np.isfinite(first) & np.isfinite(last)
    ambiguous: Bools = known & (beyond == 0) & np.isnan(score)
    return TaylorScore(np.where(known, score, np.nan), np.where(known, beyond, 0).astype(np.int8), ambiguous)


def taylor_monotone(age: Floats, coefficients: Floats, low: float, high: float) -> Bools:
    """Whether the raw score rises, or falls, with L over the whole of [low, high] at each age, (n,)."""
    curves = by_age(age, coefficients)
    steps = np.diff(_at(turning_points(curves, low, high), curves), axis=1)
    rises, falls = (steps >= 0.0).all(axis=1), (steps <= 0.0).all(axis=1)
    moves: Bools = (steps != 0.0).any(axis=1)
    return (rises | falls) & moves


def turning_points(coefficients: Floats, low: float, high: float) -> Floats:
    """Ends of the pieces of [low, high] on which each row's polynomial rises or falls, (n, p), from low to high.

    The zeros of a derivative lie between those of the next one. A piece without a zero gives its own start, so a row may
    hold the same point several times.
    """
    n = len(coefficients)
    chain = [coefficients]
    while chain[-1].shape[1] > 2:
        chain.append(derivative(chain[-1]))
    points = np.tile(np.array([low, high], dtype=np.float64), (n, 1))
    for slope in reversed(chain[1:]):
        points = np.column_stack([points[:, 0], _zeros(slope, points), points[:, -1]])
    return points


def _at(points: Floats, coefficients: Floats) -> Floats:
    return np.column_stack([polynomial(points[:, column], coefficients) for column in range(points.shape[1])])


def _zeros(slope: Floats, points: Floats) -> Floats:
    """Zero of each row's polynomial in each piece, (n, pieces); the start of the piece where it has none inside."""
    values = _at(points, slope)
    starts, stops = points[:, :-1].copy(), points[:, 1:]
    rows, pieces = np.nonzero(np.sign(values[:, :-1]) * np.sign(values[:, 1:]) < 0.0)
    starts[rows, pieces] = _zero(slope[rows], starts[rows, pieces], stops[rows, pieces], np.sign(values[rows, pieces]))
    return starts


def _zero(coefficients: Floats, start: Floats, stop: Floats, sign: Floats) -> Floats:
    """Where each row's polynomial, of this sign at the start, changes it before the stop."""
    falling = coefficients * sign[:, None]
    slope = derivative(falling)
    return falling_zero(lambda x, rows: (polynomial(x, falling[rows]), polynomial(x, slope[rows])), start, stop)


def _crossed(raw: Floats, values: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First piece that reaches each raw score, and how many do; a piece holds its start, not its stop."""
    start, stop = values[:, :-1] - raw[:, None], values[:, 1:] - raw[:, None]
    crossed = ((start <= 0.0) & (stop > 0.0)) | ((start >= 0.0) & (stop < 0.0))
    return crossed.argmax(axis=1), crossed.sum(axis=1)


def _solved(raw: Floats, curve: Floats, points: Floats, piece: NDArray[np.intp]) -> Floats:
    """L of each raw score in the piece named, NaN where none is (-1)."""
    result = np.full(raw.shape, np.nan)
    rows = np.flatnonzero(piece >= 0)
    shifted = curve[rows]
    shifted[:, 0] -= raw[rows]
    start, stop = points[rows, piece[rows]], points[rows, piece[rows] + 1]
    sign = np.sign(polynomial(stop, shifted) - polynomial(start, shifted))
    result[rows] = _zero(shifted, start, stop, -sign)
    return result
