from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from otscore.kernel import trait

A = np.array([0.9, 1.3, 0.7, 1.1, 2.0, 1.0])
B = np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.5])
PATTERNS = np.array(list(np.ndindex(*(2,) * 6)), dtype=float)
answers = hnp.arrays(np.float64, (5, 6), elements=st.sampled_from([0.0, 1.0, np.nan]))


def slope(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-A * (theta[:, None] - B)))
    return np.asarray(np.where(np.isnan(x), 0.0, A * (x - p)).sum(axis=1))


def information(theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-A * (theta[:, None] - B)))
    return np.asarray(np.where(np.isnan(x), 0.0, A**2 * p * (1 - p)).sum(axis=1))


@given(answers)
def test_mle_has_slope_zero_and_no_value_at_the_ends(x: np.ndarray) -> None:
    theta, se = trait.mle(x, A, B)
    finite = np.isfinite(theta)
    np.testing.assert_allclose(slope(theta[finite], x[finite]), 0, atol=1e-9)
    np.testing.assert_allclose(se[finite], information(theta[finite], x[finite]) ** -0.5, rtol=1e-9)
    given_any = ~np.isnan(x).all(axis=1)
    np.testing.assert_array_equal(theta == -np.inf, given_any & ~(x == 1).any(axis=1))
    np.testing.assert_array_equal(theta == np.inf, given_any & ~(x == 0).any(axis=1))
    assert np.isnan(theta[~given_any]).all() and np.isnan(se[~finite]).all()


@given(answers)
def test_wle_maximises_the_likelihood_weighted_by_root_information(x: np.ndarray) -> None:
    x = x[~np.isnan(x).all(axis=1)]
    theta, se = trait.wle(x, A, B)
    assert np.isfinite(theta).all() and np.isfinite(se).all()
    h = 1e-5
    bend = np.log(information(theta + h, x)) - np.log(information(theta - h, x))
    np.testing.assert_allclose(slope(theta, x) + 0.5 * bend / (2 * h), 0, atol=1e-6)


@given(answers, st.floats(-3, 3), st.floats(0.05, 20))
def test_map_balances_likelihood_and_prior(x: np.ndarray, mean: float, variance: float) -> None:
    theta, se = trait.map_estimate(x, A, B, mean, variance)
    answered = ~np.isnan(x).all(axis=1)
    np.testing.assert_array_equal(np.isnan(theta), ~answered)
    theta, x = theta[answered], x[answered]
    np.testing.assert_allclose(slope(theta, x) - (theta - mean) / variance, 0, atol=1e-8)
    np.testing.assert_allclose(se[answered], (information(theta, x) + 1 / variance) ** -0.5, rtol=1e-9)


def test_rasch_estimates_depend_on_the_sum_only_and_rise_with_it() -> None:
    sums = PATTERNS.sum(axis=1).astype(int)
    for estimate in (trait.mle, trait.wle):
        theta, _ = estimate(PATTERNS, 1.0, B)
        by_sum = np.array([theta[sums == s][0] for s in range(7)])
        assert (np.diff(by_sum) > 0).all()
        np.testing.assert_allclose(theta, by_sum[sums], rtol=0, atol=1e-9)


def test_items_far_apart_still_converge() -> None:
    b = np.array([-40.0, 40.0])
    theta, _ = trait.mle([[1.0, 0.0], [0.0, 1.0]], 1.0, b)
    np.testing.assert_allclose(theta, 0.0, atol=1e-6)
    assert np.isfinite(trait.wle([[1.0, 0.0], [0.0, 0.0]], 3.0, b)[0]).all()


def test_rasch_probability_is_one_half_at_the_item_whatever_the_scale() -> None:
    np.testing.assert_array_equal(trait.rasch_probability([46.0, 50.0], [46.0, 50.0], 2.1), 0.5)
    assert trait.rasch_probability(48.1, 46.0, 2.1) == pytest.approx(1 / (1 + np.exp(-1)))


def test_person_fit_of_expected_and_of_absent_answers() -> None:
    outfit, infit = trait.person_fit(np.array([[1, 0], [np.nan, 0], [np.nan, np.nan]]), 0.0, 1.0, [0.0, 0.0])
    np.testing.assert_allclose(outfit, [1, 1, np.nan])
    np.testing.assert_allclose(infit, [1, 1, np.nan])
    unlikely, _ = trait.person_fit([[0, 1]], 0.0, 1.0, [-3.0, 3.0])
    assert unlikely[0] > 3
