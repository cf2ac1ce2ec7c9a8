"""Items of a form as arrays: how each is coded, what it can earn, at which ages it counts, and the items made of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.compile.irt import named_table
from otscore.errors import Issue, PackInvalid
from otscore.kernel.derived_items import DerivedRule
from otscore.kernel.recode import Coding
from otscore.pack import Item, Pack
from otscore.pack.layout import edges
from otscore.schema import DerivedItem, OptionSet

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
NOTHING = float("nan")
"""One for all, so that rules alike are equal."""
PointRanges = tuple[Floats, Floats, Floats]
"""Rising starts and stops of half-open ranges, and the points of each."""


@dataclass(frozen=True, slots=True)
class DerivedForm:
    """An item made of others: its code, columns of its sources, the rule, the stratum that chooses among them, the ranges that
    give points.
    """

    code: str
    sources: Places
    rule: DerivedRule
    stratum: str | None
    points: PointRanges | None


@dataclass(frozen=True, slots=True)
class DerivedGroup:
    """Derived items made alike, none of them of another in the group: (g,) columns, (g, m) columns of their sources."""

    columns: Places
    sources: Places
    rule: DerivedRule
    stratum: str | None
    points: tuple[PointRanges | None, ...]


@dataclass(frozen=True, slots=True)
class ItemForms:
    """The columns of points: the items answered, then those derived. least, most : (k,) what each can earn."""

    items: tuple[Item, ...]
    codings: tuple[Coding, ...]
    derived: tuple[DerivedForm, ...]
    index: Mapping[str, int]
    least: Floats
    most: Floats
    median: Floats


def item_forms(pack: Pack, wanted: set[str]) -> ItemForms:
    """The columns for the items wanted, in the order of items.csv, and for the derived items among them.

    Raises PackInvalid where an item is in neither.
    """
    described = {item.id: item for item in pack.instrument.derived_items}
    chosen = _with_sources(described, wanted)
    items = tuple(item for item in pack.items if item.code in chosen)
    index = {item.code: place for place, item in enumerate(items)}
    derived = [item for item in described.values() if item.id in chosen]
    missing = sorted(chosen - set(index) - set(described))
    if missing:
        message = f"scales name items that items.csv does not have: {', '.join(missing[:5])}"
        hint = "Correct the code, or add a line to items.csv"
        raise PackInvalid(Issue("item_unknown", message, hint, "instrument.toml"))
    codings = _codings(items, pack)
    least, most = _earned(codings, len(items))
    forms = []
    for item in derived:
        form = _derived(item, pack, index)
        forms.append(form)
        index[item.id] = len(index)
        low, high = _derived_ends(form, least, most)
        least, most = np.append(least, low), np.append(most, high)
    median = np.array([item.median for item in items] + [np.nan] * len(derived))
    return ItemForms(items, codings, tuple(forms), index, least, most, median)


def derived_groups(derived: Sequence[DerivedForm], first: int) -> tuple[DerivedGroup, ...]:
    """The derived items in groups that are made at once, each after those it is made of; they stand in columns from ``first`` on."""
    level: list[int] = []
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, item in enumerate(derived):
        level.append(1 + max((level[source - first] for source in item.sources.tolist() if source >= first), default=0))
        groups.setdefault((level[place], item.rule, item.sources.size, item.stratum), []).append(place)
    return tuple(_group([derived[place] for place in groups[key]], groups[key], first) for key in sorted(groups, key=lambda key: key[0]))  # type: ignore[arg-type,return-value]


def _group(items: Sequence[DerivedForm], places: Sequence[int], first: int) -> DerivedGroup:
    columns = np.array(places, dtype=np.intp) + first
    return DerivedGroup(columns, np.stack([item.sources for item in items]), items[0].rule, items[0].stratum, tuple(item.points for item in items))


def point_ranges(pack: Pack, name: str, item: str | None = None) -> PointRanges:
    """The ranges of a table that gives points, in rising order; those of one item where the table has a column for it."""
    table = named_table(pack, name)
    start, stop = edges(table)
    lines = np.arange(len(table))
    if item is not None and "item" in table:
        lines = np.array([line for line, cell in enumerate(table.text("item")) if cell == item], dtype=np.intp)
    order = lines[np.argsort(start[lines], kind="stable")]
    return start[order], stop[order], table.numbers("points")[order]


def item_ages(items: tuple[Item, ...]) -> tuple[Floats, Floats] | None:
    """(k,) age from which and below which each item counts, None where all always do."""
    start, stop = (np.array([getattr(item, name) for item in items]) for name in ("age_from", "age_to"))
    return (start, stop) if np.isfinite(start).any() or np.isfinite(stop).any() else None


def _with_sources(described: Mapping[str, DerivedItem], wanted: set[str]) -> set[str]:
    """The items wanted, and those that derived ones among them are made of; a derived item stands after its sources."""
    chosen = set(wanted)
    for item in reversed(list(described.values())):
        if item.id in chosen:
            chosen |= set(item.from_)
    return chosen


def _earned(codings: tuple[Coding, ...], n_items: int) -> tuple[Floats, Floats]:
    """What each item can earn at least and at most, (k,)."""
    least, most = np.zeros(n_items), np.zeros(n_items)
    for coding in codings:
        least[coding.columns], most[coding.columns] = coding.points.min(), coding.points.max()
    return least, most


def _codings(items: tuple[Item, ...], pack: Pack) -> tuple[Coding, ...]:
    kinds: dict[tuple[str, bool], list[int]] = {}
    for place, item in enumerate(items):
        kinds.setdefault((item.options, item.reverse), []).append(place)
    return tuple(_coding(pack.instrument.options[name], reverse, columns) for (name, reverse), columns in kinds.items())


def _coding(options: OptionSet, reverse: bool, columns: list[int]) -> Coding:
    legal = np.array(options.legal if options.range is None else options.range, dtype=np.float64)
    points = np.array(options.worth() if options.range is None else options.range, dtype=np.float64)
    points = points.min() + points.max() - points if reverse else points
    estimated = np.array(sorted(map(float, options.estimated)))
    stand_for = [points[options.legal.index(options.estimated[code])] for code in options.estimated]
    legal = np.concatenate([legal, np.array(list(map(float, options.estimated)))])
    points = np.concatenate([points, np.array(stand_for, dtype=np.float64)])
    order = np.argsort(legal, kind="stable")
    earned = options.worth_missing()
    missing = np.array(sorted(float(code) for code in options.missing))
    counted = np.array([earned.get(code, np.nan) for code in missing.tolist()])
    identity = not options.missing and bool(np.array_equal(legal[order], points[order]))
    place, is_range = np.array(columns, dtype=np.intp), options.range is not None
    return Coding(place, legal[order], points[order], is_range, missing, counted, identity, options.whole, estimated)


def _derived(item: DerivedItem, pack: Pack, index: Mapping[str, int]) -> DerivedForm:
    rule = DerivedRule(
        item.take, NOTHING if item.at_least is None else item.at_least, NOTHING if item.limit is None else item.limit, item.enough_at,
    )  # fmt: skip
    sources = np.array([index[code] for code in item.from_], dtype=np.intp)
    return DerivedForm(item.id, sources, rule, item.by, point_ranges(pack, item.points, item.id) if item.points else None)


def _derived_ends(form: DerivedForm, least: Floats, most: Floats) -> tuple[float, float]:
    """What a derived item can earn at least and at most; NaN where that has no bound."""
    if form.points is not None:
        return float(form.points[2].min()), float(form.points[2].max())
    low, high = least[form.sources], most[form.sources]
    return _ENDS[form.rule.take](low, high)


def _spread(low: Floats, high: Floats) -> tuple[float, float]:
    return float(low.min()), float(high.max())


_ENDS: dict[str, Callable[[Floats, Floats], tuple[float, float]]] = {
    "highest": lambda low, high: (float(low.max()), float(high.max())),
    "lowest": lambda low, high: (float(low.min()), float(high.min())),
    "mean": lambda low, high: (float(low.mean()), float(high.mean())),
    "sum": lambda low, high: (float(low.sum()), float(high.sum())),
    "first": _spread,
    "last": _spread,
    "by_stratum": _spread,
    "all_at_least": lambda low, high: (0.0, 1.0),
    "count_at_least": lambda low, high: (0.0, float(low.size)),
    "in_time": lambda low, high: (min(0.0, float(low[0])), float(high[0])),
    "difference": lambda low, high: (float(low[0] - high[1]), float(high[0] - low[1])),
    "ratio": lambda low, high: (float("nan"), float("nan")),
}


def columns_of(codes: Sequence[str], index: Mapping[str, int]) -> Places:
    """Columns of the items, in their order."""
    return np.array([index[code] for code in codes], dtype=np.intp)
