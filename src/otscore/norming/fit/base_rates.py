"""How common a raw score is, and which raw scores stand at given percentiles: weighted figures of each band of age.

Neither becomes a z. The intervals take the weights into account by the effective number of children (Kish 1965, Survey
sampling), but not that children of one place are alike: in a survey of clusters they are too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.proportion import wilson_interval
from otscore.norming.fit.bands import Bands, bands, by_band
from otscore.norming.fit.quantiles import midpoint_quantiles
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]
Counts = NDArray[np.intp]
Quantiles = Callable[[Floats, Floats, Floats], Floats]
"""Scores at shares, from scores, weights and shares."""


@dataclass(frozen=True, eq=False)
class BaseRates:
    """Of g bands of age and r raw scores: percent of children with at least the raw score."""

    bands: Bands
    raw: Floats
    """(r,)"""
    percent: Floats
    """(g, r), weighted."""
    low: Floats
    """(g, r) lower end of the interval, in percent."""
    high: Floats
    """(g, r) upper end."""
    level: float
    """Confidence of the interval."""
    n: Counts
    """(g,) children."""
    n_at_least: Counts
    """(g, r) children with at least the raw score, not weighted."""
    effective_n: Floats
    """(g,) children of an unweighted sample of the same precision."""


@dataclass(frozen=True, eq=False)
class PercentileCells:
    """Of g bands of age: raw scores at percentiles."""

    bands: Bands
    percents: Floats
    """(p,)"""
    raw: Floats
    """(g, p); of a descending sample P5 is a high raw score."""
    n: Counts
    """(g,) children."""
    effective_n: Floats
    """(g,) children of an unweighted sample of the same precision."""


def base_rates(sample: Sample, edges: ArrayLike, raw: ArrayLike, level: float = 0.9) -> BaseRates:
    """Weighted percent of children with at least each raw score (r,), in each band of age between edges (g + 1,).

    The interval is that of Wilson 1927 (doi:10.1080/01621459.1927.10502953) at the effective number of children. Raises
    UsageError for a level outside 0 to 1, edges that do not rise, and a band without children.
    """
    if not 0.0 < level < 1.0:
        raise UsageError(Issue("interval_level", "level of an interval", "a number between 0 and 1, such as 0.9"))
    of, at_least = bands(edges), np.asarray(raw, dtype=np.float64).ravel()
    parts = by_band(sample, of)
    reached = [part.raw[:, None] >= at_least for part in parts]
    share = np.array([part.weight @ has / part.weight.sum() for part, has in zip(parts, reached, strict=True)])
    effective_n = np.array([part.effective_n for part in parts])
    low, high = wilson_interval(share * effective_n[:, None], effective_n[:, None], level)
    n, n_at_least = np.array([part.n for part in parts]), np.array([has.sum(axis=0) for has in reached])
    return BaseRates(of, at_least, 100.0 * share, 100.0 * low, 100.0 * high, level, n, n_at_least, effective_n)


def percentile_cells(sample: Sample, edges: ArrayLike, percents: ArrayLike, quantiles: Quantiles = midpoint_quantiles) -> PercentileCells:
    """Raw scores at percentiles (p,), between 0 and 100, of each band of age between edges (g + 1,).

    `quantiles` is the definition, one of those in `otscore.norming.fit.quantiles`. Raises UsageError for percentiles outside 0 to
    100, edges that do not rise, and a band without children.
    """
    of, wanted = bands(edges), np.asarray(percents, dtype=np.float64).ravel()
    if not ((wanted >= 0.0) & (wanted <= 100.0)).all():
        raise UsageError(Issue("percent_range", "percentiles", "numbers from 0 to 100, such as 5, 50, 95"))
    parts = by_band(sample, of)
    shares = (100.0 - wanted if sample.descending else wanted) / 100.0
    raw = np.array([quantiles(part.raw, part.weight, shares) for part in parts])
    return PercentileCells(of, wanted, raw, np.array([part.n for part in parts]), np.array([part.effective_n for part in parts]))
