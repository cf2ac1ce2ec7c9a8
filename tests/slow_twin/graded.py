"""Items with ordered answers (graded response model): probability of an answer, and ability by EAP, mode or Warm's estimate.

From methods.md, section 10, and the notes beside the NSCH figures: P(Y >= k) = link(loading * eta - threshold k), answers 0 to
K - 1, link the logistic or the normal distribution function. EAP on a grid of evenly spaced points without quadrature weights,
prior N(mean, sd). Mode: slope of the log likelihood - (eta - mean) / sd^2 = 0. Warm: slope + J / (2 I) = 0, with I = sum P'^2 / P
and J = sum P' P'' / P over items and answers, the general form of sum a^3 P Q (1 - 2 P) for two answers; SE = 1 / sqrt(I), for
the mode 1 / sqrt(I + 1 / sd^2). Derivatives are taken by differences over five points, roots by halving an interval: nothing
but the probability is a formula here. Choice: no answer at all gives None.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

Item = tuple[float, Sequence[float]]
"""Loading and rising thresholds."""
Items = Mapping[str, Item]
Estimate = tuple[float, float] | None

STEP = 1e-3
BRACKET = 14.0
"""Half the width of the interval in which a root is looked for, about 2."""
CENTRE = 2.0


def distribution(x: float, link: str) -> float:
    """The logistic or normal distribution function."""
    if link == "probit":
        return 0.5 * math.erfc(-x / math.sqrt(2.0))
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def probability(answer: int, eta: float, item: Item, link: str) -> float:
    """P(Y = answer), as the difference of two tails: the upper ones above the middle, else the lower ones."""
    loading, thresholds = item
    upper = loading * eta - thresholds[answer - 1] if answer > 0 else math.inf
    lower = loading * eta - thresholds[answer] if answer < len(thresholds) else -math.inf
    if upper + lower > 0:
        return _tail(-lower, link) - _tail(-upper, link)
    return _tail(upper, link) - _tail(lower, link)


def _tail(x: float, link: str) -> float:
    return (1.0 if x > 0 else 0.0) if math.isinf(x) else distribution(x, link)


def nodes(start: float, stop: float, by: float) -> list[float]:
    """start, start + by, ... stop."""
    return [start + i * by for i in range(round((stop - start) / by) + 1)]


def graded_eap(
    answers: Mapping[str, int], items: Items, link: str, mean: float, sd: float, grid: Sequence[float]
) -> Estimate:
    """Mean and SD of the posterior over the grid."""
    if not answers:
        return None
    logs = []
    for q in grid:
        chances = [probability(answer, q, items[item], link) for item, answer in sorted(answers.items())]
        prior = -0.5 * ((q - mean) / sd) ** 2
        logs.append(prior + math.fsum(map(math.log, chances)) if min(chances) > 0 else -math.inf)
    top = max(logs)
    weights = [math.exp(x - top) for x in logs]
    total = math.fsum(weights)
    eap = math.fsum(q * w for q, w in zip(grid, weights, strict=True)) / total
    variance = math.fsum((q - eap) ** 2 * w for q, w in zip(grid, weights, strict=True)) / total
    return eap, math.sqrt(variance)


def graded_map(answers: Mapping[str, int], items: Items, link: str, mean: float, sd: float) -> Estimate:
    """Mode of the posterior and its standard error."""
    if not answers:
        return None
    eta = _zero(lambda x: _slope(x, answers, items, link) - (x - mean) / sd**2)
    at = [_derivatives(answer, eta, items[item], link) for item, answer in sorted(answers.items())]
    return eta, 1.0 / math.sqrt(math.fsum((first / p) ** 2 - second / p for p, first, second in at) + 1.0 / sd**2)


def graded_wle(answers: Mapping[str, int], items: Items, link: str) -> Estimate:
    """Warm's weighted likelihood estimate and its standard error."""
    if not answers:
        return None

    def weighted(x: float) -> float:
        information, bias = _information(x, answers, items, link)
        return _slope(x, answers, items, link) + bias / (2.0 * information)

    eta = _zero(weighted)
    return eta, 1.0 / math.sqrt(_information(eta, answers, items, link)[0])


def _slope(eta: float, answers: Mapping[str, int], items: Items, link: str) -> float:
    """Derivative of the log likelihood."""
    parts = []
    for item, answer in sorted(answers.items()):
        p, first, _ = _derivatives(answer, eta, items[item], link)
        parts.append(first / p)
    return math.fsum(parts)


def _information(eta: float, answers: Mapping[str, int], items: Items, link: str) -> tuple[float, float]:
    """I and J over all answers of the items given."""
    squares, products = [], []
    for item in sorted(answers):
        for answer in range(len(items[item][1]) + 1):
            p, first, second = _derivatives(answer, eta, items[item], link)
            if p > 1e-250:
                squares.append(first * first / p)
                products.append(first * second / p)
    return math.fsum(squares), math.fsum(products)


def _derivatives(answer: int, eta: float, item: Item, link: str) -> tuple[float, float, float]:
    """P, P' and P'' by differences over five points."""
    far_low, low, here, high, far_high = (probability(answer, eta + k * STEP, item, link) for k in (-2, -1, 0, 1, 2))
    first = (far_low - 8 * low + 8 * high - far_high) / (12 * STEP)
    second = (-far_low + 16 * low - 30 * here + 16 * high - far_high) / (12 * STEP**2)
    return here, first, second


def _zero(falling: Callable[[float], float]) -> float:
    """Where a function that is positive on the left and negative on the right crosses 0."""
    low, high = CENTRE - BRACKET, CENTRE + BRACKET
    assert falling(low) > 0 > falling(high), "no sign change"
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
