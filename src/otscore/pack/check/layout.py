"""Which columns each CSV file of a pack has, which of them hold words, and where a cell may be empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from otscore.codes import Metric
from otscore.pack.check.casefile import CASE_COLUMNS, CASE_NUMBERS, MORE_CASE_COLUMNS
from otscore.pack.check.subject import Subject
from otscore.pack.items import item_file
from otscore.pack.layout import PERCENTILE, RANGE_COLUMNS
from otscore.pack.table import Table
from otscore.schema import Norm
from otscore.schema.irt import Irt, JointMap
from otscore.schema.norm import CURVE_COLUMNS, ROW_COLUMNS, Comparison

CONTROLS = frozenset(("percentile", "ci_low", "ci_high"))
PSYCHOMETRICS = ("scale", "age_from", "age_to", "statistic", "metric", "value", "source")
AGES = frozenset(("age_from", "age_to"))
EMPTY: frozenset[str] = frozenset()
MEANS_NOTHING = frozenset(("age_centre", "age_scale", "b1", "b2", "b3", "logsd1"))
"""Parameters of a regression that may be left out or empty."""


TABLE_COLUMNS = {
    "lookup": ("raw", "score"),
    "base_rates": ("raw", "percent"),
    "percent_delay": ("raw", "age_equivalent"),
    "taylor": ("power_score", "power_age", "coefficient"),
}
"""What tables of these methods hold, beside their keys."""
INTERVAL = re.compile(r"ci[0-9]+(?:\.[0-9]+)?_(?:low|high)")


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one file. What is no word is a number; ``open_ended`` ones may be printed as ``<0.1``, and where they are
    ages ``in_months``, as years and months (2:0).
    """

    source: str
    table: Table
    required: tuple[str, ...]
    optional: frozenset[str]
    words: frozenset[str]
    blank: frozenset[str]
    open_ended: frozenset[str] = EMPTY
    in_months: bool = False

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
        elif name in {*(scale.points for scale in pack.instrument.scales), *(item.points for item in pack.instrument.derived_items)}:
            item = frozenset(("item",))
            yield Layout(source, table, (*range_columns(table), "points"), item, item, frozenset(RANGE_COLUMNS))
        elif any(scale.runs and scale.runs.start == name for scale in pack.instrument.scales):
            yield Layout(source, table, ("age_from", "age_to", "item"), EMPTY, frozenset(("item",)), EMPTY)
        elif any(scale.adjusted == name for scale in pack.instrument.scales):
            yield Layout(source, table, ("raw", "missing", "adjusted"), EMPTY, EMPTY, EMPTY)
        elif any(name in (one.table, one.base_rates) for one in pack.manifest.comparisons):
            users = [one for one in pack.manifest.comparisons if name in (one.table, one.base_rates)]
            yield _comparison_layout(source, table, users, frozenset(pack.manifest.strata))
        else:
            yield from (_irt_layout(source, name, table, model) for model in pack.manifest.irt if name in irt_files(model))
    if (found := subject.psychometrics()) is not None:
        group = frozenset(("norm_group", *pack.manifest.strata))
        words = frozenset(("scale", "statistic", "metric", "source")) | group
        more = group | frozenset(("level",))
        yield Layout("psychometrics.csv", found, PSYCHOMETRICS, more, words, AGES | more)
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


def _comparison_layout(source: str, table: Table, users: list[Comparison], strata: frozenset[str]) -> Layout:
    """Critical differences or base rates of pairs of scales; ``other`` is empty where a scale is compared with the mean."""
    words = frozenset(("scale", "other")) | strata
    if any(one.base_rates == table.name for one in users):
        return Layout(source, table, ("scale", "other", "at_least", "percent"), EMPTY, words, frozenset(("other",)), frozenset(("percent",)))
    required = ("scale", "other", "r") if any(one.kind == "predicted" for one in users) else ("scale", "other", "level", "critical")
    more = frozenset(("level", "critical", *AGES, *strata)) - set(required)
    return Layout(source, table, required, more, words, frozenset(("other", *AGES)))


def range_columns(table: Table) -> tuple[str, ...]:
    """The columns that give the ends of raw ranges: those there are, or the two that are usual."""
    return tuple(name for name in RANGE_COLUMNS if name in table) or ("raw_from", "raw_below")


def method_columns(norm: Norm, table: Table) -> tuple[str, ...]:
    """The columns that the method of a norm reads, beside its keys."""
    if norm.method == "ranges":
        return (*range_columns(table), "band" if norm.metric is Metric.NONE else "score")
    if norm.method in ("percentile_cells", "attainment"):
        return tuple(name for name in table.columns if PERCENTILE.fullmatch(name)) or ("p50",)
    if norm.method in CURVE_COLUMNS:
        return ("age", *CURVE_COLUMNS[norm.method])
    if norm.method in ROW_COLUMNS:
        spread = next((name for name in ("sd", "variance") if name in table), "logsd0")
        return tuple(spread if name == "logsd0" else name for name in ROW_COLUMNS[norm.method] if name not in MEANS_NOTHING)
    return TABLE_COLUMNS[norm.method]


def _norm_layout(source: str, table: Table, norms: list[Norm]) -> Layout:
    required: dict[str, None] = {}
    optional, words, blank = {"scale", "n"}, {"scale", "band"}, {"n"}
    for norm in norms:
        columns = method_columns(norm, table)
        required |= dict.fromkeys((*columns, *norm.strata))
        words |= set(norm.strata)
        if norm.method not in CURVE_COLUMNS and norm.method != "taylor":
            optional |= AGES
            required |= dict.fromkeys(sorted(AGES)) if AGES & set(table.columns) else {}
        if norm.method in ("lookup", "ranges") and norm.metric is not Metric.NONE:
            beside = {*CONTROLS, "band", "counts_as", *(name for name in table.columns if INTERVAL.fullmatch(name))}
            optional |= beside
            blank |= {"score", *beside}
        if norm.method in ("ranges", "percentile_cells", "attainment"):
            blank |= set(columns) - {"band"}
        if norm.method in ROW_COLUMNS:
            optional |= set(ROW_COLUMNS[norm.method])
            blank |= MEANS_NOTHING
    more = frozenset(optional) - set(required)
    scores = frozenset(name for name in table.columns if name in ("score", "age_equivalent", *CONTROLS) or INTERVAL.fullmatch(name))
    months = any(norm.metric is Metric.AGE_EQUIVALENT or norm.method == "percent_delay" for norm in norms)
    return Layout(source, table, tuple(required), more, frozenset(words), frozenset(blank), scores, months)


def _case_layout(subject: Subject, cases: Table) -> Layout:
    strata = frozenset(subject.pack.manifest.strata)
    known = frozenset((*CASE_COLUMNS, *MORE_CASE_COLUMNS)) | strata
    words = known - frozenset(CASE_NUMBERS)
    return Layout("cases.csv", cases, CASE_COLUMNS, known - set(CASE_COLUMNS), words, known - {"case", "scale", "source"})
