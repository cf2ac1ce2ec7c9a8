"""Which row of a norm table applies: half-open age bands within each combination of strata (methods: Look-up tables)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.codes import Status

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Statuses = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Bands:
    """Rising edges of age bands: band i covers starts[i] <= age < stops[i]. ``rows[i]`` is the norm row of the band."""

    starts: Floats
    stops: Floats
    rows: Places

    def find(self, age: Floats) -> tuple[Places, Statuses]:
        """Norm row of each age, -1 outside, and the status that says why."""
        place = self.starts.searchsorted(age, side="right") - 1
        inside = (place >= 0) & (age < self.stops[place])
        if inside.all():
            return self.rows[place], np.zeros(age.shape, dtype=np.int16)
        return np.where(inside, self.rows[place], -1), age_status(age, self.starts[0], self.stops[-1], inside)


def age_status(age: Floats, youngest: float, oldest: float, inside: NDArray[np.bool_]) -> Statuses:
    """``OK`` inside; else whether the age is missing, too young, too old, or in a gap of the norms."""
    status = np.full(age.shape, Status.NOT_NORMED, dtype=np.int16)
    status[age < youngest] = Status.BELOW_AGE
    status[age >= oldest] = Status.ABOVE_AGE
    status[np.isnan(age)] = Status.AGE_MISSING
    status[inside] = Status.OK
    return status


@dataclass(frozen=True, slots=True)
class StratumKey:
    """Combines the codes of several strata to one number: names in order, and how many values each has."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]

    def combine(self, strata: Mapping[str, Floats], n: int) -> tuple[Places, Statuses]:
        """Number of the combination of each child, -1 where one of its strata is unknown."""
        key = np.zeros(n, dtype=np.intp)
        known = np.ones(n, dtype=np.bool_)
        for name, size in zip(self.names, self.sizes, strict=True):
            codes = strata.get(name)
            if codes is None:
                known[:] = False
                continue
            known &= ~np.isnan(codes)
            key = key * size + np.where(np.isnan(codes), 0, codes).astype(np.intp)
        status = np.where(known, Status.OK, Status.STRATUM_MISSING).astype(np.int16)
        return np.where(known, key, -1), status
