"""``otscore norms diff`` and ``norms lock --against``: what is said, in which form, and the exit code."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

BASE = Path(__file__).parents[1] / "bad_packs" / "base" / "snorf"


@pytest.fixture
def pair(desk) -> tuple[Path, Path]:
    for name in ("old", "new"):
        shutil.copytree(BASE, desk.folder / name)
    return desk.folder / "old", desk.folder / "new"


def run(desk, *words: object):
    return desk.run("norms", *words, quiet=True)


def change(home: Path, file: str, old: str, new: str) -> None:
    target = home / "1" / file
    text = target.read_text("utf-8")
    assert old in text
    target.write_text(text.replace(old, new), "utf-8")


SCORE = ("tables/hop.csv", "male,24,36,2,8,", "male,24,36,2,9,")


def test_the_same_is_0(desk, pair) -> None:
    outcome = run(desk, "diff", *pair)
    assert (outcome.code, outcome.err) == (0, "")
    assert "no difference" in outcome.out
    assert run(desk, "diff", "sdq@uk", "sdq@uk").code == 0


def test_differences_are_1_and_say_where(desk, pair) -> None:
    change(pair[1], *SCORE)
    outcome = run(desk, "diff", *pair)
    assert outcome.code == 1
    assert "lines 4 | 4: sex male, ages 24 to 36, raw 2, score: 8 | 9" in outcome.out
    assert outcome.out.endswith("1 difference: 1 cell\n")


@pytest.mark.parametrize(("a", "b", "said"), [("nowhere/x", ".", "no such directory"), ("sdq", "sdq", "several editions"), (BASE, BASE.parent / "plimfoot", "")])
def test_what_cannot_be_compared_is_2(desk, a: object, b: object, said: str) -> None:
    outcome = run(desk, "diff", a, b)
    assert outcome.code == (2 if said else 1)
    assert said in outcome.err


def test_tables_and_files(desk, pair) -> None:
    change(pair[1], *SCORE)
    rows = list(csv.DictReader(io.StringIO(run(desk, "diff", *pair, "--format", "csv").out)))
    assert [(row["file"], row["what"], row["column"], row["a"], row["b"], row["line_a"]) for row in rows] == [("tables/hop.csv", "cell", "score", "8", "9", "4")]
    outcome = run(desk, "diff", *pair, "--format", "json", "--scores", "--all", "--out", desk.folder / "diff.json")
    assert (outcome.code, outcome.out) == (1, "")
    said = json.loads((desk.folder / "diff.json").read_text("utf-8"))
    assert said["same"] is False
    (cell,) = said["cells"]
    assert (cell["scale"], cell["strata"], cell["age_from"], cell["age_to"], cell["raw"]) == ("hop", "male", 24, 36, 2)
    assert (cell["old_score"], cell["new_score"], cell["change"]) == (8, 9, "changes")
    hop = next(row for row in said["scores"] if row["scale"] == "hop")
    assert (hop["changed"], hop["appear"], hop["vanish"], hop["largest_in"], hop["largest"]) == (1, 0, 0, "score", 1)
    assert run(desk, "diff", *pair, "--out", desk.folder / "no" / "x").code == 2


def test_scores_that_change_come_and_go(desk, pair) -> None:
    change(pair[1], *SCORE)
    change(pair[1], "pack.toml", "below = 48", "below = 42")
    outcome = run(desk, "diff", *pair, "--scores")
    assert "hop (moon): 1 changed, 14 gone of 42 cells; male, female, ages 24 to below 48 months, raw 0 to 6; score by up to 1" in outcome.out
    assert "| `snorf@1` 1.0.0 | 42 to below 48 months | stack, raw 0 to 6, norm group moon | 7 of 14 cells, no result any more |" in outcome.out


def test_a_pack_that_cannot_be_scored_is_compared_and_said(desk, pair) -> None:
    change(pair[1], "tables/hop.csv", "male,24,36,2,8,", "male,24,36,2,eight,")
    outcome = run(desk, "diff", *pair, "--scores")
    assert outcome.code == 2
    assert "score: 8 | eight" in outcome.out
    assert "snorf@1: line 4: the cell is not a number" in outcome.err


@pytest.mark.parametrize(
    ("changes", "version", "level"),
    [
        ([SCORE], "1.0.1", "MAJOR"), ([SCORE], "1.1.0", "MAJOR"), ([SCORE], "2.0.0", ""), ([SCORE], "1.0.0", "MAJOR"),
        ([("pack.toml", 'label = "Invented children"', 'label = "Children"')], "1.0.1", ""),
        ([("pack.toml", 'label = "Invented children"', 'label = "Children"')], "1.0.0", "PATCH"),
        ([("pack.toml", "score_limits = [1, 19]", "score_limits = [5, 19]")], "1.1.0", "MAJOR"),
        ([("items.csv", "yes", "no")], "1.0.1", "MAJOR"),
    ],
)  # fmt: skip
def test_a_version_raised_too_little_is_refused(desk, pair, changes, version: str, level: str) -> None:
    for one in changes:
        change(pair[1], *one)
    if version != "1.0.0":
        change(pair[1], "pack.toml", 'version = "1.0.0"', f'version = "{version}"')
    outcome = run(desk, "lock", pair[1], "--against", pair[0])
    assert outcome.code == (2 if level else 0), outcome.err
    assert (pair[1] / "LOCK.toml").exists() == (not level)
    if level:
        assert f"{level}: write version" in outcome.err


def test_without_the_old_packs_the_message_says_how_to_ask(desk, pair) -> None:
    assert run(desk, "lock", pair[1]).code == 0
    change(pair[1], *SCORE)
    assert "`--against OLDDIR` says which" in run(desk, "lock", pair[1]).err
