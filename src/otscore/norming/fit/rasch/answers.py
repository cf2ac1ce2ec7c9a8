"""Answers to single items, as they are needed to fit a Rasch model: who gave them, how old, in which cohort."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.irt import Given

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Answers:
    """Pass or fail of n visits at k items. Rows are visits in rising order of their number, columns items in order of their code."""

    passes: Floats
    """(n, k) 1 passed, 0 failed, NaN not given."""
    items: tuple[str, ...]
    """(k,) item codes."""
    visit: NDArray[np.int64]
    """(n,) number of the visit."""
    age: Floats
    """(n,) age in years."""
    cohort: NDArray[np.str_]
    """(n,) name of the cohort."""

    @property
    def n(self) -> int:
        """Number of visits."""
        return self.age.size

    @property
    def given(self) -> Given:
        """The answers there are, visit by visit."""
        return Given.of(self.passes)

    @property
    def answered(self) -> NDArray[np.int64]:
        """(n,) how many items each visit answers."""
        count: NDArray[np.int64] = (~np.isnan(self.passes)).sum(axis=1)
        return count

    def where(self, kept: Truths) -> Answers:
        """The visits for which kept (n,) holds; items that nobody answered any more stay."""
        return Answers(self.passes[kept], self.items, self.visit[kept], self.age[kept], self.cohort[kept])

    def of_cohorts(self, cohorts: Collection[str]) -> Answers:
        """The visits of some cohorts."""
        return self.where(np.isin(self.cohort, list(cohorts)))

    def with_items(self, items: Collection[str]) -> Answers:
        """The answers to some items, of the visits that answered at least one of them."""
        kept = np.array([item in items for item in self.items], dtype=np.bool_)
        passes = self.passes[:, kept]
        rows = ~np.isnan(passes).all(axis=1)
        names = tuple(item for item in self.items if item in items)
        return Answers(passes[rows], names, self.visit[rows], self.age[rows], self.cohort[rows])


def from_long(
    visits: Sequence[int], items: Sequence[str], scores: Sequence[float], age: Mapping[int, float], cohort: Mapping[int, str],
) -> Answers:  # fmt: skip
    """Answers from rows of visit, item and score 0 or 1; age in years and cohort by visit.

    Visits without an age are left out. Raises UsageError for another score, and for two answers of a visit to an item.
    """
    values = np.asarray(scores, dtype=np.float64)
    if not np.isin(values, (0.0, 1.0)).all():
        raise UsageError(Issue("answer_score", "an answer that is neither 0 nor 1", "a Rasch model takes 1 for passed and 0 for failed"))
    numbers, rows = np.unique(np.asarray(visits, dtype=np.int64), return_inverse=True)
    names, columns = np.unique(np.asarray(items, dtype=np.str_), return_inverse=True)
    if np.unique(rows * names.size + columns).size < values.size:
        raise UsageError(Issue("answer_twice", "two answers of one visit to one item", "keep one of them before the fit"))
    passes = np.full((numbers.size, names.size), np.nan)
    passes[rows, columns] = values
    ages = np.array([age.get(int(number), np.nan) for number in numbers])
    cohorts = np.array([cohort[int(number)] for number in numbers], dtype=np.str_)
    return Answers(passes, tuple(str(name) for name in names), numbers, ages, cohorts).where(np.isfinite(ages))
