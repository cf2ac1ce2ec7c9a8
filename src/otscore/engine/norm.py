"""A measure to a derived score: norm row or curve, metric, percentile, interval, band, and the status of all that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from otscore.batch import Batch, Codes, Floats
from otscore.codes import Flag, Status
from otscore.compile import Form, ScaleForm
from otscore.compile.norms import CURVE_COLUMNS, NormForm
from otscore.engine.measure import Measured
from otscore.engine.status import age_problem, convention_flags, first_problem, range_flags
from otscore.kernel import derive as tables
from otscore.kernel.bct import bct_z
from otscore.kernel.curves import interpolate_linear, lms_z
from otscore.kernel.interval import estimated_true_score, see
from otscore.kernel.metric import percentile_from_z, score_from_z, z_from_percentile, z_from_score
from otscore.kernel.rounding import round_half_even, round_half_up
from otscore.kernel.stratum import age_status

CURVES: dict[str, Callable[..., Floats]] = {"lms": lms_z, "bct": bct_z}


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
    flags: Codes


def derive(form: Form, scale: ScaleForm, measured: Measured, batch: Batch, in_range: Codes) -> Derived:
    """The derived score of one scale for every child. ``in_range``: status of the age against the ages of the pack."""
    flags = range_flags(form, batch)
    if scale.scale.use == "research":
        flags |= Flag.RESEARCH_USE
    before = first_problem(measured.status, in_range)
    if scale.norm is None:
        return _without_norm(before, flags)
    value = measured.ability if scale.norm.norm.measure == "ability" else measured.raw
    step = _by_curve if scale.norm.curves is not None else _by_table
    derived = step(scale, scale.norm, np.where(before == Status.OK, value, np.nan), measured, batch)
    derived = _rounded(form, scale.norm, _limited(scale.norm, derived))
    return _masked(scale, derived, first_problem(before, age_problem(derived.status, batch)), flags)


def _without_norm(before: Codes, flags: Codes) -> Derived:
    absent = np.full(len(before), np.nan)
    status = np.where(before == Status.OK, Status.NOT_NORMED, before).astype(np.int16)
    return Derived(absent, absent, absent, absent, absent, np.full(len(before), -1, np.int16), status, flags * 0)


def _by_curve(scale: ScaleForm, form: NormForm, value: Floats, measured: Measured, batch: Batch) -> Derived:
    """z from the curve at the child's age; interval limits are carried through the same curve."""
    assert form.curves is not None
    combination, status = form.key.combine(batch.strata, len(value))
    parameters = np.full((len(value), len(CURVE_COLUMNS[form.norm.method])), np.nan)
    for number, (ages, nodes) in form.curves.items():
        mine = combination == number
        if mine.any():
            age = batch.age[mine]
            found = parameters[mine] = interpolate_linear(age, ages, nodes)
            status[mine] = age_status(age, ages[0], ages[-1], ~np.isnan(found[:, 0]))
    columns = [np.ascontiguousarray(column) for column in parameters.T]

    def z_of(measure: Floats) -> Floats:
        floor = form.norm.measure_floor
        return CURVES[form.norm.method](measure if floor is None else np.maximum(measure, floor), *columns)

    z = z_of(value)
    half = _half_width(form, measured, batch)
    low, high = (z_of(value - half), z_of(value + half)) if half is not None else (z * np.nan, z * np.nan)
    status[(status == Status.OK) & np.isnan(z)] = Status.OUTSIDE_CURVE
    to_metric = (form.metric_mean, form.metric_sd)
    score, ci_low, ci_high = (score_from_z(part, *to_metric) for part in (z, low, high))
    return _derived(score, z, percentile_from_z(z), ci_low, ci_high, status)


def _half_width(form: NormForm, measured: Measured, batch: Batch) -> Floats | None:
    if form.norm.interval is None:
        return None
    if form.norm.interval.kind == "posterior":
        return form.multiplier * measured.sem
    assert form.precision is not None
    return form.multiplier * form.precision.at(batch.age)


def _by_table(scale: ScaleForm, form: NormForm, value: Floats, measured: Measured, batch: Batch) -> Derived:
    if form.at_least is not None:
        band = tables.band_of(value, form.at_least)
        return _banded(band, np.zeros(len(value), dtype=np.int16))
    assert form.finder is not None
    row, status = form.finder.find(batch.age, batch.strata)
    derived = _table_score(form, value, row, status)
    if batch.age_other is not None and form.finder.by_age:
        other = form.finder.find(batch.age_other, batch.strata)[0]
        derived.flags[:] |= convention_flags(row, other, batch)
    return _with_interval(form, derived, batch)


def _table_score(form: NormForm, value: Floats, row: np.ndarray, status: Codes) -> Derived:
    absent = np.full(len(value), np.nan)
    if form.table is not None:
        score = tables.lookup(value, row, form.first_raw, form.table)
        derived = _scored(form, score, status)
        lowest, highest = (limit(form.table, axis=1)[np.maximum(row, 0)] for limit in (np.nanmin, np.nanmax))
        derived.flags[score == lowest] |= Flag.AT_FLOOR
        derived.flags[score == highest] |= Flag.AT_CEILING
        return derived
    if form.starts:
        place = tables.range_place(value, row, form.starts, form.stops, closed=form.closed)
        found = place >= 0
        score, band = absent.copy(), np.full(len(value), -1, dtype=np.int16)
        for group in np.unique(row[found]):
            mine = found & (row == group)
            score[mine], band[mine] = form.scores[group][place[mine]], form.bands[group][place[mine]]
        derived = _banded(band, status) if form.labels else _scored(form, score, status)
        derived.status[(derived.status == Status.OK) & ~found] = Status.RAW_OUT_OF_TABLE
        return derived
    if form.mean is not None and form.sd is not None:
        z = tables.mean_sd_z(value, row, form.mean, form.sd)
        score = score_from_z(z, form.metric_mean, form.metric_sd)
        return _derived(score, z, percentile_from_z(z), absent, absent, status)
    assert form.percents is not None and form.cells is not None
    if form.norm.percentiles_interpolated:
        percent = tables.percentile_interpolated(value, row, form.percents, form.cells)
        derived = _derived(percent, z_from_percentile(percent), percent, absent, absent, status)
        derived.status[(status == Status.OK) & np.isnan(percent)] = Status.RAW_OUT_OF_TABLE
        return derived
    low, _ = tables.percentile_cells(value, row, form.percents, form.cells)
    band = np.where(np.isnan(low), -1, np.searchsorted(form.percents, low, side="right")).astype(np.int16)
    status = np.where((status == Status.OK) & (band < 0), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    return _banded(band, status)


def _scored(form: NormForm, score: Floats, status: Codes) -> Derived:
    z = z_from_score(score, form.metric_mean, form.metric_sd)
    absent = np.full(len(score), np.nan)
    status = np.where((status == Status.OK) & np.isnan(score), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    return _derived(score, z, percentile_from_z(z), absent, absent, status)


def _banded(band: Codes, status: Codes) -> Derived:
    absent = np.full(len(band), np.nan)
    return Derived(absent, absent, absent, absent, absent, band, status, np.zeros(len(band), dtype=np.int16))


def _derived(score: Floats, z: Floats, percentile: Floats, low: Floats, high: Floats, status: Codes) -> Derived:
    none = np.full(len(score), -1, dtype=np.int16)
    return Derived(score, z, percentile, low, high, none, status, np.zeros(len(score), dtype=np.int16))


def _with_interval(form: NormForm, derived: Derived, batch: Batch) -> Derived:
    """Interval around the observed score, or around the estimated true score."""
    if form.norm.interval is None:
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
    """Scores and limits clipped to the range the publisher prints, with a flag."""
    if form.norm.score_limits is None:
        return derived
    low, high = form.norm.score_limits
    derived.flags[derived.score <= low] |= Flag.AT_FLOOR
    derived.flags[derived.score >= high] |= Flag.AT_CEILING
    clipped = {name: np.clip(getattr(derived, name), low, high) for name in ("score", "ci_low", "ci_high")}
    return _replaced(derived, **clipped)


def _rounded(form: Form, norm: NormForm, derived: Derived) -> Derived:
    decimals = norm.norm.decimals
    if decimals is None or form.options.rounding == "none":
        return derived
    rounding = round_half_up if norm.norm.round_mode == "half_up" else round_half_even
    parts = {name: rounding(getattr(derived, name), decimals) for name in ("score", "ci_low", "ci_high")}
    return _replaced(derived, **parts)


def _masked(scale: ScaleForm, derived: Derived, status: Codes, flags: Codes) -> Derived:
    """Nothing but the status where there is no score; z turned so that higher always means more able."""
    scored = status == Status.OK
    sign = -1.0 if scale.scale.higher_is == "less_able" else 1.0
    parts = {name: np.where(scored, getattr(derived, name), np.nan) for name in ("score", "percentile", "ci_low", "ci_high")}
    return Derived(
        **parts, z=np.where(scored, sign * derived.z, np.nan), status=status,
        band=np.where(scored, derived.band, -1).astype(np.int16),
        flags=np.where(scored, derived.flags | flags, 0).astype(np.int16),
    )  # fmt: skip


def _replaced(derived: Derived, **parts: Floats) -> Derived:
    fields = {name: getattr(derived, name) for name in derived.__slots__}
    return Derived(**{**fields, **parts})
