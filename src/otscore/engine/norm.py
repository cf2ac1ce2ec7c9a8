"""A measure to a derived score: norm row or curve, metric, percentile, interval, band, and the status of all that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from otscore.batch import Batch, Codes, Flags, Floats
from otscore.codes import Flag, Metric, Status
from otscore.compile import Form, ScaleForm
from otscore.compile.norms import NormForm
from otscore.compile.rows import Places, RowFinder
from otscore.compile.tables import Attainment, Cells, Curves, CutScores, Lookup, Ranges, RowParameters
from otscore.engine.measure import Measured
from otscore.engine.status import age_problem, convention_flags, first_problem
from otscore.kernel import derive as tables
from otscore.kernel.bccg import bccg_z
from otscore.kernel.bct import bct_z
from otscore.kernel.beta_binomial import beta_binomial_regression_z
from otscore.kernel.curves import interpolate_linear, lms_z
from otscore.kernel.interval import estimated_true_score, see
from otscore.kernel.metric import percentile_from_z, score_from_z, z_from_percentile, z_from_score
from otscore.kernel.octaves import octaves_z
from otscore.kernel.regression import lognormal_regression_z, regression_z
from otscore.kernel.rounding import round_half_even, round_half_up
from otscore.kernel.stratum import age_status


@dataclass(frozen=True, slots=True)
class Derived:
    """The derived score of one scale, all (n,): NaN, or -1 for a band, where ``status`` is not OK."""

    score: Floats
    z: Floats
    percentile: Floats
    ci_low: Floats
    ci_high: Floats
    band: Codes
    status: Codes
    flags: Flags


def derive(form: Form, scale: ScaleForm, measured: Measured, batch: Batch, in_range: Codes, age_flags: Flags) -> Derived:
    """The derived score of one scale for every child. ``in_range``, ``age_flags``: status and flags of the age against the
    ages of the pack.
    """
    flags = age_flags | (Flag.RESEARCH_USE if scale.scale.use == "research" else 0)
    before = first_problem(measured.status, in_range)
    if scale.norm is None:
        return _without_norm(before, flags)
    value = measured.ability if scale.norm.norm.measure == "ability" else measured.raw
    step = _by_formula if isinstance(scale.norm.arrays, Curves | RowParameters) else _by_table
    derived = step(scale, scale.norm, np.where(before == Status.OK, value, np.nan), measured, batch)
    derived = _rounded(form, scale.norm, _limited(scale.norm, derived))
    return _masked(scale, derived, first_problem(before, age_problem(derived.status, batch)), flags)


def _without_norm(before: Codes, flags: Flags) -> Derived:
    absent = np.full(len(before), np.nan)
    status = np.where(before == Status.OK, Status.NOT_NORMED, before).astype(np.int16)
    return Derived(absent, absent, absent, absent, absent, np.full(len(before), -1, np.int16), status, flags * 0)


def _by_formula(scale: ScaleForm, form: NormForm, value: Floats, measured: Measured, batch: Batch) -> Derived:
    """z by the formula of the norm with the parameters of the child's row or curve; interval limits go the same way."""
    parameters, status, flags = _parameters(form, batch)
    columns = [np.ascontiguousarray(column) for column in parameters.T]

    def z_of(measure: Floats) -> Floats:
        floor = form.norm.measure_floor
        return FORMULAS[form.norm.method](measure if floor is None else np.maximum(measure, floor), batch.age, *columns)

    half = _half_width(form, measured, batch)
    if half is None:
        z = z_of(value)
        low = high = z * np.nan
    else:
        z, low, high = z_of(np.stack([value, value - half, value + half]))
    if form.norm.method in BY_AGE:
        status[(status == Status.OK) & np.isnan(batch.age)] = Status.AGE_MISSING
    status[(status == Status.OK) & np.isnan(z)] = Status.OUTSIDE_CURVE
    to_metric = (form.metric_mean, form.metric_sd)
    score, ci_low, ci_high = (score_from_z(part, *to_metric) for part in (z, low, high))
    derived = _derived(score, z, percentile_from_z(z), ci_low, ci_high, status)
    derived.flags[:] |= flags | (Flag.PERCENTILE_ASSUMES_NORMAL if form.norm.method in LINEAR else 0)
    return _with_interval(form, derived, batch)


def _parameters(form: NormForm, batch: Batch) -> tuple[Floats, Codes, Flags]:
    """(n, p) parameters of each child's norm, NaN where none applies, why, and whether the age convention decides."""
    n = len(batch)
    if isinstance(form.arrays, RowParameters):
        assert form.finder is not None
        row, status = form.finder.find(batch.age, batch.strata)
        values = np.where((row >= 0)[:, None], form.arrays.values[np.maximum(row, 0)], np.nan)
        return values, status, _row_flags(form.finder, row, batch)
    assert isinstance(form.arrays, Curves)
    combination, status = form.key.combine(batch.strata, n)
    parameters = np.full((n, form.arrays.width), np.nan)
    for number, (ages, nodes) in form.arrays.nodes.items():
        mine = combination == number
        if mine.any():
            age = batch.age[mine]
            found = parameters[mine] = interpolate_linear(age, ages, nodes)
            status[mine] = age_status(age, ages[0], ages[-1], ~np.isnan(found[:, 0]))
    return parameters, status, np.zeros(n, dtype=np.int32)


def _row_flags(finder: RowFinder, row: np.ndarray, batch: Batch) -> Flags:
    if batch.age_other is None or not finder.by_age:
        return np.zeros(len(batch), dtype=np.int32)
    return convention_flags(row, finder.find(batch.age_other, batch.strata)[0], batch)


def _half_width(form: NormForm, measured: Measured, batch: Batch) -> Floats | None:
    kind = form.norm.interval.kind if form.norm.interval else ""
    if kind == "posterior":
        return form.multiplier * measured.sem
    if kind == "sem_measure":
        assert form.precision is not None
        return form.multiplier * form.precision.at(batch.age)
    return None


def _by_table(scale: ScaleForm, form: NormForm, value: Floats, measured: Measured, batch: Batch) -> Derived:
    if isinstance(form.arrays, CutScores):
        return _banded(tables.band_of(value, form.arrays.at_least), np.zeros(len(value), dtype=np.int16))
    assert form.finder is not None
    row, status = form.finder.find(batch.age, batch.strata)
    derived = TABLES[form.norm.method](form, value, row, status, batch)
    derived.flags[:] |= _row_flags(form.finder, row, batch)
    return _with_interval(form, derived, batch)


def _by_lookup(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    assert isinstance(form.arrays, Lookup)
    table = form.arrays.table
    score = tables.lookup(value, row, form.arrays.first_raw, table)
    derived = _scored(form, score, status)
    if form.norm.method == "lookup":
        _flag_ends(derived, row, form.arrays.ends)
    return derived


def _by_ranges(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    assert isinstance(form.arrays, Ranges)
    score, band, _ = _in_ranges(form.arrays, value, row)
    if form.labels:
        return _banded(band, np.where((status == Status.OK) & (band < 0), Status.RAW_OUT_OF_TABLE, status).astype(np.int16))
    derived = _scored(form, score, status)
    _flag_ends(derived, row, form.arrays.ends)
    return derived


def _flag_ends(derived: Derived, row: Places, ends: tuple[Floats, Floats]) -> None:
    """A flag where the score is the lowest or the highest that the child's row of the table holds."""
    lowest, highest = ends
    derived.flags[derived.score == lowest[row]] |= Flag.AT_FLOOR
    derived.flags[derived.score == highest[row]] |= Flag.AT_CEILING


def _in_ranges(ranges: Ranges, value: Floats, row: Places) -> tuple[Floats, Codes, Flags]:
    """Score and band of the range that holds each value, NaN and -1 where none does; a flag in the first and the last of a row."""
    place = tables.range_place(value, row, ranges.starts, ranges.stops)
    found = place >= 0
    score, band = np.full(len(value), np.nan), np.full(len(value), -1, dtype=np.int16)
    flags = np.where(place == 0, Flag.AT_FLOOR, 0).astype(np.int32)
    for group in np.unique(row[found]):
        mine = found & (row == group)
        score[mine], band[mine] = ranges.scores[group][place[mine]], ranges.bands[group][place[mine]]
        flags[mine & (place == len(ranges.starts[group]) - 1)] |= Flag.AT_CEILING
    return score, band, flags


def _by_cells(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    """The place between two printed percentiles; where the norm allows it, also the percentile on the line between them."""
    assert isinstance(form.arrays, Cells)
    _, band, flags = _in_ranges(form.arrays.ranges, value, row)
    derived = _banded(
        band, np.where((status == Status.OK) & (band < 0), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    )
    derived.flags[:] |= flags
    if not form.norm.percentiles_interpolated:
        return derived
    percent = tables.percentile_interpolated(value, row, form.arrays.percents, form.arrays.values)
    z = z_from_percentile(percent)
    score = percent if form.norm.metric is Metric.PERCENTILE else score_from_z(z, form.metric_mean, form.metric_sd)
    return _replaced(derived, score=score, z=z, percentile=percent)


def _by_attainment(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    """Attained; or not, and the place of the child's age among those by which other children have attained it."""
    assert isinstance(form.arrays, Attainment)
    waiting = _in_ranges(form.arrays.ranges, batch.age, row)[1]
    band = np.where(value > 0, form.arrays.attained, waiting)
    known = (row >= 0) & ~np.isnan(value)
    status = np.where((status == Status.OK) & known & (band < 0), Status.AGE_MISSING, status).astype(np.int16)
    derived = _banded(np.where(known, band, -1).astype(np.int16), status)
    if batch.age_other is not None:
        otherwise = _in_ranges(form.arrays.ranges, batch.age_other, row)[1]
        derived.flags[:] |= convention_flags(waiting, otherwise, batch) * (band != form.arrays.attained)
    return derived


FORMULAS: dict[str, Callable[..., Floats]] = {
    "lms": lambda y, age, *p: lms_z(y, *p),
    "bct": lambda y, age, *p: bct_z(y, *p),
    "bccg": lambda y, age, *p: bccg_z(y, *p),
    "normal": lambda y, age, mean, sd: (y - mean) / sd,
    "mean_sd": lambda y, age, mean, sd: (y - mean) / sd,
    "octaves": lambda y, age, *p: octaves_z(y, *p),
    "regression": regression_z,
    "lognormal_regression": lognormal_regression_z,
    "beta_binomial_regression": beta_binomial_regression_z,
}
"""z of a measure at an age, by the parameters of the norm."""

BY_AGE = ("regression", "lognormal_regression", "beta_binomial_regression")
"""Methods whose rows need no age band and whose formula needs the age."""

LINEAR = ("mean_sd", "normal")
"""Methods whose z keeps the shape of the raw scores, so that its normal percentile is an assumption (methods: Linear vs normalised)."""

TABLES: dict[str, Callable[..., Derived]] = {
    "lookup": _by_lookup,
    "base_rates": _by_lookup,
    "ranges": _by_ranges,
    "percentile_cells": _by_cells,
    "attainment": _by_attainment,
}


def _scored(form: NormForm, score: Floats, status: Codes) -> Derived:
    z = z_from_score(score, form.metric_mean, form.metric_sd)
    absent = np.full(len(score), np.nan)
    status = np.where((status == Status.OK) & np.isnan(score), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    return _derived(score, z, percentile_from_z(z), absent, absent, status)


def _banded(band: Codes, status: Codes) -> Derived:
    absent = np.full(len(band), np.nan)
    return Derived(absent, absent, absent, absent, absent, band, status, np.zeros(len(band), dtype=np.int32))


def _derived(score: Floats, z: Floats, percentile: Floats, low: Floats, high: Floats, status: Codes) -> Derived:
    none = np.full(len(score), -1, dtype=np.int16)
    return Derived(score, z, percentile, low, high, none, status, np.zeros(len(score), dtype=np.int32))


def _with_interval(form: NormForm, derived: Derived, batch: Batch) -> Derived:
    """Interval around the observed score, or around the estimated true score."""
    if form.norm.interval is None or form.norm.interval.kind not in ("observed", "true_score"):
        return derived
    if form.reliability is not None:
        r = form.reliability.at(batch.age)
        centre = estimated_true_score(derived.score, form.metric_mean, r)
        half = form.multiplier * see(form.metric_sd, r)
    else:
        assert form.precision is not None
        centre, half = derived.score, form.multiplier * form.precision.at(batch.age)
    return _replaced(derived, ci_low=centre - half, ci_high=centre + half)


def _limited(form: NormForm, derived: Derived) -> Derived:
    """Scores and limits clipped to the range the publisher prints, with a flag; no interval where none of it is in the range."""
    if form.norm.score_limits is None:
        return derived
    low, high = form.norm.score_limits
    derived.flags[derived.score <= low] |= Flag.AT_FLOOR
    derived.flags[derived.score >= high] |= Flag.AT_CEILING
    clipped = {name: np.clip(getattr(derived, name), low, high) for name in ("score", "ci_low", "ci_high")}
    nothing_left = (clipped["ci_low"] == clipped["ci_high"]) & (derived.ci_low < derived.ci_high)
    for name in ("ci_low", "ci_high"):
        clipped[name][nothing_left] = np.nan
    return _replaced(derived, **clipped)


def _rounded(form: Form, norm: NormForm, derived: Derived) -> Derived:
    decimals = norm.norm.decimals
    if decimals is None or form.options.rounding == "none":
        return derived
    rounding = round_half_up if norm.norm.round_mode == "half_up" else round_half_even
    score, ci_low, ci_high = rounding(np.stack([derived.score, derived.ci_low, derived.ci_high]), decimals)
    return _replaced(derived, score=score, ci_low=ci_low, ci_high=ci_high)


def _masked(scale: ScaleForm, derived: Derived, status: Codes, flags: Flags) -> Derived:
    """Nothing but the status where there is no score; z turned so that higher always means more able."""
    scored = status == Status.OK
    sign = -1.0 if scale.scale.higher_is == "less_able" else 1.0
    if sign < 0 and scale.norm is not None and scale.norm.norm.metric is Metric.Z:
        derived = _turned(derived)
    parts = {
        name: np.where(scored, getattr(derived, name), np.nan) for name in ("score", "percentile", "ci_low", "ci_high")
    }
    return Derived(
        **parts, z=np.where(scored, sign * derived.z, np.nan) + 0.0, status=status,
        band=np.where(scored, derived.band, -1).astype(np.int16),
        flags=np.where(scored, derived.flags | flags, 0).astype(np.int32),
    )  # fmt: skip


def _turned(derived: Derived) -> Derived:
    """A score that is a z means more able the higher it is, as z does; percentile, interval and the ends go with it."""
    ends = Flag.AT_FLOOR | Flag.AT_CEILING
    floor, ceiling = (derived.flags & flag != 0 for flag in (Flag.AT_FLOOR, Flag.AT_CEILING))
    derived.flags[:] = derived.flags & ~ends | np.where(floor, Flag.AT_CEILING, 0) | np.where(ceiling, Flag.AT_FLOOR, 0)
    return _replaced(
        derived,
        score=0.0 - derived.score,
        percentile=100.0 - derived.percentile,
        ci_low=0.0 - derived.ci_high,
        ci_high=0.0 - derived.ci_low,
    )


def _replaced(derived: Derived, **parts: Floats) -> Derived:
    fields = {name: getattr(derived, name) for name in derived.__slots__}
    return Derived(**{**fields, **parts})
