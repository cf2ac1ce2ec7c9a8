"""How well a way of fitting norms tells of children it has not seen: fitted to some, tried on the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from otscore.errors import Issue, UsageError
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.samples import Sample, sample

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Fit = Callable[[Sample], NormModel]
LogScore = Callable[[NormModel, Sample], Floats]
PERCENTS = np.arange(2.5, 100.0, 5.0)


@dataclass(frozen=True)
class CrossValidation:
    """One entry for each of f trials.

    n_fitted, n_tried : children. mean_z, sd_z : of those tried, under the model of the others: near 0 and 1. raw_error : mean
    distance between raw scores and the percentile curves, in raw points (twice the mean quantile loss over 20 percentiles, the
    ranked probability score): lower is better, also between models of different kinds. log_score : mean log likelihood of a
    child that was tried, NaN where none is told: higher is better. untold : share of children to whom the model gave no standing.
    T. Gneiting & A. Raftery 2007, JASA 102, 359-378, doi:10.1198/016214506000001437 (both scores).
    """

    n_fitted: NDArray[np.int64]
    n_tried: NDArray[np.int64]
    mean_z: Floats
    sd_z: Floats
    raw_error: Floats
    log_score: Floats
    untold: Floats


def cross_validate(found: Sample, fit: Fit, folds: int = 5, seed: int = 1, log_score: LogScore | None = None) -> CrossValidation:
    """Each child is tried once, under a model of the other folds. Children of one age are spread over the folds.

    log_score : gives the log likelihood (n,) of children under a model. Raises UsageError for fewer than 2 folds, or fewer
    children than folds; what ``fit`` raises is not held back.
    """
    if not 2 <= folds <= found.n:
        raise UsageError(Issue("folds", f"{folds} folds of {found.n} children", "Take 2 folds or more, and no more than children"))
    order = _by_age(found, np.random.default_rng(seed))
    fold = np.empty(found.n, dtype=np.intp)
    fold[order] = np.arange(found.n) % folds
    return _tried(found, fit, ((fold != one, fold == one) for one in range(folds)), log_score)


def hold_out(found: Sample, fit: Fit, share: float = 0.2, times: int = 10, seed: int = 1, log_score: LogScore | None = None) -> CrossValidation:
    """Fitted ``times`` times to a random part of the children and tried on the rest, a ``share`` of them.

    Raises UsageError where a share leaves nobody to fit or to try.
    """
    n = round(share * found.n)
    if not (0 < n < found.n and times > 0):
        raise UsageError(Issue("share", f"{share:g} of {found.n} children, {times} times", "Take a share between 0 and 1, such as 0.2"))
    rng = np.random.default_rng(seed)

    def parts() -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        for _ in range(times):
            tried = np.zeros(found.n, dtype=np.bool_)
            tried[rng.permutation(found.n)[:n]] = True
            yield ~tried, tried

    return _tried(found, fit, parts(), log_score)


def part(found: Sample, chosen: NDArray[np.bool_] | Places) -> Sample:
    """Some children of a sample, with their weights; these have the mean 1 again."""
    return sample(found.raw[chosen], found.age[chosen], found.weight[chosen], found.descending)


def raw_errors(model: NormModel, found: Sample) -> Floats:
    """Ranked probability score (n,) of each child, in raw points. A child whose curve is not defined is NaN."""
    total = np.zeros(found.n)
    for share in PERCENTS / 100.0:
        z = special.ndtri(1.0 - share if found.descending else share)
        off = found.raw - model.value(np.full(found.n, z), found.age)
        total += np.maximum(share * off, (share - 1.0) * off)
    return 2.0 * total / PERCENTS.size


def _by_age(found: Sample, rng: np.random.Generator) -> Places:
    """Places in rising order of age, children of the same age in random order."""
    return np.lexsort((rng.random(found.n), found.age))


def _tried(
    found: Sample, fit: Fit, parts: Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]], log_score: LogScore | None
) -> CrossValidation:  # fmt: skip
    _check_function(fit)
    rows = []
    for fitted, tried in parts:
        model, others = fit(part(found, fitted)), part(found, tried)
        z = model.score(others.raw, others.age).z
        told = np.isfinite(z)
        mean = _mean(z[told], others.weight[told])
        sd = np.sqrt(_mean((z[told] - mean) ** 2, others.weight[told]))
        errors = raw_errors(model, others)
        known = np.isfinite(errors)
        logs = np.full(others.n, np.nan) if log_score is None else log_score(model, others)
        untold = _mean((~told).astype(np.float64), others.weight)
        rows.append((fitted.sum(), others.n, mean, sd, _mean(errors[known], others.weight[known]), _mean(logs, others.weight), untold))
    n_fitted, n_tried, *figures = zip(*rows, strict=True)
    return CrossValidation(np.array(n_fitted, dtype=np.int64), np.array(n_tried, dtype=np.int64), *(np.array(one, dtype=np.float64) for one in figures))


def _check_function(fit: object) -> None:
    if not callable(fit):
        hint = "Give the function, not the model it has made: lambda some: fit_beta_binomial(some, 40)"
        raise UsageError(Issue("fit", "what fits the model to a part of the children is no function", hint, field="fit"))


def _mean(values: Floats, weight: Floats) -> float:
    return float(values @ weight / weight.sum()) if values.size else float("nan")
