"""Random small instruments with norms, as the plain parts that a pack is written from, and random children who take them.

An instrument is drawn with one or more features; :data:`FEATURES` are those that are tried, and each function that adds one is
named after it. Tables may lack raw scores, and children may do as they please.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from property import random_features as features
from property.random_norms import norm_of
from slow_twin.answers import Answer, ends
from slow_twin.derived_items import can_earn, points_rows
from slow_twin.measures import computed_range

Row = dict[str, Any]
FEATURES = (
    "items", "windows", "scales_of_scales", "strata", "dates", "codes", "derived", "missing", "ages", "validity", "printed", "halves",
    "sessions", "runs", "new_runs", "age_not_required", "item_ages", "limits", "half_width_ends", "medians", "scores", "outside", "entered",
    "taylor", "percents", "descriptions", "composites", "comparisons",
)  # fmt: skip
"""Features of instruments that twin and library are compared on, in the order in which they are added. Every instrument has a few
scales of items, with norms of the common methods, beside them."""

FROM, BELOW = 24, 60


class Draw:
    """Choices of a strategy, each towards the first as an example is made smaller."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.draw(st.integers(low, high)))

    def pick(self, among: Sequence[Any]) -> Any:
        """One of them."""
        return among[self.integer(0, len(among) - 1)]

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.integer(0, 99) >= 100 - percent

    def some(self, among: Sequence[Any], at_least: int = 1, at_most: int | None = None) -> list[Any]:
        """Some of them, in their order."""
        n = self.integer(at_least, len(among) if at_most is None else min(at_most, len(among)))
        left = list(range(len(among)))
        return [among[place] for place in sorted(left.pop(self.integer(0, len(left) - 1)) for _ in range(n))]


@dataclass
class Drawn:
    """An instrument and its norms: parts of TOML files, rows of CSV files."""

    instrument: Row
    items: list[Row]
    pack: Row
    tables: dict[str, list[Row]] = field(default_factory=dict)
    features: tuple[str, ...] = ()

    def answer(self, name: str) -> Answer:
        """An item or derived item without an answer: what it can earn."""
        for row in self.items:
            if row["item"] == name:
                return Answer(*ends(self.instrument["options"][row["options"]]))
        rule = next(rule for rule in self.instrument["derived_items"] if rule["id"] == name)
        return Answer(*can_earn(rule, [self.answer(source) for source in rule["from"]], points_rows(rule, self.tables)))

    def raw_range(self, scale: Row) -> tuple[int, int]:
        """About the lowest and highest raw score of a scale, whole, and not too many between."""
        if "scales" in scale or "branches" in scale:
            return 0, 20
        names = scale.get("items") or list(dict.fromkeys(name for pair in scale["pairs"] for name in pair))
        low, high = computed_range(scale, [self.answer(name) for name in names])
        return max(int(low), -20), min(int(high), 40)


@st.composite
def instruments(draw: Callable[[Any], Any], wanted: Sequence[str]) -> Drawn:
    """An instrument with the features, scales and norms."""
    choose = Draw(draw)
    drawn = blank(choose, tuple(wanted))
    for name in wanted:
        getattr(features, f"before_{name}", nothing)(choose, drawn)
    for number in range(choose.integer(1, 3)):
        drawn.instrument["scales"].append(simple_scale(choose, drawn, f"s{number}"))
    for name in wanted:
        getattr(features, f"scales_{name}", nothing)(choose, drawn)
    for scale in drawn.instrument["scales"]:
        scale.setdefault("higher_is", choose.pick(["more_able", "less_able"]))
        told = any(scale["id"] in norm["scales"] for norm in drawn.pack["norms"])
        norm = None if told or choose.chance(5) else norm_of(choose, drawn, scale)
        drawn.pack["norms"] += [] if norm is None else [norm]
    for name in wanted:
        getattr(features, f"after_{name}", nothing)(choose, drawn)
    return drawn


def nothing(choose: Draw, drawn: Drawn) -> None:
    """A feature that adds nothing at this point."""


def blank(choose: Draw, wanted: tuple[str, ...]) -> Drawn:
    """Option sets, items and the pack's head; no scales yet."""
    options: Row = {
        "two": {"legal": [0, 1], "missing": {"9": "missing"}},
        "three": {"legal": [0, 1, 2], "missing": {"8": "not_applicable", "9": "refused"}},
        "odd": {"legal": [1, 2, 3, 4], "points": [0, 2, 1, 5], "labels": {"never": 1, "always": 4}},
    }
    if choose.chance(20):
        options["three"]["missing_points"] = choose.pick([0, 1])
    items = [{"item": f"i{place + 1}", "options": choose.pick(["two", "three", "odd"]), "domain": ""} for place in range(choose.integer(4, 10))]
    if choose.chance(50):
        for row in items:
            row["reverse"] = "yes" if choose.chance(30) else ""
    instrument = {
        "schema": 1, "id": "drawn", "name": "Drawn", "summary": "Drawn by chance.", "informants": ["parent"], "rights": "Invented.",
        "options": options, "scales": [],
    }  # fmt: skip
    pack = {
        "schema": 1, "instrument": "drawn", "edition": "1", "version": "1.0.0", "title": "Drawn by chance", "status": "synthetic", "kind": "normed",
        "intended_use": "Tests of the library only.", "licence": {"figures": "Invented", "evidence": "Invented"},
        "age": {"unit": "months", "convention": "ymd_calendar", "use": choose.pick(["exact", "completed"])},
        "strata": {"sex": {"values": ["male", "female"], "aliases": {"m": "male"}}},
        "norm_groups": [{"id": "moon", "label": "Nobody"}], "default_group": "moon", "norms": [],
    }  # fmt: skip
    if choose.chance(70):
        pack["age"] |= {"from": FROM, "below": BELOW}
    return Drawn(instrument, items, pack, features=wanted)


def simple_scale(choose: Draw, drawn: Drawn, name: str) -> Row:
    """A sum, mean, count or the like of some items, with a missing rule or none."""
    members = choose.some([row["item"] for row in drawn.items])
    scale: Row = {"id": name, "domain": "general", "items": members}
    scale["raw"] = choose.pick(["sum", "mean", "count", "weighted", "max", "min"])
    if scale["raw"] == "count":
        scale["count_at_least"] = choose.pick([1, 2])
    if scale["raw"] == "weighted":
        scale["weights"] = [choose.pick([1, 2, 0.5]) for _ in members]
    rule = choose.integer(0, 3)
    if rule == 1:
        scale["min_answered"] = choose.integer(1, len(members))
    if rule == 2:
        scale["max_missing"] = choose.pick([0.25, 0.5])
    if rule == 3:
        scale["missing_as"] = choose.pick([0, 1])
    if rule in (1, 2) and scale["raw"] in ("sum", "count", "weighted") and choose.chance(50):
        scale |= {"prorate": True, "prorate_round": choose.pick(["none", "half_up"])}
    if choose.chance(20):
        scale["decimals"] = choose.integer(0, 1)
    return scale


# ---------------------------------------------------------------------------------------------- files


def inline(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {inline(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(part) for part in value) + "]"
    return json.dumps(value)


def write_toml(path: Path, content: Mapping[str, Any]) -> None:
    """A document of one line a key."""
    path.write_text("".join(f"{key} = {inline(value)}\n" for key, value in content.items()), encoding="utf-8")


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Rows with the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write(drawn: Drawn, place: Path) -> None:
    """The pack as a directory."""
    (place / "tables").mkdir(parents=True)
    write_toml(place / "instrument.toml", drawn.instrument)
    write_toml(place / "pack.toml", drawn.pack)
    files = {"items.csv": drawn.items} | {name if name == "psychometrics.csv" else f"tables/{name}": rows for name, rows in drawn.tables.items()}
    for name, rows in files.items():
        write_csv(place / name, rows)
    how = {"source": "none", "place": "none", "read": "2026-11-26", "transcribed": "invented", "checked": "against nothing"}
    entries = [{"file": name} | how for name in [*files, "pack.toml"]]
    write_toml(place / "SOURCES.toml", {"schema": 1, "sources": {"none": {"citation": "Invented for the tests of this library."}}, "tables": entries})
