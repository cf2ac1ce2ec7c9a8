"""How often differences, and how often several low scores, are met in the norm group: by the normal curve or by simulation.

Scores are jointly normal, with the correlations of the norm group; shares run from 0 to 1. Crawford, Garthwaite & Gault 2007,
Neuropsychology 21, 419-430: with many scores a low one is no rarity. A simulation belongs to
its seed: same seed and number of draws, same shares. Tables counted in a norm sample go before all of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from otscore.kernel.composite import sd_of_sum

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_BLOCK = 1 << 16  # draws at a time


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _in_sd(difference: ArrayLike, sd: ArrayLike) -> Floats:
    sd = _floats(sd)
    with np.errstate(all="ignore"):
        return np.where(sd > 0.0, _floats(difference) / sd, np.nan)


def difference_rate(difference: ArrayLike, sd: ArrayLike) -> Floats:
    """Share of children whose difference is at least as large either way; sd is that of the difference."""
    return _floats(2.0 * special.ndtr(-np.abs(_in_sd(difference, sd))))


def difference_rate_one_way(difference: ArrayLike, sd: ArrayLike) -> Floats:
    """Share of children whose difference is at least as large in the same direction."""
    return _floats(special.ndtr(-np.abs(_in_sd(difference, sd))))


def printed_rate(difference: Floats, above: tuple[Floats, Floats], below: tuple[Floats, Floats]) -> Floats:
    """Percent of the norm group with a difference at least as large, as a table prints it; NaN below its smallest.

    above, below : for differences above 0 and below it the rising sizes (r,) and the percent (r,) of the norm group with that or more.
    """
    return np.where(difference < 0.0, _printed(-difference, *below), _printed(difference, *above))


def _printed(size: Floats, at_least: Floats, percent: Floats) -> Floats:
    if not at_least.size:
        return np.full(size.shape, np.nan)
    place = np.searchsorted(at_least, size, side="right") - 1
    return np.where(np.isnan(size) | (place < 0), np.nan, percent[place])


def mean_absolute_difference(sd: ArrayLike) -> Floats:
    """Mean size of a difference with mean 0 and this SD, whatever its direction (half-normal)."""
    return _floats(_floats(sd) * np.sqrt(2.0 / np.pi))


class SimulatedRates(NamedTuple):
    """Share of children with 0, 1, ... or more of something, and the standard error of the simulation."""

    at_least: Floats
    standard_error: Floats


def low_count(z: ArrayLike, cut_z: ArrayLike) -> Floats:
    """How many of a child's scores (n, k) lie below the cut; NaN where one is missing: the rates are those of all k."""
    z = _floats(z)
    return np.where(np.isnan(z).any(axis=-1), np.nan, (z < _floats(cut_z)).sum(axis=-1))


def rate_of_count(count: ArrayLike, at_least: ArrayLike) -> Floats:
    """Share of children with at least this count, of ``at_least`` (k + 1,) for 0, 1, ..., k; NaN outside."""
    count, at_least = _floats(count), _floats(at_least)
    known = (count >= 0.0) & (count < at_least.size) & (count == np.floor(count))
    return np.where(known, at_least[np.where(known, count, 0.0).astype(np.intp)], np.nan)


def low_score_rates(correlation: ArrayLike, cut_z: ArrayLike, n_draws: int, seed: int) -> SimulatedRates:
    """Share of children with 0, 1, ..., k of k scores below cut_z, one cut or (k,); NaN for a matrix not positive definite."""
    correlation, cut = _floats(correlation), _floats(cut_z)
    return _simulated(correlation, lambda z: z < cut, correlation.shape[0], n_draws, seed)


def own_mean_rates(correlation: ArrayLike, cut_sd: float, n_draws: int, seed: int) -> SimulatedRates:
    """Share of children with 0, 1, ..., k of k scores more than cut_sd of its own SDs away from the mean of them all."""
    correlation = _floats(correlation)
    k = correlation.shape[0]
    away = np.eye(k) - 1.0 / k
    return _contrast_rates(correlation, away, cut_sd, n_draws, seed)


def pair_rates(correlation: ArrayLike, cut_sd: float, n_draws: int, seed: int) -> SimulatedRates:
    """Share of children with 0, 1, ... of the k (k - 1) / 2 pairs of scores more than cut_sd of its own SDs apart."""
    correlation = _floats(correlation)
    first, second = np.triu_indices(correlation.shape[0], 1)
    unit = np.eye(correlation.shape[0])
    return _contrast_rates(correlation, unit[first] - unit[second], cut_sd, n_draws, seed)


def _contrast_rates(correlation: Floats, weights: Floats, cut_sd: float, n_draws: int, seed: int) -> SimulatedRates:
    limit = cut_sd * sd_of_sum(correlation, weights)
    return _simulated(correlation, lambda z: np.abs(_weighed(z, weights)) > limit, len(weights), n_draws, seed)


def _weighed(z: Floats, weights: Floats) -> Floats:
    """Weighted sums (b, c) of scores (b, k), member after member: no product of matrices, whose last bit differs by machine."""
    total = np.zeros((len(z), len(weights)))
    for member in range(z.shape[1]):
        total += z[:, member, None] * weights[:, member]
    return total


def _simulated(
    correlation: Floats, extreme: Callable[[Floats], Bools], n_contrasts: int, n_draws: int, seed: int
) -> SimulatedRates:
    try:
        root = _floats(np.linalg.cholesky(correlation))
    except np.linalg.LinAlgError:
        root = np.full(correlation.shape, np.nan)
    if n_draws < 1 or np.isnan(root).any():
        nothing = np.full(n_contrasts + 1, np.nan)
        return SimulatedRates(nothing, nothing.copy())
    random = np.random.default_rng(seed)
    found = np.zeros(n_contrasts + 1, dtype=np.int64)
    for start in range(0, n_draws, _BLOCK):
        draws = random.standard_normal((min(_BLOCK, n_draws - start), len(correlation)))
        counts = extreme(_weighed(draws, root)).sum(axis=1)
        found += np.bincount(counts, minlength=n_contrasts + 1)
    share = found[::-1].cumsum()[::-1] / n_draws
    return SimulatedRates(share, np.sqrt(share * (1.0 - share) / n_draws))
