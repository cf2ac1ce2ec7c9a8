"""One child as a mapping: what is accepted, what is raised at once with which code, and that nothing of the child is in it."""

from __future__ import annotations

import datetime as dt
import traceback
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import otscore

CANARIES = ("kanari", "61977", "2019-11-23", "2019, 11, 23", "8817")
GSED, CFM, GRIP = "gsed@2406", "cfm@2-4", "nhanes-grip@2014"


@pytest.fixture(scope="module")
def gsed() -> otscore.Scorer:
    return otscore.Scorer.load(GSED)


@pytest.fixture(scope="module")
def battery() -> otscore.Battery:
    return otscore.Battery.load([GSED, CFM, GRIP])


def raised(scorer: otscore.Battery, record: Any, kind: type[otscore.OtscoreError] = otscore.OtscoreError) -> dict[str, str]:
    """Code -> text of the issues that are raised; neither message nor traceback holds a canary."""
    with pytest.raises(kind) as caught:
        scorer.score(record)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.to_dict())
    assert [word for word in CANARIES if word in told.casefold()] == []
    assert caught.value.to_dict()["code"] == caught.value.code
    assert caught.value.path.startswith("record")
    return {issue.code: str(issue) for issue in caught.value.issues}


def child(responses: Any = None, **others: Any) -> dict[str, Any]:
    return {"id": "kanari", "age_days": 400, "responses": {"gs1moc060": 1, "gs1lgc062": 0} if responses is None else responses} | others


@pytest.mark.parametrize(
    "answer", [1, 1.0, "1", " 1.0 ", np.int8(1), np.float32(1), np.float64(1), Decimal("1"), np.str_("1"), pd.array([1], dtype="Int64")[0]]
)
def test_answers_of_many_types_are_one_answer(gsed: otscore.Scorer, answer: Any) -> None:
    assert gsed.score(child({"gs1moc060": answer, "GS1LGC062": 0})) == gsed.score(child())


@pytest.mark.parametrize("answer", [None, float("nan"), "", " ", "NA", np.nan, pd.NA, pd.NaT])
def test_no_answer_is_written_in_many_ways(gsed: otscore.Scorer, answer: Any) -> None:
    result = gsed.score(child({"gs1moc060": 1, "gs1lgc062": answer})).domain("general").scales[0]
    assert (result.status, result.n_answered) == ("ok", 1)


@pytest.mark.parametrize(
    "answer", [61977, -61977, 0.5, "kanari", True, False, np.True_, float("inf"), "-nan", "1_0", 10**400, [61977], {"kanari": 1}, dt.date(2019, 11, 23)]
)
def test_an_illegal_answer_is_raised_or_flagged(gsed: otscore.Scorer, answer: Any) -> None:
    issues = raised(gsed, child({"gs1moc060": answer, "gs1lgc062": 0}), otscore.IllegalAnswer)
    assert "gs1moc060: an answer outside the legal set. Allowed: 0, 1" in issues["illegal_answer"]
    assert "row" not in issues["illegal_answer"]
    assert gsed.score(child({"gs1moc060": answer, "gs1lgc062": 0}), errors="flag").domain("general").scales[0].status == "illegal_answer"


def test_labels_are_answers() -> None:
    scorer = otscore.Scorer.load(CFM)
    bands = {}
    for answers in ({"CF3": "None", "CF6": "A lot"}, {"CF3": 1, "CF6": "3"}, {"CF3": " none ", "CF6": 3.0}):
        profile = scorer.score({"age_years": 3, "responses": answers})
        bands[tuple(answers.values())] = [result.band for result in profile.domain("sensory").scales]
    assert len({tuple(found) for found in bands.values()}) == 1
    issues = raised(scorer, {"age_years": 3, "responses": {"CF16": 3}}, otscore.IllegalAnswer)
    assert "Give the answer by its label" in issues["illegal_answer"]


def test_every_problem_is_raised_at_once(battery: otscore.Battery) -> None:
    answers = {"gs1moc060": 61977, "gs1sec01": 1, "CF3": "kanari", "dominant_1": 20}
    issues = raised(battery, child(answers, age_days="kanari", gestation_weeks=400), otscore.ResponseError)
    assert set(issues) == {"illegal_answer", "unknown_item", "not_a_number", "stratum_missing", "gestation_invalid"}
    assert "Did you mean gs1sec0" in issues["unknown_item"]


def test_a_record_of_the_wrong_shape_is_told_with_the_rest(battery: otscore.Battery) -> None:
    record = child({"gs1moc060": 61977, "gs1sec01": 1, "dominant_1": 20}, age_months=3, birth_date="2019-11-23", agedays=61977, kanari=1)
    issues = raised(battery, record, otscore.UsageError)
    assert set(issues) == {"unknown_key", "age_twice", "dates", "illegal_answer", "unknown_item", "stratum_missing"}
    assert "`birth_date` and `assessment_date` belong together" in issues["dates"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"age_days": 400}, "responses_missing"),
        ({"age_days": 400, "responses": ["kanari"]}, "responses_missing"),
        ({"age_days": 400, "responses": None}, "responses_missing"),
        (["kanari"], "record"),
        (child(strata="kanari"), "strata"),
        (child(strata={"sexx": "kanari"}), "unknown_key"),
        (child({"gs1moc060": 1, "GS1MOC060": 0}), "duplicate_item"),
        (child(agedays=61977), "unknown_key"),
        ({"kanari": {"gs1moc060": 1}}, "unknown_key"),
    ],
)
def test_shapes_that_are_refused(gsed: otscore.Scorer, record: Any, code: str) -> None:
    assert code in raised(gsed, record, otscore.UsageError)


def test_an_age_without_a_unit_is_told_what_to_say(gsed: otscore.Scorer) -> None:
    record = {"age": 8817.25, "responses": {"gs1moc060": 1}}
    assert "Say its unit, as age_days, age_months or age_years" in raised(gsed, record, otscore.UsageError)["unknown_key"]


def test_unknown_items_are_named_beside_known_ones_only(gsed: otscore.Scorer) -> None:
    assert "shoe_size" in raised(gsed, child({"gs1moc060": 1, "shoe_size": 20}), otscore.UnknownItem)["unknown_item"]
    assert "1 item code that no pack knows" in raised(gsed, child({"kanari": 1}), otscore.UnknownItem)["unknown_item"]


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({}, "age_missing", "Give birth_date and assessment_date"),
        ({"age_days": None}, "age_missing", ""),
        ({"age_days": float("nan")}, "age_missing", ""),
        ({"age_days": -900}, "age_invalid", "an age that no child has"),
        ({"age_days": 61977}, "age_invalid", "an age that no child has"),
        ({"age_days": float("inf")}, "not_a_number", ""),
        ({"age_days": True}, "not_a_number", ""),
        ({"age_days": "61977"}, "not_a_number", "Give a plain number"),
        ({"birth_date": "2019-11-23", "assessment_date": "2018-11-23"}, "age_invalid", "the assessment lies before the birth"),
        ({"birth_date": "23/11/2019", "assessment_date": "2020-11-23"}, "bad_date", "year-month-day"),
        ({"birth_date": "2019-02-30", "assessment_date": "2019-11-23"}, "bad_date", ""),
        ({"birth_date": "", "assessment_date": "2019-11-23"}, "bad_date", ""),
        ({"birth_date": 61977, "assessment_date": "2019-11-23"}, "bad_date", ""),
        ({"birth_date": pd.NaT, "assessment_date": "2019-11-23"}, "bad_date", ""),
        ({"age_days": 400, "gestation_weeks": 400}, "gestation_invalid", "gestation in days is gestation_days"),
        ({"age_days": 400, "gestation_weeks": "kanari"}, "not_a_number", ""),
    ],
)
def test_ages_that_cannot_be_used(gsed: otscore.Scorer, given: dict[str, Any], code: str, words: str) -> None:
    record = {"id": "kanari", "responses": {"gs1moc060": 1}} | given
    issues = raised(gsed, record)
    assert set(issues) == {code}
    assert words in issues[code]
    status = gsed.score(record, errors="flag").domain("general").scales[0].status
    assert status == ("ok" if "gestation_weeks" in given else "age_invalid" if code == "age_invalid" else "age_missing")


@pytest.mark.parametrize("kind", [str, dt.date.fromisoformat, dt.datetime.fromisoformat, np.datetime64, pd.Timestamp])
def test_dates_of_many_types_are_one_date(gsed: otscore.Scorer, kind: Any) -> None:
    record = {"responses": {"gs1moc060": 1}, "birth_date": kind("2019-11-23"), "assessment_date": kind("2020-12-27")}
    assert gsed.score(record).age_days == 400


def test_a_child_without_answers_is_no_error(battery: otscore.Battery) -> None:
    profile = battery.score({"id": "kanari", "age_days": 400, "responses": {}})
    assert {domain.evidence for domain in profile.domains} == {"not_assessed"}


def test_sex_is_asked_for_only_where_it_is_needed(battery: otscore.Battery) -> None:
    battery.score(child())
    hands = {f"dominant_{number}": 20 for number in (1, 2, 3)}
    assert "nhanes-grip@2014 needs sex" in raised(battery, child(hands, age_days=3300))["stratum_missing"]
    one = battery.score(child(hands, age_days=3300, sex="F"))
    assert one == battery.score(child(hands, age_days=3300, strata={"sex": "female"}))
    assert one.domain("fine_motor").evidence == "normed"


@pytest.mark.parametrize("identifier", [None, "", "007", 7, np.int64(7), "🦉", "=1+1", "\u202ex", "x" * 10_000, 1.5])
def test_identifiers_are_echoed(gsed: otscore.Scorer, identifier: Any) -> None:
    profile = gsed.score(child(id=identifier))
    assert profile.id == (str(identifier) if isinstance(identifier, float) else identifier)
    assert otscore.Profile.model_validate_json(profile.to_json()) == profile


def test_an_item_answered_twice_hides_nothing(gsed: otscore.Scorer) -> None:
    record = child({"ddigmm064": 7, "DDIGMM064": 0, "nope": 1}, age_days=-999)
    issues = raised(gsed, record, otscore.UsageError)
    assert set(issues) == {"duplicate_item", "illegal_answer", "unknown_item", "age_invalid"}
    assert "ddigmm064: two answers are of this item" in issues["duplicate_item"]
    assert "nope: no item of" in issues["unknown_item"]
    turned = child({"DDIGMM064": 0, "ddigmm064": 7, "nope": 1}, age_days=-999)
    assert set(raised(gsed, turned, otscore.UsageError)) == set(issues)


def test_an_item_answered_twice_is_told_with_the_shape(gsed: otscore.Scorer) -> None:
    issues = raised(gsed, child({"ddigmm064": 1, "DDIGMM064": 0}, age_months=3, kanari=1), otscore.UsageError)
    assert set(issues) == {"duplicate_item", "age_twice", "unknown_key"}


@pytest.mark.parametrize("absent", [pd.NA, pd.NaT, float("nan"), None, np.float32("nan")])
def test_an_absent_identifier_or_informant_is_none(gsed: otscore.Scorer, absent: Any) -> None:
    profile = gsed.score(child(id=absent, informant=absent))
    assert profile.id is None
    assert profile == gsed.score(child(id=None))
    assert profile.domain("general").scales[0].informant == ""


@pytest.mark.parametrize("part", ["id", "informant"])
@pytest.mark.parametrize("several", [["kanari"], {"kanari": 61977}, ("kanari", 1), np.array([61977, 1])], ids=lambda value: type(value).__name__)
def test_several_values_where_one_is_asked_for(gsed: otscore.Scorer, part: str, several: Any) -> None:
    issues = raised(gsed, child(**{part: several}), otscore.UsageError)
    assert f"{part}: several values where one is asked for" in issues["not_a_single_value"]


def test_sex_given_twice_must_agree(battery: otscore.Battery) -> None:
    hands = {f"dominant_{number}": 20 for number in (1, 2, 3)}
    record = child(hands, age_days=3300, strata={"sex": "male"})
    assert set(raised(battery, record | {"sex": "female"}, otscore.UsageError)) == {"sex_twice"}
    assert battery.score(record | {"sex": "Male "}) == battery.score(record)
    assert battery.score(record | {"sex": None}) == battery.score(record)


def test_hints_for_a_record_speak_of_the_record(gsed: otscore.Scorer) -> None:
    for answer in (777, "kanari", 0.5, "0,5", True):
        hint = raised(gsed, child({"gs1moc060": answer, "gs1lgc062": 0}), otscore.IllegalAnswer)["illegal_answer"]
        assert "Correct the answer, or leave the item out where there is none" in hint
        assert "mapping" not in hint
        assert "--missing" not in hint
