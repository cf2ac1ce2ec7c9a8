"""Exceptions and issues: what, where, what is allowed, how to fix it - and never a child's data.

An :class:`Issue` is one finding; an :class:`OtscoreError` carries all findings of one pass. Row numbers count the
data rows of the input from 1 (a header line is not counted). Neither holds a response, an identifier or a date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding in a pack or in data.

    ``code`` is stable and machine readable; ``field`` is a column, item or table cell; ``row`` a row number, or -1 when
    the finding is about a whole column or file; ``count`` says how many rows show it.
    """

    code: str
    message: str
    hint: str = ""
    source: str = ""
    row: int = -1
    field: str = ""
    count: int = 1

    def __str__(self) -> str:
        where = [self.source] if self.source else []
        if self.row >= 0:
            where.append(f"row {self.row}")
        if self.field:
            where.append(self.field if self.source == "record" or self.source.endswith(".toml") else f"column {self.field}")
        prefix = ", ".join(where)
        more = f" ({self.count} rows)" if self.count > 1 else ""
        text = f"{prefix}: {self.message}{more}" if prefix else f"{self.message}{more}"
        return f"{text}. {self.hint}" if self.hint else text

    def to_dict(self) -> dict[str, Any]:
        """The issue as plain data, for JSON or a table."""
        return asdict(self)


class OtscoreError(Exception):
    """Base of every error raised by otscore. ``issues`` holds all findings, ``code`` the stable name of the error."""

    code: ClassVar[str] = "otscore_error"

    def __init__(self, issues: Issue | Iterable[Issue] | str) -> None:
        if isinstance(issues, str):
            issues = Issue(self.code, issues)
        self.issues: tuple[Issue, ...] = (issues,) if isinstance(issues, Issue) else tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))

    @property
    def path(self) -> str:
        """Where the first finding lies: file, row and field."""
        first = self.issues[0]
        return ":".join(part for part in (first.source, str(first.row) if first.row >= 0 else "", first.field) if part)

    def to_dict(self) -> dict[str, Any]:
        """The error as plain data: code and every issue."""
        return {"code": self.code, "issues": [issue.to_dict() for issue in self.issues]}


class PackError(OtscoreError):
    """Something about a norm pack."""

    code = "pack_error"


class PackNotFound(PackError):
    """No pack of that name, edition or version is known."""

    code = "pack_not_found"


class PackInvalid(PackError):
    """A pack does not follow the format, or its content fails a check."""

    code = "pack_invalid"


class PackConflict(PackError):
    """Two packs claim the same id and version with different content, or a pack differs from its locked digest."""

    code = "pack_conflict"


class ResponseError(OtscoreError):
    """Something about the answers or the child's data handed in."""

    code = "response_error"


class UnknownItem(ResponseError):
    """An item or column that the pack does not know."""

    code = "unknown_item"


class IllegalAnswer(ResponseError):
    """An answer outside the legal set of its item."""

    code = "illegal_answer"


class AgeMissing(ResponseError):
    """Neither an age nor the two dates were given, or they are impossible."""

    code = "age_missing"


class UsageError(OtscoreError):
    """A call that cannot be carried out as written."""

    code = "usage_error"
