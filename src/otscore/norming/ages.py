"""Printed ages and age bands: 4:0-4:5, 4;0;0 - 4;5;30, 48-53 months, <2:0, 16:11 and older.

A printed band counts completed units: 4:0-4:5 is everybody from 4 years 0 months up to, not including, 4 years 6 months. Bands that touch
(48-54, 54-60) can only mean that the second number is not included. Which of the two a table means is told by its neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from otscore.norming.cells import DASHES, Value, open_end, plain, text_of, years_and_months
from otscore.norming.dates import CellError, turned_back

Unit = Literal["days", "weeks", "months", "years"]

UNIT_WORDS: dict[Unit, str] = {
    "years": r"years?|yrs?\.?|y\.?",
    "months": r"months?|mos?\.?|mths?\.?|m\.?",
    "weeks": r"weeks?|wks?\.?",
    "days": r"days?|d\.?",
}
ANY_UNIT = "|".join(UNIT_WORDS.values())
NUMBER_UNIT = re.compile(rf"([0-9]+(?:[.,][0-9]+)?)\s*({ANY_UNIT})?")
YMD = re.compile(rf"([0-9]{{1,2}})\s*([{DASHES}:;])\s*([0-9]{{1,2}})(?:\s*\2\s*([0-9]{{1,2}}))?")
SPELT = re.compile(rf"([0-9]{{1,2}})\s*(?:{UNIT_WORDS['years']}),?\s*(?:and\s+)?([0-9]{{1,2}})\s*(?:{UNIT_WORDS['months']})")
SPACED = re.compile(rf"\s+(?:to|through)\s+|\s+[{DASHES}]\s+|\s*[\u2013\u2014]\s*")
HYPHEN = re.compile(rf"\s*[{DASHES}]\s*")
FOUR = re.compile(r"([0-9]{1,2}-[0-9]{1,2})-([0-9]{1,2}-[0-9]{1,2})")
TRAILING = re.compile(rf"[0-9]\s*({ANY_UNIT})$")
PLUS = re.compile(rf"\+\s*({ANY_UNIT})$")
LEADING = re.compile(r"^ages?:?\s+")
HINT = "Write 4:0-4:5, 48-53 months, 4;0;0 - 4;5;30, <2:0 or 16:11 and older"


@dataclass(frozen=True, slots=True)
class Point:
    """An age in the pack's unit: the number itself, and what follows it when it counts as completed. None: no exact number of them."""

    at: Decimal | None
    after: Decimal | None

    def start(self, text: str) -> Decimal:
        """The number, for an age that a band begins with."""
        if self.at is None:
            hint = "Is 4.5 four years and five months? Then write 4:5"
            raise CellError(f'the age "{text}" is no exact number in the unit of the pack', hint)
        return self.at


@dataclass(frozen=True, slots=True)
class Band:
    """A printed age band; ``below`` says that the table itself leaves the upper end out. None is an open end."""

    text: str
    low: Decimal | None
    high: Point | None
    below: bool = False


@dataclass(frozen=True, slots=True)
class AgeReader:
    """Reads ages. ``given`` is the unit of numbers without one, ``unit`` that of the pack; ``thirty``: its months have 30 days."""

    unit: Unit = "months"
    given: Unit | None = None
    thirty: bool = False

    def band(self, value: Value) -> Band | None:
        """The age band of a cell or a name; None where it is none. Raises CellError where it is one that cannot be told."""
        if not isinstance(value, str):
            if turned_back_or_date(value):
                raise CellError("the cell holds a date that a spreadsheet made of an age", "Format the column as text and write the ages again")
            if (months := years_and_months(value)) is not None:
                point = self._of_months(months)
                return Band(text_of(value), point.start(text_of(value)), point)
        text = PLUS.sub(r" \1+", LEADING.sub("", text_of(value).casefold()))
        sign, rest = open_end(text)
        if sign:
            return self._open(text, sign, str(rest))
        unit = self._unit_at_end(text)
        for parts in _split(text):
            if (low := self.point(parts[0], unit)) is None:
                continue
            high, below = self._upper(parts[1], unit)
            if high is not None:
                start, top = low.start(parts[0]), high.after if high.at is None else high.at
                if top is not None and top < start:
                    raise CellError(f'the age band "{text}" falls', HINT)
                return Band(text, start, high, below)
        alone = self.point(text, None)
        return None if alone is None else Band(text, alone.start(text), alone)

    def _open(self, text: str, sign: str, rest: str) -> Band | None:
        point = self.point(rest, None)
        if point is None:
            return None
        if sign in ("<", "<="):
            return Band(text, None, point, below=sign == "<")
        low = point.at if sign == ">=" else point.after
        if low is None:
            raise CellError(f'the beginning of the age band "{text}" is no exact age in the unit of the pack', HINT)
        return Band(text, low, None)

    def _upper(self, text: str, unit: Unit | None) -> tuple[Point | None, bool]:
        sign, rest = open_end(text)
        return (self.point(str(rest), unit), True) if sign == "<" else (self.point(text, unit), False)

    def _unit_at_end(self, text: str) -> Unit | None:
        """The unit that stands once, at the end of a band: it holds for both of its numbers."""
        found = TRAILING.search(text)
        return _unit(found[1]) if found else None

    def point(self, text: str, shared: Unit | None) -> Point | None:
        """One age; ``shared`` is the unit that stands behind the band."""
        text = text.strip()
        if found := SPELT.fullmatch(text):
            return self._of_months(_months(found[1], found[2], text))
        if found := YMD.fullmatch(text):
            return self._ymd(found, text)
        if found := NUMBER_UNIT.fullmatch(text):
            unit = _unit(found[2]) if found[2] else shared or self.given
            if unit is None:
                raise CellError(f'the age "{text}" has no unit', "Say which: --age-unit months, years, weeks or days")
            number = Decimal(found[1].replace(",", "."))
            return self._point(number, _last_place(number), unit)
        return None

    def _point(self, number: Decimal, step: Decimal, unit: Unit) -> Point:
        """An age that is exact itself, or at its end: 4.49 years, counted as completed, end with the sixth month."""
        point = Point(self._exact(number, unit), self._exact(number + step, unit))
        return Point(self._in_unit(number, unit), None) if point == Point(None, None) else point

    def _ymd(self, found: re.Match[str], text: str) -> Point:
        months = _months(found[1], found[3], text)
        days = int(found[4] or 0)
        if not found[4]:
            return self._of_months(months)
        at = self._exact(Decimal(months), "months")
        if days == 0:
            return Point(at, None)
        if days in (30, 31) or (days == 29 and self.thirty):
            return Point(at, self._exact(Decimal(months + 1), "months"))
        hint = "Bands in a pack whose ages are months begin and end with a month: 4;0;0 - 4;5;30 (or 4;5;29 where months have 30 days)"
        raise CellError(f'the age "{text}" lies within a month', hint)

    def _of_months(self, months: int) -> Point:
        return self._point(Decimal(months), Decimal(1), "months")

    def _exact(self, number: Decimal, unit: Unit) -> Decimal | None:
        try:
            return self._in_unit(number, unit)
        except CellError:
            return None

    def _in_unit(self, number: Decimal, unit: Unit) -> Decimal:
        """The age in the unit of the pack, where that is exact."""
        if unit == self.unit:
            return number
        if unit == "years" and self.unit == "months" and number * 12 % 1 == 0:
            return number * 12
        if unit == "weeks" and self.unit == "days":
            return number * 7
        if unit == "months" and self.unit == "years" and number % 3 == 0:
            return number / 12
        hint = f"The pack counts in {self.unit} (pack.toml, [age] unit): choose there the unit that the table is printed in"
        raise CellError(f"an age in {unit} is no exact number of {self.unit}", hint)


def turned_back_or_date(value: Value) -> bool:
    """Whether the cell is a date."""
    try:
        return turned_back(value) is not None
    except CellError:
        return years_and_months(value) is None


def _split(text: str) -> list[list[str]]:
    """The ways in which a text may be two ages, the surest first."""
    ways = [SPACED.split(text), HYPHEN.split(text)]
    if found := FOUR.fullmatch(text):
        ways.insert(0, [found[1], found[2]])
    return [way for way in ways if len(way) == 2 and all(way)]


def _unit(word: str) -> Unit:
    return next(unit for unit, words in UNIT_WORDS.items() if re.fullmatch(words, word))


def _months(years: str, months: str, text: str) -> int:
    if int(months) > 11:
        raise CellError(f'"{text}" is no age in years and months', "Months run from 0 to 11")
    return int(years) * 12 + int(months)


def _last_place(number: Decimal) -> Decimal:
    """One unit of the last place that is printed: 1 for 53, 0.01 for 4.99."""
    exponent = number.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def half_open(bands: list[Band], included: bool, first: Decimal | None, below: Decimal | None) -> dict[Band, tuple[str, str]]:
    """``age_from`` and ``age_to`` of each band. Raises CellError for an end that cannot be said.

    included : whether the upper end of a band belongs to it. first, below : where open ends end, from pack.toml.
    """
    found: dict[Band, tuple[str, str]] = {}
    for band in bands:
        low = first if band.low is None else band.low
        high = below
        if band.high is not None:
            high = band.high.at if band.below or not included else band.high.after
            if high is None:
                raise CellError(f'the end of the age band "{band.text}" is no exact age in the unit of the pack', HINT)
        if low is None or high is None:
            hint = "Give the youngest (`from`) and the first age not scored (`below`) under [age] in pack.toml"
            raise CellError(f'the age band "{band.text}" is open, and pack.toml does not say where the ages end', hint)
        if low >= high:
            raise CellError(f'the age band "{band.text}" is empty: from {plain(low)} to below {plain(high)}', HINT)
        found[band] = (plain(low), plain(high))
    return found


def neighbours(groups: list[list[Band]]) -> tuple[list[str], list[str]]:
    """What neighbouring bands tell: pairs that touch (48-54, 54-60), and pairs that follow one another (48-53, 54-59)."""
    touching, following = [], []
    for group in groups:
        bands = list(dict.fromkeys(group))
        for band in bands:
            if band.high is None or band.below:
                continue
            for other in bands:
                if other is not band and other.low is not None:
                    pair = f'"{band.text}" and "{other.text}"'
                    touching += [pair] if other.low == band.high.at and other.low != band.low else []
                    following += [pair] if other.low == band.high.after else []
    return touching, following
