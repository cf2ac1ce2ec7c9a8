"""Norm curves: a measurement to z and back, and the parameters of a curve at an age."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from scipy.special import stdtr, stdtrit  # the Student t distribution function and its inverse; nothing else


def interpolated(age: float, nodes: Sequence[Mapping[str, float]], columns: Sequence[str]) -> tuple[float, ...] | None:
    """Parameters at an age, linear between the two neighbouring nodes; None outside the first and last node.

    A node that is met exactly gives its own row. Two rows at one age are a join: the later one holds there.
    """
    met = [row for row in nodes if abs(row["age"] - age) <= 1e-9]
    if met:
        return tuple(met[-1][c] for c in columns)
    below = [row for row in nodes if row["age"] < age]
    above = [row for row in nodes if row["age"] > age]
    if not below or not above:
        return None
    a, b = below[-1], above[0]
    share = (age - a["age"]) / (b["age"] - a["age"])
    return tuple(a[c] + share * (b[c] - a[c]) for c in columns)


def mean_sd_z(y: float, mean: float, sd: float) -> float:
    """z = (y - mean) / SD."""
    return (y - mean) / sd


def lms_z(y: float, l: float, m: float, s: float) -> float | None:  # noqa: E741
    """z = ((y/M)^L - 1) / (L S); ln(y/M) / S where |L| < 1e-12. None where y <= 0, save for L = 1, a straight line."""
    if l == 1:
        return (y - m) / (m * s)
    if y <= 0:
        return None
    if abs(l) < 1e-12:
        return math.log(y / m) / s
    return math.expm1(l * math.log(y / m)) / (l * s)


def lms_y(z: float, l: float, m: float, s: float) -> float | None:  # noqa: E741
    """y = M (1 + L S z)^(1/L); M exp(S z) where |L| < 1e-12. None where 1 + L S z <= 0, save for L = 1."""
    if l == 1:
        return m * (1 + s * z)
    if abs(l) < 1e-12:
        return m * math.exp(s * z)
    if 1 + l * s * z <= 0:
        return None
    return m * math.exp(math.log1p(l * s * z) / l)


def bct_z(y: float, mu: float, sigma: float, nu: float, tau: float, floor: float | None = None) -> float | None:
    """z = Phi^-1(F), F the Box-Cox-t distribution function truncated at 0.

    x = ((y/mu)^nu - 1) / (nu sigma), or ln(y/mu) / sigma where nu = 0; b = 1 / (sigma |nu|); T = Student t with tau df.
    nu > 0: F = (T(x) - T(-b)) / T(b), 1 - F = T(-x) / T(b).
    nu <= 0: F = T(x) / T(b), 1 - F = (T(-x) - T(-b)) / T(b); nu = 0: b is infinite.
    Above the median z comes from 1 - F. A y below ``floor`` counts as ``floor``. None where y <= 0 or F is 0 or 1.
    """
    y = y if floor is None else max(y, floor)
    if y <= 0:
        return None
    x = math.log(y / mu) / sigma if nu == 0 else math.expm1(nu * math.log(y / mu)) / (nu * sigma)
    b = math.inf if nu == 0 else 1.0 / (sigma * abs(nu))
    inside = float(stdtr(tau, b))
    beyond = float(stdtr(tau, -b)) if math.isfinite(b) else 0.0
    lower = (float(stdtr(tau, x)) - (beyond if nu > 0 else 0.0)) / inside
    upper = (float(stdtr(tau, -x)) - (beyond if nu <= 0 else 0.0)) / inside
    if not (lower > 0 and upper > 0):
        return None
    return NormalDist().inv_cdf(lower) if lower <= 0.5 else -NormalDist().inv_cdf(upper)


def shash_z(y: float, mu: float, sigma: float, epsilon: float, delta: float) -> float:
    """z = sinh(delta arcsinh((y - mu) / sigma) + epsilon)."""
    return math.sinh(delta * math.asinh((y - mu) / sigma) + epsilon)


def bct_y(z: float, mu: float, sigma: float, nu: float, tau: float, floor: float | None = None) -> float:
    """Inverse of :func:`bct_z`: y = mu (nu sigma x + 1)^(1/nu), or mu exp(sigma x) where nu = 0.

    nu > 0: 1 - T(x) = (1 - p) T(b). nu <= 0: T(x) = p T(b). p = Phi(z). Never below ``floor``.
    """
    b = math.inf if nu == 0 else 1.0 / (sigma * abs(nu))
    inside = float(stdtr(tau, b))
    if nu > 0:
        x = -float(stdtrit(tau, NormalDist().cdf(-z) * inside))
    else:
        x = float(stdtrit(tau, NormalDist().cdf(z) * inside))
    y = mu * math.exp(sigma * x) if nu == 0 else mu * (nu * sigma * x + 1) ** (1 / nu)
    return y if floor is None else max(y, floor)
