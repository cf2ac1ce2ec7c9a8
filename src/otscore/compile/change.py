"""Change on one scale: which of its measures can be subtracted, and where the standard error of that comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from otscore.codes import Metric
from otscore.compile.norms import Precision, published
from otscore.compile.scales import ScaleForm
from otscore.kernel.interval import sem
from otscore.pack import Pack

Measure = Literal["ability", "growth", "raw", "standard_score", ""]


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """The measure that change is read from, empty where no standard error is published for any.

    sem : by age and strata; None where each ability, or each result that comes scored, brings its own. score_sem : SEM of the
    derived score, printed or by its reliability. strata : those that select its norms or its SEM. retest_days : shortest interval
    for which stability was published.
    """

    measure: Measure
    sem: Precision | None = None
    score_sem: Precision | None = None
    strata: tuple[str, ...] = ()
    retest_days: Precision | None = None


def change_forms(pack: Pack, results: Sequence[ScaleForm], group: str) -> tuple[ChangeForm, ...]:
    """One for each scale: the ability, else a growth score, else the raw score, and a standard score only where nothing else is."""
    return tuple(_change_form(pack, form, group) for form in results)


def _change_form(pack: Pack, form: ScaleForm, group: str) -> ChangeForm:
    change = replace(_change(pack, form, group), score_sem=_score_sem(pack, form, group))
    return replace(_with_strata(form, change), retest_days=_retest_days(pack, form, group))


def _retest_days(pack: Pack, form: ScaleForm, group: str) -> Precision | None:
    """Of the measure, else of the score."""
    table = pack.psychometrics
    found = (None if table is None else published(table, (form.scale.id, "retest_days", metric), group, pack.manifest) for metric in ("measure", "score"))
    return next((one for one in found if one is not None), None)


def _change(pack: Pack, form: ScaleForm, group: str) -> ChangeForm:
    if form.irt is not None:
        return ChangeForm("ability")
    of_measure, of_score = (_published(pack, form, group, metric) for metric in ("measure", "score"))
    scored: Measure = _of_score(form)
    comes_scored = form.error is not None and form.norm is not None and form.norm.norm.method == "identity"
    if scored == "growth" and (comes_scored or of_score):
        return ChangeForm("growth", None if comes_scored else of_score)
    if of_measure:
        return ChangeForm("raw", of_measure)
    if scored and comes_scored:
        return ChangeForm(scored)
    of_score = _score_sem(pack, form, group)
    return ChangeForm(scored, of_score) if scored and of_score else ChangeForm("")


def _of_score(form: ScaleForm) -> Measure:
    """What the score of a scale is, where scores can be subtracted: never percentiles, age equivalents or shares."""
    if form.norm is None:
        return ""
    if form.norm.norm.metric is Metric.GROWTH:
        return "growth"
    return "standard_score" if form.norm.norm.mean_sd is not None else ""


def _published(pack: Pack, form: ScaleForm, group: str, metric: str) -> Precision | None:
    table = pack.psychometrics
    return None if table is None else published(table, (form.scale.id, "sem", metric), group, pack.manifest)


def _score_sem(pack: Pack, form: ScaleForm, group: str) -> Precision | None:
    """SEM of the score as printed, else by its reliability, SD sqrt(1 - r)."""
    printed = _published(pack, form, group, "score")
    if printed is not None or pack.psychometrics is None or form.norm is None or form.norm.norm.mean_sd is None:
        return printed
    found = published(pack.psychometrics, (form.scale.id, "reliability", "score"), group, pack.manifest)
    return None if found is None else replace(found, values=np.asarray(sem(form.norm.metric_sd, found.values)))


def _with_strata(form: ScaleForm, change: ChangeForm) -> ChangeForm:
    errors = (one.finder.key.names for one in (change.sem, change.score_sem) if one is not None)
    names = (*(form.norm.strata if form.norm else ()), *(name for found in errors for name in found))
    return replace(change, strata=tuple(dict.fromkeys(names)))
