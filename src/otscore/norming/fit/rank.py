"""Where each child stands among those of the same age: percentiles of ranks, and the normal scores that belong to them.

Children are ranked within their group, or within a window of ages that moves along with them. Equal raw scores share their
average rank. With weights, the rank is n (weight below + half the weight at the same score) / total weight + 1/2, which is
the average rank when all weights are equal.

Plotting positions: Blom 1958, Statistical estimates and transformed beta-variables; Tukey 1962, doi:10.1214/aoms/1177704711;
van der Waerden 1952, Indagationes Mathematicae 14, 453-458; Levenbach 1976 and Filliben 1975, doi:10.1080/00401706.1975.10489279;
Yu & Huang 2001, doi:10.1016/S1464-1895(01)00103-4. Ranks in a moving window: A. Lenhard, Lenhard & Gary 2019, PLoS ONE 14,
e0222279, doi:10.1371/journal.pone.0222279.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.errors import Issue, UsageError
from otscore.kernel.metric import score_from_z
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

PlottingPosition = Literal["blom", "tukey", "van_der_waerden", "rankit", "levenbach", "filliben", "yu_huang"]

POSITIONS: dict[str, tuple[float, float]] = {
    "blom": (-0.375, 0.25),
    "tukey": (-1 / 3, 1 / 3),
    "van_der_waerden": (0.0, 1.0),
    "rankit": (-0.5, 0.0),
    "levenbach": (-0.3, 0.4),
    "filliben": (-0.3175, 0.365),
    "yu_huang": (-0.326, 0.348),
}
"""a and b of (rank + a) / (n + b)."""

NEAREST = 1e-12
"""No percentile comes nearer to 0 or 1."""


class Ranks(NamedTuple):
    """Where each child of a sample stands among the children of the same age."""

    percentile: Floats
    """(n,) share of the children of that age below, between 0 and 1: higher is better, in a descending sample too."""
    n: Floats
    """(n,) children each one was compared with."""

    @property
    def z(self) -> Floats:
        """(n,) normal scores: z of the percentiles."""
        return normal_score(self.percentile)


def plotting_position(rank: ArrayLike, n: ArrayLike, method: PlottingPosition = "rankit") -> Floats:
    """Percentile (0 to 1) of a rank among n, 1 being the lowest: (rank + a) / (n + b), kept 1e-12 away from 0 and 1.

    ``rankit`` is the middle of the percentiles that the raw score covers. Raises UsageError for a method that is not known.
    """
    if method not in POSITIONS:
        raise UsageError(Issue("method_unknown", f"there is no plotting position {method}", f"choose one of {', '.join(POSITIONS)}", field="method"))
    a, b = POSITIONS[method]
    return np.clip((np.asarray(rank, dtype=np.float64) + a) / (np.asarray(n, dtype=np.float64) + b), NEAREST, 1.0 - NEAREST)


def normal_score(percentile: ArrayLike, mean: float = 0.0, sd: float = 1.0) -> Floats:
    """Score with this mean and SD at a percentile (0 to 1) of the normal distribution."""
    return score_from_z(special.ndtri(np.asarray(percentile, dtype=np.float64)), mean, sd)


def mid_rank(values: ArrayLike, weight: ArrayLike | None = None) -> Floats:
    """Rank of each of n values, 1 the lowest, equal values sharing the average; weighted if weights (n,) are given."""
    scores = np.asarray(values, dtype=np.float64)
    weights = np.ones(scores.size) if weight is None else np.asarray(weight, dtype=np.float64)
    alone = np.zeros(scores.size, dtype=np.intp)
    return _rank(scores, weights, alone, alone + scores.size)


def rank_by_group(sample: Sample, group: ArrayLike | None = None, method: PlottingPosition = "rankit") -> Ranks:
    """Rank the children of each group among themselves; a group is an age, unless (n,) labels of groups are given.

    Raises UsageError if the labels are not as many as the children.
    """
    labels = sample.age if group is None else np.asarray(group).ravel()
    if labels.size != sample.n:
        raise UsageError(Issue("group_length", f"{labels.size} groups, {sample.n} children", "give the group of every child", field="group"))
    codes = np.unique(labels, return_inverse=True)[1].ravel()
    order = np.argsort(codes, kind="stable")
    return _ranks(sample, order, np.searchsorted(codes[order], codes, "left"), np.searchsorted(codes[order], codes, "right"), method)


def rank_by_window(sample: Sample, width: float, method: PlottingPosition = "rankit") -> Ranks:
    """Rank every child among those whose age is at most width / 2 away, in the unit of age.

    Near the youngest and the oldest age the window is moved inwards, so that it always is ``width`` wide. Raises UsageError
    if the width is not above 0.
    """
    if not width > 0.0:
        raise UsageError(Issue("width", "the window has no width", "give a number above 0, in the unit of age: 1 for half a year to either side", field="width"))
    order = np.argsort(sample.age, kind="stable")
    ages = sample.age[order]
    middle = np.clip(sample.age, ages[0] + width / 2, max(ages[0] + width / 2, ages[-1] - width / 2))
    reach = width / 2 + 1e-9 * max(width, float(np.abs(ages).max()))  # the edges belong to the window, whatever the last binary place says
    start, stop = np.searchsorted(ages, middle - reach, "left"), np.searchsorted(ages, middle + reach, "right")
    return _ranks(sample, order, start, stop, method)


def _ranks(sample: Sample, order: Places, start: Places, stop: Places, method: PlottingPosition) -> Ranks:
    """Rank child i among the children order[start[i]:stop[i]]."""
    better = -sample.raw if sample.descending else sample.raw
    ranks, n = np.empty(sample.n), (stop - start).astype(np.float64)
    ranks[order] = _rank(better[order], sample.weight[order], start[order], stop[order])
    return Ranks(plotting_position(ranks, n, method), n)


def _rank(values: Floats, weight: Floats, start: Places, stop: Places) -> Floats:
    """Weighted mid-rank of values[i] among values[start[i]:stop[i]]."""
    total = np.concatenate(([0.0], np.cumsum(weight)))
    codes = np.unique(values, return_inverse=True)[1].ravel()
    below, same = _weight_below(codes, weight, start, stop)
    return np.asarray((below + 0.5 * same) / (total[stop] - total[start]) * (stop - start) + 0.5)


def _weight_below(codes: Places, weight: Floats, start: Places, stop: Places) -> tuple[Floats, Floats]:
    """Weight of the codes below codes[i], and of those equal to it, among codes[start[i]:stop[i]].

    The codes are sorted by one binary digit after the other, the highest first, zeros before ones (wavelet matrix: Claude,
    Navarro & Ordonez 2015, doi:10.1016/j.is.2014.06.002). Each range stays a range: where a child has the digit 1, all those
    of its range with the digit 0 are below.
    """
    below, wanted = np.zeros(codes.size), codes
    for digit in reversed(range(int(codes.max()).bit_length())):
        one = (codes >> digit & 1).astype(bool)
        zeros = np.concatenate(([0], np.cumsum(~one)))
        light = np.concatenate(([0.0], np.cumsum(np.where(one, 0.0, weight))))
        high = (wanted >> digit & 1).astype(bool)
        below += np.where(high, light[stop] - light[start], 0.0)
        start, stop = (np.where(high, zeros[-1] + place - zeros[place], zeros[place]) for place in (start, stop))
        sorted_ = np.argsort(one, kind="stable")
        codes, weight = codes[sorted_], weight[sorted_]
    total = np.concatenate(([0.0], np.cumsum(weight)))
    same: Floats = total[stop] - total[start]
    return below, same
