"""Norms in cohorts they were not fitted to: mean and SD of z by cohort and age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.domain import DomainNorm

MEAN_WITHIN, SD_WITHIN = 0.15, 0.1
"""How far mean z may be from 0, and its SD from 1, in a cohort that the norms are said to hold for."""


class Cell(NamedTuple):
    """One cohort at one part of the ages."""

    cohort: str
    age_from: float
    age_to: float
    visits: int
    mean_items: float
    mean_z: float
    se_z: float
    """Standard error of mean z, visits taken as independent."""
    sd_z: float

    @property
    def within(self) -> bool:
        """Whether mean and SD are as in the norms."""
        return abs(self.mean_z) <= MEAN_WITHIN and abs(self.sd_z - 1) <= SD_WITHIN


def thirds(ages: tuple[float, float]) -> list[tuple[float, float]]:
    """The ages in three equal parts."""
    edge = [ages[0] + (ages[1] - ages[0]) * third / 3 for third in range(4)]
    return list(zip(edge[:-1], edge[1:], strict=True))


def held_out(answers: Answers, norm: DomainNorm, parts: Sequence[tuple[float, float]], fewest: int) -> list[Cell]:
    """A cell for every cohort and part of the ages with at least ``fewest`` visits that answer enough items."""
    mine = answers.with_items(set(norm.tau))
    mine = mine.where(mine.answered >= norm.plan.min_answered)
    z, answered = norm.norm.score(norm.ability(mine).eap, mine.age).z, mine.answered
    cells = []
    for cohort in np.unique(mine.cohort):
        for low, high in parts:
            there = (mine.cohort == cohort) & (mine.age >= low) & (mine.age < high)
            if (n := int(there.sum())) >= fewest:
                sd = float(z[there].std(ddof=1))
                cells.append(Cell(str(cohort), low, high, n, float(answered[there].mean()), float(z[there].mean()), sd / float(np.sqrt(n)), sd))
    return cells
