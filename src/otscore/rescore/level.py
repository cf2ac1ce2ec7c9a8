"""Which part of the version a change asks for: MAJOR when a score changes, MINOR when there are more, PATCH for the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from otscore.pack import Pack
from otscore.pack.diff_words import Difference
from otscore.pack.items import item_file
from otscore.rescore.compare import ScaleChange
from otscore.schema.irt import JointMap

LEVELS = ("", "PATCH", "MINOR", "MAJOR")
WORDS = re.compile(
    r"(pack\.toml:(version|title|status|intended_use|notices|superseded_by|retired|licence|norm_groups\[[^]]*\]\.(label|n|country|years|note)"
    r"|strata\.[^.]+\.aliases)"
    r"|instrument\.toml:(name|summary|rights|options\.[^.]+\.(unit|labels)))\b"
)
"""Keys that no score depends on."""

BY_NORM = re.compile(r"pack\.toml:(norms|age\.(from|below)|strata|norm_groups)\b")
"""Keys whose effect shows when raw scores are scored."""


@dataclass(frozen=True, slots=True)
class Needed:
    """The level a change asks for, and why; "" where nothing changed."""

    level: str
    reasons: tuple[str, ...] = ()


def needed(old: Pack, new: Pack, found: Sequence[Difference], changes: Sequence[ScaleChange]) -> Needed:
    """The level that the differences and their effect on scores ask for, with the reasons for it."""
    told: dict[str, list[str]] = {level: [] for level in LEVELS}
    for change in changes:
        where = f"scale {change.scale}, norm group {change.group}"
        counted = {name: int(getattr(change, name).sum()) for name in ("changed", "vanish", "appear")}
        if counted["changed"] or counted["vanish"]:
            words = " and ".join(f"{counted[name]} {verb}" for name, verb in (("changed", "changed"), ("vanish", "gone")) if counted[name])
            told["MAJOR"].append(f"scores of {where}: {words}")
        elif counted["appear"]:
            told["MINOR"].append(f"scores of {where}: {counted['appear']} new")
    sampled = {norm.table for pack in (old, new) for norm in pack.manifest.norms for change in changes if change.grid.sampled and change.scale in norm.scales}
    for one in found:
        level = _of_difference(one, (old, new), sampled)
        place = " ".join(filter(None, (one.file, one.row, one.column)))
        told[level].append(f"{place} differs" if not one.only else f"{place} stands in {'the old' if one.only == 'A' else 'the new'} pack only")
    level = next((level for level in reversed(LEVELS) if told[level]), "")
    return Needed(level, tuple(dict.fromkeys(told[level])))


def _of_difference(one: Difference, packs: tuple[Pack, Pack], sampled: set[str | None]) -> str:
    """The level of one difference as far as it is not seen in the scores that were compared."""
    added, key = one.only == "B", f"{one.file}:{one.row}"
    if one.file in ("SOURCES.toml", "cases.csv") or WORDS.match(key) or one.column == "aliases":
        return "PATCH"
    if one.file == "psychometrics.csv" or BY_NORM.match(key):
        return "PATCH"
    if one.file.startswith("tables/"):
        return _of_table(one, packs, sampled)
    if one.file == "items.csv":
        from_file = any(scale.items == "all" or scale.items_domain for pack in packs for scale in pack.instrument.scales)
        return "MINOR" if added and one.what == "row" and not from_file else "MAJOR"
    if one.file in ("pack.toml", "instrument.toml"):
        return "MINOR" if added and re.fullmatch(r"(scales|composites|derived_items|irt)\[[^]]*\]|options\.[^.]+|composites", one.row) else "MAJOR"
    return "PATCH"


def _of_table(one: Difference, packs: tuple[Pack, Pack], sampled: set[str | None]) -> str:
    name = one.file.removeprefix("tables/")
    before_norms = {item_file(model) for pack in packs for model in pack.manifest.irt}
    priors = [model.prior for pack in packs for model in pack.manifest.irt if isinstance(model, JointMap)]
    before_norms |= {file for prior in priors for file in (prior.mean, prior.precision)}
    before_norms |= {scale.grade.table for pack in packs for scale in pack.instrument.scales if scale.grade is not None}
    if name in before_norms:
        return "MAJOR"
    return "MAJOR" if name in sampled and one.what == "cell" and one.column not in ("n", "source", "note") else "PATCH"


def raised(old: str, new: str) -> str:
    """The level by which a version was raised, "" where it was not.

    >>> raised("1.0.3", "1.1.0"), raised("1.0.3", "1.0.3"), raised("1.1.0", "1.0.9")
    ('MINOR', '', '')
    """
    before, after = ([int(part) for part in version.split(".")] for version in (old, new))
    if after <= before:
        return ""
    return next((level for level, one, other in zip(reversed(LEVELS), before, after, strict=False) if one != other), "")


def next_version(old: str, level: str) -> str:
    """The version after ``old`` at a level.

    >>> next_version("1.2.3", "MINOR")
    '1.3.0'
    """
    major, minor, patch = map(int, old.split("."))
    return {"MAJOR": f"{major + 1}.0.0", "MINOR": f"{major}.{minor + 1}.0"}.get(level, f"{major}.{minor}.{patch + 1}")
