"""Ranges that a spreadsheet has turned into dates: 12-14 became 14 December, 3-5 became 3 May or 5 March."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMES = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY_MONTH = re.compile(rf"([0-9]{{1,2}})[-. /]+{NAMES}\.?(?:[-. /]+[0-9]{{2,4}})?")
MONTH_DAY = re.compile(rf"{NAMES}[-. /]+([0-9]{{1,2}})")
YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
YEAR_LAST = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
FIRST_YEAR = 1985
HINT = "Format the column as text and write the range again, for example 12-14"

Pair = tuple[int, int]


class CellError(Exception):
    """A cell that cannot be read for certain: what is wrong with it, and what may stand there."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def turned_back(value: object) -> Pair | None:
    """The range that became this date; None where the cell is no date.

    Raises CellError where the date may have been more than one range, or none: it is not guessed.
    """
    readings = _readings(value)
    if readings is None:
        return None
    if len(readings) == 1:
        return readings.pop()
    if not readings:
        raise CellError("the cell holds a date that no range can have become", HINT)
    could = " or ".join(f"{low}-{high}" for low, high in sorted(readings))
    raise CellError(f"the cell holds a date that a spreadsheet made of a range, and the range may have been {could}", HINT)


def _readings(value: object) -> set[Pair] | None:
    """Every rising range that a spreadsheet, in whichever language, turns into this date; None where it is no date."""
    if isinstance(value, datetime):
        return _of_date(value.year, value.month, value.day) if value.time() == time() else set()
    if isinstance(value, date):
        return _of_date(value.year, value.month, value.day)
    if isinstance(value, time | timedelta):
        return set()
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    if found := DAY_MONTH.fullmatch(text):
        return _rising(int(found[1]), MONTHS.index(found[2]) + 1)
    if found := MONTH_DAY.fullmatch(text):
        return _rising(MONTHS.index(found[1]) + 1, int(found[2]))
    if found := YEAR_FIRST.fullmatch(value.strip()):
        return _of_date(int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        return _of_date(year, first, second) | _of_date(year, second, first)
    return None


def _of_date(year: int, month: int, day: int) -> set[Pair]:
    """Day and month in the order in which they rise; and where the day is the first, month and year: 10-45 is October 1945.

    Day and month get the year in which they are typed, so it is none before there were spreadsheets.
    """
    if month > 12:
        return set()
    typed = _rising(month, day) if year >= FIRST_YEAR else set()
    return typed | ({(month, year % 100)} if day == 1 and month <= year % 100 else set())


def _rising(first: int, second: int) -> set[Pair]:
    return {(min(first, second), max(first, second))} if min(first, second) > 0 else set()
