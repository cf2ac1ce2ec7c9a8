"""Normal priors of an ability whose mean (and spread) depend on age."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AgePrior:
    """Pieces of the prior mean: constant + linear t + log ln(t + shift) for t up to and including ``upto``."""

    upto: Floats
    constant: Floats
    linear: Floats
    log: Floats
    shift: Floats
    age_from: float
    sd: float

    def mean(self, age: Floats) -> Floats:
        """Prior mean at each age, (n,); NaN where the age is missing, beyond the last piece, or the formula is not defined."""
        piece = np.minimum(np.searchsorted(self.upto, age, side="left"), self.upto.size - 1)
        argument = age + self.shift[piece]
        with np.errstate(invalid="ignore", divide="ignore"):
            value = self.constant[piece] + self.linear[piece] * age
            value = np.where(self.log[piece] != 0.0, value + self.log[piece] * np.log(argument), value)
        defined = (age >= self.age_from) & (age <= self.upto[-1]) & np.isfinite(value)
        return np.where(defined, value, np.nan)


@dataclass(frozen=True, slots=True)
class PolynomialPrior:
    """Mean and log variance as polynomials in x = (age - centre) / scale; coefficients from the constant on.

    mean : (p,) for one ability, or (p, d) for d abilities at once. log_variance : (v,), empty for several abilities, whose
    precision does not depend on age.
    """

    centre: float
    scale: float
    mean_coefficients: Floats
    log_variance: Floats

    def mean(self, age: Floats) -> Floats:
        """Prior mean at each age, (n,) or (n, d)."""
        x = (age - self.centre) / self.scale
        if self.mean_coefficients.ndim == 1:
            return _polynomial(x, self.mean_coefficients)
        return np.stack([_polynomial(x, column) for column in self.mean_coefficients.T], axis=1)

    def variance(self, age: Floats) -> Floats:
        """Prior variance at each age, (n,)."""
        return np.asarray(np.exp(_polynomial((age - self.centre) / self.scale, self.log_variance)))


def _polynomial(x: Floats, coefficients: Floats) -> Floats:
    total = np.zeros_like(x)
    for coefficient in coefficients[::-1]:
        total = total * x + coefficient
    return total
