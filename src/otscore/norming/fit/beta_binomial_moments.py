"""Norms of a number of items passed: beta-binomial with the mean and the SD of a regression on age, by the method of moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.kernel.beta_binomial import beta_binomial_log_mass, beta_binomial_shapes
from otscore.norming.fit.basis import standardised_age
from otscore.norming.fit.items_passed import ItemsPassed, check_items
from otscore.norming.fit.regression import RegressionModel, fit_regression
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BetaBinomialMomentsModel(ItemsPassed):
    """Beta-binomial numbers of items passed with the mean and the SD that a normal regression gives each age.

    ``estimates`` are those of the regression; ``log_likelihood`` is that of the beta-binomial, which this fit does not make
    highest. It is -inf if a child has an age at which the SD is no wider than that of a binomial: there the model tells nothing.
    """

    n_items: int
    """Items of the test."""
    regression: RegressionModel
    """Mean and log SD over standardised age, and the normal log-likelihood that was made highest."""

    @property
    def method(self) -> str:
        """Name of the model."""
        return "beta_binomial_moments"

    def shapes(self, age: Floats) -> tuple[Floats, Floats]:
        """Alpha and beta (n,) at ages (n,); NaN where the SD is not wider than that of a binomial."""
        basis = self.regression.basis
        mean, sd = basis.predict(age, self.regression.mean), np.exp(basis.predict(age, self.regression.log_sd))
        alpha, beta = beta_binomial_shapes(mean, sd**2, np.asarray(float(self.n_items)))
        possible = (alpha > 0.0) & (beta > 0.0)
        return np.where(possible, alpha, np.nan), np.where(possible, beta, np.nan)


def fit_beta_binomial_moments(sample: Sample, n_items: int, mean_degree: int = 3, log_sd_degree: int = 3) -> BetaBinomialMomentsModel:
    """Mean and log SD as polynomials of these degrees by normal maximum likelihood, and the beta-binomial that has them.

    ``n_items`` is what the test has, never the best score of the sample. Raises UsageError as `fit_beta_binomial`.
    """
    check_items(sample, n_items)
    regression = fit_regression(sample, standardised_age(sample, mean_degree, log_sd_degree), mean_degree, log_sd_degree)
    silent = BetaBinomialMomentsModel(regression.origin, regression.estimates, -np.inf, n_items, regression)
    alpha, beta = silent.shapes(sample.age)
    log_mass = beta_binomial_log_mass(sample.raw, np.asarray(float(n_items)), alpha, beta)
    value = float((sample.weight * np.where(np.isnan(log_mass), -np.inf, log_mass)).sum())
    return BetaBinomialMomentsModel(regression.origin, regression.estimates, value, n_items, regression)
