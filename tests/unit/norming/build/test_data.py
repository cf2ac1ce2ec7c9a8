"""Data: what is refused, where, and that no child's data is told."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from norming_made_up import csv_text, recipe, rows

from otscore.errors import UsageError
from otscore.norming.build.data import Data, read_data
from otscore.norming.build.raking import raked

STRATA = {"sex": {"column": "sex", "values": ["male", "female"], "aliases": {"m": "male", "f": "female"}}}
SECRET = "8817.25"


def read(folder: Path, found: list[dict[str, str]], **changes: Any) -> Data:
    file = folder / "sample.csv"
    file.write_text(csv_text(found), encoding="utf-8")
    return read_data(recipe(**changes), file)


def refused(folder: Path, found: list[dict[str, str]], **changes: Any) -> str:
    with pytest.raises(UsageError) as caught:
        read(folder, found, **changes)
    message = str(caught.value)
    assert SECRET not in message
    return message


def with_cells(column: str, cells: dict[int, str]) -> list[dict[str, str]]:
    """The made-up children with some cells of a column changed; rows are counted from 1, as messages count them."""
    found = rows()
    for row, cell in cells.items():
        found[row - 1][column] = cell
    return found


def test_columns_as_arrays(tmp_path: Path) -> None:
    made = rows()
    found = read(tmp_path, made, data={"weight": "weight"}, strata=STRATA, scale={"strata": ["sex"]})
    assert found.raw["hop"].tolist() == [float(row["total"]) for row in made]
    assert found.age.tolist() == [float(row["age_years"]) for row in made]
    assert found.weight.tolist() == [float(row["weight"]) for row in made]
    assert found.strata["sex"].tolist() == [0 if row["sex"] == "m" else 1 for row in made]
    assert found.sha256 == hashlib.sha256((tmp_path / "sample.csv").read_bytes()).hexdigest()


def test_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "sample.csv"
    file.write_text("\ufeff" + csv_text(rows()).replace(",", ";"), encoding="utf-8")
    assert read_data(recipe(), file).age.size == 240


@pytest.mark.parametrize(
    ("column", "cells", "changes", "words"),
    [
        ("total", {3: "many", 9: SECRET + "x"}, {}, "row 3, column total: the cell is no number (2 rows)"),
        ("age_years", {7: "7;5"}, {}, "row 7, column age_years: the cell is no number"),
        ("total", {4: "31", 5: SECRET}, {}, "row 4, column total: the raw score is outside its range (2 rows). Raw scores of hop run from 0 to 30"),
        ("total", {6: "12.5"}, {}, "row 6, column total: the raw score is not whole"),
        ("age_years", {2: SECRET}, {}, 'row 2, column age_years: the age is outside the ages of the pack. The recipe is for 5 to below 8 years'),
        ("age_years", {2: "8"}, {}, "row 2, column age_years: the age is outside"),
        ("weight", {8: "-1"}, {"data": {"weight": "weight"}}, "row 8, column weight: a weight is below 0"),
        ("sex", {5: SECRET}, {"strata": STRATA, "scale": {"strata": ["sex"]}}, "row 5, column sex: the cell is no value of sex. Known: male, female, m, f"),
        ("child", {9: "c3", 10: "c3"}, {"data": {"id": "child"}}, "row 9, column child: the child stands in an earlier row too (2 rows)"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be(tmp_path: Path, column: str, cells: dict[int, str], changes: dict[str, Any], words: str) -> None:
    assert words in refused(tmp_path, with_cells(column, cells), **changes)


def test_a_column_that_is_not_there_is_suggested(tmp_path: Path) -> None:
    message = refused(tmp_path, rows(), scale={"column": "totl"}, data={"age": "agee_years", "weight": "kg"})
    assert "there is no column totl, named by scale hop. Did you mean total?" in message
    assert "there is no column agee_years, named by data.age. Did you mean age_years?" in message
    assert "there is no column kg, named by data.weight. The file has: child, age_years" in message


def test_months_in_a_column_of_years(tmp_path: Path) -> None:
    found = [row | {"age_years": str(12 * float(row["age_years"]))} for row in rows()]
    assert "Is it in years?" in refused(tmp_path, found, data={"outside_ages": "leave_out"})


def test_parts_of_a_year_in_a_column_of_completed_years(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not whole, and the pack counts completed units"):
        read(tmp_path, rows(60), age={"use": "completed"})


def test_whole_ages_that_may_be_completed_ones_are_said(tmp_path: Path) -> None:
    whole = [row | {"age_years": row["age_years"][0]} for row in rows(60)]
    assert any("half a year too old" in remark for remark in read(tmp_path, whole).remarks)
    assert read(tmp_path, whole, age={"use": "completed"}).remarks == ("60 children in the file",)
    assert read(tmp_path, rows(60)).remarks == ("60 children in the file",)


def test_all_alike(tmp_path: Path) -> None:
    assert "all children have the same raw score" in refused(tmp_path, [row | {"total": "12"} for row in rows()])


def test_an_empty_column(tmp_path: Path) -> None:
    assert "no child with an age has a raw score" in refused(tmp_path, [row | {"total": ""} for row in rows()])


def test_what_is_missing_is_counted(tmp_path: Path) -> None:
    found = with_cells("total", {1: "", 2: "NA", 3: "99"})
    found[9]["age_years"], found[10]["age_years"], found[11]["sex"] = "", "4.9", ""
    changes = {"data": {"missing": ["", "NA", "99"], "outside_ages": "leave_out"}, "strata": STRATA, "scale": {"strata": ["sex"]}}
    read_in = read(tmp_path, found, **changes)
    assert read_in.remarks == (
        "240 children in the file", "left out: 1 with no age", "left out: 1 with an age that the pack does not score", "left out: 1 with no value of sex",
        "left out: 3 with no raw score of hop",
    )  # fmt: skip
    scale = recipe(**changes).scales[0]
    assert read_in.children(scale, (0,)).sum() + read_in.children(scale, (1,)).sum() == 240 - 6


def test_another_file_than_the_recipe_names(tmp_path: Path) -> None:
    digest = hashlib.sha256(csv_text(rows()).encode()).hexdigest()
    assert read(tmp_path, rows(), data={"sha256": digest}).sha256 == digest
    message = refused(tmp_path, with_cells("total", {1: "3"}), data={"sha256": digest})
    assert "another one than the recipe names" in message


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "the file has no rows"), ("a,b\n", "the file has no rows"), ("age_years,total,total\n6,1,2\n", "two columns are called total")],
)  # fmt: skip
def test_a_file_without_a_table(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "sample.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        read_data(recipe(), file)


def test_a_workbook_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Save it as CSV UTF-8"):
        read_data(recipe(), tmp_path / "sample.xlsx")


def test_raking_meets_the_margins(tmp_path: Path) -> None:
    """7 in 10 of the population are girls: the weights of those in the sample add up to that, and a child without a value is out."""
    found = with_cells("sex", {1: ""})
    asked = {"raking": [{"column": "sex", "shares": {"m": 0.3, "f": 0.7}}]}
    weighted = raked(recipe(**asked), read(tmp_path, found, **asked))
    girls = np.array([row["sex"] == "f" for row in found])
    assert weighted.weight[girls].sum() / weighted.weight.sum() == pytest.approx(0.7, abs=1e-9)
    assert weighted.weight[0] == 0.0 and not weighted.used[0]
    assert "left out: 1 without a value of a margin" in weighted.remarks


def test_years_and_months_with_a_point_between_them(tmp_path: Path) -> None:
    """7.11 is 7 years 11 months there, and would be read as seven years and six weeks."""
    found = [row | {"age_years": f"{float(row['age_years']) // 1:.0f}.{int(float(row['age_years']) % 1 * 12)}"} for row in rows()]
    months = sum(row["age_years"].endswith((".10", ".11")) for row in found)
    message = refused(tmp_path, found)
    assert f"column age_years: the ages look like years and months: nothing above 11 stands behind the mark ({months} rows)" in message
    for places in (1, 2):
        decimal = [row | {"age_years": f"{min(float(row['age_years']), 7.94):.{places}f}"} for row in rows()]
        assert read(tmp_path, decimal).age.size == 240
