"""The calibrated models of a pack as arrays: item parameters in the order of a scale's items, prior, rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.compile.options import Options
from otscore.compile.rows import NO_TABLE
from otscore.errors import Issue, PackInvalid
from otscore.kernel.graded_ability import GradedModel
from otscore.kernel.irt import RaschModel
from otscore.kernel.joint_map import JointModel
from otscore.kernel.prior import AgePrior, PolynomialPrior
from otscore.pack import Pack, Table
from otscore.pack.items import item_file
from otscore.schema.irt import Estimator, Graded, Irt, JointMap, LogisticMap, Prior, RaschEap

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Shift:
    """Added to the prior mean by the value of a stratum: (v,) in the order of its values."""

    stratum: str
    by: Floats


@dataclass(frozen=True, slots=True)
class RaschForm:
    """Rasch EAP: model, prior and its metric, item order for the relevance window, rounding, limit of the outfit."""

    model: RaschModel
    prior: AgePrior
    shifts: tuple[Shift, ...]
    prior_scale: tuple[float, float]
    order: Places
    decimals: int | None
    outfit_above: float | None


@dataclass(frozen=True, slots=True)
class GradedForm:
    """Graded response model: model, prior, estimator, rounding."""

    model: GradedModel
    prior: AgePrior
    shifts: tuple[Shift, ...]
    estimator: Estimator
    decimals: int | None


@dataclass(frozen=True, slots=True)
class LogisticForm:
    """Two-parameter logistic model: (k,) item parameters, prior, what is added to the ability, rounding."""

    discrimination: Floats
    difficulty: Floats
    prior: PolynomialPrior
    location: float
    decimals: int | None


@dataclass(frozen=True, eq=False)
class JointForm:
    """Several abilities at once: columns of all items, model over them, prior mean, what is added, rounding."""

    columns: Places
    model: JointModel
    prior: PolynomialPrior
    location: float
    decimals: int | None


@dataclass(frozen=True, slots=True)
class JointPlace:
    """One ability of a joint model."""

    joint: JointForm
    place: int


IrtForm = RaschForm | GradedForm | LogisticForm | JointPlace


def model_of(pack: Pack, scale: str) -> Irt:
    """The calibrated model of a scale.

    Raises PackInvalid where there is none.
    """
    for model in pack.manifest.irt:
        if scale in model.scales:
            return model
    raise PackInvalid(Issue("irt_missing", f"scale {scale} has raw = \"irt\", and no [[irt]] names it", "", "pack.toml"))


def item_table(pack: Pack, model: Irt) -> Table:
    """The table of item parameters."""
    return named_table(pack, item_file(model))


def named_table(pack: Pack, name: str) -> Table:
    """A table of the pack by its file name.

    Raises PackInvalid where it is missing.
    """
    if name not in pack.tables:
        raise PackInvalid(Issue("table_missing", "the table is named but not there", NO_TABLE, f"tables/{name}"))
    return pack.tables[name]


def irt_form(pack: Pack, scale: str, codes: list[str], options: Options) -> RaschForm | GradedForm | LogisticForm:
    """The model of one scale over its items, in their order."""
    model = model_of(pack, scale)
    if isinstance(model, RaschEap):
        return _rasch(pack, model, codes, options)
    if isinstance(model, Graded):
        return _graded(pack, model, codes, options)
    assert isinstance(model, LogisticMap)
    table = item_table(pack, model)
    discrimination, difficulty = (_in_order(table, name, codes) for name in ("discrimination", "difficulty"))
    prior = PolynomialPrior(
        model.prior.age_centre, model.prior.age_scale, np.array(model.prior.mean), np.array(model.prior.log_variance)
    )
    return LogisticForm(discrimination, difficulty, prior, model.location, model.decimals)


def joint_form(pack: Pack, model: JointMap, index: Mapping[str, int]) -> JointForm:
    """A joint model over all of its items; the abilities are in the order of its scales."""
    table = item_table(pack, model)
    items = [item for item in table.text("item") if item in index]
    loadings = np.column_stack([_in_order(table, scale, items) for scale in model.scales])
    mean, precision = (named_table(pack, name) for name in (model.prior.mean, model.prior.precision))
    powers = np.argsort(mean.numbers("power"), kind="stable")
    coefficients = np.column_stack([mean.numbers(scale)[powers] for scale in model.scales])
    rows = [precision.text("scale").index(scale) for scale in model.scales]
    matrix = np.column_stack([precision.numbers(scale)[rows] for scale in model.scales])
    return JointForm(
        np.array([index[item] for item in items], dtype=np.intp),
        JointModel.build(loadings, _in_order(table, "tau", items), np.ascontiguousarray(matrix)),
        PolynomialPrior(model.prior.age_centre, model.prior.age_scale, coefficients, np.empty(0)), model.location, model.decimals,
    )  # fmt: skip


def _in_order(table: Table, column: str, codes: list[str]) -> Floats:
    place = {item: number for number, item in enumerate(table.text("item"))}
    return table.numbers(column)[[place[code] for code in codes]]


def _grid(model: RaschEap | Graded) -> Floats:
    steps = round((model.grid.to - model.grid.from_) / model.grid.by)
    return model.grid.from_ + model.grid.by * np.arange(steps + 1, dtype=np.float64)


def _rasch(pack: Pack, model: RaschEap, codes: list[str], options: Options) -> RaschForm:
    difficulties = _in_order(item_table(pack, model), "tau", codes)
    slope = 1.0 if options.historic_scale else model.slope
    metric = (model.intercept, model.slope) if options.logit else (0.0, 1.0)
    built = RaschModel.build((difficulties - metric[0]) / metric[1], slope / metric[1], (_grid(model) - metric[0]) / metric[1])
    order = np.array(sorted(range(len(codes)), key=lambda place: codes[place]), dtype=np.intp)
    return RaschForm(built, _prior(model.prior), _shifts(pack, model.prior), metric, order, model.decimals, model.outfit_above)


def _graded(pack: Pack, model: Graded, codes: list[str], options: Options) -> GradedForm:
    table = item_table(pack, model)
    columns = (table.text("item"), table.numbers("points"), table.numbers("loading"), table.numbers("threshold"))
    steps: dict[str, list[tuple[float, float, float]]] = {code: [] for code in codes}
    for item, points, loading, threshold in zip(*columns, strict=True):
        if item in steps:
            steps[item].append((float(points), float(threshold), float(loading)))
    rising = [sorted(steps[code]) for code in codes]
    built = GradedModel.build(
        np.array([item[0][2] for item in rising]), [np.array([step[1] for step in item]) for item in rising], model.link, _grid(model)
    )
    return GradedForm(built, _prior(model.prior), _shifts(pack, model.prior), options.estimator or model.estimator, model.decimals)


def _prior(prior: Prior) -> AgePrior:
    segments = prior.segments
    upto = np.array([np.inf if segment.upto is None else segment.upto for segment in segments])
    parts = {name: np.array([getattr(segment, name) for segment in segments]) for name in ("constant", "linear", "log", "shift")}
    age_from = -np.inf if prior.age_from is None else prior.age_from
    return AgePrior(upto=upto, **parts, age_from=age_from, sd=prior.sd)


def _shifts(pack: Pack, prior: Prior) -> tuple[Shift, ...]:
    strata = pack.manifest.strata
    return tuple(Shift(name, np.array([by.get(value, np.nan) for value in strata[name].values])) for name, by in prior.shift.items())
