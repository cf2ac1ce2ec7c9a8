"""The normal curve over age: against least squares where that is the answer, against drawn children where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.model import LikelihoodModel
from otscore.norming.fit.normal import fit_normal
from otscore.norming.fit.samples import sample
from otscore.norming.fit.shapes import NaturalSpline, Polynomial, Spline


def test_one_sd_for_all_ages_is_weighted_least_squares() -> None:
    random = np.random.default_rng(1)
    age, weight = random.uniform(2, 6, 300), random.uniform(0.5, 3, 300)
    raw = 3 * age - 0.2 * age**2 + random.normal(size=300)
    model: LikelihoodModel = fit_normal(sample(raw, age, weight), Polynomial(2), Polynomial(0))
    coefficients = np.polyfit(age, raw, 2, w=np.sqrt(weight))
    residual = raw - np.polyval(coefficients, age)
    sd = np.sqrt(np.average(residual**2, weights=weight))
    at, z = np.array([2.5, 4, 5.5]), np.array([-1, 0, 2.5])
    np.testing.assert_allclose(model.value(z, at), np.polyval(coefficients, at) + z * sd, rtol=1e-8)
    share = weight / weight.mean()
    expected = (share * (-0.5 * (residual / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi))).sum()
    assert model.log_likelihood == pytest.approx(expected, rel=1e-10)
    assert (model.method, model.n_parameters, model.n) == ("normal", 4, 300)


def test_mean_and_sd_come_back() -> None:
    random = np.random.default_rng(4)
    age = random.uniform(0, 10, 20_000)
    raw = 20 + 5 * np.sin(age / 2) + np.exp(0.5 + 0.1 * age) * random.normal(size=age.size)
    nodes = fit_normal(sample(raw, age), Spline(9.0), Polynomial(1)).nodes([1.0, 5.0, 9.0])
    np.testing.assert_allclose(nodes["mean"], 20 + 5 * np.sin(np.array([0.5, 2.5, 4.5])), atol=0.15)
    np.testing.assert_allclose(nodes["sd"], np.exp([0.6, 1.0, 1.4]), rtol=0.03)


@pytest.mark.parametrize(("descending", "side"), [(False, 1), (True, -1)])
def test_what_the_model_tells(descending: bool, side: int) -> None:
    random = np.random.default_rng(6)
    age = random.uniform(3, 9, 500)
    model = fit_normal(sample(age + random.normal(size=500), age, None, descending), NaturalSpline(), Polynomial(0))
    mean, sd = (column[0] for column in model.nodes([6.0]).values())
    found = model.score(np.array([mean + sd, -1e9, 1e9, mean, np.nan]), np.array([6.0, 6.0, 6.0, 2.0, 6.0]))
    np.testing.assert_allclose(found.z, [side, -3 * side, 3 * side, np.nan, np.nan])
    assert found.off_scale.tolist() == [0, -side, side, 0, 0]
    np.testing.assert_allclose(model.value(np.array([side, 3.01, 0.0]), np.array([6.0, 6.0, 9.5])), [mean + sd, np.nan, np.nan])


def test_a_natural_spline_by_its_definition() -> None:
    """Four functions; straight outside the outer knots, cubic between the inner ones, no jump of the second derivative."""
    age, h = np.linspace(0, 10, 200), 0.01
    basis = NaturalSpline((0.1, 0.4, 0.6, 0.9)).basis(age, np.ones(200))
    assert np.linalg.matrix_rank(basis.at(age)) == 4
    knots, at = np.quantile(age, [0.1, 0.4, 0.6, 0.9]), np.arange(-2, 12, h)
    bends, middle = np.diff(basis.at(at), 2, axis=0) / h**2, at[1:-1]
    assert np.abs(bends[(middle < knots[0] - h) | (middle > knots[-1] + h)]).max() < 1e-8
    thirds = np.diff(bends, axis=0) / h
    assert np.abs(thirds).max() < 5 * np.abs(bends).max()
    between = (middle[:-1] > knots[1] + 2 * h) & (middle[:-1] < knots[2] - 3 * h)
    assert np.ptp(thirds[between], axis=0).max() < 1e-4


def test_raw_scores_on_the_curve_are_refused() -> None:
    with pytest.raises(UsageError, match="do not differ"):
        fit_normal(sample([1, 2, 3, 4], [1, 2, 3, 4]), Polynomial(1), Polynomial(0))
