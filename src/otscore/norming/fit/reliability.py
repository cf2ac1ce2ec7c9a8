"""How well the parts of a score agree: coefficient alpha, and the error of a single trial of several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError

Floats = NDArray[np.float64]


def alpha(points: Floats) -> float:
    """Coefficient alpha of the parts (n, k) of a sum (Cronbach 1951, doi:10.1007/BF02310555); of passed and failed items KR-20.

    Raises UsageError for fewer than two children or two parts, or where all sums are alike.
    """
    n, k = points.shape
    _enough(n, k)
    total = float(points.sum(axis=1).var())
    if not total > 0.0:
        raise UsageError(Issue("sums_alike", "all children have the same sum", "alpha is not defined where nothing differs"))
    return float(k / (k - 1) * (1.0 - points.var(axis=0).sum() / total))


def single_trial_sem(trials: Floats) -> float:
    """SEM of one trial: root of the mean square of trials (n, k) about the mean of their child (Shrout & Fleiss 1979, ICC(1,1),
    doi:10.1037/0033-2909.86.2.420). Raises UsageError for fewer than two children or two trials.
    """
    n, k = trials.shape
    _enough(n, k)
    about = trials - trials.mean(axis=1, keepdims=True)
    return float(np.sqrt((about**2).sum() / (n * (k - 1))))


def _enough(n: int, k: int) -> None:
    if n < 2 or k < 2:
        raise UsageError(Issue("reliability_size", f"{n} children with {k} parts each", "two children and two parts are the least"))
