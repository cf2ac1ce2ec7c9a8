"""Curves over age that were fitted, and what every model made of them can tell of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.ascent import Problem, maximise
from otscore.norming.fit.criteria import aic, bic
from otscore.norming.fit.densities import Density
from otscore.norming.fit.origin import Origin
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.shapes import Basis, Shape

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FittedCurves:
    """c curves over age, as predictors: the logarithm of what must be above 0."""

    bases: tuple[Basis, ...]
    coefficients: tuple[Floats, ...]
    freedoms: tuple[float, ...]
    """Effective degrees of freedom of each curve: its number of parameters if it is not penalised."""
    smoothings: tuple[float, ...]
    """What the penalty of each curve was multiplied with."""
    log_likelihood: float

    def at(self, ages: Floats) -> Floats:
        """Predictors (c, n) at ages (n,)."""
        return np.array([basis.at(ages) @ b for basis, b in zip(self.bases, self.coefficients, strict=True)])


@dataclass(frozen=True, eq=False)
class CurveModel:
    """What every model made of curves has in common: the part of `LikelihoodModel` that does not depend on the distribution."""

    curves: FittedCurves
    origin: Origin
    """The sample, without its children."""
    limits: tuple[float, float]
    """Lowest and highest z told."""

    @property
    def n(self) -> int:
        """Children the model was fitted to."""
        return self.origin.n

    @property
    def ages(self) -> tuple[float, float]:
        """Youngest and oldest age of the sample."""
        return self.origin.ages

    @property
    def sample_key(self) -> str:
        """By which two models know that they come from the same sample."""
        return self.origin.key

    @property
    def n_parameters(self) -> float:
        """Effective degrees of freedom of all curves."""
        return float(sum(self.curves.freedoms))

    @property
    def log_likelihood(self) -> float:
        """Weighted log likelihood of the raw scores."""
        return self.curves.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return aic(self.log_likelihood, self.n_parameters, self.origin.design_effect)

    @property
    def bic(self) -> float:
        """Schwarz's information criterion, with the effective number of children."""
        return bic(self.log_likelihood, self.n_parameters, self.origin.effective_n, self.origin.design_effect)

    @property
    def side(self) -> float:
        """-1 where a lower raw score is the better one, else 1."""
        return -1.0 if self.origin.descending else 1.0


def fit_curves(sample: Sample, density: Density, shapes: Sequence[Shape], start: Sequence[Floats]) -> FittedCurves:
    """Curves of the shapes by penalised maximum likelihood of a density, from predictors (n,) to start with.

    Raises UsageError if there are no more children than parameters, the ages do not carry a shape, or the fit has no end.
    """
    bases = tuple(shape.basis(sample.age, sample.weight) for shape in shapes)
    parameters = sum(shape.freedom or (2 if basis.bending.size else basis.bending.shape[1]) for shape, basis in zip(shapes, bases, strict=True))
    if sample.n <= parameters:
        raise UsageError(Issue("sample_small", f"{sample.n} children for {parameters:g} parameters", "curves of fewer parameters, or more children"))
    designs = tuple(basis.at(sample.age) for basis in bases)
    problem = Problem(
        density, sample.weight, designs, tuple(basis.bending for basis in bases),
        tuple(shape.freedom for shape in shapes), tuple(shape.smoothing for shape in shapes),
    )  # fmt: skip
    coefficients = [_near(basis, d, sample.weight, s) for basis, d, s in zip(bases, designs, start, strict=True)]
    best = maximise(problem, np.concatenate(coefficients))
    return FittedCurves(bases, best.coefficients, best.freedoms, best.smoothings, best.log_likelihood)


def smoothed(basis: Basis, age: Floats, weight: Floats, y: Floats) -> Floats:
    """Weighted least squares of y on a basis, hardly penalised, at the ages (n,)."""
    design = basis.at(age)
    return np.asarray(design @ _near(basis, design, weight, y))


def _near(basis: Basis, design: Floats, weight: Floats, y: Floats) -> Floats:
    """Coefficients by weighted least squares."""
    weighted = design * weight[:, None]
    return np.asarray(np.linalg.lstsq(weighted.T @ design + basis.bending.T @ basis.bending, weighted.T @ y, rcond=None)[0], dtype=np.float64)
