"""Items in rising order of difficulty, tested from a basal (a run of passes) to a ceiling (a run of fails).

Items below the basal count in full, those above the ceiling not at all. Of two basals the higher counts and of two ceilings
the lower, unless a manual says otherwise; a run of passes above the ceiling is no basal (methods: Basal/ceiling). Item order
decides, never the order of testing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Bools = NDArray[np.bool_]
Traces = NDArray[np.int8]

TRACES = ("not_given", "scored", "credited", "overridden", "not_counted", "beyond", "gap")
"""What became of an item. ``credited`` and ``overridden``: full points below the basal, not given and given; ``not_counted``
and ``beyond``: none above the ceiling, given and not given; ``gap``: an answer is missing; ``not_given``: before the first
answer where there is no basal, after the last one where there is no ceiling."""
NOT_GIVEN, SCORED, CREDITED, OVERRIDDEN, NOT_COUNTED, BEYOND, GAP = range(len(TRACES))


@dataclass(frozen=True, slots=True)
class RunRule:
    """``basal`` passes among ``basal_within`` items in a row, ``ceiling`` fails among ``within``; 0: there is no such rule.

    basal_at, ceiling_at : points from which an item is passed (None: its most), and up to which it is failed. as_scored,
    count_above : items given below the basal, above the ceiling, count as they were answered. basal_needed, ceiling_needed :
    without one there is no score. from_start : a basal begins at the start item or before it; begins : and at one of these places
    (none: anywhere). set_starts : first item of each set, and basal and ceiling are counts within one set, 0 meaning all of it.
    blocks : (first item, item after the last) of parts with a basal and a ceiling each; none: one part.
    """

    basal: int
    ceiling: int
    within: int
    highest_basal: bool = True
    lowest_ceiling: bool = True
    basal_within: int = 0
    basal_at: float | None = None
    ceiling_at: float = 0.0
    as_scored: bool = False
    count_above: bool = False
    basal_needed: bool = False
    ceiling_needed: bool = False
    from_start: bool = False
    begins: tuple[int, ...] = ()
    set_starts: tuple[int, ...] = ()
    blocks: tuple[tuple[int, int], ...] = ()

    @property
    def asks_basal(self) -> bool:
        """Whether there is a rule for a basal."""
        return self.basal > 0 or bool(self.set_starts)

    @property
    def asks_ceiling(self) -> bool:
        """Whether there is a rule for a ceiling."""
        return self.ceiling > 0 or bool(self.set_starts)


@dataclass(frozen=True, eq=False)
class RunResult:
    """What the answers of n children to k items in b blocks come to.

    credited : (n, k) points, NaN where an item between basal and ceiling has no answer. basal, ceiling : (n, b) places of the
    first item of the basal and the last of the ceiling, -1 for none. no_basal, no_ceiling : (n,) one that is asked for is not
    there, in some block. false_basal, false_ceiling : (n,) there is more than one. start_item_other : (n,) the first item given
    lies after the start item. unscored : (n,) the rule gives no score.
    """

    points: Floats
    rule: RunRule
    credited: Floats
    basal: Places
    ceiling: Places
    no_basal: Bools
    no_ceiling: Bools
    false_basal: Bools
    false_ceiling: Bools
    start_item_other: Bools
    unscored: Bools

    @cached_property
    def discontinued(self) -> Bools:
        """(n,) a ceiling is asked for and nothing says where testing would have ended."""
        if self.rule.ceiling_needed or not self.rule.asks_ceiling:
            return self.no_ceiling
        last = [stop - 1 for _, stop in _blocks(self.points, self.rule)]
        unended = (self.ceiling < 0) & np.isnan(self.points[:, last])
        return _any(unended)

    @cached_property
    def trace(self) -> Traces:
        """(n, k) what became of each item, as places in :data:`TRACES`."""
        trace = np.empty(self.points.shape, dtype=np.int8)
        for number, (first, stop) in enumerate(_blocks(self.points, self.rule)):
            basal, ceiling = (place[:, number, None] - first for place in (self.basal, self.ceiling))
            trace[:, first:stop] = _trace(self.points[:, first:stop], basal, ceiling, self.rule)
        return trace


def run_result(points: Floats, most: Floats, rule: RunRule, start: Places | None = None) -> RunResult:
    """Basal, ceiling and points of every item, of each child alone.

    points : (n, k) in the order of the items, NaN = no answer. most : (k,) what each can earn. start : (n,) place of the item
    testing starts with at the child's age, -1 = unknown. Without a basal the first item acts as one, without credit, and
    without a ceiling the last item does.
    """
    blocks = _blocks(points, rule)
    starts = start if rule.from_start else None
    parts = [_part(points[:, first:stop], most[first:stop], rule, None if starts is None else starts - first) for first, stop in blocks]
    credited, basal, ceiling, basals, ceilings = parts[0] if len(parts) == 1 else _joined(parts, blocks)
    none = np.zeros(len(points), dtype=np.bool_)
    no_basal = _any(basals == 0) if rule.asks_basal else none
    no_ceiling = _any(ceilings == 0) if rule.asks_ceiling else none
    return RunResult(
        points, rule, credited, basal, ceiling, no_basal, no_ceiling,
        false_basal=_any(basals > 1), false_ceiling=_any(ceilings > 1),
        start_item_other=none if start is None else _after_start(points, start),
        unscored=no_basal & rule.basal_needed | no_ceiling & rule.ceiling_needed if rule.basal_needed or rule.ceiling_needed else none,
    )  # fmt: skip


class _Part(NamedTuple):
    """(n, k) points as credited; (n, b) places of basal and ceiling, -1 for none, and how many there are apart from one another."""

    credited: Floats
    basal: Places
    ceiling: Places
    basals: Places
    ceilings: Places


def _part(points: Floats, most: Floats, rule: RunRule, start: Places | None) -> _Part:
    """One block. start : (n,) place in it from which a basal is looked for going back, below 0 = unknown; None: anywhere."""
    place = np.arange(points.shape[1])
    failed, passed = points <= rule.ceiling_at, points >= (most if rule.basal_at is None else rule.basal_at)
    if start is None:
        ceiling, ceilings = _ceiling(failed, rule)
        basal, basals = _basal(passed & ~_beyond(place, ceiling), rule, None)
    else:
        known = (start >= 0)[:, None]
        failed &= place >= _basal(passed & known, rule, start)[0]  # what was tried below the basal ends no testing
        ceiling, ceilings = _ceiling(failed, rule)
        basal, basals = _basal(passed & (known | ~_beyond(place, ceiling)), rule, start)
    above, below = _beyond(place, ceiling), place < basal
    if rule.as_scored:
        below &= np.isnan(points)
    if rule.count_above:
        above &= np.isnan(points)
    credited = np.where(below, most, points)
    np.copyto(credited, 0.0, where=above)
    return _Part(credited, basal, ceiling, basals, ceilings)


def _beyond(place: Places, ceiling: Places) -> Bools:
    """What lies above the ceiling: where there is none, -1 is the largest number, and nothing does."""
    above: Bools = place.view(np.uintp) > ceiling.view(np.uintp)
    return above


def _joined(parts: Sequence[_Part], blocks: Sequence[tuple[int, int]]) -> _Part:
    """The blocks as one, with places in the scale."""
    credited, basal, ceiling, basals, ceilings = (np.hstack(column) for column in zip(*parts, strict=True))
    first = np.array(blocks)[:, 0]
    return _Part(credited, np.where(basal < 0, -1, basal + first), np.where(ceiling < 0, -1, ceiling + first), basals, ceilings)


def _ceiling(failed: Bools, rule: RunRule) -> tuple[Places, Places]:
    """Place of the last item of the ceiling that counts, and how many there are apart from one another, (n, 1) both."""
    highest = not rule.lowest_ceiling
    if rule.set_starts:
        return _chosen(_sets_with(failed, rule.ceiling, rule), highest, ends=np.array([*rule.set_starts[1:], failed.shape[1]]) - 1)
    if not rule.ceiling:
        return _nowhere(failed)
    if rule.ceiling in (1, rule.within):
        return _chosen(_in_a_row(failed, rule.ceiling), highest, shift=rule.ceiling - 1)
    met = failed & (_among(failed, rule.within) >= rule.ceiling)
    place, stretches = _chosen(met, highest)
    return place, _apart(met, failed, rule.ceiling, stretches)


def _basal(passed: Bools, rule: RunRule, start: Places | None) -> tuple[Places, Places]:
    """Place of the first item of the basal that counts, and how many there are apart from one another, (n, 1) both."""
    if not rule.asks_basal:
        return _nowhere(passed)
    among = not rule.set_starts and rule.basal not in (1, rule.basal_within or rule.basal)
    if rule.set_starts:
        met = _sets_with(passed, rule.basal, rule)
    elif among:
        met = passed & (_among(passed[:, ::-1], rule.basal_within)[:, ::-1] >= rule.basal)
    else:
        met = _in_a_row(passed, rule.basal)
    ends = np.array(rule.set_starts) if rule.set_starts else np.arange(met.shape[1])
    met = _not_after(met, ends, start)
    place, basals = _chosen(met, rule.highest_basal, ends=ends)
    if among:
        basals = _apart(met, passed, rule.basal, basals)
    if rule.begins:
        place, basals = _chosen(met & np.isin(ends, rule.begins), rule.highest_basal, ends=ends)
    return place, basals if start is None else np.minimum(basals, 1)  # going back says which one counts: no other is false


def _not_after(met: Bools, place: Places, start: Places | None) -> Bools:
    """Only what begins at the start item or before it, where one is asked for and known."""
    return met if start is None else met & ((place <= start[:, None]) | (start < 0)[:, None])


def _chosen(met: Bools, highest: bool, shift: int = 0, ends: Places | None = None) -> tuple[Places, Places]:
    """First or last place where a rule is met (-1: nowhere), moved on by ``shift`` or looked up in ``ends``; and the stretches."""
    stretches = _stretches(met)
    found = met.shape[1] - 1 - met[:, ::-1].argmax(axis=1) if highest else met.argmax(axis=1)
    place = found + shift if ends is None else ends[found]
    return np.where(stretches > 0, place[:, None], -1), stretches


def _stretches(met: Bools) -> Places:
    """How many stretches there are in which a rule is met, (n, 1): places next to one another are one."""
    rises = met[:, 1:] > met[:, :-1]
    return np.add.reduce(rises, axis=1, keepdims=True) + met[:, :1]


def _apart(met: Bools, hits: Bools, need: int, stretches: Places) -> Places:
    """How many runs of ``need`` hits there are that share no hit with one before them, (n, 1). met : hits that end (or begin) one."""
    some = np.flatnonzero(stretches > 1)  # those of one stretch share hits
    if not some.size:
        return stretches
    met, number = met[some], np.cumsum(hits[some], axis=1, dtype=np.int16)
    latest = np.maximum.accumulate(np.where(met, number, np.int16(-need)), axis=1)
    apart = stretches.copy()
    apart[some] = met[:, :1] + np.add.reduce(met[:, 1:] & (number[:, 1:] - latest[:, :-1] >= need), axis=1, keepdims=True)
    return apart


def _in_a_row(hits: Bools, span: int) -> Bools:
    """Whether a row of ``span`` hits begins with an item, (n, k - span + 1)."""
    length = 1
    while length < span <= length + hits.shape[1] - 1:
        step = min(length, span - length)
        hits = hits[:, step:] & hits[:, :-step]
        length += step
    return hits if span == length else np.zeros((len(hits), 1), dtype=np.bool_)


def _among(hits: Bools, span: int) -> NDArray[np.int16]:
    """How many hits there are among the ``span`` items that end with each item, (n, k)."""
    count = np.cumsum(hits, axis=1, dtype=np.int16)
    earlier = np.zeros_like(count)
    earlier[:, span:] = count[:, :-span]
    return count - earlier


def _sets_with(hits: Bools, need: int, rule: RunRule) -> Bools:
    """Whether a set has ``need`` hits (0: as many as it has items), (n, s)."""
    sizes = np.diff([*rule.set_starts, hits.shape[1]])
    return np.add.reduceat(hits, rule.set_starts, axis=1, dtype=np.int16) >= (need or sizes)


def _nowhere(hits: Bools) -> tuple[Places, Places]:
    return np.full((len(hits), 1), -1, dtype=np.intp), np.zeros((len(hits), 1), dtype=np.intp)


def _blocks(points: Floats, rule: RunRule) -> Sequence[tuple[int, int]]:
    return rule.blocks or ((0, points.shape[1]),)


def _any(blocks: Bools) -> Bools:
    """Whether it is so in any block, (n,)."""
    some: Bools = blocks[:, 0] if blocks.shape[1] == 1 else np.logical_or.reduce(blocks, axis=1)
    return some


def _after_start(points: Floats, start: Places) -> Bools:
    """Whether the first item given lies after the one that testing starts with."""
    late: Bools = (start >= 0) & ((~np.isnan(points)).argmax(axis=1) > start)
    return late


def _trace(points: Floats, basal: Places, ceiling: Places, rule: RunRule) -> Traces:
    """What became of the items of one block, (n, k). basal, ceiling : (n, 1) places in it, -1 or less for none."""
    given, place = ~np.isnan(points), np.arange(points.shape[1])
    before, after = (~np.logical_or.accumulate(part, axis=1) for part in (given, given[:, ::-1]))
    outside = (basal < 0) & before | (ceiling < 0) & after[:, ::-1]
    below, above = place < basal, (ceiling >= 0) & (place > ceiling)
    where = [below & given, below, above & given, above, given, outside]
    what = [SCORED if rule.as_scored else OVERRIDDEN, CREDITED, SCORED if rule.count_above else NOT_COUNTED, BEYOND, SCORED, NOT_GIVEN]
    return np.select(where, what, GAP).astype(np.int8)
