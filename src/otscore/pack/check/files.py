"""Which files a pack has: the named ones exist, the existing ones are used."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import item_file
from otscore.schema.irt import JointMap, RaschEap

KNOWN_FILES = ("pack.toml", "SOURCES.toml", "instrument.toml", "items.csv", "psychometrics.csv", "cases.csv")


def named_tables(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """(file that names it, key, name) of every table that the pack names."""
    manifest = subject.pack.manifest
    for place, model in enumerate(manifest.irt):
        key = "difficulties" if isinstance(model, RaschEap) else "items"
        yield "pack.toml", f"irt.{place}.{key}", item_file(model)
        if isinstance(model, JointMap):
            yield "pack.toml", f"irt.{place}.prior.mean", model.prior.mean
            yield "pack.toml", f"irt.{place}.prior.precision", model.prior.precision
    for place, norm in enumerate(manifest.norms):
        if norm.table is not None:
            yield "pack.toml", f"norms.{place}.table", norm.table
    for place, scale in enumerate(subject.pack.instrument.scales):
        if scale.grade is not None:
            yield "instrument.toml", f"scales.{place}.grade.table", scale.grade.table
        for key in ("points", "adjusted"):
            if (name := getattr(scale, key)) is not None:
                yield "instrument.toml", f"scales.{place}.{key}", name
        if scale.runs is not None and scale.runs.start is not None:
            yield "instrument.toml", f"scales.{place}.runs.start", scale.runs.start
    for place, item in enumerate(subject.pack.instrument.derived_items):
        if item.points is not None:
            yield "instrument.toml", f"derived_items.{place}.points", item.points
    for place, comparison in enumerate(manifest.comparisons):
        for key in ("table", "base_rates"):
            if (name := getattr(comparison, key)) is not None:
                yield "pack.toml", f"comparisons.{place}.{key}", name


def table_missing(subject: Subject) -> Iterator[Finding]:
    """Every table that pack.toml or instrument.toml names is in tables/."""
    tables = subject.pack.tables
    for source, key, name in named_tables(subject):
        if name not in tables:
            hint = f"In tables/ there is: {listed(tables) or 'nothing'}"
            yield Finding(source, f"names tables/{name}, which does not exist", hint, key)


def table_unused(subject: Subject) -> Iterator[Finding]:
    """Every table in tables/ is named somewhere."""
    named = {name for _, _, name in named_tables(subject)}
    for name in subject.pack.tables:
        if name not in named:
            hint = "Name it in [[norms]] or [[irt]] of pack.toml or in a scale's grade or points, or remove the file"
            yield Finding(f"tables/{name}", "no norm and no scale uses the table", hint)


def table_empty(subject: Subject) -> Iterator[Finding]:
    """No CSV file is without rows."""
    pack = subject.pack
    files = {f"tables/{name}": table for name, table in pack.tables.items()}
    for source, table in (files | {"psychometrics.csv": pack.psychometrics}).items():
        if table is not None and not len(table):
            yield Finding(source, "the file has a header and no row", "Add the rows, or remove the file")
    if not pack.items:
        yield Finding("items.csv", "the file has a header and no row", "List the items of the instrument")


def file_unknown(subject: Subject) -> Iterator[Finding]:
    """No TOML or CSV file lies where it is not read."""
    for file in sorted(subject.pack.home.iterdir(), key=lambda file: file.name):
        if file.name.lower().endswith((".csv", ".toml")) and file.name not in KNOWN_FILES:
            hint = f"Files that are read here: {', '.join(KNOWN_FILES)}; norm tables stand in tables/"
            yield Finding(file.name, "a file of this name is never read", hint)
    tables = subject.pack.home / "tables"
    for file in sorted(tables.iterdir(), key=lambda file: file.name) if tables.is_dir() else ():
        if file.name not in subject.pack.tables and not file.name.startswith("."):
            yield Finding(f"tables/{file.name}", "the file is never read", "Tables are CSV files with the ending .csv, in no folder")
