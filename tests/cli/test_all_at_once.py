"""What is wrong with the header of a file hides nothing that is wrong with its rows, nor the other way round."""

from __future__ import annotations

import gzip
import io

import pandas as pd
import pytest

ROWS = ["kanari1,400,f,5,0,1", "kanari2,-8817.25,m,1,0,x", "kanari3,500,m,777,1,1"]
FOUND = ["row 1, column gs1moc060: an answer outside the legal set", "row 2, column gs1sec001: an answer outside the legal set"]

HEADS = {
    "no age": ("id,alter,sex,gs1moc060,gs1lgc062,gs1sec001", ("--ignore", "alter"), "no column gives the age", ()),
    "a column twice": ("id,age_days,sex,gs1moc060,gs1moc060,gs1sec001", (), "column gs1moc060: the column stands twice", ("row 2, column age_days: an age that no",)),
    "an item twice": ("id,age_days,sex,gs1moc060,GS1MOC060,gs1sec001", (), "two columns are the item gs1moc060", ("row 2, column age_days: an age that no",)),
    "a misspelt item": ("id,age_days,sex,gs1moc060,gs1lgc06,gs1sec001", (), "column gs1lgc06: no item of gsed@2406", ("row 2, column age_days: an age that no",)),
    "an absent column": ("id,age_days,sex,gs1moc060,gs1lgc062,gs1sec001", ("--informant", "who"), "column who: there is no such column", ("row 2, column age_days",)),
}  # fmt: skip


@pytest.mark.parametrize(("head", "words", "said", "more"), HEADS.values(), ids=HEADS)
def test_a_problem_of_the_header_hides_none_of_the_rows(desk, head: str, words: tuple[str, ...], said: str, more: tuple[str, ...]) -> None:
    ignore = ("--ignore", "alter,sex") if "--ignore" in words else (*words, "--ignore", "sex")
    err = desk.refused(desk.file("in.csv", "\n".join([head, *ROWS]) + "\n"), *ignore)
    assert [word for word in (said, *FOUND, *more) if word not in err] == []


def test_a_missing_column_of_the_norms_hides_none_of_the_rows(desk) -> None:
    data = desk.file("in.csv", "id,age_years,dominant_1,dominant_2,dominant_3\nkanari1,9,61977,20,20\nkanari2,-300,20,20,20\n")
    err = desk.refused(data, pack="nhanes-grip@2014")
    for word in ("needs sex, and no column gives it", "row 1, column dominant_1: an answer outside the legal set", "row 2, column age_years: an age that no child has"):
        assert word in err
    assert err.count("needs sex") == 1


def test_a_broken_line_far_down_hides_no_misspelt_column(desk) -> None:
    lines = [f"kanari{number},400,5,1" for number in range(60_000)]
    lines[59_000] = "kanari,400"
    err = desk.refused(desk.file("in.csv", "\n".join(["id,age_days,gs1moc060,gs1moc06", *lines]) + "\n"))
    for word in ("row 59001: a line has fewer cells", "column gs1moc06: no item of gsed@2406", "row 1, column gs1moc060: an answer outside the legal set"):
        assert word in err


def test_a_column_that_stands_twice_in_parquet(desk) -> None:
    import pyarrow
    import pyarrow.parquet

    columns = [pyarrow.array(["kanari", "b"]), pyarrow.array([400, 500]), pyarrow.array([1, 5]), pyarrow.array([0, 1])]
    table = pyarrow.Table.from_arrays(columns, names=["id", "age_days", "gs1moc060", "gs1moc060"])
    pyarrow.parquet.write_table(table, desk.folder / "in.parquet")
    err = desk.refused(desk.folder / "in.parquet")
    assert "column gs1moc060: the column stands twice" in err
    assert "row 2, column gs1moc060: an answer outside the legal set" in err


def test_cells_of_parquet_that_hold_several_values(desk) -> None:
    frame = pd.DataFrame({"id": [{"name": "kanari", "nr": 61977}, None], "age_days": [400, 400], "gs1moc060": [1, 0]})
    frame.to_parquet(desk.folder / "in.parquet")
    outcome = desk.score(desk.folder / "in.parquet")
    assert outcome.code == 1
    assert "row 1, column id: a cell holds several values (a list or a table). Give one value" in outcome.err
    assert [row["status"] for row in outcome.rows] == ["ok", "ok"]


def test_a_table_without_header_line_is_not_repeated(desk) -> None:
    rows = "kanari,2019-11-23,2031-12-01,ddigmm064,1\nkanari,2019-11-23,2031-12-01,ddigmm066,0\n"
    for words in ((), ("--id", "id", "--item", "item", "--response", "resp")):
        assert "lack the header line" in desk.refused(desk.file("in.csv", rows), *words)
    sideways = "id,kanari,61977x\nage_days,400,8817.25\nddigmm064,1,0\n"
    for words in ((), ("--id", "id", "--item", "item", "--response", "resp"), ("--id", "kid")):
        assert "stand on its side" in desk.refused(desk.file("in.csv", sideways), *words)
    assert "lack the header line" in desk.refused(desk.file("in.csv", "sex,kanari\nmale,1\n"), pack="nhanes-grip@2014")


def test_what_a_spreadsheet_leaves_behind_is_no_child(desk) -> None:
    content = "ID,Age_Days,GS1MOC060,gs1lgc062,,,\n007,400,1,0,,,\n08,500,0,1,,,\n,,,,,,\n,,,,,,\n"
    outcome = desk.score(desk.file("in.csv", content), "--ignore", "unknown")
    assert (outcome.code, outcome.err) == (0, "2 rows, 2 with a score\n")
    assert outcome.scored == [("007", "ok"), ("08", "ok")]


def test_a_row_of_nothing_between_others_is_kept(desk) -> None:
    outcome = desk.score(desk.file("in.csv", "id,age_days,gs1moc060\na,400,1\n,,\nb,400,1\n"))
    assert outcome.scored == [("a", "ok"), ("", "no_items"), ("b", "ok")]
    assert "row 2, column age_days: no age" in outcome.err


def test_rows_of_another_encoding_are_counted_without_empty_lines(desk) -> None:
    lines = ["id,age_days,name,gs1moc060", "", "kanari1,400,x,1", "", "", "kanariä,400,x,1"]
    said = desk.refused(desk.file("in.csv", "\n".join(lines).encode("latin-1")), "--ignore", "name")
    assert "row 2: the file is not UTF-8" in said


BROKEN = {
    "too long": ("kanari7,400,1,0,1,0", "row 7: a line has more cells than the header"),
    "too short": ("kanari7,400", "row 7: a line has fewer cells than the header"),
    "an open quotation mark further down": ('kanari7,400,1,0\nkanari8,400,"1,0', "row 8: "),
}  # fmt: skip


@pytest.mark.parametrize("more", [0, 30_000], ids=["one piece", "several pieces"])
@pytest.mark.parametrize(("line", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_line_hides_nothing_in_other_rows(desk, line: str, said: str, more: int) -> None:
    rows = ["kanari1,400,61977,0", "kanari2,400,1,0", "kanari3,-8817.25,1,0", *["kanari,400,1,0"] * 3, line, *["kanari,400,0,1"] * more]
    words = [said, "row 1, column gs1moc060: an answer outside the legal set", "row 3, column age_days: an age that no child has"]
    if said != "row 8: ":
        words.append(f"row {more + 8}, column gs1lgc062: an answer outside the legal set" if more else "")
        rows.append("kanari9,400,1,61977")
    err = desk.refused(desk.file("in.csv", "\n".join(["id,age_days,gs1moc060,gs1lgc062", *rows]) + "\n"))
    assert [word for word in words if word not in err] == []


def test_another_encoding_hides_nothing_in_other_rows(desk) -> None:
    content = "id,age_days,gs1moc060,gs1moc06\nkanari1,400,61977,1\nkanari2é,400,1,1\nkanari3,-8817.25,1,1\n".encode("latin-1")
    err = desk.refused(desk.file("in.csv", content))
    for word in ("row 2: the file is not UTF-8", "row 1, column gs1moc060: an answer outside", "row 3, column age_days: an age", "column gs1moc06: no item"):
        assert word in err


def test_a_broken_file_gives_no_child_that_does_not_exist(desk) -> None:
    """Nor a score to standard output, nor a word about the row of the broken line but that it is broken."""
    data = desk.file("in.csv", "id,age_days,gs1moc060,gs1lgc062\nkanari1,400,1,1\nkanari2,400,1\nkanari3,400,1,0\n")
    err = desk.refused(data, out="-")
    assert "row 2: a line has fewer cells" in err
    assert err.count("row 2") == 1
    assert len(err.splitlines()) == 1


def test_a_broken_file_of_one_row(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "id,age_days,gs1moc060,gs1lgc062\nkanari1,400,1\n"
    assert "row 1: a line has fewer cells" in desk.refused(desk.file("in.csv", text))
    monkeypatch.chdir(desk.folder)
    desk.file("standard input", "id,age_days,gs1moc060,gs1lgc062\nother,400,1,7\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    err = desk.refused("-")
    assert "row 1: a line has fewer cells" in err
    assert "gs1lgc062" not in err, "a file of that name is not standard input"


def test_a_broken_file_is_looked_at_to_its_end(desk) -> None:
    """The last visit of a long table, children that stand twice, rows that are counted by their quotation marks."""
    rows = ["kanari1,400,gs1moc060,1", "kanari1,400", "kanari2,400,gs1moc060,1", "kanari2,400,gs1lgc062,61977"]
    err = desk.refused(desk.file("in.csv", "\n".join(["id,age_days,item,response", *rows]) + "\n"), "--item", "item", "--response", "response")
    for word in ("row 2: a line has fewer cells", "row 4, column gs1lgc062: an answer outside the legal set"):
        assert word in err
    rows = ["kanari1,400,1,1", "kanari1,400,1,1", "kanari3,400"]
    err = desk.refused(desk.file("wide.csv", "\n".join(["id,age_days,gs1moc060,gs1lgc062", *rows]) + "\n"))
    for word in ("row 2, column id: the same child at the same age", "row 3: a line has fewer cells"):
        assert word in err
    content = 'id,age_days,gs1moc060,gs1lgc062\n"kanari\n1",400,1,1\nkanari2,400,1,1\nkanarié,400,1,1\n'.encode("latin-1")
    assert "row 3: the file is not UTF-8" in desk.refused(desk.file("encoding.csv", content))


def test_a_broken_file_that_is_cut_off_too(desk) -> None:
    rows = [f"kanari{number},400,1,1" for number in range(30_000)]
    text = "\n".join(["id,age_days,gs1moc060,gs1lgc062", "a,400,1", "b,400,1,1,1", *rows])
    desk.refused(desk.file("in.csv.gz", gzip.compress(text.encode())[:-2000]))
    assert "row 1: a line has fewer cells" in desk.refused(desk.file("bytes.csv", text.encode() + b"\nkanari\xe9,400,1,1\n"))
