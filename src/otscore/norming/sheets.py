"""The tables of CSV files and of Excel workbooks as rows of cells, each sheet with the name that it is called by in messages."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otscore.errors import Issue, UsageError
from otscore.norming.cells import Value, text_of

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of cells. ``source`` names it in messages, ``label`` is its own name, which may tell age, sex or scale.

    rows : all of the same width. notes : what was done when it was read.
    """

    source: str
    label: str
    rows: list[list[Value]]
    notes: list[str] = field(default_factory=list)

    def text(self, row: int, column: int) -> str:
        """A cell as text."""
        return text_of(self.rows[row][column])

    def filled(self, row: int) -> list[int]:
        """The columns of a row in which something stands."""
        return [column for column in range(len(self.rows[row])) if self.text(row, column)]


def place(row: int, column: int) -> str:
    """The name of a cell in a spreadsheet: B7."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def read_sheets(path: Path, only: tuple[str, ...] = ()) -> list[Sheet]:
    """The sheets of a file; of a workbook those named in ``only``, or every one that is not hidden.

    Raises UsageError for a file that is not there, of another kind, or cannot be read.
    """
    if not path.is_file():
        raise UsageError(Issue("no_file", "there is no such file", "Check the path; it counts from the working directory", str(path)))
    if path.suffix.lower() in TEXT_ENDINGS:
        return [_text_sheet(path)]
    if path.suffix.lower() in WORKBOOK_ENDINGS:
        return _workbook(path, only)
    hint = f"Allowed: {', '.join(TEXT_ENDINGS + WORKBOOK_ENDINGS)}"
    raise UsageError(Issue("file_kind", "this kind of file is not read", hint, str(path)))


def _text_sheet(path: Path) -> Sheet:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(Issue("encoding", "the file is not UTF-8", "Save it as CSV UTF-8", str(path))) from None
    if path.suffix.lower() == ".tsv":
        rows = _cut(text, "\t")
    else:
        rows = max((_cut(text, mark) for mark in SEPARATORS), key=_evenness)
    return Sheet(str(path), path.stem, _rectangular(rows))


def _cut(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _evenness(rows: list[list[str]]) -> tuple[float, int]:
    """How many of the lines have the usual number of cells, where that is more than one; then how many those are."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    width, lines = max(((width, lines) for width, lines in widths.items() if width > 1), key=lambda pair: pair[1], default=(0, 0))
    return lines / max(widths.total(), 1), width


def _rectangular(rows: list[list[Any]]) -> list[list[Value]]:
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _workbook(path: Path, only: tuple[str, ...]) -> list[Sheet]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum
    except ImportError:
        hint = "Install it: pip install otscore[excel]; or save each sheet as CSV UTF-8"
        raise UsageError(Issue("extra_missing", "Excel files need python-calamine", hint, str(path))) from None
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}
            if unknown := [name for name in only if name not in book.sheet_names]:
                hint = f"There is: {', '.join(book.sheet_names)}"
                raise UsageError([Issue("sheet_unknown", f"there is no sheet {name}", hint, str(path)) for name in unknown])
            chosen = [name for name in book.sheet_names if (name in only if only else name not in hidden)]
            sheets = [_sheet(path, name, book.get_sheet_by_name(name)) for name in chosen]
    except (CalamineError, OSError):
        raise UsageError(Issue("broken_file", "the workbook cannot be read", "Is it protected, or cut off? Save it again", str(path))) from None
    if sheets and not only:
        sheets[0].notes.extend(f"{path}: hidden sheet {name} left aside" for name in sorted(hidden))
    return sheets


def _sheet(path: Path, name: str, found: Any) -> Sheet:
    """A sheet of a workbook; every cell of a merged region holds what stands in it."""
    rows, notes = found.to_python(skip_empty_area=False), []
    rows = _rectangular(rows)
    source = f"{path}, sheet {name}"
    for (top, left), (bottom, right) in found.merged_cell_ranges or ():
        if top >= len(rows) or left >= len(rows[top]) or not text_of(rows[top][left]):
            continue
        for row in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, len(rows[row]))):
                rows[row][column] = rows[top][left]
        notes.append(f"{source}: merged cells {place(top, left)}:{place(bottom, right)} read as the same in each")
    return Sheet(source, name, rows, notes)
