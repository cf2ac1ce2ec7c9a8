"""Residuals, worms and observed percentiles, against plain sums over the children of a sample."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from norming_made_up import Straight
from scipy import stats

from otscore.errors import UsageError
from otscore.norming.fit.diagnostics import residuals, shares, worms
from otscore.norming.fit.samples import Sample, sample

EDGES = (5.0, 6.0, 7.0, 8.0)


def children(n: int = 900, seed: int = 2, level: float = 0.0, spread: float = 1.0, weighted: bool = False) -> Sample:
    """Children who follow `Straight`, but for their level and spread, in SD."""
    rng = np.random.default_rng(seed)
    age, z = rng.uniform(5, 8, n), level + spread * rng.standard_normal(n)
    return sample(2 * age + 4 * z, age, rng.uniform(0.5, 3, n) if weighted else None)


def test_moments_are_those_of_the_children_of_a_band() -> None:
    found = children()
    told = residuals(Straight(limits=(-9, 9)), found, EDGES)
    z = (found.raw - 2 * found.age) / 4
    for place, (low, high) in enumerate([(5, 6), (6, 7), (7, 8), (5, 8)]):
        mine = z[(found.age >= low) & (found.age < high)]
        assert told.n[place] == mine.size
        assert told.mean[place] == pytest.approx(mine.mean(), abs=1e-12)
        assert told.sd[place] == pytest.approx(mine.std(ddof=1), abs=1e-12)
        assert told.skew[place] == pytest.approx(stats.skew(mine), abs=1e-12)
        assert told.kurtosis[place] == pytest.approx(stats.kurtosis(mine), abs=1e-12)
        assert told.below[place] == pytest.approx([np.mean(mine < cut) for cut in (-2, -1, 0, 1, 2)], abs=1e-12)
    assert told.nominal == pytest.approx([NormalDist().cdf(cut) for cut in (-2, -1, 0, 1, 2)])
    assert told.undefined.sum() == 0


def test_a_child_of_weight_three_counts_as_three() -> None:
    """Whole weights give what as many copies of the child give, but for the divisor of the SD, which knows how many children there are."""
    rng = np.random.default_rng(5)
    age, raw, times = rng.uniform(5, 8, 200), rng.normal(13, 4, 200), rng.integers(1, 4, 200)
    one = residuals(Straight(limits=(-9, 9)), sample(raw, age, times), (5, 8))
    copied = residuals(Straight(limits=(-9, 9)), sample(np.repeat(raw, times), np.repeat(age, times)), (5, 8))
    for name in ("mean", "skew", "kurtosis", "below"):
        assert getattr(one, name) == pytest.approx(getattr(copied, name), abs=1e-12)


def test_who_lies_beyond_the_limits_is_counted_there() -> None:
    found = sample([40.0, 11.0, 12.0, -20.0, 13.0], [5.5] * 5)
    told = residuals(Straight(limits=(-2, 2)), found, (5, 8))
    assert (told.n[0], told.off_scale[0]) == (5, 2)
    assert told.mean[0] == pytest.approx((2 + 0 + 0.25 - 2 + 0.5) / 5)


def test_who_has_no_standing_is_counted_apart() -> None:
    model = Straight(bent=lambda z, raw: np.where(raw > 12, np.nan, z))
    told = residuals(model, sample([10, 11, 12, 13, 14], [5.5] * 5), (5, 8))
    assert (told.n[0], told.undefined[0]) == (3, 2)
    assert told.mean[0] == pytest.approx((-0.25 + 0 + 0.25) / 3)


def test_half_of_those_at_a_cut_are_below_it() -> None:
    told = residuals(Straight(), sample([11, 11, 7, 15], [5.5] * 4), (5, 6), cuts=(0.0,))
    assert told.below[0] == pytest.approx([0.5])


def test_too_few_children_have_no_spread() -> None:
    told = residuals(Straight(), sample([11.0, 12.0, 13.0], [5.5, 5.6, 7.5]), EDGES)
    assert np.isnan(told.sd[0]) and np.isnan(told.mean[1]) and told.n.tolist() == [2, 0, 1, 3]


def test_a_worm_of_a_sample_that_fits_stays_within_its_band() -> None:
    (worm,) = worms(Straight(limits=(-9, 9)), children(2000), (5, 8))
    n = 2000
    place = (np.arange(1, n + 1) - 0.5) / n
    expected = stats.norm.ppf(place)
    assert worm.expected == pytest.approx(expected, abs=1e-9)
    assert worm.half_width == pytest.approx(1.96 * np.sqrt(place * (1 - place) / n) / stats.norm.pdf(expected), rel=1e-4)
    assert np.mean(np.abs(worm.deviation) <= worm.half_width) > 0.9
    assert worm.flagged == ()


@pytest.mark.parametrize(("level", "spread", "flagged", "coefficient"), [(0.3, 1.0, "level", 0), (0.0, 1.3, "slope", 1)])
def test_a_worm_tells_how_a_model_is_off(level: float, spread: float, flagged: str, coefficient: int) -> None:
    (worm,) = worms(Straight(limits=(-9, 9)), children(4000, level=level, spread=spread), (5, 8))
    assert worm.flagged == (flagged,)
    assert worm.coefficients[coefficient] == pytest.approx(max(level, spread - 1), abs=0.06)


def test_the_order_of_children_with_one_raw_score_makes_no_other_worm() -> None:
    """Six raw scores, many children each, of different weights."""
    found = children(300, weighted=True)
    coarse = sample(np.rint(found.raw / 4) * 4, np.full(300, 6.0), found.weight)
    order = np.random.default_rng(1).permutation(300)
    one, other = (worms(Straight(limits=(-9, 9)), part, (5, 8))[0] for part in (coarse, sample(coarse.raw[order], coarse.age[order], coarse.weight[order])))
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-9, atol=1e-12)


def test_a_worm_needs_ten_children() -> None:
    found = sample(np.arange(12.0), np.r_[np.full(9, 5.5), 6.5, 6.6, 6.7])
    assert worms(Straight(limits=(-9, 9)), found, EDGES) == []


def test_observed_percentiles_by_counting() -> None:
    found = children(500, weighted=True)
    told = shares(Straight(limits=(-9, 9)), found, EDGES, (10, 50, 90))
    mine = (found.age >= 6) & (found.age < 7)
    z = (found.raw - 2 * found.age) / 4
    for place, percent in enumerate((10, 50, 90)):
        below = found.weight[mine & (z < NormalDist().inv_cdf(percent / 100))].sum()
        assert told.observed[1, place] == pytest.approx(100 * below / found.weight[mine].sum(), abs=1e-9)
    assert told.n.tolist()[-1] == 500


@pytest.mark.parametrize("edges", [(5.0,), (6.0, 5.0), (5.0, 5.0, 6.0)])
def test_edges_that_do_not_rise(edges: tuple[float, ...]) -> None:
    for look in (residuals, worms, shares):
        with pytest.raises(UsageError, match="two or more numbers that rise"):
            look(Straight(), children(20), edges)
