"""CSV and Parquet files as a stream of DataFrames, so that memory does not grow with the file."""

from __future__ import annotations

import csv
import gzip
import io
import re
import warnings
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.errors import Issue, ResponseError, UsageError
from otscore.intake.findings import Findings
from otscore.intake.lines import HINT, WholeLines, not_utf8, read_header

NO_MORE = pd.DataFrame()
UNREADABLE = (csv.Error, EOFError, OSError, zlib.error)
SURROGATE = re.compile("[\udc80-\udcff]")
"""Stands for a byte that is not UTF-8 when text is read with ``surrogateescape``."""
INTERRUPTED = "Calling read(nbytes) on source failed"
CHUNK_ROWS, CHUNK_CELLS = 20_000, 4_000_000
EMPTY = ["", "NA", "NaN", "nan"]
"""What an empty cell may hold. Not pandas' longer list: "None" or "null" may be an answer."""
EXACT_NUMBERS = {"float_precision": "round_trip"} if tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1) else {}
"""From 3.1 on pandas reads every number to the last bit by itself."""
ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".parquet")

Frames = Iterator[pd.DataFrame]
Chosen = Callable[[Sequence[str]], Collection[str]]


@dataclass
class Broken:
    """What is found of a file that must be refused: the error, and the numbers of the rows that cannot be read."""

    error: ResponseError | None = None
    rows: set[int] = field(default_factory=set)


def read_table(path: str | Path | IO[bytes], text_columns: Chosen, broken: Broken) -> Frames:
    """The header of a .csv, .csv.gz, .tsv or .parquet file (or of CSV on a binary stream) as a frame without rows, then its
    rows, some thousands at a time: a line that is broken further down does not hide what is wrong with the header.

    The columns that ``text_columns`` chooses from their names are kept as written (an identifier 007 stays 007, one that reads NA is no empty cell). Raises
    ResponseError naming the file when it is empty, or a Parquet file that is cut off; UsageError for another kind of file. What is wrong with
    lines of text stands in ``broken``, and the rows go on, to be looked at and not to be scored.
    """
    if not isinstance(path, str | Path):
        return _csv(io.TextIOWrapper(path, encoding="utf-8-sig", newline=""), _Source(None, "standard input", ","), text_columns, broken)
    check_input(path)
    if str(path).lower().endswith(".parquet"):
        return _parquet(Path(path), text_columns)
    separator = "\t" if ".tsv" in "".join(Path(path).suffixes[-2:]).lower() else ","
    return _csv(_opened(Path(path)), _Source(Path(path), str(path), separator), text_columns, broken)


def check_input(path: str | Path) -> None:
    """Raises UsageError for a file that is not there or of a kind that is not read."""
    if not Path(path).is_file():
        raise UsageError(Issue("no_file", "there is no such file", "Check the path; it counts from the working directory", str(path)))
    if not str(path).lower().endswith(ENDINGS):
        hint = "Save it as .csv (UTF-8, comma separated) or .parquet"
        raise UsageError(Issue("file_kind", "this kind of file is not read", hint, str(path)))


def _opened(path: Path, errors: str = "strict") -> IO[str]:
    return io.TextIOWrapper(_bytes(path), encoding="utf-8-sig", newline="", errors=errors)


def _bytes(path: Path) -> IO[bytes]:
    try:
        return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]
    except OSError:
        raise UsageError(Issue("no_file", "the file cannot be opened", "May you read it?", str(path))) from None


@dataclass(frozen=True)
class _Source:
    """Where text comes from: a path that can be read once more (none for a stream), the name of it, what separates cells."""

    path: Path | None
    name: str
    separator: str

    def error(self, code: str, message: str, hint: str) -> ResponseError:
        return ResponseError(Issue(code, message, hint, self.name))


def _csv(handle: IO[str], source: _Source, text_columns: Chosen, broken: Broken) -> Frames:
    header: list[str] = []
    count = 0
    with handle:
        try:
            header = _refusing(lambda: read_header(handle, source.name, source.separator), source)
            yield pd.DataFrame(columns=pd.Index(header))
            chunks = _chunks(handle, header, source, text_columns(header))
            while len(chunk := _refusing(lambda: next(chunks, NO_MORE), source)):
                chunk.columns = pd.Index(header)
                count += len(chunk)
                yield chunk
        except ResponseError as error:
            broken.error = error
    if broken.error is not None:
        yield from _mended(source, header, count, text_columns, broken)
        if not header:
            raise broken.error
    elif count == 0:
        raise source.error("empty_file", "the file has a header and no rows", "Each child needs a line below the header")


def _refusing(action: Callable[[], Any], source: _Source) -> Any:
    """The result of the action. Raises ResponseError where the file cannot be read as a table."""
    try:
        return action()
    except UnicodeDecodeError:
        raise not_utf8(source.name, _undecodable_row(source)) from None
    except (EOFError, OSError, zlib.error):
        raise source.error("broken_file", "the file is cut off or damaged", "Copy or save it again") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        if INTERRUPTED in str(error):  # pandas hides the interrupt that met it while it was reading
            raise KeyboardInterrupt from None
        raise _broken_lines(source) from None
    except pd.errors.EmptyDataError:
        return NO_MORE


def _mended(source: _Source, header: list[str], after: int, text_columns: Chosen, broken: Broken) -> Frames:
    """The rows after the first ones of a file that is refused, with nothing in the place of broken lines: what is wrong with the
    other rows is found in the same pass. The header goes before them where it could not be read yet.
    """
    if source.path is None:
        return
    records: list[list[str]] = []
    with suppress(*UNREADABLE, ResponseError), _opened(source.path, errors="replace") as handle:
        found = read_header(handle, source.name, source.separator)
        if not header:
            header += found
            yield pd.DataFrame(columns=pd.Index(header))
        for row, record in enumerate(_records(handle, source.separator), start=1):
            if len(record) != len(header):
                broken.rows.add(row)
                record = [""] * len(header)
            if row > after:
                records.append(record)
            if len(records) == CHUNK_ROWS:
                yield _text_frame(records, header, text_columns(header))
                records = []
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    if records:
        yield _text_frame(records, header, text_columns(header))


def _records(handle: IO[str], separator: str) -> Iterator[list[str]]:
    """The rows of a table below its header; lines that hold nothing are none."""
    return (line for line in csv.reader(handle, delimiter=separator) if len(line) > 1 or (line and line[0].strip()))


def _text_frame(records: list[list[str]], header: list[str], as_text: Collection[str]) -> pd.DataFrame:
    """Rows of text as the parser would give them: columns of numbers as numbers, but those to be kept as written."""
    frame = pd.DataFrame(records, columns=pd.Index(header), dtype=object)
    frame = frame.where(frame != "", None)
    for place, column in enumerate(header):
        if column not in as_text:
            with suppress(ValueError, TypeError):
                frame.isetitem(place, pd.to_numeric(frame.iloc[:, place]).array)
    return frame


def _chunks(handle: IO[str], header: list[str], source: _Source, text_columns: Collection[str]) -> Frames:
    as_text = {place for place, column in enumerate(header) if column in text_columns}
    empty = {place: [""] if place in as_text else EMPTY for place in range(len(header))}
    options: dict[str, Any] = {
        "sep": source.separator, "header": None, "names": list(range(len(header))), "index_col": False,
        "dtype": dict.fromkeys(as_text, "str"), "keep_default_na": False, "na_values": empty, "low_memory": False,
        "chunksize": _fitting(len(header)), "on_bad_lines": "error", **EXACT_NUMBERS,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        lines: Any = WholeLines(handle, source.separator, len(header), source.name)
        yield from pd.read_csv(lines, **options)


def _broken_lines(source: _Source) -> ResponseError:
    """Looks for the lines that the parser stumbled over: a short line and a long one can hide each other."""
    if source.path is not None:
        with suppress(*UNREADABLE), _opened(source.path, errors="replace") as handle:
            header = read_header(handle, source.name, source.separator)
            lines = WholeLines(handle, source.separator, len(header), source.name, exact=True)
            try:
                while lines.read(1_000_000):
                    pass
            except ResponseError as error:
                return error
    return source.error("broken_file", "a line does not have as many cells as the header", HINT)


def _fitting(columns: int) -> int:
    """How many rows to take at a time: fewer where they are wide."""
    return min(CHUNK_ROWS, max(CHUNK_CELLS // columns, 1000))


def _undecodable_row(source: _Source) -> int:
    """The row of the first line that is not UTF-8, -1 where that cannot be told."""
    if source.path is None:
        return -1
    with suppress(*UNREADABLE), _opened(source.path, errors="surrogateescape") as handle:
        next(csv.reader(handle, delimiter=source.separator))
        for row, record in enumerate(_records(handle, source.separator), start=1):
            if any(SURROGATE.search(cell) for cell in record):
                return row
    return -1


def _parquet(path: Path, text_columns: Chosen) -> Frames:
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        hint = "Install it: pip install otscore[arrow]"
        raise UsageError(Issue("extra_missing", "Parquet files need pyarrow", hint, str(path))) from None
    try:
        with parquet.ParquetFile(path) as file:
            if file.metadata.num_rows == 0:
                raise ResponseError(Issue("empty_file", "the file holds no rows", "Each child needs a row below the header", str(path)))
            names = file.schema_arrow.names
            yield _frame_of(file.schema_arrow.empty_table(), text_columns(names))
            for part in file.iter_batches(batch_size=_fitting(len(names))):
                yield _frame_of(part, text_columns(names))
    except (arrow.ArrowException, OSError):
        hint = "Copy or write it again"
        raise ResponseError(Issue("broken_file", "not a Parquet file, or it is cut off", hint, str(path))) from None


def _frame_of(part: Any, text_columns: Collection[str]) -> pd.DataFrame:
    """A table of Arrow, or a piece of one. Whole numbers in a text column stay whole; the index that pandas adds is left out."""
    frame: pd.DataFrame = part.to_pandas(ignore_metadata=True)
    for place, column in enumerate(part.schema):
        if column.name in text_columns and pd.api.types.is_float_dtype(frame.dtypes.iloc[place]) and "int" in str(column.type):
            frame.isetitem(place, part.column(place).to_pandas(integer_object_nulls=True).astype("Int64").array)
        elif column.name in text_columns and pd.api.types.is_integer_dtype(frame.dtypes.iloc[place]):
            frame.isetitem(place, frame.iloc[:, place].astype("Int64").array)
    return frame.loc[:, [re.fullmatch(r"__index_level_\d+__", str(name)) is None for name in frame.columns]]


def peeked(frames: Frames) -> tuple[Frames, bool]:
    """All frames, and whether there is but one. What is wrong with the second is raised when it is come to."""
    if (first := next(frames, None)) is None:
        return iter(()), True
    try:
        second = next(frames, None)
    except ResponseError as error:
        return _then_raise(first, error), False
    return chain([first] if second is None else [first, second], frames), second is None


def _then_raise(first: pd.DataFrame, error: ResponseError) -> Frames:
    yield first
    raise error


class WholeVisits:
    """Long tables, cut where a visit ends: the rows of one visit are never split between two frames."""

    def __init__(self, frames: Frames, hashed: Callable[[pd.DataFrame], NDArray[np.uint64]], single: bool) -> None:
        """``hashed`` gives a hash per row that tells visits apart; ``single``: there is but one frame, so none is cut."""
        self.frames, self.hashed, self.single = frames, hashed, single
        self.runs: list[NDArray[np.uint64]] = []
        self.starts: list[NDArray[np.int64]] = []
        self.rows = 0

    def __iter__(self) -> Frames:
        rest = pd.DataFrame()
        for piece in self.frames:
            frame = pd.concat([rest, piece], ignore_index=True) if len(rest) else piece
            visit = self.hashed(frame)
            last = len(frame) - int((visit[::-1] != visit[-1]).argmax()) if (visit != visit[-1]).any() else 0
            last = len(frame) if self.single else last
            rest = frame.iloc[last:]
            if last:
                self._note(visit[:last])
                yield frame.iloc[:last].reset_index(drop=True)
        if len(rest):
            self._note(self.hashed(rest))
            yield rest.reset_index(drop=True)

    def report_split(self, findings: Findings) -> bool:
        """A finding, when all frames have been taken, for the rows of a visit that stand apart; whether there are any."""
        if not self.runs:
            return False
        runs, starts = np.concatenate(self.runs), np.concatenate(self.starts)
        first = np.unique(runs, return_index=True)[1]
        again = np.setdiff1d(np.arange(len(runs)), first)
        if again.size:
            message, hint = "the rows of a visit do not stand together", "Sort the file by child and visit"
            findings.owner = ""
            findings.add_lines("visit_split", "", (starts[again] + 1).tolist(), message, hint, fatal=True)
        return bool(again.size)

    def _note(self, visit: NDArray[np.uint64]) -> None:
        starts = np.flatnonzero(np.append(True, visit[1:] != visit[:-1]))
        self.runs.append(visit[starts])
        self.starts.append(starts + self.rows)
        self.rows += len(visit)
