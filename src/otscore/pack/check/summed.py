"""Scores made of scores: only what has a mean and an SD is added, and only on one metric."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.codes import Metric
from otscore.pack.check.subject import Finding, Subject
from otscore.schema import Norm, Scale
from otscore.schema.scale import OF_SCORES

WHY_NOT = {
    Metric.AGE_EQUIVALENT: "a month of age equivalent is not the same step at every age",
    Metric.PERCENTILE: "percentiles lie close together in the middle and far apart at the ends",
    Metric.BASE_RATE: "percentages of children are no distances",
}


def scores_summed(subject: Subject) -> Iterator[Finding]:
    """Scores that are added or averaged have a mean and an SD, and in sums and means of scores all the same metric."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        if scale.raw not in OF_SCORES:
            continue
        field = f"scales.{place}.scales"
        norms = _norms(subject, scale)
        without = {(name, norm.metric) for name, norm in norms if norm.mean_sd is None}
        for name, metric in sorted(without):
            why = WHY_NOT.get(metric, "the metric has no mean and SD")
            message = f"scale {scale.id} adds up {name}, a score in {metric}: {why}"
            hint = 'Use scores with a mean and an SD (scaled, T, standard), or raw scores with raw = "sum_of_scales"'
            yield Finding("instrument.toml", message, hint, field)
        metrics = sorted({f"{norm.metric} ({norm.mean_sd[0]:g}, {norm.mean_sd[1]:g})" for _, norm in norms if norm.mean_sd})
        if len(metrics) > 1 and not without and scale.raw != "mean_of_z":
            message = f"scale {scale.id} adds up scores of several metrics: {', '.join(metrics)}"
            yield Finding("instrument.toml", message, "Bring its members to one metric (mean and SD), or name other members", field)


def _norms(subject: Subject, scale: Scale) -> list[tuple[str, Norm]]:
    """Members and their substitutes, each with its norms in every norm group."""
    names = dict.fromkeys((*scale.scales, *(other for others in scale.substitutes.values() for other in others)))
    return [(name, norm) for name in names for norm in subject.pack.manifest.norms if name in norm.scales]
