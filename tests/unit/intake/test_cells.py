"""Cells that are no answers: dates of every type, words for nothing, and cells that hold more than one value."""

from __future__ import annotations

import datetime as dt
import traceback
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as arrow
import pytest

import otscore

CANARIES = ("kanari", "61977", "2019-11-23", "2019, 11, 23")
GRIP = "nhanes-grip@2014"


@pytest.fixture(scope="module")
def gsed() -> otscore.Scorer:
    return otscore.Scorer.load("gsed@2406")


def dated(**columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"id": ["a", "b", "c"], "birth_date": "2019-11-23", "assessment_date": "2020-12-27", "gs1moc060": [1, 0, 1]})
    return frame.assign(**columns)


def days(scores: otscore.Scores) -> list[float | None]:
    return [None if age != age else age for age in scores.to_frame()["age_days"]]


DAYS = [dt.date(2019, 11, 23), dt.date(2019, 11, 24), None]


@pytest.mark.parametrize("kind", ["date32[pyarrow]", "date64[pyarrow]", "timestamp[ns][pyarrow]", "timestamp[s, tz=Asia/Tokyo][pyarrow]"])
def test_dates_of_arrow(gsed: otscore.Scorer, kind: str) -> None:
    kinds = {"date32[pyarrow]": arrow.date32(), "date64[pyarrow]": arrow.date64(), "timestamp[ns][pyarrow]": arrow.timestamp("ns")}
    dtype = pd.ArrowDtype(kinds.get(kind, arrow.timestamp("s", tz="Asia/Tokyo")))
    birth = pd.Series([pd.Timestamp(day, tz="Asia/Tokyo") if "tz" in kind else day for day in DAYS], dtype=dtype)
    scores = gsed.score_frame(dated(birth_date=birth))
    assert days(scores) == [400, 399, None]
    assert [(issue.code, issue.row) for issue in scores.issues] == [("age_missing", 3)]


@pytest.mark.parametrize("kind", [lambda day: day, lambda day: dt.datetime.combine(day, dt.time(5)), np.datetime64, pd.Timestamp, str])
def test_dates_among_objects(gsed: otscore.Scorer, kind: Any) -> None:
    birth = pd.Series([None if day is None else kind(day) for day in DAYS], dtype=object)
    assert days(gsed.score_frame(dated(birth_date=birth))) == [400, 399, None]


@pytest.mark.parametrize("word", ["NA", "na", "NaN", " NA ", ""])
def test_a_word_for_nothing_is_no_date(gsed: otscore.Scorer, word: str) -> None:
    scores = gsed.score_frame(dated(birth_date=["23/11/2019", word, "24/11/2019"]))
    assert [(issue.code, issue.row, issue.count) for issue in scores.issues] == [("bad_date", 1, 2), ("age_missing", 2, 1)]
    assert "All dates here fit date_format = '%d/%m/%Y'" in scores.issues[0].hint
    assert days(gsed.score_frame(dated(birth_date=["2019-11-23", word, "2019-11-24"]))) == [400, None, 399]


@pytest.mark.parametrize("word", ["NA", "", " "])
def test_a_word_for_nothing_is_no_age(gsed: otscore.Scorer, word: str) -> None:
    frame = dated(age_days=pd.Series(["400", word, 401], dtype=object)).drop(columns=["birth_date", "assessment_date"])
    scores = gsed.score_frame(frame)
    assert [(issue.code, issue.row) for issue in scores.issues] == [("age_missing", 2)]


def test_codes_for_missing_answers_do_not_touch_ages(gsed: otscore.Scorer) -> None:
    frame = dated(age_days=[400, 777, 500], gs1moc060=[1, 777, 0]).drop(columns=["birth_date", "assessment_date"])
    scores = gsed.score_frame(frame, missing=[777])
    assert days(scores) == [400, 777, 500]
    assert scores.issues == ()


def test_an_age_that_looks_like_a_missing_code_is_told(gsed: otscore.Scorer) -> None:
    frame = dated(age_days=[-99, -9, -20]).drop(columns=["birth_date", "assessment_date"])
    scores = gsed.score_frame(frame)
    found = {issue.code: issue for issue in scores.issues}
    assert (found["age_negative"].row, found["age_negative"].count) == (1, 2)
    assert "a corrected age before term is right as it is" in found["age_negative"].hint
    assert set(scores.to_frame()["status"]) == {"below_age"}


SEVERAL: list[Any] = [["kanari", 61977], {"kanari": 61977}, np.array([61977, 1]), ("kanari", 61977), {61977}, [dt.date(2019, 11, 23)]]


@pytest.mark.parametrize("cell", SEVERAL, ids=lambda cell: type(cell).__name__)
@pytest.mark.parametrize("part", ["id", "informant", "birth_date", "sex", "gestation_weeks", "age_days"])
def test_several_values_in_a_cell_are_told(part: str, cell: Any) -> None:
    hands = {f"dominant_{number}": [20.0, 21.0, 22.0] for number in (1, 2, 3)}
    frame = pd.DataFrame({"id": ["a", "b", "c"], "birth_date": "2010-11-23", "assessment_date": "2020-12-27", "sex": ["m", "f", "m"]} | hands)
    frame["informant"], frame["gestation_weeks"] = "mother", 40
    if part == "age_days":
        frame = frame.drop(columns=["birth_date", "assessment_date"]).assign(age_days=3300)
    column = frame[part].astype(object).tolist()
    column[1] = cell
    frame[part] = pd.Series(column, dtype=object)
    scores = otscore.Scorer.load(GRIP, scales="dominant").score_frame(frame)
    issues = {issue.code: issue for issue in scores.issues}
    assert (issues["not_a_single_value"].row, issues["not_a_single_value"].field) == (2, part)
    told = str([issue.to_dict() for issue in scores.issues])
    assert [word for word in CANARIES if word in told] == []
    status = {"birth_date": "age_missing", "age_days": "age_missing", "sex": "stratum_missing"}.get(part, "ok")
    assert scores.to_frame()["status"].tolist() == ["ok", status, "ok"]
    assert scores.profile(1).id == (None if part == "id" else "b")


@pytest.mark.parametrize("part", ["id", "visit", "item", "response"])
def test_several_values_in_a_cell_of_a_long_table_are_told(gsed: otscore.Scorer, part: str) -> None:
    rows = pd.DataFrame({"id": ["a", "a", "b"], "visit": [1, 1, 1], "age_days": 400, "item": ["gs1moc060", "gs1lgc062", "gs1moc060"], "response": [1, 0, 1]})
    column = rows[part].astype(object).tolist()
    column[1] = ["kanari", 61977]
    rows[part] = pd.Series(column, dtype=object)
    scores = gsed.score_frame(rows, visit="visit", item="item", response="response")
    code = "illegal_answer" if part == "response" else "not_a_single_value"
    issue = next(issue for issue in scores.issues if issue.code == code)
    assert issue.row == 2
    assert [word for word in CANARIES if word in str([one.to_dict() for one in scores.issues])] == []


@pytest.mark.parametrize("kind", [arrow.list_(arrow.int64()), arrow.struct([("a", arrow.int64())])])
def test_nested_columns_of_arrow_are_told(gsed: otscore.Scorer, kind: Any) -> None:
    cell = {"a": 61977} if "struct" in str(kind) else [61977]
    ids = pd.Series(pd.arrays.ArrowExtensionArray(arrow.array([cell, cell, None], kind)))
    scores = gsed.score_frame(dated(id=ids))
    assert [(issue.code, issue.row, issue.count) for issue in scores.issues] == [("not_a_single_value", 1, 2)]
    assert [scores.profile(row).id for row in range(3)] == [None] * 3


def test_an_identifier_of_another_type_is_a_single_value(gsed: otscore.Scorer) -> None:
    import uuid

    ids = [uuid.uuid4(), uuid.uuid4(), "c"]
    scores = gsed.score_frame(dated(id=ids))
    assert scores.issues == ()
    assert scores.profile(0).id == str(ids[0])


@pytest.mark.parametrize("absent", [pd.NA, None, np.nan, pd.NaT])
def test_an_identifier_that_is_absent(gsed: otscore.Scorer, absent: Any) -> None:
    scores = gsed.score_frame(dated(id=pd.Series(["a", absent, "c"], dtype=object)))
    assert [scores.profile(row).id for row in range(3)] == ["a", None, "c"]


@pytest.mark.parametrize("frame", [[{"id": 1}], {"id": [1]}, None, 5, "in.csv"])
def test_what_is_no_frame_is_refused(gsed: otscore.Scorer, frame: Any) -> None:
    with pytest.raises(otscore.UsageError) as caught:
        gsed.score_frame(frame)
    assert "a table is a pandas DataFrame" in str(caught.value)
    with pytest.raises(otscore.UsageError, match="a mapping is a mapping file or"):
        gsed.score_frame(dated(), mapping=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ignore": "note"}, 'ignore: the key takes a list of columns, or "unknown"'),
        ({"missing": 777}, "missing: the key takes a list of codes"),
        ({"id": 5}, "id: the key takes the name of a column, as text"),
        ({"items": ["x"]}, "items: the key takes a table of column to item code"),
        ({"recode": {"gs1moc060": {"kanari": [61977]}}}, "recode: the key takes for each item a table"),
        ({"date_format": 5}, "date_format: the key takes the form of the dates"),
    ],
)
def test_parts_of_the_wrong_kind(gsed: otscore.Scorer, columns: dict[str, Any], said: str) -> None:
    with pytest.raises(otscore.UsageError) as caught:
        gsed.score_frame(dated(), **columns)
    assert len(caught.value.issues) == 1
    assert f"column {said}" in str(caught.value)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.to_dict())
    assert "Input should" not in told
    assert [word for word in CANARIES if word in told] == []


@pytest.mark.parametrize("errors", ["rasie", "strict", None, 5, []])
def test_there_are_two_ways_to_treat_errors(gsed: otscore.Scorer, errors: Any) -> None:
    with pytest.raises(otscore.UsageError, match='errors="raise" or errors="flag"'):
        gsed.score_frame(dated(), errors=errors)
    with pytest.raises(otscore.UsageError, match='errors="raise" or errors="flag"'):
        gsed.score({"age_days": 400, "responses": {"gs1moc060": 1}}, errors=errors)


def test_a_prior_for_children_without_age_needs_no_age() -> None:
    scorer = otscore.Scorer.load("gsed@2406", prior_without_age=(40, 5))
    frame = dated().drop(columns=["birth_date", "assessment_date"])
    scores = scorer.score_frame(frame)
    assert scores.issues == ()
    assert scores.to_frame()["ability"].notna().all()
    profile = scorer.score({"id": "a", "responses": {"gs1moc060": 1}})
    assert profile.domain("general").scales[0].ability == scores.to_frame()["ability"].iloc[0]
    assert scorer.score_frame(frame.assign(age_days=[400, None, 400])).issues == ()
