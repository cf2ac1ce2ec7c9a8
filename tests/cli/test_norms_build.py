"""``otscore norms build`` and ``norms fit``: a sample in, a checked pack out that scores; and what is said when that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from norming_made_up import csv_text, document, rows

from otscore.norming.build.toml import toml_text

FIT = ("--raw", "total", "--age", "age_years", "--id", "fidget", "--range", "0:30", "--model", "regression")


@pytest.fixture
def sample(desk) -> Path:
    return desk.file("sample.csv", csv_text(rows(360)))


@pytest.fixture
def packs(desk) -> Path:
    return desk.folder / "packs"


def run(desk, *words: object):
    return desk.run("norms", *words, quiet=True)


def refused(desk, *words: object) -> str:
    """What is said about a call that does nothing."""
    outcome = run(desk, *words)
    assert outcome.code == 2, outcome.out + outcome.err
    assert not (desk.folder / "packs").exists()
    return outcome.err


def test_a_sample_becomes_a_private_pack_that_scores(desk, sample, packs) -> None:
    outcome = run(desk, "fit", sample, *FIT, "--out", packs, "--reliability", "0.9", "--sex", "sex", "--date", "2031-02-03", "--child", "child")
    assert outcome.code == 0, outcome.out + outcome.err
    assert "fidget@1: 12 files in" in outcome.out and "0 errors" in outcome.out
    assert run(desk, "check", packs).code == 0
    assert "synthetic" not in outcome.out
    listed = run(desk, "list", "--packs-dir", packs)
    assert "fidget@1" in listed.out and "private" in listed.out and "5 to below 8 years" in listed.out
    children = desk.file("children.csv", "id,age_years,sex,total_raw\na,6.75,m,13\nb,6.75,f,27\nc,8.5,f,13\n")
    scored = desk.score(children, "--packs-dir", packs, "--age-years", "age_years", pack="fidget@1")
    found = {row["id"]: row for row in scored.rows}
    assert found["a"]["status"] == found["b"]["status"] == "ok"
    assert found["c"]["status"] == "above_age"
    assert 45 <= float(found["a"]["score"]) <= 55
    assert float(found["a"]["ci_low"]) < float(found["a"]["score"]) < float(found["a"]["ci_high"])


def test_the_recipe_that_was_written_builds_the_same_pack(desk, sample, packs) -> None:
    run(desk, "fit", sample, *FIT, "--out", packs, "--date", "2031-02-03")
    recipe = packs / "fidget" / "1" / "recipe" / "recipe.toml"
    outcome = run(desk, "build", recipe, "--check")
    assert (outcome.code, outcome.out) == (0, ""), outcome.out + outcome.err
    assert "the same, 11 files" in outcome.err
    before = {file: file.read_bytes() for file in packs.rglob("*") if file.is_file()}
    assert run(desk, "build", recipe).code == 0
    assert {file: file.read_bytes() for file in packs.rglob("*") if file.is_file()} == before


def test_other_data_are_refused_by_their_digest(desk, sample, packs) -> None:
    run(desk, "fit", sample, *FIT, "--out", packs)
    sample.write_text(csv_text(rows(361)), encoding="utf-8")
    outcome = run(desk, "build", packs / "fidget" / "1" / "recipe" / "recipe.toml", "--check")
    assert outcome.code == 2
    assert "another one than the recipe names by its sha256" in outcome.err


def test_a_column_of_two_words(desk, packs) -> None:
    sample = desk.file("sample.csv", csv_text(rows(360)).replace("total", "Total score", 1))
    outcome = run(desk, "fit", sample, *FIT, "--raw", "Total score", "--out", packs)
    assert outcome.code == 0, outcome.err
    assert (packs / "fidget" / "1" / "tables" / "total_score.csv").is_file()


def test_a_check_names_the_cell(desk, sample, packs) -> None:
    run(desk, "fit", sample, *FIT, "--out", packs)
    table = packs / "fidget" / "1" / "tables" / "total.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("total,5,5.5,13,", "total,5,5.5,13,1"), encoding="utf-8")
    outcome = run(desk, "build", packs / "fidget" / "1" / "recipe" / "recipe.toml", "--check")
    assert outcome.code == 1
    (line,) = outcome.out.splitlines()
    assert line.startswith("tables/total.csv: line 15 (scale total, age_from 5, raw 13): score is 1")
    assert table.read_text(encoding="utf-8") != text  # nothing was written


def test_a_recipe_with_two_scales_by_sex(desk, sample, packs) -> None:
    (hop,) = document()["scales"]
    time = hop | {"id": "time", "domain": "fine_motor", "column": "seconds", "range": [0.1, 100], "whole": False, "table": "parametric", "strata": [],
                  "model": {"method": "lms"}, "higher_is": "less_able"}  # fmt: skip
    strata = {"sex": {"column": "sex", "values": ["male", "female"], "aliases": {"m": "male", "f": "female"}}}
    recipe = desk.file("recipe.toml", toml_text(document(strata=strata, scales=[hop | {"strata": ["sex"], "age_equivalents": True}, time])))
    outcome = run(desk, "build", recipe, "--out", packs)
    assert outcome.code == 0, outcome.out + outcome.err
    assert "left out" not in outcome.out
    report = json.loads((packs / "fidget" / "2031" / "recipe" / "report.json").read_text(encoding="utf-8"))
    assert [scale["scale"] for scale in report["scales"]] == ["hop", "time"]
    assert [part["strata"] for part in report["scales"][0]["parts"]] == [{"sex": "male"}, {"sex": "female"}]
    page = (packs / "fidget" / "2031" / "recipe" / "report.md").read_text(encoding="utf-8")
    assert "## hop" in page and "### sex female" in page


def test_data_may_lie_elsewhere(desk, packs) -> None:
    desk.file("moved.csv", csv_text(rows(360)))
    recipe = desk.file("recipe.toml", toml_text(document()))
    assert "there is no such file" in refused(desk, "build", recipe, "--out", packs)
    assert run(desk, "build", recipe, "--data", desk.folder / "moved.csv", "--out", packs).code == 0


def test_completed_years_are_normed_as_such(desk, packs) -> None:
    whole = [row | {"age_years": row["age_years"][0]} for row in rows(360)]
    sample = desk.file("whole.csv", csv_text(whole))
    assert run(desk, "fit", sample, *FIT, "--out", packs).code == 0
    recipe = (packs / "fidget" / "1" / "recipe" / "recipe.toml").read_text(encoding="utf-8")
    assert 'use = "completed"' in recipe and "bands = [5, 6, 7, 8]" in recipe


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--raw", "totl"), "there is no column totl, named by scale totl. Did you mean total?"),
        (("--age", "age_yeers", "--age-unit", "years"), "there is no column age_yeers, named by --age. Did you mean age_years?"),
        (("--age", "total"), "the name total does not say what the ages are counted in. Add --age-unit; allowed: years, months, days"),
        (("--range", "0-30"), "--range 0-30: no LOW:HIGH. Write two numbers with : between them, such as 0:30"),
        (("--range", "0:9"), "the raw score is outside its range"),
        (("--range", "9:0"), "`range` runs from the lowest to the highest raw score"),
        (("--metric", "iq"), "iq is no metric that norms are made in here. Allowed: z, t, standard"),
        (("--model", "tailor"), "there is no such model. Did you mean taylor? Allowed: taylor, beta"),
        (("--ages", "8:5"), "`from` lies below `below`"),
        (("--ages", "5:5.1"), "the age is outside the ages of the pack"),
        (("--ages", "5:9"), "bands computed at 8.25, 8.75, where the model tells nothing"),
        (("--band", "10"), "the ages of the sample do not fill one age band. Say where they end"),
        (("--reliability", "1.2"), "less than 1"),
        (("--weight", "kg"), "there is no column kg, named by data.weight"),
        (("--date", "3.2.2031"), "year-month-day"),
        (("--model", "lognormal_regression"), "has no logarithm"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(desk, sample, packs, words: tuple[str, str], expected: str) -> None:
    assert expected in refused(desk, "fit", sample, *FIT, *words, "--out", packs)


def test_text_in_a_column_of_numbers_is_not_repeated(desk, packs) -> None:
    found = rows(360)
    found[4]["total"], found[8]["total"], found[6]["age_years"] = "kanari", "kanari", "61977x"
    message = refused(desk, "fit", desk.file("sample.csv", csv_text(found)), *FIT, "--out", packs)
    assert "row 5, column total: the cell is no number (2 rows)" in message
    assert "row 7, column age_years: the cell is no number" in message


def test_a_child_twice(desk, packs) -> None:
    found = rows(360)
    found[30]["child"] = found[2]["child"]
    message = refused(desk, "fit", desk.file("sample.csv", csv_text(found)), *FIT, "--child", "child", "--out", packs)
    assert "row 31, column child: the child stands in an earlier row too" in message


def test_few_children_and_missing_data_are_counted(desk, packs) -> None:
    found = rows(360)
    for row in [row for row in found if float(row["age_years"]) < 7][:2]:
        row["total"] = "-9"
    found = [row for row in found if float(row["age_years"]) < 7.5] + [row for row in found if float(row["age_years"]) >= 7.5][:9]
    outcome = run(desk, "fit", desk.file("sample.csv", csv_text(found)), *FIT, "--missing", "-9", "--ages", "5:8", "--band", "0.5", "--out", packs)
    assert outcome.code == 0, outcome.err
    assert "left out: 2 with no raw score of total" in outcome.out
    assert "total, 7.5 to below 8 years: 9 children only" in outcome.out


def test_eight_hundred_children_by_the_default_model(desk, packs) -> None:
    sample = desk.file("sample.csv", csv_text(rows(800)))
    words = ("--raw", "total", "--age", "age_years", "--id", "fidget", "--range", "0:30", "--out", packs)
    outcome = run(desk, "fit", sample, *words)
    assert outcome.code == 0, outcome.out + outcome.err
    report = json.loads((packs / "fidget" / "1" / "recipe" / "report.json").read_text(encoding="utf-8"))
    (part,) = report["scales"][0]["parts"]
    assert part["fit"]["method"] == "taylor" and part["n"] == 800
    assert abs(part["residuals"][-1]["mean"]) < 0.05 and 0.9 < part["residuals"][-1]["sd"] < 1.05
