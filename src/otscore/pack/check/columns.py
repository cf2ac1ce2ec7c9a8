"""Columns and cells of every CSV file: none missing, none unknown, numbers where numbers stand, nothing empty."""

from __future__ import annotations

import math
from collections.abc import Iterator

from otscore.pack.check.layout import Layout, layouts
from otscore.pack.check.members import NUMBER
from otscore.pack.check.subject import Finding, Subject
from otscore.pack.table import OPEN, Table


def column_missing(subject: Subject) -> Iterator[Finding]:
    """Every file has the columns of its method, and its norms' strata."""
    for layout in layouts(subject):
        for column in layout.required:
            if column not in layout.table:
                hint = f"Needed: {', '.join(layout.required)}"
                yield Finding(layout.source, f"the column {column} is missing", hint, column)


def column_unknown(subject: Subject) -> Iterator[Finding]:
    """No file has a column that nothing reads."""
    strata = subject.pack.manifest.strata
    for layout in layouts(subject):
        for column in layout.table.columns:
            if column not in layout.known():
                more = f"; a norm that selects rows by it needs strata = [\"{column}\"]" if column in strata else ""
                allowed = ", ".join((*layout.required, *sorted(layout.optional)))
                hint = f"Allowed: {allowed}{more}"
                yield Finding(layout.source, f"nothing reads the column {column}", hint, column)


def cell_empty(subject: Subject) -> Iterator[Finding]:
    """No cell is empty where a value is needed."""
    for layout in layouts(subject):
        for column in layout.known():
            if column in layout.blank:
                continue
            for line, cell in zip(layout.table.lines, layout.table.text(column), strict=True):
                if not cell:
                    yield Finding(layout.source, "the cell is empty", "Fill it, or remove the row", column, line)


def cell_number(subject: Subject) -> Iterator[Finding]:
    """Numbers are plain and finite, with a decimal point."""
    for layout in layouts(subject):
        for column in layout.known():
            if column in layout.words:
                continue
            for line, cell in zip(layout.table.lines, layout.table.text(column), strict=True):
                if cell and not _is_number(cell, layout, column):
                    more = "; an open end as <12 or >99" if column in layout.open_ended else ""
                    hint = f"Write a plain number with a decimal point: 12, -0.5, 1e-9{more}"
                    yield Finding(layout.source, "the cell is not a finite number", hint, column, line)


def _is_number(cell: str, layout: Layout, column: str) -> bool:
    if column in layout.open_ended and (found := OPEN.fullmatch(cell)) is not None:
        return found[4] is not None or (layout.in_months and int(found[3]) < 12)
    return NUMBER.fullmatch(cell) is not None and math.isfinite(float(cell))


def stratum_value(subject: Subject) -> Iterator[Finding]:
    """Cells of a stratum hold the values that pack.toml lists, spelt as there; beside them no row of a scale leaves its cell empty."""
    manifest = subject.pack.manifest
    for norm in manifest.norms:
        table = subject.pack.tables.get(norm.table or "")
        if table is None:
            continue
        for name in filter(table.__contains__, norm.strata):
            values = manifest.strata[name].values
            for line, cell in zip(table.lines, table.text(name), strict=True):
                if cell and cell not in values:
                    hint = f"Allowed: {', '.join(values)}; aliases are for children's data only"
                    yield Finding(f"tables/{table.name}", f"{cell} is no value of the stratum {name}", hint, name, line)
    compared = {one.table for one in manifest.comparisons}
    tables = {f"tables/{name}": table for name, table in subject.pack.tables.items() if name in compared}
    for source, found in (tables | {"psychometrics.csv": subject.pack.psychometrics}).items():
        if found is not None and "scale" in found:
            yield from _strata_of_figures(subject, source, found)


def _strata_of_figures(subject: Subject, source: str, table: Table) -> Iterator[Finding]:
    """Figures that stand for all children of a scale, or for each value of a stratum."""
    keys = list(zip(*(table.text(name) for name in ("scale", "other", "statistic", "metric") if name in table), strict=True))
    for name, stratum in subject.pack.manifest.strata.items():
        if name not in table:
            continue
        by_value = {key for key, cell in zip(keys, table.text(name), strict=True) if cell}
        for line, key, cell in zip(table.lines, keys, table.text(name), strict=True):
            if cell and cell not in stratum.values:
                hint = f"Allowed: {', '.join(stratum.values)}; aliases are for children's data only"
                yield Finding(source, f"{cell} is no value of the stratum {name}", hint, name, line)
            elif not cell and key in by_value:
                message = f"{name} is empty, and other rows of {key[0]} name a value"
                yield Finding(source, message, "Write the figure for every value, or for all children alone", name, line)
