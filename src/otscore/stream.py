"""A file of children, scored in pieces: memory does not grow with the file, and every problem is found in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from otscore.api import Battery, score_rows
from otscore.errors import Issue, ResponseError
from otscore.intake.findings import Findings
from otscore.intake.looks import Looks
from otscore.intake.outside import Outside
from otscore.profile.scores import Scores

if TYPE_CHECKING:
    import pandas as pd

    from otscore.intake.columns import Layout
    from otscore.intake.files import Broken

TEXT_PARTS = ("id", "visit", "informant", "item", "sex", "birth_date", "assessment_date", "assessment_end_date")


@dataclass
class ScoredFile:
    """Iterate to get the scores piece by piece; ``findings`` is complete when the iteration has ended. keep : the answers with them."""

    battery: Battery
    path: str | IO[bytes]
    mapping: Mapping[str, Any]
    keep: bool = False
    findings: Findings = field(init=False)
    broken: Broken = field(init=False)
    problems: list[Issue] = field(default_factory=list)
    rows: int = 0

    def __post_init__(self) -> None:
        from otscore.intake.files import Broken

        self.broken = Broken()
        self.findings = Findings(source=self.path if isinstance(self.path, str) else "standard input", silent=self.broken.rows)

    def __iter__(self) -> Iterator[Scores]:
        """Raises ResponseError or UnknownItem where the file as a whole cannot be scored, with all that was found by then."""
        from otscore.intake.columns import refusal

        found: tuple[Issue, ...] = ()
        try:
            yield from self._pieces()
        except ResponseError as error:
            found = error.issues
        if self.broken.error:
            found += self.broken.error.issues
        if found or self.problems or self.findings.fatal:
            raise refusal(list(dict.fromkeys([*found, *self.problems, *self.findings.issues()])))

    def _pieces(self) -> Iterator[Scores]:
        from otscore.intake.columns import explore
        from otscore.intake.files import peeked, read_table
        from otscore.intake.remarks import remark

        table = read_table(self.path, self._text_columns, self.broken)
        layout, self.problems = explore(list(next(table).columns), self.battery.forms, self.mapping, self.findings.source)
        remark(layout, self.battery.forms, self.findings)
        if layout.readable:
            frames, single = peeked(table)
            yield from self._scored(self._readable(frames, layout), layout, single)

    def _readable(self, frames: Iterator[pd.DataFrame], layout: Layout) -> Iterator[pd.DataFrame]:
        from otscore.intake import frame as door

        before = 0
        for frame in frames:
            yield door.readable(frame, layout, self.findings, before)
            before += len(frame)

    def _scored(self, frames: Iterator[pd.DataFrame], layout: Layout, single: bool) -> Iterator[Scores]:
        """The pieces, as long as nothing is known that forbids a result; all pieces are looked at."""
        from otscore.intake import frame as door
        from otscore.intake.files import WholeVisits

        forms, findings, mapping = self.battery.forms, self.findings, layout.mapping
        looks = [Looks(form, findings.source, whole=single) for form in forms]
        visits = WholeVisits(frames, lambda frame: door.visit_hashes(frame, mapping), single)
        hashes, lines, outside = [], [], Outside()
        for frame in visits if mapping.is_long else frames:
            rows, here = door.gather(frame, forms, layout, findings) if mapping.is_long else (frame, layout)
            scores = Scores(score_rows(forms, rows, here, findings, looks, self.keep), ())
            if not (self.problems or findings.fatal or self.broken.error):
                yield scores
            hashes.append(door.row_hashes(rows, mapping))
            if mapping.is_long:
                lines.append(findings.row_numbers(len(rows)))
            outside.add([part.arrays.status for part in scores.parts])
            self.rows += len(rows)
            findings.offset = self.rows
        findings.offset = 0
        if hashes and not visits.report_split(findings):
            door.report_repeated(np.concatenate(hashes), mapping, findings, np.concatenate(lines) if lines else None)
        outside.report(mapping, findings)

    def _text_columns(self, names: Sequence[str]) -> set[str]:
        """Columns kept as written: identifiers, dates, values of strata; by the default name where none is given."""
        from otscore.intake.columns import default_columns

        called, strata = default_columns(names), self.mapping.get("strata")
        named = {str(self.mapping.get(part) or called.get(part)) for part in TEXT_PARTS}
        return named | (set(strata.values()) if isinstance(strata, Mapping) else set())
