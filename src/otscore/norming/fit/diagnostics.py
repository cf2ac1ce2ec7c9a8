"""What speaks for and against a model of norms: the children of the sample, seen through it, band by band.

Where a model fits, the standings z of its own children are normal at every age, mean 0 and SD 1. Raw scores that many children
share have one z for all of them (the middle of their share), so that the SD comes out a little below 1 however good the model is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.norming.fit.bands import bands
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]
FEWEST_TOLD = 5
"""Children of an age band of whom figures are told: those of fewer are nearly those of one child."""
CUTS = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""z below which children are counted."""
WORM_LIMITS = (0.10, 0.10, 0.05, 0.03)
"""From here on a coefficient of a worm is a misfit: of level, slope, parabola and cubic (van Buuren & Fredriks 2001).

They are for bands of some hundred children: of a true model 5 % of bands of 500 pass one of them, 26 % of 250, 68 % of 100.
"""


@dataclass(frozen=True)
class Residuals:
    """Standings of the sample's children under a model, in g half-open age bands; NaN where a band has too few children.

    n : children with a standing. off_scale : of them, those beyond the limits of the model, counted at its limit. undefined :
    children to whom the model gives none. skew, kurtosis : 0 for a normal distribution. below : (g, c) weighted share with z
    below each of the c cuts, half of those at the cut; nominal : (c,) what the normal curve expects. The last band is all ages.
    """

    age_from: Floats
    age_to: Floats
    n: NDArray[np.int64]
    off_scale: NDArray[np.int64]
    undefined: NDArray[np.int64]
    mean: Floats
    sd: Floats
    skew: Floats
    kurtosis: Floats
    cuts: Floats
    below: Floats
    nominal: Floats


@dataclass(frozen=True)
class Worm:
    """The children of one age band (inf ends: all ages) as a worm: how far their z lie from those of a normal sample.

    expected : (n,) z of the place of each child in rising order. deviation : (n,) its z minus that. half_width : (n,) half of the
    pointwise 95 % band around 0. coefficients : (4,) of the cubic in expected, from the level on; flagged : those beyond
    :data:`WORM_LIMITS`. S. van Buuren & M. Fredriks 2001, Statistics in Medicine 20, 1259-1277, doi:10.1002/sim.746.
    """

    age_from: float
    age_to: float
    expected: Floats
    deviation: Floats
    half_width: Floats
    coefficients: Floats
    flagged: tuple[str, ...]


@dataclass(frozen=True)
class Shares:
    """Observed against expected percentiles: (g, p) weighted percent of the children of each band below each curve (half of those on it)."""

    age_from: Floats
    age_to: Floats
    n: NDArray[np.int64]
    percents: Floats
    observed: Floats


def residuals(model: NormModel, sample: Sample, edges: ArrayLike, cuts: Sequence[float] = CUTS) -> Residuals:
    """Standings of the sample's children in the age bands between the rising edges (g + 1,), and over all of them.

    Raises UsageError if the edges do not rise.
    """
    found = model.score(sample.raw, sample.age)
    points, parts = np.asarray(cuts, dtype=np.float64), [*_bands(edges), bands(edges).ends]
    rows = []
    for low, high in parts:
        mine = (sample.age >= low) & (sample.age < high)
        told = mine & np.isfinite(found.z)
        moments = _moments(found.z[told], sample.weight[told])
        below = _share_below(found.z[told], sample.weight[told], points)
        rows.append((told.sum(), (found.off_scale[told] != 0).sum(), (mine & ~told).sum(), moments, below))
    n, off, undefined = np.array([row[:3] for row in rows], dtype=np.int64).T
    mean, sd, skew, kurtosis = np.array([row[3] for row in rows]).T
    ends, below_each = np.array(parts), np.array([row[4] for row in rows])
    return Residuals(ends[:, 0], ends[:, 1], n, off, undefined, mean, sd, skew, kurtosis, points, below_each, special.ndtr(points))


def worms(model: NormModel, sample: Sample, edges: ArrayLike) -> list[Worm]:
    """The worm of every age band with 10 children or more. Raises UsageError if the edges do not rise."""
    z = model.score(sample.raw, sample.age).z
    found = []
    for low, high in _bands(edges):
        mine = (sample.age >= low) & (sample.age < high) & np.isfinite(z)
        if mine.sum() >= 10:
            found.append(_worm(low, high, z[mine], sample.weight[mine]))
    return found


def shares(model: NormModel, sample: Sample, edges: ArrayLike, percents: ArrayLike = (5, 10, 25, 50, 75, 90, 95)) -> Shares:
    """How many children of each band lie below the percentile curves of the model. Raises UsageError if the edges do not rise."""
    asked, parts = np.asarray(percents, dtype=np.float64).ravel(), np.array([*_bands(edges), bands(edges).ends])
    below = np.empty((sample.n, asked.size))
    for place, z in enumerate(special.ndtri(asked / 100.0)):
        curve = model.value(np.full(sample.n, z), sample.age)
        below[:, place] = np.where(np.isnan(curve), np.nan, (sample.raw < curve) + 0.5 * (sample.raw == curve))
    n, observed = np.zeros(len(parts), dtype=np.int64), np.full((len(parts), asked.size), np.nan)
    for place, (low, high) in enumerate(parts):
        mine = (sample.age >= low) & (sample.age < high)
        n[place] = mine.sum()
        if mine.any():
            observed[place] = 100.0 * sample.weight[mine] @ below[mine] / sample.weight[mine].sum()
    return Shares(parts[:, 0], parts[:, 1], n, asked, observed)


def _bands(edges: ArrayLike) -> list[tuple[float, float]]:
    return list(pairwise(bands(edges).edges.tolist()))


def _moments(z: Floats, weight: Floats) -> tuple[float, float, float, float]:
    """Weighted mean, SD (divisor n - 1 for equal weights), skew and excess kurtosis; NaN for fewer than 3 children or equal ones."""
    if z.size < 3:
        return (float(np.average(z, weights=weight)) if z.size else np.nan, np.nan, np.nan, np.nan)
    share = weight / weight.sum()
    mean = float(share @ z)
    second, third, fourth = (float(share @ (z - mean) ** power) for power in (2, 3, 4))
    sd = float(np.sqrt(second / (1.0 - share @ share)))
    if second <= 1e-24:
        return mean, sd, np.nan, np.nan
    return mean, sd, third / second**1.5, fourth / second**2 - 3.0


def _share_below(z: Floats, weight: Floats, cuts: Floats) -> Floats:
    if not z.size:
        return np.full(cuts.size, np.nan)
    counted = (z[:, None] < cuts) + 0.5 * (z[:, None] == cuts)
    return np.asarray(weight @ counted / weight.sum())


def _worm(low: float, high: float, z: Floats, weight: Floats) -> Worm:
    order = np.lexsort((weight, z))
    z, share = z[order], weight[order] / weight.sum()
    place = np.cumsum(share) - 0.5 * share
    expected = special.ndtri(place)
    n = 1.0 / float(share @ share)
    density = np.exp(-0.5 * expected**2) / np.sqrt(2.0 * np.pi)
    half = 1.959963984540054 * np.sqrt(place * (1.0 - place) / n) / density
    powers = np.vander(expected, 4, increasing=True)
    root = np.sqrt(share)
    coefficients = np.linalg.lstsq(powers * root[:, None], (z - expected) * root, rcond=None)[0]
    names = ("level", "slope", "parabola", "cubic")
    flagged = tuple(name for name, found, limit in zip(names, coefficients, WORM_LIMITS, strict=True) if abs(found) > limit)
    return Worm(low, high, expected, z - expected, half, coefficients, flagged)
