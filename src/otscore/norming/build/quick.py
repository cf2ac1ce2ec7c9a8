"""A recipe with sensible defaults, for one's own sample: what is not said is taken from the file, and written down."""

from __future__ import annotations

import hashlib
import math
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.codes import Metric
from otscore.errors import Issue, UsageError
from otscore.norming.build.data import NUMBER
from otscore.norming.build.recipe import Recipe, recipe_of
from otscore.norming.build.toml import toml_text
from otscore.norming.sheets import read_sheets
from otscore.norming.target import slug
from otscore.schema.mapping import did_you_mean

LICENCE = "LICENCE.txt"
LICENCE_TEXT = "Norms from a sample of one's own. Not to be passed on, unless whoever answers for the sample says so.\n"
UNITS = ("years", "months", "days")
LIMITS: dict[str, tuple[float, float]] = {
    "z": (-3, 3), "t": (20, 80), "standard": (55, 145), "scaled": (1, 19), "v_scale": (6, 24), "sten": (1, 10), "stanine": (1, 9),
    "nce": (1, 99), "percentile": (1, 99),
}  # fmt: skip
"""Lowest and highest score that is told, three SD off the mean where the metric goes that far."""
WIDTHS = {"years": 0.5, "months": 6.0, "days": 183.0}
SEX = {"column": "", "values": ["male", "female"], "aliases": {"m": "male", "boy": "male", "f": "female", "girl": "female"}}


@dataclass(frozen=True)
class Asked:
    """What was said on the command line; None or empty: to be found."""

    sample: Path
    raw: str
    age: str
    name: str
    range: tuple[float, float]
    day: str
    edition: str = "1"
    scale: str = ""
    domain: str = "general"
    age_unit: str = ""
    ages: tuple[float, float] | None = None
    band: float | None = None
    model: str = "taylor"
    metric: str = "t"
    sex: str | None = None
    weight: str | None = None
    group: str | None = None
    child: str | None = None
    missing: tuple[str, ...] = ()
    reliability: float | None = None
    measurement: bool = False
    less_able: bool = False
    label: str = ""


def quick_recipe(asked: Asked, directory: Path) -> tuple[Recipe, str]:
    """The recipe, and its text, for a pack in a directory. Raises UsageError for what cannot be found."""
    if asked.metric not in LIMITS:
        raise UsageError(Issue("metric", f"{asked.metric} is no metric that norms are made in here", f"Allowed: {', '.join(LIMITS)}"))
    unit = asked.age_unit or next((unit for unit in UNITS if unit[:-1] in asked.age.casefold()), "")
    if not unit:
        raise UsageError(Issue("age_unit", f"the name {asked.age} does not say what the ages are counted in", f"Add --age-unit; allowed: {', '.join(UNITS)}"))
    ages = _ages_in(asked)
    whole = bool((ages == np.floor(ages)).all()) and unit != "days"
    width = asked.band or (1.0 if whole and unit == "years" else WIDTHS[unit])
    low, below = asked.ages or _ends(ages, width, unit, 1.0 if whole else 0.0)
    model = {"method": asked.model} | _no_more_than(asked.model, int(np.unique(ages).size) - 1)
    document = _document(asked, unit, (low, below), _edges(low, below, width), whole, directory) | {"scales": [_scale(asked, model)]}
    text = toml_text(document)
    return recipe_of(tomllib.loads(text), "the recipe made of these options"), text


def _ages_in(asked: Asked) -> NDArray[np.float64]:
    """The ages that are numbers; what is wrong with the others is said when the data are read."""
    rows = [[str(cell).strip() for cell in row] for row in read_sheets(asked.sample)[0].rows]
    header = rows[0] if rows else []
    if asked.age not in header:
        hint = f"{did_you_mean(asked.age, header)}The file has: {', '.join(header[:40])}"
        raise UsageError(Issue("column_missing", f"there is no column {asked.age}, named by --age", hint, str(asked.sample)))
    place = header.index(asked.age)
    found = [float(row[place]) for row in rows[1:] if NUMBER.fullmatch(row[place]) and row[place] not in asked.missing]
    if not found:
        raise UsageError(Issue("column_empty", "no child has an age", "Is it the right column?", str(asked.sample), field=asked.age))
    return np.array(found)


def _ends(ages: NDArray[np.float64], width: float, unit: str, step: float) -> tuple[float, float]:
    """From the first band whose middle is an age of the sample to the last one."""
    youngest, oldest = float(ages.min()), float(ages.max())
    first, last = math.floor(youngest / width + 1e-9), math.floor(oldest / width + 1e-9)
    half = (width - step) / 2
    first += (first * width + half) < youngest - 1e-9
    last -= (last * width + half) > oldest + 1e-9
    if last < first:
        hint = f"Say where they end, and how wide they are: --ages FROM:BELOW --band WIDTH (in {unit})"
        raise UsageError(Issue("age_bands", "the ages of the sample do not fill one age band", hint))
    return first * width, (last + 1) * width


def _edges(low: float, below: float, width: float) -> list[float]:
    count = max(math.ceil((below - low) / width - 1e-9), 1)
    return [*(round(low + place * width, 9) for place in range(count)), below]


def _document(asked: Asked, unit: str, ends: tuple[float, float], edges: Sequence[float], whole: bool, directory: Path) -> dict[str, Any]:
    label = asked.label or f"The sample of {asked.sample.name}"
    data = {
        "file": Path(os.path.relpath(asked.sample.resolve(), (directory / "recipe").resolve())).as_posix(),
        "sha256": hashlib.sha256(asked.sample.read_bytes()).hexdigest(), "read": asked.day,
        "citation": f"{label}: own data, not published.", "age": asked.age, "id": asked.child, "weight": asked.weight, "group": asked.group,
        "missing": list(dict.fromkeys(("", "NA", *asked.missing))), "outside_ages": "leave_out",
    }  # fmt: skip
    return {
        "schema": 1, "instrument": asked.name, "edition": asked.edition, "version": "1.0.0", "name": asked.name,
        "title": f"{asked.name}, norms from a sample of one's own", "summary": "Raw scores are entered.", "informants": ["examiner"],
        "rights": "Whoever owns the test. No item is in the pack.", "status": "derived",
        "intended_use": "Within the project that the sample was drawn for.",
        "notices": ["Norms from a sample of one's own: whether it stands for the child's population is for the reader to judge."],
        "data": data,
        "licence": {"figures": "Not to be passed on.", "evidence": f"Own data, {asked.day}.", "private": True, "text": LICENCE},
        "age": {"unit": unit, "use": "completed" if whole else "exact", "from": ends[0], "below": ends[1], "bands": list(edges)},
        "group": {"id": "sample", "label": label},
        "strata": {"sex": SEX | {"column": asked.sex}} if asked.sex else None,
    }  # fmt: skip


def _no_more_than(method: str, most: int) -> dict[str, Any]:
    """Degrees of a model where a sample has fewer different ages than the usual ones need; nothing where it has enough.

    ``taylor`` gets lower powers than its own in any case: in samples of some hundred children more terms follow the noise, and
    older children come out with higher scores for the same raw score.
    """
    if method == "taylor":
        return {"score_power": 4, "age_power": max(min(2, most), 1)}
    degrees = {key: usual for key, usual in DEGREES.get(method, {}).items() if isinstance(usual, int) and usual > most}
    curves = {key: {"polynomial": max(most, 0)} for key, usual in DEGREES.get(method, {}).items() if not isinstance(usual, int) and most < 5}
    return {key: max(most, 0) for key in degrees} | curves


DEGREES: dict[str, dict[str, int | str]] = {
    "beta_binomial": {"alpha_degree": 3, "beta_degree": 3},
    "shash": {"mu_degree": 3, "sigma_degree": 2, "epsilon_degree": 2, "delta_degree": 1},
    "regression": {"mean_degree": 3, "log_sd_degree": 1}, "lognormal_regression": {"mean_degree": 3, "log_sd_degree": 1},
    **{key: {"median": "spline"} for key in ("lms", "bccg", "bct")}, "normal": {"mean": "spline"},
}  # fmt: skip
"""What a recipe that says nothing asks of the ages, by model."""


def _scale(asked: Asked, model: dict[str, Any]) -> dict[str, Any]:
    metric, scale = Metric(asked.metric), asked.scale or slug(asked.raw)
    return {
        "id": scale, "domain": asked.domain, "column": asked.raw, "range": list(asked.range), "whole": not asked.measurement,
        "higher_is": "less_able" if asked.less_able else "more_able", "strata": ["sex"] if asked.sex else [],
        "table": "parametric" if asked.measurement else "lookup", "metric": asked.metric, "decimals": 2 if metric is Metric.Z else 0,
        "limits": list(LIMITS[asked.metric]), "reliability": asked.reliability, "model": model,
        "interval": {"kind": "true_score", "level": 0.9} if asked.reliability is not None else None,
    }  # fmt: skip
