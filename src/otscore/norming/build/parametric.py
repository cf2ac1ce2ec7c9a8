"""A model of norms as the figures of its own method, where a pack knows that method."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.bccg import bccg_value, bccg_z
from otscore.kernel.bct import bct_value, bct_z
from otscore.kernel.curves import lms_value, lms_z
from otscore.kernel.shash import shash_value, shash_z
from otscore.norming.build.recipe import AgeRecipe
from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.build.taylor_digits import steady_coefficients
from otscore.norming.fit.beta_binomial_regression import BetaBinomialRegressionModel
from otscore.norming.fit.boxcox import BoxCoxModel
from otscore.norming.fit.conventional import MeanSdModel
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.normal import NormalModel
from otscore.norming.fit.regression import RegressionModel
from otscore.norming.fit.shash import ShashModel
from otscore.norming.fit.taylor import TaylorModel

Floats = NDArray[np.float64]
Row = dict[str, str]


STRAIGHT = 0.1
"""How far a score may be off between two nodes, in units of its last place; no more than 0.002 of z."""


class Own(NamedTuple):
    """The method of a pack, and its rows without the keys of scale and strata."""

    method: str
    rows: list[Row]


def own_table(model: NormModel, scale: ScaleRecipe, rule: AgeRecipe, digits: int) -> Own:
    """The figures of a model to so many significant digits. Raises UsageError where a pack cannot hold them."""
    write = WRITERS.get(model.method)
    if write is None:
        hint = f'Write `table = "lookup"`, or take one of: {", ".join(WRITERS)}'
        raise UsageError(Issue("no_own_table", f"a pack has no table for the figures of {model.method}", hint, field=f"scales.{scale.id}.table"))
    return write(model, scale, rule, digits)


def figure(value: float, digits: int) -> str:
    """A number to so many significant digits, as tables write it."""
    return f"{float(value) + 0.0:.{digits}g}"


def _regression(model: RegressionModel, scale: ScaleRecipe, rule: AgeRecipe, digits: int) -> Own:
    values = {"age_centre": model.basis.centre, "age_scale": model.basis.scale}
    values |= {f"b{power}": coefficient for power, coefficient in enumerate(model.mean)}
    values |= {f"logsd{power}": coefficient for power, coefficient in enumerate(model.log_sd)}
    return Own(model.method, [{name: figure(value, digits) for name, value in values.items()}])


def _beta_binomial_regression(model: BetaBinomialRegressionModel, scale: ScaleRecipe, rule: AgeRecipe, digits: int) -> Own:
    values = {name: getattr(model, name) for name in ("n_items", "intercept", "slope", "reference_age", "phi")}
    return Own(model.method, [{name: figure(value, digits) for name, value in values.items()}])


def _taylor(model: TaylorModel, scale: ScaleRecipe, rule: AgeRecipe, digits: int) -> Own:
    return Own("taylor", [{"power_score": str(i), "power_age": str(j), "coefficient": text} for i, j, text in steady_coefficients(model)])


def _nodes(model: BoxCoxModel | NormalModel | ShashModel, scale: ScaleRecipe, rule: AgeRecipe, digits: int) -> Own:
    """The curve at ages between which a straight line is as good: half way a score is off by a tenth of its last place at most."""
    count, most = 21, min(0.002, STRAIGHT * 10.0**-scale.decimals / (scale.mean_sd or (0.0, 1.0))[1])
    while count < 641 and _off(model, np.linspace(rule.from_, rule.below, count)) > most:
        count = 2 * count - 1
    ages = np.linspace(rule.from_, rule.below, count)
    columns = {"age": _column(ages, 12)} | {name: _column(values, digits) for name, values in model.nodes(ages).items()}
    return Own(model.method, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)])


def _column(values: Floats, digits: int) -> list[str]:
    """Figures with the same number of decimals, so many significant digits in the largest."""
    places = max(digits - 1 - math.floor(math.log10(float(np.abs(values).max()) or 1.0)), 0)
    told = [f"{value + 0.0:.{places}f}" for value in values.tolist()]
    zeros = min(len(one) - len(one.rstrip("0")) for one in told) if places else 0
    return [one[: len(one) - zeros].rstrip(".") if zeros else one for one in told]


def _off(model: BoxCoxModel | NormalModel | ShashModel, ages: Floats) -> float:
    """How far z of the children at -2, 0 and 2 is off, half way between two nodes, where the curve is read on a straight line."""
    middle = (ages[:-1] + ages[1:]) / 2
    known = (middle >= model.ages[0]) & (middle <= model.ages[1])
    nodes, between = model.nodes(ages), list(model.nodes(middle[known]).values())
    straight = [((values[:-1] + values[1:]) / 2)[known] for values in nodes.values()]
    worst = 0.0
    for z in (-2.0, 0.0, 2.0):
        raw = CURVES[model.method][0](np.full(int(known.sum()), z), *between)
        worst = max(worst, float(np.nanmax(np.abs(CURVES[model.method][1](raw, *straight) - z), initial=0.0)))
    return worst


CURVES: dict[str, tuple[Callable[..., Floats], Callable[..., Floats]]] = {
    "lms": (lms_value, lms_z),
    "bccg": (bccg_value, bccg_z),
    "bct": (bct_value, bct_z),
    "shash": (shash_value, shash_z),
    "normal": (lambda z, mean, sd: mean + sd * z, lambda raw, mean, sd: (raw - mean) / sd),
}
"""Measurement at z, and z of a measurement, by the parameters of a curve."""


def _mean_sd(model: MeanSdModel, scale: ScaleRecipe, rule: AgeRecipe, digits: int) -> Own:
    bands = zip(rule.bands[:-1], rule.bands[1:], model.mean, model.sd, model.n_in_band, strict=True)
    rows = [
        {"age_from": figure(low, 12), "age_to": figure(high, 12), "mean": figure(mean, digits), "sd": figure(sd, digits), "n": str(n)}
        for low, high, mean, sd, n in bands
    ]  # fmt: skip
    return Own("mean_sd", rows)


WRITERS: dict[str, Callable[[Any, ScaleRecipe, AgeRecipe, int], Own]] = {
    "regression": _regression,
    "lognormal_regression": _regression,
    "beta_binomial_regression": _beta_binomial_regression,
    "taylor": _taylor,
    "lms": _nodes,
    "bccg": _nodes,
    "bct": _nodes,
    "shash": _nodes,
    "normal": _nodes,
    "mean_sd": _mean_sd,
}
