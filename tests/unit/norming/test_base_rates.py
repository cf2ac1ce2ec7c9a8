"""Weighted shares with intervals, and weighted quantiles, against counting and other people's definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.errors import UsageError
from otscore.norming.fit.base_rates import base_rates, percentile_cells
from otscore.norming.fit.quantiles import first_to_last_quantiles, midpoint_quantiles
from otscore.norming.fit.samples import sample

SHARES = np.array([0.0, 0.03, 0.1, 0.25, 0.5, 0.777, 0.9, 1.0])
scores = st.lists(st.integers(0, 12), min_size=1, max_size=30)


def test_shares_by_counting() -> None:
    raw, age, weight = [0, 1, 2, 2, 0, 5], [3, 3, 3, 3, 4, 4], [1.0, 2.0, 3.0, 4.0, 1.0, 1.0]
    found = base_rates(sample(raw, age, weight), [3, 4, 5], [0, 1, 2, 3])
    np.testing.assert_allclose(found.percent, [[100, 90, 70, 0], [100, 50, 50, 50]])
    assert found.n_at_least.tolist() == [[4, 3, 2, 0], [2, 1, 1, 1]]
    assert found.n.tolist() == [4, 2]
    assert found.effective_n == pytest.approx([10**2 / 30, 2])


def test_direction_does_not_turn_base_rates() -> None:
    one, other = (base_rates(sample([0, 1, 2], [3, 3, 3], None, down), [3, 4], [1]) for down in (False, True))
    assert one.percent == pytest.approx(other.percent)


def test_the_interval_is_wilsons_at_the_effective_number() -> None:
    """Both ends solve |p - end| = z sqrt(end (1 - end) / n), which is how Wilson defines them."""
    random = np.random.default_rng(2)
    children = sample(random.integers(0, 4, 300), np.full(300, 7.0), random.uniform(0.2, 5, 300))
    found = base_rates(children, [7, 8], [1, 2, 3], level=0.95)
    n = children.weight.sum() ** 2 / (children.weight**2).sum()
    assert n < 250
    share = found.percent / 100
    for end in (found.low / 100, found.high / 100):
        np.testing.assert_allclose(np.abs(share - end), 1.959963984540054 * np.sqrt(end * (1 - end) / n), rtol=1e-9)
    assert (found.low < found.percent).all() and (found.percent < found.high).all()


def test_a_share_of_nobody_is_not_sure() -> None:
    found = base_rates(sample(np.zeros(100), np.full(100, 5)), [5, 6], [0, 1])
    assert found.percent.tolist() == [[100, 0]]
    assert found.low[0, 1] == 0 and 2 < found.high[0, 1] < 3
    assert found.high[0, 0] == 100 and 97 < found.low[0, 0] < 98


@pytest.mark.parametrize("level", [0, 1, 90])
def test_levels_that_are_refused(level: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        base_rates(sample([1], [5]), [5, 6], [1], level)


@given(scores)
def test_without_weights_quantiles_are_those_of_numpy(x: list[int]) -> None:
    one = np.ones(len(x))
    np.testing.assert_allclose(midpoint_quantiles(x, one, SHARES), np.quantile(x, SHARES, method="hazen"), atol=1e-9)
    np.testing.assert_allclose(first_to_last_quantiles(x, one, SHARES), np.quantile(x, SHARES), atol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0.1, 9)), min_size=2, max_size=20), st.randoms())
def test_the_order_of_children_does_not_matter(rows: list[tuple[int, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for quantiles in (midpoint_quantiles, first_to_last_quantiles):
        one, other = (quantiles(*np.array(some, dtype=float).T, SHARES) for some in (rows, shuffled))
        np.testing.assert_allclose(one, other, atol=1e-9)
        assert (np.diff(one) >= -1e-12).all()


def test_a_weighted_quantile_by_hand() -> None:
    """Weights 1, 3, 4 put the children at 1/16, 5/16 and 12/16 of the weight; from first to last at 0, 4/11 and 1."""
    assert midpoint_quantiles([10, 20, 30], [1, 3, 4], [0.0, 1 / 16, 3 / 16, 5 / 16, 8.5 / 16, 1]).tolist() == [10, 10, 15, 20, 25, 30]
    np.testing.assert_allclose(first_to_last_quantiles([10, 20, 30], [1, 3, 4], [0, 2 / 11, 4 / 11, 7.5 / 11, 1]), [10, 15, 20, 25, 30])


def test_cells_of_bands() -> None:
    raw, age = np.arange(20.0), np.repeat([4, 5], 10)
    found = percentile_cells(sample(raw, age), [4, 5, 6], [5, 50, 95])
    assert found.raw.tolist() == [[0, 4.5, 9], [10, 14.5, 19]]
    assert found.n.tolist() == [10, 10] and found.effective_n.tolist() == [10, 10]
    falling = percentile_cells(sample(raw, age, None, True), [4, 5, 6], [5, 50, 95])
    np.testing.assert_allclose(falling.raw, found.raw[:, ::-1])
    with pytest.raises(UsageError, match="0 to 100"):
        percentile_cells(sample(raw, age), [4, 6], [101])
