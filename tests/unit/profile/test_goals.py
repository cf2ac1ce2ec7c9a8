"""Goals as T scores, worked from the formula, and the means of the family's ratings."""

from __future__ import annotations

from math import sqrt

import pytest

import otscore
from otscore.profile.goals import family_view, family_weight, goal_scores
from otscore.profile.plan_models import Goal, Problem


def test_one_goal_a_step_above_expected_is_60() -> None:
    found = goal_scores([Goal(goal="g", level=1)])
    assert found is not None
    assert (found.t_baseline, found.t_expected, found.t_reached, found.change) == pytest.approx((40, 50, 60, 20))


def test_three_goals_at_the_lowest_are_22_6() -> None:
    found = goal_scores([Goal(goal=name, baseline=-2) for name in "abc"])
    assert found is not None
    assert found.t_baseline == pytest.approx(50 - 10 * 6 / sqrt(0.7 * 3 + 0.3 * 9))
    assert round(found.t_baseline, 1) == 22.6
    assert (found.t_reached, found.change) == (None, None)


def test_weights_and_rho() -> None:
    found = goal_scores([{"goal": "a", "weight": 3, "level": 1}, {"goal": "b", "weight": 1, "level": -1}], rho=0.0)
    assert found is not None
    assert found.t_reached == pytest.approx(50 + 10 * 2 / sqrt(10))
    assert found.t_baseline == pytest.approx(50 - 10 * 4 / sqrt(10))


def test_a_goal_not_rated_takes_its_weight_along_and_leaves_no_change() -> None:
    found = goal_scores([Goal(goal="a", level=2), Goal(goal="b", weight=5)])
    assert found is not None
    assert found.t_reached == pytest.approx(70)
    assert found.change is None


def test_without_a_goal_there_is_nothing() -> None:
    assert goal_scores([]) is None
    assert family_view([]) is None


def test_a_mistake_is_told_by_its_field_and_not_by_its_content() -> None:
    with pytest.raises(otscore.UsageError) as caught:
        goal_scores([{"goal": "secret words", "level": 3}, {"goal": "secret", "wieght": 1}])
    assert [issue.field for issue in caught.value.issues] == ["goals.level", "goals.wieght"]
    assert "number 1" in str(caught.value)
    assert "secret" not in str(caught.value)
    with pytest.raises(otscore.UsageError, match="rho"):
        goal_scores([Goal(goal="a")], rho=1.5)
    with pytest.raises(otscore.UsageError, match="list"):
        goal_scores({"goal": "a"})  # type: ignore[arg-type]


def test_means_of_the_family() -> None:
    found = family_view([
        {"problem": "a", "importance": 9, "performance": 2, "satisfaction": 1}, {"problem": "b", "performance": 5}, Problem(problem="c"),
    ])  # fmt: skip
    assert found is not None
    assert (found.performance, found.satisfaction) == (3.5, 1.0)
    with pytest.raises(otscore.UsageError, match="Problem number 1"):
        family_view([{"problem": "a", "importance": 11}])


@pytest.mark.parametrize(("importance", "performance", "weight"), [(10, 1, 10), (10, 10, 0), (6, 4, 4), (None, 4, None), (6, None, None)])
def test_weight_of_a_problem(importance: float | None, performance: float | None, weight: float | None) -> None:
    assert family_weight(Problem(problem="p", importance=importance, performance=performance)) == weight
