"""Facts of rules: by point, by interval, or not known because a score is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from unit.profile.made_profiles import profile, scale

import otscore
from otscore.profile.eligibility import eligibility
from otscore.profile.models import Profile
from otscore.profile.plan_models import RuleResult
from otscore.profile.rules import generic_rules

ALL = ("fine_motor", "gross_motor", "sensory", "self_care", "social", "cognitive")


def sd(cut: float, n: int, **more: Any) -> dict[str, Any]:
    return {"id": "r", "title": "t", "any": [{"kind": "sd", "cut": cut, "n_domains": n}], **more}


def delay(cut: float, n: int, **more: Any) -> dict[str, Any]:
    return {"id": "r", "title": "t", "any": [{"kind": "delay", "cut": cut, "n_domains": n}], **more}


def one(made: Profile, rule: dict[str, Any]) -> RuleResult:
    (found,) = eligibility(made, [rule])
    return found


def whole(*z: float, z_se: float = 0.1, **more: Any) -> Profile:
    """All six domains with a score."""
    return profile(*(scale(f"s{place}", name, value, z_se, **more) for place, (name, value) in enumerate(zip(ALL, z, strict=True))))


def test_by_point_and_by_interval() -> None:
    made = whole(-2.2, -1.6, -1.5, 0, 0, 0)  # intervals up to -2.0355, -1.4355, -1.3355
    found = one(made, sd(1.5, 3))
    assert (found.n_domains, found.n_by_point, found.n_by_interval) == (3, 3, 1)
    assert (found.met_by_point, found.met_by_interval) == (True, False)
    assert [fact.by_point for fact in found.facts] == [True, True, True, False, False, False]
    assert (one(made, sd(2, 1)).met_by_point, one(made, sd(2, 1)).met_by_interval) == (True, True)
    assert one(made, sd(2, 2)).met_by_point is False


def test_scores_that_are_missing_could_still_turn_it() -> None:
    made = profile(scale("a", "fine_motor", -1.6, 0.1), scale("b", "gross_motor", 0.0, 0.1))
    assert one(made, sd(1.5, 2)).met_by_point is None
    assert one(made, sd(1.5, 1)).met_by_point is True
    assert one(made, sd(1.5, 2, domains=["fine_motor", "gross_motor"])).met_by_point is False
    assert one(made, sd(1.5, 2, domains=["fine_motor", "play"])).met_by_point is None, "nobody knows of play"


def test_two_in_one_or_one_and_a_half_in_two() -> None:
    rule = next(rule for rule in generic_rules() if rule.id == "sd_2_1_or_1.5_2")
    for z, met in (((-2.0, 0, 0, 0, 0, 0), True), ((-1.5, -1.5, 0, 0, 0, 0), True), ((-1.9, 0, 0, 0, 0, 0), False)):
        (found,) = eligibility(whole(*z), [rule])
        assert found.met_by_point is met
        assert found.n_domains is None
        assert [part.n_domains for part in found.parts] == [1, 2]


def test_open_scores() -> None:
    less = whole(-1.0, 0, 0, 0, 0, 0, flags=("score_or_less",))
    assert one(less, sd(1.0, 1)).met_by_point is True
    assert one(less, sd(1.5, 1)).met_by_point is None, "the score could be lower"
    assert one(less, sd(1.0, 1)).met_by_interval is None
    more = whole(-1.0, 0, 0, 0, 0, 0, flags=("score_or_more",))
    assert one(more, sd(1.5, 1)).met_by_point is False
    assert one(more, sd(1.0, 1)).met_by_point is None, "the score could be higher"


def test_general_validity_and_motor_beside_its_parts_are_no_domains() -> None:
    made = profile(*whole(0, 0, 0, 0, 0, 0).domains[0].scales, scale("m", "motor", -3.0), scale("g", "general", -3.0), scale("v", "validity", -3.0))
    assert one(made, sd(2, 1)).facts[0].scale == "s0"
    assert len(one(made, sd(2, 1)).facts) == 1
    alone = profile(scale("m", "motor", -3.0))
    assert one(alone, sd(2, 1)).met_by_point is True


def test_a_percent_that_is_no_delay_is_left_alone() -> None:
    made = profile(scale("i", "self_care", metric="percent", score=80.0, method="identity"))
    assert one(made, delay(25, 1)).facts == ()


def delayed(score: float, name: str = "d", domain: str = "cognitive", **more: Any) -> Any:
    return scale(name, domain, **{"metric": "percent", "score": score, "method": "percent_delay"} | more)


def equivalent(months: float, name: str = "e", **more: Any) -> Any:
    return scale(name, "cognitive", **{"metric": "age_equivalent", "score": months, "method": "lookup"} | more)


def test_delay_of_the_pack_goes_before_an_age_equivalent() -> None:
    found = one(profile(delayed(24.0), equivalent(12.0)), delay(25, 1))
    (fact,) = found.facts
    assert (fact.scale, fact.value, fact.by_point, fact.by_interval) == ("d", 24.0, False, None)
    assert "age equivalent" in (fact.warning or "")


def test_delay_from_an_age_equivalent_at_the_childs_age() -> None:
    # 1461 days are 48 months of 30.4375 days: 100 (48 - 36) / 48 = 25.
    (fact,) = one(profile(equivalent(36.0)), delay(25, 1)).facts
    assert (fact.value, fact.by_point) == (pytest.approx(25.0), True)
    early = profile(equivalent(36.0), corrected_age_days=36 * 30.4375, age_basis="corrected")
    assert one(early, delay(25, 1)).facts[0].value == pytest.approx(0.0)
    assert one(profile(equivalent(36.0), age_days=None), delay(25, 1)).facts == ()


def test_open_age_equivalents_and_delays() -> None:
    assert one(profile(equivalent(36.0, flags=("score_or_less",))), delay(33, 1)).facts[0].by_point is None, "the delay could be larger"
    assert one(profile(equivalent(36.0, flags=("score_or_less",))), delay(25, 1)).facts[0].by_point is True
    assert one(profile(delayed(25.0, flags=("score_or_more",))), delay(33, 1)).facts[0].by_point is None
    assert one(profile(delayed(35.0, flags=("score_or_less",))), delay(33, 1)).facts[0].by_point is None


def test_results_of_a_domain_that_disagree_leave_it_open() -> None:
    made = profile(delayed(30.0, "d1"), delayed(10.0, "d2"), delayed(30.0, "d3", "social"))
    found = one(made, delay(25, 1, domains=["cognitive", "social"]))
    assert (found.n_by_point, found.met_by_point) == (1, True)
    assert one(made, delay(25, 2, domains=["cognitive", "social"])).met_by_point is None
    assert one(made, delay(25, 1, domains=["cognitive"])).met_by_point is None
    assert one(made, delay(35, 1, domains=["cognitive"])).met_by_point is False


def test_the_generic_rules() -> None:
    conditions = {rule.id: [(one.kind, one.cut, one.n_domains) for one in rule.any] for rule in generic_rules()}
    assert sorted(conditions.values()) == sorted(
        [[("delay", cut, n)] for cut in (25, 33, 50) for n in (1, 2)] + [[("sd", cut, n)] for cut in (1.5, 2) for n in (1, 2)]
        + [[("sd", 2, 1), ("sd", 1.5, 2)]]
    )  # fmt: skip
    assert len(eligibility(profile())) == 11
    assert all(found.met_by_point is None for found in eligibility(profile()))


def test_a_file_of_your_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[rules]]\nid = "mine"\ntitle = "Mine"\nany = [{ kind = "sd", cut = 1, n_domains = 1 }]\n', encoding="utf-8")
    (found,) = eligibility(whole(-1.0, 0, 0, 0, 0, 0), file)
    assert (found.rule, found.title, found.met_by_point) == ("mine", "Mine", True)
    for text, words in (("[[rules", "no TOML"), ("x = 1", "a list named rules"), ('[[rules]]\nid = "a"\ntitle = "t"\nany = []\n', "Rule number 1")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(otscore.UsageError, match=words):
            eligibility(profile(), file)
    with pytest.raises(otscore.UsageError, match="cannot be read"):
        eligibility(profile(), tmp_path / "none.toml")


@pytest.mark.parametrize("wrong", [sd(0, 1), sd(-1, 1), sd(1, 0), delay(float("nan"), 1), {"id": "x", "title": "t", "any": [{"kind": "z", "cut": 1, "n_domains": 1}]}])
def test_rules_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(otscore.UsageError, match="Rule number 1"):
        eligibility(profile(), [wrong])
