"""Parametric models on simulated children: what went in comes out, weights count as children, and nothing is told without ground."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from otscore.errors import UsageError
from otscore.norming.fit.basis import AgeBasis, standardised_age
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.beta_binomial_moments import fit_beta_binomial_moments
from otscore.norming.fit.beta_binomial_regression import fit_beta_binomial_regression
from otscore.norming.fit.fitted import Fitted
from otscore.norming.fit.regression import fit_lognormal_regression, fit_regression
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shash import fit_shash, fit_shash_with_delta

Floats = NDArray[np.float64]

BASIS = AgeBasis(7.0, 2.0)
N_ITEMS = 30
CHILDREN = 6000
FITS: dict[str, Callable[[Sample], Fitted]] = {
    "beta_binomial": lambda mine: fit_beta_binomial(mine, N_ITEMS, 1, 1),
    "beta_binomial_moments": lambda mine: fit_beta_binomial_moments(mine, N_ITEMS, 2, 2),
    "beta_binomial_regression": lambda mine: fit_beta_binomial_regression(mine, N_ITEMS, 6.0),
    "regression": lambda mine: fit_regression(mine, BASIS),
    "lognormal_regression": lambda mine: fit_lognormal_regression(mine, BASIS),
    "shash": fit_shash,
    "shash_with_delta": fit_shash_with_delta,
}
ITEMS = [name for name in FITS if name.startswith("beta")]


def drawn_items(seed: int, n: int = CHILDREN) -> tuple[Floats, Floats]:
    """Numbers of items passed: log alpha 1.2 + 0.3 a, log beta 0.8 - 0.4 a, with a = (age - 7) / 2."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(4.0, 10.0, n)
    a = (age - 7.0) / 2.0
    return stats.betabinom.rvs(N_ITEMS, np.exp(1.2 + 0.3 * a), np.exp(0.8 - 0.4 * a), random_state=rng).astype(float), age


def drawn_curve(seed: int, n: int = CHILDREN) -> tuple[Floats, Floats]:
    """A sinh-arcsinh curve: mu 40 + 8 a, log sigma 1.5 + 0.1 a, epsilon 0.4 - 0.2 a, delta 0.8, with a = (age - 7) / 2."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(4.0, 10.0, n)
    a = (age - 7.0) / 2.0
    return 40 + 8 * a + np.exp(1.5 + 0.1 * a) * np.sinh((np.arcsinh(rng.standard_normal(n)) - 0.4 + 0.2 * a) / 0.8), age


def drawn(name: str, seed: int = 1, n: int = CHILDREN) -> tuple[Floats, Floats]:
    raw, age = drawn_items(seed, n) if name in ITEMS else drawn_curve(seed, n)
    return (np.maximum(raw, 1.0) if name == "lognormal_regression" else raw), age


@pytest.mark.parametrize("name", FITS)
def test_weights_count_as_children(name: str) -> None:
    """Every third child three times, or once with weight 3: the same norms, and the same likelihood a child."""
    raw, age = drawn(name, n=600)
    weight = np.where(np.arange(600) % 3 == 0, 3, 1)
    weighted, repeated = FITS[name](sample(raw, age, weight)), FITS[name](sample(np.repeat(raw, weight), np.repeat(age, weight)))
    assert weighted.converged
    assert weighted.log_likelihood / 600 == pytest.approx(repeated.log_likelihood / weight.sum(), rel=1e-10)
    at = np.linspace(age.min(), age.max(), 50)
    levels = np.quantile(raw, np.linspace(0.02, 0.98, 50)).round()
    np.testing.assert_allclose(weighted.score(levels, at).z, repeated.score(levels, at).z, atol=1e-6)
    assert weighted.origin.effective_n < 600 < repeated.origin.effective_n


@pytest.mark.parametrize("name", FITS)
def test_unequal_weights_do_change_the_norms(name: str) -> None:
    raw, age = drawn(name, n=600)
    plain, tilted = FITS[name](sample(raw, age)), FITS[name](sample(raw, age, np.where(raw > np.median(raw), 3.0, 1.0)))
    middle = np.full(1, np.median(raw).round()), np.array([7.0])
    assert tilted.score(*middle).z[0] < plain.score(*middle).z[0] - 0.2


@pytest.mark.parametrize("name", FITS)
def test_a_lower_raw_score_may_be_the_better_one(name: str) -> None:
    raw, age = drawn(name, n=600)
    up, down = FITS[name](sample(raw, age)), FITS[name](sample(raw, age, descending=True))
    rising, falling = up.score(raw, age), down.score(raw, age)
    np.testing.assert_array_equal(rising.z, -falling.z)
    np.testing.assert_array_equal(rising.off_scale, -falling.off_scale)
    z = np.linspace(-2.5, 2.5, 11)
    np.testing.assert_array_equal(up.value(z, np.full(11, 7.0)), down.value(-z, np.full(11, 7.0)))


@pytest.mark.parametrize("name", FITS)
def test_the_value_of_a_score_is_the_raw_score(name: str) -> None:
    raw, age = drawn(name, n=600)
    model = FITS[name](sample(raw, age))
    found = model.score(raw, age)
    inside = found.off_scale == 0
    assert inside.sum() > 500
    np.testing.assert_allclose(model.value(found.z, age)[inside], raw[inside], rtol=1e-8, atol=1e-8)
    beyond = model.value(np.array([-3.1, 3.1, np.nan, 0.0, 0.0]), np.array([7.0, 7.0, 7.0, age.min() - 0.1, age.max() + 0.1]))
    assert np.isnan(beyond).all()


@pytest.mark.parametrize("name", FITS)
def test_nothing_is_told_where_nothing_is_known(name: str) -> None:
    raw, age = drawn(name, n=600)
    model = FITS[name](sample(raw, age))
    found = model.score(np.array([np.nan, 20.0, 20.0, 20.0]), np.array([7.0, age.min() - 1e-6, age.max() + 1e-6, np.nan]))
    assert np.isnan(found.z).all()
    assert (found.off_scale == 0).all()


@pytest.mark.parametrize("name", FITS)
def test_what_every_model_tells(name: str) -> None:
    raw, age = drawn(name, n=600)
    mine = sample(raw, age)
    model = FITS[name](mine)
    k = len(model.estimates.names)
    assert model.method == ("shash" if name.startswith("shash") else name)
    assert (model.n, model.n_parameters, model.limits, model.ages) == (600, k, (-3.0, 3.0), (mine.age.min(), mine.age.max()))
    assert model.estimates.coefficients.shape == model.estimates.standard_errors.shape == model.estimates.robust_errors.shape == (k,)
    assert model.aic == pytest.approx(2 * k - 2 * model.log_likelihood)
    assert model.bic == pytest.approx(np.log(600) * k - 2 * model.log_likelihood)


def test_beta_binomial_recovers_what_went_in() -> None:
    raw, age = drawn_items(3)
    mine = sample(raw, age)
    model = fit_beta_binomial(mine, N_ITEMS, 1, 1)
    a = (np.array([4.5, 7.0, 9.5]) - 7.0) / 2.0
    alpha, beta = model.shapes(np.array([4.5, 7.0, 9.5]))
    np.testing.assert_allclose(np.log(alpha), 1.2 + 0.3 * a, atol=0.1)
    np.testing.assert_allclose(np.log(beta), 0.8 - 0.4 * a, atol=0.1)
    shapes = model.shapes(mine.age)
    assert model.log_likelihood == pytest.approx(stats.betabinom.logpmf(mine.raw, N_ITEMS, *shapes).sum(), abs=1e-6)
    below = stats.betabinom.cdf(mine.raw, N_ITEMS, *shapes) - 0.5 * stats.betabinom.pmf(mine.raw, N_ITEMS, *shapes)
    np.testing.assert_allclose(model.score(mine.raw, mine.age).z, np.clip(stats.norm.ppf(below), -3, 3), atol=1e-8)


def test_shash_recovers_what_went_in() -> None:
    model = fit_shash(sample(*drawn_curve(4)), 1, 1, 1, 0)
    age = np.array([4.5, 7.0, 9.5])
    a, found = (age - 7.0) / 2.0, model.parameters(age)
    np.testing.assert_allclose(found.mu, 40 + 8 * a, atol=0.8)
    np.testing.assert_allclose(np.log(found.sigma), 1.5 + 0.1 * a, atol=0.15)
    np.testing.assert_allclose(found.epsilon, 0.4 - 0.2 * a, atol=0.12)
    np.testing.assert_allclose(found.delta, 0.8, atol=0.1)


def test_shash_leaves_z_normal_at_every_age() -> None:
    raw, age = drawn_curve(5)
    z = fit_shash(sample(raw, age)).score(raw, age).z
    for low in (4, 6, 8):
        part = z[(age >= low) & (age < low + 2)]
        assert stats.kstest(part, "norm").pvalue > 0.05


def test_a_given_delta_costs_likelihood_and_saves_coefficients() -> None:
    mine = sample(*drawn_curve(6))
    free, given, right = fit_shash(mine, 1, 1, 1, 0), fit_shash_with_delta(mine, 1.0, 1, 1, 1), fit_shash_with_delta(mine, 0.8, 1, 1, 1)
    assert free.n_parameters == given.n_parameters + 1
    assert given.log_likelihood < right.log_likelihood < free.log_likelihood
    np.testing.assert_allclose(right.parameters(np.array([5.0])).delta, 0.8, rtol=1e-12)


def test_standard_errors_are_the_spread_over_samples() -> None:
    """60 samples: the coefficients spread as both kinds of errors say."""
    fits = [fit_beta_binomial_regression(sample(*drawn_items(seed, 500)), N_ITEMS, 6.0) for seed in range(100, 160)]
    spread = np.std([fit.estimates.coefficients for fit in fits], axis=0, ddof=1)
    told = np.mean([fit.estimates.robust_errors for fit in fits], axis=0)
    np.testing.assert_allclose(told, spread, rtol=0.35)


def test_weights_widen_the_robust_errors() -> None:
    """Half the children with weight 1.9, half with 0.1 is a sample of little more than half the size."""
    raw, age = drawn_items(8, 2000)
    mine = sample(raw, age, np.tile([1.9, 0.1], 1000))
    errors = fit_beta_binomial(mine, N_ITEMS, 1, 1).estimates
    expected = np.sqrt(2000 / mine.effective_n)
    np.testing.assert_allclose(errors.robust_errors / errors.standard_errors, expected, rtol=0.15)


def test_age_is_standardised_by_mean_and_sd() -> None:
    mine = sample(np.arange(5.0), [2.0, 3.0, 4.0, 5.0, 6.0])
    basis = standardised_age(mine, 3)
    assert (basis.centre, basis.scale) == (4.0, pytest.approx(np.sqrt(2.5)))
    np.testing.assert_allclose(basis.design(np.array([6.0]), 2), [[1.0, 2 / np.sqrt(2.5), 4 / 2.5]])
    np.testing.assert_allclose(basis.predict(np.array([6.0]), np.array([1.0, 2.0, 3.0])), 1 + 4 / np.sqrt(2.5) + 12 / 2.5)


@pytest.mark.parametrize(
    ("fit", "raw", "age", "words"),
    [
        (lambda s: fit_beta_binomial(s, 10), [1, 2, 11] * 20, range(60), "no whole number from 0 to 10"),
        (lambda s: fit_beta_binomial(s, 10), [1, 2, 2.5] * 20, range(60), "no whole number"),
        (lambda s: fit_beta_binomial_moments(s, 10), [1, 2, -1] * 20, range(60), "no whole number"),
        (lambda s: fit_beta_binomial(s, 1), [0, 1] * 20, range(40), "two at least"),
        (lambda s: fit_beta_binomial(s, 10), [1, 2, 5] * 20, [4, 5, 6] * 20, "at most 2"),
        (lambda s: fit_beta_binomial(s, 10, -1), [1, 2, 5] * 20, range(60), "below 0"),
        (lambda s: fit_beta_binomial(s, 10), [1, 2, 5, 4], [4, 5, 6, 7], "4 children for 8"),
        (lambda s: fit_beta_binomial_regression(s, 10, 6.0), [1, 2, 5] * 20, range(60), "above 0"),
        (fit_shash, [1.0, 2.0, 5.0] * 3, range(9), "9 children for 12"),
        (fit_shash, [4.0] * 60, range(60), "same raw score"),
        (lambda s: fit_shash_with_delta(s, 0.0), [1.0, 2.0, 5.0] * 20, range(60), "delta"),
        (lambda s: fit_lognormal_regression(s, BASIS), [0.0, 2.0, 5.0] * 20, range(60), "no logarithm"),
    ],
)
def test_refused(fit: Callable[[Sample], Fitted], raw: list[float], age: list[float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        fit(sample(raw, list(age)))


def test_scores_that_spread_no_wider_than_a_binomial_are_told() -> None:
    rng = np.random.default_rng(9)
    age = rng.uniform(4, 10, 500)
    model = fit_beta_binomial(sample(np.round(3.0 * age - 3.0), age), N_ITEMS)
    assert not model.converged
    assert "no wider" in model.estimates.convergence.message
    assert np.isnan(model.estimates.standard_errors).all()


def test_a_curve_that_piles_up_at_a_ceiling_is_told() -> None:
    rng = np.random.default_rng(10)
    age = rng.uniform(4, 10, 500)
    model = fit_shash(sample(np.clip(np.round(5.0 * age + 3.0 * rng.standard_normal(500)), 0, 30), age))
    assert not model.converged
    assert "ceiling" in model.estimates.convergence.message


def test_moments_no_wider_than_a_binomial_have_no_score() -> None:
    rng = np.random.default_rng(11)
    age = rng.uniform(4, 10, 500)
    model = fit_beta_binomial_moments(sample(np.round(3.0 * age - 3.0), age), N_ITEMS, 1, 0)
    assert model.log_likelihood == -np.inf
    assert np.isnan(model.score(np.array([15.0]), np.array([6.0])).z).all()
    assert np.isnan(model.value(np.array([0.0]), np.array([6.0]))).all()
