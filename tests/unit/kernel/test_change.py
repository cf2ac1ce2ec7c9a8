"""Indices of change against plain formulas, against one another, and against children simulated without any change."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import change

NAN = np.nan
X, R, SD = st.floats(40, 160), st.floats(0.3, 0.97), st.floats(5, 20)


@given(X, X, SD, R, st.floats(-5, 5))
def test_indices_by_plain_formulas(pre: float, post: float, sd: float, r: float, practice: float) -> None:
    sem = sd * math.sqrt(1 - r)
    close = {"rel": 1e-9, "abs": 1e-10}
    assert change.change_se(sd, r) == pytest.approx(math.sqrt(2) * sem, **close)
    assert change.rci(pre, post, sd, r) == pytest.approx((post - pre) / (sd * math.sqrt(2 * (1 - r))), **close)
    assert change.rci_practice(pre, post, sd, r, practice) == pytest.approx((post - pre - practice) / (math.sqrt(2) * sem), **close)
    assert change.change_z(pre, post, 3, 4, practice) == pytest.approx((post - pre - practice) / 5, **close)
    assert change.rci_observed(pre, post, practice, 6) == pytest.approx((post - pre - practice) / 6, **close)
    true = 100 + r * (pre - 100)
    assert change.rci_edwards_nunnally(pre, post, 100, sd, r) == pytest.approx((post - true) / sem, **close)
    assert change.rci_gulliksen_lord_novick(pre, post, 100, 100, sd, r) == pytest.approx((post - true) / (sd * math.sqrt(1 - r * r)), **close)
    spread = math.sqrt(r * r * sd * sd * (1 - r) + sd * sd * (1 - 0.8))
    assert change.rci_nunnally_kotsch(pre, post, 100, sd, r, 0.8) == pytest.approx((post - true) / spread, **close)


@given(X, X, st.floats(5, 20), st.floats(5, 20), st.floats(-0.9, 0.95), st.integers(3, 500))
def test_regression_by_plain_formulas(pre: float, post: float, sd_1: float, sd_2: float, r: float, n: int) -> None:
    slope = r * sd_2 / sd_1
    expected = (103 - slope * 100) + slope * pre
    z = (post - expected) / (sd_2 * math.sqrt(1 - r * r))
    assert change.regression_change_z(pre, post, 100, sd_1, 103, sd_2, r) == pytest.approx(z, rel=1e-9, abs=1e-9)
    see = sd_2 * math.sqrt((1 - r * r) * (n - 1) / (n - 2))
    t = (post - expected) / (see * math.sqrt(1 + 1 / n + (pre - 100) ** 2 / (sd_1**2 * (n - 1))))
    assert change.regression_change_t(pre, post, 100, sd_1, 103, sd_2, r, n) == pytest.approx(t, rel=1e-9, abs=1e-9)


def test_regression_t_is_that_of_a_fitted_line() -> None:
    """The error of a new prediction by least squares in ten retested children."""
    rng = np.random.default_rng(6)
    x = rng.normal(100, 15, 10)
    y = 20 + 0.8 * x + rng.normal(0, 6, 10)
    slope, intercept = np.polyfit(x, y, 1)
    residual = y - intercept - slope * x
    see = math.sqrt((residual**2).sum() / 8)
    error = see * math.sqrt(1 + 1 / 10 + (85 - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    mine = change.regression_change_t(85, 70, x.mean(), x.std(ddof=1), y.mean(), y.std(ddof=1), np.corrcoef(x, y)[0, 1], 10)
    assert mine == pytest.approx((70 - intercept - slope * 85) / error, rel=1e-9)
    assert change.p_of_change_t(0.0, 10) == 1 and change.p_of_change_t(math.sqrt(2), 4) == pytest.approx(1 - 1 / math.sqrt(2))


def test_without_change_five_in_a_hundred_change() -> None:
    rng = np.random.default_rng(9)
    true = rng.normal(100, 15 * math.sqrt(0.9), 200_000)
    pre, post = (true + rng.normal(0, 15 * math.sqrt(0.1), true.size) for _ in range(2))
    for index in (
        change.rci(pre, post, 15, 0.9),
        change.rci_gulliksen_lord_novick(pre, post, 100, 100, 15, 0.9),
        change.regression_change_z(pre, post, 100, 15, 100, 15, 0.9),
    ):
        moved = change.reliable_direction(index, 0.95)
        assert np.mean(moved != 0) == pytest.approx(0.05, abs=2e-3)
        assert set(np.unique(moved)) == {-1.0, 0.0, 1.0}


def test_hageman_arrindell_by_plain_steps() -> None:
    """SEM 5; reliabilities 1 - 25/225 and 1 - 25/196; r12 = .5."""
    r_1, r_2 = 1 - 25 / 225, 1 - 25 / 196
    shared = 2 * 15 * 14 * 0.5
    r_dd = (225 * r_1 + 196 * r_2 - shared) / (225 + 196 - shared)
    expected = (10 * r_dd + 3 * (1 - r_dd)) / (math.sqrt(r_dd) * math.sqrt(2 * 25))
    assert change.rci_hageman_arrindell(70, 80, 100, 103, 15, 14, 5, 0.5) == pytest.approx(expected, rel=1e-12)
    assert np.isnan(change.rci_hageman_arrindell(70, 80, 100, 103, 15, 14, 15, 0.9))  # nothing reliable in the differences


@given(st.floats(0.2, 9), st.floats(0.5, 0.99))
def test_minimal_detectable_change(sem: float, level: float) -> None:
    least = change.mdc(sem, level)
    assert least == pytest.approx(NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(2) * sem, rel=1e-10)
    assert change.reliable_direction(change.change_z(50, 50 + least * [-1.01, 0.99, 1.01], sem, sem), level).tolist() == [-1, 0, 1]


def test_cutoffs() -> None:
    assert change.cutoff_away_from_clinical(30, 8, [-1, 1, 0, NAN]).tolist()[:2] == [14, 46]
    assert change.cutoff_within_functional(10, 6, [-1, 1, 0, NAN]).tolist()[:2] == [22, -2]
    assert np.isnan(change.cutoff_within_functional(10, 6, [2, 0, NAN])).all()
    c = float(change.cutoff_between(30, 8, 10, 6))
    assert (30 - c) / 8 == pytest.approx((c - 10) / 6)
    assert change.cutoff_between(10, 6, 30, 8) == pytest.approx(c)


def test_relative_proficiency() -> None:
    np.testing.assert_allclose(change.relative_proficiency([500, 480, 520, NAN], 500), [0.9, 0.5, 81 / 82, NAN], rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_undefined_is_nan() -> None:
    assert np.isnan(change.rci([70, 70, NAN], 80, [15, 0, 15], [1, 0.9, 0.9])).all()
    assert np.isnan(change.regression_change_z(70, 80, 100, [0, 15, 15], 100, [15, 15, 15], [0.8, 1.0, 1.2])).all()
    assert np.isnan(change.regression_change_t(70, 80, 100, 15, 100, 15, 0.8, [2, 0, NAN])).all()
    assert np.isnan(change.p_of_change_t(1.0, 2)) and np.isnan(change.reliable_direction(NAN, 0.95))
