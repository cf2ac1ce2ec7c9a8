"""Where a slope falls through 0: found wherever it lies, row by row, whatever Newton's step does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from otscore.kernel.root import falling_zero

Floats = NDArray[np.float64]
numbers = st.floats(-20, 20)


@given(st.lists(numbers, min_size=1, max_size=8))
def test_the_root_of_a_steep_and_of_a_flat_slope(roots: list[float]) -> None:
    at = np.array(roots)

    def steep(x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        return at[rows] ** 3 - x**3, -3 * x**2

    def flat(x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        return -np.tanh(5 * (x - at[rows])), -5 / np.cosh(np.clip(5 * (x - at[rows]), -300, 300)) ** 2

    for slope in (steep, flat):
        found = falling_zero(slope, np.full(at.size, -33.0), np.full(at.size, 47.0))
        np.testing.assert_allclose(slope(found, np.arange(at.size))[0], 0, atol=1e-9)
    np.testing.assert_allclose(found, at, rtol=0, atol=1e-10)


@pytest.mark.parametrize("derivative", [-1e-3, -0.5, 1.0])
@given(roots=st.lists(numbers, min_size=2, max_size=8, unique=True))
def test_a_wrong_derivative_slows_it_down_and_does_not_mislead_it(derivative: float, roots: list[float]) -> None:
    """Too flat: Newton's step leaves the bracket. Half as steep as it is: it goes to and fro for ever. Rising: it goes away."""
    at = np.array(roots)
    found = falling_zero(lambda x, rows: (at[rows] - x, np.full(rows.size, derivative)), np.full(at.size, -50.0), np.full(at.size, 53.0))
    np.testing.assert_allclose(found, at, rtol=0, atol=1e-9)


def test_a_row_without_a_bracket_is_left_out_and_holds_nobody_up() -> None:
    asked: list[int] = []

    def slope(x: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        asked.extend(rows.tolist())
        return 1.5 - x, np.full(rows.size, -1.0)

    found = falling_zero(slope, np.array([np.nan, -4.0]), np.array([9.0, 4.0]))
    np.testing.assert_array_equal(found, [np.nan, 1.5])
    assert set(asked) == {1}


def test_the_bracket_that_is_given_is_not_changed() -> None:
    low, high = np.array([-4.0]), np.array([4.0])
    falling_zero(lambda x, rows: (0.7 - x, np.full(rows.size, -1.0)), low, high)
    assert (low[0], high[0]) == (-4.0, 4.0)


def test_a_slope_that_does_not_change_sign_ends_at_the_edge() -> None:
    found = falling_zero(lambda x, rows: (np.ones(rows.size), np.full(rows.size, -1e-9)), np.array([-4.0]), np.array([4.0]))
    np.testing.assert_allclose(found, 4.0, atol=1e-9)
