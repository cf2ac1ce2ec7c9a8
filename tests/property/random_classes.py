"""Scales with classes of a random instrument, graded and branched ones among them, and composites of their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from property.random_instruments import Draw, Drawn

Row = dict[str, Any]
BANDS = ("low", "middle", "high")
AGES = ([("24", "36"), ("36", "60")], [("18", "66")], [("24", "48")])


def scales_composites(choose: Draw, drawn: Drawn) -> None:
    """Scales with classes, one of them graded by age, one that follows its branches."""
    names = [row["item"] for row in drawn.items]
    scales = [choose.pick([graded, branched, plain])(choose, drawn, names, f"part{place}") for place in range(choose.integer(2, 4))]
    for scale in scales:
        low, high = (1, 3) if "grade" in scale else (0, 4) if "branches" in scale else drawn.raw_range(scale)
        cuts = sorted({choose.integer(low, high), choose.integer(low, high)})
        norm: Row = {"scales": [scale["id"]], "group": "moon", "method": "cuts", "cuts": {"bands": list(BANDS[: len(cuts) + 1]), "at_least": cuts}}
        drawn.pack["norms"] += [norm] if choose.chance(90) else []
    drawn.instrument["scales"] += scales


def plain(choose: Draw, drawn: Drawn, names: list[str], name: str) -> Row:
    """A sum."""
    return {"id": name, "domain": "social", "items": choose.some(names, 1, 4)} | choose.pick([{}, {"min_answered": 1}])


def graded(choose: Draw, drawn: Drawn, names: list[str], name: str) -> Row:
    """The mean of grades by age."""
    members = choose.some(names, 1, 4)
    table = f"grades_{name}.csv"
    drawn.tables[table] = [
        {"item": item, "age_from": start, "age_to": stop, "code": code, "at_least": str(least)}
        for start, stop in choose.pick(AGES) for item in members
        for code, least in (("2", choose.pick([0, 1])), ("3", choose.pick([1.5, 2])))
    ]  # fmt: skip
    rule = choose.pick([{}, {"min_answered": 1}, {"max_missing": 0.5}])
    return {"id": name, "domain": "social", "items": members, "raw": choose.pick(["mean", "sum"]), "grade": {"table": table, "lowest": 1}} | rule


def branched(choose: Draw, drawn: Drawn, names: list[str], name: str) -> Row:
    """One item by the answers to others."""
    legal = [row["item"] for row in drawn.items if "legal" in drawn.instrument["options"][row["options"]]]
    firsts = choose.some(legal or names, 1, 2)
    branches = []
    for item in firsts:
        codes = next(drawn.instrument["options"][row["options"]] for row in drawn.items if row["item"] == item).get("legal", [0, 1])
        others = [other for other in names if other != item]
        branches.append({"item": item, "then": {str(code): choose.pick(others) for code in choose.some(codes, 0)}})
    return {"id": name, "domain": "social", "raw": "branch", "branches": branches}


def after_composites(choose: Draw, drawn: Drawn) -> None:
    """Composites of every scale that has classes."""
    told = [name for norm in drawn.pack["norms"] if has_classes(drawn, norm) for name in norm["scales"]]
    parts = [scale["id"] for scale in drawn.instrument["scales"] if scale["id"] in told or scale["id"].startswith("part")]
    drawn.instrument["composites"] = []
    for place in range(choose.integer(1, 2) if len(parts) > 1 else 0):
        levels: list[Row] = []
        for name in ("red", "amber", "green")[: choose.integer(1, 3)]:
            when = [
                {"band": band} | choose.pick([{"at_least": choose.integer(1, 2)}, {"at_most": choose.integer(0, 2)}, {"at_least": 1, "at_most": 1}])
                for band in choose.some(BANDS, 0, 2)
            ]
            levels.append({"band": name, "when": when} | choose.pick([{}, {"needs_all": True}]))
        members = choose.some(parts, 2)
        rule: Row = {"id": f"class{place}", "domain": "general", "members": members, "levels": levels}
        rule |= choose.pick([{}, {"min_members": choose.integer(1, len(members))}]) | choose.pick([{}, {}, {"use": "research"}])
        drawn.instrument["composites"].append(rule)


def has_classes(drawn: Drawn, norm: Row) -> bool:
    """Whether a norm gives classes beside scores or in place of them."""
    rows = drawn.tables.get(norm.get("table", ""), [{}])
    return norm["method"] == "cuts" or "descriptions" in norm or "band" in rows[0]
