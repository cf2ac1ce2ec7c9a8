"""Scales tested from a basal to a ceiling: whether the rules fit the items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from otscore.pack.check.members import item_options
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import member_items
from otscore.schema import OptionSet, Scale
from otscore.schema.runs import Runs


def runs_possible(subject: Subject) -> Iterator[Finding]:
    """A basal and a ceiling can be reached at every age: runs fit the scale, and the points of its items; testing starts with an item of it."""
    options = item_options(subject.pack)
    by_age = {item.code for item in subject.pack.items if isfinite(item.age_from) or isfinite(item.age_to)}
    for place, scale in enumerate(subject.pack.instrument.scales):
        if scale.runs is None or not (codes := member_items(subject.pack, scale)):
            continue
        field = f"scales.{place}.runs"
        for message, hint in (*_items(scale, scale.runs, codes, by_age), *_points(scale.runs, codes, options)):
            yield Finding("instrument.toml", message, hint, field)
        yield from _start(subject, scale, scale.runs, codes)


def _items(scale: Scale, runs: Runs, codes: Sequence[str], by_age: set[str]) -> Iterator[tuple[str, str]]:
    parts, kind = runs.sets or runs.blocks, "sets" if runs.sets else "blocks"
    if parts and [code for part in parts for code in part] != list(codes):
        message = f"the {kind} of scale {scale.id} do not hold every item of the scale once, in its order"
        yield message, f"Items of the scale: {listed(codes)}"
    shortest = min(map(len, parts), default=len(codes))
    if max(runs.basal_within or runs.basal or 0, runs.ceiling_within or runs.ceiling or 0) > shortest:
        where = f"one of the {kind} of scale {scale.id}" if parts else f"scale {scale.id}"
        yield f"{where} has {shortest} items, fewer than a run of its basal or ceiling", "Correct `runs`, or the items of the scale"
    if aged := [code for code in codes if code in by_age]:
        message = f"{listed(aged)} counts at some ages only, and a run of scale {scale.id} may need it at others"
        yield message, "Write a scale for each age, with its own items"


def _points(runs: Runs, codes: Sequence[str], options: dict[str, OptionSet]) -> Iterator[tuple[str, str]]:
    """Every item can be passed and failed, and no answer is both."""
    worth = {code: options[code].range or options[code].worth() for code in codes if code in options}
    up_to, at = runs.ceiling_at, runs.basal_at
    never_failed = [code for code, points in worth.items() if min(points) > up_to]
    if runs.has_ceiling and never_failed:
        what = f"is not worth {up_to:g}" if up_to == 0 else f"is worth more than {up_to:g}"
        message = f"the lowest answer of {listed(never_failed)} {what}, so it can be no part of a ceiling"
        yield message, "Give the lowest answer 0 points in the option set" if up_to == 0 else "Correct `ceiling_at`, or the points of the option set"
    if at is not None and (never_passed := [code for code, points in worth.items() if max(points) < at]):
        message = f"no answer of {listed(never_passed)} is worth {at:g}, so it can be no part of a basal"
        yield message, "Correct `basal_at`, or the points of the option set"
    always_failed = [code for code, points in worth.items() if max(points) <= up_to]
    if runs.has_ceiling and always_failed:
        message = f"every answer of {listed(always_failed)} is worth {up_to:g} or less, so it can only be failed"
        yield message, "Correct `ceiling_at`, or the points of the option set"


def _start(subject: Subject, scale: Scale, runs: Runs, codes: Sequence[str]) -> Iterator[Finding]:
    table = subject.table(runs.start)
    if table is None or "item" not in table:
        return
    for line, item in zip(table.lines, table.text("item"), strict=True):
        if item not in codes:
            message = f"testing starts with {item}, which is no item of scale {scale.id}"
            yield Finding(f"tables/{table.name}", message, f"Its items: {listed(codes)}", "item", line)
