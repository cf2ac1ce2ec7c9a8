"""A file of children, scored in pieces: memory does not grow with the file, and every problem is found in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from otscore.api import Battery, Scores, score_rows
from otscore.intake.findings import Findings

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class ScoredFile:
    """Iterate to get the scores piece by piece; ``findings`` is complete when the iteration has ended."""

    battery: Battery
    path: str | IO[bytes]
    mapping: Mapping[str, Any]
    findings: Findings = field(init=False)
    rows: int = 0

    def __post_init__(self) -> None:
        self.findings = Findings(source=self.path if isinstance(self.path, str) else "standard input")

    def __iter__(self) -> Iterator[Scores]:
        """Raises ResponseError or UnknownItem where the file as a whole cannot be scored."""
        from otscore.intake import frame as door
        from otscore.intake.columns import understand
        from otscore.intake.files import read_table, whole_visits

        forms, findings = self.battery.forms, self.findings
        text = {self.mapping.get(part, part) for part in ("id", "visit", "informant", "item", "sex")}
        frames: Iterator[pd.DataFrame] = read_table(self.path, text)
        first = next(frames)
        layout = understand(list(first.columns), forms, self.mapping, findings.source)
        frames = _chain(first, frames)
        if is_long := layout.mapping.is_long:
            key = [column for column, part in layout.mapping.claimed.items() if part not in ("item", "response")]
            frames = whole_visits(frames, key, findings.source)
        hashes: list[NDArray[np.uint64]] = []
        for frame in frames:
            rows, here = (door.gather(frame, forms, layout, findings)) if is_long else (frame, layout)
            yield Scores(score_rows(forms, rows, here, findings), ())
            hashes.append(door.row_hashes(rows, here.mapping))
            self.rows += len(rows)
            findings.offset = self.rows
        findings.offset = 0
        door.report_repeated(np.concatenate(hashes), layout.mapping, findings)


def _chain(first: pd.DataFrame, rest: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    yield first
    yield from rest
