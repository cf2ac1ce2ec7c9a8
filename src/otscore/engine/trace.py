"""How a score came about, item by item: what was answered, what it is worth, what counted, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from otscore.batch import Batch, Floats
from otscore.codes import STATUS_NAMES, Status, flag_names
from otscore.compile import Form, ScaleForm
from otscore.engine import all_scales
from otscore.engine.answers import Answers, read_answers
from otscore.engine.results import Done
from otscore.engine.status import at_nearest_age
from otscore.kernel.runs import TRACES, run_result
from otscore.kernel.window import window_filled

CREDITED = "credited"


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One item (or member) of one scale. ``given``: as answered, in codes; ``points``: what that is worth; ``counted``: what went
    into the raw score, NaN for nothing; ``how``: why.
    """

    scale: str
    item: str
    given: float
    points: float
    counted: float
    how: str


@dataclass(frozen=True, slots=True)
class ScaleTrace:
    """One scale: its lines, and what came of them."""

    scale: str
    lines: tuple[TraceLine, ...]
    raw: float
    score: float
    status: str
    flags: str


def trace(form: Form, batch: Batch) -> list[ScaleTrace]:
    """The way from answers to scores of the first child of the batch, scale by scale, steps too."""
    batch = batch.rows(0, 1)
    answers = read_answers(form, at_nearest_age(form, batch))
    done = all_scales(form, batch)
    names = [*form.items, *(item.code for item in form.derived)]
    return [_of_scale(form, scale, done, answers, batch, names, place) for place, scale in enumerate(form.scales)]


def _of_scale(
    form: Form, scale: ScaleForm, done: list[Done], answers: Answers, batch: Batch, names: list[str], place: int
) -> ScaleTrace:  # fmt: skip
    found = done[place]
    lines = _members(form, scale, done) if scale.members else _items(scale, answers, batch, names)
    flags = int(found.measured.flags[0] | found.derived.flags[0])
    status = found.derived.status[0] if found.measured.status[0] == Status.OK else found.measured.status[0]
    return ScaleTrace(scale.scale.id, tuple(lines), float(found.measured.raw[0]), float(found.derived.score[0]), STATUS_NAMES[status], flag_names(flags))


def _members(form: Form, scale: ScaleForm, done: list[Done]) -> Iterator[TraceLine]:
    """The scales that a score is made of, with their raw or derived scores; one without a result does not count."""
    for place in scale.members:
        found = done[place]
        name = "z" if scale.scale.raw == "mean_of_z" else "summand"
        value = float(getattr(found.derived, name)[0]) if scale.of_scores else float(found.measured.raw[0])
        status = int(found.derived.status[0] if scale.of_scores else found.measured.status[0])
        how = "counted" if status == Status.OK else f"left out: {STATUS_NAMES[status]}"
        yield TraceLine(scale.scale.id, form.scales[place].scale.id, np.nan, value, value if status == Status.OK else np.nan, how)


def _items(scale: ScaleForm, answers: Answers, batch: Batch, names: list[str]) -> Iterator[TraceLine]:
    given = answers.given[:, scale.columns]
    points = np.ascontiguousarray(answers.points[:, scale.columns])
    counted, how = _counted(scale, points, batch)
    illegal = np.zeros(points.shape, dtype=np.bool_) if answers.illegal is None else answers.illegal[:, scale.columns]
    for place, column in enumerate(scale.columns.tolist()):
        said = "illegal answer" if illegal[0, place] else how[place]
        if not np.isnan(given[0, place]) and np.isnan(points[0, place]) and said not in (CREDITED, "illegal answer"):
            said = "set aside: no answer that counts"
        yield TraceLine(scale.scale.id, names[column], float(given[0, place]), float(points[0, place]), float(counted[0, place]), said)


def _counted(scale: ScaleForm, points: Floats, batch: Batch) -> tuple[Floats, list[str]]:
    """Points as they go into the raw score, and why."""
    missing = np.isnan(points[0])
    if scale.runs is not None:
        found = run_result(points, scale.most, scale.runs.rule, scale.runs.start(batch.age))
        return found.credited, [TRACES[code].replace("_", " ") for code in found.trace[0].tolist()]
    if scale.scale.administration == "window":
        filled = window_filled(points, scale.most)[0]
        return filled, ["scored" if not gone else "credited by the window" for gone in missing.tolist()]
    if scale.filled is not None:
        filled = np.where(np.isnan(points), scale.filled, points)
        return filled, [f"no answer, counts as {value:g}" if gone else "scored" for gone, value in zip(missing.tolist(), scale.filled.tolist(), strict=True)]
    return points, ["no answer" if gone else "scored" for gone in missing.tolist()]
