"""From the scores of a sample to norms as a function of age: ranks and weights, models, what speaks for and against a model.

``children = sample(raw, age)``, then one of the ``fit_...`` functions: each gives a model that scores a child (``score``) and draws
percentile curves (``value``).
"""

from otscore.norming.fit.base_rates import base_rates, percentile_cells
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.beta_binomial_moments import fit_beta_binomial_moments
from otscore.norming.fit.beta_binomial_regression import fit_beta_binomial_regression
from otscore.norming.fit.bootstrap import bootstrap_scores, bootstrap_values
from otscore.norming.fit.boxcox import fit_bccg, fit_bct, fit_lms
from otscore.norming.fit.conventional import fit_band_ranks, fit_mean_sd
from otscore.norming.fit.criteria import aic, bic, compare
from otscore.norming.fit.cross_validation import cross_validate, hold_out
from otscore.norming.fit.diagnostics import residuals, shares, worms
from otscore.norming.fit.model import LikelihoodModel, NormModel, NormScore
from otscore.norming.fit.normal import fit_normal
from otscore.norming.fit.raking import rake
from otscore.norming.fit.rank import mid_rank, plotting_position, rank_by_group, rank_by_window
from otscore.norming.fit.regression import fit_lognormal_regression, fit_regression
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import NaturalSpline, PenalisedSpline, Polynomial, Spline
from otscore.norming.fit.shash import fit_shash, fit_shash_with_delta
from otscore.norming.fit.taylor import fit_taylor
from otscore.norming.fit.taylor_cross import cross_validate_terms
from otscore.norming.fit.taylor_table import norm_table, raw_table

__all__ = [
    "LikelihoodModel", "NaturalSpline", "NormModel", "NormScore", "PenalisedSpline", "Polynomial", "Sample", "Spline", "aic",
    "base_rates", "bic", "bootstrap_scores", "bootstrap_values", "compare", "cross_validate", "cross_validate_terms", "fit_band_ranks",
    "fit_bccg", "fit_bct", "fit_beta_binomial", "fit_beta_binomial_moments", "fit_beta_binomial_regression", "fit_lms",
    "fit_lognormal_regression", "fit_mean_sd", "fit_normal", "fit_regression", "fit_shash", "fit_shash_with_delta", "fit_taylor",
    "hold_out", "mid_rank", "norm_table", "percentile_cells", "plotting_position", "rake", "rank_by_group", "rank_by_window", "raw_table",
    "residuals", "sample", "shares", "worms",
]  # fmt: skip
