"""What need be no mistake and easily is one: a column left aside that comes near an item, a missing code that is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from otscore.compile import Form
from otscore.intake.columns import Layout
from otscore.intake.findings import Findings
from otscore.intake.spelling import as_number, could_be_data

NAMED_AT_MOST = 10
LONG_ENOUGH = 5


def remark(layout: Layout, forms: Sequence[Form], findings: Findings) -> None:
    """Add what should be looked at to the findings; nothing of it forbids a result."""
    findings.owner = ""
    absent = frozenset().union(*(form.known_items for form in forms)) - set(layout.items)
    aside = [name for name in layout.left_aside if not could_be_data(name)]
    for column, code in list(near_misses(aside, absent).items())[:NAMED_AT_MOST]:
        hint = f"If it is this item, correct the name, or map it under [items]: {column} = {code}"
        findings.add("near_item", column, f"left aside, though it comes near the item {code}, which no column is", hint)
    for column, code in _legal_missing(layout, forms):
        hint = "Leave the cell empty where there is no answer, and take the code out of `missing`, or out of --missing"
        findings.add("missing_is_legal", column, f"{code} is a legal answer here, and counts as no answer", hint)


def near_misses(names: Iterable[str], codes: Iterable[str]) -> dict[str, str]:
    """Name -> the code it differs from by capitals, by marks, or by one letter after the first: missing, added, another, or swapped.

    >>> near_misses(["EC_21", "dominat_3", "FCF88", "remarks"], ["EC21", "dominant_3", "FCF8"])
    {'EC_21': 'EC21', 'dominat_3': 'dominant_3'}
    """
    names = list(names)
    known: dict[str, str] = {}
    for code in sorted(codes) if names else ():
        for key in _keys(code):
            known.setdefault(key, code)
    hits = ((name, next((known[key] for key in _keys(name) if key in known), None)) for name in names)
    return {name: code for name, code in hits if code is not None}


def _keys(name: str) -> Iterator[str]:
    """The name without marks, then without one of its letters as well; two names that share a key come near each other."""
    plain = "".join(filter(str.isalnum, str(name).casefold()))
    if plain:
        yield plain
    if len(plain) >= LONG_ENOUGH:
        # the first letter tells instruments apart: CF10 is no slip for FCF10
        yield from (plain[:place] + plain[place + 1 :] for place, letter in enumerate(plain) if place and letter.isalpha())


def _legal_missing(layout: Layout, forms: Sequence[Form]) -> Iterator[tuple[str, str]]:
    """Columns (of a long table: items) and the codes named as missing that are legal answers of theirs."""
    for form in forms:
        for item, options in zip(form.items, form.option_sets, strict=True):
            column = item if layout.mapping.is_long else layout.items.get(item)
            for code in layout.mapping.missing if column is not None else ():
                number = as_number(str(code))
                words = {word.casefold() for word in options.labels}
                within = options.range is not None and options.range[0] <= number <= options.range[1]
                if within or number in options.legal or str(code).strip().casefold() in words:
                    yield str(column), f"{code:g}" if isinstance(code, float) else str(code)
