"""Norms as curves over age: LMS scores, WHO tails, regression norms, parameters between nodes.

y is a measurement in its own unit, L (skewness, no unit), M (median, unit of y) and S (coefficient of
variation, no unit) are the curve at the child's age; every argument broadcasts.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

AGE_TOLERANCE = 1e-9
"""An age this close to a node is that node."""

_NEARLY_ZERO = 1e-12  # the power below which a Box-Cox curve is its logarithmic limit


def lms_z(y: ArrayLike, L: ArrayLike, M: ArrayLike, S: ArrayLike) -> Floats:
    """z of measurement y on an LMS curve; NaN for M or S not above 0, and for y not above 0 unless L is 1.

    Cole & Green 1992, Statistics in Medicine 11, 1305-1319, doi:10.1002/sim.4780111005; the power
    through expm1, so that it stays exact as L goes to 0. With L = 1 the curve is a straight line that
    holds for every y (a developmental score may lie below 0).
    """
    y, L, M, S = (np.asarray(v, dtype=np.float64) for v in (y, L, M, S))
    with np.errstate(all="ignore"):
        logarithm = np.log(y / M)
        power = np.where(np.abs(L) < _NEARLY_ZERO, logarithm, np.expm1(L * logarithm) / L)
        power = np.where(L == 1.0, y / M - 1.0, power)
        return np.where(((y > 0.0) | (L == 1.0)) & (M > 0.0) & (S > 0.0), power / S, np.nan)


def lms_value(z: ArrayLike, L: ArrayLike, M: ArrayLike, S: ArrayLike) -> Floats:
    """Measurement at z on an LMS curve, the inverse of `lms_z`; NaN where 1 + L S z is not above 0, unless L is 1."""
    z, L, M, S = (np.asarray(v, dtype=np.float64) for v in (z, L, M, S))
    with np.errstate(all="ignore"):
        exponent = np.where(np.abs(L) < _NEARLY_ZERO, S * z, np.log1p(L * S * z) / L)
        defined = (1.0 + L * S * z > 0.0) & (M > 0.0) & (S > 0.0)
        value = np.where(defined, M * np.exp(exponent), np.nan)
        return np.where((L == 1.0) & (M > 0.0) & (S > 0.0), M * (1.0 + S * z), value)


def lms_z_who_restricted(y: ArrayLike, L: ArrayLike, M: ArrayLike, S: ArrayLike) -> Floats:
    """LMS z, continued beyond 3 SD in steps of the distance between the 2 SD and the 3 SD value.

    WHO Multicentre Growth Reference Study Group 2006, WHO Child Growth Standards: Methods and
    development (weight-based indicators only).
    """
    y = np.asarray(y, dtype=np.float64)
    z = lms_z(y, L, M, S)
    side = np.where(z < 0.0, -1.0, 1.0)
    with np.errstate(all="ignore"):
        third, second = lms_value(3.0 * side, L, M, S), lms_value(2.0 * side, L, M, S)
        beyond = side * (3.0 + (y - third) / (third - second))
        return np.where(np.abs(z) > 3.0, beyond, z)


def regression_z(
    x: ArrayLike,
    age: ArrayLike,
    mean_poly: ArrayLike,
    sd_poly: ArrayLike,
    direction: Literal["higher_is_better", "lower_is_better"],
) -> Floats:
    """z of score x around a mean and SD that are polynomials in age; above 0 is always more able.

    Coefficients ascend from the constant term; age is in the unit they were fitted in. NaN where the
    predicted SD is not above 0.
    """
    age = np.asarray(age, dtype=np.float64)
    mean, sd = _polynomial(age, mean_poly), _polynomial(age, sd_poly)
    sign = 1.0 if direction == "higher_is_better" else -1.0
    with np.errstate(all="ignore"):
        return np.where(sd > 0.0, sign * (np.asarray(x, dtype=np.float64) - mean) / sd, np.nan)


def _polynomial(age: Floats, coefficients: ArrayLike) -> Floats:
    total = np.zeros_like(age)
    for coefficient in np.asarray(coefficients, dtype=np.float64)[::-1]:
        total = total * age + coefficient
    return total


def interpolate_linear(age: ArrayLike, nodes: ArrayLike, values: ArrayLike) -> Floats:
    """Curve parameters at each age, on the straight line between the nodes around it.

    `nodes` [g] are ascending ages, `values` [g] or [g, p] the parameters there; the result has the shape
    of `age`, with p behind it if `values` has. NaN outside the nodes; a node's own value at a node. Two
    nodes of equal age are a join of two references: the later one holds there, and no line crosses it.
    """
    age, nodes, values = (np.asarray(v, dtype=np.float64) for v in (age, nodes, values))
    left, at_node, inside = _locate(age, nodes)
    right = np.minimum(left + 1, nodes.size - 1)
    start, line = (np.asarray(values.take(place, axis=0)) for place in (left, right))  # copies, as indexing need not give
    with np.errstate(all="ignore"):
        share = (age - nodes[left]) / (nodes[right] - nodes[left])
        np.subtract(line, start, out=line)
        np.multiply(line, _beside(share, values), out=line)
        np.add(line, start, out=line)
    np.copyto(line, start, where=_beside(at_node, values))
    np.copyto(line, np.nan, where=_beside(~inside, values))
    return line


def interpolate_lagrange(age: ArrayLike, nodes: ArrayLike, values: ArrayLike) -> Floats:
    """Curve parameters at each age, on the cubic through two nodes below and two above it.

    In the first and last interval of a reference (at either end of the nodes, or at a join) linear, as
    for `interpolate_linear`, whose shapes and rules hold here too. Lagrange's formula; the choice of
    nodes is that of the RCPCH growth charts.
    """
    age, nodes, values = (np.asarray(v, dtype=np.float64) for v in (age, nodes, values))
    linear = interpolate_linear(age, nodes, values)
    left, at_node, inside = _locate(age, nodes)
    around = np.clip(left[..., None] + np.arange(-1, 3), 0, nodes.size - 1)
    ages = nodes[around]
    interior = (left >= 1) & (left <= nodes.size - 3) & np.all(np.diff(ages, axis=-1) > 0.0, axis=-1)
    cubic = np.zeros_like(linear)
    with np.errstate(all="ignore"):
        for j in range(4):
            cubic = cubic + _beside(_lagrange_weight(age, ages, j), values) * values[around[..., j]]
    return np.where(_beside(interior & inside & ~at_node, values), cubic, linear)


def _lagrange_weight(age: Floats, ages: Floats, j: int) -> Floats:
    weight = np.ones_like(age)
    for i in range(4):
        if i != j:
            weight = weight * ((age - ages[..., i]) / (ages[..., j] - ages[..., i]))
    return weight


def _locate(age: Floats, nodes: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.bool_]]:
    """The last node at or below each age, whether the age is that node, whether it is in range."""
    left = np.searchsorted(nodes, age + AGE_TOLERANCE, side="right") - 1
    inside = (left >= 0) & ~np.isnan(age)
    left = np.maximum(left, 0)
    at_node = inside & (age <= nodes[left] + AGE_TOLERANCE)
    return left, at_node, inside & (at_node | (left < nodes.size - 1))


def _beside(per_age: NDArray[Any], values: Floats) -> NDArray[Any]:
    """Line up one number per age with the columns of `values`."""
    return per_age[..., None] if values.ndim == 2 else per_age
