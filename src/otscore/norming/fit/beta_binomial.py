"""Norms of a number of items passed: beta-binomial, log alpha and log beta polynomials in age.

The distribution: Skellam 1948, Journal of the Royal Statistical Society B 10, 257-261. Both shapes over age, for norms: Urban,
Lenhard & Lenhard 2025 (parametric continuous norming with the beta-binomial distribution).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.norming.fit.basis import AgeBasis, standardised_age
from otscore.norming.fit.beta_binomial_terms import log_shape_terms
from otscore.norming.fit.fitted import check_size, estimates
from otscore.norming.fit.items_passed import ItemsPassed, check_items, start_of_shapes, with_reason
from otscore.norming.fit.maximum import blocks, least_squares, maximise
from otscore.norming.fit.origin import origin
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BetaBinomialModel(ItemsPassed):
    """Beta-binomial numbers of items passed, each shape the exponential of a polynomial in standardised age."""

    n_items: int
    """Items of the test."""
    basis: AgeBasis
    log_alpha: Floats
    """Coefficients, rising in power."""
    log_beta: Floats
    """Coefficients, rising in power."""

    @property
    def method(self) -> str:
        """Name of the model."""
        return "beta_binomial"

    def shapes(self, age: Floats) -> tuple[Floats, Floats]:
        """Alpha and beta (n,) at ages (n,)."""
        return np.exp(self.basis.predict(age, self.log_alpha)), np.exp(self.basis.predict(age, self.log_beta))


def fit_beta_binomial(sample: Sample, n_items: int, alpha_degree: int = 3, beta_degree: int = 3) -> BetaBinomialModel:
    """Log alpha and log beta as polynomials of these degrees, by maximum likelihood.

    ``n_items`` is what the test has, never the best score of the sample. Raises UsageError if a raw score is no whole number from
    0 to ``n_items``, or the sample has too few children or different ages.
    """
    check_items(sample, n_items)
    basis = standardised_age(sample, alpha_degree, beta_degree)
    check_size(sample, alpha_degree + beta_degree + 2)
    designs = [basis.design(sample.age, degree) for degree in (alpha_degree, beta_degree)]
    start = _start(sample, n_items, designs)
    top = maximise(lambda predictors: log_shape_terms(sample.raw, float(n_items), predictors), designs, sample.weight, start)
    top = with_reason(top, max(float((design @ part).max()) for design, part in zip(designs, blocks(top.coefficients, designs), strict=True)))
    log_alpha, log_beta = np.split(top.coefficients, [alpha_degree + 1])
    names = (*(f"log_alpha{power}" for power in range(alpha_degree + 1)), *(f"log_beta{power}" for power in range(beta_degree + 1)))
    return BetaBinomialModel(origin(sample), estimates(names, top), top.log_likelihood, n_items, basis, log_alpha, log_beta)


def _start(sample: Sample, n_items: int, designs: list[Floats]) -> Floats:
    longest = max(designs, key=lambda design: design.shape[1])
    share, phi = start_of_shapes(sample, n_items, longest @ least_squares(longest, sample.raw / n_items, sample.weight))
    logs = np.log(share * phi), np.log((1.0 - share) * phi)
    return np.concatenate([least_squares(design, log, sample.weight) for design, log in zip(designs, logs, strict=True)])
