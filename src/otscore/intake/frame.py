"""A DataFrame becomes a Batch: wide (a row per visit) or long (a row per answer, gathered to wide first)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.batch import Batch, Children
from otscore.compile import Form
from otscore.errors import UnknownItem
from otscore.intake.ages import AgeGiven, Ages, pack_ages, stratum_codes
from otscore.intake.answers import UNREADABLE, AnswerReader, readers, screen
from otscore.intake.columns import Layout, item_codes, unknown_items
from otscore.intake.findings import Findings
from otscore.intake.spelling import stratum_spellings
from otscore.schema.mapping import AGE_COLUMNS, ColumnMap

Floats = NDArray[np.float64]
CONFLICT = "\0conflict"
"""Stands in a gathered table where one child has two different answers to one item."""


def read_batch(form: Form, frame: pd.DataFrame, layout: Layout, ages: Ages, findings: Findings) -> Batch:
    """The rows of a wide frame as a batch for one form; what is wrong goes to ``findings``."""
    columns = [layout.items.get(item, "") for item in form.items]
    responses = _responses(frame, columns, readers(form, layout.mapping))
    illegal = screen(responses, form, tuple(columns), findings)
    return Batch(
        responses=responses, age=ages.age, age_days=ages.age_days, corrected_age_days=ages.corrected_age_days,
        strata={name: _stratum(form, name, frame, layout.mapping, findings) for name in form.strata},
        illegal=illegal, age_invalid=ages.invalid if ages.invalid.any() else None, age_other=ages.other,
    )  # fmt: skip


def read_ages(form: Form, frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> Ages:
    """The ages of a frame by the rule of the form's pack."""
    given = _age_given(frame, mapping, findings)
    ages = pack_ages(form.pack.manifest.age, given, form.options.age_basis)
    column = mapping.assessment_date or next(filter(None, (getattr(mapping, name) for name in AGE_COLUMNS)), "")
    if mapping.birth_date:
        message, hint = "the assessment lies before the birth", "Are the two dates the wrong way round, or the day and month?"
    else:
        message, hint = "an age that no child has", "Is the age in another unit than its column says?"
    findings.add_rows("age_invalid", column, ages.invalid, message, hint)
    if column:
        unknown = np.isnan(ages.age_days)
        findings.add_rows("age_missing", column, unknown, "no age, so no norm-referenced score", "Add it where it is known")
    return ages


def read_children(frame: pd.DataFrame, mapping: ColumnMap, ages: Ages, first_row: int, informants: tuple[str, ...]) -> Children:
    """Identifiers, ages and informants, as they are echoed in the output. Without an id column: the row number."""
    numbers = pd.Series(np.arange(first_row + 1, first_row + len(frame) + 1))
    ids = numbers if mapping.id is None else frame[mapping.id].reset_index(drop=True)
    single = informants[0] if len(informants) == 1 else ""
    said = frame[mapping.informant].reset_index(drop=True) if mapping.informant else single
    return Children(ids, ages.age_days, ages.corrected_age_days, ages.corrected, said)


def row_hashes(frame: pd.DataFrame, mapping: ColumnMap) -> NDArray[np.uint64]:
    """A hash of id and age (or dates) of each row, to find visits that stand twice; 0 where the id is empty."""
    parts = ("id", "visit", *AGE_COLUMNS, "birth_date", "assessment_date", "informant")
    columns = [getattr(mapping, part) for part in parts if getattr(mapping, part)]
    if mapping.id is None:
        return np.zeros(len(frame), dtype=np.uint64)
    hashes = pd.util.hash_pandas_object(frame[columns], index=False).to_numpy()
    return np.where(frame[mapping.id].isna(), np.uint64(0), hashes)


def report_repeated(hashes: NDArray[np.uint64], mapping: ColumnMap, findings: Findings) -> None:
    """A finding for visits that stand twice, told from the hashes of all rows."""
    order = np.argsort(hashes, kind="stable")
    again = np.zeros(len(hashes), dtype=np.bool_)
    again[order[1:]] = (hashes[order][1:] == hashes[order][:-1]) & (hashes[order][1:] != 0)
    message = "the same child at the same age stands in an earlier row too"
    hint = "Remove the copy, or tell visits apart with their own id; both rows are scored"
    findings.add_rows("duplicate_id", mapping.id or "", again, message, hint)


def gather(frame: pd.DataFrame, forms: Sequence[Form], layout: Layout, findings: Findings) -> tuple[pd.DataFrame, Layout]:
    """A long frame as a wide one: a row per visit in order of first appearance, a column per item.

    Two different answers of one visit to one item are a finding, and count as illegal. Raises UnknownItem for item codes
    that no pack knows.
    """
    mapping = layout.mapping
    assert mapping.item is not None and mapping.response is not None
    visit_columns = [name for name in mapping.claimed if name not in (mapping.item, mapping.response)]
    visit = frame.groupby(visit_columns, sort=False, dropna=False).ngroup().to_numpy()
    names, items = pd.factorize(frame[mapping.item])
    codes = item_codes(list(items), forms, mapping)
    unknown = [name for name in items if name not in codes and mapping.ignore != "unknown" and name not in mapping.ignore]
    if unknown:
        raise UnknownItem(unknown_items(unknown, forms, findings.source, "item code"))
    order = {code: place for place, code in enumerate(dict.fromkeys(codes.values()))}
    place_of = np.array([order[codes[name]] if name in codes else -1 for name in items] + [-1], dtype=np.intp)
    place = place_of[names]
    first = np.unique(visit, return_index=True)[1]
    wide = frame.iloc[first][visit_columns].reset_index(drop=True)
    kept = place >= 0
    block = _spread(visit[kept], place[kept], frame[mapping.response][kept], (len(first), len(order)))
    _report_conflicts(block, visit, kept, findings, mapping)
    answers = pd.DataFrame(block, columns=list(order)).infer_objects()
    return pd.concat([wide, answers], axis=1), Layout(mapping, {code: code for code in order})


def _spread(visit: NDArray[np.integer[Any]], place: NDArray[np.intp], answers: pd.Series, shape: tuple[int, int]) -> NDArray[Any]:
    numeric = pd.api.types.is_numeric_dtype(answers) and not pd.api.types.is_bool_dtype(answers)
    values = answers.to_numpy(dtype=np.float64, na_value=np.nan) if numeric else answers.to_numpy(dtype=object)
    cell = visit * shape[1] + place
    order = np.argsort(cell, kind="stable")
    again = np.flatnonzero(cell[order][1:] == cell[order][:-1])
    differs = [pair for pair in again if not _same(values[order[pair]], values[order[pair + 1]])]
    block = np.full(shape, np.nan, dtype=np.float64 if numeric else object)
    block.reshape(-1)[cell] = values
    block.reshape(-1)[cell[order[differs]]] = UNREADABLE if numeric else CONFLICT
    return block


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (one != one and other != other)


def _report_conflicts(block: NDArray[Any], visit: NDArray[np.integer[Any]], kept: NDArray[np.bool_], findings: Findings, mapping: ColumnMap) -> None:  # fmt: skip
    marks = np.isposinf(block) if block.dtype == np.float64 else block == CONFLICT
    bad = np.zeros(len(visit), dtype=np.bool_)
    bad[np.unique(visit, return_index=True)[1][marks.any(axis=1)]] = True
    message = "a visit has two different answers to one item"
    findings.add_rows("duplicate_response", mapping.response or "", bad, message, "Keep one, or tell the visits apart with `visit`")


def _responses(frame: pd.DataFrame, columns: Sequence[str], items: Sequence[AnswerReader]) -> Floats:
    """(n, k) codes, C-ordered; NaN where the frame has no such column or no answer."""
    present = [place for place, column in enumerate(columns) if column]
    names = [columns[place] for place in present]
    part = frame[names]
    kinds = [_is_number(kind) for kind in part.dtypes]
    if all(kinds) and all(items[place].plain for place in present):
        block = np.ascontiguousarray(part.to_numpy(dtype=np.float64, na_value=np.nan))
    else:
        block = np.empty((len(frame), len(names)))
        for position, (place, is_number) in enumerate(zip(present, kinds, strict=True)):
            column, reader = part.iloc[:, position], items[place]
            fast = is_number and reader.plain
            values = column.to_numpy(dtype=np.float64, na_value=np.nan) if fast else reader.codes(column.tolist())
            block[:, position] = values
    if len(present) == len(columns):
        return block
    responses = np.full((len(frame), len(columns)), np.nan)
    responses[:, present] = block
    return responses


def _is_number(kind: Any) -> bool:
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def _age_given(frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> AgeGiven:
    weeks, days = (_numbers(frame, column, findings) for column in (mapping.gestation_weeks, mapping.gestation_days))
    if mapping.birth_date and mapping.assessment_date:
        birth, test = (_dates(frame, column, mapping, findings) for column in (mapping.birth_date, mapping.assessment_date))
        return AgeGiven("dates", birth=birth, test=test, gestation_weeks=weeks, gestation_days=days)
    for name in AGE_COLUMNS:
        if (column := getattr(mapping, name)) is not None:
            number = _numbers(frame, column, findings)
            return AgeGiven(name.removeprefix("age_"), number, gestation_weeks=weeks, gestation_days=days)
    return AgeGiven("days", np.full(len(frame), np.nan), gestation_weeks=weeks, gestation_days=days)


def _numbers(frame: pd.DataFrame, column: str | None, findings: Findings) -> Floats | None:
    if column is None:
        return None
    series = frame[column]
    if _is_number(series.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = pd.to_numeric(series.astype("string"), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.isnan(numbers) & series.notna().to_numpy() & (series.astype("string").str.strip() != "").to_numpy(dtype=bool)
    findings.add_rows("not_a_number", column, bad, "not a number", "Write a plain number with a decimal point")
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _dates(frame: pd.DataFrame, column: str, mapping: ColumnMap, findings: Findings) -> NDArray[np.datetime64]:
    series = frame[column]
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return series.to_numpy().astype("datetime64[D]")
    text = series.astype("string").str.strip()
    dates = pd.to_datetime(text, format=mapping.date_format or "%Y-%m-%d", errors="coerce")
    bad = (dates.isna() & series.notna() & (text != "")).to_numpy(dtype=bool)
    hint = "Write dates as year-month-day (2024-05-31), or give `date_format`, for example \"%d/%m/%Y\""
    findings.add_rows("bad_date", column, bad, "not a date in the expected form", hint)
    return dates.to_numpy().astype("datetime64[D]")


def _stratum(form: Form, name: str, frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> Floats:
    column = mapping.strata_columns.get(name)
    if column is None:
        return np.full(len(frame), np.nan)
    spelt = stratum_spellings(form, name, mapping)
    series = frame[column]
    distinct = series.drop_duplicates()
    codes = dict(zip(distinct.tolist(), stratum_codes(spelt, distinct.tolist()).tolist(), strict=True))
    numbers = series.map(codes).to_numpy(dtype=np.float64, na_value=np.nan)
    unknown = np.isnan(numbers)
    allowed = ", ".join(form.pack.manifest.strata[name].values)
    hint = f"Allowed: {allowed}; respell in the mapping file under [values.{name}]"
    findings.add_rows("stratum_missing", column, unknown, f"{name} is missing or unknown", hint)
    return numbers
