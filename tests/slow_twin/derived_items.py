"""[[derived_items]]: items made of other items, for one child.

Choices where the text leaves one: ``in_time`` needs both of its items; with ``enough_at`` a trial
that is missing and not made unnecessary leaves no value; the first trial that reaches ``enough_at`` stands for the missing
ones after it; a derived item is estimated (its answers set aside) where a source is; what it can earn follows from what its
sources can earn, or from the points of its table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .answers import Answer, number
from .scales import in_range

Row = Mapping[str, Any]
Values = Sequence[float | None]


def derived(
    rules: Sequence[Row],
    answers: Mapping[str, Answer],
    tables: Mapping[str, Sequence[Row]],
    strata: Mapping[str, str | None],
    values: Mapping[str, Sequence[str]],
) -> dict[str, Answer]:
    """The items and the derived items, by name. ``strata``: the child's; ``values``: those that each stratum has, in their order."""
    known = dict(answers)
    for rule in rules:
        sources = [known[name] for name in rule["from"]]
        known[rule["id"]] = derived_item(rule, sources, tables, strata, values)
    return known


def derived_item(
    rule: Row, sources: Sequence[Answer], tables: Mapping[str, Sequence[Row]], strata: Mapping[str, Any], values: Mapping[str, Any]
) -> Answer:
    """One derived item."""
    rows = points_rows(rule, tables)
    lowest, highest = can_earn(rule, sources, rows)
    if any(source.illegal for source in sources):
        return Answer(lowest, highest, illegal=True)
    value = taken(rule, [source.points for source in sources], strata, values)
    if value is not None and "points" in rule:
        value = next((row["points"] for row in rows if in_range(value, row)), None)
    estimated = value is not None and any(source.estimated for source in sources)
    set_aside, tried = any(source.set_aside for source in sources), any(source.points is not None or source.tried for source in sources)
    return Answer(lowest, highest, value, value, estimated=estimated, set_aside=set_aside, tried=tried)


def points_rows(rule: Row, tables: Mapping[str, Sequence[Row]]) -> list[dict[str, float | None]]:
    """The ranges of the item, as numbers; a file with a column ``item`` serves many."""
    rows = tables[rule["points"]] if "points" in rule else []
    mine = [row for row in rows if "item" not in row or row["item"] == rule["id"]]
    return [{name: number(cell) for name, cell in row.items() if name != "item"} for row in mine]


def taken(rule: Row, points: Values, strata: Mapping[str, Any], values: Mapping[str, Any]) -> float | None:
    """The value before it is turned into points; None where it is missing."""
    how = rule["take"]
    if how == "by_stratum":
        mine = strata.get(rule["by"])
        return None if mine is None else points[list(values[rule["by"]]).index(mine)]
    if how == "all_at_least":
        return all_at_least(points, rule["at_least"])
    if "enough_at" in rule:
        points = filled(points, rule["enough_at"])
        if None in points:
            return None
    given = [value for value in points if value is not None]
    if not given:
        return None
    if how in ("highest", "lowest"):
        return max(given) if how == "highest" else min(given)
    if how in ("first", "last"):
        return given[0] if how == "first" else given[-1]
    if how == "mean":
        return math.fsum(given) / len(given)
    return None if len(given) < len(points) else of_all(rule, given)


def of_all(rule: Row, given: Sequence[float]) -> float | None:
    """What needs every item."""
    how = rule["take"]
    if how == "sum":
        return math.fsum(given)
    if how == "count_at_least":
        return float(sum(1 for value in given if value >= rule["at_least"]))
    first, second = given
    if how == "in_time":
        return first if second <= rule["limit"] else 0.0
    if how == "difference":
        return first - second
    return None if second == 0 else first / second


def all_at_least(points: Values, least: float) -> float | None:
    """1 where every item reaches it, 0 as soon as one does not, None while neither is known."""
    if any(value is not None and value < least for value in points):
        return 0.0
    return None if any(value is None for value in points) else 1.0


def filled(points: Values, enough_at: float) -> list[float | None]:
    """Trials after the first that is enough count as that one where they are missing."""
    enough: float | None = None
    found: list[float | None] = []
    for value in points:
        if enough is None and value is not None and value >= enough_at:
            enough = value
        found.append(enough if value is None else value)
    return found


def can_earn(rule: Row, sources: Sequence[Answer], rows: Sequence[Row]) -> tuple[float, float]:
    """The fewest and the most points of the derived item."""
    if rows:
        worth = [row["points"] for row in rows]
        return min(worth), max(worth)
    lows, highs = [source.lowest for source in sources], [source.highest for source in sources]
    how = rule["take"]
    if how == "sum":
        return math.fsum(lows), math.fsum(highs)
    if how == "all_at_least":
        return 0.0, 1.0
    if how == "count_at_least":
        return 0.0, float(len(sources))
    if how == "in_time":
        return min(0.0, lows[0]), max(0.0, highs[0])
    if how == "difference":
        return lows[0] - highs[1], highs[0] - lows[1]
    if how == "ratio":
        quotients = [a / b for a in (lows[0], highs[0]) for b in (lows[1], highs[1]) if b != 0]
        return min(quotients, default=-math.inf), max(quotients, default=math.inf)
    return min(lows), max(highs)
