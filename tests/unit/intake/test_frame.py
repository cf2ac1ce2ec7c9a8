"""A DataFrame as input: what is raised, what is flagged, and that storage, order and pieces make no difference."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import otscore

CANARIES = ("kanari", "61977", "2019-11-23", "8817.25")
ITEMS = ["gs1moc060", "gs1lgc062", "gs1sec001"]


@pytest.fixture(scope="module")
def gsed() -> otscore.Scorer:
    return otscore.Scorer.load("gsed@2406")


@pytest.fixture(autouse=True)
def no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def children(n: int = 6, **columns: Any) -> pd.DataFrame:
    answers = np.arange(3 * n).reshape(n, 3) % 2
    frame = pd.DataFrame({"id": [f"kanari{row}" for row in range(n)], "age_days": 300.0 + 30 * np.arange(n)})
    return pd.concat([frame, pd.DataFrame(answers, columns=ITEMS)], axis=1).assign(**columns)


def told(error: otscore.OtscoreError) -> str:
    text = "".join(traceback.format_exception(error)) + str(error.to_dict()) + repr(error)
    assert [word for word in CANARIES if word in text.casefold()] == []
    return str(error)


def table(scores: Any) -> pd.DataFrame:
    frame: pd.DataFrame = scores.to_frame()
    return frame.astype(dict.fromkeys(frame.select_dtypes("category").columns, "object"))


STORED = {
    "floats": lambda column: column.astype("float64"),
    "small": lambda column: column.astype("int8"),
    "nullable": lambda column: column.astype("Int64"),
    "nullable floats": lambda column: column.astype("Float32"),
    "text": lambda column: column.astype(str),
    "nullable text": lambda column: column.astype("string"),
    "categories": lambda column: column.astype("category"),
    "categories of text": lambda column: column.astype(str).astype("category"),
    "objects": lambda column: column.astype(object),
    "arrow": lambda column: column.astype("int64[pyarrow]"),
}


@pytest.mark.parametrize("store", STORED.values(), ids=STORED)
def test_the_way_answers_are_stored_makes_no_difference(gsed: otscore.Scorer, store: Any) -> None:
    plain = gsed.score_frame(children())
    frame = children()
    frame[ITEMS] = frame[ITEMS].apply(store)
    scores = gsed.score_frame(frame.astype({name: store(frame[name]).dtype for name in ITEMS}))
    assert scores.issues == ()
    pd.testing.assert_frame_equal(table(scores), table(plain))


GAPS: list[Any] = [None, np.nan, pd.NA, "", " ", "NA", pd.NaT]


@pytest.mark.parametrize("gap", GAPS, ids=repr)
def test_an_empty_cell_is_no_answer(gsed: otscore.Scorer, gap: Any) -> None:
    frame = children(3, gs1moc060=pd.Series([1, gap, 0], dtype=object))
    scores = gsed.score_frame(frame)
    assert scores.issues == ()
    assert scores.arrays.n_answered[:, 0].tolist() == [3, 2, 3]


@pytest.mark.parametrize("kind", ["Int64", "string", "boolean", "Float64", "category"])
def test_gaps_of_nullable_types_are_no_answers(gsed: otscore.Scorer, kind: str) -> None:
    values = [True, None, False] if kind == "boolean" else ["1", None, "0"] if kind == "string" else [1, None, 0]
    frame = children(3, gs1moc060=pd.Series(values, dtype=kind), id=pd.Series(["a", None, "b"], dtype="string"))
    scores = gsed.score_frame(frame, missing=[777], recode={"gs1moc060": {"true": 1, "false": 0}})
    assert scores.issues == ()
    assert scores.arrays.n_answered[:, 0].tolist() == [3, 2, 3]
    assert scores.profile(1).id is None


ILLEGAL = [61977, -61977, 0.5, "kanari", True, np.inf, -np.inf, [61977], pd.Timestamp("2019-11-23"), 10**400]


@pytest.mark.parametrize("answer", ILLEGAL, ids=lambda answer: type(answer).__name__)
def test_illegal_answers_are_flagged_or_raised(gsed: otscore.Scorer, answer: Any) -> None:
    frame = children(3, gs1moc060=pd.Series([1, answer, 0], dtype=object))
    scores = gsed.score_frame(frame)
    assert [(issue.code, issue.row, issue.field) for issue in scores.issues] == [("illegal_answer", 2, "gs1moc060")]
    assert scores.to_frame()["status"].tolist() == ["ok", "illegal_answer", "ok"]
    with pytest.raises(otscore.IllegalAnswer) as caught:
        gsed.score_frame(frame, errors="raise")
    assert "frame, row 2, column gs1moc060" in told(caught.value)


DATED = children(birth_date="2019-11-23", assessment_date="2020-11-23").drop(columns="age_days")
REFUSED = {
    "unknown column": (children(kanari=1, gs1moc06=1).drop(columns="kanari"), {}, otscore.UnknownItem, "Did you mean gs1moc060"),
    "column twice": (pd.concat([children(), children()[ITEMS[:1]]], axis=1), {}, otscore.ResponseError, "gs1moc060: the column stands twice"),
    "case variants": (children(GS1MOC060=1), {}, otscore.ResponseError, "two columns are the item gs1moc060"),
    "no age": (children().drop(columns="age_days"), {}, otscore.ResponseError, "no column gives the age"),
    "no item": (children().drop(columns=ITEMS), {}, otscore.ResponseError, "no column is an item of gsed@2406"),
    "absent column": (children(), {"id": "child"}, otscore.ResponseError, "there is no such column, named as id"),
    "unknown part": (children(), {"agedays": "age_days"}, otscore.UsageError, "there is no such key. Did you mean age_days"),
    "numbers as names": (children().set_axis(range(5), axis=1), {}, otscore.ResponseError, "no column gives the age"),
    "a wrong date format": (DATED, {"date_format": "%!"}, otscore.UsageError, "this date format cannot be used"),
}  # fmt: skip


@pytest.mark.parametrize(("frame", "columns", "kind", "words"), REFUSED.values(), ids=REFUSED)
def test_frames_that_are_refused(gsed: otscore.Scorer, frame: pd.DataFrame, columns: Any, kind: Any, words: str) -> None:
    with pytest.raises(kind) as caught:
        gsed.score_frame(frame, **columns)
    assert words in told(caught.value)


def test_raising_tells_every_problem(gsed: otscore.Scorer) -> None:
    frame = children(age_days=pd.Series([400, -8817.25, "kanari", None, 500, 500], dtype=object), gs1moc060=[61977, 1, 1, 1, 0, 0], id="kanari")
    with pytest.raises(otscore.ResponseError) as caught:
        gsed.score_frame(frame, errors="raise")
    assert {issue.code for issue in caught.value.issues} == {"age_invalid", "age_missing", "not_a_number", "illegal_answer", "duplicate_id"}
    told(caught.value)


def test_an_empty_frame_gives_an_empty_table(gsed: otscore.Scorer) -> None:
    scores = gsed.score_frame(children(0))
    assert len(scores.to_frame()) == 0
    assert list(scores.to_frame().columns) == list(gsed.score_frame(children()).to_frame().columns)


def test_dates_of_many_types_give_one_age(gsed: otscore.Scorer) -> None:
    days = pd.to_datetime(["2019-11-23"] * 3)
    kinds = [days.astype(kind) for kind in (str, object, "string", "category", "timestamp[ns][pyarrow]")]
    for birth in (days, days.tz_localize("Asia/Tokyo"), days.date, *kinds):
        frame = children(3, birth_date=birth, assessment_date=["2020-12-27", " 2020-12-28 ", None]).drop(columns="age_days")
        scores = gsed.score_frame(frame)
        assert scores.arrays is not None
        np.testing.assert_array_equal(scores.to_frame()["age_days"], [400, 401, np.nan])
        assert [(issue.code, issue.row) for issue in scores.issues] == [("age_missing", 3)]


def test_identifiers_keep_their_type(gsed: otscore.Scorer) -> None:
    for ids in (["007", "08", ""], [7, 8, 9], pd.array([2**60, None, 3], dtype="Int64"), pd.Series(["a", "b", "a"], dtype="category"), [1.5, np.nan, 3]):
        scores = gsed.score_frame(children(3, id=ids))
        expected = [None if pd.isna(one) else one for one in pd.Series(ids)]
        assert [None if pd.isna(one) else one for one in scores.to_frame()["id"]] == expected
        assert [scores.profile(row).id is None for row in range(3)] == [one is None for one in expected]


def test_informants_are_echoed_and_never_nan() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    scores = scorer.score_frame(children(3, informant=["mother", None, np.nan]))
    assert [scores.profile(row).domain("general").scales[0].informant for row in range(3)] == ["mother", "", ""]
    assert scores.to_frame()["informant"].tolist() == ["mother", "", ""]


def test_rows_in_any_order_and_number_give_the_same(gsed: otscore.Scorer) -> None:
    frame = children(40).set_index(pd.Index(np.arange(40) % 7, name="id_of_row"))
    whole = table(gsed.score_frame(frame))
    turned = table(gsed.score_frame(frame[::-1]))
    pd.testing.assert_frame_equal(turned[::-1].reset_index(drop=True), whole)
    parts = pd.concat([table(gsed.score_frame(frame.iloc[place : place + 7])) for place in range(0, 40, 7)], ignore_index=True)
    pd.testing.assert_frame_equal(parts, whole)


def test_a_long_frame_in_any_order_gives_the_wide_scores(gsed: otscore.Scorer) -> None:
    wide = children(5)
    long = wide.melt(id_vars=["id", "age_days"], var_name="item", value_name="response")
    scores = gsed.score_frame(long, item="item", response="response")
    pd.testing.assert_frame_equal(table(scores), table(gsed.score_frame(wide)))
    long.loc[3, "response"] = 61977
    assert [(issue.row, issue.field) for issue in gsed.score_frame(long, item="item", response="response").issues] == [(4, "gs1moc060")]
    long.loc[0, "item"] = "gs1moc06"
    with pytest.raises(otscore.UnknownItem) as caught:
        gsed.score_frame(long, item="item", response="response")
    assert "frame, row 1, column item: the item code gs1moc06 is unknown. Did you mean gs1moc060" in told(caught.value)


def test_children_without_an_identifier_are_not_put_together(gsed: otscore.Scorer) -> None:
    rows = pd.DataFrame({"id": ["a", None, "a", "", np.nan], "age_days": 400, "item": [*ITEMS[:2], *ITEMS[1:3], ITEMS[0]], "response": 1})
    scores = gsed.score_frame(rows, item="item", response="response")
    assert [(issue.code, issue.row, issue.field, issue.count) for issue in scores.issues] == [("id_missing", 2, "id", 3)]
    assert scores.to_frame()[["id", "n_answered"]].values.tolist() == [["a", 2]]
    with pytest.raises(otscore.ResponseError, match="it is not scored"):
        gsed.score_frame(rows, item="item", response="response", errors="raise")
    visits = rows.rename(columns={"id": "visit"})
    assert [issue.field for issue in gsed.score_frame(visits, visit="visit", item="item", response="response").issues] == ["visit"]


HEADERS = {
    "a misspelt item": (lambda frame: frame.rename(columns={"gs1sec001": "gs1sec01"}), {}, "column gs1sec01: no item"),
    "no age": (lambda frame: frame.drop(columns="age_days"), {}, "no column gives the age"),
    "a column twice": (lambda frame: pd.concat([frame, frame[["gs1sec001"]]], axis=1), {}, "column gs1sec001: the column stands twice"),
    "one item twice": (lambda frame: frame.assign(GS1SEC001=1), {}, "two columns are the item gs1sec001"),
    "an absent column": (lambda frame: frame, {"id": "child"}, "there is no such column, named as id"),
    "an absent date": (lambda frame: frame.assign(birth_date="2019-11-23"), {"birth_date": "birth_date", "assessment_date": "seen"}, "column seen: there is no"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "columns", "said"), HEADERS.values(), ids=HEADERS)
def test_a_problem_of_the_header_hides_none_of_the_rows(gsed: otscore.Scorer, change: Any, columns: Any, said: str) -> None:
    frame = change(children(gs1moc060=[61977, 1, 1, 0, 1, 777]))
    with pytest.raises(otscore.ResponseError) as caught:
        gsed.score_frame(frame, ignore=["age_days"] if "assessment_date" in columns else [], **columns)
    text = told(caught.value)
    assert said in text
    assert "frame, row 1, column gs1moc060: an answer outside the legal set. Allowed: 0, 1 - rows 1, 6 (2 rows)" in text


def test_a_missing_column_that_selects_the_norms_hides_none_of_the_rows() -> None:
    hands = {f"dominant_{number}": [20.0, 61977.0] for number in (1, 2, 3)}
    scorer = otscore.Scorer.load("nhanes-grip@2014")
    wide = pd.DataFrame({"id": ["kanari", "b"], "age_years": [9.0, 8817.25]} | hands)
    long = wide.melt(id_vars=["id", "age_years"], var_name="item", value_name="response")
    for frame, columns in ((wide, {}), (long, {"item": "item", "response": "response"})):
        with pytest.raises(otscore.ResponseError) as caught:
            scorer.score_frame(frame, **columns)
        assert {issue.code for issue in caught.value.issues} == {"stratum_missing", "illegal_answer", "age_invalid"}
        told(caught.value)


def test_hostile_identifiers_are_inert_in_html(gsed: otscore.Scorer) -> None:
    hostile = '<script>alert("kanari")</script><img src=x onerror=alert(1)>'
    scores = gsed.score_frame(children(2, id=hostile, informant=hostile))
    for html in (scores._repr_html_(), scores.profile(0)._repr_html_()):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_a_streamed_file_gives_what_the_whole_frame_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from otscore.cli import main
    from otscore.intake import files

    monkeypatch.setattr(files, "CHUNK_ROWS", 97)
    generator = np.random.default_rng(1)
    hands = {f"{hand}_{trial}": generator.uniform(5, 40, 1000) for hand in ("dominant", "nondominant") for trial in (1, 2, 3)}
    frame = pd.DataFrame({"id": [f"00{row}" for row in range(1000)], "age_years": generator.uniform(5, 20, 1000), "sex": ["m", "f", None, "boy"] * 250} | hands)
    frame.loc[::13, "dominant_1"] = np.nan
    frame.loc[::17, "nondominant_2"] = 95.0
    frame.to_csv(tmp_path / "in.csv", index=False)
    frame.to_parquet(tmp_path / "in.parquet")
    expected = table(otscore.Scorer.load("nhanes-grip@2014").score_frame(frame))
    for name in ("in.csv", "in.parquet"):
        assert main(["score", str(tmp_path / name), "--pack", "nhanes-grip@2014", "--out", str(tmp_path / "out.parquet")]) == 1
        found = pd.read_parquet(tmp_path / "out.parquet")
        for column in expected:
            wanted = expected[column]
            if pd.api.types.is_numeric_dtype(wanted):
                np.testing.assert_array_equal(found[column], wanted, err_msg=column)
            else:
                assert found[column].fillna("").tolist() == wanted.fillna("").tolist(), column


def test_a_complex_number_is_no_answer_and_no_age(gsed: otscore.Scorer) -> None:
    scores = gsed.score_frame(children(3, gs1moc060=np.array([1, 0 + 5j, 1])))
    assert {issue.code for issue in scores.issues} == {"illegal_answer"}
    assert set(scores.to_frame()["status"]) == {"illegal_answer"}
    scores = gsed.score_frame(children(3, age_days=np.array([400 + 1j, 400, 400]), gs1moc060=1))
    assert {issue.code for issue in scores.issues} == {"not_a_number"}
