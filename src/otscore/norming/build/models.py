"""The models that a recipe may ask for, with what is chosen for each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from otscore.schema.base import Model

Degree = Annotated[int, Field(ge=0, le=6)]
CubicDegree = Annotated[int, Field(ge=0, le=3)]


class TaylorRecipe(Model):
    """Raw score as a polynomial in norm score and age, fitted to ranked children (A. Lenhard et al. 2018).

    score_power, age_power : highest powers. terms : how many; left out, as many as leave the raw score rising with the norm score.
    consistent : where that is looked at; ``dense`` is all ages, ``sparse`` the youngest and the oldest. position : plotting position
    of the ranks. window : width, in units of age, of the window in which a child is ranked; left out, children are ranked within
    ``group`` of [data], or where there is none in a window as wide as the widest age band.
    """

    method: Literal["taylor"]
    score_power: int = Field(default=5, ge=1, le=6)
    age_power: int = Field(default=3, ge=1, le=6)
    terms: int | None = Field(default=None, ge=1)
    consistent: Literal["dense", "sparse"] = "dense"
    position: Literal["blom", "tukey", "van_der_waerden", "rankit", "levenbach", "filliben", "yu_huang"] = "rankit"
    window: float | None = Field(default=None, gt=0)


class BetaBinomialRecipe(Model):
    """A count of items passed; both shape parameters are polynomials in age on a logarithmic scale."""

    method: Literal["beta_binomial"]
    alpha_degree: Degree = 3
    beta_degree: Degree = 3


class BetaBinomialRegressionRecipe(Model):
    """A count of items passed; its expected share is logistic in the logarithm of age, one spread for all ages.

    reference_age : the age whose logit is the intercept; left out, the middle of the ages of the pack.
    """

    method: Literal["beta_binomial_regression"]
    reference_age: float | None = Field(default=None, gt=0)


class ShashRecipe(Model):
    """A sinh-arcsinh curve: level, spread, skew and tails are polynomials in age. With ``delta`` the tails are given, one for all ages."""

    method: Literal["shash"]
    mu_degree: Degree = 3
    sigma_degree: Degree = 2
    epsilon_degree: Degree = 2
    delta_degree: Degree = 1
    delta: float | None = Field(default=None, gt=0)


class RegressionRecipe(Model):
    """A normal distribution of raw scores (``regression``) or of their logarithms: mean and log SD are polynomials in age.

    age_centre, age_scale : age enters as (age - centre) / scale; left out, less its mean, by its SD in the sample.
    """

    method: Literal["regression", "lognormal_regression"]
    mean_degree: CubicDegree = 3
    log_sd_degree: Annotated[int, Field(ge=0, le=1)] = 1
    age_centre: float | None = None
    age_scale: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _both(self) -> RegressionRecipe:
        if (self.age_centre is None) != (self.age_scale is None):
            raise ValueError("`age_centre` and `age_scale` belong together")
        return self


class CurveRecipe(Model):
    """A curve over age: a ``polynomial`` of this degree (0: constant), a penalised ``spline`` of so many degrees of freedom, or a
    ``natural_spline`` with knots at these shares (0 to 1) of the ages.
    """

    polynomial: int | None = Field(default=None, ge=0, le=8)
    spline: float | None = Field(default=None, gt=2, le=20)
    natural_spline: tuple[float, ...] | None = Field(default=None, min_length=3)

    @model_validator(mode="after")
    def _one(self) -> CurveRecipe:
        if (self.polynomial, self.spline, self.natural_spline).count(None) != 2:
            raise ValueError("a curve is one of these: { polynomial = 1 } or { spline = 4 } or { natural_spline = [0.1, 0.5, 0.9] }")
        return self


class BoxCoxRecipe(Model):
    """A Box-Cox curve of a measurement above 0: ``lms``, ``bccg`` (the same, cut off at 0) or ``bct`` (with ``tails``)."""

    method: Literal["lms", "bccg", "bct"]
    power: CurveRecipe = CurveRecipe(polynomial=1)
    median: CurveRecipe = CurveRecipe(spline=5)
    spread: CurveRecipe = CurveRecipe(polynomial=1)
    tails: CurveRecipe = CurveRecipe(polynomial=0)


class NormalRecipe(Model):
    """A normal curve whose mean and SD change with age."""

    method: Literal["normal"]
    mean: CurveRecipe = CurveRecipe(spline=5)
    spread: CurveRecipe = CurveRecipe(polynomial=1)


class BandRecipe(Model):
    """Every age band by itself: its mean and SD (``mean_sd``), or the ranks of its children (``band_ranks``)."""

    method: Literal["mean_sd", "band_ranks"]


ModelRecipe = Annotated[
    TaylorRecipe | BetaBinomialRecipe | BetaBinomialRegressionRecipe | ShashRecipe | RegressionRecipe | BoxCoxRecipe | NormalRecipe | BandRecipe,
    Field(discriminator="method"),
]
