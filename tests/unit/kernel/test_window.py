"""Items asked in a window: what stands in the place of the answers that there are not."""

from __future__ import annotations

import numpy as np
import pytest

from otscore.kernel.window import window_filled

NAN = np.nan


@pytest.mark.parametrize(
    ("points", "filled", "left_out"),
    [
        ([NAN, NAN, 1, 0, NAN, 1, NAN], [2, 1, 1, 0, 0, 1, 0], 1),
        ([NAN, NAN, NAN, NAN, NAN, NAN, 1], [2, 1, 3, 2, 1, 1, 1], 0),
        ([0, NAN, NAN, NAN, NAN, NAN, NAN], [0, 0, 0, 0, 0, 0, 0], 0),
        ([1, NAN, NAN, 2, NAN, NAN, 0], [1, 1, 1, 2, 2, 2, 0], 4),
        ([1, 1, 1, 1, 1, 1, 1], [1] * 7, 0),
        ([NAN] * 7, [NAN] * 7, 0),
    ],
)
def test_before_between_and_after_the_answers(points: list[float], filled: list[float], left_out: int) -> None:
    found, count = window_filled(np.array([points]), np.array([2.0, 1, 3, 2, 1, 1, 4]))
    np.testing.assert_array_equal(found, [filled])
    np.testing.assert_array_equal(count, [left_out])


def test_an_answer_worth_0_opens_the_window_and_is_carried_on() -> None:
    found, count = window_filled(np.array([[NAN, 0.0, NAN, 1.0]]), np.full(4, 5.0))
    np.testing.assert_array_equal(found, [[5, 0, 0, 1]])
    np.testing.assert_array_equal(count, [1])


def test_the_answers_given_are_left_as_they_are() -> None:
    rng = np.random.default_rng(3)
    points = np.where(rng.random((200, 9)) < 0.5, NAN, rng.integers(0, 4, (200, 9)).astype(float))
    before = points.copy()
    found, count = window_filled(points, np.full(9, 3.0))
    np.testing.assert_array_equal(points, before)
    given = ~np.isnan(points)
    np.testing.assert_array_equal(found[given], points[given])
    assert not np.isnan(found[given.any(axis=1)]).any()
    assert (count <= (~given).sum(axis=1)).all() and (count[~given.any(axis=1)] == 0).all()
