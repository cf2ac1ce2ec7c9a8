"""The column mapping: which column plays which part, which codes mean missing, how answers are respelt."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from otscore.errors import Issue, UsageError
from otscore.schema.base import Model

AGE_COLUMNS = ("age_days", "age_months", "age_years")


class ColumnMap(Model):
    """Names of the columns of a table; every column that is neither named here nor an item must be in ``ignore``.

    id : identifier, echoed and never interpreted. One of age_days, age_months, age_years, or birth_date and
    assessment_date. gestation_weeks : completed weeks, decimals allowed (34.29), or together with gestation_days.
    strata : stratum of the pack -> column (``sex`` is short for strata.sex). items : column -> item code, where they
    differ. item, response : the two columns of a long table, with visit telling one child's visits apart.
    ignore : columns to leave aside, or ``"unknown"`` for every column that nothing else claims.
    missing : codes that mean "no answer" everywhere. recode : item -> {answer in the file -> answer of the pack}.
    values : stratum -> {value in the file -> value of the pack}. date_format : strptime format, ISO when absent.
    """

    id: str | None = None
    age_days: str | None = None
    age_months: str | None = None
    age_years: str | None = None
    birth_date: str | None = None
    assessment_date: str | None = None
    gestation_weeks: str | None = None
    gestation_days: str | None = None
    sex: str | None = None
    informant: str | None = None
    strata: dict[str, str] = Field(default_factory=dict)
    items: dict[str, str] = Field(default_factory=dict)
    item: str | None = None
    response: str | None = None
    visit: str | None = None
    ignore: tuple[str, ...] | Literal["unknown"] = ()
    missing: tuple[float | str, ...] = ()
    recode: dict[str, dict[str, float | str]] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    date_format: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> ColumnMap:
        if (self.item is None) != (self.response is None):
            raise ValueError("a long table needs both `item` and `response`")
        if (self.birth_date is None) != (self.assessment_date is None):
            raise ValueError("`birth_date` and `assessment_date` belong together")
        if self.gestation_days is not None and self.gestation_weeks is None:
            raise ValueError("`gestation_days` needs `gestation_weeks`")
        ways = [getattr(self, name) is not None for name in (*AGE_COLUMNS, "birth_date")]
        if sum(ways) > 1:
            raise ValueError("give age in one way: age_days, age_months, age_years, or the two dates")
        if self.sex is not None and "sex" in self.strata:
            raise ValueError("`sex` is given twice")
        return self

    @property
    def is_long(self) -> bool:
        """Whether the table has a row per answer."""
        return self.item is not None

    @property
    def strata_columns(self) -> dict[str, str]:
        """Stratum -> column."""
        return self.strata | ({"sex": self.sex} if self.sex else {})

    @property
    def claimed(self) -> dict[str, str]:
        """Column -> the part it plays, for every column that is named."""
        parts = ("id", *AGE_COLUMNS, "birth_date", "assessment_date", "gestation_weeks", "gestation_days", "informant", "item", "response", "visit")  # fmt: skip
        named = {getattr(self, part): part for part in parts if getattr(self, part) is not None}
        return named | {column: stratum for stratum, column in self.strata_columns.items()}


def column_map(given: dict[str, Any]) -> ColumnMap:
    """Check the parts a caller names.

    Raises UsageError for an unknown part or a combination that cannot be.
    """
    try:
        return ColumnMap.model_validate(given)
    except ValidationError as error:
        raise UsageError(
            [
                Issue("mapping", f["msg"], f"Parts: {', '.join(ColumnMap.model_fields)}", field=".".join(map(str, f["loc"])))
                for f in error.errors(include_url=False)
            ]
        ) from None


def read_mapping(path: str | Path) -> dict[str, Any]:
    """Read a mapping file (TOML with the keys of :class:`ColumnMap`).

    Raises UsageError when the file is missing or not TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(Issue("mapping", "there is no such mapping file", "", str(path))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(Issue("mapping", f"the mapping file is not valid TOML: {error}", "", str(path))) from None
