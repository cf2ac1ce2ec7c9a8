"""Answers of one child to points, by ``[options]`` of instrument.toml and the rows of items.csv (all cells text)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .recode import reverse

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """One answer, or the value of a derived item.

    points : None where there is no answer. code : what was answered, where it is legal; given : also where it is another declared code.
    lowest, highest : what the item can earn. tried : of a derived item, that one of its sources has points, whatever came of it.
    """

    lowest: float
    highest: float
    points: float | None = None
    code: float | None = None
    illegal: bool = False
    estimated: bool = False
    set_aside: bool = False
    median: float | None = None
    given: float | None = None
    tried: bool = False


def number(cell: Any) -> float | None:
    """A cell of a table as a number; None where it is empty or not there."""
    return None if cell is None or cell == "" else float(cell)


def code_of(given: Any, options: Row) -> float | None:
    """The code of an answer that may be a word; None where it is neither (which is illegal)."""
    words = {word.lower(): float(code) for word, code in options.get("labels", {}).items()}
    if isinstance(given, str):
        return words.get(given.strip().lower())
    missing = [float(code) for code in options.get("missing", {})]
    return float(given) if not options.get("labels_only") or given in missing else None


def ends(options: Row) -> tuple[float, float]:
    """The fewest and the most points that a legal answer earns."""
    worth = options.get("range") or options.get("points") or options["legal"]
    return float(min(worth)), float(max(worth))


def answered(item: Row, options: Row, given: Any, age: float | None) -> Answer:
    """The answer of one item. What is missing has no points, but for ``missing_points``; what is illegal stays so at every age."""
    lowest, highest = ends(options)
    median = number(item.get("median"))
    nothing = Answer(lowest, highest, median=median)
    if given is None or given != given:
        return nothing
    code = code_of(given, options)
    missing = [float(name) for name in options.get("missing", {})]
    estimates = {float(name): float(legal) for name, legal in options.get("estimated", {}).items()}
    if code is None:
        return Answer(lowest, highest, illegal=True, median=median)
    if code in missing:
        points = missing_points(code, options)
        missed = Answer(lowest, highest, points, median=median, given=code)
        return missed if points is None else aged(missed, item, age)
    estimated = code in estimates
    stands_for = estimates.get(code, code)
    points = points_of(stands_for, options, item.get("reverse") == "yes")
    if points is None:
        return Answer(lowest, highest, illegal=True, median=median)
    return aged(Answer(lowest, highest, points, stands_for, estimated=estimated, median=median, given=code), item, age)


def missing_points(code: float, options: Row) -> float | None:
    """What a missing code earns: one number for all, or a number for some of them."""
    rule = options.get("missing_points")
    if isinstance(rule, Mapping):
        return next((float(points) for name, points in rule.items() if float(name) == code), None)
    return None if rule is None else float(rule)


def points_of(code: float, options: Row, turned: bool) -> float | None:
    """Points of a legal code, keyed the other way where the item is; None where it is not legal."""
    if "range" in options:
        low, high = options["range"]
        return code if low <= code <= high and (not options.get("whole") or code == math.floor(code)) else None
    legal = [float(value) for value in options["legal"]]
    if code not in legal:
        return None
    points = float((options.get("points") or legal)[legal.index(code)])
    return reverse(points, *ends(options)) if turned else points


def aged(answer: Answer, item: Row, age: float | None) -> Answer:
    """The answer, set aside where the item does not count at the child's age."""
    low, high = number(item.get("age_from")), number(item.get("age_to"))
    if age is None or ((low is None or age >= low) and (high is None or age < high)):
        return answer
    return Answer(answer.lowest, answer.highest, set_aside=True, median=answer.median, given=answer.given)


def all_answers(instrument: Row, items: Sequence[Row], responses: Mapping[str, Any], age: float | None) -> dict[str, Answer]:
    """Every item of items.csv by its code."""
    return {row["item"]: answered(row, instrument["options"][row["options"]], responses.get(row["item"]), age) for row in items}
