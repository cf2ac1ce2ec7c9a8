"""Columns of numbers and dates, whatever they are stored as; what cannot be read is a finding and becomes empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.intake.findings import Findings
from otscore.intake.spelling import EMPTY_WORDS
from otscore.schema.mapping import ColumnMap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DATE_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d", "%Y-%d-%m", "%d.%m.%y",
    "%m/%d/%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip


def is_number(kind: Any) -> bool:
    """Whether a column of this type holds real numbers; true and false are none."""
    other = pd.api.types.is_bool_dtype(kind) or pd.api.types.is_complex_dtype(kind)
    return pd.api.types.is_numeric_dtype(kind) and not other


def blank(cells: pd.Series) -> Bools:
    """Where a cell is missing or holds nothing but blanks. An identifier that reads NA is not blank."""
    missing: Bools = cells.isna().to_numpy(dtype=bool)
    return missing if _is_plain(cells.dtype) else missing | (_stripped(cells) == "").to_numpy(dtype=bool, na_value=False)


def empty(cells: pd.Series) -> Bools:
    """Where a number or date is missing: blank, or a word for it (the NA of R)."""
    missing: Bools = cells.isna().to_numpy(dtype=bool)
    return missing if _is_plain(cells.dtype) else missing | _is_empty_word(_stripped(cells))


def single_values(frame: pd.DataFrame, columns: Iterable[str], findings: Findings, before: int) -> pd.DataFrame:
    """The frame with nothing in the cells of these columns that hold several values (a list, a mapping, an array).

    before : how many rows of the input stand before the frame.
    """
    for column in columns:
        several = _several(frame[column])
        if several.any():
            message, hint = "a cell holds several values (a list or a table)", "Give one value; it counts as missing"
            rows = np.flatnonzero(several) + before + 1
            findings.owner = ""
            findings.add_lines("not_a_single_value", column, rows.tolist(), message, hint)
            frame = frame.assign(**{column: frame[column].astype(object).where(~several, None)})
    return frame


def _several(cells: pd.Series) -> Bools:
    if isinstance(cells.dtype, pd.ArrowDtype) and cells.dtype.kind == "O":
        cells = cells.astype(object)
    if cells.dtype != object or not pd.api.types.infer_dtype(cells, skipna=True).startswith("mixed"):
        return np.zeros(len(cells), dtype=np.bool_)
    return np.array([isinstance(cell, Collection) and not isinstance(cell, str | bytes) for cell in cells], dtype=np.bool_)


def numbers(frame: pd.DataFrame, column: str | None, findings: Findings) -> Floats | None:
    """The numbers of a column, NaN where there is none; None where there is no column."""
    if column is None:
        return None
    series = frame[column]
    if is_number(series.dtype):
        found = series.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        text = _stripped(series)
        number = pd.to_numeric(text.where(~text.str.contains("[^0-9eE+. -]", na=False)), errors="coerce")
        found = number.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(found)
    hint = "Write a plain number, with a decimal point and no comma"
    findings.add_rows("not_a_number", column, ~finite & ~empty(series), "not a number", hint)
    return np.where(finite, found, np.nan)


def dates(frame: pd.DataFrame, column: str, mapping: ColumnMap, findings: Findings) -> NDArray[np.datetime64]:
    """The dates of a column, NaT where there is none."""
    series = frame[column]
    if pd.api.types.is_datetime64_any_dtype(series.dtype) and not _is_arrow_date(series.dtype):
        local = series.dt.tz_localize(None) if series.dt.tz is not None else series
        return local.to_numpy().astype("datetime64[D]")
    text = _date_text(series)
    form = mapping.date_format or "%Y-%m-%d"
    found = _parsed(text, form)
    bad = (found.isna() & text.notna()).to_numpy(dtype=bool, na_value=False)
    if bad.any():
        findings.add_rows("bad_date", column, bad, f"not a date in the form {form}", _date_hint(text))
    return found.to_numpy().astype("datetime64[D]")


def _is_arrow_date(kind: Any) -> bool:
    """Whether the column holds days of Arrow: pandas calls them dates, and has no time zone to ask for."""
    return isinstance(kind, pd.ArrowDtype) and "date" in str(kind.pyarrow_dtype)


def _date_text(series: pd.Series) -> pd.Series:
    """The dates as text; missing where a cell is empty."""
    if series.dtype == object or isinstance(series.dtype, pd.CategoricalDtype) or _is_arrow_date(series.dtype):
        series = series.astype(object).map(_day)
    text = _stripped(series)
    return text.where(~_is_empty_word(text))


def _day(value: Any) -> Any:
    """A date of Python or numpy as text; anything else as it is."""
    if isinstance(value, dt.date | np.datetime64) and value == value:
        return str(value.astype("datetime64[D]")) if isinstance(value, np.datetime64) else value.isoformat()[:10]
    return value


def _parsed(text: pd.Series, form: str) -> pd.Series:
    try:
        return pd.to_datetime(text, format=form, errors="coerce", exact=True)
    except ValueError:
        raise UsageError(Issue("date_format", "this date format cannot be used", "Write it like %Y-%m-%d or %d/%m/%Y")) from None


def _date_hint(text: pd.Series) -> str:
    """The usual form that every date of the column has, where there is one."""
    given = text[text.notna()].drop_duplicates().head(1000)
    fitting = [form for form in DATE_FORMATS if _parsed(given, form).notna().all()]
    if fitting:
        return f"All dates here fit date_format = {' or '.join(map(repr, fitting[:2]))}: give it, or write year-month-day (2024-05-31)"
    return 'Write dates as year-month-day (2024-05-31), or give `date_format`, for example "%d/%m/%Y"; is a day beyond its month?'


def _is_plain(kind: Any) -> bool:
    """Whether a missing cell of this type is missing and nothing else: numbers, and dates that are no text."""
    return is_number(kind) or pd.api.types.is_datetime64_any_dtype(kind)


def _stripped(cells: pd.Series) -> pd.Series:
    return cells.astype(object).astype("string").str.strip()


def _is_empty_word(text: pd.Series) -> Bools:
    return text.str.casefold().isin(EMPTY_WORDS).to_numpy(dtype=bool, na_value=False)
