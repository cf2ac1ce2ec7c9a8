"""Items on the scale of the ability: the fictional packs quandle (Rasch) and vorpal (the other models), worked from their tables."""

from __future__ import annotations

from math import exp, isnan
from pathlib import Path
from typing import Any

import pytest

import otscore

BASE = Path(__file__).parents[2] / "bad_packs/base"


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


def rows(scorer: otscore.Scorer, *args: Any) -> dict[tuple[str, str, float], dict[str, Any]]:
    return {(row["scale"], row["item"], row["points"]): row for row in scorer.item_map(*args).to_dict("records")}


def test_items_from_the_easiest_on() -> None:
    found = otscore.Scorer.load(path=BASE / "quandle/1").item_map()
    assert list(found.columns) == ["scale", "item", "points", "difficulty"]
    assert found["item"].tolist() == ["q1", "q2", "q3", "q4"]
    assert found["difficulty"].tolist() == [35, 40, 45, 50]


def test_a_child_among_the_items() -> None:
    scorer = otscore.Scorer.load(path=BASE / "quandle/1")
    record = {"age_years": 2, "responses": {"q1": 1, "q2": 0, "q4": 0}}
    ability = next(scale.ability for domain in scorer.score(record).domains for scale in domain.scales if scale.scale == "q")
    found = rows(scorer, record)
    for item, difficulty, passed in (("q1", 35, True), ("q2", 40, False), ("q3", 45, None), ("q4", 50, False)):
        row = found["q", item, 1]
        assert row["ability"] == ability
        assert row["chance"] == pytest.approx(logistic((ability - difficulty) / 4)), "4 units are a logit"
        assert row["passed"] is passed


def test_in_logits_where_the_ability_is() -> None:
    found = otscore.Scorer.load(path=BASE / "quandle/1", logit=True).item_map()
    assert found["difficulty"].tolist() == [(35 - 50) / 4, (40 - 50) / 4, (45 - 50) / 4, 0]


def test_models_of_other_kinds() -> None:
    scorer = otscore.Scorer.load(path=BASE / "vorpal/1", scales="all")
    record = {"age_years": 2, "responses": {"g1": 1, "g2": 0, "t1": 1, "t2": 0, "t3": 0, "j1": 1, "j2": 0, "j3": 1, "j4": 0}}
    found = rows(scorer, record)
    ability = {scale: row["ability"] for (scale, _, _), row in found.items()}
    # Graded: a row for each number of points; threshold / loading.
    assert [key[1:] for key in found if key[0] == "swing"] == [("g1", 1), ("g2", 1), ("g1", 2), ("g3", 1), ("g2", 2)]
    assert (found["swing", "g1", 1]["passed"], found["swing", "g1", 2]["passed"]) == (True, False)
    # Joint: j1 loads on jump alone (1.25, tau -0.5), j2 on both (0.75 and 0.5, tau 0.5).
    assert found["jump", "j1", 1]["difficulty"] == -0.4
    assert found["jump", "j1", 1]["chance"] == pytest.approx(logistic(1.25 * ability["jump"] + 0.5))
    both = logistic(0.75 * ability["jump"] + 0.5 * ability["jog"] - 0.5)
    for scale in ("jump", "jog"):
        assert isnan(found[scale, "j2", 1]["difficulty"]), "it stands on no one scale"
        assert found[scale, "j2", 1]["chance"] == pytest.approx(both)


@pytest.mark.parametrize(("scale", "item"), [("swing", "g1"), ("tune", "t2"), ("mark", "m1")])
def test_at_its_difficulty_the_chance_is_one_half(scale: str, item: str) -> None:
    from otscore.engine.item_map import steps_of

    form = otscore.Scorer.load(path=BASE / "vorpal/1", scales="all").form
    place = next(place for place, one in enumerate(form.scales) if one.scale.id == scale)
    model = form.scales[place].irt
    assert model is not None
    for step in steps_of(form, place, form.scales[place], model):
        assert step.chance({place: step.difficulty}) == pytest.approx(0.5)


def test_an_ability_that_is_not_scored_leaves_the_chance_open() -> None:
    scorer = otscore.Scorer.load(path=BASE / "vorpal/1", scales="jump")
    found = rows(scorer, {"age_years": 2, "responses": {"j1": 1, "j2": 0, "j3": 1}})
    assert isnan(found["jump", "j2", 1]["chance"])
    assert not isnan(found["jump", "j1", 1]["chance"])


def test_packs_that_have_no_map(tmp_path: Path) -> None:
    with pytest.raises(otscore.UsageError, match="no scale with an item-response model"):
        otscore.Scorer.load(path=BASE / "snorf/1").item_map()
    with pytest.raises(otscore.UnknownItem):
        otscore.Scorer.load(path=BASE / "quandle/1").item_map({"age_years": 2, "responses": {"q9": 1}})
