"""What a cell most likely held before a slip of the hand: digits turned around, the decimal point moved, one digit wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator


def likely(cell: str, low: float, high: float, middle: float) -> str:
    """The repair in words. ``low`` and ``high``: what the neighbours leave room for; ``middle``: what they lead to expect."""
    for slips, words in ((turned(cell), "the digits are turned around"), (moved(cell), "the decimal point is moved"),
                         (changed(cell), "one digit is wrong")):  # fmt: skip
        fitting = [text for text in slips if low <= _value(text) <= high]
        if fitting:
            return f"Likely {min(fitting, key=lambda text: abs(_value(text) - middle))}: {words}"
    return f"Its neighbours lead to expect {middle:.4g}"


def _value(cell: str) -> float:
    """The cell as a number, an open score (<1) as its number, years and months (2:0) as months; NaN where it is none."""
    years, ages, months = cell.lstrip("<> ").partition(":")
    if not ages:
        return float(years)
    return 12.0 * int(years) + int(months) if int(months) < 12 else math.nan


def turned(cell: str) -> Iterator[str]:
    """The cell with two digits that follow one another turned around."""
    digits = [place for place, mark in enumerate(cell) if mark.isdigit()]
    for a, b in zip(digits, digits[1:], strict=False):
        marks = list(cell)
        marks[a], marks[b] = marks[b], marks[a]
        if marks[a] != marks[b]:
            yield "".join(marks)


def moved(cell: str) -> Iterator[str]:
    """The cell with its decimal point one place to the left, and to the right."""
    sign, digits = ("-", cell[1:]) if cell.startswith("-") else ("", cell)
    whole, _, part = digits.partition(".")
    if whole.isdigit() and (part.isdigit() or not part):
        left = f"{whole[:-1] or '0'}.{whole[-1]}{part}"
        yield sign + (left.rstrip("0").rstrip(".") if not part else left)
        yield f"{sign}{(whole + (part[:1] or '0')).lstrip('0') or '0'}" + (f".{part[1:]}" if part[1:] else "")


def changed(cell: str) -> Iterator[str]:
    """The cell with another digit in one place."""
    for place, mark in enumerate(cell):
        if mark.isdigit():
            yield from (cell[:place] + digit + cell[place + 1 :] for digit in "0123456789" if digit != mark)
