"""Which column of a table is which item, and which part the other columns play. Nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from otscore.compile import Form
from otscore.errors import Issue, ResponseError, UnknownItem
from otscore.intake.ages import asks_for_age
from otscore.intake.findings import RECORD
from otscore.intake.informants import informant_words
from otscore.intake.spelling import could_be_data, spelling
from otscore.schema.mapping import AGE_COLUMNS, EVERY_ITEM, ColumnMap, column_map, did_you_mean

DATES = ("birth_date", "assessment_date")
DEFAULT_PARTS = ("id", *DATES, "assessment_end_date", "gestation_weeks", "gestation_days", "informant", "sex", *AGE_COLUMNS)
OWN_PARTS = ("sex", "informant")
"""Strata that are parts with a name of their own."""
NAMED_AT_MOST = 8
NO_HEADER = "Does the table lack the header line, or stand on its side? "


@dataclass(frozen=True, slots=True)
class Layout:
    """A table understood: the mapping with all parts named that the table has, and item code -> column.

    readable : whether the rows can be looked at, so that their problems are told beside those of the header.
    left_aside : columns that are ignored because nothing claims them.
    """

    mapping: ColumnMap
    items: Mapping[str, str]
    readable: bool = True
    left_aside: tuple[str, ...] = ()


def explore(names: Sequence[str], forms: Sequence[Form], given: Mapping[str, Any], source: str) -> tuple[Layout, list[Issue]]:
    """Give every column its part; with every problem: repeated columns, columns nobody claims, parts that are missing.

    A part the caller does not name is taken from the column of the same name, where there is one. The layout is good for
    what it could make out; with problems its scores are no result.
    """
    mapping = _with_defaults(names, forms, given, source)
    header = _is_header(names, forms, mapping)
    problems = _repeated(names, forms, mapping, source, header) + _absent(names, mapping, source, header)
    problems += _unknown_words(forms, mapping, source)
    items: dict[str, str] = {}
    if mapping.is_long:
        unknown = [name for name in names if name not in mapping.claimed and not _ignored(name, mapping)]
    else:
        items, unknown = _item_columns(names, forms, mapping, source, problems)
    problems += _needed(names, forms, mapping, items, source)
    problems += unknown_items(unknown, forms, source, "column", header)
    if not mapping.is_long and not items:
        message = f"no column is an item of {_names(forms)}"
        hint = "Is it a long table (a row per answer)? Then name its columns with `item` and `response`. Does it lack the header line?"
        problems.append(Issue("no_items", message, hint, source))
    claimed = {*mapping.claimed, *items.values()}
    aside = tuple(str(name) for name in names if name not in claimed) if mapping.ignore == "unknown" else ()
    there = _that_are_there(names, mapping)
    readable = there.item is not None and child_column(there) is not None if mapping.is_long else bool(items)
    return Layout(there, items, readable and (header or not problems), aside), problems


def _is_header(names: Sequence[str], forms: Sequence[Form], mapping: ColumnMap) -> bool:
    """Whether enough of the first line is known to take it for the header.

    A row of data may hold one known word (the item code of a long table, the corner of a table that stands on its side), and
    for items with numbers as codes many: what else stands in it would be a child's, and must not be told.
    """
    parts = len(mapping.claimed.keys() & set(names))
    items = item_codes([name for name in names if name not in mapping.claimed], forms, mapping)
    words = sum(not could_be_data(str(name)) for name in items)
    if mapping.is_long:
        return parts >= 2
    return bool(items) and (parts >= 2 or (words >= 1 and parts + words >= 2))


def child_column(mapping: ColumnMap) -> str | None:
    """The column that tells the children of a long table apart."""
    return mapping.id or mapping.visit


def _that_are_there(names: Sequence[str], mapping: ColumnMap) -> ColumnMap:
    """The mapping without parts whose column the table lacks; half a pair (dates, item and response) is none."""
    lacking = {part for part, column in mapping.parts.items() if column not in set(names)}
    for pair in (DATES, ("item", "response")):
        lacking |= set(pair) if lacking & set(pair) else set()
    strata = {name: column for name, column in mapping.strata.items() if name not in lacking}
    return mapping.model_copy(update=dict.fromkeys(lacking & set(ColumnMap.model_fields)) | {"strata": strata})


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


def unknown_items(names: Sequence[Any], forms: Sequence[Form], source: str, where: str, header: bool = True) -> list[Issue]:
    """One issue per name that no pack knows, with the nearest codes (the first few, then a count).

    Where it is no header the names may be data (a table without its header line): then only those are told that come near
    an item. Numbers and dates are never told.
    """
    if not names:
        return []
    known = known_codes(forms)
    message, rest = f"no item of {_names(forms)} and no named {where}", len(names)
    issues: list[Issue] = []
    for name in names:
        close = did_you_mean(str(name), known)
        if len(issues) < NAMED_AT_MOST and (close or header) and not could_be_data(str(name)):
            hint = f"{close}{'Correct it, or leave it out' if source == RECORD else 'Correct it, map it under [items], or name it in `ignore`'}"
            issues.append(Issue("unknown_item", message, hint, source, field=str(name)))
            rest -= 1
        elif len(issues) == NAMED_AT_MOST:
            break
    if rest:
        more = f"{'and ' if issues else ''}{rest} {'more ' if issues else ''}{where}{'s' if rest > 1 else ''} that no pack knows"
        unnamed = f", among them a {where} without a name" if "" in names else ""
        ignoring = f"{'' if header else NO_HEADER}Name them in `ignore`, or leave aside all that are unknown: ignore = \"unknown\""
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


def _with_defaults(names: Sequence[str], forms: Sequence[Form], given: Mapping[str, Any], source: str) -> ColumnMap:
    """The parts that are named, and those that are called as the library calls them, in upper or lower case.

    What is to be ignored, or is named as an item, is no part.
    """
    parts = {part: value for part, value in given.items() if value is not None}
    named = column_map(parts, source)
    taken = {*named.claimed, *(() if named.is_long else named.items), *(() if named.ignore == "unknown" else named.ignore)}
    called = {part: column for part, column in default_columns(names, forms).items() if column not in taken and part not in parts}
    age_parts = (*AGE_COLUMNS, *DATES)
    if any(part in parts for part in age_parts):
        called = {part: column for part, column in called.items() if part not in age_parts}
    if not called.keys() >= set(DATES):
        called = {part: column for part, column in called.items() if part not in DATES}
    if "sex" in named.strata:
        called.pop("sex", None)
    strata = {name: name for form in forms for name in form.strata if name in names and name not in (*OWN_PARTS, *named.strata, *taken)}
    if strata := {name: column for name, column in strata.items() if not _code(column, forms)}:
        called["strata"] = dict(named.strata) | strata
    return column_map(parts | called, source)


def default_columns(names: Sequence[Any], forms: Sequence[Form] = ()) -> dict[str, Any]:
    """Part -> the column of that name; else the one column that differs in case only, unless it is an item."""
    by_case: dict[str, list[Any]] = {}
    for name in names:
        by_case.setdefault(str(name).casefold(), []).append(name)
    found = {part: part if part in names else by_case[part][0] for part in DEFAULT_PARTS if part in names or len(by_case.get(part, ())) == 1}
    return {part: column for part, column in found.items() if part == column or not _code(str(column), forms)}


def _repeated(names: Sequence[str], forms: Sequence[Form], mapping: ColumnMap, source: str, header: bool) -> list[Issue]:
    """Columns that stand twice; those that are ignored, or have no name, may."""
    known = {*mapping.claimed, *item_codes(names, forms, mapping)}
    twice = [name for name, count in Counter(names).items() if count > 1 and name != "" and (name in known or not _ignored(name, mapping))]
    told = sorted(str(name) for name in twice if header and not could_be_data(str(name)))
    hint = "Rename or remove one of them"
    issues = [Issue("duplicate_column", "the column stands twice", hint, source, field=name) for name in told]
    if len(told) < len(twice):
        issues.append(Issue("duplicate_column", "columns have the same name", "Does the table lack the header line?", source))
    return issues


def _absent(names: Sequence[str], mapping: ColumnMap, source: str, header: bool) -> list[Issue]:
    wanted = dict(mapping.claimed) | {column: "an item" for column in mapping.items if not mapping.is_long}
    absent = {column: part for column, part in wanted.items() if column not in set(names)}
    if not absent:
        return []
    told = [str(name) for name in names if str(name) and not could_be_data(str(name))]
    columns = ", ".join(told[:12]) + (" ..." if len(names) > min(len(told), 12) else "")
    hint = f"The table has: {columns}" if header else f"{NO_HEADER}Too little of the first line is known to repeat it"
    message = "there is no such column, named as"
    return [Issue("column_missing", f"{message} {part}", hint, source, field=column) for column, part in absent.items()]


def _unknown_words(forms: Sequence[Form], mapping: ColumnMap, source: str) -> list[Issue]:
    """Items, strata and values that the mapping names and no pack has."""
    codes, strata = known_codes(forms), _strata(forms)
    recoded = set(mapping.recode) - {EVERY_ITEM}
    issues = [_no_such("unknown_item", "item", "[items]", code, codes, source) for code in sorted(set(mapping.items.values()) - codes)]
    issues += [_no_such("unknown_item", "item", "[recode]", code, codes, source) for code in sorted(recoded - codes)]
    for part, named in (("[strata]", mapping.strata), ("[values]", mapping.values)):
        issues += [_no_such("stratum_unknown", "stratum", part, name, strata, source) for name in sorted(set(named) - set(strata) - {"sex", "informant"})]
    for name, values in mapping.values.items():
        legal = strata.get(name, frozenset(informant_words() if name == "informant" else ()))
        accepted = {spelling(word) for word in legal.union(*(_aliases(form, name) for form in forms))}
        wrong = sorted({value for value in values.values() if legal and spelling(value) not in accepted})
        issues += [_no_such("value_unknown", "value", f"[values.{name}]", value, legal, source) for value in wrong]
    return issues


def _no_such(code: str, what: str, part: str, word: str, known: Iterable[str], source: str) -> Issue:
    hint = did_you_mean(word, known) or (f"Allowed: {', '.join(sorted(known))}" if len(list(known)) <= 12 else "")
    return Issue(code, f"{part} of the mapping names {'an' if what[0] in 'aeiou' else 'a'} {what} that no pack has", hint.strip(), source, field=word)


def _aliases(form: Form, stratum: str) -> set[str]:
    """Further spellings of the values of a stratum."""
    known = form.pack.manifest.strata.get(stratum)
    return set(known.aliases) if known else set()


def _strata(forms: Sequence[Form]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for form in forms:
        for name, stratum in form.pack.manifest.strata.items():
            found[name] = found.get(name, frozenset()) | set(stratum.values)
    return found


def _needed(names: Sequence[str], forms: Sequence[Form], mapping: ColumnMap, items: Mapping[str, str], source: str) -> list[Issue]:
    """Age, where a pack asks for it; the identifier of a long table; the strata of the packs whose items are there."""
    issues = []
    if not any(getattr(mapping, name) for name in (*AGE_COLUMNS, "birth_date")):
        if any(map(asks_for_age, forms)):
            bare = next((f". The column {name} may be it: say its unit, such as age_years = {name}" for name in names if spelling(name) == "age"), "")
            hint = f"Name age_days, age_months or age_years, or birth_date and assessment_date{bare}"
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
