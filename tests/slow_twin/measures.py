"""Raw score of one scale of one child, by [[scales]] of instrument.toml: from items, from other scales, or added up by hand.

Choices where the text leaves one: ``percent`` and prorating go by the answered items; a substitute is asked for only where its member has no
result, and then it is a member in every respect (``required`` too); an answer that is illegal spoils a scale only where it is a member;
``n_missing``, ``n_estimated`` and ``longest_same`` need one answer, and a missing answer ends a run of equal ones; pairs need all
their items; a scale of some ages has no raw score where the age is unknown, and none by an invalid protocol; a missing answer that counts
its median counts as no fail; a total is a raw score as it is compared with norms, rounded and turned into points already.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from . import raw as by_items
from .answers import Answer, number
from .from_items import of_items
from .metric import half_up_guarded
from .results import Child, Result, Row, item_names, required_there, scaled_up, substituted
from .scales import common_status, in_points

OF_SCALES = {
    "sum_of_scales": "raw", "max_of_scales": "raw", "sum_of_scores": "score", "mean_of_scores": "score", "mean_of_z": "z",
}  # fmt: skip
"""Ways to combine scales, and what of the scales they combine."""
OF_NORMS = {"at_floor", "at_ceiling", "percentile_assumes_normal"}
"""Flags of a member that are none of the score made of it."""


def measured(scale: Row, child: Child) -> Result:
    """The raw score, or the status that says why there is none."""
    if not given_at(scale, child.age):
        return Result(status="not_at_age")
    method = scale.get("raw", "sum")
    if method in OF_SCALES:
        result = of_scales(scale, child)
    else:
        result = of_items(scale, {name: child.answers[name] for name in item_names(scale, child)}, child)
    if result.raw is not None and "decimals" in scale:
        result.raw = half_up_guarded(result.raw, scale["decimals"])
    if result.raw is not None and "points" in scale:
        rows = [{name: number(cell) for name, cell in row.items()} for row in child.tables[scale["points"]]]
        result.raw, result.status = in_points(result.raw, rows)
    if "error" in scale and child.answers[scale["error"]].illegal:
        result = Result(status="illegal_answer")
    if "total" in scale:
        aside = any(child.answers[name].set_aside for name in item_names(scale, child))
        result = with_total(result, child.answers[scale["total"]], aside, so_far(scale, child))
    return gated(scale, result, child)


def given_at(scale: Row, age: float | None) -> bool:
    """Whether the scale is given at the age; without an age it is."""
    return "ages" not in scale or age is None or scale["ages"][0] <= age < scale["ages"][1]


# ---------------------------------------------------------------------------------------------- what stands above a raw score


def so_far(scale: Row, child: Child) -> float:
    """What the answers of a plain sum add up to, be they too few; of other scales nothing can be said."""
    answers = [child.answers[name] for name in item_names(scale, child)]
    plain = scale.get("raw", "sum") == "sum" and "runs" not in scale and all(answer.lowest >= 0 for answer in answers)
    return math.fsum(answer.points for answer in answers if answer.points is not None) if plain else -math.inf


def with_total(result: Result, total: Answer, aside: bool, least: float) -> Result:
    """The raw score added up by hand: it counts where the items give none, and is the same where they give one; ``least``: what
    the items answered add up to.
    """
    if result.status == "illegal_answer" or total.illegal:
        return Result(status="illegal_answer")
    if total.points is None:
        return result
    if least > total.points:
        return Result(status="raw_disagrees")
    if result.raw is None:
        return Result(raw=total.points, flags={"raw_entered"} | ({"answers_set_aside"} if aside else set()))
    return result if result.raw == total.points else Result(status="raw_disagrees")


def gated(scale: Row, result: Result, child: Child) -> Result:
    """The scale it stands or falls with, then the scales that tell whether the answers can be trusted."""
    other = child.found.get(scale.get("valid_with", ""))
    if result.raw is not None and other is not None and other.raw is None:
        return Result(status="too_few_items" if other.status == "no_items" else other.status)
    if result.raw is None:
        return Result(status=result.status)
    if child.age is None and "ages" in scale:
        return Result(status=child.no_age or "age_missing")
    if stands_in(scale.get("invalid_if", ()), child):
        return Result(status="invalid_protocol")
    if stands_in(scale.get("doubtful_if", ()), child):
        result.flags.add("doubtful")
    return result


def stands_in(rules: Sequence[Row], child: Child) -> bool:
    """Whether any scale named stands in one of the bands named."""
    return any(child.found[rule["scale"]].band in rule["bands"] for rule in rules)


def computed_range(scale: Row, members: Sequence[Answer]) -> tuple[float, float]:
    """The lowest and highest raw score that the items of a scale can make."""
    lows, highs, n = [m.lowest for m in members], [m.highest for m in members], float(len(members))
    method = scale.get("raw", "sum")
    if method in ("count", "n_missing", "n_estimated", "longest_same"):
        return 0.0, n
    if method == "mean":
        return math.fsum(lows) / n, math.fsum(highs) / n
    if method in ("max", "min", "branch"):
        return (max(lows), max(highs)) if method == "max" else (min(lows), min(highs) if method == "min" else max(highs))
    if method == "percent":
        return 0.0, 100.0
    if method == "pair_differences":
        ends = {name: m for name, m in zip(dict.fromkeys(n for p in scale["pairs"] for n in p), members, strict=True)}
        return 0.0, math.fsum(max(ends[a].highest - ends[b].lowest, ends[b].highest - ends[a].lowest) for a, b in scale["pairs"])
    weights = scale.get("weights", [1.0] * len(members))
    products = [(w * low, w * high) for w, low, high in zip(weights, lows, highs, strict=True)]
    return math.fsum(min(pair) for pair in products), math.fsum(max(pair) for pair in products)


# ---------------------------------------------------------------------------------------------- from scales


def of_scales(scale: Row, child: Child) -> Result:
    """Raw score of a scale made of raw scores, derived scores or z of scales before it; with their flags."""
    kind = OF_SCALES[scale["raw"]]
    names = [name for name in scale["scales"] if given_at(child.scales[name], child.age) and child.found[name].status != "not_at_age"]
    if not names:
        return Result(status="not_at_age")
    spare = {name for others in scale.get("substitutes", {}).values() for name in others}
    there = {name: getattr(child.found[name], kind) is not None for name in {*names, *spare}}
    stand_ins = substituted(scale, names, there)
    weight = dict(zip(scale["scales"], scale.get("weights", [1.0] * len(scale["scales"])), strict=True))
    known = [(weight[name], child.found[other]) for name, other in zip(names, stand_ins, strict=True) if there[other]]
    least = min(scale["min_answered"], len(names)) if "min_answered" in scale else None  # what is not given is not needed
    limits = {"min_answered": least, "max_missing": scale.get("max_missing")}
    enough = by_items.enough(len(names), len(known), **limits) and required_there(scale, names, stand_ins, there)
    if not known or not enough:
        why = common_status([child.found[name].raw_status if kind == "raw" else child.found[name].status for name in stand_ins])
        return Result(status="member_missing" if why == "ok" else why)
    values = [(w, getattr(result, kind)) for w, result in known]
    flags = set().union(*(result.raw_flags if kind == "raw" else result.flags for _, result in known))
    flags -= OF_NORMS
    flags |= {"substituted"} if stand_ins != names else set()
    flags |= {"approximate"} if scale["raw"] == "mean_of_z" else set()
    if len(known) < len(names):
        flags.add("prorated" if scale.get("prorate") else "items_missing")
    return Result(raw=of_values(scale, values, len(names)), flags=flags)


def of_values(scale: Row, values: Sequence[tuple[float, float]], n: int) -> float:
    """Highest, weighted mean, or weighted sum (scaled up to all members where it is to be prorated)."""
    if scale["raw"] == "max_of_scales":
        return max(value for _, value in values)
    added = math.fsum(w * value for w, value in values)
    if scale["raw"] in ("mean_of_scores", "mean_of_z"):
        return added / math.fsum(w for w, _ in values)
    return scaled_up(added, n, len(values), scale) if scale.get("prorate") and len(values) < n else added
