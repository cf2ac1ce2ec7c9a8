"""Best subsets of regressors, every size, without missing one: the search of Furnival & Wilson 1974 for whole batches of subsets at a time.

Small subsets are built up from the constant, without exception. Large ones are what is left of the full model when regressors
are dropped: a branch ends where what is left already fits worse than subsets that are known. Adding to the one and dropping
from the other is the same step on the matrix of cross products, or on its inverse (Miller 2002, Subset selection in regression).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Sets = NDArray[np.int64]
Found = list[tuple[Sets, Floats]]
"""For each size or step: subsets as bits, and their residual sums."""

MOST_TERMS = 27
"""Powers up to 6 and 3: some seconds and most of a gigabyte. 23 terms take a fifth of a second."""
_BUILT_UP = 6  # sizes up to here are built up
_KNOWN = 80  # subsets of each size that are found before the search, for something to compare with
_SLACK = 1e-6  # of a residual sum: whatever comes so near is computed again
_SAFETY = 1000.0  # times the error of the search seen in subsets that are known: the worst of all subsets are off by so much more
_BLURRED = 0.01
_DEPENDENT = 1e-11  # of the length of a regressor: what is left of it beside the others


class Subsets(NamedTuple):
    """The best subsets of one size, the best first."""

    terms: Bools
    """(m, p) which of the p regressors are in."""
    rss: Floats
    """(m,) weighted sum of squared residuals."""


class _Nodes(NamedTuple):
    """Subsets that grow or shrink further, by q regressors that are still to be decided."""

    gram: Floats
    """(n, q, q); in the last step (n, q), its diagonal."""
    cross: Floats
    """(n, q)"""
    rss: Floats
    """(n,)"""
    moved: Sets
    """(n,) bits of the regressors added or dropped."""


class _Side(NamedTuple):
    """One end to search from: the constant alone, to which regressors are added, or the full model, from which they are dropped."""

    gram: Floats
    cross: Floats
    rss: float
    sign: float
    """-1: a step lowers the residual sum, +1: a step raises it."""


def best_subsets(x: Floats, y: Floats, weight: Floats, best: int = 10) -> tuple[Subsets, ...]:
    """The ``best`` subsets of 1, 2, ..., p regressors x (n, p) for y (n,) by weighted least squares; a constant is always in.

    Raises UsageError for more than 27 regressors, if they depend on each other, or if they are so much alike that
    subsets cannot be told apart in double precision.
    """
    p = x.shape[1]
    if p > MOST_TERMS:
        hint = f"choose lower powers: at most {MOST_TERMS} terms can be searched"
        raise UsageError(Issue("subsets_many", f"{p} terms have too many subsets", hint))
    root = np.sqrt(weight)
    centred, aim = (x - np.average(x, axis=0, weights=weight)) * root[:, None], (y - np.average(y, weights=weight)) * root
    length = np.linalg.norm(centred, axis=0)
    upper = triangle(np.column_stack([centred / np.where(length > 0.0, length, 1.0), aim]))
    if x.shape[0] <= p + 1 or not (length > 0.0).all() or np.abs(np.diag(upper)[:p]).min() < _DEPENDENT:
        hint = "choose lower powers: below the number of ages, and of raw scores"
        raise UsageError(Issue("subsets_dependent", "the powers of score and age depend on each other in this sample", hint))
    return tuple(_exact(sets, upper, best) for sets in _searched(upper, best))


def triangle(matrix: Floats) -> Floats:
    """The upper triangle R of Q R = a matrix (n, p), or of each of a stack of them."""
    return np.asarray(np.linalg.qr(matrix, mode="r"), dtype=np.float64)


def _searched(upper: Floats, best: int) -> list[Sets]:
    """Subsets of each size among which the best are."""
    p = upper.shape[0] - 1
    factor, aim, rss = upper[:p, :p], upper[:p, p], float(upper[p, p] ** 2)
    inverse = np.linalg.inv(factor)
    up = _Side(factor.T @ factor, factor.T @ aim, float(aim @ aim) + rss, -1.0)
    down = _Side(inverse @ inverse.T, inverse @ aim, rss, 1.0)
    order = np.argsort(-(down.cross**2) / np.diag(down.gram))
    down = _Side(down.gram[np.ix_(order, order)], down.cross[order], rss, 1.0)
    bits = 1 << np.arange(p, dtype=np.int64)
    everything, width = int(bits.sum()), max(_KNOWN, 4 * best)
    small = _beam(up, bits, width)
    large = [(everything - sets, values) for sets, values in reversed(_beam(down, bits[order], width))]
    known, limit, off = _bars(small, large, upper, best)
    steps = min(_BUILT_UP, p - 1)
    hits = _walked(up, bits, limit[: steps + 1] * (1.0 + off[0]), np.full(steps + 1, np.inf))
    bars = limit[p : steps : -1] * (1.0 + off[1])
    dropped = _walked(down, bits[order], bars, bars)
    found = [*hits[1:], *(everything - sets for sets in reversed(dropped[1:]))]
    return [*(np.concatenate(pair) for pair in zip(found, known, strict=True)), np.array([everything])]


def _bars(small: Found, large: Found, upper: Floats, best: int) -> tuple[list[Sets], Floats, list[float]]:
    """From subsets that are known: the best of each size, what a subset must not exceed to be among them, how exact either search is.

    Raises UsageError where the arithmetic of the search cannot tell subsets apart.
    """
    known, limit, off = [], np.full(upper.shape[0], np.inf), [0.0, 0.0]
    for size, sides in enumerate(zip(small, large, strict=True), 1):
        side = int(size > _BUILT_UP)
        sets, values = sides[side][0][: 2 * best], sides[side][1][: 2 * best]
        off[side] = max(off[side], float(np.abs(values / _rss(sets, upper) - 1.0).max()))
        some = _exact(np.concatenate([sets[: 2 * best] for sets, _ in sides]), upper, best)
        known.append(some.terms @ (1 << np.arange(upper.shape[0] - 1, dtype=np.int64)))
        limit[size] = some.rss[best - 1] if some.rss.size >= best else np.inf
    slack = [max(_SLACK, _SAFETY * one) for one in off]
    if not max(slack) < _BLURRED:
        hint = "choose a lower power of age, or z as the metric"
        raise UsageError(Issue("subsets_blurred", "the terms are so much alike in this sample that their subsets cannot be told apart", hint))
    return known, limit, slack


def _beam(side: _Side, bits: Sets, width: int) -> Found:
    """Good subsets after 1, 2, ..., p - 1 steps, found by going on from the best of the step before."""
    p = bits.size
    gram, cross, moved, rss = side.gram[None], side.cross[None], np.zeros(1, dtype=np.int64), np.array([side.rss])
    found = []
    for _ in range(p - 1):
        diagonal = np.diagonal(gram, axis1=1, axis2=2)
        with np.errstate(all="ignore"):
            values = rss[:, None] + side.sign * cross * cross / diagonal
        values = np.where(moved[:, None] & bits, np.inf, values).ravel()
        places = np.argsort(values)[: 4 * width + p]
        places = places[np.isfinite(values[places])]
        places = places[np.sort(np.unique((moved[:, None] | bits).ravel()[places], return_index=True)[1])][:width]
        rows, columns = np.divmod(places, p)
        pivot = gram[rows, columns]
        ratio = pivot / pivot[np.arange(rows.size), columns][:, None]
        cross = cross[rows] - ratio * cross[rows, columns][:, None]
        gram = gram[rows] - ratio[:, :, None] * pivot[:, None, :]
        moved, rss = moved[rows] | bits[columns], values[places]
        found.append((moved, rss))
    return found


def _walked(side: _Side, bits: Sets, limit: Floats, reach: Floats) -> list[Sets]:
    """Bits moved of all subsets whose residual sum, after d steps, is at most limit[d]; a branch goes on while reach allows it.

    Regressors are decided one after the other, so that every subset is met once. reach[d]: the highest residual sum of a
    subset that can still come to d steps.
    """
    p, steps = bits.size, limit.size - 1
    hits: list[list[Sets]] = [[np.empty(0, dtype=np.int64)] for _ in limit]
    level = {p: _Nodes(side.gram[None], side.cross[None], np.array([side.rss]), np.zeros(1, dtype=np.int64))}
    for step in range(1, steps + 1):
        ahead: dict[int, list[_Nodes]] = {}
        for left, nodes in level.items():
            diagonal = nodes.gram if nodes.gram.ndim == 2 else np.diagonal(nodes.gram, axis1=1, axis2=2)
            with np.errstate(all="ignore"):
                rss = nodes.rss[:, None] + side.sign * nodes.cross * nodes.cross / diagonal
            rows, columns = np.nonzero(rss <= limit[step])
            hits[step].append(nodes.moved[rows] | bits[p - left + columns])
            if step == steps:
                continue
            more = np.arange(left - 1, 0, -1)
            goes_on = rss[:, :-1] <= reach[np.minimum(step + more, steps)]
            n_going = goes_on.sum(axis=0).tolist()
            for place in np.flatnonzero(n_going).tolist():
                going = slice(None) if n_going[place] == len(rss) else np.flatnonzero(goes_on[:, place])
                further = _stepped(nodes, going, place, rss[going, place], bits[p - left + place], step == steps - 1)
                ahead.setdefault(left - 1 - place, []).append(further)
        level = {left: _Nodes(*(np.concatenate(parts) for parts in zip(*several, strict=True))) for left, several in ahead.items()}
    return [np.concatenate(sets) for sets in hits]


def _stepped(nodes: _Nodes, rows: NDArray[np.intp] | slice, place: int, rss: Floats, bit: np.int64, last: bool) -> _Nodes:
    """The nodes of some rows after one regressor has moved; those before it are decided, too."""
    gram, cross = nodes.gram[rows], nodes.cross[rows]
    pivot = gram[:, place, place + 1 :]
    ratio = pivot / gram[:, place, place, None]
    if last:
        rest = np.diagonal(gram, axis1=1, axis2=2)[:, place + 1 :] - ratio * pivot
    else:
        rest = gram[:, place + 1 :, place + 1 :] - ratio[:, :, None] * pivot[:, None, :]
    return _Nodes(rest, cross[:, place + 1 :] - ratio * cross[:, place, None], rss, nodes.moved[rows] | bit)


def _exact(sets: Sets, upper: Floats, best: int) -> Subsets:
    """The best of the subsets of one size."""
    sets = np.unique(sets)
    rss = _rss(sets, upper)
    order = np.argsort(rss, kind="stable")[:best]
    return Subsets((sets[order, None] >> np.arange(upper.shape[0] - 1) & 1).astype(bool), rss[order])


def _rss(sets: Sets, upper: Floats) -> Floats:
    """Residual sums of subsets of one size by orthogonal triangulation."""
    p = upper.shape[0] - 1
    members = np.nonzero(sets[:, None] >> np.arange(p) & 1)[1].reshape(len(sets), -1)
    columns = np.column_stack([members, np.full(len(sets), p)])
    return np.asarray(triangle(upper[:, columns].transpose(1, 0, 2))[:, -1, -1] ** 2)
