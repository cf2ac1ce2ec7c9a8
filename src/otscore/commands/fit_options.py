"""What a recipe is told in its keys, told as options: the hints of a finding where no recipe was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from otscore.errors import Issue, UsageError

OPTIONS = {
    "band_outside": "--ages FROM:BELOW",
    "decimal": "--decimal comma",
    "missing_code": "--missing-raw CODES in place of --missing",
    "not_a_number": "--missing CODES",
    "raw_range": "--range, or --missing-raw CODES",
    "raw_whole": "--measurement",
    "stratum": "--sex-values male=...,female=...",
}
"""The option that does what the hint of an issue asks of a recipe, by its code."""


FIELDS = {
    "age": "--ages", "age.bands": "--ages and --band", "data.read": "--date", "edition": "--edition", "instrument": "--id", "scales.0.id": "--scale",
    "scales.0.range": "--range", "scales.0.reliability": "--reliability",
}  # fmt: skip
"""The option from which a key of the recipe is made."""


@contextmanager
def as_options() -> Iterator[None]:
    """Adds to the hints of what is refused which option to use."""
    try:
        yield
    except UsageError as error:
        raise UsageError([_told(issue) for issue in error.issues]) from None


def _told(issue: Issue) -> Issue:
    if issue.code == "recipe":
        option = FIELDS.get(issue.field, "")
        hint = issue.hint.replace("Correct it in the recipe", "Correct the option" if option else "Correct the options")
        return replace(issue, source="", field="", message=f"{option}: {issue.message}" if option else issue.message, hint=hint)
    return replace(issue, hint=f"{issue.hint}. Here: {OPTIONS[issue.code]}") if issue.code in OPTIONS else issue
