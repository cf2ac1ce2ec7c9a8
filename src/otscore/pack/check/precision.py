"""Reliability and SEM: possible values, a source, and an interval that fits the method of its norm."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.pack.check.subject import Finding, Subject
from otscore.schema import Norm
from otscore.schema.norm import CURVE_COLUMNS, PARAMETRIC

STATISTICS = ("sem", "reliability", "retest_days", "half_width")
METRICS = ("measure", "score")
NEEDED = {"sem_measure": ("sem", "measure"), "observed": ("sem", "score"), "true_score": ("reliability", "score"),
          "half_width": ("half_width", "score")}  # fmt: skip


def statistic_known(subject: Subject) -> Iterator[Finding]:
    """Statistics are sem, reliability or retest_days, of the measure or of the score."""
    table = subject.psychometrics()
    for column, allowed in (("statistic", STATISTICS), ("metric", METRICS)) if table is not None else ():
        for line, cell in zip(table.lines, table.text(column), strict=True) if table is not None else ():
            if cell not in allowed:
                yield Finding("psychometrics.csv", f"{cell} is no {column}", f"Allowed: {', '.join(allowed)}", column, line)


def precision_value(subject: Subject) -> Iterator[Finding]:
    """A reliability lies between 0 and 1; SEM and days are above 0, and the SEM of a score is below its SD."""
    table = subject.psychometrics()
    if table is None:
        return
    names = (table.text(name) for name in ("scale", "statistic", "metric"))
    for line, scale, statistic, metric, value in zip(table.lines, *names, table.numbers("value"), strict=True):
        if statistic == "reliability" and not 0 <= value <= 1:
            yield Finding("psychometrics.csv", f"a reliability of {value:g} cannot be", "It lies between 0 and 1", "value", line)
        if statistic in ("sem", "retest_days", "half_width") and not value > 0:
            yield Finding("psychometrics.csv", f"{statistic} is {value:g}", "It must be above 0", "value", line)
        spread = _score_sd(subject, scale) if (statistic, metric) == ("sem", "score") else None
        if spread is not None and value >= spread:
            hint = f"It must be below {spread:g}; is it the SEM of the measure?"
            yield Finding("psychometrics.csv", f"the SEM {value:g} is not below the SD of the score", hint, "value", line)


def _score_sd(subject: Subject, scale: str) -> float | None:
    """SD of the metric that the scale is scored in; None where it has none."""
    return max((norm.mean_sd[1] for norm in subject.pack.manifest.norms if scale in norm.scales and norm.mean_sd), default=None)


def precision_missing(subject: Subject) -> Iterator[Finding]:
    """psychometrics.csv holds what the interval of a norm needs, for each of its scales."""
    table = subject.psychometrics()
    columns = () if table is None else (table.text(name) for name in ("scale", "statistic", "metric"))
    published = set(zip(*columns, strict=True))
    if "psychometrics.csv" in subject.broken:
        return
    for place, norm in enumerate(subject.pack.manifest.norms):
        if norm.interval is None or norm.interval.kind not in NEEDED:
            continue
        statistic, metric = NEEDED[norm.interval.kind]
        for scale in norm.scales:
            if subject.scale(scale) and (scale, statistic, metric) not in published:
                message = f"the interval of scale {scale} needs a row {statistic}, {metric} in psychometrics.csv"
                hint = "Add it with its source, or remove `interval`: none is printed where none is published"
                yield Finding("pack.toml", message, hint, f"norms.{place}.interval")


def interval_method(subject: Subject) -> Iterator[Finding]:
    """The kind of interval fits the method: posterior and sem_measure with formulas, observed and true_score with scores."""
    for place, norm in enumerate(subject.pack.manifest.norms):
        if norm.interval is None:
            continue
        allowed = _allowed_intervals(norm)
        if norm.interval.kind not in allowed:
            message = f"an interval of kind {norm.interval.kind} cannot be formed with {norm.method} of the {norm.measure}"
            hint = f"Allowed: {', '.join(allowed)}" if allowed else "Remove `interval`: bands and bare scores have none"
            yield Finding("pack.toml", message, hint, f"norms.{place}.interval")


def _allowed_intervals(norm: Norm) -> tuple[str, ...]:
    if norm.method in PARAMETRIC:
        of_score = ("true_score",) if norm.method in CURVE_COLUMNS else ("observed", "true_score")
        of_measure = () if norm.method == "beta_binomial_regression" else ("sem_measure",)  # a count has no half item to add
        return (("posterior",) if norm.measure == "ability" else ()) + of_measure + of_score
    if norm.method == "identity":
        return ("observed", "entered", "half_width")
    if norm.method not in ("lookup", "ranges"):
        return ()
    return ("observed", "half_width", "printed", *(("true_score",) if norm.mean_sd else ()))
