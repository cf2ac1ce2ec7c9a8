"""Penalised maximum likelihood of curves over age: Newton's steps on all curves together.

The log density of a child depends on few predictors, so its second derivatives are differences of its exact slopes, and the
curvature of the whole likelihood is a sum over children. The degrees of freedom of a curve are the trace of its part of
(H + P)^-1 H (Wood 2017, Generalized Additive Models, section 6.1.2), H the curvature and P the penalty of all curves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from otscore.errors import Issue, UsageError
from otscore.norming.fit.densities import Density

Floats = NDArray[np.float64]

_MOST_STEPS = 200
_ARRIVED = 1e-9  # expected gain of log likelihood
_NEARLY_ARRIVED = 1e-2  # enough while smoothings are still sought
_NOISE = 1e-6  # a gain that rounding may hide
_SHORTEST = 1e-8
_LAST_STEPS = 2
_DIFFERENCE = 1e-5
_LOG_SMOOTHING = (-12.0, 25.0)
_ROUNDS = 40
_FREEDOM_WITHIN = 1e-5


@dataclass(frozen=True, eq=False)
class Problem:
    """What is maximised: weighted log density minus half the penalties."""

    density: Density
    weight: Floats
    designs: tuple[Floats, ...]
    """Basis functions (n, p) of each curve."""
    bendings: tuple[Floats, ...]
    """(r, p) of each curve: the squares of bending @ coefficients are its penalty, for a smoothing of 1."""
    freedoms: tuple[float | None, ...]
    """Degrees of freedom wanted of each curve, None where its smoothing is given."""
    smoothings: tuple[float, ...]

    def split(self, coefficients: Floats) -> list[Floats]:
        """The coefficients of each curve."""
        return np.split(coefficients, np.cumsum([d.shape[1] for d in self.designs])[:-1])

    def predictors(self, coefficients: Floats) -> Floats:
        """(c, n)."""
        return np.array([d @ b for d, b in zip(self.designs, self.split(coefficients), strict=True)])

    def bending(self) -> Floats:
        """(R, P) of all curves, with their smoothings."""
        return np.asarray(linalg.block_diag(*(np.sqrt(s) * b for s, b in zip(self.smoothings, self.bendings, strict=True))))

    def penalty(self) -> Floats:
        """(P, P) second derivatives of what the bending costs."""
        bending = self.bending()
        return np.asarray(bending.T @ bending)


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the ascent ended."""

    coefficients: tuple[Floats, ...]
    log_likelihood: float
    """Weighted, without the penalties."""
    freedoms: tuple[float, ...]
    smoothings: tuple[float, ...]


def maximise(problem: Problem, start: Floats) -> Maximum:
    """The curves of highest penalised likelihood from coefficients to start with; smoothings are found where freedoms are wanted.

    Raises UsageError if the ascent does not arrive.
    """
    at, near = start, _NEARLY_ARRIVED if any(wanted is not None for wanted in problem.freedoms) else _ARRIVED
    with np.errstate(all="ignore"):
        for _ in range(_ROUNDS):
            at = _ascend(problem, at, near)
            curvature = _curvature(problem, at)
            freedoms = _freedoms(problem, curvature)
            off = [abs(f - w) for f, w in zip(freedoms, problem.freedoms, strict=True) if w is not None]
            if near == _ARRIVED and (not off or max(off) < _FREEDOM_WITHIN):
                at = _polished(problem, at)
                value, _ = problem.density(problem.predictors(at))
                return Maximum(tuple(problem.split(at)), float(problem.weight @ value), freedoms, problem.smoothings)
            near = _ARRIVED if max(off) < 100.0 * _FREEDOM_WITHIN else _NEARLY_ARRIVED
            problem = _smoothed(problem, curvature)
    raise not_arrived()


def _ascend(problem: Problem, at: Floats, near: float) -> Floats:
    """Upwards until a step would gain less than ``near``, which is still taken; where there is no hill yet, there is more to gain than a step tells."""
    bending = problem.bending()
    value = _value(problem, at, bending)
    for _ in range(_MOST_STEPS):
        step, gain, is_hill = _newton(problem, at, bending)
        share, moved = 1.0, _value(problem, at + step, bending)
        while not moved > value and share > _SHORTEST:
            share /= 2.0
            moved = _value(problem, at + share * step, bending)
        if moved > value:
            at, value = at + share * step, moved
        elif gain > _NOISE:
            raise not_arrived()
        if gain <= (near if is_hill else _ARRIVED) or share <= _SHORTEST:
            return at
    raise not_arrived()


def _polished(problem: Problem, at: Floats) -> Floats:
    """Steps that gain less than rounding hides, as long as each leaves less to gain: the end is the same in any order of the children."""
    bending = problem.bending()
    step, gain, _ = _newton(problem, at, bending)
    for _ in range(_LAST_STEPS):
        further, left, _ = _newton(problem, at + step, bending)
        if not left < gain:
            break
        at, step, gain = at + step, further, left
    return at


def _value(problem: Problem, at: Floats, bending: Floats) -> float:
    log_density, _ = problem.density(problem.predictors(at))
    bent = bending @ at
    return float(problem.weight @ log_density - 0.5 * bent @ bent)


def _newton(problem: Problem, at: Floats, bending: Floats) -> tuple[Floats, float, bool]:
    """The step, what it would gain, and whether the likelihood is a hill here; where it is not yet, the step is pulled towards the slope."""
    _, slopes = problem.density(problem.predictors(at))
    slope = np.concatenate([d.T @ (problem.weight * s) for d, s in zip(problem.designs, slopes, strict=True)])
    slope -= bending.T @ (bending @ at)
    hill = _curvature(problem, at) + bending.T @ bending
    if not (np.isfinite(hill).all() and np.isfinite(slope).all()):
        raise not_arrived()
    made = _made_hill(hill)
    step = linalg.cho_solve(linalg.cho_factor(made), slope)
    return step, float(slope @ step) / 2.0, bool((made == hill).all())


def _made_hill(matrix: Floats) -> Floats:
    """The matrix, with as much added to its diagonal as makes it positive definite."""
    size = np.diag(np.maximum(np.abs(np.diag(matrix)), 1e-8))
    for pull in (0.0, *10.0 ** np.arange(-9.0, 7.0)):
        try:
            linalg.cholesky(matrix + pull * size)
        except linalg.LinAlgError:
            continue
        return np.asarray(matrix + pull * size)
    raise not_arrived()


def _curvature(problem: Problem, at: Floats) -> Floats:
    """Minus the second derivatives of the weighted log likelihood by all coefficients."""
    predictors = problem.predictors(at)
    rows = []
    for place in range(len(predictors)):
        shift = np.zeros_like(predictors)
        shift[place] = _DIFFERENCE * np.maximum(1.0, np.abs(predictors[place]).max())
        up, down = (problem.density(predictors + side * shift)[1] for side in (1.0, -1.0))
        rows.append((down - up) / (2.0 * shift[place].max()))
    second = np.array(rows)
    second = (second + second.transpose(1, 0, 2)) / 2.0 * problem.weight
    curves = range(len(predictors))
    return np.block([[problem.designs[a].T @ (second[a, b][:, None] * problem.designs[b]) for b in curves] for a in curves])


def _freedoms(problem: Problem, curvature: Floats) -> tuple[float, ...]:
    influence = linalg.cho_solve(linalg.cho_factor(_made_hill(curvature + problem.penalty())), curvature)
    traces = problem.split(np.diag(influence))
    return tuple(float(trace.sum() if bending.size else trace.size) for trace, bending in zip(traces, problem.bendings, strict=True))


def _smoothed(problem: Problem, curvature: Floats) -> Problem:
    """The smoothings that give the wanted freedoms at this curvature, one curve after the other."""
    for place, wanted in enumerate(problem.freedoms):
        if wanted is not None:
            problem = _with(problem, place, _smoothing(problem, curvature, place, wanted))
    return problem


def _smoothing(problem: Problem, curvature: Floats, place: int, wanted: float) -> float:
    """The smoothing of one curve, the others staying: in the basis that makes penalty and curvature diagonal together."""
    now = problem.smoothings[place]
    alone = linalg.block_diag(*(b if at == place else 0.0 * b for at, b in enumerate(problem.bendings)))
    bends, vectors = linalg.eigh(alone.T @ alone, _made_hill(curvature + problem.penalty()))
    own = problem.split(np.arange(len(curvature), dtype=np.float64))[place].astype(np.intp)
    shares = (vectors[own] * (curvature @ vectors)[own]).sum(axis=0)

    def excess(log_smoothing: float) -> float:
        return float((shares / (1.0 + (np.exp(log_smoothing) - now) * bends)).sum()) - wanted

    if not excess(_LOG_SMOOTHING[0]) > 0.0 > excess(_LOG_SMOOTHING[1]):
        raise _refused("curve_freedom", f"{wanted:g} degrees of freedom are more than the sample tells of a curve", "ask for fewer, or for a polynomial of degree 0 or 1")
    return float(np.exp(optimize.brentq(excess, *_LOG_SMOOTHING, xtol=1e-10)))


def _with(problem: Problem, place: int, smoothing: float) -> Problem:
    smoothings = list(problem.smoothings)
    smoothings[place] = smoothing
    return replace(problem, smoothings=tuple(smoothings))


def not_arrived() -> UsageError:
    """What a fit without an end raises."""
    hint = "ask for curves of fewer parameters, the power and the tails first; look for scores that are slips of the pen"
    return _refused("fit_not_converged", "the likelihood has no maximum that the steps reach", hint)


def _refused(code: str, message: str, hint: str) -> UsageError:
    return UsageError(Issue(code, message, hint))
