"""Long tables, a row per answer: the same scores as from the wide table, and problems told by the row of the file."""

from __future__ import annotations

import pytest

HEAD = "id,age_days,name,item,score"
PARTS = ("--item", "item", "--response", "score", "--ignore", "name")
CHILDREN = {"kanari1": ("400", {"gs1moc060": "1", "gs1lgc062": "0"}), "kanari2": ("500", {"gs1moc060": "0"}), "kanari3": ("600", {"gs1lgc062": "1"})}


def lines() -> list[str]:
    return [f"{child},{age},Kanaria Vogel,{item},{answer}" for child, (age, answers) in CHILDREN.items() for item, answer in answers.items()]


def long(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def test_a_long_table_gives_the_scores_of_the_wide_one(desk) -> None:
    wide = ["id,age_days,gs1moc060,gs1lgc062"]
    wide += [f"{child},{age},{said.get('gs1moc060', '')},{said.get('gs1lgc062', '')}" for child, (age, said) in CHILDREN.items()]
    expected = desk.score(desk.file("wide.csv", "\n".join(wide)), out="wide_scores.csv")
    outcome = desk.score(desk.file("in.csv", long(*lines())), *PARTS)
    assert outcome.code == expected.code == 0, outcome.err
    assert outcome.file.read_bytes() == expected.file.read_bytes()


ROWS = {
    "outside": ("kanari1,400,x,gs1sec001,61977", "row 3, column gs1sec001: an answer outside the legal set. Allowed: 0, 1"),
    "text": ("kanari1,400,x,gs1sec001,kanari", "row 3, column gs1sec001: an answer outside the legal set"),
    "two answers": ("kanari1,400,x,gs1moc060,0", "row 3, column score: a visit has two different answers to one item. Keep one"),
    "no item": ("kanari1,400,x,,1", "row 3, column item: an answer without an item code"),
    "no age": ("kanari1,,x,gs1sec001,1", "row 3, column age_days: no age"),
    "two ages": ("kanari1,-8817.25,x,gs1sec001,1", "row 3, column age_days: an age that no child has"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "said"), ROWS.values(), ids=ROWS)
def test_a_problem_is_told_by_the_row_of_the_file(desk, row: str, said: str) -> None:
    rows = lines()
    outcome = desk.score(desk.file("in.csv", long(*rows[:2], row, *rows[2:])), *PARTS)
    assert outcome.code == 1
    assert said in outcome.err
    assert outcome.err.count("otscore: ") == 1
    assert {"kanari1", "kanari2", "kanari3"} == {one["id"] for one in outcome.rows}


def test_a_conflict_among_labels_is_told_once_and_counts_as_illegal(desk) -> None:
    rows = ["kanari1,1400,x,CF3,none", "kanari1,1400,x,CF3,a_lot", "kanari2,1400,x,CF3,none", "kanari2,1400,x,CF3,none"]
    outcome = desk.score(desk.file("in.csv", long(*rows)), *PARTS, pack="cfm@2-4")
    assert outcome.err.count("otscore: ") == 1
    assert "row 2, column score: a visit has two different answers" in outcome.err
    assert [row["status"] for row in outcome.rows if row["scale"] == "seeing"] == ["illegal_answer", "ok"]


def test_an_answer_given_twice_or_left_blank_is_no_problem(desk) -> None:
    rows = [*lines()[:2], "kanari1,400,x,gs1moc060,1", "kanari1,400,x,gs1lgc062,", "kanari1,400,x,gs1sec001,", "kanari1,400,x,,", *lines()[2:]]
    outcome = desk.score(desk.file("in.csv", long(*rows, "kanari4,400,x,,")), *PARTS)
    assert outcome.code == 1
    assert outcome.err == "4 rows, 3 with a score; 1 without: no_items 1\n"
    assert [row["n_answered"] for row in outcome.rows] == ["2", "1", "1", "0"]


def test_item_codes_that_no_pack_knows_are_refused(desk) -> None:
    rows = [*lines(), "kanari4,400,x,gs1moc6,1", "kanari4,400,x,kanari,1", "kanari5,400,x,gs1moc6,61977", "kanari5,400,x,gs1moc060,5"]
    said = desk.refused(desk.file("in.csv", long(*rows)), *PARTS)
    assert "row 5, column item: the item code gs1moc6 is unknown - rows 5, 7 (2 rows). Did you mean" in said
    assert "row 6, column item: an item code that no pack knows. Correct it" in said
    assert "row 8, column gs1moc060: an answer outside the legal set" in said
    assert desk.score(desk.folder / "in.csv", *PARTS[:4], "--ignore", "unknown").code == 1


def test_item_and_response_swapped_is_refused(desk) -> None:
    data = desk.file("in.csv", long("kanari1,400,x,gs1moc060,61977", "kanari2,400,x,gs1moc060,1"))
    said = desk.refused(data, "--item", "score", "--response", "item", "--ignore", "name")
    assert "an item code that no pack knows" in said


def test_rows_of_a_visit_that_stand_apart_are_refused(desk) -> None:
    rows = lines()
    said = desk.refused(desk.file("in.csv", long(*rows, "kanari1,400,x,gs1sec001,1")), *PARTS)
    assert "the rows of a visit do not stand together. Sort the file by child and visit" in said
    assert "in.csv, row 5: the rows of a visit do not stand together" in said
    assert "are scored" not in said
    many = [f"kanari{number},400,x,gs1moc060,1" for number in range(25_000)]
    said = desk.refused(desk.file("in.csv", long(*many, many[0], "kanari9,400,x,gs1moc060,5", many[1])), *PARTS)
    assert "row 25001: the rows of a visit do not stand together - rows 25001, 25002, 25003 (3 rows). Sort the file by child and visit" in said
    assert "row 25002, column gs1moc060: an answer outside the legal set" in said


def test_rows_without_an_identifier_are_told_and_are_nobody(desk) -> None:
    rows = ["kanari1,400,x,gs1moc060,1", ",400,x,gs1moc060,1", "kanari1,400,x,gs1lgc062,0", ",400,x,gs1lgc062,0", " ,500,x,gs1sec001,1", "kanari2,400,x,gs1moc060,1"]
    outcome = desk.score(desk.file("in.csv", long(*rows, ",,,,")), *PARTS)
    assert outcome.code == 1
    assert "row 2, column id: a row of a long table that does not say which child it is of; it is not scored - rows 2, 4, 5 (3 rows)" in outcome.err
    assert [(row["id"], row["n_answered"]) for row in outcome.rows] == [("kanari1", "2"), ("kanari2", "1")]
    assert desk.refused(desk.folder / "in.csv", *PARTS, "--strict", out="strict.csv")


def test_rows_without_an_identifier_are_told_in_every_piece(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from otscore.intake import files

    rows = [f"kanari{number // 3},400,x,{('gs1moc060', 'gs1lgc062', 'gs1sec001')[number % 3]},1" for number in range(60)]
    for place in (0, 7, 20, 21, 33, 59):
        rows[place] = rows[place].replace(rows[place].split(",")[0], "", 1)
    data = desk.file("in.csv", long(*rows))
    whole = desk.score(data, *PARTS)
    assert whole.code == 1
    assert "rows 1, 8, 21, 22, 34 and 1 more (6 rows)" in whole.err
    for size in (2, 3, 5, 7):
        monkeypatch.setattr(files, "CHUNK_ROWS", size)
        pieces = desk.score(data, *PARTS, out=f"scores{size}.csv")
        assert (pieces.code, pieces.err) == (1, whole.err)
        assert pieces.file.read_bytes() == whole.file.read_bytes()


def test_a_long_table_of_nobody_is_an_empty_result(desk) -> None:
    outcome = desk.score(desk.file("in.csv", long(",400,x,gs1moc060,1", ",400,x,gs1lgc062,0")), *PARTS)
    assert outcome.code == 1
    assert "0 rows, 0 with a score" in outcome.err
    assert outcome.rows == []


def test_a_long_table_needs_children(desk) -> None:
    said = desk.refused(desk.file("in.csv", "age_days,item,score\n400,gs1moc060,1\n"), "--item", "item", "--response", "score")
    assert "no column tells the children of a long table apart" in said
    said = desk.refused(desk.folder / "in.csv", "--item", "item")
    assert "a long table needs both `item` and `response`" in said


def test_a_pack_that_needs_sex_refuses_a_long_table_without_it(desk) -> None:
    rows = [f"kanari1,3300,x,dominant_{number},18" for number in (1, 2, 3)]
    packs = ("--pack", "nhanes-grip@2014")
    assert "needs sex, and no column gives it" in desk.refused(desk.file("in.csv", long(*rows)), *PARTS, *packs)
    assert desk.score(desk.file("in.csv", long(*lines())), *PARTS, *packs).code == 0


def test_rows_are_counted_through_the_pieces_of_a_long_file(desk) -> None:
    rows = [f"kanari{number // 2},400,x,{('gs1moc060', 'gs1lgc062')[number % 2]},1" for number in range(50_001)]
    rows[45_000] = "kanari22500,400,x,gs1moc060,61977"
    outcome = desk.score(desk.file("in.csv", long(*rows)), *PARTS)
    assert "row 45001, column gs1moc060: an answer outside the legal set" in outcome.err
    assert len(outcome.rows) == 25_001
    assert [row["n_answered"] for row in outcome.rows if row["id"] in ("kanari9999", "kanari10000", "kanari25000")] == ["2", "2", "1"]
