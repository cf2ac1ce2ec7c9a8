"""Conventional norming: each band of age by itself, nothing smoothed over age.

`fit_mean_sd` takes z from the weighted mean and SD of the band (what a pack calls ``mean_sd``), `fit_band_ranks` from the ranks
of the raw scores in it, normalised. Both jump where a band ends: continuous norms do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.errors import Issue, UsageError
from otscore.norming.fit.bands import Bands, bands, by_band
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.rank import mid_rank
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.standing import LIMITS, checked_limits, standing, within

Floats = NDArray[np.float64]


def weighted_mean_sd(x: Floats, weight: Floats) -> tuple[float, float]:
    """Weighted mean, and SD with the divisor W - sum of squared weights / W, which is n - 1 for weights of 1."""
    total = weight.sum()
    mean = float(weight @ x / total)
    divisor = total - (weight**2).sum() / total
    return mean, float(np.sqrt(weight @ (x - mean) ** 2 / divisor)) if divisor > 0.0 else float("nan")


@dataclass(frozen=True, eq=False)
class MeanSdModel:
    """Mean and SD of each band of age."""

    bands: Bands
    mean: Floats
    """(g,)"""
    sd: Floats
    """(g,)"""
    n_in_band: NDArray[np.intp]
    """(g,) children."""
    limits: tuple[float, float]
    descending: bool

    @property
    def method(self) -> str:
        """What a pack calls it."""
        return "mean_sd"

    @property
    def n(self) -> int:
        """Children in the bands."""
        return int(self.n_in_band.sum())

    @property
    def n_parameters(self) -> float:
        """A mean and an SD for each band."""
        return 2.0 * len(self.bands)

    @property
    def ages(self) -> tuple[float, float]:
        """Where the first band begins and the last one ends, which is itself outside."""
        return self.bands.ends

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) in the bands of ages (n,)."""
        mean, sd = self._at(age)
        return standing((np.asarray(raw, dtype=np.float64) - mean) / sd * self._side, *self.limits)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) in the bands of ages (n,)."""
        mean, sd = self._at(age)
        z = np.asarray(z, dtype=np.float64)
        return np.where(within(self.limits, z), mean + sd * z * self._side, np.nan)

    @property
    def _side(self) -> float:
        return -1.0 if self.descending else 1.0

    def _at(self, age: Floats) -> tuple[Floats, Floats]:
        place = self.bands.place(age)
        return tuple(np.where(place >= 0, column[place], np.nan) for column in (self.mean, self.sd))  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class BandRankModel:
    """Normalised ranks of each band of age: z of the share of weight below a raw score and half of that at it.

    Between two raw scores that were seen z is read on a straight line. Beyond the lowest and the highest one of a band nothing
    is known but that: z is that of the last one seen, and marked.
    """

    bands: Bands
    raw: tuple[Floats, ...]
    """Raw scores seen in each band, rising."""
    z: tuple[Floats, ...]
    """Their z, rising with the raw score."""
    n_in_band: NDArray[np.intp]
    descending: bool

    @property
    def method(self) -> str:
        """Name of the model; a pack takes it as a ``lookup``."""
        return "band_ranks"

    @property
    def n(self) -> int:
        """Children in the bands."""
        return int(self.n_in_band.sum())

    @property
    def n_parameters(self) -> float:
        """A z for each raw score seen in each band."""
        return float(sum(one.size for one in self.raw))

    @property
    def ages(self) -> tuple[float, float]:
        """Where the first band begins and the last one ends, which is itself outside."""
        return self.bands.ends

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest z of any band; a band may end before."""
        low, high = min(one[0] for one in self.z), max(one[-1] for one in self.z)
        return (float(-high), float(-low)) if self.descending else (float(low), float(high))

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) in the bands of ages (n,)."""
        raw, place = np.asarray(raw, dtype=np.float64), self.bands.place(age)
        z, off_scale = np.full(raw.shape, np.nan), np.zeros(raw.shape, dtype=np.int8)
        for band, (seen, told) in enumerate(zip(self.raw, self.z, strict=True)):
            mine = place == band
            z[mine] = np.interp(raw[mine], seen, told)
            off_scale[mine] = (raw[mine] >= seen[-1]).astype(np.int8) - (raw[mine] <= seen[0]).astype(np.int8)
        return NormScore(-z, -off_scale) if self.descending else NormScore(z, off_scale)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) in the bands of ages (n,); NaN outside what the band knows."""
        rising = np.asarray(z, dtype=np.float64) * (-1.0 if self.descending else 1.0)
        place, raw = self.bands.place(age), np.full(rising.shape, np.nan)
        for band, (seen, told) in enumerate(zip(self.raw, self.z, strict=True)):
            mine = place == band
            raw[mine] = np.interp(rising[mine], told, seen, left=np.nan, right=np.nan)
        return raw


def fit_mean_sd(sample: Sample, edges: ArrayLike, limits: tuple[float, float] = LIMITS) -> MeanSdModel:
    """Weighted mean and SD of each band of age between edges (g + 1,).

    Raises UsageError for edges that do not rise, a band without children, and one whose raw scores do not differ.
    """
    of = bands(edges)
    parts = by_band(sample, of)
    found = np.array([weighted_mean_sd(part.raw, part.weight) for part in parts])
    if not (found[:, 1] > 0.0).all():
        raise UsageError(Issue("band_constant", "a band of age in which no two raw scores differ", "join it with a neighbour"))
    return MeanSdModel(of, found[:, 0], found[:, 1], _sizes(parts), checked_limits(limits), sample.descending)


def fit_band_ranks(sample: Sample, edges: ArrayLike) -> BandRankModel:
    """Normalised ranks of each band of age between edges (g + 1,). Raises UsageError for edges that do not rise and an empty band."""
    of = bands(edges)
    parts = by_band(sample, of)
    raw, z = [], []
    for part in parts:
        seen, first = np.unique(part.raw, return_index=True)
        share = (mid_rank(part.raw, part.weight)[first] - 0.5) / part.n
        raw.append(seen)
        z.append(special.ndtri(share))
    return BandRankModel(of, tuple(raw), tuple(z), _sizes(parts), sample.descending)


def _sizes(parts: list[Sample]) -> NDArray[np.intp]:
    return np.array([part.n for part in parts], dtype=np.intp)
