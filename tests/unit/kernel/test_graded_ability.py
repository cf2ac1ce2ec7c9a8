"""Ability from ordered answers: slopes that are 0 where they should be, and the two-answer models they contain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from otscore.kernel import graded, trait
from otscore.kernel.graded_ability import GradedModel, Link, graded_eap, graded_map, graded_wle

A = np.array([0.8, 1.5, 1.1, 2.2])
THRESHOLDS = [np.array(item) for item in ([-1.0, 0.5], [0.0, 1.2], [-2.0, -1.0], [0.3, 1.0])]
GRID = np.linspace(-6, 6, 121)
LINKS: tuple[Link, ...] = ("logit", "probit")
answers = hnp.arrays(np.float64, (5, 4), elements=st.sampled_from([0.0, 1.0, 2.0, np.nan]))
one_link = pytest.mark.parametrize("link", LINKS)


def model(link: Link, grid: np.ndarray = GRID) -> GradedModel:
    return GradedModel.build(A, THRESHOLDS, link, grid)


def probabilities(theta: np.ndarray, link: Link) -> np.ndarray:
    """(n, k, 3) by differences of the link: good in the middle, where these tests look."""
    cdf = special.ndtr if link == "probit" else special.expit
    reached = np.stack([cdf(a * theta[:, None] - t) for a, t in zip(A, THRESHOLDS, strict=True)], axis=1)
    one, none = np.ones((len(theta), 4, 1)), np.zeros((len(theta), 4, 1))
    return np.concatenate([one, reached], axis=2) - np.concatenate([reached, none], axis=2)


def log_likelihood(theta: np.ndarray, x: np.ndarray, link: Link) -> np.ndarray:
    p = np.take_along_axis(probabilities(theta, link), np.nan_to_num(x).astype(int)[:, :, None], axis=2)[:, :, 0]
    with np.errstate(divide="ignore"):
        return np.where(np.isnan(x), 0.0, np.log(p)).sum(axis=1)


def information(theta: np.ndarray, x: np.ndarray, link: Link, h: float = 1e-5) -> np.ndarray:
    first = (probabilities(theta + h, link) - probabilities(theta - h, link)) / (2 * h)
    parts = (first**2 / probabilities(theta, link)).sum(axis=2)
    return np.where(np.isnan(x), 0.0, parts).sum(axis=1)


def slope(theta: np.ndarray, x: np.ndarray, link: Link, h: float = 1e-5) -> np.ndarray:
    return (log_likelihood(theta + h, x, link) - log_likelihood(theta - h, x, link)) / (2 * h)


@one_link
@given(x=answers, mean=hnp.arrays(np.float64, 5, elements=st.floats(-2, 2)), sd=st.floats(0.5, 2))
def test_the_mode_balances_answers_and_prior(link: Link, x: np.ndarray, mean: np.ndarray, sd: float) -> None:
    theta, sem = graded_map(x, model(link), mean, sd)
    given_any = ~np.isnan(x).all(axis=1)
    theta, sem, x, mean = theta[given_any], sem[given_any], x[given_any], mean[given_any]
    np.testing.assert_allclose(slope(theta, x, link) - (theta - mean) / sd**2, 0, atol=1e-6)
    bend = (slope(theta + 1e-4, x, link) - slope(theta - 1e-4, x, link)) / 2e-4
    np.testing.assert_allclose(sem, (1 / sd**2 - bend) ** -0.5, rtol=1e-5)


@one_link
@given(x=answers, mean=hnp.arrays(np.float64, 5, elements=st.floats(-2, 2)), sd=st.floats(0.5, 2))
def test_the_mean_is_that_of_the_posterior_on_the_grid(link: Link, x: np.ndarray, mean: np.ndarray, sd: float) -> None:
    theta, sem = graded_eap(x, model(link), mean, sd)
    for row in range(len(x)):
        weight = np.exp(log_likelihood(GRID, np.tile(x[row], (GRID.size, 1)), link) - 0.5 * ((GRID - mean[row]) / sd) ** 2)
        weight /= weight.sum()
        assert theta[row] == pytest.approx((weight * GRID).sum(), abs=1e-9)
        assert sem[row] == pytest.approx(np.sqrt((weight * (GRID - (weight * GRID).sum()) ** 2).sum()), rel=1e-9)


@one_link
def test_mean_and_mode_meet_where_the_answers_say_all(link: Link) -> None:
    """600 answers as the model expects them at 0.4: every estimate is near it, with the same error."""
    rng, many = np.random.default_rng(8), 150
    long = GradedModel.build(np.tile(A, many), THRESHOLDS * many, link, np.linspace(-6, 6, 4801))
    chances = np.tile(probabilities(np.array([0.4]), link)[0], (many, 1))
    x = np.array([[float(rng.choice(3, p=row)) for row in chances]])
    eap, eap_sem = graded_eap(x, long, np.zeros(1), 1.0)
    mode, mode_sem = graded_map(x, long, np.zeros(1), 1.0)
    wle, wle_sem = graded_wle(x, long)
    np.testing.assert_allclose([eap, wle, [0.4]], [mode] * 3, rtol=0, atol=3 * float(mode_sem[0]))
    np.testing.assert_allclose([eap, wle], [mode] * 2, rtol=0, atol=0.01)
    np.testing.assert_allclose([eap_sem, wle_sem], [mode_sem] * 2, rtol=0.05)


def test_two_answers_by_the_logistic_link_are_the_two_parameter_model() -> None:
    thresholds = np.array([-0.4, 0.3, 1.2, 0.0])
    two = GradedModel.build(A, [np.array([t]) for t in thresholds], "logit", GRID)
    x = np.array(list(np.ndindex(*(2,) * 4)), dtype=float)
    x[3, 1] = np.nan
    for mine, known in (
        (graded_wle(x, two), trait.wle(x, A, thresholds / A)),
        (graded_map(x, two, np.full(16, 0.3), 1.5), trait.map_estimate(x, A, thresholds / A, 0.3, 1.5**2)),
    ):
        np.testing.assert_allclose(mine[0], known[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(mine[1], known[1], rtol=1e-9)


def test_the_mean_agrees_with_the_table_of_sum_scores() -> None:
    """One item: its answer is the sum."""
    table = graded.graded_sum_score_table([A[0]], [THRESHOLDS[0] / A[0]], GRID, 0.25, 1.5)
    one = GradedModel.build(A[:1], THRESHOLDS[:1], "logit", GRID)
    eap, sem = graded_eap(np.array([[0.0], [1.0], [2.0]]), one, np.full(3, 0.25), 1.5)
    np.testing.assert_allclose(eap, table.eap, rtol=0, atol=1e-12)
    np.testing.assert_allclose(sem, table.sd, rtol=1e-12)


@one_link
def test_wle_is_finite_for_every_pattern_and_rises_with_every_answer(link: Link) -> None:
    x = np.array(list(np.ndindex(*(3,) * 4)), dtype=float)
    theta, sem = graded_wle(x, model(link))
    assert np.isfinite(theta).all() and np.isfinite(sem).all()
    place = {tuple(row): number for number, row in enumerate(x.astype(int))}
    for row, number in place.items():
        for item in range(4):
            more = place.get((*row[:item], row[item] + 1, *row[item + 1 :]))
            assert more is None or theta[more] > theta[number]


@one_link
@settings(max_examples=30)
@given(x=answers)
def test_nobody_without_an_answer_or_a_prior_has_an_ability(link: Link, x: np.ndarray) -> None:
    x[0] = np.nan
    mean = np.array([0.0, np.nan, 0.0, 0.0, 0.0])
    assert np.isnan(graded_wle(x, model(link))[0][0])
    assert np.isnan(graded_map(x, model(link), mean, 1.0)[0][1]) and np.isnan(graded_eap(x, model(link), mean, 1.0)[0][1])


@one_link
def test_the_tails_are_not_lost(link: Link) -> None:
    """Chances down to exp(-1000) keep their logarithm: every answer's chance adds up to 1, and none is minus infinity."""
    far = GradedModel.build(np.array([1.0]), [np.array([-1.0, 0.0, 1.5])], link, np.linspace(-40, 40, 81))
    assert np.isfinite(far.log_probability).all()
    np.testing.assert_allclose(special.logsumexp(far.log_probability, axis=1), 0, atol=1e-12)


def test_an_estimate_is_found_on_a_wide_scale_too() -> None:
    """The same items with the unit ten times as small: the ability is ten times as large."""
    thresholds = [np.array([0.0])] * 20
    narrow = GradedModel.build(np.full(20, 1.0), thresholds, "logit", GRID)
    wide = GradedModel.build(np.full(20, 0.1), thresholds, "logit", GRID)
    np.testing.assert_allclose(graded_wle(np.zeros((1, 20)), wide)[0], 10 * graded_wle(np.zeros((1, 20)), narrow)[0], rtol=1e-9)


@pytest.mark.filterwarnings("error")
def test_items_of_any_number_of_steps_are_prepared_in_silence() -> None:
    GradedModel.build(np.ones(2), [np.array([0.0, 1.0, 2.0]), np.array([0.0])], "logit", GRID)
