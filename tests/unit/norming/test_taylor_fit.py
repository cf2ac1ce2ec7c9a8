"""Taylor models of simulated children: truth found again, scores at the limits, tables that turn back, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.rank import rank_by_group, rank_by_window
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.taylor import STANDARD, TaylorModel, Z, fit_taylor
from otscore.norming.fit.taylor_cross import cross_validate_terms, left_out
from otscore.norming.fit.taylor_select import Subset
from otscore.norming.fit.taylor_table import norm_table, raw_table, true_score_band


def children(n: int = 3000, seed: int = 1, descending: bool = False, weight: bool = False) -> Sample:
    """Mean 10 + 4 age, SD 3 + age / 2, at ages 4 to 10."""
    random = np.random.default_rng(seed)
    age = random.uniform(4, 10, n)
    raw = 10 + 4 * age + (3 + age / 2) * random.normal(size=n)
    return sample(-raw if descending else raw, age, random.uniform(0.5, 2, n) if weight else None, descending)


def fitted(mine: Sample, **options: Any) -> TaylorModel:
    return fit_taylor(mine, rank_by_window(mine, 1.0), **{"score_power": 3, "age_power": 2, **options})


def turning(falls_from: float = 1.5) -> TaylorModel:
    """raw = z^3 turned down beyond a z: 9 points per SD up to the turning point of z - z^3 / (3 a^2), for every age."""
    table = np.array([[50.0], [9.0], [0.0], [-9.0 / (3 * falls_from**2)]])
    subset = Subset(((1, 0), (3, 0)), table, 1.0, 0.9, 0.9, True, 0.0)
    return TaylorModel(subset, (subset,), Z, 100, 100.0, (-2.5, 2.5), (4.0, 10.0), (30.0, 70.0), (-2.5, 2.5), False, 0.01, ())


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("weight", [False, True])
@pytest.mark.parametrize("metric", [Z, STANDARD])
def test_the_truth_is_found_again(descending: bool, weight: bool, metric: Any) -> None:
    mine = children(descending=descending, weight=weight)
    model: NormModel = fitted(mine, metric=metric)
    age = np.linspace(4.2, 9.8, 50)
    z = np.tile([-1.8, -1.0, 0.0, 0.7, 1.6], 10)
    raw = 10 + 4 * age + (3 + age / 2) * z
    told = model.score(-raw if descending else raw, age)
    np.testing.assert_allclose(told.z, z, rtol=0, atol=0.2)
    np.testing.assert_allclose(model.value(told.z, age), -raw if descending else raw, rtol=0, atol=1e-8)
    assert (told.off_scale == 0).all()
    assert (model.n, model.method, model.limits) == (3000, "taylor", (-2.5, 2.5))
    assert model.ages == (mine.age.min(), mine.age.max())


@pytest.mark.parametrize("descending", [False, True])
def test_beyond_the_limits_the_limit_of_that_side_is_told(descending: bool) -> None:
    model = fitted(children(descending=descending))
    told = model.score(np.array([-40.0, 200.0]) * (-1 if descending else 1), np.array([7.0, 7.0]))
    np.testing.assert_array_equal(told.z, [-2.5, 2.5])
    np.testing.assert_array_equal(told.off_scale, [-1, 1])


def test_outside_the_ages_nothing_is_told() -> None:
    model = fitted(children())
    young, old = model.ages
    ages = np.array([young - 1e-9, young, old, old + 1e-9, np.nan])
    np.testing.assert_array_equal(np.isfinite(model.score(np.full(5, 40.0), ages).z), [False, True, True, False, False])
    np.testing.assert_array_equal(np.isfinite(model.value(np.zeros(5), ages)), [False, True, True, False, False])
    np.testing.assert_array_equal(np.isfinite(model.value(np.array([-2.5, 2.5, 2.6, np.nan]), np.full(4, 7.0))), [True, True, False, False])
    wider = fitted(children(), ages=(3.0, 11.0))
    assert np.isfinite(wider.score(np.array([25.0]), np.array([3.0])).z).all()
    assert np.isnan(model.score(np.array([np.nan]), np.array([7.0])).z).all()


def test_metrics_and_orders_of_children_do_not_matter() -> None:
    """The same space of polynomials with all terms in: a z from T scores is the z from standard scores."""
    mine = children(800)
    turned = np.random.default_rng(3).permutation(mine.n)
    other = sample(mine.raw[turned], mine.age[turned])
    first = fitted(mine, terms=11)
    age, raw = np.linspace(4.5, 9.5, 20), np.linspace(20, 50, 20)
    for model in (fitted(mine, terms=11, metric=STANDARD), fitted(other, terms=11)):
        np.testing.assert_allclose(model.score(raw, age).z, first.score(raw, age).z, rtol=0, atol=1e-7)


def test_weights_are_children() -> None:
    """Whole weights give the coefficients of a sample in which the children stand so often, if they are ranked alike."""
    random = np.random.default_rng(4)
    age, times = random.integers(4, 9, 400).astype(float), random.integers(1, 4, 400)
    raw = np.round(10 + 4 * age + 5 * random.normal(size=400))
    few, many = sample(raw, age, times), sample(np.repeat(raw, times), np.repeat(age, times))
    ranks = rank_by_group(many)
    one = rank_by_group(few)
    first = np.cumsum(times) - times
    np.testing.assert_allclose(one.percentile, ranks.percentile[first], rtol=0, atol=1e-12)
    weighted, repeated = (fit_taylor(mine, score_power=3, age_power=2) for mine in (few, many))
    assert weighted.subset.names == repeated.subset.names
    np.testing.assert_allclose(weighted.coefficients, repeated.coefficients, rtol=1e-7)


def test_information_criteria_prefer_the_better_regression() -> None:
    """The same sample with 1 term and with 5; the constant and the variance are parameters, too."""
    mine = children(500)
    poor, good = fitted(mine, terms=1), fitted(mine, terms=5)
    assert poor.bic > good.bic
    assert poor.aic > good.aic
    np.testing.assert_allclose(good.bic - good.aic, (np.log(500) - 2) * 7, rtol=1e-12)
    assert poor.n_parameters == 2.0


def test_a_dense_choice_never_turns_back() -> None:
    """A narrow sample with high powers: whatever the sparse check says, the dense choice rises at ages between."""
    mine = children(150, seed=5)
    dense = fitted(mine, score_power=4, age_power=3, consistent="dense", tolerance=0.0)
    assert not dense.violations
    z = np.linspace(-2.5, 2.5, 401)
    for age in np.linspace(*dense.ages, 41):
        plain = replace(dense, raws=(-1e9, 1e9)).value(z, np.full(z.size, age))
        assert (np.diff(plain) >= -1e-9).all()
    sizes = {one.n_terms: one.fall for one in fitted(mine, score_power=4, age_power=3).subsets}
    assert max(sizes.values()) > 0.01


def test_a_table_by_norm_score_is_held_where_the_curve_turns_back() -> None:
    """The curve rises to 59 at z 1.5 and falls after it; below, to 41 at -1.5."""
    table = norm_table(turning(), 7.0, step=0.5)
    np.testing.assert_allclose(table.score, np.arange(-2.5, 2.6, 0.5))
    z = np.clip(table.score, -1.5, 1.5)
    np.testing.assert_allclose(table.raw, 50 + 9 * z - 9 * z**3 / 6.75, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(table.repaired, np.abs(table.score) > 1.5)
    assert not norm_table(turning(2.6), 7.0).repaired.any()


def test_a_table_by_raw_score_takes_the_standing_nearest_to_the_mean() -> None:
    """59 points are reached at z 1.5 only; 58 at 1.05 and again at 1.88. Beyond 59 the limit is told."""
    table = raw_table(turning(), 7.0, [39, 41, 42, 50, 55, 58, 59, 60])
    roots = [np.roots([-9 / 6.75, 0, 9, 50 - raw]) for raw in (42, 55, 58)]
    nearest = [min(root.real[abs(root.imag) < 1e-9], key=abs) for root in roots]
    np.testing.assert_allclose(table.score[[2, 4, 5]], nearest, rtol=0, atol=1e-9)
    np.testing.assert_allclose(table.score[[1, 3, 6]], [-1.5, 0.0, 1.5], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(table.score[[0, 7]], [-2.5, 2.5])
    np.testing.assert_array_equal(table.off_scale, [-1, 0, 0, 0, 0, 0, 0, 1])
    assert table.repaired[[2, 5]].all()
    assert (np.diff(table.score) >= 0).all()


def test_a_score_is_undefined_where_a_table_is_repaired() -> None:
    """A child is never given one of two standings."""
    raw = np.array([42.0, 50.0, 58.0])
    told = turning().score(raw, np.full(3, 7.0))
    assert np.isnan(told.z[[0, 2]]).all()
    assert (told.off_scale == 0).all()


def test_intervals_are_centred_on_the_estimated_true_score() -> None:
    model = fitted(children(), metric=STANDARD)
    table = raw_table(model, 7.0, [30.0, 38.0, 46.0])
    band = true_score_band(model, table, reliability=0.8, level=0.95)
    np.testing.assert_allclose((band.low + band.high) / 2, 100 + 0.8 * (table.score - 100), rtol=1e-12)
    np.testing.assert_allclose(band.high - band.low, 2 * 1.959963984540054 * 15 * 0.4, rtol=1e-12)
    with pytest.raises(UsageError, match="reliability"):
        true_score_band(model, table, reliability=90.0)


def test_one_age_has_no_powers_of_age() -> None:
    mine = sample(np.random.default_rng(6).normal(20, 4, 300), np.zeros(300))
    model = fit_taylor(mine)
    assert model.subset.names == ("L1",)
    assert model.coefficients.shape == (6, 1)
    np.testing.assert_allclose(model.score(np.array([20.0, 24.0]), np.zeros(2)).z, [0, 1], rtol=0, atol=0.15)


def test_cross_validation_repeats_itself_and_finds_overfitting() -> None:
    mine = children(300, seed=7)
    asked = {"score_power": 2, "age_power": 2, "repeats": 4, "rank": lambda part: rank_by_window(part, 2.0)}
    first, again, other = (cross_validate_terms(mine, seed=seed, **asked) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.rmse_new, again.rmse_new)
    assert (first.rmse_new != other.rmse_new).any()
    assert first.n_terms.tolist() == list(range(1, 9))
    assert (np.diff(first.rmse_fitted) <= 1e-9).all()
    assert (first.rmse_new > first.rmse_fitted)[1:].all()
    np.testing.assert_allclose(first.crossfit, first.r2_fitted / first.r2_new)
    with pytest.raises(UsageError, match="nothing to repeat"):
        cross_validate_terms(mine, repeats=0)


def test_a_fifth_is_left_out_at_every_age() -> None:
    age = np.repeat([4.0, 5.0, 6.0], 100)
    out = left_out(age, np.random.default_rng(8))
    assert [out[age == one].sum() for one in (4, 5, 6)] == [20, 20, 20]
    counts = np.sum([left_out(age, np.random.default_rng(seed)) for seed in range(400)], axis=0)
    assert 45 < counts.min() < 80 < counts.max() < 120


def test_what_is_refused() -> None:
    mine = children(200)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"terms": 12}, "no model of 12 terms"),
        ({"terms": 0}, "no model of 0 terms"),
        ({"r2": 0.99999}, "no subset explains that much"),
        ({"score_power": 13}, "power is not from 1 to 12"),
        ({"score_power": 6, "age_power": 4}, "34 terms"),
        ({"limits": (0.5, 2.5)}, "limits do not lie"),
    ]
    for options, message in refused:
        with pytest.raises(UsageError, match=message):
            fitted(mine, **options)
    with pytest.raises(UsageError, match="200 ranks, 100 children"):
        fit_taylor(children(100), rank_by_window(mine, 1.0))
    with pytest.raises(UsageError, match="depend on each other"):
        fit_taylor(sample(mine.raw, np.round(mine.age / 4)), age_power=3, score_power=2)
    for table in (norm_table, raw_table):
        with pytest.raises(UsageError, match="the age 3 lies outside"):
            table(fitted(mine), 3.0)
