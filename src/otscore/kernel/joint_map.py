"""Several abilities at once from items that may load on more than one: the mode of the posterior.

P(pass) = logistic(loadings . abilities - tau), multivariate normal prior. Segall 1996, Psychometrika 61, 331-354,
doi:10.1007/BF02294343 (Bayes modal estimate of several abilities); Reckase 2009, Multidimensional item response theory,
doi:10.1007/978-0-387-89976-3 (the compensatory logistic model); in CREDI: Waldman et al. 2021,
doi:10.1177/01650254211005560. Shapes: n children, k items, d abilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_MAX_STEPS = 100
_LAST_STEP = 1e-6  # in units of an ability: a Newton step this short lands within its square


@dataclass(frozen=True, slots=True)
class Block:
    """The items that load on the same abilities: their columns (b,), the abilities, (a, b) loadings above none, (b,) tau."""

    columns: Places
    abilities: tuple[int, ...]
    loadings: Floats
    tau: Floats


@dataclass(frozen=True, eq=False)
class JointModel:
    """The items in blocks, and the (d, d) inverse of the prior covariance. Most items load on one ability only."""

    blocks: tuple[Block, ...]
    precision: Floats

    @classmethod
    def build(cls, loadings: Floats, tau: Floats, precision: Floats) -> JointModel:
        """From (k, d) loadings and (k,) tau; an item that loads on nothing says nothing."""
        patterns = sorted({tuple(np.flatnonzero(row).tolist()) for row in loadings} - {()})
        blocks = []
        for pattern in patterns:
            columns = np.flatnonzero([tuple(np.flatnonzero(row).tolist()) == pattern for row in loadings])
            own = np.ascontiguousarray(loadings[np.ix_(columns, np.array(pattern))].T)
            blocks.append(Block(columns, pattern, own, tau[columns]))
        return cls(tuple(blocks), precision)


@dataclass(frozen=True, slots=True)
class _Answers:
    """For each block (n, b) 1 where an answer was given; the loadings of the passed items (n, d), summed; prior means (n, d)."""

    given: list[Floats]
    passed: Floats
    mean: Floats

    def rows(self, rows: Places) -> _Answers:
        return _Answers([part[rows] for part in self.given], self.passed[rows], self.mean[rows])


def joint_map(passes: Floats, model: JointModel, prior_mean: Floats) -> tuple[Floats, Floats]:
    """Abilities and standard errors of every child, both (n, d): the mode, and sqrt(diag(H^-1)) there.

    passes : (n, k) of 1, 0 and NaN (not given). prior_mean : (n, d); NaN gives NaN. The log posterior is concave: Newton steps
    with the analytic Hessian, halved where the slope along the step does not shrink. A child that has arrived rests, so none
    depends on the rest of the batch.
    """
    theta = prior_mean.copy()
    errors = np.full_like(theta, np.nan)
    rows = np.flatnonzero(~np.isnan(prior_mean).any(axis=1))
    answers = _answers(passes[rows], model.blocks, prior_mean[rows])
    at = theta[rows]
    slope, hessian = _slope(at, answers, model)
    step = _solved(hessian, slope)
    for _ in range(_MAX_STEPS):
        trial = at + step
        next_slope, next_hessian = _slope(trial, answers, model)
        before, after = ((part * step).sum(axis=1) for part in (slope, next_slope))
        good = np.abs(after) <= before
        at = np.where(good[:, None], trial, at)
        arrived = good & (np.abs(step).max(axis=1, initial=0.0) <= _LAST_STEP)
        theta[rows[arrived]], errors[rows[arrived]] = at[arrived], np.sqrt(_inverse_diagonal(next_hessian[arrived]))
        stay = np.flatnonzero(~arrived)
        if not stay.size:
            break
        slope, hessian = np.where(good[:, None], next_slope, slope), np.where(good[:, None, None], next_hessian, hessian)
        step = np.where(good[:, None], _solved(hessian, slope), 0.5 * step)
        if arrived.any():
            rows, answers = rows[stay], answers.rows(stay)
            at, slope, hessian, step = at[stay], slope[stay], hessian[stay], step[stay]
    return theta, errors


def _answers(passes: Floats, blocks: Sequence[Block], mean: Floats) -> _Answers:
    given, passed = [], np.zeros_like(mean)
    for block in blocks:
        own = np.ascontiguousarray(passes[:, block.columns])
        given.append((~np.isnan(own)).astype(np.float64))
        np.nan_to_num(own, copy=False)
        for loadings, ability in zip(block.loadings, block.abilities, strict=True):
            passed[:, ability] += (own * loadings).sum(axis=1)
    return _Answers(given, passed, mean)


def _slope(theta: Floats, answers: _Answers, model: JointModel) -> tuple[Floats, Floats]:
    """Gradient (n, d) of the log posterior, and minus its Hessian (n, d, d); sums over a block go item by item along a row."""
    distance = theta - answers.mean
    d = distance.shape[1]
    gradient = answers.passed - np.stack([(distance * model.precision[i]).sum(axis=1) for i in range(d)], axis=1)
    hessian = np.repeat(model.precision[None], len(theta), axis=0)
    for block, given in zip(model.blocks, answers.given, strict=True):
        logit = theta[:, block.abilities[0], None] * block.loadings[0] - block.tau
        for place, ability in enumerate(block.abilities[1:], start=1):
            logit += theta[:, ability, None] * block.loadings[place]
        chance = special.expit(logit, out=logit)
        expected = given * chance
        information = np.subtract(1.0, chance, out=chance)
        information *= expected
        for place, i in enumerate(block.abilities):
            gradient[:, i] -= (expected * block.loadings[place]).sum(axis=1)
            for other, j in enumerate(block.abilities[: place + 1]):
                add = (information * (block.loadings[place] * block.loadings[other])).sum(axis=1)
                hessian[:, i, j] += add
                if i != j:
                    hessian[:, j, i] += add
    return gradient, hessian


def _solved(hessian: Floats, gradient: Floats) -> Floats:
    """H^-1 g of each child; LAPACK is called for one matrix at a time, so none depends on the rest of the batch."""
    solution: Floats = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0].astype(np.float64, copy=False)
    return solution


def _inverse_diagonal(hessian: Floats) -> Floats:
    """Diagonal (n, d) of the inverse of each matrix."""
    diagonal: Floats = np.linalg.inv(hessian).diagonal(axis1=1, axis2=2).astype(np.float64, copy=False)
    return diagonal
