"""Item points to one measure per child: a raw score under its missing rule, or an ability with its error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Bools, Codes, Flags, Floats, Ints
from otscore.codes import Flag, Status
from otscore.compile import Form, ScaleForm
from otscore.compile.irt import JointPlace
from otscore.compile.scales import FilterForm, GradeForm, VerdictForm
from otscore.engine.ability import Joint, estimate
from otscore.engine.answers import Answers
from otscore.engine.members import of_scales
from otscore.engine.results import Done, Measured
from otscore.engine.runs import from_basal_to_ceiling
from otscore.engine.status import age_problem, convention_flags, first_problem
from otscore.kernel import answer_patterns as patterns
from otscore.kernel import raw
from otscore.kernel.derive import range_value
from otscore.kernel.rounding import round_half_up
from otscore.kernel.window import window_filled


def measure(form: Form, scale: ScaleForm, answers: Answers, batch: Batch, joint: Joint, done: Sequence[Done]) -> Measured:
    """The measure of one scale for every child; it may be made of those ``done`` before it."""
    if scale.members:
        found = of_scales(scale, done)
    else:
        found = _of_items(form, scale, answers, batch, joint)
        if answers.tried is not None:  # a hand or a trial that was given makes no value, but the scale was asked
            tried = answers.tried[:, scale.columns].any(axis=1)
            found.status[tried & (found.status == Status.NO_ITEMS)] = Status.TOO_FEW_ITEMS
        for flag, marked in answers.marked.items():
            found.flags[marked[:, scale.columns].any(axis=1) & (found.status == Status.OK)] |= flag
    found = _finished(scale, _at_its_ages(scale, found, batch))
    return _judged(scale, found, done)


def _of_items(form: Form, scale: ScaleForm, answers: Answers, batch: Batch, joint: Joint) -> Measured:
    mine = answers.points if scale.whole else np.ascontiguousarray(answers.points[:, scale.columns])
    illegal = _illegal(scale, answers)
    if scale.irt is not None:
        return _ability(form, scale, mine, batch, illegal, joint)
    found = _raw_score(scale, answers, mine, batch, illegal)
    if scale.total is not None:
        found = _with_total(scale, found, answers.points[:, scale.total], mine)
    if scale.error is not None:
        found = replace(found, sem=np.where(found.status == Status.OK, answers.points[:, scale.error], np.nan))
    return found


def _raw_score(scale: ScaleForm, answers: Answers, mine: Floats, batch: Batch, illegal: Bools | None) -> Measured:
    flags = np.zeros(len(mine), dtype=np.int32)
    answered, lacking = raw.n_answered(mine), _lacking(scale, mine)
    discontinued = None
    if scale.runs is not None:
        mine, discontinued = from_basal_to_ceiling(scale.runs, mine, scale.most, batch, flags)
    else:
        mine = _filled(scale, mine, answered, flags)
    graded = np.zeros(len(mine), dtype=np.int16)
    if scale.grade is not None:
        given = ~np.isnan(answers.points[:, scale.columns])
        mine, graded, age_flags = age_graded(scale.grade, mine, batch)
        flags |= age_flags
        gradable = (given & ~np.isnan(mine)).sum(axis=1)
        answered = np.where(graded == Status.OK, gradable, answered)
    value = _combined(scale, answers, mine, batch)
    if scale.adjusted is not None:
        value = raw.adjusted(value, scale.n_items - answered, scale.adjusted.values, scale.adjusted.first_raw)
    pairs = patterns.complete_pairs(mine) if scale.scale.pairs else None
    status = first_problem(_missing_status(scale, value, answered, lacking, illegal, pairs), graded)
    if discontinued is not None:
        status[(status == Status.TOO_FEW_ITEMS) & discontinued] = Status.DISCONTINUED
    value = _prorated(scale, value, answered, flags)
    if scale.filter is not None:
        value, status, flags = _filtered(scale.filter, answers.points, value, status, flags)
    absent = np.full(len(mine), np.nan)
    return Measured(answered, value, absent, absent, status, flags)


def _illegal(scale: ScaleForm, answers: Answers) -> Bools | None:
    """Children with an illegal answer to an item of the scale, of the joint model behind it, to its filter question, or as its total."""
    if answers.illegal is None:
        return None
    columns = scale.irt.joint.columns if isinstance(scale.irt, JointPlace) else scale.columns
    others = (None if scale.filter is None else scale.filter.column, scale.total, scale.error)
    columns = np.append(columns, np.array([column for column in others if column is not None], dtype=np.intp))
    return np.asarray(np.any(answers.illegal[:, columns], axis=1))


def _lacking(scale: ScaleForm, mine: Floats) -> Bools | None:
    """Children who lack an item that must be there."""
    return None if scale.required is None else np.asarray(np.isnan(mine[:, scale.required]).any(axis=1))


def _filled(scale: ScaleForm, mine: Floats, answered: Ints, flags: Flags) -> Floats:
    """Answers with what the publication puts in the place of missing ones, and the flags that say so."""
    if scale.filled is not None:
        if scale.scale.missing_as != "median":
            flags[answered < scale.n_items] |= Flag.MISSING_COUNTED_AS_FAIL
        return np.where(np.isnan(mine), scale.filled, mine)
    if scale.scale.administration == "window":
        filled, left_out = window_filled(mine, scale.most)
        flags[left_out > 0] |= Flag.ITEMS_MISSING
        return filled
    return mine


def _combined(scale: ScaleForm, answers: Answers, mine: Floats, batch: Batch) -> Floats:
    """The raw score before any missing rule; what was not answered contributes nothing."""
    method = scale.scale.raw
    if scale.heads is not None and scale.follow is not None:
        return raw.branch(answers.points, batch.responses, scale.heads, dict(scale.follow))
    if scale.weights is not None:
        return raw.weighted_total(mine, scale.weights)
    if scale.scale.count_at_least is not None:
        return raw.count_at_least(mine, scale.scale.count_at_least)
    if scale.runs is not None:
        return raw.complete_total(mine)
    if method == "percent":
        return raw.percent_of_maximum(mine, scale.least, scale.most)
    if scale.coded is not None:
        return patterns.n_coded(np.ascontiguousarray(answers.given[:, scale.columns]), scale.coded)
    if scale.of_answers:
        return _pattern(scale, mine, answers)
    return {"sum": raw.total, "mean": raw.mean, "max": raw.highest, "min": raw.lowest}[method](mine)


def _pattern(scale: ScaleForm, points: Floats, answers: Answers) -> Floats:
    if scale.scale.raw == "n_estimated":
        return patterns.how_many(answers.marked[Flag.ESTIMATED][:, scale.columns]) if Flag.ESTIMATED in answers.marked else np.zeros(len(points))
    if scale.scale.raw == "longest_same":
        return patterns.longest_same(np.where(np.isnan(points), np.nan, answers.given[:, scale.columns]))
    return {"n_missing": patterns.n_missing, "pair_differences": patterns.pair_differences}[scale.scale.raw](points)


def _prorated(scale: ScaleForm, value: Floats, answered: Ints, flags: Flags) -> Floats:
    """The sum scaled to all items where the scale says so, and the flags for items that are missing."""
    rule = scale.scale
    if rule.prorate and rule.missing_as is None:
        flags[answered < scale.n_items] |= Flag.PRORATED
        return raw.prorated(value, answered, scale.n_items, half_up=rule.prorate_round == "half_up")
    if scale.heads is None and scale.runs is None and rule.administration == "all" and not scale.of_answers:
        flags[answered < scale.n_items] |= Flag.PRORATED if scale.adjusted is not None else Flag.ITEMS_MISSING
    return value


def _filtered(form: FilterForm, points: Floats, value: Floats, status: Codes, flags: Flags) -> tuple[Floats, Codes, Flags]:
    """Where the filter question decides, its raw score stands and nothing is missing; an illegal answer stays one."""
    decided = np.isin(points[:, form.column], form.points) & (status != Status.ILLEGAL_ANSWER)
    return np.where(decided, form.raw, value), np.where(decided, Status.OK, status).astype(np.int16), np.where(decided, 0, flags)


def _with_total(scale: ScaleForm, found: Measured, total: Floats, mine: Floats) -> Measured:
    """The raw score added up by hand where the items give none; where they give another, or more already, neither can be trusted."""
    entered = ~np.isnan(total) & (found.status != Status.ILLEGAL_ANSWER)
    complete = found.status == Status.OK
    apart = entered & complete & (found.raw != total)
    if scale.scale.raw == "sum" and bool(np.all(scale.least >= 0.0)) and scale.runs is None:
        apart |= entered & (raw.total(mine) > total)
    taken = entered & ~complete & ~apart
    status = np.where(apart, Status.RAW_DISAGREES, np.where(taken, Status.OK, found.status)).astype(np.int16)
    flags = np.where(taken, Flag.RAW_ENTERED, found.flags).astype(np.int32)
    return replace(found, raw=np.where(taken, total, found.raw), status=status, flags=flags)


def _at_its_ages(scale: ScaleForm, found: Measured, batch: Batch) -> Measured:
    """No score outside the ages at which the scale is given."""
    if scale.scale.ages is None:
        return found
    start, stop = scale.scale.ages
    outside = (batch.age < start) | (batch.age >= stop)
    unknown = age_problem(np.where(np.isnan(batch.age), Status.AGE_MISSING, Status.OK).astype(np.int16), batch)
    status = np.where(outside, Status.NOT_AT_AGE, first_problem(found.status, unknown)).astype(np.int16)
    return replace(found, status=status)


def _finished(scale: ScaleForm, found: Measured) -> Measured:
    """The raw score rounded, and turned into points where a table says so."""
    value, status = found.raw, found.status
    if scale.scale.decimals is not None:
        value = round_half_up(value, scale.scale.decimals)
    if scale.points is not None:
        value = range_value(value, *scale.points)
        status = np.where((status == Status.OK) & np.isnan(value), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    return replace(found, raw=value, status=status)


def _judged(scale: ScaleForm, found: Measured, done: Sequence[Done]) -> Measured:
    """Withheld where the scale it stands or falls with has no result, or where a validity index says so; else doubted by one."""
    status, flags = found.status, found.flags
    if scale.valid_with is not None:
        other = done[scale.valid_with].measured.status
        other = np.where(other == Status.NO_ITEMS, Status.TOO_FEW_ITEMS, other)  # this scale has items
        status = np.where((status == Status.OK) & (other != Status.OK), other, status).astype(np.int16)
    invalid = _told(scale.invalid_if, done)
    if invalid is not None:
        status = np.where((status == Status.OK) & invalid, Status.INVALID_PROTOCOL, status).astype(np.int16)
    doubted = _told(scale.doubtful_if, done)
    if doubted is not None:
        flags = np.where(doubted, flags | Flag.DOUBTFUL, flags).astype(np.int32)
    if scale.irt is not None and scale.valid_with is None and invalid is None and scale.scale.ages is None:
        return replace(found, flags=flags)
    scored = status == Status.OK
    parts = {name: np.where(scored, getattr(found, name), np.nan) for name in ("raw", "ability", "sem")}
    return replace(found, status=status, flags=np.where(scored, flags, 0).astype(np.int32), **parts)


def _told(verdicts: Sequence[VerdictForm], done: Sequence[Done]) -> Bools | None:
    """Children of whom one of the indices says so; None where there are no indices."""
    if not verdicts:
        return None
    return np.asarray(np.logical_or.reduce([np.isin(done[one.scale].derived.band, one.bands) for one in verdicts]))


def _missing_status(
    scale: ScaleForm, value: Floats, answered: Ints, lacking: Bools | None, illegal: Bools | None, pairs: Ints | None = None
) -> Codes:  # fmt: skip
    """pairs : complete pairs of answers, where the scale is made of pairs."""
    status = np.zeros(len(value), dtype=np.int16)
    rule = scale.scale
    if scale.heads is not None or scale.runs is not None:
        enough = ~np.isnan(value)
    elif rule.max_missing is not None:
        enough = raw.missing_allowed(answered, scale.n_items, rule.max_missing)
    else:
        enough = (answered if pairs is None else pairs) >= scale.min_answered
    if rule.sufficient_at is not None:
        enough = enough | (value >= rule.sufficient_at)
    if lacking is not None:
        enough = enough & ~lacking
    if scale.adjusted is not None or rule.missing_as == "median":
        enough = enough & ~np.isnan(value)
    status[~enough] = Status.TOO_FEW_ITEMS
    status[answered == 0] = Status.NO_ITEMS
    if illegal is not None:
        status[illegal] = Status.ILLEGAL_ANSWER
    return status


def age_graded(grade: GradeForm, points: Floats, batch: Batch) -> tuple[Floats, Codes, Codes]:
    """Codes of the thresholds reached, why there are none, flags; without an age in their range even the raw score is unknown."""
    row, status = grade.finder.find(batch.age, {})
    flags = np.zeros(len(batch), dtype=np.int16)
    if batch.age_other is not None:
        flags = convention_flags(row, grade.finder.find(batch.age_other, {})[0], batch)
    thresholds = grade.at_least[np.maximum(row, 0)]
    codes = raw.graded(points, thresholds, grade.codes, grade.lowest)
    return np.where(row[:, None] >= 0, codes, np.nan), age_problem(status, batch), flags


def _ability(form: Form, scale: ScaleForm, points: Floats, batch: Batch, illegal: Bools | None, joint: Joint) -> Measured:
    answered = raw.n_answered(points)
    found = estimate(form, scale.irt, points, batch, joint)
    status, flags = found.status, found.flags.astype(np.int32)
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
