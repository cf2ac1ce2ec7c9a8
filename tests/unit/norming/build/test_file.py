"""The file of a sample: decimal commas, and codes that mean no value and may be one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from norming_made_up import recipe, rows

from otscore.errors import UsageError
from otscore.norming.build.data import Data, read_data


def read(folder: Path, found: list[dict[str, str]], **changes: Any) -> Data:
    """Read as a German spreadsheet writes it: semicolons, decimal commas."""
    text = "\n".join([";".join(found[0]), *(";".join(row.values()).replace(".", ",") for row in found)]) + "\n"
    file = folder / "sample.csv"
    file.write_text("\ufeff" + text, encoding="utf-8")
    return read_data(recipe(**changes), file)


def refused(folder: Path, found: list[dict[str, str]], **changes: Any) -> str:
    with pytest.raises(UsageError) as caught:
        read(folder, found, **changes)
    return str(caught.value)


def test_a_decimal_comma(tmp_path: Path) -> None:
    made = rows()
    found = read(tmp_path, made, data={"decimal": "comma", "weight": "weight"})
    assert found.age.tolist() == [float(row["age_years"]) for row in made]
    assert found.weight.tolist() == [float(row["weight"]) for row in made]
    assert "numbers are read with a decimal comma" in found.remarks


def test_a_decimal_comma_that_the_recipe_does_not_know(tmp_path: Path) -> None:
    message = refused(tmp_path, rows())
    assert 'column age_years: the cell is a number without a decimal point (240 rows). Is that a decimal comma? Write decimal = "comma" in [data]' in message


def test_points_among_decimal_commas(tmp_path: Path) -> None:
    """1.234 in such a file may be a thousand: it is not read as 1.2."""
    file = tmp_path / "sample.csv"
    file.write_text("age_years;total\n5,5;3\n6.234;4\n", encoding="utf-8")
    with pytest.raises(UsageError, match="row 2, column age_years: the cell is a number without a decimal comma"):
        read_data(recipe(data={"decimal": "comma"}), file)


def test_a_missing_code_that_is_an_age(tmp_path: Path) -> None:
    """99 for no raw score, and children of 99 months: they are not to go missing."""
    found = [row | {"age_years": str(round(12 * float(row["age_years"])))} for row in rows()]
    found[4]["age_years"], found[7]["age_years"], found[9]["total"] = "95", "95", "95"
    changes: dict[str, Any] = {"age": {"unit": "months", "from": 60, "below": 97, "bands": [60, 72, 84, 97]}}
    known = sum(row["age_years"] == "95" for row in found)
    message = refused(tmp_path, found, data={"missing": ["", "95"]}, **changes)
    assert f"row 5, column age_years: 95 is said to mean no value, and is an age that the pack scores ({known} rows)" in message
    told = read(tmp_path, found, scale={"missing": ["95"]}, **changes)
    assert np.isfinite(told.age).all() and np.flatnonzero(np.isnan(told.raw["hop"])).tolist() == [9]


@pytest.mark.parametrize("changes", [{"data": {"missing": ["", "9"]}}, {"scale": {"missing": ["9"]}}])
def test_a_missing_code_that_is_a_raw_score(tmp_path: Path, changes: dict[str, Any]) -> None:
    found = rows()
    found[2]["total"] = "9"
    message = refused(tmp_path, found, **changes)
    assert "column total: 9 is said to mean no value, and is a raw score that can occur" in message
    assert "Raw scores of hop run from 0 to 30" in message


def test_a_missing_code_is_a_name_among_identifiers(tmp_path: Path) -> None:
    found = rows()
    found[3]["child"], found[8]["child"] = "99", "99"
    message = refused(tmp_path, found, data={"missing": ["", "99", "-"], "id": "child", "decimal": "comma"})
    assert "row 9, column child: the child stands in an earlier row too" in message
    found[3]["child"], found[8]["child"] = "-", "-"
    assert read(tmp_path, found, data={"missing": ["", "99", "-"], "id": "child", "decimal": "comma"}).age.size == 240
