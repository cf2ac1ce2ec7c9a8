"""The items of item-response scales on the scale of the ability (a Wright map), and a child among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from otscore.batch import Batch
from otscore.compile import Form, ScaleForm
from otscore.compile.irt import GradedForm, IrtForm, JointPlace, LogisticForm, RaschForm
from otscore.engine import all_scales
from otscore.engine.trace import trace

NOT_KNOWN = float("nan")


@dataclass(frozen=True, slots=True)
class Step:
    """So many points of one item: P(points or more) = link(loadings . abilities - threshold). column : of the answers;
    loadings : by position of the scale whose ability it is; added : to an ability before it is printed.
    """

    column: int
    points: float
    loadings: dict[int, float]
    threshold: float
    link: str = "logit"
    added: float = 0.0

    @property
    def difficulty(self) -> float:
        """Ability with a chance of one half; NaN where several abilities are in play."""
        loading = next(iter(self.loadings.values()))
        return self.threshold / loading + self.added if len(self.loadings) == 1 else NOT_KNOWN

    def chance(self, abilities: Mapping[int, float]) -> float:
        """Chance to earn the points or more, with the ability of each scale; NaN without one of them."""
        sure = sum(loading * (abilities.get(place, NOT_KNOWN) - self.added) for place, loading in self.loadings.items())
        return float((special.expit if self.link == "logit" else special.ndtr)(sure - self.threshold))


def item_map(form: Form, batch: Batch | None) -> list[dict[str, Any]]:
    """A row per item (of a graded one per number of points), scale by scale, from the easiest on; with the first child of the
    batch its ability, the chance of each, and whether it was passed.
    """
    names = [*form.items, *(item.code for item in form.derived)]
    child = None if batch is None else _child(form, batch)
    rows = []
    for place, scale in enumerate(form.scales):
        if scale.irt is None:
            continue
        for step in sorted(steps_of(form, place, scale, scale.irt), key=lambda step: (np.isnan(step.difficulty), step.difficulty)):
            row: dict[str, Any] = {"scale": scale.scale.id, "item": names[step.column], "points": step.points, "difficulty": step.difficulty}
            rows.append(row | ({} if child is None else _of_child(step, place, child[0], child[1][row["scale"], row["item"]])))
    return rows


def _child(form: Form, batch: Batch) -> tuple[dict[int, float], dict[tuple[str, str], float]]:
    """The ability of each scale, by position, and the points of each of its items."""
    return abilities_of(form, batch), {(line.scale, line.item): line.points for one in trace(form, batch) for line in one.lines}


def abilities_of(form: Form, batch: Batch) -> dict[int, float]:
    """The ability of the first child on each scale, by its position; NaN where there is none."""
    return {place: float(one.measured.ability[0]) for place, one in enumerate(all_scales(form, batch))}


def _of_child(step: Step, place: int, abilities: dict[int, float], earned: float) -> dict[str, Any]:
    passed = None if np.isnan(earned) else bool(earned >= step.points)
    return {"ability": abilities[place], "chance": step.chance(abilities), "passed": passed}


def steps_of(form: Form, place: int, scale: ScaleForm, model: IrtForm) -> Iterator[Step]:
    """The steps of the items of one scale, as its model has them."""
    columns = scale.columns.tolist()
    if isinstance(model, RaschForm):
        for column, difficulty in zip(columns, model.model.difficulties.tolist(), strict=True):
            yield Step(column, 1.0, {place: 1.0 / model.model.scale}, difficulty / model.model.scale)
    elif isinstance(model, LogisticForm):
        for column, slope, difficulty in zip(columns, model.discrimination.tolist(), model.difficulty.tolist(), strict=True):
            yield Step(column, 1.0, {place: slope}, slope * difficulty, added=model.location)
    elif isinstance(model, GradedForm):
        for column, loading, thresholds in zip(columns, model.model.loadings.tolist(), model.model.thresholds.tolist(), strict=True):
            for points, threshold in enumerate(thresholds, start=1):
                if np.isfinite(threshold):
                    yield Step(column, float(points), {place: loading}, threshold, model.model.link)
    else:
        yield from _joint_steps(form, model)


def _joint_steps(form: Form, model: JointPlace) -> Iterator[Step]:
    """The items that load on one ability of several found together; an ability that is not scored has no place, but a number."""
    places = {scale.irt.place: place for place, scale in enumerate(form.scales) if isinstance(scale.irt, JointPlace) and scale.irt.joint is model.joint}
    for block in model.joint.model.blocks:
        if model.place not in block.abilities:
            continue
        for at, column in enumerate(block.columns.tolist()):
            loadings = {places.get(ability, -1 - ability): float(block.loadings[row, at]) for row, ability in enumerate(block.abilities)}
            yield Step(int(model.joint.columns[column]), 1.0, loadings, float(block.tau[at]), added=model.joint.location)
