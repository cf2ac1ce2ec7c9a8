"""From z, a score or a class to what is reported: the parts that ways of norming share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Codes, Flags, Floats
from otscore.codes import Flag, Metric, Status
from otscore.compile.norms import NormForm
from otscore.compile.rows import RowFinder
from otscore.engine.results import Derived
from otscore.engine.status import convention_flags
from otscore.kernel.derive import band_of
from otscore.kernel.interval import estimated_true_score, see
from otscore.kernel.metric import percentile_from_z, z_from_percentile, z_from_score

OPEN = Flag.SCORE_OR_LESS | Flag.SCORE_OR_MORE
"""An open score (<55) is no measurement, so no interval stands around it."""


def scored(form: NormForm, score: Floats, status: Codes) -> Derived:
    """A derived score with its z and percentile; none where the table has none for the raw score."""
    z = z_from_score(score, form.metric_mean, form.metric_sd)
    percentile = percentile_from_z(z)
    if form.norm.metric is Metric.PERCENTILE:
        z, percentile = np.where((score > 0.0) & (score < 100.0), z_from_percentile(score), np.nan), score
    status = np.where((status == Status.OK) & np.isnan(score), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    return with_score(score, z, percentile, np.full(len(score), np.nan), np.full(len(score), np.nan), status)


def banded(band: Codes, status: Codes) -> Derived:
    """A class and no score."""
    absent = np.full(len(band), np.nan)
    return Derived(absent, absent, absent, absent, absent, band, status, np.zeros(len(band), dtype=np.int32))


def with_score(score: Floats, z: Floats, percentile: Floats, low: Floats, high: Floats, status: Codes) -> Derived:
    """A score and no class."""
    none = np.full(len(score), -1, dtype=np.int16)
    return Derived(score, z, percentile, low, high, none, status, np.zeros(len(score), dtype=np.int32))


def swapped(flags: Flags, one: int, other: int) -> Flags:
    """The flags with two of them in each other's place."""
    return flags & ~(one | other) | np.where(flags & one, other, 0) | np.where(flags & other, one, 0)


def row_flags(finder: RowFinder, row: np.ndarray, batch: Batch) -> Codes:
    """A flag where the age counted by the other convention leads to another row of the table."""
    if batch.age_other is None or not finder.by_age:
        return np.zeros(len(batch), dtype=np.int16)
    return convention_flags(row, finder.find(batch.age_other, batch.strata)[0], batch)


def with_interval(form: NormForm, derived: Derived, sem: Floats, batch: Batch) -> Derived:
    """Interval around the observed score, or around the estimated true score. sem : the standard error that came with a score."""
    kind = form.norm.interval.kind if form.norm.interval else ""
    if kind not in ("observed", "true_score", "half_width", "entered"):
        return derived
    if form.reliability is not None:
        r = form.reliability.at(batch.age, batch.strata)
        centre = estimated_true_score(derived.score, form.metric_mean, r)
        half = form.multiplier * see(form.metric_sd, r)
    elif kind == "entered":
        centre, half = derived.score, form.multiplier * sem
    else:
        assert form.precision is not None
        published = form.precision.at(batch.age, batch.strata)
        centre, half = derived.score, published if kind == "half_width" else form.multiplier * published
    half = np.where(derived.flags & OPEN != 0, np.nan, half)
    return replace(derived, ci_low=centre - half, ci_high=centre + half)


def described(form: NormForm, derived: Derived) -> Derived:
    """The class in which the score stands, where the norm describes scores."""
    if form.norm.descriptions is None:
        return derived
    return replace(derived, band=band_of(derived.score, np.array(form.norm.descriptions.at_least)))
