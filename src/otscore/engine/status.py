"""Statuses in order of precedence: the first thing that stands in the way of a score is the one reported."""

from __future__ import annotations

import numpy as np

from otscore.batch import Batch, Codes
from otscore.codes import Status
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
    rule = form.pack.manifest.age
    status = np.zeros(len(batch), dtype=np.int16)
    if rule.from_ is not None:
        status[batch.age < rule.from_] = Status.BELOW_AGE
    if rule.below is not None:
        status[batch.age >= rule.below] = Status.ABOVE_AGE
    if rule.required:
        status[np.isnan(batch.age)] = Status.AGE_MISSING
    return age_problem(status, batch)
