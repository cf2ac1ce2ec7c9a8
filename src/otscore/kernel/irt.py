"""Rasch ability by expected a posteriori on a grid, with a normal prior whose mean depends on age.

P(pass) = logistic((ability - difficulty) / slope). Bock & Mislevy 1982, doi:10.1177/014662168200600405, with the
age-dependent prior of the D-score (van Buuren 2014, doi:10.1177/0962280212473300).

Computed in the log domain: the product of many likelihoods never underflows, and the order of the items is of no
account. With the logistic model log L(q) = (number passed * q - sum of passed difficulties) / slope - sum over the
administered items of softplus((q - difficulty) / slope); the second term does not depend on q, so one sparse product
per batch is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RaschModel:
    """A calibrated item set: (k,) difficulties, logistic scale, and the (g,) grid, all in one metric."""

    difficulties: Floats
    scale: float
    grid: Floats
    softplus: Floats

    @classmethod
    def build(cls, difficulties: Floats, scale: float, grid: Floats) -> RaschModel:
        """Prepare the item-by-grid table log(1 + exp((q - difficulty) / scale)), (k, g)."""
        logit = (grid[None, :] - difficulties[:, None]) / scale
        table = np.log1p(np.exp(-np.abs(logit))) + np.maximum(logit, 0.0)  # logaddexp(0, logit), three times as fast
        return cls(difficulties, scale, grid, np.ascontiguousarray(table))


@dataclass(frozen=True, slots=True)
class Ability:
    """Mean and standard deviation of the posterior, (n,), and the posterior itself, (n, g), when asked for."""

    eap: Floats
    sem: Floats
    posterior: Floats | None


@dataclass(frozen=True, slots=True)
class Given:
    """The answers there are, child by child: (a,) rows, columns and passes; ``starts`` (n + 1,) of each child's answers."""

    rows: Places
    columns: Places
    passes: Floats
    starts: Ints

    @classmethod
    def of(cls, passes: Floats) -> Given:
        """The answers among (n, k) of 1, 0 and NaN (not administered)."""
        places = np.flatnonzero(~np.isnan(passes))
        rows = places // passes.shape[1]
        starts = np.zeros(len(passes) + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=len(passes)), out=starts[1:])
        return cls(rows, places - rows * passes.shape[1], passes.ravel()[places], starts)

    def sum(self, values: Floats) -> Floats:
        """Sum of one value per answer over each child, (n,)."""
        total: Floats = np.bincount(self.rows, weights=values, minlength=self.starts.size - 1).astype(np.float64)
        return total


def rasch_eap(given: Given, model: RaschModel, prior_mean: Floats, prior_sd: Floats, *, posterior: bool) -> Ability:
    """EAP and posterior SD of every child. prior_mean, prior_sd : (n,); NaN gives NaN."""
    weights = _log_likelihood(given, model)
    weights -= _half_square(model.grid, prior_mean, prior_sd)
    return _moments(weights, model.grid, posterior)


def rasch_outfit(given: Given, model: RaschModel, ability: Floats) -> Floats:
    """Mean squared standardised residual of each child's answers at its ability, (n,); expected 1, NaN without an answer.

    Wright & Masters 1982, Rating scale analysis. Under the Rasch model the squared residual is the odds of the answer not
    given: exp((difficulty - ability) / scale) for a pass, its inverse for a fail.
    """
    distance = (model.difficulties[given.columns] - ability[given.rows]) / model.scale
    with np.errstate(over="ignore"):
        total = given.sum(np.exp(np.where(given.passes > 0, distance, -distance)))
    count = np.diff(given.starts)
    outfit: Floats = np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)
    return outfit


def rasch_eap_window(
    passes: Floats, model: RaschModel, prior_mean: Floats, prior_sd: Floats,
    order: NDArray[np.intp], window: tuple[float, float], *, posterior: bool,
) -> Ability:  # fmt: skip
    """EAP with the relevance window of the D-score: item by item in ``order``, an item counts only while
    ``window[0] <= difficulty - EAP so far <= window[1]``. The result depends on the order by definition.
    """
    weights = -_half_square(model.grid, prior_mean, prior_sd)
    for column in order:
        rows = np.flatnonzero(~np.isnan(passes[:, column]) & ~np.isnan(prior_mean))
        distance = model.difficulties[column] - _moments(weights[rows], model.grid, False).eap
        rows = rows[(distance >= window[0]) & (distance <= window[1])]
        gain = np.where(passes[rows, column, None] > 0, model.grid / model.scale, 0.0) - model.softplus[column]
        weights[rows] += gain
    return _moments(weights, model.grid, posterior)


def _log_likelihood(given: Given, model: RaschModel) -> Floats:
    """Log likelihood over the grid up to a constant of each child, (n, g)."""
    from scipy.sparse import csr_array  # loaded on first use: a third of the import time of the library

    n = given.starts.size - 1
    taken = csr_array((np.ones(given.rows.size), given.columns, given.starts), shape=(n, len(model.difficulties)))
    passed = given.sum(given.passes)
    loglik = np.asarray(taken @ model.softplus)
    np.subtract(passed[:, None] * (model.grid / model.scale), loglik, out=loglik)
    return loglik


def _half_square(grid: Floats, mean: Floats, sd: Floats) -> Floats:
    distance = (grid - mean[:, None]) / sd[:, None]
    return 0.5 * distance * distance


def _moments(log_weights: Floats, grid: Floats, keep: bool) -> Ability:
    weights = log_weights - log_weights.max(axis=1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=1, keepdims=True)
    eap = (weights * grid).sum(axis=1)
    distance = grid - eap[:, None]
    distance *= distance
    distance *= weights
    return Ability(eap, np.sqrt(distance.sum(axis=1)), weights if keep else None)

