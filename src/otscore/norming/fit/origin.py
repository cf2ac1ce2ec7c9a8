"""Which sample a model comes from, without its children."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from otscore.norming.fit.samples import Sample


@dataclass(frozen=True)
class Origin:
    """What a model keeps of its sample."""

    n: int
    """Number of children."""
    effective_n: float
    """Children an unweighted sample of the same precision would have."""
    ages: tuple[float, float]
    """Youngest and oldest age."""
    descending: bool
    """Whether a lower raw score is the better one."""
    key: str
    """The same for the same children in any order, and for no other sample."""

    @property
    def design_effect(self) -> float:
        """How many times the children of an unweighted sample of the same precision: 1 without weights."""
        return self.n / self.effective_n


def origin(sample: Sample) -> Origin:
    """What a model keeps of this sample."""
    ages = float(sample.age.min()), float(sample.age.max())
    return Origin(sample.n, sample.effective_n, ages, sample.descending, sample_key(sample))


def sample_key(sample: Sample) -> str:
    """A digest of raw scores, ages and weights that does not depend on the order of the children."""
    weight = np.round(sample.weight, 9)  # the mean that they were divided by has another last digit in another order
    rows = np.column_stack([sample.raw, sample.age, weight]) + 0.0  # no -0.0
    rows = rows[np.lexsort(rows.T)]
    return hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest()
