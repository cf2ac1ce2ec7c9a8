"""Raw scores of a child by the rules of an instrument: the window of items asked, filters, points tables, scales of scales.

:func:`measured` reads the same plain parts that a pack is written from (rows of items.csv, ``options`` and ``scales`` of
instrument.toml, rows of its tables) and goes through the scales one by one, in their order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import raw as by_items
from .metric import half_up_guarded
from .recode import keyed
from .recode import measured as within

ILLEGAL = "illegal"
"""Stands for an answer outside the legal set of its item."""

OF_SCALES = ("sum_of_scales", "max_of_scales")
START_COLUMNS = ("raw_min", "raw_from", "raw_above")
STOP_COLUMNS = ("raw_max", "raw_upto", "raw_below")


@dataclass
class Measured:
    """The raw score of one scale: None where there is none, and then the status says why."""

    raw: float | None
    answered: int
    status: str
    flags: set[str] = field(default_factory=set)


# ---------------------------------------------------------------------------------------------- single rules


def window(points: Sequence[float | None], highest: Sequence[float]) -> tuple[float | None, int, int]:
    """(raw score, number answered, number left out) of items that are asked in order, from a first to a last one.

    Items before the first answered count their maximum; one left out after it takes the value of the item before it;
    items after the last answered count 0. Nothing answered: no score. Left out are only those in between.
    """
    given = [place for place, value in enumerate(points) if value is not None]
    if not given:
        return None, 0, 0
    counted, left_out, before = [], 0, 0.0
    for place, value in enumerate(points):
        if place < given[0]:
            counted.append(highest[place])
            continue
        if place > given[-1]:
            counted.append(0.0)
            continue
        if value is None:
            left_out += 1
            value = before
        counted.append(value)
        before = value
    return math.fsum(counted), len(given), left_out


def in_range(raw: float, row: Mapping[str, Any]) -> bool:
    """Whether a row holds the raw score. An end that is not there, or empty (None), is open.

    ``raw_min``, ``raw_from``, ``raw_max`` and ``raw_upto`` include the number; ``raw_above`` and ``raw_below`` do not.
    """
    for name in ("raw_min", "raw_from"):
        if row.get(name) is not None and raw < row[name]:
            return False
    if row.get("raw_above") is not None and raw <= row["raw_above"]:
        return False
    for name in ("raw_max", "raw_upto"):
        if row.get(name) is not None and raw > row[name]:
            return False
    return not (row.get("raw_below") is not None and raw >= row["raw_below"])


def in_points(raw: float, rows: Sequence[Mapping[str, Any]]) -> tuple[float | None, str]:
    """The points of the range that holds the raw score; raw_out_of_table where none does."""
    for row in rows:
        if in_range(raw, row):
            return row["points"], "ok"
    return None, "raw_out_of_table"


def belongs(item: Mapping[str, Any], age: float | None) -> bool:
    """Whether an item counts at an age: from ``age_from`` up to ``age_to``; without an age it does."""
    if age is None:
        return True
    low, high = item.get("age_from"), item.get("age_to")
    return (low is None or age >= low) and (high is None or age < high)


def of_scales(
    method: str,
    raws: Sequence[float | None],
    weights: Sequence[float] | None = None,
    *,
    min_answered: int | None = None,
    max_missing: float | None = None,
    prorate: bool = False,
    prorate_round: str = "none",
) -> float | None:
    """Weighted sum, or highest, of other scales' raw scores; None where fewer are known than the rule asks for.

    Prorated: sum / known * number of scales.
    """
    known = [place for place, raw in enumerate(raws) if raw is not None]
    if not known or not by_items.enough(len(raws), len(known), min_answered=min_answered, max_missing=max_missing):
        return None
    if method == "max_of_scales":
        return max(raws[place] for place in known)  # type: ignore[type-var]
    total = math.fsum((weights[place] if weights else 1.0) * raws[place] for place in known)  # type: ignore[operator]
    if prorate and len(known) < len(raws):
        total = total / len(known) * len(raws)
        return by_items.half_up(total, 0) if prorate_round == "half_up" else total
    return total


def common_status(statuses: Sequence[str]) -> str:
    """Why a score made of scales is missing: what all its members have in common, else that one of them is missing."""
    return statuses[0] if len(set(statuses)) == 1 else "member_missing"


# ---------------------------------------------------------------------------------------------- a whole instrument


def answer_points(item: Mapping[str, Any], options: Mapping[str, Any], answer: Any) -> float | None:
    """Points of a legal answer, None where it is missing."""
    missing = [float(code) for code in options.get("missing", {})]
    if "range" in options:
        return within(answer, *options["range"], missing)
    return keyed(
        answer, options["legal"], options.get("points"), missing,
        reversed_item=bool(item.get("reverse")), missing_points=options.get("missing_points"),
    )  # fmt: skip


def highest_points(options: Mapping[str, Any]) -> float:
    """The most that an item can earn."""
    return options["range"][1] if "range" in options else max(options.get("points") or options["legal"])


def measured(
    instrument: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    child: Mapping[str, Any],
    age: float | None = None,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Measured]:
    """Every scale of the instrument (but calibrated, branched and graded ones), in order, for one child.

    Choices: an illegal answer is a mistake at every age, so it is not set aside with the others; a code that is no answer is
    none that could be set aside; a scale is flagged for its items, not for its filter question; a prorated score is
    flagged ``prorated`` in place of ``items_missing``; a score made of scales has the flags of those that went into it.
    """
    kept, aside, illegal = {}, set(), set()
    worth = {item["item"]: instrument["options"][item["options"]] for item in items}
    for item in items:
        name, answer = item["item"], child.get(item["item"])
        if answer == ILLEGAL:
            illegal.add(name)
            answer = None
        kept[name] = answer_points(item, worth[name], answer)
        if kept[name] is not None and not belongs(item, age):
            aside.add(name)
            kept[name] = None
    found: dict[str, Measured] = {}
    for scale in instrument["scales"]:
        if scale.get("raw", "sum") in OF_SCALES:
            result = _of_scales(scale, found)
        else:
            result = _of_items(scale, kept, {name: highest_points(options) for name, options in worth.items()})
            asked = {*scale["items"], *([scale["filter"]["item"]] if "filter" in scale else [])}
            if asked & illegal:
                result = Measured(None, result.answered, "illegal_answer")
            elif result.raw is not None and set(scale["items"]) & aside:
                result.flags.add("answers_set_aside")
        _finish(scale, result, found, tables or {})
        found[scale["id"]] = result
    return found


def _of_items(scale: Mapping[str, Any], kept: Mapping[str, float | None], highest: Mapping[str, float]) -> Measured:
    points = [kept[name] for name in scale["items"]]
    if "filter" in scale and kept[scale["filter"]["item"]] in scale["filter"]["points"]:
        return Measured(scale["filter"]["raw"], sum(value is not None for value in points), "ok")
    if scale.get("administration") == "window":
        raw, answered, left_out = window(points, [highest[name] for name in scale["items"]])
        return Measured(raw, answered, "no_items" if raw is None else "ok", {"items_missing"} if left_out else set())
    rule = {name: scale[name] for name in ("min_answered", "max_missing", "missing_as") if scale.get(name) is not None}
    more = {name: scale[name] for name in ("prorate", "prorate_round") if scale.get(name) is not None}
    method = scale.get("raw", "sum")
    if method == "sum":
        raw, answered, status = by_items.raw_sum(points, **rule, **more)
    elif method == "count":
        raw, answered, status = by_items.raw_count(points, scale["count_at_least"], **rule, **more)
    elif method == "weighted":
        raw, answered, status = by_items.raw_weighted(points, scale["weights"], **rule, **more)
    else:
        how = {"mean": by_items.raw_mean, "max": by_items.raw_max, "min": by_items.raw_min}[method]
        raw, answered, status = how(points, **rule)
    flags = set()
    if raw is not None and answered < len(points):
        prorated = scale.get("prorate") and scale.get("missing_as") is None
        flags.add("prorated" if prorated else "items_missing")
        flags |= {"missing_counted_as_fail"} if scale.get("missing_as") is not None else set()
    return Measured(raw, answered, status, flags)


def _of_scales(scale: Mapping[str, Any], found: Mapping[str, Measured]) -> Measured:
    members = [found[name] for name in scale["scales"]]
    rule = {name: scale[name] for name in ("min_answered", "max_missing", "prorate", "prorate_round") if scale.get(name) is not None}
    raw = of_scales(scale["raw"], [member.raw for member in members], scale.get("weights"), **rule)
    answered = sum(member.answered for member in members)
    if raw is None:
        return Measured(None, answered, common_status([member.status for member in members]))
    flags = set().union(*(member.flags for member in members if member.raw is not None))
    if any(member.raw is None for member in members):
        flags.add("prorated" if scale.get("prorate") else "items_missing")
    return Measured(raw, answered, "ok", flags)


def _finish(
    scale: Mapping[str, Any],
    result: Measured,
    found: Mapping[str, Measured],
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Rounding, then the table of points, then the scale that this one stands or falls with."""
    if result.raw is not None and scale.get("decimals") is not None:
        result.raw = half_up_guarded(result.raw, scale["decimals"])
    if result.raw is not None and scale.get("points") is not None:
        result.raw, result.status = in_points(result.raw, tables[scale["points"]])
    other = found[scale["valid_with"]] if scale.get("valid_with") else None
    if result.raw is not None and other is not None and other.raw is None:
        # its own items were answered, so that no item was would not be true
        result.raw, result.status = None, "too_few_items" if other.status == "no_items" else other.status
    if result.raw is None:
        result.flags = set()
