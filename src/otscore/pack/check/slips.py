"""Single cells that do not fit their neighbours: off the line, empty, or with more decimals than the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from otscore.pack.check.layout import typed_tables
from otscore.pack.check.members import NUMBER
from otscore.pack.check.repair import likely, moved
from otscore.pack.check.series import Pool, Series, bent, by_age, by_raw, distances, expected, neighbours_in_age
from otscore.pack.check.subject import Finding, Floats, Subject
from otscore.pack.layout import RANGE_COLUMNS

FAR = 3.0
"""A cell is off its neighbours when it lies so many times as far from what they lead to expect as any other cell does."""
CANDIDATES = 4
"""A wrong cell takes the cells beside it off their neighbours as well: so many of the furthest are tried."""
FEWEST = 4
"""Distances that other cells must give before one is called far."""
LONG = 12
"""So many cells are a long column."""
FEWEST_WHOLE = 40
"""So many whole numbers let one with a decimal be doubted; in fewer it may be a percentile that fell between two."""
LOOK = "Look it up in the source"


def warn_cell_off(subject: Subject) -> Iterator[Finding]:
    """No score, percentile, mean or SD lies far off what its neighbours in raw score or age lead to expect."""
    for pool in (*by_raw(subject), *by_age(subject)):
        said: set[int] = set()
        for series, place, middle in (*_off_in_pool(pool), *_off_between_ages(pool)):
            if series.places[place] not in said:
                said.add(series.places[place])
                message = f"{series.column} is {series.cell(place)} between {_around(series, place)}"
                room = _room(series, place)
                hint = f"{likely(series.cell(place), *room, middle)}. {LOOK}"
                yield Finding(series.source, message, hint, series.column, series.line(place))


def _off_in_pool(pool: Pool) -> Iterator[tuple[Series, int, float]]:
    """Cells off the line of their own series, with what was to be expected."""
    usual = [distances(series.at, bent(series)[0]) for series in pool]
    for number, series in enumerate(pool):
        others = np.concatenate([np.zeros(0), *(one for place, one in enumerate(usual) if place != number)])
        values, units = bent(series)
        place = furthest(series.at, values, units, others)
        if place is None:
            continue
        middle = _clipped(series, expected(series.at, values, place)) if values is series.values else float(np.median(series.values))
        bent_scale = values is not series.values
        if (bent_scale or abs(middle - series.values[place]) >= series.unit) and not _floor_or_ceiling(series, place, middle, pool):
            yield series, place, middle


def _floor_or_ceiling(series: Series, place: int, middle: float, pool: Pool) -> bool:
    """Whether a cell at an end may be where the print cuts scores off: others have it too, or it is a round number."""
    value, last = series.values[place], len(series.values) - 1
    if place not in (0, last):
        return False
    ends = [one.values[end] for one in pool if one is not series and len(one.values) for end in (0, -1)]
    beside = series.values[1 if place == 0 else last - 1]
    outward = (middle - value) * (value - beside) >= 0
    return bool(outward and (value == beside or value in ends or value % 5 == 0))


def furthest(at: Floats, values: Floats, units: Floats, others: Floats) -> int | None:
    """The cell that lies far off its neighbours, while without it every other cell is near them; None where there is none."""
    count = len(values)
    if count < 4:
        return None
    off = distances(at, values, ends=True)
    best: tuple[float, int] | None = None
    for place in np.argsort(-off)[:CANDIDATES].tolist():
        end = place in (0, count - 1)
        near = np.concatenate([distances(np.delete(at, place), np.delete(values, place)), others])
        if near.size < FEWEST:
            continue
        bound = max(FAR * near.max(), near.max() + (1.6 if end else 0.8) * units[place])
        if off[place] > bound and (best is None or off[place] / bound > best[0]):
            best = off[place] / bound, place
    return None if best is None else best[1]


def _off_between_ages(pool: Pool) -> Iterator[tuple[Series, int, float]]:
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
    """No score is empty between filled ones, and no cell is the only empty one of a long column."""
    for pool in by_raw(subject):
        for series in pool:
            if series.column != "score" or len(series.places) < 2 or "raw" not in series.rows:
                continue
            raw, cells = series.rows.numbers("raw"), series.rows.text("score")
            first, last = series.places[0], series.places[-1]
            for place in range(min(first, last) + 1, max(first, last)):
                if not cells[place] and raw[first] < raw[place] < raw[last]:
                    message = f"score is empty at a raw score of {raw[place]:g}, between filled cells"
                    yield Finding(series.source, message, f"Was the cell passed over? {LOOK}", "score", series.rows.lines[place])
    for layout in typed_tables(subject):
        allowed = _never_reached(subject, layout.source)
        for column in layout.known():
            cells = layout.table.text(column)
            if column in ("score", "n") or len(cells) < LONG or cells.count("") != 1:
                continue
            place = cells.index("")
            if not (column in RANGE_COLUMNS and place in (0, len(cells) - 1)) and column not in allowed:
                message = f"{column} is empty, in no other row"
                yield Finding(layout.source, message, f"Was the cell passed over? {LOOK}", column, layout.table.lines[place])


def _never_reached(subject: Subject, source: str) -> set[str]:
    """Columns of ages of attainment: one is empty where the age lies beyond those of the sample."""
    return {name for found in subject.norm_tables("attainment") if found.source == source for name in found.rows.columns}


def warn_decimals(subject: Subject) -> Iterator[Finding]:
    """No number has more decimals than any other in a long column whose cells nearly all have the same number of them."""
    for layout in typed_tables(subject):
        for column in layout.known():
            if column in layout.words:
                continue
            cells = [(line, cell) for line, cell in zip(layout.table.lines, layout.table.text(column), strict=True) if NUMBER.fullmatch(cell)]
            yield from _more_decimals(layout.source, column, cells)


def _more_decimals(source: str, column: str, cells: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    counts = [len(cell.partition(".")[2]) for _, cell in cells]
    if len(cells) < LONG or "e" in "".join(cell for _, cell in cells).lower():
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

