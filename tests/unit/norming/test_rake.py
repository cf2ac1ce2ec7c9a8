"""Raking weights: margins met, relations between variables kept, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from otscore.errors import UsageError
from otscore.norming.fit.raking import rake

SEX = ["f"] * 60 + ["m"] * 40
REGION = ["n"] * 40 + ["s"] * 20 + ["n"] * 10 + ["s"] * 30
MARGINS: dict[str, dict[Any, float]] = {"sex": {"f": 0.5, "m": 0.5}, "region": {"n": 0.7, "s": 0.3}}


def share(weight: np.ndarray, values: list[str], level: str) -> float:
    return float(weight[np.array(values) == level].sum() / weight.sum())


def test_margins_are_met_and_odds_ratios_kept() -> None:
    """The odds ratio of sex and region is the same before and after: raking changes nothing else."""
    raked = rake({"sex": SEX, "region": REGION}, MARGINS)
    np.testing.assert_allclose([share(raked.weight, SEX, "f"), share(raked.weight, REGION, "n")], [0.5, 0.7], rtol=0, atol=1e-9)
    cell = {(s, r): raked.weight[[(a, b) == (s, r) for a, b in zip(SEX, REGION, strict=True)]] for s in "fm" for r in "ns"}
    totals = {key: values.sum() for key, values in cell.items()}
    np.testing.assert_allclose(totals["f", "n"] * totals["m", "s"] / (totals["f", "s"] * totals["m", "n"]), 40 * 30 / (20 * 10), rtol=1e-9)
    assert all(np.ptp(values) == 0 for values in cell.values())
    assert raked.smallest == 1.0
    assert raked.largest == raked.weight.max()
    assert raked.converged
    assert raked.gap < 1e-9
    np.testing.assert_allclose(raked.effective_n, raked.weight.sum() ** 2 / (raked.weight**2).sum(), rtol=1e-15)


def test_one_margin_needs_one_cycle_and_its_check() -> None:
    raked = rake({"sex": SEX}, {"sex": {"m": 0.52, "f": 0.48}})
    np.testing.assert_allclose(raked.weight[[0, 99]], [1.0, (0.52 / 40) / (0.48 / 60)], rtol=1e-12)
    assert raked.cycles == 2


def test_rounded_shares_are_divided_by_their_sum() -> None:
    raked = rake({"region": ["a", "b", "c"] * 5}, {"region": {"a": 0.33, "b": 0.33, "c": 0.33}})
    np.testing.assert_array_equal(raked.weight, np.ones(15))


def test_trimmed_weights_keep_their_ratio_and_tell_the_gap() -> None:
    full = rake({"sex": SEX, "region": REGION}, MARGINS)
    trimmed = rake({"sex": SEX, "region": REGION}, MARGINS, largest_ratio=1.5)
    assert full.largest > 2.0
    np.testing.assert_allclose(trimmed.largest, 1.5, rtol=1e-9)
    assert trimmed.converged
    assert trimmed.effective_n > full.effective_n
    found = [share(trimmed.weight, SEX, "f"), share(trimmed.weight, REGION, "n")]
    np.testing.assert_allclose(trimmed.gap, np.abs(np.array(found) - [0.5, 0.7]).max(), rtol=1e-9)
    assert trimmed.gap > 0.001
    np.testing.assert_allclose(rake({"sex": SEX, "region": REGION}, MARGINS, largest_ratio=10).weight, full.weight, rtol=1e-9)


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ({}, "no margin"),
        ({"school": {"a": 1.0}}, "school: the sample has no such variable"),
        ({"sex": {"f": 52, "m": 48}}, "sex: the shares sum to 100"),
        ({"sex": {"f": 0.52, "m": 0.42}}, "sex: the shares sum to 0.94"),
        ({"sex": {"f": 1.0, "m": 0.0}}, "sex: the share of m is not above 0"),
        ({"sex": {"f": 1.0}}, "sex: children have a level without a share: m"),
        ({"sex": {"f": 0.5, "m": 0.4, "x": 0.1}}, "sex: no child has the level x"),
    ],
)
def test_margins_that_are_refused(margins: dict[str, dict[Any, float]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        rake({"sex": SEX, "region": REGION}, margins)


def test_rare_values_are_not_repeated() -> None:
    """A column of names, taken for one of sexes."""
    with pytest.raises(UsageError, match="levels of fewer than 5 children") as told:
        rake({"sex": ["Ada Smith", "f", "m"]}, {"sex": {"f": 0.5, "m": 0.5}})
    assert "Ada" not in str(told.value)


def test_other_calls_that_are_refused() -> None:
    with pytest.raises(UsageError, match="different lengths"):
        rake({"sex": SEX, "region": REGION[:-1]}, MARGINS)
    with pytest.raises(UsageError, match="ratio of weights is below 1"):
        rake({"sex": SEX}, {"sex": {"f": 0.5, "m": 0.5}}, largest_ratio=0.5)
