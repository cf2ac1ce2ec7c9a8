"""Needs and strengths: by the point, and by the whole interval."""

from __future__ import annotations

import pytest
from unit.profile.made_profiles import profile, scale

import otscore
from otscore.profile.needs import needs


def test_by_point_and_by_interval() -> None:
    found = needs(profile(
        scale("a", "fine_motor", -1.5, 0.2),  # up to -1.171: below -1
        scale("b", "gross_motor", -1.2, 0.2),  # up to -0.871
        scale("c", "sensory", 0.0, 0.2),
        scale("d", "self_care", 1.2, 0.2),  # from 0.871
        scale("e", "social", 1.5, 0.2),  # from 1.171
        scale("f", "cognitive", -3.0),
    ))  # fmt: skip
    assert [(one.scale, one.by_point, one.by_interval) for one in found] == [
        ("a", "need", "need"), ("b", "need", "neither"), ("c", "neither", "neither"), ("d", "strength", "neither"), ("e", "strength", "strength"),
        ("f", "need", None),
    ]  # fmt: skip
    assert found[0].ci_level == 0.9
    assert found[5].z_low is None


def test_a_score_on_the_threshold_is_no_need() -> None:
    assert [one.by_point for one in needs(profile(scale("a", "fine_motor", -1.0), scale("b", "gross_motor", 1.0)))] == ["neither", "neither"]


def test_other_thresholds() -> None:
    made = profile(scale("a", "fine_motor", -1.2, 0.1), scale("b", "gross_motor", 0.7, 0.1))
    assert [one.by_interval for one in needs(made, below=-2.0, above=0.5)] == ["neither", "strength"]


def test_an_open_score_has_no_interval() -> None:
    (need,) = needs(profile(scale("a", "fine_motor", -2.5, 0.2, flags=("score_or_less",))))
    assert (need.by_point, need.by_interval, need.z_low, need.z_high, need.ci_level) == ("need", None, None, None, None)
    assert need.flags == ("score_or_less",)


def test_only_headlines_with_a_z_and_no_index_of_validity() -> None:
    made = profile(scale("a", "fine_motor", metric="percent"), scale("v", "validity", -2.0), scale("g", "gross_motor", 0.1), scale("h", "gross_motor", -3.0))
    assert [one.scale for one in needs(made)] == ["g"]


@pytest.mark.parametrize(("below", "above"), [(1.0, -1.0), (0.0, 0.0), (float("nan"), 1.0), (-1.0, float("inf"))])
def test_thresholds_the_wrong_way_round(below: float, above: float) -> None:
    with pytest.raises(otscore.UsageError, match="must lie below"):
        needs(profile(), below, above)
