"""Scales tested from a basal to a ceiling: points as credited, and the flags that say how testing went."""

from __future__ import annotations

import numpy as np

from otscore.batch import Batch, Bools, Flags, Floats
from otscore.codes import Flag
from otscore.compile.runs import RunForm
from otscore.kernel.runs import RunResult, run_result

FLAGS = {
    "no_basal": Flag.NO_BASAL, "no_ceiling": Flag.NO_CEILING, "false_basal": Flag.FALSE_BASAL,
    "false_ceiling": Flag.FALSE_CEILING, "start_item_other": Flag.START_ITEM_OTHER,
}  # fmt: skip


def from_basal_to_ceiling(form: RunForm, mine: Floats, most: Floats, batch: Batch, flags: Flags) -> tuple[Floats, Bools]:
    """Points of every item, all NaN where the rule gives no score, and who was discontinued; flags are set in place."""
    found = run_result(mine, most, form.rule, form.start(batch.age))
    for name, flag in FLAGS.items():
        flags[getattr(found, name)] |= flag
    return _without_unscored(found), found.discontinued


def _without_unscored(found: RunResult) -> Floats:
    if not found.unscored.any():
        return found.credited
    return np.where(found.unscored[:, None], np.nan, found.credited)
