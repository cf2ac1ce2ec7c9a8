"""What the steps of scoring a child hand on: results, what a scale may ask for, and members that stand in for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .answers import Answer
from .metric import half_up

Row = Mapping[str, Any]


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
    """Everything that a scale may ask for: answers by item, age in the pack's unit, strata, scales before this one."""

    answers: Mapping[str, Answer]
    age: float | None
    strata: Mapping[str, str | None]
    tables: Mapping[str, Sequence[Row]]
    items: Sequence[Row]
    found: dict[str, Result]
    scales: Mapping[str, Row]
    no_age: str = ""


def item_names(scale: Row, child: Child) -> list[str]:
    """Codes of the items of a scale, in order."""
    if "branches" in scale:
        return list(dict.fromkeys(name for branch in scale["branches"] for name in (branch["item"], *branch.get("then", {}).values())))
    beside = {other[key] for other in child.scales.values() for key in ("total", "error") if key in other}
    asked = [row for row in child.items if row["item"] not in beside]
    if "items_domain" in scale:
        return [row["item"] for row in asked if row["domain"] == scale["items_domain"]]
    if scale.get("items") == "all":
        return [row["item"] for row in asked]
    return list(scale.get("items") or dict.fromkeys(name for pair in scale["pairs"] for name in pair))


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


def scaled_up(value: float, n: int, known: int, scale: Row) -> float:
    """The mean of those there are, times their number."""
    value = value / known * n
    return half_up(value, 0) if scale.get("prorate_round") == "half_up" else value
