"""Figures of a Taylor model that do not depend on the last digits of a machine's arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from otscore.kernel.taylor import taylor_raw
from otscore.norming.build.taylor_digits import steady_coefficients
from otscore.norming.fit.rank import rank_by_window
from otscore.norming.fit.samples import sample
from otscore.norming.fit.taylor import TaylorModel, fit_taylor


def fitted(seed: int, shuffled: bool, **asked: Any) -> TaylorModel:
    """The same children in one or another order, which changes the last digits of every sum."""
    rng = np.random.default_rng(seed)
    age, z, weight = rng.uniform(5.0, 8.0, 1500).round(3), rng.standard_normal(1500), rng.uniform(0.5, 2.0, 1500)
    order = rng.permutation(1500) if shuffled else np.arange(1500)
    found = sample(np.clip(np.rint(2.0 * age + 4.0 * z), 0.0, 30.0)[order], age[order], weight[order])
    return fit_taylor(found, rank_by_window(found, 1.0), limits=(-3.0, 3.0), **asked)


@pytest.mark.parametrize(("seed", "asked"), [(1, {"terms": 23}), (0, {"score_power": 3, "age_power": 2}), (1, {"score_power": 4, "age_power": 2})])
def test_the_order_of_the_children_shows_in_no_digit(seed: int, asked: dict[str, int]) -> None:
    assert steady_coefficients(fitted(seed, False, **asked)) == steady_coefficients(fitted(seed, True, **asked))


def test_the_curves_are_those_of_the_model() -> None:
    """Raw scores from 0 to 30: all 23 terms of the table tell the same to 0.0001, at all ages and scores."""
    model = fitted(0, False, terms=23)
    table = np.zeros_like(model.coefficients)
    for i, j, text in steady_coefficients(model):
        table[i, j] = float(text)
    score, age = (side.ravel() for side in np.meshgrid(np.linspace(20, 80, 61), np.linspace(5, 8, 31)))
    np.testing.assert_allclose(taylor_raw(score, age, table), taylor_raw(score, age, model.coefficients), rtol=0, atol=1e-4)
