"""What items can be worth: those that are answered, and those made of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from otscore.pack.check.subject import Subject
from otscore.pack.read import Item
from otscore.schema import DerivedItem, OptionSet

MOST_WHOLE = 5000


class Worth(NamedTuple):
    """The values an item can have; where any number between is possible, the two ends. None at all: it cannot be told."""

    values: tuple[float, ...]
    continuous: bool


def item_worth(subject: Subject) -> dict[str, Worth]:
    """What every item can be worth; a derived item after its sources."""
    options = subject.pack.instrument.options
    known = {item.code: _answered(item, options[item.options]) for item in subject.pack.items}
    for item in subject.pack.instrument.derived_items:
        sources = [known[code] for code in item.from_ if code in known]
        if len(sources) == len(item.from_):
            known[item.id] = _points(subject, item) if item.points else _DERIVED[item.take](sources)
    return known


def _answered(item: Item, options: OptionSet) -> Worth:
    missing = tuple(options.worth_missing().values())
    if options.range is None:
        return Worth((*options.worth(), *missing), False)
    low, high = options.range
    if options.whole and high - low <= MOST_WHOLE:
        return Worth((*(float(value) for value in range(int(low), int(high) + 1)), *missing), False)
    return Worth((low, high, *missing), True)


def _points(subject: Subject, item: DerivedItem) -> Worth:
    table = subject.table(item.points)
    if table is None or "points" not in table:
        return Worth((), False)
    names = table.text("item") if "item" in table else (item.id,) * len(table)
    pairs = zip(names, table.numbers("points").tolist(), strict=True)
    return Worth(tuple(sorted({points for name, points in pairs if name == item.id})), False)


def _any(sources: Sequence[Worth]) -> Worth:
    return Worth(tuple(sorted({value for one in sources for value in one.values})), any(one.continuous for one in sources))


def _combined(combine: Callable[[tuple[float, ...]], float], *, always_between: bool = False) -> Callable[[Sequence[Worth]], Worth]:
    """What comes of one value of each source; of the ends alone where any number between is possible, or there are too many."""

    def worth(sources: Sequence[Worth]) -> Worth:
        n = 1
        for one in sources:
            n *= max(len(one.values), 1)
        between = always_between or n > MOST_WHOLE or any(one.continuous for one in sources)
        ends = [(min(one.values), max(one.values)) if between and one.values else one.values for one in sources]
        values = sorted({combine(values) for values in product(*ends)})
        return Worth((values[0], values[-1]) if between and values else tuple(values), between)

    return worth


_DERIVED: dict[str, Callable[[Sequence[Worth]], Worth]] = {
    "highest": _any, "lowest": _any, "first": _any, "last": _any, "by_stratum": _any,
    "mean": _combined(lambda values: sum(values) / len(values), always_between=True),
    "sum": _combined(sum),
    "difference": _combined(lambda values: values[0] - values[1]),
    "all_at_least": lambda sources: Worth((0.0, 1.0), False),
    "count_at_least": lambda sources: Worth(tuple(float(number) for number in range(len(sources) + 1)), False),
    "in_time": lambda sources: Worth(tuple(sorted({0.0, *sources[0].values})), sources[0].continuous),
    "ratio": lambda sources: Worth((), True),
}  # fmt: skip
