"""What every model of norms can do, whatever it was fitted by."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError

Floats = NDArray[np.float64]


class NormScore(NamedTuple):
    """Where (n,) children stand, in standard deviations of their age; higher is what a higher raw score is, or the reverse if the sample is descending."""

    z: Floats
    """z at the age; the limit itself where the raw score lies beyond what the model tells; NaN where nothing is defined."""
    off_scale: NDArray[np.int8]
    """-1: z is the lower limit or less, 1: the upper limit or more, 0: z itself, or undefined."""


class NormModel(Protocol):
    """Norms as a function of age. Ages are those of the sample, in its unit; raw scores those of its scale."""

    @property
    def method(self) -> str:
        """Name of the model: ``taylor``, ``beta_binomial``, ``shash``, ``bccg``, ..."""
        ...

    @property
    def n(self) -> int:
        """Children the model was fitted to."""
        ...

    @property
    def n_parameters(self) -> float:
        """Parameters estimated; effective degrees of freedom of a penalised fit."""
        ...

    @property
    def ages(self) -> tuple[float, float]:
        """Youngest and oldest age of the sample: outside of them a model tells nothing."""
        ...

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest z that the model tells."""
        ...

    def score(self, raw: Floats, age: Floats) -> NormScore:
        """Standing of raw scores (n,) at ages (n,)."""
        ...

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) of the children who stand at z (n,) at ages (n,): the percentile curves. NaN outside the limits."""
        ...


def converged(model: NormModel) -> bool:
    """Whether its fit came to an end; a model that says nothing of it has none to come to, or raises."""
    return bool(getattr(model, "converged", True))


def check_arrived(moved: float, tolerance: float, what: str) -> None:
    """Raises UsageError where a fit ended at its last step and not at its end; ``moved`` : by the last step."""
    if not moved < tolerance:
        raise UsageError(Issue("fit_not_converged", f"{what}: the fit has not come to an end", "Give it more steps, or leave out what it cannot tell"))


class LikelihoodModel(NormModel, Protocol):
    """A model of the whole distribution, so that information criteria compare it with another one of the same sample."""

    @property
    def log_likelihood(self) -> float:
        """Natural log of the (weighted) likelihood of the sample, of the raw scores themselves, constants included."""
        ...
