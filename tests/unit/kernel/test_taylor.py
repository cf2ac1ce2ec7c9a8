"""A polynomial in score and age: worked by hand, against the plain version, turned back, and at the ends of its range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow_twin import taylor as slow

from otscore.kernel import taylor

NAN = np.nan
LINE = np.array([[1.0, 2.0], [0.5, 0.25]])
"""raw = 1 + 2 A + L (0.5 + 0.25 A)"""


def at(raw: object, age: object, coefficients: np.ndarray, low: float = 20.0, high: float = 80.0) -> taylor.TaylorScore:
    raw, age = np.broadcast_arrays(np.asarray(raw, dtype=float), np.asarray(age, dtype=float))
    return taylor.taylor_score(raw, age, coefficients, low, high)


def assert_scores(found: taylor.TaylorScore, score: list[float], off_scale: list[int], ambiguous: list[bool]) -> None:
    np.testing.assert_allclose(found.score, score, rtol=0, atol=1e-10)
    assert found.off_scale.tolist() == off_scale
    assert found.ambiguous.tolist() == ambiguous


def test_raw_by_hand() -> None:
    """At age 4 raw = 9 + 1.5 L, at age 2 raw = 5 + L."""
    np.testing.assert_array_equal(taylor.taylor_raw(np.array([50.0, 50, 20, NAN]), np.array([4.0, 2, 4, 4]), LINE), [84, 55, 39, NAN])


@pytest.mark.filterwarnings("error")
def test_score_by_hand_and_off_the_scale() -> None:
    found = at([84, 55, 39, 38, 129, 130, NAN, 50], [4, 2, 4, 4, 4, 4, 4, NAN], LINE)
    assert_scores(found, [50, 50, 20, 20, 80, 80, NAN, NAN], [0, 0, 0, -1, 0, 1, 0, 0], [False] * 8)


def test_a_raw_score_that_falls_with_the_score() -> None:
    """Errors: raw = 100 - L, so many errors are off the low end."""
    assert_scores(at([50, 85, 15, 80, 20], 3, np.array([[100.0], [-1.0]])), [50, 20, 80, 20, 80], [0, -1, 1, 0, 0], [False] * 5)


def test_between_two_answers_none_is_chosen() -> None:
    """raw = (L - 1) (L - 2) (L - 4) on [0, 5]: it runs -8 ... 12, and between L = 1.13 and 3.2 it turns back."""
    cubic = np.array([[-8.0], [14.0], [-7.0], [1.0]])
    turning = taylor.turning_points(taylor.by_age(np.array([1.0]), cubic), 0.0, 5.0)[0]
    np.testing.assert_allclose(turning, [0, (7 - 7**0.5) / 3, (7 + 7**0.5) / 3, 5], atol=1e-12)
    found = at([-5, 0, 6, -9, 13, 12, -8], 1, cubic, 0, 5)
    np.testing.assert_allclose(found.score[[1, 3, 4, 5, 6]], [NAN, 0, 5, 5, 0], rtol=0, atol=1e-11)
    np.testing.assert_allclose(taylor.taylor_raw(found.score[[0, 2]], np.ones(2), cubic), [-5, 6], atol=1e-10)
    assert found.off_scale.tolist() == [0, 0, 0, -1, 1, 0, 0] and found.ambiguous.tolist() == [False, True] + [False] * 5
    assert not taylor.taylor_monotone(np.array([1.0]), cubic, 0, 5)
    assert taylor.taylor_monotone(np.array([1.0]), cubic, 4, 5)


def test_a_model_that_turns_before_its_end() -> None:
    """raw = 10 L - L^2 on [0, 8] rises to 25 at 5 and falls to 16: below 16 there is one answer, then two, beyond 25 none."""
    found = at([7, 16, 20, 25, 26, -1], 1, np.array([[0.0], [10.0], [-1.0]]), 0, 8)
    assert_scores(found, [5 - 18**0.5, NAN, NAN, NAN, 8, 0], [0, 0, 0, 0, 1, -1], [False, True, True, True, False, False])


def test_no_slope_no_score() -> None:
    for flat in (np.array([[3.0, 1.0]]), np.array([[3.0, 1.0], [0.0, 0.0]]), np.array([[0.0], [100.0], [-1.0]])):
        found = at([7, 8], 4, flat)
        assert np.isnan(found.score).all() and found.ambiguous.all() and not found.off_scale.any()
    assert not taylor.taylor_monotone(np.array([4.0]), np.array([[3.0, 1.0], [0.0, 0.0]]), 20, 80)


def test_level_ground_without_a_turn_has_one_answer() -> None:
    """raw = (L - 50)^3 stands still at 50 and goes on rising."""
    cubic = np.array([[-125000.0], [7500.0], [-150.0], [1.0]])
    found = at([0, -1000, 1000], 1, cubic)
    np.testing.assert_allclose(found.score, [50, 40, 60], rtol=0, atol=1e-3)  # where it is level a raw score is known to 1e-10
    assert taylor.taylor_monotone(np.array([1.0]), cubic, 20, 80)


def test_missing_coefficients_give_nothing() -> None:
    found = at([50.0], 4, np.array([[1.0, NAN], [0.5, 0.25]]))
    assert np.isnan(found.score).all() and not found.ambiguous.any() and not found.off_scale.any()


def small(powers: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(-1, 1, width=32), min_size=powers, max_size=powers)


@settings(max_examples=100, deadline=None)
@given(small(15), st.integers(0, 12), st.floats(-1.2, 1.2))
def test_against_the_plain_version(values: list[float], months: int, where: float) -> None:
    """Any polynomial of degree 4 in L and 2 in age; cases that hang on a turn narrower than the walk are left out."""
    age, low, high = 2 + months / 12, -2.0, 2.5
    b = np.array(values).reshape(5, 3)
    plain = {(i, j): float(b[i, j]) for i in range(5) for j in range(3)}
    ends = taylor._at(taylor.turning_points(taylor.by_age(np.array([age]), b), low, high), taylor.by_age(np.array([age]), b))[0]
    raw = 0.5 * (ends.min() + ends.max()) + 0.5 * where * (ends.max() - ends.min())
    assume(ends.max() - ends.min() > 1e-3 and np.abs(ends - raw).min() > 1e-3 * (ends.max() - ends.min()))
    assume(abs(ends[0] - ends[-1]) > 1e-9)
    expected, place = slow.score_of(raw, age, plain, low, high)
    found = at([raw], age, b, low, high)
    assert found.off_scale[0] == {"below": -1, "above": 1}.get(place, 0)
    assert bool(found.ambiguous[0]) == (place == "undefined")
    assert found.score[0] == pytest.approx(NAN if expected is None else expected, abs=1e-9, nan_ok=True)


MODEL = np.array([[-40.0, 14.0, -0.6], [0.9, 0.12, 0.0], [0.0, -0.0005, 0.0], [-1e-5, 0.0, 0.0]])
"""A mild model, invented: T 20 to 80 over ages 3 to 8."""


def test_every_score_comes_back() -> None:
    score, age = (part.ravel() for part in np.meshgrid(np.linspace(20, 80, 121), np.linspace(3, 8, 61)))
    assert taylor.taylor_monotone(age, MODEL, 20, 80).all()
    found = taylor.taylor_score(taylor.taylor_raw(score, age, MODEL), age, MODEL, 20, 80)
    np.testing.assert_allclose(found.score, score, rtol=0, atol=1e-9)
    assert not found.ambiguous.any() and not found.off_scale.any()


def test_the_score_rises_with_the_raw_score() -> None:
    raw = np.arange(0.0, 140.0)
    found = taylor.taylor_score(raw, np.full(raw.size, 5.5), MODEL, 20.0, 80.0)
    assert (np.diff(found.score) >= 0).all() and found.off_scale[0] == -1 and found.off_scale[-1] == 1
