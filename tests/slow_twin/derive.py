"""Raw score to derived score or class by table, and classes to a composite class. Places between percentiles: places.py."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .scales import in_range

Row = Mapping[str, Any]


def rows_at(
    rows: Sequence[Row], age: float | None = None, strata: Mapping[str, str | None] | None = None
) -> tuple[list[Row], str]:
    """The rows of one norm group: every stratum equal, age within the half-open band [age_from, age_to).

    Status, the first that holds: age_missing (of a table with ages), stratum_missing, below_age, above_age, not_normed (a hole between bands), else ok.
    """
    strata = strata or {}
    if age is None and "age_from" in rows[0]:
        return [], "age_missing"
    if any(value is None for value in strata.values()):
        return [], "stratum_missing"
    mine = [row for row in rows if all(row[name] == value for name, value in strata.items())]
    if not mine:
        return [], "not_normed"
    if "age_from" not in mine[0]:
        return mine, "ok"
    assert age is not None
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
    """The score or band (``result`` names the column) of the range that holds the raw score; its ends as in :func:`in_range`."""
    here, status = rows_at(rows, age, strata)
    if status != "ok":
        return None, status
    found = [row[result] for row in here if in_range(raw, row)]
    return (found[0], "ok") if found else (None, "raw_out_of_table")


def cut_band(raw: float, bands: Sequence[str], at_least: Sequence[float]) -> str:
    """bands[0] below at_least[0]; bands[i + 1] from at_least[i] on."""
    return bands[sum(1 for cut in at_least if raw >= cut)]


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
