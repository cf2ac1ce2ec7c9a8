"""What all models of a distribution have in common: estimates, their errors, criteria, and limits of what is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.criteria import aic, bic
from otscore.norming.fit.maximum import Convergence, Maximum
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.origin import Origin
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.standing import LIMITS, standing, within

Floats = NDArray[np.float64]

@dataclass(frozen=True, eq=False)
class Estimates:
    """Coefficients with their standard errors, c of each."""

    names: tuple[str, ...]
    coefficients: Floats
    standard_errors: Floats
    """From the curvature of the log-likelihood; right for an unweighted sample of the model. NaN where the fit has not converged."""
    robust_errors: Floats
    """From the curvature and the spread of the children's slopes (White 1982, doi:10.2307/1912526): right with weights too."""
    convergence: Convergence


def estimates(names: tuple[str, ...], top: Maximum) -> Estimates:
    """Estimates and errors at the top of a likelihood."""
    if not top.convergence.converged:
        unknown = np.full(top.coefficients.size, np.nan)
        return Estimates(names, top.coefficients, unknown, unknown, top.convergence)
    scale = np.sqrt(np.abs(np.diag(top.hessian)))
    covariance = np.linalg.inv(-top.hessian / np.outer(scale, scale)) / np.outer(scale, scale)
    slopes = top.child_slopes @ covariance
    robust = np.sqrt((slopes**2).sum(axis=0))
    return Estimates(names, top.coefficients, np.sqrt(np.diag(covariance)), robust, top.convergence)


def check_size(sample: Sample, n_parameters: int) -> None:
    """Raises UsageError if there are no more children than parameters."""
    if sample.n <= n_parameters:
        raise UsageError(Issue(
            "sample_small", f"{sample.n} children for {n_parameters} coefficients", "lower degrees, or more children", field="raw",
        ))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted distribution: the part of `LikelihoodModel` that does not depend on which."""

    origin: Origin
    """The sample, without its children."""
    estimates: Estimates
    """Coefficients and standard errors, named."""
    log_likelihood: float
    """Natural log of the weighted likelihood of the raw scores, constants included."""

    @property
    def n(self) -> int:
        """Children the model was fitted to."""
        return self.origin.n

    @property
    def n_parameters(self) -> float:
        """Coefficients estimated."""
        return float(self.estimates.coefficients.size)

    @property
    def ages(self) -> tuple[float, float]:
        """Youngest and oldest age of the sample."""
        return self.origin.ages

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest z told."""
        return LIMITS

    @property
    def sample_key(self) -> str:
        """By which two models know that they come from the same sample."""
        return self.origin.key

    @property
    def converged(self) -> bool:
        """Whether the top of the likelihood was reached; `estimates.convergence` tells more."""
        return self.estimates.convergence.converged

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return aic(self.log_likelihood, self.n_parameters, self.origin.design_effect)

    @property
    def bic(self) -> float:
        """Schwarz's information criterion, with the effective number of children."""
        return bic(self.log_likelihood, self.n_parameters, self.origin.effective_n, self.origin.design_effect)

    def _told(self, z: Floats, age: Floats) -> NormScore:
        """z that rises with the raw score, turned if less is better, within the limits and the ages."""
        return standing(np.where(within(self.ages, age), -z if self.origin.descending else z, np.nan), *self.limits)

    def _rising(self, z: Floats, age: Floats) -> Floats:
        """The z that rises with the raw score, of a z as it is told; NaN outside the limits and the ages."""
        z = np.asarray(z, dtype=np.float64)
        told = within(self.limits, z) & within(self.ages, age)
        return np.where(told, -z if self.origin.descending else z, np.nan)
