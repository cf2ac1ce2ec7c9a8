"""A whole instrument for one child: answers, derived items, scales in their order, norms, classes of classes.

:func:`score_child` reads what a pack is written from: ``instrument`` and ``pack`` as tomllib gives them, items.csv and tables as rows of
text, and a child as a record of the library (``age_months`` or dates, strata by name, ``responses``).
The first thing that stands in the way is the status: the answers, the trust in them, the age, the norm group, the table.
Choices where the text leaves one: a stratum of ``[only]`` that is not known is missing; a composite of classes is flagged for members without a
class, and not for what its members are flagged for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from .age import PackAge, pack_age
from .answers import all_answers
from .by_formula import needs_age
from .contrasts import Contrast, Scores, contrasts
from .derive import composite
from .derived_items import derived
from .measures import measured
from .norming import Place, normed
from .results import Child, Result
from .scales import common_status

Row = Mapping[str, Any]
UNITS = ("days", "months", "years")


def score_child(instrument: Row, items: Sequence[Row], pack: Row, tables: Mapping[str, Sequence[Row]], child: Row) -> dict[str, Result]:
    """Every scale and composite of the default norm group, by id. ``tables`` by file name, psychometrics.csv among them."""
    age, problem = age_of(pack["age"], child)
    world = child_of(instrument, items, pack, tables, child)
    norms = norms_of(pack)
    for name, scale in world.scales.items():
        result = measured(scale, world)
        result.raw_flags, result.raw_status = set(result.flags), result.status
        if result.raw is not None and result.status == "ok":
            derive(scale, norms.get(name), result, pack, age, problem, world)
        if result.status != "ok":
            kept = set(result.raw_flags) if result.raw is not None else set()
            result = Result(raw=result.raw, status=result.status, flags=kept, raw_flags=kept, raw_status=result.raw_status)
        elif scale.get("use") == "research":
            result.flags.add("research_use")
        world.found[name] = result
    for rule in instrument.get("composites", ()):
        members = [world.found[name] for name in rule["members"]]
        bands = {name: world.found[name].band for name in rule["members"]}
        band, status = composite(bands, rule["levels"], rule.get("min_members", 1))
        flags: set[str] = set()
        if band is None:
            why = common_status([member.status for member in members])
            status = "member_missing" if why == "ok" else why
        else:
            flags |= {"items_missing"} if None in bands.values() else set()
            flags |= {"research_use"} if rule.get("use") == "research" else set()
        world.found[rule["id"]] = Result(band=band, status=status, flags=flags)
    return world.found


def child_of(instrument: Row, items: Sequence[Row], pack: Row, tables: Mapping[str, Sequence[Row]], child: Row) -> Child:
    """Answers and items made of them, age and strata of a child; no scale is scored yet. Items and scales are those of the nearest
    age where its norms are taken."""
    age, problem = age_of(pack["age"], child)
    scored_age = Place(age.age, {}, pack["age"].get("outside", "refuse"), None, ages_of(pack["age"])).nearest
    told = {"sex": child.get("sex")} | child.get("strata", {})
    strata = {name: stratum_of(rule, told.get(name)) for name, rule in pack.get("strata", {}).items()}
    values = {name: rule["values"] for name, rule in pack.get("strata", {}).items()}
    answers = all_answers(instrument, items, child.get("responses", {}), scored_age)
    known = derived(instrument.get("derived_items", ()), answers, tables, strata, values)
    return Child(known, scored_age, strata, tables, items, {}, {scale["id"]: scale for scale in instrument["scales"]}, problem)


def norms_of(pack: Row) -> dict[str, Row]:
    """The norms of the default group by scale."""
    return {name: norm for norm in pack.get("norms", ()) if norm.get("group", "default") == pack["default_group"] for name in norm["scales"]}


def contrasts_of(instrument: Row, items: Sequence[Row], pack: Row, tables: Mapping[str, Sequence[Row]], child: Row) -> dict[tuple[str, str, str], Contrast]:
    """Every difference that the pack compares: by comparison, scale and other."""
    world = child_of(instrument, items, pack, tables, child)
    found = score_child(instrument, items, pack, tables, child)
    scores = Scores(found, norms_of(pack), tables, Place(world.age, world.strata, pack["age"].get("outside", "refuse"), None, ages_of(pack["age"])))
    return {(rule["id"], *pair): one for rule in pack.get("comparisons", ()) for pair, one in contrasts(rule, scores).items()}


def derive(
    scale: Row, norm: Row | None, result: Result, pack: Row, age: PackAge, problem: str, child: Child
) -> None:
    """The derived score of a scale that has a raw score, if nothing forbids it."""
    rule = pack["age"]
    outside = rule.get("outside", "refuse")
    keyed_by_age = norm is None or needs_age(norm, child.tables)
    beyond = beyond_ages(rule, age.age)
    if problem and (rule.get("required", True) or problem == "age_invalid"):
        result.status = problem
    elif beyond and (outside == "refuse" or (outside == "unaged" and keyed_by_age)):
        result.status = beyond
    else:
        result.status = population(pack, child.strata)
    if result.status == "ok" and norm is None:
        result.status = "not_normed"
    if result.status != "ok" or norm is None:
        return
    result.flags = {"out_of_age"} if beyond else set()  # those of the raw score stand apart while the norm adds its own
    place = Place(age.age, child.strata, outside, age.other, ages_of(rule))
    normed(scale, norm, result, place, child.tables, child.answers[scale["error"]].points if "error" in scale else None)
    result.flags |= result.raw_flags


def ages_of(rule: Row) -> tuple[float, float]:
    """The ages of a pack."""
    return rule.get("from", -math.inf), rule.get("below", math.inf)


def beyond_ages(rule: Row, age: float | None) -> str:
    """below_age or above_age where the pack's ages do not hold the child's; else nothing."""
    if age is None:
        return ""
    if "from" in rule and age < rule["from"]:
        return "below_age"
    return "above_age" if "below" in rule and age >= rule["below"] else ""


def population(pack: Row, strata: Mapping[str, str | None]) -> str:
    """Whether the child is of those the norms are for."""
    for name, values in pack.get("only", {}).items():
        if strata[name] is None:
            return "stratum_missing"
        if strata[name] not in values:
            return "outside_population"
    return "ok"


def stratum_of(rule: Row, given: Any) -> str | None:
    """The value of a stratum, under its own name or an alias; None where it is unknown."""
    value = rule.get("aliases", {}).get(given, given)
    return value if value in rule["values"] else None


def age_of(rule: Row, child: Row) -> tuple[PackAge, str]:
    """Age in the unit of the pack, and why there is none."""
    for unit in UNITS:
        if f"age_{unit}" in child:
            given = child[f"age_{unit}"]
            found = pack_age(rule, {"number": given, "unit": unit})
            return found, "" if found.age is not None else "age_missing" if given is None else "age_invalid"
    if not child.get("birth_date"):
        return PackAge(None, False), "age_missing"
    session = child.get("assessment_date")
    if rule.get("session", "first") == "last" and child.get("assessment_end_date"):
        session = child["assessment_end_date"]
    if not session:
        return PackAge(None, False), "age_missing"
    birth, test = date.fromisoformat(child["birth_date"]), date.fromisoformat(session)
    found = pack_age(rule, {"birth": birth, "test": test})
    return found, "" if found.age is not None else "age_invalid"
