"""How well two tests of one domain agree on the same child of the same day: the reliability of z across tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.domain import DomainNorm

Floats = NDArray[np.float64]
FEWEST = 30
"""Children of one cohort with both tests that a correlation needs."""


class Agreement(NamedTuple):
    """Two tests of the same children, over all cohorts and pairs of tests."""

    pairs: int
    """Children times pairs of tests."""
    correlation: float
    """Of z by one test with z by the other, about a line over age; mean by Fisher's transformation, weighted by n - 3."""
    largest_difference: float
    """Largest mean difference of z by two tests."""


def agreement(answers: Answers, tests: Mapping[str, Sequence[str]], norm: DomainNorm, part: tuple[float, float]) -> Agreement | None:
    """Agreement of the tests (items by name) within a part of the ages; None where no cohort has two of them."""
    there = answers.where((answers.age >= part[0]) & (answers.age < part[1]))
    found = [one for cohort in np.unique(there.cohort) for one in _pairs(there.of_cohorts([str(cohort)]), tests, norm)]
    if not found:
        return None
    count, correlation, difference = (np.array(column) for column in zip(*found, strict=True))
    mean = np.tanh(np.average(np.arctanh(correlation), weights=count - 3))
    return Agreement(int(count.sum()), float(mean), float(np.abs(difference).max()))


def _pairs(answers: Answers, tests: Mapping[str, Sequence[str]], norm: DomainNorm) -> list[tuple[int, float, float]]:
    z = {name: _z(answers, items, norm) for name, items in tests.items()}
    found = []
    for one, other in combinations(sorted(z), 2):
        both = np.isfinite(z[one]) & np.isfinite(z[other])
        if (n := int(both.sum())) >= FEWEST:
            first, second = (_residual(z[name][both], answers.age[both]) for name in (one, other))
            found.append((n, float(np.corrcoef(first, second)[0, 1]), float((z[one] - z[other])[both].mean())))
    return found


def _z(answers: Answers, items: Sequence[str], norm: DomainNorm) -> Floats:
    """z (n,) from the items of one test; NaN with too few answers."""
    z = np.full(answers.n, np.nan)
    counting = set(items) & set(norm.tau)
    mine = answers.with_items(counting) if counting else answers.where(np.zeros(answers.n, dtype=np.bool_))
    mine = mine.where(mine.answered >= norm.plan.min_answered)
    if mine.n:
        z[np.searchsorted(answers.visit, mine.visit)] = norm.norm.score(norm.ability(mine).eap, mine.age).z
    return z


def _residual(z: Floats, age: Floats) -> Floats:
    residual: Floats = z - np.polyval(np.polyfit(age, z, 1), age)
    return residual
