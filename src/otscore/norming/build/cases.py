"""Worked examples for a built pack: some children of the sample, their expected scores found apart from the code that scores.

A child's z is searched by halving: the z whose percentile curve passes through its raw score. From there on the score is worked
out in decimals. Neither the table nor the formulas that read it take part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from otscore.codes import Metric
from otscore.norming.build.recipe import AgeRecipe
from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.build.tabulate import MONTHS, Row, Tabulated
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]
COLUMNS = (
    "case", "age", "birth_date", "assessment_date", "sex", "responses", "scale", "raw", "ability", "sem", "score", "percentile", "band", "status",
    "tolerance", "source",
)  # fmt: skip
PLACES = {"years": 1, "months": 0, "days": -1}
"""Places of an age that are written down, and that z is searched at: enough to find the norms, and not the child."""
HALVINGS = 45
"""They leave 1e-12 of what is searched."""
NEAR, NEAR_NODES = 0.02, 0.15
"""A score this close to a tie, in units of its last place, is left out: rounding it is a matter of the last digit of a search, or of the straight line between nodes."""


@dataclass(frozen=True)
class Example:
    """Age, rounded, and raw score of a child as they are written, and its z by search."""

    age: float
    raw: float
    z: float
    score: Decimal


def examples(model: NormModel, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, made: Tabulated, count: int) -> list[Example]:
    """Up to ``count`` children, spread over age and raw score, whose expected score is beyond doubt."""
    age = np.round(children.age, PLACES[rule.unit])
    edges = np.array(rule.bands)
    band = np.searchsorted(edges, age, side="right") - 1
    inside = np.flatnonzero((age >= edges[0]) & (age < edges[-1]))
    inside = inside[np.lexsort((children.raw[inside], age[inside]))]  # whatever the order of the rows
    at = np.array(rule.ages)[band[inside]] if scale.table == "lookup" else age[inside]
    z = searched(model, children.raw[inside], at)
    repaired = {(one.age, one.raw) for one in made.repairs}
    found: dict[tuple[float, float], Example] = {}
    for place, one, own, norm_age in zip(inside, z, age[inside], at, strict=True):
        raw = float(children.raw[place])
        score = expected(scale, float(one))
        if score is not None and (float(norm_age), raw) not in repaired:
            found.setdefault((float(norm_age), raw), Example(float(own), raw, float(one), score))
    ordered = [found[key] for key in sorted(found)]
    if len(ordered) <= count:
        return ordered
    return [ordered[int((number + 0.5) * len(ordered) / count)] for number in range(count)]


def searched(model: NormModel, raw: Floats, age: Floats) -> Floats:
    """z of raw scores (n,) at ages (n,) by halving; NaN where the curve does not pass through the raw score once, and steeply."""
    low, high = np.full(raw.size, model.limits[0]), np.full(raw.size, model.limits[1])
    inside = (_curve(model, low, age) < raw) & (raw < _curve(model, high, age))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        below = _curve(model, middle, age) < raw
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    z = 0.5 * (low + high)
    with np.errstate(invalid="ignore"):
        steep = (model.value(z - 0.002, age) < raw) & (raw < model.value(z + 0.002, age))
    return np.where(inside & steep, z, np.nan)


def _curve(model: NormModel, z: Floats, age: Floats) -> Floats:
    """The percentile curve; where it is not told, below all raw scores under the mean and above them over it."""
    told = model.value(z, age)
    return np.where(np.isnan(told), np.where(z < 0, -np.inf, np.inf), told)


def expected(scale: ScaleRecipe, z: float) -> Decimal | None:
    """The score at z; None where it lies beyond the limits, or so close to a tie that a search cannot tell."""
    if np.isnan(z):
        return None
    if scale.metric is Metric.PERCENTILE:
        exact = Decimal(100 * NormalDist().cdf(z))
    else:
        mean, sd = scale.mean_sd or (0.0, 1.0)
        exact = Decimal(mean) + Decimal(sd) * Decimal(z)
    if not Decimal(scale.limits[0]) < exact < Decimal(scale.limits[1]):
        return None
    unit = Decimal(1).scaleb(-scale.decimals)
    score = exact.quantize(unit, ROUND_HALF_UP)
    near = Decimal(NEAR_NODES if scale.table == "parametric" else NEAR)
    return None if abs(abs(exact - score) / unit - Decimal("0.5")) < near else score


def expected_ages(model: NormModel, rule: AgeRecipe, raw: Floats) -> list[Decimal | None]:
    """The ages in whole months whose medians are these raw scores, by halving; None where there is none, or it is close to a tie."""
    z = np.zeros(raw.size)
    low, high = np.full(raw.size, max(model.ages[0], rule.from_)), np.full(raw.size, min(model.ages[1], rule.below))
    inside = (model.value(z, low) < raw) & (raw < model.value(z, high))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        younger = model.value(z, middle) < raw
        low, high = np.where(younger, middle, low), np.where(younger, high, middle)
    return [_months(age) if told else None for age, told in zip((0.5 * (low + high) + rule.beyond) * MONTHS[rule.unit], inside, strict=True)]


def _months(age: float) -> Decimal | None:
    exact = Decimal(float(age))
    months = exact.quantize(Decimal(1), ROUND_HALF_UP)
    return None if abs(abs(exact - months) - Decimal("0.5")) < Decimal("0.1") else months


def case_rows(scale: ScaleRecipe, strata: Row, found: list[Example], ages: list[Decimal | None], first: int) -> Iterator[Row]:
    """Rows of cases.csv; ``ages``: age equivalent expected of each example, empty where the scale has none."""
    for number, one in enumerate(found):
        case = {"case": f"{scale.id}_{first + number}"}
        same = {"raw": f"{one.raw:.10g}", "status": "ok", "tolerance": "1e-9"}
        child = {"age": f"{one.age:.10g}", "responses": f"{scale.id}_raw={one.raw:.10g}", **strata}
        told = "a raw score of the sample, the age rounded; z by halving on the percentile curves of the model, score by hand in decimals"
        turned = scale.metric is Metric.Z and scale.higher_is == "less_able"  # a score that is a z says more able the higher it is
        yield case | child | same | {"scale": scale.id, "score": str(-one.score if turned else one.score), "source": told}
        if ages:
            months = "" if ages[number] is None else str(ages[number])
            yield case | same | {"scale": f"{scale.id}_age", "score": months, "source": "the same raw score; age by halving on the medians of the model"}
