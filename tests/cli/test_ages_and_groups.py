"""Ages, dates, gestation and the values that select a norm group: what is told, and what becomes of the child."""

from __future__ import annotations

import pandas as pd
import pytest

TRIALS = "dominant_1,dominant_2,dominant_3"
GRIP = "nhanes-grip@2014"


def ages(*cells: object, column: str = "age_days") -> str:
    return "\n".join([f"id,{column},gs1moc060", *(f"kanari{row},{cell},1" for row, cell in enumerate(cells))]) + "\n"


def dates(*pairs: tuple[object, object]) -> str:
    lines = (f"kanari{row},{birth},{test},1" for row, (birth, test) in enumerate(pairs))
    return "\n".join(["id,birth_date,assessment_date,gs1moc060", *lines]) + "\n"


AGES = {
    "negative": (ages(400, -900, 500), "row 2, column age_days: an age that no child has", "age_invalid"),
    "absurd": (ages(400, 61977, 500), "row 2, column age_days: an age that no child has. Is the age in another unit", "age_invalid"),
    "infinite": (ages(400, "inf", 500), "row 2, column age_days: not a number", "age_missing"),
    "huge": (ages(400, 1e308, 500), "row 2, column age_days: an age that no child has", "age_invalid"),
    "text": (ages(400, "kanari", 500), "row 2, column age_days: not a number", "age_missing"),
    "decimal comma": (ages(400, '"8817,25"', 500), "row 2, column age_days: not a number. Write a plain number, with a decimal point", "age_missing"),
    "booleans": (ages("True", "False", "True"), "rows 1, 2, 3 (3 rows)", "age_missing"),
    "missing": (ages(400, "", 500), "row 2, column age_days: no age, so no norm-referenced score", "age_missing"),
    "months as days": (ages(2, 4, 8, 12, 13), "column age_days: most children are younger than the norms. Is the age in days?", "below_age"),
    "days as months": (ages(400, 800, 700, 650, column="age_months"), "(4 rows). Is the age in another unit than its column says?", "age_invalid"),
    "older children": (ages(200, 190, 215, 205, column="age_months"), "column age_months: most children are older than the norms", "above_age"),
    "wrong way round": (
        dates(("2019-11-23", "2018-11-23"), ("2019-11-23", "2020-11-23")),
        "row 1, column assessment_date: the assessment lies before the birth. Are the two dates the wrong way round", "age_invalid",
    ),
    "too old": (dates(("1819-11-23", "2019-11-23")), "row 1, column assessment_date: an age that no child has. Is one of the two dates wrong?", "age_invalid"),
    "impossible": (dates(("2019-02-30", "2019-11-23")), "row 1, column birth_date: not a date in the form %Y-%m-%d", "age_missing"),
    "another form": (dates(("23/11/2019", "2020-11-23"), ("05/11/2019", "2020-11-23")), "rows 1, 2 (2 rows). All dates here fit date_format = '%d/%m/%Y'", "age_missing"),
    "month first": (dates(("11/23/2019", "2020-11-23")), "All dates here fit date_format = '%m/%d/%Y'", "age_missing"),
    "no date": (dates(("2019-11-23", "")), "row 1, column assessment_date: no age, so no norm-referenced score", "age_missing"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said", "status"), AGES.values(), ids=AGES)
def test_an_age_that_cannot_be_used_becomes_a_status(desk, content: str, said: str, status: str) -> None:
    outcome = desk.score(desk.file("in.csv", content))
    assert outcome.code == 1
    assert said in outcome.err
    assert len(outcome.rows) == content.count("\n") - 1
    assert status in {row["status"] for row in outcome.rows}
    assert not [row for row in outcome.rows if "inf" in row["age_days"]]


def test_one_age_is_told_once_with_several_packs(desk) -> None:
    outcome = desk.score(desk.file("in.csv", ages("", 400)), "--pack", "gsed@gcdg", "--pack", "ecdi@2030")
    assert outcome.err.count("no age") == 1
    assert "(2 rows)" not in outcome.err


def test_a_given_form_of_dates_is_read(desk) -> None:
    outcome = desk.score(desk.file("in.csv", dates(("23/11/2019", "24/11/2020"))), "--date-format", "%d/%m/%Y")
    assert outcome.code == 0, outcome.err
    assert outcome.rows[0]["age_days"] == "367.0"
    outcome = desk.score(desk.file("in.csv", dates(("20191123", "20201124"), ("20191123", ""))), "--date-format", "%Y%m%d")
    assert [row["age_days"] for row in outcome.rows] == ["367.0", ""]
    said = desk.refused(desk.folder / "in.csv", "--date-format", "%Q", out="other.csv")
    assert "this date format cannot be used" in said


def test_dates_of_parquet_are_read_as_they_stand(desk) -> None:
    days = pd.to_datetime(["2019-11-23", "2020-11-24"])
    for name, birth in (("days", days.date), ("stamps", days), ("zones", days.tz_localize("Asia/Tokyo")), ("objects", days.astype(object))):
        frame = pd.DataFrame({"id": ["kanari", "k"], "birth_date": birth, "assessment_date": ["2021-11-23"] * 2, "gs1moc060": 1})
        frame.to_parquet(desk.folder / f"{name}.parquet")
        outcome = desk.score(desk.folder / f"{name}.parquet")
        assert [row["age_days"] for row in outcome.rows] == ["731.0", "364.0"], name


def gestation(head: str, *cells: str) -> str:
    return "\n".join([f"id,age_days,{head},gs1moc060", *(f"kanari{row},400,{cell},1" for row, cell in enumerate(cells))]) + "\n"


def test_a_gestation_that_cannot_be_counts_as_unknown(desk) -> None:
    content = gestation("gestation_weeks", "34", "400", "-3", "8817.25", "")
    outcome = desk.score(desk.file("in.csv", content), "--age-basis", "corrected")
    assert outcome.code == 1
    assert "rows 2, 3, 4 (3 rows). Allowed: 20 to 45 weeks, and 0 to 6 days beside them. A gestation in days is named" in outcome.err
    assert [row["age_basis"] for row in outcome.rows] == ["corrected", *["chronological"] * 4]


def test_a_gestation_in_days_is_the_same_as_in_weeks(desk) -> None:
    found = []
    for head, cells in (
        ("gestation_weeks", ["34.2857142857", "30"]), ("gestation_weeks,gestation_days", ["34,2", "30,"]), ("gestation_days", ["240", "210"]),
    ):  # fmt: skip
        outcome = desk.score(desk.file("in.csv", gestation(head, *cells)), "--age-basis", "corrected")
        assert outcome.code == 0, outcome.err
        found.append([row["age_days"] for row in outcome.rows])
    assert found == [["360.0", "330.0"]] * 3
    outcome = desk.score(desk.file("in.csv", gestation("gestation_weeks,gestation_days", "34,9", "34,2")))
    assert "row 1, column gestation_weeks: a gestation that cannot be" in outcome.err


def grip(head: str, *cells: object) -> str:
    lines = (f"kanari{row},3300,{cell},18.5,19,17.5" for row, cell in enumerate(cells))
    return "\n".join([f"id,age_days,{head},{TRIALS}", *lines]) + "\n"


def test_a_missing_column_that_selects_the_norms_is_refused(desk) -> None:
    said = desk.refused(desk.file("in.csv", grip("name", "Kanari")), "--ignore", "name", pack=GRIP)
    assert f"{GRIP} needs sex, and no column gives it. Name the column that holds it (male, female)" in said


def test_a_missing_cell_that_selects_the_norms_becomes_a_status(desk) -> None:
    outcome = desk.score(desk.file("in.csv", grip("sex", "f", "", "kanari", "MALE")), pack=GRIP)
    assert [row["status"] for row in outcome.rows if row["scale"] == "dominant"] == ["ok", "stratum_missing", "stratum_missing", "ok"]
    assert "rows 2, 3 (2 rows). Allowed: male, female; respell in the mapping file under [values.sex]" in outcome.err


def test_values_of_a_group_are_respelt_by_the_mapping(desk) -> None:
    mapping = desk.file("map.toml", 'sex = "girl"\n[values.sex]\n1 = "male"\n2 = "female"\n')
    for number, content in enumerate((grip("girl", 1, 2, 2), grip("girl", 1.0, 2.0, ""))):
        outcome = desk.score(desk.file("in.csv", content), "--map", mapping, pack=GRIP)
        statuses = [row["status"] for row in outcome.rows if row["scale"] == "dominant"]
        assert statuses == ["ok", "ok", "stratum_missing" if number else "ok"], outcome.err
    pd.DataFrame({"id": ["k1", "k2"], "age_days": 3300, "girl": [1.0, None], **dict.fromkeys(TRIALS.split(","), 18.0)}).to_parquet(desk.folder / "in.parquet")
    outcome = desk.score(desk.folder / "in.parquet", "--map", mapping, pack=GRIP)
    assert [row["status"] for row in outcome.rows if row["scale"] == "dominant"] == ["ok", "stratum_missing"]


def test_several_packs_need_only_what_they_score(desk) -> None:
    content = "id,age_days,gs1moc060\nkanari,400,1\n"
    outcome = desk.score(desk.file("in.csv", content), "--pack", GRIP)
    assert outcome.code == 0, outcome.err
    assert [(row["pack"], row["status"]) for row in outcome.rows][:2] == [("gsed@2406", "ok"), (GRIP, "no_items")]
    both = f"id,age_days,sex,gs1moc060,{TRIALS}\nkanari1,400,,1,,,\nkanari2,3300,m,,18,19,20\nkanari3,3300,,,18,19,20\n"
    outcome = desk.score(desk.file("in.csv", both), "--pack", GRIP)
    assert "row 3, column sex: sex is missing or unknown. Allowed" in outcome.err
    statuses = {(row["id"], row["scale"]): row["status"] for row in outcome.rows}
    assert statuses["kanari1", "d"] == statuses["kanari2", "dominant"] == "ok"
    assert statuses["kanari3", "dominant"] == "stratum_missing"


def test_the_same_child_twice_is_told_and_scored_twice(desk) -> None:
    lines = [f"kanari{row % 25_000},400,1" for row in range(25_003)]
    outcome = desk.score(desk.file("in.csv", "id,age_days,gs1moc060\n" + "\n".join([*lines, ",400,1", ",400,1"]) + "\n"))
    assert outcome.code == 1
    assert len(outcome.rows) == 25_005
    assert "row 25001, column id: the same child at the same age stands in an earlier row too - rows 25001, 25002, 25003 (3 rows)" in outcome.err


def test_one_child_at_two_ages_is_no_repetition(desk) -> None:
    assert desk.score(desk.file("in.csv", "id,age_days,gs1moc060\nkanari,400,1\nkanari,500,1\n")).code == 0
