"""What the fit was: children, model, criteria, repairs, residuals - as JSON for a program and as a page to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from otscore.norming.build.data import Data
from otscore.norming.build.made import CURVES, Made, Part
from otscore.norming.build.recipe import Recipe
from otscore.norming.fit.bootstrap import BootstrapBands
from otscore.norming.fit.diagnostics import FEWEST_TOLD, Residuals, Shares
from otscore.norming.fit.taylor import TaylorModel

DIGITS = 6
"""Significant digits of the figures of the report."""
LISTED = 40
"""Repaired cells that are written out; of more, their number."""


def report(recipe: Recipe, data: Data, made: Sequence[Made], version: str) -> dict[str, Any]:
    """The report as plain data, without a child's data."""
    return {
        "pack": f"{recipe.instrument}@{recipe.edition}",
        "otscore": version,
        "data_sha256": data.sha256,
        "age_unit": recipe.age.unit,
        "digits": recipe.digits,
        "data": list(data.remarks),
        "scales": [_scale(recipe, one) for one in made],
    }


def _scale(recipe: Recipe, made: Made) -> dict[str, Any]:
    return {
        "scale": made.scale.id, "table": made.method, "model": made.scale.model.model_dump(mode="json"),
        "remarks": made.remarks, "parts": [_part(recipe, part) for part in made.parts],
    }  # fmt: skip


def _part(recipe: Recipe, part: Part) -> dict[str, Any]:
    edges, table = recipe.age.bands, part.table
    bands = zip(edges[:-1], edges[1:], recipe.age.ages, part.by_band.tolist(), strict=True)
    return {
        "strata": part.strata, "n": part.children.n, "effective_n": _round(part.children.effective_n), "ages": [_round(age) for age in part.model.ages],
        "bands": [{"from": low, "below": high, "computed_at": age, "n": n} for low, high, age, n in bands],
        "fit": fit_figures(part),
        "repairs": [[one.age, one.raw, one.before, one.after] for one in table.repairs],
        "falls_with_age": [[one.age, one.raw, one.before, one.after] for one in table.falls],
        "undefined": [list(cell) for cell in table.undefined],
        "residuals": [dict(zip(RESIDUAL_HEAD, row, strict=True)) for row in residual_rows(part.residuals)],
        "percentiles": [dict(zip(share_head(part.shares), row, strict=True)) for row in share_rows(part.shares)],
        "bootstrap": sure_figures(part.sure),
    }  # fmt: skip


def sure_figures(found: BootstrapBands | None) -> dict[str, Any] | None:
    """Raw scores of the percentile curves with their 90 % bands, by age; None where none were drawn."""
    if found is None:
        return None
    curves = {
        f"z {z:g}": [[_round(part[place, number], 4) for part in (found.figure, found.low, found.high)] for place in range(found.ages.size)]
        for number, z in enumerate(CURVES)
    }  # fmt: skip
    return {"samples": found.drawn, "failed": found.failed, "ages": [_round(age) for age in found.ages], **curves}


def fit_figures(part: Part) -> dict[str, Any]:
    """Parameters and criteria, as far as the model has them."""
    model = part.model
    told: dict[str, Any] = {"method": model.method, "n_parameters": _round(model.n_parameters)}
    for name in ("log_likelihood", "aic", "bic", "rmse"):
        value = getattr(model, name, None)
        if isinstance(value, float | int | np.floating):
            told[name] = _round(float(value), max(DIGITS, len(f"{abs(value):.0f}") + 2))
    if isinstance(model, TaylorModel):
        told |= {"adjusted_r2": _round(model.subset.adjusted_r2), "turns_back_at": [[_round(one.age), _round(one.fall)] for one in model.violations]}
        told["coefficients"] = {f"L^{i} A^{j}": [_round(model.coefficients[i, j]), None] for i, j in np.argwhere(model.coefficients != 0.0).tolist()}
    estimates = getattr(model, "estimates", None)
    if estimates is not None:
        names = zip(estimates.names, estimates.coefficients, estimates.robust_errors, strict=True)
        told["coefficients"] = {name: [_round(value), _round(error)] for name, value, error in names}
    return told


RESIDUAL_HEAD = ("from", "below", "n", "off_scale", "undefined", "mean", "sd", "skew", "kurtosis", "below_minus_2", "below_minus_1", "below_0", "below_1", "below_2")


def residual_rows(found: Residuals) -> list[list[Any]]:
    """A row for each age band, the last for all."""
    rows = []
    for place in range(found.n.size):
        whole = [int(part[place]) for part in (found.n, found.off_scale, found.undefined)]
        moments = [part[place] for part in (found.mean, found.sd, found.skew, found.kurtosis)]
        figures = _enough([*moments, *(100 * found.below[place])], whole[0])
        rows.append([_round(found.age_from[place]), _round(found.age_to[place]), *whole, *figures])
    return rows


def share_head(found: Shares) -> list[str]:
    """Names of the columns of observed percentiles."""
    return ["from", "below", "n", *(f"p{percent:g}" for percent in found.percents)]


def share_rows(found: Shares) -> list[list[Any]]:
    """Observed percentiles, a row for each age band, the last for all."""
    ends = zip(found.age_from, found.age_to, found.n, found.observed, strict=True)
    return [[_round(low), _round(high), int(n), *_enough(observed, int(n))] for low, high, n, observed in ends]


def _enough(figures: Iterable[float], n: int) -> list[float | None]:
    """Figures of n children; None where they are too few."""
    return [_steady(one) if n >= FEWEST_TOLD else None for one in figures]


def _round(value: float, digits: int = DIGITS) -> float | None:
    """The number to so many significant digits; None where there is none."""
    return float(f"{float(value):.{digits}g}") + 0.0 if np.isfinite(value) else None


def _steady(value: float) -> float | None:
    """A figure near 0 or some percent, to three places: the rest is noise of the sample."""
    return round(float(value), 3) + 0.0 if np.isfinite(value) else None


def report_json(told: dict[str, Any]) -> str:
    """The report as a JSON file."""
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def report_page(told: dict[str, Any]) -> str:
    """The report as a page in Markdown."""
    lines = [f"# How the norms of {told['pack']} were made", ""]
    lines += [f"otscore {told['otscore']}; sha256 of the data {told['data_sha256']}.", ""]
    lines += [f"- {remark}" for remark in told["data"]]
    for scale in told["scales"]:
        lines += ["", f"## {scale['scale']}", "", f"Model: {_words(scale['model'])}. Table: {scale['table']}."]
        lines += ["", *(f"- {remark}" for remark in scale["remarks"])] if scale["remarks"] else []
        for part in scale["parts"]:
            lines += _part_lines(part, told["age_unit"])
    return "\n".join(lines) + "\n"


def _words(model: dict[str, Any]) -> str:
    return ", ".join(str(value) if name == "method" else f"{name} {value}" for name, value in model.items() if value is not None)


CHANGED = {
    "repairs": "Repaired, because the score fell where the raw score rises",
    "falls_with_age": "Higher than in the age band before for the same raw score (not repaired)",
}


def _part_lines(part: dict[str, Any], unit: str) -> Iterator[str]:
    if part["strata"]:
        yield from ("", "### " + ", ".join(f"{name} {value}" for name, value in part["strata"].items()))
    effective = "" if part["effective_n"] == part["n"] else f" (weighted, as precise as {part['effective_n']:g} unweighted ones)"
    yield from ("", f"{part['n']} children{effective}, {part['ages'][0]:g} to {part['ages'][1]:g} {unit} old.", "")
    yield ", ".join(f"{name} {value:g}" for name, value in part["fit"].items() if isinstance(value, float)) + "."
    if "coefficients" in part["fit"]:
        yield from ("", *_table(("coefficient", "value", "standard error"), ((name, *pair) for name, pair in part["fit"]["coefficients"].items())))
    yield from ("", *_table(("from", "below", "computed at", "children"), (band.values() for band in part["bands"])))
    yield from ("", "Standings of the children under the model (mean 0, SD 1, skew and kurtosis 0 where it fits; percent below a z, nominal 2.3, 15.9, 50, 84.1, 97.7):")
    yield from ("", *_table(RESIDUAL_HEAD, (row.values() for row in part["residuals"])))
    yield from ("", "Percent of the children below the percentile curves of the model:")
    yield from ("", *_table(part["percentiles"][0], (row.values() for row in part["percentiles"])))
    if part["bootstrap"]:
        yield from ("", f"Raw scores of the curves at a z, and between which 90 % of {part['bootstrap']['samples']} samples drawn from the sample lie:", "")
        curves = {name: [_between(*cells) for cells in values] for name, values in part["bootstrap"].items() if name.startswith("z ")}
        yield from _table(("age", *curves), zip(part["bootstrap"]["ages"], *curves.values(), strict=True))
    for key, says in CHANGED.items():
        if part[key]:
            more = [f"and {len(part[key]) - LISTED} more"] if len(part[key]) > LISTED else []
            yield from ("", f"{says}:", "", *_table(("age", "raw", "before", "after"), part[key][:LISTED]), *more)
    if part["undefined"]:
        yield from ("", f"Without a score: {', '.join(f'raw {raw:g} at {age:g}' for age, raw in part['undefined'][:LISTED])}.")


def _between(figure: float | None, low: float | None, high: float | None) -> str:
    return "" if figure is None else f"{figure:g} ({low:g} to {high:g})" if low is not None and high is not None else f"{figure:g}"


def _table(head: Any, rows: Any) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(list(head))
    for row in rows:
        yield "| " + " | ".join("" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row) + " |"
