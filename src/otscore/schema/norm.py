"""[[norms]] of pack.toml: how a raw score or an ability becomes a derived score."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import METRIC_MEAN_SD, NO_STANDING, Metric
from otscore.schema.base import FileName, Id, Model

NormMethod = Literal[
    "lookup", "ranges", "percentile_cells", "base_rates", "attainment", "cuts", "mean_sd", "two_piece", "regression",
    "lognormal_regression", "beta_binomial_regression", "normal", "lms", "bccg", "bct", "shash", "octaves", "taylor",
    "percent_expected", "percent_delay", "identity",
]  # fmt: skip

CURVE_COLUMNS: dict[str, tuple[str, ...]] = {
    "normal": ("mean", "sd"),
    "lms": ("l", "m", "s"),
    "bccg": ("mu", "sigma", "nu"),
    "bct": ("mu", "sigma", "nu", "tau"),
    "shash": ("mu", "sigma", "epsilon", "delta"),
    "octaves": ("mean", "sd"),
}
"""Methods whose table holds nodes over ``age``, and the parameters that are interpolated between them."""

REGRESSION = ("age_centre", "age_scale", "b0", "b1", "b2", "b3", "logsd0", "logsd1")
ROW_COLUMNS: dict[str, tuple[str, ...]] = {
    "mean_sd": ("mean", "sd"),
    "two_piece": ("median", "sd_below", "sd_above"),
    "percent_expected": ("expected",),
    "regression": REGRESSION,
    "lognormal_regression": REGRESSION,
    "beta_binomial_regression": ("n_items", "intercept", "slope", "reference_age", "phi"),
}
"""Methods whose table holds one row of parameters for each scale, stratum and age band."""

PARAMETRIC = frozenset((*CURVE_COLUMNS, *ROW_COLUMNS, "taylor")) - {"percent_expected"}
"""Methods that give z by a formula."""

WITHOUT_TABLE = ("cuts", "identity")


class Interval(Model):
    """How the interval is formed; absent where no reliability or SEM is published.

    posterior: ability -/+ z * posterior SD, carried through the norm. sem_measure: measurement -/+ z * SEM in its
    own unit, carried through the norm. observed: score -/+ z * SEM. true_score: estimated true score -/+ z * SEE. half_width:
    score -/+ the half width that psychometrics.csv prints for the level. printed: the ends that the norm table prints.
    entered: score -/+ z * the standard error that came with it. ``ends`` says how ends are rounded.
    """

    kind: Literal["posterior", "sem_measure", "observed", "true_score", "half_width", "printed", "entered"]
    level: float = Field(default=0.9, gt=0, lt=1)
    ends: Literal["each", "half_width", "outward"] = "each"


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
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    decimals: int | None = Field(default=None, ge=0, le=9)
    round_mode: Literal["half_up", "half_even"] = "half_up"
    score_limits: tuple[float, float] | None = None
    percentiles_interpolated: bool = False
    percentile: Literal["curve", "printed"] = "curve"
    descriptions: Cuts | None = None
    measure_floor: float | None = None
    interval: Interval | None = None

    @property
    def mean_sd(self) -> tuple[float, float] | None:
        """Mean and SD of the metric; None where it places a child in no norm group."""
        return (self.mean, self.sd) if self.mean is not None and self.sd is not None else METRIC_MEAN_SD.get(self.metric)

    @model_validator(mode="after")
    def _consistent(self) -> Norm:
        if (self.method == "cuts") != (self.cuts is not None):
            raise ValueError("`method = \"cuts\"` and `cuts` belong together")
        if (self.method in WITHOUT_TABLE) == (self.table is not None):
            raise ValueError("every method but `cuts` and `identity` needs a `table`")
        if self.method in PARAMETRIC and self.metric in NO_STANDING | {Metric.BASE_RATE}:
            raise ValueError("a normed method needs a metric with a mean and an SD, or percentile")
        if (self.metric is Metric.CUSTOM) != (self.mean is not None) or (self.mean is None) != (self.sd is None):
            raise ValueError("`metric = \"custom\"` needs `mean` and `sd`, and they belong to it alone")
        if (self.method in ("percent_expected", "percent_delay")) and self.metric is not Metric.PERCENT:
            raise ValueError("a share of the expected, or of the age, has `metric = \"percent\"`")
        if self.percentile == "printed" and self.method not in ("lookup", "ranges"):
            raise ValueError("`percentile = \"printed\"` belongs to `lookup` and `ranges`: the column percentile of the table")
        if self.descriptions and (self.cuts or self.metric is Metric.NONE):
            raise ValueError("`descriptions` are classes of a derived score: the norm needs a metric, and has no `cuts`")
        if self.method == "taylor" and self.score_limits is None:
            raise ValueError("`taylor` needs `score_limits`: the scores between which the model is searched")
        if (self.method == "base_rates") != (self.metric is Metric.BASE_RATE):
            raise ValueError("`method = \"base_rates\"` and `metric = \"base_rate\"` belong together")
        return self


class Comparison(Model):
    """Differences between scores of one child: which scales, the difference that is significant, and how rare one is.

    pairwise: each scale with each that the table names. own_mean: each scale with the mean of them all. predicted: each scale
    with what another one (column ``other``) leads to expect. informants: each scale with itself, told by somebody else.
    ``table``: ``scale, other, level, critical`` (and ``r`` for predicted); without one the critical difference comes from the
    SEMs in psychometrics.csv. ``base_rates``: ``scale, other, at_least, percent``.
    """

    id: Id
    kind: Literal["pairwise", "own_mean", "predicted", "informants"]
    scales: tuple[Id, ...] = Field(min_length=1)
    table: FileName | None = None
    base_rates: FileName | None = None
    level: float = Field(default=0.05, gt=0, lt=1)
    comparisons: Literal["single", "bonferroni"] = "single"

    @model_validator(mode="after")
    def _consistent(self) -> Comparison:
        if self.kind == "predicted" and self.table is None:
            raise ValueError("`kind = \"predicted\"` needs a `table` with the correlation r")
        if self.kind in ("pairwise", "own_mean") and len(self.scales) < 2:
            raise ValueError("a comparison needs two scales or more")
        return self
