from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import interval

R, SD = st.floats(0.05, 0.99), st.floats(0.5, 100)


@given(st.floats(0.01, 0.999))
def test_multiplier_and_coverage_are_inverses(level: float) -> None:
    assert interval.coverage_of_k_sem(interval.z_multiplier(level)) == pytest.approx(level, abs=1e-9)


@given(SD, R)
def test_standard_errors_keep_their_order(sd: float, r: float) -> None:
    sem, see, sep = interval.sem(sd, r), interval.see(sd, r), interval.sep(sd, r)
    assert see < sem < sep
    assert see == pytest.approx(float(sem) * np.sqrt(r))
    assert interval.glutting_se(sd, r) == pytest.approx(r * float(sem))


@given(st.floats(40, 160), SD, R, st.floats(0.5, 0.99))
def test_intervals_contain_their_centres(x: float, sd: float, r: float, level: float) -> None:
    k = interval.z_multiplier(level)
    low, high = interval.observed_interval(x, sd, r, k)
    assert low < x < high
    low, high = interval.true_score_interval(x, 100, sd, r, k)
    assert low < interval.estimated_true_score(x, 100, r) < high


def test_p_true_below_is_half_at_the_estimate_and_follows_the_interval() -> None:
    assert interval.p_true_below(91, 90, 100, 15, 0.9) == pytest.approx(0.5)
    low, high = interval.true_score_interval(90, 100, 15, 0.9, interval.z_multiplier(0.95))
    np.testing.assert_allclose(interval.p_true_below([low, high], 90, 100, 15, 0.9), [0.025, 0.975])


@pytest.mark.parametrize(
    ("rule", "centre", "width", "decimals", "limits"),
    [
        ("limits_half_up", 88.3, 6.1, 0, [82, 94]),
        ("halfwidth_half_up", 88.3, 6.1, 0, [82.3, 94.3]),
        ("outward", 88.3, 6.1, 0, [82, 95]),
        ("limits_half_up", 100, 8.5, 0, [92, 109]),
        ("halfwidth_half_up", 100, 8.5, 0, [91, 109]),
        ("outward", 0.3, 0.1 + 0.1, 1, [0.1, 0.5]),
        ("outward", 100, 5.0 + 1e-12, 0, [95, 105]),
    ],
)
def test_rules_for_limits(
    rule: interval.LimitRule, centre: float, width: float, decimals: int, limits: list[float]
) -> None:
    np.testing.assert_allclose(interval.rounded_interval(centre, width, rule, decimals), limits, rtol=1e-14)


def test_undefined_is_nan() -> None:
    assert np.isnan(interval.sem(15, 1.01)) and np.isnan(interval.see(15, [-0.1, 1.1])).all()
    assert np.isnan(interval.fisher_interval(0.5, 3, 0.95)).all()
    assert np.isnan(interval.fisher_interval(1.5, 30, 0.95)).all()


def test_fisher_interval_is_inside_minus_one_and_one() -> None:
    low, high = interval.fisher_interval([-0.9, 0.0, 0.9], 10, 0.99)
    assert (low > -1).all() and (high < 1).all()
    np.testing.assert_allclose(low, -high[::-1])


def test_multivariate_true_score_without_correlation_is_the_single_one() -> None:
    x, r = np.array([[130.0, 85.0], [100.0, 100.0]]), np.array([0.9, 0.8])
    estimate, se = interval.multivariate_true_score(x, 100, 15, r, np.eye(2))
    np.testing.assert_allclose(estimate, interval.estimated_true_score(x, 100, r))
    np.testing.assert_allclose(se, interval.see(15, r))
