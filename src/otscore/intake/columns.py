"""Which column of a table is which item, and which part the other columns play. Nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from otscore.compile import Form
from otscore.errors import Issue, ResponseError, UnknownItem
from otscore.schema.mapping import AGE_COLUMNS, ColumnMap, column_map

DEFAULT_PARTS = ("id", "birth_date", "assessment_date", "gestation_weeks", "gestation_days", "informant", "sex", *AGE_COLUMNS)  # fmt: skip
NAMED_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """A table understood: the mapping with all parts named, and item code -> column."""

    mapping: ColumnMap
    items: Mapping[str, str]


def understand(names: Sequence[str], forms: Sequence[Form], given: Mapping[str, Any], source: str) -> Layout:
    """Give every column its part.

    A part the caller does not name is taken from the column of the same name, where there is one. Raises UnknownItem or
    ResponseError with every problem: repeated columns, columns nobody claims, parts that are needed and missing.
    """
    mapping = _with_defaults(names, given)
    problems = _repeated(names, source) + _absent(names, mapping, source) + _needed(forms, mapping, source)
    items, unknown = ({}, []) if mapping.is_long else _item_columns(names, forms, mapping, source, problems)
    if mapping.is_long:
        unknown = [name for name in names if name not in mapping.claimed and not _ignored(name, mapping)]
    problems += unknown_items(unknown, forms, source, "column")
    if not mapping.is_long and not items:
        message = f"no column is an item of {' or '.join(form.pack.name for form in forms)}"
        hint = "Is it a long table (a row per answer)? Then name its columns with `item` and `response`"
        problems.append(Issue("no_items", message, hint, source))
    if problems:
        raise (UnknownItem if any(issue.code == "unknown_item" for issue in problems) else ResponseError)(problems)
    return Layout(mapping, items)


def item_codes(names: Iterable[str], forms: Sequence[Form], mapping: ColumnMap) -> dict[str, str]:
    """Name in the data -> item code, for the names that are items: as mapped, as written, or in another case."""
    found = {}
    for name in names:
        code = mapping.items.get(name) or _code(str(name), forms)
        if code:
            found[name] = code
    return found


def _code(name: str, forms: Sequence[Form]) -> str:
    for form in forms:
        if name in form.known_items:
            return name
    return next(filter(None, (form.code_in_any_case.get(name.casefold()) for form in forms)), "")


def unknown_items(names: Sequence[str], forms: Sequence[Form], source: str, where: str) -> list[Issue]:
    """One issue per name that no pack knows, with the nearest codes (the first few, then a count)."""
    if not names:
        return []
    known = sorted(set().union(*(form.known_items for form in forms)))
    packs = " or ".join(form.pack.name for form in forms)
    issues = []
    for name in names[:NAMED_AT_MOST]:
        close = get_close_matches(str(name).casefold(), known, n=2, cutoff=0.8)
        guess = f"Did you mean {' or '.join(close)}? " if close else ""
        hint = f"{guess}Correct it, map it under [items], or name it in `ignore`"
        issues.append(Issue("unknown_item", f"no item of {packs} and no named {where}", hint, source, field=str(name)))
    if len(names) > NAMED_AT_MOST:
        rest = len(names) - NAMED_AT_MOST
        hint = 'Name them in `ignore`, or leave aside all that are unknown: ignore = "unknown"'
        issues.append(Issue("unknown_item", f"and {rest} more {where}s that no pack knows", hint, source))
    return issues


def _with_defaults(names: Sequence[str], given: Mapping[str, Any]) -> ColumnMap:
    parts = {part: value for part, value in given.items() if value is not None}
    said_age = any(part in parts for part in (*AGE_COLUMNS, "birth_date", "assessment_date"))
    age_parts = (*AGE_COLUMNS, "birth_date", "assessment_date")
    for part in DEFAULT_PARTS:
        skip = part in parts or (part in age_parts and said_age) or (part == "sex" and "sex" in parts.get("strata", {}))
        if part in names and not skip:
            parts[part] = part
    return column_map(parts)


def _repeated(names: Sequence[str], source: str) -> list[Issue]:
    twice = sorted({str(name) for name in names if list(names).count(name) > 1}) if len(set(names)) < len(names) else []
    hint = "Rename or remove one of them"
    return [Issue("duplicate_column", "the column stands twice", hint, source, field=name) for name in twice]


def _absent(names: Sequence[str], mapping: ColumnMap, source: str) -> list[Issue]:
    have = set(names)
    wanted = dict(mapping.claimed) | {column: "an item" for column in mapping.items if not mapping.is_long}
    columns = ", ".join(map(str, list(names)[:12])) + (" ..." if len(names) > 12 else "")
    return [
        Issue("column_missing", f"there is no such column, named as {part}", f"The table has: {columns}", source, field=column)
        for column, part in wanted.items() if column not in have
    ]  # fmt: skip


def _needed(forms: Sequence[Form], mapping: ColumnMap, source: str) -> list[Issue]:
    issues = []
    if not any(getattr(mapping, name) for name in (*AGE_COLUMNS, "birth_date")):
        if any(form.pack.manifest.age.required for form in forms):
            hint = "Name age_days, age_months or age_years, or birth_date and assessment_date"
            issues.append(Issue("age_missing", "no column gives the age", hint, source))
    have = mapping.strata_columns
    for form in forms:
        for stratum in form.strata:
            if stratum not in have:
                values = ", ".join(form.pack.manifest.strata[stratum].values)
                hint = f"Name the column that holds it ({values})"
                issues.append(Issue("stratum_missing", f"{form.pack.name} needs {stratum}", hint, source))
    return issues


def _item_columns(
    names: Sequence[str], forms: Sequence[Form], mapping: ColumnMap, source: str, problems: list[Issue]
) -> tuple[dict[str, str], list[str]]:
    claimed = mapping.claimed
    rest = [name for name in dict.fromkeys(names) if name not in claimed and not _named_ignored(name, mapping)]
    codes = item_codes(rest, forms, mapping)
    items: dict[str, str] = {}
    for name, code in codes.items():
        if code in items:
            message = f"two columns are the item {code}"
            problems.append(Issue("duplicate_column", message, "Keep one of them", source, field=str(name)))
        items.setdefault(code, name)
    known = set().union(*(form.known_items for form in forms))
    for code in set(mapping.items.values()) - known:
        problems.append(Issue("unknown_item", "[items] maps a column to an item no pack has", "", source, field=code))
    unknown = [name for name in rest if name not in codes and not _ignored(name, mapping)]
    return items, unknown


def _named_ignored(name: str, mapping: ColumnMap) -> bool:
    return mapping.ignore != "unknown" and name in mapping.ignore


def _ignored(name: str, mapping: ColumnMap) -> bool:
    return mapping.ignore == "unknown" or name in mapping.ignore

