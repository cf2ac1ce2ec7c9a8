"""Raw scores in tables: whole where they must be, every one that can occur in exactly one row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from otscore.pack.check.layout import range_columns
from otscore.pack.check.members import RawScores, raw_before_points, raw_scores
from otscore.pack.check.subject import Finding, NormTable, Subject
from otscore.pack.layout import edges
from otscore.pack.table import Table
from otscore.schema import Scale

LARGEST_RAW = 100_000
WHOLE = {"raw_min", "raw_max"}


@dataclass(frozen=True, slots=True)
class Spans:
    """The raw ranges of a group in rising order, start included and stop excluded.

    ``whole``: both ends are printed as included, so that only the numbers named are meant. ``columns``: of the two ends.
    """

    source: str
    scale: Scale
    where: str
    possible: RawScores | None
    whole: bool
    columns: tuple[str, str]
    starts: list[float]
    stops: list[float]
    lines: list[int]

    def hold(self, raw: float) -> bool:
        """Whether a range holds the raw score."""
        return any(start <= raw < stop for start, stop in zip(self.starts, self.stops, strict=True))


def spans(subject: Subject) -> Iterator[Spans]:
    """The ranges of every group of every table of ranges, and of every table that turns raw scores into points."""
    for found in subject.norm_tables("ranges"):
        for group in found.groups():
            possible = _possible(subject, found)
            yield _spans(found.source, found.scale, found.where(group), possible, found.rows, group.places)
    for scale in subject.pack.instrument.scales:
        table = subject.table(scale.points)
        if table is not None:
            possible = raw_before_points(subject, scale)
            yield _spans(f"tables/{table.name}", scale, "", possible, table, tuple(range(len(table))))


def _spans(source: str, scale: Scale, where: str, possible: RawScores | None, rows: Table, places: tuple[int, ...]) -> Spans:
    low, high = edges(rows)
    names = range_columns(rows)
    order = sorted(places, key=lambda place: (low[place], high[place]))
    starts, stops = ([float(column[place]) for place in order] for column in (low, high))
    lines = [rows.lines[place] for place in order]
    return Spans(source, scale, where, possible, set(names) <= WHOLE, (names[0], names[-1]), starts, stops, lines)


def raw_whole(subject: Subject) -> Iterator[Finding]:
    """The raw scores of a lookup table or of base rates are whole numbers (up to 100000)."""
    for found in subject.norm_tables("lookup", "base_rates"):
        for place, raw in enumerate(found.numbers("raw")):
            if raw != np.floor(raw) or abs(raw) > LARGEST_RAW:
                hint = 'Write whole numbers up to 100000, or use method = "ranges" with raw_from and raw_below'
                yield Finding(found.source, f"{raw:g} is no raw score for a lookup table", hint, "raw", found.line(place))


def raw_fraction(subject: Subject) -> Iterator[Finding]:
    """A scale whose raw score may lie between whole numbers has a table that holds those scores too."""
    for found in subject.norm_tables("lookup", "ranges"):
        if found.norm.method == "ranges" and "raw_min" not in found.rows:
            continue
        possible = None if found.norm.measure == "ability" else raw_scores(subject, found.scale)
        between = found.norm.measure == "ability" or (possible is not None and possible.values is None and not possible.whole)
        if between or (found.norm.method == "lookup" and possible is not None and not possible.whole):
            message = f"the measure of scale {found.scale.id} can lie between whole numbers, and the table leaves those out"
            hint = 'Use method = "ranges" with raw_from (included) and raw_below (excluded), or round a prorated sum'
            yield Finding(found.source, message, hint, "raw" if found.norm.method == "lookup" else "raw_min")


def range_order(subject: Subject) -> Iterator[Finding]:
    """Every raw range begins before it ends."""
    for found in spans(subject):
        for start, stop, line in zip(found.starts, found.stops, found.lines, strict=True):
            if start >= stop:
                message = f"the range from {start:g} to {stop:g} holds no raw score"
                ends = "both ends are included" if found.whole else "raw_below is excluded, raw_upto included"
                yield Finding(found.source, message, f"Write the lower end first; {ends}", found.columns[1], line)


def raw_overlap(subject: Subject) -> Iterator[Finding]:
    """No raw score lies in two ranges of a group."""
    for found in spans(subject):
        for place in range(1, len(found.starts)):
            start, before = found.starts[place], found.stops[place - 1]
            if start < before:
                message = f"a raw score of {start:g} also lies in the range on line {found.lines[place - 1]}"
                ends = "raw_min and raw_max are both included" if found.whole else "raw_below is excluded, raw_upto included"
                yield Finding(found.source, message, f"Let one range end before the next begins; {ends}", found.columns[0], found.lines[place])


def raw_gap(subject: Subject) -> Iterator[Finding]:
    """Every raw score that can occur is in the table, for every stratum and age band."""
    for table in subject.norm_tables("lookup", "base_rates"):
        possible = _possible(subject, table)
        if possible is None or not possible.whole:
            continue
        raw = table.numbers("raw")
        for group in table.groups():
            present = {float(raw[place]) for place in group.places}
            missing = [value for value in possible.values or () if value not in present]
            if missing:
                yield _uncovered(table.source, table.scale, table.where(group), missing, "raw", table.line(group.places[0]))
    for found in spans(subject):
        possible = found.possible
        if possible is not None and possible.values is not None:
            missing = [value for value in possible.values if not found.hold(value)]
        elif not found.whole:
            ends = () if possible is None else (possible.low, possible.high)
            missing = [value for value in (*ends, *_holes(found)) if not found.hold(value)]
        else:
            missing = []
        if missing:
            yield _uncovered(found.source, found.scale, found.where, sorted(set(missing)), found.columns[0], found.lines[0])


def warn_raw_beyond(subject: Subject) -> Iterator[Finding]:
    """No table has rows for raw scores that cannot occur."""
    for found in subject.norm_tables("lookup", "base_rates", "ranges"):
        possible = _possible(subject, found)
        if possible is None:
            continue
        for column in ("raw", "raw_min", "raw_max", "raw_from"):
            for place, raw in enumerate(found.numbers(column)):
                below = raw < possible.low and column != "raw_max"
                above = raw > possible.high and (column != "raw" or raw <= LARGEST_RAW)
                if below or above:
                    message = f"a raw score of {raw:g} cannot occur on scale {found.scale.id}"
                    hint = f"Raw scores run from {possible.low:g} to {possible.high:g}: is the table the right one, are all items listed?"
                    yield Finding(found.source, message, hint, column, found.line(place))


def _possible(subject: Subject, table: NormTable) -> RawScores | None:
    return None if table.norm.measure == "ability" else raw_scores(subject, table.scale)


def _holes(found: Spans) -> list[float]:
    """Where a half-open range ends and the next does not begin yet."""
    return [stop for start, stop in zip(found.starts[1:], found.stops, strict=False) if start > stop]


def _uncovered(source: str, scale: Scale, where: str, missing: list[float], column: str, line: int) -> Finding:
    shown = ", ".join(f"{value:g}" for value in missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    where = f" ({where})" if where else ""
    hint = "Add the rows; a raw score that has no score in the print has a row with an empty score"
    return Finding(source, f"no row holds a raw score of {shown} of scale {scale.id}{where}", hint, column, line)
