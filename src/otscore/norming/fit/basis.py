"""Polynomials of a standardised age: what the parameters of a distribution are regressed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AgeBasis:
    """Standardised age a = (age - centre) / scale, and its powers."""

    centre: float
    """Age that is 0, in the unit of the sample."""
    scale: float
    """How much older a child is whose standardised age is higher by 1."""

    def standardised(self, age: Floats) -> Floats:
        """Standardised ages (n,)."""
        result: Floats = (np.asarray(age, dtype=np.float64) - self.centre) / self.scale
        return result

    def design(self, age: Floats, degree: int) -> Floats:
        """Powers 0 to ``degree`` of the standardised ages, (n, degree + 1)."""
        return np.vander(self.standardised(age), degree + 1, increasing=True)

    def predict(self, age: Floats, coefficients: Floats) -> Floats:
        """Polynomial with these coefficients, rising in power, at ages (n,)."""
        a = self.standardised(age)
        result = np.zeros(a.shape)
        for coefficient in coefficients[::-1]:
            result = result * a + coefficient
        return result


def standardised_age(sample: Sample, *degrees: int) -> AgeBasis:
    """Ages less their weighted mean, by their weighted SD (divisor n - 1), for polynomials of these degrees.

    Raises UsageError if the sample has too few different ages for one of the degrees, or a degree is below 0.
    """
    check_degrees(sample, *degrees)
    centre = float(np.average(sample.age, weights=sample.weight))
    spread = float((sample.weight * (sample.age - centre) ** 2).sum())
    scale = float(np.sqrt(spread / max(sample.n - 1, 1)))
    return AgeBasis(centre, scale if scale > 0.0 else 1.0)


def check_degrees(sample: Sample, *degrees: int) -> None:
    """Raises UsageError if the ages of the sample cannot carry polynomials of these degrees."""
    if min(degrees) < 0:
        raise UsageError(Issue("degree_negative", "a degree below 0", "0 is a constant, 1 a straight line, 3 a cubic", field="degree"))
    different = np.unique(sample.age).size
    if max(degrees) >= different:
        raise UsageError(Issue(
            "degree_too_high", f"a polynomial of degree {max(degrees)} over {different} different ages",
            f"a degree of at most {different - 1}, or ages that are not grouped", field="degree",
        ))  # fmt: skip
