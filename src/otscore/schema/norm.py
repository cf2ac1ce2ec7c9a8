"""[[norms]] of pack.toml: how a raw score or an ability becomes a derived score."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import Metric
from otscore.schema.base import FileName, Id, Model

NormMethod = Literal[
    "lookup", "ranges", "percentile_cells", "base_rates", "attainment", "cuts", "mean_sd", "regression",
    "lognormal_regression", "beta_binomial_regression", "normal", "lms", "bccg", "bct", "octaves",
]  # fmt: skip

CURVE_COLUMNS: dict[str, tuple[str, ...]] = {
    "normal": ("mean", "sd"),
    "lms": ("l", "m", "s"),
    "bccg": ("mu", "sigma", "nu"),
    "bct": ("mu", "sigma", "nu", "tau"),
    "octaves": ("mean", "sd"),
}
"""Methods whose table holds nodes over ``age``, and the parameters that are interpolated between them."""

REGRESSION = ("age_centre", "age_scale", "b0", "b1", "b2", "b3", "logsd0", "logsd1")
ROW_COLUMNS: dict[str, tuple[str, ...]] = {
    "mean_sd": ("mean", "sd"),
    "regression": REGRESSION,
    "lognormal_regression": REGRESSION,
    "beta_binomial_regression": ("n_items", "intercept", "slope", "reference_age", "phi"),
}
"""Methods whose table holds one row of parameters for each scale, stratum and age band."""

PARAMETRIC = frozenset((*CURVE_COLUMNS, *ROW_COLUMNS))
"""Methods that give z by a formula."""


class Interval(Model):
    """How the interval is formed; absent where no reliability or SEM is published.

    posterior: ability -/+ z * posterior SD, carried through the norm. sem_measure: measurement -/+ z * SEM in its
    own unit, carried through the norm. observed: score -/+ z * SEM. true_score: estimated true score -/+ z * SEE.
    """

    kind: Literal["posterior", "sem_measure", "observed", "true_score"]
    level: float = Field(default=0.9, gt=0, lt=1)


class Cuts(Model):
    """Classes by cut score: ``bands[0]`` below ``at_least[0]``, ``bands[i + 1]`` from ``at_least[i]`` on."""

    bands: tuple[Id, ...] = Field(min_length=2)
    at_least: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _matching(self) -> Cuts:
        if len(self.bands) != len(self.at_least) + 1:
            raise ValueError("one band more than cut scores is needed")
        if list(self.at_least) != sorted(set(self.at_least)):
            raise ValueError("cut scores must rise")
        return self


class Norm(Model):
    """How the raw score (or ability) of some scales becomes a derived score for one norm group.

    Columns of ``table`` by method, after optional key columns ``scale``, ``age_from, age_to`` and one per stratum:
    see :data:`CURVE_COLUMNS`, :data:`ROW_COLUMNS` and the page on the pack format.
    """

    scales: tuple[Id, ...] = Field(min_length=1)
    group: Id = "default"
    method: NormMethod
    measure: Literal["raw", "ability"] = "raw"
    table: FileName | None = None
    cuts: Cuts | None = None
    strata: tuple[Id, ...] = ()
    metric: Metric = Metric.NONE
    decimals: int | None = Field(default=None, ge=0, le=9)
    round_mode: Literal["half_up", "half_even"] = "half_up"
    score_limits: tuple[float, float] | None = None
    percentiles_interpolated: bool = False
    measure_floor: float | None = None
    interval: Interval | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Norm:
        if (self.method == "cuts") != (self.cuts is not None):
            raise ValueError("`method = \"cuts\"` and `cuts` belong together")
        if (self.method == "cuts") == (self.table is not None):
            raise ValueError("every method but `cuts` needs a `table`")
        if self.method in PARAMETRIC and self.metric in (Metric.NONE, Metric.RAW, Metric.BASE_RATE):
            raise ValueError("a normed method needs a metric")
        if (self.method == "base_rates") != (self.metric is Metric.BASE_RATE):
            raise ValueError("`method = \"base_rates\"` and `metric = \"base_rate\"` belong together")
        return self
