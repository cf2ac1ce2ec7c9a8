"""Norms by a sinh-arcsinh curve whose location, scale, skewness and tails change with age.

The curve: Jones & Pewsey 2009, Biometrika 96, 761-780, doi:10.1093/biomet/asp053, in the parametrisation of
`otscore.kernel.shash`; its parameters on age: Rigby & Stasinopoulos 2005, Applied Statistics 54, 507-554,
doi:10.1111/j.1467-9876.2005.00510.x.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.shash import shash_log_density, shash_value, shash_z
from otscore.norming.fit.basis import AgeBasis, standardised_age
from otscore.norming.fit.fitted import Fitted, check_size, estimates
from otscore.norming.fit.maximum import Distribution, Maximum, Terms, blamed, maximise
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.origin import origin
from otscore.norming.fit.regression import normal_maximum
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.shash_terms import shash_terms

Floats = NDArray[np.float64]

_PILED = "the curve narrows onto one raw score, as at a floor or a ceiling: the likelihood has no top; take another model or leave those ages out"


class ShashParameters(NamedTuple):
    """A curve at ages (n,)."""

    mu: Floats
    sigma: Floats
    epsilon: Floats
    delta: Floats


@dataclass(frozen=True, eq=False)
class ShashModel(Fitted):
    """Sinh-arcsinh distribution of raw scores; mu, log sigma, epsilon and log delta are polynomials in standardised age."""

    basis: AgeBasis
    mu: Floats
    """Coefficients, rising in power; so are the others."""
    log_sigma: Floats
    epsilon: Floats
    log_delta: Floats
    """A single number that was not estimated, where delta was given."""

    @property
    def method(self) -> str:
        """Name of the model."""
        return "shash"

    def parameters(self, age: Floats) -> ShashParameters:
        """mu, sigma, epsilon and delta at ages (n,)."""
        mu, log_sigma, epsilon, log_delta = (self.basis.predict(age, c) for c in (self.mu, self.log_sigma, self.epsilon, self.log_delta))
        return ShashParameters(mu, np.exp(log_sigma), epsilon, np.exp(log_delta))

    def nodes(self, ages: ArrayLike) -> dict[str, Floats]:
        """Columns of a pack's table (g,) at ages (g,). Ages outside of those of the sample are drawn out: look before you print."""
        return self.parameters(np.asarray(ages, dtype=np.float64))._asdict()

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,)."""
        return self._told(shash_z(raw, *self.parameters(age)), age)

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) and ages (n,), unrounded; NaN outside the limits and the ages."""
        return shash_value(self._rising(z, age), *self.parameters(age))

    def log_density(self, raw: Floats, age: Floats) -> Floats:
        """Log density of raw scores (n,) at ages (n,), per point."""
        return shash_log_density(raw, *self.parameters(age))


def fit_shash(sample: Sample, mu_degree: int = 3, sigma_degree: int = 2, epsilon_degree: int = 2, delta_degree: int = 1) -> ShashModel:
    """mu, log sigma, epsilon and log delta as polynomials of these degrees, by maximum likelihood.

    Climbs from a normal curve. Raises UsageError if the sample has too few children or different ages.
    """
    degrees = mu_degree, sigma_degree, epsilon_degree, delta_degree
    basis, designs, start = _prepared(sample, degrees)
    top = maximise(lambda predictors: shash_terms(sample.raw, predictors), designs, sample.weight, start)
    return _model(sample, basis, degrees, top)


def fit_shash_with_delta(
    sample: Sample, delta: float = 1.0, mu_degree: int = 3, sigma_degree: int = 2, epsilon_degree: int = 2
) -> ShashModel:
    """The same with one delta for all ages that is given, not estimated: 1 for tails near those of a normal curve.

    Raises UsageError as `fit_shash`, and if delta is not above 0.
    """
    if not (np.isfinite(delta) and delta > 0.0):
        raise UsageError(Issue("delta", "a delta that is not above 0", "1 for tails near normal, more for lighter ones", field="delta"))
    degrees = mu_degree, sigma_degree, epsilon_degree
    basis, designs, start = _prepared(sample, degrees)
    top = maximise(_with_delta(sample.raw, float(np.log(delta))), designs, sample.weight, start)
    return _model(sample, basis, degrees, top, np.array([np.log(delta)]))


def _with_delta(raw: Floats, log_delta: float) -> Distribution:
    def terms(predictors: Floats) -> Terms:
        whole = shash_terms(raw, np.vstack([predictors, np.full(raw.size, log_delta)]))
        return Terms(whole.value, whole.first[:3], whole.second[:3, :3])

    return terms


def _prepared(sample: Sample, degrees: tuple[int, ...]) -> tuple[AgeBasis, list[Floats], Floats]:
    """Age, designs, and a normal curve to climb from."""
    basis = standardised_age(sample, *degrees)
    check_size(sample, sum(degrees) + len(degrees))
    normal = normal_maximum(sample.raw, sample, basis, degrees[0], degrees[1])
    designs = [basis.design(sample.age, degree) for degree in degrees]
    return basis, designs, np.concatenate([normal.coefficients, np.zeros(sum(degree + 1 for degree in degrees[2:]))])


def _model(sample: Sample, basis: AgeBasis, degrees: tuple[int, ...], top: Maximum, *given: Floats) -> ShashModel:
    curve = [*np.split(top.coefficients, np.cumsum([degree + 1 for degree in degrees])[:-1]), *given]
    words = ("mu", "log_sigma", "epsilon", "log_delta")
    names = tuple(f"{word}{power}" for word, degree in zip(words, degrees, strict=False) for power in range(degree + 1))
    model = ShashModel(origin(sample), estimates(names, top), top.log_likelihood, basis, curve[0], curve[1], curve[2], curve[3])
    if model.converged or not _narrower_than_a_point(model, sample):
        return model
    return replace(model, estimates=estimates(names, blamed(top, _PILED)))


def _narrower_than_a_point(model: ShashModel, sample: Sample) -> bool:
    """Whether a whole number got a density above 1, which no probability is."""
    whole = (sample.raw == np.rint(sample.raw)).all()
    return bool(whole and (model.log_density(sample.raw, sample.age) > 0.0).any())
