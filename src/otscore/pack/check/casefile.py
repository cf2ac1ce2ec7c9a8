"""cases.csv: the worked examples of a pack, as cases with their inputs and what is expected of each scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from otscore.pack.table import Table

EXPECTED = ("raw", "ability", "sem", "score", "percentile")
MORE_EXPECTED = ("z", "ci_low", "ci_high")
CASE_COLUMNS = (
    "case", "age", "birth_date", "assessment_date", "sex", "responses", "scale", *EXPECTED, "band", "status", "tolerance", "source",
)  # fmt: skip
GESTATION = ("gestation_weeks", "gestation_days")
MORE_CASE_COLUMNS = (*MORE_EXPECTED, "flags", *GESTATION, "assessment_end_date", "norm_group")
CASE_NUMBERS = ("age", *EXPECTED, *MORE_EXPECTED, *GESTATION, "tolerance")
NOT_INPUTS = frozenset(("case", "scale", *EXPECTED, *MORE_EXPECTED, "band", "status", "flags", "tolerance", "source"))


@dataclass(frozen=True, slots=True)
class Case:
    """One child: the cells that describe it (column -> text), its answers, and its rows (one a scale)."""

    name: str
    inputs: Mapping[str, str]
    responses: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...]
    lines: tuple[int, ...]

    @property
    def line(self) -> int:
        """Line number of the row that holds the inputs."""
        return self.lines[0]


def read_cases(table: Table) -> tuple[Case, ...]:
    """The cases in the order of the file; rows of one name belong together, the first holds the inputs."""
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, row in zip(table.lines, table.rows(), strict=True):
        found.setdefault(row["case"], []).append((line, row))
    return tuple(_case(name, rows) for name, rows in found.items())


def answers(text: str) -> list[tuple[str, str]]:
    """``ITEM=code ITEM=code`` as pairs; the code is empty where the equals sign is missing."""
    parts = (word.partition("=") for word in text.split())
    return [(item, code) for item, _, code in parts]


def _case(name: str, rows: list[tuple[int, dict[str, str]]]) -> Case:
    first = rows[0][1]
    inputs = {column: cell for column, cell in first.items() if column not in NOT_INPUTS}
    return Case(name, inputs, dict(answers(first.get("responses", ""))), tuple(row for _, row in rows), tuple(line for line, _ in rows))
