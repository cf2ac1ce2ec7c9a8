"""The children of a sample band of age by band of age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.samples import Sample, sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bands:
    """Half-open bands of age that touch: from each edge (g + 1,) to below the next one."""

    edges: Floats

    def __len__(self) -> int:
        return self.edges.size - 1

    @property
    def ends(self) -> tuple[float, float]:
        """Where the first band begins and the last one ends."""
        return float(self.edges[0]), float(self.edges[-1])

    def place(self, age: ArrayLike) -> NDArray[np.intp]:
        """Band (n,) of each age (n,), counted from 0; -1 outside all bands, and for an age that is not known."""
        ages = np.asarray(age, dtype=np.float64)
        place = np.searchsorted(self.edges, ages, side="right") - 1
        return np.where((place < len(self)) & np.isfinite(ages), place, -1)


def bands(edges: ArrayLike) -> Bands:
    """Bands of age between edges (g + 1,), in the unit of the ages. Raises UsageError unless there are two edges or more and they rise."""
    rising = np.asarray(edges, dtype=np.float64).ravel()
    if rising.size < 2 or not np.isfinite(rising).all() or (np.diff(rising) <= 0.0).any():
        raise UsageError(Issue("band_edges", "edges of the bands of age", "two or more numbers that rise: 3, 4, 6 is 3 to below 4 and 4 to below 6"))
    return Bands(rising)


def by_band(whole: Sample, of: Bands) -> list[Sample]:
    """One sample for each band; who is in none is left out. Raises UsageError if nobody is in a band."""
    place = of.place(whole.age)
    empty = [band for band in range(len(of)) if not (place == band).any()]
    if empty:
        names = ", ".join(f"{of.edges[band]:g} to {of.edges[band + 1]:g}" for band in empty)
        raise UsageError(Issue("band_empty", f"nobody is in the band of age {names}", "join it with a neighbour, or leave it out"))
    return [_part(whole, place == band) for band in range(len(of))]


def _part(whole: Sample, inside: NDArray[np.bool_]) -> Sample:
    return sample(whole.raw[inside], whole.age[inside], whole.weight[inside], whole.descending)
