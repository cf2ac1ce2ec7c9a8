"""Ages of children by the rule of a pack, and the arithmetic of dates behind them, against plain Python versions of the same rules.

Whole columns of children go through the library at once; each child alone through the slow twin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from slow_twin import age as slow

from otscore.intake import age as library
from otscore.intake.ages import AgeGiven, Ages, pack_ages
from otscore.schema.manifest import AgeRule

CALENDARS = ("ymd_calendar", "ymd_30day")
CONVENTIONS = (*CALENDARS, "decimal_365.25", "days")
USES = ("exact", "completed", "half_month")
UNITS = ("days", "months", "years")
DATES = st.dates(date(2004, 1, 1), date(2026, 12, 31))
MONTH_ENDS = st.sampled_from([date(2016, 2, 29), date(2019, 1, 31), date(2020, 2, 29), date(2020, 8, 31), date(2021, 4, 30), date(2023, 2, 28)])
many = settings(max_examples=200)

# ---------------------------------------------------------------------------------------------- what is drawn


@st.composite
def corrections(draw: st.DrawFn) -> dict[str, Any]:
    apply = draw(st.sampled_from(["never", "preterm", "always"]))
    if apply == "never":
        return {"apply": apply}
    return {
        "apply": apply,
        "born_before_weeks": draw(st.sampled_from([28, 32, 37, 38.5])),
        "until_months": draw(st.sampled_from([None, 2, 3, 12, 24])),
        "until_on": draw(st.sampled_from(["chronological", "corrected"])),
        "term_days": draw(st.sampled_from([273, 280])),
    }


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """The [age] part of a pack. The calendar counts no age in days, and half months round no age in days."""
    convention, use = draw(st.sampled_from(CONVENTIONS)), draw(st.sampled_from(USES))
    units = UNITS[1:] if convention in CALENDARS else UNITS
    units = UNITS[1:] if use == "half_month" else units
    rule = {"convention": convention, "use": use, "unit": draw(st.sampled_from(units)), "correction": draw(corrections())}
    return rule | ({"decimals": draw(st.integers(0, 4))} if draw(st.booleans()) else {})


def gestations(rule: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Weeks and days, around the limit of the pack and around term; days alone; unknown; impossible."""
    limit = int(rule["correction"].get("born_before_weeks", 37))
    weeks = st.sampled_from([limit - 1, limit, limit + 1]) | st.integers(22, 44)
    possible = st.fixed_dictionaries({"weeks": weeks, "days": st.none() | st.integers(0, 6)})
    in_days = st.fixed_dictionaries({"weeks": st.none(), "days": st.integers(154, 308)})
    impossible = st.fixed_dictionaries({"weeks": st.sampled_from([3, 19, 46, 280]), "days": st.none() | st.integers(0, 6)})
    spoilt = st.fixed_dictionaries({"weeks": st.just(33), "days": st.sampled_from([-1, 7, 231])})
    return possible | possible | in_days | st.just({"weeks": None, "days": None}) | impossible | spoilt


def dated(rule: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Two dates: at any distance; around whole months after the birth; around the end of correction and around term."""
    until = rule["correction"].get("until_months") or 24

    def tested(birth: date) -> st.SearchStrategy[date]:
        birthdays = st.integers(0, 60).map(lambda months: slow.add_months(birth, months))
        ends = st.just(slow.add_months(birth, until)) | st.integers(40, 110).map(lambda days: slow.add_months(birth + timedelta(days), until))
        near = st.tuples(birthdays | ends, st.integers(-3, 3)).map(lambda pair: pair[0] + timedelta(pair[1]))
        return near | DATES | st.integers(0, 120).map(lambda days: birth + timedelta(days))

    births = (DATES | MONTH_ENDS).flatmap(lambda birth: tested(birth).map(lambda test: {"birth": birth, "test": test}))
    return births | births | births | st.sampled_from([{"birth": None, "test": date(2020, 1, 1)}, {"birth": date(2020, 1, 1), "test": None}])


def numbered(rule: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A number of days, months or years; of months and years, mostly ones that a binary fraction holds exactly."""
    until = rule["correction"].get("until_months") or 24
    numbers = {
        "days": st.integers(-10, 3000) | st.sampled_from([round(until * 30.4375) + off for off in (-1, 0, 1)]),
        "months": st.integers(-4, 400).map(lambda x: x / 4) | st.sampled_from([until, until - 0.25]),
        "years": st.integers(-1, 144).map(lambda x: x / 8) | st.floats(0, 18),
    }
    unusual = st.sampled_from([None, -131, 130 * 366])
    return st.sampled_from(UNITS).flatmap(lambda unit: st.fixed_dictionaries({"number": numbers[unit] | unusual, "unit": st.just(unit)}))


@st.composite
def children(draw: st.DrawFn, rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Children whose ages are all given in the same way."""
    if draw(st.booleans()):
        ages = draw(st.lists(dated(rule), min_size=1, max_size=8))
    else:
        first = draw(numbered(rule))
        rest = draw(st.lists(numbered(rule).filter(lambda child: child["unit"] == first["unit"]), max_size=6))
        ages = [first, *rest]
    return [age | draw(gestations(rule)) for age in ages]


# ---------------------------------------------------------------------------------------------- the two sides


def by_library(rule: Mapping[str, Any], given: Sequence[Mapping[str, Any]], basis: Any = "pack") -> Ages:
    """Ages of all the children at once."""

    def numbers(name: str) -> Any:
        return np.array([np.nan if child.get(name) is None else float(child[name]) for child in given])

    gestation = {"gestation_weeks": numbers("weeks"), "gestation_days": numbers("days")}
    if np.isnan(gestation["gestation_weeks"]).all():
        gestation["gestation_weeks"] = None
    if "number" in given[0]:
        said = AgeGiven(given[0]["unit"], number=numbers("number"), **gestation)
    else:
        birth, test = (np.array([child[name] for child in given], dtype="datetime64[D]") for name in ("birth", "test"))
        said = AgeGiven("dates", birth=birth, test=test, **gestation)
    return pack_ages(AgeRule.model_validate(rule), said, basis)


def assert_same(rule: Mapping[str, Any], given: Sequence[Mapping[str, Any]], basis: Any = "pack") -> None:
    found = by_library(rule, given, basis)
    for row, child in enumerate(given):
        expected = slow.pack_age(rule, child, basis)
        assert same(found.age[row], expected.age), f"age {found.age[row]!r} instead of {expected.age!r}: {rule}, {child}"
        if expected.age is None:
            continue
        assert bool(found.corrected[row]) == expected.corrected, f"corrected: {rule}, {child}"
        other = np.nan if found.other is None else found.other[row]
        assert same(other, expected.other), f"other age {other!r} instead of {expected.other!r}: {rule}, {child}"


def same(actual: float, expected: float | None) -> bool:
    return bool(np.isnan(actual)) if expected is None else bool(abs(actual - expected) <= 1e-12 * max(1.0, abs(expected)))


def all_weeks_or_none(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A table has a column of weeks or it has none; a gestation in days alone stands in a table without weeks."""
    if all(child["weeks"] is None for child in given):
        return [dict(child) for child in given]
    return [dict(child) | ({"days": None} if child["weeks"] is None else {}) for child in given]


# ---------------------------------------------------------------------------------------------- ages by the rule of a pack


@many
@given(st.data())
def test_the_age_of_every_child_by_the_rule_of_the_pack(data: st.DataObject) -> None:
    rule = data.draw(rules(), "rule")
    given = all_weeks_or_none(data.draw(children(rule), "children"))
    assert_same(rule, given)


@many
@given(st.data())
def test_the_age_of_every_child_by_the_wish_of_the_user(data: st.DataObject) -> None:
    rule = data.draw(rules(), "rule")
    given = all_weeks_or_none(data.draw(children(rule), "children"))
    assert_same(rule, given, data.draw(st.sampled_from(["chronological", "corrected"]), "basis"))


@many
@given(st.data())
def test_both_ages_in_days_are_told_whichever_is_scored(data: st.DataObject) -> None:
    rule = data.draw(rules(), "rule")
    given = all_weeks_or_none(data.draw(children(rule), "children"))
    found = by_library(rule, given)
    for row, child in enumerate(given):
        early = slow.days_early(child["weeks"], child["days"], rule["correction"].get("term_days", 280))
        lived = None
        if "birth" in child and None not in (child["birth"], child["test"]):
            lived = (child["test"] - child["birth"]).days
        elif child.get("number") is not None:
            lived = child["number"] * slow.DAYS_IN[child["unit"]]
        assert same(found.age_days[row], lived)
        assert same(found.corrected_age_days[row], None if lived is None or early is None else lived - early)
        assert bool(found.gestation_invalid[row]) == (early is None and (child["weeks"], child["days"]) != (None, None))


@given(DATES | MONTH_ENDS, DATES, st.sampled_from(CALENDARS), st.lists(st.integers(0, 200), min_size=2, max_size=2, unique=True))
def test_a_band_is_tested_on_years_months_and_days(birth: date, test: date, convention: str, months: list[int]) -> None:
    """The number that stands for an age keeps the order that years, months and days have."""
    birth, test = sorted((birth, test))
    low, high = sorted(months)
    parts = slow.WAYS[convention](birth, test)
    inside = slow.in_band(parts, (low // 12, low % 12, 0), (high // 12, high % 12, 0))
    for unit, per_unit in (("months", 1), ("years", 12)):
        age = by_library({"convention": convention, "unit": unit}, [{"birth": birth, "test": test}]).age[0]
        assert (low / per_unit <= age < high / per_unit) == inside


# ---------------------------------------------------------------------------------------------- worked by hand

BORN = date(2020, 1, 31)


def one(rule: Mapping[str, Any], **child: Any) -> tuple[float, bool, float]:
    """Age, whether it is corrected, and the age by another way, of one child; the twin says the same."""
    assert_same(rule, [child])
    found = by_library(rule, [child])
    return float(found.age[0]), bool(found.corrected[0]), float("nan") if found.other is None else float(found.other[0])


def months(convention: str, use: str = "completed", **correction: Any) -> dict[str, Any]:
    return {"convention": convention, "unit": "months", "use": use} | ({"correction": correction} if correction else {})


@pytest.mark.parametrize(
    ("convention", "use", "test", "age", "other"),
    [
        ("ymd_30day", "completed", date(2020, 2, 29), 0, 1),  # 0;0;28 on paper, 0;1;0 by the calendar
        ("ymd_calendar", "completed", date(2020, 2, 29), 1, 0),
        ("ymd_30day", "exact", date(2020, 3, 1), 1, 31 / 30),  # 0;1;0 on paper, a day more by the calendar
        ("ymd_calendar", "half_month", date(2020, 5, 15), 4, 3),  # 0;3;15 by the calendar (30 April + 15), 0;3;14 on paper
        ("ymd_30day", "half_month", date(2020, 5, 15), 3, 4),
    ],
)
def test_two_calendars_disagree(convention: str, use: str, test: date, age: float, other: float) -> None:
    assert one(months(convention, use), birth=BORN, test=test) == (age, False, other)


def test_the_published_example_of_two_calendars() -> None:
    """Methods 1.1: born 2018-12-10, tested 2025-11-05, is 6;10;25 on paper and 6;10;26 by the calendar."""
    child = {"birth": date(2018, 12, 10), "test": date(2025, 11, 5)}
    assert one(months("ymd_30day", "exact"), **child)[0] == (30 * 82 + 25) / 30
    assert one(months("ymd_calendar", "exact"), **child)[0] == (30 * 82 + 26) / 30


@pytest.mark.parametrize("convention", CALENDARS)
def test_half_a_month_is_what_a_table_calls_so(convention: str) -> None:
    """A band from 1.5 months on begins on the day on which a child is 1 month and 15 days old, and no day later."""
    rule, born = months(convention, "exact"), date(2024, 3, 10)
    assert one(rule, birth=born, test=date(2024, 4, 24))[0] < 1.5  # 0;1;14
    assert one(rule, birth=born, test=date(2024, 4, 25))[0] == 1.5
    assert one(rule, birth=born, test=date(2024, 4, 13))[0] == 1.1  # a tenth is three days


@pytest.mark.parametrize("convention", CALENDARS)
def test_the_last_days_of_a_long_month_keep_their_order(convention: str) -> None:
    rule, born = months(convention, "exact"), date(2024, 3, 1)
    days = [one(rule, birth=born, test=date(2024, 3, 30)), one(rule, birth=born, test=date(2024, 3, 31)), one(rule, birth=born, test=date(2024, 4, 1))]
    assert [age[0] for age in days] == [29 / 30, 29.5 / 30, 1]


@pytest.mark.parametrize("convention", CALENDARS)
def test_fifteen_days_make_a_month(convention: str) -> None:
    rule = months(convention, "half_month")
    born = date(2020, 3, 1)
    assert one(rule, birth=born, test=date(2020, 7, 15))[0] == 4  # 0;4;14
    assert one(rule, birth=born, test=date(2020, 7, 16))[0] == 5  # 0;4;15
    assert one(rule | {"unit": "years"}, birth=born, test=date(2020, 7, 16))[0] == 5 / 12


@pytest.mark.parametrize("convention", ["decimal_365.25", "days"])
def test_half_a_month_in_days(convention: str) -> None:
    rule = months(convention, "half_month")
    assert one(rule, number=137, unit="days")[:2] == (5, False)  # 137 / 30.4375 = 4.501
    assert one(rule, number=136, unit="days")[:2] == (4, False)  # 4.468
    assert one(rule, number=4.5, unit="months")[0] == 5


PRETERM = {"apply": "preterm", "born_before_weeks": 32}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_only_those_born_before_the_limit_are_corrected(convention: str) -> None:
    rule = months(convention, **PRETERM)
    child = {"birth": date(2020, 1, 10), "test": date(2020, 12, 20)}
    assert one(rule, **child, weeks=31, days=6)[:2] == (9, True)  # 57 days early: term is 7 March, so 9 months and 13 days
    assert one(rule, **child, weeks=32, days=0)[:2] == (11, False)
    assert one(rule, **child, weeks=None, days=None)[:2] == (11, False)
    assert one(months(convention, apply="always"), **child, weeks=42, days=0)[:2] == (11, True)  # 14 days older
    assert one(months(convention), **child, weeks=31, days=6)[:2] == (11, False)


@pytest.mark.parametrize("convention", CALENDARS)
@pytest.mark.parametrize("until_on", ["chronological", "corrected"])
def test_correction_ends_on_the_birthday(convention: str, until_on: str) -> None:
    """24 months of a child born on 1 March 2020 are over on 1 March 2022: 730 days, when days alone would make 23.98 months."""
    rule = months(convention, **PRETERM, until_months=24, until_on=until_on)
    start = date(2020, 3, 1)
    birth = start if until_on == "chronological" else start - timedelta(70)
    assert one(rule, birth=birth, test=date(2022, 2, 28), weeks=30, days=0)[1] is True
    assert one(rule, birth=birth, test=date(2022, 3, 1), weeks=30, days=0)[1] is False


def test_correction_ends_by_the_calendar_of_the_pack() -> None:
    """0;1;0 by the calendar is 0;0;28 on paper: there the child is still corrected."""
    child = {"birth": BORN, "test": date(2020, 2, 29), "weeks": 38, "days": 0}
    rule = {"apply": "always", "until_months": 1}
    assert one(months("ymd_calendar", **rule), **child)[1] is False
    assert one(months("ymd_30day", **rule), **child)[1] is True


def test_correction_ends_after_so_many_months_of_days() -> None:
    rule = months("decimal_365.25", **PRETERM, until_months=24)
    assert one(rule, number=730, unit="days", weeks=30)[1] is True  # 23.98 months
    assert one(rule, number=731, unit="days", weeks=30)[1] is False  # 24.02
    assert one(rule, number=24, unit="months", weeks=30)[1] is False
    until_corrected = months("days", **PRETERM, until_months=24, until_on="corrected")
    assert one(until_corrected, number=800, unit="days", weeks=30)[1] is True  # 70 days early: 730 days
    assert one(until_corrected, number=801, unit="days", weeks=30)[1] is False


def test_an_age_in_months_is_not_taken_through_days() -> None:
    assert one({"convention": "decimal_365.25", "unit": "years"}, number=7, unit="months")[0] == 7 / 12
    assert one(months("ymd_calendar"), number=2.3333333333, unit="years")[0] == 28, "within 1e-9 of a month"
    assert one(months("ymd_calendar"), number=2.25, unit="years") == (27, False, pytest.approx(np.nan, nan_ok=True))


# ---------------------------------------------------------------------------------------------- faults there have been

@pytest.mark.parametrize("unit", ["days", "months", "years"])
def test_half_months_are_half_months_in_years_too(unit: str) -> None:
    """4 years 5 months and 20 days are 4;6, whichever way the age is told."""
    number = {"days": 1631, "months": 53.6, "years": 53.6 / 12}[unit]
    rule = {"convention": "decimal_365.25", "unit": "years", "use": "half_month"}
    assert by_library(rule, [{"number": number, "unit": unit}]).age[0] == slow.pack_age(rule, {"number": number, "unit": unit}).age == 4.5


@pytest.mark.parametrize(("use", "unit", "number"), [("completed", "months", 24), ("exact", "months", 40.92314670410975), ("half_month", "months", 7.49)])
def test_the_age_of_a_child_is_its_own(use: str, unit: str, number: float) -> None:
    """A child born early beside another one, in one table of ages in months, changes nothing for the other."""
    rule = {"convention": "ymd_calendar", "unit": unit, "use": use, "correction": {"apply": "preterm"}}
    term, early = ({"number": number, "unit": "months", "weeks": weeks} for weeks in (40, 30))
    alone, beside = by_library(rule, [term]), by_library(rule, [term, early])
    assert beside.age[:1].tobytes() == alone.age.tobytes()
    others = [np.full(1, np.nan) if ages.other is None else ages.other[:1] for ages in (alone, beside)]
    assert np.array_equal(*others, equal_nan=True)


@pytest.mark.parametrize("convention", CALENDARS)
def test_correction_has_not_ended_before_term(convention: str) -> None:
    """A child tested four weeks after its birth, and six before term, is no older than one: its age is not counted from birth."""
    child = {"birth": date(2020, 3, 1), "test": date(2020, 3, 29), "weeks": 30, "days": 0}
    for until in ({}, {"until_months": 24}, {"until_months": 24, "until_on": "corrected"}):
        rule = months(convention, **PRETERM, **until)
        assert slow.pack_age(rule, child).corrected
        assert by_library(rule, [child]).corrected[0]


@pytest.mark.parametrize("unit", ["months", "years"])
def test_before_term_a_child_is_too_young_and_not_without_an_age(unit: str) -> None:
    """Both dates are known. Counted in days such a child is 42 days short of term, and below the ages of every pack."""
    child = [{"birth": date(2020, 3, 1), "test": date(2020, 3, 29), "weeks": 30, "days": 0}]
    in_days, by_calendar = (
        by_library({"convention": way, "unit": unit, "correction": {"apply": "preterm"}}, child).age[0] for way in ("decimal_365.25", "ymd_calendar")
    )
    assert in_days < 0
    assert by_calendar == in_days


@pytest.mark.parametrize("rule", [{"convention": "ymd_calendar"}, {"convention": "ymd_30day"}, {"convention": "days", "use": "half_month"}])
def test_a_calendar_counts_no_days_and_half_a_month_is_none(rule: dict[str, Any]) -> None:
    """The engine has no age in such a unit: the first two end in a KeyError when a child is scored by its dates."""
    with pytest.raises(ValidationError):
        AgeRule.model_validate(rule | {"unit": "days"})


# ---------------------------------------------------------------------------------------------- the arithmetic of dates

LEAP = st.sampled_from(["feb28", "mar01"])
PAIRS = st.tuples(DATES | MONTH_ENDS, DATES | MONTH_ENDS).map(sorted)


@given(PAIRS, LEAP)
def test_years_months_and_days(pair: Sequence[date], leap: Any) -> None:
    birth, test = pair
    calendar = tuple(float(part) for part in library.ymd_calendar(birth, test, leap))
    assert calendar == slow.ymd_calendar(birth, test, leap)
    assert tuple(float(part) for part in library.ymd_30day(birth, test)) == slow.ymd_30day(birth, test)
    assert library.completed_months(birth, test) == slow.completed_months(slow.ymd_calendar(birth, test))
    assert library.years_months_truncated(birth, test)[0] == slow.completed_years(slow.ymd_calendar(birth, test))
    parts = slow.ymd_30day(birth, test)
    assert library.months_rounded(*parts) == slow.half_month_months(parts)


@given(PAIRS)
def test_ages_in_days_and_decimals(pair: Sequence[date]) -> None:
    birth, test = pair
    assert library.age_days(birth, test) == slow.age_in_days(birth, test)
    assert library.decimal_years(birth, test) == slow.decimal_years(birth, test)
    rule = {"convention": "decimal_365.25", "unit": "years", "decimals": 4}
    child = [{"birth": birth, "test": test}]
    assert by_library(rule, child).age[0] == slow.decimal_years(birth, test, 4)
    assert by_library(rule | {"unit": "months", "decimals": None}, child).age[0] == slow.decimal_months(birth, test)


@given(st.integers(0, 4000).map(lambda x: x / 16))
def test_months_to_days(number: float) -> None:
    assert library.months_to_days_who(number) == slow.months_to_days(number)
    assert library.months_to_days_who(24) == 731


@given(DATES | MONTH_ENDS, st.integers(0, 240), st.integers(22, 44), st.integers(0, 6), st.sampled_from([273, 280]))
def test_dates_later(start: date, later: int, weeks: int, days: int, term_days: int) -> None:
    assert library.add_months_clamped(start, later) == np.datetime64(slow.add_months(start, later))
    due = slow.expected_date(start, weeks, days, term_days)
    assert library.estimated_delivery_date(start, weeks, days, term_days) == np.datetime64(due)
    assert library.correction_days(weeks, days, term_days) == slow.days_early(weeks, days, term_days) == (due - start).days
