"""A DataFrame becomes a Batch: wide (a row per visit) or long (a row per answer, gathered to wide first)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.batch import Batch, Children
from otscore.compile import Form
from otscore.errors import Issue, ResponseError, UsageError
from otscore.intake.ages import AgeGiven, Ages, pack_ages
from otscore.intake.answers import AnswerReader, screen
from otscore.intake.columns import Layout, stratum_missing
from otscore.intake.findings import Findings
from otscore.intake.long.frame import gather, gather_piece
from otscore.intake.spelling import stratum_codes, stratum_spellings
from otscore.schema.mapping import AGE_COLUMNS, ColumnMap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
GESTATION_HINT = "Allowed: 20 to 45 weeks, and 0 to 6 days beside them. A gestation in days is named gestation_days, without weeks"
DATE_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d", "%Y-%d-%m", "%d.%m.%y",
    "%m/%d/%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip

__all__ = ["gather", "gather_piece", "key_hashes", "read_ages", "read_batch", "read_children", "report_repeated", "row_hashes"]


def read_batch(
    form: Form, frame: pd.DataFrame, layout: Layout, items: Sequence[AnswerReader], ages: Ages, findings: Findings
) -> Batch:
    """The rows of a wide frame as a batch for one form; what is wrong goes to ``findings``.

    items : a reader for each item of the form.
    """
    findings.owner = form.pack.name
    columns = [layout.items.get(item, "") for item in form.items]
    responses = _responses(frame, columns, items)
    answered = np.asarray(~np.isnan(responses).all(axis=1) if form.strata else np.zeros(len(frame), dtype=np.bool_))
    illegal = screen(responses, form, tuple(map(str, columns)), findings)
    return Batch(
        responses=responses, age=ages.age, age_days=ages.age_days, corrected_age_days=ages.corrected_age_days,
        strata={name: _stratum(form, name, frame, layout.mapping, answered, findings) for name in form.strata},
        illegal=illegal, age_invalid=ages.invalid if ages.invalid.any() else None, age_other=ages.other,
    )  # fmt: skip


def read_ages(form: Form, frame: pd.DataFrame, mapping: ColumnMap, findings: Findings) -> Ages:
    """The ages of a frame by the rule of the form's pack."""
    findings.owner = form.pack.name
    ages = pack_ages(form.pack.manifest.age, _age_given(frame, mapping, findings), form.options.age_basis)
    column = mapping.assessment_date or next(filter(None, (getattr(mapping, name) for name in AGE_COLUMNS)), "")
    before = ages.invalid & (ages.age_days < 0)
    if mapping.birth_date:
        hint = "Are the two dates the wrong way round, or the day and month?"
        findings.add_rows("age_invalid", column, before, "the assessment lies before the birth", hint)
        hint = "Is one of the two dates wrong?"
        findings.add_rows("age_invalid", column, ages.invalid & ~before, "an age that no child has", hint)
    else:
        hint = "Is the age in another unit than its column says?"
        findings.add_rows("age_invalid", column, ages.invalid, "an age that no child has", hint)
    gestation = mapping.gestation_weeks or mapping.gestation_days or ""
    findings.add_rows("gestation_invalid", gestation, ages.gestation_invalid, "a gestation that cannot be; it counts as unknown", GESTATION_HINT)  # fmt: skip
    if column and form.pack.manifest.age.required:
        told = [name for name in (mapping.birth_date, column) if name]
        unknown = np.logical_or.reduce([_empty(frame[name]) for name in told])
        findings.add_rows("age_missing", column, unknown, "no age, so no norm-referenced score", "Add it where it is known")
    return ages


def read_children(frame: pd.DataFrame, mapping: ColumnMap, ages: Ages, first_row: int, informants: tuple[str, ...]) -> Children:
    """Identifiers, ages and informants, as they are echoed in the output. Without an id column: the row number."""
    numbers = pd.Series(np.arange(first_row + 1, first_row + len(frame) + 1))
    ids = numbers if mapping.id is None else _echoed(frame[mapping.id])
    single = informants[0] if len(informants) == 1 else ""
    said: Any = single
    if mapping.informant:
        given = frame[mapping.informant].reset_index(drop=True).astype(object)
        said = given.where(given.notna(), single)
    return Children(ids, ages.age_days, ages.corrected_age_days, ages.corrected, said)


def _echoed(ids: pd.Series) -> pd.Series:
    """Identifiers as given; None in place of the NA of a nullable type."""
    ids = ids.reset_index(drop=True)
    if pd.api.types.is_extension_array_dtype(ids.dtype) and ids.isna().any():
        ids = ids.astype(object).where(ids.notna(), None)
    return ids


def key_hashes(frame: pd.DataFrame, columns: Sequence[str], identifier: str | None) -> NDArray[np.uint64]:
    """A hash of the cells of each row. Numbers count alike however they are stored, but for the identifier."""
    key = {name: frame[name] for name in columns}
    for name, series in key.items():
        if name != identifier and _is_number(series.dtype):
            key[name] = pd.Series(series.to_numpy(dtype=np.float64, na_value=np.nan), index=frame.index)
    return np.asarray(pd.util.hash_pandas_object(pd.DataFrame(key), index=False), dtype=np.uint64)


def row_hashes(frame: pd.DataFrame, mapping: ColumnMap) -> NDArray[np.uint64]:
    """A hash of id and age (or dates) of each row, to find visits that stand twice; 0 where the id is empty."""
    parts = ("id", "visit", *AGE_COLUMNS, "birth_date", "assessment_date", "informant")
    columns = [getattr(mapping, part) for part in parts if getattr(mapping, part)]
    if mapping.id is None:
        return np.zeros(len(frame), dtype=np.uint64)
    empty = frame[mapping.id].isna().to_numpy(dtype=bool)
    return np.where(empty, np.uint64(0), key_hashes(frame, columns, mapping.id))


def has_repeated(hashes: NDArray[np.uint64]) -> bool:
    """Whether two are the same, but for those that are 0."""
    rising = np.sort(hashes)
    return bool(((rising[1:] == rising[:-1]) & (rising[1:] != 0)).any())


def report_repeated(
    hashes: NDArray[np.uint64], mapping: ColumnMap, findings: Findings, lines: NDArray[np.int64] | None = None
) -> None:
    """A finding for visits that stand twice, told from the hashes of all rows; ``lines``: their row numbers, if not 1, 2, ..."""
    if not has_repeated(hashes):
        return
    order = np.argsort(hashes, kind="stable")
    again = np.zeros(len(hashes), dtype=np.bool_)
    again[order[1:]] = (hashes[order][1:] == hashes[order][:-1]) & (hashes[order][1:] != 0)
    message = "the same child at the same age stands in an earlier row too"
    hint = "Remove the copy, or tell visits apart with their own id; both rows are scored"
    findings.owner = ""
    if lines is not None:
        findings.add_lines("duplicate_id", mapping.id or "", lines[again].tolist(), message, hint)
    else:
        findings.add_rows("duplicate_id", mapping.id or "", again, message, hint)


def _responses(frame: pd.DataFrame, columns: Sequence[str], items: Sequence[AnswerReader]) -> Floats:
    """(n, k) codes, C-ordered; NaN where the frame has no such column or no answer."""
    present = [place for place, column in enumerate(columns) if column != ""]
    names = [columns[place] for place in present]
    part = frame[names]
    is_number = {kind: _is_number(kind) for kind in set(part.dtypes)}
    responses = np.full((len(frame), len(columns)), np.nan)
    all_numbers = all(is_number.values())
    if all_numbers:
        responses[:, present] = part.to_numpy(dtype=np.float64, na_value=np.nan)
    for position, (place, kind) in enumerate(zip(present, part.dtypes, strict=True)):
        if not is_number[kind]:
            responses[:, place] = _codes(part.iloc[:, position], items[place])
        elif not all_numbers:
            responses[:, place] = part.iloc[:, position].to_numpy(dtype=np.float64, na_value=np.nan)
        if is_number[kind] and not items[place].plain:
            responses[:, place] = _respelt(responses[:, place], items[place])
    return responses


def _codes(answers: pd.Series, reader: AnswerReader) -> Floats:
    """Codes of a column that holds more than numbers; each distinct answer is read once."""
    if answers.dtype == object:
        return reader.codes(answers.tolist())
    place, distinct = pd.factorize(answers)
    return np.append(reader.codes(distinct), np.nan)[place]


def _respelt(numbers: Floats, reader: AnswerReader) -> Floats:
    """Codes of a column of numbers where missing codes or a recode are told."""
    distinct = pd.unique(numbers)
    distinct = distinct[~np.isnan(distinct)]
    result = numbers.copy()
    for number, code in zip(distinct, reader.codes(distinct), strict=True):
        if number != code:
            result[numbers == number] = code
    return result


def _is_number(kind: Any) -> bool:
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def _empty(cells: pd.Series) -> Bools:
    empty: Bools = cells.isna().to_numpy(dtype=bool)
    if not _is_number(cells.dtype) and not pd.api.types.is_datetime64_any_dtype(cells.dtype):
        empty = empty | (cells.astype(object).astype("string").str.strip() == "").to_numpy(dtype=bool, na_value=False)
    return empty


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
        numbers = series.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        text = series.astype(object).astype("string").str.strip()
        number = pd.to_numeric(text.where(~text.str.contains("[^0-9eE+. -]", na=False)), errors="coerce")
        numbers = number.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(numbers)
    hint = "Write a plain number, with a decimal point and no comma"
    findings.add_rows("not_a_number", column, ~finite & ~_empty(series), "not a number", hint)
    return np.where(finite, numbers, np.nan)


def _dates(frame: pd.DataFrame, column: str, mapping: ColumnMap, findings: Findings) -> NDArray[np.datetime64]:
    series = frame[column]
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        local = series.dt.tz_localize(None) if series.dt.tz is not None else series
        return local.to_numpy().astype("datetime64[D]")
    text = _date_text(series)
    form = mapping.date_format or "%Y-%m-%d"
    dates = _parsed(text, form)
    bad = (dates.isna() & text.notna() & (text != "")).to_numpy(dtype=bool, na_value=False)
    if bad.any():
        findings.add_rows("bad_date", column, bad, f"not a date in the form {form}", _date_hint(text))
    return dates.to_numpy().astype("datetime64[D]")


def _date_text(series: pd.Series) -> pd.Series:
    if series.dtype == object or isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object).map(lambda value: value.isoformat()[:10] if isinstance(value, dt.date) and value == value else value)
    return series.astype(object).astype("string").str.strip()


def _parsed(text: pd.Series, form: str) -> pd.Series:
    try:
        return pd.to_datetime(text, format=form, errors="coerce", exact=True)
    except ValueError:
        raise UsageError(Issue("date_format", "this date format cannot be used", "Write it like %Y-%m-%d or %d/%m/%Y")) from None


def _date_hint(text: pd.Series) -> str:
    """The usual form that every date of the column has, where there is one."""
    given = text[text.notna() & (text != "")].drop_duplicates().head(1000)
    fitting = [form for form in DATE_FORMATS if _parsed(given, form).notna().all()]
    if fitting:
        return f"All dates here fit date_format = {' or '.join(map(repr, fitting[:2]))}: give it, or write year-month-day (2024-05-31)"
    return 'Write dates as year-month-day (2024-05-31), or give `date_format`, for example "%d/%m/%Y"; is a day beyond its month?'


def _stratum(form: Form, name: str, frame: pd.DataFrame, mapping: ColumnMap, answered: Bools, findings: Findings) -> Floats:
    """Numbers of the stratum's values; a finding where a child with answers for the form has none."""
    column = mapping.strata_columns.get(name)
    if column is None:
        if answered.any():
            raise ResponseError(stratum_missing(form, name, findings.source))
        return np.full(len(frame), np.nan)
    place, distinct = pd.factorize(frame[column])
    spelt = stratum_spellings(form, name, mapping)
    numbers = np.append(stratum_codes(spelt, distinct), np.nan)[place]
    allowed = ", ".join(form.pack.manifest.strata[name].values)
    hint = f"Allowed: {allowed}; respell in the mapping file under [values.{name}]"
    findings.add_rows("stratum_missing", column, np.isnan(numbers) & answered, f"{name} is missing or unknown", hint)
    return numbers
