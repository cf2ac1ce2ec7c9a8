"""Printed tables into a pack: the four layouts, as CSV and as Excel; everything that is wrong is said at once, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import pytest
from norming_workbook import Cell, write_workbook

from otscore.errors import UsageError
from otscore.norming import Imported, Told, import_norms

PACK = """
[age]
unit = "months"
convention = "ymd_calendar"
from = 48
below = 72
[strata.sex]
values = ["male", "female"]
aliases = { m = "male", boys = "male", f = "female", girls = "female" }
[[norms]]
scales = ["balance", "pegs"]
method = "METHOD"
table = "scores.csv"
"""
SCALES = """
[[scales]]
id = "balance"
[[scales]]
id = "pegs"
"""


class Bench:
    """A pack and files to import into it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pack = folder, folder / "pack"
        self.pack.mkdir()
        (self.pack / "instrument.toml").write_text(SCALES)
        self.norm("ranges")

    def norm(self, method: str) -> None:
        (self.pack / "pack.toml").write_text(PACK.replace("METHOD", method))

    def csv(self, text: str, name: str = "norms.csv", encoding: str = "utf-8") -> Path:
        (self.folder / name).write_bytes(text.encode(encoding))
        return self.folder / name

    def book(self, sheets: dict[str, Sequence[Sequence[Cell]]], **more: object) -> Path:
        return write_workbook(self.folder / "norms.xlsx", sheets, **more)  # type: ignore[arg-type]

    def take(self, *files: Path, layout: str = "long", table: str = "scores.csv", **told: object) -> Imported:
        return import_norms(files, layout=layout, into=self.pack, table=table, told=Told(**told))  # type: ignore[arg-type]

    def rows(self, *files: Path, **told: object) -> list[str]:
        return self.take(*files, **told).file.read_text().splitlines()  # type: ignore[arg-type]

    def refused(self, *files: Path, **told: object) -> list[str]:
        with pytest.raises(UsageError) as error:
            self.take(*files, **told)  # type: ignore[arg-type]
        assert not (self.pack / "tables").exists(), "nothing is written"
        return [str(issue).replace(f"{self.folder}/", "") for issue in error.value.issues]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_long_table(bench: Bench) -> None:
    file = bench.csv(
        "Subtest;Form;Age range;Raw score;Standard score;90% CI;Percentile rank;AE\n"
        "Balance;A;4:0–4:5;0–2;<55;—;<1;<2:0\n;;;3;85;77–93;16;4:5\n;;4:6–5:11;0-3;85;77-93;16;-\n;;;>3;100;92-108;50;>5:11\n"
        "PEGS;A;4:0–5:11;0;—;;;\n;;;1;85,5;;;\n"
    )
    assert bench.rows(file) == [
        "scale,age_from,age_to,raw_min,raw_max,score,percentile,ci90_low,ci90_high",
        "balance,48,54,0,2,<55,<1,,",
        "balance,48,54,3,3,85,16,77,93",
        "balance,54,72,0,3,85,16,77,93",
        "balance,54,72,4,,100,50,92,108",
        "pegs,48,72,0,0,,,,",
        "pegs,48,72,1,1,85.5,,,",
    ]


def test_what_was_done_is_said(bench: Bench) -> None:
    file = bench.csv("scale,age,raw,score,note\nbalance,4:0-5:11,1,-,x\n,,14-Dec,9,\n,,15+,10,\n")
    said = str(bench.take(file, columns={"ignore": "note"})).replace(f"{bench.folder}/", "").splitlines()
    assert said == [
        "balance, 48 to below 72: raw 1 to open, 3 rows",
        "norms.csv: 4 empty cells of scale, age or stratum filled with what stands above them",
        "norms.csv: 1 rows with a dash: no such score",
        "norms.csv: 1 column left aside: note",
        "a single age band, its upper end taken as included (completed units); --age-end below says otherwise",
        'ages "4:0-5:11" read as 48 to below 72 months',
        "norms.csv, cell C3: a date, turned back into the raw scores 12-14",
        "pack/tables/scores.csv: 3 rows written",
        "Then: where it comes from into SOURCES.toml, and otscore norms check pack",
    ]


def test_a_lookup_lists_the_raw_scores_of_a_range(bench: Bench) -> None:
    bench.norm("lookup")
    file = bench.csv("scale,raw,score\nbalance,0-2,7\nbalance,3,8\n")
    assert bench.rows(file) == ["scale,raw,score", "balance,0,7", "balance,1,7", "balance,2,7", "balance,3,8"]
    open_end = bench.csv("scale,raw,score\npegs,0-2,7\npegs,>2,8\n", "open.csv")
    with pytest.raises(UsageError, match="an open range, and it is not known where the raw scores end"):
        bench.take(open_end, table="scores.csv", replace=True)


def test_raw_scores_that_are_not_whole_keep_their_ends(bench: Bench) -> None:
    file = bench.csv("scale,raw,score\nbalance,<1.5,7\nbalance,1.5-2.5,8\nbalance,>2.5,9\n")
    assert bench.rows(file) == [
        "scale,raw_from,raw_above,raw_upto,raw_below,score", "balance,,,,1.5,7", "balance,1.5,,2.5,,8", "balance,,2.5,,,9",
    ]  # fmt: skip


def test_a_frame(bench: Bench) -> None:
    bench.norm("lookup")
    text = "sex,age_min,age_max,raw,score\n" + "".join(f"{sex},{a},{a + 11},{raw},{raw + 5}\n" for sex in ("f", "M") for a in (48, 60) for raw in (0, 1))
    rows = bench.rows(bench.csv(text), layout="frame", scale="pegs", age_unit="months")
    assert rows[:4] == ["scale,age_from,age_to,sex,raw,score", "pegs,48,60,male,0,5", "pegs,48,60,male,1,6", "pegs,60,72,male,0,5"]
    assert len(rows) == 9


def test_upper_ends_are_told_by_their_neighbours(bench: Bench) -> None:
    text = "scale,age_min,age_max,raw,score\nbalance,4,5,1,9\nbalance,5,6,1,8\n"
    assert bench.rows(bench.csv(text), layout="frame", age_unit="years")[1:] == ["balance,48,60,1,1,9", "balance,60,72,1,1,8"]
    single = bench.csv("age_min,age_below,raw,score\n48,60,1,9\n", "balance.csv")
    assert bench.rows(single, layout="frame", age_unit="months", replace=True)[1:] == ["balance,48,60,1,1,9"]


def test_upper_ends_that_cannot_be_told_are_refused(bench: Bench) -> None:
    mixed = bench.csv("scale,age,raw,score\nbalance,48-54,1,9\nbalance,54-59,1,8\nbalance,60-71,1,8\n")
    assert "some age bands touch" in bench.refused(mixed, age_unit="months")[0]
    apart = bench.csv("scale,age,raw,score\nbalance,48-53,1,9\nbalance,54-59,1,8\n")
    assert "would leave a gap" in bench.refused(apart, age_unit="months", age_end="below")[0]


CROSSED: list[list[Cell]] = [["Table B", "", ""], ["Raw", "Balance", "Pegs"], [0, 1, "<1"], [1, 4, 3], [2, 7, "–"], [3, 9, "–"]]


def test_sheets_of_a_workbook(bench: Bench) -> None:
    file = bench.book({"4-0 to 4-11 boys": CROSSED, "5-0 to 5-11 boys": CROSSED, "Notes": [["old"]]}, hidden=["Notes"])
    done = bench.take(file, layout="sheets")
    assert done.file.read_text().splitlines()[:6] == [
        "scale,age_from,age_to,sex,raw_min,raw_max,score", "balance,48,60,male,0,0,1", "balance,48,60,male,1,1,4", "balance,48,60,male,2,2,7",
        "balance,48,60,male,3,3,9", "balance,60,72,male,0,0,1",
    ]  # fmt: skip
    assert "hidden sheet Notes left aside" in str(done)
    assert "row 1 left aside: a title" in str(done)


def test_sheets_as_files_with_their_ages_said(bench: Bench) -> None:
    young, old = bench.csv("raw,balance\n0-3,5\n4,7\n", "young.csv"), bench.csv("raw,balance\n0-3,4\n4,6\n", "48_to_59_months.csv")
    said = bench.refused(young, old, layout="sheets")
    assert said == [
        "young.csv: nothing says which age band the sheet is for. Name the sheet by its age band, for example 48-53 months, or say it: "
        "--ages young=48-53 (or none), --age-unit for bare numbers"
    ]
    rows = bench.rows(young, old, layout="sheets", ages={"young": "36-47 months"})
    assert rows[1:] == ["balance,36,48,0,3,5", "balance,36,48,4,4,7", "balance,48,60,0,3,4", "balance,48,60,4,4,6"]


def test_sheets_with_scores_down_the_side(bench: Bench) -> None:
    rows = bench.rows(bench.csv("score,balance,pegs\n10,4+,3\n9,-,1-2\n8,0-3,0\n", "48-59 months.csv"), layout="sheets")
    assert rows[1:] == ["balance,48,60,0,3,8", "balance,48,60,4,,10", "pegs,48,60,0,0,8", "pegs,48,60,1,2,9", "pegs,48,60,3,3,10"]


def test_ranges_with_dates_and_scales_across(bench: Bench) -> None:
    rows: list[list[Cell]] = [
        ["Scaled score", "Balance", "Pegs", "Percentile"], [10, "15+", ">14", 50], [9, date(2026, 12, 14), "—", "37"], [8, "0-11", "≤14", 25],
    ]  # fmt: skip
    done = bench.take(bench.book({"Ages 4;0;0 - 4;5;30": rows}), layout="ranges")
    assert done.file.read_text().splitlines() == [
        "scale,age_from,age_to,raw_min,raw_max,score,percentile",
        "balance,48,54,0,11,8,25", "balance,48,54,12,14,9,37", "balance,48,54,15,,10,50", "pegs,48,54,,14,8,25", "pegs,48,54,15,,10,50",
    ]  # fmt: skip
    assert "cell B3: a date, turned back into the raw scores 12-14" in str(done)


def test_ranges_with_merged_headings_of_scales_over_ages(bench: Bench) -> None:
    rows: list[list[Cell]] = [
        ["Table of norms", None, None, None, None], ["Score", "Balance", None, "Pegs", None], [None, "4:0-4:11", "5:0-5:11", "4:0-4:11", "5:0-5:11"],
        [2, "3-4", "4", "2", "2"], [1, "0-2", "0-3", "0-1", "0-1"],
    ]  # fmt: skip
    expected = [
        "balance,48,60,0,2,1", "balance,48,60,3,4,2", "balance,60,72,0,3,1", "balance,60,72,4,4,2",
        "pegs,48,60,0,1,1", "pegs,48,60,2,2,2", "pegs,60,72,0,1,1", "pegs,60,72,2,2,2",
    ]  # fmt: skip
    for merged in (["A1:E1", "A2:A3", "B2:C2", "D2:E2"], []):
        assert bench.rows(bench.book({"norms": rows}, merged={"norms": merged}), layout="ranges", replace=True)[1:] == expected


def test_a_score_merged_over_its_raw_scores(bench: Bench) -> None:
    rows: list[list[Cell]] = [["scale", "raw", "score"], ["balance", 0, 7], [None, 1, None], [None, 2, 8]]
    file = bench.book({"norms": rows}, merged={"norms": ["C2:C3"]})
    assert bench.rows(file)[1:] == ["balance,0,0,7", "balance,1,1,7", "balance,2,2,8"]


def test_an_empty_score_is_not_filled(bench: Bench) -> None:
    said = bench.refused(bench.csv("scale,raw,score\nbalance,0,7\nbalance,1,\nbalance,2,\n"))
    assert said == [
        "norms.csv, column score: cells C3, C4: nothing stands there. Type what the source prints; a dash where it prints none. "
        "A score that is printed once for several rows stands in each of them"
    ]


def test_every_problem_is_said_at_once_with_its_place(bench: Bench) -> None:
    long = bench.csv("scale,age,raw,score\nBalanse,4:0-4:5,12*,7\nbalance,4:13,3,8a\npegs,4:0-4:5,\"1,234\",\n")
    book = bench.book({"48-59 months": [["raw", "balance", "sway"], [0, 1, 2], ["2-1", date(2014, 12, 1), 3]]})
    said = bench.refused(long, layout="long") + bench.refused(book, layout="sheets")
    assert [line.partition(". ")[0] for line in said] == [
        'norms.csv, column scale: cell A2: "Balanse" is no scale of the pack',
        'norms.csv, column raw: cell C2: "12*" is not a number',
        'norms.csv, column age: cell B3: "4:13" is no age in years and months',
        'norms.csv, column score: cell D3: "8a" is not a number',
        'norms.csv, column raw: cell C4: "1,234" may be a whole number with thousands or a decimal number',
        "norms.csv, column score: cell D4: nothing stands there",
        'norms.xlsx, sheet 48-59 months, column sway: cell C1: "sway" is no scale, age band or stratum of the pack',
        'norms.xlsx, sheet 48-59 months, column raw: cell A3: the range "2-1" falls',
        "norms.xlsx, sheet 48-59 months, column balance: cell B3: the cell holds a date or a time, not a number",
    ]
    assert "Did you mean balance?" in said[0]


def test_a_date_that_may_be_two_ranges_is_refused(bench: Bench) -> None:
    book = bench.book({"48-59 months": [["score", "balance"], [2, "15+"], [1, date(2014, 12, 1)]]})
    assert bench.refused(book, layout="ranges") == [
        "norms.xlsx, sheet 48-59 months, column balance: cell B3: the cell holds a date that a spreadsheet made of a range, and the range may have "
        "been 1-12 or 12-14. Format the column as text and write the range again, for example 12-14"
    ]


def test_rows_that_stand_twice_and_keys_that_differ(bench: Bench) -> None:
    twice = bench.csv("scale,raw,score\nbalance,1,7\nbalance,1,7\n")
    assert bench.refused(twice)[0].startswith("norms.csv, cell C3: the same scale, age, stratum and raw score as in")
    one, other = bench.csv("score,balance\n1,0-3\n", "48-59 months.csv"), bench.csv("score,pegs\n1,0-3\n", "rest.csv")
    assert "1 scores have no age band, and others have one" in bench.refused(one, other, layout="ranges")[0]


def test_headings_that_are_not_known_or_stand_twice(bench: Bench) -> None:
    said = bench.refused(bench.csv("Skala,Punkte,Score,Standard score\nbalance,1,7,8\n"))
    assert [line.partition(". ")[0] for line in said] == [
        "norms.csv, column Skala: it is not known what the column holds",
        "norms.csv, column Punkte: it is not known what the column holds",
        "norms.csv, column Standard score: a second column that holds score",
        "norms.csv: no column holds raw",
    ]
    file = bench.csv("Skala,Punkte,Score\nGleichgewicht,1,7\n")
    rows = bench.rows(file, columns={"scale": "Skala", "raw": "Punkte"}, scale_names={"Gleichgewicht": "balance"})
    assert rows[1:] == ["balance,1,1,7"]


def test_a_cell_is_filled_from_above_only_where_nothing_new_begins(bench: Bench) -> None:
    file = bench.csv("scale,age,raw,score\nbalance,4:0-4:11,1,7\n,,2,8\npegs,,1,7\n")
    assert bench.refused(file)[0].startswith("norms.csv, column age: cell B4: nothing stands there")
    other = bench.csv("age,scale,raw,score\n4:0-4:11,balance,1,7\n,,2,8\n,pegs,1,7\n")
    assert len(bench.rows(other)) == 4


def test_cells_below_no_heading_are_refused(bench: Bench) -> None:
    file = bench.csv("scale,raw,score\nbalance,1,7,5\nbalance,2,8\n")
    assert bench.refused(file)[0].startswith("norms.csv: cells D2: something stands below no heading")
    crossed = bench.csv("raw,balance\n1,7,5\n2,8\n", "48-59 months.csv")
    assert bench.refused(crossed, layout="sheets")[0].startswith("48-59 months.csv: cells C2: something stands below no heading")


def test_the_words_of_an_age_are_no_strata(bench: Bench) -> None:
    sheet: list[list[Cell]] = [["raw", "balance"], [0, 1]]
    assert bench.rows(bench.book({"48-59 m": sheet}), layout="sheets")[0] == "scale,age_from,age_to,raw_min,raw_max,score"
    assert bench.rows(bench.book({"48-59 m, m": sheet}), layout="sheets", replace=True)[1] == "balance,48,60,male,0,0,1"
    with pytest.raises(UsageError, match="the name of the sheet says male and female"):
        bench.take(bench.book({"48-59 m boys girls": sheet}), layout="sheets")


def test_the_name_of_a_file_gives_no_age_to_a_long_table(bench: Bench) -> None:
    file = bench.csv("scale,raw,score\nbalance,1,7\n", "pages 48-59.csv")
    assert bench.rows(file, age_unit="months")[0] == "scale,raw_min,raw_max,score"
    assert bench.rows(file, ages={"pages 48-59": "4:0-4:11"}, replace=True)[1] == "balance,48,60,1,1,7"


def test_what_the_user_names_must_be_there(bench: Bench) -> None:
    file = bench.csv("scale,raw,score\nbalance,1,7\n")
    said = bench.refused(file, columns={"ignore": "note"}, scale_names={"Bal": "balance"}, ages={"young": "4:0-4:5"}, only={"form": "A"})
    assert [line.partition(". ")[0] for line in said] == [
        "--columns: no heading note", "--scale-names: Bal is no heading and stands in no column of scales", "--ages: there is no sheet or file young",
        "--only: no column form",
    ]  # fmt: skip
    assert "standard is no role of a column. Roles: scale, form" in bench.refused(file, columns={"standard": "score"})[0]
    assert "rows are chosen by --only" in bench.refused(file, layout="sheets", only={"form": "A"})[0]


def test_ages_are_no_scores_and_shares_no_percentiles(bench: Bench) -> None:
    bench.pack.joinpath("pack.toml").write_text(PACK.replace("METHOD", "ranges") + 'metric = "scaled"\n')
    file = bench.csv("scale,raw,score\nbalance,1,4:5\n")
    assert '"4:5" is an age, and the scores of the table are none' in bench.refused(file)[0]
    assert bench.rows(file, table="other.csv")[1:] == ["balance,1,53"]
    bench.pack.joinpath("pack.toml").write_text(PACK.replace("METHOD", "ranges") + 'metric = "age_equivalent"\n')
    assert bench.rows(bench.csv("scale,raw,score\nbalance,1,4-5\nbalance,2,>4-5\n"))[1:] == ["balance,1,1,53", "balance,2,2,>53"]
    shares = bench.csv("scale,raw,score,percentile\nbalance,1,7,0.16\nbalance,2,8,0.25\n")
    with pytest.raises(UsageError, match="every percentile lies between 0 and 1"):
        bench.take(shares, table="third.csv")


def test_headings_of_ages_without_an_instrument(tmp_path: Path) -> None:
    file = tmp_path / "balance.csv"
    file.write_text("score,<4:0,4:0 and older\n1,0-3,0-4\n2,4,5\n")
    (tmp_path / "pack.toml").write_text('[age]\nunit = "months"\nfrom = 36\nbelow = 60\n')
    done = import_norms([file], layout="ranges", into=tmp_path, told=Told(scale="balance"))
    assert done.file.read_text().splitlines()[1:] == ["balance,36,48,0,3,1", "balance,36,48,4,4,2", "balance,48,60,0,4,1", "balance,48,60,5,5,2"]


def test_forms_are_taken_one_at_a_time(bench: Bench) -> None:
    file = bench.csv("scale,form,raw,score\nbalance,A,1,7\nbalance,B,1,8\n")
    assert "several forms" in bench.refused(file)[0]
    assert bench.rows(file, only={"form": "B"})[1:] == ["balance,1,1,8"]


def test_decimal_marks_are_not_mixed(bench: Bench) -> None:
    file = bench.csv("scale;raw;score\nbalance;1;7,5\nbalance;2;1.234\n")
    assert "a decimal comma (" in bench.refused(file)[0]
    assert bench.rows(file, decimal="comma")[1:] == ["balance,1,1,7.5", "balance,2,2,1234"]


def test_age_equivalents_go_into_a_table_without_ages(bench: Bench) -> None:
    rows: list[list[Cell]] = [["scale", "age", "raw", "score", "AE"], ["balance", "4:0-4:11", 1, 7, time(4, 5)], ["balance", "5:0-5:11", 1, 6, "4-5"]]
    file = bench.book({"norms": rows})
    assert "age equivalents left aside" in str(bench.take(file))
    done = bench.take(file, ae_table="ae.csv")
    assert (done.file.parent / "ae.csv").read_text().splitlines() == ["scale,raw,score", "balance,1,53"]
    rows[2][4] = "4-6"
    with pytest.raises(UsageError, match="another age equivalent for the same raw score"):
        bench.take(bench.book({"norms": rows}), ae_table="ae.csv")


def test_a_table_that_is_there_is_filled_and_not_changed(bench: Bench) -> None:
    bench.norm("lookup")
    (bench.pack / "tables").mkdir()
    table = bench.pack / "tables" / "scores.csv"
    table.write_text("scale,age_from,age_to,raw,score\nbalance,48,60,0,\nbalance,48,60,1,\nbalance,48,60,2,5\n")
    file = bench.csv("score,balance\n5,>0\n", "48-59 months.csv")
    done = bench.take(file, layout="ranges")
    assert table.read_text().splitlines()[1:] == ["balance,48,60,0,", "balance,48,60,1,5", "balance,48,60,2,5"]
    assert "3 rows written, 1 of them still without a score" in str(done)
    other = bench.csv("score,balance\n6,>0\n", "48-59 months.csv")
    with pytest.raises(UsageError, match="age_from 48, age_to 60, raw 1: another score stands there already"):
        bench.take(other, layout="ranges")
    assert bench.rows(other, layout="ranges", replace=True)[1:] == ["balance,48,60,1,6", "balance,48,60,2,6"]


def test_a_column_half_typed_is_refused(bench: Bench) -> None:
    said = bench.refused(bench.csv("raw,balance,pegs\n0,1,\n1,,3\n2,3,-\n3,,-\n", "48-59 months.csv"), layout="sheets")
    assert [line.partition(": nothing")[0] for line in said] == [
        "48-59 months.csv, column balance: cell B3", "48-59 months.csv, column pegs: cell C2",
    ]  # fmt: skip


def test_files_that_cannot_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    latin, broken, word = bench.csv("raw;balance\n0–1;2\n", "a.csv", "cp1252"), bench.csv("no book", "b.xlsx"), bench.csv("", "c.docx")
    said = bench.refused(latin, broken, word, bench.folder / "d.csv", bench.csv("", "e.csv"), layout="sheets")
    assert [line.partition(". ")[0] for line in said] == [
        "a.csv: the file is not UTF-8", "b.xlsx: the workbook cannot be read", "c.docx: this kind of file is not read", "d.csv: there is no such file",
    ]  # fmt: skip
    book = bench.book({"norms": CROSSED})
    assert "there is no sheet Other. There is: norms" in bench.refused(book, layout="sheets", sheets=["Other"])[0]
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    assert "Excel files need python-calamine. Install it: pip install otscore[excel]" in bench.refused(book, layout="sheets")[0]


def test_a_directory_without_a_pack(bench: Bench, tmp_path: Path) -> None:
    file = bench.csv("scale,age,raw,score\nFine motor,4:0-4:5,1,7\nFine motor,4:6-4:11,1,6\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    done = import_norms([file], layout="long", into=empty)
    assert done.file.read_text().splitlines()[1:] == ["fine_motor,48,54,1,7", "fine_motor,54,60,1,6"]
    assert 'add [[norms]] with table = "scores.csv", method = "lookup"' in str(done)
    with pytest.raises(UsageError, match="no such directory"):
        import_norms([file], layout="long", into=tmp_path / "absent")
    with pytest.raises(UsageError, match="no name of a table"):
        import_norms([file], layout="long", into=empty, table="../x.csv")
