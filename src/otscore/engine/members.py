"""Scores made of other scales: sums, means and the best of their raw or derived scores, under the rule for missing members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from otscore.batch import Bools, Codes, Flags, Floats, Ints
from otscore.codes import Flag, Status
from otscore.compile import ScaleForm
from otscore.engine.results import Done, Measured
from otscore.kernel import raw

OF_THE_TABLE = Flag.AT_FLOOR | Flag.AT_CEILING | Flag.PERCENTILE_ASSUMES_NORMAL | Flag.FALSE_BASAL | Flag.FALSE_CEILING
"""Flags that speak of a member's own norms, or of how its rule was followed, and not of what is made of it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The members of a score, (n, m): their values (NaN where there is none), statuses, flags, and how many answers each has."""

    values: Floats
    status: Codes
    flags: Flags
    answered: Ints


def of_scales(scale: ScaleForm, done: Sequence[Done]) -> Measured:
    """The score made of others; where too few of them have a result, the first reason is told."""
    parts = _parts(scale, [done[place] for place in scale.members])
    parts, substituted = _substituted(scale, parts, done)
    given = parts.status != Status.NOT_AT_AGE
    n_given, known = np.count_nonzero(given, axis=1), raw.n_answered(parts.values)
    value = _combined(scale, parts.values)
    flags = np.bitwise_or.reduce(np.where(parts.status == Status.OK, parts.flags, 0), axis=1)
    if scale.scale.prorate:
        value = np.where(known == n_given, value, _prorated(scale, value, known, n_given))
    flags[known < n_given] |= Flag.PRORATED if scale.scale.prorate else Flag.ITEMS_MISSING
    flags[substituted] |= Flag.SUBSTITUTED
    if scale.scale.raw == "mean_of_z":
        flags |= Flag.APPROXIMATE
    status = np.where(_enough(scale, parts, known, n_given), Status.OK, _why_not(parts, given)).astype(np.int16)
    none = np.full(len(value), np.nan)
    return Measured(parts.answered.sum(axis=1), value, none, none, status, flags)


def _parts(scale: ScaleForm, members: Sequence[Done]) -> Parts:
    """Raw scores of the members, or derived ones; then also what stands in the way of those."""
    scores = scale.of_scores
    name = "z" if scale.scale.raw == "mean_of_z" else "summand"
    values = [getattr(member.derived, name) if scores else member.measured.raw for member in members]
    status = [member.derived.status if scores else member.measured.status for member in members]
    flags = [member.measured.flags | (member.derived.flags if scores else 0) for member in members]
    answered = np.stack([member.measured.n_answered for member in members], axis=1)
    found, why = np.stack(values, axis=1), np.stack(status, axis=1)
    why = np.where((why == Status.OK) & np.isnan(found), Status.MEMBER_MISSING, why).astype(np.int16)  # a class is no score
    return Parts(np.where(why == Status.OK, found, np.nan), why, np.stack(flags, axis=1) & ~OF_THE_TABLE, answered)


def _substituted(scale: ScaleForm, parts: Parts, done: Sequence[Done]) -> tuple[Parts, Bools]:
    """Members without a result replaced by the first of their substitutes that has one, each used once."""
    replaced = np.zeros(len(parts.values), dtype=np.bool_)
    if scale.substitutes is None:
        return parts, replaced
    used = {place: np.zeros(len(parts.values), dtype=np.bool_) for places in scale.substitutes.values() for place in places}
    for member, places in scale.substitutes.items():
        for place in places:
            other = _parts(scale, [done[place]])
            free = (parts.status[:, member] != Status.OK) & (parts.status[:, member] != Status.NOT_AT_AGE)
            taken = free & (other.status[:, 0] == Status.OK) & ~used[place]
            used[place] |= taken
            replaced |= taken
            for name in ("values", "status", "flags", "answered"):
                getattr(parts, name)[taken, member] = getattr(other, name)[taken, 0]
    return parts, replaced


def _combined(scale: ScaleForm, values: Floats) -> Floats:
    method = scale.scale.raw
    if method == "max_of_scales":
        return raw.highest(values)
    if scale.weights is None:
        return raw.total(values) if method in ("sum_of_scales", "sum_of_scores") else raw.mean(values)
    total = raw.weighted_total(values, scale.weights)
    if method != "mean_of_scores":
        return total
    weight = np.where(np.isnan(values), 0.0, scale.weights).sum(axis=1)
    mean: Floats = np.divide(total, weight, out=np.full(len(total), np.nan), where=weight > 0.0)
    return mean


def _prorated(scale: ScaleForm, value: Floats, known: Ints, n_given: Ints) -> Floats:
    """The sum scaled to all members given at the child's age."""
    half_up = scale.scale.prorate_round == "half_up"
    return raw.prorated(value, known, n_given, half_up=half_up)


def _enough(scale: ScaleForm, parts: Parts, known: Ints, n_given: Ints) -> Bools:
    rule = scale.scale
    if rule.max_missing is not None:
        enough = raw.missing_allowed(known, np.maximum(n_given, 1), rule.max_missing)
    else:
        enough = known >= np.minimum(scale.min_answered, n_given)
    if scale.required is not None:
        given = parts.status[:, scale.required] != Status.NOT_AT_AGE
        enough &= ~(np.isnan(parts.values[:, scale.required]) & given).any(axis=1)
    return np.asarray(enough & (known > 0))


def _why_not(parts: Parts, given: Bools) -> Codes:
    """The status that the members share, leaving aside those not given at the age; else that one is missing."""
    first = np.take_along_axis(parts.status, given.argmax(axis=1)[:, None], axis=1)
    alike = ((parts.status == first) | ~given).all(axis=1)
    return np.where(alike, first[:, 0], Status.MEMBER_MISSING).astype(np.int16)
