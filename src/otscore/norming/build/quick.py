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
from otscore.norming.build.file import COMMA_NUMBER, NUMBER
from otscore.norming.build.fitting import FITS
from otscore.norming.build.recipe import Recipe, recipe_of
from otscore.norming.build.toml import toml_text
from otscore.norming.cells import EITHER
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
SEXES = ("male", "female")
SEX_ALIASES = {"m": "male", "boy": "male", "f": "female", "girl": "female"}


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
    sex_values: tuple[tuple[str, str], ...] = ()
    weight: str | None = None
    group: str | None = None
    child: str | None = None
    missing: tuple[str, ...] = ()
    missing_raw: tuple[str, ...] = ()
    decimal: str = ""
    reliability: float | None = None
    measurement: bool = False
    less_able: bool = False
    label: str = ""


def quick_recipe(asked: Asked, directory: Path) -> tuple[Recipe, str]:
    """The recipe, and its text, for a pack in a directory. Raises UsageError for what cannot be found."""
    _known(asked)
    unit = asked.age_unit or next((unit for unit in UNITS if unit[:-1] in asked.age.casefold()), "")
    if not unit:
        raise UsageError(Issue("age_unit", f"the name {asked.age} does not say what the ages are counted in", f"Add --age-unit; allowed: {', '.join(UNITS)}"))
    header, rows = _table_in(asked)
    decimal = asked.decimal or _decimal_in(asked, unit, header, rows)
    ages = _ages_in(asked, header, rows, decimal)
    whole = bool((ages == np.floor(ages)).all()) and unit != "days"
    width = asked.band or (1.0 if whole and unit == "years" else WIDTHS[unit])
    low, below = asked.ages or _ends(ages, width, unit, 1.0 if whole else 0.0)
    model = {"method": asked.model} | _no_more_than(asked.model, int(np.unique(ages).size) - 1)
    document = _document(asked, unit, (low, below), _edges(low, below, width), whole, decimal, directory) | {"scales": [_scale(asked, model)]}
    text = toml_text(document)
    return recipe_of(tomllib.loads(text), "the recipe made of these options"), text


def _known(asked: Asked) -> None:
    if asked.metric not in LIMITS:
        raise UsageError(Issue("metric", f"{asked.metric} is no metric that norms are made in here", f"Allowed: {', '.join(LIMITS)}"))
    if asked.model not in FITS:
        hint = f"{did_you_mean(asked.model, FITS)}Allowed: {', '.join(FITS)}"
        raise UsageError(Issue("model", f"--model {asked.model}: there is no such model", hint))
    if wrong := [value for _, value in asked.sex_values if value not in SEXES]:
        raise UsageError(Issue("sex_values", f"--sex-values: {wrong[0]} is not a value of sex", "Write male= and female=, such as male=Junge,female=Mädchen"))
    if asked.sex_values and not asked.sex:
        raise UsageError(Issue("sex_values", "--sex-values says how a column writes sex, and no column is named", "Add --sex COLUMN"))


def _table_in(asked: Asked) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows, as text."""
    rows = [[str(cell).strip() for cell in row] for row in read_sheets(asked.sample)[0].rows]
    return (rows[0], rows[1:]) if rows else ([], [])


def _decimal_in(asked: Asked, unit: str, header: list[str], rows: list[list[str]]) -> str:
    """The decimal mark of the columns of numbers; of commas that may all group thousands it is not guessed. Nobody is 1,234 months old."""
    columns = {name: [row[header.index(name)] for row in rows] for name in (asked.age, asked.raw, asked.weight) if name in header}
    marked = [(name, cell) for name, cells in columns.items() for cell in cells if "," in cell and COMMA_NUMBER.fullmatch(cell)]
    if not marked or any("." in cell and NUMBER.fullmatch(cell) for cells in columns.values() for cell in cells):
        return "point"
    if any((name == asked.age and unit != "days") or not EITHER.fullmatch(cell.lstrip("+-")) for name, cell in marked):
        return "comma"
    message = f"numbers such as 1,234 may be whole ones with thousands or decimal ones ({len(marked)} cells)"
    raise UsageError(Issue("thousands", message, "Say which: --decimal comma; or write whole numbers without a mark", str(asked.sample)))


def _ages_in(asked: Asked, header: list[str], rows: list[list[str]], decimal: str) -> NDArray[np.float64]:
    """The ages that are numbers; what is wrong with the others is said when the data are read."""
    if asked.age not in header:
        hint = f"{did_you_mean(asked.age, header)}The file has: {', '.join(header[:40])}"
        raise UsageError(Issue("column_missing", f"there is no column {asked.age}, named by --age", hint, str(asked.sample)))
    place = header.index(asked.age)
    pattern = COMMA_NUMBER if decimal == "comma" else NUMBER
    found = [float(row[place].replace(",", ".")) for row in rows if pattern.fullmatch(row[place]) and row[place] not in asked.missing]
    if not found:
        hint = "Is it the right column? Ages are numbers, such as 6.5 (two dates are not read here)"
        raise UsageError(Issue("column_empty", "no cell of the column of ages is a number", hint, str(asked.sample), field=asked.age))
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


def _document(asked: Asked, unit: str, ends: tuple[float, float], edges: Sequence[float], whole: bool, decimal: str, directory: Path) -> dict[str, Any]:
    label = asked.label or f"The sample of {asked.sample.name}"
    data = {
        "file": Path(os.path.relpath(asked.sample.resolve(), (directory / "recipe").resolve())).as_posix(),
        "sha256": hashlib.sha256(asked.sample.read_bytes()).hexdigest(), "read": asked.day,
        "citation": f"{label}: own data, not published.", "age": asked.age, "id": asked.child, "weight": asked.weight, "group": asked.group,
        "missing": list(dict.fromkeys(("", "NA", *asked.missing))), "decimal": "comma" if decimal == "comma" else None, "outside_ages": "leave_out",
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
        "strata": {"sex": {"column": asked.sex, "values": list(SEXES), "aliases": SEX_ALIASES | dict(asked.sex_values)}} if asked.sex else None,
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
        "id": scale, "domain": asked.domain, "column": asked.raw, "range": list(asked.range),
        "missing": list(asked.missing_raw) or None, "whole": not asked.measurement,
        "higher_is": "less_able" if asked.less_able else "more_able", "strata": ["sex"] if asked.sex else [],
        "table": "parametric" if asked.measurement else "lookup", "metric": asked.metric, "decimals": 2 if metric is Metric.Z else 0,
        "limits": list(LIMITS[asked.metric]), "reliability": asked.reliability, "model": model,
        "interval": {"kind": "true_score", "level": 0.9} if asked.reliability is not None else None,
    }  # fmt: skip
