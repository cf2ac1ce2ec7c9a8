"""Which columns each CSV file of a pack has, which of them hold words, and where a cell may be empty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from otscore.pack.check.casefile import CASE_COLUMNS, CASE_NUMBERS, MORE_CASE_COLUMNS
from otscore.pack.check.subject import Subject
from otscore.pack.items import item_file
from otscore.pack.layout import PERCENTILE, RANGE_COLUMNS
from otscore.pack.table import Table
from otscore.schema import Norm
from otscore.schema.irt import Irt, JointMap
from otscore.schema.norm import CURVE_COLUMNS, ROW_COLUMNS

CONTROLS = frozenset(("percentile", "ci_low", "ci_high"))
PSYCHOMETRICS = ("scale", "age_from", "age_to", "statistic", "metric", "value", "source")
AGES = frozenset(("age_from", "age_to"))
EMPTY: frozenset[str] = frozenset()
MEANS_NOTHING = frozenset(("age_centre", "age_scale", "b1", "b2", "b3", "logsd1"))
"""Parameters of a regression that may be left out or empty."""


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
            yield Layout(source, table, columns, EMPTY, frozenset(("item",)), frozenset(("at_least",)))
        elif any(scale.points == name for scale in pack.instrument.scales):
            yield Layout(source, table, (*range_columns(table), "points"), EMPTY, EMPTY, frozenset(RANGE_COLUMNS))
        else:
            yield from (_irt_layout(source, name, table, model) for model in pack.manifest.irt if name in irt_files(model))
    if (found := subject.psychometrics()) is not None:
        words = frozenset(("scale", "statistic", "metric", "source", "norm_group"))
        group = frozenset(("norm_group",))
        yield Layout("psychometrics.csv", found, PSYCHOMETRICS, group, words, AGES | group)
    if (cases := subject.cases()) is not None:
        yield _case_layout(subject, cases)


def typed_tables(subject: Subject) -> Iterator[Layout]:
    """The layouts of the tables that have no error so far."""
    yield from (layout for layout in layouts(subject) if layout.source.startswith("tables/") and layout.source not in subject.broken)


def irt_files(model: Irt) -> tuple[str, ...]:
    """The tables that a calibrated model reads."""
    return (item_file(model), *((model.prior.mean, model.prior.precision) if isinstance(model, JointMap) else ()))


def _irt_layout(source: str, name: str, table: Table, model: Irt) -> Layout:
    columns = {
        "rasch_eap": ("item", "tau"),
        "graded": ("item", "loading", "points", "threshold"),
        "logistic_map": ("item", "discrimination", "difficulty"),
        "joint_map": ("item", "tau", *model.scales),
    }[model.model]
    if isinstance(model, JointMap) and name != model.items:
        columns = ("power" if name == model.prior.mean else "scale", *model.scales)
    return Layout(source, table, columns, EMPTY, frozenset(("item", "scale")), EMPTY)


def range_columns(table: Table) -> tuple[str, ...]:
    """The columns that give the ends of raw ranges: those there are, or the two that are usual."""
    return tuple(name for name in RANGE_COLUMNS if name in table) or ("raw_from", "raw_below")


def method_columns(norm: Norm, table: Table) -> tuple[str, ...]:
    """The columns that the method of a norm reads, beside its keys."""
    if norm.method == "ranges":
        return (*range_columns(table), "band" if "band" in table else "score")
    if norm.method in ("percentile_cells", "attainment"):
        return tuple(name for name in table.columns if PERCENTILE.fullmatch(name)) or ("p50",)
    if norm.method in CURVE_COLUMNS:
        return ("age", *CURVE_COLUMNS[norm.method])
    if norm.method in ROW_COLUMNS:
        spread = next((name for name in ("sd", "variance") if name in table), "logsd0")
        return tuple(spread if name == "logsd0" else name for name in ROW_COLUMNS[norm.method] if name not in MEANS_NOTHING)
    return {"lookup": ("raw", "score"), "base_rates": ("raw", "percent")}[norm.method]


def _norm_layout(source: str, table: Table, norms: list[Norm]) -> Layout:
    required: dict[str, None] = {}
    optional, words, blank = {"scale", "n"}, {"scale", "band"}, {"n"}
    for norm in norms:
        columns = method_columns(norm, table)
        required |= dict.fromkeys((*columns, *norm.strata))
        words |= set(norm.strata)
        if norm.method not in CURVE_COLUMNS:
            optional |= AGES
            required |= dict.fromkeys(sorted(AGES)) if AGES & set(table.columns) else {}
        if norm.method in ("lookup", "ranges") and "band" not in columns:
            optional |= CONTROLS
            blank |= {"score", *CONTROLS}
        if norm.method in ("ranges", "percentile_cells", "attainment"):
            blank |= set(columns) - {"band"}
        if norm.method in ROW_COLUMNS:
            optional |= set(ROW_COLUMNS[norm.method])
            blank |= MEANS_NOTHING
    more = frozenset(optional) - set(required)
    return Layout(source, table, tuple(required), more, frozenset(words), frozenset(blank), frozenset(("percentile",)))


def _case_layout(subject: Subject, cases: Table) -> Layout:
    strata = frozenset(subject.pack.manifest.strata)
    known = frozenset((*CASE_COLUMNS, *MORE_CASE_COLUMNS)) | strata
    words = known - frozenset(CASE_NUMBERS)
    return Layout("cases.csv", cases, CASE_COLUMNS, known - set(CASE_COLUMNS), words, known - {"case", "scale", "source"})
