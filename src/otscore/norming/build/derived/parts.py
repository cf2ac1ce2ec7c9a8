"""The rows of a table from the children of one scale and stratum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.build.derived import recipe as recipes
from otscore.norming.build.derived.rows import Rows, Table
from otscore.norming.build.fitting import basis_of, shape_of
from otscore.norming.build.models import BetaBinomialRegressionRecipe, NormalRecipe, RegressionRecipe
from otscore.norming.fit.base_rates import base_rates, percentile_cells
from otscore.norming.fit.beta_binomial_regression import fit_beta_binomial_regression
from otscore.norming.fit.boxcox import BoxCoxModel, fit_bccg, fit_bct, fit_lms
from otscore.norming.fit.model import NormModel, converged
from otscore.norming.fit.normal import NormalModel, fit_normal
from otscore.norming.fit.quantiles import first_to_last_quantiles, midpoint_quantiles
from otscore.norming.fit.regression import fit_lognormal_regression, fit_regression
from otscore.norming.fit.reliability import alpha, single_trial_sem
from otscore.norming.fit.samples import Sample, sample

Floats = NDArray[np.float64]
Figures = dict[str, float]
"""A row: figures by column, NaN where there is none."""


def figures(part: recipes.AnyPart, scale: str, table: Table, age: Floats, weight: Floats, chosen: Rows) -> Iterator[Figures]:
    """The rows of one scale, of the chosen (n,) of all children. Raises UsageError where they cannot carry it."""
    yield from PARTS[part.how](part, scale, table, age, weight, chosen)


def _sample(scale: str, table: Table, age: Floats, weight: Floats, chosen: Rows) -> Sample:
    return sample(table.numbers(scale)[chosen], age[chosen], weight[chosen])


def _nodes(part: recipes.NodesPart, *of: Any) -> Iterator[Figures]:
    children, ages = _sample(*of), part.ages.ages
    nodes = _curves(part, children).nodes(ages)
    for place, age in enumerate(ages):
        near = {} if part.within is None else {"n": float((np.abs(children.age - age) <= part.within).sum())}
        yield {"age": float(age), **{name: float(values[place]) for name, values in nodes.items()}, **near}


def _curves(part: recipes.NodesPart, children: Sample) -> BoxCoxModel | NormalModel:
    asked = part.model
    if isinstance(asked, NormalRecipe):
        return fit_normal(children, shape_of(asked.mean), shape_of(asked.spread))
    power, median, spread = (shape_of(curve) for curve in (asked.power, asked.median, asked.spread))
    if asked.method == "bct":
        return fit_bct(children, power, median, spread, shape_of(asked.tails))
    return (fit_lms if asked.method == "lms" else fit_bccg)(children, power, median, spread)


def _coefficients(part: recipes.CoefficientsPart, *of: Any) -> Iterator[Figures]:
    fit = _regression if isinstance(part.model, RegressionRecipe) else _count
    children = _sample(*of)
    yield {**fit(part, children), "n": float(children.n)}


def _regression(part: recipes.CoefficientsPart, children: Sample) -> Figures:
    assert isinstance(part.model, RegressionRecipe)
    fit = fit_regression if part.model.method == "regression" else fit_lognormal_regression
    model = fit(children, basis_of(part.model, children), part.model.mean_degree, part.model.log_sd_degree)
    _arrived(model)
    told = {"age_centre": model.basis.centre, "age_scale": model.basis.scale}
    told |= {f"b{power}": float(one) for power, one in enumerate(model.mean)}
    return told | {f"logsd{power}": float(one) for power, one in enumerate(model.log_sd)}


def _count(part: recipes.CoefficientsPart, children: Sample) -> Figures:
    assert isinstance(part.model, BetaBinomialRegressionRecipe)
    items = part.items
    if items is None:
        hint = "Write `items`: the most that can be passed, and not the most that was"
        raise UsageError(Issue("items_missing", "a model of a count needs the number of items", hint, field="items"))
    model = fit_beta_binomial_regression(children, items, part.model.reference_age or float(np.median(children.age)))
    _arrived(model)
    return {"n_items": float(items)} | {name: float(getattr(model, name)) for name in ("intercept", "slope", "reference_age", "phi")}


def _arrived(model: NormModel) -> None:
    if not converged(model):
        raise UsageError(Issue("fit_not_converged", f"{model.method}: the fit has not come to an end", "Take lower degrees, or another model"))


def _percentiles(part: recipes.PercentilesPart, *of: Any) -> Iterator[Figures]:
    definition = midpoint_quantiles if part.quantiles == "midpoint" else first_to_last_quantiles
    cells = percentile_cells(_sample(*of), part.bands, part.percents, definition)
    for place, (low, high) in enumerate(pairwise(part.bands)):
        raw, seen = cells.raw[place], -np.inf
        row: Figures = {"age_from": low, "age_to": high, "n": float(cells.n[place])}
        for percent, value in zip(part.percents, raw.tolist(), strict=True):
            row[f"p{percent:02d}"] = np.nan if part.repeated == "leave_out" and value <= seen else value
            seen = max(seen, value)
        yield row


def _base_rates(part: recipes.BaseRatesPart, *of: Any) -> Iterator[Figures]:
    rates = base_rates(_sample(*of), part.bands, part.raws)
    for place, (low, high) in enumerate(pairwise(part.bands)):
        for raw, percent in zip(part.raws, rates.percent[place].tolist(), strict=True):
            yield {"age_from": low, "age_to": high, "raw": raw, "percent": percent, "n": float(rates.n[place])}


def _alpha(part: recipes.AlphaPart, scale: str, table: Table, age: Floats, weight: Floats, chosen: Rows) -> Iterator[Figures]:
    found = []
    for low, high in pairwise(part.bands):
        rows = chosen & (age >= low) & (age < high)
        points = table.parts_of(scale)[rows]
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) >= part.fewest:
            found.append((low, high, alpha(points), len(points)))
    if part.pooled:
        _, _, values, counts = zip(*found, strict=True)
        yield {"age_from": part.bands[0], "age_to": part.bands[-1], "value": float(np.average(values, weights=counts))}
    else:
        yield from ({"age_from": low, "age_to": high, "value": value} for low, high, value, _ in found)


def _trials(part: recipes.TrialsPart, scale: str, table: Table, age: Floats, weight: Floats, chosen: Rows) -> Iterator[Figures]:
    for low, high in pairwise(part.bands):
        trials = table.parts_of(part.trials)[chosen & (age >= low) & (age < high)]
        yield {"age_from": low, "age_to": high, "value": single_trial_sem(trials[np.isfinite(trials).all(axis=1)])}


PARTS: dict[str, Callable[..., Iterator[Figures]]] = {
    "nodes": _nodes, "coefficients": _coefficients, "percentiles": _percentiles, "base_rates": _base_rates, "alpha": _alpha,
    "sem_of_a_trial": _trials,
}  # fmt: skip
