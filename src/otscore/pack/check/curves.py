"""Norm curves, means and SDs: parameters in range, ages rising."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from otscore.pack.check.members import raw_scores
from otscore.pack.check.repair import likely
from otscore.pack.check.series import printed_unit
from otscore.pack.check.subject import Finding, Floats, Subject
from otscore.pack.layout import POWERS, is_power
from otscore.schema.norm import CURVE_COLUMNS, ROW_COLUMNS

ABOVE_ZERO = {
    "lms": ("m", "s"), "bccg": ("mu", "sigma"), "bct": ("mu", "sigma", "tau"), "normal": ("sd",),
    "shash": ("sigma", "delta"), "octaves": ("mean", "sd"),
    "mean_sd": ("sd",), "regression": ("sd", "variance", "age_scale"), "lognormal_regression": ("sd", "variance", "age_scale"),
    "beta_binomial_regression": ("n_items", "reference_age", "phi"),
}  # fmt: skip

FEWEST_ROWS = 8
WINDOW = 10
SLIP = 6.0
"""How far a parameter may lie off the line between its neighbours, in usual distances of the rows near it."""
ROUNDING = 2.5
"""And in units of its last printed digit: more than rounding makes of it."""
CANDIDATES = 4


def curve_parameters(subject: Subject) -> Iterator[Finding]:
    """What must be above 0 is: m, s, mu (of a Box-Cox curve), sigma, tau, delta, SD, variance, the scale of an age, the number of items."""
    for found in subject.norm_tables(*ABOVE_ZERO):
        for column in ABOVE_ZERO[found.norm.method]:
            for place, value in enumerate(found.numbers(column)):
                if value <= 0:
                    yield Finding(found.source, f"{column} is {value:g}", "It must be above 0", column, found.line(place))


def spread_once(subject: Subject) -> Iterator[Finding]:
    """A regression gives its spread once: sd, variance, or logsd0 with its slope logsd1."""
    for found in subject.norm_tables("regression", "lognormal_regression"):
        given = [name for name in ("sd", "variance", "logsd0") if name in found.rows]
        if len(given) > 1:
            yield Finding(found.source, f"the spread is given as {' and as '.join(given)}", "Keep the one that the source prints", given[1])
        elif given != ["logsd0"] and "logsd1" in found.rows:
            message = f"logsd1 is the slope of logsd0, and the spread is given as {given[0] if given else 'nothing'}"
            yield Finding(found.source, message, "Write logsd0 in its place, or leave logsd1 out", "logsd1")


def count_of_items(subject: Subject) -> Iterator[Finding]:
    """The number of items of a beta-binomial is whole, and the highest raw score of its scale."""
    for found in subject.norm_tables("beta_binomial_regression"):
        possible = raw_scores(subject, found.scale)
        for place, number in enumerate(found.numbers("n_items")):
            if number != np.floor(number) or (possible is not None and number != possible.high):
                most = "" if possible is None else f"; the highest raw score of scale {found.scale.id} is {possible.high:g}"
                yield Finding(found.source, f"{number:g} items", f"Write a whole number of items{most}", "n_items", found.line(place))


def powers_whole(subject: Subject) -> Iterator[Finding]:
    """The powers of a Taylor model are whole numbers from 0 to 12."""
    for found in subject.norm_tables("taylor"):
        for column in POWERS:
            for place, power in enumerate(found.numbers(column)):
                if not is_power(power):
                    hint = "Write 0, 1, 2, ...: are the columns in their places?"
                    yield Finding(found.source, f"{power:g} is no power", hint, column, found.line(place))


def warn_spread(subject: Subject) -> Iterator[Finding]:
    """s and sigma, the coefficient of variation of a curve, are not above 1."""
    for found in subject.norm_tables("lms", "bccg", "bct"):
        column = "s" if found.norm.method == "lms" else "sigma"
        for place, value in enumerate(found.numbers(column)):
            if value > 1:
                hint = "Look it up in the source: it is a share of the median, 0.12 and not 12"
                yield Finding(found.source, f"{column} is {value:g}", hint, column, found.line(place))


def ages_rise(subject: Subject) -> Iterator[Finding]:
    """A curve has at least two rows, with rising ages, for every stratum."""
    for found in subject.norm_tables(*CURVE_COLUMNS):
        age, strata = found.numbers("age"), found.strata()
        for combination in dict.fromkeys(strata):
            places = [place for place, other in enumerate(strata) if other == combination]
            for before, place in zip(places, places[1:], strict=False):
                if age[place] <= age[before]:
                    message = f"age {age[place]:g} stands after age {age[before]:g}"
                    yield Finding(found.source, message, "Sort the rows by age, each age once", "age", found.line(place))
            if len(places) < 2:
                message = "a curve of one row cannot be read between ages"
                yield Finding(found.source, message, 'Add rows, or use method = "mean_sd"', "age", found.line(places[0]))


def warn_curve_slip(subject: Subject) -> Iterator[Finding]:
    """No parameter of a long curve leaps off the line between its neighbours, as a slip of a digit or of a row does."""
    for found in subject.norm_tables(*CURVE_COLUMNS, *ROW_COLUMNS):
        curve = found.norm.method in CURVE_COLUMNS
        age, strata = found.numbers("age" if curve else "age_from"), found.strata()
        for combination in dict.fromkeys(strata):
            places = [place for place, other in enumerate(strata) if other == combination]
            if len(places) < FEWEST_ROWS or not np.all(np.diff(age[places]) > 0):
                continue
            for column in filter(found.rows.__contains__, (CURVE_COLUMNS | ROW_COLUMNS)[found.norm.method]):
                values, cells = found.numbers(column)[places], [found.rows.text(column)[place] for place in places]
                worst = None if np.isnan(values).any() else _slip(age[places], values, printed_unit(cells))
                if worst is not None:
                    message = f"{column} leaps to {cells[worst]} between {cells[worst - 1]} and {cells[worst + 1]}"
                    yield Finding(found.source, message, _repair(values, cells, worst), column, found.line(places[worst]))


def _repair(values: Floats, cells: list[str], worst: int) -> str:
    """What the cell may have been; a row typed twice, where it is as the one beside it."""
    if values[worst] in (values[worst - 1], values[worst + 1]):
        return "Is a row typed twice, or do rows stand one row off? Look them up in the source"
    low, high = sorted((float(values[worst - 1]), float(values[worst + 1])))
    return f"{likely(cells[worst], low, high, (low + high) / 2)}. Look the row up in the source"


def _slip(age: Floats, values: Floats, unit: float) -> int | None:
    """The row furthest off the line between its neighbours, where that is far more than is usual near it.

    A slip bends the curve one way at its row and the other way beside it; a curve that is steep bends one way only.
    """
    share = (age[1:-1] - age[:-2]) / (age[2:] - age[:-2])
    bend = values[1:-1] - (values[:-2] + share * (values[2:] - values[:-2]))
    size = np.abs(bend)
    near = np.lib.stride_tricks.sliding_window_view(np.pad(size, WINDOW, constant_values=np.nan), 2 * WINDOW + 1)
    others = np.delete(near, (WINDOW - 1, WINDOW, WINDOW + 1), axis=1)
    usual = np.nanquantile(others, 0.75 if len(values) > 2 * WINDOW else 1.0, axis=1)
    excess = size / (SLIP * usual + ROUNDING * unit)
    for worst in np.argsort(-excess)[:CANDIDATES].tolist():
        beside = bend[max(worst - 1, 0) : worst + 2] * np.sign(bend[worst])
        if excess[worst] > 1 and np.count_nonzero(beside < 0):
            return int(worst) + 1
    return None
