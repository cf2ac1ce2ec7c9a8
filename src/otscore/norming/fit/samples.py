"""A sample: raw scores with ages, and what each child stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Scores of n children of one scale and one norm group, without missing values."""

    raw: Floats
    """(n,) raw scores."""
    age: Floats
    """(n,) ages in one unit, or the number that stands for a group of ages."""
    weight: Floats
    """(n,) how many children of the population each one stands for; 1 each in an unweighted sample. Their mean is 1."""
    descending: bool = False
    """Whether a lower raw score is the better one."""

    def __repr__(self) -> str:
        """How many children; not from which raw score and age to which, for these are those of one child."""
        weighted = "" if self.effective_n > self.n - 1e-6 else f", weighted (as precise as {self.effective_n:.0f})"
        turned = ", a lower raw score is better" if self.descending else ""
        return f"Sample({self.n} children{weighted}{turned})"

    @property
    def n(self) -> int:
        """Number of children."""
        return self.raw.size

    @property
    def effective_n(self) -> float:
        """Children an unweighted sample of the same precision would have: (sum of weights) squared by sum of squares (Kish 1965)."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())


def sample(raw: ArrayLike, age: ArrayLike, weight: ArrayLike | None = None, descending: bool = False) -> Sample:
    """A sample of raw scores (n,) at ages (n,), each child with a weight (n,), 1 if none are given.

    Children without a raw score, an age or a weight are left out, as are those of weight 0. Raises UsageError if the arrays
    are not numbers or differ in length, a weight is negative, or nobody is left.
    """
    scores, ages = _numbers(raw, "raw scores"), _numbers(age, "ages")
    weights = np.ones(scores.size) if weight is None else _numbers(weight, "weights")
    if not scores.size == ages.size == weights.size:
        raise _refused("sample_length", f"{scores.size} raw scores, {ages.size} ages, {weights.size} weights", "give one of each for every child")
    if (weights < 0).any():
        raise _refused("sample_weight", "a weight below 0", "a weight says how many children one stands for: 0 or more")
    kept = np.isfinite(scores) & np.isfinite(ages) & np.isfinite(weights) & (weights > 0)
    if not kept.any():
        raise _refused("sample_empty", "no child has a raw score, an age and a weight", "check the names of the columns")
    weights = weights[kept]
    return Sample(scores[kept], ages[kept], weights / weights.mean(), descending)


def _numbers(values: ArrayLike, what: str) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64).ravel()
    except (ValueError, TypeError):
        hint = "give numbers, with NaN where there is none; text is not read: pandas.to_numeric, or read_csv with na_values and decimal"
        raise _refused("sample_numbers", f"the {what} are not all numbers", hint) from None


def _refused(code: str, message: str, hint: str) -> UsageError:
    return UsageError(Issue(code, message, hint))
