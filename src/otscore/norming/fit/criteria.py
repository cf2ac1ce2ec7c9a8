"""Information criteria: which of several models of one sample expects new children best.

Akaike 1974, IEEE Transactions on Automatic Control 19, 716-723, doi:10.1109/TAC.1974.1100705. Schwarz 1978, Annals of Statistics
6, 461-464, doi:10.1214/aos/1176344136. Both stand on the log-likelihood of the raw scores, constants included, so that they compare
distributions of different kinds: a beta-binomial gives the probability of a whole number, a curve its density. For whole
numbers a density per point is that probability nearly, as long as the SD is some points wide; a curve that is narrower at some age,
as at a ceiling, is flattered.

With weights (of mean 1) the log-likelihood counts n children, and holds what effective n of them tell: each parameter raises it by
chance n / effective n times as much, and costs so much more (design effect of Kish 1965; Lumley & Scott 2015, Journal of Survey
Statistics and Methodology 3, 1-18, doi:10.1093/jssam/smu021).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from otscore.errors import Issue, UsageError
from otscore.norming.fit.model import LikelihoodModel
from otscore.norming.fit.origin import sample_key
from otscore.norming.fit.samples import Sample


class Criteria(NamedTuple):
    """What speaks for a model; lower AIC and BIC are better, and only differences between models of one sample mean anything."""

    method: str
    n: int
    """Children, the number in the log-likelihood (weights have mean 1)."""
    effective_n: float
    """Of an unweighted sample of the same precision: n without weights, less with them (Kish 1965)."""
    n_parameters: float
    log_likelihood: float
    aic: float
    bic: float


def aic(log_likelihood: float, n_parameters: float, design_effect: float = 1.0) -> float:
    """Akaike's criterion: 2 parameters - 2 log-likelihood; a parameter costs design_effect (n / effective n) times as much."""
    return 2.0 * n_parameters * design_effect - 2.0 * log_likelihood


def bic(log_likelihood: float, n_parameters: float, effective_n: float, design_effect: float = 1.0) -> float:
    """Schwarz's criterion: ln(effective n) parameters - 2 log-likelihood; a parameter costs design_effect times as much."""
    return float(np.log(effective_n)) * n_parameters * design_effect - 2.0 * log_likelihood


def compare(models: Sequence[LikelihoodModel], sample: Sample) -> tuple[Criteria, ...]:
    """Criteria of models of this sample, in the order given.

    Raises UsageError if a model was fitted to another sample: other children, ages, raw scores or weights.
    """
    for place, model in enumerate(models):
        _check_same(place, model, sample)
    return tuple(_criteria(model, sample.effective_n) for model in models)


def _criteria(model: LikelihoodModel, effective_n: float) -> Criteria:
    value, count, effect = model.log_likelihood, model.n_parameters, model.n / effective_n
    return Criteria(model.method, model.n, effective_n, count, value, aic(value, count, effect), bic(value, count, effective_n, effect))


def _check_same(place: int, model: LikelihoodModel, sample: Sample) -> None:
    if not hasattr(model, "log_likelihood"):
        raise UsageError(Issue(
            "no_likelihood", f"model {place + 1} ({model.method}) has no likelihood of the raw scores",
            "compare it with others by cross_validate", field="models",
        ))  # fmt: skip
    ages = float(sample.age.min()), float(sample.age.max())
    # a model that keeps no key is known by the number and the ages of its children alone
    key = getattr(model, "sample_key", None)
    if model.n != sample.n or model.ages != ages or key not in (None, sample_key(sample)):
        raise UsageError(Issue(
            "other_sample", f"model {place + 1} ({model.method}) was fitted to another sample",
            "criteria compare models of the same children, raw scores, ages and weights: fit them to one sample", field="models",
        ))  # fmt: skip
