"""Age between two dates in the four conventions, and age corrected for early birth."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from .metric import half_up

YearsMonthsDays = tuple[int, int, int]


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


def half_month_months(age: YearsMonthsDays) -> int:
    """15 days and more add a month."""
    return completed_months(age) + (1 if age[2] >= 15 else 0)


def in_band(age: YearsMonthsDays, lower: YearsMonthsDays, upper: YearsMonthsDays) -> bool:
    """Half-open band on the untruncated years, months and days: lower <= age < upper."""
    return lower <= age < upper


def expected_date(birth: date, weeks: int, days: int = 0, term_days: int = 280) -> date:
    """Expected date of delivery = birth + 280 - (7 weeks + days)."""
    return birth + timedelta(days=term_days - (7 * weeks + days))


def scored_birth_date(
    birth: date,
    test: date,
    weeks: int | None,
    days: int = 0,
    *,
    apply: str = "never",
    born_before_weeks: float = 37,
    until_months: float | None = None,
    until_on: str = "chronological",
    term_days: int = 280,
) -> date:
    """The date that age counts from: birth, or the expected date of delivery where the edition corrects.

    ``never``: birth. ``preterm``: expected date if gestation is below ``born_before_weeks``. ``always``: expected date
    at every gestation. Unknown gestation: birth. Correction ends when ``until_months`` full calendar months have passed
    since birth (``until_on = "chronological"``) or since the expected date (``"corrected"``).
    """
    if apply == "never" or weeks is None:
        return birth
    if apply == "preterm" and 7 * weeks + days >= 7 * born_before_weeks:
        return birth
    due = expected_date(birth, weeks, days, term_days)
    if until_months is not None:
        start = birth if until_on == "chronological" else due
        if start <= test and completed_months(ymd_calendar(start, test)) >= until_months:
            return birth
    return due
