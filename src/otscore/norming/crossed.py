"""Tables with a key down the side and scales or age bands across: scores of raw scores, or raw ranges of scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from otscore.errors import Issue
from otscore.norming.ages import Band
from otscore.norming.cells import Range, is_dash
from otscore.norming.columns import BY_WORD
from otscore.norming.dates import CellError
from otscore.norming.reading import NO_AGE, Entry, Reading
from otscore.norming.sheets import Sheet, place
from otscore.norming.target import slug

Side = Literal["raw", "score"]
Cell = tuple[int, int]
Key = Range | str


@dataclass(frozen=True, slots=True)
class _Column:
    """What the cells of a column belong to."""

    place: int
    heading: str
    scale: str
    ages: Band | None
    strata: tuple[tuple[str, str], ...]


def read_crossed(sheet: Sheet, reading: Reading, *, side: Side | None, needs_age: bool) -> list[Entry]:
    """The entries of a crossed sheet; what is wrong with it stands in ``reading.issues``.

    side : what stands down the side; None: the first heading says it. needs_age : the sheet (or its name) must tell an age band.
    """
    if (found := _header(sheet, side)) is None:
        hint = 'Write "raw" or "score" above the first column'
        reading.issues.append(Issue("header_missing", "no heading says what stands down the side", hint, sheet.source))
        return []
    header, said = found
    reading.notes += [f"{sheet.source}: row {row + 1} left aside: a title" for row in range(header) if _is_title(sheet, row)]
    if side is not None and said != side:
        hint = "The layout `sheets` reads raw scores down the side"
        reading.issues.append(Issue("side", "the scores must stand down the side, and the raw ranges in the cells", hint, sheet.source))
        return []
    reading.headless(sheet, header)
    columns, percentile = _columns(sheet, reading, said, header, needs_age)
    body = [row for row in range(header + 1, len(sheet.rows)) if sheet.filled(row) and sheet.rows[row] != sheet.rows[header]]
    keys = dict(_keys(sheet, reading, said, header, body))
    entries = [entry for column in columns for entry in _entries(sheet, reading, said, column, body, keys, percentile)]
    return entries


def _header(sheet: Sheet, side: Side | None) -> tuple[int, Side] | None:
    """The last row of the headings, and what they say of the side; where none says it, it is what the layout asks for.

    A row below, with nothing or the same word on its left, is a second row of headings.
    """
    for row in range(len(sheet.rows)):
        filled = sheet.filled(row)
        role = BY_WORD.get(slug(sheet.text(row, 0))) if filled else None
        if role in ("raw", "score") and len(filled) > 1:
            below = row + 1 < len(sheet.rows) and sheet.filled(row + 1) and sheet.text(row + 1, 0) in ("", sheet.text(row, 0))
            return row + bool(below), "raw" if role == "raw" else "score"
    wide = [row for row in range(len(sheet.rows)) if len(sheet.filled(row)) > 1]
    return (wide[0], side) if wide and side is not None else None


def _columns(sheet: Sheet, reading: Reading, said: Side, header: int, needs_age: bool) -> tuple[list[_Column], int | None]:
    """The columns of scores or ranges, and the one of percentiles; headings stand in one row or in two, one above the other."""
    band, strata, scale = reading.label(sheet)
    upper = _upper(sheet, header)
    columns, percentile = [], None
    before = len(reading.issues)
    for column in sheet.filled(header):
        heading = sheet.text(header, column)
        told = {slug(text): role for role, text in reading.columns.items()}.get(slug(heading), BY_WORD.get(slug(heading)))
        reading.used.add(slug(heading))
        if column == 0 or told == "ignore":
            continue
        if told == "percentile":
            percentile = column
            continue
        words = [text for text in (upper.get(column, ""), heading) if text]
        here = _meaning(sheet, reading, header, column, words)
        ages = next((one for one in here if isinstance(one, Band)), band)
        keys = strata | dict(one for one in here if isinstance(one, tuple))
        named = next((one for one in here if isinstance(one, str)), scale)
        if named is None and len(reading.issues) == before:
            hint = "Name it: --scale ID, in a second row of headings, or in the name of the sheet"
            reading.issues.append(Issue("scale_missing", "nothing says which scale the column is for", hint, sheet.source, field=heading))
        columns.append(_Column(column, heading, named or "", ages, tuple(sorted(keys.items()))))
    if percentile is not None and said == "raw" and len(columns) > 1:
        hint = f"Leave the column aside: --columns ignore={sheet.text(header, percentile)}"
        reading.issues.append(Issue("percentile", "it is not told for which of the scales the percentiles are", hint, sheet.source))
    if needs_age and NO_AGE not in reading.bands.values() and any(column.ages is None for column in columns):
        hint = f"Name the sheet by its age band, for example 48-53 months, or say it: --ages {sheet.label}=48-53 (or none), --age-unit for bare numbers"
        reading.issues.append(Issue("age_missing", "nothing says which age band the sheet is for", hint, sheet.source))
    return columns, percentile


def _upper(sheet: Sheet, header: int) -> dict[int, str]:
    """The headings of the row above, each over the columns to its right up to the next one."""
    if header == 0 or _is_title(sheet, header - 1):
        return {}
    found, last = {}, ""
    for column in range(1, len(sheet.rows[header])):
        last = sheet.text(header - 1, column) or last
        found[column] = last
    return found


def _is_title(sheet: Sheet, row: int) -> bool:
    """Whether a row holds one text that begins on its left, over one cell or over merged ones."""
    return sheet.text(row, 0) != "" and len({sheet.text(row, column) for column in sheet.filled(row)}) == 1


def _meaning(sheet: Sheet, reading: Reading, header: int, column: int, words: list[str]) -> list[str | Band | tuple[str, str]]:
    """What the headings of a column name: a scale, an age band, a stratum and its value."""
    found: list[str | Band | tuple[str, str]] = []
    for word in words:
        scale = reading.scale_of(word) if reading.target.scales or not reading.is_age(word) else None
        stratum = reading.target.stratum(word)
        if stratum is not None:
            found.append(stratum)
        elif scale is not None:
            found.append(scale)
        else:
            text = word
            band, read = reading.cell(sheet, header, column, word, lambda text=text: reading.age.band(text))  # type: ignore[misc]
            if band is not None:
                found.append(band)
            elif read:
                hint = f"{reading.scale_hint(word)}. To leave the column aside: --columns ignore={word}"
                reading.wrong(sheet, header, column, word, CellError(f'"{word}" is no scale, age band or stratum of the pack', hint))
    return found


def _keys(sheet: Sheet, reading: Reading, side: Side, header: int, body: list[int]) -> Iterator[tuple[int, Key]]:
    """The raw score or the score of each row."""
    heading = sheet.text(header, 0) or side
    empty = []
    for row in body:
        value = sheet.rows[row][0]
        if not sheet.text(row, 0):
            empty.append((row, 0))
            continue
        key: Key | None
        if side == "raw":
            key, read = reading.cell(sheet, row, 0, heading, lambda value=value: reading.cells.raw(value))  # type: ignore[misc]
        else:
            key, read = reading.cell(sheet, row, 0, heading, lambda value=value: reading.cells.score(value))  # type: ignore[misc]
        if key is not None:
            yield row, key
        elif read:
            reading.wrong(sheet, row, 0, heading, CellError("a dash stands down the side", "Take the row out"))
    if empty:
        reading.empty(sheet, heading, empty)


def _entries(
    sheet: Sheet, reading: Reading, side: Side, column: _Column, body: list[int], keys: dict[int, Key], percentile: int | None
) -> Iterator[Entry]:
    """The entries of a column. Empty cells above the first and below the last score are none, where the column does not say that by
    dashes; others are a finding.
    """
    filled = [row for row in body if sheet.text(row, column.place)]
    dashed = any(is_dash(sheet.rows[row][column.place]) for row in filled)
    if not filled:
        reading.issues.append(Issue("column_empty", "nothing is typed in the column", "Type it, or take it out", sheet.source, field=column.heading))
        return
    inside = body if dashed else [row for row in body if filled[0] <= row <= filled[-1]]
    if empty := [(row, column.place) for row in inside if not sheet.text(row, column.place)]:
        reading.empty(sheet, column.heading, empty)
    outside, dashes = len(body) - len(inside), 0
    for row in filled:
        value = sheet.rows[row][column.place]
        if is_dash(value):
            dashes += 1
            if isinstance(key := keys.get(row), Range):  # the raw score is there, and has no score in print
                yield Entry(column.scale, column.ages, column.strata, key, "", {}, f"{sheet.source}, cell {place(row, column.place)}")
            continue
        if (entry := _entry(sheet, reading, side, column, row, keys.get(row), percentile)) is not None:
            yield entry
    where = f"{sheet.source}, column {column.heading}"
    counted = ((dashes, "dashes: no such score"), (outside, "empty cells above or below the scores left out"))
    reading.notes += [f"{where}: {count} {what}" for count, what in counted if count]


def _entry(sheet: Sheet, reading: Reading, side: Side, column: _Column, row: int, key: Key | None, percentile: int | None) -> Entry | None:
    value, cells = sheet.rows[row][column.place], reading.cells
    raw: Range | None
    score: str | None
    if side == "raw":
        raw = key if isinstance(key, Range) else None
        score, _ = reading.cell(sheet, row, column.place, column.heading, lambda: cells.score(value))
    else:
        score = key if isinstance(key, str) else None
        raw, _ = reading.cell(sheet, row, column.place, column.heading, lambda: cells.raw(value))
    more = {}
    if percentile is not None and sheet.text(row, percentile):
        printed, _ = reading.cell(sheet, row, percentile, "percentile", lambda: cells.percentile(sheet.rows[row][percentile]))
        more = {"percentile": printed or ""}
    if raw is None or score is None:
        return None
    return Entry(column.scale, column.ages, column.strata, raw, score, more, f"{sheet.source}, cell {place(row, column.place)}")
