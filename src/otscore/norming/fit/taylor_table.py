"""Tables of a Taylor model at one age: from norm scores to raw scores, and from raw scores to norm scores.

A table must not fall where standing rises. Where the polynomial turns back, its values are held outwards from the mean: a
better standing never has a worse raw score than one nearer to the mean. Each row tells whether it was changed so.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.interval import true_score_interval, z_multiplier
from otscore.kernel.metric import percentile_from_z, score_from_z, z_from_score
from otscore.kernel.taylor import by_age, polynomial, taylor_score, turning_points
from otscore.norming.fit.taylor import TaylorModel

Floats = NDArray[np.float64]


class TaylorTable(NamedTuple):
    """Rows of a norm table, by norm score or by raw score."""

    raw: Floats
    """(r,) raw scores; unrounded in a table by norm score."""
    score: Floats
    """(r,) norm scores in the metric of the model; unrounded in a table by raw score."""
    percentile: Floats
    """(r,) percent of the children of that age below."""
    off_scale: NDArray[np.int8]
    """(r,) -1: the score is the lower limit or less, 1: the upper limit or more."""
    repaired: NDArray[np.bool_]
    """(r,) whether the polynomial gave another value, or several, for it turns back there."""


class Band(NamedTuple):
    """Confidence interval of the true score of each row, around the estimated true score, in the metric and in percent."""

    low: Floats
    high: Floats
    low_percentile: Floats
    high_percentile: Floats


def norm_table(model: TaylorModel, age: float, step: float | None = None) -> TaylorTable:
    """Raw score of norm scores from the lower to the upper limit, a tenth of an SD apart if no step is given in the metric.

    Raw scores are held within those of the sample. Raises UsageError for an age outside of the model's.
    """
    _check(model, age)
    low, high = (float(end) for end in score_from_z(model.limits, *model.metric))
    apart = model.metric.sd / 10.0 if step is None else step
    score = np.minimum(low + apart * np.arange(np.floor((high - low) / apart + 1e-9) + 1.0), high)
    curve = by_age(np.array([age]), model.coefficients)
    plain = polynomial(score, np.broadcast_to(curve, (score.size, curve.shape[1])))
    held = _held(model, curve, score, plain)
    raw = np.clip(held, *model.raws)
    return _table(model, raw, score, np.zeros(score.size, dtype=np.int8), np.abs(raw - np.clip(plain, *model.raws)) > 1e-9)


def raw_table(model: TaylorModel, age: float, raw: ArrayLike | None = None) -> TaylorTable:
    """Norm score of raw scores (r,): every whole one from the lowest to the highest of the sample, if none are given.

    Of several norm scores with one raw score the one nearest to the mean is told. Raises UsageError for an age outside of the model's.
    """
    _check(model, age)
    raws = np.arange(np.floor(model.raws[0]), np.ceil(model.raws[1]) + 1.0) if raw is None else np.asarray(raw, dtype=np.float64).ravel()
    low, high = (float(end) for end in score_from_z(model.limits, *model.metric))
    plain = taylor_score(raws, np.full(raws.size, age), model.coefficients, low, high)
    score, side = plain.score.copy(), plain.off_scale.copy()
    again = plain.ambiguous
    score[again], side[again] = _nearest(model, age, raws[again])
    return _table(model, raws, score, side, again)


def true_score_band(model: TaylorModel, table: TaylorTable, reliability: float, level: float = 0.90) -> Band:
    """Interval of this level for the true score behind each norm score, by the reliability of the raw scores (0 to 1).

    r z plus and minus the multiplier times sqrt(r (1 - r)) (`otscore.kernel.interval.true_score_interval`).
    """
    if not (0.0 <= reliability <= 1.0 and 0.0 < level < 1.0):
        raise UsageError(Issue("reliability", "the reliability or the level is no share between 0 and 1", "write .90, not 90", field="reliability"))
    ends = true_score_interval(table.score, *model.metric, reliability, z_multiplier(level))
    return Band(*ends, *(percentile_from_z(z_from_score(end, *model.metric)) for end in ends))


def _table(model: TaylorModel, raw: Floats, score: Floats, side: NDArray[np.int8], repaired: NDArray[np.bool_]) -> TaylorTable:
    return TaylorTable(raw, score, percentile_from_z(z_from_score(score, *model.metric)), side, repaired)


def _check(model: TaylorModel, age: float) -> None:
    if not model.ages[0] <= age <= model.ages[1]:
        hint = f"the norms are for ages from {model.ages[0]:g} to {model.ages[1]:g}"
        raise UsageError(Issue("age_outside", f"the age {age:g} lies outside of the norms", hint, field="age"))


def _arms(model: TaylorModel, curve: Floats) -> list[Floats]:
    """From the mean to each limit: points (p,) of L between which the curve rises or falls."""
    low, high = (float(end) for end in score_from_z(model.limits, *model.metric))
    mean = model.metric.mean
    return [turning_points(curve, low, mean)[0][::-1], turning_points(curve, mean, high)[0]]


def _held(model: TaylorModel, curve: Floats, score: Floats, plain: Floats) -> Floats:
    """Raw scores of L (r,), of which none is nearer to the mean raw score than one of an L nearer to the mean."""
    held = plain.copy()
    for outwards, points in zip((-1.0, 1.0), _arms(model, curve), strict=True):
        values = polynomial(points, np.broadcast_to(curve, (points.size, curve.shape[1])))
        sign = outwards if not model.descending else -outwards
        for point, value in zip(points, values, strict=True):
            beyond = outwards * (score - point) >= 0.0
            held[beyond] = sign * np.maximum(sign * held[beyond], sign * value)
    return held


def _nearest(model: TaylorModel, age: float, raw: Floats) -> tuple[Floats, NDArray[np.int8]]:
    """L with these raw scores nearest to the mean, on the side of the mean where the raw score belongs; the limit where there is none."""
    curve = by_age(np.array([age]), model.coefficients)
    score, side = np.full(raw.size, np.nan), np.zeros(raw.size, dtype=np.int8)
    for outwards, points in zip((-1, 1), _arms(model, curve), strict=True):
        values = polynomial(points, np.broadcast_to(curve, (points.size, curve.shape[1])))
        sign = outwards if not model.descending else -outwards
        reached = sign * values[0]
        here = (sign * raw >= reached) & np.isnan(score)
        for place in range(points.size - 1):
            mine = here & np.isnan(score) & (sign * raw <= sign * values[place + 1])
            if mine.any():
                ends = sorted((points[place], points[place + 1]))
                score[mine] = taylor_score(raw[mine], np.full(mine.sum(), age), model.coefficients, *ends).score
        rest = here & np.isnan(score)
        score[rest], side[rest] = points[-1], outwards
    return score, side
