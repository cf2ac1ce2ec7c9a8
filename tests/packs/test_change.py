"""Change from one occasion to the next, worked by hand from the SEMs of the fictional pack kestle.

climb: growth scores, SEM 6 before 48 months and 8 from then on. stand: raw scores, SEM 3 and 4, and standard scores by age. name: a
standard score with a reliability of 0.92. hum: no error. z is 1.644854 for 90 %, two-sided.
"""

from __future__ import annotations

from math import isnan, sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore

HERE = Path(__file__).parent
PACK = HERE / "fictional/kestle/1"
QUANDLE = HERE.parent / "bad_packs/base/quandle/1"
Z90 = 1.6448536269514722

BEFORE = {"id": "x", "form": "blue", "k1": 1, "k2": 2, "k3": 1, "k4": 1, "t": 20, "n": 85, "m": 90}
AFTER = {"id": "x", "form": "blue", "k1": 2, "k2": 3, "k3": 2, "k4": 2, "t": 30, "n": 100, "m": 100}


def scored(*children: dict[str, Any], norm_group: str | None = None, path: Path = PACK, **columns: str) -> otscore.Scores:
    frame = pd.DataFrame(list(children))
    return otscore.Scorer.load(path=path, norm_group=norm_group).score_frame(frame, id="id", strata={"form": "form"} if "form" in frame else None, **columns)


def change(before: dict[str, Any], after: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    """Scale -> its row; the child alone, and second of two."""
    other = {**BEFORE, "id": "w", "age_months": 40.0}
    alone = scored(after, **more).change_since(scored(before, **more))
    both = scored(other, after, **more).change_since(scored(other, before, **more))
    pd.testing.assert_frame_equal(both.iloc[len(alone):].reset_index(drop=True), alone, check_dtype=False)
    return {row["scale"]: row for row in alone.to_dict("records")}


def assert_row(row: dict[str, Any], measure: str, before: float, after: float, se: float, reliable: int) -> None:
    assert row["reason"] == ""
    assert row["measure"] == measure
    assert (row["before"], row["after"], row["change"]) == (before, after, after - before)
    assert row["se"] == pytest.approx(se)
    assert row["index"] == pytest.approx((after - before) / se)
    assert row["mdc90"] == pytest.approx(Z90 * se)
    assert row["reliable"] == reliable


def test_each_scale_on_the_measure_that_shows_progress() -> None:
    rows = change(BEFORE | {"age_months": 36.0}, AFTER | {"age_months": 60.0})
    assert list(rows) == ["climb", "stand", "name", "hum"]
    assert_row(rows["climb"], "growth", 425, 445, 10, 1)  # sqrt(6^2 + 8^2); 20 is more than 16.4
    assert_row(rows["stand"], "raw", 20, 30, 5, 1)  # sqrt(3^2 + 4^2); 10 is more than 8.2
    assert_row(rows["name"], "standard_score", 85, 100, 6, 1)  # 15 sqrt(1 - 0.92) = 4.243, twice: 6; 15 is more than 9.9


def test_errors_are_those_of_the_age_at_each_occasion() -> None:
    young = change(BEFORE | {"age_months": 36.0}, AFTER | {"age_months": 47.0})
    assert_row(young["climb"], "growth", 425, 445, sqrt(72), 1)
    old = change(BEFORE | {"age_months": 48.0}, AFTER | {"age_months": 60.0})
    assert_row(old["climb"], "growth", 425, 445, sqrt(128), 1)


def test_less_than_error_makes() -> None:
    # 16 steps of 5 are needed for more than 16.4: three steps, 15, are none, four are; up and down.
    up, same, down = ({**BEFORE, "k1": points, "age_months": 60.0} for points in (4, 1, 0))
    earlier = {**BEFORE, "age_months": 36.0}
    assert_row(change(earlier, up)["climb"], "growth", 425, 440, 10, 0)
    assert_row(change(earlier, {**up, "k1": 5})["climb"], "growth", 425, 445, 10, 1)
    assert_row(change(earlier, same)["climb"], "growth", 425, 425, 10, 0)
    assert_row(change(earlier, down)["climb"], "growth", 425, 420, 10, 0)
    assert_row(change({**earlier, "t": 30}, {**down, "t": 20})["stand"], "raw", 30, 20, 5, -1)


def test_a_scale_without_a_published_error_has_a_row_that_says_so() -> None:
    row = change(BEFORE | {"age_months": 36.0}, AFTER | {"age_months": 60.0})["hum"]
    assert "no standard error is published" in row["reason"]
    assert row["measure"] == ""
    assert all(isnan(row[name]) for name in ("before", "after", "change", "se", "index", "mdc90"))


@pytest.mark.parametrize(
    ("before", "after", "scale", "words"),
    [
        ({}, {"form": "green"}, "climb", "form differs"),
        ({}, {"k2": None}, "climb", "no result at the later occasion: fewer items"),
        ({"k2": None}, {"k2": None}, "climb", "no result at the earlier occasion"),
        ({}, {"n": 200}, "name", "no result at the later occasion: an answer outside"),
        ({"age_months": 60.0}, {"age_months": 59.0}, "name", "the earlier occasion is the later one"),
        ({"who": "parent"}, {"who": "examiner"}, "name", "somebody else answered"),
        ({"weeks": 30}, {}, "name", "corrected for prematurity at one occasion only"),
        ({"age_months": 20.0}, {}, "stand", "no standard error is known for the age"),
    ],
)
def test_a_child_whose_change_is_not_told(before: dict[str, Any], after: dict[str, Any], scale: str, words: str) -> None:
    columns: dict[str, str] = {}
    first, second = ({**child, "who": "parent", "weeks": None, "age_months": age} | more for child, age, more in ((BEFORE, 36.0, before), (AFTER, 60.0, after)))
    columns = {"informant": "who", "gestation_weeks": "weeks"}
    row = next(row for row in scored(second, **columns).change_since(scored(first, **columns)).to_dict("records") if row["scale"] == scale)
    assert words in row["reason"]
    assert isnan(row["change"])
    assert isnan(row["index"])
    assert row["reliable"] in (None, pd.NA)


def test_another_form_matters_where_the_norms_are_by_form() -> None:
    rows = change(BEFORE | {"age_months": 36.0}, AFTER | {"age_months": 60.0, "form": "green"})
    assert rows["climb"]["reason"]
    assert rows["stand"]["reason"] == ""


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (lambda: scored(BEFORE | {"age_months": 36.0}, norm_group="hill"), "another norm group"),
        (lambda: scored(BEFORE | {"age_months": 36.0, "id": "y"}), "not of the same children"),
        (lambda: scored(BEFORE | {"age_months": 36.0}, BEFORE | {"age_months": 37.0}), "not of the same children"),
        (lambda: scored({"id": "x", "age_years": 2.0, "q1": 1}, path=QUANDLE), "another instrument or edition"),
        (
            lambda: otscore.Scorer.load(path=PACK, age_basis="chronological").score_frame(
                pd.DataFrame([BEFORE | {"age_months": 36.0}]), id="id", strata={"form": "form"}
            ),
            "corrected or chronological age",
        ),
        (
            lambda: otscore.Battery.load(["kestle@1", "imber@1"], paths=[HERE / "fictional"]).score_frame(
                pd.DataFrame([BEFORE | {"age_months": 36.0}]), id="id", strata={"form": "form"}
            ),
            "different packs",
        ),
    ],
    ids=["norm group", "child", "children", "pack", "age basis", "battery"],
)
def test_occasions_that_differ_in_more_than_time_are_refused(earlier: Any, words: str) -> None:
    with pytest.raises(otscore.UsageError) as caught:
        scored(AFTER | {"age_months": 60.0}).change_since(earlier())
    assert words in str(caught.value)
    assert all(issue.hint for issue in caught.value.issues)


def test_abilities_bring_their_own_errors() -> None:
    first = scored({"id": "x", "age_years": 1.5, "q1": 1, "q2": 0, "q3": 0, "q4": 0}, path=QUANDLE)
    second = scored({"id": "x", "age_years": 2.5, "q1": 1, "q2": 1, "q3": 1, "q4": 0}, path=QUANDLE)
    row = second.change_since(first).iloc[0]
    then, now = (one.to_frame().iloc[0] for one in (first, second))
    assert_row(dict(row), "ability", then["ability"], now["ability"], sqrt(then["sem"] ** 2 + now["sem"] ** 2), 1)


def test_results_that_come_scored_bring_their_own_errors() -> None:
    earlier = {"id": "x", "age_months": 60.0, "reach_ss": 85, "reach_se": 3, "lift_gs": 500, "lift_se": 5, "cloth_t": 60}
    later = earlier | {"age_months": 72.0, "reach_ss": 90, "reach_se": 4, "lift_gs": 520, "lift_se": 12}
    imber = HERE / "fictional/imber/1"
    rows = {row["scale"]: row for row in scored(later, path=imber).change_since(scored(earlier, path=imber)).to_dict("records")}
    assert_row(rows["reach"], "standard_score", 85, 90, 5, 0)
    assert_row(rows["lift"], "growth", 500, 520, 13, 0)
    assert "no standard error is published" in rows["cloth"]["reason"]
    without = scored(later | {"reach_se": None}, path=imber).change_since(scored(earlier, path=imber)).iloc[0]
    assert "no standard error is known" in without["reason"]
