"""How sure norms are: the same model fitted to many samples drawn from the sample, and how far its norms move.

Children are drawn, with what they weigh, as often as there are children. B. Efron & R. Tibshirani 1993, An introduction to the
bootstrap (percentile intervals). A sample of few children in an age band shows here, where a table of smooth numbers hides it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.fit.cross_validation import Fit, part
from otscore.norming.fit.model import NormModel, converged
from otscore.norming.fit.samples import Sample

Floats = NDArray[np.float64]
MOST_FAILED = 0.1


@dataclass(frozen=True)
class BootstrapBands:
    """Figures of the model of the whole sample, (a, k) at a ages, with the ends of their bootstrap band and standard errors.

    drawn : samples whose model could be fitted; failed : those where it could not, or the fit did not come to an end. All NaN where a model tells nothing.
    """

    ages: Floats
    figure: Floats
    low: Floats
    high: Floats
    error: Floats
    drawn: int
    failed: int


def bootstrap_values(found: Sample, fit: Fit, z: ArrayLike, ages: ArrayLike, times: int = 200, seed: int = 1, level: float = 0.9) -> BootstrapBands:
    """Bands of the percentile curves: raw scores of the children who stand at z (k,) at ages (a,).

    Raises UsageError where times or level cannot be, or more than a tenth of the samples cannot be fitted.
    """
    asked, at = _grid(z, ages)
    return _bootstrap(found, fit, lambda model: model.value(asked.ravel(), at.ravel()).reshape(asked.shape), at[:, 0], times, seed, level)


def bootstrap_scores(found: Sample, fit: Fit, raw: ArrayLike, ages: ArrayLike, times: int = 200, seed: int = 1, level: float = 0.9) -> BootstrapBands:
    """Bands of the norms themselves: z of raw scores (k,) at ages (a,); raises as `bootstrap_values` does."""
    asked, at = _grid(raw, ages)
    return _bootstrap(found, fit, lambda model: model.score(asked.ravel(), at.ravel()).z.reshape(asked.shape), at[:, 0], times, seed, level)


def _grid(asked: ArrayLike, ages: ArrayLike) -> tuple[Floats, Floats]:
    columns, rows = np.asarray(asked, dtype=np.float64).ravel(), np.asarray(ages, dtype=np.float64).ravel()
    shape = (rows.size, columns.size)
    return np.broadcast_to(columns, shape).copy(), np.broadcast_to(rows[:, None], shape).copy()


def _bootstrap(
    found: Sample, fit: Fit, figures: Callable[[NormModel], Floats], ages: Floats, times: int, seed: int, level: float
) -> BootstrapBands:  # fmt: skip
    if times < 2 or not 0.0 < level < 1.0:
        raise UsageError(Issue("bootstrap", f"{times} samples, level {level:g}", "Draw 2 samples or more (200 for a look, 1000 to print); a level lies between 0 and 1"))
    whole, rng, drawn, failed = figures(fit(found)), np.random.default_rng(seed), [], 0
    for _ in range(times):
        places = rng.integers(0, found.n, found.n)
        try:
            model = fit(part(found, places))
        except (UsageError, np.linalg.LinAlgError):
            failed += 1
            continue
        if converged(model):
            drawn.append(figures(model))
        else:
            failed += 1
    if failed > MOST_FAILED * times:
        hint = "The model asks too much of this sample: take fewer terms, or more children"
        raise UsageError(Issue("bootstrap_failed", f"the model could not be fitted to {failed} of {times} samples drawn from the sample", hint))
    every = np.array(drawn)
    untold = np.isnan(every).all(axis=0)
    tail = 50.0 * (1.0 - level)
    low, high, error = np.full_like(whole, np.nan), np.full_like(whole, np.nan), np.full_like(whole, np.nan)
    told = every[:, ~untold]
    low[~untold], high[~untold] = np.nanpercentile(told, [tail, 100.0 - tail], axis=0)
    error[~untold] = np.nanstd(told, axis=0, ddof=1)
    return BootstrapBands(ages, whole, low, high, error, len(drawn), failed)
