"""A file of children, scored in pieces: memory does not grow with the file, and every problem is found in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from otscore.api import Battery, Scores, score_rows
from otscore.errors import Issue, ResponseError
from otscore.intake.findings import Findings
from otscore.intake.outside import Outside

if TYPE_CHECKING:
    import pandas as pd

    from otscore.intake.columns import Layout

TEXT_PARTS = ("id", "visit", "informant", "item", "sex", "birth_date", "assessment_date")
GOES_ON = frozenset(("unknown_item",))
"""Problems of the header after which the rows are still looked at, so that theirs are told in the same pass."""


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
        """Raises ResponseError or UnknownItem where the file as a whole cannot be scored, with all that was found by then."""
        try:
            yield from self._pieces()
        except ResponseError as error:
            raise type(error)(list(dict.fromkeys([*error.issues, *self.findings.issues()]))) from None

    def _pieces(self) -> Iterator[Scores]:
        from otscore.intake.columns import explore, refusal
        from otscore.intake.files import read_table

        frames: Iterator[pd.DataFrame] = read_table(self.path, self._text_columns())
        first = next(frames)
        layout, problems = explore(list(first.columns), self.battery.forms, self.mapping, self.findings.source)
        if any(issue.code not in GOES_ON for issue in problems):
            raise refusal(problems)
        yield from self._scored(_chain(first, frames), layout, problems)
        if problems or self.findings.fatal:
            raise refusal([*problems, *self.findings.issues()])

    def _scored(self, frames: Iterator[pd.DataFrame], layout: Layout, problems: list[Issue]) -> Iterator[Scores]:
        """The pieces, as long as nothing is known that forbids a result; all pieces are looked at."""
        from otscore.intake import frame as door
        from otscore.intake.files import WholeVisits

        forms, findings, mapping = self.battery.forms, self.findings, layout.mapping
        key = [column for column, part in mapping.claimed.items() if part not in ("item", "response")]
        visits = WholeVisits(frames, lambda frame: door.key_hashes(frame, key, mapping.id))
        hashes, lines, outside = [], [], Outside()
        for frame in visits if mapping.is_long else frames:
            rows, here = door.gather_piece(frame, forms, layout, findings) if mapping.is_long else (frame, layout)
            scores = Scores(score_rows(forms, rows, here, findings), ())
            if not (problems or findings.fatal):
                yield scores
            hashes.append(door.row_hashes(rows, mapping))
            if mapping.is_long:
                lines.append(findings.row_numbers(len(rows)))
            outside.add([part.arrays.status for part in scores.parts])
            self.rows += len(rows)
            findings.offset = self.rows
        findings.offset = 0
        door.report_repeated(np.concatenate(hashes), mapping, findings, np.concatenate(lines) if lines else None)
        outside.report(mapping, findings)
        if mapping.is_long:
            problems += visits.problems(findings.source)

    def _text_columns(self) -> set[str]:
        """Columns kept as written: identifiers, dates, values of strata; by the default name where none is given."""
        named = {self.mapping.get(part) or part for part in TEXT_PARTS}
        strata = self.mapping.get("strata")
        return named | (set(strata.values()) if isinstance(strata, Mapping) else set())


def _chain(first: pd.DataFrame, rest: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    yield first
    yield from rest
