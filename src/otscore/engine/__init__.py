"""score(form, batch): the fixed order of the steps, in chunks, with a status for every cell.

recode -> items made of others -> scale by scale: raw or ability -> norm -> interval -> composites. One and the same code for one child and for a million; a
row gives the same bits in every batch, order and chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Codes, ScaleArrays
from otscore.codes import Status
from otscore.compile import Form
from otscore.engine.ability import joint_abilities
from otscore.engine.answers import read_answers
from otscore.engine.compose import classify
from otscore.engine.contrast import contrasts
from otscore.engine.measure import measure
from otscore.engine.norm import derive, without_norm
from otscore.engine.results import Derived, Done, Measured
from otscore.engine.status import at_nearest_age, first_problem, in_population, on_norms, other_informant, pack_range

CHUNK_ROWS = 8192


def score(form: Form, batch: Batch, chunk_rows: int = CHUNK_ROWS) -> ScaleArrays:
    """Score every child of the batch; one column of the result per scale, then one per composite."""
    if len(batch) <= chunk_rows:
        return _score_chunk(form, batch)
    result = ScaleArrays.empty(len(batch), len(form.result_ids))
    parts = []
    for start in range(0, len(batch), chunk_rows):
        part = _score_chunk(form, batch.rows(start, min(start + chunk_rows, len(batch))))
        result.set(start, start + len(part.raw), part)
        parts.append(part)
    return joined(result, parts)


def joined(result: ScaleArrays, parts: Sequence[ScaleArrays]) -> ScaleArrays:
    """The result with what only some packs have, from its parts."""
    return result.with_posterior([part.posterior for part in parts]).with_contrasts([part.contrasts for part in parts])


def _score_chunk(form: Form, batch: Batch) -> ScaleArrays:
    done = all_scales(form, batch)
    result = ScaleArrays.empty(len(batch), len(form.result_ids))
    for column, place in enumerate(form.reported):
        _write(result, column, done[place].measured, done[place].derived)
    for offset, composite in enumerate(form.composites):
        classify(result, len(form.reported) + offset, composite)
    result = result.with_posterior([_stacked([done[place].measured for place in form.reported])])
    return result.with_contrasts([contrasts(form.contrasts, result, at_nearest_age(form, batch))])


def all_scales(form: Form, batch: Batch) -> list[Done]:
    """Every scale of the form, steps too, in order: measured, then derived, so that a later one may build on its score."""
    by_age, age_flags = pack_range(form, batch)
    norms_for = first_problem(other_informant(batch), in_population(form, batch))
    in_range = first_problem(by_age, norms_for)
    batch = at_nearest_age(form, batch)
    answers = read_answers(form, batch)
    joint = joint_abilities(form, answers.points, batch)
    done: list[Done] = []
    for scale in form.scales:
        found = measure(form, scale, answers, batch, joint, done)
        found = found if scale.irt is None else _within_pack_ages(found, in_range)
        own_range, own_flags = on_norms(form, scale, by_age, age_flags)
        own_range = first_problem(own_range, norms_for)
        if scale.scale.use == "step":
            derived = without_norm(found.status, own_flags)
        else:
            derived = derive(form, scale, found, batch, own_range, own_flags)
        done.append(Done(found, derived))
    return done


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
