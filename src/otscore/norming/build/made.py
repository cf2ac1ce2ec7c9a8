"""What is made of the data of one scale: for each stratum a sample, its model, its table, and how the model fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.build import cases
from otscore.norming.build.data import Data
from otscore.norming.build.doubts import crowded, few, misfit
from otscore.norming.build.fitting import fit_scale
from otscore.norming.build.parametric import own_table
from otscore.norming.build.recipe import Recipe
from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.build.tabulate import Row, Tabulated, age_equivalents, tabulate
from otscore.norming.fit.bootstrap import BootstrapBands, bootstrap_values
from otscore.norming.fit.diagnostics import Residuals, Shares, residuals, shares
from otscore.norming.fit.model import NormModel
from otscore.norming.fit.samples import Sample, sample

CURVES = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""z of the curves whose bootstrap bands are told."""
Say = Callable[[str], None]
FEWEST = 30
"""Children without whom there are no norms of a scale and stratum."""


@dataclass(frozen=True)
class Part:
    """One stratum (none: all children) of a scale. by_band : children in each age band. sure : bootstrap bands of the curves."""

    strata: Row
    children: Sample
    model: NormModel
    by_band: NDArray[np.int64]
    table: Tabulated
    ages: list[Row]
    residuals: Residuals
    shares: Shares
    cases: list[Row]
    sure: BootstrapBands | None = None


@dataclass
class Made:
    """A scale as built: the method of its table, its parts, and what its author must know."""

    scale: ScaleRecipe
    method: str = "lookup"
    parts: list[Part] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def make(recipe: Recipe, data: Data, say: Say) -> list[Made]:
    """Every scale of the recipe, fitted and tabulated. ``say`` is told what is being done.

    Raises UsageError where a sample is too small, or a model cannot be fitted to it.
    """
    return [_scale(recipe, scale, data, say) for scale in recipe.scales]


def _scale(recipe: Recipe, scale: ScaleRecipe, data: Data, say: Say) -> Made:
    made = Made(scale)
    for codes in product(*(range(len(recipe.strata[name].values)) for name in scale.strata)):
        strata = {name: recipe.strata[name].values[code] for name, code in zip(scale.strata, codes, strict=True)}
        chosen = data.children(scale, codes)
        where = " ".join((scale.id, *strata.values()))
        if chosen.sum() < FEWEST:
            hint = f"{FEWEST} are the least; take fewer strata, or a wider range of ages"
            raise UsageError(Issue("sample_small", f"{where}: {chosen.sum()} children are too few to norm anything", hint, data.source, field=scale.column))
        children = sample(data.raw[scale.id][chosen], data.age[chosen], data.weight[chosen])
        say(f"{where}: {children.n} children, model {scale.model.method}")
        group = None if data.group is None else data.group[chosen]
        part = _part(recipe, made, strata, children, fit_scale(scale, recipe.age, children, group))
        made.parts.append(part)
        made.remarks += _remarks(recipe, where, scale, part)
    return made


def _part(recipe: Recipe, made: Made, strata: Row, children: Sample, model: NormModel) -> Part:
    scale, rule = made.scale, recipe.age
    edges = np.array(rule.bands)
    by_band = np.histogram(children.age, edges)[0].astype(np.int64)
    if scale.model.method in ("mean_sd", "band_ranks") and by_band.min() < FEWEST:
        hint = f"{FEWEST} are the least where each band is normed by itself; take wider bands, or a model that goes on over age"
        raise UsageError(Issue("band_small", f"{scale.id}: an age band with {by_band.min()} children", hint, field="age.bands"))
    _within(model, made, recipe)
    if scale.table == "lookup":
        table = tabulate(model, scale, rule, strata)
    else:
        made.method, rows = own_table(model, scale, rule, recipe.digits)
        table = Tabulated([{"scale": scale.id, **strata, **row} for row in rows])
    equivalents = age_equivalents(model, scale, rule, strata) if scale.age_equivalents else []
    if equivalents is None:
        hint = "Leave `age_equivalents` out: where the median does not rise there is none to tell"
        raise UsageError(Issue("median_falls", f"the median raw score of {scale.id} falls with age", hint, field=f"scales.{scale.id}.age_equivalents"))
    found = cases.examples(model, scale, rule, children, table, recipe.cases)
    ages = cases.expected_ages(model, rule, np.array([one.raw for one in found])) if scale.age_equivalents else []
    first = 1 + sum("responses" in row for part in made.parts for row in part.cases)
    rows = list(cases.case_rows(scale, strata, found, ages, first))
    looks = residuals(model, children, edges), shares(model, children, edges)
    return Part(strata, children, model, by_band, table, equivalents, *looks, rows, _sure(recipe, scale, children))


def _sure(recipe: Recipe, scale: ScaleRecipe, children: Sample) -> BootstrapBands | None:
    """How far the percentile curves move from one sample to the next, at the ages of the bands."""
    if not recipe.bootstrap:
        return None
    return bootstrap_values(children, lambda drawn: fit_scale(scale, recipe.age, drawn), CURVES, recipe.age.ages, recipe.bootstrap)


def _within(model: NormModel, made: Made, recipe: Recipe) -> None:
    """Raises UsageError where a band is computed at an age that no child of the sample reaches."""
    youngest, oldest = model.ages
    outside = [age for age in recipe.age.ages if not youngest <= age <= oldest]
    if outside:
        hint = f"The children are {youngest:.6g} to {oldest:.6g} {recipe.age.unit} old: let [age] end there, or choose the ages of the bands with `at`"
        told = ", ".join(f"{age:.6g}" for age in outside)
        raise UsageError(Issue("band_outside", f"{made.scale.id}: bands computed at {told}, where the model tells nothing", hint, field="age.bands"))


def _remarks(recipe: Recipe, where: str, scale: ScaleRecipe, part: Part) -> Iterator[str]:
    unit, edges = recipe.age.unit, recipe.age.bands
    yield from few(where, part.by_band, edges, unit)
    yield from crowded(where, part.children, scale, edges, unit)
    yield from misfit(where, part.residuals, part.children, unit)
    if told := drawn_out(recipe, scale, part):
        yield f"{where}: {told}"
    if part.table.repairs:
        yield f"{where}: {_cells(part.table.repairs)} where the score fell and the raw score rises, repaired"
    if part.table.falls:
        yield f"{where}: {_cells(part.table.falls)} where an older child has a higher score for the same raw score, left as they are"
    if part.table.undefined:
        yield f"{where}: {_cells(part.table.undefined)} without a score, because the model gives the raw score none or several"
    if violations := getattr(part.model, "violations", ()):
        yield f"{where}: the model turns back at {len(violations)} of the ages looked at; take fewer terms"
    low, high = part.children.raw.min(), part.children.raw.max()
    if scale.table == "lookup" and (low, high) != scale.range:
        yield f"{where}: the sample has raw scores from {low:g} to {high:g}; scores of others are drawn out"
    if not part.cases:
        yield f"{where}: no child of the sample could be worked out as an example"


def drawn_out(recipe: Recipe, scale: ScaleRecipe, part: Part) -> str:
    """What is to be said where a curve goes on to ages that no child of the sample has; empty where there are none."""
    (youngest, oldest), edges = part.model.ages, recipe.age.bands
    most = 0.02 * (edges[-1] - edges[0])
    if scale.table == "lookup" or (youngest <= edges[0] + most and oldest + 2 * recipe.age.beyond >= edges[-1] - most):
        return ""
    return f"the children are {youngest:.4g} to {oldest:.4g} {recipe.age.unit} old; norms of other ages are drawn out"


def _cells(found: Sequence[object]) -> str:
    return f"{len(found)} cell" if len(found) == 1 else f"{len(found)} cells"
