"""score(form, batch): the fixed order of the steps, in chunks, with a status for every cell.

recode -> raw or ability -> norm -> interval -> composites. One and the same code for one child and for a million; a
row gives the same bits in every batch, order and chunk.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Bools, Codes, Floats, ScaleArrays
from otscore.codes import Flag, Status
from otscore.compile import Form
from otscore.engine.compose import classify
from otscore.engine.measure import Measured, measure_all
from otscore.engine.norm import Derived, derive
from otscore.engine.status import age_range, first_problem, other_informant, range_flags
from otscore.kernel.recode import keyed, within_ages

CHUNK_ROWS = 4096


def score(form: Form, batch: Batch, chunk_rows: int = CHUNK_ROWS) -> ScaleArrays:
    """Score every child of the batch; one column of the result per scale, then one per composite."""
    if len(batch) <= chunk_rows:
        return _score_chunk(form, batch)
    result = ScaleArrays.empty(len(batch), len(form.result_ids))
    posteriors = []
    for start in range(0, len(batch), chunk_rows):
        part = _score_chunk(form, batch.rows(start, min(start + chunk_rows, len(batch))))
        result.set(start, start + len(part.raw), part)
        posteriors.append(part.posterior)
    return result.with_posterior(posteriors)


def _score_chunk(form: Form, batch: Batch) -> ScaleArrays:
    points = np.ascontiguousarray(keyed(batch.responses, form.codings))
    in_range = first_problem(age_range(form, batch), other_informant(batch))
    age_flags = range_flags(form, batch)
    points, marked = _of_the_age(form, points, batch, in_range)
    measured = measure_all(form, points, batch, marked)
    result = ScaleArrays.empty(len(batch), len(form.result_ids))
    for column, (place, scale) in enumerate(zip(form.reported, form.results, strict=True)):
        found = _within_pack_ages(measured[place], in_range)
        _write(result, column, found, derive(form, scale, found, batch, in_range, age_flags))
    for offset, composite in enumerate(form.composites):
        classify(result, len(form.reported) + offset, composite)
    return result.with_posterior([_stacked([measured[place] for place in form.reported])])


def _of_the_age(form: Form, points: Floats, batch: Batch, in_range: Codes) -> tuple[Floats, dict[int, Bools]]:
    """Points of the items that count at each child's age; the answers set aside, and those another way of counting would."""
    if form.item_ages is None:
        return points, {}
    scored = in_range == Status.OK
    kept, set_aside = within_ages(points, np.where(scored, batch.age, np.nan), *form.item_ages)
    marked = {Flag.ANSWERS_SET_ASIDE: set_aside}
    if batch.age_other is not None:
        known = scored & ~np.isnan(batch.age_other)
        otherwise = within_ages(points, np.where(known, batch.age_other, np.nan), *form.item_ages)[1]
        marked[Flag.AGE_CONVENTION_SENSITIVE] = (set_aside != otherwise) & known[:, None]
    return kept, marked


def _within_pack_ages(measured: Measured, in_range: Codes) -> Measured:
    """An ability leans on a prior by age, so there is none at an age the pack does not score."""
    outside = (in_range == Status.BELOW_AGE) | (in_range == Status.ABOVE_AGE)
    if not outside.any():
        return measured
    parts = {name: np.where(outside, np.nan, getattr(measured, name)) for name in ("ability", "sem")}
    return replace(measured, **parts)


def _write(result: ScaleArrays, column: int, measured: Measured, derived: Derived) -> None:
    result.n_answered[:, column] = measured.n_answered
    for name in ("raw", "ability", "sem"):
        getattr(result, name)[:, column] = getattr(measured, name)
    for name in ("score", "z", "percentile", "ci_low", "ci_high", "band", "status"):
        getattr(result, name)[:, column] = getattr(derived, name)
    result.flags[:, column] = measured.flags | derived.flags


def _stacked(measured: list[Measured]) -> np.ndarray | None:
    kept = [one.posterior for one in measured if one.posterior is not None]
    return np.stack(kept, axis=1) if kept else None
