"""Rows out of step: a run of scores that stands one row too high or too low, a step unlike all others, rows left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from otscore.pack.check.series import Pool, Series, base_rates, bent, by_raw, neighbours_in_age
from otscore.pack.check.subject import Finding, Floats, Subject
from otscore.schema.norm import CURVE_COLUMNS

LOOK = "Look the rows up in the source"
FEWEST_STEPS = 7
FEWEST_RUN = 3
WIDE = 3
"""Steps of so many printed units cannot come to nothing by rounding."""


def warn_rows_shifted(subject: Subject) -> Iterator[Finding]:
    """No score stands twice where every other row has another one, and no run of scores is that of the row beside it."""
    for pool in (*by_raw(subject), *base_rates(subject)):
        for series in pool if pool[0].column not in ("ci_low", "ci_high") else ():
            place = _twice(series, pool)
            if place is not None:
                jump = _jump(series, place)
                rows = f"lines {series.line(min(jump, place) + 1)} to {series.line(max(jump, place))}" if jump is not None else "rows"
                message = f"{series.column} is {series.cell(place + 1)} as on line {series.line(place)}, and every other row has another value"
                yield Finding(series.source, message, f"Is a row typed twice, or do {rows} stand one row off? {LOOK}", series.column, series.line(place + 1))
        yield from _against_ages(pool)


def _twice(series: Series, pool: Pool) -> int | None:
    """The one step of the series that is 0 while no other is, and rounding cannot be why."""
    steps = np.abs(np.diff(series.values))
    zero = np.flatnonzero(steps == 0)
    if len(zero) != 1 or len(steps) < FEWEST_RUN or series.values[zero[0]] in series.limits:
        return None
    place = int(zero[0])
    others = np.concatenate([np.delete(steps, place), *(np.abs(np.diff(one.values)) for one in pool if one is not series)])
    ends = [one.values[end] for one in pool if one is not series and len(one.values) for end in (0, -1)]
    if place in (0, len(steps) - 1) and series.values[place] in ends:
        return None
    regular = len(others) >= FEWEST_STEPS and np.count_nonzero(others == np.median(others)) >= len(others) - 1
    return place if others.min() >= WIDE * series.unit or (regular and others.min() > 0) else None


def _jump(series: Series, twice: int) -> int | None:
    """The step that is about twice as large as the others: where the run that is shifted begins or ends."""
    steps = np.abs(np.diff(series.values))
    place = int(np.argmax(steps))
    rest = np.delete(steps, [place, twice])
    return place if len(rest) and steps[place] > rest.max() and steps[place] >= 1.5 * np.median(rest) else None


def warn_step(subject: Subject) -> Iterator[Finding]:
    """No step from one row to the next is far larger or smaller than all others of the scale."""
    for pool in by_raw(subject):
        for number, series in enumerate(pool):
            place = _uneven(series, [_steps(one) for other, one in enumerate(pool) if other != number])
            if place is not None:
                low, high = series.cell(place), series.cell(place + 1)
                message = f"{series.column} goes from {low} to {high}, a step unlike all others"
                yield Finding(series.source, message, f"Is a row left out, or one of the two wrong? {LOOK}", series.column, series.line(place + 1))


def _steps(series: Series) -> Floats:
    """From one figure to the next, for one usual distance between them: where a cell is empty the step is longer."""
    apart = np.diff(series.at)
    return np.diff(bent(series)[0]) * np.median(apart) / apart if len(apart) and apart.min() > 0 else np.zeros(0)


def _uneven(series: Series, others: list[Floats]) -> int | None:
    """The step that lies outside the range of all others by more than that range; at an end by more than twice as much."""
    units = bent(series)[1]
    steps = _steps(series)
    if len(steps) < FEWEST_RUN:
        return None
    inner = [place for place in range(len(steps)) if not set(series.values[place : place + 2]) & set(series.limits)]
    for place in sorted(inner, key=lambda place: -abs(steps[place] - np.median(steps))):
        rest = np.concatenate([np.delete(steps, place), *others])
        if len(rest) < FEWEST_STEPS:
            return None
        range_ = float(np.ptp(rest)) * (2 if len(rest) < 2 * FEWEST_STEPS else 1) * (2 if place in (0, len(steps) - 1) else 1)
        margin = range_ + units[place]  # one unit more or less is rounding
        if not rest.min() - margin <= steps[place] <= rest.max() + margin:
            return place
    return None


def _against_ages(pool: Pool) -> Iterator[Finding]:
    """Runs that lie on the age bands before and after once they are moved by one row, and on neither as they stand."""
    pairs = list(neighbours_in_age(pool))
    for (before, one), (same, after) in zip(pairs, pairs[1:], strict=False):
        if one is not same or not len(before.at) == len(one.at) == len(after.at) or not (np.all(before.at == one.at) and np.all(one.at == after.at)):
            continue
        middle = (before.values + after.values) / 2
        run = _shifted_run(one.values, middle)
        if run is not None:
            first, last, way = run
            message = f"{one.column} of lines {one.line(first)} to {one.line(last)} is that of one row {way}, by the age bands before and after"
            yield Finding(one.source, message, f"Do the rows stand one row off? {LOOK}", one.column, one.line(first))


def _shifted_run(values: Floats, middle: Floats) -> tuple[int, int, str] | None:
    """First and last place of the longest run that fits the middle of its neighbours when moved, while all else fits as it is."""
    for way, move in (("further down", 1), ("further up", -1)):
        moved = np.full(len(values), np.nan)
        if move == 1:
            moved[:-1] = middle[1:]
        else:
            moved[1:] = middle[:-1]
        step = np.abs(moved - middle)
        off = (step >= 2) & (np.abs(values - middle) > 0.7 * step) & (np.abs(values - moved) < 0.3 * step)
        places = np.flatnonzero(off)
        if len(places) >= FEWEST_RUN and places[-1] - places[0] == len(places) - 1:
            rest = np.delete(np.abs(values - middle), places)
            if rest.size >= FEWEST_RUN and rest.max() <= 0.4 * step[places].min():
                return int(places[0]), int(places[-1]), way
    return None


def warn_age_lost(subject: Subject) -> Iterator[Finding]:
    """Ages of a curve that follow one another in equal steps leave none out."""
    for found in subject.norm_tables(*CURVE_COLUMNS):
        age, strata = found.numbers("age"), found.strata()
        for combination in dict.fromkeys(strata):
            places = [place for place, other in enumerate(strata) if other == combination]
            steps = np.diff(age[places])
            if len(steps) < FEWEST_STEPS:
                continue
            for place in range(1, len(steps) - 1):
                beside = np.concatenate([steps[max(place - 3, 0) : place], steps[place + 1 : place + 4]])
                if np.ptp(beside) < 0.1 * beside.max() and 1.8 * beside.max() < steps[place] < 2.2 * beside.max():
                    message = f"ages go from {age[places[place]]:g} to {age[places[place + 1]]:g}, twice the step before and after"
                    yield Finding(found.source, message, f"Is a row left out? {LOOK}", "age", found.line(places[place + 1]))
