"""Which items a scale takes, which bands it can give, and which raw scores can occur."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, fsum

import numpy as np

from otscore.pack.check.subject import Floats, NormTable, Subject, rows_of
from otscore.pack.check.worth import item_worth
from otscore.pack.items import member_items
from otscore.pack.layout import ATTAINED, NOT_ATTAINED, PERCENTILE, place_labels
from otscore.pack.read import Pack
from otscore.pack.table import Table
from otscore.schema import Norm, OptionSet, Scale
from otscore.schema.scale import OF_ANSWERS, OF_SCORES

MOST_VALUES = 5000
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class RawScores:
    """Lowest and highest raw score, and every raw score that can occur: None where any number between can, or (``steps``)
    whole numbers that are not listed, as it depends on the child which members are summed.
    """

    low: float
    high: float
    values: tuple[float, ...] | None
    steps: bool = False

    @property
    def whole(self) -> bool:
        """Whether only whole numbers occur."""
        return self.steps if self.values is None else all(value == int(value) for value in self.values)


def item_options(pack: Pack) -> dict[str, OptionSet]:
    """Option set of each item."""
    return {item.code: pack.instrument.options[item.options] for item in pack.items}


def norm_of(pack: Pack, scale: str, group: str) -> Norm | None:
    """The norm of a scale in a norm group."""
    return next((norm for norm in pack.manifest.norms if scale in norm.scales and norm.group == group), None)


def band_labels(subject: Subject, scale: str, group: str) -> tuple[str, ...] | None:
    """The bands that a scale can give in a norm group; none where it gives scores, None where its table is broken."""
    norm = norm_of(subject.pack, scale, group)
    if norm is None:
        return ()
    if (classes := norm.cuts or norm.descriptions) is not None:
        return classes.bands
    table = subject.table(norm.table)
    if norm.method == "identity":
        return ()
    if table is None:
        return None
    if norm.method in ("percentile_cells", "attainment"):
        return _places(rows_of(table, scale), attained=norm.method == "attainment")
    return tuple(dict.fromkeys(filter(None, rows_of(table, scale).text("band")))) if "band" in table else ()


def _places(rows: Table, *, attained: bool) -> tuple[str, ...]:
    """The places between the percentiles that any row prints; for ages of attainment with what they stand for."""
    names = [name for name in rows.columns if PERCENTILE.fullmatch(name)]
    found: dict[str, None] = {}
    for cells in zip(*(rows.text(name) for name in names), strict=True):
        printed = [name for name, cell in zip(names, cells, strict=True) if cell]
        if printed:
            found |= dict.fromkeys(place_labels(printed, NOT_ATTAINED if attained else ""))
    return (*found, ATTAINED) if attained else tuple(found)


def raw_scores(subject: Subject, scale: Scale) -> RawScores | None:
    """The raw scores a child with every answer can get; None where that cannot be told."""
    if scale.points is not None:
        return _in_points(subject, scale)
    return raw_before_points(subject, scale)


def raw_before_points(subject: Subject, scale: Scale) -> RawScores | None:
    """The raw scores before a table turns them into points, with what a filter question gives, rounded as the scale says."""
    if scale.raw == "irt":
        return None
    found = _of_scales(subject, scale) if scale.scales else _of_items(subject, scale)
    if found is None:
        return None
    if scale.decimals == 0 and found.values is None and found.high - found.low <= MOST_VALUES:
        values = tuple(float(value) for value in range(int(found.low), int(found.high) + 1))
        found = RawScores(found.low, found.high, values)
    if scale.filter is None:
        return found
    given = scale.filter.raw
    values_given = None if found.values is None else tuple(sorted({*found.values, given}))
    return RawScores(min(found.low, given), max(found.high, given), values_given)


def _in_points(subject: Subject, scale: Scale) -> RawScores | None:
    table = subject.table(scale.points)
    if table is None or "points" not in table:
        return None
    values = sorted({float(points) for points in table.numbers("points")})
    return RawScores(values[0], values[-1], tuple(values))


def _of_items(subject: Subject, scale: Scale) -> RawScores | None:
    if scale.raw in ("percent", *OF_ANSWERS):
        return _not_summed(subject, scale)
    worth = _worth_of_items(subject, scale)
    if not worth or any(not values for values, _ in worth):
        return None
    lows, highs = ([end(values) for values, _ in worth] for end in (min, max))
    low, high = _ends(scale, lows, highs)
    measured = any(continuous for _, continuous in worth)
    if measured or _may_be_fractional(scale, len(worth)):
        return RawScores(low, high, None)
    values = _values(scale, [values for values, _ in worth], low, high)
    if values is not None and scale.adjusted is not None:
        table = subject.table(scale.adjusted)
        printed = () if table is None or "adjusted" not in table else table.numbers("adjusted").tolist()
        values = tuple(sorted({*values, *printed}))
        low, high = values[0], values[-1]
    return None if values is None else RawScores(low, high, values)


def _not_summed(subject: Subject, scale: Scale) -> RawScores | None:
    """A percentage; a number of answers; the differences within pairs."""
    if scale.raw == "percent":
        return RawScores(0.0, 100.0, None)
    if scale.raw != "pair_differences":
        n_items = len(member_items(subject.pack, scale))
        return RawScores(0.0, float(n_items), tuple(float(number) for number in range(n_items + 1)))
    known = item_worth(subject)
    if any(code not in known or not known[code].values for pair in scale.pairs for code in pair):
        return None
    apart = [{abs(a - b) for a in known[one].values for b in known[other].values} for one, other in scale.pairs]
    if any(known[code].continuous for pair in scale.pairs for code in pair):
        return RawScores(0.0, fsum(max(values) for values in apart), None)
    values = _sums([tuple(values) for values in apart])
    return None if values is None else RawScores(values[0], values[-1], values)


def _worth_of_items(subject: Subject, scale: Scale) -> list[tuple[tuple[float, ...], bool]]:
    """What each item can be worth, and whether it is a measured value (then: the two ends)."""
    known = item_worth(subject)
    worth = []
    for code in member_items(subject.pack, scale):
        if code not in known:
            return []
        values, continuous = known[code].values, known[code].continuous and scale.grade is None
        if scale.grade is not None:
            values = _grades(subject, scale, code)
        if isinstance(scale.missing_as, float):
            values = (*values, scale.missing_as)
        worth.append((values, continuous or scale.missing_as == "median"))
    return worth


def _grades(subject: Subject, scale: Scale, item: str) -> tuple[float, ...]:
    assert scale.grade is not None
    table = subject.table(scale.grade.table)
    if table is None:
        return ()
    codes = zip(table.text("item"), table.numbers("code"), strict=True)
    return (scale.grade.lowest, *{float(code) for name, code in codes if name == item})


def _may_be_fractional(scale: Scale, n_items: int) -> bool:
    """Whether a raw score can fall between those of complete answers: a mean, or a prorated sum left unrounded."""
    some_missing = scale.max_missing or (scale.min_answered is not None and scale.min_answered < n_items)
    return bool((scale.raw == "mean" and n_items > 1) or (scale.prorate and scale.prorate_round == "none" and some_missing))


def _ends(scale: Scale, lows: list[float], highs: list[float]) -> tuple[float, float]:
    if scale.weights:
        pairs = [sorted((low * w, high * w)) for low, high, w in zip(lows, highs, scale.weights, strict=False)]
        return fsum(low for low, _ in pairs), fsum(high for _, high in pairs)
    if scale.count_at_least is not None:
        counted = (sum(value >= scale.count_at_least for value in ends) for ends in (lows, highs))
        return float(next(counted)), float(next(counted))
    if scale.raw == "mean":
        return fsum(lows) / len(lows), fsum(highs) / len(highs)
    if scale.raw == "sum":
        return fsum(lows), fsum(highs)
    pick = {"max": max, "min": min}.get(scale.raw)
    return (pick(lows), pick(highs)) if pick else (min(lows), max(highs))


def _values(scale: Scale, worth: list[tuple[float, ...]], low: float, high: float) -> tuple[float, ...] | None:
    """Every raw score between the ends; a prorated sum, rounded, can be any whole number between them."""
    if scale.raw == "count" or scale.prorate:
        if high - low > MOST_VALUES:
            return None
        return tuple(float(value) for value in range(int(low), int(high) + 1))
    if scale.weights:
        worth = [tuple(value * w for value in values) for values, w in zip(worth, scale.weights, strict=False)]
    if scale.raw in ("sum", "weighted"):
        return _sums(worth)
    return tuple(sorted({value for values in worth for value in values if low <= value <= high}))


def _of_scales(subject: Subject, scale: Scale) -> RawScores | None:
    scales = subject.pack.instrument.scales
    earlier = {member.id: member for member in scales[: scales.index(scale)]}
    members = [earlier[name] for name in scale.scales if name in earlier]
    if scale.raw in OF_SCORES:
        return _of_scores(subject, scale, members)
    known = [found for found in (raw_scores(subject, member) for member in members) if found is not None]
    if len(known) != len(scale.scales):
        return None
    if scale.raw == "max_of_scales":
        return _best(known)
    return _sum_of_members(scale, members, known)


def _of_scores(subject: Subject, scale: Scale, members: list[Scale]) -> RawScores | None:
    """What a sum of derived scores can be, from all scores that tables of the members hold; a mean may lie between."""
    known = [_printed_scores(subject, member.id) for member in members]
    if scale.raw == "mean_of_z" or len(known) != len(scale.scales) or not all(known):
        return None
    if scale.raw == "mean_of_scores":
        weights = scale.weights or (1.0,) * len(known)
        ends = [[pick(values) * w for values, w in zip(known, weights, strict=False)] for pick in (min, max)]
        low, high = (fsum(end) / fsum(weights) for end in ends)
        return RawScores(low, high, None)
    return _sum_of_members(scale, members, [RawScores(values[0], values[-1], values) for values in known])


def _sum_of_members(scale: Scale, members: list[Scale], known: list[RawScores]) -> RawScores | None:
    """Sums of one value of each member, or of fewer where some may be missing or are given at some ages only."""
    weights = scale.weights or (1.0,) * len(known)
    worth = [tuple(w * value for value in one.values or (one.low, one.high)) for w, one in zip(weights, known, strict=False)]
    n, by_age = len(worth), sum(member.ages is not None for member in members)
    fewest = max(1, _fewest(scale, n) - by_age)
    lows, highs = sorted(map(min, worth)), sorted(map(max, worth), reverse=True)
    low, high = (pick(_scaled_up(scale, ends[:k]) for k in range(fewest, n + 1)) for pick, ends in ((min, lows), (max, highs)))
    whole = all(one.values or one.steps for one in known) and all(value == int(value) for some in worth for value in some)
    whole = whole and (not scale.prorate or scale.prorate_round == "half_up")
    if by_age or not all(one.values for one in known) or scale.decimals is not None or (scale.prorate and not whole):
        return RawScores(low, high, None, whole)
    if scale.prorate:
        return RawScores(low, high, tuple(float(value) for value in range(floor(low + 0.5), floor(high + 0.5) + 1)))
    sums = _sums([(0.0, *some) for some in worth] if fewest < n else worth)
    return None if sums is None else RawScores(low, high, tuple(value for value in sums if low <= value <= high))


def _fewest(scale: Scale, n: int) -> int:
    """Fewest members that give a score."""
    return scale.min_answered or max(1, n - floor((scale.max_missing or 0.0) * n))


def _scaled_up(scale: Scale, ends: list[float]) -> float:
    """The sum of the ends, as so many members of all when prorated."""
    return fsum(ends) * (len(scale.scales) / len(ends) if scale.prorate else 1.0)


def _printed_scores(subject: Subject, scale: str) -> tuple[float, ...]:
    """Every score that the tables of a scale print, whatever the norm group, as what it counts in a sum."""
    tables = [table for table in subject.norm_tables("lookup", "ranges") if table.scale.id == scale]
    found = (value for table in tables for value in _counted(table))
    return tuple(sorted({value for value in found if value == value}))


def _counted(table: NormTable) -> Floats:
    scores = table.numbers("score")
    if "counts_as" not in table.rows:
        return scores
    counts = table.numbers("counts_as")
    return np.where(np.isnan(counts), scores, counts)


def _best(known: list[RawScores]) -> RawScores:
    low, high = min(member.low for member in known), max(member.high for member in known)
    if any(member.values is None for member in known):
        return RawScores(low, high, None)
    return RawScores(low, high, tuple(sorted({value for member in known for value in member.values or ()})))


def _sums(worth: Iterable[tuple[float, ...]]) -> tuple[float, ...] | None:
    """Every sum of one value of each; None when there are too many to list."""
    sets = [set(values) for values in worth]
    if all(map(_consecutive, sets)):
        low, high = (int(fsum(map(end, sets))) for end in (min, max))
        return tuple(map(float, range(low, high + 1))) if high - low < MOST_VALUES else None
    reached = {0.0}
    for values in sets:
        reached = {round(total + value, 9) for total in reached for value in values}
        if len(reached) > MOST_VALUES:
            return None
    return tuple(sorted(reached))


def _consecutive(values: set[float]) -> bool:
    """Whether these are whole numbers without a gap: so are their sums, which need not be listed one by one."""
    return max(values) - min(values) == len(values) - 1 and all(value == int(value) for value in values)
