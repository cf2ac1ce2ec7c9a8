"""Which columns each CSV file of a pack has, which of them hold words, and where a cell may be empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from otscore.pack.check.casefile import CASE_COLUMNS, CASE_NUMBERS, MORE_CASE_COLUMNS
from otscore.pack.check.subject import CURVES, Subject
from otscore.pack.table import Table
from otscore.schema import Norm

PERCENTILE = re.compile(r"p(\d{1,2}|\d{1,2}_\d)")
CONTROLS = frozenset(("percentile", "ci_low", "ci_high"))
PSYCHOMETRICS = ("scale", "age_from", "age_to", "statistic", "metric", "value", "source")
AGES = frozenset(("age_from", "age_to"))
EMPTY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one file. ``percentiles`` may be printed open-ended (``<0.1``); what is no word is a number."""

    source: str
    table: Table
    required: tuple[str, ...]
    optional: frozenset[str]
    words: frozenset[str]
    blank: frozenset[str]
    percentiles: frozenset[str] = EMPTY

    def known(self) -> list[str]:
        """The columns of the file that something reads."""
        return [name for name in self.table.columns if name in self.required or name in self.optional]


def layouts(subject: Subject) -> Iterator[Layout]:
    """The layout of every table that something uses, of psychometrics.csv and of cases.csv."""
    pack = subject.pack
    for name, table in pack.tables.items():
        source = f"tables/{name}"
        norms = [norm for norm in pack.manifest.norms if norm.table == name]
        if norms:
            yield _norm_layout(source, table, norms)
        elif any(scale.grade and scale.grade.table == name for scale in pack.instrument.scales):
            columns = ("item", "age_from", "age_to", "code", "at_least")
            yield Layout(source, table, columns, EMPTY, frozenset(("item",)), EMPTY)
        elif pack.manifest.irt is not None and pack.manifest.irt.difficulties == name:
            yield Layout(source, table, ("item", "tau"), EMPTY, frozenset(("item",)), EMPTY)
    if (found := subject.psychometrics()) is not None:
        words = frozenset(("scale", "statistic", "metric", "source"))
        yield Layout("psychometrics.csv", found, PSYCHOMETRICS, EMPTY, words, AGES)
    if (cases := subject.cases()) is not None:
        yield _case_layout(subject, cases)


def method_columns(norm: Norm, table: Table) -> tuple[str, ...]:
    """The columns that the method of a norm reads, beside its keys."""
    if norm.method == "ranges":
        closed = "raw_min" in table or "raw_max" in table
        ends = ("raw_min", "raw_max") if closed else ("raw_from", "raw_below")
        return (*ends, "band" if "band" in table else "score")
    if norm.method == "percentile_cells":
        return tuple(name for name in table.columns if PERCENTILE.fullmatch(name)) or ("p50",)
    if norm.method in CURVES:
        return ("age", *CURVES[norm.method])
    return {"lookup": ("raw", "score"), "mean_sd": ("mean", "sd")}[norm.method]


def _norm_layout(source: str, table: Table, norms: list[Norm]) -> Layout:
    required: dict[str, None] = {}
    optional, words, blank = {"scale", "n"}, {"scale", "band"}, {"n"}
    for norm in norms:
        columns = method_columns(norm, table)
        required |= dict.fromkeys((*columns, *norm.strata))
        words |= set(norm.strata)
        if norm.method not in CURVES:
            optional |= AGES
            required |= dict.fromkeys(sorted(AGES)) if AGES & set(table.columns) else {}
        if norm.method in ("lookup", "ranges") and "band" not in columns:
            optional |= CONTROLS
            blank |= {"score", *CONTROLS}
        if norm.method in ("ranges", "percentile_cells"):
            blank |= set(columns) - {"band"}
    more = frozenset(optional) - set(required)
    return Layout(source, table, tuple(required), more, frozenset(words), frozenset(blank), frozenset(("percentile",)))


def _case_layout(subject: Subject, cases: Table) -> Layout:
    strata = frozenset(subject.pack.manifest.strata)
    known = frozenset((*CASE_COLUMNS, *MORE_CASE_COLUMNS)) | strata
    words = known - frozenset(CASE_NUMBERS)
    return Layout("cases.csv", cases, CASE_COLUMNS, known - set(CASE_COLUMNS), words, known - {"case", "scale", "source"})
