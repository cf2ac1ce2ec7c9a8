"""Difficulties of items where none is published, on the scale of those that are.

Fixed parameter calibration (Kim 2006, doi:10.1111/j.1745-3984.2006.00021.x): marginal maximum likelihood by the EM algorithm
of Bock & Aitkin (1981, doi:10.1007/BF02293801), published difficulties held, all answers of a visit to the domain in its
posterior. Each cohort has a normal distribution of its own whose mean depends on age, so that items need not be given at
random: which item was given may depend on age, cohort and the answers before it (Mislevy & Wu 1996).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from otscore.kernel.irt import Ability, Given, RaschModel, rasch_eap
from otscore.norming.fit.model import check_arrived
from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.growth import Growth, fit_growth

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
LONGEST_STEP = 3.0
"""Logits that a difficulty may move in one Newton step."""
START_SD = 2.0
"""Spread of ability about its mean at the start, in logits."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Metric of the abilities: units per logit, and the (g,) grid on which they are integrated."""

    slope: float
    grid: Floats


class _State(NamedTuple):
    """What EM goes on: difficulties (k,), mean and log SD of the ability at each visit (n,)."""

    tau: Floats
    mean: Floats
    log_sd: Floats


@dataclass(frozen=True, eq=False)
class Difficulties:
    """Difficulties of k items and how well each one fits, over the visits they were estimated from."""

    items: tuple[str, ...]
    tau: Floats
    """(k,) difficulty, in the metric of the scale."""
    published: Truths
    """(k,) whether it was given and held."""
    se: Floats
    """(k,) standard error of an estimate, from the expected information of the complete data; 0 where held."""
    n: NDArray[np.int64]
    """(k,) answers."""
    passed: NDArray[np.int64]
    """(k,) passes among them."""
    infit: Floats
    """(k,) squared residuals by their expectation (Wright & Masters 1982): about 1 if the model holds, rather less, as its own answers enter the ability."""
    outfit: Floats
    """(k,) mean squared standardised residual, 1 if the model holds; a few odd answers far from the ability move it much."""
    expected: Floats
    """(k,) passes that the model expects at the abilities found."""
    steps: int
    """Steps of the EM algorithm."""
    moved: float
    """Largest move of a difficulty in its last step."""


def estimate(
    answers: Answers, published: Mapping[str, float], scale: Scale, start: Growth, guess: Mapping[str, float] | None = None, *,
    tolerance: float = 1e-4, most_steps: int = 1000,
) -> Difficulties:  # fmt: skip
    """Difficulties of all items of ``answers``: published ones as they are, the others estimated.

    start: mean ability by age to begin with. guess: difficulties to begin with. Ends when no difficulty moves by ``tolerance``
    units any more, or raises UsageError after ``most_steps``.
    """
    held = np.array([item in published for item in answers.items], dtype=np.bool_)
    given, taken, passed = answers.given, *_tables(answers)
    count, passes = np.asarray(taken.sum(axis=0)), np.asarray(passed.sum(axis=0))

    def em(state: _State) -> tuple[_State, Ability, Floats]:
        found = rasch_eap(given, RaschModel.build(state.tau, scale.slope, scale.grid), state.mean, np.exp(state.log_sd), posterior=True)
        nodes = np.asarray(taken.T @ found.posterior)
        return _State(_newton(state.tau, nodes, passes, ~held, scale), *_distributions(answers, found.eap, found.sem)), found, nodes

    mean = start(answers.age)
    tau = _start(answers, {**(guess or {}), **published}, scale, mean, count, passes)
    state, steps, moved = _converged(lambda at: em(at)[0], _State(tau, mean, np.full(answers.n, np.log(START_SD * scale.slope))), tolerance, most_steps)
    check_arrived(moved, tolerance, "difficulties")
    _, found, nodes = em(state)
    tau = state.tau
    chance = expit((scale.grid - tau[:, None]) / scale.slope)
    information = (nodes * chance * (1 - chance)).sum(axis=1)
    se = np.where(held, 0.0, scale.slope / np.sqrt(np.maximum(information, 1e-12)))
    infit, outfit = _fit(given, tau, found.eap, scale.slope)
    whole = np.int64
    return Difficulties(
        answers.items, tau, held, se, count.astype(whole), passes.astype(whole), infit, outfit, (nodes * chance).sum(axis=1), steps,
        moved,
    )  # fmt: skip


def _converged(em: Callable[[_State], _State], at: _State, tolerance: float, most_steps: int) -> tuple[_State, int, float]:
    """The fixed point of EM, its steps lengthened as by SQUAREM (Varadhan & Roland 2008, doi:10.1111/j.1467-9469.2007.00585.x).

    A lengthened step is taken back where the next plain one would move further than before it.
    """
    steps, before = 0, np.inf
    while True:
        once = em(at)
        moved = float(np.abs(once.tau - at.tau).max())
        if moved < tolerance or steps >= most_steps:
            return once, steps + 1, moved
        twice = em(once)
        steps += 2
        first, second = once.tau - at.tau, twice.tau - once.tau
        bend = float(np.linalg.norm(second - first))
        length = max(1.0, float(np.linalg.norm(first)) / bend) if bend > 0 else 1.0
        at = _State(*(x + 2 * length * (y - x) + length**2 * (z - 2 * y + x) for x, y, z in zip(at, once, twice, strict=True))) if moved < before else twice
        before = moved


def _tables(answers: Answers) -> tuple[csr_array, csr_array]:
    """Which items were given (n, k), and which passed."""
    given = answers.given
    shape = answers.passes.shape
    ones = np.ones(given.rows.size)
    return csr_array((ones, given.columns, given.starts), shape=shape), csr_array((given.passes, given.columns, given.starts), shape=shape)


def _start(answers: Answers, known: Mapping[str, float], scale: Scale, mean: Floats, count: Floats, passes: Floats) -> Floats:
    """Known difficulties; for the others the mean ability of those asked, moved by the logit of how many passed."""
    asked = ~np.isnan(answers.passes)
    logit = np.log((passes + 0.5) / (count - passes + 0.5))
    where = (asked * mean[:, None]).sum(axis=0) / np.maximum(count, 1)
    rough = where - scale.slope * logit
    return np.array([known.get(item, rough[place]) for place, item in enumerate(answers.items)])


def _newton(tau: Floats, nodes: Floats, passes: Floats, free: Truths, scale: Scale) -> Floats:
    """One Newton step of the free difficulties, at expected counts (k, g) of visits on the grid."""
    chance = expit((scale.grid - tau[:, None]) / scale.slope)
    slope = (nodes * chance * (1 - chance)).sum(axis=1)
    step = ((nodes * chance).sum(axis=1) - passes) / np.maximum(slope, 1e-9)
    moved: Floats = tau + np.where(free, np.clip(step, -LONGEST_STEP, LONGEST_STEP) * scale.slope, 0.0)
    return moved


def _distributions(answers: Answers, eap: Floats, sem: Floats) -> tuple[Floats, Floats]:
    """Mean and log SD of the ability at each visit: by cohort, the mean a curve over age."""
    mean, log_sd = np.empty(answers.n), np.empty(answers.n)
    for cohort in np.unique(answers.cohort):
        mine = answers.cohort == cohort
        age = answers.age[mine]
        mean[mine] = fit_growth(eap[mine], age, np.ones(age.size))(age)
        log_sd[mine] = np.log(np.mean(sem[mine] ** 2 + (eap[mine] - mean[mine]) ** 2)) / 2
    return mean, log_sd


def _fit(given: Given, tau: Floats, ability: Floats, slope: float) -> tuple[Floats, Floats]:
    """Infit and outfit (k,) of the items at the abilities (n,)."""
    chance = expit((ability[given.rows] - tau[given.columns]) / slope)
    squared, variance = (given.passes - chance) ** 2, np.maximum(chance * (1 - chance), 1e-12)
    k = tau.size

    def total(values: Floats) -> Floats:
        return np.bincount(given.columns, weights=values, minlength=k).astype(np.float64)

    with np.errstate(invalid="ignore", divide="ignore"):
        return total(squared) / total(variance), total(squared / variance) / total(np.ones(squared.size))
