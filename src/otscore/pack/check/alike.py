"""Scores that are added to or taken from each other: only what has a mean and an SD, and only on one metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from otscore.codes import Metric
from otscore.pack.check.subject import Finding, Subject
from otscore.schema import Norm
from otscore.schema.scale import OF_SCORES

WHY_NOT = {
    Metric.AGE_EQUIVALENT: "a month of age equivalent is not the same step at every age",
    Metric.PERCENTILE: "percentiles lie close together in the middle and far apart at the ends",
    Metric.BASE_RATE: "percentages of children are no distances",
}


def scores_summed(subject: Subject) -> Iterator[Finding]:
    """Scores that are added or averaged have a mean and an SD, and in sums and means of scores all the same metric."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        if scale.raw in OF_SCORES:
            others = (other for names in scale.substitutes.values() for other in names)
            norms = _norms(subject, (*scale.scales, *others))
            message = _without_sd(norms) or (_several(norms) if scale.raw != "mean_of_z" else "")
            if message:
                hint = 'Add scores of one metric with a mean and an SD (scaled, T, standard), or raw scores with raw = "sum_of_scales"'
                yield Finding("instrument.toml", f"scale {scale.id} adds up {message}", hint, f"scales.{place}.scales")


def scores_compared(subject: Subject) -> Iterator[Finding]:
    """Scores that are taken from each other have a mean and an SD, and (unless one is predicted from the other) the same metric."""
    for place, comparison in enumerate(subject.pack.manifest.comparisons):
        norms = _norms(subject, comparison.scales)
        if comparison.kind == "informants":  # a score and the same score of somebody else
            norms = [(name, norm) for name, norm in norms if norm.metric in WHY_NOT]
        message = _without_sd(norms) or (_several(norms) if comparison.kind in ("pairwise", "own_mean") else "")
        if message:
            hint = "Compare scores of one metric with a mean and an SD (scaled, T, standard)"
            yield Finding("pack.toml", f"comparison {comparison.id} subtracts {message}", hint, f"comparisons.{place}.scales")


def _norms(subject: Subject, scales: Iterable[str]) -> list[tuple[str, Norm]]:
    """The scales, each with its norms in every norm group."""
    return [(name, norm) for name in dict.fromkeys(scales) for norm in subject.pack.manifest.norms if name in norm.scales]


def _without_sd(norms: list[tuple[str, Norm]]) -> str:
    name, metric = next(((name, norm.metric) for name, norm in norms if norm.mean_sd is None), ("", Metric.NONE))
    return f"{name}, a score in {metric}: {WHY_NOT.get(metric, 'it has no mean and SD')}" if name else ""


def _several(norms: list[tuple[str, Norm]]) -> str:
    metrics = sorted({f"{norm.metric} ({norm.mean_sd[0]:g}, {norm.mean_sd[1]:g})" for _, norm in norms if norm.mean_sd})
    return f"scores of several metrics: {', '.join(metrics)}" if len(metrics) > 1 else ""
