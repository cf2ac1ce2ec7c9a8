"""A raw score to a derived score or class, by one [[norms]] of pack.toml and the rows of its table (all cells text), for one child.

In the metric z a score rises with ability (the changelog says so; the format page says that no score is turned).
Choices where the text leaves one: a score at the lowest (highest) of the rows that hold for the child is at the floor (ceiling); a formula's
score is where it reaches ``score_limits`` before it is rounded; z of a printed score comes from that score, z of a formula is not cut; an interval stands
around the score before it is rounded and cut, and is cut itself; an open percentile or limit is its number; among norms that know the child's age the nearest is
that of the first band for a younger child and of the last band for an older one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from .answers import number
from .by_formula import BY_Z, FORMULAS, OF_AGE, formula_score, formula_z, mean_sd
from .metric import half_even, half_up_guarded, multiplier, percentile
from .results import Result
from .scales import in_range

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a child is looked up: age (None: unknown), the same by another calendar, strata, and what the pack does outside its ages."""

    age: float | None
    strata: Mapping[str, str | None]
    outside: str = "refuse"
    other: float | None = None
    ages: tuple[float, float] = (-math.inf, math.inf)

    def age_of(self, method: str) -> float | None:
        """The age that a formula takes. The norms of the nearest age are a polynomial at that age; a share of the age is one of the
        child's own."""
        return self.nearest if method == "taylor" else self.age

    @property
    def nearest(self) -> float | None:
        """The age, or the nearest of the pack's where those are taken."""
        if self.age is None or self.outside != "nearest" or self.age < self.ages[1]:
            return self.age if self.age is None or self.outside != "nearest" else max(self.age, self.ages[0])
        return math.nextafter(self.ages[1], -math.inf)


@dataclass(frozen=True)
class Cell:
    """A printed score: the number, and whether it stands for itself or less (more)."""

    value: float
    flags: frozenset[str]


def open_cell(text: str) -> Cell:
    """``<2:0``, ``>99``, ``4:11``, ``12``: the number (years and months are months) and its flag."""
    text = text.strip()
    flag = {"<": {"score_or_less"}, ">": {"score_or_more"}}.get(text[:1], set())
    text = text.lstrip("<>").strip()
    if ":" in text:
        years, months = text.split(":")
        return Cell(12.0 * float(years) + float(months), frozenset(flag))
    return Cell(float(text), frozenset(flag))


def standing_of(cell: Cell) -> tuple[float, int]:
    """In the order of what they stand for: less than 55, 55, more than 55."""
    return cell.value, ("score_or_more" in cell.flags) - ("score_or_less" in cell.flags)


def rows_of(rows: Sequence[Row], scale: str, norm: Row, place: Place) -> tuple[list[Row], str, set[str]]:
    """Rows of the scale, stratum and age; status; flags."""
    wanted = {name: place.strata.get(name) for name in norm.get("strata", ())}
    mine = [row for row in rows if row.get("scale", scale) == scale]
    aged = "age_from" in rows[0]
    if (aged or norm["method"] in OF_AGE) and place.age is None:
        return [], "age_missing", set()
    if None in wanted.values():
        return [], "stratum_missing", set()
    mine = [row for row in mine if all(row[name] == value for name, value in wanted.items())]
    if not mine:
        return [], "not_normed", set()
    if not aged:
        return mine, "ok", set()
    lowest, highest = min(float(row["age_from"]) for row in mine), max(float(row["age_to"]) for row in mine)
    here = at_age(mine, place.age)
    sensitive = place.other is not None and at_age(mine, place.other) != here
    flags = {"age_convention_sensitive"} if sensitive else set()
    if here:
        return here, "ok", flags
    status = "below_age" if place.age < lowest else "above_age" if place.age >= highest else "not_normed"
    if place.outside == "nearest" and status != "not_normed":
        edge = ("age_from", lowest) if status == "below_age" else ("age_to", highest)
        return [row for row in mine if float(row[edge[0]]) == edge[1]], "ok", flags | {"out_of_age"}
    return [], status, set()


def at_age(rows: Sequence[Row], age: float) -> list[Row]:
    """The rows whose half-open band holds the age."""
    return [row for row in rows if float(row["age_from"]) <= age < float(row["age_to"])]


def normed(scale: Row, norm: Row, result: Result, place: Place, tables: Mapping[str, Sequence[Row]], entered_sem: float | None = None) -> None:
    """Add the derived score, its standing and its interval to a result that has a raw score; or the status that forbids them."""
    raw = result.raw
    assert raw is not None
    raw = max(raw, norm["measure_floor"]) if "measure_floor" in norm else raw
    if norm["method"] == "cuts":
        cuts = norm["cuts"]
        result.band = cuts["bands"][sum(1 for cut in cuts["at_least"] if raw >= cut)]
        return
    rows, result.status, flags = rows_of(tables[norm["table"]], scale["id"], norm, place) if "table" in norm else ([], "ok", set())
    if result.status == "ok":
        result.flags |= flags
        if norm["method"] in FORMULAS:
            by_formula(scale, norm, result, raw, rows, place)
        else:
            by_table(scale, norm, result, raw, rows)
    if result.status != "ok":
        return
    if "interval" in norm and norm["interval"]["kind"] != "printed":
        interval(scale, norm, result, raw, place, tables, entered_sem)
    if norm.get("metric") == "z" and scale.get("higher_is") == "less_able":
        turn(result)
    if "descriptions" in norm and result.score is not None:
        words = norm["descriptions"]
        result.band = words["bands"][sum(1 for cut in words["at_least"] if result.score >= cut)]


def turn(result: Result) -> None:
    """A score in the metric z rises with ability, as z does: so do its percentile, its interval, its floor and its ceiling."""
    assert result.score is not None
    result.score = 0.0 - result.score
    result.percentile = None if result.z is None else percentile(result.z)
    ends = result.ci_low, result.ci_high
    result.ci_high, result.ci_low = (None if end is None else 0.0 - end for end in ends)
    ends_of_table = {"at_floor": "at_ceiling", "at_ceiling": "at_floor", "score_or_less": "score_or_more", "score_or_more": "score_or_less"}
    result.flags = {ends_of_table.get(flag, flag) for flag in result.flags}


def rounded(value: float, norm: Row) -> float:
    """By ``decimals`` and ``round_mode``; as it is where neither is given."""
    if "decimals" not in norm:
        return value
    return half_even(value, norm["decimals"]) if norm.get("round_mode") == "half_even" else half_up_guarded(value, norm["decimals"])


def limited(value: float, norm: Row) -> float:
    """Within ``score_limits``."""
    low, high = norm.get("score_limits", (-math.inf, math.inf))
    return min(max(value, low), high)


def standing(scale: Row, norm: Row, result: Result, score: float) -> None:
    """z (higher is more able) and percentile (reads like the score) of a score in its metric; of a percentile by the normal curve."""
    if norm.get("metric") == "percentile":
        if 0 < score < 100:
            by_z(scale, result, NormalDist().inv_cdf(score / 100))
        result.percentile = score
        return
    metric = mean_sd(norm)
    if metric is not None:
        by_z(scale, result, (score - metric[0]) / metric[1])


def by_z(scale: Row, result: Result, z: float) -> None:
    """Percentile of z as the score reads, and z turned where a high score is less able."""
    result.percentile = percentile(z)
    result.z = 0.0 - z if scale.get("higher_is") == "less_able" else z


# ---------------------------------------------------------------------------------------------- tables


def by_table(scale: Row, norm: Row, result: Result, raw: float, rows: Sequence[Row]) -> None:
    """The row that holds the raw score: score, band, printed percentile and printed interval."""
    if norm["method"] == "lookup":
        held = [row for row in rows if float(row["raw"]) == raw]
    else:
        held = [row for row in rows if in_range(raw, {name: number(cell) for name, cell in row.items() if name.startswith("raw_")})]
    row = held[0] if held else {}
    if not row.get("score") and not row.get("band"):
        result.status = "raw_out_of_table"
        return
    result.band = row.get("band") or None
    if row.get("score"):
        printed_score(scale, norm, result, row, rows)


def printed_score(scale: Row, norm: Row, result: Result, row: Row, rows: Sequence[Row]) -> None:
    """Score, standing, printed percentile and limits of one row."""
    cell = open_cell(row["score"])
    values = [standing_of(open_cell(other["score"])) for other in rows if other["score"]]
    result.exact = cell.value
    result.score = rounded(limited(cell.value, norm), norm)
    result.flags |= cell.flags
    result.flags |= {"at_floor"} if standing_of(cell) == min(values) else set()
    result.flags |= {"at_ceiling"} if standing_of(cell) == max(values) else set()
    standing(scale, norm, result, result.score)
    if norm.get("percentile") == "printed" and row.get("percentile"):
        result.percentile = open_cell(row["percentile"]).value
    if norm.get("interval", {}).get("kind") == "printed":
        level = f"{100 * norm['interval'].get('level', 0.9):g}"
        low, high = (row.get(f"ci{level}_{end}") or row.get(f"ci_{end}") for end in ("low", "high"))
        result.ci_low = open_cell(low).value if low else None
        result.ci_high = open_cell(high).value if high else None


# ---------------------------------------------------------------------------------------------- formulas


def by_formula(scale: Row, norm: Row, result: Result, raw: float, rows: Sequence[Row], place: Place) -> None:
    """The score by the formula, and its standing; a mean and an SD keep the shape of the raw scores, which a normal percentile takes for
    normal."""
    result.exact, result.status, flags = formula_score(norm, raw, rows, place.age_of(norm["method"]))
    if result.exact is None:
        return
    result.flags |= flags
    if norm["method"] in BY_Z:
        by_z(scale, result, formula_z(norm, raw, rows[0]))
    else:
        standing(scale, norm, result, result.exact)
    result.flags |= {"percentile_assumes_normal"} if norm["method"] == "mean_sd" else set()
    result.score = limited(rounded(result.exact, norm), norm)
    low, high = norm.get("score_limits", (-math.inf, math.inf))
    result.flags |= {"at_floor"} if result.exact <= low else {"at_ceiling"} if result.exact >= high else set()


# ---------------------------------------------------------------------------------------------- intervals


def precision(scale: Row, norm: Row, statistic: str, metric: str, place: Place, rows: Sequence[Row], level: float) -> float | None:
    """The figure of psychometrics.csv for the scale, norm group, age, strata (and level); None where there is none."""
    for row in rows:
        if (row["scale"], row["statistic"], row["metric"]) != (scale["id"], statistic, metric):
            continue
        keyed = {name: value for name, value in place.strata.items() if row.get(name)}
        if any(row[name] != value for name, value in keyed.items()) or row.get("norm_group", "") not in ("", norm.get("group", "default")):
            continue
        low, high, age = number(row.get("age_from")), number(row.get("age_to")), place.nearest
        if (low is not None or high is not None) and age is None:
            continue
        if (low is not None and age < low) or (high is not None and age >= high):
            continue
        if number(row.get("level")) in (None, level):
            return float(row["value"])
    return None


def interval(
    scale: Row, norm: Row, result: Result, raw: float, place: Place, tables: Mapping[str, Sequence[Row]], entered_sem: float | None
) -> None:
    """Limits by the kind that the norm names, rounded and cut as scores are; none where the figure it needs is not there."""
    kind, level = norm["interval"]["kind"], norm["interval"].get("level", 0.9)
    known = tables.get("psychometrics.csv", ())
    ends: tuple[float, float] | None = None
    if kind != "printed" and result.flags & {"score_or_less", "score_or_more"}:
        return  # an open score is no measurement
    if kind == "sem_measure":
        sem = precision(scale, norm, "sem", "measure", place, known, level)
        rows, _, _ = rows_of(tables[norm["table"]], scale["id"], norm, place)
        if sem is not None:
            half = multiplier(level) * sem
            low, high = (formula_score(norm, end, rows, place.age_of(norm["method"]))[0] for end in (raw - half, raw + half))
            ends = None if low is None or high is None else (low, high)
    else:
        centre, half_width = around(scale, norm, result, raw, place, known, level, entered_sem)
        if half_width is not None:
            ends = (centre - half_width, centre + half_width)
    if ends is not None:
        printed = ended(ends, norm)
        low, high = sorted(limited(end, norm) for end in printed)
        if low < high or printed[0] == printed[1]:  # nothing of the interval is left within the limits
            result.ci_low, result.ci_high = low, high


def around(
    scale: Row, norm: Row, result: Result, raw: float, place: Place, known: Sequence[Row], level: float, entered_sem: float | None
) -> tuple[float, float | None]:
    """Centre and half the width of an interval in the metric of the score."""
    kind, metric = norm["interval"]["kind"], mean_sd(norm)
    centre = result.exact
    assert centre is not None
    if kind == "half_width":
        return centre, precision(scale, norm, "half_width", "score", place, known, level)
    if kind == "entered":
        return centre, None if entered_sem is None else multiplier(level) * entered_sem
    reliability = precision(scale, norm, "reliability", "score", place, known, level)
    if kind == "observed":
        sem = precision(scale, norm, "sem", "score", place, known, level)
        if sem is None and reliability is not None:
            sem = metric[1] * math.sqrt(1 - reliability)
        return centre, None if sem is None else multiplier(level) * sem
    if reliability is None:
        return centre, None
    half = multiplier(level) * metric[1] * math.sqrt(reliability * (1 - reliability))
    return metric[0] + reliability * (centre - metric[0]), half


def ended(ends: tuple[float, float], norm: Row) -> tuple[float, float]:
    """Limits rounded each for itself, by half the width, or outward; not at all without ``decimals``."""
    how = norm["interval"].get("ends", "each")
    if "decimals" not in norm:
        return ends
    if how == "half_width":
        middle, half = (ends[0] + ends[1]) / 2, rounded((ends[1] - ends[0]) / 2, norm)
        return rounded(rounded(middle, norm) - half, norm), rounded(rounded(middle, norm) + half, norm)
    if how == "outward":
        step = 10.0 ** norm["decimals"]
        return math.floor(round(ends[0] * step, 9)) / step, math.ceil(round(ends[1] * step, 9)) / step
    return rounded(ends[0], norm), rounded(ends[1], norm)
