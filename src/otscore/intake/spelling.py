"""One spelling for what is written in many ways: answers, codes, values of a stratum."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.batch import is_absent
from otscore.compile import Form
from otscore.schema.mapping import ColumnMap

UNREADABLE = np.inf
"""Stands for an answer that cannot be read as a code; no legal answer is infinite."""
NO_NUMBER = frozenset(("nan", "inf", "-inf", "nat"))
EMPTY_WORDS = frozenset(("", "na", "nan"))


def spelling(value: Any) -> str:
    """A number and the same number as text have one spelling; text in lower case, ``_`` for blanks.

    >>> spelling(1), spelling(" 1.0"), spelling("A lot"), spelling(True)
    ('1.0', '1.0', 'a_lot', 'true')
    """
    if not isinstance(value, str):
        if isinstance(value, bool | np.bool_):
            return str(bool(value)).lower()
        if isinstance(value, int | float | np.integer | np.floating):
            return repr(_float(value))
    number = as_number(text := str(value).strip())
    return repr(number) if np.isfinite(number) else "_".join(text.casefold().split())


def as_number(text: str) -> float:
    """The number a text writes, infinite where it writes none."""
    value = UNREADABLE if "_" in text else _float(text)
    return value if np.isfinite(value) else UNREADABLE


_MONTH = "jan|feb|mar|mär|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]"
_DATE = re.compile(rf"\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}|\d[-./ ]*({_MONTH})[a-zé]*[-./, ]*\d|({_MONTH})[a-zé]*[-./, ]*\d{{1,2}}\b[-./, ]+\d{{2,4}}")


def could_be_data(name: str) -> bool:
    """Whether the name of a column reads as a number or a date: in a table without a header line it is a child's.

    >>> [could_be_data(name) for name in ("1987-03-04", "4 Mar 1987", "8,5", "0042", "gs1moc060", "0042x")]
    [True, True, True, True, False, False]
    """
    text = name.strip().casefold()
    return not any(map(str.isalpha, text)) or text in NO_NUMBER or as_number(text) != UNREADABLE or _DATE.search(text) is not None


def _float(value: Any) -> float:
    try:
        return float(value)
    except (ValueError, OverflowError):
        return UNREADABLE


def stratum_spellings(form: Form, name: str, mapping: ColumnMap) -> dict[str, int]:
    """Every accepted spelling of a stratum's values -> number of the value."""
    stratum = form.pack.manifest.strata[name]
    number = {spelling(value): place for place, value in enumerate(stratum.values)}
    for respelt in (stratum.aliases, mapping.values.get(name, {})):
        number |= {spelling(given): number[spelling(value)] for given, value in respelt.items() if spelling(value) in number}
    return number


def stratum_codes(spelt: Mapping[str, int], given: Iterable[Any]) -> NDArray[np.float64]:
    """Number of each value of a stratum, NaN where it is empty or unknown."""
    return np.array([np.nan if is_absent(value) else spelt.get(spelling(value), np.nan) for value in given], dtype=np.float64)
