"""Differences between the scores of one child: how large, from where on significant, how rare in the norm group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from otscore.batch import Batch, ContrastArrays, Floats, ScaleArrays
from otscore.compile.contrasts import ContrastForm, PairForm
from otscore.compile.norms import Precision
from otscore.kernel import contrast as kernel
from otscore.kernel.base_rates import difference_rate, printed_rate


def contrasts(forms: Sequence[ContrastForm], result: ScaleArrays, batch: Batch) -> ContrastArrays | None:
    """Every comparison of the pack for every child; None where it has none. Between informants the difference is left open."""
    columns = [column for form in forms for column in _columns(form, result, batch)]
    if not columns:
        return None
    difference, critical, rate = (np.stack(parts, axis=1) for parts in zip(*columns, strict=True))
    return ContrastArrays(difference, critical, rate)


def _columns(form: ContrastForm, result: ScaleArrays, batch: Batch) -> list[tuple[Floats, Floats, Floats]]:
    scores = np.ascontiguousarray(result.score[:, form.members])
    sems = np.stack([_at(sem, batch) for sem in form.sems], axis=1)
    own_mean = form.comparison.kind == "own_mean"
    differences = kernel.own_mean_difference(scores, min_members=len(form.members)) if own_mean else scores
    errors = kernel.own_mean_se(_all_known(sems)) if own_mean else sems
    columns = []
    for pair in form.pairs:
        place = form.members.index(pair.scale)
        r = _at(pair.r, batch)
        if own_mean:
            difference, error = differences[:, place], errors[:, place]
        else:
            difference, error = _apart(form, pair, scores, sems, r)
        columns.append((difference, _critical(form, pair, error, batch), _rate(form, pair, difference, r)))
    return columns


def _apart(form: ContrastForm, pair: PairForm, scores: Floats, sems: Floats, r: Floats) -> tuple[Floats, Floats]:
    """A score less the other, or less what the other leads to expect; and the standard error of that.

    Of two informants only one is known here: the error is that of two alike, until the scores of the other are there.
    """
    place = form.members.index(pair.scale)
    if form.comparison.kind == "informants":
        return np.full(len(scores), np.nan), kernel.difference_se(sems[:, place], sems[:, place])
    other = form.members.index(pair.other)
    if form.comparison.kind == "pairwise":
        return scores[:, place] - scores[:, other], kernel.difference_se(sems[:, place], sems[:, other])
    (mean_y, sd_y), (mean_x, sd_x) = form.mean_sd[place], form.mean_sd[other]
    expected = kernel.predicted_score(scores[:, other], mean_x, sd_x, mean_y, sd_y, r)
    return scores[:, place] - expected, kernel.predicted_difference_se(sems[:, other], sems[:, place], sd_x, sd_y, r)


def _critical(form: ContrastForm, pair: PairForm, error: Floats, batch: Batch) -> Floats:
    if pair.critical is not None:
        return pair.critical.at(batch.age, batch.strata)
    alpha = form.comparison.level
    if form.comparison.comparisons == "bonferroni":
        alpha = float(kernel.bonferroni_alpha(alpha, len(form.pairs)))
    return kernel.critical_difference(error, alpha)


def _rate(form: ContrastForm, pair: PairForm, difference: Floats, r: Floats) -> Floats:
    if form.comparison.kind == "predicted" and not pair.rates[0][0].size:
        sd = kernel.prediction_sd(form.mean_sd[form.members.index(pair.scale)][1], r)
        return 100.0 * difference_rate(difference, sd)
    return printed_rate(difference, *pair.rates)


def _all_known(sems: Floats) -> Floats:
    """The SEMs of the children for whom every one is known: the mean is that of all scores, and so is its error."""
    return np.where(np.isnan(sems).any(axis=1, keepdims=True), np.nan, sems)


def _at(sem: Precision | None, batch: Batch) -> Floats:
    return np.full(len(batch), np.nan) if sem is None else sem.at(batch.age, batch.strata)
