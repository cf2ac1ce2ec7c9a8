"""A model of norms as a table: a score for every raw score and age band, with what had to be repaired."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from otscore.codes import Metric
from otscore.kernel.age_equivalent import age_equivalent
from otscore.kernel.metric import percentile_from_z, percentile_text, stanine_from_z, sten_from_z, z_from_percentile
from otscore.kernel.rounding import round_half_up
from otscore.norming.build.recipe import AgeRecipe
from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.standing import LIMITS

Floats = NDArray[np.float64]
Row = dict[str, str]
Z_DECIMALS = 8
"""Places of z that are kept before it becomes a score: what lies behind them may differ from one machine to the next."""
OPEN_CLASSES = {Metric.STANINE: (1.0, 9.0), Metric.STEN: (1.0, 10.0)}
"""First and last class of metrics that are classes: they hold whatever lies beyond, so that nothing is below or above them."""
MONTHS = {"days": 1.0 / 30.4375, "months": 1.0, "years": 12.0}


@dataclass(frozen=True)
class Repair:
    """A score that fell where the raw score rises, and what stands in its place: that of the neighbour nearer the middle."""

    age: float
    raw: float
    before: str
    after: str


@dataclass(frozen=True)
class Fall:
    """A raw score with which an older child has a higher score: said, not repaired."""

    age: float
    raw: float
    before: str
    after: str


@dataclass
class Tabulated:
    """A table with what is to be said about it. undefined : (age, raw) of the cells to which the model gives no score."""

    rows: list[Row] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    falls: list[Fall] = field(default_factory=list)
    undefined: list[tuple[float, float]] = field(default_factory=list)


def tabulate(model: NormModel, scale: ScaleRecipe, rule: AgeRecipe, strata: Row) -> Tabulated:
    """Rows ``scale, age_from, age_to, strata, raw, score`` (and ``percentile`` where asked), scores rising with the raw score."""
    found, raws, before = Tabulated(), scale.raws, None
    for start, stop, age in zip(rule.bands[:-1], rule.bands[1:], rule.ages, strict=True):
        z, side = standings(model, scale, raws, age)
        raised, sides = _rising(z, side)
        told = [score_text(scale, *cell) for cell in zip(raised.tolist(), sides.tolist(), strict=True)]
        first = [score_text(scale, *cell) for cell in zip(z.tolist(), side.tolist(), strict=True)]
        found.repairs += [Repair(age, raw, *pair) for raw, *pair in zip(raws.tolist(), first, told, strict=True) if pair[0] != pair[1]]
        found.undefined += [(age, float(raw)) for raw, text in zip(raws, told, strict=True) if not text]
        if before is not None and scale.higher_is == "more_able":
            pairs = zip(raws.tolist(), before, told, strict=True)
            found.falls += [Fall(age, raw, low, high) for raw, low, high in pairs if low and high and _number(high) > _number(low)]
        percent = percentiles(raised, sides) if scale.percentiles else [""] * raws.size
        keys = {"scale": scale.id, "age_from": f"{start:.10g}", "age_to": f"{stop:.10g}", **strata}
        for raw, score, cell in zip(raws, told, percent, strict=True):
            found.rows.append(keys | {"raw": f"{raw:.10g}", "score": score} | ({"percentile": cell if score else ""} if scale.percentiles else {}))
        before = told
    return found


def standings(model: NormModel, scale: ScaleRecipe, raws: Floats, age: float) -> tuple[Floats, NDArray[np.int8]]:
    """(z, side) of raw scores at an age, cut off at the limits of the model and of the scale; NaN where nothing is defined."""
    found = model.score(raws, np.full(raws.size, age))
    low, high = z_limits(scale)
    z = np.round(found.z, Z_DECIMALS)
    side = np.where(z < low, -1, np.where(z > high, 1, found.off_scale)).astype(np.int8)
    return np.clip(z, low, high) + 0.0, side


def z_limits(scale: ScaleRecipe) -> tuple[float, float]:
    """The limits of the scale as z."""
    if scale.metric is Metric.PERCENTILE:
        low, high = z_from_percentile(np.array(scale.limits))
        return float(low), float(high)
    mean, sd = scale.mean_sd or (0.0, 1.0)
    low, high = scale.limits
    if ends := OPEN_CLASSES.get(scale.metric):
        return LIMITS[0] if low <= ends[0] else (low - 0.5 - mean) / sd, LIMITS[1] if high >= ends[1] else (high + 0.5 - mean) / sd - 0.1**Z_DECIMALS
    return (low - mean) / sd, (high - mean) / sd


def _rising(z: Floats, side: NDArray[np.int8]) -> tuple[Floats, NDArray[np.int8]]:
    """Standings that never fall: outwards from the cell nearest the middle, a falling one takes the place of its inner neighbour."""
    z, side = z.copy(), side.copy()
    known = np.flatnonzero(np.isfinite(z))
    if not known.size:
        return z, side
    middle = int(np.abs(z[known]).argmin())
    for order, sign in ((known[middle:], 1.0), (known[middle::-1], -1.0)):
        for inner, outer in zip(order[:-1], order[1:], strict=True):
            if sign * z[outer] < sign * z[inner] or (z[outer] == z[inner] and sign * side[outer] < sign * side[inner]):
                z[outer], side[outer] = z[inner], side[inner]
    return z, side


def score_text(scale: ScaleRecipe, z: float, side: int) -> str:
    """A score as the table holds it: rounded, open (<55) where the standing is off the scale, empty where there is none."""
    if np.isnan(z):
        return ""
    score = score_of(scale, z)
    sign = "" if score in OPEN_CLASSES.get(scale.metric, ()) else _sign(side)
    return f"{sign}{score:.{scale.decimals}f}"


def score_of(scale: ScaleRecipe, z: float) -> float:
    """The rounded score at z."""
    if scale.metric is Metric.PERCENTILE:
        score = float(percentile_from_z(z))
    elif scale.metric is Metric.STANINE:
        score = float(stanine_from_z(z))
    elif scale.metric is Metric.STEN:
        score = float(sten_from_z(z))
    else:
        mean, sd = scale.mean_sd or (0.0, 1.0)
        score = mean + sd * z
    return float(np.clip(round_half_up(score, scale.decimals), *scale.limits)) + 0.0


def percentiles(z: Floats, side: NDArray[np.int8]) -> list[str]:
    """Percentiles of unrounded standings as they are printed, open at the ends and where the standing is."""
    told = [str(text).lstrip("<>") if beyond else str(text) for text, beyond in zip(percentile_text(percentile_from_z(z)), side, strict=True)]
    return [f"{_sign(beyond)}{text}" for text, beyond in zip(told, side.tolist(), strict=True)]


def _sign(side: int) -> str:
    """What stands before an open score."""
    return "<" if side < 0 else ">" if side > 0 else ""


def _number(text: str) -> float:
    return float(text.lstrip("<>"))


def age_equivalents(model: NormModel, scale: ScaleRecipe, rule: AgeRecipe, strata: Row) -> list[Row] | None:
    """Rows ``scale, strata, raw, score``: the exact age in months whose median raw score it is; None where the median falls with age."""
    young, old = (max(model.ages[0], rule.from_), min(model.ages[1], rule.below))
    ages = np.linspace(young, old, 400)
    medians = model.value(np.zeros(ages.size), ages)
    found = age_equivalent(scale.raws, (ages + rule.beyond) * MONTHS[rule.unit], np.round(medians, Z_DECIMALS))
    if np.isnan(found.age).any():
        return None
    cells = zip(scale.raws, round_half_up(found.age), found.off_scale, strict=True)
    keys = {"scale": f"{scale.id}_age", **strata}
    return [keys | {"raw": f"{raw:.10g}", "score": f"{_sign(side)}{age:.10g}"} for raw, age, side in cells]
