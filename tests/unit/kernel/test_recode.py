"""Answers to points."""

from __future__ import annotations

import numpy as np

from otscore.kernel.recode import Coding, keyed, legal_answers

NAN = np.nan
FIRST = np.array([0], dtype=np.intp)


def coding(
    legal: list[float],
    points: list[float],
    *,
    is_range: bool = False,
    missing: tuple[float, ...] = (),
    counted: float = NAN,
) -> Coding:
    return Coding(FIRST, np.array(legal), np.array(points), is_range, np.array(missing), np.full(len(missing), counted), False)


def points_of(coding: Coding, *answers: float) -> list[float]:
    return keyed(np.array(answers)[:, None], (coding,))[:, 0].tolist()


def test_each_code_earns_its_points() -> None:
    assert points_of(coding([1, 2, 3], [0, 5, 5]), 3, 1, 2) == [5, 0, 5]


def test_no_answer_has_no_points() -> None:
    np.testing.assert_array_equal(points_of(coding([1, 2], [0, 1], missing=(8,)), NAN, 8, 1), [NAN, NAN, 0])


def test_a_missing_code_may_count_but_no_answer_never_does() -> None:
    np.testing.assert_array_equal(
        points_of(coding([1, 2], [0, 1], missing=(8, 9), counted=0.5), NAN, 8, 9), [NAN, 0.5, 0.5]
    )


def test_a_measurement_is_its_own_points_or_mirrored_within_its_range() -> None:
    np.testing.assert_array_equal(
        points_of(coding([0, 90], [0, 90], is_range=True, missing=(999,)), 12.5, 999, NAN), [12.5, NAN, NAN]
    )
    np.testing.assert_array_equal(points_of(coding([1, 5], [5, 1], is_range=True), 1, 2.5, 5, NAN), [5, 3.5, 1, NAN])


def test_what_is_legal() -> None:
    answers = np.array([1.0, 2.0, 2.5, 8.0, np.inf, -1.0])
    assert legal_answers(answers, coding([1, 2], [0, 1], missing=(8,))).tolist() == [
        True,
        True,
        False,
        True,
        False,
        False,
    ]
    assert legal_answers(answers, coding([1, 4], [1, 4], is_range=True)).tolist() == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
