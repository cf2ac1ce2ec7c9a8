"""A pack that is not filled in yet (status template): what is still to be typed is no error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from otscore.errors import Issue
from otscore.pack.check.subject import Finding, Subject

TO_FILL = "TO FILL"
OPEN = frozenset((
    "table_empty", "table_missing", "table_unused", "column_missing", "cell_empty", "scale_missing", "stratum_missing", "age_strata", "raw_gap",
    "raw_fraction", "precision_missing", "source_date", "source_missing", "cases_missing", "case_coverage", "kind_metric", "warn_age_range",
    "warn_group_untested", "warn_to_fill", "band_empty",
))  # fmt: skip
"""Rules that speak of what is not there yet."""


def warn_template(subject: Subject) -> Iterator[Finding]:
    """Nothing is left to be typed in a template; then its status is another."""
    if subject.pack.manifest.status != "template":
        return
    empty = False
    for name, table in subject.pack.tables.items():
        cells = [table.text(column) for column in ("score", "points", "percent", "age_equivalent", "critical") if column in table]
        missing = sum(not cell for column in cells for cell in column)
        empty |= missing > 0 or not len(table)
        if missing:
            total = sum(map(len, cells))
            hint = "Type them from the manual; a raw score that has no score in print stays empty"
            yield Finding(f"tables/{name}", f"{missing} of {total} figures are still empty", hint)
    if subject.pack.tables and not empty:
        hint = 'Write status = "single_source", or "verified" where a second, independent source agrees'
        yield Finding("pack.toml", "every table has figures, and the pack is still called a template", hint, "status")


def softened(issues: Sequence[Issue]) -> list[Issue]:
    """The findings about a template: what is not there yet as warnings."""
    return [replace(issue, code="warn_template") if issue.code in OPEN else issue for issue in issues]


def warn_to_fill(subject: Subject) -> Iterator[Finding]:
    """Nothing in the TOML files still says TO FILL, as `otscore norms new` writes it."""
    pack = subject.pack
    for name, model in (("pack.toml", pack.manifest), ("instrument.toml", pack.instrument), ("SOURCES.toml", pack.sources)):
        left = model.model_dump_json().count(TO_FILL)
        if left:
            yield Finding(name, f"{left} {'texts are' if left > 1 else 'text is'} still to be filled in", f"Search for {TO_FILL}")
