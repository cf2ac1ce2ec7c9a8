"""Combinations by the formula of a composite, and the refusals in words that a clinician understands."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
from unit.profile.made_profiles import scale

import otscore
from otscore.profile.combine import combine, z_interval

A, B = scale("a", "fine_motor", 2 / 3, sqrt(0.1)), scale("b", "fine_motor", 4 / 3, sqrt(0.2))
R = [[1.0, 0.6], [0.6, 1.0]]


def test_a_composite_lies_further_out_than_the_mean() -> None:
    """Scaled scores 12 and 14 that correlate 0.6 make 116.8, not 115 (methods: Composites)."""
    found = combine([A, B], R)
    assert 100 + 15 * found.z == pytest.approx(100 + 15 * 2 / sqrt(3.2))
    assert round(100 + 15 * found.z, 1) == 116.8
    # Mosier: 1 - (0.1 + 0.2) / (2 + 2 * 0.6); the SEM of a z is the root of what is left.
    assert found.reliability == pytest.approx(1 - 0.3 / 3.2)
    assert found.z_se == pytest.approx(sqrt(0.3 / 3.2))
    assert z_interval(found, 0.9) == pytest.approx((found.z - 1.6448536 * sqrt(0.3 / 3.2), found.z + 1.6448536 * sqrt(0.3 / 3.2)))


def test_without_the_error_of_a_member_the_composite_has_none() -> None:
    found = combine([A, scale("b", "fine_motor", 1.0)], R)
    assert (found.reliability, found.z_se) == (None, None)
    with pytest.raises(otscore.UsageError, match="without a published reliability"):
        z_interval(found)


@pytest.mark.parametrize(
    ("results", "code", "words"),
    [
        ([A, scale("p", "social", 0.5, metric="percentile")], "no_mean", "percentiles are ranks"),
        ([A, scale("p", "social", metric="age_equivalent", score=30.0)], "no_mean", "never averaged or subtracted"),
        ([A, scale("p", "social", metric="percent", score=30.0)], "no_z", "no place among children of the age"),
        ([A, scale("p", "social")], "no_z", "p has no score"),
        ([A, scale("b", "social", 1.0, pack="other@1")], "different_norms", "different groups of children"),
        ([A, scale("b", "social", 1.0, informant="teacher")], "different_norms", "different groups of children"),
        ([A, scale("b", "social", 1.0, flags=("score_or_less",))], "open_score", "or less"),
        ([A, A], "combine", "named twice"),
        ([A], "combine", "one score"),
    ],
)  # fmt: skip
def test_what_is_refused(results: list[Any], code: str, words: str) -> None:
    with pytest.raises(otscore.UsageError, match=words) as caught:
        combine(results, R)
    assert [issue.code for issue in caught.value.issues] == [code]


@pytest.mark.parametrize("r", [[[1.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.5], [0.4, 1.0]], [[0.9, 0.5], [0.5, 0.9]], [[1.0, float("nan")], [0.5, 1.0]]])
def test_correlations_that_cannot_be(r: Any) -> None:
    with pytest.raises(otscore.UsageError, match="no correlations of 2 scores"):
        combine([A, B], r)


def test_without_correlations() -> None:
    with pytest.raises(otscore.UsageError, match="without the correlations"):
        combine([A, B])


def test_intervals_that_nobody_knows() -> None:
    assert z_interval(A, 0.9) == pytest.approx((2 / 3 - 1.6448536 * sqrt(0.1), 2 / 3 + 1.6448536 * sqrt(0.1)))
    for result in (scale("a", "social", 1.0), scale("a", "social"), scale("a", "social", 1.0, 0.2, flags=("score_or_more",))):
        with pytest.raises(otscore.UsageError, match="nobody knows how wide"):
            z_interval(result)
    with pytest.raises(otscore.UsageError, match="between 0 and 1"):
        z_interval(A, 95)
