"""Which items a scale takes, which bands it can give, and which raw scores can occur."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

from otscore.pack.check.subject import Subject, rows_of
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
    weights = scale.weights or (1.0,) * len(known)
    ends = [sorted((w * member.low, w * member.high)) for w, member in zip(weights, known, strict=False)]
    low, high = fsum(end for end, _ in ends), fsum(end for _, end in ends)
    if scale.prorate or scale.decimals is not None or any(member.values is None for member in known):
        return RawScores(low, high, None)
    values = _sums([tuple(w * value for value in member.values or ()) for w, member in zip(weights, known, strict=False)])
    return None if values is None else RawScores(low, high, values)


def _of_scores(subject: Subject, scale: Scale, members: list[Scale]) -> RawScores | None:
    """What a sum of derived scores can be, from all scores that tables of the members hold; a mean may lie between."""
    known = [_printed_scores(subject, member.id) for member in members]
    if scale.raw == "mean_of_z" or len(known) != len(scale.scales) or not all(known):
        return None
    weights = scale.weights or (1.0,) * len(known)
    scores = [tuple(w * value for value in values) for w, values in zip(weights, known, strict=False)]
    if scale.raw == "mean_of_scores":
        total = fsum(weights)
        return RawScores(fsum(map(min, scores)) / total, fsum(map(max, scores)) / total, None)
    some_missing = scale.min_answered or scale.max_missing or any(member.ages for member in members)
    low = min(map(min, scores)) if some_missing else fsum(map(min, scores))
    if some_missing or scale.prorate or scale.decimals is not None:
        steps = not scale.prorate and all(value == int(value) for values in scores for value in values)
        return RawScores(low, fsum(map(max, scores)), None, steps)
    values = _sums(scores)
    return None if values is None else RawScores(low, fsum(map(max, scores)), values)


def _printed_scores(subject: Subject, scale: str) -> tuple[float, ...]:
    """Every score that the tables of a scale print, whatever the norm group."""
    found = (table.numbers("score").tolist() for table in subject.norm_tables("lookup", "ranges") if table.scale.id == scale)
    return tuple(sorted({score for scores in found for score in scores if score == score}))


def _best(known: list[RawScores]) -> RawScores:
    low, high = min(member.low for member in known), max(member.high for member in known)
    if any(member.values is None for member in known):
        return RawScores(low, high, None)
    return RawScores(low, high, tuple(sorted({value for member in known for value in member.values or ()})))


def _sums(worth: Iterable[tuple[float, ...]]) -> tuple[float, ...] | None:
    """Every sum of one value of each; None when there are too many to list."""
    reached = {0.0}
    for values in worth:
        reached = {round(total + value, 9) for total in reached for value in set(values)}
        if len(reached) > MOST_VALUES:
            return None
    return tuple(sorted(reached))
