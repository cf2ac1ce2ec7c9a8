"""Item points to raw scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import raw

NAN = np.nan
POINTS = np.array([[3.0, 2, 3, 2, NAN], [NAN, NAN, NAN, NAN, NAN], [1, 0, 0, 0, 0], [NAN, NAN, 4, NAN, 1]])


def test_totals_leave_out_what_is_missing() -> None:
    np.testing.assert_array_equal(raw.n_answered(POINTS), [4, 0, 5, 2])
    np.testing.assert_array_equal(raw.total(POINTS), [10, 0, 1, 5])
    np.testing.assert_array_equal(raw.mean(POINTS), [2.5, NAN, 0.2, 2.5])
    np.testing.assert_array_equal(raw.highest(POINTS), [3, NAN, 1, 4])
    np.testing.assert_array_equal(raw.lowest(POINTS), [2, NAN, 0, 1])
    np.testing.assert_array_equal(raw.count_at_least(POINTS, 3), [2, 0, 0, 1])
    np.testing.assert_array_equal(raw.weighted_total(POINTS, np.array([1.0, 2, 0, 0, -1])), [7, 0, 1, -1])


def test_prorating_and_imputing_are_two_things() -> None:
    answered = raw.n_answered(POINTS)
    np.testing.assert_allclose(raw.prorated(raw.total(POINTS), answered, 5, half_up=False), [12.5, NAN, 1, 12.5])
    np.testing.assert_array_equal(raw.prorated(raw.total(POINTS), answered, 5, half_up=True), [13, NAN, 1, 13])
    np.testing.assert_array_equal(raw.imputed_total(POINTS, half_up=True), [13, NAN, 1, 14])
    np.testing.assert_array_equal(raw.imputed_total(POINTS, half_up=False), [12.5, NAN, 1, 12.5])


def test_a_complete_answer_is_never_rounded() -> None:
    complete = np.array([[0.25, 0.5]])
    assert raw.prorated(raw.total(complete), np.array([2]), 2, half_up=True)[0] == 0.75


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, 100))))
def test_the_share_of_missing_items_includes_its_limit(case: tuple[int, int, int]) -> None:
    n, missing, hundredths = case
    allowed = raw.missing_allowed(np.array([n - missing]), n, hundredths / 100)[0]
    assert allowed == (100 * missing <= hundredths * n)


def test_three_of_six_missing_are_allowed_at_half_and_no_less() -> None:
    answered = np.array([3])
    assert raw.missing_allowed(answered, 6, 0.5)[0] and not raw.missing_allowed(answered, 6, 0.49)[0]


def test_a_branch_compares_answers_not_points() -> None:
    """Answer 1 earns 5 points, answer 2 earns 1: it is the answer 1 that leads on."""
    answers = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, NAN], [NAN, 1.0]])
    points = np.select([answers == 1, answers == 2], [5.0, 1.0], NAN)
    found = raw.branch(points, answers, np.array([0]), {(0, 1.0): 1})
    np.testing.assert_array_equal(found, [1, 1, NAN, NAN])


@pytest.mark.parametrize(("value", "code"), [(-1.0, 0), (0.0, 1), (1.5, 1), (2.0, 2), (9.0, 2), (NAN, NAN)])
def test_the_highest_threshold_reached(value: float, code: float) -> None:
    thresholds = np.array([[[0.0, 2.0], [NAN, NAN]]])
    found = raw.graded(np.array([[value, value]]), thresholds, np.array([1.0, 2.0]), 0.0)
    np.testing.assert_array_equal(found, [[code, NAN]], "an item without thresholds at this age has no grade")
