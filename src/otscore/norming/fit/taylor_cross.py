"""How well a Taylor model tells children who were not in the sample: repeated fits to four children in five, tried on the fifth.

More terms always fit the sample better; how many of them hold for other children is seen here. Both parts are ranked by
themselves, so that the children left out have no share in the norms they are compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.metric import score_from_z
from otscore.kernel.taylor import taylor_raw
from otscore.norming.fit.rank import Ranks, rank_by_group
from otscore.norming.fit.samples import Sample
from otscore.norming.fit.taylor import Metric, T, TaylorModel, fit_taylor

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TermsTried:
    """What subsets of 1, 2, ..., s terms did, each figure the mean of all repeats; ``fitted``: in the sample itself, ``new``: in children left out."""

    n_terms: NDArray[np.intp]
    """(s,)"""
    consistent: Floats
    """(s,) share of repeats in which there was a consistent subset of that size, by the sparse check."""
    rmse_fitted: Floats
    rmse_new: Floats
    """(s,) root of the mean squared error of the raw score expected of a child's rank, in raw points."""
    r2_fitted: Floats
    r2_new: Floats
    """(s,) 1 - squared errors of the norm score told by the raw score / squared deviations of the norm scores of the ranks."""

    @property
    def crossfit(self) -> Floats:
        """(s,) r2_fitted / r2_new: above 1 the model tells the sample better than it tells others; .9 to 1.1 is usual."""
        return self.r2_fitted / self.r2_new


def cross_validate_terms(
    sample: Sample, rank: Callable[[Sample], Ranks] = rank_by_group, *, metric: Metric = T, score_power: int | None = None,
    age_power: int | None = None, repeats: int = 10, seed: int = 1,
) -> TermsTried:  # fmt: skip
    """Fit the best subset of each size to 80 % of the children, and try it on the other 20 %, repeatedly.

    rank : ranks a sample, ``lambda part: rank_by_window(part, 1.0)`` for a window. Of every five children next to each other in
    age one is left out by chance, the same for the same ``seed``. Raises UsageError as `fit_taylor` does, or for less than one repeat.
    """
    if repeats < 1:
        raise UsageError(Issue("repeats", "there is nothing to repeat", "give 1 or more; 10 are usual", field="repeats"))
    random = np.random.default_rng(seed)
    ages = (float(sample.age.min()), float(sample.age.max()))
    told = []
    for _ in range(repeats):
        out = left_out(sample.age, random)
        fitted, new = _part(sample, ~out), _part(sample, out)
        ranks, others = rank(fitted), rank(new)
        whole = fit_taylor(fitted, ranks, metric=metric, score_power=score_power, age_power=age_power, terms=1, ages=ages)
        told.append([(one.consistent, *_errors(replace(whole, subset=one), fitted, ranks), *_errors(replace(whole, subset=one), new, others)) for one in whole.subsets])
    consistent, rmse_fitted, r2_fitted, rmse_new, r2_new = np.mean(np.array(told, dtype=np.float64), axis=0).T
    return TermsTried(np.arange(1, consistent.size + 1), consistent, rmse_fitted, rmse_new, r2_fitted, r2_new)


def left_out(age: Floats, random: np.random.Generator) -> NDArray[np.bool_]:
    """(n,) one of every five children next to each other in age, by chance."""
    order = np.lexsort((random.random(age.size), age))
    out = np.zeros(age.size, dtype=bool)
    starts = np.arange(0, age.size, 5)
    out[order[np.minimum(starts + random.integers(0, 5, starts.size), age.size - 1)]] = True
    return out


def _part(sample: Sample, some: NDArray[np.bool_]) -> Sample:
    weight = sample.weight[some]
    return Sample(sample.raw[some], sample.age[some], weight / weight.mean(), sample.descending)


def _errors(model: TaylorModel, part: Sample, ranks: Ranks) -> tuple[float, float]:
    """RMSE of raw scores, and R2 of norm scores; children whose standing is undefined count as told nothing better than the mean."""
    expected = np.clip(taylor_raw(score_from_z(ranks.z, *model.metric), part.age, model.coefficients), *model.raws)
    rmse = float(np.sqrt(np.average((expected - part.raw) ** 2, weights=part.weight)))
    z = ranks.z
    middle = float(np.average(z, weights=part.weight))
    told = model.score(part.raw, part.age).z
    errors = np.where(np.isnan(told), z - middle, told - z)
    return rmse, 1.0 - float(part.weight @ errors**2 / (part.weight @ (z - middle) ** 2))
