"""What scales take from elsewhere: totals and errors that are entered, indices of validity, tables for missing items, ages."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from otscore.pack.check.members import band_labels, item_options, norm_of, raw_scores
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import member_items
from otscore.schema import Scale


def entered_item(subject: Subject) -> Iterator[Finding]:
    """An item that holds a total or an error is a number within a range, in no scale, and an interval of kind entered has an error."""
    options = item_options(subject.pack)
    scales = subject.pack.instrument.scales
    counted = {code: scale.id for scale in scales for code in member_items(subject.pack, scale)}
    for place, scale in enumerate(scales):
        for key, code in (("total", scale.total), ("error", scale.error)):
            found = options.get(code or "")
            if code is None or found is None:
                continue
            field = f"scales.{place}.{key}"
            if found.range is None or (key == "error" and found.range[0] < 0):
                hint = "Give it an option set with a `range`" + (" from 0" if key == "error" else "")
                yield Finding("instrument.toml", f"{code} holds the {key} of scale {scale.id}, and is not a number within a range", hint, field)
            if code in counted:
                message = f"{code} holds the {key} of scale {scale.id}, and is an item of scale {counted[code]}"
                yield Finding("instrument.toml", message, "Take it out of `items`: it is no answer", field)
    for place, norm in enumerate(subject.pack.manifest.norms):
        without = [scale.id for scale in map(subject.scale, norm.scales) if scale and scale.error is None]
        if norm.interval is not None and norm.interval.kind == "entered" and without:
            message = f"no error comes with the scores of {listed(without)}, and their interval is of kind entered"
            yield Finding("pack.toml", message, "Name the item that holds it as `error` of the scale", f"norms.{place}.interval")


def verdict_band(subject: Subject) -> Iterator[Finding]:
    """An index of validity has the classes that `invalid_if` and `doubtful_if` name, in every norm group of the scale."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        groups = [group.id for group in subject.pack.manifest.norm_groups if norm_of(subject.pack, scale.id, group.id)]
        for key in ("invalid_if", "doubtful_if"):
            for verdict in getattr(scale, key):
                for group in groups or [subject.pack.manifest.default_group]:
                    bands = band_labels(subject, verdict.scale, group)
                    strange = [] if bands is None else [band for band in verdict.bands if band not in bands]
                    if strange:
                        message = f"`{key}` of scale {scale.id}: {verdict.scale} has no class {listed(strange)} in norm group {group}"
                        hint = f"Its classes: {listed(bands or ())}" if bands else "Give the index a norm with `cuts`, for every norm group"
                        yield Finding("instrument.toml", message, hint, f"scales.{place}.{key}")


def scale_ages(subject: Subject) -> Iterator[Finding]:
    """The ages at which a scale is given lie within those that the pack scores."""
    rule = subject.pack.manifest.age
    first, below = (-inf if rule.from_ is None else rule.from_), (inf if rule.below is None else rule.below)
    for place, scale in enumerate(subject.pack.instrument.scales):
        if scale.ages is not None and (scale.ages[0] < first or scale.ages[1] > below):
            message = f"scale {scale.id} is given from {scale.ages[0]:g} to below {scale.ages[1]:g} {rule.unit}, beyond the ages of the pack"
            yield Finding("instrument.toml", message, f"The pack scores ages from {first:g} to below {below:g}", f"scales.{place}.ages")


def adjusted_table(subject: Subject) -> Iterator[Finding]:
    """Adjusted raw scores are printed once for 1, 2 ... items missing, lie among the raw scores, and rise with what was answered."""
    for scale in subject.pack.instrument.scales:
        table = subject.table(scale.adjusted)
        if table is None:
            continue
        n_items, source = len(member_items(subject.pack, scale)), f"tables/{table.name}"
        raw, missing, adjusted = (table.numbers(name).tolist() for name in ("raw", "missing", "adjusted"))
        low, high = _ends(subject, scale)
        for line, found, gone, value in zip(table.lines, raw, missing, adjusted, strict=True):
            if gone != int(gone) or not 1 <= gone < max(n_items, 2):
                yield Finding(source, f"{gone:g} items missing of {n_items}", f"Allowed: 1 to {n_items - 1}", "missing", line)
            if found != int(found):
                yield Finding(source, f"a raw score of {found:g}", "Raw scores here are whole numbers", "raw", line)
            if not low <= value <= high:
                yield Finding(source, f"an adjusted raw score of {value:g}", f"Raw scores of {scale.id} run from {low:g} to {high:g}", "adjusted", line)
        rows = sorted(zip(missing, raw, adjusted, table.lines, strict=True))
        for before, row in zip(rows, rows[1:], strict=False):
            if row[0] == before[0] and (row[1] == before[1] or row[2] < before[2]):
                message = f"with {row[0]:g} missing, raw {row[1]:g} is adjusted to {row[2]:g}, after raw {before[1]:g} to {before[2]:g}"
                yield Finding(source, message, "Each raw score once; more answered points never adjust to less", "adjusted", row[3])


def _ends(subject: Subject, scale: Scale) -> tuple[float, float]:
    """Lowest and highest raw score of complete answers."""
    found = raw_scores(subject, scale.model_copy(update={"adjusted": None, "points": None}))
    return (-inf, inf) if found is None else (found.low, found.high)
