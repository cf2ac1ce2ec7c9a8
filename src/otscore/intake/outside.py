"""Whether most children lie outside the ages of the norms: then the age is likely in another unit than its column says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from otscore.batch import Codes
from otscore.codes import Status
from otscore.intake.findings import Findings
from otscore.schema.mapping import AGE_COLUMNS, ColumnMap

AT_LEAST = 3


@dataclass
class Outside:
    """Counts the children that are too young or too old for every pack that has answers of theirs."""

    children: int = 0
    younger: int = 0
    older: int = 0

    def add(self, statuses: Sequence[Codes]) -> None:
        """Count the children of one piece; ``statuses``: (n, scales) of each pack."""
        status = np.concatenate(statuses, axis=1)
        none = ~(status == Status.OK).any(axis=1)
        self.children += int((status != Status.NO_ITEMS).any(axis=1).sum())
        self.younger += int((none & (status == Status.BELOW_AGE).any(axis=1)).sum())
        self.older += int((none & (status == Status.ABOVE_AGE).any(axis=1)).sum())

    def report(self, mapping: ColumnMap, findings: Findings) -> None:
        """A finding where that is most of them and the age was given as a number."""
        name = next((name for name in AGE_COLUMNS if getattr(mapping, name)), None)
        if name is None or max(self.younger, self.older) < max(AT_LEAST, self.children / 2):
            return
        message = f"most children are {'younger' if self.younger > self.older else 'older'} than the norms"
        hint = f"Is the age in {name.removeprefix('age_')}? Other units are named age_days, age_months or age_years"
        findings.add("age_unit", getattr(mapping, name), message, hint)
