"""Scores in tables: within limits, on their metric, printed as they are rounded, agreeing with percentile and interval."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from otscore.codes import Metric
from otscore.pack.check.members import NUMBER
from otscore.pack.check.subject import Finding, NormTable, Subject
from otscore.pack.layout import PERCENTILE

LIMITS = {
    Metric.Z: (-6, 6), Metric.T: (0, 120), Metric.STANDARD: (20, 180), Metric.SCALED: (0, 20), Metric.V_SCALE: (0, 25),
    Metric.STEN: (1, 10), Metric.STANINE: (1, 9), Metric.NCE: (0, 100), Metric.PERCENTILE: (0, 100),
    Metric.SCALE_15_5: (0, 40), Metric.STANDARD_10: (40, 160), Metric.CRITERION: (0, 100), Metric.AGE_EQUIVALENT: (0, 300),
}  # fmt: skip
"""Scores outside these are no scores of the metric: more than five SD, or beyond the ends that tests print."""


def score_limits(subject: Subject) -> Iterator[Finding]:
    """`score_limits` run from low to high, and every score lies within them."""
    for place, norm in enumerate(subject.pack.manifest.norms):
        if norm.score_limits is not None and not norm.score_limits[0] < norm.score_limits[1]:
            yield Finding("pack.toml", "`score_limits` do not run from low to high", "Write [low, high]", f"norms.{place}.score_limits")
    for found in subject.norm_tables("lookup", "ranges"):
        if found.norm.score_limits is not None and found.norm.score_limits[0] < found.norm.score_limits[1]:
            yield from _outside(found, found.norm.score_limits, "score_limits of pack.toml")


def score_metric(subject: Subject) -> Iterator[Finding]:
    """Every score, and every end of an interval, can be a score of its metric."""
    for found in subject.norm_tables("lookup", "ranges"):
        if found.norm.metric in LIMITS:
            for column in ("score", "ci_low", "ci_high"):
                yield from _outside(found, LIMITS[found.norm.metric], f"the metric {found.norm.metric.value}", column)


def score_decimals(subject: Subject) -> Iterator[Finding]:
    """No score has more decimals than `decimals` keeps: rounding must not change a printed score."""
    for found in subject.norm_tables("lookup", "ranges"):
        if found.norm.decimals is None or "score" not in found.rows:
            continue
        for place, cell in enumerate(found.rows.text("score")):
            if NUMBER.fullmatch(cell) and abs(float(cell) - round(float(cell), found.norm.decimals)) > 1e-9:
                hint = f"Raise `decimals` of the norm ({found.norm.decimals}), or correct the score"
                yield Finding(found.source, f"{cell} would be rounded to something else", hint, "score", found.line(place))


def percentile_agrees(subject: Subject) -> Iterator[Finding]:
    """A printed percentile is the normal percentile of its score, within the rounding of both."""
    for found in subject.norm_tables("lookup", "ranges"):
        metric = found.norm.mean_sd
        if "percentile" not in found.rows or "score" not in found.rows or metric is None or found.norm.percentile == "printed":
            continue
        norm = NormalDist(*metric)
        for place, (printed, score) in enumerate(zip(found.rows.text("percentile"), found.rows.text("score"), strict=True)):
            if not printed or not NUMBER.fullmatch(score):
                continue
            half = _half_unit(score)
            low, high = (100 * norm.cdf(float(score) + part) for part in (-half, half))
            if not _agrees(printed, low, high):
                middle = 100 * norm.cdf(float(score))
                message = f"the percentile {printed} is printed for the score {score}, whose normal percentile is {middle:.3g}"
                hint = "Look both up in the source, or leave the percentile out"
                yield Finding(found.source, message, hint, "percentile", found.line(place))


def interval_contains(subject: Subject) -> Iterator[Finding]:
    """A printed interval contains its score (unless it is centred on the estimated true score)."""
    for found in subject.norm_tables("lookup", "ranges"):
        if found.norm.interval is not None and found.norm.interval.kind == "true_score":
            continue
        low, score, high = (found.numbers(name) for name in ("ci_low", "score", "ci_high"))
        for place in range(len(found.rows)):
            if score[place] < low[place] or score[place] > high[place] or low[place] > high[place]:
                message = f"the interval from {low[place]:g} to {high[place]:g} does not contain the score {score[place]:g}"
                yield Finding(found.source, message, "Look it up in the source", "ci_low", found.line(place))


def percentile_columns(subject: Subject) -> Iterator[Finding]:
    """Percentile columns rise from left to right, and along each row the measure (or the age) never falls."""
    for found in subject.norm_tables("percentile_cells", "attainment"):
        names = [name for name in found.rows.columns if PERCENTILE.fullmatch(name)]
        percents = [float(name[1:].replace("_", ".")) for name in names]
        if percents != sorted(set(percents)) or percents[0] <= 0:
            yield Finding(found.source, "the percentile columns do not rise from left to right", "Order them: p03, p10, p25 ...", names[0])
            continue
        cells = np.column_stack([found.numbers(name) for name in names])
        for place, row in enumerate(cells):
            known = row[~np.isnan(row)]
            if not known.size:
                yield Finding(found.source, "no percentile is given", "Fill one in, or remove the row", names[0], found.line(place))
            if np.any(np.diff(known) < 0):
                message = f"the {'age' if found.norm.method == 'attainment' else 'measure'} falls from one percentile to the next"
                yield Finding(found.source, message, "Look the row up in the source", names[0], found.line(place))


def _outside(found: NormTable, limits: tuple[float, float], whose: str, column: str = "score") -> Iterator[Finding]:
    whole = found.norm.metric in (Metric.STEN, Metric.STANINE) and column == "score"
    for place, score in enumerate(found.numbers(column)):
        if score < limits[0] or score > limits[1] or (whole and score % 1.0 > 0.0):
            hint = f"Allowed: {limits[0]:g} to {limits[1]:g}{', whole numbers' if whole else ''}"
            yield Finding(found.source, f"the {'score' if column == 'score' else 'end'} {score:g} is outside {whose}", hint, column, found.line(place))


def _half_unit(cell: str) -> float:
    """Half a unit of the last place that is printed."""
    return 0.5 * 10.0 ** -len(cell.partition(".")[2])


def _agrees(printed: str, low: float, high: float) -> bool:
    number = float(printed.lstrip("<>"))
    if printed.startswith("<"):
        return low < number
    if printed.startswith(">"):
        return high > number
    half = _half_unit(printed) + 1e-9
    return low - half <= number <= high + half
