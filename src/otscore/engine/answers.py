"""Answers to the points of every item, those made of other items too, with what must be known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from otscore.batch import Batch, Bools, Floats
from otscore.codes import Flag
from otscore.compile import Form
from otscore.compile.items import DerivedGroup
from otscore.kernel.derive import range_value
from otscore.kernel.derived_items import derived_item
from otscore.kernel.recode import estimated, keyed, within_ages


@dataclass(frozen=True, slots=True)
class Answers:
    """(n, k) points of the items in the order of their columns, NaN = none; derived items follow those answered.

    responses : (n, i) what was answered, as it was coded. illegal : or None where no answer is. marked : flag -> the answers that
    have it; a score made with one of them has it too. tried : derived items of which some source was answered, be it too few to
    make a value; None where there are no derived items.
    """

    points: Floats
    responses: Floats
    illegal: Bools | None
    marked: Mapping[int, Bools]
    tried: Bools | None = None

    @property
    def given(self) -> Floats:
        """(n, k) what was answered, as it was coded; a derived item as its points."""
        return np.concatenate([self.responses, self.points[:, self.responses.shape[1] :]], axis=1)


def read_answers(form: Form, batch: Batch) -> Answers:
    """The points of every item at each child's age."""
    points = np.ascontiguousarray(keyed(batch.responses, form.codings))
    points, marked = _of_the_age(form, points, batch)
    guessed = estimated(batch.responses, form.codings)
    if guessed is not None:
        marked[Flag.ESTIMATED] = guessed
    answers = Answers(points, batch.responses, batch.illegal, marked)
    return _with_derived(form, answers, batch) if form.derived else answers


def _of_the_age(form: Form, points: Floats, batch: Batch) -> tuple[Floats, dict[int, Bools]]:
    """Points of the items that count at each child's age; the answers set aside, and those another way of counting would."""
    if form.item_ages is None:
        return points, {}
    kept, set_aside = within_ages(points, batch.age, *form.item_ages)
    marked = {Flag.ANSWERS_SET_ASIDE: set_aside}
    if batch.age_other is not None:
        known = ~np.isnan(batch.age_other)
        otherwise = within_ages(points, np.where(known, batch.age_other, np.nan), *form.item_ages)[1]
        marked[Flag.AGE_CONVENTION_SENSITIVE] = (set_aside != otherwise) & known[:, None]
    return kept, marked


def _with_derived(form: Form, answers: Answers, batch: Batch) -> Answers:
    """A column more for each derived item; it is illegal, or marked, where one of its sources is."""
    n, k = answers.points.shape
    points = np.empty((n, k + len(form.derived)))
    points[:, :k] = answers.points
    masks = {flag: _widened(mask, len(form.derived)) for flag, mask in answers.marked.items()}
    illegal = None if answers.illegal is None else _widened(answers.illegal, len(form.derived))
    tried = np.zeros(points.shape, dtype=np.bool_)
    for group in form.derived_groups:
        sources = points[:, group.sources]
        points[:, group.columns] = _derived(group, sources, batch)
        tried[:, group.columns] = _some(tried[:, group.sources] | ~np.isnan(sources))
        for mask in (*masks.values(), *(() if illegal is None else (illegal,))):
            if mask.any():
                mask[:, group.columns] = _some(mask[:, group.sources])
    return Answers(points, answers.responses, illegal, masks, tried)


def _some(sources: Bools) -> Bools:
    """(n, g) whether any of (n, g, m) holds; m is small, and numpy reduces a short last axis slowly."""
    result = sources[..., 0].copy()
    for place in range(1, sources.shape[2]):
        result |= sources[..., place]
    return result


def _widened(mask: Bools, more: int) -> Bools:
    return np.concatenate([mask, np.zeros((len(mask), more), dtype=np.bool_)], axis=1)


def _derived(group: DerivedGroup, sources: Floats, batch: Batch) -> Floats:
    """(n, g) values of the items of a group, made of (n, g, m) sources; every item of every child is a row of its own."""
    n, g, m = sources.shape
    which = None if group.stratum is None else np.repeat(batch.strata.get(group.stratum, np.full(n, np.nan)), g)
    values = derived_item(sources.reshape(n * g, m), group.rule, which).reshape(n, g)
    for place, ranges in enumerate(group.points):
        if ranges is not None:
            values[:, place] = range_value(values[:, place], *ranges)
    return values
