"""Norms of a number of items passed: beta-binomial, the expected share logistic in the logarithm of age, one precision.

The pack method ``beta_binomial_regression``, fitted by maximum likelihood (Prentice 1986, Journal of the American Statistical
Association 81, 321-327, doi:10.1080/01621459.1986.10478275).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from otscore.errors import Issue, UsageError
from otscore.norming.fit.basis import check_degrees
from otscore.norming.fit.beta_binomial_terms import mean_precision_terms
from otscore.norming.fit.fitted import check_size, estimates
from otscore.norming.fit.items_passed import ItemsPassed, check_items, start_of_shapes, with_reason
from otscore.norming.fit.maximum import least_squares, maximise
from otscore.norming.fit.origin import origin
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BetaBinomialRegressionModel(ItemsPassed):
    """logit(expected share) = intercept + slope ln(age / reference_age); phi is the sum of the two shapes at every age."""

    n_items: int
    """Items of the test."""
    intercept: float
    slope: float
    reference_age: float
    """In the unit of the sample."""
    phi: float
    """exp of the last of the estimates, ``log_phi``."""

    @property
    def method(self) -> str:
        """Name of the model and of the pack method."""
        return "beta_binomial_regression"

    def shapes(self, age: Floats) -> tuple[Floats, Floats]:
        """Alpha and beta (n,) at ages (n,)."""
        logit = self.intercept + self.slope * np.log(age / self.reference_age)
        return special.expit(logit) * self.phi, special.expit(-logit) * self.phi


def fit_beta_binomial_regression(sample: Sample, n_items: int, reference_age: float | None = None) -> BetaBinomialRegressionModel:
    """Intercept, slope and precision, by maximum likelihood; the intercept is the logit at ``reference_age``, or half way between youngest and oldest.

    ``n_items`` is what the test has, never the best score of the sample. Raises UsageError if a raw score is no whole number from
    0 to ``n_items``, an age is not above 0, or the sample has too few children or different ages.
    """
    check_items(sample, n_items)
    check_degrees(sample, 1)
    check_size(sample, 3)
    reference_age = float(sample.age.min() + sample.age.max()) / 2.0 if reference_age is None else reference_age
    if not (reference_age > 0.0 and (sample.age > 0.0).all()):
        raise UsageError(Issue("age_not_positive", "an age of 0 or less has no logarithm", "ages since birth, above 0", field="age"))
    design = np.column_stack([np.ones(sample.n), np.log(sample.age / reference_age)])
    rough = least_squares(design, special.logit(np.clip(sample.raw / n_items, 0.05, 0.95)), sample.weight)
    _, phi = start_of_shapes(sample, n_items, special.expit(design @ rough))
    top = maximise(
        lambda predictors: mean_precision_terms(sample.raw, float(n_items), predictors),
        [design, np.ones((sample.n, 1))], sample.weight, np.append(rough, np.log(phi)),
    )  # fmt: skip
    top = with_reason(top, float(top.coefficients[-1]))
    told = estimates(("intercept", "slope", "log_phi"), top)
    intercept, slope, log_phi = (float(one) for one in top.coefficients)
    return BetaBinomialRegressionModel(
        origin(sample), told, top.log_likelihood, n_items, intercept, slope, float(reference_age), float(np.exp(log_phi))
    )
