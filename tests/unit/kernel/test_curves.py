from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import curves

POWER, CV = st.floats(-3, 3), st.floats(0.02, 0.25)


@given(st.floats(-4, 4), POWER, st.floats(0.1, 200), CV)
def test_lms_value_undoes_z(z: float, power: float, median: float, cv: float) -> None:
    if 1 + power * cv * z > 0.01:
        value = curves.lms_value(z, power, median, cv)
        assert curves.lms_z(value, power, median, cv) == pytest.approx(z, abs=1e-9)


def test_lms_is_undefined_without_a_positive_measurement() -> None:
    assert np.isnan(curves.lms_z([0.0, -1.0, np.nan], 0.5, 10.0, 0.1)).all()
    assert curves.lms_z([0.0, -1.0], 1.0, 10.0, 0.1).tolist() == pytest.approx([-10.0, -11.0])  # a straight line has no edge
    assert np.isnan(curves.lms_z(10.0, 1.0, [10.0, 0.0, -10.0], [0.0, 0.1, 0.1])).all()
    assert np.isnan(curves.lms_value([-4.0, -10.0], 3.0, 10.0, 0.1)).all()


@pytest.mark.parametrize("power", [0.0, 1e-15, -1e-13, 1e-11, -1e-9, 1e-7])
def test_lms_is_continuous_where_the_power_vanishes(power: float) -> None:
    assert curves.lms_z(12.0, power, 10.0, 0.1) == pytest.approx(10 * np.log(1.2), abs=1e-6)
    assert curves.lms_value(2.0, power, 10.0, 0.1) == pytest.approx(10 * np.exp(0.2), abs=1e-6)


def test_who_tails_are_continuous_and_straight() -> None:
    curve = (-0.3387, 16.433, 0.14051)
    at_2_and_3 = curves.lms_value([2.0, 3.0, -2.0, -3.0], *curve)
    step_up, step_down = at_2_and_3[1] - at_2_and_3[0], at_2_and_3[2] - at_2_and_3[3]
    beyond = [at_2_and_3[1] + step_up, at_2_and_3[3] - step_down]
    np.testing.assert_allclose(curves.lms_z_who_restricted(beyond, *curve), [4, -4], atol=1e-9)
    np.testing.assert_allclose(curves.lms_z_who_restricted(at_2_and_3, *curve), [2, 3, -2, -3], atol=1e-9)
    assert np.isnan(curves.lms_z_who_restricted(0.0, *curve))


def test_regression_norm_has_a_sign_and_a_zero() -> None:
    z = curves.regression_z([40, 50, 60], 0.0, [50.0], [10.0], "lower_is_better")
    np.testing.assert_array_equal(z, [1, 0, -1])
    assert curves.regression_z(60, 2.0, [50.0, 1.0], [10.0, -1.0], "higher_is_better") == 1.0
    assert np.isnan(curves.regression_z(60, 10.0, [50.0], [10.0, -1.0], "higher_is_better"))


NODES = np.array([0.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0, 7.0])  # a join of two references at 3
CUBIC = (NODES - 2.0) ** 3 + NODES
VALUES = np.column_stack((np.where(np.arange(9) < 4, CUBIC, CUBIC + 100.0), NODES))


@pytest.mark.parametrize("interpolate", [curves.interpolate_linear, curves.interpolate_lagrange])
def test_interpolation_at_and_outside_nodes(interpolate: object) -> None:
    at_nodes = interpolate(NODES, NODES, VALUES)  # type: ignore[operator]
    np.testing.assert_array_equal(at_nodes, VALUES[[0, 1, 2, 4, 4, 5, 6, 7, 8]])
    noise = interpolate(NODES + np.array([-1e-10, *[1e-10] * 8]), NODES, VALUES)  # type: ignore[operator]
    np.testing.assert_array_equal(noise, at_nodes)
    outside = interpolate([-1e-3, 7.001, np.nan, np.inf], NODES, VALUES)  # type: ignore[operator]
    assert np.isnan(outside).all()
    assert interpolate(1.5, NODES, NODES).shape == ()  # type: ignore[operator]


def test_no_line_crosses_a_join() -> None:
    np.testing.assert_allclose(curves.interpolate_linear(2.999, NODES, VALUES)[0], 4.0, atol=0.01)
    np.testing.assert_allclose(curves.interpolate_linear(3.001, NODES, VALUES)[0], 104.0, atol=0.02)


def test_lagrange_is_cubic_inside_and_linear_at_the_ends_of_a_reference() -> None:
    inside, ends = np.array([1.5, 4.25, 5.75]), np.array([0.5, 2.5, 3.5, 6.5])
    exact = (inside - 2.0) ** 3 + inside + np.where(inside > 3, 100.0, 0.0)
    np.testing.assert_allclose(curves.interpolate_lagrange(inside, NODES, VALUES)[:, 0], exact, rtol=1e-12)
    linear = curves.interpolate_linear(ends, NODES, VALUES)
    np.testing.assert_array_equal(curves.interpolate_lagrange(ends, NODES, VALUES), linear)


def test_few_nodes_are_linear() -> None:
    assert curves.interpolate_lagrange(0.5, [0.0, 1.0], [10.0, 20.0]) == 15.0
    assert curves.interpolate_lagrange(3.0, [3.0], [10.0]) == 10.0
