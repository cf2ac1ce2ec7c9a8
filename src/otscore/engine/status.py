"""Statuses in order of precedence: the first thing that stands in the way of a score is the one reported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import Batch, Bools, Codes, Flags, Floats
from otscore.codes import Flag, Status
from otscore.compile import Form, ScaleForm

INVALID = np.int16(Status.AGE_INVALID)


def first_problem(*statuses: Codes) -> Codes:
    """The first status of each child that is not OK, (n,)."""
    result = statuses[-1]
    for status in reversed(statuses[:-1]):
        result = np.where(status != Status.OK, status, result)
    return result


def age_problem(status: Codes, batch: Batch) -> Codes:
    """Says that an age was impossible, where the status would call it missing."""
    if batch.age_invalid is None:
        return status
    return np.where(batch.age_invalid & (status != Status.OK), INVALID, status)


def age_range(form: Form, batch: Batch) -> Codes:
    """Whether the child is within the ages of the pack: ``from`` included, ``below`` excluded."""
    status = np.zeros(len(batch), dtype=np.int16)
    status[_side(form, batch.age) < 0] = Status.BELOW_AGE
    status[_side(form, batch.age) > 0] = Status.ABOVE_AGE
    if form.pack.manifest.age.required:
        status[np.isnan(batch.age)] = Status.AGE_MISSING
    return age_problem(status, batch)


def other_informant(batch: Batch) -> Codes:
    """Where the norms are for the answers of somebody else, the value that selects them is missing."""
    status = np.zeros(len(batch), dtype=np.int16)
    if batch.other_informant is not None:
        status[batch.other_informant] = Status.STRATUM_MISSING
    return status


def convention_flags(rows: NDArray[Any], other_rows: NDArray[Any], batch: Batch) -> Codes:
    """A flag where the age counted by the other convention in use leads to another norm row."""
    assert batch.age_other is not None
    changed = (rows != other_rows) & ~np.isnan(batch.age_other)
    return np.where(changed, Flag.AGE_CONVENTION_SENSITIVE, 0).astype(np.int16)


def pack_range(form: Form, batch: Batch) -> tuple[Codes, Flags]:
    """Status and flags of every child's age against the ages of the pack; an age outside is no problem where the pack takes
    the norms of the nearest.
    """
    status, flags = age_range(form, batch), np.zeros(len(batch), dtype=np.int32)
    if batch.age_other is not None:
        flags |= convention_flags(_side(form, batch.age), _side(form, batch.age_other), batch)
    if form.pack.manifest.age.outside == "nearest":
        outside = _is_outside(status)
        return np.where(outside, Status.OK, status).astype(np.int16), np.where(outside, flags | Flag.OUT_OF_AGE, flags)
    return status, flags


def at_nearest_age(form: Form, batch: Batch) -> Batch:
    """The batch with ages outside the pack moved to the nearest it scores, where the pack says so."""
    rule = form.pack.manifest.age
    if rule.outside != "nearest":
        return batch
    last = np.inf if rule.below is None else np.nextafter(rule.below, -np.inf)
    first = -np.inf if rule.from_ is None else rule.from_
    other = None if batch.age_other is None else np.clip(batch.age_other, first, last)
    return replace(batch, age=np.clip(batch.age, first, last), age_other=other)


def on_norms(form: Form, scale: ScaleForm, in_range: Codes, flags: Flags) -> tuple[Codes, Flags]:
    """Status and flags of the age for one scale: where the pack says so, norms that ask for no age are read at every age."""
    if form.pack.manifest.age.outside != "unaged" or scale.norm is None or scale.norm.by_age:
        return in_range, flags
    outside = _is_outside(in_range)
    return np.where(outside, Status.OK, in_range).astype(np.int16), np.where(outside, flags | Flag.OUT_OF_AGE, flags)


def in_population(form: Form, batch: Batch) -> Codes:
    """Whether the norms are for children like this one."""
    status = np.zeros(len(batch), dtype=np.int16)
    for name, values in form.pack.manifest.only.items():
        allowed = [form.pack.manifest.strata[name].values.index(value) for value in values]
        codes = batch.strata.get(name, np.full(len(batch), np.nan))
        status[~np.isin(codes, allowed)] = Status.OUTSIDE_POPULATION
        status[np.isnan(codes)] = Status.STRATUM_MISSING
    return status


def _is_outside(status: Codes) -> Bools:
    return np.asarray((status == Status.BELOW_AGE) | (status == Status.ABOVE_AGE))


def _side(form: Form, age: Floats) -> NDArray[np.int8]:
    """-1 below the ages of the pack, 1 above, 0 within or unknown."""
    rule = form.pack.manifest.age
    side = np.zeros(len(age), dtype=np.int8)
    if rule.from_ is not None:
        side[age < rule.from_] = -1
    if rule.below is not None:
        side[age >= rule.below] = 1
    return side
