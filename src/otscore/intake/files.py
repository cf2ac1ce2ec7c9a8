"""CSV and Parquet files as a stream of DataFrames, so that memory does not grow with the file."""

from __future__ import annotations

import csv
import gzip
import io
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

import pandas as pd

from otscore.errors import Issue, ResponseError, UsageError

CHUNK_ROWS = 20_000
EMPTY = ["", "NA", "NaN", "nan"]
"""What an empty cell may hold. Not pandas' longer list: "None" or "null" may be an answer."""
BROKEN = "Is a line cut off, a quotation mark left open, or a decimal comma in use?"

Frames = Iterator[pd.DataFrame]


def read_table(path: str | Path | IO[bytes], text_columns: Collection[str] = (), chunk_rows: int = CHUNK_ROWS) -> Frames:
    """The rows of a .csv, .csv.gz, .tsv or .parquet file (or of CSV on a binary stream), some thousands at a time.

    ``text_columns`` are kept as written (an identifier 007 stays 007). Raises ResponseError naming the file when it is
    empty, cannot be decoded, or is cut off; UsageError for another kind of file.
    """
    if not isinstance(path, str | Path):
        return _csv(io.TextIOWrapper(path, encoding="utf-8-sig", newline=""), "standard input", ",", text_columns, chunk_rows)
    name = str(path)
    if not Path(path).is_file():
        raise UsageError(Issue("no_file", "there is no such file", "", name))
    ending = "".join(Path(name).suffixes[-2:]).lower()
    if ending.endswith(".parquet"):
        return _parquet(Path(path), chunk_rows)
    if ending.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")):
        return _csv(_opened(Path(path)), name, "\t" if ".tsv" in ending else ",", text_columns, chunk_rows)
    hint = "Save it as .csv (UTF-8, comma separated) or .parquet"
    raise UsageError(Issue("file_kind", "this kind of file is not read", hint, name))


def _opened(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")  # type: ignore[arg-type]
    return path.open(encoding="utf-8-sig", newline="")


def _csv(handle: IO[str], name: str, separator: str, text_columns: Collection[str], rows: int) -> Frames:
    count = 0
    try:
        with handle:
            header = _header(handle, name, separator)
            for chunk in _chunks(handle, header, separator, text_columns, rows):
                chunk.columns = pd.Index(header)
                count += len(chunk)
                yield chunk
    except UnicodeDecodeError:
        raise ResponseError(Issue("encoding", "the file is not UTF-8", "Save it again as CSV UTF-8", name)) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, EOFError, OSError, csv.Error):
        message = "a line does not have as many cells as the header, or the file is cut off"
        raise ResponseError(Issue("broken_file", message, BROKEN, name)) from None
    except pd.errors.EmptyDataError:
        pass
    if count == 0:
        raise ResponseError(Issue("empty_file", "the file has a header and no rows", "", name))


def _header(handle: IO[str], name: str, separator: str) -> list[str]:
    line = handle.readline()
    if not line.strip():
        raise ResponseError(Issue("empty_file", "the file is empty", "", name))
    header = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    if len(header) == 1 and any(other in line for other in ";\t|,"):
        message = f"the cells are not separated by {'tabs' if separator != ',' else 'commas'}"
        hint = "Save it comma separated (.csv), or with tabs as .tsv"
        raise ResponseError(Issue("delimiter", message, hint, name))
    return header


def _chunks(handle: IO[str], header: list[str], separator: str, text_columns: Collection[str], rows: int) -> Frames:
    kinds: Any = {place: "str" for place, column in enumerate(header) if column in text_columns}
    guard = _WholeLines(handle, separator, len(header))
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        reader = pd.read_csv(
            guard, sep=separator, header=None, names=list(range(len(header))), index_col=False, dtype=kinds,  # type: ignore[call-overload]
            keep_default_na=False, na_values=EMPTY, low_memory=False, chunksize=rows, on_bad_lines="error",
        )  # fmt: skip
        yield from reader


class _WholeLines:
    """Hands text on to the parser and refuses a file whose last line is shorter than the header: a cut-off file.

    The parser would fill the missing cells with "no answer".
    """

    def __init__(self, handle: IO[str], separator: str, cells: int) -> None:
        self.handle, self.separator, self.cells, self.tail = handle, separator, cells, ""

    def read(self, size: int = -1) -> str:
        text = self.handle.read(size)
        if text:
            self.tail = (self.tail + text)[-200_000:]
        elif '"' not in (last := self.tail.rstrip("\r\n").rpartition("\n")[2]) and last.strip():
            if last.count(self.separator) + 1 < self.cells and len(last) < 200_000:
                raise EOFError
            self.tail = ""
        return text

    def __iter__(self) -> Iterator[str]:
        return iter(self.handle)


def _parquet(path: Path, rows: int) -> Frames:
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        hint = "Install it: pip install otscore[arrow]"
        raise UsageError(Issue("extra_missing", "Parquet files need pyarrow", hint, str(path))) from None
    try:
        with parquet.ParquetFile(path) as file:
            if file.metadata.num_rows == 0:
                raise ResponseError(Issue("empty_file", "the file holds no rows", "", str(path)))
            for part in file.iter_batches(batch_size=rows):
                yield part.to_pandas()
    except (arrow.ArrowInvalid, OSError):
        hint = "Copy or write it again"
        raise ResponseError(Issue("broken_file", "not a Parquet file, or it is cut off", hint, str(path))) from None


def whole_visits(frames: Frames, key: list[str], name: str) -> Frames:
    """Long tables, cut where a visit ends: the rows of one visit are never split between two frames.

    Raises ResponseError when the rows of a visit do not stand together.
    """
    rest = pd.DataFrame()
    seen: set[int] = set()
    for frame in frames:
        frame = pd.concat([rest, frame], ignore_index=True) if len(rest) else frame
        visit = pd.util.hash_pandas_object(frame[key], index=False).to_numpy()
        last = len(frame) - int((visit[::-1] != visit[-1]).argmax()) if (visit != visit[-1]).any() else 0
        rest = frame.iloc[last:]
        _remember(visit[:last], seen, name)
        if last:
            yield frame.iloc[:last].reset_index(drop=True)
    if len(rest):
        _remember(pd.util.hash_pandas_object(rest[key], index=False).to_numpy(), seen, name)
        yield rest.reset_index(drop=True)


def _remember(visits: Any, seen: set[int], name: str) -> None:
    starts = set(visits.tolist())
    runs = 1 + int((visits[1:] != visits[:-1]).sum()) if len(visits) else 0
    if runs > len(starts) or seen & starts:
        hint = "Sort the file by child and visit"
        raise ResponseError(Issue("visit_split", "the rows of a visit do not stand together", hint, name))
    seen |= starts
