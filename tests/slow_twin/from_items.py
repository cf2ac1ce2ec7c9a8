"""Raw score of a scale that names items, for one child. Choices where the text leaves one are told in ``measures``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from . import raw as by_items
from .answers import Answer, number
from .results import Child, Result, Row, item_names, required_there, scaled_up, substituted
from .runs import RunScore, runs_score
from .scales import window

ABOUT_ANSWERS = ("n_missing", "n_estimated", "longest_same")


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
        return Result(status="too_few_items" if any(answer.tried for answer in used) else "no_items")
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
        result = by_rule(scale, points, used)
        rows = [{name: cell if name == "item" else number(cell) for name, cell in row.items()} for row in child.tables[scale["grade"]["table"]]]
        why = no_grade(child, rows)
        if result.raw is None or why:
            return Result(status=why if result.raw is not None else result.status)
        points = [
            by_items.graded(value, name, child.age, rows, scale["grade"]["lowest"])
            for name, value in zip(item_names(scale, child), points, strict=True)
        ]
    return by_rule(scale, points, used)


def no_grade(child: Child, rows: Sequence[Row]) -> str:
    """Why the child's age has no thresholds; empty where it has."""
    if child.age is None:
        return child.no_age or "age_missing"
    if child.age < min(row["age_from"] for row in rows):
        return "below_age"
    return "above_age" if child.age >= max(row["age_to"] for row in rows) else ""


def about_answers(method: str, used: Sequence[Answer]) -> float:
    """Number of missing or estimated answers, or the longest run of equal ones."""
    if method == "n_missing":
        return float(sum(answer.points is None for answer in used))
    if method == "n_estimated":
        return float(sum(answer.estimated for answer in used))
    longest, run, before = 0, 0, None
    for answer in used:
        said = None if answer.points is None else answer.code if answer.given is None else answer.given
        run = 0 if said is None else run + 1 if said == before else 1
        before = said
        longest = max(longest, run)
    return float(longest)


def by_runs(scale: Row, used: Sequence[Answer], child: Child) -> Result:
    """From a basal to a ceiling."""
    found = run_of(scale, used, child)
    return Result(raw=found.raw, status=found.status, flags=set(found.flags))


def run_trace(scale: Row, child: Child) -> list[tuple[str, float | None, float | None, float | None, str]]:
    """Item, code as answered, points, what counts of them, and why, for each item of a scale with a basal and a ceiling.

    Choices: what counts for nothing counts 0; a code that is no answer is told where nothing counts in its place.
    """
    names = item_names(scale, child)
    used = [child.answers[name] for name in names]
    return [
        (name, answer.given, answer.points, COUNTED[word](answer), how(answer, word))
        for name, answer, word in zip(names, used, run_of(scale, used, child).trace, strict=True)
    ]


COUNTED = {
    "scored": lambda answer: answer.points, "credited": lambda answer: answer.highest, "overridden": lambda answer: answer.highest,
    "not_counted": lambda answer: 0.0, "beyond": lambda answer: 0.0, "gap": lambda answer: None, "not_given": lambda answer: None,
}  # fmt: skip


def how(answer: Answer, word: str) -> str:
    """The word of a trace."""
    if answer.illegal:
        return "illegal answer"
    if answer.points is None and answer.given is not None and word in ("gap", "not_given", "beyond"):
        return "set aside: no answer that counts"
    return word.replace("_", " ")


def run_of(scale: Row, used: Sequence[Answer], child: Child) -> RunScore:
    """Raw score and trace."""
    rule = scale["runs"]
    start = child.tables[rule["start"]] if "start" in rule else []
    rows = [{"age_from": float(row["age_from"]), "age_to": float(row["age_to"]), "item": row["item"]} for row in start]
    points, most = [answer.points for answer in used], [answer.highest for answer in used]
    return runs_score(points, most, rule, item_names(scale, child), child.age, rows)


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
