"""A norm that is one polynomial in score and age, read backwards by walking along the scores and halving."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

Coefficients = Mapping[tuple[int, int], float]
Place = Literal["inside", "below", "above", "undefined"]

STEPS = 1000


def raw_at(score: float, age: float, coefficients: Coefficients) -> float:
    """Raw = sum of b_ij L^i A^j."""
    return math.fsum(b * score**i * age**j for (i, j), b in coefficients.items())


def score_of(raw: float, age: float, coefficients: Coefficients, low: float, high: float) -> tuple[float | None, Place]:
    """The one score in [low, high] with this raw score; its limit where raw lies beyond all the model reaches there.

    Undefined, and None, where the model is the same at both ends, where several scores have this raw score, and where it lies
    beyond an end that the model turns back before. Turns narrower than a step of the walk are not seen.
    """
    walk = [low + (high - low) * step / STEPS for step in range(STEPS + 1)]
    reached = [raw_at(score, age, coefficients) for score in walk]
    first, last = reached[0], reached[-1]
    if first == last:
        return None, "undefined"
    if raw < min(reached) or raw > max(reached):
        return (low, "below") if (raw < min(reached)) == (first < last) else (high, "above")
    if not min(first, last) <= raw <= max(first, last):
        return None, "undefined"
    found = [
        halved(raw, age, coefficients, walk[step], walk[step + 1])
        for step in range(STEPS)
        if (reached[step] - raw) * (reached[step + 1] - raw) < 0 or reached[step] == raw
    ]
    found += [high] if last == raw else []
    return (found[0], "inside") if len(found) == 1 else (None, "undefined")


def halved(raw: float, age: float, coefficients: Coefficients, start: float, stop: float) -> float:
    """Where the model passes the raw score between two scores, the first of which may have it already."""
    sign = raw_at(start, age, coefficients) - raw
    if sign == 0:
        return start
    for _ in range(200):
        middle = (start + stop) / 2
        if (raw_at(middle, age, coefficients) - raw) * sign > 0:
            start = middle
        else:
            stop = middle
    return (start + stop) / 2
