"""Calls as a newcomer writes them: what has a default, and what is said of what cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from otscore.errors import UsageError
from otscore.norming.fit import (
    Polynomial,
    Spline,
    compare,
    cross_validate,
    fit_bccg,
    fit_beta_binomial,
    fit_beta_binomial_regression,
    fit_normal,
    fit_regression,
    fit_taylor,
    rank_by_window,
    sample,
)


def passed(n: int = 300, items: int = 20):
    rng = np.random.default_rng(11)
    age = rng.uniform(5.0, 9.0, n)
    share = 1.0 / (1.0 + np.exp(-(age - 7.0 + 0.6 * rng.standard_normal(n))))
    return sample(rng.binomial(items, share), age)


def test_curves_and_degrees_have_defaults() -> None:
    rng = np.random.default_rng(3)
    age = rng.uniform(5.0, 9.0, 300)
    found = sample(np.exp(4.0 - 0.2 * age + 0.2 * rng.standard_normal(300)), age)
    at = np.array([20.0, 15.0]), np.array([6.0, 8.0])
    same = fit_bccg(found, Polynomial(1), Spline(5.0), Polynomial(1)).score(*at).z
    assert fit_bccg(found).score(*at).z == pytest.approx(same, abs=1e-12)
    assert fit_normal(found).score(*at).z == pytest.approx(fit_normal(found, Spline(5.0), Polynomial(1)).score(*at).z, abs=1e-12)
    assert np.isfinite(fit_regression(found).score(*at).z).all()
    assert np.isfinite(fit_beta_binomial_regression(passed(), 20).score(np.array([9.0]), np.array([7.0])).z).all()


def test_plain_lists_are_scored() -> None:
    model = fit_beta_binomial(passed(), 20)
    assert model.score([9, 12], [6.5, 7.5]).z.tolist() == model.score(np.array([9.0, 12.0]), np.array([6.5, 7.5])).z.tolist()


@pytest.mark.parametrize("some", [50, 2])
def test_values_against_the_distribution_itself(some: int) -> None:
    """By a table for few ages, by halving for many: both are the mid-percentiles of the distribution, joined by straight lines."""
    model, items = fit_beta_binomial(passed(), 20), np.arange(21)
    ages = np.linspace(5.2, 8.8, some)
    age, z = np.repeat(ages, 100), np.tile(np.linspace(-2.9, 2.9, 100), some)
    expected = []
    for one in ages:
        alpha, beta = (float(shape[0]) for shape in model.shapes(np.array([one])))
        mass = stats.betabinom.pmf(items, 20, alpha, beta)
        expected += np.interp(z[:100], stats.norm.ppf(np.cumsum(mass) - mass / 2), items).tolist()
    order = np.random.default_rng(1).permutation(age.size)
    for few in (age.size, 3):  # so few children of so many ages are searched
        chosen = order[:few]
        assert model.value(z[chosen], age[chosen]) == pytest.approx(np.array(expected)[chosen], abs=1e-8)


def test_half_an_item() -> None:
    with pytest.raises(UsageError, match="a whole number: how many items the test has"):
        fit_beta_binomial(passed(), 20.5)  # type: ignore[arg-type]


def test_text_for_numbers() -> None:
    with pytest.raises(UsageError, match="the ages are not all numbers") as caught:
        sample([1, 2], ["6,5", "7,5"])
    assert "6,5" not in str(caught.value)


def test_a_model_where_a_function_is_asked_for() -> None:
    found = passed()
    with pytest.raises(UsageError, match="Give the function, not the model"):
        cross_validate(found, fit_beta_binomial(found, 20))  # type: ignore[arg-type]


def test_a_model_without_a_likelihood_is_not_compared_by_it() -> None:
    found = passed()
    with pytest.raises(UsageError, match=r"model 2 \(taylor\) has no likelihood of the raw scores. compare it with others by cross_validate"):
        compare([fit_beta_binomial(found, 20), fit_taylor(found, rank_by_window(found, 1.0))], found)  # type: ignore[list-item]


def test_a_sample_shows_no_child() -> None:
    assert repr(sample([1, 9, 4], [5.25, 7, 6], [1, 1, 3])) == "Sample(3 children, weighted (as precise as 2))"
    assert repr(sample([1, 9], [5, 7], descending=True)) == "Sample(2 children, a lower raw score is better)"
