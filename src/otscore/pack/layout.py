"""How three kinds of norm table are read: raw ranges with open or closed ends, columns of percentiles, powers of a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from otscore.pack.table import Table

Floats = NDArray[np.float64]
RANGE_COLUMNS = ("raw_min", "raw_from", "raw_above", "raw_max", "raw_upto", "raw_below")
PERCENTILE = re.compile(r"p(\d{1,2}|\d{1,2}_\d)")
ATTAINED, NOT_ATTAINED = "attained", "not_attained_"


def edges(rows: Table) -> tuple[Floats, Floats]:
    """Raw ranges as half-open ones: start included, stop excluded, open where all its cells are empty.

    ``raw_min`` and ``raw_from`` include the number, ``raw_above`` leaves it out; ``raw_max`` and ``raw_upto`` include it,
    ``raw_below`` leaves it out.
    """
    start, stop = np.full(len(rows), -np.inf), np.full(len(rows), np.inf)
    for name in ("raw_min", "raw_from", "raw_above"):
        if name in rows:
            said = rows.numbers(name, blank=np.nan)
            said = np.nextafter(said, np.inf) if name == "raw_above" else said
            start = np.where(np.isnan(said), start, said)
    for name in ("raw_max", "raw_upto", "raw_below"):
        if name in rows:
            said = rows.numbers(name, blank=np.nan)
            said = said if name == "raw_below" else np.nextafter(said, np.inf)
            stop = np.where(np.isnan(said), stop, said)
    return start, stop


def place_labels(names: Sequence[str], words: str = "") -> tuple[str, ...]:
    """The places between percentiles in rising order: below the first, between two, from the last on."""
    between = [f"{low}_to_{high}" for low, high in zip(names, names[1:], strict=False)]
    return tuple(f"{words}{place}" for place in (f"below_{names[0]}", *between, f"from_{names[-1]}"))


POWERS = ("power_score", "power_age")
"""Columns of a Taylor model: its terms are coefficient * score ** power_score * age ** power_age."""


def is_power(value: float) -> bool:
    """Whether a number can be a power of a Taylor model; higher ones would be fitted to noise."""
    return value in range(13)
