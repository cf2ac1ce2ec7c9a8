"""Entries as rows of a table of the pack format: half-open ages, raw scores one by one or as ranges, further printed columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from otscore.errors import Issue
from otscore.norming.ages import Band, half_open, neighbours
from otscore.norming.cells import Range, plain
from otscore.norming.dates import CellError
from otscore.norming.reading import Entry, Reading

Method = Literal["lookup", "ranges"]
Ends = Literal["included", "below"]
Row = dict[str, str]
KEYS = ("scale", "age_from", "age_to")
WHOLE_ENDS = ("raw_min", "raw_max")
ALL_ENDS = ("raw_from", "raw_above", "raw_upto", "raw_below")


@dataclass(frozen=True, slots=True)
class Made:
    """The rows of a table with the names of its columns."""

    method: Method
    columns: tuple[str, ...]
    rows: list[Row]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell the rows apart: scale, ages, strata, raw score or its ends."""
        return self.columns[: self.columns.index("score")]


def bands_of(entries: Sequence[Entry], reading: Reading, ends: Ends | None) -> dict[Band, tuple[str, str]]:
    """``age_from`` and ``age_to`` of every band that is printed. What cannot be told stands in ``reading.issues``."""
    groups: dict[tuple[object, ...], list[Band]] = {}
    for entry in entries:
        if entry.ages is not None:
            groups.setdefault((entry.scale, entry.strata), []).append(entry.ages)
    bands = list(dict.fromkeys(band for group in groups.values() for band in group))
    touching, following = neighbours(list(groups.values()))
    hint = "Correct the ages, or say what the upper ends mean: --age-end included or below"
    if touching and following:
        message = f"some age bands touch ({touching[0]}) and some follow one another ({following[0]}): their upper ends are not told"
        reading.issues.append(Issue("age_ends", message, hint))
    elif (ends == "included" and touching) or (ends == "below" and following):
        message = f"--age-end {ends} does not fit the bands {(touching or following)[0]}: they would " + ("overlap" if touching else "leave a gap")
        reading.issues.append(Issue("age_ends", message, hint))
    included = ends != "below" if ends else not touching
    found: dict[Band, tuple[str, str]] = {}
    for band in bands:
        try:
            found |= half_open([band], included, reading.target.end("from"), reading.target.end("below"))
        except CellError as error:
            reading.issues.append(Issue("age_unreadable", error.message, error.hint))
    if len(bands) == 1 and not ends and bands[0].high is not None and not bands[0].below:
        reading.notes.append("a single age band, its upper end taken as included (completed units); --age-end below says otherwise")
    reading.notes += [f'ages "{band.text}" read as {low} to below {high} {reading.age.unit}' for band, (low, high) in found.items()]
    return found


def tabulate(entries: Sequence[Entry], reading: Reading, method: Method | None, ends: Ends | None, raws: Mapping[str, range]) -> Made | None:
    """The entries as a table; None where that cannot be done, and why stands in ``reading.issues``.

    method : as pack.toml says; None: ``lookup`` where every raw score stands alone. raws : raw scores of a scale, for open ranges.
    """
    _alike(entries, reading)
    entries = _that_can_be(entries, raws)
    bands = bands_of(entries, reading, ends)
    alone = all(entry.raw.low == entry.raw.high and entry.raw.low is not None for entry in entries)
    chosen: Method = method or ("lookup" if alone else "ranges")
    strata = tuple(name for name in reading.target.strata if any(name in dict(entry.strata) for entry in entries))
    printed = {name for entry in entries for name in entry.more if name != "ae"}
    more = sorted(printed, key=lambda name: (name != "percentile", name.replace("_low", "_a")))  # the lower end before the upper one
    whole = all(_is_whole(entry.raw) for entry in entries)
    raw = ("raw",) if chosen == "lookup" else WHOLE_ENDS if whole else ALL_ENDS
    rows: list[Row] = []
    seen: dict[tuple[str, ...], Entry] = {}
    columns = ("scale", *(KEYS[1:] if bands else ()), *strata, *raw, "score", *more)
    for entry in entries:
        low_high = dict(zip(KEYS[1:], bands.get(entry.ages, ("", "")), strict=True)) if entry.ages else {}
        for cells in _raw_cells(entry, reading, chosen, whole, raws):
            row = dict.fromkeys(columns, "") | {"scale": entry.scale} | low_high | dict(entry.strata) | cells | {"score": entry.score}
            row |= {name: entry.more.get(name, "") for name in more}
            key = tuple(row[name] for name in columns[: columns.index("score")])
            if key in seen:
                message = f"the same scale, age, stratum and raw score as in {seen[key].where}"
                reading.issues.append(Issue("row_twice", message, "Keep the one that the source prints", entry.where))
            seen.setdefault(key, entry)
            rows.append(row)
    return None if reading.issues else Made(chosen, columns, _sorted(rows, columns, reading))


def _that_can_be(entries: Sequence[Entry], raws: Mapping[str, range]) -> list[Entry]:
    """Without the dashes of raw scores that the scale does not have: those outside the known ones, else above the highest score."""
    highest: dict[str, Decimal] = {}
    for entry in entries:
        if entry.score and entry.raw.high is not None:
            highest[entry.scale] = max(highest.get(entry.scale, entry.raw.high), entry.raw.high)

    def can_be(entry: Entry) -> bool:
        known = raws.get(entry.scale)
        if entry.score or entry.raw.low is None:
            return True
        return entry.raw.low in known if known else entry.raw.low <= highest.get(entry.scale, entry.raw.low)

    return [entry for entry in entries if can_be(entry)]


def _alike(entries: Sequence[Entry], reading: Reading) -> None:
    """Every entry has an age band or none has, and the same for each stratum."""
    for what in ("age band", *reading.target.strata):
        without = [entry for entry in entries if (entry.ages is None if what == "age band" else what not in dict(entry.strata))]
        if without and len(without) < len(entries):
            message = f"{len(without)} scores have no {what}, and others have one"
            reading.issues.append(Issue("keys_differ", message, "Import them into tables of their own", without[0].where))


def _is_whole(raw: Range) -> bool:
    return all(end is None or end == end.to_integral_value() for end in (raw.low, raw.high))


def _raw_cells(entry: Entry, reading: Reading, method: Method, whole: bool, raws: Mapping[str, range]) -> Iterator[Row]:
    """The raw columns of an entry: one row as a range; as a lookup a row for each raw score in it."""
    low, high = entry.raw.low, entry.raw.high
    if method == "ranges" and not whole:
        cells = {"raw_from" if entry.raw.low_in else "raw_above": low, "raw_upto" if entry.raw.high_in else "raw_below": high}
        yield {name: "" if end is None else plain(end) for name, end in cells.items()}
        return
    if low is not None and not entry.raw.low_in:
        low = low.to_integral_value(rounding="ROUND_FLOOR") + 1
    if high is not None and not entry.raw.high_in:
        high = high.to_integral_value(rounding="ROUND_CEILING") - 1
    if method == "ranges":
        yield dict(zip(WHOLE_ENDS, ("" if end is None else plain(end) for end in (low, high)), strict=True))
        return
    if low is not None and low == high:
        yield {"raw": plain(low)}
        return
    known = raws.get(entry.scale)
    if (low is None or high is None) and known is None:
        hint = 'Set `method = "ranges"` for this table in pack.toml, or write both ends'
        reading.issues.append(Issue("range_open", "an open range, and it is not known where the raw scores end", hint, entry.where))
    elif not _is_whole(entry.raw):
        hint = 'Set `method = "ranges"` for this table in pack.toml'
        reading.issues.append(Issue("range_fraction", "a range of raw scores that are not whole, for a table of whole raw scores", hint, entry.where))
    else:
        first = low if low is not None or known is None else Decimal(known.start)
        last = high if high is not None or known is None else Decimal(known.stop - 1)
        assert first is not None and last is not None
        yield from ({"raw": str(raw)} for raw in range(int(first), int(last) + 1))


def _sorted(rows: Iterable[Row], columns: Sequence[str], reading: Reading) -> list[Row]:
    """By scale and strata as the pack lists them, then age and raw score."""
    order = {scale: place for place, scale in enumerate(reading.target.scales)}
    values = {name: list(dict.fromkeys(words.values())) for name, words in reading.target.strata.items() if name in columns}

    def key(row: Row) -> tuple[object, ...]:
        ages = [Decimal(row[name] or 0) for name in ("age_from",) if name in row]
        lows = [Decimal(row[name]) for name in ("raw", "raw_min", "raw_from", "raw_above") if row.get(name)]
        strata = [listed.index(row[name]) for name, listed in values.items()]
        return order.get(row["scale"], len(order)), row["scale"], strata, ages, lows or [Decimal("-Infinity")]

    return sorted(rows, key=key)
