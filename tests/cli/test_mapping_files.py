"""The column mapping as a file: what it may say, and what is told where it says something that cannot be."""

from __future__ import annotations

import pytest

DATA = "child,days,sexe,a,b,note\n0071,400,1,2,1,Kanaria\n0072,500,2,1,,Kanaria\n"
GOOD = """
id = "child"
age_days = "days"
ignore = ["note", "sexe"]
missing = [777, "refused"]
[items]
a = "gs1moc060"
b = "GS1LGC062"
[recode.gs1moc060]
2 = 1
1 = 0
"""


def test_a_mapping_names_respells_and_recodes(desk) -> None:
    mapping = desk.file("map.toml", GOOD.replace("GS1LGC062", "gs1lgc062"))
    outcome = desk.score(desk.file("in.csv", DATA.replace("0072,500,2,1,", "0072,500,2,1,refused")), "--map", mapping)
    assert outcome.code == 0, outcome.err
    assert [(row["id"], row["n_answered"], row["raw"]) for row in outcome.rows] == [("0071", "2", "2.0"), ("0072", "1", "0.0")]


def test_one_recode_for_every_item(desk) -> None:
    mapping = desk.file("map.toml", '[recode."*"]\n2 = 1\n1 = 0\ntrue = 1\nkanari = "777"\n[recode.gs1sec001]\n2 = 0\n')
    data = "id,age_days,gs1moc060,gs1lgc062,gs1sec001,gs1moc061\n1,400,2,1,2,True\n2,400,1,kanari,1,False\n"
    outcome = desk.score(desk.file("in.csv", data), "--map", mapping, "--missing", "777")
    assert [(row["raw"], row["status"]) for row in outcome.rows] == [("2.0", "ok"), ("", "illegal_answer")]
    assert "row 2, column gs1moc061: an answer outside the legal set" in outcome.err


WRONG = {
    "a key with a typo": (GOOD.replace("age_days", "age_day"), ["map.toml, age_day: there is no such key. Did you mean age_days", "Allowed: id, age_days"]),
    "a table with a typo": (GOOD.replace("[items]", "[item_codes]"), ["map.toml, item_codes: there is no such key"]),
    "a value of the wrong type": (GOOD.replace('"days"', "5"), ["map.toml, age_days: the key takes the name of a column, as text"]),
    "an absent column": (GOOD.replace('"child"', '"kid"'), ["column kid: there is no such column, named as id. The table has: child, days, sexe"]),
    "an absent item column": (GOOD.replace("a = ", "z = "), ["column z: there is no such column, named as an item"]),
    "an unknown item": (GOOD, ["column GS1LGC062: [items] of the mapping names an item that no pack has. Did you mean gs1lgc062"]),
    "an unknown item to recode": (GOOD.replace("recode.gs1moc060", "recode.gs1moc06"), ["gs1moc06: [recode] of the mapping names an item", "mean gs1moc060"]),
    "an unknown stratum": (GOOD.replace(', "sexe"', "") + '[strata]\nregion = "sexe"\n', ["column region: [strata] of the mapping names a stratum that no pack has"]),
    "an unknown stratum to respell": (GOOD + '[values.sexx]\n1 = "male"\n', ["column sexx: [values] of the mapping names a stratum that no pack has"]),
    "two ages": (GOOD.replace("[items]", 'age_months = "days"\n[items]'), ["age is given in 2 ways: age_days, age_months"]),
    "a form of dates in words": (GOOD.replace("[items]", 'date_format = "DD.MM.YYYY"\n[items]'), ["`date_format` is made of %d (day), %m (month), %Y (year)"]),
    "half a long table": (GOOD.replace("[items]", 'item = "a"\n[items]'), ["a long table needs both `item` and `response`"]),
    "no TOML": (GOOD + "kanari", ["map.toml: the mapping file is not valid TOML"]),
    "no text": (b"\xff\xfe\x00", ["map.toml: the mapping file is not UTF-8"]),
    "the data by mistake": (DATA, ["map.toml: the mapping file is not valid TOML"]),
}  # fmt: skip


@pytest.mark.parametrize(("mapping", "said"), WRONG.values(), ids=WRONG)
def test_a_mapping_that_cannot_be_is_refused(desk, mapping: str | bytes, said: list[str]) -> None:
    err = desk.refused(desk.file("in.csv", DATA), "--map", desk.file("map.toml", mapping))
    assert [words for words in said if words not in err] == []


def test_values_that_the_pack_does_not_have_are_refused(desk) -> None:
    mapping = desk.file("map.toml", '[values.sex]\n1 = "boyish"\n')
    data = "id,age_days,sex,dominant_1\nkanari,3300,1,18\n"
    said = desk.refused(desk.file("in.csv", data), "--map", mapping, pack="nhanes-grip@2014")
    assert "column boyish: [values.sex] of the mapping names a value that no pack has. Allowed: female, male" in said


def test_values_may_be_given_as_any_spelling_of_the_pack(desk) -> None:
    mapping = desk.file("map.toml", '[values.sex]\n1 = "Boy"\n2 = "f"\n')
    data = "id,age_days,sex,dominant_1,dominant_2,dominant_3\na,3300,1,18,18,18\nb,3300,male,18,18,18\nc,3300,2,18,18,18\n"
    outcome = desk.score(desk.file("in.csv", data), "--map", mapping, pack="nhanes-grip@2014")
    scores = {row["id"]: row["score"] for row in outcome.rows if row["scale"] == "dominant"}
    assert scores["a"] == scores["b"] != ""
    assert scores["c"] not in ("", scores["a"])


def test_a_mapping_file_that_is_not_there(desk) -> None:
    data = desk.file("in.csv", DATA)
    assert "there is no such mapping file" in desk.refused(data, "--map", desk.folder / "none.toml")
    assert "the mapping file cannot be read" in desk.refused(data, "--map", desk.folder)


def test_the_call_goes_before_the_file(desk) -> None:
    mapping = desk.file("map.toml", GOOD.replace("GS1LGC062", "gs1lgc062").replace('"days"', '"weeks"'))
    assert desk.score(desk.file("in.csv", DATA), "--map", mapping, "--age-days", "days").code == 0
