"""Scores to a file, piece by piece: CSV, Parquet or JSON by the ending. Nothing half-written is ever left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import pandas as pd

from otscore.errors import Issue, UsageError


class TableWriter(Protocol):
    """Takes frames with the same columns, one after the other."""

    def write(self, frame: pd.DataFrame) -> None:
        """Append the rows."""

    def close(self) -> None:
        """Finish the file."""


class OutputFile:
    """A context manager around a writer: the file appears under its name only when everything went well."""

    def __init__(self, path: str) -> None:
        """``path`` ends in .csv, .csv.gz, .parquet or .json; ``-`` is CSV on standard output.

        Raises UsageError for another ending, a folder that is not there, or a missing extra.
        """
        self.path = path
        self.partial = None if path == "-" else Path(f"{path}.part")
        if self.partial is not None and not self.partial.parent.is_dir():
            raise UsageError(Issue("no_folder", "the folder of the output file does not exist", "Create it first", path))
        self.writer = _writer(path, self.partial)

    def write(self, frame: pd.DataFrame) -> None:
        """Append the rows of a frame."""
        self.writer.write(frame)

    def __enter__(self) -> OutputFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.writer.close()
        if self.partial is not None and kind is None:
            os.replace(self.partial, self.path)
        elif self.partial is not None:
            self.partial.unlink(missing_ok=True)


def _writer(path: str, partial: Path | None) -> TableWriter:
    if partial is None:
        return _Csv(None, None)
    name = path.lower()
    if name.endswith((".csv", ".csv.gz")):
        return _Csv(partial, "gzip" if name.endswith(".gz") else None)
    if name.endswith(".parquet"):
        return _Parquet(partial)
    if name.endswith(".json"):
        return _Json(partial)
    raise UsageError(Issue("file_kind", "this kind of file is not written", "Use .csv, .csv.gz, .parquet or .json", path))


class _Csv:
    def __init__(self, partial: Path | None, compression: Any) -> None:
        self.first = True
        if partial is None:
            self.handle: Any = sys.stdout
        elif compression == "gzip":
            import gzip

            self.handle = gzip.open(partial, "wt", encoding="utf-8", newline="")
        else:
            self.handle = partial.open("w", encoding="utf-8", newline="")

    def write(self, frame: pd.DataFrame) -> None:
        _defused(frame).to_csv(self.handle, index=False, header=self.first, lineterminator="\n")
        self.first = False

    def close(self) -> None:
        if self.handle is not sys.stdout:
            self.handle.close()


def _defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Text of the caller that a spreadsheet would run as a formula gets an apostrophe in front."""
    frame = frame.copy(deep=False)
    for name in ("id", "informant"):
        if name in frame and not pd.api.types.is_numeric_dtype(frame[name]):
            text = frame[name].astype("object")
            risky = text.map(lambda value: isinstance(value, str) and value[:1] in "=+-@\t\r" and not _is_number(value))
            frame[name] = text.where(~risky.astype(bool), "'" + text.astype(str))
    return frame


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text == ""
    return True


class _Parquet:
    def __init__(self, partial: Path) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            hint = "Install it: pip install otscore[arrow]"
            raise UsageError(Issue("extra_missing", "Parquet files need pyarrow", hint, str(partial))) from None
        self.arrow, self.parquet, self.partial = pyarrow, pyarrow.parquet, partial
        self.file: Any = None

    def write(self, frame: pd.DataFrame) -> None:
        words = frame.select_dtypes("category").columns
        plain = frame.astype(dict.fromkeys(words, "str"))
        table = self.arrow.Table.from_pandas(plain, preserve_index=False)
        if self.file is None:
            self.file = self.parquet.ParquetWriter(self.partial, table.schema)
        self.file.write_table(table.cast(self.file.schema))

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


class _Json:
    """A JSON array of rows; unknown is null."""

    def __init__(self, partial: Path) -> None:
        self.handle = partial.open("w", encoding="utf-8")
        self.handle.write("[")
        self.first = True

    def write(self, frame: pd.DataFrame) -> None:
        rows = frame.to_json(orient="records", double_precision=15, force_ascii=False, date_format="iso")[1:-1]
        if rows:
            self.handle.write(("\n" if self.first else ",\n") + rows.replace("},{", "},\n{"))
            self.first = False

    def close(self) -> None:
        self.handle.write("\n]\n")
        self.handle.close()
