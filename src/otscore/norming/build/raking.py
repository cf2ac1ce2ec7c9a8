"""Weights from the margins of a recipe: children stand for more or fewer, until the sample has the shares of the population."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import cast

import numpy as np

from otscore.norming.build.data import Data
from otscore.norming.build.recipe import Recipe
from otscore.norming.fit.raking import rake


def raked(recipe: Recipe, data: Data) -> Data:
    """The data with the weights that meet the margins; as they are where the recipe has none.

    Children without a value of a margin are left out, and counted. Raises UsageError where margins and sample have other levels.
    """
    if not recipe.raking:
        return data
    cells = {name: np.array(values) for name, values in data.margins.items()}
    known = data.used & np.isfinite(data.age) & np.all([values != "" for values in cells.values()], axis=0)
    margins: dict[str, Mapping[Hashable, float]] = {one.column: cast(Mapping[Hashable, float], one.shares) for one in recipe.raking}
    found = rake({name: values[known] for name, values in cells.items()}, margins)
    weight = np.zeros(known.size)
    weight[known] = found.weight / found.weight.mean()
    left = int((data.used & ~known).sum())
    remarks = [f"raked to {', '.join(cells)}: weights 1 to {found.largest:.3g}, as precise as {found.effective_n:.0f} unweighted children"]
    remarks += [f"left out: {left} without a value of a margin"] if left else []
    remarks += [] if found.converged else [f"raking has not settled: shares are up to {found.gap:.3g} off the margins"]
    return replace(data, weight=weight, used=known, remarks=(*data.remarks, *remarks))
