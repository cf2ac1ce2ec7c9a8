"""Statuses in order of precedence: the first thing that stands in the way of a score is the one reported."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import Batch, Codes, Flags, Floats
from otscore.codes import Flag, Status
from otscore.compile import Form

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


def convention_flags(rows: NDArray[Any], other_rows: NDArray[Any], batch: Batch) -> Flags:
    """A flag where the age counted by the other convention in use leads to another norm row."""
    assert batch.age_other is not None
    changed = (rows != other_rows) & ~np.isnan(batch.age_other)
    return np.where(changed, Flag.AGE_CONVENTION_SENSITIVE, 0).astype(np.int32)


def range_flags(form: Form, batch: Batch) -> Flags:
    """A flag where the other convention would put the child outside the ages of the pack."""
    if batch.age_other is None:
        return np.zeros(len(batch), dtype=np.int32)
    return convention_flags(_side(form, batch.age), _side(form, batch.age_other), batch)


def _side(form: Form, age: Floats) -> NDArray[np.int8]:
    """-1 below the ages of the pack, 1 above, 0 within or unknown."""
    rule = form.pack.manifest.age
    side = np.zeros(len(age), dtype=np.int8)
    if rule.from_ is not None:
        side[age < rule.from_] = -1
    if rule.below is not None:
        side[age >= rule.below] = 1
    return side
