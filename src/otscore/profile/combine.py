"""Several scores of one child as one: by the formula of a composite, never as a mean. What cannot be combined is refused in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from otscore.batch import Floats
from otscore.codes import NO_STANDING, Metric
from otscore.errors import Issue, UsageError
from otscore.kernel.composite import composite_reliability, composite_score
from otscore.kernel.interval import around, half_width, sem, z_multiplier
from otscore.profile.models import Frozen, ScaleResult
from otscore.profile.needs import is_open

PERCENTILE = (
    "percentiles are ranks: the step from 2 to 10 is far larger than that from 42 to 50, so a mean of percentiles is not the percentile of anything",
    "Combine scores that have a z, with their correlations",
)
AGE_EQUIVALENT = (
    "age equivalents are no equal steps: the same months are a small lag at one age and a large one at another, so they are never averaged or subtracted",
    "Combine scores that have a z, with their correlations",
)


class Combined(Frozen):
    """A composite in SDs. ``z_se`` and ``reliability`` are null where a member has no published error."""

    pack: str
    scales: tuple[str, ...]
    z: float
    reliability: float | None
    z_se: float | None


def combine(results: Sequence[ScaleResult], correlation: ArrayLike | None = None) -> Combined:
    """The composite z of several scores, equally weighted: sum of z / sqrt(sum of the correlations).

    correlation : (k, k) of the scales in the norm group at the child's age. Tellegen & Briggs 1967, Journal of Consulting
    Psychology 31, 499-506; reliability by Mosier 1943. A mean would lie too near to the average: composites lie further out than
    their members. Raises UsageError, with the reason in words, for fewer than two scores, scores of different tests or
    informants, percentiles, age equivalents and other scores without a z, open scores, or without correlations that can be.
    """
    issues = list(_refusals(results))
    if issues:
        raise UsageError(issues)
    r = _correlations(correlation, len(results))
    z = np.array([[result.z for result in results]], dtype=np.float64)
    value = composite_score(z, 0.0, 1.0, r, mean_to=0.0, sd_to=1.0)
    reliability = _reliability(results, r)
    return Combined(
        pack=results[0].pack, scales=tuple(result.scale for result in results), z=float(value[0]), reliability=reliability,
        z_se=None if reliability is None else float(sem(1.0, reliability)),
    )  # fmt: skip


def z_interval(result: ScaleResult | Combined, level: float = 0.95) -> tuple[float, float]:
    """Interval around z, in SDs, by its standard error.

    Raises UsageError where there is no z or no reliability is published, or for a level not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise UsageError(Issue("level", "a level lies between 0 and 1", "Write level=0.95 for 95 %", field="level"))
    if result.z is None or not result.z_se or (isinstance(result, ScaleResult) and is_open(result)):
        message = "without a published reliability or standard error nobody knows how wide the interval is, and of a score without a z or an open score there is none"
        raise UsageError(Issue("no_interval", message, "A pack holds them in psychometrics.csv, with their source", field="z_se"))
    low, high = around(result.z, half_width(result.z_se, z_multiplier(level)))
    return float(low), float(high)


def _refusals(results: Sequence[ScaleResult]) -> list[Issue]:
    """Everything that stands in the way, in words."""
    issues = []
    if len(results) < 2:
        issues.append(Issue("combine", "one score is no combination", "Name at least two scores", field="results"))
    if len({(result.pack, result.informant) for result in results}) > 1:
        message = "scores of different tests or informants come from different groups of children, and how these scores go together is not known"
        issues.append(Issue("different_norms", message, "Read them side by side; combine scores of one test and informant", field="results"))
    if len({result.scale for result in results}) < len(results):
        issues.append(Issue("combine", "a scale is named twice", "Name each scale once", field="results"))
    found = [issue for result in results if (issue := _refusal(result)) is not None]
    return issues + list(dict.fromkeys(found))


def _refusal(result: ScaleResult) -> Issue | None:
    if result.metric in (Metric.PERCENTILE, Metric.AGE_EQUIVALENT):
        message, hint = PERCENTILE if result.metric == Metric.PERCENTILE else AGE_EQUIVALENT
        return Issue("no_mean", message, hint, field=result.scale)
    if result.z is None:
        without = result.metric is None or Metric(result.metric) in NO_STANDING
        words = "is of a kind that has no place among children of the age" if without else "has no score"
        return Issue("no_z", f"{result.scale} {words}, so there is nothing to combine", "Leave it out", field=result.scale)
    if is_open(result):
        return Issue("open_score", f'{result.scale} only says "or less" or "or more"', "Leave it out", field=result.scale)
    return None


def _correlations(correlation: ArrayLike | None, k: int) -> Floats:
    """The matrix, where it can be one of correlations."""
    hint = "They stand in the manual, for the child's age band: one row and column for each score, 1 on the diagonal"
    if correlation is None:
        message = "without the correlations between the scores nobody knows how rare their combination is, and their mean is not it"
        raise UsageError(Issue("no_correlations", message, hint, field="correlation"))
    r = np.asarray(correlation, dtype=np.float64)
    fits = r.shape == (k, k) and bool(np.isfinite(r).all()) and bool(np.allclose(r, r.T)) and bool(np.allclose(np.diag(r), 1.0))
    if not fits or float(np.linalg.eigvalsh(r).min()) <= 0.0:
        raise UsageError(Issue("no_correlations", f"these are no correlations of {k} scores: no scores can go together like that", hint, field="correlation"))
    return r


def _reliability(results: Sequence[ScaleResult], r: Floats) -> float | None:
    """Of the sum; each member's is 1 - SE(z)^2."""
    errors = [result.z_se for result in results]
    if any(error is None or not 0.0 < error < 1.0 for error in errors):
        return None
    each = 1.0 - np.array(errors, dtype=np.float64) ** 2
    found = float(composite_reliability(r, 1.0, each))
    return found if 0.0 < found <= 1.0 else None
