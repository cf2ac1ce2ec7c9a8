"""The beta-binomial: its probabilities against another implementation, z in both tails, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from otscore.kernel.beta_binomial import beta_binomial_log_mass, beta_binomial_regression_z, beta_binomial_z

shapes = st.floats(0.05, 200)


@given(st.integers(1, 60), shapes, shapes)
def test_probabilities_against_scipy(n: int, alpha: float, beta: float) -> None:
    every = np.arange(n + 1.0)
    mass = np.exp(beta_binomial_log_mass(every, np.full(n + 1, float(n)), alpha, beta))
    np.testing.assert_allclose(mass.sum(), 1.0, rtol=1e-9)
    np.testing.assert_allclose(mass, stats.betabinom(n, alpha, beta).pmf(every), rtol=1e-9, atol=1e-300)


@given(st.integers(1, 40), shapes, shapes)
def test_z_is_that_of_the_middle_of_the_step(n: int, alpha: float, beta: float) -> None:
    every = np.arange(n + 1.0)
    z = beta_binomial_z(every, np.full(n + 1, float(n)), np.full(n + 1, alpha), np.full(n + 1, beta))
    mass = stats.betabinom(n, alpha, beta).pmf(every)
    below, above = np.cumsum(mass) - mass / 2, np.cumsum(mass[::-1])[::-1] - mass / 2
    expected = np.where(below < above, special.ndtri(below), -special.ndtri(above))
    np.testing.assert_allclose(z, expected, rtol=1e-9, atol=1e-9)
    assert (np.diff(z) > 0).all()


@given(st.integers(1, 40), shapes, shapes)
def test_passed_and_failed_are_mirror_images(n: int, alpha: float, beta: float) -> None:
    """So no digits are lost at one end that are kept at the other."""
    every, most = np.arange(n + 1.0), np.full(n + 1, float(n))
    z = beta_binomial_z(every, most, np.full(n + 1, alpha), np.full(n + 1, beta))
    turned = beta_binomial_z(most - every, most, np.full(n + 1, beta), np.full(n + 1, alpha))
    np.testing.assert_allclose(z, -turned, rtol=1e-11, atol=1e-11)


def test_one_item_by_hand() -> None:
    """P(pass) = 3/4: failing stands at (1/4) / 2 = 12.5 %, passing at 1/4 + (3/4) / 2 = 62.5 %."""
    z = beta_binomial_z(np.array([0.0, 1.0]), np.ones(2), np.full(2, 3.0), np.full(2, 1.0))
    np.testing.assert_allclose(special.ndtr(z), [0.125, 0.625], rtol=1e-14)


def test_even_shapes_of_1_make_every_number_as_likely() -> None:
    z = beta_binomial_z(np.arange(5.0), np.full(5, 4.0), np.ones(5), np.ones(5))
    np.testing.assert_allclose(special.ndtr(z), (np.arange(5) + 0.5) / 5, rtol=1e-13)


@pytest.mark.filterwarnings("error")
def test_what_is_no_number_of_items_has_no_z() -> None:
    z = beta_binomial_z(np.array([-1.0, 0.5, 5, 4, np.nan, 2, 2]), np.array([4.0, 4, 4, 4, 4, np.nan, 2]), np.full(7, 2.0), np.full(7, 2.0))
    np.testing.assert_array_equal(np.isnan(z), [True, True, True, False, True, True, False])


def test_the_expected_share_follows_the_logarithm_of_age() -> None:
    """logit p = 0.4 + 1.5 ln(age / 24): 0.4 at 24 months, 0.4 + 1.5 ln 2 at 48."""
    age, n = np.array([24.0, 48.0]), np.full(2, 10.0)
    z = beta_binomial_regression_z(np.array([6.0, 8.0]), age, n, np.float64(0.4), np.float64(1.5), np.float64(24), np.float64(8))
    p = 1 / (1 + np.exp(-np.array([0.4, 0.4 + 1.5 * np.log(2)])))
    np.testing.assert_allclose(z, beta_binomial_z(np.array([6.0, 8.0]), n, 8 * p, 8 * (1 - p)), rtol=1e-12)


def test_the_far_tail_has_a_finite_z() -> None:
    assert np.isfinite(beta_binomial_z(np.array([0.0]), np.array([200.0]), np.array([1e6]), np.array([5.0]))).all()


@pytest.mark.filterwarnings("error")
def test_a_newborn_has_no_infinite_z() -> None:
    row = map(np.float64, (20, 0.5, 1, 24, 10))
    z = beta_binomial_regression_z(np.array([0.0, 5.0]), np.zeros(2), np.full(2, next(row)), *row)
    assert not np.isinf(z).any()
