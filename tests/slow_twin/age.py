"""Age between two dates in the four conventions, and age corrected for early birth."""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .metric import half_up

YearsMonthsDays = tuple[int, int, int]
DAYS_IN = {"days": 1.0, "months": 30.4375, "years": 365.25}
YOUNGEST, OLDEST = -130, 30 * 365.25
"""Days of age that a child may have when it is given as a number; between two dates no age is below 0."""


def add_months(start: date, months: int, leap_birthday: str = "feb28") -> date:
    """The same day ``months`` later; a day that the month does not have becomes its last day.

    With ``leap_birthday = "mar01"`` somebody born on 29 February has the birthday on 1 March of other years.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if leap_birthday == "mar01" and (start.month, start.day) == (2, 29) and month == 1 and last == 28:
        return date(year, 3, 1)
    return date(year, month + 1, min(start.day, last))


def ymd_calendar(birth: date, test: date, leap_birthday: str = "feb28") -> YearsMonthsDays:
    """Largest number of whole months that fits (end of month clamped), then the days that are left."""
    months = 0
    while add_months(birth, months + 1, leap_birthday) <= test:
        months += 1
    return months // 12, months % 12, (test - add_months(birth, months, leap_birthday)).days


def ymd_30day(birth: date, test: date) -> YearsMonthsDays:
    """Subtract part by part; borrow 30 days from a month and 12 months from a year."""
    years, months, days = test.year - birth.year, test.month - birth.month, test.day - birth.day
    if days < 0:
        days, months = days + 30, months - 1
    if months < 0:
        months, years = months + 12, years - 1
    return years, months, days


def age_in_days(birth: date, test: date) -> int:
    """Days from birth to test."""
    return (test - birth).days


def decimal_years(birth: date, test: date, decimals: int | None = None) -> float:
    """days / 365.25; rounded where the edition says so (the D-score: 4 decimals)."""
    years = (test - birth).days / 365.25
    return years if decimals is None else half_up(years, decimals)


def decimal_months(birth: date, test: date) -> float:
    """days / 30.4375."""
    return (test - birth).days / 30.4375


def months_to_days(months: float) -> int:
    """WHO: months * 30.4375, rounded half up (24 months = 730.5 = 731 days)."""
    return int(half_up(months * 30.4375))


def completed_months(age: YearsMonthsDays) -> int:
    """Months that are full: 20 months 29 days = 20."""
    return age[0] * 12 + age[1]


def completed_years(age: YearsMonthsDays) -> int:
    """Birthdays that have passed."""
    return age[0]


def half_month_months(age: YearsMonthsDays, up_from: int = 15) -> int:
    """15 days and more (or 16, where the pack says so) add a month."""
    return completed_months(age) + (1 if age[2] >= up_from else 0)


def in_band(age: YearsMonthsDays, lower: YearsMonthsDays, upper: YearsMonthsDays) -> bool:
    """Half-open band on the untruncated years, months and days: lower <= age < upper."""
    return lower <= age < upper


def expected_date(birth: date, weeks: int, days: int = 0, term_days: int = 280) -> date:
    """Expected date of delivery = birth + 280 - (7 weeks + days)."""
    return birth + timedelta(days=term_days - (7 * weeks + days))


# ---------------------------------------------------------------------------------------------- by the rule of a pack


@dataclass(frozen=True)
class PackAge:
    """Age in the unit of the pack (None: unknown or impossible), whether it is corrected, and the age that another legitimate way of
    counting gives (None where there is no other way).
    """

    age: float | None
    corrected: bool
    other: float | None = None


def days_early(weeks: float | None, days: float | None, term_days: int = 280) -> float | None:
    """Whole days between birth and term; None for a gestation that is unknown or cannot be (20 to 45 weeks, 0 to 6 days beside them).

    Days without weeks are the whole gestation.
    """
    if weeks is None and days is None:
        return None
    if weeks is not None and not 0 <= (days or 0) < 7:
        return None
    total = 7 * (weeks or 0) + (days or 0)
    return half_up(term_days - total) if 20 * 7 <= total <= 45 * 7 else None


def pack_age(rule: Mapping[str, Any], child: Mapping[str, Any], basis: str = "pack") -> PackAge:
    """Age of a child by the ``[age]`` part of pack.toml.

    child : ``birth`` and ``test`` (dates), or ``number`` and its ``unit``; ``weeks`` and ``days`` of gestation where known.
    basis : "pack" (the rule of the pack), "chronological", or "corrected" (everybody whom the pack calls preterm, at every age).

    Choices: an age given as a number has no calendar, so it is counted as days / 30.4375 or / 365.25 even where the pack counts by
    the calendar, but months and years are turned into each other by 12. The end of correction is counted by the convention of the
    pack; before the start that it is counted from it has not come.
    """
    correction = {"apply": "never", "born_before_weeks": 37, "until_months": None, "until_on": "chronological", "term_days": 280}
    correction |= rule.get("correction", {})
    early = days_early(child.get("weeks"), child.get("days"), correction["term_days"])
    by_dates = "birth" in child
    if (child["birth"] if by_dates else child["number"]) is None or (by_dates and child["test"] is None):
        return PackAge(None, False)
    lived = (child["test"] - child["birth"]).days if by_dates else child["number"] * DAYS_IN[child["unit"]]
    if lived < (0 if by_dates else YOUNGEST) or lived > OLDEST:
        return PackAge(None, _is_corrected(rule, correction, child, lived, early, basis))
    corrected = _is_corrected(rule, correction, child, lived, early, basis)
    age, other = _counted(rule, child, lived, early if corrected else 0)
    return PackAge(age if age is None or rule.get("decimals") is None else half_up(age, rule["decimals"]), corrected, other)


def _is_corrected(
    rule: Mapping[str, Any], correction: Mapping[str, Any], child: Mapping[str, Any], lived: float, early: float | None, basis: str
) -> bool:
    if basis == "chronological" or early is None:
        return False
    preterm = correction["term_days"] - early < 7 * correction["born_before_weeks"]
    if basis == "corrected":
        return preterm
    if correction["apply"] == "never" or (correction["apply"] == "preterm" and not preterm):
        return False
    if correction["until_months"] is None:
        return True
    shift = early if correction["until_on"] == "corrected" else 0
    if "birth" in child and rule["convention"] in WAYS:
        start = child["birth"] + timedelta(days=shift)
        return child["test"] < start or completed_months(WAYS[rule["convention"]](start, child["test"])) < correction["until_months"]
    return (lived - shift) / 30.4375 < correction["until_months"]


WAYS = {"ymd_calendar": ymd_calendar, "ymd_30day": ymd_30day}


def _counted(rule: Mapping[str, Any], child: Mapping[str, Any], lived: float, early: float) -> tuple[float | None, float | None]:
    """The age, and the age by another way: the other calendar, or a count that is two days off (methods: the calendars differ so much)."""
    if "birth" in child and rule["convention"] in WAYS:
        start = child["birth"] + timedelta(days=early)
        if child["test"] < start:  # a calendar counts nothing before term: the days short of it
            return ((lived - early) / DAYS_IN[rule["unit"]],) * 2
        mine, other = sorted(WAYS, key=lambda name: name != rule["convention"])
        return _of_parts(rule, WAYS[mine](start, child["test"])), _of_parts(rule, WAYS[other](start, child["test"]))
    use, unit = rule.get("use", "exact"), rule["unit"]
    exact = _as_unit(child, lived, early, unit)
    if use == "exact":
        return exact, None
    age = _whole(rule, exact, unit)
    if "number" in child and child["unit"] != "days" and not early:
        return age, None
    later, sooner = (_whole(rule, exact + off / DAYS_IN[unit], unit) for off in (2, -2))
    return age, later if later != age else sooner


def _of_parts(rule: Mapping[str, Any], parts: YearsMonthsDays) -> float:
    """Years, months and days in the unit of the pack. Uncut a day is 1/30 month, and the 30th of a longer month 29.5/30."""
    per_year = {"months": 12, "years": 1}[rule["unit"]]
    if rule.get("use", "exact") == "half_month":
        return half_month_months(parts, rule.get("month_up_from_day", 15)) * per_year / 12
    if rule.get("use", "exact") == "completed":
        return float(completed_years(parts) if rule["unit"] == "years" else completed_months(parts))
    thirtieths = 30 * completed_months(parts) + (parts[2] if parts[2] < 30 else 29.5)
    return thirtieths / (360 / per_year)


def _as_unit(child: Mapping[str, Any], lived: float, early: float, unit: str) -> float:
    if "number" in child and not early:
        if child["unit"] == unit:
            return float(child["number"])
        if {child["unit"], unit} == {"months", "years"}:
            return child["number"] * 12 if unit == "months" else child["number"] / 12
    return (lived - early) / DAYS_IN[unit]


def _whole(rule: Mapping[str, Any], exact: float, unit: str) -> float:
    """Completed units (an age within 1e-9 of the next is the next); or months, half a month and more counting as one.

    From another day than the 15th on: that day of a month of 30.4375.
    """
    if rule["use"] == "completed":
        return float(math.floor(exact + 1e-9))
    up_from = rule.get("month_up_from_day", 15)
    share = 0.5 if up_from == 15 else up_from / DAYS_IN["months"]
    per_month = {"months": 1, "years": 12}[unit]
    return math.floor(exact * per_month + 1 - share) / per_month
