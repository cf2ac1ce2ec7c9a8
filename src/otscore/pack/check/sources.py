"""SOURCES.toml: every file with figures says where they were seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from otscore.pack.check.subject import Finding, Subject, listed


def figure_files(subject: Subject) -> Iterator[str]:
    """The files of the pack that hold figures: tables, psychometrics, a key in items.csv, cuts or a calibration in pack.toml."""
    yield from (f"tables/{name}" for name in subject.pack.tables)
    if subject.pack.psychometrics is not None:
        yield "psychometrics.csv"
    if any(item.reverse for item in subject.pack.items):
        yield "items.csv"
    if subject.pack.manifest.irt or any(norm.cuts for norm in subject.pack.manifest.norms):
        yield "pack.toml"


def source_missing(subject: Subject) -> Iterator[Finding]:
    """Every file with figures has an entry in SOURCES.toml."""
    entries = {entry.file for entry in subject.pack.sources.tables}
    for file in figure_files(subject):
        if file not in entries:
            hint = "Add [[tables]] with file, source, place, read, transcribed, checked"
            yield Finding("SOURCES.toml", f"no entry says where the figures of {file} come from", hint, "tables")


def source_file(subject: Subject) -> Iterator[Finding]:
    """Every entry of SOURCES.toml is for a file of the pack."""
    pack = subject.pack
    beside = ("pack.toml", "instrument.toml", "items.csv", "cases.csv")
    known = [f"tables/{name}" for name in pack.tables] + list(beside) + (["psychometrics.csv"] if pack.psychometrics else [])
    for place, entry in enumerate(pack.sources.tables):
        if entry.file not in known:
            hint = f"Write the path within the pack: {listed(known)}"
            yield Finding("SOURCES.toml", f"the pack has no file {entry.file}", hint, f"tables.{place}.file")


def source_unknown(subject: Subject) -> Iterator[Finding]:
    """Every source that an entry or psychometrics.csv names is described in SOURCES.toml."""
    sources = subject.pack.sources.sources
    hint = f"Described are: {listed(sources) or 'none'}"
    for place, entry in enumerate(subject.pack.sources.tables):
        if entry.source not in sources:
            yield Finding("SOURCES.toml", f"the source {entry.source} is not described", hint, f"tables.{place}.source")
    table = subject.psychometrics()
    if table is not None:
        for line, cell in zip(table.lines, table.text("source"), strict=True):
            if cell not in sources:
                yield Finding("psychometrics.csv", f"the source {cell} is not described in SOURCES.toml", hint, "source", line)


def source_date(subject: Subject) -> Iterator[Finding]:
    """The day a source was read is a date."""
    for place, entry in enumerate(subject.pack.sources.tables):
        try:
            date.fromisoformat(entry.read)
        except ValueError:
            yield Finding("SOURCES.toml", "`read` is not a date", "Write year-month-day", f"tables.{place}.read")
