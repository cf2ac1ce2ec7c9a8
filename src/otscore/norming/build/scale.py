"""One scale of a recipe: its column, its model, and the table that is made of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, StringConstraints, model_validator

from otscore.codes import METRIC_MEAN_SD, NO_STANDING, Domain, Metric
from otscore.norming.build.models import ModelRecipe
from otscore.schema.base import Id, Model
from otscore.schema.norm import CURVE_COLUMNS, Interval

ScaleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=56)]
"""A name that a table may have, too."""


class ScaleRecipe(Model):
    """A scale: its column of raw scores, the model of its norms, and the table that is made of it.

    range : lowest and highest raw score that can occur. missing : cells of its column that mean no raw score, beside those that
    `missing` in [data] names for every column. items : how many items are counted, for models of a count; left out: the
    highest raw score. strata : the strata it is normed by. table : ``lookup`` is a score for each raw score and age band,
    ``parametric`` the figures of the model itself. limits : lowest and highest score that is told; beyond, ``<`` or ``>`` stands
    before it. reliability : of the score, for the interval. percentiles : write them beside the scores, unrounded z and not the
    rounded score behind them. age_equivalents : a further scale, ID_age, from the median raw score of every age.
    """

    id: ScaleId
    domain: Domain
    column: str
    range: tuple[float, float]
    missing: tuple[str, ...] = ()
    whole: bool = True
    unit: str = ""
    items: int | None = Field(default=None, ge=1)
    higher_is: Literal["more_able", "less_able"] = "more_able"
    strata: tuple[Id, ...] = ()
    model: ModelRecipe
    table: Literal["lookup", "parametric"] = "lookup"
    metric: Metric = Metric.T
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    decimals: int = Field(default=0, ge=0, le=6)
    limits: tuple[float, float]
    reliability: float | None = Field(default=None, gt=0, lt=1)
    interval: Interval | None = None
    percentiles: bool = False
    age_equivalents: bool = False

    @property
    def mean_sd(self) -> tuple[float, float] | None:
        """Mean and SD of the metric; None for percentiles."""
        return (self.mean, self.sd) if self.mean is not None and self.sd is not None else METRIC_MEAN_SD.get(self.metric)

    @property
    def count(self) -> int:
        """Items counted, for a model of a count."""
        return self.items or int(self.range[1])

    @property
    def raws(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Every raw score that can occur, of a scale of whole ones."""
        return np.arange(self.range[0], self.range[1] + 1.0)

    @model_validator(mode="after")
    def _consistent(self) -> ScaleRecipe:
        if problem := next(filter(None, (check(self) for check in (_range, _metric, _table, _interval))), ""):
            raise ValueError(problem)
        return self


def _range(scale: ScaleRecipe) -> str:
    low, high = scale.range
    if not low < high:
        return "`range` runs from the lowest to the highest raw score"
    if scale.whole and not (low.is_integer() and high.is_integer() and high - low <= 5000):
        return "whole raw scores have whole ends, and there are 5000 at most; for a measurement write `whole = false`"
    if scale.items is not None and scale.items < high:
        return "`items` is below the highest raw score"
    return ""


def _metric(scale: ScaleRecipe) -> str:
    allowed = [metric.value for metric in Metric if metric not in NO_STANDING | {Metric.BASE_RATE}]
    if scale.metric.value not in allowed:
        return f"a norm-referenced score is asked for; allowed metrics: {', '.join(allowed)}"
    if (scale.metric is Metric.CUSTOM) != (scale.mean is not None) or (scale.mean is None) != (scale.sd is None):
        return '`metric = "custom"` needs `mean` and `sd`, and they belong to it alone'
    if not scale.limits[0] < scale.limits[1]:
        return "`limits` run from the lowest to the highest score"
    if scale.metric is Metric.PERCENTILE and not 0 < scale.limits[0] < scale.limits[1] < 100:
        return "`limits` of percentiles lie between 0 and 100, such as [1, 99]"
    return ""


def _table(scale: ScaleRecipe) -> str:
    if scale.table == "lookup" and not scale.whole:
        return 'a lookup table has a row for each whole raw score: write `table = "parametric"` for a measurement'
    if (scale.percentiles or scale.age_equivalents) and scale.table != "lookup":
        return '`percentiles` and `age_equivalents` belong to `table = "lookup"`'
    if scale.percentiles and scale.metric is Metric.PERCENTILE:
        return "the score is a percentile already: leave `percentiles` out"
    if scale.table == "parametric" and scale.metric is Metric.PERCENTILE:
        return '`metric = "percentile"` belongs to `table = "lookup"`'
    return ""


def _interval(scale: ScaleRecipe) -> str:
    if (scale.interval is None) != (scale.reliability is None):
        return "`interval` and `reliability` belong together: no interval without a reliability, and none for nothing"
    if scale.interval is not None and scale.interval.kind not in ("true_score", "observed"):
        return '`interval` of a sample has `kind = "true_score"` or `"observed"`'
    if scale.interval is not None and scale.interval.kind == "observed" and scale.table == "parametric" and scale.model.method in CURVE_COLUMNS:
        return f'a table of {scale.model.method} takes an interval of `kind = "true_score"`'
    if scale.interval is not None and scale.mean_sd is None:
        return "an interval needs a metric with a mean and an SD"
    return ""
