"""Progress from profiles alone. Expected values are worked by hand, or by plain Python from the published formulas."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

import otscore
from otscore.profile.models import DomainResult, PackStamp, Profile, ScaleResult
from otscore.profile.plan_models import Goal, Problem
from otscore.profile.progress_models import Step
from otscore.profile.progress_text import step_words

FICTIONAL = Path(__file__).resolve().parents[2] / "packs/fictional"
DOMAINS = ("fine_motor", "gross_motor", "sensory", "self_care", "social", "cognitive")
STAMP = PackStamp.model_validate(
    {
        "pack": "a@1", "pack_version": "1.0.0", "digest": "d", "kind": "normed", "status": "synthetic", "norm_group": "all", "age_basis": "pack",
        "rounding": "pack", "ci_level": None, "estimator": None, "relevance": None, "historic_scale": False, "logit": False,
        "prior_without_age": None, "notices": (),
    }
)  # fmt: skip
RESULT: dict[str, Any] = {
    "pack": "a@1", "scale": "s", "domain": "self_care", "kind": "normed", "informant": "parent", "n_items": 9, "n_answered": 9, "raw": 70.0,
    "ability": None, "sem": None, "score": 85.0, "metric": "standard", "z": -1.0, "percentile": 16.0, "ci_low": None, "ci_high": None,
    "ci_level": None, "z_se": 0.3, "measure": "raw", "measure_se": 3.0, "higher_is": "more_able", "age_basis": "chronological",
    "band": None, "status": "ok", "reason": "scored", "flags": (),
}  # fmt: skip


def profile(age: float | None, *results: dict[str, Any], child: Any = "c1", stamps: tuple[PackStamp, ...] = (STAMP,), corrected: float | None = None) -> Profile:
    made = [ScaleResult.model_validate(RESULT | one) for one in results]
    domains = [
        DomainResult(domain=name, evidence="normed", headline=None, scales=tuple(one for one in made if one.domain == name))  # type: ignore[arg-type]
        for name in DOMAINS
    ]
    return Profile(
        library_version="0", id=child, age_days=age, corrected_age_days=corrected, age_basis="corrected" if corrected else "chronological",
        domains=tuple(domains), packs=stamps,
    )  # fmt: skip


def one_step(before: dict[str, Any], after: dict[str, Any], **choices: Any) -> Step:
    progress = otscore.progress([profile(1000, before), profile(1400, after)], **choices)
    (trajectory,) = progress.trajectories
    (step,) = trajectory.steps
    return step


def kestle(age_months: float, form: str = "blue", **responses: int) -> Profile:
    scorer = otscore.Scorer.load(path=FICTIONAL / "kestle/1")
    return scorer.score({"id": "x", "age_months": age_months, "strata": {"form": form}, "responses": responses})


# ------------------------------------------------------------------------------------------------ worked by hand


def test_skills_gained_and_peers_gained_more() -> None:
    """kestle: raw 20 and 30 with SEM 3 and 4; z 0 and -1 with SEM sqrt(1 - 0.84) = 0.4 each."""
    progress = otscore.progress([kestle(60.0, t=30), kestle(36.0, t=20)])
    step = progress.trajectory("kestle@1", "stand").steps[0]
    assert (step.before, step.after, step.method) == (0, 1, "jacobson_truax")
    assert (step.change, step.expected, step.se, step.index) == (10, 0, 5, 2)
    assert step.mdc90 == pytest.approx(5 * NormalDist().inv_cdf(0.95))
    assert step.p == pytest.approx(2 * (1 - NormalDist().cdf(2)))
    assert (step.z_change, step.z_se) == (-1, pytest.approx(0.4 * sqrt(2)))
    assert (step.direction, step.skill, step.z_direction, step.gained_but_fell_behind) == ("up", "gained", "down", True)
    assert "gained skills, but children of the same age gained more" in str(progress)


def test_the_softer_case() -> None:
    step = one_step({}, {"raw": 80.0, "z": -1.3})
    assert (step.skill, step.z_direction, step.gained_but_fell_behind) == ("gained", "no_reliable_change", False)
    trajectory = otscore.progress([profile(1, {}), profile(400, {"raw": 80.0, "z": -1.3})]).trajectories[0]
    assert step_words(trajectory, step).startswith("gained skills; no reliable change of standing among children of the same age")


@pytest.mark.parametrize(
    ("raw", "z", "higher_is", "skill", "behind"),
    [
        (80, -2, "more_able", "gained", True),
        (80, -2, "less_able", "lost", False),  # more problems and a lower standing: nothing was gained
        (60, -2, "less_able", "gained", True),
        (60, -2, "more_able", "lost", False),
        (72, -2, "more_able", "no_reliable_change", False),
        (80, 0, "more_able", "gained", False),
        (80, -2, "neither", None, None),
        (80, -2, None, None, None),  # a profile written before the direction was told
    ],
)
def test_what_a_high_score_says_turns_the_words(raw: float, z: float, higher_is: str | None, skill: str | None, behind: bool | None) -> None:
    step = one_step({"higher_is": higher_is}, {"higher_is": higher_is, "raw": raw, "z": z})
    assert (step.skill, step.gained_but_fell_behind) == (skill, behind)


@pytest.mark.parametrize(("higher_is", "word"), [("more_able", "fell"), ("less_able", "rose"), ("neither", "the score fell")])
def test_a_standard_score_tells_of_standing_and_never_of_skills(higher_is: str, word: str) -> None:
    own = {"measure": "standard_score", "measure_se": 3.0, "higher_is": higher_is}
    step = one_step(own, own | {"score": 70.0, "z": -2.0})
    trajectory = otscore.progress([profile(1, own), profile(400, own | {"score": 70.0, "z": -2.0})]).trajectories[0]
    assert (step.direction, step.skill, step.gained_but_fell_behind) == ("down", None, None)
    words = step_words(trajectory, step)
    assert word in words
    assert "gained skills" not in words


# ------------------------------------------------------------------------------------------------ the formulas, by plain Python

PRE, POST, SE_1, SE_2 = 70.0, 80.0, 15 * sqrt(0.1), 14 * sqrt(0.1)
FIGURES = otscore.RetestFigures(pack="a@1", scale="s", measure="raw", n=100, mean_1=100, sd_1=15, mean_2=103, sd_2=14, r=0.85)


@pytest.mark.parametrize(
    ("method", "more", "expected", "se"),
    [
        ("jacobson_truax", {}, 0, sqrt(SE_1**2 + SE_2**2)),
        ("chelune", {"practice": {("a@1", "s"): 3}}, 3, sqrt(2) * SE_1),
        ("iverson", {"practice": {("a@1", "s"): 3}}, 3, sqrt(SE_1**2 + SE_2**2)),
        ("temkin", {"figures": [FIGURES]}, 3, sqrt(15**2 + 14**2 - 2 * 0.85 * 15 * 14)),
        (
            "regression", {"figures": [FIGURES]}, (103 - 0.85 * 14 / 15 * 100) + (0.85 * 14 / 15 - 1) * PRE,
            14 * sqrt(1 - 0.85**2) * sqrt(99 / 98) * sqrt(1 + 1 / 100 + (PRE - 100) ** 2 / (15**2 * 99)),
        ),
    ],
)  # fmt: skip
def test_every_formula(method: Any, more: dict[str, Any], expected: float, se: float) -> None:
    step = one_step({"measure_se": SE_1}, {"raw": POST, "measure_se": SE_2}, method=method, **more)
    assert step.reason is None
    assert step.change == 10
    assert step.expected == pytest.approx(expected)
    assert step.se == pytest.approx(se)
    assert step.index == pytest.approx((10 - expected) / se)
    assert step.z_se == pytest.approx(0.3 * sqrt(2))  # standing has no practice of its own


@pytest.mark.parametrize(
    ("vector", "method", "more"),
    [
        ("07-011", "jacobson_truax", {}),
        ("07-016", "chelune", {"practice": {("a@1", "s"): 3}}),
        ("07-017", "iverson", {"practice": {("a@1", "s"): 3}}),
        ("07-019", "regression", {"figures": [FIGURES]}),
    ],
)
def test_the_reference_vectors(vector: str, method: Any, more: dict[str, Any]) -> None:
    entries = json.loads((FICTIONAL.parents[1] / "reference/vectors.json").read_text(encoding="utf-8"))
    known = next(one for one in entries if one.get("id") == vector)
    given = known["inputs"]
    errors = [given.get(name, given.get("sd_pre", 15.0)) * sqrt(1 - given.get("reliability", 0.9)) for name in ("sd_pre", "sd_post")]
    step = one_step({"raw": given["pre"], "measure_se": errors[0]}, {"raw": given["post"], "measure_se": errors[1]}, method=method, **more)
    assert step.index == pytest.approx(known["expected"], abs=known["tolerance"])


def test_the_level_moves_the_direction_and_not_the_mdc() -> None:
    """An index of 1.8: beyond 90 % (1.645), not beyond 95 % (1.960)."""
    after = {"raw": 70 + 1.8 * 3 * sqrt(2)}
    at_90, at_95 = one_step({}, after), one_step({}, after, level=0.95)
    assert (at_90.direction, at_95.direction) == ("up", "no_reliable_change")
    assert at_90.mdc90 == at_95.mdc90 == pytest.approx(1.6448536 * 3 * sqrt(2))


def test_regression_is_judged_by_t() -> None:
    """Three children: t with one degree of freedom needs 6.31, where the normal curve asks for 1.645."""
    few = FIGURES.model_copy(update={"n": 3})
    step = one_step({"raw": 100.0}, {"raw": 145.0}, method="regression", figures=[few])
    assert step.index == pytest.approx(42 / (14 * sqrt(1 - 0.85**2) * sqrt(2) * sqrt(4 / 3)))
    assert 1.645 < step.index < 6.31  # type: ignore[operator]
    assert step.direction == "no_reliable_change"
    assert step.mdc90 == pytest.approx(6.3137515 * step.se)  # type: ignore[operator]


# ------------------------------------------------------------------------------------------------ refused, in the step


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pack_version": "1.1.0"}, "another version of the norms"),
        ({"digest": "e"}, "norms with another content"),
        ({"norm_group": "hill"}, "another norm group"),
        ({"age_basis": "corrected"}, "corrected or chronological"),
        ({"estimator": "map"}, "another option"),
        ({"rounding": "none"}, "another option"),
    ],
)
def test_other_norms_or_options(change: dict[str, Any], words: str) -> None:
    later = profile(1400, {"raw": 99.0}, stamps=(STAMP.model_copy(update=change),))
    progress = otscore.progress([profile(1000, {}), later])
    (step,) = progress.trajectories[0].steps
    assert words in (step.reason or "")
    assert words in (step.z_reason or "")
    assert_nothing_told(step)
    assert any(words in one for one in progress.refused)


def assert_nothing_told(step: Step) -> None:
    told = ("change", "expected", "se", "index", "p", "mdc90", "direction", "skill", "z_change", "z_se", "z_direction", "gained_but_fell_behind")
    assert [name for name in told if getattr(step, name) is not None] == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {"strata": ("form=green",)}, "form differs"),
        ({"strata": ("form=blue", "sex=female")}, {"strata": ("form=blue", "sex=male")}, "sex differs"),
        ({}, {"measure_se": None}, "no standard error is known"),
        ({"measure_se": 0.0}, {"measure_se": 0.0}, "no standard error is known"),
        ({}, {"raw": None, "status": "too_few_items", "reason": "fewer items"}, "no result at the later occasion: fewer items"),
        ({"status": "invalid_protocol", "reason": "not valid"}, {}, "no result at the earlier occasion: not valid"),
        ({"measure": None}, {"measure": None}, "no standard error is published"),
        ({"measure": None}, {"measure": None, "metric": "age_equivalent"}, "age equivalents are never subtracted"),
        ({"measure": None}, {"measure": None, "metric": "percentile"}, "percentiles are never subtracted"),
        ({"measure": None}, {"measure": None, "metric": "percent"}, "percents are never subtracted"),
        ({"measure": None}, {"measure": None, "metric": None, "kind": "banded"}, "a class has no amount"),
        ({"measure": "raw"}, {"measure": "ability", "ability": 3.0}, "from different measures"),
    ],
)
def test_a_measure_whose_change_is_not_told(before: dict[str, Any], after: dict[str, Any], words: str) -> None:
    step = one_step(before, after)
    assert words in (step.reason or "")
    assert step.change is step.direction is step.skill is step.gained_but_fell_behind is None


def test_standing_is_told_where_percentiles_are_not_subtracted() -> None:
    own = {"measure": None, "metric": "percentile"}
    step = one_step(own, own | {"z": -2.0})
    assert (step.z_direction, step.z_reason, step.change) == ("down", None, None)


@pytest.mark.parametrize(("before", "after", "words"), [({}, {"z": None}, "no standing"), ({"z_se": None}, {}, "no standard error of the standing")])
def test_a_measure_without_standing(before: dict[str, Any], after: dict[str, Any], words: str) -> None:
    step = one_step(before, after | {"raw": 90.0})
    assert (step.direction, step.z_direction, step.gained_but_fell_behind) == ("up", None, None)
    assert words in (step.z_reason or "")


def test_across_the_end_of_correction_the_measure_is_told_and_the_standing_is_not() -> None:
    before, after = {"age_basis": "corrected"}, {"age_basis": "chronological", "raw": 90.0, "z": -3.0}
    step = one_step(before, after)
    assert (step.change, step.direction, step.skill) == (20, "up", "gained")
    assert (step.z_change, step.gained_but_fell_behind) == (None, None)
    assert "corrected age at one occasion" in (step.z_reason or "")
    assert "age_basis_changed" in step.flags
    standing = {"measure": "standard_score"}
    assert "corrected age at one occasion" in (one_step(before | standing, after | standing).reason or "")


def test_correction_is_that_of_the_scale_and_not_of_the_whole_profile() -> None:
    """Two packs, one of which corrects for longer: the profile is corrected at both occasions, the scale at one."""
    both = [profile(age, {"age_basis": basis}, corrected=age - 60) for age, basis in ((700, "corrected"), (760, "chronological"))]
    assert "age_basis_changed" in otscore.progress(both).trajectories[0].steps[0].flags


def test_a_real_pack_across_the_end_of_correction() -> None:
    """kestle corrects up to 48 months: 40 months, then 60."""
    scorer = otscore.Scorer.load(path=FICTIONAL / "kestle/1")
    profiles = [
        scorer.score({"id": "x", "age_months": age, "gestation_weeks": 30, "strata": {"form": "blue"}, "responses": {"t": raw}}) for age, raw in ((40.0, 20), (60.0, 30))
    ]
    step = otscore.progress(profiles).trajectory("kestle@1", "stand").steps[0]
    assert (step.change, step.z_change) == (10, None)
    assert "age_basis_changed" in step.flags


def test_another_form_is_refused_from_the_profile_alone() -> None:
    read = [Profile.model_validate_json(one.to_json()) for one in (kestle(36.0, k1=1, k2=2, k3=1, k4=1), kestle(60.0, "green", k1=1, k2=2, k3=1, k4=1))]
    step = otscore.progress(read).trajectory("kestle@1", "climb").steps[0]
    assert "form differs" in (step.reason or "")


def test_ages() -> None:
    same = otscore.progress([profile(1000, {}), profile(1000, {"raw": 90.0})]).trajectories[0].steps[0]
    assert "the same age" in (same.reason or "")
    unknown = otscore.progress([profile(None, {}), profile(1000, {"raw": 90.0})])
    assert "age is not known" in (unknown.trajectories[0].steps[0].reason or "")
    assert unknown.ages_days == (1000, None)


def test_profiles_come_in_any_order() -> None:
    profiles = [profile(1400, {"raw": 90.0}), profile(1000, {"raw": 70.0}), profile(1200, {"raw": 80.0})]
    progress = otscore.progress(profiles)
    assert progress.ages_days == (1000, 1200, 1400)
    assert [one.value for one in progress.trajectories[0].occasions] == [70, 80, 90]
    assert [(one.before, one.after, one.change) for one in progress.trajectories[0].steps] == [(0, 1, 10), (1, 2, 10), (0, 2, 20)]


def test_a_gap_is_stepped_over() -> None:
    """Not given at the second occasion, without a result at the third."""
    void = {"raw": None, "score": None, "z": None, "status": "too_few_items", "reason": "fewer items"}
    other = {"scale": "t"}
    progress = otscore.progress([profile(1, {}, other), profile(200, other), profile(400, void, other), profile(600, {"raw": 90.0}, other), profile(800, {"raw": 95.0})])
    trajectory = progress.trajectory("a@1", "s")
    assert [one.status for one in trajectory.occasions] == ["ok", "not_given", "too_few_items", "ok", "ok"]
    changes = [(one.before, one.after, one.change) for one in trajectory.steps]
    assert changes == [(0, 2, None), (0, 3, 20), (2, 3, None), (3, 4, 5), (0, 4, 25)]


def test_informants_are_followed_apart() -> None:
    parent, teacher = {"informant": "parent"}, {"informant": "teacher", "raw": 90.0}
    apart = otscore.progress([profile(1, parent), profile(400, teacher)])
    assert [(one.informant, one.steps) for one in apart.trajectories] == [("parent", ()), ("teacher", ())]
    assert all("somebody else answered at the other occasions" in (one.reason or "") for one in apart.trajectories)
    assert len(apart.refused) == 2
    both = otscore.progress([profile(1, parent, teacher), profile(400, parent | {"raw": 75.0}, teacher)])
    assert [one.steps[0].change for one in both.trajectories] == [5, 0]


def test_editions_and_scales_given_once() -> None:
    other = STAMP.model_copy(update={"pack": "a@2"})
    progress = otscore.progress([profile(1, {}), profile(400, {"pack": "a@2"}, {"pack": "a@2", "scale": "new"}, stamps=(other,))])
    reasons = {(one.pack, one.scale): one.reason for one in progress.trajectories}
    assert "another edition or form of the instrument (a@2)" in (reasons["a@1", "s"] or "")
    assert "another edition or form of the instrument (a@1)" in (reasons["a@2", "s"] or "")
    assert reasons["a@2", "new"] == "the scale was given at one occasion only"


def test_figures_of_other_scales_or_measures_are_not_used() -> None:
    assert "not given for this scale" in (one_step({}, {}, method="iverson", practice={("a@1", "t"): 3}).reason or "")
    assert "no retest figures" in (one_step({}, {}, method="temkin", figures=[FIGURES.model_copy(update={"scale": "t"})]).reason or "")
    standard = FIGURES.model_copy(update={"measure": "standard_score"})
    assert "another measure" in (one_step({}, {}, method="regression", figures=[standard]).reason or "")


def test_figures_of_one_retest_over_two() -> None:
    progress = otscore.progress([profile(age, {}) for age in (1, 400, 800)], method="iverson", practice={("a@1", "s"): 3})
    assert ["figures_of_one_retest" in one.flags for one in progress.trajectories[0].steps] == [False, False, True]


def test_growth_within_three_months_is_flagged() -> None:
    own = {"measure": "ability", "ability": 40.0}
    near, far = (otscore.progress([profile(1000, own), profile(age, own)]).trajectories[0].steps[0].flags for age in (1090, 1092))
    assert ("short_interval" in near, "short_interval" in far) == (True, False)


def test_flags_of_both_occasions() -> None:
    assert one_step({"flags": ("at_floor", "prorated")}, {"flags": ("prorated", "at_ceiling")}).flags == ("at_floor", "prorated", "at_ceiling")


# ------------------------------------------------------------------------------------------------ refused, at once


@pytest.mark.parametrize(
    ("profiles", "choices", "code"),
    [
        ([profile(1, {})], {}, "profiles_few"),
        ([], {}, "profiles_few"),
        ([profile(1, {}), profile(2, {}, child="c2")], {}, "other_children"),
        ([profile(1, {}), profile(2, {}, child=None)], {}, "other_children"),
        ([profile(1, {}, child=7), profile(2, {}, child="7")], {}, "other_children"),
        ([profile(1, {}), {"id": "c1"}], {}, "profiles"),
        (None, {"level": 1.0}, "level"),
        (None, {"level": 90}, "level"),
        (None, {"method": "rci"}, "method"),
        (None, {"practice": {("a@1", "s"): 3}}, "figures_unused"),
        (None, {"method": "chelune", "figures": [FIGURES], "practice": {("a@1", "s"): 3}}, "figures_unused"),
        (None, {"method": "chelune"}, "figures_missing"),
        (None, {"method": "regression"}, "figures_missing"),
        (None, {"method": "regression", "figures": [FIGURES, FIGURES]}, "figures_twice"),
        (None, {"goals": [[Goal(goal="a")]], "rho": 2.0}, "rho"),
        (None, {"copm": [[Problem(problem="a"), Problem(problem="a")]]}, "problem_twice"),
    ],
)
def test_calls_that_cannot_be_carried_out(profiles: Any, choices: dict[str, Any], code: str) -> None:
    with pytest.raises(otscore.UsageError) as caught:
        otscore.progress([profile(1, {}), profile(400, {})] if profiles is None else profiles, **choices)
    (issue,) = caught.value.issues
    assert issue.code == code
    assert issue.hint
    assert "c1" not in str(caught.value)


# ------------------------------------------------------------------------------------------------ goals, problems


def test_goals_over_time() -> None:
    """One goal: T = 50 + 10 x. Three alike at rho 0.3: 10 x 3 / sqrt(0.7 x 3 + 0.3 x 9) = 13.693 per level."""
    first = [Goal(goal="buttons", baseline=-2), Goal(goal="fork"), Goal(goal="scissors")]
    later = [one.model_copy(update={"level": level}) for one, level in zip(first, (0, 0, 0), strict=True)]
    goals = otscore.progress([profile(1, {}), profile(400, {})], goals=[first, later]).goals
    per_level = 10 / sqrt(0.7 * 3 + 0.3 * 9)
    assert [one.t_baseline for one in goals] == [pytest.approx(50 - 4 * per_level)] * 2
    assert [one.t_reached for one in goals] == [None, 50]
    assert goals[1].change == pytest.approx(4 * per_level)
    text = str(otscore.progress([profile(1, {}), profile(400, {})], goals=[first, later]))
    assert "review 2: 3 goals" in text
    assert "about 50 on average" in text


def test_other_goals_at_the_next_review() -> None:
    progress = otscore.progress([profile(1, {}), profile(400, {})], goals=[[Goal(goal="buttons")], [Goal(goal="fork")]])
    assert any("do not hold the same goals" in one for one in progress.refused)


def test_problems_of_the_family() -> None:
    first = [Problem(problem="dressing", performance=2, satisfaction=1), Problem(problem="meals", performance=4, satisfaction=3)]
    later = [Problem(problem="meals", performance=6, satisfaction=6), Problem(problem="dressing", performance=5, satisfaction=4)]
    third = [*later, Problem(problem="friends", performance=3, satisfaction=3)]
    one, two, whole = otscore.progress([profile(1, {}), profile(400, {})], copm=[first, later, third]).problems
    assert (one.before, one.after, one.performance, one.satisfaction, one.reason) == (0, 1, 2.5, 3, None)
    assert (two.performance, whole.performance) == (None, None)
    assert "the same problems" in (whole.reason or "")


# ------------------------------------------------------------------------------------------------ as it is read


def test_the_text_and_the_page() -> None:
    name = "<script>alert(1)</script>"
    progress = otscore.progress([profile(365, {"informant": name}, child=name), profile(730, {"informant": name, "raw": 90.0, "flags": (name,)}, child=name)])
    page = progress._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    for text in (str(progress), page):
        assert "gained skills" in text
        assert "12.0 months" in text
        assert "Jacobson" in text
        assert not any(word in text for word in ("None", "nan", "null"))


@pytest.mark.parametrize("before", [{}, {"z": None}, {"measure": None}, {"raw": None, "status": "too_few_items"}, {"z_low": -1.5, "z_high": -0.5, "ci_level": 0.9}])
@pytest.mark.parametrize(
    "after", [{"raw": 90.0}, {"raw": 10.0, "z": 2.0}, {"age_basis": "corrected"}, {"higher_is": None}, {"metric": "age_equivalent", "measure": None}]
)
def test_every_text_is_made_of_words(before: dict[str, Any], after: dict[str, Any]) -> None:
    text = str(otscore.progress([profile(30, before), profile(900, after)]))
    assert not any(word in text for word in ("None", "nan", "_", "+-"))


def test_json_keeps_everything() -> None:
    progress = otscore.progress([profile(365, {}), profile(730, {"raw": 90.0})], goals=[[Goal(goal="buttons")]])
    assert otscore.Progress.model_validate_json(progress.to_json()) == progress
    read = [Profile.model_validate_json(profile(age, {"raw": raw}).to_json()) for age, raw in ((365, 70.0), (730, 90.0))]
    assert otscore.progress(read).trajectories == progress.trajectories


def test_the_long_tables() -> None:
    progress = otscore.progress([profile(365, {}), profile(730, {"raw": 90.0}, {"scale": "t"}), profile(800, {"raw": 91.0})])
    frame = progress.to_frame()
    assert frame.columns.tolist()[:9] == ["id", "pack", "scale", "domain", "informant", "measure", "occasion", "age_days", "corrected_age_days"]
    assert frame[["scale", "occasion", "value"]].fillna(-1).values.tolist() == [
        ["s", 0, 70], ["s", 1, 90], ["s", 2, 91], ["t", 0, -1], ["t", 1, 70], ["t", 2, -1],
    ]  # fmt: skip
    assert frame["se"].dtype == float
    steps = progress.step_frame()
    assert steps[["before", "after", "change"]].values.tolist() == [[0, 1, 20], [1, 2, 1], [0, 2, 21]]
    nothing = otscore.progress([profile(365), profile(730)])
    assert nothing.to_frame().empty
    assert nothing.to_frame().columns.tolist() == frame.columns.tolist()
    assert str(nothing)


# ------------------------------------------------------------------------------------------------ what the profile has to bring


def test_a_record_finds_errors_by_its_strata() -> None:
    """pallick: SEM of the total 2 below 84 months and 1.5 later of a parent, 2.5 of a teacher; T scores."""
    scorer = otscore.Scorer.load(path=FICTIONAL / "pallick/1")
    answers = {f"{letter}{number}": 2 for letter in "dewm" for number in range(1, 7)}
    said = {}
    for who, age in (("parent", 70.0), ("parent", 90.0), ("teacher", 70.0)):
        made = scorer.score({"age_months": age, "informant": who, "responses": answers}, errors="flag")
        said[who, age] = next(one for one in made.domain("self_care").scales if one.scale == "total")
    assert [one.z_se for one in said.values()] == [pytest.approx(0.2), pytest.approx(0.15), pytest.approx(0.25)]
    assert [one.strata for one in said.values()] == [("informant=parent",), ("informant=parent",), ("informant=teacher",)]


def test_an_ability_of_a_shipped_pack() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    items = ("gs1moc060", "gs1lgc062")
    profiles = [scorer.score({"id": 1, "age_days": age, "responses": dict(zip(items, answers, strict=True))}) for age, answers in ((400, (1, 0)), (600, (1, 1)))]
    results = [next(one for domain in made.domains for one in domain.scales) for made in profiles]
    step = otscore.progress(profiles).trajectories[0].steps[0]
    assert step.change == results[1].ability - results[0].ability  # type: ignore[operator]
    assert step.se == pytest.approx(sqrt(sum(one.sem**2 for one in results)))  # type: ignore[operator]
