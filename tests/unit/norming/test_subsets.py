"""Best subsets against all subsets, one regression each."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.subsets import best_subsets
from otscore.norming.fit.taylor_select import design, term_powers


def all_subsets(x: np.ndarray, y: np.ndarray, weight: np.ndarray, size: int) -> list[tuple[float, tuple[int, ...]]]:
    root = np.sqrt(weight)
    found = []
    for columns in combinations(range(x.shape[1]), size):
        terms = np.column_stack([np.ones(y.size), x[:, columns]]) * root[:, None]
        scaled = terms / np.linalg.norm(terms, axis=0)
        residual = y * root - scaled @ np.linalg.lstsq(scaled, y * root, rcond=None)[0]
        found.append((float(residual @ residual), columns))
    return sorted(found)


def powers_of_a_score(seed: int, score_power: int, age_power: int, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores that depend on a T score and age as they do in a test; the terms hang together as those do."""
    random = np.random.default_rng(seed)
    score, age = random.normal(50, 10, n), random.uniform(3, 16, n)
    raw = 2 * score + 5 * age - 0.1 * age**2 + 0.05 * score * age + 1e-6 * score**4 + random.normal(0, 3, n)
    return design(score, age, term_powers(score_power, age_power)), raw


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("score_power", "age_power"), [(1, 0), (2, 0), (5, 0), (1, 3), (2, 2), (3, 2)])
def test_the_ten_best_of_every_size(score_power: int, age_power: int, weighted: bool) -> None:
    x, y = powers_of_a_score(7, score_power, age_power)
    weight = np.random.default_rng(8).uniform(0.3, 3, y.size) if weighted else np.ones(y.size)
    for size, found in enumerate(best_subsets(x, y, weight), 1):
        expected = all_subsets(x, y, weight, size)[:10]
        assert [tuple(np.flatnonzero(row)) for row in found.terms] == [columns for _, columns in expected]
        np.testing.assert_allclose(found.rss, [rss for rss, _ in expected], rtol=1e-8)


def test_the_search_from_both_ends_meets_in_the_middle() -> None:
    """14 regressors: small subsets are built up, large ones are what is left; unrelated regressors are a hard case for a bound."""
    random = np.random.default_rng(9)
    x = random.normal(size=(60, 14))
    y = x @ random.normal(size=14) * 0.1 + random.normal(size=60)
    found = best_subsets(x, y, np.ones(60), best=3)
    assert [len(one.rss) for one in found] == [3] * 13 + [1]
    for size in (2, 5, 6, 7, 8, 11, 13, 14):
        expected = all_subsets(x, y, np.ones(60), size)[:3]
        assert [tuple(np.flatnonzero(row)) for row in found[size - 1].terms] == [columns for _, columns in expected]


def test_a_subset_that_no_single_steps_lead_to() -> None:
    """Two regressors that only together explain anything: adding the best one each time misses them."""
    random = np.random.default_rng(10)
    hidden, noise = random.normal(size=(2, 400))
    y = hidden + 0.01 * random.normal(size=400)
    others = hidden[:, None] * 0.5 + random.normal(size=(400, 8))
    x = np.column_stack([others, noise, noise + 0.05 * hidden])
    (best,) = best_subsets(x, y, np.ones(400), best=1)[1].terms
    assert np.flatnonzero(best).tolist() == [8, 9]


def test_regressors_too_much_alike_are_refused_rather_than_guessed() -> None:
    """Powers of 100 +- 5 and 9 +- .6: products of sums of squares keep no digit of what the highest powers add."""
    random = np.random.default_rng(12)
    score, age = random.normal(100, 5, 300), random.uniform(8.4, 9.6, 300)
    with pytest.raises(UsageError, match="so much alike"):
        best_subsets(design(score, age, term_powers(4, 3)), score + age + random.normal(0, 1, 300), np.ones(300))


def test_powers_that_are_much_alike_are_still_told_apart() -> None:
    """Standard scores and a narrow range of ages: the regressors differ by a millionth, and the search finds all of the best."""
    random = np.random.default_rng(13)
    score, age = random.normal(100, 15, 250), random.uniform(6, 9, 250)
    x = design(score, age, term_powers(4, 2))
    y = 0.5 * score + 2 * age + 1e-7 * score**4 + random.normal(0, 1, 250)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    assert np.linalg.cond(scaled) > 1e6
    orthogonal, upper = np.linalg.qr(scaled)
    for size, found in enumerate(best_subsets(x, y, np.ones(250)), 1):
        expected = all_subsets_of_triangle(upper, orthogonal.T @ (y - y.mean()), float((y - y.mean()) @ (y - y.mean())), size)[:10]
        np.testing.assert_allclose(found.rss, [rss for rss, _ in expected], rtol=1e-9)


def all_subsets_of_triangle(upper: np.ndarray, aim: np.ndarray, total: float, size: int) -> list[tuple[float, tuple[int, ...]]]:
    rest = total - float(aim @ aim)
    found = []
    for columns in combinations(range(upper.shape[1]), size):
        basis = np.linalg.qr(upper[:, columns])[0]
        residual = aim - basis @ (basis.T @ aim)
        found.append((rest + float(residual @ residual), columns))
    return sorted(found)


def test_what_is_refused() -> None:
    x, y = powers_of_a_score(11, 3, 2)
    with pytest.raises(UsageError, match="depend on each other"):
        best_subsets(np.column_stack([x, x[:, 0] + x[:, 1]]), y, np.ones(y.size))
    with pytest.raises(UsageError, match="depend on each other"):
        best_subsets(np.column_stack([x, np.ones(y.size)]), y, np.ones(y.size))
    with pytest.raises(UsageError, match="depend on each other"):
        best_subsets(x[:11], y[:11], np.ones(11))
    with pytest.raises(UsageError, match="30 terms"):
        best_subsets(np.random.default_rng(0).normal(size=(99, 30)), y[:99], np.ones(99))
