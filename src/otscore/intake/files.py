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
INTERRUPTED = "Calling read(nbytes) on source failed"
CHUNK_ROWS, CHUNK_CELLS = 20_000, 4_000_000
EMPTY = ["", "NA", "NaN", "nan"]
"""What an empty cell may hold. Not pandas' longer list: "None" or "null" may be an answer."""
EXACT_NUMBERS = {"float_precision": "round_trip"} if tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1) else {}
"""From 3.1 on pandas reads every number to the last bit by itself."""
ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".parquet")

Frames = Iterator[pd.DataFrame]
Chosen = Callable[[Sequence[str]], Collection[str]]


def read_table(path: str | Path | IO[bytes], text_columns: Chosen = lambda _: (), chunk_rows: int | None = None) -> Frames:
    """The header of a .csv, .csv.gz, .tsv or .parquet file (or of CSV on a binary stream) as a frame without rows, then its
    rows, some thousands at a time: a line that is broken further down does not hide what is wrong with the header.

    The columns that ``text_columns`` chooses from their names are kept as written (an identifier 007 stays 007, one that reads NA is no empty cell). Raises
    ResponseError naming the file when it is empty, cannot be decoded, or is cut off; UsageError for another kind of file.
    """
    if not isinstance(path, str | Path):
        return _csv(io.TextIOWrapper(path, encoding="utf-8-sig", newline=""), "standard input", ",", text_columns, chunk_rows)
    check_input(path)
    if str(path).lower().endswith(".parquet"):
        return _parquet(Path(path), text_columns, chunk_rows)
    separator = "\t" if ".tsv" in "".join(Path(path).suffixes[-2:]).lower() else ","
    return _csv(_opened(Path(path)), str(path), separator, text_columns, chunk_rows)


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


def _csv(handle: IO[str], name: str, separator: str, text_columns: Chosen, rows: int | None) -> Frames:
    header, count, broken = [], 0, None
    with handle:
        try:
            header = _refusing(lambda: read_header(handle, name, separator), name, separator)
            yield pd.DataFrame(columns=pd.Index(header))
            chunks = _chunks(handle, header, separator, name, text_columns(header), rows)
            while len(chunk := _refusing(lambda: next(chunks, NO_MORE), name, separator)):
                chunk.columns = pd.Index(header)
                count += len(chunk)
                yield chunk
        except ResponseError as error:
            broken = error
    if broken is not None:
        yield from _mended(name, header, separator, count)
        raise broken
    if count == 0:
        raise ResponseError(Issue("empty_file", "the file has a header and no rows", "Each child needs a line below the header", name))


def _refusing(action: Callable[[], Any], name: str, separator: str) -> Any:
    """The result of the action. Raises ResponseError where the file cannot be read as a table."""
    try:
        return action()
    except UnicodeDecodeError:
        raise not_utf8(name, _undecodable_row(name)) from None
    except (EOFError, OSError, zlib.error):
        raise ResponseError(Issue("broken_file", "the file is cut off or damaged", "Copy or save it again", name)) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        if INTERRUPTED in str(error):  # pandas hides the interrupt that met it while it was reading
            raise KeyboardInterrupt from None
        raise _broken_lines(name, separator) from None
    except pd.errors.EmptyDataError:
        return NO_MORE


def _mended(name: str, header: list[str], separator: str, after: int) -> Frames:
    """The rows after the first ones of a file that is refused, with nothing in the place of broken lines: what is wrong with the
    other rows is found in the same pass. The header goes before them where it could not be read yet.
    """
    if not Path(name).is_file():
        return
    records: list[list[str]] = []
    with suppress(csv.Error, EOFError, OSError, zlib.error, ResponseError), _opened(Path(name), errors="replace") as handle:
        found = read_header(handle, name, separator)
        if not header:
            header = found
            yield pd.DataFrame(columns=pd.Index(header))
        lines = csv.reader(handle, delimiter=separator)
        for row, record in enumerate((line for line in lines if len(line) > 1 or (line and line[0].strip())), start=1):
            if row > after:
                records.append(record if len(record) == len(header) else [""] * len(header))
            if len(records) == CHUNK_ROWS:
                yield _text_frame(records, header)
                records = []
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    if records:
        yield _text_frame(records, header)


def _text_frame(records: list[list[str]], header: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(records, columns=pd.Index(header), dtype=object)
    return frame.where(frame != "", None)


def _chunks(handle: IO[str], header: list[str], separator: str, name: str, text_columns: Collection[str], rows: int | None) -> Frames:
    as_text = {place for place, column in enumerate(header) if column in text_columns}
    empty = {place: [""] if place in as_text else EMPTY for place in range(len(header))}
    options: dict[str, Any] = {
        "sep": separator, "header": None, "names": list(range(len(header))), "index_col": False,
        "dtype": dict.fromkeys(as_text, "str"), "keep_default_na": False, "na_values": empty, "low_memory": False,
        "chunksize": rows or _fitting(len(header)), "on_bad_lines": "error", **EXACT_NUMBERS,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        lines: Any = WholeLines(handle, separator, len(header), name)
        yield from pd.read_csv(lines, **options)


def _broken_lines(name: str, separator: str) -> ResponseError:
    """Looks for the lines that the parser stumbled over: a short line and a long one can hide each other."""
    if Path(name).is_file():
        with _opened(Path(name)) as handle:
            lines = WholeLines(handle, separator, len(read_header(handle, name, separator)), name, exact=True)
            try:
                while lines.read(1_000_000):
                    pass
            except ResponseError as error:
                return error
    return ResponseError(Issue("broken_file", "a line does not have as many cells as the header", HINT, name))


def _fitting(columns: int) -> int:
    """How many rows to take at a time: fewer where they are wide."""
    return min(CHUNK_ROWS, max(CHUNK_CELLS // columns, 1000))


def _undecodable_row(name: str) -> int:
    """The row of the first line that is not UTF-8, -1 where that cannot be told."""
    if not Path(name).is_file():
        return -1
    number = -1  # the header is no row, and lines without anything are not counted
    with _bytes(Path(name)) as lines:
        for line in lines:
            number += bool(line.strip())
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number or -1
    return -1


def _parquet(path: Path, text_columns: Chosen, rows: int | None) -> Frames:
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
            for part in file.iter_batches(batch_size=rows or _fitting(len(names))):
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
    first = next(frames)
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
