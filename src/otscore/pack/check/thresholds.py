"""Thresholds: cut scores that can be reached, and graded items with a rising threshold for every code and age."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.pack.check.ages import graded_tables
from otscore.pack.check.members import item_options, raw_scores
from otscore.pack.check.subject import Finding, Subject
from otscore.pack.items import member_items
from otscore.pack.table import Table

Key = tuple[str, float, float]


def cut_reachable(subject: Subject) -> Iterator[Finding]:
    """Every cut score lies above the lowest raw score that can occur, and not above the highest."""
    for place, norm in enumerate(subject.pack.manifest.norms):
        for scale in filter(None, map(subject.scale, norm.scales)) if norm.cuts is not None else ():
            possible = None if norm.measure == "ability" else raw_scores(subject, scale)
            for cut in norm.cuts.at_least if norm.cuts is not None and possible is not None else ():
                if possible is not None and not possible.low < cut <= possible.high:
                    message = f"the cut score {cut:g} divides nothing on scale {scale.id}"
                    hint = f"Its raw scores run from {possible.low:g} to {possible.high:g}"
                    yield Finding("pack.toml", message, hint, f"norms.{place}.cuts.at_least")


def thresholds_rise(subject: Subject) -> Iterator[Finding]:
    """The threshold of a graded item rises with the code it earns, and every code is above `lowest`."""
    lowest = {scale.grade.table: scale.grade.lowest for scale in subject.pack.instrument.scales if scale.grade}
    for table in graded_tables(subject):
        source = f"tables/{table.name}"
        for steps in _steps(table).values():
            rising = sorted(step for step in steps if step[1] == step[1])
            for (low_code, low, _), (code, value, line) in zip(rising, rising[1:], strict=False):
                if value <= low < float("inf") and code > low_code:
                    message = f"code {code:g} asks for {value:g}, and code {low_code:g} for {low:g}"
                    yield Finding(source, message, "A higher code needs a higher threshold", "at_least", line)
            for code, _, line in rising:
                if code <= lowest[table.name]:
                    hint = f"Codes lie above {lowest[table.name]:g}, which an item earns below every threshold"
                    yield Finding(source, f"code {code:g} is not above `lowest`", hint, "code", line)


def threshold_missing(subject: Subject) -> Iterator[Finding]:
    """Every item of a graded scale has a threshold for every code in every age band."""
    for scale in subject.pack.instrument.scales:
        table = subject.table(scale.grade.table) if scale.grade else None
        if table is None:
            continue
        steps = _steps(table)
        bands = sorted({key[1:] for key in steps})
        codes = {code for found in steps.values() for code, _, _ in found}
        for item in member_items(subject.pack, scale):
            for low, high in bands:
                lacking = sorted(codes - {code for code, _, _ in steps.get((item, low, high), ())})
                if lacking:
                    which = ", ".join(f"{code:g}" for code in lacking)
                    message = f"item {item} has no threshold for code {which} at ages {low:g} to {high:g}"
                    yield Finding(f"tables/{table.name}", message, "Add the row", "item")


def threshold_reachable(subject: Subject) -> Iterator[Finding]:
    """No threshold of a graded item lies above the most points that the item can earn."""
    options = item_options(subject.pack)
    for table in graded_tables(subject):
        for (item, _, _), steps in _steps(table).items():
            found = options.get(item)
            most = max(found.range or found.worth()) if found else float("inf")
            for _, value, line in steps:
                if value > most:
                    hint = "Thresholds are in points, not in answer codes"
                    yield Finding(f"tables/{table.name}", f"item {item} earns {most:g} at most, below its threshold {value:g}", hint, "at_least", line)


def _steps(table: Table) -> dict[Key, list[tuple[float, float, int]]]:
    """(code, threshold, line) by item and age band; NaN for a code that cannot be earned there."""
    low, high, code = (table.numbers(name).tolist() for name in ("age_from", "age_to", "code"))
    value = table.numbers("at_least", blank=float("nan")).tolist()
    found: dict[Key, list[tuple[float, float, int]]] = {}
    for place, item in enumerate(table.text("item")):
        found.setdefault((item, low[place], high[place]), []).append((code[place], value[place], table.lines[place]))
    return found
