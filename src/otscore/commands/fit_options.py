"""What a recipe is told in its keys, told as options: the hints of a finding where no recipe was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from otscore.errors import UsageError

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


@contextmanager
def as_options() -> Iterator[None]:
    """Adds to the hints of what is refused which option to use."""
    try:
        yield
    except UsageError as error:
        found = [replace(issue, hint=f"{issue.hint}. Here: {OPTIONS[issue.code]}") if issue.code in OPTIONS else issue for issue in error.issues]
        raise UsageError(found) from None
