"""A raw score to a score by the formula of a [[norms]], before it is rounded and cut, for one child.

Choice where the text leaves one: what lies beyond all that a polynomial reaches has the score of that end, or less (more).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .answers import number
from .metric import percentile
from .taylor import score_of

Row = Mapping[str, Any]
METRICS = {
    "z": (0.0, 1.0), "t": (50.0, 10.0), "standard": (100.0, 15.0), "scaled": (10.0, 3.0), "v_scale": (15.0, 3.0), "sten": (5.5, 2.0),
    "stanine": (5.0, 2.0), "nce": (50.0, 21.06), "scale_15_5": (15.0, 5.0), "standard_10": (100.0, 10.0),
}  # fmt: skip
BY_Z = ("mean_sd", "two_piece")
FORMULAS = (*BY_Z, "taylor", "percent_expected", "percent_delay", "identity")
OF_AGE = ("taylor", "percent_delay")
"""Formulas that the child's age goes into."""


def mean_sd(norm: Row) -> tuple[float, float] | None:
    """Mean and SD of the metric; None where it has none."""
    return (float(norm["mean"]), float(norm["sd"])) if norm.get("metric") == "custom" else METRICS.get(norm.get("metric", "none"))


def needs_age(norm: Row, tables: Mapping[str, Sequence[Row]]) -> bool:
    """Whether the norm is read at an age."""
    return norm["method"] in OF_AGE or ("table" in norm and "age_from" in tables[norm["table"]][0])


def of_z(norm: Row, z: float) -> float:
    """z in the metric of the norm; a percentile by the normal curve."""
    metric = mean_sd(norm)
    return percentile(z) if metric is None else metric[0] + metric[1] * z


def formula_z(norm: Row, raw: float, row: Row) -> float:
    """(raw - mean) / SD, or around a median with an SD for each side."""
    if norm["method"] == "mean_sd":
        return (raw - float(row["mean"])) / float(row["sd"])
    off = raw - float(row["median"])
    return off / float(row["sd_below" if off < 0 else "sd_above"])


OPEN = {"below": {"score_or_less"}, "above": {"score_or_more"}}
Found = tuple[float | None, str, set[str]]


def formula_score(norm: Row, raw: float, rows: Sequence[Row], age: float | None) -> Found:
    """The score in the metric of the norm, or the status that says why there is none; flags."""
    method, nothing = norm["method"], set[str]()
    if method == "identity":
        return raw, "ok", nothing
    if method in BY_Z:
        return of_z(norm, formula_z(norm, raw, rows[0])), "ok", nothing
    if method == "percent_expected":
        return 100 * raw / float(rows[0]["expected"]), "ok", nothing
    assert age is not None
    if method == "percent_delay":
        equivalents = [months(row["age_equivalent"]) for row in rows if float(row["raw"]) == raw and row["age_equivalent"]]
        return (100 * (age - equivalents[0]) / age, "ok", nothing) if equivalents else (None, "raw_out_of_table", nothing)
    coefficients = {(int(row["power_score"]), int(row["power_age"])): float(row["coefficient"]) for row in rows}
    found, where = score_of(raw, age, coefficients, *norm["score_limits"])
    return found, "ok" if found is not None else "outside_curve", OPEN.get(where, nothing)


def months(cell: str) -> float:
    """An age in months, or in years and months."""
    years, _, rest = cell.rpartition(":")
    return 12 * (number(years) or 0.0) + float(rest)
