"""Priors whose mean depends on age: where a piece ends, where there is none, and polynomials by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel.prior import AgePrior, PolynomialPrior

NAN = np.nan


def pieces(**more: float) -> AgePrior:
    arrays = {"upto": [12.0, 24.0], "constant": [10.0, 16.0], "linear": [1.0, 0.5], "log": [0.0, 2.0], "shift": [0.0, 1.0]}
    return AgePrior(**{name: np.array(values) for name, values in arrays.items()}, **({"age_from": -np.inf, "sd": 5.0} | more))


@pytest.mark.filterwarnings("error")
def test_a_piece_ends_with_its_last_age() -> None:
    age = np.array([0.0, 12, np.nextafter(12, 99), 24, np.nextafter(24, 99), NAN, -3])
    late = np.nextafter(12, 99)
    expected = [10, 22, 16 + 0.5 * late + 2 * np.log(late + 1), 16 + 12 + 2 * np.log(25), NAN, NAN, 7]
    np.testing.assert_allclose(pieces().mean(age), expected, rtol=1e-15)


def test_younger_than_the_first_age_there_is_no_mean() -> None:
    np.testing.assert_array_equal(pieces(age_from=3.0).mean(np.array([2.999, 3.0])), [NAN, 13])


@pytest.mark.filterwarnings("error")
def test_where_the_logarithm_has_no_value_there_is_no_mean() -> None:
    prior = AgePrior(*(np.array([x]) for x in (np.inf, 1.0, 0.0, 2.0, 0.5)), age_from=-np.inf, sd=1.0)
    np.testing.assert_array_equal(np.isnan(prior.mean(np.array([-0.5, -2.0, -0.4]))), [True, True, False])


def test_one_polynomial_by_hand() -> None:
    """x = (30 - 18) / 6 = 2: mean = 1 + 2 * 2 - 0.5 * 4 = 3, log variance = -1 + 0.25 * 2."""
    prior = PolynomialPrior(18.0, 6.0, np.array([1.0, 2.0, -0.5]), np.array([-1.0, 0.25]))
    np.testing.assert_allclose(prior.mean(np.array([30.0, 18.0, NAN])), [3, 1, NAN], rtol=1e-15)
    np.testing.assert_allclose(prior.variance(np.array([30.0, 18.0, NAN])), [np.exp(-0.5), np.exp(-1), NAN], rtol=1e-15)


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 2), min_size=1, max_size=5), st.floats(0, 60))
def test_several_polynomials_are_each_their_own(coefficients: list[tuple[float, float]], age: float) -> None:
    matrix = np.array(coefficients)
    together = PolynomialPrior(18.0, 10.39, matrix, np.empty(0)).mean(np.array([age, 20.0]))
    assert together.shape == (2, 2)
    for place in range(2):
        alone = PolynomialPrior(18.0, 10.39, np.ascontiguousarray(matrix[:, place]), np.empty(0)).mean(np.array([age, 20.0]))
        np.testing.assert_array_equal(together[:, place], alone)
        powers = ((age - 18.0) / 10.39) ** np.arange(len(matrix))
        np.testing.assert_allclose(alone[0], (powers * matrix[:, place]).sum(), rtol=1e-9, atol=1e-9)
