"""The rule for basal and ceiling of a scale, with the places of its sets and blocks, and where testing starts at each age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from otscore.compile.irt import named_table
from otscore.errors import Issue, PackInvalid
from otscore.kernel.runs import RunRule
from otscore.kernel.stratum import Bands
from otscore.pack import Pack
from otscore.pack.table import Table
from otscore.schema.runs import FROM_START, Runs

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RunForm:
    """The rule, and the age bands with the place of the item that testing starts with (None: said nowhere)."""

    rule: RunRule
    starts: Bands | None = None

    def start(self, age: Floats) -> Places | None:
        """(n,) place of the item that testing starts with at an age, -1 where that is unknown."""
        return None if self.starts is None else self.starts.find(age)[0]


def run_form(runs: Runs, codes: Sequence[str], pack: Pack) -> RunForm:
    """The rule over the items of a scale, in their order.

    Raises PackInvalid where sets, blocks or the table of starting items do not fit the items.
    """
    ends = _ends(runs, codes)
    starts = None if runs.start is None else _starts(named_table(pack, runs.start), codes)
    at_start = starts if runs.several_basals == "start_items" else None
    rule = RunRule(
        runs.basal or 0, runs.ceiling or 0, runs.ceiling_within or runs.ceiling or 0,
        highest_basal=runs.several_basals != "lowest", from_start=runs.several_basals in FROM_START,
        begins=() if at_start is None else tuple(np.unique(at_start.rows).tolist()), lowest_ceiling=runs.several_ceilings == "lowest",
        basal_within=runs.basal_within or runs.basal or 0, basal_at=runs.basal_at, ceiling_at=runs.ceiling_at,
        as_scored=runs.below_basal == "as_scored", count_above=runs.above_ceiling == "count",
        basal_needed=runs.no_basal == "unscored", ceiling_needed=runs.no_ceiling == "unscored",
        set_starts=tuple(ends[:-1]) if runs.sets else (), blocks=tuple(pairwise(ends)) if runs.blocks else (),
    )  # fmt: skip
    return RunForm(rule, starts)


def _ends(runs: Runs, codes: Sequence[str]) -> list[int]:
    """Where sets or blocks begin, and the number of items."""
    parts = runs.sets or runs.blocks
    if parts and [code for part in parts for code in part] != list(codes):
        message = "`sets` or `blocks` of `runs` do not hold every item of the scale once, in its order"
        raise PackInvalid(Issue("runs_possible", message, "Write the items as in `items`, parted by brackets", "instrument.toml"))
    return list(accumulate(map(len, parts), initial=0))


def _starts(table: Table, codes: Sequence[str]) -> Bands:
    low, high, items = table.numbers("age_from"), table.numbers("age_to"), table.text("item")
    if not set(items) <= set(codes):
        message = "testing starts with an item that the scale does not have"
        raise PackInvalid(Issue("runs_possible", message, "Name an item of the scale", f"tables/{table.name}", field="item"))
    order = np.argsort(low, kind="stable")
    return Bands(low[order], high[order], np.array([codes.index(item) for item in items], dtype=np.intp)[order])
