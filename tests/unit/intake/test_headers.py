"""Tables whose first line is no header, or an odd one: what may be told of it, and what is understood."""

from __future__ import annotations

import traceback
from typing import Any

import pandas as pd
import pytest

import otscore
from otscore.intake.spelling import could_be_data

GSED, GRIP = "gsed@2406", "nhanes-grip@2014"
CANARIES = ("Zaphod", "Trillian", "0042x", "1987-03-04", "1988-03-04", "04.03.1987", "8,5", "4 Mar 1987", "31415")


def frame(*rows: str) -> pd.DataFrame:
    """The first row becomes the names of the columns."""
    head, *rest = [row.split(",") for row in rows]
    return pd.DataFrame(rest, columns=head)


LONG = ("Zaphod,1987-03-04,1988-03-04,ddigmm064,1", "Zaphod,1987-03-04,1988-03-04,ddigmm066,0")
NAMED = {"id": "id", "item": "item", "response": "resp"}
SIDEWAYS = ("id,Zaphod,0042x", "age_days,400,500", "ddigmm064,1,0")
NO_HEADER = {
    "long": (LONG, {}, GSED), "long, with names": (LONG, NAMED, GSED), "long, with a wrong name": (LONG, {"id": "child"}, GSED),
    "on its side": (SIDEWAYS, {}, GSED), "on its side, with names": (SIDEWAYS, NAMED, GSED), "on its side, with a name": (SIDEWAYS, {"id": "kid"}, GSED),
    "on its side, corner twice": (("id,Zaphod,Zaphod", "age_days,400,500"), {}, GSED),
    "sex first": (("sex,Zaphod", "male,1"), {}, GRIP), "wide": (("Zaphod,31415,1,0", "Trillian,400,1,1"), {}, GSED),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "columns", "pack"), NO_HEADER.values(), ids=NO_HEADER)
def test_a_first_line_that_is_no_header_is_not_repeated(rows: tuple[str, ...], columns: dict[str, str], pack: str) -> None:
    with pytest.raises(otscore.ResponseError) as caught:
        otscore.Scorer.load(pack).score_frame(frame(*rows), **columns)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.to_dict())
    assert [word for word in CANARIES if word in told] == []
    assert "lack the header line" in str(caught.value)


def test_numbers_as_item_codes_do_not_make_a_header(tmp_path) -> None:
    """The answers of a table without header are item codes of such a pack."""
    import shutil
    from pathlib import Path

    home = tmp_path / "snorf" / "1"
    shutil.copytree(Path(__file__).parents[2] / "bad_packs" / "base" / "snorf" / "1", home)
    for file in ("instrument.toml", "items.csv", "cases.csv", "pack.toml"):
        text = (home / file).read_text("utf-8")
        for number, code in enumerate(("s1", "s2", "s3"), 1):
            text = text.replace(f'"{code}"', f'"{number}"').replace(f"\n{code},", f"\n{number},")
        (home / file).write_text(text, "utf-8")
    scorer = otscore.Scorer.load(path=home)
    assert {"1", "2"} <= scorer.form.known_items
    with pytest.raises(otscore.ResponseError) as caught:
        scorer.score_frame(frame("Zaphod,31415,1,2,1", "Trillian,500,2,1,1"))
    assert [word for word in CANARIES if word in str(caught.value.to_dict())] == []
    with pytest.raises(otscore.UnknownItem, match="shoe_size"):
        scorer.score_frame(frame("id,age_months,1,2,shoe_size", "a,30,2,1,1"))


@pytest.mark.parametrize("name", CANARIES[3:] + ("1987-03-04 00:00:00", "1987-03-04T00:00:00Z", "March 4, 1987", "4. März 1987", "1e5", "inf", "nan", "12:30"))
def test_a_header_that_reads_as_a_number_or_a_date_is_counted_and_not_named(name: str) -> None:
    assert could_be_data(name)
    children = frame("id,age_days,ddigmm064,ddigmm066", "a,400,1,0").assign(**{name: 1})
    with pytest.raises(otscore.UnknownItem) as caught:
        otscore.Scorer.load(GSED).score_frame(children)
    assert name not in str(caught.value.to_dict())
    assert "1 column that no pack knows" in str(caught.value)
    with pytest.raises(otscore.ResponseError) as caught:
        otscore.Scorer.load(GSED).score_frame(children, ignore="unknown", id="child")
    assert "The table has: id, age_days, ddigmm064, ddigmm066 ..." in str(caught.value)


@pytest.mark.parametrize("name", ["gs1moc060", "shoe_size", "age_days", "FCF6", "v2", "Zaphod", "marker 1", "decided"])
def test_other_headers_are_no_data(name: str) -> None:
    assert not could_be_data(name)


def test_item_codes_that_could_be_any_cell_of_a_shifted_row_are_not_told() -> None:
    rows = frame("id,age_days,item,response", "Zaphod,400,31415,1", "Zaphod,400,1987-03-04,1", "Zaphod,400,ddigmm0644,1")
    with pytest.raises(otscore.UnknownItem) as caught:
        otscore.Scorer.load(GSED).score_frame(rows, item="item", response="response")
    assert [word for word in CANARIES if word in str(caught.value.to_dict())] == []
    assert "the item code ddigmm0644 is unknown" in str(caught.value)


@pytest.mark.parametrize("change", [str.upper, str.title, lambda name: name])
def test_parts_are_understood_in_upper_and_lower_case(change: Any) -> None:
    hands = {f"dominant_{number}": [20, 21] for number in (1, 2, 3)}
    children = pd.DataFrame({"id": ["007", "8"], "age_years": [9.0, 10.0], "sex": ["f", "m"], "gestation_weeks": [40, 40]} | hands)
    scorer = otscore.Scorer.load(GRIP)
    expected = scorer.score_frame(children)
    found = scorer.score_frame(children.rename(columns=change))
    assert found.issues == expected.issues == ()
    pd.testing.assert_frame_equal(found.to_frame(), expected.to_frame())


def test_of_two_columns_that_differ_in_case_neither_is_guessed() -> None:
    scorer = otscore.Scorer.load(GSED)
    with pytest.raises(otscore.UnknownItem, match="column ID: no item"):
        scorer.score_frame(frame("ID,Id,age_days,ddigmm064,ddigmm066", "a,b,400,1,0"))
    scores = scorer.score_frame(frame("id,ID,age_days,ddigmm064,ddigmm066", "a,b,400,1,0"), ignore=["ID"])
    assert scores.to_frame()["id"].tolist() == ["a"]


def test_what_is_ignored_is_no_part() -> None:
    scorer = otscore.Scorer.load(GSED)
    children = frame("id,age_days,birth_date,assessment_date,ddigmm064", "Zaphod,400,2020-01-01,2021-03-01,1").astype({"age_days": int, "ddigmm064": int})
    scores = scorer.score_frame(children, ignore=["id", "age_days"])
    assert scores.to_frame()[["id", "age_days"]].values.tolist() == [[1, 425]]
    scores = scorer.score_frame(children, ignore=["birth_date", "assessment_date"])
    assert scores.to_frame()[["id", "age_days"]].values.tolist() == [["Zaphod", 400]]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": "nr", "items": {"nr": "dominant_1"}}, "two uses"),
        ({"items": {"b": "dominant_1"}, "ignore": ["b"]}, "two uses"),
        ({"id": "nr", "ignore": ["nr"]}, "two uses"),
        ({"strata": {"sex": "nr"}, "ignore": ["nr"]}, "two uses"),
    ],
)
def test_a_column_named_for_two_uses_is_refused(columns: dict[str, Any], said: str) -> None:
    children = frame("nr,age_years,sex,b,dominant_2,dominant_3", "1,9,m,20,20,20")
    with pytest.raises(otscore.UsageError, match=said):
        otscore.Scorer.load(GRIP).score_frame(children, **columns)


def test_a_column_named_as_an_item_is_no_part() -> None:
    children = pd.DataFrame({"id": [20.0], "age_years": [9], "sex": ["m"], "dominant_2": [21], "dominant_3": [22]})
    scores = otscore.Scorer.load(GRIP, scales="dominant").score_frame(children, items={"id": "dominant_1"})
    assert scores.to_frame()["n_answered"].tolist() == [3]


def test_words_of_a_long_table_are_no_columns() -> None:
    rows = frame("id,age_days,item,response", "a,400,id,1", "a,400,ddigmm066,0")
    scores = otscore.Scorer.load(GSED).score_frame(rows, item="item", response="response", items={"id": "ddigmm064"})
    assert scores.to_frame()["n_answered"].tolist() == [2]


@pytest.mark.parametrize("ignore", ["unknown", ["note"]])
def test_a_column_that_is_ignored_may_stand_twice(ignore: Any) -> None:
    children = frame("id,age_days,ddigmm064,note,note", "a,400,1,x,y")
    scores = otscore.Scorer.load(GSED).score_frame(children, ignore=ignore)
    assert scores.to_frame()["status"].tolist() == ["ok"]
    assert scores.issues == ()


def test_an_identifier_in_the_index_is_found() -> None:
    children = pd.DataFrame({"age_days": [400, 500], "ddigmm064": [1, 0]}, index=pd.Index(["a", "b"], name="id"))
    scorer = otscore.Scorer.load(GSED)
    assert scorer.score_frame(children).to_frame()["id"].tolist() == ["a", "b"]
    assert scorer.score_frame(children.rename_axis("child"), id="child").to_frame()["id"].tolist() == ["a", "b"]
    assert scorer.score_frame(children.rename_axis("child")).to_frame()["id"].tolist() == [1, 2]
    assert scorer.score_frame(children.assign(nr=[7, 8]), id="nr").to_frame()["id"].tolist() == [7, 8]


def test_a_header_of_which_little_is_known_is_no_problem_by_itself() -> None:
    children = pd.DataFrame({"subject": ["a", "b"], "ddigmm064": [1, 0]})
    scorer = otscore.Scorer.load(GSED, prior_without_age=(40, 5))
    assert scorer.score_frame(children, ignore="unknown").to_frame()["status"].tolist() != []
    assert scorer.score_frame(children, ignore=["subject"]).to_frame()["ability"].notna().all()
