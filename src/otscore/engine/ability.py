"""Answers to calibrated items become an ability and its standard error, by the model of the scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np

from otscore.batch import Batch, Bools, Codes, Flags, Floats
from otscore.codes import Flag, Status
from otscore.compile import Form
from otscore.compile.irt import GradedForm, JointForm, JointPlace, LogisticForm, RaschForm, Shift
from otscore.kernel import irt
from otscore.kernel.graded_ability import graded_eap, graded_map, graded_wle
from otscore.kernel.joint_map import joint_map
from otscore.kernel.rounding import round_half_up
from otscore.kernel.trait import map_estimate

Joint = dict[JointForm, tuple[Floats, Floats]]
"""Abilities and standard errors of every joint model, (n, d)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Ability and standard error of each child, NaN where there is no prior; why, flags, the posterior when asked for."""

    ability: Floats
    sem: Floats
    status: Codes
    flags: Flags
    posterior: Floats | None = None


def estimate(form: Form, model: object, points: Floats, batch: Batch, joint: Joint) -> Estimate:
    """The ability of every child on one scale, rounded as its pack says."""
    found = _estimate(model, form, points, batch, joint)
    decimals = _decimals(model)
    if form.options.rounding == "none" or decimals is None:
        return found
    return replace(found, ability=round_half_up(found.ability, decimals))


def joint_abilities(form: Form, points: Floats, batch: Batch) -> Joint:
    """Every joint model of the form, each solved once for all of its scales."""
    found: Joint = {}
    for model in form.joint:
        passes = np.ascontiguousarray(points[:, model.columns])
        mean = model.prior.mean(batch.age)
        mean[np.isnan(passes).all(axis=1)] = np.nan
        theta, sem = joint_map(passes, model.model, mean)
        found[model] = theta + model.location, sem
    return found


@singledispatch
def _estimate(model: object, form: Form, points: Floats, batch: Batch, joint: Joint) -> Estimate:
    raise TypeError(type(model))


@_estimate.register
def _(model: RaschForm, form: Form, points: Floats, batch: Batch, joint: Joint) -> Estimate:
    mean, sd, flags, unknown = _rasch_prior(form, model, batch)
    options, given = form.options, irt.Given.of(points)
    if options.relevance is None:
        found = irt.rasch_eap(given, model.model, mean, sd, posterior=options.posterior)
    else:
        found = irt.rasch_eap_window(points, model.model, mean, sd, model.order, options.relevance, posterior=options.posterior)
    if model.outfit_above is not None:
        outfit = irt.rasch_outfit(given, model.model, found.eap)
        flags[outfit > model.outfit_above] |= Flag.RESPONSE_PATTERN_UNUSUAL
    status = _prior_status(mean, model.prior.upto[-1], batch)
    status[unknown & (status != Status.OK)] = Status.STRATUM_MISSING
    return Estimate(found.eap, found.sem, status, flags, found.posterior)


@_estimate.register
def _(model: GradedForm, form: Form, points: Floats, batch: Batch, joint: Joint) -> Estimate:
    mean, unknown = _shifted(model.prior.mean(batch.age), model.shifts, batch)
    if model.estimator == "wle":
        ability, sem = graded_wle(points, model.model)
        ability = np.where(np.isnan(mean), np.nan, ability)
    else:
        way = graded_eap if model.estimator == "eap" else graded_map
        ability, sem = way(points, model.model, mean, model.prior.sd)
    status = _prior_status(mean, model.prior.upto[-1], batch)
    status[unknown & (status != Status.OK)] = Status.STRATUM_MISSING
    return Estimate(ability, sem, status, np.zeros(len(batch), dtype=np.int32))


@_estimate.register
def _(model: LogisticForm, form: Form, points: Floats, batch: Batch, joint: Joint) -> Estimate:
    mean, variance = model.prior.mean(batch.age), model.prior.variance(batch.age)
    ability, sem = map_estimate(points, model.discrimination, model.difficulty, mean, variance)
    return Estimate(ability + model.location, sem, _prior_status(mean, np.inf, batch), np.zeros(len(batch), dtype=np.int32))


@_estimate.register
def _(model: JointPlace, form: Form, points: Floats, batch: Batch, joint: Joint) -> Estimate:
    ability, sem = (np.ascontiguousarray(part[:, model.place]) for part in joint[model.joint])
    status = _prior_status(batch.age, np.inf, batch)
    return Estimate(ability, sem, status, np.zeros(len(batch), dtype=np.int32))


def _decimals(model: object) -> int | None:
    found: int | None = model.joint.decimals if isinstance(model, JointPlace) else model.decimals  # type: ignore[attr-defined]
    return found


def _prior_status(mean: Floats, oldest: float, batch: Batch) -> Codes:
    """Why there is no prior mean: no age, an impossible one, or one the prior is not defined for."""
    absent = np.isnan(mean)
    status = np.zeros(len(mean), dtype=np.int16)
    status[absent] = Status.BELOW_AGE
    status[batch.age > oldest] = Status.ABOVE_AGE
    status[absent & np.isnan(batch.age)] = Status.AGE_MISSING
    if batch.age_invalid is not None:
        status[absent & batch.age_invalid] = Status.AGE_INVALID
    return status


def _shifted(mean: Floats, shifts: tuple[Shift, ...], batch: Batch) -> tuple[Floats, Bools]:
    """Prior mean with the shift of each stratum, and the children one of whose strata is unknown."""
    unknown = np.zeros(len(mean), dtype=np.bool_)
    for shift in shifts:
        codes = batch.strata[shift.stratum]
        missing = np.isnan(codes)
        mean = mean + np.where(missing, np.nan, shift.by[np.where(missing, 0, codes).astype(np.intp)])
        unknown |= missing
    return mean, unknown


def _rasch_prior(form: Form, model: RaschForm, batch: Batch) -> tuple[Floats, Floats, Flags, Bools]:
    """Prior mean and SD of each child in the metric of the grid, with the substitute where age is missing and one is given; flags;
    and the children one of whose strata is unknown.
    """
    flags = np.zeros(len(batch), dtype=np.int32)
    mean, no_stratum = _shifted(model.prior.mean(batch.age), model.shifts, batch)
    sd = np.full(len(batch), model.prior.sd)
    substitute = form.options.prior_without_age
    if substitute is not None:
        unknown = np.isnan(batch.age)
        no_stratum = no_stratum & ~unknown
        mean, sd = np.where(unknown, substitute[0], mean), np.where(unknown, substitute[1], sd)
        flags[unknown] = Flag.PRIOR_WITHOUT_AGE
    intercept, slope = model.prior_scale
    return (mean - intercept) / slope, sd / slope, flags, no_stratum
