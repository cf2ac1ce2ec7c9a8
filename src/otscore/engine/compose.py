"""Composites: classes counted from the bands of their members."""

from __future__ import annotations

import numpy as np

from otscore.batch import ScaleArrays
from otscore.codes import Flag, Status
from otscore.compile import CompositeForm
from otscore.kernel.levels import level_of


def classify(result: ScaleArrays, column: int, form: CompositeForm) -> None:
    """Write the composite into its column of the result."""
    bands = result.band[:, form.members]
    statuses = result.status[:, form.members]
    level = level_of(bands, form.rules, form.composite.min_members)
    alike = (statuses == statuses[:, :1]).all(axis=1) & (statuses[:, 0] != Status.OK)
    absent = np.where(alike, statuses[:, 0], Status.MEMBER_MISSING)
    known = (bands >= 0).sum(axis=1)
    result.band[:, column] = level
    result.status[:, column] = np.where(level >= 0, Status.OK, absent)
    result.n_answered[:, column] = known
    flags = np.where(known < form.members.size, Flag.ITEMS_MISSING, 0) | (Flag.RESEARCH_USE if form.composite.use == "research" else 0)
    result.flags[:, column] = np.where(level >= 0, flags, 0)
