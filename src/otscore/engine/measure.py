"""Item points to one measure per child: a raw score under its missing rule, or an ability with its error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from otscore.batch import Batch, Bools, Codes, Floats, Ints
from otscore.codes import Flag, Status
from otscore.compile import Form, ScaleForm
from otscore.compile.form import GradeForm, IrtForm
from otscore.engine.status import age_problem, convention_flags, first_problem
from otscore.kernel import irt, raw
from otscore.kernel.rounding import round_half_up


@dataclass(frozen=True, slots=True)
class Measured:
    """One scale before norms: raw or ability (NaN where ``status`` is not OK), its error, flags. All (n,)."""

    n_answered: Ints
    raw: Floats
    ability: Floats
    sem: Floats
    status: Codes
    flags: Codes
    posterior: Floats | None = None


def measure(form: Form, scale: ScaleForm, points: Floats, batch: Batch, before: Sequence[Measured]) -> Measured:
    """The measure of one scale. ``before`` holds the scales already measured, for a sum of scales."""
    if scale.members:
        return _sum_of_scales([before[place] for place in scale.members])
    mine = points if scale.whole else np.ascontiguousarray(points[:, scale.columns])
    illegal: Bools | None = None if batch.illegal is None else np.any(batch.illegal[:, scale.columns], axis=1)
    if scale.irt is not None:
        return _ability(form, scale.irt, mine, batch, illegal)
    flags = np.zeros(len(mine), dtype=np.int16)
    answered = raw.n_answered(mine)
    if scale.scale.missing_as is not None:
        flags[answered < scale.n_items] |= Flag.MISSING_COUNTED_AS_FAIL
        mine = np.where(np.isnan(mine), scale.scale.missing_as, mine)
    graded = np.zeros(len(mine), dtype=np.int16)
    if scale.grade is not None:
        given = ~np.isnan(points[:, scale.columns])
        mine, graded = _graded(scale.grade, mine, batch)
        flags |= _graded_flags(scale.grade, batch)
        gradable = np.count_nonzero(given & ~np.isnan(mine), axis=1)
        answered = np.where(graded == Status.OK, gradable, answered)
    value = _combined(scale, points, mine, batch)
    status = first_problem(_missing_status(scale, value, answered, illegal), graded)
    if scale.scale.prorate and scale.scale.missing_as is None:
        half_up = scale.scale.prorate_round == "half_up"
        value = raw.prorated(value, answered, scale.n_items, half_up=half_up)
        flags[answered < scale.n_items] |= Flag.PRORATED
    elif scale.heads is None:
        flags[answered < scale.n_items] |= Flag.ITEMS_MISSING
    value = np.where(status == Status.OK, value, np.nan)
    flags[status != Status.OK] = 0
    absent = np.full(len(mine), np.nan)
    return Measured(answered, value, absent, absent, status, flags)


def _combined(scale: ScaleForm, points: Floats, mine: Floats, batch: Batch) -> Floats:
    """The raw score before any missing rule; what was not answered contributes nothing."""
    method = scale.scale.raw
    if scale.heads is not None and scale.follow is not None:
        return raw.branch(points, batch.responses, scale.heads, dict(scale.follow))
    if scale.weights is not None:
        return raw.weighted_total(mine, scale.weights)
    if scale.scale.count_at_least is not None:
        return raw.count_at_least(mine, scale.scale.count_at_least)
    return {"sum": raw.total, "mean": raw.mean, "max": raw.highest, "min": raw.lowest}[method](mine)


def _missing_status(scale: ScaleForm, value: Floats, answered: Ints, illegal: Bools | None) -> Codes:
    status = np.zeros(len(value), dtype=np.int16)
    rule = scale.scale
    if scale.heads is not None:
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


def _graded(grade: GradeForm, points: Floats, batch: Batch) -> tuple[Floats, Codes]:
    """Codes of the thresholds reached; without an age in their range even the raw score is unknown."""
    row, status = grade.finder.find(batch.age, {})
    thresholds = grade.at_least[np.maximum(row, 0)]
    codes = raw.graded(points, thresholds, grade.codes, grade.lowest)
    return np.where(row[:, None] >= 0, codes, np.nan), age_problem(status, batch)


def _graded_flags(grade: GradeForm, batch: Batch) -> Codes:
    if batch.age_other is None:
        return np.zeros(len(batch), dtype=np.int16)
    return convention_flags(grade.finder.find(batch.age, {})[0], grade.finder.find(batch.age_other, {})[0], batch)


def _sum_of_scales(members: Sequence[Measured]) -> Measured:
    statuses = np.stack([member.status for member in members], axis=1)
    value = np.stack([member.raw for member in members], axis=1).sum(axis=1)
    alike = (statuses == statuses[:, :1]).all(axis=1)
    status = np.where(alike, statuses[:, 0], Status.MEMBER_MISSING).astype(np.int16)
    flags = np.bitwise_or.reduce(np.stack([member.flags for member in members], axis=1), axis=1)
    answered = np.stack([member.n_answered for member in members], axis=1).sum(axis=1)
    absent = np.full(len(value), np.nan)
    return Measured(answered, np.where(status == Status.OK, value, np.nan), absent, absent, status, flags)


def _ability(form: Form, model: IrtForm, passes: Floats, batch: Batch, illegal: Bools | None) -> Measured:
    answered = raw.n_answered(passes)
    mean, sd, flags = _prior(form, model, batch.age)
    options = form.options
    if options.relevance is None:
        found = irt.rasch_eap(passes, model.model, mean, sd, posterior=options.posterior)
    else:
        found = irt.rasch_eap_window(
            passes, model.model, mean, sd, model.order, options.relevance, posterior=options.posterior
        )
    status = np.zeros(len(passes), dtype=np.int16)
    status[np.isnan(mean)] = Status.BELOW_AGE
    status[batch.age > model.prior.upto[-1]] = Status.ABOVE_AGE
    status[np.isnan(mean) & np.isnan(batch.age)] = Status.AGE_MISSING
    if batch.age_invalid is not None:
        status[np.isnan(mean) & batch.age_invalid] = Status.AGE_INVALID
    status[answered == 0] = Status.NO_ITEMS
    if illegal is not None:
        status[illegal] = Status.ILLEGAL_ANSWER
    scored = status == Status.OK
    flags[~scored] = 0
    rounded = found.eap if options.rounding == "none" else round_half_up(found.eap, model.decimals)
    passed = np.where(answered > 0, raw.total(passes), np.nan)
    keep = None if found.posterior is None else np.where(scored[:, None], found.posterior, np.nan)
    return Measured(
        answered, np.where(status == Status.ILLEGAL_ANSWER, np.nan, passed),
        np.where(scored, rounded, np.nan), np.where(scored, found.sem, np.nan), status, flags, keep,
    )  # fmt: skip


def _prior(form: Form, model: IrtForm, age: Floats) -> tuple[Floats, Floats, Codes]:
    """Prior mean and SD of each child in the metric of the grid; the substitute where age is missing and one is given."""
    flags = np.zeros(len(age), dtype=np.int16)
    mean, sd = model.prior.mean(age), np.full(len(age), model.prior.sd)
    substitute = form.options.prior_without_age
    if substitute is not None:
        unknown = np.isnan(age)
        mean, sd = np.where(unknown, substitute[0], mean), np.where(unknown, substitute[1], sd)
        flags[unknown] = Flag.PRIOR_WITHOUT_AGE
    intercept, slope = model.prior_scale
    return (mean - intercept) / slope, sd / slope, flags
