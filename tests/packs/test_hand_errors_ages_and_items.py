"""Mistakes of scoring by hand that ages, forms and items invite: each is impossible here, or seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore
from otscore.errors import AgeMissing, OtscoreError, PackNotFound, UnknownItem

HERE = Path(__file__).parent / "fictional"
HOPS = {"h1": 2, "h2": 1, "h3": 0}


def profile(pack: str, answers: dict[str, Any], *, options: dict[str, Any] | None = None, **known: Any) -> Any:
    scorer = otscore.Scorer.load(path=HERE / pack, scales="all", **(options or {}))
    return scorer.score({"responses": answers} | known, errors="flag")


def result(pack: str, scale: str, answers: dict[str, Any], **known: Any) -> Any:
    found = profile(pack, answers, **known)
    return next(one for domain in found.domains for one in domain.scales if one.scale == scale)


# ---------------------------------------------------------------------------------------------- age


def test_a_borrowed_month_has_the_days_of_the_pack_and_what_hangs_on_it_is_told() -> None:
    """31 January to 15 July: 0;5;14 on paper, 0;5;15 by the calendar, and half a month is a month."""
    answers = {"s1": 5, "s2": 5, "s3": 5}
    found = result("lumwick/1", "steps", answers, birth_date="2022-01-31", assessment_date="2022-07-15")
    assert (found.band, "age_convention_sensitive" in found.flags) == ("on_schedule", True)


@pytest.mark.parametrize(("edition", "by_day_15", "by_day_16"), [("1", 9, 8), ("2", 8, 8)])
def test_the_day_from_which_a_month_is_added_is_the_edition_s(edition: str, by_day_15: float, by_day_16: float) -> None:
    for day, score in (("2023-12-16", by_day_15), ("2023-12-17", by_day_16)):
        assert result(f"murkle/{edition}", "hops", HOPS, birth_date="2022-01-01", assessment_date=day).score == score


EARLY = {"birth_date": "2022-06-01", "assessment_date": "2023-12-20", "gestation_weeks": 32}


@pytest.mark.parametrize(("basis", "score", "used"), [("pack", 10, "corrected"), ("corrected", 10, "corrected"), ("chronological", 9, "chronological")])
def test_a_child_born_early_is_corrected_by_the_rule_and_both_ages_are_told(basis: str, score: float, used: str) -> None:
    options = {"age_basis": basis}
    assert result("murkle/1", "hops", HOPS, options=options, **EARLY).score == score
    found = profile("murkle/1", HOPS, options=options, **EARLY)
    assert (found.age_days, found.corrected_age_days, found.age_basis) == (567, 511, used)


@pytest.mark.parametrize(("day", "pack", "corrected", "chronological"), [("2024-05-31", 9, 9, 8), ("2024-06-01", 8, 9, 8)])
def test_no_correction_is_made_beyond_its_age_unless_it_is_asked_for(day: str, pack: float, corrected: float, chronological: float) -> None:
    known = EARLY | {"assessment_date": day}
    for basis, score in (("pack", pack), ("corrected", corrected), ("chronological", chronological)):
        assert result("murkle/1", "hops", HOPS, options={"age_basis": basis}, **known).score == score, basis


def test_the_day_of_testing_that_counts_is_the_edition_s() -> None:
    days = {"birth_date": "2022-01-01", "assessment_date": "2023-11-30", "assessment_end_date": "2023-12-17"}
    assert [result(f"murkle/{edition}", "hops", HOPS, **days).score for edition in "12"] == [8, 9]


@pytest.mark.parametrize("edition", ["1", "2"])
def test_testing_that_ended_before_its_first_day_has_no_age(edition: str) -> None:
    days = {"birth_date": "2022-01-01", "assessment_date": "2023-12-17", "assessment_end_date": "2023-11-30"}
    found = result(f"murkle/{edition}", "hops", HOPS, **days)
    assert (found.status, found.score) == ("age_invalid", None)
    scorer = otscore.Scorer.load(path=HERE / "murkle" / edition)
    with pytest.raises(AgeMissing, match=r"testing ended before its first day"):
        scorer.score(days | {"responses": HOPS})
    table = pd.DataFrame([days | HOPS, days | HOPS | {"assessment_end_date": "2023-12-17"}]).assign(id=["wrong", "right"])
    scores = scorer.score_frame(table)
    assert [issue.code for issue in scores.issues] == ["age_invalid"]
    assert list(scores.to_frame().query("scale == 'hops'")["status"]) == ["age_invalid", "ok"]


def test_one_day_of_testing_given_twice_is_that_day() -> None:
    days = {"birth_date": "2022-01-01", "assessment_date": "2023-12-17", "assessment_end_date": "2023-12-17"}
    assert result("murkle/1", "hops", HOPS, **days).score == 8


def test_norms_of_another_age_are_never_read_unseen() -> None:
    old = {"birth_date": "2014-01-01", "assessment_date": "2023-12-17"}
    assert result("murkle/1", "hops", HOPS, **old).flags == ("out_of_age",)
    assert result("murkle/2", "hops", HOPS, **old).status == "above_age"
    assert result("murkle/2", "hops_growth", HOPS, **old).flags == ("out_of_age",)


# ---------------------------------------------------------------------------------------------- form, edition, column


def test_forms_that_fit_an_age_are_listed_and_none_is_guessed() -> None:
    forms = {age: [pack.name for pack in otscore.packs([HERE / "gribble"], age_months=age) if pack.name.startswith("gribble")] for age in (47, 48, 59, 60)}
    assert forms == {47: ["gribble@child"], 48: ["gribble@child", "gribble@youth"], 59: ["gribble@child", "gribble@youth"], 60: ["gribble@youth"]}
    asked: list[Any] = [
        lambda: otscore.Scorer.load("gribble", path=HERE / "gribble"), lambda: otscore.Battery.load(["gribble"], paths=[HERE / "gribble"]),
    ]  # fmt: skip
    for load in asked:
        with pytest.raises(PackNotFound, match=r"several editions\. Name the edition: gribble@child, gribble@youth"):
            load()
    with pytest.raises(OtscoreError, match=r"Name one of: gribble@child, gribble@youth"):
        otscore.Scorer.load(path=HERE / "gribble")


def test_answers_to_the_other_form_are_refused() -> None:
    scorer = otscore.Scorer.load("gribble@child", path=HERE / "gribble")
    with pytest.raises(UnknownItem):
        scorer.score({"age_months": 50, "responses": {"y1": 2, "y2": 1}}, errors="flag")


def test_each_form_has_its_own_norms_and_says_which() -> None:
    battery = otscore.Battery.load(["gribble@child", "gribble@youth"], paths=[HERE / "gribble"])
    both = battery.score({"age_months": 50, "responses": {"g1": 2, "g2": 1, "y1": 2, "y2": 1}})
    assert {one.pack: one.score for domain in both.domains for one in domain.scales} == {"gribble@child": 115, "gribble@youth": 109}


@pytest.mark.parametrize(("variant", "score"), [("knees", 35), ("full", 50)])
def test_the_variant_chooses_the_column(variant: str, score: float) -> None:
    known = {"age_months": 72, "strata": {"variant": variant}}
    assert result("dottle/1", "pushes", {"pushes": 5}, **known).score == score


def test_without_the_variant_no_column_is_read() -> None:
    assert result("dottle/1", "pushes", {"pushes": 5}, age_months=72).status == "stratum_missing"


@pytest.mark.parametrize(("sex", "score"), [("male", 60), ("female", 50 + 10 * 5 / 3)])
def test_the_column_of_the_sex_is_read(sex: str, score: float) -> None:
    """14 points; boys have 11 and girls 9 on average, both with SD 3. Both sexes together have 10 and 4: T 60."""
    answers = {"t1": 5, "t2": 4, "t3": 3, "t4": 2}
    known: dict[str, Any] = {"age_months": 72, "options": {"norm_group": "by_sex"}, "strata": {"form": "junior", "informant": "parent"}}
    assert result("ossick/1", "tasks", answers, sex=sex, **known).score == pytest.approx(score, abs=1e-9)
    assert profile("ossick/1", answers, sex=sex, **known).packs[0].norm_group == "by_sex"


def test_without_the_sex_neither_column_is_read() -> None:
    known: dict[str, Any] = {"age_months": 72, "options": {"norm_group": "by_sex"}, "strata": {"form": "junior", "informant": "parent"}}
    assert result("ossick/1", "tasks", {"t1": 5, "t2": 4, "t3": 3, "t4": 2}, **known).status == "stratum_missing"


def test_a_school_year_and_an_age_are_not_taken_for_each_other() -> None:
    answers = {"p1": 1, "p2": 1, "p3": 0, "p4": 0}
    school = {"strata": {"grade": "first", "semester": "spring"}}
    assert result("pirrin/1", "count", answers, **school).status == "age_missing"
    assert result("pirrin/1", "count", answers, options={"norm_group": "by_grade"}, **school).score == 85
    assert result("pirrin/1", "count", answers, age_months=75, options={"norm_group": "by_grade"}).status == "stratum_missing"


# ---------------------------------------------------------------------------------------------- items


def test_a_skipped_item_is_no_fail() -> None:
    """Three of four passed, one skipped: four items of which one failed would be 95."""
    known: dict[str, Any] = {"options": {"norm_group": "by_grade"}, "strata": {"grade": "first", "semester": "spring"}}
    skipped = result("pirrin/1", "count", {"p1": 1, "p2": 1, "p4": 1}, **known)
    assert (skipped.status, skipped.score) == ("too_few_items", None)
    assert result("pirrin/1", "count", {"p1": 1, "p2": 1, "p3": 0, "p4": 1}, **known).score == 95


@pytest.mark.parametrize("answers", [{"words": 2}, {"words_sec": 9}, {"throw_1": 3, "throw_2": 4}])
def test_a_scale_of_which_something_was_given_is_not_left_out(answers: dict[str, Any]) -> None:
    """A time that was not taken, a trial that was still needed: the scale stands in the profile, and says so."""
    scale = "words_in_time" if "throw_1" not in answers else "all_throws"
    assert result("yarple/1", scale, answers).status == "too_few_items"


def test_a_scale_of_which_nothing_was_given_is_left_out() -> None:
    found = profile("yarple/1", {"path_sec": 12, "path_err": 0})
    assert {one.scale for domain in found.domains for one in domain.scales} == {"path"}


def test_an_item_keyed_the_other_way_is_turned() -> None:
    """b4 is keyed the other way: "almost never" counts 5. Unturned it would make 4 of 8."""
    assert result("brindle/1", "home", {"b1": 1, "b2": 1, "b3": 1, "b4": 1}, age_months=48).raw == 8


def test_a_total_that_was_added_up_wrongly_is_not_used() -> None:
    items = {"d1": 2, "d2": 3, "d3": 2}
    wrong = result("dottle/1", "tally", items | {"tally_total": 8}, age_months=72)
    assert (wrong.status, wrong.raw, wrong.score) == ("raw_disagrees", None, None)
    assert result("dottle/1", "tally", items | {"tally_total": 7}, age_months=72).score == 54


def test_a_total_that_no_item_checks_is_told() -> None:
    assert result("dottle/1", "tally", {"tally_total": 7}, age_months=72).flags == ("raw_entered",)


@pytest.mark.parametrize("hand", ["right", "left"])
def test_the_hand_that_is_preferred_is_not_the_one_with_more(hand: str) -> None:
    raw = result("fennick/1", "preferred", {"pegs_right": 9, "pegs_left": 8}, strata={"hand": hand}).raw
    assert raw == {"right": 9, "left": 8}[hand]


def test_items_that_exclude_each_other_are_not_added() -> None:
    assert result("fennick/1", "walking", {"walk_held": 1, "walk_alone": 1}).raw == 2


def test_does_not_suit_is_not_taken_for_missing_nor_refused_for_not_tested() -> None:
    rest = {"q2": 1, "q3": 1, "q4": 1}
    assert [result("crundle/1", "care", {"q1": code} | rest).raw for code in (6, 7, -1)] == [5, 3, None]


def test_ages_by_which_children_pass_an_item_stand_in_the_codebook() -> None:
    book = otscore.Scorer.load(path=HERE / "wimbrel/1").codebook().set_index("item")["passed_by"]
    assert book["r1"] == {"age_50": 2, "age_75": 3, "age_90": 4.5}
    assert (book["c2"], book["k2"]) == ({"age_50": 24}, {})
