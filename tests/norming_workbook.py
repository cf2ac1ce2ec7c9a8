"""Writes small Excel workbooks cell by cell: text, numbers, dates, times, merged cells, hidden sheets."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'{HEAD}<styleSheet {MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="16" applyNumberFormat="1"/>'
    '<xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>'
)

Cell = str | int | float | bool | date | time | None


def name(row: int, column: int) -> str:
    return f"{chr(ord('A') + column)}{row + 1}"


def _cell(row: int, column: int, value: Cell) -> str:
    at = name(row, column)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, time):
        return f'<c r="{at}" s="2"><v>{(value.hour * 60 + value.minute) / 1440!r}</v></c>'
    return f'<c r="{at}"><v>{value!r}</v></c>'


def _sheet(rows: Sequence[Sequence[Cell]], merged: Sequence[str]) -> str:
    body = "".join(f'<row r="{r + 1}">{"".join(_cell(r, c, value) for c, value in enumerate(row))}</row>' for r, row in enumerate(rows))
    regions = f'<mergeCells count="{len(merged)}">{"".join(f"<mergeCell ref={quoteattr(one)}/>" for one in merged)}</mergeCells>' if merged else ""
    return f"{HEAD}<worksheet {MAIN}><sheetData>{body}</sheetData>{regions}</worksheet>"


def write_workbook(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], merged: Mapping[str, Sequence[str]] | None = None, hidden: Sequence[str] = ()
) -> Path:
    """A workbook with these sheets: name = rows of cells."""
    numbered = list(enumerate(sheets, start=1))
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n, _ in numbered
    )
    listed = "".join(
        f'<sheet name={quoteattr(sheet)} sheetId="{n}" r:id="rId{n}"{" state=" + quoteattr("hidden") if sheet in hidden else ""}/>' for n, sheet in numbered
    )
    links = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered)
    styles = f'<Relationship Id="rId{len(numbered) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
            f"{parts}</Types>",
        )
        root = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        book.writestr("_rels/.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>')
        book.writestr("xl/workbook.xml", f'{HEAD}<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}{styles}</Relationships>')
        book.writestr("xl/styles.xml", STYLES)
        for n, sheet in numbered:
            book.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(sheets[sheet], (merged or {}).get(sheet, ())))
    return path
