"""Mode of the posterior of abilities behind items passed or failed, as CREDI defines it: four abilities at once, and one alone.

From the notes on the R package credi (reference/README.md, 2.1): P(y = 1) = logistic(loadings . theta - tau), prior
N(X B, invS^-1); and logit P = alpha (theta - delta), prior N(X beta, exp(X gamma)), with X the powers 0 to 3 of
(age - 18) / 10.39. Both log posteriors are concave, so each has one mode: here found by Newton steps with the inverse of
the whole Hessian by Gauss-Jordan elimination, and by halving an interval: other ways than the kernel takes. Choice: no answer
at all gives None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Vector = list[float]
Matrix = list[list[float]]


def powers(age: float, centre: float, scale: float, n: int) -> Vector:
    """1, x, x^2, ... of x = (age - centre) / scale."""
    x = (age - centre) / scale
    return [x**k for k in range(n)]


def polynomial(age: float, coefficients: Sequence[float], centre: float = 18.0, scale: float = 10.39) -> float:
    """Sum of coefficient k times x^k."""
    return math.fsum(c * p for c, p in zip(coefficients, powers(age, centre, scale, len(coefficients)), strict=True))


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def softplus(x: float) -> float:
    """ln(1 + exp(x))."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def joint_map(
    answers: Mapping[str, int],
    tau: Mapping[str, float],
    loadings: Mapping[str, Sequence[float]],
    mean: Sequence[float],
    precision: Sequence[Sequence[float]],
) -> tuple[Vector, Vector] | None:
    """Abilities and their standard errors, sqrt of the diagonal of H^-1, H = invS + sum P (1 - P) lambda lambda'."""
    given = [(answers[item], tau[item], list(loadings[item])) for item in sorted(answers) if item in tau]
    if not given:
        return None
    theta, d = list(mean), range(len(mean))

    def height(point: Sequence[float]) -> float:
        away = [point[i] - mean[i] for i in d]
        penalty = 0.5 * math.fsum(away[i] * precision[i][j] * away[j] for i in d for j in d)
        logits = [(y, math.fsum(w[i] * point[i] for i in d) - t) for y, t, w in given]
        return math.fsum(y * u - softplus(u) for y, u in logits) - penalty

    for _ in range(200):
        slope, hessian = [0.0] * len(mean), [list(row) for row in precision]
        for i in d:
            slope[i] = -math.fsum(precision[i][j] * (theta[j] - mean[j]) for j in d)
        for y, t, w in given:
            p = logistic(math.fsum(w[i] * theta[i] for i in d) - t)
            for i in d:
                slope[i] += (y - p) * w[i]
                for j in d:
                    hessian[i][j] += p * (1 - p) * w[i] * w[j]
        inverse = inverted(hessian)
        step = [math.fsum(inverse[i][j] * slope[j] for j in d) for i in d]
        share, before = 1.0, height(theta)
        while share > 1e-9 and height([theta[i] + share * step[i] for i in d]) < before - 1e-13 * (1 + abs(before)):
            share /= 2
        theta = [theta[i] + share * step[i] for i in d]
        if max(map(abs, step)) < 1e-12:
            break
    return theta, [math.sqrt(inverse[i][i]) for i in d]


def logistic_map(
    answers: Mapping[str, int],
    discrimination: Mapping[str, float],
    difficulty: Mapping[str, float],
    mean: float,
    variance: float,
) -> tuple[float, float] | None:
    """Ability and 1 / sqrt(information + 1 / variance); the slope of the log posterior falls, so its zero is halved in."""
    given = [
        (answers[item], discrimination[item], difficulty[item]) for item in sorted(answers) if item in discrimination
    ]
    if not given:
        return None

    def slope(theta: float) -> float:
        return math.fsum(a * (y - logistic(a * (theta - b))) for y, a, b in given) - (theta - mean) / variance

    reach = variance * math.fsum(a for _, a, _ in given) + 1.0
    low, high = mean - reach, mean + reach
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    theta = (low + high) / 2
    chances = [(a, logistic(a * (theta - b))) for _, a, b in given]
    return theta, 1.0 / math.sqrt(math.fsum(a * a * p * (1 - p) for a, p in chances) + 1.0 / variance)


def inverted(matrix: Sequence[Sequence[float]]) -> Matrix:
    """Inverse by Gauss-Jordan elimination with the largest pivot."""
    n = len(matrix)
    rows = [[*map(float, row), *(1.0 if i == j else 0.0 for j in range(n))] for i, row in enumerate(matrix)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]
