"""z by a formula: the parameters of the child's row or curve, the measure and its interval limits taken through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Codes, Floats
from otscore.codes import Flag, Status
from otscore.compile.norms import BY_AGE, NormForm
from otscore.compile.tables import Curves, RowParameters, Taylor
from otscore.engine.results import Derived, Measured
from otscore.engine.scored import row_flags, scored, with_interval, with_score
from otscore.kernel.bccg import bccg_z
from otscore.kernel.bct import bct_z
from otscore.kernel.beta_binomial import beta_binomial_regression_z
from otscore.kernel.curves import interpolate_linear, lms_z
from otscore.kernel.metric import percentile_from_z, score_from_z
from otscore.kernel.octaves import octaves_z
from otscore.kernel.regression import lognormal_regression_z, regression_z
from otscore.kernel.shash import shash_z
from otscore.kernel.stratum import age_status
from otscore.kernel.taylor import taylor_score
from otscore.kernel.two_piece import two_piece_z

FORMULAS: dict[str, Callable[..., Floats]] = {
    "lms": lambda y, age, *p: lms_z(y, *p),
    "bct": lambda y, age, *p: bct_z(y, *p),
    "bccg": lambda y, age, *p: bccg_z(y, *p),
    "shash": lambda y, age, *p: shash_z(y, *p),
    "normal": lambda y, age, mean, sd: (y - mean) / sd,
    "mean_sd": lambda y, age, mean, sd: (y - mean) / sd,
    "two_piece": lambda y, age, *p: two_piece_z(y, *p),
    "octaves": lambda y, age, *p: octaves_z(y, *p),
    "regression": regression_z,
    "lognormal_regression": lognormal_regression_z,
    "beta_binomial_regression": beta_binomial_regression_z,
}
"""z of a measure at an age, by the parameters of the norm."""

LINEAR = ("mean_sd", "normal")
"""Methods whose z keeps the shape of the raw scores, so that its normal percentile is an assumption (methods: Linear vs normalised)."""


def by_formula(form: NormForm, value: Floats, measured: Measured, batch: Batch) -> Derived:
    """z by the formula of the norm with the parameters of the child's row or curve; interval limits go the same way."""
    if isinstance(form.arrays, Taylor):
        return with_interval(form, _by_taylor(form, form.arrays, value, _half_width(form, measured, batch), batch), measured.sem, batch)
    parameters, status, flags = _parameters(form, batch)
    columns = [np.ascontiguousarray(column) for column in parameters.T]
    if form.norm.method == "percent_expected":
        derived = scored(form, 100.0 * value / columns[0], status)
        derived.flags[:] |= flags
        return derived

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
    status[(status == Status.OK) & ~np.isfinite(z)] = Status.OUTSIDE_CURVE
    to_metric = (form.metric_mean, form.metric_sd)
    score, ci_low, ci_high = (score_from_z(part, *to_metric) for part in (z, low, high))
    derived = with_score(score, z, percentile_from_z(z), ci_low, ci_high, status)
    derived.flags[:] |= flags | (Flag.PERCENTILE_ASSUMES_NORMAL if form.norm.method in LINEAR else 0)
    return with_interval(form, derived, measured.sem, batch)


def _by_taylor(form: NormForm, taylor: Taylor, value: Floats, half: Floats | None, batch: Batch) -> Derived:
    """The score that the model gives for the measure at the child's age, between the score limits of the norm; ends of an interval
    of the measure go the same way.
    """
    combination, status = form.key.combine(batch.strata, len(batch))
    score, side = _taylor_scores(form, taylor, value, combination, batch)
    status[(status == Status.OK) & np.isnan(batch.age)] = Status.AGE_MISSING
    status[(status == Status.OK) & np.isnan(score)] = Status.OUTSIDE_CURVE
    derived = scored(form, score, status)
    derived.flags[side < 0] |= Flag.SCORE_OR_LESS
    derived.flags[side > 0] |= Flag.SCORE_OR_MORE
    if half is None:
        return derived
    half = np.where(side != 0, np.nan, half)  # an open score is no measurement
    ends = np.stack([_taylor_scores(form, taylor, end, combination, batch)[0] for end in (value - half, value + half)])
    return replace(derived, ci_low=ends.min(axis=0), ci_high=ends.max(axis=0))


def _taylor_scores(form: NormForm, taylor: Taylor, value: Floats, combination: np.ndarray, batch: Batch) -> tuple[Floats, np.ndarray]:
    """Scores of the measure, and -1 or 1 where only the lower or upper limit can be told."""
    assert form.norm.score_limits is not None
    score, side = np.full(len(batch), np.nan), np.zeros(len(batch), dtype=np.int8)
    for number in np.unique(combination[combination >= 0]).tolist():
        mine = combination == number
        found = taylor_score(value[mine], batch.age[mine], taylor.coefficients[number], *form.norm.score_limits)
        score[mine], side[mine] = found.score, found.off_scale
    return score, side


def _parameters(form: NormForm, batch: Batch) -> tuple[Floats, Codes, Codes]:
    """(n, p) parameters of each child's norm, NaN where none applies, why, and whether the age convention decides."""
    n = len(batch)
    if isinstance(form.arrays, RowParameters):
        assert form.finder is not None
        row, status = form.finder.find(batch.age, batch.strata)
        values = np.where((row >= 0)[:, None], form.arrays.values[np.maximum(row, 0)], np.nan)
        return values, status, row_flags(form.finder, row, batch)
    assert isinstance(form.arrays, Curves)
    combination, status = form.key.combine(batch.strata, n)
    parameters = np.full((n, form.arrays.width), np.nan)
    for number, (ages, nodes) in form.arrays.nodes.items():
        mine = combination == number
        if mine.any():
            age = batch.age[mine]
            found = parameters[mine] = interpolate_linear(age, ages, nodes)
            status[mine] = age_status(age, ages[0], ages[-1], ~np.isnan(found[:, 0]))
    return parameters, status, np.zeros(n, dtype=np.int16)


def _half_width(form: NormForm, measured: Measured, batch: Batch) -> Floats | None:
    kind = form.norm.interval.kind if form.norm.interval else ""
    if kind == "posterior":
        return form.multiplier * measured.sem
    if kind == "sem_measure":
        assert form.precision is not None
        return form.multiplier * form.precision.at(batch.age, batch.strata)
    return None
