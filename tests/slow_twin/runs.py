"""Raw score of items that are tested from a basal to a ceiling, one child and one item at a time.

The items stand in a fixed order, easy ones first. What lies below the basal is taken as passed, what lies above the ceiling as failed:

    raw = most points of every item below the basal item + points of the items from the basal item to the ceiling item

Places are counted from 0. Choices where the text leaves one:

- a span of ``ceiling_within`` items ends on a failed one, a span of ``basal_within`` begins on a passed one; at the ends of the scale
  (and at the ceiling) a span may be shorter; items not administered stand in it as neither passed nor failed;
- among overlapping spans of one stretch the highest (lowest) counts; two spans that share an item or follow one another are of one stretch;
- going back from the start item, a basal counts that begins there or before; of those after it none does, and none makes another false;
  where the start item is not known all may count;
- without a rule for a ceiling the items that are missing at the end are too few, and nothing is discontinued; with one, that its end was
  not reached is told before what is missing elsewhere;
- flags are those of a raw score, so that there are none without it;
- a block that was not begun is one whose last items were not given: discontinued where a ceiling is asked for; that
  a block is discontinued is told before what is missing in others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Points = Sequence[float | None]
"""Points of the items in their order, None where an item was not administered."""
Span = tuple[int, int]
"""First and last place of a run of items that meets the rule."""

CHOICE = {"lowest": min, "highest": max, "from_start": max, "start_items": max}


@dataclass(frozen=True)
class RunScore:
    """The raw score, None where there is none, and then the status says why; the places of the basal and the ceiling item.

    ``trace`` has a word for each item: not_given, scored, credited, overridden, not_counted, beyond or gap.
    """

    raw: float | None
    status: str
    flags: frozenset[str]
    basal: int | None
    ceiling: int | None
    trace: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """Items of a block: which are passed and failed, the sets they stand in (places), and the rule."""

    passed: list[bool]
    failed: list[bool]
    sets: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True)
class Starts:
    """Where testing starts (places): the start item of the child, None where it is not known, and those of every age."""

    own: int | None = None
    all: frozenset[int] = frozenset()


UNKNOWN = Starts()
GOING_BACK = ("from_start", "start_items")


def spans_from(hits: Sequence[bool], count: int, within: int, last: int) -> list[Span]:
    """From a hit to the item at which ``count`` hits are reached, no more than ``within`` items and none above ``last``."""
    found = []
    for first in range(last + 1):
        if not hits[first]:
            continue
        seen = 0
        for place in range(first, min(first + within, last + 1)):
            seen += hits[place]
            if seen == count:
                found.append((first, place))
                break
    return found


def spans_to(hits: Sequence[bool], count: int, within: int) -> list[Span]:
    """The same from a hit backwards: every span ends on a hit."""
    top = len(hits) - 1
    turned = spans_from(hits[::-1], count, within, top)
    return sorted((top - last, top - first) for first, last in turned)


def stretches(spans: Sequence[Span]) -> int:
    """How many separate stretches the spans make: spans that share an item or follow one another are of one."""
    n, end = 0, -2
    for first, last in sorted(spans):
        if first > end + 1:
            n += 1
        end = max(end, last)
    return n


def set_spans(hits: Sequence[bool], sets: Sequence[Sequence[int]], count: int | None) -> list[Span]:
    """First and last item of the sets with at least ``count`` hits (all items where it is None)."""
    need = [len(places) if count is None else count for places in sets]
    return [(places[0], places[-1]) for places, least in zip(sets, need, strict=True) if sum(hits[place] for place in places) >= least]


def ceilings(order: Order, rule: Mapping[str, Any]) -> list[Span]:
    """Every span that is a ceiling; none where the rule knows no ceiling."""
    count = rule.get("ceiling")
    if order.sets:
        return set_spans(order.failed, order.sets, count)
    return [] if count is None else spans_to(order.failed, count, rule.get("ceiling_within") or count)


def basals(order: Order, rule: Mapping[str, Any], last: int) -> list[Span]:
    """Every span that is a basal and ends at the item ``last`` or below it."""
    count = rule.get("basal")
    if order.sets:
        return [span for span in set_spans(order.passed, order.sets, count) if span[1] <= last]
    return [] if count is None else spans_from(order.passed, count, rule.get("basal_within") or count, last)


def ends(order: Order, rule: Mapping[str, Any], starts: Starts) -> tuple[list[Span], list[Span], int | None]:
    """Every ceiling, every basal that is looked at, and the first item of the one that counts. Who goes back from a start item comes
    to the basal first; then what was tried below it is over, and the ceiling is looked for from there on."""
    several, top = rule.get("several_basals", "highest"), len(order.passed) - 1
    if several in GOING_BACK and starts.own is not None:
        bottoms = [span for span in basals(order, rule, top) if span[0] <= starts.own]
        basal = highest_at(bottoms, several, starts)
        failed = [hit and (basal is None or place >= basal) for place, hit in enumerate(order.failed)]
        return ceilings(Order(order.passed, failed, order.sets), rule), bottoms, basal
    tops = ceilings(order, rule)
    last = CHOICE[rule.get("several_ceilings", "lowest")]((end for _, end in tops), default=top)
    bottoms = basals(order, rule, last)
    return tops, bottoms, highest_at(bottoms, several, starts)


def highest_at(bottoms: Sequence[Span], several: str, starts: Starts) -> int | None:
    """The first item of the basal that counts: one at an item where testing starts at some age, if the rule says so."""
    firsts = [first for first, _ in bottoms if several != "start_items" or first in starts.all]
    return CHOICE[several](firsts, default=None)


def ordered(points: Points, most: Sequence[float], rule: Mapping[str, Any], sets: list[list[int]]) -> Order:
    """Which items are passed and failed: by ``basal_at`` (else the most it can earn) and ``ceiling_at`` (else 0)."""
    needed = [full if rule.get("basal_at") is None else rule["basal_at"] for full in most]
    allowed = rule.get("ceiling_at", 0)
    passed = [value is not None and value >= least for value, least in zip(points, needed, strict=True)]
    return Order(passed, [value is not None and value <= allowed for value in points], sets)


def block_score(
    points: Points, most: Sequence[float], rule: Mapping[str, Any], sets: list[list[int]] | None = None, starts: Starts = UNKNOWN
) -> RunScore:
    """Raw score of one block by ``[scales.runs]`` (``rule``); ``sets`` holds the places of each set."""
    if all(value is None for value in points):
        return RunScore(None, "no_items", frozenset(), None, None, ("not_given",) * len(points))
    order = ordered(points, most, rule, sets or [])
    tops, bottoms, basal = ends(order, rule, starts)
    ceiling = CHOICE[rule.get("several_ceilings", "lowest")]((end for _, end in tops), default=None)
    last = len(points) - 1 if ceiling is None else ceiling
    first = 0 if basal is None else basal

    has_basal, has_ceiling = bool(sets) or "basal" in rule, bool(sets) or "ceiling" in rule
    traced = tuple(traces(points, first, last, rule, basal is not None, ceiling is not None))
    if has_ceiling and ceiling is None and (points[-1] is None or rule.get("no_ceiling") == "unscored"):
        return RunScore(None, "discontinued", frozenset(), basal, ceiling, traced)
    if "gap" in traced or "not_given" in traced or (has_basal and basal is None and rule.get("no_basal") == "unscored"):
        return RunScore(None, "too_few_items", frozenset(), basal, ceiling, traced)
    worth = {"scored": lambda place: points[place], "credited": lambda place: most[place], "overridden": lambda place: most[place]}
    raw = math.fsum(worth[word](place) for place, word in enumerate(traced) if word in worth)  # type: ignore[no-untyped-call]
    said = {
        "no_basal": has_basal and basal is None,
        "no_ceiling": has_ceiling and ceiling is None,
        "false_basal": rule.get("several_basals") not in GOING_BACK and stretches(bottoms) > 1,
        "false_ceiling": stretches(tops) > 1,
    }
    return RunScore(raw, "ok", frozenset(name for name, holds in said.items() if holds), basal, ceiling, traced)


def traces(points: Points, first: int, last: int, rule: Mapping[str, Any], begun: bool, ended: bool) -> list[str]:
    """What became of each item. Missing items before the first one given without a basal, and after the last without a ceiling, are
    not_given."""
    answered = [place for place, value in enumerate(points) if value is not None]
    found = []
    for place, value in enumerate(points):
        if place < first:
            kept = rule.get("below_basal", "full") == "as_scored"
            found.append("credited" if value is None else "scored" if kept else "overridden")
        elif place > last:
            kept = rule.get("above_ceiling", "zero") == "count"
            found.append("beyond" if value is None else "scored" if kept else "not_counted")
        elif value is None:
            found.append("gap" if (place > answered[0] or begun) and (place < answered[-1] or ended) else "not_given")
        else:
            found.append("scored")
    return found


def starts_at(items: Sequence[str], rows: Sequence[Mapping[str, Any]], age: float | None) -> Starts:
    """The start items by the table (rows: age_from, age_to, item)."""
    place = {name: number for number, name in enumerate(items)}
    here = [place[row["item"]] for row in rows if age is not None and row["age_from"] <= age < row["age_to"]]
    return Starts(here[0] if here else None, frozenset(place[row["item"]] for row in rows))


def starts_late(points: Points, starts: Starts) -> bool:
    """Whether the first item given lies after the start item of the child. No start item known: no."""
    given = [place for place, value in enumerate(points) if value is not None]
    return bool(given) and starts.own is not None and given[0] > starts.own


def runs_score(
    points: Points,
    most: Sequence[float],
    rule: Mapping[str, Any],
    items: Sequence[str],
    age: float | None = None,
    start: Sequence[Mapping[str, Any]] = (),
) -> RunScore:
    """Raw score of a scale by its ``runs`` table: in sets, in blocks, or as one row of items."""
    place = {name: number for number, name in enumerate(items)}
    starts = starts_at(items, start, age)
    if "blocks" in rule:
        found = _of_blocks(points, most, rule, [[place[name] for name in block] for block in rule["blocks"]])
    else:
        found = block_score(points, most, rule, [[place[name] for name in names] for names in rule.get("sets", ())], starts)
    if found.raw is not None and starts_late(points, starts):
        return RunScore(found.raw, found.status, found.flags | {"start_item_other"}, found.basal, found.ceiling, found.trace)
    return found


def _of_blocks(points: Points, most: Sequence[float], rule: Mapping[str, Any], blocks: Sequence[Sequence[int]]) -> RunScore:
    parts = [block_score([points[n] for n in block], [most[n] for n in block], rule) for block in blocks]
    trace = tuple(word for part in parts for word in part.trace)
    if any(part.raw is None for part in parts):
        why = {"discontinued" if part.status == "no_items" and "ceiling" in rule else part.status for part in parts if part.raw is None}
        nothing = all(part.status == "no_items" for part in parts)
        status = "no_items" if nothing else "discontinued" if "discontinued" in why else "too_few_items"
        return RunScore(None, status, frozenset(), None, None, trace)
    flags = frozenset().union(*(part.flags for part in parts))
    return RunScore(math.fsum(part.raw for part in parts), "ok", flags, None, None, trace)  # type: ignore[misc]


# ------------------------------------------------------------------------------------------------ the plain rule


def ceiling_items(points: Points, ceiling: int, within: int | None = None) -> list[int]:
    """The last item of every span with ``ceiling`` items of 0 points among ``within`` items."""
    return [last for _, last in spans_to([value == 0 for value in points], ceiling, within or ceiling)]


def run_score(
    points: Points,
    most: Sequence[float],
    basal: int,
    ceiling: int,
    ceiling_within: int | None = None,
    several_basals: str = "highest",
    several_ceilings: str = "lowest",
) -> RunScore:
    """:func:`block_score` of items in a row by full credit and no credit; flags say only which end was not reached."""
    rule = {"basal": basal, "ceiling": ceiling, "several_basals": several_basals, "several_ceilings": several_ceilings}
    found = block_score(points, most, rule if ceiling_within is None else rule | {"ceiling_within": ceiling_within})
    return RunScore(found.raw, found.status, found.flags & {"no_basal", "no_ceiling"}, found.basal, found.ceiling, found.trace)
