"""Information criteria: on the scale of the real likelihood, and only between models of one sample."""

from __future__ import annotations

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.basis import standardised_age
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.criteria import aic, bic, compare
from otscore.norming.fit.normal import fit_normal
from otscore.norming.fit.origin import sample_key
from otscore.norming.fit.regression import fit_regression
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import Polynomial
from otscore.norming.fit.shash import fit_shash
from otscore.norming.fit.taylor import Z, fit_taylor

N_ITEMS = 60


@pytest.fixture(scope="module")
def mine() -> Sample:
    rng = np.random.default_rng(2)
    age = rng.uniform(4.0, 10.0, 2000)
    share = rng.beta(6.0, 12.0 - age)
    return sample(rng.binomial(N_ITEMS, share).astype(float), age)


def test_by_hand() -> None:
    assert aic(-100.0, 3) == 206.0
    assert bic(-100.0, 3, np.exp(2.0)) == pytest.approx(206.0)


def test_models_of_different_kinds_stand_on_one_scale(mine: Sample) -> None:
    """Scores of a beta-binomial: it wins, and a normal curve over 61 whole numbers is near, not thousands away."""
    models = fit_beta_binomial(mine, N_ITEMS), fit_shash(mine, 2, 2, 2, 1), fit_regression(mine, standardised_age(mine, 3), 3, 1)
    rows = compare(models, mine)
    assert [row.method for row in rows] == ["beta_binomial", "shash", "regression"]
    assert rows[0].aic < rows[1].aic < rows[2].aic < rows[0].aic + 400
    assert [(row.aic, row.bic) for row in rows] == [(model.aic, model.bic) for model in models]
    assert {(row.n, row.effective_n) for row in rows} == {(2000, 2000.0)}


def test_a_parameter_costs_what_chance_gains_with_weights(mine: Sample) -> None:
    """Weights of 3 and 1 make 2000 children as precise as 1600: each parameter costs 1.25 times as much, and ln(1600) in the BIC."""
    weighted = sample(mine.raw, mine.age, np.where(np.arange(mine.n) % 2, 3.0, 1.0))
    model = fit_beta_binomial(weighted, N_ITEMS)
    (row,) = compare([model], weighted)
    assert row.effective_n == pytest.approx(0.8 * 2000)
    assert row.aic == pytest.approx(1.25 * 2 * 8 - 2 * row.log_likelihood)
    assert row.bic == pytest.approx(1.25 * 8 * np.log(1600) - 2 * row.log_likelihood)
    assert (model.aic, model.bic) == pytest.approx((row.aic, row.bic))


def test_children_who_weigh_nothing_change_no_choice(mine: Sample) -> None:
    """Half the children with a weight of nearly 0: the criteria are those of the other half, in the scale of twice as many children."""
    heavy = np.arange(mine.n) % 2 == 1
    weighted, half = sample(mine.raw, mine.age, np.where(heavy, 1.0, 1e-9)), sample(mine.raw[heavy], mine.age[heavy])
    for fit in (lambda s: fit_normal(s, Polynomial(1), Polynomial(0)), lambda s: fit_normal(s, Polynomial(3), Polynomial(1))):
        (row,), (alone,) = compare([fit(weighted)], weighted), compare([fit(half)], half)
        np.testing.assert_allclose([row.aic, row.bic], [2 * alone.aic, 2 * alone.bic], rtol=1e-6)
    ranks = [fit_taylor(one, score_power=2, age_power=1, terms=2, metric=Z) for one in (binned(weighted), binned(half))]
    np.testing.assert_allclose([ranks[0].aic, ranks[0].bic], [2 * ranks[1].aic, 2 * ranks[1].bic], rtol=1e-3)


def binned(one: Sample) -> Sample:
    return sample(one.raw, np.floor(one.age), one.weight)


@pytest.mark.parametrize("other", ["fewer", "ages", "raw", "weights"])
def test_another_sample_is_refused(mine: Sample, other: str) -> None:
    changed = {
        "fewer": lambda: sample(mine.raw[:-1], mine.age[:-1]),
        "ages": lambda: sample(mine.raw, mine.age + 0.01),
        "raw": lambda: sample(mine.raw[::-1].copy(), mine.age),
        "weights": lambda: sample(mine.raw, mine.age, np.where(np.arange(mine.n) % 2, 3.0, 1.0)),
    }[other]()
    models = fit_beta_binomial(mine, N_ITEMS, 1, 1), fit_beta_binomial(changed, N_ITEMS, 1, 1)
    with pytest.raises(UsageError, match=r"model 2 \(beta_binomial\) was fitted to another sample"):
        compare(models, mine)
    with pytest.raises(UsageError, match=r"model 1 \(normal\) was fitted to another sample"):
        compare([fit_normal(changed, Polynomial(1), Polynomial(0))], mine)


def test_the_order_of_the_children_makes_no_other_sample(mine: Sample) -> None:
    order = np.random.default_rng(3).permutation(mine.n)
    shuffled = sample(mine.raw[order], mine.age[order])
    assert sample_key(shuffled) == sample_key(mine)
    assert len(compare([fit_beta_binomial(shuffled, N_ITEMS, 1, 1)], mine)) == 1


def test_nor_does_it_with_weights() -> None:
    """The mean that weights are divided by has another last digit in another order."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        raw, age, weight, order = rng.standard_normal(500), rng.uniform(3, 9, 500), rng.uniform(0.5, 3, 500), rng.permutation(500)
        assert sample_key(sample(raw[order], age[order], weight[order])) == sample_key(sample(raw, age, weight))
