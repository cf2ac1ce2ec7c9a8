"""Item points to one measure per child: a raw score under its missing rule, or an ability with its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from otscore.batch import Batch, Bools, Codes, Flags, Floats, Ints
from otscore.codes import Flag, Status
from otscore.compile import Form, ScaleForm
from otscore.compile.form import FilterForm, GradeForm
from otscore.compile.irt import JointPlace
from otscore.engine.ability import Joint, estimate, joint_abilities
from otscore.engine.runs import from_basal_to_ceiling
from otscore.engine.status import age_problem, convention_flags, first_problem
from otscore.kernel import raw
from otscore.kernel.derive import range_place
from otscore.kernel.rounding import round_half_up
from otscore.kernel.window import window_filled


@dataclass(frozen=True, slots=True)
class Measured:
    """One scale before norms: raw or ability (NaN where ``status`` is not OK), its error, flags. All (n,)."""

    n_answered: Ints
    raw: Floats
    ability: Floats
    sem: Floats
    status: Codes
    flags: Flags
    posterior: Floats | None = None


def measure_all(form: Form, points: Floats, batch: Batch, marked: Mapping[int, Bools]) -> list[Measured]:
    """The measure of every scale, in order; a scale may be made of those before it.

    marked : flags that answers have, each with the (n, k) answers that have it; a score made with one of them has it too.
    """
    joint = joint_abilities(form, points, batch)
    measured: list[Measured] = []
    for scale in form.scales:
        if scale.members:
            found = _of_scales(scale, [measured[place] for place in scale.members])
        else:
            found = _of_items(form, scale, points, batch, joint)
            for flag, answers in marked.items():
                found.flags[answers[:, scale.columns].any(axis=1) & (found.status == Status.OK)] |= flag
        measured.append(_finished(scale, found, measured))
    return measured


def _of_items(form: Form, scale: ScaleForm, points: Floats, batch: Batch, joint: Joint) -> Measured:
    mine = points if scale.whole else np.ascontiguousarray(points[:, scale.columns])
    illegal = _illegal(scale, batch)
    if scale.irt is not None:
        return _ability(form, scale, mine, batch, illegal, joint)
    flags = np.zeros(len(mine), dtype=np.int32)
    answered = raw.n_answered(mine)
    discontinued = None
    if scale.runs is not None and scale.most is not None:
        mine, discontinued = from_basal_to_ceiling(scale.runs, mine, scale.most, batch, flags)
    else:
        mine = _filled(scale, mine, answered, flags)
    graded = np.zeros(len(mine), dtype=np.int16)
    if scale.grade is not None:
        given = ~np.isnan(points[:, scale.columns])
        mine, graded, age_flags = _graded(scale.grade, mine, batch)
        flags |= age_flags
        gradable = (given & ~np.isnan(mine)).sum(axis=1)
        answered = np.where(graded == Status.OK, gradable, answered)
    value = _combined(scale, points, mine, batch)
    status = first_problem(_missing_status(scale, value, answered, illegal), graded)
    if discontinued is not None:
        status[(status == Status.TOO_FEW_ITEMS) & discontinued] = Status.DISCONTINUED
    if scale.scale.prorate and scale.scale.missing_as is None:
        half_up = scale.scale.prorate_round == "half_up"
        value = raw.prorated(value, answered, scale.n_items, half_up=half_up)
        flags[answered < scale.n_items] |= Flag.PRORATED
    elif scale.heads is None and scale.most is None:
        flags[answered < scale.n_items] |= Flag.ITEMS_MISSING
    if scale.filter is not None:
        value, status, flags = _filtered(scale.filter, points, value, status, flags)
    absent = np.full(len(mine), np.nan)
    return Measured(answered, value, absent, absent, status, flags)


def _illegal(scale: ScaleForm, batch: Batch) -> Bools | None:
    """Children with an illegal answer to an item of the scale, of the joint model behind it, or to its filter question."""
    if batch.illegal is None:
        return None
    columns = scale.irt.joint.columns if isinstance(scale.irt, JointPlace) else scale.columns
    if scale.filter is not None:
        columns = np.append(columns, scale.filter.column)
    return np.asarray(np.any(batch.illegal[:, columns], axis=1))


def _filled(scale: ScaleForm, mine: Floats, answered: Ints, flags: Flags) -> Floats:
    """Answers with what the publication puts in the place of missing ones, and the flags that say so."""
    if scale.scale.missing_as is not None:
        flags[answered < scale.n_items] |= Flag.MISSING_COUNTED_AS_FAIL
        return np.where(np.isnan(mine), scale.scale.missing_as, mine)
    if scale.most is not None:
        filled, left_out = window_filled(mine, scale.most)
        flags[left_out > 0] |= Flag.ITEMS_MISSING
        return filled
    return mine


def _filtered(form: FilterForm, points: Floats, value: Floats, status: Codes, flags: Flags) -> tuple[Floats, Codes, Flags]:
    """Where the filter question decides, its raw score stands and nothing is missing; an illegal answer stays one."""
    decided = np.isin(points[:, form.column], form.points) & (status != Status.ILLEGAL_ANSWER)
    return np.where(decided, form.raw, value), np.where(decided, Status.OK, status).astype(np.int16), np.where(decided, 0, flags)


def _finished(scale: ScaleForm, found: Measured, before: Sequence[Measured]) -> Measured:
    """The raw score rounded or turned into points, and withheld where the scale it stands or falls with has none."""
    value, status = found.raw, found.status
    if scale.scale.decimals is not None:
        value = round_half_up(value, scale.scale.decimals)
    if scale.points is not None:
        start, stop, points = scale.points
        place = range_place(value, np.zeros(len(value), dtype=np.intp), [start], [stop])
        value = np.where(place >= 0, points[place], np.nan)
        status = np.where((status == Status.OK) & (place < 0), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    if scale.valid_with is not None:
        other = before[scale.valid_with].status
        other = np.where(other == Status.NO_ITEMS, Status.TOO_FEW_ITEMS, other)  # this scale has items
        status = np.where((status == Status.OK) & (other != Status.OK), other, status).astype(np.int16)
    if scale.irt is not None and scale.valid_with is None:
        return found
    scored = status == Status.OK
    parts = {name: np.where(scored, getattr(found, name), np.nan) for name in ("ability", "sem")}
    return replace(found, raw=np.where(scored, value, np.nan), status=status, flags=np.where(scored, found.flags, 0).astype(np.int32), **parts)


def _combined(scale: ScaleForm, points: Floats, mine: Floats, batch: Batch) -> Floats:
    """The raw score before any missing rule; what was not answered contributes nothing."""
    method = scale.scale.raw
    if scale.heads is not None and scale.follow is not None:
        return raw.branch(points, batch.responses, scale.heads, dict(scale.follow))
    if scale.weights is not None:
        return raw.weighted_total(mine, scale.weights)
    if scale.scale.count_at_least is not None:
        return raw.count_at_least(mine, scale.scale.count_at_least)
    if scale.runs is not None:
        return raw.complete_total(mine)
    return {"sum": raw.total, "mean": raw.mean, "max": raw.highest, "min": raw.lowest}[method](mine)


def _missing_status(scale: ScaleForm, value: Floats, answered: Ints, illegal: Bools | None) -> Codes:
    status = np.zeros(len(value), dtype=np.int16)
    rule = scale.scale
    if scale.heads is not None or scale.runs is not None:
        enough = ~np.isnan(value)
    elif rule.max_missing is not None:
        enough = raw.missing_allowed(answered, scale.n_items, rule.max_missing)
    else:
        enough = answered >= scale.min_answered
    if rule.sufficient_at is not None:
        enough = enough | (value >= rule.sufficient_at)
    status[~enough] = Status.TOO_FEW_ITEMS
    status[answered == 0] = Status.NO_ITEMS
    if illegal is not None:
        status[illegal] = Status.ILLEGAL_ANSWER
    return status


def _graded(grade: GradeForm, points: Floats, batch: Batch) -> tuple[Floats, Codes, Flags]:
    """Codes of the thresholds reached, why there are none, flags; without an age in their range even the raw score is unknown."""
    row, status = grade.finder.find(batch.age, {})
    flags = np.zeros(len(batch), dtype=np.int32)
    if batch.age_other is not None:
        flags = convention_flags(row, grade.finder.find(batch.age_other, {})[0], batch)
    thresholds = grade.at_least[np.maximum(row, 0)]
    codes = raw.graded(points, thresholds, grade.codes, grade.lowest)
    return np.where(row[:, None] >= 0, codes, np.nan), age_problem(status, batch), flags


def _of_scales(scale: ScaleForm, members: Sequence[Measured]) -> Measured:
    """The sum (weighted, prorated) or the best of other raw scores; too few of them and the first reason is told."""
    statuses = np.stack([member.status for member in members], axis=1)
    parts = np.stack([np.where(member.status == Status.OK, member.raw, np.nan) for member in members], axis=1)
    known = raw.n_answered(parts)
    if scale.scale.raw == "max_of_scales":
        value = raw.highest(parts)
    else:
        value = raw.total(parts) if scale.weights is None else raw.weighted_total(parts, scale.weights)
    flags = np.bitwise_or.reduce(np.stack([np.where(member.status == Status.OK, member.flags, 0) for member in members], axis=1), axis=1)
    if scale.scale.prorate:
        value = raw.prorated(value, known, len(members), half_up=scale.scale.prorate_round == "half_up")
    missing = known < len(members)
    flags[missing] |= Flag.PRORATED if scale.scale.prorate else Flag.ITEMS_MISSING
    alike = (statuses == statuses[:, :1]).all(axis=1)
    absent = np.where(alike, statuses[:, 0], Status.MEMBER_MISSING)
    enough = known >= scale.min_answered
    if scale.scale.max_missing is not None:
        enough = raw.missing_allowed(known, len(members), scale.scale.max_missing)
    status = np.where(enough, Status.OK, absent).astype(np.int16)
    answered = np.stack([member.n_answered for member in members], axis=1).sum(axis=1)
    none = np.full(len(value), np.nan)
    return Measured(answered, value, none, none, status, flags)


def _ability(form: Form, scale: ScaleForm, points: Floats, batch: Batch, illegal: Bools | None, joint: Joint) -> Measured:
    answered = raw.n_answered(points)
    found = estimate(form, scale.irt, points, batch, joint)
    status, flags = found.status, found.flags
    status[answered < scale.min_answered] = Status.TOO_FEW_ITEMS
    status[answered == 0] = Status.NO_ITEMS
    if illegal is not None:
        status[illegal] = Status.ILLEGAL_ANSWER
    scored = status == Status.OK
    flags[~scored] = 0
    total = np.where(answered > 0, raw.total(points), np.nan)
    keep = None if found.posterior is None else np.where(scored[:, None], found.posterior, np.nan)
    return Measured(
        answered, np.where(status == Status.ILLEGAL_ANSWER, np.nan, total),
        np.where(scored, found.ability, np.nan), np.where(scored, found.sem, np.nan), status, flags, keep,
    )  # fmt: skip
