"""Columns that are left aside and come near an item, and missing codes that are answers: said, and nothing is refused."""

from __future__ import annotations

import pandas as pd

import otscore
from otscore.intake.remarks import near_misses

ITEMS = [f"EC{number}" for number in range(21, 41)]


def test_a_misspelt_item_that_is_left_aside_is_told() -> None:
    """All achieved, eight under a wrong name: the class would be another."""
    scorer = otscore.Scorer.load("ecdi@2030")
    right = pd.DataFrame([{"age_months": 50} | {item: 1 if item not in ("EC39", "EC40") else 2 for item in ITEMS}])
    wrong = right.rename(columns={item: item.replace("EC", "EC_") for item in ITEMS[:8]})
    scores = scorer.score_frame(wrong, ignore="unknown")
    near = [issue for issue in scores.issues if issue.code == "near_item"]
    assert [issue.field for issue in near] == [f"EC_{number}" for number in range(21, 29)]
    assert all(f"item EC{21 + place}" in issue.message for place, issue in enumerate(near))
    assert not [issue for issue in scorer.score_frame(right.assign(remarks="x"), ignore="unknown").issues]


def test_what_comes_near() -> None:
    codes = {"dominant_1", "dominant_2", "CBALVRTG", "EC21", "psc35_01"}
    names = ["dominat_1", "DOMINANT-2", "domniant_2", "CBALVRTGX", "EC_21", "EC22", "EC2", "psc35_1", "psc_01", "id", "", "height", "BALVRTG"]
    assert near_misses(names, codes) == {
        "dominat_1": "dominant_1", "DOMINANT-2": "dominant_2", "domniant_2": "dominant_2", "CBALVRTGX": "CBALVRTG", "EC_21": "EC21",
    }  # fmt: skip


def test_an_item_that_is_there_is_not_looked_for() -> None:
    frame = pd.DataFrame([{"age_years": 8.0, "sex": "male", "plank_s": 60, "plank-s": 61}])
    assert otscore.Scorer.load("nnyfs-plank@2012").score_frame(frame, ignore="unknown").issues == ()


def test_a_missing_code_that_is_an_answer_is_told() -> None:
    scorer = otscore.Scorer.load("nnyfs-plank@2012")
    frame = pd.DataFrame([{"age_years": 8.0, "sex": "male", "plank_s": 99}])
    (issue,) = scorer.score_frame(frame, missing=[99]).issues
    assert (issue.code, issue.field) == ("missing_is_legal", "plank_s") and "99 is a legal answer" in issue.message
    assert not scorer.score_frame(frame, missing=[-99, 999]).issues


def test_a_missing_word_that_is_an_answer_is_told() -> None:
    frame = pd.DataFrame([{"age_years": 9.0, "FCF6": "none", "FCF8": "none"}])
    issues = otscore.Scorer.load("cfm@5-17").score_frame(frame, missing=["none"]).issues
    assert [(issue.code, issue.field) for issue in issues] == [("missing_is_legal", "FCF6"), ("missing_is_legal", "FCF8")]
