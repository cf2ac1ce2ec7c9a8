"""Ability by the Rasch model with a prior that depends on age: expectation of the posterior on a grid (EAP)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Grid = tuple[float, float, float]
Estimate = tuple[float | None, float | None, list[float]]


def nodes(grid: Grid) -> list[float]:
    """from, from + by, ... up to and including to."""
    start, stop, step = grid
    return [start + i * step for i in range(round((stop - start) / step) + 1)]


def logsumexp(logs: Sequence[float]) -> float:
    """ln(sum(exp)) without overflow."""
    top = max(logs)
    return top + math.log(math.fsum(math.exp(x - top) for x in logs))


def prior_mean(age: float | None, segments: Sequence[Mapping[str, Any]], age_from: float | None = None) -> float | None:
    """constant + linear * t + log * ln(t + shift) of the first segment with t <= upto.

    None where age is missing, below ``age_from``, or where the logarithm has no value.
    """
    if age is None or (age_from is not None and age < age_from):
        return None
    for part in segments:
        if part.get("upto") is None or age <= part["upto"]:
            mean: float = part["constant"] + part.get("linear", 0.0) * age
            factor: float = part.get("log", 0.0)
            inside: float = age + part.get("shift", 0.0)
            if factor == 0.0:
                return mean
            return mean + factor * math.log(inside) if inside > 0 else None
    return None


def log_likelihood(q: float, tau: float, slope: float, score: int) -> float:
    """ln P or ln(1 - P), P(q) = 1 / (1 + exp(-(q - tau) / slope))."""
    x = (q - tau) / slope if score == 1 else -(q - tau) / slope
    return -math.log1p(math.exp(-x)) if x >= 0 else x - math.log1p(math.exp(x))


def _normalised(logs: Sequence[float]) -> list[float]:
    total = logsumexp(logs)
    return [x - total for x in logs]


def _mean_sd(points: Sequence[float], logs: Sequence[float]) -> tuple[float, float]:
    """EAP = sum q w; SEM = sqrt(sum w (q - EAP)^2)."""
    mean = math.fsum(q * math.exp(w) for q, w in zip(points, logs, strict=True))
    variance = math.fsum((q - mean) ** 2 * math.exp(w) for q, w in zip(points, logs, strict=True))
    return mean, math.sqrt(variance)


def _scored(responses: Mapping[str, int | None], difficulties: Mapping[str, float | None]) -> list[tuple[float, int]]:
    """(difficulty, score) of the items that have both, by item name. Other scores than 0 and 1 are refused."""
    if any(score not in (0, 1, None) for score in responses.values()):
        raise ValueError("a milestone is passed (1), not passed (0) or not answered (None)")
    pairs = [(difficulties.get(item), responses[item]) for item in sorted(responses)]
    return [(tau, score) for tau, score in pairs if tau is not None and score is not None]


def _eap(
    responses: Mapping[str, int | None],
    difficulties: Mapping[str, float | None],
    slope: float,
    mean: float,
    sd: float,
    points: Sequence[float],
    window: tuple[float, float] | None = None,
) -> Estimate:
    logs = _normalised([-0.5 * ((q - mean) / sd) ** 2 for q in points])
    items = _scored(responses, difficulties)
    if not items:
        return None, None, [math.exp(w) for w in logs]
    for tau, score in items:
        if window is not None:
            distance = tau - _mean_sd(points, logs)[0]
            if distance > window[1] or distance < window[0]:
                continue
        logs = [w + log_likelihood(q, tau, slope, score) for q, w in zip(points, logs, strict=True)]
        logs = _normalised(logs)
    d, sem = _mean_sd(points, logs)
    return d, sem, [math.exp(w) for w in logs]


def rasch_eap(
    responses: Mapping[str, int | None],
    difficulties: Mapping[str, float | None],
    slope: float,
    prior_mean: float,
    prior_sd: float,
    grid: Grid,
) -> Estimate:
    """(ability, SEM, posterior). posterior(q) ~ N(q; mean, sd) * product of P or 1 - P, summing to 1 over the grid.

    Nothing is rounded. Without a scored item ability and SEM are None and the posterior is the prior.
    """
    return _eap(responses, difficulties, slope, prior_mean, prior_sd, nodes(grid))


def rasch_eap_relevance(
    responses: Mapping[str, int | None],
    difficulties: Mapping[str, float | None],
    slope: float,
    prior_mean: float,
    prior_sd: float,
    grid: Grid,
    window: tuple[float, float],
) -> Estimate:
    """Items in alphabetical order; before each one the EAP so far; skipped if tau - EAP > hi or tau - EAP < lo."""
    return _eap(responses, difficulties, slope, prior_mean, prior_sd, nodes(grid), window)


def rasch_eap_historic(
    responses: Mapping[str, int | None],
    difficulties: Mapping[str, float | None],
    prior_mean: float,
    prior_sd: float,
    grid: Grid,
) -> Estimate:
    """Versions up to 1.8.7: slope 1 in P, an acknowledged error. To reproduce old results only."""
    return _eap(responses, difficulties, 1.0, prior_mean, prior_sd, nodes(grid))


def rasch_eap_logit(
    responses: Mapping[str, int | None],
    difficulties: Mapping[str, float | None],
    slope: float,
    intercept: float,
    prior_mean: float,
    prior_sd: float,
    grid: Grid,
) -> Estimate:
    """Ability in logits: difficulties, grid, prior mean as (x - intercept) / slope; prior SD / slope; slope 1 in P."""
    logit = {item: None if tau is None else (tau - intercept) / slope for item, tau in difficulties.items()}
    points = [(q - intercept) / slope for q in nodes(grid)]
    return _eap(responses, logit, 1.0, (prior_mean - intercept) / slope, prior_sd / slope, points)


def outfit(responses: Mapping[str, int | None], difficulties: Mapping[str, float | None], slope: float, ability: float) -> float | None:
    """Mean over the answered items of (x - P)^2 / (P (1 - P)), P = logistic((ability - tau) / slope); None without items."""
    squares = []
    for tau, score in _scored(responses, difficulties):
        y = (ability - tau) / slope
        # (1 - P) / P = exp(-y) for a pass, P / (1 - P) = exp(y) for a fail
        squares.append(math.exp(-y) if score == 1 else math.exp(y))
    return math.fsum(squares) / len(squares) if squares else None


def shifted(mean: float | None, shift: Mapping[str, Mapping[str, float]], strata: Mapping[str, str | None]) -> tuple[float | None, str]:
    """The prior mean plus what each stratum adds to it; stratum_missing where one is unknown."""
    if any(strata.get(name) is None for name in shift):
        return None, "stratum_missing"
    if mean is None:
        return None, "age_missing"
    return mean + math.fsum(by[strata[name]] for name, by in shift.items()), "ok"  # type: ignore[index]
