"""What all models of a number of items passed share: z by the mid-percentile, the raw score at a z, and what a sample must be."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.beta_binomial import beta_binomial_z
from otscore.norming.fit.fitted import Fitted
from otscore.norming.fit.maximum import Maximum, blamed
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]

_TOGETHER = 8192
_FAR = 7.0  # log of a shape of about 1000, which is a binomial to the eye
_NARROW = "at some age the scores spread no wider than if all children were alike (a binomial); take lower degrees or another model"


class ItemsPassed(Fitted, ABC):
    """A beta-binomial model of a number of items passed, whatever its shapes depend on."""

    n_items: int

    @abstractmethod
    def shapes(self, age: Floats) -> tuple[Floats, Floats]:
        """Alpha and beta (n,) at ages (n,)."""

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of numbers of items passed (n,) at ages (n,); NaN for what is no whole number from 0 to ``n_items``."""
        raw, age = np.asarray(raw, dtype=np.float64), np.asarray(age, dtype=np.float64)
        return self._told(self._z(raw, age), age)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Numbers of items passed (n,) at z (n,) and ages (n,), on a straight line between whole numbers; NaN outside limits and ages.

        0 or ``n_items`` where z lies beyond the mid-percentile of none or all.
        """
        rising, age = np.broadcast_arrays(self._rising(z, age), np.asarray(age, dtype=np.float64))
        ages, place = np.unique(age, return_inverse=True)
        if ages.size * (self.n_items + 1.0) < age.size * np.log2(self.n_items + 3.0):
            low, below, over = self._in_table(rising, ages, place.reshape(age.shape))
        else:
            low, below, over = self._searched(rising, age)
        with np.errstate(all="ignore"):
            share = np.clip((rising - below) / (over - below), 0.0, 1.0)
        return np.where(np.isnan(rising), np.nan, low + share)

    def _searched(self, rising: Floats, age: Floats) -> tuple[Floats, Floats, Floats]:
        """The whole number below z by halving, and the z of it and of the next: for many ages."""
        low, high = np.zeros(age.shape), np.full(age.shape, float(self.n_items))
        while (high - low > 1.0).any():
            middle = np.floor(0.5 * (low + high))
            above = self._z(middle, age) > rising
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return low, self._z(low, age), self._z(high, age)

    def _in_table(self, rising: Floats, ages: Floats, place: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """The same from the z of every number at each age: for many children of few ages."""
        numbers, each = np.meshgrid(np.arange(self.n_items + 1.0), ages)
        table = self._z(numbers.ravel(), each.ravel()).reshape(numbers.shape)
        low = np.zeros(rising.shape, dtype=np.intp)
        for at in range(ages.size):
            mine = place == at
            low[mine] = np.searchsorted(table[at], rising[mine], side="right") - 1
        low = np.clip(low, 0, self.n_items - 1)
        return low.astype(np.float64), table[place, low], table[place, low + 1]

    def _z(self, passed: Floats, age: Floats) -> Floats:
        """z that rises with the number passed, each pair of number and age worked out once."""
        pairs, place = np.unique(passed + 1j * age, return_inverse=True)
        z = np.empty(pairs.shape)
        for start in range(0, pairs.size, _TOGETHER):  # they rise, so that those of a chunk need as many steps
            part = pairs[start : start + _TOGETHER]
            alpha, beta = self.shapes(part.imag.copy())
            z[start : start + _TOGETHER] = beta_binomial_z(part.real.copy(), np.full(part.size, float(self.n_items)), alpha, beta)
        return z[place.ravel()]


def check_items(sample: Sample, n_items: int) -> None:
    """Raises UsageError unless every raw score is a whole number from 0 to ``n_items``."""
    if n_items != int(n_items):
        raise UsageError(Issue("n_items", f"{n_items:g} items", "a whole number: how many items the test has", field="n_items"))
    if n_items < 2:
        raise UsageError(Issue("n_items", f"{n_items} items", "two at least: with one there is nothing that spreads", field="n_items"))
    if not ((sample.raw >= 0.0) & (sample.raw <= n_items) & (sample.raw == np.floor(sample.raw))).all():
        raise UsageError(Issue(
            "raw_not_items", f"a raw score is no whole number from 0 to {n_items}",
            "give the number of items of the test, not the best score met; for other scores take another model", field="n_items",
        ))  # fmt: skip


def with_reason(top: Maximum, highest_log_shape: float) -> Maximum:
    """Tells why shapes have run away, where they have."""
    return top if top.convergence.converged or highest_log_shape < _FAR else blamed(top, _NARROW)


def start_of_shapes(sample: Sample, n_items: int, share: Floats) -> tuple[Floats, float]:
    """A first guess: expected shares (n,) kept off 0 and 1, and the precision phi that fits the spread around them."""
    share = np.clip(share, 0.02, 0.98)
    spread = float(np.average((sample.raw / n_items - share) ** 2 / (share * (1.0 - share)), weights=sample.weight))
    wider = max((spread * n_items - 1.0) / (n_items - 1.0), 1e-3)  # 1 / (phi + 1)
    return share, max(1.0 / wider - 1.0, 0.1)


