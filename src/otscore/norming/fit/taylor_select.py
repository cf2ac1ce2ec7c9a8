"""Which powers of score and age a Taylor model has: the best subsets of each size, whether their curves rise, and the choice.

The rule of A. Lenhard, Lenhard, Suggate & Segerer 2018, doi:10.1177/1073191116656437, as the R package cNORM carries it out:
of each size the best subset whose curves rise is kept, and the largest size that has one is chosen. Whether they rise is
looked up there at 50 scores of the youngest and the oldest age (`Subset.consistent`). Beside it stands what the whole curve
does at 101 ages, between its turning points (`Subset.fall`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.taylor import by_age, polynomial, turning_points
from otscore.norming.fit.subsets import best_subsets, triangle

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Check = Literal["sparse", "dense"]
Power = tuple[int, int]
"""Powers of score and of age."""

GRID_SCORES, GRID_TOLERANCE = 50, 1e-8
DENSE_AGES = 101
GOOD_R2 = 0.99
"""Adjusted R2 above which the smallest size is taken where consistency does not choose."""


class Range(NamedTuple):
    """Where curves are looked at."""

    scores: tuple[float, float]
    """Lowest and highest normal score of the sample: what the sparse check covers."""
    limits: tuple[float, float]
    """Lowest and highest score that the model tells: what the dense check covers."""
    sample_ages: tuple[float, float]
    ages: tuple[float, float]
    """Youngest and oldest age of the norms."""
    rises: bool
    """Whether a higher score stands for a higher raw score."""


@dataclass(frozen=True, eq=False)
class Subset:
    """The best consistent subset of one size; the best one, where none is consistent."""

    powers: tuple[Power, ...]
    """(power of score, power of age) of each term, beside the constant."""
    coefficients: Floats
    """(k + 1, t + 1) of score to the power of the row, age to the power of the column."""
    rss: float
    """Weighted sum of squared residuals of the raw scores."""
    r2: float
    """Share of the variance of raw scores explained."""
    adjusted_r2: float
    """The same, adjusted for the number of terms."""
    consistent: bool
    """Whether the raw scores expected rise, or fall, from score to score at the youngest and at the oldest age: the sparse check."""
    fall: float
    """Raw points by which a curve turns back at worst, within the limits, at any of 101 ages: the dense check. 0 if none does."""

    @property
    def n_terms(self) -> int:
        """Terms beside the constant."""
        return len(self.powers)

    @property
    def names(self) -> tuple[str, ...]:
        """Terms as text: ``L2A1`` is the square of the score times age."""
        return tuple((f"L{i}" if i else "") + (f"A{j}" if j else "") for i, j in self.powers)


def term_powers(score_power: int, age_power: int) -> list[Power]:
    """Powers of all terms up to those given, in the order of their columns; the constant left out."""
    alone = [(i, 0) for i in range(1, score_power + 1)] + [(0, j) for j in range(1, age_power + 1)]
    return alone + [(i, j) for j in range(1, age_power + 1) for i in range(1, score_power + 1)]


def design(score: Floats, age: Floats, powers: list[Power]) -> Floats:
    """Terms (n, p) of scores (n,) at ages (n,)."""
    return np.column_stack([score**i * age**j for i, j in powers])


def kept_subsets(score: Floats, age: Floats, raw: Floats, weight: Floats, powers: list[Power], where: Range, check: Check, tolerance: float) -> tuple[Subset, ...]:
    """One subset of each size, by the check named; see `Subset`. tolerance : raw points of fall that the dense check lets pass."""
    terms = design(score, age, powers)
    total = float(weight @ (raw - np.average(raw, weights=weight)) ** 2)
    regression = _regression(terms, raw, weight)
    searched = best_subsets(terms, raw, weight)
    tables, rss, members, consistent = [], [], [], []
    for found in searched:
        some = regression.tables(found.terms, powers)
        rises = rises_at_ends(some, where)
        good = rises if check == "sparse" else rises & (falls_within(some, where)[1].max(axis=1) <= tolerance)
        first = int(good.argmax())
        tables.append(some[first])
        rss.append(float(found.rss[first]))
        members.append(tuple(power for power, chosen in zip(powers, found.terms[first], strict=True) if chosen))
        consistent.append(bool(rises[first]))
    falls = falls_within(np.array(tables), where)[1].max(axis=1)
    return tuple(_subset(*one, total, raw.size) for one in zip(members, tables, rss, consistent, falls.tolist(), strict=True))


def _subset(powers: tuple[Power, ...], table: Floats, rss: float, consistent: bool, fall: float, total: float, n: int) -> Subset:
    unexplained = rss / total
    return Subset(powers, table, rss, 1.0 - unexplained, 1.0 - unexplained * (n - 1) / (n - len(powers) - 1), consistent, fall)


class _Regression(NamedTuple):
    """A weighted regression of raw scores on all terms, as a triangle that every subset is solved from."""

    upper: Floats
    """(p + 1, p + 1): terms, centred and of length 1, and the raw scores."""
    middle: Floats
    length: Floats
    aim: float
    """Mean raw score; middle and length are mean and length of each term."""

    def tables(self, members: Bools, powers: list[Power]) -> Floats:
        """Coefficients (m, k + 1, t + 1) of subsets (m, p) of one size."""
        columns, places = np.nonzero(members)[1].reshape(len(members), -1), np.array(powers)
        orthogonal, factor = np.linalg.qr(self.upper[:, columns].transpose(1, 0, 2))
        slopes = np.linalg.solve(factor, orthogonal.transpose(0, 2, 1) @ self.upper[:, -1:])[:, :, 0] / self.length[columns]
        tables = np.zeros((len(members), *(places.max(axis=0) + 1)))
        tables[np.arange(len(members))[:, None], places[columns, 0], places[columns, 1]] = slopes
        tables[:, 0, 0] = self.aim - (self.middle[columns] * slopes).sum(axis=1)
        return tables


def _regression(terms: Floats, raw: Floats, weight: Floats) -> _Regression:
    middle, aim, root = np.average(terms, axis=0, weights=weight), float(np.average(raw, weights=weight)), np.sqrt(weight)
    centred = (terms - middle) * root[:, None]
    length = np.linalg.norm(centred, axis=0)
    return _Regression(triangle(np.column_stack([centred / length, (raw - aim) * root])), middle, length, aim)


def rises_at_ends(tables: Floats, where: Range) -> Bools:
    """(m,) whether 50 scores of the sample's range give raw scores in order, at its youngest and its oldest age: the sparse check."""
    scores = np.linspace(*where.scores, GRID_SCORES)
    ends = np.unique(where.sample_ages)
    steps = [np.diff(_grid(tables, age, scores), axis=1) for age in ends]
    rises = np.all([(step >= -GRID_TOLERANCE).all(axis=1) for step in steps], axis=0)
    falls = np.all([(step <= GRID_TOLERANCE).all(axis=1) for step in steps], axis=0)
    found: Bools = rises | falls
    return found


def _grid(tables: Floats, age: float, scores: Floats) -> Floats:
    """Raw scores (m, scores) expected at an age."""
    k, t = tables.shape[1] - 1, tables.shape[2] - 1
    curves = tables @ age ** np.arange(t + 1.0)
    return np.asarray(curves @ scores ** np.arange(k + 1.0)[:, None])


def falls_within(tables: Floats, where: Range) -> tuple[Floats, Floats]:
    """Ages (a,), and raw points (m, a) by which each curve turns back between the limits: the dense check, exact at each age."""
    ages = np.linspace(*where.ages, DENSE_AGES) if where.ages[1] > where.ages[0] else np.array(where.ages[:1])
    curves = np.concatenate([by_age(ages, table) for table in tables])
    points = turning_points(curves, *where.limits)
    values = np.column_stack([polynomial(points[:, place], curves) for place in range(points.shape[1])])
    values = values if where.rises else -values
    falls = (np.maximum.accumulate(values, axis=1) - values).max(axis=1)
    return ages, falls.reshape(len(tables), ages.size)


def chosen_subset(kept: tuple[Subset, ...], terms: int | None, r2: float | None, check: Check, tolerance: float) -> Subset:
    """The subset of that many terms, or the smallest with an adjusted R2 above that, or the largest consistent one.

    Where the sparse check passes none, the smallest with an adjusted R2 above .99. Raises UsageError where there is none.
    """
    if terms is not None:
        if not 1 <= terms <= len(kept):
            raise UsageError(Issue("terms", f"there is no model of {terms} terms", f"give a number from 1 to {len(kept)}", field="terms"))
        return kept[terms - 1]
    if r2 is None:
        good = [one for one in kept if one.consistent and (check == "sparse" or one.fall <= tolerance)]
        if good:
            return good[-1]
        if check == "dense":
            hint = "choose lower powers, or narrower limits; `terms` takes a subset all the same"
            raise UsageError(Issue("none_consistent", "no subset has curves that rise at all ages", hint, field="consistent"))
    enough = [one for one in kept if one.adjusted_r2 > (GOOD_R2 if r2 is None else r2)]
    if not enough:
        hint = f"the highest adjusted R2 is {max(one.adjusted_r2 for one in kept):.4f}; `terms` takes a subset all the same"
        raise UsageError(Issue("none_good", "no subset explains that much of the raw scores", hint, field="r2"))
    return enough[0]
