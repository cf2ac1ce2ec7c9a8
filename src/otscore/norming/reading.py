"""What is known while the sheets of one table are read: the pack, what the user said, and what was found and done so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from otscore.errors import Issue
from otscore.norming.ages import AgeReader, Band
from otscore.norming.cells import CellReader, Range
from otscore.norming.dates import CellError
from otscore.norming.sheets import Sheet, place
from otscore.norming.target import Target, slug

T = TypeVar("T")
WORD = re.compile(r"[\s_]+")
NO_AGE = "none"
"""Said in place of an age band: the table holds for every age."""
SHOWN = 12
"""So many cells are named in one finding."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One printed score: of which scale, age band and strata, for which raw scores. ``more`` holds further printed columns.

    ages : the band, None where the table has none. where : file, sheet and cell.
    """

    scale: str
    ages: Band | None
    strata: tuple[tuple[str, str], ...]
    raw: Range
    score: str
    more: Mapping[str, str]
    where: str


@dataclass
class Reading:
    """One import: what it goes by, and the findings and notes that gather on the way.

    columns : role = heading. names : heading = id of a scale. scale, ages : for sheets that do not say them. only : column = value
    of rows that are taken. used : headings, names and sheets that the user named, and that were met.
    """

    target: Target
    cells: CellReader
    age: AgeReader
    columns: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    scale: str = ""
    bands: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wrong(self, sheet: Sheet, row: int, column: int, heading: str, error: CellError) -> None:
        """Note a cell that cannot be read."""
        self.issues.append(Issue("cell_unreadable", f"cell {place(row, column)}: {error.message}", error.hint, sheet.source, field=heading))

    def cell(self, sheet: Sheet, row: int, column: int, heading: str, read: Callable[[], T]) -> tuple[T | None, bool]:
        """(what a cell holds, whether it could be read)."""
        self.cells.place = f"{sheet.source}, cell {place(row, column)}"
        try:
            return read(), True
        except CellError as error:
            self.wrong(sheet, row, column, heading, error)
            return None, False

    def empty(self, sheet: Sheet, heading: str, cells: list[tuple[int, int]]) -> None:
        """Note cells in which something must stand."""
        named = ", ".join(place(*cell) for cell in cells[:SHOWN]) + (f" and {len(cells) - SHOWN} more" if len(cells) > SHOWN else "")
        message = f"cell {named}: nothing stands there" if len(cells) == 1 else f"cells {named}: nothing stands there"
        hint = "Type what the source prints; a dash where it prints none. A score that is printed once for several rows stands in each of them"
        self.issues.append(Issue("cell_empty", message, hint, sheet.source, field=heading))

    def headless(self, sheet: Sheet, header: int) -> None:
        """Note cells below no heading: an unquoted decimal comma shifts what follows it."""
        columns = set(range(1, len(sheet.rows[header]))) - set(sheet.filled(header))
        found = [place(row, column) for row in range(header + 1, len(sheet.rows)) for column in sheet.filled(row) if column in columns]
        if found:
            named = ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
            hint = "Give the column a heading, or empty it; a decimal comma between commas must stand in quotes"
            self.issues.append(Issue("heading_missing", f"cells {named}: something stands below no heading", hint, sheet.source))

    def scale_of(self, text: str) -> str | None:
        """The scale that a heading or a cell names."""
        renamed = {slug(name): scale for name, scale in self.names.items()}
        self.used.add(slug(text))
        return self.target.scale(renamed.get(slug(text), text))

    def scale_hint(self, text: str) -> str:
        """What may be done about a heading that names no scale."""
        near = get_close_matches(slug(text), self.target.scales, 1)
        meant = f"Did you mean {near[0]}? " if near else ""
        return f'{meant}Say which scale it is: --scale-names "{text}=ID". Scales: {", ".join(self.target.scales)}'

    def label(self, sheet: Sheet) -> tuple[Band | None, dict[str, str], str | None]:
        """(age band, strata, scale) that the name of a sheet or file tells, or the user in its place."""
        words = [word for word in WORD.split(sheet.label.replace(",", " ")) if word]
        band, rest = self._band_in(words)
        named = {scale for word in (*rest, sheet.label) if (scale := self.target.scale(word)) in self.target.scales}
        scale = self.scale or (named.pop() if len(named) == 1 else None)
        self.used.add(sheet.label)
        text = self.bands.get(sheet.label, self.bands.get("", ""))
        if text:
            band = None if text == NO_AGE else self._band_given(sheet, text)
        return band, self._strata_in(sheet, rest), scale

    def given_band(self, sheet: Sheet) -> Band | None:
        """The age band that the user gives for a sheet."""
        return self.label(sheet)[0] if self.bands.get(sheet.label, self.bands.get("", "")) else None

    def _strata_in(self, sheet: Sheet, words: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, value in filter(None, map(self.target.stratum, words)):
            if found.setdefault(name, value) != value:
                message = f"the name of the sheet says {found[name]} and {value}"
                self.issues.append(Issue("stratum_twice", message, f"Name it by one value of {name}", sheet.source))
        return found

    def _band_given(self, sheet: Sheet, text: str) -> Band | None:
        try:
            band = self.age.band(text)
        except CellError as error:
            self.issues.append(Issue("age_unreadable", error.message, error.hint, sheet.source))
            return None
        if band is None:
            self.issues.append(Issue("age_unreadable", f'"{text}" is no age band', "Write --ages 48-53, or --ages SHEET=48-53", sheet.source))
        return band

    def _band_in(self, words: list[str]) -> tuple[Band | None, list[str]]:
        """The longest part of a name that is an age band, and the other words; a number alone is none, it may be that of a page."""
        for length in range(len(words), 0, -1):
            starts = range(len(words) - length + 1)
            found = {start: band for start in starts if (band := self._band_or_none(" ".join(words[start : start + length]))) is not None}
            if len(found) == 1:
                start, band = found.popitem()
                return band, words[:start] + words[start + length :]
        return None, words

    def is_age(self, text: str) -> bool:
        """Whether a heading is an age band, be it one that cannot be told."""
        try:
            return self.age.band(text) is not None
        except CellError:
            return True

    def _band_or_none(self, text: str) -> Band | None:
        try:
            band = self.age.band(text)
        except CellError:
            return None
        single = band is not None and band.low is not None and band.high is not None and band.low == band.high.at
        return None if single and text.isdigit() else band
