"""Plans of children scored with fictional packs: next items, carried figures, and one pack that is private."""

from __future__ import annotations

import shutil
from math import exp
from pathlib import Path
from typing import Any

import pytest

import otscore

HERE = Path(__file__).parent
FICTIONAL, BASE = HERE / "fictional", HERE.parent / "bad_packs/base"
TIDDREL = {
    "k05": 1, "k06": 1, "k07": 1, "k08": 1, "k09": 0, "k10": 1, "k11": 1, "k12": 0, "k13": 0, "k14": 0, "k15": 0, "g1": 1, "g2": 1, "g3": 1, "g4": 1,
    "g5": 1, "g6": 0, "blocks": 2, "lines": 0, "h1": 2, "h2": 1, "h3": 2, "h4": 1, "h5": 1, "h6": 1, "h7": 0, "h8": 0, "h9": 0, "h10": 0,
}  # fmt: skip


def tiddrel(**more: Any) -> otscore.Scorer:
    return otscore.Scorer.load(path=FICTIONAL / "tiddrel/1", scales="all", **more)


def record(answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "x", "age_months": 8, "responses": answers} | more


def test_between_basal_and_ceiling_from_the_easiest() -> None:
    found = tiddrel().next_items(record(TIDDREL), labels={"k12": "my words"})
    look = [(one.item, one.basis, one.points, one.chance, one.label) for one in found if one.scale == "look"]
    # Basal k05 to k07, ceiling k12 to k14; k15 lies above it.
    assert look == [("k09", "failed", 0, None, None), ("k12", "failed", 0, None, "my words"), ("k13", "failed", 0, None, None), ("k14", "failed", 0, None, None)]
    assert {one.scale: one.domain.value for one in found} == {"look": "cognitive", "grasp": "fine_motor"}
    assert [one.item for one in tiddrel().next_items(record(TIDDREL), per_scale=2) if one.scale == "look"] == ["k09", "k12"]


def test_a_plan_says_which_scales_have_no_next_items() -> None:
    plan = tiddrel().plan(record(TIDDREL), refused=["mine"])
    assert [one.item for one in plan.next_items if one.scale == "look"] == ["k09", "k12", "k13", "k14"]
    assert plan.refused[0] == "mine"
    assert plan.refused[1] == "next items of tiddrel@1 babble: the items stand in no order of difficulty, so none of them is the next"


def test_the_growth_score_is_what_to_measure_again() -> None:
    plan = tiddrel().plan(record(TIDDREL))
    found = {one.domain.value: (one.scale, one.measure) for one in plan.follow_up}
    assert found["cognitive"] == ("look_growth", "growth")
    assert found["fine_motor"] == ("grasp_growth", "growth")


def test_composites_of_several_domains_are_marked_and_left_out() -> None:
    profile = tiddrel().score(record(TIDDREL))
    scales = {one.scale: one for domain in profile.domains for one in domain.scales}
    assert scales["knowing"].spans == ("cognitive", "communication", "fine_motor")
    assert scales["look_growth"].spans == ()
    assert (scales["look_delay"].method, scales["look"].method) == ("percent_delay", "lookup")
    compared = {one.scale for found in profile.plan().ipsative for one in found.differences}
    assert compared == {"look", "grasp"}


def test_a_questionnaire_has_no_next_items_and_its_informants_are_apart() -> None:
    scorer = otscore.Scorer.load(path=FICTIONAL / "pallick/1", scales="all")
    answers = {f"{part}{number}": 1 + number % 2 for part in "dewm" for number in range(1, 7)}
    parent, teacher = (scorer.score({"id": "x", "age_months": 70, "informant": who, "responses": answers}) for who in ("parent", "teacher"))
    plan = parent.plan(others=[teacher])
    (agreed,) = plan.agreement
    assert agreed.informants == ("parent", "teacher")
    assert agreed.of == 9, "four of the parent beside the headline, five of the teacher"
    assert scorer.next_items({"age_months": 70, "informant": "parent", "responses": answers}) == ()
    assert {one.pack for one in plan.ipsative} == {"pallick@1"}
    assert plan.ipsative[0].reason is not None


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def test_items_by_their_chance() -> None:
    scorer = otscore.Scorer.load(path=BASE / "quandle/1", scales="all")
    child = {"age_years": 2, "responses": {"q1": 1, "q2": 0}}
    rows = scorer.item_map(child)
    by_hand = {row["item"]: row["chance"] for row in rows.to_dict("records") if row["scale"] == "q" and row["passed"] is not True}
    found = [one for one in scorer.next_items(child, chance=(0.0, 1.0)) if one.scale == "q"]
    assert {one.item: one.chance for one in found} == by_hand
    assert "q1" not in by_hand
    chances = [one.chance or 0.0 for one in found]
    assert chances == sorted(chances, reverse=True)
    assert all(one.basis == "model" and one.to_reach == 1 for one in found)
    assert {one.item: one.points for one in found}["q2"] == 0
    unasked = sorted((name for name in by_hand if name != "q2"), key=lambda name: abs(by_hand[name] - 0.5))
    for count in (1, 2):
        chosen = {one.item for one in scorer.next_items(child, chance=(0.0, 1.0), per_scale=count) if one.scale == "q"}
        assert chosen == {"q2", *unasked[: count - 1]}, "what was asked and not passed comes before what was not asked"
    low, high = sorted(by_hand.values())[:2]
    assert [one.chance for one in scorer.next_items(child, chance=(low, (low + high) / 2)) if one.scale == "q"] == [low]


def test_the_chance_is_that_of_the_model() -> None:
    scorer = otscore.Scorer.load("gsed@2406", scales="all")
    child = {"age_days": 400, "responses": {"gs1moc060": 1, "gs1lgc062": 0}}
    profile = scorer.score(child)
    ability = next(one.ability for domain in profile.domains for one in domain.scales if one.scale == "d")
    assert ability is not None
    difficulty = {row["item"]: row["difficulty"] for row in scorer.item_map().to_dict("records") if row["scale"] == "d"}
    found = [one for one in scorer.next_items(child) if one.scale == "d"]
    assert len(found) == 5
    for one in found:
        # pack.toml: 4.064264 units of the D-score are a logit.
        assert one.chance == pytest.approx(logistic((ability - difficulty[one.item]) / 4.064264), abs=1e-3)
        assert 0.3 <= one.chance <= 0.7


def test_without_an_age_there_is_no_ability_and_a_reason() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    child = {"responses": {"gs1moc060": 1}}
    assert scorer.next_items(child) == ()
    assert any("there is no ability" in words for words in scorer.plan(child, errors="flag").refused)


@pytest.mark.parametrize(
    ("g1", "g2", "expected"),
    [
        (1, 4, [("g1", "failed")]), (3, 4, [("g1", "partial")]), (1, 3, [("g2", "partial"), ("g1", "failed")]), (4, 4, []),
    ],
)  # fmt: skip
def test_items_graded_by_age(g1: int, g2: int, expected: list[tuple[str, str]]) -> None:
    """grades.csv: from 2 years on 3 earns code 2 and 4 code 3; a thing done in part comes before one not done."""
    scorer = otscore.Scorer.load(path=BASE / "quandle/1", scales="all")
    found = [one for one in scorer.next_items({"age_years": 2, "responses": {"g1": g1, "g2": g2}}) if one.scale == "graded"]
    assert [(one.item, one.basis) for one in found] == expected


def test_symptoms_are_no_skills() -> None:
    scorer = otscore.Scorer.load("sdq@uk")
    emotional = next(scale for scale in scorer.pack.instrument.scales if scale.higher_is == "less_able" and not scale.scales)
    plan = scorer.plan({"age_years": 8, "informant": "parent", "responses": {emotional.items[0]: 1}}, errors="flag")
    assert plan.next_items == ()
    assert any(emotional.id in words and "no skills" in words for words in plan.refused)


@pytest.fixture
def private(tmp_path: Path) -> otscore.Scorer:
    shutil.copytree(BASE / "quandle/1", tmp_path / "quandle/1")
    for name in ("instrument.toml", "items.csv"):
        if (BASE / "quandle" / name).exists():
            shutil.copy(BASE / "quandle" / name, tmp_path / "quandle" / name)
    manifest = tmp_path / "quandle/1/pack.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("[licence]\n", "[licence]\nprivate = true\n"), encoding="utf-8")
    return otscore.Scorer.load(path=tmp_path / "quandle/1", scales="all")


def test_of_a_private_pack_codes_without_chances(private: otscore.Scorer) -> None:
    assert private.pack.private
    child = {"age_years": 2, "responses": {"q1": 1, "q2": 0}}
    found = [one for one in private.next_items(child, chance=(0.0, 1.0)) if one.scale == "q"]
    assert [one.item for one in found] == ["q2", "q3", "q4"]
    assert all(one.chance is None and one.basis == "model" for one in found)


@pytest.mark.parametrize(
    "wrong", [{"chance": (0.7, 0.3)}, {"chance": (0.3,)}, {"chance": 0.5}, {"chance": (0, 2)}, {"per_scale": 0}, {"per_scale": 1.5}, {"labels": ["a"]}]
)
def test_choices_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(otscore.UsageError):
        tiddrel().next_items(record(TIDDREL), **wrong)
    with pytest.raises(otscore.UnknownItem):
        tiddrel().next_items(record({"zz": 1}))


def test_retest_interval_is_carried_to_the_plan(tmp_path: Path) -> None:
    pack = tmp_path / "kestle/1"
    shutil.copytree(FICTIONAL / "kestle/1", pack)
    table = pack / "psychometrics.csv"
    table.write_text(table.read_text(encoding="utf-8") + "climb,24,48,retest_days,measure,21,invented\nclimb,48,96,retest_days,measure,28,invented\n", encoding="utf-8")
    scorer = otscore.Scorer.load(path=pack)
    for months, days in ((36, 21), (60, 28)):
        profile = scorer.score({"age_months": months, "strata": {"form": "blue"}, "responses": {"k1": 2, "k2": 3, "k3": 2, "k4": 2}})
        scales = {one.scale: one for domain in profile.domains for one in domain.scales}
        assert scales["climb"].retest_days == days
        found = next(one for one in profile.plan().follow_up if one.scale == "climb")
        assert found.retest_days == days
