"""Norms whose parameters are a function of age: regressions, the beta-binomial, octaves, the truncated BCCG curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist

Row = Mapping[str, float | None]
Ends = tuple[float | None, float | None]


def number(row: Row, name: str, otherwise: float) -> float:
    """A parameter that may be left out or empty."""
    value = row.get(name)
    return otherwise if value is None else value


def mean_at(age: float, row: Row) -> float:
    """b0 + b1 a + b2 a^2 + b3 a^3 with a = (age - age_centre) / age_scale."""
    a = (age - number(row, "age_centre", 0.0)) / number(row, "age_scale", 1.0)
    return math.fsum(number(row, f"b{power}", 0.0) * a**power for power in range(4))


def sd_at(age: float, row: Row) -> float:
    """exp(logsd0 + logsd1 a); a column ``sd`` holds one SD for all ages, a column ``variance`` its square."""
    if row.get("sd") is not None:
        return number(row, "sd", 0.0)
    if row.get("variance") is not None:
        return math.sqrt(number(row, "variance", 0.0))
    a = (age - number(row, "age_centre", 0.0)) / number(row, "age_scale", 1.0)
    return math.exp(number(row, "logsd0", 0.0) + number(row, "logsd1", 0.0) * a)


def regression_z(x: float, age: float, row: Row) -> float:
    """z = (x - mean at this age) / SD at this age."""
    return (x - mean_at(age, row)) / sd_at(age, row)


def lognormal_regression_z(x: float, age: float, row: Row) -> float | None:
    """The same of ln(x); None where x is 0 or below."""
    return regression_z(math.log(x), age, row) if x > 0 else None


def log_beta(a: float, b: float) -> float:
    """ln B(a, b)."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def beta_binomial(n: int, alpha: float, beta: float) -> list[float]:
    """P(X = 0), ..., P(X = n): C(n, x) B(x + alpha, n - x + beta) / B(alpha, beta)."""
    whole = log_beta(alpha, beta)
    return [math.exp(math.log(math.comb(n, x)) + log_beta(x + alpha, n - x + beta) - whole) for x in range(n + 1)]


def beta_binomial_regression_z(x: float, age: float, row: Row) -> float | None:
    """z = Phi^-1(P(X < x) + P(X = x) / 2), X beta-binomial with alpha = p phi, beta = (1 - p) phi.

    logit p = intercept + slope ln(age / reference_age). None where x is no whole number from 0 to n.
    """
    n = int(number(row, "n_items", 0.0))
    if x != int(x) or not 0 <= x <= n or age <= 0:
        return None
    logit = number(row, "intercept", 0.0) + number(row, "slope", 0.0) * math.log(age / number(row, "reference_age", 1.0))
    p, q, phi = 1.0 / (1.0 + math.exp(-logit)), 1.0 / (1.0 + math.exp(logit)), number(row, "phi", 1.0)
    chances = beta_binomial(n, p * phi, q * phi)
    below = math.fsum([*chances[: int(x)], chances[int(x)] / 2])
    above = math.fsum([*chances[int(x) + 1 :], chances[int(x)] / 2])
    return NormalDist().inv_cdf(below) if below < above else -NormalDist().inv_cdf(above)


def octaves_z(x: float, log2_mean: float, sd: float) -> float | None:
    """z = (log2 x - log2 mean) / SD; None where x is 0 or below."""
    return (math.log2(x) - log2_mean) / sd if x > 0 else None


def phi(x: float) -> float:
    """The normal distribution function, by erfc: exact in the lower tail."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def bccg_z(x: float, mu: float, sigma: float, nu: float) -> float | None:
    """z = Phi^-1(F), F = (Phi(t) - [nu > 0] Phi(-1 / (sigma nu))) / Phi(1 / (sigma |nu|)); None where x <= 0, or F 0 or 1.

    t = ((x / mu)^nu - 1) / (nu sigma), or ln(x / mu) / sigma where nu = 0. Above the median z comes from
    1 - F = Phi(-t) / Phi(b) for nu > 0 and (Phi(-t) - Phi(-b)) / Phi(b) for nu < 0, with b = 1 / (sigma |nu|).
    """
    if x <= 0:
        return None
    if nu == 0:
        return math.log(x / mu) / sigma
    t = math.expm1(nu * math.log(x / mu)) / (nu * sigma)
    b = 1.0 / (sigma * abs(nu))
    lower = (phi(t) - (phi(-b) if nu > 0 else 0.0)) / phi(b)
    upper = (phi(-t) - (phi(-b) if nu < 0 else 0.0)) / phi(b)
    if not (lower > 0 and upper > 0):
        return None
    return NormalDist().inv_cdf(lower) if lower <= 0.5 else -NormalDist().inv_cdf(upper)


def interval_of_z(measure: float, error: float, factor: float, z_of: Callable[[float], float | None]) -> Ends:
    """z of the measure -/+ factor * error, each end read by the same norm: posterior and sem_measure intervals."""
    return z_of(measure - factor * error), z_of(measure + factor * error)
