"""The files of a pack from what was made of the data: the same recipe and data give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from otscore.codes import Metric
from otscore.norming.build.cases import COLUMNS
from otscore.norming.build.data import Data
from otscore.norming.build.made import Made
from otscore.norming.build.recipe import Recipe
from otscore.norming.build.report import report, report_json, report_page
from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.build.toml import toml_text

RECIPE, REPORT, PAGE = "recipe/recipe.toml", "recipe/report.json", "recipe/report.md"
Row = dict[str, str]


def pack_files(recipe: Recipe, text: str, licence: str, data: Data, made: Sequence[Made], version: str) -> dict[str, str]:
    """The files of the edition: path below its directory = text. text : of the recipe; licence : of the file it names."""
    told, strata = report(recipe, data, made, version), [name for name in recipe.strata if name != "sex"]
    files = {
        "instrument.toml": toml_text(_instrument(recipe)),
        "items.csv": _csv(("item", "options", "domain"), [{"item": item(scale), "options": _options(scale), "domain": scale.domain.value} for scale in recipe.scales]),
        "pack.toml": toml_text(_manifest(recipe, data, made)),
        "SOURCES.toml": toml_text(_sources(recipe, data, made, version)),
        "cases.csv": _csv((*COLUMNS[:5], *strata, *COLUMNS[5:]), [row for one in made for part in one.parts for row in part.cases]),
        RECIPE: text, REPORT: report_json(told), PAGE: report_page(told),
    }  # fmt: skip
    for name, rows in tables(made):
        files[f"tables/{name}"] = _csv(tuple(dict.fromkeys(key for row in rows for key in row)), rows)
    if psychometrics := [scale for scale in recipe.scales if scale.reliability is not None]:
        files["psychometrics.csv"] = _csv(("scale", "age_from", "age_to", "statistic", "metric", "value", "source"), [_precision(scale) for scale in psychometrics])
    if recipe.licence.text is not None:
        files[recipe.licence.text] = licence
    if recipe.licence.private:
        files[".gitignore"] = "# Figures that may not be passed on.\n*\n"
    return files


def item(scale: ScaleRecipe) -> str:
    """The code under which the raw score is entered."""
    return f"{scale.id}_raw"


def tables(made: Sequence[Made]) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows) of every table."""
    for one in made:
        yield f"{one.scale.id}.csv", [row for part in one.parts for row in part.table.rows]
        if one.scale.age_equivalents:
            yield f"{one.scale.id}_age.csv", [row for part in one.parts for row in part.ages]


def _options(scale: ScaleRecipe) -> str:
    return f"{scale.id}_raw"


def _instrument(recipe: Recipe) -> dict[str, Any]:
    options, scales = {}, []
    for scale in recipe.scales:
        options[_options(scale)] = {"range": scale.range, "whole": scale.whole or None, "unit": scale.unit or None}
        same = {"domain": scale.domain.value, "items": [item(scale)], "raw": "sum", "higher_is": scale.higher_is}
        scales.append({"id": scale.id, **same})
        if scale.age_equivalents:
            scales.append({"id": f"{scale.id}_age", **same})
    return {
        "schema": 1, "id": recipe.instrument, "name": recipe.name, "summary": recipe.summary, "informants": recipe.informants,
        "rights": recipe.rights, "options": options, "scales": scales,
    }  # fmt: skip


def _manifest(recipe: Recipe, data: Data, made: Sequence[Made]) -> dict[str, Any]:
    rule, group = recipe.age, recipe.group
    convention = rule.convention or ("days" if rule.unit == "days" else "ymd_calendar")
    strata = {name: {"values": one.values, "aliases": one.aliases or None} for name, one in recipe.strata.items()}
    most = max(sum(part.children.n for part in one.parts) for one in made)
    return {
        "schema": 1, "instrument": recipe.instrument, "edition": recipe.edition, "version": recipe.version, "title": recipe.title, "status": recipe.status,
        "kind": "normed", "default_group": group.id, "intended_use": recipe.intended_use, "notices": [*recipe.notices, *_notices(recipe, made)],
        "licence": {"figures": recipe.licence.figures, "evidence": recipe.licence.evidence, "text": recipe.licence.text, "private": recipe.licence.private or None},
        "age": {"unit": rule.unit, "convention": convention, "use": rule.use, "from": rule.from_, "below": rule.below},
        "strata": strata or None,
        "norm_groups": [{"id": group.id, "label": group.label, "n": most, "country": group.country or None, "years": group.years or None, "note": group.note or None}],
        "norms": [norm for one in made for norm in _norms(recipe, one)],
    }  # fmt: skip


def _notices(recipe: Recipe, made: Sequence[Made]) -> Iterator[str]:
    """What every reader of a score must know about how the norms were made."""
    for one in made:
        fewest = min(int(part.by_band.min()) for part in one.parts)
        n = sum(part.children.n for part in one.parts)
        each = "each age band and stratum" if one.scale.strata else "each age band"
        yield f"{one.scale.id}: computed from {n} children by the model {one.scale.model.method}; at least {fewest} children in {each}."
        repaired = sum(len(part.table.repairs) for part in one.parts)
        if repaired:
            yield f"{one.scale.id}: {repaired} scores of the model fell where the raw score rises, and were set to that of a neighbour (see {PAGE})."
        if one.scale.reliability is None:
            yield f"{one.scale.id}: no reliability was given, so no interval is printed."
        if one.scale.age_equivalents:
            yield f"{one.scale.id}_age: an age equivalent is the age whose median raw score it is; it says nothing about how far a child is from its age group."
        if one.scale.higher_is == "less_able":
            turned = "the score is a z, and higher is more able, unlike the raw score"
            yield f"{one.scale.id}: {turned if one.scale.metric is Metric.Z else 'a higher score says less able, as the raw score does; z is turned'}."


def _norms(recipe: Recipe, made: Made) -> Iterator[dict[str, Any]]:
    scale = made.scale
    same = {"group": recipe.group.id, "strata": scale.strata or None}
    yield {
        "scales": [scale.id], **same, "method": made.method, "table": f"{scale.id}.csv", "metric": scale.metric.value, "mean": scale.mean, "sd": scale.sd,
        "decimals": scale.decimals, "score_limits": scale.limits, "percentile": "printed" if scale.percentiles else None,
        "interval": scale.interval.model_dump(mode="json") if scale.interval else None,
    }  # fmt: skip
    if scale.age_equivalents:
        yield {"scales": [f"{scale.id}_age"], **same, "method": "lookup", "table": f"{scale.id}_age.csv", "metric": Metric.AGE_EQUIVALENT.value, "decimals": 0}


def _sources(recipe: Recipe, data: Data, made: Sequence[Made], version: str) -> dict[str, Any]:
    children = sum(part.children.n for one in made for part in one.parts)
    how = f"computed by otscore norms build {version} from {RECIPE}; data sha256 {data.sha256}"
    checked = f"{children} raw scores went in; residuals, repairs and observed percentiles stand in {REPORT}"
    files = [f"tables/{name}" for name, _ in tables(made)]
    entries = [
        {"file": file, "source": "sample", "place": f"column {_column(recipe, file)}", "read": recipe.data.read, "transcribed": how, "checked": checked}
        for file in files
    ]  # fmt: skip
    if any(scale.reliability is not None for scale in recipe.scales):
        told = {"place": "key reliability of the recipe", "read": recipe.data.read, "transcribed": f"taken from {RECIPE}", "checked": "not computed from these data"}
        entries.append({"file": "psychometrics.csv", "source": "sample", **told})
    sources = {"sample": {"citation": recipe.data.citation, "doi": recipe.data.doi or None, "url": recipe.data.url or None}}
    return {"schema": 1, "sources": sources, "tables": entries}


def _column(recipe: Recipe, file: str) -> str:
    name = file.removeprefix("tables/").removesuffix(".csv")
    return next(scale.column for scale in recipe.scales if name in (scale.id, f"{scale.id}_age"))


def _precision(scale: ScaleRecipe) -> Row:
    """The reliability of a scale, or the SEM it leads to where the interval stands around the observed score."""
    assert scale.reliability is not None and scale.interval is not None and scale.mean_sd is not None
    by_sem = scale.interval.kind == "observed"
    value = scale.mean_sd[1] * (1.0 - scale.reliability) ** 0.5 if by_sem else scale.reliability
    return {"scale": scale.id, "statistic": "sem" if by_sem else "reliability", "metric": "score", "value": f"{value:.9g}", "source": "sample"}


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
