"""Which column of a table is which item, and which part the other columns play. Nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from otscore.compile import Form
from otscore.errors import Issue, ResponseError, UnknownItem
from otscore.intake.findings import RECORD
from otscore.intake.spelling import spelling
from otscore.schema.mapping import AGE_COLUMNS, EVERY_ITEM, ColumnMap, column_map, did_you_mean

DATES = ("birth_date", "assessment_date")
DEFAULT_PARTS = ("id", *DATES, "gestation_weeks", "gestation_days", "informant", "sex", *AGE_COLUMNS)
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
    layout, problems = explore(names, forms, given, source)
    if problems:
        raise refusal(problems)
    return layout


def explore(names: Sequence[str], forms: Sequence[Form], given: Mapping[str, Any], source: str) -> tuple[Layout, list[Issue]]:
    """As :func:`understand`, with the problems handed back: the layout is good for what it could make out."""
    mapping = _with_defaults(names, given, source)
    some_known = not mapping.claimed.keys().isdisjoint(names) or bool(item_codes(names, forms, mapping))
    problems = _repeated(names, source, some_known) + _absent(names, mapping, source, some_known)
    problems += _unknown_words(forms, mapping, source)
    items: dict[str, str] = {}
    if mapping.is_long:
        unknown = [name for name in names if name not in mapping.claimed and not _ignored(name, mapping)]
    else:
        items, unknown = _item_columns(names, forms, mapping, source, problems)
    problems += _needed(forms, mapping, items, source)
    problems += unknown_items(unknown, forms, source, "column", some_known)
    if not mapping.is_long and not items:
        message = f"no column is an item of {_names(forms)}"
        hint = "Is it a long table (a row per answer)? Then name its columns with `item` and `response`. Does it lack the header line?"
        problems.append(Issue("no_items", message, hint, source))
    return Layout(mapping, items), problems


def refusal(problems: Sequence[Issue]) -> ResponseError:
    """The error that carries these problems."""
    return (UnknownItem if any(issue.code == "unknown_item" for issue in problems) else ResponseError)(problems)


def item_codes(names: Iterable[Any], forms: Sequence[Form], mapping: ColumnMap) -> dict[Any, str]:
    """Name in the data -> item code, for the names that are items: as mapped, as written, or in another case."""
    found = {}
    for name in names:
        code = mapping.items.get(name) or _code(str(name).strip(), forms)
        if code:
            found[name] = code
    return found


def _code(name: str, forms: Sequence[Form]) -> str:
    for form in forms:
        if name in form.known_items:
            return name
    return next(filter(None, (form.code_in_any_case.get(name.casefold()) for form in forms)), "")


def unknown_items(names: Sequence[Any], forms: Sequence[Form], source: str, where: str, some_known: bool = True) -> list[Issue]:
    """One issue per name that no pack knows, with the nearest codes (the first few, then a count).

    Where no name at all is known the names may be data (a table without its header line): then only those are told that
    come near an item.
    """
    if not names:
        return []
    known = known_codes(forms)
    message, rest = f"no item of {_names(forms)} and no named {where}", len(names)
    issues: list[Issue] = []
    for name in names:
        close = did_you_mean(str(name), known)
        if len(issues) < NAMED_AT_MOST and (close or (some_known and str(name))):
            hint = f"{close}{'Correct it, or leave it out' if source == RECORD else 'Correct it, map it under [items], or name it in `ignore`'}"
            issues.append(Issue("unknown_item", message, hint, source, field=str(name)))
            rest -= 1
        elif len(issues) == NAMED_AT_MOST:
            break
    if rest:
        more = f"{'and ' if issues else ''}{rest} {'more ' if issues else ''}{where}{'s' if rest > 1 else ''} that no pack knows"
        unnamed = f", among them a {where} without a name" if "" in names else ""
        ignoring = "Name them in `ignore`, or leave aside all that are unknown: ignore = \"unknown\""
        hint = "Correct them, or leave them out" if source == RECORD else ignoring
        issues.append(Issue("unknown_item", more + unnamed, hint, source))
    return issues


def known_codes(forms: Sequence[Form]) -> frozenset[str]:
    """Every item of every pack."""
    return frozenset().union(*(form.known_items for form in forms))


def stratum_missing(form: Form, stratum: str, source: str) -> Issue:
    """The issue of a table that lacks a column which the norms of a pack need."""
    hint = f"Name the column that holds it ({', '.join(form.pack.manifest.strata[stratum].values)})"
    return Issue("stratum_missing", f"{form.pack.name} needs {stratum}, and no column gives it", hint, source)


def _names(forms: Sequence[Form]) -> str:
    return " or ".join(form.pack.name for form in forms)


def _with_defaults(names: Sequence[str], given: Mapping[str, Any], source: str) -> ColumnMap:
    parts = {part: value for part, value in given.items() if value is not None}
    taken = {value for value in parts.values() if isinstance(value, str)}
    age_parts = (*AGE_COLUMNS, *DATES)
    skip = set(age_parts) if any(part in parts for part in age_parts) else set()
    if not all(part in names for part in DATES):
        skip |= set(DATES)
    if "sex" in (parts.get("strata") or {}):
        skip.add("sex")
    for part in DEFAULT_PARTS:
        if part in names and part not in parts and part not in skip and part not in taken:
            parts[part] = part
    return column_map(parts, source)


def _repeated(names: Sequence[str], source: str, some_known: bool) -> list[Issue]:
    twice = sorted({str(name) for name, count in Counter(names).items() if count > 1})
    if not some_known:
        return [Issue("duplicate_column", "columns have the same name", "Does the table lack the header line?", source)] if twice else []
    hint = "Rename or remove one of them"
    return [Issue("duplicate_column", "the column stands twice", hint, source, field=name) for name in twice]


def _absent(names: Sequence[str], mapping: ColumnMap, source: str, some_known: bool) -> list[Issue]:
    wanted = dict(mapping.claimed) | {column: "an item" for column in mapping.items if not mapping.is_long}
    absent = {column: part for column, part in wanted.items() if column not in set(names)}
    if not absent:
        return []
    columns = ", ".join(map(str, list(names)[:12])) + (" ..." if len(names) > 12 else "")
    hint = f"The table has: {columns}" if some_known else "No column of the table is known: does it lack the header line?"
    message = "there is no such column, named as"
    return [Issue("column_missing", f"{message} {part}", hint, source, field=column) for column, part in absent.items()]


def _unknown_words(forms: Sequence[Form], mapping: ColumnMap, source: str) -> list[Issue]:
    """Items, strata and values that the mapping names and no pack has."""
    codes, strata = known_codes(forms), _strata(forms)
    recoded = set(mapping.recode) - {EVERY_ITEM}
    issues = [_no_such("unknown_item", "item", "[items]", code, codes, source) for code in sorted(set(mapping.items.values()) - codes)]
    issues += [_no_such("unknown_item", "item", "[recode]", code, codes, source) for code in sorted(recoded - codes)]
    for part, named in (("[strata]", mapping.strata), ("[values]", mapping.values)):
        issues += [_no_such("stratum_unknown", "stratum", part, name, strata, source) for name in sorted(set(named) - set(strata) - {"sex"})]
    for name, values in mapping.values.items():
        legal = strata.get(name, frozenset())
        wrong = sorted({value for value in values.values() if legal and spelling(value) not in {spelling(word) for word in legal}})
        issues += [_no_such("value_unknown", "value", f"[values.{name}]", value, legal, source) for value in wrong]
    return issues


def _no_such(code: str, what: str, part: str, word: str, known: Iterable[str], source: str) -> Issue:
    hint = did_you_mean(word, known) or (f"Allowed: {', '.join(sorted(known))}" if len(list(known)) <= 12 else "")
    return Issue(code, f"{part} of the mapping names {'an' if what[0] in 'aeiou' else 'a'} {what} that no pack has", hint.strip(), source, field=word)


def _strata(forms: Sequence[Form]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for form in forms:
        for name, stratum in form.pack.manifest.strata.items():
            found[name] = found.get(name, frozenset()) | set(stratum.values)
    return found


def _needed(forms: Sequence[Form], mapping: ColumnMap, items: Mapping[str, str], source: str) -> list[Issue]:
    """Age, where a pack asks for it; the identifier of a long table; the strata of the packs whose items are there."""
    issues = []
    if not any(getattr(mapping, name) for name in (*AGE_COLUMNS, "birth_date")):
        if any(form.pack.manifest.age.required for form in forms):
            hint = "Name age_days, age_months or age_years, or birth_date and assessment_date"
            issues.append(Issue("age_missing", "no column gives the age", hint, source))
    if mapping.is_long and mapping.id is None and mapping.visit is None:
        issues.append(Issue("id_missing", "no column tells the children of a long table apart", "Name `id`", source))
    for form in forms:
        here = [] if mapping.is_long or form.known_items.isdisjoint(items) else form.strata
        issues += [stratum_missing(form, name, source) for name in here if name not in mapping.strata_columns]
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
    unknown = [name for name in rest if name not in codes and not _ignored(name, mapping)]
    return items, unknown


def _named_ignored(name: str, mapping: ColumnMap) -> bool:
    return mapping.ignore != "unknown" and name in mapping.ignore


def _ignored(name: str, mapping: ColumnMap) -> bool:
    return mapping.ignore == "unknown" or name in mapping.ignore
