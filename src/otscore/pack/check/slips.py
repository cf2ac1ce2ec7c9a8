"""Single cells that do not fit their neighbours: off the line, empty, or with more decimals than the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from otscore.pack.check.layout import layouts
from otscore.pack.check.repair import likely, moved
from otscore.pack.check.series import Series, bent, distances, expected, neighbours_in_age, pools, printed_unit
from otscore.pack.check.subject import Finding, Floats, Subject

FAR = 3.0
"""A cell is off its neighbours when it lies so many times as far from what they lead to expect as any other cell does."""
FEWEST = 4
"""Distances that other cells must give before one is called far."""
FEWEST_WHOLE = 40
"""So many whole numbers let one with a decimal be doubted; in fewer it may be a percentile that fell between two."""
LOOK = "Look it up in the source"


def warn_cell_off(subject: Subject) -> Iterator[Finding]:
    """No score, percentile, mean or SD lies far off what its neighbours in raw score or age lead to expect."""
    for pool in pools(subject):
        said: set[int] = set()
        for series, place, middle in (*_off_in_pool(pool), *_off_between_ages(pool)):
            if series.places[place] not in said:
                said.add(series.places[place])
                message = f"{series.column} is {series.cell(place)} between {_around(series, place)}"
                room = _room(series, place)
                hint = f"{likely(series.cell(place), *room, middle)}. {LOOK}"
                yield Finding(series.found.source, message, hint, series.column, series.line(place))


def _off_in_pool(pool: list[Series]) -> Iterator[tuple[Series, int, float]]:
    """Cells off the line of their own series, with what was to be expected."""
    usual = [distances(series.at, bent(series)[0]) for series in pool]
    for number, series in enumerate(pool):
        others = np.concatenate([np.zeros(0), *(one for place, one in enumerate(usual) if place != number)])
        values, units = bent(series)
        place = furthest(series.at, values, units, others)
        if place is None:
            continue
        middle = _clipped(series, expected(series.at, values, place)) if values is series.values else float(np.median(series.values))
        if values is not series.values or abs(middle - series.values[place]) >= series.unit:
            yield series, place, middle


def furthest(at: Floats, values: Floats, units: Floats, others: Floats) -> int | None:
    """The cell that lies far off its neighbours, while without it every other cell is near them; None where there is none."""
    count = len(values)
    if count < 4:
        return None
    best: tuple[float, int] | None = None
    for place in range(count):
        end = place in (0, count - 1)
        rest = [other for other in range(count) if other != place]
        near = np.concatenate([distances(at[rest], values[rest]), others])
        near = near[~np.isnan(near)]
        if near.size < FEWEST:
            continue
        off = abs(values[place] - expected(at, values, place))
        bound = max(FAR * near.max(), near.max() + (1.6 if end else 0.8) * units[place]) if near.max() else (1.6 if end else 0.8) * units[place]
        if off > bound and (best is None or off / bound > best[0]):
            best = off / bound, place
    return None if best is None else best[1]


def _off_between_ages(pool: list[Series]) -> Iterator[tuple[Series, int, float]]:
    """Cells off the line by the difference from the next age band, which changes little from one raw score to the next."""
    pairs = [_paired(before, after) for before, after in neighbours_in_age(pool)]
    usual = [distances(at, gap) for _, _, at, gap, _ in pairs]
    for number, (before, after, at, gap, rows) in enumerate(pairs):
        others = np.concatenate([np.zeros(0), *(one for place, one in enumerate(usual) if place != number)])
        units = np.full(len(gap), max(before.unit, after.unit))
        place = furthest(at, gap, units, others)
        if place is None:
            continue
        series, here = max(((before, rows[place][0]), (after, rows[place][1])), key=lambda one: _own_distance(*one))
        turn = 1 if series is before else -1
        middle = series.values[here] + turn * (expected(at, gap, place) - gap[place])
        if series.limits[0] <= middle <= series.limits[1] and series.values[here] not in series.limits:
            yield series, here, float(middle)


def _paired(before: Series, after: Series) -> tuple[Series, Series, Floats, Floats, list[tuple[int, int]]]:
    """Two series where both have a figure: where, the difference, and the places in each."""
    second = {raw: place for place, raw in enumerate(after.at.tolist())}
    rows = [(place, second[raw]) for place, raw in enumerate(before.at.tolist()) if raw in second]
    mine, other = ([row[side] for row in rows] for side in (0, 1))
    return before, after, before.at[mine], before.values[mine] - after.values[other], rows


def _own_distance(series: Series, place: int) -> float:
    return abs(series.values[place] - expected(series.at, series.values, place)) if len(series.values) > 2 else 0.0


def _clipped(series: Series, value: float) -> float:
    low, high = series.limits
    return min(max(value, low), high)


def _room(series: Series, place: int) -> tuple[float, float]:
    """Between which figures the cell must lie: those beside it, one step further out at an end."""
    values, last = series.values, len(series.values) - 1
    beside = [values[max(place - 1, 0)], values[min(place + 1, last)]]
    if place in (0, last):
        inner = values[1] if place == 0 else values[last - 1]
        beside = [inner, 2 * expected(series.at, values, place) - inner]
    return float(min(beside)), float(max(beside))


def _around(series: Series, place: int) -> str:
    """The cells beside it, in words."""
    beside = [series.cell(other) for other in (place - 1, place + 1) if 0 <= other < len(series.values)]
    return " and ".join(beside) if len(beside) == 2 else f"the end and {beside[0]}"


def warn_cell_lost(subject: Subject) -> Iterator[Finding]:
    """No cell is empty between filled ones, nor where an age band that reaches less far has a score."""
    for pool in pools(subject):
        for series in pool:
            if series.along != "raw" or not len(series.places):
                continue
            raw = series.found.numbers("raw" if "raw" in series.found.rows else "raw_min")
            column = series.found.rows.text(series.column)
            group = next(one for one in series.found.groups() if series.places[0] in one.places)
            ends = min(raw[list(series.places)]), max(raw[list(series.places)])
            for place in group.places:
                if not column[place] and ends[0] < raw[place] < ends[1]:
                    message = f"{series.column} is empty at a raw score of {raw[place]:g}, between filled cells"
                    yield Finding(series.found.source, message, f"{LOOK}: was the cell passed over?", series.column, series.found.line(place))


def warn_decimals(subject: Subject) -> Iterator[Finding]:
    """No number has more decimals than any other in a long column whose cells nearly all have the same number of them."""
    for layout in layouts(subject):
        for column in layout.known():
            if column in layout.words or not layout.source.startswith("tables/"):
                continue
            cells = [(line, cell) for line, cell in zip(layout.table.lines, layout.table.text(column), strict=True) if cell]
            yield from _more_decimals(layout.source, column, cells)


def _more_decimals(source: str, column: str, cells: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    counts = [len(cell.partition(".")[2]) for _, cell in cells]
    if len(cells) < 12 or "e" in "".join(cell for _, cell in cells).lower():
        return
    most = max(counts)
    alone = [place for place, count in enumerate(counts) if count == most]
    rest = sorted(count for count in counts if count != most)
    if len(alone) == 1 and rest[len(rest) // 10] == rest[-1] == most - 1 and (most > 1 or len(cells) >= FEWEST_WHOLE):
        line, cell = cells[alone[0]]
        values = [float(other) for _, other in cells if other != cell]
        fitting = [text for text in moved(cell) if len(text.partition(".")[2]) < most and min(values) <= float(text) <= max(values)]
        hint = f"Likely {fitting[0]}: the decimal point is moved" if fitting else "Is the decimal point moved?"
        message = f"{column} is {cell}, with {most} decimals where the others have {most - 1}"
        yield Finding(source, message, f"{hint}. {LOOK}", column, line)


__all__ = ["furthest", "printed_unit", "warn_cell_lost", "warn_cell_off", "warn_decimals"]
