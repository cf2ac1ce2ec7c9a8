"""Composites against plain sums and against simulated true and observed scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import composite, interval, raw

NAN = np.nan
R = np.array([[1.0, 0.5, 0.6], [0.5, 1.0, 0.7], [0.6, 0.7, 1.0]])
WEIGHTS = st.lists(st.floats(0.1, 3), min_size=3, max_size=3)


@given(st.lists(st.floats(1, 19), min_size=3, max_size=3), WEIGHTS)
def test_composite_by_plain_sums(x: list[float], w: list[float]) -> None:
    z = [(value - 10) / 3 for value in x]
    variance = sum(w[i] * R[i, j] * w[j] for i in range(3) for j in range(3))
    expected = 100 + 15 * sum(a * b for a, b in zip(w, z, strict=True)) / math.sqrt(variance)
    assert composite.composite_score(x, 10, 3, R, w) == pytest.approx(expected, rel=1e-12)
    assert composite.sd_of_sum(R, w) == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_two_roads_to_one_composite() -> None:
    """Members with their own means and SDs, or the sum of scaled scores with the sum of the correlations of the pairs."""
    x = np.array([[12.0, 14, 9], [10, 10, 10], [1, 2, 3], [NAN, 4, 5]])
    by_members = composite.composite_score(x, [10, 10, 10], [3, 3, 3], R)
    np.testing.assert_allclose(by_members, composite.composite_of_total(x.sum(axis=1), 3, 1.8), rtol=1e-13)
    assert by_members[1] == 100 and np.isnan(by_members[3])
    assert by_members[2] < 100 + 5 * (x[2].mean() - 10)  # further out than the average of its members


@pytest.mark.filterwarnings("error")
def test_a_matrix_without_variance_gives_nothing() -> None:
    impossible = [[1.0, -1.5], [-1.5, 1.0]]
    assert np.isnan(composite.composite_score([[12, 13]], 10, 3, impossible)).all()
    assert np.isnan(composite.composite_of_total(24, 2, -2))
    assert np.isnan(composite.composite_reliability(impossible, 15, 0.9))
    assert np.isnan(composite.correlation_of_sums(impossible, [1, 1], [1, 0]))


def test_prorating_k_of_n() -> None:
    x = np.array([[3.0, 4, 5, 6], [3, NAN, 5, 6], [NAN, NAN, 5, 6], [NAN, 4, 5, 6], [NAN] * 4])
    found = composite.prorated_sum(x, 1.0, 3, [True, False, False, False])
    np.testing.assert_array_equal(found, [18, 14 / 3 * 4, NAN, NAN, NAN])
    np.testing.assert_allclose(composite.prorated_sum(x, [2, 1, 1, 0], 1), [15, 11 / 3 * 4, 20, 18, NAN], rtol=1e-15)
    np.testing.assert_array_equal(composite.prorated_sum(x, [1, 1, 1, -1], 1), [NAN] * 5)
    np.testing.assert_array_equal(composite.prorated_sum([[NAN, 4.0]], [2, 0], 1), [NAN])  # what is there weighs nothing


def test_prorating_with_equal_weights_is_that_of_items() -> None:
    x = np.random.default_rng(3).normal(10, 3, (200, 7))
    x[np.random.default_rng(4).random(x.shape) < 0.3] = NAN
    mine = composite.prorated_sum(x, 1.0, 1)
    np.testing.assert_allclose(mine, raw.prorated(raw.total(x), raw.n_answered(x), 7, half_up=False), rtol=1e-14)


def test_required_members() -> None:
    given_members = np.array([[True, True, False], [False, True, True], [True, False, False]])
    assert composite.enough_members(given_members, 2, [True, False, False]).tolist() == [True, False, False]
    assert composite.enough_members(given_members, 1).tolist() == [True, True, True]


@given(st.lists(st.floats(0.3, 0.99), min_size=3, max_size=3), WEIGHTS)
def test_reliability_both_ways(r: list[float], w: list[float]) -> None:
    """True over observed variance, and 1 less error over observed variance."""
    sd = [15.0, 10.0, 3.0]
    observed = sum(w[i] * sd[i] * R[i, j] * sd[j] * w[j] for i in range(3) for j in range(3))
    error = sum(w[i] ** 2 * sd[i] ** 2 * (1 - r[i]) for i in range(3))
    assert composite.composite_reliability(R, sd, r, w) == pytest.approx(1 - error / observed, rel=1e-12)


def test_reliability_and_sem_in_simulated_children() -> None:
    rng = np.random.default_rng(7)
    reliability = np.array([0.88, 0.80, 0.76])
    true = rng.standard_normal((400_000, 3)) @ np.linalg.cholesky(composite.true_covariances(R, 15, reliability)).T
    total_true, total = true.sum(axis=1), (true + rng.standard_normal(true.shape) * 15 * np.sqrt(1 - reliability)).sum(axis=1)
    r = composite.composite_reliability(R, 15, reliability)
    assert np.corrcoef(total_true, total)[0, 1] ** 2 == pytest.approx(r, abs=2e-3)
    sd = composite.sd_of_sum(composite.covariances(R, 15), [1, 1, 1])
    assert np.std(total) == pytest.approx(sd, rel=5e-3)
    assert np.std(total - total_true) == pytest.approx(interval.sem(sd, r), rel=5e-3)


def test_a_matrix_for_every_child() -> None:
    """Correlations of each child's own norm group, one matrix a row."""
    matrices = np.stack([R, np.eye(3), np.ones((3, 3))])
    np.testing.assert_allclose(composite.sd_of_sum(matrices, [1, 1, 1]), np.sqrt([6.6, 3, 9]), rtol=1e-14)
    found = composite.composite_score(np.full((3, 3), 13.0), 10, 3, matrices)
    np.testing.assert_allclose(found, 100 + 45 / np.sqrt([6.6, 3, 9]), rtol=1e-14)


def test_range_of_the_members() -> None:
    np.testing.assert_array_equal(composite.member_range([[1, -1, 0.5], [NAN, 1, 3], [NAN, 2, NAN], [NAN] * 3]), [2, 2, NAN, NAN])


@given(st.floats(0.05, 20), st.floats(0.05, 0.95))
def test_length_and_reliability(length: float, r: float) -> None:
    assert composite.spearman_brown_length(composite.spearman_brown(length, r), r) == pytest.approx(length, rel=1e-9)
