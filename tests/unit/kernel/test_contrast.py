"""Differences against plain formulas, against the general contrast of errors, and against simulated children."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import contrast, interval

NAN = np.nan
SEMS = st.lists(st.floats(0.5, 8), min_size=2, max_size=6)
PS = st.lists(st.floats(0, 1) | st.just(NAN), min_size=1, max_size=8)


@given(st.floats(-60, 60), st.floats(0.5, 8), st.floats(0.5, 8), st.floats(0.01, 0.2))
def test_critical_value_and_p_are_one(d: float, sem_x: float, sem_y: float, alpha: float) -> None:
    error = contrast.difference_se(sem_x, sem_y)
    assert error == pytest.approx(math.hypot(sem_x, sem_y), rel=1e-14)
    critical = contrast.critical_difference(error, alpha)
    assert critical == pytest.approx(statistics.NormalDist().inv_cdf(1 - alpha / 2) * math.hypot(sem_x, sem_y), rel=1e-11)
    assert contrast.difference_p(critical, error) == pytest.approx(alpha, rel=1e-10)
    assert contrast.difference_p(d, error) == pytest.approx(math.erfc(abs(d) / math.hypot(sem_x, sem_y) / math.sqrt(2)), rel=1e-10)
    assert contrast.difference_p_one_sided(d, error) == pytest.approx(statistics.NormalDist().cdf(-d / float(error)), abs=1e-14)


@given(SEMS)
def test_own_mean_as_the_contrast_it_is(sem: list[float]) -> None:
    """Var(e_i - mean e) is the sum of squared weights times squared SEM, with weight 1 - 1/m on i and -1/m on the others."""
    m = len(sem)
    with_own = [math.sqrt(sum(((i == j) - 1 / m) ** 2 * s * s for j, s in enumerate(sem))) for i in range(m)]
    others = [math.sqrt(sum((1 if i == j else -1 / (m - 1)) ** 2 * s * s for j, s in enumerate(sem))) for i in range(m)]
    np.testing.assert_allclose(contrast.own_mean_se(sem), with_own, rtol=1e-12)
    np.testing.assert_allclose(contrast.other_mean_se(sem), others, rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_own_mean_of_the_scores_there_are() -> None:
    x = np.array([[90.0, 100, 110, NAN], [90, NAN, NAN, NAN], [NAN] * 4, [100, 100, 100, 104]])
    np.testing.assert_allclose(contrast.own_mean_difference(x, 3), [[-10, 0, 10, NAN], [NAN] * 4, [NAN] * 4, [-1, -1, -1, 3]])
    np.testing.assert_allclose(contrast.own_median_difference(x, 1), [[-10, 0, 10, NAN], [0, NAN, NAN, NAN], [NAN] * 4, [0, 0, 0, 4]])
    np.testing.assert_allclose(contrast.own_median_difference([[1.0, 2, NAN, 10, 4]], 4), [[-2, -1, NAN, 7, 1]])
    sem = np.where(np.isnan(x), NAN, [3.0, 4, 5, 6])
    errors = contrast.own_mean_se(sem)
    np.testing.assert_allclose(errors[0, :3], contrast.own_mean_se([3.0, 4, 5]), rtol=1e-15)
    np.testing.assert_allclose(errors[3], contrast.own_mean_se([3.0, 4, 5, 6]), rtol=1e-15)
    np.testing.assert_array_equal(errors[1], [0, NAN, NAN, NAN])  # a score is its own mean
    assert np.isnan(contrast.other_mean_se(sem)[1]).all()


def test_spread_in_simulated_children() -> None:
    correlation = np.array([[1.0, 0.5, 0.6], [0.5, 1.0, 0.7], [0.6, 0.7, 1.0]])
    x = 15 * np.random.default_rng(11).standard_normal((400_000, 3)) @ np.linalg.cholesky(correlation).T
    np.testing.assert_allclose(np.std(x - x.mean(axis=1, keepdims=True), axis=0), contrast.own_mean_sd(correlation, 15), rtol=5e-3)
    assert np.std(x[:, 0] - x[:, 1]) == pytest.approx(contrast.difference_sd(15, 15, 0.5), rel=5e-3)
    assert np.std(x[:, 0] + x[:, 1]) == pytest.approx(contrast.sum_sd(15, 15, 0.5), rel=5e-3)
    residual = x[:, 1] - contrast.predicted_score(x[:, 0], 0, 15, 0, 15, 0.5)
    assert np.std(residual) == pytest.approx(contrast.prediction_sd(15, 0.5), rel=5e-3)
    assert abs(np.corrcoef(residual, x[:, 0])[0, 1]) < 5e-3


@given(st.floats(0.5, 0.99), st.floats(0.5, 0.99), st.floats(-0.4, 0.45))
def test_reliability_of_a_difference(r_x: float, r_y: float, r: float) -> None:
    assert contrast.difference_reliability(r_x, r_y, r) == pytest.approx(((r_x + r_y) / 2 - r) / (1 - r), rel=1e-12)
    sd_d, error = contrast.difference_sd(15, 10, r), contrast.difference_se(interval.sem(15, r_x), interval.sem(10, r_y))
    assert contrast.difference_reliability(r_x, r_y, r, 15, 10) == pytest.approx(1 - float(error / sd_d) ** 2, rel=1e-11)


def test_prediction_by_hand() -> None:
    """From 120 on a test with SD 15 to one with mean 50 and SD 10, r = .6: 8 above 50 expected; slope .4, residual SD 8."""
    assert contrast.predicted_score(120, 100, 15, 50, 10, 0.6) == pytest.approx(58)
    assert contrast.prediction_sd(10, 0.6) == pytest.approx(8)
    assert contrast.predicted_difference_se(5, 3, 15, 10, 0.6) == pytest.approx(math.hypot(3, 0.4 * 5))
    assert np.isnan(contrast.predicted_score(120, 100, 0, 50, 10, 0.6))


def plain_holm(p: list[float]) -> list[float]:
    made = [value for value in p if not math.isnan(value)]
    ranked = sorted(made)
    steps = [min(1.0, (len(made) - i) * value) for i, value in enumerate(ranked)]
    return [NAN if math.isnan(value) else max(steps[: ranked.index(value) + 1] + [steps[i] for i, v in enumerate(ranked) if v == value]) for value in p]


@given(PS)
def test_holm_and_bonferroni_by_plain_steps(p: list[float]) -> None:
    n = sum(not math.isnan(value) for value in p)
    np.testing.assert_allclose(contrast.bonferroni(p), [min(1.0, n * value) if value == value else NAN for value in p], rtol=1e-15)
    adjusted = contrast.holm([p])[0]
    assert (np.isnan(adjusted) == np.isnan(p)).all()
    known = ~np.isnan(adjusted)
    assert (adjusted[known] <= contrast.bonferroni(p)[known] + 1e-15).all() and (adjusted[known] >= np.array(p)[known]).all()
    if len(set(p)) == len(p):
        np.testing.assert_allclose(adjusted, plain_holm(p), rtol=1e-15)


def test_levels_of_many_comparisons() -> None:
    assert contrast.n_pairs(5) == 10
    assert contrast.bonferroni_alpha(0.05, contrast.n_pairs(5)) == pytest.approx(0.005)
    assert np.isnan(contrast.bonferroni_alpha(0.05, 0))


@pytest.mark.filterwarnings("error")
def test_no_error_no_p() -> None:
    np.testing.assert_array_equal(contrast.difference_p([3, 3, NAN], [0, NAN, 1]), [NAN] * 3)
    np.testing.assert_array_equal(contrast.difference_reliability(0.9, 0.9, 1), NAN)
