"""A score or a class read from a table: look-ups, raw ranges, cells between percentiles, ages of attainment, cut scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Codes, Flags, Floats
from otscore.codes import Flag, Metric, Status
from otscore.compile.norms import NormForm
from otscore.compile.rows import Places
from otscore.compile.tables import Attainment, Cells, CutScores, Itself, Lookup, Printed, Ranges
from otscore.engine.results import Derived, Measured
from otscore.engine.scored import banded, row_flags, scored, swapped, with_interval
from otscore.engine.status import convention_flags
from otscore.kernel import derive as tables
from otscore.kernel.metric import score_from_z, z_from_percentile


def by_table(form: NormForm, value: Floats, measured: Measured, batch: Batch) -> Derived:
    """The score or class that the table of the norm holds for the measure of each child."""
    if isinstance(form.arrays, CutScores):
        return banded(tables.band_of(value, form.arrays.at_least), np.zeros(len(value), dtype=np.int16))
    if isinstance(form.arrays, Itself):
        derived = scored(form, value, np.zeros(len(value), dtype=np.int16))
        return with_interval(form, derived, measured.sem, batch)
    assert form.finder is not None
    row, status = form.finder.find(batch.age, batch.strata)
    derived = TABLES[form.norm.method](form, value, row, status, batch)
    derived.flags[:] |= row_flags(form.finder, row, batch)
    return with_interval(form, derived, measured.sem, batch)


def _by_lookup(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    assert isinstance(form.arrays, Lookup)
    found = form.arrays
    score = tables.lookup(value, row, found.first_raw, found.table)
    cell = np.where(np.isnan(score), 0, value - found.first_raw).astype(np.intp)
    derived = _beside(scored(form, score, status), found.printed, np.where(np.isnan(score), -1, row), cell)
    if form.norm.method == "lookup":
        _flag_ends(derived, row, found.ends)
    return derived


def _by_ranges(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    assert isinstance(form.arrays, Ranges)
    found = form.arrays
    place = tables.range_place(value, row, found.starts, found.stops)
    inside = np.where(place >= 0, row, -1)
    score = np.where(place >= 0, found.scores[inside, place], np.nan)
    if form.norm.metric is Metric.NONE:
        band = _beside(banded(np.full(len(value), -1, dtype=np.int16), status), found.printed, inside, place).band
        return banded(band, np.where((status == Status.OK) & (band < 0), Status.RAW_OUT_OF_TABLE, status).astype(np.int16))
    derived = _beside(scored(form, score, status), found.printed, inside, place)
    _flag_ends(derived, row, found.ends)
    return derived


def _beside(derived: Derived, printed: Printed, row: Places, cell: Places) -> Derived:
    """The score with what the table prints beside it; row -1 where no cell of the table holds the raw score."""
    held = row >= 0
    parts = {"percentile": printed.percentile, "ci_low": printed.low, "ci_high": printed.high}
    taken = {name: np.where(held, values[row, cell], np.nan) for name, values in parts.items() if values is not None}
    if printed.band is not None:
        taken["band"] = np.where(held, printed.band[row, cell], -1).astype(np.int16)
    if printed.side is not None:
        side = np.where(held, printed.side[row, cell], 0)
        derived.flags[side < 0] |= Flag.SCORE_OR_LESS
        derived.flags[side > 0] |= Flag.SCORE_OR_MORE
    return replace(derived, **taken) if taken else derived


def _by_delay(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    """How far the age equivalent lies behind the age, in percent of the age; the less the one, the more the other."""
    months = batch.age * MONTHS[form.unit]
    equivalent = _by_lookup(form, value, row, status, batch)
    delay = np.divide(100.0 * (months - equivalent.score), months, out=np.full(len(months), np.nan), where=months > 0.0)
    status = np.where((equivalent.status == Status.OK) & np.isnan(batch.age), Status.AGE_MISSING, equivalent.status).astype(np.int16)
    return replace(equivalent, score=delay, status=status, flags=swapped(equivalent.flags, Flag.SCORE_OR_LESS, Flag.SCORE_OR_MORE))


MONTHS = {"days": 1.0 / 30.4375, "months": 1.0, "years": 12.0}


def _flag_ends(derived: Derived, row: Places, ends: tuple[Floats, Floats]) -> None:
    """A flag where the score is the lowest or the highest that the child's row of the table holds; that is the open one, if any."""
    lowest, highest = ends
    derived.flags[(derived.score == lowest[row]) | (derived.flags & Flag.SCORE_OR_LESS > 0)] |= Flag.AT_FLOOR
    derived.flags[(derived.score == highest[row]) | (derived.flags & Flag.SCORE_OR_MORE > 0)] |= Flag.AT_CEILING


def _in_ranges(ranges: Ranges, value: Floats, row: Places) -> tuple[Codes, Flags]:
    """Band of the range that holds each value, -1 where none does; a flag in the first and the last of a row."""
    place = tables.range_place(value, row, ranges.starts, ranges.stops)
    found = place >= 0
    assert ranges.printed.band is not None
    band = np.where(found, ranges.printed.band[row, place], -1).astype(np.int16)
    flags = np.where(place == 0, Flag.AT_FLOOR, 0).astype(np.int32)
    last = np.array([starts.size - 1 for starts in ranges.starts])
    flags[found & (place == last[row])] |= Flag.AT_CEILING
    return band, flags


def _by_cells(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    """The place between two printed percentiles; where the norm allows it, also the percentile on the line between them."""
    assert isinstance(form.arrays, Cells)
    band, flags = _in_ranges(form.arrays.ranges, value, row)
    derived = banded(
        band, np.where((status == Status.OK) & (band < 0), Status.RAW_OUT_OF_TABLE, status).astype(np.int16)
    )
    derived.flags[:] |= flags
    if not form.norm.percentiles_interpolated:
        return derived
    percent = tables.percentile_interpolated(value, row, form.arrays.percents, form.arrays.values)
    z = z_from_percentile(percent)
    score = percent if form.norm.metric is Metric.PERCENTILE else score_from_z(z, form.metric_mean, form.metric_sd)
    return replace(derived, score=score, z=z, percentile=percent)


def _by_attainment(form: NormForm, value: Floats, row: Places, status: Codes, batch: Batch) -> Derived:
    """Attained; or not, and the place of the child's age among those by which other children have attained it."""
    assert isinstance(form.arrays, Attainment)
    waiting = _in_ranges(form.arrays.ranges, batch.age, row)[0]
    band = np.where(value > 0, form.arrays.attained, waiting)
    known = (row >= 0) & ~np.isnan(value)
    status = np.where((status == Status.OK) & known & (band < 0), Status.AGE_MISSING, status).astype(np.int16)
    derived = banded(np.where(known, band, -1).astype(np.int16), status)
    if batch.age_other is not None:
        otherwise = _in_ranges(form.arrays.ranges, batch.age_other, row)[0]
        derived.flags[:] |= convention_flags(waiting, otherwise, batch) * (band != form.arrays.attained)
    return derived


TABLES: dict[str, Callable[..., Derived]] = {
    "lookup": _by_lookup,
    "base_rates": _by_lookup,
    "ranges": _by_ranges,
    "percentile_cells": _by_cells,
    "attainment": _by_attainment,
    "percent_delay": _by_delay,
}
