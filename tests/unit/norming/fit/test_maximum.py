"""Derivatives against differences, and a climb that tells whether it arrived."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from otscore.norming.fit.beta_binomial_terms import log_shape_terms, mean_precision_terms
from otscore.norming.fit.maximum import Terms, least_squares, maximise
from otscore.norming.fit.normal_terms import normal_terms
from otscore.norming.fit.shash_terms import shash_terms

Floats = NDArray[np.float64]

PASSED = np.array([0.0, 1.0, 7.0, 19.0, 20.0])
Y = np.array([-40.0, -2.0, 0.3, 4.0, 11.0])
DISTRIBUTIONS: dict[str, tuple[Callable[[Floats], Terms], list[list[float]]]] = {
    "log_shapes": (lambda p: log_shape_terms(PASSED, 20.0, p), [[0.3, -1.0, 1.2, 2.0, 3.5], [0.1, 1.5, 0.2, -0.7, 2.0]]),
    "mean_precision": (lambda p: mean_precision_terms(PASSED, 20.0, p), [[-2.0, -1.0, 0.2, 1.5, 3.0], [0.5, 3.0, 2.0, 1.0, 4.0]]),
    "normal": (lambda p: normal_terms(Y, p), [[0.5, -1.0, 0.2, 3.0, 9.0], [2.0, 0.1, -0.5, 0.7, 1.0]]),
    "shash": (
        lambda p: shash_terms(Y, p),
        [[0.5, -1.0, 0.2, 3.0, 9.0], [2.0, 0.1, -0.5, 0.7, 1.0], [-1.0, 0.4, 0.0, 0.9, -0.3], [-0.4, 0.3, 0.0, 0.6, -0.2]],
    ),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_slopes_and_curvature_are_those_of_the_value(name: str) -> None:
    terms, start = DISTRIBUTIONS[name]
    at = np.array(start)
    found = terms(at)
    for place in range(len(at)):
        step = np.zeros_like(at)
        step[place] = 1e-5
        up, down = terms(at + step), terms(at - step)
        np.testing.assert_allclose(found.first[place], (up.value - down.value) / 2e-5, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(found.second[place], (up.first - down.first) / 2e-5, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found.second, found.second.transpose(1, 0, 2), rtol=1e-14)


def test_values_are_log_probabilities() -> None:
    """Against scipy's own distributions; SHASH by the change of variables written out."""
    alpha, beta = np.exp(DISTRIBUTIONS["log_shapes"][1])
    shapes = DISTRIBUTIONS["log_shapes"][0](np.log([alpha, beta]))
    np.testing.assert_allclose(shapes.value, stats.betabinom.logpmf(PASSED, 20, alpha, beta), rtol=1e-10)
    logit, log_phi = np.array(DISTRIBUTIONS["mean_precision"][1])
    share, phi = 1 / (1 + np.exp(-logit)), np.exp(log_phi)
    mean = DISTRIBUTIONS["mean_precision"][0](np.array([logit, log_phi]))
    np.testing.assert_allclose(mean.value, stats.betabinom.logpmf(PASSED, 20, share * phi, (1 - share) * phi), rtol=1e-10)
    mu, log_sd = np.array(DISTRIBUTIONS["normal"][1])
    normal = DISTRIBUTIONS["normal"][0](np.array([mu, log_sd]))
    np.testing.assert_allclose(normal.value, stats.norm.logpdf(Y, mu, np.exp(log_sd)), rtol=1e-12)
    mu, log_sigma, epsilon, log_delta = np.array(DISTRIBUTIONS["shash"][1])
    sigma, delta = np.exp(log_sigma), np.exp(log_delta)
    t = delta * np.arcsinh((Y - mu) / sigma) + epsilon
    slope = delta * np.cosh(t) / np.sqrt(1 + ((Y - mu) / sigma) ** 2) / sigma
    shash = DISTRIBUTIONS["shash"][0](np.array(DISTRIBUTIONS["shash"][1]))
    np.testing.assert_allclose(shash.value, stats.norm.logpdf(np.sinh(t)) + np.log(slope), rtol=1e-12)


def line(n: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(7)
    x = rng.uniform(-1.0, 1.0, n)
    return x, 3.0 + 2.0 * x + np.exp(0.5) * rng.standard_normal(n)


def test_a_normal_line_is_that_of_least_squares() -> None:
    x, y = line(400)
    design, one = np.column_stack([np.ones(400), x]), np.ones((400, 1))
    top = maximise(lambda p: normal_terms(y, p), [design, one], np.ones(400), np.array([0.0, 0.0, 3.0]))
    expected, rest, *_ = np.linalg.lstsq(design, y, rcond=None)
    np.testing.assert_allclose(top.coefficients, [*expected, 0.5 * np.log(rest[0] / 400)], atol=1e-9)
    assert top.convergence.converged
    assert top.convergence.gradient < 1e-8
    np.testing.assert_allclose(least_squares(design, y, np.ones(400)), expected, atol=1e-12)


def test_a_design_that_says_the_same_twice_is_told() -> None:
    x, y = line(100)
    design, one = np.column_stack([np.ones(100), x, 2.0 * x]), np.ones((100, 1))
    told = maximise(lambda p: normal_terms(y, p), [design, one], np.ones(100), np.array([0.0, 0.0, 0.0, 1.0])).convergence
    assert not told.converged
    assert "lower degrees" in told.message


def test_a_likelihood_without_a_top_is_told() -> None:
    """All children alike: the SD goes to 0 and the likelihood up for ever."""
    y, one = np.full(50, 4.0), np.ones((50, 1))
    told = maximise(lambda p: normal_terms(y, p), [one, one], np.ones(50), np.array([4.1, 0.0])).convergence
    assert not told.converged
    assert told.gain_left > 1e-3


def test_a_start_without_likelihood_is_told() -> None:
    one = np.ones((50, 1))
    told = maximise(lambda p: normal_terms(np.ones(50), p), [one, one], np.ones(50), np.array([np.nan, 0.0])).convergence
    assert not told.converged
    assert "start" in told.message
