"""Files that must be refused, or scored with a word about what is wrong: what is said, and that nothing is lost or leaked."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

ITEMS = "gs1moc060,gs1lgc062,gs1sec001"
HEAD = f"id,age_days,name,{ITEMS}"
GOOD = [f"kanari{number},{300 + 30 * number},Kanaria Vogel,1,0,1" for number in range(1, 7)]
ASIDE = ("--ignore", "name")


def wide(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *(lines or GOOD)]) + "\n"


def test_a_good_file_is_scored(desk) -> None:
    outcome = desk.score(desk.file("in.csv", wide()), *ASIDE)
    assert outcome.code == 0
    assert outcome.scored == [(f"kanari{number}", "ok") for number in range(1, 7)]
    assert outcome.err == "6 rows, 6 with a score\n"


SHAPES = {
    "empty": (b"", "the file is empty"),
    "first line empty": (b"\n\n" + wide().encode(), "the file is empty, or its first line is"),
    "header only": (HEAD.encode() + b"\n", "a header and no rows"),
    "header without line end": (HEAD.encode(), "a header and no rows"),
    "semicolons": (wide().replace(",", ";").encode(), "not separated by commas"),
    "tabs": (wide().replace(",", "\t").encode(), "not separated by commas"),
    "latin-1": (wide(*GOOD, "kanariä,400,x,1,0,1").encode("latin-1"), "row 7: the file is not UTF-8"),
    "UTF-16": (wide().encode("utf-16"), "the file is not UTF-8"),
    "UTF-16 without mark": (wide().encode("utf-16-le"), "the file is not UTF-8"),
    "last line cut off": (wide().encode()[:-9], "row 6: a line has fewer cells than the header and is the end of the file"),
    "short line in the middle": (wide(*GOOD[:3], "kanari9,400,x,1", *GOOD[3:]).encode(), "row 4: a line has fewer cells than the header."),
    "overlong line": (wide(*GOOD[:3], "kanari9,400,x,1,0,1,1", *GOOD[3:]).encode(), "row 4: a line has more cells than the header."),
    "a short and an overlong line": (wide(GOOD[0], "kanari8,400,x,1,0", "kanari9,400,x,1,0,1,1").encode(), "row 2: a line has fewer cells"),
    "decimal comma": (wide("kanari1,300,5,x,1,0,1").encode(), "row 1: a line has more cells than the header"),
    "open quotation mark": (wide(*GOOD[:2], 'kanari9,400,"Kanaria,1,0,1', *GOOD[2:]).encode(), "row 3: a line has fewer cells"),
    "no header line": (wide(head=GOOD[0]).encode(), "no column gives the age"),
}


@pytest.mark.parametrize(("content", "words"), SHAPES.values(), ids=SHAPES)
def test_a_file_of_the_wrong_shape_is_refused(desk, content: bytes, words: str) -> None:
    path = desk.file("in.csv", content)
    said = desk.refused(path, *ASIDE)
    assert words in said
    assert str(path) in said


def test_every_broken_line_is_told_at_once(desk) -> None:
    lines = [*GOOD[:2], "kanari7,1,x", *GOOD[2:4], "kanari8,400,x", "kanari9,400,x,1,0,1,1"]
    said = desk.refused(desk.file("in.csv", wide(*lines)), *ASIDE)
    assert "row 3: a line has fewer cells than the header - rows 3, 6 (2 rows)" in said
    assert "row 7: a line has more cells than the header" in said


def test_a_broken_line_far_down_is_told_with_what_was_found_above_it(desk) -> None:
    lines = [f"kanari{number},400,x,1,0,1" for number in range(30_000)]
    lines[10], lines[29_000] = "kanari10,400,x,5,0,1", "kanari,400"
    said = desk.refused(desk.file("in.csv", wide(*lines)), *ASIDE)
    assert "row 29001: a line has fewer cells" in said
    assert "row 11, column gs1moc060: an answer outside the legal set" in said


WRITTEN_IN_OTHER_WAYS = {
    "byte order mark": wide().encode("utf-8-sig"),
    "CRLF": wide().replace("\n", "\r\n").encode(),
    "CR": wide().replace("\n", "\r").encode(),
    "without last line end": wide().encode().rstrip(),
    "empty lines": wide().replace("\n", "\n\n").encode(),
    "quoted": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in [HEAD, *GOOD]).encode(),
    "quoted separator and line end": wide().replace("Kanaria Vogel", '"Vogel, Kanaria\n""K"""').encode(),
    "a quotation mark within a cell": wide().replace("Kanaria Vogel", 'Kanaria 5" Vogel').encode(),
    "blanks around names": wide().replace(HEAD, HEAD.replace(",", " , ")).encode(),
}


@pytest.mark.parametrize("content", WRITTEN_IN_OTHER_WAYS.values(), ids=WRITTEN_IN_OTHER_WAYS)
def test_the_same_table_written_in_another_way_gives_the_same(desk, content: bytes) -> None:
    plain = desk.score(desk.file("plain.csv", wide()), *ASIDE, out="plain_scores.csv")
    outcome = desk.score(desk.file("in.csv", content), *ASIDE)
    assert outcome.code == 0, outcome.err
    assert outcome.file.read_bytes() == plain.file.read_bytes()


def test_other_kinds_of_file_hold_the_same_table(desk) -> None:
    frame = pd.DataFrame([line.split(",") for line in GOOD], columns=HEAD.split(","))
    plain = desk.score(desk.file("plain.csv", wide()), *ASIDE, out="plain_scores.csv").file.read_bytes()
    desk.file("in.csv.gz", gzip.compress(wide().encode()))
    desk.file("in.tsv", wide().replace(",", "\t"))
    frame.to_parquet(desk.folder / "text.parquet")
    frame.astype({"age_days": float} | {item: "Int8" for item in ITEMS.split(",")}).to_parquet(desk.folder / "numbers.parquet")
    frame.astype({item: "category" for item in ITEMS.split(",")}).set_index("id").to_parquet(desk.folder / "categories.parquet")
    for name in ("in.csv.gz", "in.tsv", "text.parquet", "numbers.parquet", "categories.parquet"):
        outcome = desk.score(desk.folder / name, *ASIDE)
        assert (name, outcome.code) == (name, 0), outcome.err
        assert outcome.file.read_bytes() == plain, name


def test_damaged_files_are_refused(desk) -> None:
    frame = pd.DataFrame({"id": [f"kanari{n}" for n in range(4000)], "age_days": 400, "gs1moc060": 1})
    frame.to_parquet(desk.folder / "whole.parquet")
    whole = (desk.folder / "whole.parquet").read_bytes()
    packed = gzip.compress(frame.to_csv(index=False).encode())
    damaged = {
        "cut.parquet": whole[:-200], "half.parquet": whole[: len(whole) // 2], "holed.parquet": whole[:200] + b"\0" * 400 + whole[600:],
        "none.parquet": b"", "text.parquet": b"kanari,1\n", "cut.csv.gz": packed[:-300], "not.csv.gz": b"kanari,1\n",
        "holed.csv.gz": packed[:300] + b"\xff" * 40 + packed[340:],
    }  # fmt: skip
    for name, content in damaged.items():
        said = desk.refused(desk.file(name, content))
        assert str(desk.folder / name) in said
        assert "cut off" in said, name


def test_a_parquet_file_without_rows_is_refused(desk) -> None:
    pd.DataFrame({"id": [], "age_days": [], "gs1moc060": []}).to_parquet(desk.folder / "in.parquet")
    assert "holds no rows" in desk.refused(desk.folder / "in.parquet")


COLUMNS = {
    "a misspelt item": ("id,age_days,gs1moc06,gs1lgc062", (), ["column gs1moc06: no item of gsed@2406", "Did you mean gs1moc06"]),
    "a strange column": ("id,age_days,gs1moc060,shoe_size", (), ["column shoe_size: no item of gsed@2406 and no named column"]),
    "a column twice": ("id,age_days,gs1moc060,gs1moc060", (), ["column gs1moc060: the column stands twice"]),
    "two columns for one item": ("id,age_days,gs1moc060,GS1MOC060", (), ["column GS1MOC060: two columns are the item gs1moc060"]),
    "no age": ("id,weight,gs1moc060,gs1lgc062", ("--ignore", "weight"), ["no column gives the age", "birth_date and assessment_date"]),
    "an age without a unit": ("id,Age,gs1moc060,gs1lgc062", (), ["no column gives the age", "The column Age may be it: say its unit, such as age_years = Age"]),
    "two ages": ("id,age_days,age_months,gs1lgc062", (), ["age is given in 2 ways: age_days, age_months"]),
    "one date": ("id,birth_date,gs1moc060,gs1lgc062", (), ["no column gives the age"]),
    "a named column that is absent": ("id,age_days,gs1moc060,gs1lgc062", ("--id", "child"), ["column child: there is no such column, named as id. The table has: id"]),
    "no item at all": ("id,age_days,height,weight", (), ["no column is an item of gsed@2406", "Is it a long table"]),
    "a column without a name": ("id,age_days,gs1moc060,", (), ["a column without a name"]),
    "one column for two parts": ("id,age_days,gs1moc060,gs1lgc062", ("--id", "id", "--visit", "id"), ["a column is named for two parts: id"]),
    "an unknown column in the mapping": ("id,age_days,gs1moc060,gs1lgc062", ("--sex", "girl"), ["column girl: there is no such column, named as sex"]),
}  # fmt: skip


@pytest.mark.parametrize(("head", "words", "said"), COLUMNS.values(), ids=COLUMNS)
def test_columns_that_cannot_be_understood_are_refused(desk, head: str, words: tuple[str, ...], said: list[str]) -> None:
    err = desk.refused(desk.file("in.csv", wide("kanari1,8817.25,1,0", head=head)), *words)
    assert [word for word in said if word not in err] == []


def test_all_problems_are_told_in_one_pass(desk) -> None:
    lines = ["kanari1,-9000,1,0,1", "kanari2,old,7,0,1", "kanari2,400,Kanari,61977,1"]
    err = desk.refused(desk.file("in.csv", wide(*lines, head="id,age_days,gs1moc060,gs1lgc062,gs1sec01")))
    for word in (
        "column gs1sec01: no item", "row 1, column age_days: an age that no child has", "row 2, column age_days: not a number",
        "row 2, column gs1moc060: an answer outside the legal set", "row 3, column gs1lgc062: an answer outside the legal set",
    ):  # fmt: skip
        assert word in err


def answers(*column: object) -> str:
    return wide(*(f"kanari{row},400,{value}" for row, value in enumerate(column)), head="id,age_days,gs1moc060")


ANSWERS = {
    "outside": (answers(1, 0, 5, 1), "row 3, column gs1moc060: an answer outside the legal set. Allowed: 0, 1. Correct the data"),
    "shifted up": (answers(1, 2, 2, 1), "rows 1, 2, 3, 4 (4 rows). The whole column looks shifted by one (one too high): recode it"),
    "shifted down": (answers(-1, 0, 0, -1), "The whole column looks shifted by one (one too low)"),
    "777": (answers(1, 777, 1, 0), "It looks like a missing code: name it in `missing`"),
    "999 and 998": (answers(1, 999, 998, 0), "It looks like a missing code"),
    "text": (answers(1, "kanari", 0, 1), "row 2, column gs1moc060: an answer outside the legal set. Allowed: 0, 1. Text or true/false is no code here"),
    "all text": (answers("kanari", "kanari", "yes", "yes"), "Text or true/false is no code here"),
    "booleans": (answers("True", "False", "True", "True"), "rows 1, 2, 3, 4 (4 rows). Text or true/false is no code here"),
    "infinite": (answers(1, "inf", "-inf", 0), "rows 2, 3 (2 rows)"),
    "not a number": (answers(1, "-nan", 1, 0), "row 2, column gs1moc060"),
    "underscores": (answers(1, "1_0", 1, 0), "row 2, column gs1moc060"),
    "fractions": (answers(1, 0.5, 1, 0), "row 2, column gs1moc060"),
    "many": (answers(*[61977] * 4000), "and 3,995 more (4000 rows)"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), ANSWERS.values(), ids=ANSWERS)
def test_illegal_answers_become_a_status_and_are_told(desk, content: str, said: str) -> None:
    outcome = desk.score(desk.file("in.csv", content))
    assert outcome.code == 1
    assert said in outcome.err
    assert len(outcome.rows) == content.count("\n") - 1
    assert "illegal_answer" in {row["status"] for row in outcome.rows}
    strict = desk.refused(desk.folder / "in.csv", "--strict", out="strict.csv")
    assert said in strict


def test_missing_codes_of_the_call_are_no_answers(desk) -> None:
    content = wide("kanari1,400,1,777", "kanari2,400,999,0", "kanari3,400,don't know,1", head="id,age_days,gs1moc060,gs1lgc062")
    outcome = desk.score(desk.file("in.csv", content), "--missing", "777, 999.0,Don't know")
    assert outcome.code == 0, outcome.err
    assert [row["n_answered"] for row in outcome.rows] == ["1", "1", "1"]


def test_missing_codes_of_the_pack_are_no_answers(desk) -> None:
    items = [f"EC{number}" for number in range(21, 41)]
    lines = ["kanari1,40," + ",".join(["8", *["1"] * 19]), "kanari2,40," + ",".join(["7", *["1"] * 19])]
    outcome = desk.score(desk.file("in.csv", wide(*lines, head="id,age_months," + ",".join(items))), pack="ecdi@2030")
    assert [row["status"] for row in outcome.rows] == ["ok", "illegal_answer"]
    assert "row 2, column EC21: an answer outside the legal set. Allowed: 1, 2, yes, no, 8 (dont know), 9 (missing)" in outcome.err


def test_labels_are_answers_and_none_is_not_missing(desk) -> None:
    head = "id,age_years,CF3,CF6,CF10,CF11,CF12,CF13,CF14,CF15,CF16"
    lines = ["007,3,None,some,A lot,cannot,none,none,none,none,same", "08,3,1,2,3,4,1,1,1,1,kanari", "9,3,1,2,3,4,1,1,1,1,3"]
    outcome = desk.score(desk.file("in.csv", wide(*lines, head=head)), pack="cfm@2-4")
    by_scale = {(row["id"], row["scale"]): row["band"] or row["status"] for row in outcome.rows}
    assert [by_scale["007", scale] for scale in ("seeing", "hearing", "walking", "fine_motor")] == ["no_difficulty", "no_difficulty", "difficulty", "difficulty"]
    assert [by_scale["08", scale] for scale in ("seeing", "hearing", "walking", "fine_motor")] == ["no_difficulty", "no_difficulty", "difficulty", "difficulty"]
    assert [by_scale[child, "behaviour"] for child in ("007", "08", "9")] == ["no_difficulty", "illegal_answer", "illegal_answer"]
    assert "column CF16: an answer outside the legal set. Allowed: not_at_all, less" in outcome.err
    assert "rows 2, 3 (2 rows). Give the answer by its label" in outcome.err


def test_numerals_and_blanks_are_read(desk) -> None:
    content = wide("kanari1,400, 1 ,0.0", 'kanari2,"400",NA,', "kanari3,400.5,1.0,nan", head="id,age_days,gs1moc060,gs1lgc062")
    outcome = desk.score(desk.file("in.csv", content))
    assert [(row["n_answered"], row["status"]) for row in outcome.rows] == [("2", "ok"), ("0", "no_items"), ("1", "ok")]
    assert outcome.err == "3 rows, 2 with a score; 1 without: no_items 1\n"
