"""Raw score of items that are tested from a basal to a ceiling, one child at a time (methods 2.3).

The items stand in a fixed order, easy ones first. Testing starts somewhere among them, goes back until some items in a row
are passed (the basal) and on until some are failed (the ceiling). What lies below the basal is taken as passed and counts
in full; what lies above the ceiling is taken as failed and counts nothing:

    raw = most points of every item below the basal item + points of the items from the basal item to the ceiling item

Places are counted from 0. Choices where the text leaves one: with ``ceiling_within`` an item that was not administered may
stand among the n items, as one that is not failed (it lies between basal and ceiling then, unless the basal comes after it,
so that there is no raw score); flags are those of a raw score, so that there are none without it; a basal or ceiling that
was not reached is None, also where the first or last item acts as one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Points = Sequence[float | None]
"""Points of the items in their order, None where an item was not administered."""

CHOICE = {"lowest": min, "highest": max}


@dataclass(frozen=True)
class RunScore:
    """The raw score, None where there is none, and then the status says why; the places of the basal and the ceiling item."""

    raw: float | None
    status: str
    flags: frozenset[str]
    basal: int | None
    ceiling: int | None


def passed(points: float | None, most: float) -> bool:
    """Whether an item was answered with its full credit."""
    return points is not None and points == most


def failed(points: float | None) -> bool:
    """Whether an item was answered with 0 points."""
    return points is not None and points == 0


def ceiling_items(points: Points, ceiling: int, within: int | None = None) -> list[int]:
    """The last item of every span with ``ceiling`` failed items among ``within`` items, where it is failed itself.

    At the beginning the span may be shorter. So many failed items in a row are so many among as many items.
    """
    length = ceiling if within is None else within
    found = []
    for last in range(len(points)):
        span = points[max(0, last + 1 - length) : last + 1]
        if failed(points[last]) and sum(failed(value) for value in span) >= ceiling:
            found.append(last)
    return found


def basal_items(points: Points, most: Sequence[float], basal: int, last: int) -> list[int]:
    """The first item of every run of ``basal`` passed items that ends at the item ``last`` or below it."""
    passes = [passed(value, full) for value, full in zip(points, most, strict=True)]
    return [first for first in range(last + 2 - basal) if all(passes[first : first + basal])]


def run_score(
    points: Points,
    most: Sequence[float],
    basal: int,
    ceiling: int,
    ceiling_within: int | None = None,
    several_basals: str = "highest",
    several_ceilings: str = "lowest",
) -> RunScore:
    """Raw score from the basal that begins highest (lowest) to the lowest (highest) ceiling.

    The ceiling comes first: passes above it are not counted, so that they are no basal. Without a basal the first item acts as
    one, without credit; without a ceiling the last item does. From one to the other every item must have an answer.
    """
    if all(value is None for value in points):
        return RunScore(None, "no_items", frozenset(), None, None)
    ceilings = ceiling_items(points, ceiling, ceiling_within)
    ceiling_item = CHOICE[several_ceilings](ceilings, default=None)
    last = len(points) - 1 if ceiling_item is None else ceiling_item
    basals = basal_items(points, most, basal, last)
    basal_item = CHOICE[several_basals](basals, default=None)
    first = 0 if basal_item is None else basal_item

    counted = [value for value in points[first : last + 1] if value is not None]
    if len(counted) < last + 1 - first:
        status = "discontinued" if ceiling_item is None and points[-1] is None else "too_few_items"
        return RunScore(None, status, frozenset(), basal_item, ceiling_item)
    acting = {"no_basal": basal_item is None, "no_ceiling": ceiling_item is None}
    flags = frozenset(name for name, acts in acting.items() if acts)
    return RunScore(math.fsum([*most[:first], *counted]), "ok", flags, basal_item, ceiling_item)
