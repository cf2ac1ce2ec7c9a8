"""Results that a publisher's own program gives, entered and put beside the scores of other packs: the fictional pack imber."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore

HERE = Path(__file__).parent / "fictional"
IMBER = {"reach_ss": 85, "reach_se": 4, "lift_gs": 512, "lift_se": 5, "cloth_t": 65}
KESTLE = {"k1": 2, "k2": 3, "k3": 2, "k4": 2, "t": 30, "n": 100}


def test_without_its_error_a_result_has_no_interval() -> None:
    scorer = otscore.Scorer.load(path=HERE / "imber/1")
    frame = scorer.score_frame(pd.DataFrame([{"age_months": 60.0, **IMBER}, {"age_months": 60.0, **IMBER, "reach_se": None}])).to_frame()
    with_error, without = (row for row in frame.to_dict("records") if row["scale"] == "reach")
    assert with_error["ci_high"] - with_error["ci_low"] == pytest.approx(2 * 1.6448536269514722 * 4)
    assert with_error["sem"] == 4
    assert without["score"] == 85
    assert without["status"] == "ok"
    assert isnan(without["ci_low"])
    assert isnan(without["ci_level"])


def test_another_level_of_the_interval() -> None:
    scorer = otscore.Scorer.load(path=HERE / "imber/1", ci_level=0.95)
    row = scorer.score_frame(pd.DataFrame([{"age_months": 60.0, **IMBER}])).to_frame().iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((85 - 1.959963984540054 * 4, 85 + 1.959963984540054 * 4))


def battery() -> otscore.Battery:
    return otscore.Battery.load(["imber@1", "kestle@1"], paths=[HERE])


def test_one_profile_of_entered_and_computed_results() -> None:
    profile = battery().score({"id": "x", "age_months": 60, "strata": {"form": "blue"}, "responses": IMBER | KESTLE})
    found: dict[str, Any] = {scale.scale: scale for domain in profile.domains for scale in domain.scales}
    assert {stamp.pack for stamp in profile.packs} == {"imber@1", "kestle@1"}
    # One z for all, turned to more able; a growth score has none.
    assert found["reach"].z == -1
    assert found["cloth"].z == -1.5
    assert found["stand"].z == -1
    assert found["name"].z == 0
    assert found["lift"].z is None
    assert found["climb"].z is None
    gross = next(domain for domain in profile.domains if domain.domain == "gross_motor")
    assert {scale.scale for scale in gross.scales} == {"lift", "climb", "stand"}


def test_the_same_in_a_table() -> None:
    row = {"id": "x", "age_months": 60.0, "form": "blue", **IMBER, **KESTLE}
    frame = battery().score_frame(pd.DataFrame([row, row | {"id": "y"}]), id="id", strata={"form": "form"}).to_frame()
    assert frame["pack"].value_counts().to_dict() == {"imber@1": 6, "kestle@1": 8}
    assert frame.loc[frame["scale"] == "reach", "z"].tolist() == [-1, -1]
