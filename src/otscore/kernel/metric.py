"""From z to the scales that tests report, and percentile ranks from a frequency table.

Metrics are M + SD z: T 50 and 10, scaled 10 and 3, standard 100 and 15, v-scale 15 and 3. Percentiles are
in percent, 0 to 100. Definitions as in Crawford, Garthwaite & Slick 2009, The Clinical Neuropsychologist
23, 1173-1195, doi:10.1080/13854040902795018.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.rounding import round_half_up

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]

STANINE_CUTS = (-1.75, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75)
"""z at which the next stanine begins."""

NCE_SD = 21.06305791441567
"""49 / 2.3263479, so that normal curve equivalents and percentiles agree at 1, 50 and 99."""


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def score_from_z(z: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Floats:
    """Score with this mean and SD at z, unrounded."""
    return _floats(_floats(mean) + _floats(sd) * _floats(z))


def z_from_score(score: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Floats:
    """z of a score with this mean and SD; NaN for an SD not above 0."""
    sd = _floats(sd)
    with np.errstate(all="ignore"):
        return np.where(sd > 0.0, (_floats(score) - _floats(mean)) / sd, np.nan)


def rescale(
    score: ArrayLike, mean_from: ArrayLike, sd_from: ArrayLike, mean_to: ArrayLike, sd_to: ArrayLike
) -> Floats:
    """The same standing on another metric, unrounded."""
    return score_from_z(z_from_score(score, mean_from, sd_from), mean_to, sd_to)


def pomp(score: ArrayLike, minimum: ArrayLike, maximum: ArrayLike) -> Floats:
    """Percent of maximum possible, 0 to 100; Cohen et al. 1999, doi:10.1207/S15327906MBR3403_2."""
    span = _floats(maximum) - _floats(minimum)
    with np.errstate(all="ignore"):
        return np.where(span > 0.0, 100.0 * (_floats(score) - _floats(minimum)) / span, np.nan)


def stanine_from_z(z: ArrayLike, cuts: ArrayLike = STANINE_CUTS) -> Floats:
    """Stanine 1 to 9; a z on a cut belongs to the stanine above it."""
    z = _floats(z)
    return np.where(np.isnan(z), np.nan, np.searchsorted(_floats(cuts), z, side="right") + 1.0)


def stanine_by_round(z: ArrayLike) -> Floats:
    """Stanine 1 to 9 as 5 + 2 z rounded half up: other than `stanine_from_z` only on float noise."""
    return np.clip(round_half_up(5.0 + 2.0 * _floats(z)), 1.0, 9.0)


def sten_from_z(z: ArrayLike) -> Floats:
    """Sten 1 to 10: 5.5 + 2 z rounded half up."""
    return np.clip(round_half_up(5.5 + 2.0 * _floats(z)), 1.0, 10.0)


def nce_from_z(z: ArrayLike) -> Floats:
    """Normal curve equivalent, unrounded."""
    return score_from_z(z, 50.0, NCE_SD)


def nce_from_percentile(percent: ArrayLike) -> Floats:
    """Normal curve equivalent of a percentile (0 to 100), unrounded."""
    return nce_from_z(z_from_percentile(percent))


def percentile_from_z(z: ArrayLike) -> Floats:
    """Percent of the norm group below z under the normal curve."""
    return _floats(100.0 * special.ndtr(_floats(z)))


def z_from_percentile(percent: ArrayLike) -> Floats:
    """z below which this percent lies, the inverse of `percentile_from_z`; NaN outside 0 to 100."""
    return _floats(special.ndtri(_floats(percent) / 100.0))


def percentile_rank_below(raw: ArrayLike, values: ArrayLike, counts: ArrayLike) -> Floats:
    """Percent of the norm group with less than each raw score.

    `values` [v] are the ascending raw scores of the norm group, `counts` [v] the children at each.
    """
    return _percent_counted(raw, values, counts, at_too=False)


def percentile_rank_at_or_below(raw: ArrayLike, values: ArrayLike, counts: ArrayLike) -> Floats:
    """Percent of the norm group with at most each raw score; table as for `percentile_rank_below`."""
    return _percent_counted(raw, values, counts, at_too=True)


def percentile_rank_mid(raw: ArrayLike, values: ArrayLike, counts: ArrayLike) -> Floats:
    """Percent with less plus half of those with the same raw score; table as for `percentile_rank_below`."""
    below = percentile_rank_below(raw, values, counts)
    return 0.5 * (below + percentile_rank_at_or_below(raw, values, counts))


def _percent_counted(raw: ArrayLike, values: ArrayLike, counts: ArrayLike, *, at_too: bool) -> Floats:
    raw = _floats(raw)
    cumulative = np.concatenate(([0.0], np.cumsum(_floats(counts))))
    position = np.searchsorted(_floats(values), raw, side="right" if at_too else "left")
    with np.errstate(all="ignore"):
        return np.where(np.isnan(raw), np.nan, 100.0 * cumulative[position] / cumulative[-1])


def percentile_from_rank(rank_from_top: ArrayLike, n: ArrayLike) -> Floats:
    """Mid-percentile of the child who is `rank_from_top` (1 = best) of n."""
    n = _floats(n)
    with np.errstate(all="ignore"):
        return _floats(100.0 * (n - _floats(rank_from_top) + 0.5) / n)


_PERCENTILE_TEXTS = np.array([f"{t / 10:.1f}" if t % 10 else str(t // 10) for t in range(1001)])


def percentile_text(percent: ArrayLike) -> Texts:
    """Percentile as norm tables print it: one decimal in the tails, whole in between.

    Below 0.05 "<0.1", from 99.95 ">99.9", one decimal below 0.95 and from 99.5, "" for NaN.
    """
    percent = _floats(percent)
    one_decimal = (percent < 0.95) | (percent >= 99.5)
    shown = np.where(one_decimal, round_half_up(percent, 1), round_half_up(percent))
    tenths = np.clip(np.nan_to_num(np.rint(10.0 * shown)), 0.0, 1000.0).astype(np.intp)
    text = np.where(percent < 0.05, "<0.1", np.where(percent >= 99.95, ">99.9", _PERCENTILE_TEXTS[tenths]))
    return np.where(np.isnan(percent), "", text)


def ordinal_suffix(n: ArrayLike) -> Texts:
    """English ending of a whole number: st, nd, rd or th, with 11th to 13th."""
    n = np.abs(np.asarray(n, dtype=np.int64))
    ending = np.array(["th", "st", "nd", "rd", *["th"] * 6])[n % 10]
    return np.where((n % 100 >= 11) & (n % 100 <= 13), "th", ending)
