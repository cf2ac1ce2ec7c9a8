"""The items that lie nearest to what a child does: by the chance of a model, or beside the ceiling of a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from otscore.batch import Batch, Floats
from otscore.codes import UNORDERED, Domain
from otscore.compile import Form, ScaleForm
from otscore.compile.irt import IrtForm
from otscore.engine.answers import Answers, read_answers
from otscore.engine.item_map import Step, abilities_of, steps_of
from otscore.engine.measure import age_graded
from otscore.engine.status import at_nearest_age
from otscore.kernel.runs import SCORED, run_result

MIDDLE = 0.5
DOMAINS = frozenset(Domain)


@dataclass(frozen=True, slots=True)
class Child:
    """One child: its answers, at the age the norms are read at (``near``), and its ability on each scale, by position."""

    answers: Answers
    near: Batch
    abilities: dict[int, float]

    @classmethod
    def of(cls, form: Form, batch: Batch) -> Child:
        """The only child of the batch."""
        near = at_nearest_age(form, batch)
        return cls(read_answers(form, near), near, abilities_of(form, batch) if any(scale.irt for scale in form.scales) else {})

    def points(self, scale: ScaleForm) -> Floats:
        """(1, k) points of the items of a scale."""
        return np.ascontiguousarray(self.answers.points[:, scale.columns])


@dataclass(frozen=True, slots=True)
class NextItems:
    """Rows of items, and why some scales have none."""

    rows: tuple[dict[str, Any], ...]
    refused: tuple[str, ...]


def next_items(form: Form, batch: Batch, chance: tuple[float, float], per_scale: int) -> NextItems:
    """Of the first child of the batch, scale by scale, from the easiest on.

    A scale with an item-response model: the items not passed yet whose chance lies in the range, those that were asked before those
    that were not, and among them those nearest to one half; of a private pack without the chance, in the order of the scale. A
    scale with basal and ceiling: the items between them that did not earn all points. Items graded by age: those that did not earn
    the highest code, in part before not at all. Elsewhere the order of the items says nothing of their difficulty, and a reason
    says so.
    """
    child = Child.of(form, batch.rows(0, 1))
    rows: list[dict[str, Any]] = []
    reasons: dict[str, list[str]] = {}
    for place, scale in enumerate(form.scales):
        if scale.members or scale.scale.domain is Domain.VALIDITY or scale.of_answers or np.isnan(child.points(scale)).all():
            continue
        if reason := _reason(scale, child.abilities.get(place)):
            reasons.setdefault(reason, []).append(scale.scale.id)
        elif scale.irt is not None:
            rows += _by_model(form, place, scale, scale.irt, child, chance, per_scale)
        else:
            rows += [_row(form, scale, int(scale.columns[at]), child, basis) for at, basis in _open_items(scale, child)[:per_scale]]
    refused = tuple(f"next items of {form.pack.name} {', '.join(scales)}: {reason}" for reason, scales in reasons.items())
    return NextItems(tuple(rows), refused)


def _reason(scale: ScaleForm, ability: float | None) -> str:
    """Why the scale has no next items; empty where it has."""
    if scale.scale.higher_is != "more_able":
        return "its points are no skills, so there is none to come next"
    if scale.irt is not None:
        return "there is no ability, so no chance can be told" if ability is None or np.isnan(ability) else ""
    return UNORDERED if scale.runs is None and scale.grade is None else ""


def _by_model(
    form: Form, place: int, scale: ScaleForm, model: IrtForm, child: Child, chance: tuple[float, float], per_scale: int
) -> list[dict[str, Any]]:  # fmt: skip
    """The lowest step of each item that was not reached, where its chance lies in the range."""
    lowest: dict[int, Step] = {}
    for step in sorted(steps_of(form, place, scale, model), key=lambda step: step.points):
        if not child.answers.points[0, step.column] >= step.points:
            lowest.setdefault(step.column, step)
    found = [(step.chance(child.abilities), step) for step in lowest.values()]
    found = [one for one in found if chance[0] <= one[0] <= chance[1]]
    found.sort(key=lambda one: (np.isnan(child.answers.points[0, one[1].column]), abs(one[0] - MIDDLE)))
    del found[per_scale:]
    if form.pack.private:
        order = scale.columns.tolist()
        found.sort(key=lambda one: order.index(one[1].column))
        return [_row(form, scale, step.column, child, "model") | {"to_reach": step.points} for _, step in found]
    found.sort(key=lambda one: -one[0])
    return [_row(form, scale, step.column, child, "model") | {"to_reach": step.points, "chance": likely} for likely, step in found]


def _open_items(scale: ScaleForm, child: Child) -> list[tuple[int, str]]:
    """Places in the scale of the items that were given and not passed in full, the next one first, and how far they came."""
    points = child.points(scale)
    if scale.runs is not None:
        found = run_result(points, scale.most, scale.runs.rule, scale.runs.start(child.near.age))
        open_ones = np.flatnonzero((found.trace[0] == SCORED) & (points[0] < scale.most)).tolist()
        return [(place, _basis(points[0, place] > scale.least[place])) for place in open_ones]
    assert scale.grade is not None
    codes = age_graded(scale.grade, points, child.near)[0][0]
    open_ones = np.flatnonzero(codes < scale.grade.codes.max()).tolist()
    return [(place, _basis(codes[place] > scale.grade.lowest)) for place in sorted(open_ones, key=lambda place: -codes[place])]


def _basis(in_part: bool) -> str:
    return "partial" if in_part else "failed"


def _row(form: Form, scale: ScaleForm, column: int, child: Child, basis: str) -> dict[str, Any]:
    name = [*form.items, *(item.code for item in form.derived)][column]
    domain = next((item.domain for item in form.pack.items if item.code == name), "")
    earned = float(child.answers.points[0, column])
    return {
        "pack": form.pack.name, "scale": scale.scale.id, "domain": domain if domain in DOMAINS else scale.scale.domain.value, "item": name,
        "points": None if np.isnan(earned) else earned, "to_reach": None, "chance": None, "basis": basis,
    }  # fmt: skip
