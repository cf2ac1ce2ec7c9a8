from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from otscore.intake import age

DAYS = st.dates(date(1995, 1, 1), date(2035, 12, 31))


def day(value: date) -> np.datetime64:
    return np.datetime64(value, "D")


def ymd(parts: age.YearsMonthsDays) -> tuple[float, ...]:
    return tuple(float(part) for part in parts)


@given(DAYS, DAYS)
def test_calendar_age_is_dateutils(one: date, other: date) -> None:
    birth, test = sorted((one, other))
    delta = relativedelta(test, birth)
    assert ymd(age.ymd_calendar(day(birth), day(test))) == (delta.years, delta.months, delta.days)
    assert age.completed_months(day(birth), day(test)) == 12 * delta.years + delta.months


@given(DAYS, st.integers(-200, 400))
def test_adding_months_is_dateutils(start: date, months: int) -> None:
    assert age.add_months_clamped(day(start), months) == np.datetime64(start + relativedelta(months=months))


@given(DAYS, DAYS)
def test_30_day_age_is_subtraction_with_borrowing(one: date, other: date) -> None:
    birth, test = sorted((one, other))
    y, m, d = (getattr(test, part) - getattr(birth, part) for part in ("year", "month", "day"))
    d, m = (d + 30, m - 1) if d < 0 else (d, m)
    y, m = (y - 1, m + 12) if m < 0 else (y, m)
    assert ymd(age.ymd_30day(day(birth), day(test))) == (y, m, d)


@pytest.mark.parametrize(
    ("birth", "test", "leap_birthday", "expected"),
    [
        ("2020-02-29", "2021-02-28", "feb28", (1, 0, 0)),
        ("2020-02-29", "2021-02-28", "mar01", (0, 11, 30)),
        ("2020-02-29", "2021-03-01", "mar01", (1, 0, 0)),
        ("2020-02-29", "2021-03-01", "feb28", (1, 0, 1)),
        ("2020-02-29", "2024-02-29", "mar01", (4, 0, 0)),
        ("2020-01-31", "2020-02-29", "mar01", (0, 1, 0)),
        ("2020-01-30", "2021-02-28", "feb28", (1, 1, 0)),
        ("2020-01-28", "2021-02-28", "feb28", (1, 1, 0)),
    ],
)
def test_last_days_of_months(
    birth: str, test: str, leap_birthday: age.LeapBirthday, expected: tuple[int, ...]
) -> None:
    assert ymd(age.ymd_calendar(birth, test, leap_birthday)) == expected


def test_missing_dates_and_tests_before_birth() -> None:
    birth = np.array(["NaT", "2020-01-01", "2020-01-02"], dtype="datetime64[D]")
    test = np.array(["2020-01-01", "NaT", "2020-01-01"], dtype="datetime64[D]")
    for function in (age.ymd_calendar, age.ymd_30day, age.years_months_truncated):
        assert np.isnan(function(birth, test)).all()
    assert np.isnan(age.completed_months(birth, test)).all()
    np.testing.assert_array_equal(age.age_days(birth, test), [np.nan, np.nan, -1])
    np.testing.assert_array_equal(age.decimal_years(birth, test)[:2], [np.nan, np.nan])
    assert np.isnat(age.add_months_clamped(birth, 1)).tolist() == [True, False, False]


def test_months_rounded_at_15_days() -> None:
    np.testing.assert_array_equal(
        age.months_rounded([4, 4, np.nan], 7, [14, 15, 15]), [55, 56, np.nan]
    )
    np.testing.assert_array_equal(age.months_rounded(4, 7, np.nan), np.nan)


@given(DAYS, DAYS, st.integers(22, 43), st.integers(0, 6))
def test_corrected_age_is_the_age_from_the_expected_date(
    born: date, tested: date, weeks: int, days: int
) -> None:
    birth, test = day(born), day(tested)
    correction = age.correction_days(weeks, days)
    assert correction == 280 - 7 * weeks - days
    expected = age.estimated_delivery_date(birth, weeks, days)
    assert expected == birth + int(correction)
    corrected = age.corrected_decimal_years(birth, test, weeks, days)
    assert corrected == (age.age_days(birth, test) - correction) / 365.25


def test_unknown_gestation_has_no_corrected_age() -> None:
    assert np.isnan(age.correction_days(np.nan, 0))
    assert np.isnat(age.estimated_delivery_date("2020-01-01", np.nan, 0))
    assert np.isnan(age.corrected_decimal_years("2020-01-01", "2021-01-01", np.nan, 0))
