"""[[irt]] of pack.toml: the calibrated models behind scales with ``raw = "irt"``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from otscore.schema.base import FileName, Id, Model

Estimator = Literal["eap", "map", "wle"]


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
    shift: dict[Id, dict[str, float]] = Field(default_factory=dict)


class PolynomialPrior(Model):
    """Normal prior whose mean and log variance are polynomials in (age - age_centre) / age_scale, constants first."""

    age_centre: float = 0.0
    age_scale: float = Field(default=1.0, gt=0)
    mean: tuple[float, ...] = Field(min_length=1)
    log_variance: tuple[float, ...] = Field(min_length=1)


class JointPrior(Model):
    """Multivariate normal prior: mean a polynomial in (age - age_centre) / age_scale, constant precision.

    ``mean`` has a row per power (column ``power``) and ``precision`` a row per scale (column ``scale``); both have a column
    for each scale of the model.
    """

    age_centre: float = 0.0
    age_scale: float = Field(default=1.0, gt=0)
    mean: FileName
    precision: FileName


class _Calibrated(Model):
    scales: tuple[Id, ...] = Field(min_length=1)
    decimals: int | None = Field(default=None, ge=0, le=9)


class RaschEap(_Calibrated):
    """Rasch EAP: P(pass) = logistic((ability - difficulty) / slope), on a grid, with an age-dependent prior.

    ``difficulties`` has columns ``item, tau``.
    """

    model: Literal["rasch_eap"] = "rasch_eap"
    difficulties: FileName
    slope: float = Field(gt=0)
    intercept: float
    grid: Grid
    prior: Prior
    outfit_above: float | None = Field(default=None, gt=1)


class Graded(_Calibrated):
    """Graded response model: P(points >= k) = link(loading * ability - threshold of k), with an age-dependent prior.

    ``items`` has columns ``item, loading, points, threshold``, a row for each step of each item.
    """

    model: Literal["graded"]
    items: FileName
    link: Literal["logit", "probit"]
    grid: Grid
    prior: Prior
    estimator: Estimator = "eap"


class LogisticMap(_Calibrated):
    """Two-parameter logistic model, mode of the posterior: P(pass) = logistic(discrimination * (ability - difficulty)).

    ``items`` has columns ``item, discrimination, difficulty``. The ability is printed plus ``location``.
    """

    model: Literal["logistic_map"]
    items: FileName
    prior: PolynomialPrior
    location: float = 0.0


class JointMap(_Calibrated):
    """Several abilities at once, mode of the posterior: P(pass) = logistic(loadings . abilities - tau).

    ``items`` has columns ``item, tau`` and one of loadings for each scale; an item belongs to the scales it loads on.
    """

    model: Literal["joint_map"]
    items: FileName
    prior: JointPrior
    location: float = 0.0

    @model_validator(mode="after")
    def _several(self) -> JointMap:
        if len(self.scales) < 2:
            raise ValueError("a joint model has at least two scales")
        return self


Irt = Annotated[RaschEap | Graded | LogisticMap | JointMap, Field(discriminator="model")]
