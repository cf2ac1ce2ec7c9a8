"""The mistake of hand scoring that change invites: to read it from standard scores alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import otscore

PACK = Path(__file__).parent / "fictional/kestle/1"


def scored(age_months: float, **answers: int) -> otscore.Scores:
    child = {"id": "x", "age_months": age_months, "form": "blue", **answers}
    return otscore.Scorer.load(path=PACK).score_frame(pd.DataFrame([child]), id="id", strata={"form": "form"})


def test_a_falling_standard_score_is_not_told_as_loss() -> None:
    """Raw 20 at 36 months is the mean, standard 100. Raw 30 at 60 months is an SD below the mean of 40, standard 85. The child gained
    10 raw points, with a standard error of sqrt(9 + 16): a reliable gain, which the standard scores show as a loss of 15.
    """
    then, now = (scored(age, t=raw) for age, raw in ((36.0, 20), (60.0, 30)))
    before, after = (one.to_frame().set_index("scale").loc["stand", "score"] for one in (then, now))
    assert (before, after) == (100, 85)
    row = now.change_since(then).set_index("scale").loc["stand"]
    assert row["measure"] == "raw"
    assert (row["change"], row["reliable"]) == (10, 1)


def test_where_nothing_but_a_standard_score_is_there_it_is_named() -> None:
    then, now = (scored(age, n=score) for age, score in ((36.0, 100), (60.0, 85)))
    row = now.change_since(then).set_index("scale").loc["name"]
    assert row["measure"] == "standard_score"
    assert (row["change"], row["reliable"]) == (-15, -1)


def test_standard_scores_without_an_error_tell_no_change() -> None:
    then, now = (scored(age, m=score) for age, score in ((36.0, 100), (60.0, 70)))
    row = now.change_since(then).set_index("scale").loc["hum"]
    assert row["reliable"] is pd.NA
    assert "error of measurement" in row["reason"]
