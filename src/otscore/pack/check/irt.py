"""Calibrated scales: items scored 0 and 1, a grid that holds the difficulties, a prior in rising pieces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from otscore.pack.check.members import item_options, member_items
from otscore.pack.check.subject import Finding, Subject, listed

MOST_STEPS = 100_000


def irt_missing(subject: Subject) -> Iterator[Finding]:
    """A scale with raw = "irt" comes with [irt] in pack.toml, and [irt] with such a scale."""
    calibrated = [scale.id for scale in subject.pack.instrument.scales if scale.raw == "irt"]
    if calibrated and subject.pack.manifest.irt is None:
        hint = 'Add [irt], or give the scale another `raw`'
        yield Finding("pack.toml", f"[irt] is missing, and {listed(calibrated)} needs it", hint, "irt")
    if not calibrated and subject.pack.manifest.irt is not None:
        yield Finding("pack.toml", "[irt] is there, and no scale uses it", 'Remove it, or write raw = "irt" in a scale', "irt")


def measure_kind(subject: Subject) -> Iterator[Finding]:
    """Norms of a calibrated scale read its ability, norms of other scales the raw score."""
    for place, norm in enumerate(subject.pack.manifest.norms):
        for scale in filter(None, map(subject.scale, norm.scales)):
            needed = "ability" if scale.raw == "irt" else "raw"
            if norm.measure != needed:
                message = f"the norm reads the {norm.measure} of scale {scale.id}, which has raw = \"{scale.raw}\""
                yield Finding("pack.toml", message, f'Write measure = "{needed}"', f"norms.{place}.measure")


def irt_points(subject: Subject) -> Iterator[Finding]:
    """Items of a calibrated scale are worth 0 or 1."""
    options = item_options(subject.pack)
    for place, scale in enumerate(subject.pack.instrument.scales if subject.pack.manifest.irt else ()):
        codes = [code for code in member_items(subject.pack, scale) if code in options] if scale.raw == "irt" else []
        wrong = [code for code in codes if options[code].range or not set(options[code].worth()) <= {0.0, 1.0}]
        if wrong:
            message = f"scale {scale.id} has items that are not worth 0 or 1: {listed(wrong)}"
            yield Finding("instrument.toml", message, "Give their option set points of 0 and 1", f"scales.{place}")


def grid_step(subject: Subject) -> Iterator[Finding]:
    """The grid runs upwards in whole steps, 100000 at most."""
    irt = subject.pack.manifest.irt
    if irt is None:
        return
    steps = (irt.grid.to - irt.grid.from_) / irt.grid.by
    if not 1 <= steps <= MOST_STEPS or abs(steps - round(steps)) > 1e-6:
        message = f"the grid from {irt.grid.from_:g} to {irt.grid.to:g} is not a whole number of steps of {irt.grid.by:g}"
        yield Finding("pack.toml", message, "`to` is `from` plus a whole number of `by`, 100000 at most", "irt.grid.by")


def grid_range(subject: Subject) -> Iterator[Finding]:
    """The grid holds every difficulty."""
    irt = subject.pack.manifest.irt
    table = subject.table(irt.difficulties) if irt else None
    if irt is None or table is None:
        return
    for line, item, tau in zip(table.lines, table.text("item"), table.numbers("tau"), strict=True):
        if not irt.grid.from_ <= tau <= irt.grid.to:
            message = f"the difficulty {tau:g} of item {item} lies outside the grid"
            hint = f"The grid of pack.toml runs from {irt.grid.from_:g} to {irt.grid.to:g}"
            yield Finding(f"tables/{table.name}", message, hint, "tau", line)


def prior_segments(subject: Subject) -> Iterator[Finding]:
    """Pieces of the prior rise in `upto`; only the last is open, and it is."""
    irt = subject.pack.manifest.irt
    if irt is None:
        return
    ends = [np.inf if segment.upto is None else segment.upto for segment in irt.prior.segments]
    if any(later <= earlier for earlier, later in zip(ends, ends[1:], strict=False)):
        yield Finding("pack.toml", "the pieces of the prior do not rise", "Order them by `upto`; only the last has none", "irt.prior.segments")
    elif ends[-1] != np.inf:
        message = f"the last piece of the prior ends at {ends[-1]:g}, and older children would take it as well"
        yield Finding("pack.toml", message, "Leave `upto` out of the last piece, and say the oldest age in [age] below", "irt.prior.segments")
