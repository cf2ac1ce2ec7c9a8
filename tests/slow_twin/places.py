"""Places between printed percentiles, ages of attainment, and percentages of children with at least a raw score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Row = Mapping[str, float | None]


def percent(name: str) -> float:
    """The percentage that a column stands for: ``p05`` is 5, ``p2_5`` is 2.5."""
    return float(name[1:].replace("_", "."))


def printed(row: Row, names: Sequence[str]) -> list[str]:
    """The percentiles that the row prints: an empty cell is left out, so that its neighbours meet."""
    return [name for name in names if row[name] is not None]


def place(value: float, row: Row, names: Sequence[str]) -> tuple[str, bool, bool]:
    """(place, is it the lowest, is it the highest): below the first percentile, between two, or from the last on.

    A value that is printed belongs to the place that begins there.
    """
    there = printed(row, names)
    reached = [name for name in there if value >= row[name]]  # type: ignore[operator]
    if not reached:
        return f"below_{there[0]}", True, False
    if reached[-1] == there[-1]:
        return f"from_{there[-1]}", False, True
    return f"{reached[-1]}_to_{there[there.index(reached[-1]) + 1]}", False, False


def between(value: float, row: Row, names: Sequence[str]) -> float | None:
    """The percentile on the straight line between two printed ones.

    None below the first and above the last, and in a row with an empty cell. Where several columns print the same
    number, that number is at the last of them.
    """
    if any(row[name] is None for name in names):
        return None
    numbers = [(row[name], percent(name)) for name in names]
    if value < numbers[0][0] or value > numbers[-1][0]:  # type: ignore[operator]
        return None
    here = [p for y, p in numbers if y == value]
    if here:
        return here[-1]
    low, p_low = [pair for pair in numbers if pair[0] < value][-1]  # type: ignore[operator]
    high, p_high = next(pair for pair in numbers if pair[0] > value)  # type: ignore[operator]
    return p_low + (value - low) / (high - low) * (p_high - p_low)  # type: ignore[operator]


def attainment(raw: float, age: float | None, row: Row, names: Sequence[str]) -> str | None:
    """``attained`` with a raw score above 0; else the place of the child's age. None where the age is missing."""
    if raw > 0:
        return "attained"
    if age is None:
        return None
    return f"not_attained_{place(age, row, names)[0]}"


def base_rate(raw: float, rows: Sequence[Mapping[str, float]]) -> float | None:
    """The percentage printed for the raw score; None where no row has it."""
    found = [row["percent"] for row in rows if row["raw"] == raw]
    return found[0] if found else None
