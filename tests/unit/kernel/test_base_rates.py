"""Base rates against the normal curve, and simulated counts against integrals that are exact for equal correlations."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist

import numpy as np
import pytest

from otscore.kernel import base_rates, contrast

NAN = np.nan
NORMAL = NormalDist()
LOW = NORMAL.inv_cdf(0.05)


def equal_correlations(k: int, r: float) -> np.ndarray:
    return np.full((k, k), r) + (1 - r) * np.eye(k)


def at_least_exactly(k: int, r: float, cut: float) -> list[float]:
    """z_i = sqrt(r) g + sqrt(1 - r) e_i: given g the count is binomial; g is integrated by a fine sum."""
    total, width = [0.0] * (k + 1), 0.01
    for step in range(-800, 801):
        g = step * width
        p = NORMAL.cdf((cut - math.sqrt(r) * g) / math.sqrt(1 - r))
        for j in range(k + 1):
            total[j] += NORMAL.pdf(g) * width * math.comb(k, j) * p**j * (1 - p) ** (k - j)
    return [sum(total[j:]) for j in range(k + 1)]


def test_differences_by_the_normal_curve() -> None:
    sd = contrast.difference_sd(15, 15, 0.64)
    assert base_rates.difference_rate(-20, sd) == pytest.approx(2 * (1 - NORMAL.cdf(20 / float(sd))), rel=1e-12)
    assert base_rates.difference_rate_one_way([20, -20], sd) == pytest.approx([1 - NORMAL.cdf(20 / float(sd))] * 2, rel=1e-12)
    assert base_rates.mean_absolute_difference(1) == pytest.approx(NORMAL.pdf(0) * 2)
    assert np.isnan(base_rates.difference_rate(5, [0, NAN, -1])).all()


@pytest.mark.parametrize(("k", "r"), [(1, 0.5), (3, 0.3), (6, 0.6)])
def test_low_scores_against_the_integral(k: int, r: float) -> None:
    found = base_rates.low_score_rates(equal_correlations(k, r), LOW, 200_000, 5)
    exact = np.array(at_least_exactly(k, r, LOW))
    assert found.at_least[0] == 1 and (np.diff(found.at_least) <= 0).all()
    np.testing.assert_array_less(np.abs(found.at_least - exact), 4.5 * found.standard_error + 1e-5)
    np.testing.assert_allclose(found.standard_error, np.sqrt(np.abs(exact * (1 - exact)) / 200_000), atol=1e-4)


def test_single_differences_are_as_rare_as_the_normal_curve_says() -> None:
    """The mean number of pairs, and of scores, that stand out is their number times the share of one of them."""
    correlation = np.array([[1.0, 0.5, 0.6, 0.1], [0.5, 1.0, 0.7, 0.2], [0.6, 0.7, 1.0, 0.3], [0.1, 0.2, 0.3, 1.0]])
    for rates, n in ((base_rates.pair_rates, 6), (base_rates.own_mean_rates, 4)):
        found = rates(correlation, 1.5, 200_000, 8)
        assert len(found.at_least) == n + 1
        assert found.at_least[1:].sum() == pytest.approx(n * 2 * NORMAL.cdf(-1.5), rel=0.02)


def test_pairs_against_plain_counting() -> None:
    correlation = equal_correlations(3, 0.4)
    draws = np.random.default_rng(2).standard_normal((4000, 3)) @ np.linalg.cholesky(correlation).T
    limit = 1.3 * math.sqrt(2 - 0.8)
    counts = [sum(abs(a - b) > limit for a, b in itertools.combinations(row, 2)) for row in draws]
    mine = base_rates.pair_rates(correlation, 1.3, 4000, 2).at_least
    assert mine.tolist() == [sum(c >= j for c in counts) / 4000 for j in range(4)]


def test_the_seed_is_the_simulation() -> None:
    correlation = equal_correlations(5, 0.5)
    first, again, other = (base_rates.low_score_rates(correlation, LOW, 70_000, seed).at_least for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_cut_for_each_score() -> None:
    found = base_rates.low_score_rates(np.eye(2), [-np.inf, 0.0], 50_000, 3).at_least
    assert found[2] == 0 and found[1] == pytest.approx(0.5, abs=0.01)


@pytest.mark.filterwarnings("error")
def test_impossible_correlations_give_nothing() -> None:
    for matrix in ([[1, 2], [2, 1]], [[1, NAN], [NAN, 1]]):
        assert np.isnan(base_rates.low_score_rates(matrix, LOW, 1000, 1).at_least).all()
        assert np.isnan(base_rates.pair_rates(matrix, 1.0, 1000, 1).standard_error).all()
    assert np.isnan(base_rates.low_score_rates(np.eye(2), LOW, 0, 1).at_least).all()


def test_a_childs_count_and_its_rate() -> None:
    counts = base_rates.low_count([[-2, -1, -3], [0, 0, 0], [NAN, -3, -3]], -1.0)
    np.testing.assert_array_equal(counts, [2, 0, NAN])
    np.testing.assert_array_equal(base_rates.rate_of_count([2, 0, NAN, 4, 1.5, -1], [1, 0.4, 0.1, 0.02]), [0.1, 1, NAN, NAN, NAN, NAN])
