"""A plan: components worked by hand, the order of the domains, what is refused and in which words."""

from __future__ import annotations

import json
from math import erfc, sqrt
from typing import Any

import pytest
from unit.profile.made_profiles import profile, scale, stamp

import otscore
from otscore.profile.plan_models import Components, Plan

FINE = scale("a", "fine_motor", -1.5, 0.3)


def below(z: float) -> float:
    """Share of the normal curve below z."""
    return 0.5 * erfc(-z / sqrt(2))


def components(plan: Plan, domain: str = "fine_motor") -> Components:
    return next(one.components for one in plan.priorities if one.domain == domain)


def test_severity_and_certainty() -> None:
    plan = profile(FINE, scale("b", "gross_motor", -4.0), scale("c", "social", 1.0, 0.5)).plan()
    assert components(plan).severity == pytest.approx(5.0)
    assert components(plan).certainty == pytest.approx(10 * below((-1 + 1.5) / 0.3))
    assert (components(plan, "gross_motor").severity, components(plan, "gross_motor").certainty) == (10.0, None)
    assert (components(plan, "social").severity, components(plan, "social").certainty) == (0.0, pytest.approx(10 * below(-4.0)))
    assert components(profile(FINE).plan(need_below=-2.0)).certainty == pytest.approx(10 * below(-0.5 / 0.3))


def test_an_open_score_has_no_certainty() -> None:
    plan = profile(scale("a", "fine_motor", -1.5, 0.3, flags=("score_or_less",))).plan()
    assert (components(plan).severity, components(plan).certainty) == (5.0, None)


def test_agreement_of_other_scales_and_informants() -> None:
    made = profile(FINE, scale("b", "fine_motor", -0.5), scale("c", "fine_motor", metric="percent"))
    foreign = scale("x", "fine_motor", -3.0, pack="other@1")
    teacher = profile(scale("a", "fine_motor", -1.2, informant="teacher"), scale("b", "fine_motor", -1.0, informant="teacher"), foreign)
    assert components(made.plan()).agreement == 0.0
    plan = made.plan(others=[teacher])
    (agreed,) = plan.agreement
    assert (agreed.below, agreed.of, agreed.informants) == (1, 3, ("parent", "teacher"))
    assert components(plan).agreement == pytest.approx(10 / 3)
    assert components(profile(FINE).plan()).agreement is None


def test_change_since_an_earlier_profile() -> None:
    for z, change in ((-1.0, 5.0), (0.0, 10.0), (-2.0, 0.0)):
        earlier = profile(scale("a", "fine_motor", z), age_days=1000.0)
        assert components(profile(FINE).plan(earlier=earlier)).change == pytest.approx(change)


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (profile(scale("a", "fine_motor", 0.0, pack="made@2"), age_days=1000.0), "scores of different tests or editions are not subtracted"),
        (profile(scale("a", "fine_motor", 0.0, informant="teacher"), age_days=1000.0), "by the same informant"),
        (profile(scale("b", "fine_motor", 0.0), age_days=1000.0), "no score of made@1 a"),
        (profile(scale("a", "fine_motor", 0.0, flags=("score_or_more",)), age_days=1000.0), "or more"),
        (profile(scale("a", "fine_motor", 0.0), age_days=1000.0, packs=(stamp(norm_group="girls"),)), "other norms or options"),
        (profile(scale("a", "fine_motor", 0.0), age_days=1000.0, age_basis="corrected"), "corrected for prematurity"),
    ],
)  # fmt: skip
def test_change_that_is_refused(earlier: Any, words: str) -> None:
    plan = profile(FINE).plan(earlier=earlier)
    assert components(plan).change is None
    (refused,) = plan.refused
    assert refused.startswith("change in fine motor: ")
    assert words in refused


def test_the_familys_problems() -> None:
    plan = profile(FINE).plan(family=[
        {"problem": "a", "domain": "fine_motor", "importance": 6, "performance": 4}, {"problem": "b", "domain": "fine_motor", "importance": 9, "performance": 9},
        {"problem": "c", "domain": "self_care", "importance": 10, "performance": 1}, {"problem": "d", "importance": 10, "performance": 1},
        {"problem": "e", "domain": "social", "importance": 10},
    ])  # fmt: skip
    assert components(plan).family == pytest.approx(4.0)  # 6 (10 - 4) / 9; the other weighs 1
    assert [one.domain for one in plan.priorities] == ["fine_motor", "self_care"]
    assert components(plan, "self_care") == Components(severity=None, certainty=None, agreement=None, change=None, family=10.0)
    assert plan.family is not None
    assert plan.family.performance == pytest.approx((4 + 9 + 1 + 1) / 4)


def test_without_weights_no_number_and_the_order_of_the_domains() -> None:
    plan = profile(scale("a", "cognitive", -3.0), scale("b", "fine_motor", 0.0)).plan()
    assert [(one.domain, one.weighted) for one in plan.priorities] == [("fine_motor", None), ("cognitive", None)]
    assert plan.weights == {}


def test_weights_make_a_mean_over_what_is_known() -> None:
    made = profile(scale("a", "fine_motor", 0.0, 0.5), scale("b", "cognitive", -3.0), scale("c", "social", -1.5, 0.5))
    plan = made.plan(weights={"certainty": 1, "severity": 3, "agreement": 0})
    found = {one.domain.value: one.weighted for one in plan.priorities}
    assert list(found) == ["cognitive", "social", "fine_motor"]
    assert found["cognitive"] == pytest.approx(10.0)
    assert found["social"] == pytest.approx((3 * 5 + 10 * below(1.0)) / 4)
    assert found["fine_motor"] == pytest.approx(10 * below(-2.0) / 4)
    assert plan.refused == ("cognitive: certainty not known, so the weighted mean rests on the other components",)
    assert list(plan.weights) == ["severity", "certainty", "agreement"]


def test_a_domain_without_any_weighed_component_comes_last() -> None:
    plan = profile(scale("a", "fine_motor", -3.0), scale("b", "cognitive", -1.0, 0.5)).plan(weights={"certainty": 1})
    assert [(one.domain, one.weighted is None) for one in plan.priorities] == [("cognitive", False), ("fine_motor", True)]
    assert plan.refused == ("fine motor: certainty not known, so there is no weighted mean",)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"severtiy": 1}, "no component severtiy"), ({"severity": -1}, "no number from 0 on"), ({"severity": float("nan")}, "no number from 0 on"),
        ({"severity": "3"}, "no number from 0 on"), ({"severity": 0, "family": 0}, "all weights are 0"),
    ],
)  # fmt: skip
def test_weights_that_cannot_be(weights: Any, words: str) -> None:
    with pytest.raises(otscore.UsageError, match=words):
        profile(FINE).plan(weights=weights)


def test_other_profiles_must_be_of_the_child_and_of_a_pack_in_common() -> None:
    for choices, words in (
        ({"others": [profile(FINE, id="secret")]}, "another id"),
        ({"earlier": profile(FINE, id="secret", age_days=1.0)}, "another id"),
        ({"others": [profile(scale("a", "fine_motor", pack="other@1"))]}, "no pack in common"),
        ({"others": [profile(FINE, packs=(stamp(digest="1"),))]}, "no pack in common"),
        ({"earlier": profile(FINE)}, "not younger"), ({"earlier": 3}, "takes profiles"),
    ):  # fmt: skip
        with pytest.raises(otscore.UsageError, match=words) as caught:
            profile(FINE).plan(**choices)
        assert "secret" not in str(caught.value)


def test_what_to_measure_again() -> None:
    growth = scale("growth", "fine_motor", metric="growth", score=420.0, measure="growth", measure_se=5.0, retest_days=90.0)
    made = profile(
        scale("a", "fine_motor", -1.5, measure="standard_score", measure_se=4.0), scale("raw", "fine_motor", 0.0, measure="raw", measure_se=1.0), growth,
        scale("foreign", "fine_motor", 0.0, pack="other@1", measure="ability", measure_se=1.0, ability=2.0),
        scale("b", "gross_motor", 0.0), scale("c", "social", -1.0, measure="standard_score", measure_se=3.0, flags=("score_or_less",)),
        scale("d", "cognitive", 0.0, measure="raw", measure_se=2.0, raw=7.0),
    )  # fmt: skip
    found = {one.domain.value: one for one in made.plan().follow_up}
    fine = found["fine_motor"]
    assert (fine.scale, fine.measure, fine.value, fine.se, fine.retest_days, fine.reason) == ("growth", "growth", 420.0, 5.0, 90.0, None)
    assert fine.mdc90 == pytest.approx(1.6448536 * sqrt(2) * 5.0)
    assert (found["gross_motor"].mdc90, found["gross_motor"].value) == (None, None)
    assert "no standard error is published" in (found["gross_motor"].reason or "")
    assert "or less" in (found["social"].reason or "")
    assert (found["cognitive"].value, found["cognitive"].mdc90) == (7.0, pytest.approx(1.6448536 * sqrt(2) * 2.0))


def test_reviews_are_parameters() -> None:
    assert [(one.term, one.from_weeks, one.to_weeks) for one in profile().plan().reviews] == [("immediate", 1, 2), ("moderate", 4, 6), ("long_term", 13, 26)]
    assert [(one.term, one.to_weeks) for one in profile().plan(reviews={"moderate": (2, 8)}).reviews] == [("moderate", 8)]
    for wrong in ({"moderate": (8, 2)}, {"moderate": (-1, 2)}, {"soon": (1, 2)}):
        with pytest.raises(otscore.UsageError, match=r"review|term"):
            profile().plan(reviews=wrong)


def test_open_domains_and_the_packs_that_would_fill_them() -> None:
    def info(name: str, ages: str, *domains: str, kind: str = "normed") -> otscore.PackInfo:
        return otscore.PackInfo(name, "1", "", kind, "", domains, ages, (), "", "", False)

    catalogue = [
        info("fits", "36 to below 60 months", "social", "sensory"), info("young", "1 to 47.9 months", "social"), info("bands", "0 to 9 years", "social", kind="banded"),
        info("years", "4 to below 9 years", "social"), info("older", "49 to 60 months", "social"), info("ageless", "", "social"),
    ]  # fmt: skip
    made = profile(FINE, scale("b", "gross_motor", status="too_few_items", reason="too few"))
    found = {one.domain.value: one for one in made.plan(catalogue=catalogue).open_domains}
    assert list(found) == ["gross_motor", "sensory", "self_care", "social", "cognitive"]
    assert (found["gross_motor"].reason, found["social"].reason) == ("too few", "nothing was asked")
    assert found["social"].packs == ("fits", "years")
    assert found["self_care"].packs == ()
    assert all(one.packs == () for one in profile(age_days=None).plan(catalogue=catalogue).open_domains)


def test_the_same_plan_in_the_same_bytes() -> None:
    made = profile(FINE, scale("b", "gross_motor", 0.0, 0.4))
    text = made.plan(goals=[{"goal": "g"}]).to_json()
    assert text == made.plan(goals=[{"goal": "g"}]).to_json()
    assert Plan.model_validate_json(text).to_json() == text
    assert "NaN" not in text
    assert json.loads(text)["schema_version"] == 1


def test_no_word_of_a_verdict() -> None:
    text = str(profile(FINE).plan()).lower()
    assert "no diagnosis" in text
    assert not any(word in text for word in ("eligible", "qualif", "should", "recommend", "disorder", "abnormal"))
