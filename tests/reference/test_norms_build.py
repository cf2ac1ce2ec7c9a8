"""A recipe for the example data of the R package cNORM gives the raw score tables that cNORM gives."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from norming_made_up import document

from otscore.check import check_directory, is_error
from otscore.norming.build.build import build, write
from otscore.norming.build.toml import toml_text

AGES = ("2", "2.25", "3", "4.5", "5")
AGE = {"from": 2, "below": 5.1, "bands": [2, 2.1, 2.9, 4, 4.9, 5.1], "at": [float(age) for age in AGES]}


def elfe(shared: Path, where: Path, model: dict[str, Any], **scale: Any) -> tuple[Path, dict[tuple[str, str], str]]:
    """The pack, and score by age and raw score."""
    asked = {"id": "elfe", "column": "raw", "range": [0, 28], "model": model, "decimals": 6, "limits": [25, 75]} | scale
    data = {"file": str(shared / "reference" / "cnorm" / "data" / "elfe.csv"), "age": "group", "group": "group"}
    recipe = where / "recipe.toml"
    recipe.write_text(toml_text(document(scale=asked, data=data, age=AGE)), encoding="utf-8")
    made = build(recipe, None, None, "9.9.9")
    write(made)
    rows = csv.DictReader(made.files["tables/elfe.csv"].splitlines())
    at = dict(zip(("2", "2.1", "2.9", "4", "4.9"), AGES, strict=True))
    return made.directory, {(at[row["age_from"]], row["raw"]): row["score"] for row in rows}


def test_the_raw_tables_of_elfe(shared: Path, tmp_path: Path) -> None:
    """Every cell between T 25.5 and 74.5; beyond, cNORM draws its tables out to other limits than those of the model."""
    directory, ours = elfe(shared, tmp_path, {"method": "taylor", "score_power": 5, "age_power": 3, "consistent": "sparse"})
    assert [str(issue) for issue in check_directory(directory) if is_error(issue)] == []
    compared = 0
    for age in AGES:
        with (shared / "reference" / "cnorm" / f"elfe_group_k5t3_rawtable_{age}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if 25.5 < float(row["norm"]) < 74.5 and ours[age, row["raw"]][0] not in "<>":
                    compared += 1
                    assert float(ours[age, row["raw"]]) == pytest.approx(float(row["norm"]), abs=2e-6), (age, row["raw"])
    assert compared > 100
