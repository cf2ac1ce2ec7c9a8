"""Example data that ship with the library: SIMULATED answers of children who do not exist (see README.md beside this)."""

from __future__ import annotations

import io
from importlib.resources import files

EXAMPLE_CHILDREN = "example_children.csv"


def example_children() -> io.StringIO:
    """The simulated example children as CSV text to read from: a row per child, a column per item.

    >>> example_children().readline().split(",")[:5]
    ['id', 'birth_date', 'assessment_date', 'sex', 'gestation_weeks']
    """
    return io.StringIO((files(__name__) / EXAMPLE_CHILDREN).read_text(encoding="utf-8"))
