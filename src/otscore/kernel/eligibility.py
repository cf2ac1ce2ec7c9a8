"""Facts that rules of eligibility ask for: percent delay, percent of what is expected, domains so many SDs below the mean.

What level makes a child eligible differs by state and country (United States: 34 CFR 303.111 leaves it to each state), so cuts
and numbers of domains are the caller's, and the answers are facts about scores, not decisions about children. Each is 1, 0, or
NaN where scores that are missing could still turn it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def percent_delay(age: ArrayLike, age_equivalent: ArrayLike) -> Floats:
    """100 (age - age equivalent) / age, both in one unit; below 0 for a child ahead, NaN for an age not above 0.

    Of an open age equivalent ("less than 36 months") it is the least delay, of "more than" the most.
    """
    age = _floats(age)
    with np.errstate(all="ignore"):
        return np.where(age > 0.0, 100.0 * (age - _floats(age_equivalent)) / age, np.nan)


def percent_of_expected(raw: ArrayLike, expected: ArrayLike) -> Floats:
    """100 raw / expected: of the raw score expected at the child's age, or of the age itself for an age equivalent."""
    expected = _floats(expected)
    with np.errstate(all="ignore"):
        return np.where(expected > 0.0, 100.0 * _floats(raw) / expected, np.nan)


def domains_at_or_below(z: ArrayLike, cut_sd: ArrayLike) -> Floats:
    """How many of a child's domains (n, d) lie at least cut_sd SDs below the mean, of those with a score; NaN without any."""
    z = _floats(z)
    return np.where(np.isnan(z).all(axis=-1), np.nan, (z <= -_floats(cut_sd)).sum(axis=-1))


def sd_rule(z: ArrayLike, cut_sd: ArrayLike, n_domains: int) -> Floats:
    """Whether at least n_domains of a child's domains (n, d) lie at least cut_sd SDs below the mean."""
    z = _floats(z)
    low, missing = (z <= -_floats(cut_sd)).sum(axis=-1), np.isnan(z).sum(axis=-1)
    return np.where(low >= n_domains, 1.0, np.where(low + missing < n_domains, 0.0, np.nan))


def any_rule(*facts: ArrayLike) -> Floats:
    """Whether one of several facts holds, such as 2 SDs in one domain or 1.5 SDs in two."""
    each = np.stack(np.broadcast_arrays(*map(_floats, facts)))
    return np.where((each == 1.0).any(axis=0), 1.0, np.where(np.isnan(each).any(axis=0), np.nan, 0.0))
