"""Regression norms: worked by hand, and there and back again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import curves, regression

NAN = np.nan
ROW = (36.0, 12.0, 20.0, 4.0, -0.5, 0.125, 0.5, -0.25)
"""centre, scale, b0, b1, b2, b3, logsd0, logsd1"""

parameters = st.tuples(
    st.floats(0, 60), st.floats(1, 60), *[st.floats(-20, 20)] * 4, st.floats(-1, 2), st.floats(-0.3, 0.3)
).map(lambda row: tuple(map(np.float64, row)))


def test_z_by_hand() -> None:
    """At 60 months a = 2: mean = 20 + 8 - 2 + 1 = 27, SD = exp(0.5 - 0.5) = 1; at 36 a = 0: mean 20, SD exp(0.5)."""
    z = regression.regression_z(np.array([27.0, 30, 20, 20 + np.exp(0.5), NAN]), np.array([60.0, 60, 36, 36, 36]), *map(np.float64, ROW))
    np.testing.assert_allclose(z, [0, 3, 0, 1, NAN], rtol=1e-14, atol=1e-14)


def test_a_line_in_age_is_the_line_of_the_other_form() -> None:
    y, age = np.linspace(-5, 40, 19), np.linspace(3, 90, 19)
    mine = regression.regression_z(y, age, *map(np.float64, (0, 1, 2.5, 0.25, 0, 0, np.log(3.0), 0)))
    np.testing.assert_allclose(mine, curves.regression_z(y, age, [2.5, 0.25], [3.0], "higher_is_better"), rtol=1e-12)


@given(parameters, st.floats(1, 90), st.floats(-5, 5))
def test_there_and_back(row: tuple[np.float64, ...], age: float, z: float) -> None:
    at = np.array([age])
    value = regression.regression_value(np.array([z]), at, *row)
    mean = regression.regression_value(np.array([0.0]), at, *row)
    sd = regression.regression_value(np.array([1.0]), at, *row) - mean
    with np.errstate(divide="ignore"):
        loss = 1e-14 * np.abs(mean) / sd  # what is lost where the mean is far larger than the SD
    assert abs(regression.regression_z(value, at, *row) - z) <= 1e-11 + 100 * loss


@given(st.floats(-1, 1), st.floats(0.1, 1), st.floats(-4, 4))
def test_there_and_back_by_the_logarithm(b0: float, sd: float, z: float) -> None:
    row = tuple(map(np.float64, (24.0, 12.0, b0, 0.3, 0.0, 0.0, np.log(sd), 0.05)))
    value = regression.lognormal_regression_value(np.array([z]), np.array([30.0]), *row)
    assert value > 0
    np.testing.assert_allclose(regression.lognormal_regression_z(value, np.array([30.0]), *row), z, rtol=0, atol=1e-11)


@pytest.mark.filterwarnings("error")
def test_a_logarithm_needs_a_number_above_0() -> None:
    row = tuple(map(np.float64, (0, 1, 0, 0, 0, 0, 0, 0)))
    found = regression.lognormal_regression_z(np.array([0.0, -1, 1, np.e, NAN]), np.zeros(5), *row)
    np.testing.assert_allclose(found, [NAN, NAN, 0, 1, NAN], rtol=1e-15)
