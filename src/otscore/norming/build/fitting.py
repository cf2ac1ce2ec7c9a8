"""The model that a recipe asks for, fitted to the children of one scale and stratum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.build import models
from otscore.norming.build.recipe import AgeRecipe
from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.build.tabulate import z_limits
from otscore.norming.fit.basis import AgeBasis, standardised_age
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.beta_binomial_regression import fit_beta_binomial_regression
from otscore.norming.fit.boxcox import fit_bccg, fit_bct, fit_lms
from otscore.norming.fit.conventional import fit_band_ranks, fit_mean_sd
from otscore.norming.fit.model import NormModel, converged
from otscore.norming.fit.normal import fit_normal
from otscore.norming.fit.rank import rank_by_group, rank_by_window
from otscore.norming.fit.regression import fit_lognormal_regression, fit_regression
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.shapes import NaturalSpline, Polynomial, Shape, Spline
from otscore.norming.fit.shash import fit_shash, fit_shash_with_delta
from otscore.norming.fit.taylor import Metric, fit_taylor

Floats = NDArray[np.float64]


def fit_scale(scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None = None) -> NormModel:
    """The model of a scale, fitted. group : (n,) numbers that stand for groups of ages, where children are ranked within them.

    Raises UsageError where the sample cannot carry the model, or its fit has not arrived at the most likely norms.
    """
    model = FITS[scale.model.method](scale.model, scale, rule, children, group)
    if not converged(model):
        reason = model.estimates.convergence.message  # type: ignore[attr-defined]
        hint = f"Take lower degrees, or another model. The fit says: {reason}"
        message = f"the norms of {scale.id} by {model.method} are not the most likely ones: the fit has not come to an end"
        raise UsageError(Issue("fit_not_converged", message, hint, field=scale.column))
    return model


def _beta_binomial(asked: models.BetaBinomialRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    return fit_beta_binomial(children, scale.count, asked.alpha_degree, asked.beta_degree)


def _beta_binomial_regression(
    asked: models.BetaBinomialRegressionRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None
) -> NormModel:  # fmt: skip
    return fit_beta_binomial_regression(children, scale.count, asked.reference_age or (rule.from_ + rule.below) / 2)


def _shash(asked: models.ShashRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    degrees = asked.mu_degree, asked.sigma_degree, asked.epsilon_degree
    if asked.delta is not None:
        return fit_shash_with_delta(children, asked.delta, *degrees)
    return fit_shash(children, *degrees, asked.delta_degree)


def _regression(asked: models.RegressionRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    fit = fit_regression if asked.method == "regression" else fit_lognormal_regression
    return fit(children, basis_of(asked, children), asked.mean_degree, asked.log_sd_degree)


def basis_of(asked: models.RegressionRecipe, children: Sample) -> AgeBasis:
    """How age enters."""
    if asked.age_centre is not None and asked.age_scale is not None:
        return AgeBasis(asked.age_centre, asked.age_scale)
    return standardised_age(children, asked.mean_degree, asked.log_sd_degree)


def _taylor(asked: models.TaylorRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    if group is not None and asked.window is None:
        ranks = rank_by_group(children, group, asked.position)
    else:
        ranks = rank_by_window(children, asked.window or float(np.diff(rule.bands).max()), asked.position)
    return fit_taylor(
        children, ranks, metric=Metric(*(scale.mean_sd or (50.0, 10.0))), score_power=asked.score_power, age_power=asked.age_power,
        terms=asked.terms, consistent=asked.consistent, limits=z_limits(scale),
    )  # fmt: skip


def _box_cox(asked: models.BoxCoxRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    power, median, spread, tails = (shape_of(curve) for curve in (asked.power, asked.median, asked.spread, asked.tails))
    if asked.method == "bct":
        return fit_bct(children, power, median, spread, tails, z_limits(scale))
    return (fit_lms if asked.method == "lms" else fit_bccg)(children, power, median, spread, z_limits(scale))


def _normal(asked: models.NormalRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    return fit_normal(children, shape_of(asked.mean), shape_of(asked.spread), z_limits(scale))


def _bands(asked: models.BandRecipe, scale: ScaleRecipe, rule: AgeRecipe, children: Sample, group: Floats | None) -> NormModel:
    return fit_mean_sd(children, rule.bands, z_limits(scale)) if asked.method == "mean_sd" else fit_band_ranks(children, rule.bands)


def shape_of(curve: models.CurveRecipe) -> Shape:
    """The curve that a recipe asks for."""
    if curve.natural_spline is not None:
        return NaturalSpline(curve.natural_spline)
    return Spline(curve.spline) if curve.polynomial is None and curve.spline is not None else Polynomial(curve.polynomial or 0)


FITS: dict[str, Callable[[Any, ScaleRecipe, AgeRecipe, Sample, Floats | None], NormModel]] = {
    "taylor": _taylor,
    "beta_binomial": _beta_binomial,
    "beta_binomial_regression": _beta_binomial_regression,
    "shash": _shash,
    "regression": _regression,
    "lognormal_regression": _regression,
    "lms": _box_cox,
    "bccg": _box_cox,
    "bct": _box_cox,
    "normal": _normal,
    "mean_sd": _bands,
    "band_ranks": _bands,
}
