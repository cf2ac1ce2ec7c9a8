"""The column mapping: which column plays which part, which codes mean missing, how answers are respelt."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from otscore.errors import Issue, UsageError
from otscore.schema.base import Model

AGE_COLUMNS = ("age_days", "age_months", "age_years")
EVERY_ITEM = "*"
_NO_SUCH_KEY = "extra_forbidden"
_BETWEEN_KEYS = "value_error"


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) else value


Word = Annotated[str, BeforeValidator(_text)]
"""A word of the data; a number counts as its text, since a TOML key is always text."""


class ColumnMap(Model):
    """Names of the columns of a table; every column that is neither named here nor an item must be in ``ignore``.

    id : identifier, echoed and never interpreted. One of age_days, age_months, age_years, or birth_date and
    assessment_date; assessment_end_date : where testing took several days, the last. gestation_weeks : completed weeks,
    decimals allowed (34.29), or together with gestation_days, the
    days beyond (0 to 6); gestation_days alone : the gestation in days.
    strata : stratum of the pack -> column (``sex`` is short for strata.sex, ``informant`` for strata.informant). items : column -> item code, where they
    differ. item, response : the two columns of a long table, with visit telling one child's visits apart.
    ignore : columns to leave aside, or ``"unknown"`` for every column that nothing else claims.
    missing : codes that mean "no answer" in every item; an age or a date is left empty instead. recode : item -> {answer in the file -> answer of the pack}, with
    the item ``"*"`` for all items. values : stratum -> {value in the file -> value of the pack}.
    date_format : strptime format, ISO when absent.
    """

    id: str | None = None
    age_days: str | None = None
    age_months: str | None = None
    age_years: str | None = None
    birth_date: str | None = None
    assessment_date: str | None = None
    assessment_end_date: str | None = None
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
    recode: dict[str, dict[Word, float | str]] = Field(default_factory=dict)
    values: dict[str, dict[Word, str]] = Field(default_factory=dict)
    date_format: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> ColumnMap:
        if (self.item is None) != (self.response is None):
            raise ValueError("a long table needs both `item` and `response`")
        if (self.birth_date is None) != (self.assessment_date is None):
            raise ValueError("`birth_date` and `assessment_date` belong together")
        ways = [name for name in (*AGE_COLUMNS, "birth_date") if getattr(self, name) is not None]
        if len(ways) > 1:
            raise ValueError(f"age is given in {len(ways)} ways: {', '.join(ways)}; name one, and ignore the other columns")
        if self.assessment_end_date is not None and self.assessment_date is None:
            raise ValueError("`assessment_end_date` needs `assessment_date`: the first day of the assessment")
        if self.date_format is not None and "%" not in self.date_format:
            raise ValueError("`date_format` is made of %d (day), %m (month), %Y (year) and what stands between, such as %d.%m.%Y")
        for name in ("sex", "informant"):
            if getattr(self, name) is not None and name in self.strata:
                raise ValueError(f"`{name}` is given twice")
        parts = list(self.parts.values())
        if shared := sorted({column for column in parts if parts.count(column) > 1}):
            raise ValueError(f"a column is named for two parts: {', '.join(shared)}")
        if contradicted := sorted(self._contradicted(set(parts))):
            raise ValueError(f"a column is named for two uses (part, item, or to be ignored): {', '.join(contradicted)}")
        return self

    def _contradicted(self, parts: set[str]) -> set[str]:
        """What is named twice over. In a long table `items` are words of a column, and no columns."""
        ignored = set() if self.ignore == "unknown" else set(self.ignore)
        items = set(self.items)
        return (parts & ignored) | (items & ignored) | (set() if self.is_long else parts & items)

    @property
    def is_long(self) -> bool:
        """Whether the table has a row per answer."""
        return self.item is not None

    @property
    def strata_columns(self) -> dict[str, str]:
        """Stratum -> column; the informant may be one as well."""
        own = {"sex": self.sex, "informant": self.informant}
        return self.strata | {name: column for name, column in own.items() if column}

    @property
    def parts(self) -> dict[str, str]:
        """Part -> column, for every part that is named; a stratum is a part."""
        names = (
            "id", *AGE_COLUMNS, "birth_date", "assessment_date", "assessment_end_date", "gestation_weeks", "gestation_days",
            "informant", "item", "response", "visit",
        )  # fmt: skip
        named = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return named | self.strata_columns

    @property
    def claimed(self) -> dict[str, str]:
        """Column -> the part it plays, for every column that is named."""
        return {column: part for part, column in self.parts.items()}


NO_MAPPING = ColumnMap()
"""Columns called as the library calls them, or no columns at all."""


def column_map(given: dict[str, Any], source: str = "") -> ColumnMap:
    """Check the parts a caller names.

    Raises UsageError for an unknown part or a combination that cannot be.
    """
    try:
        return ColumnMap.model_validate(given)
    except ValidationError as error:
        raise UsageError(_mapping_issues(error, source)) from None


def read_mapping(path: str | Path) -> dict[str, Any]:
    """Read a mapping file (TOML with the keys of :class:`ColumnMap`).

    Raises UsageError when the file is missing, not TOML, or has keys or values that a mapping does not have; what the
    keys say together is checked by :func:`column_map`, once those of the call are added.
    """
    given = _toml(Path(path))
    columns = given.get("columns", {})
    try:
        ColumnMap.model_validate({name: value for name, value in given.items() if name != "columns"} | dict(columns))
    except ValidationError as error:
        if issues := _mapping_issues(error, str(path), leave=_BETWEEN_KEYS):
            raise UsageError(issues) from None
    except (TypeError, ValueError):
        hint = 'Write [columns] and below it lines such as id = "child"'
        raise UsageError(Issue("mapping", "`columns` is a table of parts and columns", hint, str(path), field="columns")) from None
    return given


def did_you_mean(name: str, known: Iterable[str], count: int = 2) -> str:
    """A question that names the nearest of the known words, whatever their case; empty where none is near."""
    in_lower_case, name = {word.casefold(): word for word in sorted(known)}, name.casefold()
    close = get_close_matches(name, in_lower_case, n=20, cutoff=0.8)
    close.sort(key=lambda word: (-round(SequenceMatcher(None, name, word).ratio(), 2), -_common_start(name, word), word))
    return f"Did you mean {' or '.join(in_lower_case[word] for word in close[:count])}? " if close else ""


def _common_start(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _toml(path: Path) -> dict[str, Any]:
    source = str(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(Issue("mapping", "there is no such mapping file", "Check the path; it counts from the working directory", source)) from None
    except OSError:
        raise UsageError(Issue("mapping", "the mapping file cannot be read", "Name a file, and see to it that you may read it", source)) from None
    except UnicodeDecodeError:
        raise UsageError(Issue("mapping", "the mapping file is not UTF-8", "Save it as UTF-8", source)) from None
    except tomllib.TOMLDecodeError as error:
        hint = "Text stands in quotes, a list in square brackets; each key stands once"
        raise UsageError(Issue("mapping", f"the mapping file is not valid TOML: {error}", hint, source)) from None


def _mapping_issues(error: ValidationError, source: str, leave: str = "") -> list[Issue]:
    found = [one for one in error.errors(include_url=False, include_input=False) if one["type"] != leave]
    return list(dict.fromkeys(_mapping_issue(one["type"], one["msg"], [str(part) for part in one["loc"]], source) for one in found))


def _mapping_issue(kind: str, message: str, place: list[str], source: str) -> Issue:
    """An issue in words of our own, told by the key alone: what stands below it may be an answer."""
    field = place[0] if place else ""
    if kind == _NO_SUCH_KEY:
        hint = f"{did_you_mean(field, ColumnMap.model_fields)}Allowed: {', '.join(ColumnMap.model_fields)}"
        return Issue("mapping", "there is no such key", hint, source, field=field)
    if kind == _BETWEEN_KEYS:
        return Issue("mapping", message.removeprefix("Value error, "), "", source, field=field)
    takes, example = _TAKES.get(field, ("the name of a column, as text", f'Write {field} = "..."'))
    return Issue("mapping", f"the key takes {takes}", example, source, field=field)


_TAKES = {
    "strata": ("a table of stratum to column", 'Write strata = { sex = "gender" }'),
    "items": ("a table of column to item code", 'Write items = { "vision 1" = "FCF6" }'),
    "ignore": ('a list of columns, or "unknown"', 'Write ignore = ["remarks"]'),
    "missing": ("a list of codes", "Write missing = [777]"),
    "recode": ("for each item a table of answer in the file to answer of the pack", 'Write recode = { FCF6 = { yes = "a_lot" } }'),
    "values": ("for each stratum a table of value in the file to value of the pack", 'Write values = { sex = { "1" = "male" } }'),
    "date_format": ("the form of the dates, as text", 'Write date_format = "%d/%m/%Y"'),
}
