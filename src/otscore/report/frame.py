"""Group tables as DataFrames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError


def grouped(by: Any, n: int) -> tuple[list[Any], NDArray[np.intp]]:
    """Names of the groups in order, and the place of each child's group among them, (n,).

    Categories keep their order, empty ones too; other values are sorted. Children without a value come last, under None.
    Raises UsageError for another number of values.
    """
    if by is None:
        return [None], np.zeros(n, dtype=np.intp)
    hint = 'Write by=table["country"], with the rows of the table that was scored'
    if isinstance(by, str) or not hasattr(by, "__len__") or len(by) != n or np.ndim(by) > 1:
        raise UsageError(Issue("by", f"groups need one value for each of the {n} rows", hint, field="by"))
    try:
        values = pd.Categorical(by)
        names, codes = list(values.categories), np.array(values.codes, dtype=np.intp)
    except TypeError:
        raise UsageError(Issue("by", "groups are told apart by texts or numbers", hint, field="by")) from None
    if (codes < 0).any():
        codes[codes < 0] = len(names)
        names.append(None)
    return names, codes


def framed(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """The rows as a table; no column of groups where there is one group without a name."""
    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame if frame["group"].notna().any() else frame.drop(columns="group")
