"""What qualifies a score or stands in its way: limits, rounding at ties, age conventions, impossible ages, priors, missing members.

Small invented packs; every expectation is worked out by hand, beside it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from unit.engine.toy_packs import assert_number, band, batch, cell, column, flags, load, scored, status

import otscore
from otscore.batch import ScaleArrays
from otscore.engine import score

ITEM = [{"item": "i", "options": "number"}]
NUMBER = {"number": {"range": [-1000.0, 1000.0]}}
def instrument(**scale: Any) -> dict[str, Any]:
    """One item, one scale that is its answer."""
    return {"options": NUMBER, "scales": [{"id": "s", "domain": "general", "items": ["i"], "raw": "max"} | scale]}


def normed(norm: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"norms": [{"scales": ["s"], "table": "norms.csv"} | norm]} | rest


def sem_of(value: float) -> list[dict[str, Any]]:
    """A SEM of the score for all ages."""
    return [{"scale": "s", "age_from": None, "age_to": None, "statistic": "sem", "metric": "score", "value": repr(value), "source": "s"}]


def answers(*values: float) -> list[dict[str, float | None]]:
    return [{"i": value} for value in values]


# ---------------------------------------------------------------------------------------------- limits of the score

MEAN_50 = {"norms.csv": [{"mean": 50, "sd": 10}]}
STANDARD = {"method": "mean_sd", "metric": "standard", "decimals": 0, "score_limits": [55.0, 145.0]}
ASSUMED = "percentile_assumes_normal"


@pytest.mark.parametrize(
    ("raw", "expected", "also"),
    [
        (50, 100, set()),
        (19, 55, {"at_floor"}),  # z -3.1: 53.5
        (20, 55, {"at_floor"}),  # z -3: 55 itself
        (21, 57, set()),  # z -2.9: 56.5
        (79, 144, set()),  # z 2.9: 143.5
        (80, 145, {"at_ceiling"}),
        (95, 145, {"at_ceiling"}),  # z 4.5: 167.5
    ],
)
def test_a_score_is_clipped_and_says_so(raw: float, expected: float, also: set[str]) -> None:
    found = scored(load(ITEM, instrument(), normed(STANDARD), MEAN_50), answers(raw))
    assert cell(found, "score", 0) == expected
    assert flags(found, 0) == also | {ASSUMED}
    assert status(found, 0) == "ok"


def test_an_interval_is_clipped_too() -> None:
    """SEM 5, 95 %: 9.8 to either side. Raw 25 is z -2.5 or 62.5, printed 63; its limits are 52.7, clipped, and 72.3."""
    norm, precision = STANDARD | {"interval": {"kind": "observed", "level": 0.95}}, sem_of(5)
    found = scored(load(ITEM, instrument(), normed(norm), MEAN_50, precision), answers(25, 50), [6, 6])
    assert [cell(found, name, 0) for name in ("ci_low", "score", "ci_high")] == [55, 63, 72]
    assert [cell(found, name, 1) for name in ("ci_low", "score", "ci_high")] == [90, 100, 110]
    assert flags(found, 0) == {ASSUMED}, "the score itself is not at its floor"


def test_a_z_is_clipped_on_its_own_metric() -> None:
    norm = {"method": "mean_sd", "metric": "z", "decimals": 2, "score_limits": [-3.0, 3.0]}
    found = scored(load(ITEM, instrument(), normed(norm), MEAN_50), answers(15, 50, 85))
    assert [cell(found, "score", row) for row in range(3)] == [-3, 0, 3]
    assert [flags(found, row) for row in range(3)] == [{"at_floor", ASSUMED}, {ASSUMED}, {"at_ceiling", ASSUMED}]


def test_a_high_score_that_means_less_able_keeps_its_ends() -> None:
    """Many symptoms: the highest T is the ceiling of the score, and its z the least able one."""
    norm = {"method": "mean_sd", "metric": "t", "score_limits": [30.0, 70.0]}
    found = scored(load(ITEM, instrument(higher_is="less_able"), normed(norm), MEAN_50), answers(80, 20))
    assert [cell(found, "score", row) for row in range(2)] == [70, 30]
    assert [flags(found, row) - {ASSUMED} for row in range(2)] == [{"at_ceiling"}, {"at_floor"}]
    assert [cell(found, "z", row) for row in range(2)] == [-3, 3]


def test_the_lowest_z_of_a_turned_scale_is_its_floor() -> None:
    """A slow child: 4 SD above the mean time is z -4, clipped to -3, the lowest z there is. It is flagged `at_ceiling`."""
    norm = {"method": "mean_sd", "metric": "z", "score_limits": [-3.0, 3.0]}
    found = scored(load(ITEM, instrument(higher_is="less_able"), normed(norm), MEAN_50), answers(90))
    assert cell(found, "score", 0) == -3
    assert flags(found, 0) - {ASSUMED} == {"at_floor"}


def test_a_clipped_interval_still_has_a_width() -> None:
    """Raw 10 is 40, with limits 30 to 50, all below the lowest score. Clipped to 55 and 55 it would be the most precise score of
    a profile, and so its headline; nothing, or an open end, is all that can be said.
    """
    norm, precision = STANDARD | {"interval": {"kind": "observed", "level": 0.95}}, sem_of(5)
    found = scored(load(ITEM, instrument(), normed(norm), MEAN_50, precision), answers(10), [6])
    low, high = cell(found, "ci_low", 0), cell(found, "ci_high", 0)
    assert low is None or high is None or low < high


@pytest.mark.parametrize("kind", ["observed", "true_score"])
def test_a_precision_for_all_ages_needs_no_age(kind: str) -> None:
    """The norm has no ages and its SEM (reliability) is for all of them: a child without an age has the interval too."""
    precision = sem_of(5) if kind == "observed" else [sem_of(0.9)[0] | {"statistic": "reliability"}]
    norm = {"method": "mean_sd", "metric": "standard", "interval": {"kind": kind, "level": 0.95}}
    found = scored(load(ITEM, instrument(), normed(norm), MEAN_50, precision), answers(50, 50), [6, None])
    assert cell(found, "score", 1) == 100
    assert cell(found, "ci_low", 1) == cell(found, "ci_low", 0)


# ---------------------------------------------------------------------------------------------- ends of tables


def test_the_ends_of_a_table_are_those_of_the_age_band() -> None:
    rows = [{"age_from": low, "age_to": low + 12, "raw": raw, "score": value} for low, scores in ((0, (7, 9, 12)), (12, (4, 4, 9))) for raw, value in enumerate(scores)]
    scorer = load(ITEM, instrument(), normed({"method": "lookup", "metric": "scaled"}), {"norms.csv": rows})
    found = scored(scorer, answers(0, 1, 2, 0, 1, 2), [6, 6, 6, 18, 18, 18])
    assert [cell(found, "score", row) for row in range(6)] == [7, 9, 12, 4, 4, 9]
    floor, ceiling = {"at_floor"}, {"at_ceiling"}
    assert [flags(found, row) for row in range(6)] == [floor, set(), ceiling, floor, floor, ceiling]


@pytest.mark.parametrize("metric", ["scaled", "standard", "percentile"])
def test_the_ends_of_a_table_of_ranges_are_ends(metric: str) -> None:
    """Raw 0 to 3 is the lowest score of the table and raw 9 the highest, as in a table with a row for every raw score."""
    rows = [{"raw_min": low, "raw_max": high, "score": value} for low, high, value in ((0, 3, 40), (4, 8, 50), (9, 9, 60))]
    found = scored(load(ITEM, instrument(), normed({"method": "ranges", "metric": metric}), {"norms.csv": rows}), answers(2, 5, 9))
    assert [flags(found, row) for row in range(3)] == [{"at_floor"}, set(), {"at_ceiling"}]


def test_a_base_rate_has_no_floor_and_no_ceiling() -> None:
    """All children have 0 or more symptoms, 2 % have 2: how common it is, not where a test ends."""
    rows = [{"raw": raw, "percent": percent} for raw, percent in enumerate((100, 11, 2))]
    norm = {"method": "base_rates", "metric": "base_rate"}
    found = scored(load(ITEM, instrument(higher_is="less_able"), normed(norm, kind="criterion"), {"norms.csv": rows}), answers(0, 1, 2, 3))
    assert [cell(found, "score", row) for row in range(4)] == [100, 11, 2, None]
    assert [status(found, row) for row in range(4)] == ["ok", "ok", "ok", "raw_out_of_table"]
    assert all(flags(found, row) == set() for row in range(4))
    assert all(cell(found, name, row) is None for name in ("z", "percentile", "ci_low") for row in range(4))


def test_an_age_of_attainment_has_no_floor_and_no_ceiling() -> None:
    """Half of the children do it by 10 months, 95 % by 15. Not yet at 20 months is the last place, at 3 months the first."""
    rows = [{"p50": 10, "p95": 15}]
    scorer = load(ITEM, instrument(), normed({"method": "attainment"}, kind="criterion"), {"norms.csv": rows})
    found = scored(scorer, answers(0, 0, 0, 1, 0), [3, 10, 20, 3, None])
    names = [band(scorer, found, row) for row in range(5)]
    assert names[3] == "attained" and names[4] is None
    assert len(set(names)) == 5
    assert [status(found, row) for row in range(5)] == ["ok"] * 4 + ["age_missing"]
    assert all(flags(found, row) == set() for row in range(5))


def test_the_outermost_places_between_percentiles_are_ends() -> None:
    rows = [{"p10": 3, "p50": 6, "p90": 8}]
    scorer = load(ITEM, instrument(), normed({"method": "percentile_cells"}), {"norms.csv": rows})
    found = scored(scorer, answers(2, 3, 7, 8))
    assert [flags(found, row) for row in range(4)] == [{"at_floor"}, set(), set(), {"at_ceiling"}]


# ---------------------------------------------------------------------------------------------- rounding at ties


@pytest.mark.parametrize(
    ("raw", "up", "even"),
    [
        (1, 108, 108),  # z 0.5: 107.5
        (3, 123, 122),  # z 1.5: 122.5
        (-1, 93, 92),  # 92.5
        (-3, 78, 78),  # 77.5
        (2, 115, 115),
    ],
)
def test_ties_are_rounded_as_the_pack_says(raw: float, up: float, even: float) -> None:
    table = {"norms.csv": [{"mean": 0, "sd": 2}]}
    for mode, expected in (("half_up", up), ("half_even", even)):
        norm = {"method": "mean_sd", "metric": "standard", "decimals": 0, "round_mode": mode}
        assert cell(scored(load(ITEM, instrument(), normed(norm), table), answers(raw)), "score", 0) == expected
        exact = scored(load(ITEM, instrument(), normed(norm), table, rounding="none"), answers(raw))
        assert cell(exact, "score", 0) == 100 + 7.5 * raw


@pytest.mark.parametrize(("mode", "low", "high"), [("half_up", 98, 118), ("half_even", 98, 118)])
def test_the_ends_of_an_interval_are_rounded_in_the_same_way(mode: str, low: float, high: float) -> None:
    """107.5 -/+ 1.6449 * 6.0794 = 10.0: limits 97.5 and 117.5, up to 98 and 118, both even; a half lower 96.5 and 116.5."""
    norm = {"method": "mean_sd", "metric": "standard", "decimals": 0, "round_mode": mode, "interval": {"kind": "observed", "level": 0.9}}
    sem = 10 / 1.6448536269514722
    table = {"norms.csv": [{"mean": 0, "sd": 15}]}
    scorer = load(ITEM, instrument(), normed(norm), table, sem_of(sem))
    found = scored(scorer, answers(7.5, 6.5), [6, 6])
    assert (cell(found, "ci_low", 0), cell(found, "ci_high", 0)) == (low, high)
    lower = (97, 117) if mode == "half_up" else (96, 116)
    assert (cell(found, "ci_low", 1), cell(found, "ci_high", 1)) == lower


# ---------------------------------------------------------------------------------------------- age conventions

MONTHS = {"unit": "months", "convention": "ymd_calendar", "use": "completed", "required": False}
BORN = {"birth_date": "2020-01-31", "assessment_date": "2020-02-29"}
"""1 month by the calendar (the end of the month is clamped), 0;0;28 on paper."""
SENSITIVE = "age_convention_sensitive"


def result(scorer: otscore.Scorer, **record: Any) -> Any:
    profile = scorer.score({"responses": {"i": 1}} | record, errors="flag")
    return next(scale for domain in profile.domains for scale in domain.scales)


BANDED = {
    "lookup": ("scaled", [{"raw": 1, "score": 10}]),
    "ranges": ("scaled", [{"raw_min": 0, "raw_max": 5, "score": 10}]),
    "percentile_cells": ("none", [{"p10": 0, "p50": 2}]),
    "base_rates": ("base_rate", [{"raw": 1, "percent": 10}]),
    "mean_sd": ("z", [{"mean": 1, "sd": 1}]),
    "attainment": ("none", [{"p50": 10, "p95": 15}]),
}


@pytest.mark.parametrize("method", BANDED)
def test_another_convention_another_row(method: str) -> None:
    metric, rows = BANDED[method]
    kind = "normed" if metric in ("scaled", "z") else "criterion"
    manifest = normed({"method": method, "metric": metric}, kind=kind, age=MONTHS)
    bands = {"norms.csv": [{"age_from": low, "age_to": high} | row for low, high in ((0, 1), (1, 24)) for row in rows]}
    one_band = {"norms.csv": [{"age_from": 0, "age_to": 24} | row for row in rows]}
    ageless = {"norms.csv": rows}
    assert SENSITIVE in result(load(ITEM, instrument(), manifest, bands), **BORN).flags
    assert SENSITIVE not in result(load(ITEM, instrument(), manifest, bands), **BORN | {"assessment_date": "2020-06-30"}).flags
    assert SENSITIVE not in result(load(ITEM, instrument(), manifest, one_band), **BORN).flags
    assert SENSITIVE not in result(load(ITEM, instrument(), manifest, ageless), **BORN).flags


def test_the_other_convention_is_the_one_that_the_pack_does_not_use() -> None:
    rows = [{"age_from": low, "age_to": high, "raw": 1, "score": value} for low, high, value in ((0, 1, 12), (1, 24, 8))]
    for convention, expected in (("ymd_calendar", 8), ("ymd_30day", 12)):
        manifest = normed({"method": "lookup", "metric": "scaled"}, age=MONTHS | {"convention": convention})
        found = result(load(ITEM, instrument(), manifest, {"norms.csv": rows}), **BORN)
        assert (found.score, SENSITIVE in found.flags) == (expected, True)


@pytest.mark.parametrize(
    ("given", "sensitive"),
    [
        ({"age_days": 29}, True),  # 0.95 months; two days later 1.02
        ({"age_days": 31}, True),  # 1.02 months; two days sooner 0.95
        ({"age_days": 20}, False),
        ({"age_days": 45}, False),
        ({"age_months": 1}, False),  # said in months: taken as it is
        ({"age_months": 0.99}, False),
        ({"age_years": 1 / 12}, False),
    ],
)
def test_days_alone_may_miss_the_month(given: dict[str, float], sensitive: bool) -> None:
    rows = [{"age_from": low, "age_to": high, "raw": 1, "score": 10} for low, high in ((0, 1), (1, 24))]
    scorer = load(ITEM, instrument(), normed({"method": "lookup", "metric": "scaled"}, age=MONTHS), {"norms.csv": rows})
    found = result(scorer, **given)
    assert found.status == "ok"
    assert (SENSITIVE in found.flags) == sensitive


@pytest.mark.parametrize(("ages", "flagged"), [({"from": 1}, True), ({"from": 0}, False), ({"from": 0, "below": 2}, False)])
def test_another_convention_outside_the_ages_of_the_pack(ages: dict[str, float], flagged: bool) -> None:
    """Cut scores have no ages; by the other calendar the child would be too young for the pack."""
    cuts = {"norms": [{"scales": ["s"], "method": "cuts", "cuts": {"bands": ["low", "high"], "at_least": [1.0]}}], "kind": "banded"}
    found = result(load(ITEM, instrument(), cuts | {"age": MONTHS | ages}), **BORN)
    assert (found.status, found.band, SENSITIVE in found.flags) == ("ok", "high", flagged)


def test_what_is_not_scored_is_not_flagged() -> None:
    cuts = {"norms": [{"scales": ["s"], "method": "cuts", "cuts": {"bands": ["low", "high"], "at_least": [1.0]}}], "kind": "banded"}
    too_old = result(load(ITEM, instrument(), cuts | {"age": MONTHS | {"from": 0, "below": 1}}), **BORN)
    assert (too_old.status, too_old.flags) == ("above_age", ())


def test_another_convention_another_grade() -> None:
    """Thresholds that change at one month: the grade turns on how the month is counted, whether it comes out the same or not."""
    scale = {"id": "s", "domain": "general", "items": ["i"], "raw": "mean", "grade": {"table": "grades.csv", "lowest": 0.0}}
    cuts = {"norms": [{"scales": ["s"], "method": "cuts", "cuts": {"bands": ["low", "high"], "at_least": [1.0]}}], "kind": "banded"}
    grades = [{"item": "i", "age_from": low, "age_to": high, "code": 1, "at_least": least} for low, high, least in ((0, 1, 1), (1, 24, 2))]
    scorer = load(ITEM, {"options": NUMBER, "scales": [scale]}, cuts | {"age": MONTHS}, {"grades.csv": grades})
    found = result(scorer, **BORN)
    assert (found.raw, found.band, found.flags) == (0, "low", (SENSITIVE,))
    later = result(scorer, **BORN | {"assessment_date": "2020-06-30"})
    assert (later.raw, later.flags) == (0, ())
    younger = result(scorer, **BORN | {"assessment_date": "2020-02-20"})
    assert (younger.raw, younger.band, younger.flags) == (1, "high", ())


def test_the_band_of_a_stratum_decides() -> None:
    """Boys change their row at one month, girls at two."""
    rows = [
        {"sex": sex, "age_from": low, "age_to": high, "raw": 1, "score": 10}
        for sex, edge in (("boy", 1), ("girl", 2))
        for low, high in ((0, edge), (edge, 24))
    ]
    manifest = normed({"method": "lookup", "metric": "scaled", "strata": ["sex"]}, age=MONTHS, strata={"sex": {"values": ["boy", "girl"]}})
    scorer = load(ITEM, instrument(), manifest, {"norms.csv": rows})
    assert SENSITIVE in result(scorer, **BORN, sex="boy").flags
    assert SENSITIVE not in result(scorer, **BORN, sex="girl").flags


def test_another_convention_another_age_of_attainment() -> None:
    """The place of the age itself: 1 month by the calendar is past the age of half the children, 0;0;28 is not."""
    scorer = load(ITEM, instrument(), normed({"method": "attainment"}, kind="criterion", age=MONTHS), {"norms.csv": [{"p50": 1, "p95": 3}]})
    assert SENSITIVE in result(scorer, **BORN, responses={"i": 0}).flags


def test_another_convention_other_items() -> None:
    """An item of the form from one month on: by the other calendar its answer would be set aside."""
    cuts = {"norms": [{"scales": ["s"], "method": "cuts", "cuts": {"bands": ["low", "high"], "at_least": [1.0]}}], "kind": "banded"}
    items = [{"item": "i", "options": "number", "age_from": 1, "age_to": None}]
    assert SENSITIVE in result(load(items, instrument(), cuts | {"age": MONTHS}), **BORN).flags


# ---------------------------------------------------------------------------------------------- impossible ages

TWO_BANDS = {"norms.csv": [{"age_from": low, "age_to": low + 12, "raw": raw, "score": 8 + raw} for low in (0, 12) for raw in range(3)]}
LOOKUP = normed({"method": "lookup", "metric": "scaled"})
NOT_BORN = {"birth_date": "2022-03-01", "assessment_date": "2021-03-01"}


def required(yes: bool) -> dict[str, Any]:
    return {"age": {"unit": "months", "convention": "decimal_365.25", "required": yes}}


@pytest.mark.parametrize("needs", [True, False])
def test_an_impossible_age_is_not_a_missing_one(needs: bool) -> None:
    scorer = load(ITEM, instrument(), LOOKUP | required(needs), TWO_BANDS)
    assert result(scorer, **NOT_BORN).status == "age_invalid"
    assert result(scorer, age_days=-900).status == "age_invalid"
    assert result(scorer).status == "age_missing"
    assert result(scorer, age_days=100).status == "ok"
    assert result(scorer, age_days=-10).status == "below_age", "before term by a corrected age"


CUTS = {"norms": [{"scales": ["s"], "method": "cuts", "cuts": {"bands": ["low", "high"], "at_least": [1.0]}}], "kind": "banded"}


@pytest.mark.parametrize(("needs", "expected"), [(True, "age_invalid"), (False, "ok")])
def test_an_impossible_age_stops_what_needs_an_age(needs: bool, expected: str) -> None:
    found = result(load(ITEM, instrument(), CUTS | required(needs)), **NOT_BORN)
    assert (found.status, found.band) == (expected, "high" if expected == "ok" else None)
    assert found.raw == 1, "the raw score does not hang on the age"


def test_an_impossible_age_has_no_grade() -> None:
    scale = {"id": "s", "domain": "general", "items": ["i"], "raw": "mean", "grade": {"table": "grades.csv", "lowest": 0.0}}
    grades = [{"item": "i", "age_from": 0, "age_to": 24, "code": 1, "at_least": 1}]
    scorer = load(ITEM, {"options": NUMBER, "scales": [scale]}, CUTS | required(False), {"grades.csv": grades})
    found = result(scorer, **NOT_BORN)
    assert (found.status, found.raw, found.band) == ("age_invalid", None, None)
    assert result(scorer).status == "age_missing"


def test_what_comes_first_is_told_before_an_impossible_age() -> None:
    scorer = load(ITEM, instrument(), LOOKUP | required(True), TWO_BANDS)
    assert result(scorer, **NOT_BORN, responses={"i": 5000}).status == "illegal_answer"
    unanswered = scorer.score(NOT_BORN | {"responses": {}}, errors="flag")
    assert {domain.evidence for domain in unanswered.domains} == {"not_assessed"}, "nothing was asked: there is no result at all"


def test_an_impossible_age_in_a_batch_is_that_of_its_child_alone() -> None:
    scorer = load(ITEM, instrument(), LOOKUP | required(True), TWO_BANDS)
    children = batch(scorer, answers(1, 1, 1), [6, None, None])
    found = score(scorer.form, replace(children, age_invalid=np.array([False, True, False])))
    assert [status(found, row) for row in range(3)] == ["ok", "age_invalid", "age_missing"]


# ---------------------------------------------------------------------------------------------- a prior without an age

PASS_FAIL = {"pass": {"legal": [0.0, 1.0]}}
FOUR = [{"item": f"i{k}", "options": "pass"} for k in range(4)]
DIFFICULTIES = {"tau.csv": [{"item": f"i{k}", "tau": tau} for k, tau in enumerate((40, 48, 52, 60))]}
RASCH = {
    "scales": ["s"], "model": "rasch_eap", "difficulties": "tau.csv", "slope": 2.0, "intercept": 0.0,
    "grid": {"from": 0, "to": 100, "by": 1}, "prior": {"sd": 5.0, "segments": [{"constant": 30.0, "linear": 1.0}]},
}  # fmt: skip
"""Prior mean 30 + age in months."""
ABILITY = {"options": PASS_FAIL, "scales": [{"id": "s", "domain": "general", "items": "all", "raw": "irt"}]}
HALF = {"i0": 1, "i1": 1, "i2": 0, "i3": 0}
"""Two passes and two fails that mirror each other around 50: with a prior around 50 the ability is 50."""
BY_CUT = {"scales": ["s"], "method": "cuts", "measure": "ability", "cuts": {"bands": ["low", "high"], "at_least": [49.0]}}
BY_AGE = {"scales": ["s"], "method": "normal", "metric": "z", "measure": "ability", "table": "norms.csv"}
CURVE = {"norms.csv": [{"age": 0, "mean": 30, "sd": 5}, {"age": 60, "mean": 90, "sd": 5}]}


def test_a_prior_for_those_without_an_age() -> None:
    scorer = load(FOUR, ABILITY, {"irt": [RASCH], "norms": [BY_CUT]} | required(False), DIFFICULTIES, prior_without_age=(50, 5))
    found = scored(scorer, [HALF, HALF, HALF], [20, None, 8])
    assert_number(cell(found, "ability", 0), 50.0, 1e-9, "20 months: prior mean 50")
    assert_number(cell(found, "ability", 1), 50.0, 1e-9, "without an age")
    assert cell(found, "sem", 1) == cell(found, "sem", 0)
    assert [flags(found, row) for row in range(3)] == [set(), {"prior_without_age"}, set()]
    assert [status(found, row) for row in range(3)] == ["ok"] * 3
    assert band(scorer, found, 2) == "low", "8 months: a prior mean of 38 draws the ability below the cut"


def test_without_the_option_there_is_no_ability() -> None:
    scorer = load(FOUR, ABILITY, {"irt": [RASCH], "norms": [BY_CUT]} | required(False), DIFFICULTIES)
    found = scored(scorer, [HALF], [None])
    assert (status(found, 0), flags(found, 0), cell(found, "ability", 0)) == ("age_missing", set(), None)


def test_an_ability_without_an_age_has_no_norm_by_age() -> None:
    """The ability is there and says by which prior; the norm needs the age all the same."""
    for needs in (True, False):
        manifest = {"irt": [RASCH], "norms": [BY_AGE]} | required(needs)
        scorer = load(FOUR, ABILITY, manifest, DIFFICULTIES | CURVE, prior_without_age=(50, 5))
        found = scored(scorer, [HALF, HALF], [None, 20])
        assert_number(cell(found, "ability", 0), 50.0, 1e-9)
        assert (status(found, 0), flags(found, 0), cell(found, "z", 0)) == ("age_missing", {"prior_without_age"}, None)
        assert (status(found, 1), flags(found, 1) - {ASSUMED}) == ("ok", set())


def test_an_impossible_age_is_no_age_for_the_prior() -> None:
    scorer = load(FOUR, ABILITY, {"irt": [RASCH], "norms": [BY_CUT]} | required(False), DIFFICULTIES, prior_without_age=(50, 5))
    found = score(scorer.form, replace(batch(scorer, [HALF], [None]), age_invalid=np.array([True])))
    assert flags(found, 0) == {"prior_without_age"}
    assert_number(cell(found, "ability", 0), 50.0, 1e-9)


def test_a_child_without_answers_has_no_flag() -> None:
    scorer = load(FOUR, ABILITY, {"irt": [RASCH], "norms": [BY_CUT]} | required(False), DIFFICULTIES, prior_without_age=(50, 5))
    found = scored(scorer, [{}], [None])
    assert (status(found, 0), flags(found, 0), cell(found, "ability", 0)) == ("no_items", set(), None)


def test_a_prior_that_a_pack_has_no_use_for_hides_no_missing_age() -> None:
    """No item-response scale takes it (nor do graded, logistic and joint models): the age is missing, and nobody is told."""
    with pytest.raises(otscore.OtscoreError):
        scorer = load(ITEM, instrument(), LOOKUP | required(True), TWO_BANDS, prior_without_age=(50, 5))
        scorer.score({"responses": {"i": 1}})


# ---------------------------------------------------------------------------------------------- composites

THREE = [{"item": f"i{k}", "options": "number"} for k in range(3)]


def composed(**composite: Any) -> otscore.Scorer:
    """Three scales of one item each, low below 1; one low member makes the composite low."""
    scales = [{"id": f"s{k}", "domain": "general", "items": [f"i{k}"], "raw": "max"} for k in range(3)]
    levels = [{"band": "low", "when": [{"band": "low", "at_least": 1}]}, {"band": "high"}]
    whole = {"id": "all", "domain": "general", "members": ["s0", "s1", "s2"], "levels": levels} | composite
    cuts = {"bands": ["low", "high"], "at_least": [1.0]}
    manifest = {"kind": "banded", "norms": [{"scales": ["s0", "s1", "s2"], "method": "cuts", "cuts": cuts}]}
    return load(THREE, {"options": NUMBER, "scales": scales, "composites": [whole]}, manifest)


def composite_of(scorer: otscore.Scorer, found: ScaleArrays, row: int) -> tuple[str | None, str, set[str], int]:
    place = column(scorer, "all")
    return band(scorer, found, row, place), status(found, row, place), flags(found, row, place), int(found.n_answered[row, place])


CHILDREN = [{"i0": 1, "i1": 1, "i2": 1}, {"i0": 1, "i1": 1}, {"i0": 0}, {}, {"i0": 1, "i1": "illegal", "i2": 1}]


def test_a_composite_says_that_a_member_is_missing() -> None:
    scorer = composed(min_members=2)
    found = scored(scorer, CHILDREN)
    assert composite_of(scorer, found, 0) == ("high", "ok", set(), 3)
    assert composite_of(scorer, found, 1) == ("high", "ok", {"items_missing"}, 2)
    assert composite_of(scorer, found, 2) == (None, "member_missing", set(), 1)
    assert composite_of(scorer, found, 3) == (None, "no_items", set(), 0)
    assert composite_of(scorer, found, 4) == ("high", "ok", {"items_missing"}, 2)


def test_a_class_that_needs_every_member() -> None:
    levels = [{"band": "low", "when": [{"band": "low", "at_least": 1}]}, {"band": "high", "needs_all": True}]
    scorer = composed(levels=levels)
    found = scored(scorer, [*CHILDREN, {"i0": 0, "i1": 1}])
    assert composite_of(scorer, found, 0) == ("high", "ok", set(), 3)
    assert composite_of(scorer, found, 1) == (None, "member_missing", set(), 2)
    assert composite_of(scorer, found, 2) == ("low", "ok", {"items_missing"}, 1)
    assert composite_of(scorer, found, 5) == ("low", "ok", {"items_missing"}, 2)
