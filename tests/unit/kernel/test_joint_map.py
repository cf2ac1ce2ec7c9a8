"""Abilities found together: the slope is 0 there, nothing is higher nearby, and the errors are those of the curvature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, special

from otscore.kernel import trait
from otscore.kernel.joint_map import JointModel, joint_map

LOADINGS = np.array([[1.2, 0.0, 0.0], [0.8, 0.5, 0.0], [0.0, 1.5, 0.0], [0.0, 0.7, 0.9], [0.0, 0.0, 2.0], [0.4, 0.4, 0.4]])
TAU = np.array([-1.0, 0.0, 0.5, 1.0, -0.5, 0.2])
PRECISION = np.linalg.inv(np.array([[1.0, 0.6, 0.3], [0.6, 1.5, 0.2], [0.3, 0.2, 0.8]]))
MODEL = JointModel.build(LOADINGS, TAU, PRECISION)
answers = hnp.arrays(np.float64, (4, 6), elements=st.sampled_from([0.0, 1.0, np.nan]))
means = hnp.arrays(np.float64, (4, 3), elements=st.floats(-3, 3))


def log_posterior(theta: np.ndarray, x: np.ndarray, mean: np.ndarray) -> float:
    logits = LOADINGS @ theta - TAU
    given_items = ~np.isnan(x)
    likelihood = np.where(x > 0, special.log_expit(logits), special.log_expit(-logits))[given_items].sum()
    return float(likelihood - 0.5 * (theta - mean) @ PRECISION @ (theta - mean))


@given(answers, means)
def test_the_slope_is_0_and_the_errors_are_those_of_the_curvature(x: np.ndarray, mean: np.ndarray) -> None:
    theta, sem = joint_map(x, MODEL, mean)
    for row in range(4):
        p = special.expit(LOADINGS @ theta[row] - TAU)
        given_items = ~np.isnan(x[row])
        slope = LOADINGS.T @ np.where(given_items, np.nan_to_num(x[row]) - p, 0) - PRECISION @ (theta[row] - mean[row])
        np.testing.assert_allclose(slope, 0, atol=1e-9)
        bend = (LOADINGS * np.where(given_items, p * (1 - p), 0)[:, None]).T @ LOADINGS + PRECISION
        np.testing.assert_allclose(sem[row], np.sqrt(np.diag(np.linalg.inv(bend))), rtol=1e-9)


@settings(max_examples=20)
@given(answers, means)
def test_nothing_is_higher(x: np.ndarray, mean: np.ndarray) -> None:
    theta, _ = joint_map(x, MODEL, mean)
    for row in range(4):
        best = optimize.minimize(
            lambda at, row=row: -log_posterior(at, x[row], mean[row]), mean[row],
            method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000},
        )  # fmt: skip
        assert log_posterior(theta[row], x[row], mean[row]) >= -best.fun - 1e-9


def test_a_child_without_answers_stands_at_its_prior() -> None:
    theta, sem = joint_map(np.full((1, 6), np.nan), MODEL, np.array([[0.5, -1.0, 2.0]]))
    np.testing.assert_allclose(theta, [[0.5, -1.0, 2.0]], rtol=1e-12)
    np.testing.assert_allclose(sem, [np.sqrt([1.0, 1.5, 0.8])], rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_no_prior_no_ability_and_the_others_are_not_held_up() -> None:
    x = np.tile([1.0, 0, 1, 0, 1, 1], (2, 1))
    theta, sem = joint_map(x, MODEL, np.array([[np.nan, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    assert np.isnan(theta[0]).any() and np.isnan(sem[0]).any()
    alone, _ = joint_map(x[1:], MODEL, np.zeros((1, 3)))
    np.testing.assert_array_equal(theta[1:], alone)


def test_abilities_that_share_nothing_are_found_one_by_one() -> None:
    """Items on one ability each and a diagonal precision: two two-parameter models."""
    rng = np.random.default_rng(5)
    a, b = rng.uniform(0.5, 2, 12), rng.normal(size=12)
    loadings = np.zeros((12, 2))
    loadings[:6, 0], loadings[6:, 1] = a[:6], a[6:]
    x = np.where(rng.random((30, 12)) < 0.3, np.nan, rng.integers(0, 2, (30, 12)).astype(float))
    x[:, [0, 6]] = 1.0  # an ability without any answer is told apart elsewhere
    theta, sem = joint_map(x, JointModel.build(loadings, a * b, np.diag([1 / 1.5, 1 / 0.7])), np.tile([0.5, -0.5], (30, 1)))
    for place, (items, mean, variance) in enumerate(((slice(0, 6), 0.5, 1.5), (slice(6, 12), -0.5, 0.7))):
        alone, error = trait.map_estimate(x[:, items], a[items], b[items], mean, variance)
        np.testing.assert_allclose(theta[:, place], alone, rtol=0, atol=1e-9)
        np.testing.assert_allclose(sem[:, place], error, rtol=1e-9)


def test_it_arrives_from_a_prior_far_away() -> None:
    """Newton's first step overshoots here and is halved."""
    mean, x = np.array([[-60.0, 60.0, -60.0]]), np.array([[1.0, 1, 0, 0, 1, 1]])
    theta, _ = joint_map(x, JointModel.build(LOADINGS, TAU, PRECISION * 1e-3), mean)
    p = special.expit(LOADINGS @ theta[0] - TAU)
    np.testing.assert_allclose(LOADINGS.T @ (x[0] - p) - 1e-3 * PRECISION @ (theta[0] - mean[0]), 0, atol=1e-9)
