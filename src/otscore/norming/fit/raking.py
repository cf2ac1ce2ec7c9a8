"""Weights that give a sample the margins of its population: shares of sexes, regions, school years, each by itself.

Iterative proportional fitting (raking): Deming & Stephan 1940, Annals of Mathematical Statistics 11, 427-444,
doi:10.1214/aoms/1177731829. The weights meet every margin and change the relations between the variables as little as can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Margins = Mapping[str, Mapping[Hashable, float]]
"""Variable -> level -> share of the population."""

MOST_CYCLES = 1000
SETTLED = 1e-10
"""Weights that change by no larger part in a cycle have converged."""
FEW = 5
"""Levels of fewer children are not named in errors: they may be somebody's own words."""
OFF_ONE = 0.05
"""Shares of a margin may miss the sum of 1 by so much (they were rounded), and are divided by their sum."""


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights of n children, and how they came about."""

    weight: Floats
    """(n,) weights; the smallest one is 1."""
    cycles: int
    """How often all margins were fitted."""
    converged: bool
    """Whether the last cycle changed nothing."""
    gap: float
    """Largest difference between a weighted share of the sample and that of the margin: 0 unless trimmed or not converged."""

    @property
    def smallest(self) -> float:
        """The smallest weight, 1."""
        return float(self.weight.min())

    @property
    def largest(self) -> float:
        """The largest weight: so many times the smallest."""
        return float(self.weight.max())

    @property
    def effective_n(self) -> float:
        """Children an unweighted sample of the same precision would have: (sum of weights) squared by sum of squares (Kish 1965)."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())


def rake(variables: Mapping[str, ArrayLike], margins: Margins, largest_ratio: float | None = None) -> Raking:
    """Weights of the children whose variables (n,) are given, so that each margin is met.

    largest_ratio : trim weights to so many times the smallest one, at least 1; the margins are then met as far as that allows (`Raking.gap`).

    Raises UsageError if a margin has no variable of the sample, its shares do not sum to 1 within 0.05 or are not above 0,
    or if the margin and the sample do not have the same levels.
    """
    if not margins:
        raise UsageError(Issue("margin_none", "there is no margin", "name a variable and the share of each of its levels"))
    if largest_ratio is not None and not largest_ratio >= 1.0:
        raise UsageError(Issue("ratio", "the largest ratio of weights is below 1", "5 lets no child count more than five times another one", field="largest_ratio"))
    coded = [_coded(name, variables, shares) for name, shares in margins.items()]
    if len({codes.size for codes, _ in coded}) > 1:
        raise UsageError(Issue("variables_length", "the variables have different lengths", "give every variable of every child"))
    cells, cell, counts = np.unique(np.column_stack([codes for codes, _ in coded]), axis=0, return_inverse=True, return_counts=True)
    table = [(cells[:, place], shares) for place, (_, shares) in enumerate(coded)]
    weights, cycles, converged = _fitted(table, counts.astype(np.float64), largest_ratio)
    gap = max(float(np.abs(_shares(codes, weights * counts, target.size) - target).max()) for codes, target in table)
    return Raking((weights / weights.min())[cell.ravel()], cycles, converged, gap)


def _fitted(table: list[tuple[Places, Floats]], counts: Floats, largest_ratio: float | None) -> tuple[Floats, int, bool]:
    """Weight of each cell of the crossed variables, cycles taken, and whether they settled."""
    weights = np.ones(counts.size)
    for cycle in range(1, MOST_CYCLES + 1):
        before = weights
        for codes, target in table:
            weights = weights * (target / _shares(codes, weights * counts, target.size))[codes]
        if largest_ratio is not None:
            weights = _trimmed(weights, counts, largest_ratio)
        weights = weights / np.average(weights, weights=counts)
        if np.abs(weights / before - 1.0).max() <= SETTLED:
            return weights, cycle, True
    return weights, MOST_CYCLES, False


def _trimmed(weights: Floats, counts: Floats, ratio: float) -> Floats:
    """Weights cut at both ends, so that the largest is at most ``ratio`` times the smallest, and their mean stays 1.

    The limits are low and ratio * low; low is found by halving, for the mean rises with it.
    """
    if weights.max() <= ratio * weights.min():
        return weights
    mean = np.average(weights, weights=counts)
    low, high = 0.0, mean
    for _ in range(100):
        middle = 0.5 * (low + high)
        if np.average(np.clip(weights, middle, ratio * middle), weights=counts) < mean:
            low = middle
        else:
            high = middle
    return np.clip(weights, high, ratio * high)


def _shares(codes: Places, weights: Floats, levels: int) -> Floats:
    return np.asarray(np.bincount(codes, weights, levels) / weights.sum())


def _coded(name: str, variables: Mapping[str, ArrayLike], shares: Mapping[Hashable, float]) -> tuple[Places, Floats]:
    """Place of every child's level in the margin, and the shares of the margin, that sum to 1."""
    if name not in variables:
        raise _refused("margin_unknown", name, "the sample has no such variable", f"it has: {', '.join(variables)}")
    values = np.asarray(variables[name]).ravel().tolist()
    levels = list(shares)
    target = np.array([float(shares[level]) for level in levels])
    if not (target > 0.0).all():
        wrong = [str(level) for level, share in shares.items() if not share > 0.0]
        hint = "leave children of that level out of the sample, and the level out of the margin"
        raise _refused("margin_share", name, f"the share of {', '.join(wrong)} is not above 0", hint)
    if abs(target.sum() - 1.0) > OFF_ONE:
        raise _refused("margin_sum", name, f"the shares sum to {target.sum():g}", "they must sum to 1: write 0.52, not 52")
    place = {level: number for number, level in enumerate(levels)}
    if missing := Counter(str(value) for value in values if value not in place):
        named = ", ".join(sorted(level for level, n in missing.items() if n >= FEW)) or f"levels of fewer than {FEW} children"
        raise _refused("margin_level", name, f"children have a level without a share: {named}", f"the margin has: {', '.join(map(str, levels))}")
    if empty := [str(level) for level in levels if level not in set(values)]:
        raise _refused("margin_level", name, f"no child has the level {', '.join(empty)}", "join it with another level: nobody can stand for its children")
    return np.array([place[value] for value in values], dtype=np.intp), target / target.sum()


def _refused(code: str, name: str, message: str, hint: str) -> UsageError:
    return UsageError(Issue(code, message, hint, field=name))
