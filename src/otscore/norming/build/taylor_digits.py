"""Coefficients of a Taylor model in figures that are the same on every machine.

Powers of score and age are so much alike that coefficients differ in the tenth digit from one machine to the next, though their
curves do not: an error of one is made up for by the others. So each is rounded as far as the others can make up for it, the next
ones are moved to do so, and what none can make up for stays below `FINE` (the nearest plane of a lattice: Babai 1986,
Combinatorica 6, 1-13, doi:10.1007/BF02579403).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from otscore.kernel.metric import score_from_z
from otscore.norming.fit.subsets import triangle
from otscore.norming.fit.taylor import TaylorModel

Floats = NDArray[np.float64]

FINE = 1e-7
"""Of the range of raw scores: far above what machines differ by, far below what a score shows."""
_POINTS = 25


def steady_coefficients(model: TaylorModel) -> list[tuple[int, int, str]]:
    """(power of score, power of age, coefficient) of every term, the constant first, as a table writes them."""
    powers = np.argwhere(model.coefficients != 0.0)
    powers = powers[np.lexsort((powers[:, 0], powers.sum(axis=1)))]
    upper = triangle(_terms(model, powers)) / _POINTS
    aim = upper @ model.coefficients[powers[:, 0], powers[:, 1]]
    fine = FINE * (model.raws[1] - model.raws[0])
    found, texts = np.zeros(len(powers)), [""] * len(powers)
    for place in reversed(range(len(powers))):
        own = upper[place, place]
        texts[place] = _figure((aim[place] - upper[place, place + 1 :] @ found[place + 1 :]) / own, fine / abs(own))
        found[place] = float(texts[place])
    return sorted((int(i), int(j), text) for (i, j), text in zip(powers, texts, strict=True))


def _terms(model: TaylorModel, powers: NDArray[np.intp]) -> Floats:
    """Every term at scores and ages spread over those of the norms, denser at their ends."""
    spread = np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
    low, high = (float(end) for end in score_from_z(model.limits, *model.metric))
    scores = (low + high + (high - low) * spread) / 2.0
    ages = (sum(model.ages) + (model.ages[1] - model.ages[0]) * spread) / 2.0
    score, age = (side.ravel() for side in np.meshgrid(scores, ages))
    return np.column_stack([score**i * age**j for i, j in powers.tolist()])


def _figure(value: float, step: float) -> str:
    """The value to a decimal place about as fine as the step."""
    return f"{value:.{math.ceil(math.log10(abs(value) / step))}g}" if abs(value) > step else "0"
