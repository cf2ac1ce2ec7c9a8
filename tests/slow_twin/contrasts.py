"""Differences between the scores of one child, by [[comparisons]] of pack.toml: pair by pair, from the child's own mean, from what is expected.

Choices where the text leaves one: a difference has no base rate below the first that is printed; a difference is one of its size,
whatever its sign; scores are those that are printed; the mean of all needs all. What is not printed for a predicted score follows from the
correlation: the expected score has r times the error of the other, and such differences are normal with SD sqrt(1 - r^2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from .by_formula import mean_sd
from .metric import multiplier, percentile
from .norming import Place, precision
from .results import Result

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Contrast:
    """One difference of one child: None where it cannot be told."""

    difference: float | None = None
    critical: float | None = None
    significant: bool | None = None
    base_rate: float | None = None


@dataclass(frozen=True)
class Scores:
    """What a comparison may ask for: scores and norms by scale, tables, where the child is looked up."""

    found: Mapping[str, Result]
    norms: Mapping[str, Row]
    tables: Mapping[str, Sequence[Row]]
    place: Place

    def sem(self, name: str) -> float | None:
        """SEM of a score, as printed."""
        return precision({"id": name}, self.norms[name], "sem", "score", self.place, self.tables.get("psychometrics.csv", ()), 0.9)


def contrasts(rule: Row, scores: Scores) -> dict[tuple[str, str], Contrast]:
    """Every difference of a comparison, by its scale and the other (empty: the mean)."""
    rows = scores.tables[rule["table"]] if "table" in rule else None
    if rows is not None:
        pairs = list(dict.fromkeys((row["scale"], row["other"]) for row in rows))
    else:
        pairs = [(name, "") for name in rule["scales"]] if rule["kind"] == "own_mean" else list(combinations(rule["scales"], 2))
    return {pair: contrast(rule, pair, len(pairs), scores) for pair in pairs}


def contrast(rule: Row, pair: tuple[str, str], n: int, scores: Scores) -> Contrast:
    """One difference, whether it is significant, and how rare it is."""
    difference, row = difference_of(rule, pair, scores), row_of(rule, pair, scores)
    critical = None
    if "table" in rule and (rule["kind"] != "predicted" or (row is not None and row.get("critical"))):
        critical = float(row["critical"]) if row is not None and row.get("critical") else None
    else:
        level = rule.get("level", 0.05) / (n if rule.get("comparisons") == "bonferroni" else 1)
        error = error_of(rule, pair, scores)
        critical = None if error is None else multiplier(1 - level) * error
    if difference is None:
        return Contrast(critical=critical)
    significant = None if critical is None else abs(difference) >= critical
    return Contrast(difference, critical, significant, base_rate(rule, pair, difference, scores))


def difference_of(rule: Row, pair: tuple[str, str], scores: Scores) -> float | None:
    """A score less another, less the mean of all, or less what the other leads to expect."""
    mine = scores.found[pair[0]].score
    others = [scores.found[name].score for name in (rule["scales"] if rule["kind"] == "own_mean" else [pair[1]])]
    if mine is None or any(other is None for other in others):
        return None
    if rule["kind"] != "predicted":
        return mine - math.fsum(others) / len(others)  # type: ignore[arg-type]
    row = row_of(rule, pair, scores)
    here, there = (mean_sd(scores.norms[name]) for name in pair)
    if row is None or here is None or there is None:
        return None
    return mine - (here[0] + float(row["r"]) * here[1] * (others[0] - there[0]) / there[1])  # type: ignore[operator]


def row_of(rule: Row, pair: tuple[str, str], scores: Scores) -> Row | None:
    """The row of a table of differences for the child's age and strata and the level of the comparison."""
    for row in scores.tables[rule["table"]] if "table" in rule else ():
        if (row["scale"], row["other"]) != pair or float(row.get("level") or rule.get("level", 0.05)) != rule.get("level", 0.05):
            continue
        if any(name in row and row[name] != value for name, value in scores.place.strata.items()):
            continue
        age = scores.place.nearest
        if "age_from" not in row or (age is not None and float(row["age_from"]) <= age < float(row["age_to"])):
            return row
    return None


def error_of(rule: Row, pair: tuple[str, str], scores: Scores) -> float | None:
    """Standard error of a difference between two scores, or between a score and the mean of m scores that it is one of."""
    names = list(rule["scales"]) if rule["kind"] == "own_mean" else list(pair)
    sems = {name: scores.sem(name) for name in names}
    if None in sems.values():
        return None
    squares = {name: sem**2 for name, sem in sems.items()}  # type: ignore[operator]
    if rule["kind"] == "predicted":
        row, here, there = row_of(rule, pair, scores), mean_sd(scores.norms[pair[0]]), mean_sd(scores.norms[pair[1]])
        if row is None or here is None or there is None:
            return None
        return math.sqrt(squares[pair[0]] + squares[pair[1]] * (float(row["r"]) * here[1] / there[1]) ** 2)
    if rule["kind"] == "pairwise":
        return math.sqrt(math.fsum(squares.values()))
    m = len(names)
    return math.sqrt(squares[pair[0]] * (m - 2) / m + math.fsum(squares.values()) / m**2)


def base_rate(rule: Row, pair: tuple[str, str], difference: float, scores: Scores) -> float | None:
    """Percent of the norm group with a difference of at least so much: of the last that is reached."""
    rows = scores.tables[rule["base_rates"]] if "base_rates" in rule else ()
    printed = [(float(row["at_least"]), float(row["percent"])) for row in rows if (row["scale"], row["other"]) == pair]
    if rule["kind"] == "predicted" and not printed:
        row, metric = row_of(rule, pair, scores), mean_sd(scores.norms[pair[0]])
        spread = metric[1] * math.sqrt(1 - float(row["r"]) ** 2)  # type: ignore[index]
        return 2 * percentile(-abs(difference) / spread)
    return max(((least, percent) for least, percent in printed if abs(difference) >= least), default=(0.0, None))[1]
