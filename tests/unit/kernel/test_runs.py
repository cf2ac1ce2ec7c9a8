"""Basal and ceiling of many children at once against the slow twin, with short scales so that every corner is met."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from slow_twin.runs import run_score

from otscore.kernel.runs import RunRule, basal_place, ceiling_place, run_credited

RULES = [
    (basal, ceiling, within, basals, ceilings)
    for (basal, ceiling, within), basals, ceilings in itertools.product(
        [(1, 1, None), (2, 2, None), (3, 2, None), (2, 2, 3), (2, 3, 5), (1, 2, 8)], ["highest", "lowest"], ["lowest", "highest"]
    )
]
MOST = np.array([2.0, 1.0, 2.0, 2.0, 1.0, 2.0, 2.0])


def children() -> np.ndarray:
    """Answers given all along, from and to an item, and here and there."""
    random = np.random.default_rng(11)
    points = np.minimum(random.integers(0, 3, (3000, MOST.size)), MOST)
    points[:1500] = np.where(random.random((1500, MOST.size)) < 0.5, 0.0, MOST)
    first, last = random.integers(0, 4, (3000, 1)), random.integers(3, 9, (3000, 1))
    place = np.arange(MOST.size)
    points[(place < first) | (place > last)] = np.nan
    points[random.random(points.shape) < np.linspace(0, 0.3, 3000)[:, None]] = np.nan
    return points


@pytest.mark.parametrize(("basal", "ceiling", "within", "basals", "ceilings"), RULES)
def test_places_and_points_are_those_of_the_twin(basal: int, ceiling: int, within: int | None, basals: str, ceilings: str) -> None:
    points = children()
    rule = RunRule(basal, ceiling, within or ceiling, basals == "highest", ceilings == "lowest")
    end = ceiling_place(points == 0, rule)
    start = basal_place(points == MOST, rule, end)
    credited, no_basal, no_ceiling = run_credited(points, MOST, rule)
    met = set()
    for row, answers in enumerate(points.tolist()):
        given = [None if np.isnan(value) else value for value in answers]
        said = run_score(given, MOST.tolist(), basal, ceiling, within, basals, ceilings)
        met.add((said.status, said.basal is None, said.ceiling is None))
        raw = credited[row].sum()
        assert (None if np.isnan(raw) else raw) == said.raw, given
        if said.status != "no_items":
            assert (start[row], end[row]) == tuple(-1 if place is None else place for place in (said.basal, said.ceiling)), given
            assert (no_basal[row], no_ceiling[row]) == (said.basal is None, said.ceiling is None)
    assert {status for status, *_ in met} == {"ok", "no_items", "too_few_items", "discontinued"}
    assert {no_basal for _, no_basal, _ in met} == {no_ceiling for *_, no_ceiling in met} == {True, False}


def test_the_answers_are_left_as_they_are() -> None:
    points = children()
    before = points.copy()
    run_credited(points, MOST, RunRule(2, 2, 2))
    np.testing.assert_array_equal(points, before)
