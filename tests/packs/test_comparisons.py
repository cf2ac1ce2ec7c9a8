"""Differences between scores, worked by hand from the tables and SEMs of the fictional packs torvik and yarben.

z is 1.959964 for a level of 0.05, two-sided. A difference that reaches its critical value is significant. The base rate is that
of the largest printed difference which is reached; below all of them none is printed.
"""

from __future__ import annotations

import csv
import shutil
from math import isnan, sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore

HERE = Path(__file__).parent / "fictional"
Z = 1.959963984540054
Z_OF_THREE = 2.3939797998185104
"""Normal quantile of 1 - 0.05 / 3 / 2: a level of 0.05 shared by three comparisons."""

ALL = {"w": 108, "f": 97, "h": 95, "s": 90, "j": 60}


def compared(age: float, **answers: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    """comparison, scale, other -> what is said of the difference; the child alone, and last of a batch."""
    scorer = otscore.Scorer.load(path=HERE / "torvik/1")
    children = pd.DataFrame([ALL | {"age_months": 90.0}] * 3 + [ALL | answers | {"age_months": age}])
    batch = scorer.score_frame(children, age_months="age_months").contrast_frame()
    alone = scorer.score_frame(children.iloc[[3]], age_months="age_months").contrast_frame()
    last = batch.iloc[-len(alone):].reset_index(drop=True)
    pd.testing.assert_frame_equal(last.drop(columns="id"), alone.drop(columns="id"))
    return {(row["comparison"], row["scale"], row["other"]): row for row in alone.to_dict("records")}


def assert_said(found: dict[tuple[str, str, str], dict[str, Any]], expected: dict[tuple[str, str, str], tuple[Any, ...]], off: float = 1e-9) -> None:
    """Difference, critical, significant and base rate; None where there is none."""
    for key, values in expected.items():
        for name, value in zip(("difference", "critical", "significant", "base_rate"), values, strict=True):
            cell = found[key][name]
            if value is None:
                assert cell is None or cell is pd.NA or isnan(cell), (key, name, cell)
            else:
                assert cell == pytest.approx(value, abs=off), (key, name)


def test_against_the_own_mean_by_a_table() -> None:
    expected = {
        # The mean of 108, 97 and 95 is 100.
        ("own_printed", "word", ""): (8, 8, True, 40),  # at the cut, and at a printed difference of 8
        ("own_printed", "form", ""): (-3, 9, False, None),  # 5 is the least that is printed
        ("own_printed", "hand", ""): (-5, 10, False, 50),
        ("own_strict", "word", ""): (8, 10, False, None),  # the rows of level 0.01; no base rates
        ("own_strict", "form", ""): (-3, 11, False, None),
        ("own_strict", "hand", ""): (-5, 12, False, None),
    }
    found = compared(60)
    assert_said(found, expected)
    assert {found["own_printed", "word", ""]["level"], found["own_strict", "word", ""]["level"]} == {0.05, 0.01}


def test_one_below_the_cut_is_not_significant() -> None:
    # 107, 97, 96: the mean is 100, word 7 above it.
    assert_said(compared(60, w=107, h=96), {("own_printed", "word", ""): (7, 8, False, 60)})
    # 112, 97, 91: the mean is 100, word 12 above it: the last base rate.
    assert_said(compared(60, w=112, h=91), {("own_printed", "word", ""): (12, 8, True, 25), ("own_printed", "hand", ""): (-9, 10, False, 50)})


def test_against_the_own_mean_by_sems() -> None:
    # The mean of 108, 97 and 90 is 295 / 3. SEMs 3, 4, 4: their squares add up to 41.
    # SE^2 = SEM^2 (3 - 2) / 3 + 41 / 9.
    word, other = sqrt(9 / 3 + 41 / 9), sqrt(16 / 3 + 41 / 9)
    found = compared(60)
    for name, z in (("own_computed", Z), ("own_bonferroni", Z_OF_THREE)):
        expected = {
            (name, "word", ""): (108 - 295 / 3, z * word, True, None),
            (name, "form", ""): (97 - 295 / 3, z * other, False, None),
            (name, "step", ""): (90 - 295 / 3, z * other, True, None),
        }
        assert_said(found, expected)
    # From 72 months on the SEMs are 5, 12, 4: the squares add up to 185.
    assert_said(compared(72), {("own_computed", "word", ""): (108 - 295 / 3, Z * sqrt(25 / 3 + 185 / 9), False, None)})


def test_bonferroni_can_take_a_significance_away() -> None:
    # 106, 97, 97: the mean is 100, word 6 above it; 5.387 for one comparison, 6.580 for three.
    found = compared(60, w=106, s=97)
    assert_said(found, {("own_computed", "word", ""): (6, Z * sqrt(3 + 41 / 9), True, None)})
    assert_said(found, {("own_bonferroni", "word", ""): (6, Z_OF_THREE * sqrt(3 + 41 / 9), False, None)})


def test_pairs_by_a_table_of_two_ages() -> None:
    young = {
        ("pairs_printed", "word", "form"): (11, 12, False, 35),
        ("pairs_printed", "word", "hand"): (13, 14, False, 40),
        ("pairs_printed", "form", "hand"): (2, 13, False, None),
    }
    older = {
        ("pairs_printed", "word", "form"): (11, 9, True, 35),
        ("pairs_printed", "word", "hand"): (13, 11, True, 40),
        ("pairs_printed", "form", "hand"): (2, 10, False, None),
    }
    assert_said(compared(48), young)
    assert_said(compared(71), young)
    assert_said(compared(72), older)
    assert_said(compared(95), older)


def test_a_difference_the_other_way_round() -> None:
    expected = {
        ("pairs_printed", "word", "form"): (-20, 12, True, 8),
        ("pairs_computed", "word", "form"): (-20, Z * 5, True, None),
    }
    assert_said(compared(60, w=80, f=100), expected)


def test_pairs_by_sems() -> None:
    # SEMs 3, 4, 4; from 72 months on 5, 12, 4.
    young = {
        ("pairs_computed", "word", "form"): (11, Z * 5, True, None),
        ("pairs_computed", "word", "step"): (18, Z * 5, True, None),
        ("pairs_computed", "form", "step"): (7, Z * sqrt(32), False, None),
        ("pairs_bonferroni", "word", "form"): (11, Z_OF_THREE * 5, False, None),
        ("pairs_bonferroni", "word", "step"): (18, Z_OF_THREE * 5, True, None),
    }
    older = {
        ("pairs_computed", "word", "form"): (11, Z * 13, False, None),
        ("pairs_computed", "word", "step"): (18, Z * sqrt(41), True, None),
        ("pairs_computed", "form", "step"): (7, Z * sqrt(160), False, None),
    }
    assert_said(compared(60), young)
    assert_said(compared(72), older)


def test_a_score_and_what_another_lets_expect() -> None:
    # T from a standard score: b = 0.6 x 10 / 15 = 0.4. SEMs 3 and 3: SE^2 = 3^2 + (0.4 x 3)^2 = 10.44. The SD of the norm group
    # around what is expected is 10 sqrt(1 - 0.36) = 8: 6.8 is 0.85 of it, 16 is 2 of it.
    jump = Z * sqrt(10.44)
    expected = {
        # 100 + 0.6 (108 - 100) = 104.8.
        ("expected_printed", "step", "word"): (-14.8, 14, True, 15),
        # 50 + 0.4 (108 - 100) = 53.2.
        ("expected_computed", "jump", "word"): (6.8, jump, True, 39.5325086),
    }
    assert_said(compared(60), expected, 1e-7)
    # 100 + 0.6 x 20 = 112, less 14 is 98: at the cut. 50 + 0.4 x 20 = 58.
    at_the_cut = {("expected_printed", "step", "word"): (-14, 14, True, 15), ("expected_computed", "jump", "word"): (16, jump, True, 4.55002639)}
    assert_said(compared(60, w=120, s=98, j=74), at_the_cut, 1e-7)
    # One nearer: 99 is 13 below 112, and reaches the base rate of 10 only. T 64: 6 above 58, less than 6.333.
    short_of_it = {("expected_printed", "step", "word"): (-13, 14, False, 25), ("expected_computed", "jump", "word"): (6, jump, False, 45.32547)}
    assert_said(compared(60, w=120, s=99, j=64), short_of_it, 1e-4)


def test_a_member_that_is_missing() -> None:
    found = compared(60, h=None)
    for scale in ("word", "form", "hand"):
        row = found["own_printed", scale, ""]
        assert isnan(row["difference"]), "no mean of three without the third"
        assert isnan(row["base_rate"])
        assert row["significant"] in (None, pd.NA)
    assert isnan(found["pairs_printed", "word", "hand"]["difference"])
    there = {
        ("pairs_printed", "word", "form"): (11, 12, False, 35),
        ("own_computed", "word", ""): (108 - 295 / 3, Z * sqrt(3 + 41 / 9), True, None),
    }
    assert_said(found, there)


@pytest.mark.parametrize(("sex", "sem"), [("male", 4), ("female", 12), (None, None)])
def test_sems_by_a_value_that_no_norm_asks_for(sex: str | None, sem: float | None, tmp_path: Path) -> None:
    shutil.copytree(HERE / "torvik", tmp_path / "torvik")
    pack = tmp_path / "torvik/1"
    file = pack / "pack.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[[norm_groups]]", '[strata.sex]\nvalues = ["male", "female"]\n\n[[norm_groups]]'), encoding="utf-8")
    with (pack / "psychometrics.csv").open(encoding="utf-8", newline="") as text:
        rows = [row | {"sex": ""} for row in csv.DictReader(text)]
    by_sex = [row | {"sex": value} for row in rows if row["scale"] == "form" for value in ("male", "female")]
    for row in by_sex:
        row["value"] = "4" if row["sex"] == "male" else "12"
    with (pack / "psychometrics.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows([*(row for row in rows if row["scale"] != "form"), *by_sex])
    scores = otscore.Scorer.load(path=pack).score_frame(pd.DataFrame([ALL | {"age_months": 60.0, "sex": sex}]), sex="sex")
    found = {(row["comparison"], row["scale"], row["other"]): row for row in scores.contrast_frame().to_dict("records")}
    # SEMs 3, 4 or 12, and 4.
    expected: dict[tuple[str, str, str], tuple[Any, ...]] = {
        ("pairs_computed", "word", "form"): (11, sem and Z * sqrt(9 + sem**2), sem and sem == 4, None),
        # One SEM that is not known leaves that of the mean unknown, also for the other scales.
        ("own_computed", "word", ""): (108 - 295 / 3, sem and Z * sqrt(9 / 3 + (9 + sem**2 + 16) / 9), sem and True, None),
        ("pairs_computed", "word", "step"): (18, Z * 5, True, None),
    }
    assert_said(found, expected)


# ---------------------------------------------------------------------------------------------- two informants


def told(informant: str, *rows: tuple[str, int, int], group: str | None = None, **more: Any) -> otscore.Scores:
    """Rows of id, calm and busy."""
    frame = pd.DataFrame([{"id": name, "age_months": 84.0, "informant": informant, "c": c, "b": b} for name, c, b in rows])
    return otscore.Scorer.load(path=HERE / "yarben/1", norm_group=group, **more).score_frame(frame, id="id", age_months="age_months", informant="informant")


def test_two_informants() -> None:
    # Home: calm 50 + 10 (14 - 10) / 4 = 60, busy 50 + 10 (10 - 8) / 2 = 60. School: 50 + 10 (10 - 12) / 5 = 46 and 50 + 10 (9 - 9) / 3.
    home, school = told("home", ("x", 10, 8), ("y", 14, 10)), told("school", ("x", 12, 9), ("y", 10, 9))
    rows = {(row["id"], row["comparison"], row["scale"]): row for row in home.between_informants(school).to_dict("records")}
    expected = {
        ("x", "doors_printed", "calm"): (0, 12, False, None),
        ("x", "doors_printed", "busy"): (0, 15, False, None),
        ("y", "doors_printed", "calm"): (14, 12, True, 30),
        ("y", "doors_printed", "busy"): (10, 15, False, 35),
        # SEMs 3 at home and 4 at school: z sqrt(9 + 16).
        ("y", "doors_computed", "calm"): (14, Z * 5, True, None),
    }
    assert_said(rows, expected)
    back = {(row["id"], row["comparison"], row["scale"]): row for row in school.between_informants(home).to_dict("records")}
    assert_said(back, {("y", "doors_printed", "calm"): (-14, 12, True, 30), ("y", "doors_computed", "calm"): (-14, Z * 5, True, None)})
    assert set(home.contrast_frame()["kind"]) <= {"pairwise", "own_mean", "predicted"}, "one informant alone has no such difference"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (lambda: told("school", ("z", 10, 9)), "other_children"),
        (lambda: told("school", ("y", 10, 9), ("x", 10, 9)), "other_children"),
        (lambda: told("school", ("y", 10, 9), group="hill"), "not_comparable"),
        (lambda: otscore.Scorer.load(path=HERE / "torvik/1").score_frame(pd.DataFrame([ALL | {"age_months": 84.0, "id": "y"}]), id="id"), "not_comparable"),
    ],
    ids=["another child", "more children", "another norm group", "another pack"],
)
def test_scores_that_differ_in_more_than_the_informant_are_not_compared(other: Any, code: str) -> None:
    with pytest.raises(otscore.UsageError) as caught:
        told("home", ("y", 14, 10)).between_informants(other())
    assert [issue.code for issue in caught.value.issues] == [code]
