"""Raw score of one scale of one child, by [[scales]] of instrument.toml: from items, from other scales, or as it was entered.

Choices where the text leaves one: ``percent`` and prorating go by the answered items; a substitute is asked for only where its member has no
result, and then it is a member in every respect (``required`` too); an answer that is illegal spoils a scale only where it is a member;
``n_missing``, ``n_estimated`` and ``longest_same`` need one answer, and a missing answer ends a run of equal ones; pairs need all
their items; a scale of some ages has no raw score where the age is unknown, and none by an invalid protocol; a missing answer that counts
its median counts as no fail; an entered raw score is taken where the answers give none, and flagged then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import raw as by_items
from .answers import Answer, number
from .metric import half_up, half_up_guarded
from .runs import runs_score
from .scales import common_status, in_points, window

Row = Mapping[str, Any]
OF_SCALES = {
    "sum_of_scales": "raw", "max_of_scales": "raw", "sum_of_scores": "score", "mean_of_scores": "score", "mean_of_z": "z",
}  # fmt: skip
"""Ways to combine scales, and what of the scales they combine."""
ABOUT_ANSWERS = ("n_missing", "n_estimated", "longest_same")
NO_MEMBER = Answer(0.0, 0.0)


@dataclass
class Result:
    """What is known of a scale: everything but status and flags may be None. ``raw_flags`` and ``raw_status`` are those of its
    raw score alone, ``exact`` is the score before it is rounded and cut."""

    raw: float | None = None
    score: float | None = None
    z: float | None = None
    percentile: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    band: str | None = None
    status: str = "ok"
    flags: set[str] = field(default_factory=set)
    raw_flags: set[str] = field(default_factory=set)
    exact: float | None = None
    raw_status: str = "ok"


@dataclass(frozen=True)
class Child:
    """Everything that a scale may ask for: answers by item, age in the pack's unit, strata, what was entered, scales before this one."""

    answers: Mapping[str, Answer]
    age: float | None
    strata: Mapping[str, str | None]
    entered: Mapping[str, float]
    tables: Mapping[str, Sequence[Row]]
    items: Sequence[Row]
    found: dict[str, Result]
    scales: Mapping[str, Row]
    no_age: str = ""


def measured(scale: Row, child: Child) -> Result:
    """The raw score, or the status that says why there is none."""
    if not given_at(scale, child.age):
        return Result(status="not_at_age")
    method = scale.get("raw", "sum")
    if method == "entered":
        result, legal = Result(status="no_items"), (-math.inf, math.inf)
    elif method in OF_SCALES:
        result, legal = of_scales(scale, child), (-math.inf, math.inf)
    else:
        members = {name: child.answers[name] for name in item_names(scale, child)}
        result, legal = of_items(scale, members, child), computed_range(scale, list(members.values()))
    if result.raw is not None and "decimals" in scale:
        result.raw = half_up_guarded(result.raw, scale["decimals"])
    if result.raw is not None and "points" in scale:
        rows = [{name: number(cell) for name, cell in row.items()} for row in child.tables[scale["points"]]]
        result.raw, result.status = in_points(result.raw, rows)
    if scale["id"] in child.entered:
        result = with_entry(result, child.entered[scale["id"]], scale.get("raw_range", legal))
    return gated(scale, result, child)


def given_at(scale: Row, age: float | None) -> bool:
    """Whether the scale is given at the age; without an age it is."""
    return "ages" not in scale or age is None or scale["ages"][0] <= age < scale["ages"][1]


def item_names(scale: Row, child: Child) -> list[str]:
    """Codes of the items of a scale, in order."""
    if "branches" in scale:
        return list(dict.fromkeys(name for branch in scale["branches"] for name in (branch["item"], *branch.get("then", {}).values())))
    if "items_domain" in scale:
        return [row["item"] for row in child.items if row["domain"] == scale["items_domain"]]
    if scale.get("items") == "all":
        return [row["item"] for row in child.items]
    return list(scale.get("items") or dict.fromkeys(name for pair in scale["pairs"] for name in pair))


# ---------------------------------------------------------------------------------------------- what stands above a raw score


def with_entry(result: Result, entry: float, legal: Sequence[float]) -> Result:
    """The raw score that the user gives: within the legal range, and the same as that of the answers where they give one."""
    if result.status == "illegal_answer" or not legal[0] <= entry <= legal[1]:
        return Result(status="illegal_answer")
    if result.raw is None:
        return Result(raw=entry, flags={"raw_entered"})
    return result if result.raw == entry else Result(status="raw_disagrees")


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


# ---------------------------------------------------------------------------------------------- substitutes


def substituted(scale: Row, names: Sequence[str], there: Mapping[str, bool]) -> list[str]:
    """The members, those without a result replaced by the first of their substitutes that has one; each substitute once."""
    used: set[str] = set()
    found = []
    for name in names:
        others = [] if there[name] else scale.get("substitutes", {}).get(name, ())
        taken = next((other for other in others if there[other] and other not in used), None)
        used |= set() if taken is None else {taken}
        found.append(name if taken is None else taken)
    return found


def required_there(scale: Row, names: Sequence[str], stand_ins: Sequence[str], there: Mapping[str, bool]) -> bool:
    """Whether every required member, or what stands in for it, has a result."""
    return all(there[other] for name, other in zip(names, stand_ins, strict=True) if name in scale.get("required", ()))


# ---------------------------------------------------------------------------------------------- from items


def of_items(scale: Row, members: Mapping[str, Answer], child: Child) -> Result:
    """Raw score of a scale that names items."""
    names = list(members)
    spare = {name for others in scale.get("substitutes", {}).values() for name in others}
    there = {name: child.answers[name].points is not None for name in {*names, *spare}}
    stand_ins = substituted(scale, names, there)
    used = [child.answers[name] for name in stand_ins]
    asked = [*members.values(), *used]
    if "filter" in scale:
        asked.append(child.answers[scale["filter"]["item"]])
        if not any(answer.illegal for answer in asked) and asked[-1].points in scale["filter"]["points"]:
            return Result(raw=float(scale["filter"]["raw"]), flags=about(used, stand_ins != names))
    if any(answer.illegal for answer in asked):
        return Result(status="illegal_answer")
    if all(answer.points is None for answer in used):
        return Result(status="no_items")
    if not required_there(scale, names, stand_ins, there):
        return Result(status="too_few_items")
    result = combined(scale, used, child)
    if result.raw is not None:
        result.flags |= about(used, stand_ins != names)
    return result


def about(used: Sequence[Answer], substitutes: bool) -> set[str]:
    """Flags of the answers that a raw score is made of, whatever its method."""
    found = {"answers_set_aside"} if any(answer.set_aside for answer in used) else set()
    found |= {"estimated"} if any(answer.estimated for answer in used) else set()
    return found | ({"substituted"} if substitutes else set())


def combined(scale: Row, used: Sequence[Answer], child: Child) -> Result:
    """Points to a raw score by the method of the scale."""
    method = scale.get("raw", "sum")
    points = [answer.points for answer in used]
    if method in ABOUT_ANSWERS:
        return Result(raw=about_answers(method, used))
    if "runs" in scale:
        return by_runs(scale, used, child)
    if scale.get("administration") == "window":
        raw, _, left_out = window(points, [answer.highest for answer in used])
        return Result(raw=raw, flags={"items_missing"} if left_out else set())
    if "adjusted" in scale:
        return adjusted(points, child.tables[scale["adjusted"]])
    if method == "branch":
        return branched(scale, used, child)
    if "grade" in scale:
        grade = scale["grade"]
        rows = [{name: cell if name == "item" else number(cell) for name, cell in row.items()} for row in child.tables[grade["table"]]]
        names = item_names(scale, child)
        points = [
            None if child.age is None else by_items.graded(value, name, child.age, rows, grade["lowest"])
            for name, value in zip(names, points, strict=True)
        ]
    return by_rule(scale, points, used)


def about_answers(method: str, used: Sequence[Answer]) -> float:
    """Number of missing or estimated answers, or the longest run of equal ones."""
    if method == "n_missing":
        return float(sum(answer.points is None for answer in used))
    if method == "n_estimated":
        return float(sum(answer.estimated for answer in used))
    longest, run, before = 0, 0, None
    for answer in used:
        run = 0 if answer.code is None else run + 1 if answer.code == before else 1
        before = answer.code
        longest = max(longest, run)
    return float(longest)


def by_runs(scale: Row, used: Sequence[Answer], child: Child) -> Result:
    """From a basal to a ceiling."""
    rule = scale["runs"]
    start = child.tables[rule["start"]] if "start" in rule else []
    rows = [{"age_from": float(row["age_from"]), "age_to": float(row["age_to"]), "item": row["item"]} for row in start]
    points, most = [answer.points for answer in used], [answer.highest for answer in used]
    found = runs_score(points, most, rule, item_names(scale, child), child.age, rows)
    return Result(raw=found.raw, status=found.status, flags=set(found.flags))


def adjusted(points: Sequence[float | None], rows: Sequence[Row]) -> Result:
    """The table's score for the raw score of the answered items and the number of missing ones."""
    raw, missing = math.fsum(p for p in points if p is not None), sum(p is None for p in points)
    found = [float(row["adjusted"]) for row in rows if (float(row["raw"]), float(row["missing"])) == (raw, missing)]
    return Result(raw=found[0], flags={"prorated"} if missing else set()) if found else Result(status="too_few_items")


def branched(scale: Row, used: Sequence[Answer], child: Child) -> Result:
    """The one item that the way through the questions leads to."""
    codes = {name: answer.code for name, answer in child.answers.items()}
    worth = {name: answer.points for name, answer in child.answers.items()}
    ways = [(branch["item"], {float(code): to for code, to in branch.get("then", {}).items()}) for branch in scale["branches"]]
    raw, _, status = by_items.raw_branch(codes, worth, ways)
    return Result(raw=raw, status=status)


def stand_in_points(rule: Any, answer: Answer) -> float | None:
    """What an item without an answer counts by ``missing_as``."""
    if rule == "lowest":
        return answer.lowest
    return answer.median if rule == "median" else float(rule)


def by_rule(scale: Row, points: Sequence[float | None], used: Sequence[Answer]) -> Result:
    """Sum, mean, count, weighted, highest, lowest, percent or pairs, by the missing rule of the scale."""
    method, missing_as = scale.get("raw", "sum"), scale.get("missing_as")
    given = [place for place, value in enumerate(points) if value is not None]
    if not given:
        return Result(status="no_items")
    if method == "pair_differences":
        return pairs(scale, points)
    missing = len(given) < len(points)
    enough = by_items.enough(
        len(points), len(given), min_answered=scale.get("min_answered"), max_missing=scale.get("max_missing"), missing_as=missing_as
    )
    so_far = total(scale, points, used, given)
    decided = method in ("count", "max") and so_far >= scale.get("sufficient_at", math.inf)
    if not enough and not decided:
        return Result(status="too_few_items")
    if not missing:
        return Result(raw=so_far)
    if decided and missing_as is not None:
        return Result(raw=so_far, flags={"items_missing", "missing_counted_as_fail"})
    if missing_as is not None:
        filled = [stand_in_points(missing_as, answer) if p is None else p for p, answer in zip(points, used, strict=True)]
        flags = {"items_missing"} | ({"missing_counted_as_fail"} if missing_as != "median" else set())
        return Result(raw=total(scale, filled, used, range(len(points))), flags=flags)
    if scale.get("prorate"):
        return Result(raw=scaled_up(so_far, len(points), len(given), scale), flags={"prorated"})
    return Result(raw=so_far, flags={"items_missing"})


def scaled_up(value: float, n: int, known: int, scale: Row) -> float:
    """The mean of those there are, times their number."""
    value = value / known * n
    return half_up(value, 0) if scale.get("prorate_round") == "half_up" else value


def total(scale: Row, points: Sequence[float | None], used: Sequence[Answer], places: Sequence[int]) -> float:
    """The raw score of the items at ``places``, which all have points."""
    method, given = scale.get("raw", "sum"), [points[place] for place in places]
    if method == "count":
        return float(sum(1 for value in given if value >= scale["count_at_least"]))
    if method == "weighted":
        return math.fsum(scale["weights"][place] * points[place] for place in places)
    if method in ("max", "min"):
        return max(given) if method == "max" else min(given)
    if method == "percent":
        low, high = math.fsum(used[place].lowest for place in places), math.fsum(used[place].highest for place in places)
        return 100 * (math.fsum(given) - low) / (high - low)
    return math.fsum(given) / len(given) if method == "mean" else math.fsum(given)


def pairs(scale: Row, points: Sequence[float | None]) -> Result:
    """Sum of |a - b|."""
    names = list(scale.get("items") or dict.fromkeys(name for pair in scale["pairs"] for name in pair))
    value = dict(zip(names, points, strict=True))
    if any(value[name] is None for pair in scale["pairs"] for name in pair):
        return Result(status="too_few_items")
    return Result(raw=math.fsum(abs(value[a] - value[b]) for a, b in scale["pairs"]))


# ---------------------------------------------------------------------------------------------- from scales


def of_scales(scale: Row, child: Child) -> Result:
    """Raw score of a scale made of raw scores, derived scores or z of scales before it; with their flags."""
    kind = OF_SCALES[scale["raw"]]
    names = [name for name in scale["scales"] if given_at(child.scales[name], child.age)]
    if not names:
        return Result(status="not_at_age")
    spare = {name for others in scale.get("substitutes", {}).values() for name in others}
    there = {name: getattr(child.found[name], kind) is not None for name in {*names, *spare}}
    stand_ins = substituted(scale, names, there)
    weight = dict(zip(scale["scales"], scale.get("weights", [1.0] * len(scale["scales"])), strict=True))
    known = [(weight[name], child.found[other]) for name, other in zip(names, stand_ins, strict=True) if there[other]]
    limits = {"min_answered": scale.get("min_answered"), "max_missing": scale.get("max_missing")}
    enough = by_items.enough(len(names), len(known), **limits) and required_there(scale, names, stand_ins, there)
    if not known or not enough:
        why = common_status([child.found[name].raw_status if kind == "raw" else child.found[name].status for name in names])
        return Result(status="member_missing" if why == "ok" else why)
    values = [(w, getattr(result, kind)) for w, result in known]
    flags = set().union(*(result.raw_flags if kind == "raw" else result.flags for _, result in known))
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
