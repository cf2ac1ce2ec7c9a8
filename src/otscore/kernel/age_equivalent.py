"""Age equivalents: the age at which the median raw score of the norm group is the child's raw score.

Angoff 1971, Scales, norms, and equivalent scores, in Thorndike (ed.), Educational measurement, 2nd ed., 508-600. No interval
scale: the same raw points are months in a young child and years in an older one, and they have no SD. So age equivalents are
never averaged and never subtracted from one another, and beyond the table they are open ("less than", "more than").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]

_NOISE_MONTHS = 1e-9  # a month this close to full is full


class AgeEquivalent(NamedTuple):
    """Age equivalents (n,), and where they are open-ended."""

    age: Floats
    """In the unit of the table; its first or last age where open-ended; NaN where undefined."""
    off_scale: NDArray[np.int8]
    """-1: less than this age, 1: more than this age, 0: this age, or undefined."""


def age_equivalent(raw: ArrayLike, ages: ArrayLike, medians: ArrayLike) -> AgeEquivalent:
    """Age of raw scores (n,), on the straight line between the medians (g,) at rising ages (g,) around them.

    A raw score that is the median of several ages has the youngest of them; one above it lies on the line that leaves the
    oldest. Medians that fall anywhere define nothing: NaN for all.
    """
    raw, ages, medians = (np.asarray(v, dtype=np.float64) for v in (raw, ages, medians))
    if not (np.all(np.diff(medians) >= 0.0) and np.all(np.diff(ages) > 0.0)) or np.isnan(ages).any() or np.isnan(medians).any():
        return AgeEquivalent(np.full(raw.shape, np.nan), np.zeros(raw.shape, dtype=np.int8))
    beyond = np.where(raw < medians[0], -1, np.where(raw > medians[-1], 1, 0)).astype(np.int8)
    above = np.minimum(np.searchsorted(medians, raw), len(medians) - 1)
    below = np.maximum(above - 1, 0)
    with np.errstate(all="ignore"):
        share = (raw - medians[below]) / (medians[above] - medians[below])
        between = ages[below] + share * (ages[above] - ages[below])
    between = np.where(raw == medians[above], ages[above], between)
    age = np.where(beyond < 0, ages[0], np.where(beyond > 0, ages[-1], between))
    return AgeEquivalent(np.where(np.isnan(raw), np.nan, age), beyond)


def months_of_points(raw_from: ArrayLike, raw_to: ArrayLike, ages: ArrayLike, medians: ArrayLike) -> Floats:
    """How much age the table puts between two raw scores; NaN where one of them lies beyond it.

    It describes the table, to show how uneven the scale is; a child's two age equivalents are not to be subtracted.
    """
    first, last = age_equivalent(raw_from, ages, medians), age_equivalent(raw_to, ages, medians)
    return np.where((first.off_scale == 0) & (last.off_scale == 0), last.age - first.age, np.nan)


def age_equivalent_text(months: ArrayLike, off_scale: ArrayLike = 0) -> Texts:
    """Years;months as printed: completed months, "<3;0" and ">16;11" where open-ended, "" for NaN."""
    months, beyond = np.asarray(months, dtype=np.float64), np.asarray(off_scale)
    whole = np.nan_to_num(np.floor(months + _NOISE_MONTHS)).astype(np.int64)
    sign = np.where(beyond < 0, "<", np.where(beyond > 0, ">", ""))
    years = np.strings.add(np.strings.add((whole // 12).astype(str), ";"), (whole % 12).astype(str))
    return np.where(np.isnan(months), "", np.strings.add(sign, years))
