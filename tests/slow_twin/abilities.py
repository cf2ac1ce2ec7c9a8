"""Abilities by the graded, the two-parameter and the joint model, one child at a time, by root finding and elimination."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .irt import logsumexp

Steps = Mapping[str, Sequence[Mapping[str, float]]]
"""Item -> its steps in rising points, each with ``loading`` and ``threshold``."""

Parts = tuple[float, float, float]


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def polynomial(coefficients: Sequence[float], a: float) -> float:
    """c0 + c1 a + c2 a^2 + ..."""
    return math.fsum(c * a**power for power, c in enumerate(coefficients))


def falling_root(slope: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function is 0, by halving, down to neighbouring numbers."""
    while True:
        middle = low + (high - low) / 2
        if middle in (low, high):
            return middle
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)


# ---------------------------------------------------------------------------------------------- graded responses


def _density(x: float, link: str) -> Parts:
    """The link function at x, its first and its second derivative."""
    if math.isinf(x):
        return (1.0 if x > 0 else 0.0), 0.0, 0.0
    if link == "logit":
        p, q = logistic(x), logistic(-x)
        return p, p * q, p * q * (q - p)
    height = math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return 0.5 * math.erfc(-x / math.sqrt(2.0)), height, -x * height


def category(theta: float, steps: Sequence[Mapping[str, float]], points: int, link: str) -> Parts:
    """P(points), and its first and second derivative by ability: P = link(upper) - link(lower).

    upper = loading * ability - threshold of the step reached (infinite for 0 points), lower that of the next step
    (minus infinity for the highest). Where both are above 0 the difference is taken from the other side.
    """
    loading = steps[0]["loading"]
    upper = loading * theta - steps[points - 1]["threshold"] if points > 0 else math.inf
    lower = loading * theta - steps[points]["threshold"] if points < len(steps) else -math.inf
    if lower > 0:
        p = _density(-lower, link)[0] - _density(-upper, link)[0]
    else:
        p = _density(upper, link)[0] - _density(lower, link)[0]
    (_, d1, d2), (_, e1, e2) = _density(upper, link), _density(lower, link)
    return p, loading * (d1 - e1), loading**2 * (d2 - e2)


def information(theta: float, items: Sequence[Sequence[Mapping[str, float]]], link: str) -> tuple[float, float]:
    """(I, J): sums over items and points of P'^2 / P and of P' P'' / P."""
    first, second = [], []
    for steps in items:
        for points in range(len(steps) + 1):
            p, d1, d2 = category(theta, steps, points, link)
            if p > 0:
                first.append(d1 * d1 / p)
                second.append(d1 * d2 / p)
    return math.fsum(first), math.fsum(second)


def _answered(answers: Mapping[str, float | None], steps: Steps) -> list[tuple[Sequence[Mapping[str, float]], int]]:
    return [(steps[item], int(points)) for item, points in answers.items() if points is not None and item in steps]


def graded_eap(
    answers: Mapping[str, float | None], steps: Steps, link: str, mean: float, sd: float, grid: Sequence[float]
) -> tuple[float, float]:
    """(mean, SD) of the posterior on the grid: prior N(mean, sd) times the chance of every answer."""
    logs = []
    for theta in grid:
        parts = [-0.5 * ((theta - mean) / sd) ** 2]
        for mine, points in _answered(answers, steps):
            p = category(theta, mine, points, link)[0]
            parts.append(math.log(p) if p > 0 else -math.inf)
        logs.append(math.fsum(parts))
    whole = logsumexp(logs)
    weights = [math.exp(value - whole) for value in logs]
    ability = math.fsum(w * theta for w, theta in zip(weights, grid, strict=True))
    variance = math.fsum(w * (theta - ability) ** 2 for w, theta in zip(weights, grid, strict=True))
    return ability, math.sqrt(variance)


def graded_map(
    answers: Mapping[str, float | None], steps: Steps, link: str, mean: float, sd: float
) -> tuple[float, float]:
    """Mode of the posterior; error 1 / sqrt(Hessian) (methods 10): minus the second derivative of the log posterior there."""
    given = _answered(answers, steps)

    def slope(theta: float) -> float:
        parts = (category(theta, mine, points, link) for mine, points in given)
        return math.fsum([*(d1 / p for p, d1, _ in parts), -(theta - mean) / sd**2])

    theta = falling_root(slope, mean - 12 * sd, mean + 12 * sd)
    at = [category(theta, mine, points, link) for mine, points in given]
    return theta, 1.0 / math.sqrt(math.fsum([*((d1 / p) ** 2 - d2 / p for p, d1, d2 in at), 1 / sd**2]))


def graded_wle(
    answers: Mapping[str, float | None], steps: Steps, link: str, low: float, high: float, by: float = 0.1
) -> list[tuple[float, float]]:
    """Warm: where the slope of the log likelihood plus J / (2 I) falls through 0; error 1 / sqrt(I).

    Between low and high; as a rule there is one such ability. Items of very unequal loading can give several (an item that is
    steep and passed pulls to its own place, a flat one on its own further on): all of them are returned. So far out that no
    information is left (I is 0 as a number) the way to the root is back to the middle.
    """
    given = _answered(answers, steps)

    def slope(theta: float) -> float:
        parts = [category(theta, mine, points, link) for mine, points in given]
        i, j = information(theta, [mine for mine, _ in given], link)
        if i == 0 or any(p == 0 for p, _, _ in parts):
            return (low + high) / 2 - theta
        return math.fsum([*(d1 / p for p, d1, _ in parts), j / (2 * i)])

    places = [low + place * by for place in range(math.ceil((high - low) / by) + 1)]
    slopes = [slope(place) for place in places]
    falls = [place for place in range(len(places) - 1) if slopes[place] > 0 >= slopes[place + 1]]
    roots = [falling_root(slope, places[place], places[place + 1]) for place in falls]
    return [(theta, 1.0 / math.sqrt(information(theta, [mine for mine, _ in given], link)[0])) for theta in roots]


# ---------------------------------------------------------------------------------------------- modes of a posterior


def logistic_map(
    answers: Mapping[str, float | None], items: Mapping[str, tuple[float, float]], mean: float, variance: float
) -> tuple[float, float]:
    """Mode of the posterior of the two-parameter model, and 1 / sqrt(minus its second derivative).

    ``items``: item -> (discrimination, difficulty); P(pass) = logistic(discrimination * (ability - difficulty)).
    """
    given = [(*items[item], passed) for item, passed in answers.items() if passed is not None and item in items]

    def slope(theta: float) -> float:
        return math.fsum([*(a * (x - logistic(a * (theta - b))) for a, b, x in given), -(theta - mean) / variance])

    far = math.sqrt(variance) + variance * math.fsum(a for a, _, _ in given)
    theta = falling_root(slope, mean - far, mean + far)
    bend = [a * a * logistic(a * (theta - b)) * logistic(-a * (theta - b)) for a, b, _ in given]
    return theta, 1.0 / math.sqrt(math.fsum([*bend, 1 / variance]))


def solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a system of linear equations, by elimination with the largest pivot."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, size):
            factor = rows[row][column] / rows[column][column]
            rows[row] = [x - factor * y for x, y in zip(rows[row], rows[column], strict=True)]
    result = [0.0] * size
    for row in reversed(range(size)):
        known = math.fsum(rows[row][column] * result[column] for column in range(row + 1, size))
        result[row] = (rows[row][size] - known) / rows[row][row]
    return result


def joint_map(
    answers: Mapping[str, float | None],
    items: Mapping[str, Mapping[str, Any]],
    mean: Sequence[float],
    precision: Sequence[Sequence[float]],
) -> tuple[list[float], list[float]]:
    """Mode of the joint posterior, and the roots of the diagonal of the inverse of minus its second derivatives.

    ``items``: item -> {"tau": ..., "loadings": [one for each scale]}; P(pass) = logistic(loadings . abilities - tau).
    Newton steps, halved until the posterior rises: it has one top. A step shorter than 1e-6 is taken whole: so near the top the
    posterior rises by less than it is rounded to.
    """
    size = len(mean)
    given = [(items[name]["loadings"], items[name]["tau"], x) for name, x in answers.items() if x is not None and name in items]

    def log_posterior(theta: Sequence[float]) -> float:
        parts = []
        for loads, tau, x in given:
            y = math.fsum(a * t for a, t in zip(loads, theta, strict=True)) - tau
            y = y if x else -y
            parts.append(-math.log1p(math.exp(-y)) if y >= 0 else y - math.log1p(math.exp(y)))
        off = [t - m for t, m in zip(theta, mean, strict=True)]
        parts += [-0.5 * off[i] * precision[i][j] * off[j] for i in range(size) for j in range(size)]
        return math.fsum(parts)

    def derivatives(theta: Sequence[float]) -> tuple[list[float], list[list[float]]]:
        off = [t - m for t, m in zip(theta, mean, strict=True)]
        slopes = [[-precision[i][j] * off[j] for j in range(size)] for i in range(size)]
        bends = [[[precision[i][j]] for j in range(size)] for i in range(size)]
        for loads, tau, x in given:
            y = math.fsum(a * t for a, t in zip(loads, theta, strict=True)) - tau
            p, q = logistic(y), logistic(-y)
            for i in range(size):
                slopes[i].append(loads[i] * (x - p))
                for j in range(size):
                    bends[i][j].append(loads[i] * loads[j] * p * q)
        return [math.fsum(part) for part in slopes], [[math.fsum(part) for part in line] for line in bends]

    theta = list(mean)
    for _ in range(200):
        slope, bend = derivatives(theta)
        step = solved(bend, slope)
        share, before = 1.0, log_posterior(theta)
        far = max(map(abs, step)) >= 1e-6
        while far and share > 1e-10 and log_posterior([t + share * s for t, s in zip(theta, step, strict=True)]) < before:
            share /= 2
        theta = [t + share * s for t, s in zip(theta, step, strict=True)]
        if max(map(abs, step)) < 1e-14:
            break
    _, bend = derivatives(theta)
    units = [[1.0 if i == j else 0.0 for j in range(size)] for i in range(size)]
    return theta, [math.sqrt(solved(bend, unit)[place]) for place, unit in enumerate(units)]
