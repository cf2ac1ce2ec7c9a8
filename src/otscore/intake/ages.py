"""Age of every child in the unit of the pack, by the pack's convention and correction rule (methods: section 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from otscore.compile import Form
from otscore.compile.irt import RaschForm
from otscore.compile.options import AgeBasis
from otscore.intake.age import (
    DAYS_PER_MONTH,
    DAYS_PER_YEAR,
    age_days,
    correction_days,
    months_rounded,
    ymd_30day,
    ymd_calendar,
)
from otscore.kernel.rounding import round_half_up
from otscore.schema.manifest import AgeRule

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]

DAYS_PER = {"days": 1.0, "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}
MONTHS_PER = {"months": 1.0, "years": 12.0}
BY_CALENDAR: dict[str, Callable[..., tuple[Floats, Floats, Floats]]] = {"ymd_calendar": ymd_calendar, "ymd_30day": ymd_30day}
EARLIEST_DAYS = -130.0
LATEST_DAYS = 30 * DAYS_PER_YEAR
GESTATION_WEEKS = (20.0, 45.0)
MONTH_DAYS, LAST_DAY = 30.0, 29.5
"""Days of a month on paper. The 30th day of a longer one comes after the 29th, and is no whole month yet."""
HALF_MONTH, HALF_MONTH_DAY = 0.5, 15
"""Months given as a number are rounded up from the half on where days are from the 15th on."""
ENDED_BEFORE = "testing ended before its first day"
DAYS_UNSURE = 2.0
"""A month counted in days and one counted on the calendar differ by up to this much."""


@dataclass(frozen=True, slots=True)
class AgeGiven:
    """What is known of the ages: a number in ``unit``, or two dates; and the gestation, where given. All (n,).

    end : the day on which testing ended, where it took several. gestation_days : days beyond the weeks, or where no weeks are
    given all days of the gestation.
    """

    unit: str
    number: Floats | None = None
    birth: Dates | None = None
    test: Dates | None = None
    gestation_weeks: Floats | None = None
    gestation_days: Floats | None = None
    end: Dates | None = None

    def on_the_day(self, rule: AgeRule) -> AgeGiven:
        """The same with the day that counts by the rule as the day of the test."""
        if rule.session == "first" or self.end is None or self.test is None:
            return self
        return replace(self, test=np.where(np.isnat(self.end), self.test, self.end))

    def ended_before(self) -> Bools:
        """Whether testing ended before it began: one of the two days is wrong, (n,) or (1,) where no end is given."""
        if self.end is None or self.test is None:
            return np.zeros(1, dtype=np.bool_)
        return np.asarray(self.end < self.test)


@dataclass(frozen=True, slots=True)
class Ages:
    """(n,) arrays: age in the pack's unit, days since birth, days corrected for prematurity, and what was wrong.

    An impossible gestation counts as unknown.
    """

    age: Floats
    age_days: Floats
    corrected_age_days: Floats
    corrected: Bools
    invalid: Bools
    gestation_invalid: Bools
    other: Floats | None

    def rows(self, start: int, stop: int) -> Ages:
        """The rows from ``start`` up to ``stop``."""
        part = slice(start, stop)
        arrays = (getattr(self, name) for name in self.__slots__)
        return Ages(*(None if array is None else array[part] for array in arrays))  # type: ignore[arg-type]


def pack_ages(rule: AgeRule, given: AgeGiven, basis: AgeBasis) -> Ages:
    """Age of each child as the norms count it.

    Dates before birth, an end of testing before its first day, and ages outside -130 days to 30 years, are invalid and come
    out as NaN. An age below 0 is legal when it is given as a number: a corrected age before term.
    """
    ended_before, given = given.ended_before(), given.on_the_day(rule)
    days = _days(given)
    shift, gestation_invalid = _correction(rule, given, len(days))
    corrected = _uses_correction(rule, given, days, shift, basis)
    applied = np.where(corrected, shift, 0.0)
    with np.errstate(invalid="ignore"):
        invalid = (days < (0.0 if given.birth is not None else EARLIEST_DAYS)) | (days > LATEST_DAYS) | ended_before
    age, other = _in_unit(rule, given, days, applied)
    if rule.decimals is not None:
        age = round_half_up(age, rule.decimals)
    age = np.where(invalid, np.nan, age)
    days = np.where(np.isinf(days), np.nan, days)
    return Ages(age, days, days - shift, corrected, invalid, gestation_invalid, other)


def asks_for_age(form: Form) -> bool:
    """Whether a child without age has no score: not where a prior was given for that, and a scale has a use for it."""
    substitute = form.options.prior_without_age is not None and any(isinstance(scale.irt, RaschForm) for scale in form.scales)
    return form.pack.manifest.age.required and not substitute


def _days(given: AgeGiven) -> Floats:
    if given.birth is not None and given.test is not None:
        return age_days(given.birth, given.test)
    assert given.number is not None
    with np.errstate(over="ignore"):
        return given.number * DAYS_PER[given.unit]


def _correction(rule: AgeRule, given: AgeGiven, n: int) -> tuple[Floats, Bools]:
    """Days between birth and term, NaN where the gestation is unknown or impossible; and where it is impossible."""
    weeks, days = given.gestation_weeks, given.gestation_days
    if weeks is None and days is None:
        return np.full(n, np.nan), np.zeros(n, dtype=np.bool_)
    beyond = weeks is not None
    rest = np.zeros(n) if days is None else np.nan_to_num(days) if beyond else days
    weeks = np.zeros(n) if weeks is None else weeks
    with np.errstate(invalid="ignore", over="ignore"):
        total = weeks + rest / 7.0
        invalid = (total < GESTATION_WEEKS[0]) | (total > GESTATION_WEEKS[1]) | (beyond & ((rest < 0.0) | (rest >= 7.0)))
        if rule.correction.whole_weeks:
            weeks, rest = np.floor(total + 1e-9), np.zeros(n)
    shift = round_half_up(correction_days(np.where(invalid, np.nan, weeks), rest, rule.correction.term_days))
    return shift, invalid


def _uses_correction(rule: AgeRule, given: AgeGiven, days: Floats, shift: Floats, basis: AgeBasis) -> Bools:
    correction = rule.correction
    known = ~np.isnan(shift)
    early = known & (correction.term_days - shift < 7 * correction.born_before_weeks)
    if basis == "chronological" or (basis == "pack" and correction.apply == "never"):
        return np.zeros(len(days), dtype=np.bool_)
    if basis == "corrected":
        return early
    eligible = known if correction.apply == "always" else early
    if correction.until_months is None:
        return eligible
    counted = _months(rule, given, days, shift if correction.until_on == "corrected" else np.zeros(len(days)))
    return eligible & (counted < correction.until_months)


def _months(rule: AgeRule, given: AgeGiven, days: Floats, shift: Floats) -> Floats:
    """Age in months from ``shift`` days after birth, on the calendar where the pack counts by it and there are dates."""
    in_days = (days - shift) / DAYS_PER_MONTH
    if given.birth is None or given.test is None or rule.convention not in BY_CALENDAR:
        return in_days
    unknown = np.isnan(shift)
    years, months, rest = BY_CALENDAR[rule.convention](given.birth + np.where(unknown, 0, shift).astype("timedelta64[D]"), given.test)
    return np.where(in_days < 0.0, in_days, np.where(unknown, np.nan, _with_days(12.0 * years + months, rest)))


def _in_unit(rule: AgeRule, given: AgeGiven, days: Floats, applied: Floats) -> tuple[Floats, Floats | None]:
    """Age in the unit of the pack, and for calendar conventions the age another way of counting would give.

    Before term a calendar counts nothing: such an age is below 0, in days.
    """
    in_days = (days - applied) / DAYS_PER[rule.unit]
    if given.birth is not None and given.test is not None and rule.convention in BY_CALENDAR:
        other = next(way for name, way in BY_CALENDAR.items() if name != rule.convention)
        by_both = (_from_ymd(rule, _ymd(rule, given, applied, way)) for way in (BY_CALENDAR[rule.convention], other))
        age, age_other = (np.where(in_days < 0.0, in_days, age) for age in by_both)
        return age, age_other
    exact, as_given = in_days, np.zeros(len(days), dtype=np.bool_)
    if given.number is not None and given.unit != "days":
        as_given = applied == 0.0
        exact = np.where(as_given, _converted(given.number, given.unit, rule.unit), in_days)
    if rule.use == "exact":
        return exact, None
    age = _whole(rule, exact)
    if as_given.all():
        return age, None
    sooner, later = (_whole(rule, exact + sign * DAYS_UNSURE / DAYS_PER[rule.unit]) for sign in (-1.0, 1.0))
    return age, np.where(as_given, np.nan, np.where(later != age, later, sooner))


def _converted(number: Floats, unit: str, to: str) -> Floats:
    """An age given in months or years, not taken through days where the pack counts in months or years too."""
    if unit == to:
        return number
    if to in MONTHS_PER:
        return number * MONTHS_PER[unit] / MONTHS_PER[to]
    return number * DAYS_PER[unit]


def _whole(rule: AgeRule, age: Floats) -> Floats:
    if rule.use == "half_month":
        day = HALF_MONTH if rule.month_up_from_day == HALF_MONTH_DAY else rule.month_up_from_day / DAYS_PER_MONTH
        return np.floor(age * MONTHS_PER[rule.unit] + 1.0 - day) / MONTHS_PER[rule.unit]
    return np.floor(age + 1e-9)


def _ymd(rule: AgeRule, given: AgeGiven, applied: Floats, way: Callable[..., tuple[Floats, Floats, Floats]]) -> tuple[Floats, Floats, Floats]:
    """Years, months and days of age, less the days ``applied`` for an early birth: by a later birth, or taken off the age on paper."""
    if rule.correction.by == "birth_date":
        assert given.birth is not None
        return way(given.birth + applied.astype("timedelta64[D]"), given.test)
    years, months, days = way(given.birth, given.test)
    left = MONTH_DAYS * (12.0 * years + months) + days - applied
    less = (np.floor(left / (12.0 * MONTH_DAYS)), np.floor(left / MONTH_DAYS) % 12.0, left % MONTH_DAYS)
    return tuple(np.where(applied == 0.0, plain, corrected) for plain, corrected in zip((years, months, days), less, strict=True))  # type: ignore[return-value]


def _from_ymd(rule: AgeRule, ymd: tuple[Floats, Floats, Floats]) -> Floats:
    years, months, days = ymd
    if rule.use == "half_month":
        return months_rounded(years, months, days, rule.month_up_from_day) / MONTHS_PER[rule.unit]
    if rule.use == "completed":
        return years if rule.unit == "years" else 12.0 * years + months
    return _with_days(12.0 * years + months, days, MONTHS_PER[rule.unit])


def _with_days(months: Floats, days: Floats, per: float = 1.0) -> Floats:
    """Months and days as units of ``per`` months: 1 month 15 days are 1.5, to the bit of a number in a table."""
    return (MONTH_DAYS * months + np.minimum(days, LAST_DAY)) / (MONTH_DAYS * per)

