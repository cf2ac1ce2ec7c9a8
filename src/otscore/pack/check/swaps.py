"""Figures that stand in another's place: two columns, or figures ten times too large or small."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from otscore.pack.check.layout import Layout, typed_tables
from otscore.pack.check.repair import moved
from otscore.pack.check.subject import Finding, Floats, Subject

FEWEST_ROWS = 6
FACTOR = 3.0
"""A figure so many times as large as the largest other, or as small as the smallest, is doubted where the others lie closer together."""
KEYS = frozenset(("raw", "age", "age_from", "age_to", "power", "power_score", "power_age", "code", "n", "n_items", "age_centre", "age_scale", "reference_age"))


def warn_columns_swapped(subject: Subject) -> Iterator[Finding]:
    """No row has two figures that each lie within the other's column and far outside their own."""
    for layout in typed_tables(subject):
        columns = _figures(layout)
        if len(layout.table) < FEWEST_ROWS:
            continue
        for one, other in combinations(columns, 2):
            for place in _swapped(columns[one], columns[other]):
                cells = layout.table.text(one)[place], layout.table.text(other)[place]
                message = f"{one} is {cells[0]} and {other} is {cells[1]}"
                for column, cell in zip((one, other), reversed(cells), strict=True):
                    hint = f"Likely {cell}: the two are interchanged, as each lies among the figures of the other's column. Look them up in the source"
                    yield Finding(layout.source, message, hint, column, layout.table.lines[place])


def _swapped(a: Floats, b: Floats) -> list[int]:
    """Rows whose two figures fit the other's column and not their own, where columns are clearly apart otherwise."""
    lows, highs = (np.minimum(a, b), np.maximum(a, b))
    if np.isnan(a).any() or np.isnan(b).any():
        return []
    rows = []
    for place in np.flatnonzero((a < b) != (np.median(a) < np.median(b))).tolist():
        rest_low, rest_high = np.delete(lows, place), np.delete(highs, place)
        if rest_low.max() < min(rest_high.min(), highs[place]) and lows[place] < rest_high.min():
            rows.append(place)
    return rows if len(rows) == 1 else []


def warn_magnitude(subject: Subject) -> Iterator[Finding]:
    """No figure is ten times as large or as small as it should be: far beyond all others of a column that lie close together."""
    for layout in typed_tables(subject):
        for column, values in _figures(layout).items():
            known = np.flatnonzero(~np.isnan(values))
            if len(known) < FEWEST_ROWS or values[known].min() <= 0:
                continue
            for place in (int(known[np.argmax(values[known])]), int(known[np.argmin(values[known])])):
                rest = np.array([values[other] for other in known if other != place])
                near = rest.max() / rest.min() < FACTOR * FACTOR
                if near and (values[place] > FACTOR * rest.max() or values[place] * FACTOR < rest.min()):
                    cell = layout.table.text(column)[place]
                    fitting = [text for text in moved(cell) if rest.min() / 2 <= float(text) <= 2 * rest.max()]
                    hint = f"Likely {fitting[0]}: the decimal point is moved. " if fitting else ""
                    message = f"{column} is {cell}, and {rest.min():g} to {rest.max():g} in all other rows"
                    yield Finding(layout.source, message, f"{hint}Look it up in the source", column, layout.table.lines[place])


def _figures(layout: Layout) -> dict[str, Floats]:
    """The columns with figures of a norm table or of item parameters, without its keys."""
    names = [name for name in layout.known() if name not in layout.words and name not in KEYS and not name.startswith("raw_")]
    return {name: layout.table.open_numbers(name)[0] for name in names if name != "percentile"}
