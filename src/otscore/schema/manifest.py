"""pack.toml: one edition's norms - age rule, norm groups, how a raw score becomes a derived one, caveats, licence."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import Kind, Metric
from otscore.schema.base import FileName, Id, Model, Version

Convention = Literal["ymd_calendar", "ymd_30day", "decimal_365.25", "days"]
NormMethod = Literal["lookup", "ranges", "percentile_cells", "mean_sd", "lms", "bct", "cuts"]


class Correction(Model):
    """When a child born early is scored at corrected age (methods: expected date of delivery at ``term_days``)."""

    apply: Literal["never", "preterm", "always"] = "never"
    born_before_weeks: float = 37
    until_months: float | None = None
    until_on: Literal["chronological", "corrected"] = "chronological"
    term_days: int = 280


class AgeRule(Model):
    """How age is computed and which ages the pack can score: ``from`` included, ``below`` excluded, in ``unit``."""

    unit: Literal["days", "months", "years"]
    convention: Convention
    use: Literal["exact", "completed", "half_month"] = "exact"
    decimals: int | None = Field(default=None, ge=0, le=9)
    from_: float | None = Field(default=None, alias="from")
    below: float | None = None
    required: bool = True
    correction: Correction = Correction()


class Segment(Model):
    """A piece of an age-dependent mean: constant + linear * t + log * ln(t + shift), for t up to and including upto."""

    upto: float | None = None
    constant: float
    linear: float = 0.0
    log: float = 0.0
    shift: float = 0.0


class Grid(Model):
    """Evenly spaced quadrature nodes, both ends included."""

    from_: float = Field(alias="from")
    to: float
    by: float = Field(gt=0)


class Prior(Model):
    """Normal prior of the ability with a mean that depends on age (in the unit of the pack)."""

    sd: float = Field(gt=0)
    segments: tuple[Segment, ...] = Field(min_length=1)
    age_from: float | None = None


class Irt(Model):
    """Rasch EAP: P(pass) = logistic((ability - difficulty) / slope), on a grid, with an age-dependent prior."""

    model: Literal["rasch_eap"] = "rasch_eap"
    difficulties: FileName
    slope: float = Field(gt=0)
    intercept: float
    grid: Grid
    prior: Prior
    decimals: int = 2
    prior_without_age: tuple[float, float] | None = None


class NormGroup(Model):
    """A population the child can be compared with. One of several is the default; the choice is printed."""

    id: Id
    label: str
    n: int | None = Field(default=None, ge=1)
    country: str = ""
    years: str = ""
    note: str = ""


class Stratum(Model):
    """A key that selects norm rows beside age: its values, and other spellings that are accepted."""

    values: tuple[str, ...] = Field(min_length=2)
    aliases: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _aliases_known(self) -> Stratum:
        if not set(self.aliases.values()) <= set(self.values):
            raise ValueError("an alias points to a value that the stratum does not have")
        return self


class Interval(Model):
    """How the interval is formed; absent where no reliability or SEM is published.

    posterior: ability -/+ z * posterior SD, carried through the norm curve. sem_measure: measurement -/+ z * SEM in its
    own unit, carried through the norm curve. observed: score -/+ z * SEM. true_score: estimated true score -/+ z * SEE.
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
    lookup ``raw, score``; ranges ``raw_min, raw_max`` (both included) or ``raw_from, raw_below`` (half-open) and
    ``score`` or ``band``; percentile_cells ``p03, p10, ...``; mean_sd ``mean, sd``; lms ``age, l, m, s``;
    bct ``age, mu, sigma, nu, tau``.
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
        if self.method in ("lms", "bct", "mean_sd") and self.metric in (Metric.NONE, Metric.RAW):
            raise ValueError("a normed method needs a metric")
        return self


class Licence(Model):
    """The licence of the figures, and where that was seen."""

    figures: str
    evidence: str


class Manifest(Model):
    """pack.toml: everything that is said once for the edition."""

    schema_version: Literal[1] = Field(alias="schema")
    instrument: Id
    edition: Id
    version: Version
    title: str
    status: Literal["verified", "single_source", "derived", "synthetic", "template"]
    kind: Kind
    intended_use: str
    notices: tuple[str, ...] = ()
    superseded_by: str = ""
    retired: bool = False
    licence: Licence
    age: AgeRule
    strata: dict[Id, Stratum] = Field(default_factory=dict)
    norm_groups: tuple[NormGroup, ...] = Field(min_length=1)
    default_group: Id
    irt: Irt | None = None
    norms: tuple[Norm, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        groups = [group.id for group in self.norm_groups]
        if len(set(groups)) != len(groups):
            raise ValueError("two norm groups share an id")
        if self.default_group not in groups:
            raise ValueError("`default_group` names no norm group")
        for norm in self.norms:
            if norm.group not in groups:
                raise ValueError(f"a norm names the unknown group {norm.group}")
            if not set(norm.strata) <= set(self.strata):
                raise ValueError("a norm names a stratum that [strata] does not describe")
        pairs = [(scale, norm.group) for norm in self.norms for scale in norm.scales]
        if len(set(pairs)) != len(pairs):
            raise ValueError("a scale has two norms in the same norm group")
        return self
