"""The domains of a pack against the child's own mean, worked by hand from Davis 1959."""

from __future__ import annotations

from math import erfc, sqrt
from typing import Any

import pytest
from unit.profile.made_profiles import profile, scale

import otscore
from otscore.profile.ipsative import ipsative
from otscore.profile.models import ContrastResult

THREE = (scale("a", "fine_motor", -1.5, 0.3), scale("b", "gross_motor", 0.0, 0.4), scale("c", "cognitive", 0.3, 0.5))


def two_sided(ratio: float) -> float:
    return erfc(abs(ratio) / sqrt(2))


def test_worked_by_hand() -> None:
    (found,) = ipsative(profile(*THREE))
    assert (found.pack, found.informant, found.correction, found.level, found.reason) == ("made@1", "parent", "holm", 0.95, None)
    assert found.own_mean == pytest.approx(-0.4)
    assert [one.difference for one in found.differences] == pytest.approx([-1.1, 0.4, 0.7])
    # sqrt(SEM^2 (3 - 2) / 3 + (0.09 + 0.16 + 0.25) / 9)
    se = [sqrt(0.09 / 3 + 0.5 / 9), sqrt(0.16 / 3 + 0.5 / 9), sqrt(0.25 / 3 + 0.5 / 9)]
    assert [one.se for one in found.differences] == pytest.approx(se)
    p = [two_sided(-1.1 / se[0]), two_sided(0.4 / se[1]), two_sided(0.7 / se[2])]
    assert [one.p for one in found.differences] == pytest.approx(p)
    assert p[0] < p[2] < p[1]
    assert [one.p_adjusted for one in found.differences] == pytest.approx([3 * p[0], max(p[1], 2 * p[2]), 2 * p[2]])
    assert [one.significant for one in found.differences] == [True, False, False]


def test_bonferroni_and_another_level() -> None:
    (found,) = ipsative(profile(*THREE), 0.8, "bonferroni")
    assert [one.p_adjusted for one in found.differences] == pytest.approx([min(1.0, 3 * one.p) for one in found.differences])
    assert [one.significant for one in found.differences] == [True, False, True]


def test_pairs_whose_intervals_overlap_are_not_ranked() -> None:
    (found,) = ipsative(profile(*THREE))
    assert [(one.first, one.second, one.relation) for one in found.pairs] == [
        ("fine_motor", "gross_motor", "lower"), ("fine_motor", "cognitive", "lower"), ("gross_motor", "cognitive", "not_distinguishable"),
    ]  # fmt: skip
    (other,) = ipsative(profile(scale("a", "fine_motor", 2.0, 0.1), scale("b", "gross_motor", 0.0, 0.1)))
    assert other.pairs[0].relation == "higher"
    (missing,) = ipsative(profile(scale("a", "fine_motor", 2.0, 0.1), scale("b", "gross_motor", -2.0, 0.1, z_low=None, z_high=None)))
    assert missing.pairs[0].relation == "not_distinguishable"


def test_never_across_packs_or_informants() -> None:
    made = profile(*THREE, scale("t", "social", -3.0, 0.1, pack="other@1"), scale("u", "self_care", -3.0, 0.1, informant="teacher"))
    found = ipsative(made)
    assert sorted((one.pack, one.informant, one.own_mean is None) for one in found) == [
        ("made@1", "parent", False), ("made@1", "teacher", True), ("other@1", "parent", True),
    ]  # fmt: skip
    assert next(one.own_mean for one in found if one.own_mean is not None) == pytest.approx(-0.4)
    assert all("fewer than 2 domains" in (one.reason or "") for one in found if one.own_mean is None)


def test_the_headline_else_the_most_precise_scale_stands_for_a_domain() -> None:
    made = profile(
        scale("head", "fine_motor", -1.0, 0.5), scale("finer", "fine_motor", 2.0, 0.1),
        scale("foreign", "gross_motor", 0.0, 0.1, pack="other@1"), scale("rough", "gross_motor", 1.0, 0.6), scale("fine", "gross_motor", 0.0, 0.4),
    )  # fmt: skip
    found = next(one for one in ipsative(made) if one.pack == "made@1")
    assert [one.scale for one in found.differences] == ["head", "fine"]


@pytest.mark.parametrize(
    "left_out",
    [
        scale("x", "general", -3.0, 0.1), scale("x", "validity", -3.0, 0.1), scale("x", "social", -3.0, 0.1, flags=("score_or_less",)),
        scale("x", "motor", -3.0, 0.1, spans=("fine_motor", "gross_motor")), scale("x", "social", -3.0), scale("x", "social", metric="percent"),
    ],
)  # fmt: skip
def test_what_is_left_out(left_out: Any) -> None:
    (found,) = ipsative(profile(*THREE, left_out))
    assert [one.scale for one in found.differences] == ["a", "b", "c"]


def test_without_a_standard_error_the_reason_says_so() -> None:
    (found,) = ipsative(profile(scale("a", "fine_motor", -1.0), scale("b", "gross_motor", 1.0)))
    assert found.reason is not None
    assert "a standard error is known in 0 of 2 domains" in found.reason
    assert (found.differences, found.pairs, found.own_mean) == ((), (), None)


def contrast(name: str, rate: float | None, comparison: str = "own") -> ContrastResult:
    return ContrastResult(
        pack="made@1", comparison=comparison, kind="own_mean", scale=name, other=None, difference=1.0, level=0.05, critical=None, significant=None, base_rate=rate
    )


def test_a_base_rate_is_that_of_the_mean_of_these_very_scales() -> None:
    own = (contrast("a", 4.0), contrast("b", 60.0), contrast("c", None))
    (found,) = ipsative(profile(*THREE, contrasts=own))
    assert [one.base_rate for one in found.differences] == [4.0, 60.0, None]
    (found,) = ipsative(profile(*THREE, contrasts=(*own, contrast("d", 9.0))))
    assert [one.base_rate for one in found.differences] == [None, None, None], "the mean of four is another"
    (found,) = ipsative(profile(*THREE, contrasts=(contrast("a", 1.0, "other"), *own)))
    assert found.differences[0].base_rate == 4.0


def test_choices_that_cannot_be() -> None:
    for level in (0.0, 1.0, 95.0, float("nan")):
        with pytest.raises(otscore.UsageError, match="between 0 and 1"):
            ipsative(profile(), level)
    with pytest.raises(otscore.UsageError, match="no such correction"):
        ipsative(profile(), correction="none")  # type: ignore[arg-type]
