"""The four layouts of printed norms, one function each: a sheet in, its entries out; every problem of the sheet at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from otscore.norming.crossed import read_crossed
from otscore.norming.reading import Entry, Reading
from otscore.norming.rows import read_rows
from otscore.norming.sheets import Sheet

Layout = Literal["long", "sheets", "ranges", "frame"]


def long(sheet: Sheet, reading: Reading) -> list[Entry]:
    """One long table: a row for each scale, age band and raw score (or raw range)."""
    return read_rows(sheet, reading, ("raw", "score"))


def frame(sheet: Sheet, reading: Reading) -> list[Entry]:
    """The columns ``sex, age_min, age_max, raw, score``; the scale by a column, by the name of the sheet, or by the user."""
    return read_rows(sheet, reading, ("age_min", "raw", "score"))


def sheets(sheet: Sheet, reading: Reading) -> list[Entry]:
    """One sheet for each age band, scales across: raw scores down the side and scores in the cells, or the other way round."""
    return read_crossed(sheet, reading, side=None, needs_age=True)


def ranges(sheet: Sheet, reading: Reading) -> list[Entry]:
    """Scores down the side, raw ranges in the cells; scales, age bands or both across."""
    return read_crossed(sheet, reading, side="score", needs_age=False)


LAYOUTS: dict[Layout, Callable[[Sheet, Reading], list[Entry]]] = {"long": long, "sheets": sheets, "ranges": ranges, "frame": frame}
