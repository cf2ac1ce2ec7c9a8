"""A long table, a row per answer, gathered to a wide one with a row per visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.compile import Form
from otscore.intake.answers import CONFLICT
from otscore.intake.cells.frame import blank
from otscore.intake.columns import Layout, child_column, item_codes, known_codes
from otscore.intake.findings import Findings
from otscore.intake.looks import CONFLICTING
from otscore.intake.spelling import could_be_data
from otscore.schema.mapping import ColumnMap, did_you_mean

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a gathered table by cell (visit times items plus item), in order, with the row each stands in."""

    cells: Places
    rows: Places
    items: dict[str, int]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the cells of a gathered table stand in the input."""

    first_visit: int
    first_line: int
    visit_rows: Places
    answers: Answers

    def __call__(self, row: int, column: str) -> int:
        """The row of the answer; for a column that is no item, the first row of the visit."""
        visit, place = row - self.first_visit, self.answers.items.get(column)
        line = int(self.visit_rows[visit])
        if place is not None:
            cell = visit * len(self.answers.items) + place
            line = int(self.answers.rows[np.searchsorted(self.answers.cells, cell)])
        return self.first_line + line + 1


def gather(frame: pd.DataFrame, forms: Sequence[Form], layout: Layout, findings: Findings) -> tuple[pd.DataFrame, Layout]:
    """A long frame as a wide one: a row per visit in order of first appearance, a column per item.

    Two different answers of one visit to one item are a finding, and count as illegal. Rows that do not say whose they are
    are a finding, and left out: put together they would be a child that nobody is.
    """
    mapping, findings.owner = layout.mapping, ""
    assert mapping.item is not None and mapping.response is not None
    owned = _owned(frame, mapping, findings)
    visit_columns = [name for name in mapping.claimed if name not in (mapping.item, mapping.response)]
    grouped = frame.iloc[owned].groupby(visit_columns, sort=False, dropna=False, observed=True)
    visit = np.full(len(frame), -1, dtype=np.intp)
    visit[owned] = grouped.ngroup().to_numpy()
    visit_rows = owned[np.unique(visit[owned], return_index=True)[1]]
    wide = frame.iloc[visit_rows][visit_columns].reset_index(drop=True)
    item, order = _item_places(frame[mapping.item], forms, mapping, findings)
    given = frame[mapping.response].notna().to_numpy(dtype=bool)
    _report_unnamed(frame[mapping.item], given, mapping, findings)
    rows = np.flatnonzero((item >= 0) & given & (visit >= 0))
    cells = visit[rows] * len(order) + item[rows]
    sorting = np.argsort(cells, kind="stable")
    answers = Answers(cells[sorting], rows[sorting], order)
    block = _spread(frame[mapping.response].iloc[answers.rows], answers, len(visit_rows), findings, mapping)
    findings.locate = Origin(findings.offset, findings.lines, visit_rows, answers)
    findings.lines += len(frame)
    columns = pd.DataFrame(block, columns=list(order)).infer_objects()
    return pd.concat([wide, columns], axis=1), Layout(mapping, {code: code for code in order})


def _owned(frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> Places:
    """The rows that say which child they are of; of the others those that hold anything are told."""
    column = child_column(mapping)
    assert column is not None
    nameless = blank(frame[column])
    lost = nameless & frame.notna().to_numpy().any(axis=1) if nameless.any() else nameless
    message = "a row of a long table that does not say which child it is of; it is not scored"
    rows = np.flatnonzero(lost) + findings.lines + 1
    if rows.size:
        findings.add_lines("id_missing", column, rows.tolist(), message, "Add the identifier: rows without one could be of many children")
    return np.flatnonzero(~nameless)


def _item_places(named: pd.Series, forms: Sequence[Form], mapping: ColumnMap, findings: Findings) -> tuple[Places, dict[str, int]]:
    """The position of each row's item, -1 where it is none; and item code -> position."""
    place, names = pd.factorize(named)
    codes = item_codes(list(names), forms, mapping)
    order = {code: position for position, code in enumerate(dict.fromkeys(codes.values()))}
    item = np.array([order[codes[name]] if name in codes else -1 for name in names] + [-1], dtype=np.intp)
    ignored = mapping.ignore == "unknown"
    strange = [position for position, name in enumerate(names) if name not in codes and not (ignored or name in mapping.ignore)]
    _report_unknown(place, names, strange, forms, mapping, findings)
    return item[place], order


def _report_unknown(place: Places, names: Any, strange: list[int], forms: Sequence[Form], mapping: ColumnMap, findings: Findings) -> None:  # fmt: skip
    """Tells a strange item code only where it comes near a known one: it could be any cell of a shifted row."""
    known = known_codes(forms) if strange else ()
    for position in strange:
        rows = np.flatnonzero(place == position) + findings.lines + 1
        close = "" if could_be_data(str(names[position])) else did_you_mean(str(names[position]), known)
        message = f"the item code {names[position]} is unknown" if close else "an item code that no pack knows"
        hint = f"{close}Correct it, map it under [items], or name it in `ignore`"
        findings.add_lines("unknown_item", mapping.item or "", rows.tolist(), message, hint, fatal=True)


def _report_unnamed(named: pd.Series, given: NDArray[np.bool_], mapping: ColumnMap, findings: Findings) -> None:
    rows = np.flatnonzero(named.isna().to_numpy(dtype=bool) & given)
    if rows.size:
        message, hint = "an answer without an item code", "Add the item code; the answer is not scored"
        findings.add_lines("item_missing", mapping.item or "", (rows + findings.lines + 1).tolist(), message, hint)


def _spread(said: pd.Series, answers: Answers, n: int, findings: Findings, mapping: ColumnMap) -> NDArray[Any]:
    """(n, items): each answer in its cell; a mark where a visit has two different ones."""
    numeric = pd.api.types.is_numeric_dtype(said) and not pd.api.types.is_bool_dtype(said)
    values = said.to_numpy(dtype=np.float64, na_value=np.nan) if numeric else said.to_numpy(dtype=object)
    again = np.flatnonzero(answers.cells[1:] == answers.cells[:-1])
    differs = np.array([place for place in again if not _same(values[place], values[place + 1])], dtype=np.intp)
    block = np.full((n, len(answers.items)), np.nan, dtype=np.float64 if numeric else object)
    block.reshape(-1)[answers.cells] = values
    block.reshape(-1)[answers.cells[differs]] = CONFLICTING if numeric else CONFLICT
    if differs.size:
        message, hint = "a visit has two different answers to one item", "Keep one, or tell the visits apart with `visit`"
        rows = np.sort(answers.rows[differs + 1]) + findings.lines + 1
        findings.add_lines("duplicate_response", mapping.response or "", rows.tolist(), message, hint)
    return block


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):
        return False
