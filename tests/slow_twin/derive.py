"""Raw score to derived score or class by table, and classes to a composite class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def rows_at(
    rows: Sequence[Row], age: float | None = None, strata: Mapping[str, str | None] | None = None
) -> tuple[list[Row], str]:
    """The rows of one norm group: every stratum equal, age within the half-open band [age_from, age_to).

    Status: stratum_missing, age_missing, below_age, above_age, not_normed (a hole between bands), else ok.
    """
    strata = strata or {}
    if any(value is None for value in strata.values()):
        return [], "stratum_missing"
    mine = [row for row in rows if all(row[name] == value for name, value in strata.items())]
    if not mine:
        return [], "not_normed"
    if "age_from" not in mine[0]:
        return mine, "ok"
    if age is None:
        return [], "age_missing"
    if age < min(row["age_from"] for row in mine):
        return [], "below_age"
    if age >= max(row["age_to"] for row in mine):
        return [], "above_age"
    found = [row for row in mine if row["age_from"] <= age < row["age_to"]]
    return found, "ok" if found else "not_normed"


def lookup(
    raw: float, rows: Sequence[Row], age: float | None = None, strata: Mapping[str, str | None] | None = None
) -> tuple[Any, str]:
    """The score printed beside the raw score; raw_out_of_table where no row has it."""
    here, status = rows_at(rows, age, strata)
    if status != "ok":
        return None, status
    found = [row["score"] for row in here if row["raw"] == raw]
    return (found[0], "ok") if found else (None, "raw_out_of_table")


def ranges(
    raw: float,
    rows: Sequence[Row],
    result: str,
    age: float | None = None,
    strata: Mapping[str, str | None] | None = None,
) -> tuple[Any, str]:
    """The score or band (``result`` names the column) of the range that holds the raw score.

    Rows with raw_min, raw_max include both ends; rows with raw_from, raw_below include the first only. An absent
    (None) end is open.
    """
    here, status = rows_at(rows, age, strata)
    if status != "ok":
        return None, status
    for row in here:
        low = row["raw_min"] if "raw_min" in row else row["raw_from"]
        if low is not None and raw < low:
            continue
        if "raw_min" in row:
            inside = row["raw_max"] is None or raw <= row["raw_max"]
        else:
            inside = row["raw_below"] is None or raw < row["raw_below"]
        if inside:
            return row[result], "ok"
    return None, "raw_out_of_table"


def cut_band(raw: float, bands: Sequence[str], at_least: Sequence[float]) -> str:
    """bands[0] below at_least[0]; bands[i + 1] from at_least[i] on."""
    return bands[sum(1 for cut in at_least if raw >= cut)]


def percentile_cell(
    y: float, anchors: Sequence[float], values: Sequence[float]
) -> tuple[float | None, float | None, float | None]:
    """(lower anchor, upper anchor, percentile interpolated between them).

    Lower: highest anchor whose value is at or below y; upper: lowest anchor whose value is above y. A y on an anchor is
    at that percentile (the highest of equal ones). Outside the anchors one neighbour and the percentile are None, save
    that the highest anchor itself is met exactly.
    """
    under = [i for i, value in enumerate(values) if value <= y]
    over = [i for i, value in enumerate(values) if value > y]
    lower = anchors[under[-1]] if under else None
    upper = anchors[over[0]] if over else None
    if not under:
        return None, upper, None
    i = under[-1]
    if values[i] == y:
        return lower, upper, anchors[i]
    if not over:
        return lower, None, None
    j = over[0]
    return lower, upper, anchors[i] + (y - values[i]) / (values[j] - values[i]) * (anchors[j] - anchors[i])


def composite(
    bands: Mapping[str, str | None], levels: Sequence[Mapping[str, Any]], min_members: int = 1
) -> tuple[str | None, str]:
    """The first level whose conditions all hold: so many members in a band, at least and at most.

    ``levels``: {"band": ..., "when": [{"band": ..., "at_least": 0, "at_most": None}, ...], "needs_all": False}. A
    member without a band (None) counts in no band; a level with needs_all holds only if no member is missing. Fewer
    than ``min_members`` members, or no level that holds: member_missing.
    """
    present = [band for band in bands.values() if band is not None]
    if len(present) < min_members:
        return None, "member_missing"
    for level in levels:
        if level.get("needs_all", False) and len(present) < len(bands):
            continue
        if all(
            condition.get("at_least", 0)
            <= sum(1 for band in present if band == condition["band"])
            <= (math.inf if condition.get("at_most") is None else condition["at_most"])
            for condition in level.get("when", ())
        ):
            return level["band"], "ok"
    return None, "member_missing"
