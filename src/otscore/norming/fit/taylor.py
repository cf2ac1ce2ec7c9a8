"""Norms without a distribution: raw scores as a polynomial in the normal score and age, fitted to ranked children.

Each child is ranked among those of the same age, the rank becomes a normal score L, and the raw score is regressed on products
of powers of L and age, of which only a best subset stays. Reading the polynomial backwards gives the standing of any raw score
at any age. A. Lenhard, Lenhard, Suggate & Segerer 2018, Assessment 25, 112-125, doi:10.1177/1073191116656437.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.metric import score_from_z, z_from_score
from otscore.kernel.taylor import taylor_raw, taylor_score
from otscore.norming.fit.criteria import aic, bic
from otscore.norming.fit.model import NormScore
from otscore.norming.fit.rank import Ranks, rank_by_group
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.taylor_select import (
    GOOD_R2,
    Check,
    Range,
    Subset,
    chosen_subset,
    falls_within,
    kept_subsets,
    term_powers,
)

Floats = NDArray[np.float64]


class Metric(NamedTuple):
    """Mean and SD of the scores that a model tells."""

    mean: float
    sd: float


T, STANDARD, Z = Metric(50.0, 10.0), Metric(100.0, 15.0), Metric(0.0, 1.0)
"""T scores, standard scores (IQ), z."""


class Violation(NamedTuple):
    """An age at which a better standing is, over some stretch, given a worse raw score."""

    age: float
    fall: float
    """Raw points by which the curve turns back."""


@dataclass(frozen=True, eq=False)
class TaylorModel:
    """Norms by a polynomial; satisfies `NormModel`.

    It has no likelihood of raw scores given age, so it cannot be set beside models that have one by AIC or BIC: ``aic`` and
    ``bic`` compare Taylor models of one sample, one ranking and one metric.
    """

    method: ClassVar[str] = "taylor"
    subset: Subset
    """The terms chosen, with their coefficients."""
    subsets: tuple[Subset, ...]
    """One subset of each size, from which it was chosen."""
    metric: Metric
    """Mean and SD of the score L in which the coefficients are."""
    n: int
    effective_n: float
    """Children an unweighted sample of the same precision would have."""
    limits: tuple[float, float]
    ages: tuple[float, float]
    raws: tuple[float, float]
    """Lowest and highest raw score of the sample."""
    scores: tuple[float, float]
    """Lowest and highest L of the sample: beyond it the polynomial is carried on."""
    descending: bool
    tolerance: float
    violations: tuple[Violation, ...]
    """Of 101 ages, those at which the curve turns back by more than ``tolerance`` raw points within the limits.

    A raw score that several standings have there is scored as undefined (NaN), never as one of them.
    """

    @property
    def coefficients(self) -> Floats:
        """(k + 1, t + 1) of L to the power of the row, age to the power of the column: a table of method ``taylor``."""
        return self.subset.coefficients

    @property
    def n_parameters(self) -> float:
        """Terms and the constant."""
        return self.subset.n_terms + 1.0

    @property
    def regression_log_likelihood(self) -> float:
        """Natural log of the (weighted) normal likelihood of the raw scores, given their ranks; constants included."""
        return -0.5 * self.n * (float(np.log(2.0 * np.pi * self.subset.rss / self.n)) + 1.0)

    @property
    def aic(self) -> float:
        """Akaike's criterion of the regression; the residual variance counts as a parameter."""
        return aic(self.regression_log_likelihood, self.n_parameters + 1.0, self.n / self.effective_n)

    @property
    def bic(self) -> float:
        """Schwarz's criterion of the regression, on the same scale as `aic`."""
        return bic(self.regression_log_likelihood, self.n_parameters + 1.0, self.effective_n, self.n / self.effective_n)

    @property
    def rmse(self) -> float:
        """Root of the mean squared residual of the raw scores, given their ranks."""
        return float(np.sqrt(self.subset.rss / self.n))

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,); NaN outside the ages, and where no single standing has this raw score."""
        raw, age = np.broadcast_arrays(np.asarray(raw, dtype=np.float64), np.asarray(age, dtype=np.float64))
        known = np.where((age >= self.ages[0]) & (age <= self.ages[1]), age, np.nan)
        low, high = score_from_z(self.limits, *self.metric)
        found = taylor_score(raw.ravel(), known.ravel(), self.coefficients, float(low), float(high))
        return NormScore(z_from_score(found.score, *self.metric).reshape(raw.shape), found.off_scale.reshape(raw.shape))

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,), unrounded, of the children who stand at z (n,) at ages (n,), held within the raw scores of the sample."""
        z, age = np.broadcast_arrays(np.asarray(z, dtype=np.float64), np.asarray(age, dtype=np.float64))
        inside = (z >= self.limits[0]) & (z <= self.limits[1]) & (age >= self.ages[0]) & (age <= self.ages[1])
        raw = np.clip(taylor_raw(score_from_z(z, *self.metric).ravel(), age.ravel(), self.coefficients), *self.raws)
        return np.where(inside, raw.reshape(z.shape), np.nan)


def fit_taylor(
    sample: Sample, ranks: Ranks | None = None, *, metric: Metric = T, score_power: int | None = None, age_power: int | None = None,
    terms: int | None = None, r2: float | None = None, consistent: Check = "sparse", tolerance: float = 0.01,
    limits: tuple[float, float] = (-2.5, 2.5), ages: tuple[float, float] | None = None,
) -> TaylorModel:  # fmt: skip
    """A Taylor model of a sample, whose children are ranked by `rank_by_group` (the default, one group for each age) or `rank_by_window`.

    score_power, age_power : highest powers, 5 and 3 if none is given, equal if one is.
    terms : take the subset of so many terms. r2 : take the smallest with a higher adjusted R2. Neither: the largest consistent one;
    in a sample of one age the smallest with an adjusted R2 above .99.
    consistent : ``sparse`` looks at 50 scores of the youngest and the oldest age, ``dense`` at the whole curve of 101 ages, in
    which a fall of up to ``tolerance`` raw points passes. It is stricter: choose it, or fewer terms, if the model has `violations`.
    limits : lowest and highest z to be told. ages : youngest and oldest age of the norms, if not those of the sample.

    Raises UsageError if the powers are too many for the sample, or no subset is as asked for.
    """
    ranked = rank_by_group(sample) if ranks is None else ranks
    _check(sample, ranked, limits, score_power, age_power)
    score = score_from_z(ranked.z, *metric)
    one_age = float(np.ptp(sample.age)) == 0.0
    powers = term_powers(*_powers(score_power, age_power, one_age))
    low, high = (float(end) for end in score_from_z(limits, *metric))
    young, old = float(sample.age.min()), float(sample.age.max())
    spread = (float(score.min()), float(score.max()))
    where = Range(spread, (low, high), (young, old), (young, old) if ages is None else ages, not sample.descending)
    kept = kept_subsets(score, sample.age, sample.raw, sample.weight, powers, where, consistent, tolerance)
    subset = chosen_subset(kept, terms, GOOD_R2 if one_age and terms is None and r2 is None else r2, consistent, tolerance)
    looked, (falls,) = falls_within(subset.coefficients[None], where)
    violations = tuple(Violation(float(age), float(fall)) for age, fall in zip(looked, falls, strict=True) if fall > tolerance)
    raws = (float(sample.raw.min()), float(sample.raw.max()))
    return TaylorModel(subset, kept, metric, sample.n, sample.effective_n, limits, where.ages, raws, spread, sample.descending, tolerance, violations)


def _powers(score_power: int | None, age_power: int | None, one_age: bool) -> tuple[int, int]:
    if score_power is None and age_power is None:
        return 5, 0 if one_age else 3
    score = age_power if score_power is None else score_power
    age = score_power if age_power is None else age_power
    assert score is not None and age is not None
    return score, 0 if one_age else age


def _check(sample: Sample, ranks: Ranks, limits: tuple[float, float], *powers: int | None) -> None:
    if ranks.percentile.size != sample.n:
        raise UsageError(Issue("ranks_length", f"{ranks.percentile.size} ranks, {sample.n} children", "rank this sample, not the table it came from", field="ranks"))
    if any(power is not None and not 1 <= power <= 12 for power in powers):
        raise UsageError(Issue("powers", "a power is not from 1 to 12", "5 for the score and 3 for the age are usual"))
    if not limits[0] < 0.0 < limits[1]:
        raise UsageError(Issue("limits", "the limits do not lie on both sides of the mean", "write two z: (-2.5, 2.5)", field="limits"))
