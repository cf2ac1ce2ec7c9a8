"""Goals: GAS and COPM by hand, with goals that were not rated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import goals

NAN = np.nan
LEVELS = st.lists(st.integers(-2, 2), min_size=1, max_size=8)


def plain_t(levels: list[float], weights: list[float], rho: float) -> float:
    spread = (1 - rho) * sum(w * w for w in weights) + rho * sum(weights) ** 2
    return 50 + 10 * sum(w * x for w, x in zip(weights, levels, strict=True)) / math.sqrt(spread)


@given(LEVELS, st.data(), st.floats(0, 0.9))
def test_t_by_its_formula(levels: list[int], data: st.DataObject, rho: float) -> None:
    weights = data.draw(st.lists(st.floats(0.5, 9), min_size=len(levels), max_size=len(levels)))
    assert goals.gas_t(levels, weights, rho) == pytest.approx(plain_t(levels, weights, rho), rel=1e-12)
    assert goals.gas_t(levels + [NAN], weights + [7.0], rho) == goals.gas_t(levels, weights, rho)


@pytest.mark.filterwarnings("error")
def test_weights_and_goals_that_are_not_there() -> None:
    levels = np.array([[1.0, -1, 2], [1, NAN, 2], [NAN] * 3, [1, 3, 0], [0.5, 0, 0], [0, 0, 0]])
    weights = np.array([[0.0, 0, 0], [0, 5, 0], [1, 1, 1], [1, 1, 1], [1, 1, 1], [2, 1, 4]])
    expected = [plain_t([1, -1, 2], [1, 1, 1], 0.3), plain_t([1, 2], [1, 1], 0.3), NAN, NAN, NAN, 50]
    np.testing.assert_allclose(goals.gas_t(levels, weights), expected, rtol=1e-14)
    assert goals.gas_t([0.5, 0, 0], 1.0, 0.3, (-2, -1, -0.5, 0, 0.5, 1, 2)) > 50  # half steps, once they are declared
    np.testing.assert_array_equal(goals.gas_t([[1.0, 1], [1, 1]], [[1, -1], [1, NAN]]), [NAN, NAN])


def test_change_needs_the_same_goals() -> None:
    before, after = [[-1.0, -1, NAN], [-1, -1, NAN]], [[0.0, 1, NAN], [0, 1, 1]]
    np.testing.assert_allclose(goals.gas_change(before, after), [plain_t([0, 1], [1, 1], 0.3) - plain_t([-1, -1], [1, 1], 0.3), NAN])
    np.testing.assert_array_equal(goals.goals_reached([[0, 1, NAN], [-1, -2, 2], [NAN] * 3]), [2, 1, NAN])


@pytest.mark.filterwarnings("error")
def test_mean_ratings() -> None:
    before = np.array([[2.0, 4, NAN], [2, 4, 6], [NAN] * 3, [0, 4, 5], [3, 11, 5]])
    after = np.array([[5.0, 6, NAN], [5, 6, NAN], [NAN] * 3, [5, 4, 5], [3, 10, 5]])
    np.testing.assert_array_equal(goals.copm_score(before), [3, 4, NAN, NAN, NAN])
    np.testing.assert_array_equal(goals.copm_change(before, after), [2.5, NAN, NAN, NAN, NAN])
