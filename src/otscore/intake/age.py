"""Age at assessment under each published convention; none is the default, the norms name theirs.

Dates are datetime64[D] (or what numpy turns into it) and broadcast; results are float arrays in the unit
their name says, NaN where a date is missing (NaT) or, for ages in years, months and days, where the
assessment comes before the birth.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.kernel.rounding import round_half_up

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Dates = NDArray[np.datetime64]
YearsMonthsDays = tuple[Floats, Floats, Floats]
LeapBirthday = Literal["feb28", "mar01"]

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
TERM_DAYS = 280


def age_days(birth: ArrayLike, test: ArrayLike) -> Floats:
    """Days from birth to assessment; negative before birth."""
    return _days(_dates(test) - _dates(birth))


def decimal_years(birth: ArrayLike, test: ArrayLike) -> Floats:
    """Days / 365.25, unrounded."""
    return age_days(birth, test) / DAYS_PER_YEAR


def ymd_calendar(birth: ArrayLike, test: ArrayLike, leap_birthday: LeapBirthday = "feb28") -> YearsMonthsDays:
    """Most years, then months, then days that lead from birth to assessment on the calendar.

    A day that a month lacks is its last day. `leap_birthday` says when a child born on 29 February has
    the day in other years.
    """
    birth, test = np.broadcast_arrays(_dates(birth), _dates(test))
    missing = np.isnat(birth) | np.isnat(test) | (test < birth)
    birth, test = (np.where(missing, np.datetime64(0, "D"), d) for d in (birth, test))
    months = _month_number(test) - _month_number(birth)
    months = months - (_add_months(birth, months, leap_birthday) > test)
    days = (test - _add_months(birth, months, leap_birthday)).astype(np.int64)
    return _with_missing(missing, months // 12, months % 12, days)


def ymd_30day(birth: ArrayLike, test: ArrayLike) -> YearsMonthsDays:
    """Years, months and days by subtraction on paper: a borrowed month counts as 30 days."""
    birth, test = np.broadcast_arrays(_dates(birth), _dates(test))
    missing = np.isnat(birth) | np.isnat(test) | (test < birth)
    birth, test = (np.where(missing, np.datetime64(0, "D"), d) for d in (birth, test))
    days = _day_of_month(test) - _day_of_month(birth)
    months = _month_number(test) - _month_number(birth) - (days < 0)
    return _with_missing(missing, months // 12, months % 12, days + 30 * (days < 0))


def completed_months(birth: ArrayLike, test: ArrayLike) -> Floats:
    """Whole calendar months completed, 12 per year, never rounded up."""
    years, months, _ = ymd_calendar(birth, test)
    return 12.0 * years + months


def years_months_truncated(birth: ArrayLike, test: ArrayLike) -> tuple[Floats, Floats]:
    """Completed calendar years, and completed months beyond them."""
    years, months, _ = ymd_calendar(birth, test)
    return years, months


def months_rounded(years: ArrayLike, months: ArrayLike, days: ArrayLike, from_day: int = 15) -> Floats:
    """Whole months, 12 per year, ``from_day`` or more days counting as one month more."""
    years, months, days = (np.asarray(v, dtype=np.float64) for v in (years, months, days))
    return np.where(np.isnan(days), np.nan, 12.0 * years + months + (days >= from_day))


def months_to_days_who(months: ArrayLike) -> Floats:
    """Months to whole days as the WHO growth standards do: times 30.4375, half up."""
    return round_half_up(np.asarray(months, dtype=np.float64) * DAYS_PER_MONTH)


def add_months_clamped(start: ArrayLike, months: ArrayLike) -> Dates:
    """Date whole calendar months later; a day that the month lacks is its last day. NaT stays NaT."""
    start, months = np.broadcast_arrays(_dates(start), np.asarray(months, dtype=np.int64))
    present = np.where(np.isnat(start), np.datetime64(0, "D"), start)
    return np.where(np.isnat(start), np.datetime64("NaT"), _add_months(present, months, "feb28"))


def correction_days(
    gestation_weeks: ArrayLike, gestation_days: ArrayLike, term_days: int = TERM_DAYS
) -> Floats:
    """Days from birth to term; negative for a child born after term, NaN for an unknown gestation."""
    weeks, days = np.asarray(gestation_weeks, dtype=np.float64), np.asarray(gestation_days, dtype=np.float64)
    return np.asarray(term_days - (7.0 * weeks + days))


def estimated_delivery_date(
    birth: ArrayLike, gestation_weeks: ArrayLike, gestation_days: ArrayLike, term_days: int = TERM_DAYS
) -> Dates:
    """Birth date shifted to term: an age from here, by any convention, is the corrected age."""
    shift = correction_days(gestation_weeks, gestation_days, term_days)
    unknown = np.isnan(shift)
    whole = np.where(unknown, 0.0, shift).astype("timedelta64[D]")
    return np.where(unknown, np.datetime64("NaT"), _dates(birth) + whole)


def corrected_decimal_years(
    birth: ArrayLike,
    test: ArrayLike,
    gestation_weeks: ArrayLike,
    gestation_days: ArrayLike,
    term_days: int = TERM_DAYS,
) -> Floats:
    """Decimal years from term instead of birth; negative before term."""
    return decimal_years(estimated_delivery_date(birth, gestation_weeks, gestation_days, term_days), test)


def _dates(values: ArrayLike) -> Dates:
    return np.asarray(values, dtype="datetime64[D]")


def _days(difference: NDArray[np.timedelta64]) -> Floats:
    return np.where(np.isnat(difference), np.nan, difference.astype(np.int64).astype(np.float64))


def _month_number(dates: Dates) -> Ints:
    return dates.astype("datetime64[M]").astype(np.int64)


def _day_of_month(dates: Dates) -> Ints:
    day: Ints = (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    return day


def _add_months(start: Dates, months: Ints, leap_birthday: LeapBirthday) -> Dates:
    number = _month_number(start) + months
    first, after = number.astype("datetime64[M]"), (number + 1).astype("datetime64[M]")
    days = _day_of_month(start)
    length = (after.astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    born_29_february = (days == 29) & (_month_number(start) % 12 == 1)
    may_run_over = born_29_february & (number % 12 == 1) & (leap_birthday == "mar01")
    return first.astype("datetime64[D]") + np.where(may_run_over, days, np.minimum(days, length)) - 1


def _with_missing(missing: NDArray[np.bool_], years: Ints, months: Ints, days: Ints) -> YearsMonthsDays:
    y, m, d = (np.where(missing, np.nan, part.astype(np.float64)) for part in (years, months, days))
    return y, m, d
