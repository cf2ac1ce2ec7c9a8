"""Ranks within groups and windows against counting child by child."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from otscore.errors import UsageError
from otscore.norming.fit.rank import Ranks, mid_rank, normal_score, plotting_position, rank_by_group, rank_by_window
from otscore.norming.fit.samples import Sample, sample


def children(seed: int, n: int = 300, weighted: bool = True, descending: bool = False, whole: bool = True) -> Sample:
    random = np.random.default_rng(seed)
    raw = random.integers(0, 25, n) if whole else random.normal(size=n)
    return sample(raw, random.integers(20, 60, n) / 10, random.uniform(0.2, 5, n) if weighted else None, descending)


def counted(mine: Sample, child: int, near: np.ndarray) -> float:
    """Rankit by hand: the weight of those who did worse and half of those who did the same, of all weight near."""
    raw = -mine.raw if mine.descending else mine.raw
    share = mine.weight[near] @ ((raw[near] < raw[child]) + 0.5 * (raw[near] == raw[child]))
    return float(share / mine.weight[near].sum())


def assert_counted(mine: Sample, ranks: Ranks, near: list[np.ndarray]) -> None:
    np.testing.assert_allclose(ranks.percentile, [counted(mine, child, here) for child, here in enumerate(near)], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(ranks.n, [here.sum() for here in near])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_groups_and_windows_by_counting(weighted: bool, descending: bool, whole: bool) -> None:
    mine = children(1, weighted=weighted, descending=descending, whole=whole)
    assert_counted(mine, rank_by_group(mine), [mine.age == age for age in mine.age])
    labels = np.array(["young", "old"])[(mine.age > 4).astype(int)]
    assert_counted(mine, rank_by_group(mine, labels), [labels == label for label in labels])
    windows = []
    for age in mine.age:
        start = min(max(age - 0.4, mine.age.min()), mine.age.max() - 0.8)
        windows.append((mine.age > start - 1e-6) & (mine.age < start + 0.8 + 1e-6))
    assert_counted(mine, rank_by_window(mine, 0.8), windows)


def test_a_window_wider_than_all_ages_is_one_group() -> None:
    mine = children(2)
    np.testing.assert_allclose(rank_by_window(mine, 100.0).percentile, rank_by_group(mine, np.zeros(mine.n)).percentile, rtol=0, atol=1e-14)


def test_the_edges_of_a_window_belong_to_it_whatever_the_last_binary_place_says() -> None:
    mine = sample([1.0, 2.0, 3.0], [0.1, 0.3, 0.5])
    assert 0.3 - 0.1 != 0.2
    np.testing.assert_array_equal(rank_by_window(mine, 0.4).n, [3, 3, 3])
    np.testing.assert_array_equal(rank_by_window(mine, 0.2).n, [2, 1, 2])


def test_descending_ranks_are_the_mirror_image() -> None:
    ascending, descending = (children(3, descending=way) for way in (False, True))
    np.testing.assert_allclose(rank_by_group(ascending).percentile, 1.0 - rank_by_group(descending).percentile, rtol=0, atol=1e-12)
    np.testing.assert_allclose(rank_by_group(ascending).z, -rank_by_group(descending).z, rtol=0, atol=1e-9)


def test_equal_weights_are_no_weights() -> None:
    values = children(4).raw
    np.testing.assert_allclose(mid_rank(values), stats.rankdata(values), rtol=0, atol=1e-10)
    np.testing.assert_allclose(mid_rank(values, np.full(values.size, 7.0)), stats.rankdata(values), rtol=0, atol=1e-10)


def test_a_whole_weight_is_so_many_children() -> None:
    """Three children of weight 1, 2 and 3 against six of weight 1."""
    one = rank_by_group(sample([5.0, 7.0, 9.0], [4.0] * 3, [1, 2, 3]))
    many = rank_by_group(sample([5.0, 7, 7, 9, 9, 9], [4.0] * 6))
    np.testing.assert_allclose(one.percentile, many.percentile[[0, 1, 3]], rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("blom", 9.625 / 10.25), ("tukey", (10 - 1 / 3) / (10 + 1 / 3)), ("van_der_waerden", 10 / 11), ("rankit", 0.95),
     ("levenbach", 9.7 / 10.4), ("filliben", 9.6825 / 10.365), ("yu_huang", 9.674 / 10.348)],
)  # fmt: skip
def test_the_tenth_of_ten(method: str, expected: float) -> None:
    np.testing.assert_allclose(plotting_position(10, 10, method), expected, rtol=1e-15)  # type: ignore[arg-type]


def test_no_percentile_is_0_or_1() -> None:
    np.testing.assert_array_equal(plotting_position([0.5, 10.5], 10, "rankit"), [1e-12, 1.0 - 1e-12])
    assert np.isfinite(normal_score(plotting_position([0.5, 10.5], 10))).all()


def test_what_is_refused() -> None:
    mine = children(5)
    with pytest.raises(UsageError, match="no plotting position median"):
        plotting_position(1, 2, "median")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="3 groups, 300 children"):
        rank_by_group(mine, [1, 2, 3])
    for width in (0.0, -1.0, float("nan")):
        with pytest.raises(UsageError, match="no width"):
            rank_by_window(mine, width)
