"""Points of the items to a raw score. Every function returns (raw or None, number answered, status).

``points`` is a list with one entry an item, None where it has no answer. Status is ``ok``, ``no_items`` (nothing was
answered) or ``too_few_items``. Without a missing rule every item must be answered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .metric import half_up

Points = Sequence[float | None]
Result = tuple[float | None, int, str]


def enough(
    n: int,
    answered: int,
    *,
    min_answered: int | None = None,
    max_missing: float | None = None,
    missing_as: float | None = None,
) -> bool:
    """May a scale of n items be scored? At least ``min_answered``; or missing / n <= ``max_missing``; or all of them.

    With ``missing_as`` and no limit beside it any number of items may be missing.
    """
    if min_answered is not None:
        return answered >= min_answered
    if max_missing is not None:
        return (n - answered) / n <= max_missing
    return missing_as is not None or answered == n


def combine(
    points: Points,
    how: Callable[[Sequence[float]], float],
    *,
    min_answered: int | None = None,
    max_missing: float | None = None,
    missing_as: float | None = None,
    decided: Callable[[float], bool] | None = None,
) -> Result:
    """Apply ``how`` to the answered items where the missing rule allows it.

    A missing item counts as ``missing_as`` where that is given, else it is left out. ``decided`` asks whether the
    value of the answered items alone can no longer change: then missing items do not matter.
    """
    given = [p for p in points if p is not None]
    if not given:
        return None, 0, "no_items"
    if decided is not None and decided(how(given)):
        return how(given), len(given), "ok"
    if not enough(len(points), len(given), min_answered=min_answered, max_missing=max_missing, missing_as=missing_as):
        return None, len(given), "too_few_items"
    used = given if missing_as is None else [missing_as if p is None else p for p in points]
    return how(used), len(given), "ok"


def prorated(result: Result, n: int, used: int, rounding: str = "none") -> Result:
    """mean(answered) * n = sum(answered) / answered * n; SDQ: 4 on 3 of 5 items is 6.67, half-up 7."""
    raw, answered, status = result
    if raw is None:
        return result
    raw = raw / used * n
    return (half_up(raw, 0) if rounding == "half_up" else raw), answered, status


def raw_sum(points: Points, *, prorate: bool = False, prorate_round: str = "none", **rule: Any) -> Result:
    """Sum of the points."""
    result = combine(points, math.fsum, **rule)
    if prorate and 0 < result[1] < len(points) and rule.get("missing_as") is None:
        return prorated(result, len(points), result[1], prorate_round)
    return result


def raw_mean(points: Points, **rule: Any) -> Result:
    """Mean of the answered items (person mean)."""
    return combine(points, lambda used: math.fsum(used) / len(used), **rule)


def raw_count(
    points: Points, at_least: float, *, sufficient_at: float | None = None, prorate: bool = False, **rule: Any
) -> Result:
    """How many answered items earn ``at_least`` points or more. A count can only grow: it may suffice early."""
    decided = None if sufficient_at is None else (lambda count: count >= sufficient_at)
    rounding = rule.pop("prorate_round", "none")
    result = combine(points, lambda used: float(sum(1 for p in used if p >= at_least)), decided=decided, **rule)
    if prorate and 0 < result[1] < len(points) and rule.get("missing_as") is None:
        return prorated(result, len(points), result[1], rounding)
    return result


def raw_weighted(points: Points, weights: Sequence[float], **rule: Any) -> Result:
    """Sum of weight * points. Prorated as every sum: mean of the answered weighted points times n.

    ``missing_as`` is points, so it is weighted too.
    """
    missing_as = rule.pop("missing_as", None)
    n_given = sum(1 for p in points if p is not None)
    if n_given == 0:
        return None, 0, "no_items"
    limit = {"min_answered": rule.get("min_answered"), "max_missing": rule.get("max_missing")}
    if not enough(len(points), n_given, missing_as=missing_as, **limit):
        return None, n_given, "too_few_items"
    filled = [missing_as if p is None else p for p in points]
    raw = math.fsum(w * p for w, p in zip(weights, filled, strict=True) if p is not None)
    result: Result = (raw, n_given, "ok")
    if rule.get("prorate") and n_given < len(points) and missing_as is None:
        return prorated(result, len(points), n_given, rule.get("prorate_round", "none"))
    return result


def raw_max(points: Points, *, sufficient_at: float | None = None, **rule: Any) -> Result:
    """Highest points (best of the trials, or any item at or above a level).

    With ``sufficient_at`` a highest value that reaches it is final, whatever is missing.
    """
    decided = None if sufficient_at is None else (lambda value: value >= sufficient_at)
    return combine(points, max, decided=decided, **rule)


def raw_min(points: Points, **rule: Any) -> Result:
    """Lowest points (best of the trials where less is better)."""
    return combine(points, min, **rule)


def raw_branch(
    answers: Mapping[str, float | None],
    worth: Mapping[str, float | None],
    branches: Sequence[tuple[str, Mapping[float, str]]],
) -> Result:
    """Points of the one item that the way through the questions leads to.

    The first branch whose item was answered counts. Where the answer is a key of its map, the item named there
    replaces it, and if that one has no answer there is no result. ``answers`` are codes, ``worth`` their points.
    """
    asked = {item for first, then in branches for item in (first, *then.values())}
    n_answered = sum(1 for item in asked if worth.get(item) is not None)
    for item, then in branches:
        if worth.get(item) is None:
            continue
        final = then.get(answers[item], item)  # type: ignore[arg-type]
        if worth.get(final) is None:
            return None, n_answered, "too_few_items"
        return worth[final], n_answered, "ok"
    return None, n_answered, "no_items" if n_answered == 0 else "too_few_items"


def raw_of_scales(raws: Sequence[float | None]) -> Result:
    """Sum of other scales' raw scores: missing if any of them is missing."""
    given = [raw for raw in raws if raw is not None]
    if len(given) < len(raws):
        return None, len(given), "too_few_items" if given else "no_items"
    return math.fsum(given), len(given), "ok"


def graded(
    value: float | None, item: str, age: float, thresholds: Sequence[Mapping[str, Any]], lowest: float
) -> float | None:
    """The code of the highest threshold that the value reaches at this age; ``lowest`` below every threshold.

    ``thresholds``: rows of item, age_from, age_to (half-open), code, at_least. None where the value is missing or the
    item has no threshold at this age.
    """
    rows = [r for r in thresholds if r["item"] == item and r["age_from"] <= age < r["age_to"]]
    if value is None or not rows:
        return None
    reached = [r["code"] for r in rows if value >= r["at_least"]]
    return max(reached) if reached else lowest


def graded_mean(
    values: Mapping[str, float | None],
    age: float,
    thresholds: Sequence[Mapping[str, Any]],
    lowest: float,
    **rule: Any,
) -> Result:
    """Grade each item by age, then the mean of the answered codes."""
    return raw_mean([graded(value, item, age, thresholds, lowest) for item, value in values.items()], **rule)
