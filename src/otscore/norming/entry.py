"""Empty tables: those of the pack with every key written, and sheets to type into, laid out as the printed table is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from otscore.norming.layouts import Layout
from otscore.norming.plan import SCORES, Plan

SEXES = ("male", "female")
NONE = "-"
"""Stands where there is no such raw score."""

Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table of the pack: its file, scales and metric, and whether it has ages and sexes as keys."""

    name: str
    scales: tuple[str, ...]
    metric: str
    aged: bool
    sexes: tuple[str, ...]


def tables_of(plan: Plan) -> list[TablePlan]:
    """One table of the scales, and one for each composite; sums of derived scores have one for all ages."""
    sexes = SEXES if plan.sex else ()
    tables = [TablePlan("scores.csv", tuple(scale.id for scale in plan.scales), plan.metric, True, sexes)]
    for composite in plan.composites:
        raws = composite.of == "raws"
        tables.append(TablePlan(f"{composite.id}.csv", (composite.id,), composite.metric, raws, sexes if raws else ()))
    return tables


def empty_table(plan: Plan, table: TablePlan) -> str:
    """The table with a row for each scale, age band, sex and raw score, and no score."""
    head = ["scale", *(("age_from", "age_to") if table.aged else ()), *(("sex",) if table.sexes else ()), "raw", "score"]
    return _text(head, ((*keys, raw, "") for keys, raw in _rows(plan, table)))


def _rows(plan: Plan, table: TablePlan) -> Iterator[tuple[tuple[str, ...], int]]:
    for scale, (band, sex) in product(table.scales, product(plan.bands if table.aged else [()], table.sexes or [""])):
        for raw in plan.raws(scale):
            yield (scale, *band, *filter(None, [sex])), raw


def layout_of(plan: Plan, table: TablePlan) -> Layout:
    """The layout of the entry sheets of a table: a frame has ages, so a table without them is a long one."""
    return "long" if plan.layout == "frame" and not table.aged else plan.layout


def entry_sheets(plan: Plan, table: TablePlan) -> dict[str, str]:
    """The sheets to type into: name of the file = its text."""
    layout = layout_of(plan, table)
    if layout in ("long", "frame"):
        return {f"{layout}.csv": _long(plan, table, layout)}
    made = _by_raw if layout == "sheets" else _by_score
    bands: list[tuple[str, ...]] = list(plan.bands) if table.aged else [()]
    return {f"{_label(plan, band, sex)}.csv": made(plan, table) for band in bands for sex in table.sexes or ("",)}


def _label(plan: Plan, band: tuple[str, ...], sex: str) -> str:
    ages = f"{band[0]}_to_below_{band[1]}_{plan.unit}" if band else "every_age"
    return "_".join(filter(None, (ages, sex)))


def _long(plan: Plan, table: TablePlan, layout: Layout) -> str:
    frame = layout == "frame"
    ages = (["age_min", "age_below"] if frame else ["age"]) if table.aged else []
    sex = ["sex"] if table.sexes else []
    rows = []
    for (scale, *keys), raw in _rows(plan, table):
        if table.aged and not frame:
            keys = [f"{keys[0]} to below {keys[1]} {plan.unit}", *keys[2:]]
        rows.append((scale, *keys, raw, ""))
    return _text(["scale", *ages, *sex, "raw", "score"], rows)


def _by_raw(plan: Plan, table: TablePlan) -> str:
    raws = {scale: plan.raws(scale) for scale in table.scales}
    side = range(min(one.start for one in raws.values()), max(one.stop for one in raws.values()))
    return _text(["raw", *table.scales], ((raw, *("" if raw in raws[scale] else NONE for scale in table.scales)) for raw in side))


def _by_score(plan: Plan, table: TablePlan) -> str:
    low, high = SCORES[table.metric]
    return _text(["score", *table.scales], ((score, *("" for _ in table.scales)) for score in range(high, low - 1, -1)))


def _text(head: Sequence[str], rows: Iterator[Cells] | Sequence[Cells]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
