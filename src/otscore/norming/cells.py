"""One cell of a printed table: numbers, open ends, ranges, dashes, and ranges that a spreadsheet has turned into dates.

Nothing is guessed: a cell that can be read in two ways, or that carries a footnote mark, raises :class:`CellError`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from otscore.norming.dates import CellError, turned_back

Value = str | int | float | bool | date | datetime | time | timedelta
Mark = Literal["point", "comma"]

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
ALONE = re.compile(rf"[{DASHES}]{{1,3}}")
BETWEEN = re.compile(rf"\s*[{DASHES}]\s*|\s+to\s+")
OPEN = (
    (re.compile(r"(?:<=|=<|\u2264)\s*(.+)"), "<="),
    (re.compile(r"(?:>=|=>|\u2265)\s*(.+)"), ">="),
    (re.compile(r"<\s*(.+)"), "<"),
    (re.compile(r">\s*(.+)"), ">"),
    (re.compile(r"(?:up to|at most)\s+(.+)"), "<="),
    (re.compile(r"at least\s+(.+)"), ">="),
    (re.compile(r"(?:below|under|less than|fewer than|younger than)\s+(.+)"), "<"),
    (re.compile(r"(?:above|over|more than|older than)\s+(.+)"), ">"),
    (re.compile(r"(.+?)\s*(?:or|and)\s+(?:less|fewer|below|under|lower|younger)"), "<="),
    (re.compile(r"(.+?)\s*(?:or|and)\s+(?:more|above|over|higher|greater|older|up)"), ">="),
    (re.compile(r"(.+?)\s*\+"), ">="),
)
"""How tables print a score or an age that is open to one side, and what it means."""

THOUSANDS = "[ \u00a0\u2009\u202f'\u2019]"
GROUPED = re.compile(rf"[0-9]{{1,3}}(?:{THOUSANDS}[0-9]{{3}})+(?:[.,][0-9]+)?")
COMMA_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
POINT_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
PLAIN = re.compile(r"([0-9]*)([.,])([0-9]+)|([0-9]+)")
EITHER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
YEARS_MONTHS = re.compile(r"([0-9]{1,2})\s*[:;]\s*([0-9]{1,2})(?:[:;]0{1,2})?")
YEARS_HYPHEN = re.compile(rf"([0-9]{{1,2}})[{DASHES}]([0-9]{{1,2}})")
SERIALS = range(30_000, 60_000)
"""Day numbers of the dates from 1982 to 2064, as a spreadsheet shows them when the date format is taken off."""

NUMBER_HINT = "Write one plain number, <n or >n for an open end, or a dash where there is none; no footnote marks, no words"
RANGE_HINT = "Write 12, 12-14, <12, >=12 or a dash; no footnote marks, no words"


@dataclass(frozen=True, slots=True)
class Range:
    """Raw scores from ``low`` to ``high``, open where None; ``low_in`` and ``high_in``: whether the end itself belongs to it."""

    low: Decimal | None
    high: Decimal | None
    low_in: bool = True
    high_in: bool = True


def text_of(value: Value) -> str:
    """The cell as text: a whole number without a decimal point, blanks around it taken off."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\u00a0", " ").strip()


def is_dash(value: Value) -> bool:
    """Whether the cell is a dash alone: there is no such score."""
    return isinstance(value, str) and ALONE.fullmatch(value.strip()) is not None


def plain(number: Decimal) -> str:
    """The number as a table of a pack writes it: 12, 12.5, never 1.2E+1."""
    return f"{number.normalize():f}" if number else "0"


@dataclass
class CellReader:
    """Reads cells. ``decimal`` is the decimal mark where the user has said which; the marks met are remembered.

    ages : whether scores are age equivalents; None: those written as years and months are, others are not.

    notes : what has been read otherwise than it stands there, a line for each cell.
    """

    decimal: Mark | None = None
    ages: bool | None = None
    marks: dict[Mark, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    place: str = ""

    def number(self, value: Value, hint: str = NUMBER_HINT) -> Decimal:
        """The number of a cell, exactly as written."""
        if isinstance(value, bool):
            raise CellError("the cell holds TRUE or FALSE", hint)
        if isinstance(value, int | float):
            return Decimal(f"{value:.15g}")  # as many digits as a spreadsheet shows: 0.1 + 0.2 is 0.3 there
        if not isinstance(value, str):
            raise CellError("the cell holds a date or a time, not a number", "Format the column as text and write the number again")
        text = text_of(value)
        sign = -1 if len(text) > 1 and text[0] in DASHES else 1
        digits = text[1:].lstrip() if sign < 0 else text.removeprefix("+")
        return sign * self._unsigned(digits, text, hint)

    def _unsigned(self, digits: str, text: str, hint: str) -> Decimal:
        if GROUPED.fullmatch(digits):
            return self._unsigned(re.sub(THOUSANDS, "", digits), text, hint)
        if COMMA_GROUPS.fullmatch(digits) and self.decimal != "comma":
            return Decimal(digits.replace(",", ""))
        if POINT_GROUPS.fullmatch(digits) and self.decimal != "point":
            return Decimal(digits.replace(".", "").replace(",", "."))
        found = PLAIN.fullmatch(digits)
        if found is None:
            raise CellError(f'"{text}" is not a number', hint)
        if found[4]:
            return Decimal(found[4])
        mark: Mark = "comma" if found[2] == "," else "point"
        if EITHER.fullmatch(digits) and (mark == "comma" or self.decimal == "comma"):
            if self.decimal is None:
                raise CellError(f'"{text}" may be a whole number with thousands or a decimal number', "Say which: --decimal comma or --decimal point")
            if self.decimal != mark:
                return Decimal(found[1] + found[3])
        elif self.decimal not in (None, mark):
            raise CellError(f'"{text}" has a decimal {mark}, and --decimal says {self.decimal}', "Write all numbers with the same mark")
        self.marks.setdefault(mark, self.place)
        return Decimal(f"{found[1] or 0}.{found[3]}")

    def raw(self, value: Value) -> Range | None:
        """A raw score or a range of raw scores; None for a dash."""
        if is_dash(value):
            return None
        if (pair := turned_back(value)) is not None:
            self.notes.append(f"{self.place}: a date, turned back into the raw scores {pair[0]}-{pair[1]}")
            return Range(Decimal(pair[0]), Decimal(pair[1]))
        sign, rest = open_end(value)
        if sign in ("<", "<="):
            return Range(None, self._raw_number(rest), high_in=sign == "<=")
        if sign in (">", ">="):
            return Range(self._raw_number(rest), None, low_in=sign == ">=")
        ends = self.two(value)
        if ends is None:
            alone = self._raw_number(value)
            return Range(alone, alone)
        return Range(*ends)

    def _raw_number(self, value: Value) -> Decimal:
        found = self.number(value, RANGE_HINT)
        if isinstance(value, str) and found < 0:
            raise CellError(f'"{text_of(value)}" is a range without its first number, or a raw score below 0', RANGE_HINT)
        if found in SERIALS:
            hint = "Format the column as text and write the range again"
            raise CellError(f"{plain(found)} may be the day number of a date that a spreadsheet made of a range", hint)
        return found

    def two(self, value: Value) -> tuple[Decimal, Decimal] | None:
        """The two numbers of a range that rises; None where the cell holds no range."""
        if not isinstance(value, str):
            return None
        parts = BETWEEN.split(text_of(value).strip("()[]").casefold())
        if len(parts) != 2 or not all(parts):
            return None
        low, high = (self.number(part, RANGE_HINT) for part in parts)
        if low > high:
            raise CellError(f'the range "{text_of(value)}" falls', "Write the lower number first")
        return low, high

    def score(self, value: Value) -> str | None:
        """A derived score as a table of a pack holds it: ``85``, ``<55``, years and months as months; None for a dash."""
        if self.ages:
            return self.age_equivalent(value)
        return None if is_dash(value) else self._score(value)

    def _score(self, value: Value) -> str:
        sign, rest = open_end(value)
        if (months := years_and_months(rest)) is not None:
            if self.ages is False:
                raise CellError(f'"{text_of(value)}" is an age, and the scores of the table are none', NUMBER_HINT)
            self.notes.append(f"{self.place}: {text_of(value)} written as {months} months")
            number = str(months)
        else:
            number = plain(self.number(rest))
        return f"{sign[:1]}{number}"

    def percentile(self, value: Value) -> str | None:
        """A percentile rank; a percent sign may follow it."""
        numbers = replace(self, ages=False)
        return None if is_dash(value) else numbers._score(value.strip().removesuffix("%").strip() if isinstance(value, str) else value)

    def age_equivalent(self, value: Value) -> str | None:
        """An age equivalent in months: 4:5, 4-5, 53; open ends too; None for a dash."""
        if is_dash(value):
            return None
        sign, rest = open_end(value)
        if isinstance(rest, str) and (found := YEARS_HYPHEN.fullmatch(text_of(rest))):
            rest = f"{found[1]}:{found[2]}"
        if isinstance(value, date):
            raise CellError("the cell holds a date that a spreadsheet made of an age", "Format the column as text and write the age again, as 4:5")
        return replace(self, ages=None)._score(f"{sign}{rest}" if isinstance(rest, str) else rest)

    def interval(self, value: Value) -> tuple[str, str] | None:
        """The two ends of a printed interval; None for a dash."""
        if is_dash(value):
            return None
        if (pair := turned_back(value)) is not None:
            self.notes.append(f"{self.place}: a date, turned back into the interval {pair[0]}-{pair[1]}")
            return str(pair[0]), str(pair[1])
        if (ends := self.two(value)) is None:
            raise CellError(f'"{text_of(value)}" is no interval', "Write both ends: 85-98")
        return plain(ends[0]), plain(ends[1])


def open_end(value: Value) -> tuple[str, Value]:
    """(sign, the rest of the cell): sign is ``<``, ``<=``, ``>``, ``>=``, or empty where the cell has no open end."""
    if isinstance(value, str):
        text = text_of(value)
        for pattern, sign in OPEN:
            if found := pattern.fullmatch(text.casefold()):
                return sign, found[1]
    return "", value


def years_and_months(value: Value) -> int | None:
    """Months of an age written 4:5 or 4;5, or of the time of day that a spreadsheet has made of it; None for anything else."""
    if isinstance(value, datetime | date):
        return None
    if isinstance(value, time):
        years, months, rest = value.hour, value.minute, value.second or value.microsecond
    elif isinstance(value, timedelta):
        minutes, seconds = divmod(value.total_seconds(), 60)
        years, months, rest = int(minutes) // 60, int(minutes) % 60, int(seconds)
    elif isinstance(value, str) and (found := YEARS_MONTHS.fullmatch(text_of(value))):
        years, months, rest = int(found[1]), int(found[2]), 0
    else:
        return None
    if months > 11 or rest:
        raise CellError(f'"{text_of(value)}" is no age in years and months', "Months run from 0 to 11; format the column as text")
    return years * 12 + months
