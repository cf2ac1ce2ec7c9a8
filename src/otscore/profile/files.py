"""Scores to a file, piece by piece: CSV, Parquet or JSON by the ending. Nothing half-written is ever left behind."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from math import isfinite
from types import TracebackType
from typing import Any, Protocol

import pandas as pd

from otscore.errors import Issue, UsageError
from otscore.profile.target import STANDARD_OUTPUT, StandardOutput, Target

ENDINGS = (".csv", ".csv.gz", ".parquet", ".json")
CALLERS_TEXT = ("id", "informant", "source", "field", "group")
FORMULA = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""What makes a spreadsheet read a cell as a formula, when the cell starts with it; the last four are full-width forms."""


class TableWriter(Protocol):
    """Takes frames with the same columns, one after the other."""

    def write(self, frame: pd.DataFrame) -> None:
        """Append the rows."""

    def close(self) -> None:
        """Finish the file."""


class OutputFile:
    """A context manager around a writer: the file appears under its name only when everything went well."""

    def __init__(self, path: str, held: bool = False) -> None:
        """``path`` ends in .csv, .csv.gz, .parquet or .json; ``-`` is CSV on standard output, ``held`` back to the end.

        Raises UsageError for another ending or a folder that is not there; on entering, where the file cannot be written
        or an extra is missing.
        """
        self.target = StandardOutput(held) if path == STANDARD_OUTPUT else Target(path, ENDINGS)

    def write(self, frame: pd.DataFrame) -> None:
        """Append the rows of a frame."""
        self.target.guarded(lambda: self.writer.write(frame))

    def __enter__(self) -> OutputFile:
        self.writer = _writer(self.target)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.target.close(self.writer.close, done=kind is None)


def _writer(target: Target | StandardOutput) -> TableWriter:
    if isinstance(target, StandardOutput):
        return _Csv(target)
    kinds: dict[str, Callable[[Target], TableWriter]] = {".csv": _csv_file, ".csv.gz": _csv_gz_file, ".json": _Json, ".parquet": _Parquet}
    ending = next(ending for ending in kinds if target.path.lower().endswith(ending))
    return target.guarded(lambda: kinds[ending](target))


def _csv_file(target: Target) -> TableWriter:
    return _Csv(target.partial.open("w", encoding="utf-8", newline=""))


def _csv_gz_file(target: Target) -> TableWriter:
    return _Csv(gzip.open(target.partial, "wt", encoding="utf-8", newline=""))


class _Csv:
    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self.columns: list[str] | None = None

    def write(self, frame: pd.DataFrame) -> None:
        _defused(frame).to_csv(self.handle, index=False, header=self.columns is None, lineterminator="\n")
        self.columns = _same_columns(self.columns, frame)

    def close(self) -> None:
        self.handle.close()


def _same_columns(before: list[str] | None, frame: pd.DataFrame) -> list[str]:
    columns = list(frame.columns)
    if before is not None and columns != before:
        raise ValueError("the pieces of a table have different columns")
    return columns


def _defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Text of the caller that a spreadsheet would run as a formula gets an apostrophe in front."""
    frame = frame.copy(deep=False)
    for name in CALLERS_TEXT:
        if name in frame and not pd.api.types.is_numeric_dtype(frame[name]):
            text = frame[name].astype("object")
            risky = text.map(lambda value: isinstance(value, str) and value[:1] in FORMULA and not _is_number(value))
            frame[name] = text.where(~risky.astype(bool), "'" + text.astype(str))
    return frame


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text == ""
    return True


class _Parquet:
    def __init__(self, target: Target) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            hint = "Install it: pip install otscore[arrow]"
            raise UsageError(Issue("extra_missing", "Parquet files need pyarrow", hint, target.path)) from None
        self.arrow, self.parquet, self.partial = pyarrow, pyarrow.parquet, target.partial
        self.file: Any = None

    def write(self, frame: pd.DataFrame) -> None:
        words = frame.select_dtypes("category").columns
        plain = frame.astype(dict.fromkeys(words, "str"))
        table = self.arrow.Table.from_pandas(plain, preserve_index=False)
        if self.file is None:
            self.file = self.parquet.ParquetWriter(self.partial, self._schema(table.schema))
        self.file.write_table(table.cast(self.file.schema))

    def _schema(self, schema: Any) -> Any:
        """A column without any value in the first piece is one of text."""
        unknown = [place for place, kind in enumerate(schema.types) if self.arrow.types.is_null(kind)]
        for place in unknown:
            schema = schema.set(place, schema.field(place).with_type(self.arrow.string()))
        return schema

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def _told(series: pd.Series) -> list[Any]:
    """The cells as JSON takes them: null where one is unknown; an identifier that is no finite number as text."""
    cells = series.astype(object).where(series.notna(), None).tolist()
    return [str(cell) if isinstance(cell, float) and not isfinite(cell) else cell for cell in cells] if series.name == "id" else cells


class _Json:
    """A JSON array of rows; unknown is null."""

    def __init__(self, target: Target) -> None:
        self.handle = target.partial.open("w", encoding="utf-8")
        self.first = True

    def write(self, frame: pd.DataFrame) -> None:
        names = list(frame.columns)
        columns = [_told(series) for _, series in frame.items()]
        for row in zip(*columns, strict=True):
            text = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False, default=str)
            self.handle.write(("[\n" if self.first else ",\n") + text)
            self.first = False

    def close(self) -> None:
        self.handle.write("[]\n" if self.first else "\n]\n")
        self.handle.close()
