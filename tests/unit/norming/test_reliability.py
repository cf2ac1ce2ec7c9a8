"""Coefficient alpha and the error of a single trial, against figures worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.reliability import alpha, single_trial_sem


def test_alpha_by_hand() -> None:
    """Three items, four children: item variances 3/16 each and 1/4, sums 3, 1, 0, 2 with variance 5/4."""
    points = np.array([[1.0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 0, 1]])
    assert alpha(points) == pytest.approx(3 / 2 * (1 - (3 / 16 + 3 / 16 + 1 / 4) / (5 / 4)))


def test_alpha_of_the_same_item_twice_is_1() -> None:
    assert alpha(np.array([[1.0, 1], [2, 2], [4, 4]])) == pytest.approx(1.0)


def test_sem_by_hand() -> None:
    """Deviations -1, 0, 1 and -2, 0, 2 from the means of two children: mean square (2 + 8) / 4."""
    assert single_trial_sem(np.array([[4.0, 5, 6], [8, 10, 12]])) == pytest.approx(2.5**0.5)


def test_sem_finds_the_error_that_was_put_in() -> None:
    rng = np.random.default_rng(1)
    trials = rng.normal(30, 8, (4000, 1)) + rng.normal(0, 1.5, (4000, 3))
    assert single_trial_sem(trials) == pytest.approx(1.5, abs=0.04)


def test_what_is_refused() -> None:
    for of in (alpha, single_trial_sem):
        with pytest.raises(UsageError, match="two children and two parts are the least"):
            of(np.ones((5, 1)))
        with pytest.raises(UsageError, match="two children and two parts are the least"):
            of(np.ones((1, 5)))
    with pytest.raises(UsageError, match="the same sum"):
        alpha(np.array([[1.0, 0], [0, 1]]))
