"""Two tables of a pack compared row by row, each row found by its key; rows in another order are the same rows."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from otscore.pack.diff_words import Difference, key_words, number_words
from otscore.pack.layout import RANGE_COLUMNS
from otscore.pack.loose import LooseTable

AGES = ("age_from", "age_to", "age")
BEFORE = ("case", "scale", "other", "item", "norm_group", "group", "statistic", "metric", "level")
STRATA = ("sex", "informant", "form", "hand", "grade", "setting", "language")
AFTER = ("raw", *RANGE_COLUMNS, "missing", "power", "i", "j")
ONLY_KEYS = {"cases.csv": ("case", "scale"), "items.csv": ("item",)}
LOOKED_THROUGH = 20_000
"""Pairs of rows of one key that are compared for those most alike."""

WINDOW = 20
"""Rows before and after the same line that are looked at, where very many could be the nearest."""

Row = tuple[str, ...]


def key_columns(file: str, columns: Sequence[str], strata: Sequence[str]) -> tuple[str, ...]:
    """The columns that say which row it is, in the order in which a reader looks for it; the first where none is known.

    >>> key_columns("tables/hop.csv", ["score", "raw", "sex", "age_to", "age_from"], ["sex"])
    ('sex', 'age_from', 'age_to', 'raw')
    """
    if file in ONLY_KEYS:
        known: tuple[str, ...] = ONLY_KEYS[file]
    else:
        known = tuple(dict.fromkeys((*BEFORE, *strata, *STRATA, *AGES, *AFTER)))
        known += ("code",) if "code" in columns and "at_least" in columns else ()
        known += ("at_least",) if "percent" in columns else ()
        known += ("points",) if "threshold" in columns else ()
    found = tuple(name for name in known if name in columns)
    return found or tuple(columns[:1])


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two tables: the cells of the common columns of every row, the key among them, line numbers."""

    letter: str
    rows: list[Row]
    keys: list[Row]
    lines: tuple[int, ...]

    @classmethod
    def of(cls, letter: str, table: LooseTable, common: Sequence[str], key: Sequence[str]) -> _Side:
        places, in_key = [table.names.index(name) for name in common], [table.names.index(name) for name in key]
        rows = [tuple(row[place] for place in places) for row in table.rows]
        return cls(letter, rows, [tuple(row[place] for place in in_key) for row in table.rows], table.lines)

    def by_key(self) -> dict[Row, list[int]]:
        found: dict[Row, list[int]] = defaultdict(list)
        for place, key in enumerate(self.keys):
            found[key].append(place)
        return found


def diff_tables(pack: str, file: str, tables: tuple[LooseTable, LooseTable], strata: Sequence[str]) -> Iterator[Difference]:
    """Columns only in one, differing cells, rows only in one."""
    a, b = tables
    common = [name for name in a.names if name in b.names]
    for letter, names in (("A", a.names), ("B", b.names)):
        for name in names:
            if name not in common:
                yield Difference(pack, file, "column", column=name, only=letter)
    if not common:
        return
    key = key_columns(file, common, strata)
    sides = _Side.of("A", a, common, key), _Side.of("B", b, common, key)
    pairs, left = _paired(*sides)
    for one, other in pairs:
        for name, x, y in zip(common, sides[0].rows[one], sides[1].rows[other], strict=True):
            if x != y:
                row = key_words(key, sides[0].keys[one])
                yield Difference(pack, file, "cell", row, name, x, y, lines=(sides[0].lines[one], sides[1].lines[other]))
    yield from _lonely(pack, file, common, key, sides, left)


def _paired(a: _Side, b: _Side) -> tuple[list[tuple[int, int]], tuple[list[int], list[int]]]:
    """Rows of the same key, the most alike first where a key stands several times; and the rows left over on both sides."""
    other, pairs = b.by_key(), []
    left: tuple[list[int], list[int]] = [], []
    for key, mine in a.by_key().items():
        theirs = other.pop(key, [])
        if len(mine) == len(theirs) == 1:
            pairs.append((mine[0], theirs[0]))
            continue
        found = _alike(a, b, mine, theirs)
        pairs += found
        left[0].extend(set(mine) - {one for one, _ in found})
        left[1].extend(set(theirs) - {two for _, two in found})
    left[1].extend(place for places in other.values() for place in places)
    return sorted(pairs), (sorted(left[0]), sorted(left[1]))


def _alike(a: _Side, b: _Side, mine: list[int], theirs: list[int]) -> list[tuple[int, int]]:
    """Rows of one key in pairs: equal ones, then those that differ least; in their order where there are very many."""
    where: dict[Row, list[int]] = defaultdict(list)
    for place in reversed(theirs):
        where[b.rows[place]].append(place)
    pairs = [(place, where[a.rows[place]].pop()) for place in mine if where.get(a.rows[place])]
    rest_a = [place for place in mine if place not in {one for one, _ in pairs}]
    rest_b = [place for place in theirs if place not in {two for _, two in pairs}]
    if len(rest_a) * len(rest_b) > LOOKED_THROUGH:
        return pairs + list(zip(rest_a, rest_b, strict=False))
    ranked = sorted((_unlike(a.rows[one], b.rows[two]), abs(one - two), one, two) for one in rest_a for two in rest_b)
    used: tuple[set[int], set[int]] = set(), set()
    for _, _, one, two in ranked:
        if one not in used[0] and two not in used[1]:
            used[0].add(one)
            used[1].add(two)
            pairs.append((one, two))
    return pairs


def _unlike(x: Row, y: Row) -> int:
    return sum(one != other for one, other in zip(x, y, strict=True))


def _lonely(
    pack: str, file: str, common: Sequence[str], key: Sequence[str], sides: tuple[_Side, _Side], left: tuple[list[int], list[int]]
) -> Iterator[Difference]:
    """The rows that only one side has, each with why: its key stands twice, or the nearest key of the other side."""
    for number in (0, 1):
        side, other = sides[number], sides[1 - number]
        if not left[number]:
            continue
        mine, theirs = side.by_key(), other.by_key()
        nearest = _Nearest(key, other, set(left[1 - number]))
        for place in left[number]:
            own = side.keys[place]
            if own in theirs:
                lines = ", ".join(str(side.lines[one]) for one in mine[own])
                note = f"the key stands {len(mine[own])} times in {side.letter} (lines {lines}), {len(theirs[own])} in {other.letter}"
            else:
                note = nearest.words(own, side.rows[place], side.lines[place])
            rest = "; ".join(f"{name} {cell}" for name, cell in zip(common, side.rows[place], strict=True) if cell and name not in key)
            values = (rest, "") if number == 0 else ("", rest)
            at = (side.lines[place], 0) if number == 0 else (0, side.lines[place])
            yield Difference(pack, file, "row", key_words(key, own), "", *values, only=side.letter, lines=at, note=note)


class _Nearest:
    """Finds the row of the other side whose key is most like a key: those that differ in one part first, and without a partner."""

    def __init__(self, key: Sequence[str], other: _Side, free: set[int]) -> None:
        self.key, self.other, self.free, self.sorted_free = key, other, free, sorted(free)
        self.without: list[dict[Row, list[int]]] = [defaultdict(list) for _ in key]
        for place, own in enumerate(other.keys):
            for part, found in enumerate(self.without):
                found[own[:part] + own[part + 1 :]].append(place)

    def words(self, own: Row, row: Row, line: int) -> str:
        """Where the nearest key stands, and in what it differs."""
        near = {place for part, found in enumerate(self.without) for place in self._about(found.get(own[:part] + own[part + 1 :], []), line)}
        near |= set() if near else set(self._about(self.sorted_free, line))
        if not near:
            return f"no key of {self.other.letter} is near"
        best = min(near, key=lambda place: self._far(place, own, row))
        cells = zip(self.key, self.other.keys[best], own, strict=True)
        parts = [f"{name} {number_words(cell) or 'empty'}" for name, cell, mine in cells if cell != mine]
        return f"nearest in {self.other.letter}: line {self.other.lines[best]}, with {', '.join(parts)}"

    def _about(self, places: list[int], line: int) -> list[int]:
        """Of very many rows those that stand near the line, in their file."""
        if len(places) <= 2 * WINDOW:
            return places
        middle = bisect(places, line, key=lambda place: self.other.lines[place])
        return places[max(middle - WINDOW, 0) : middle + WINDOW]

    def _far(self, place: int, own: Row, row: Row) -> tuple[bool, int, int, float, int]:
        differing = [(x, y) for x, y in zip(own, self.other.keys[place], strict=True) if x != y]
        return (
            place not in self.free, len(differing), _unlike(row, self.other.rows[place]), sum(_distance(x, y) for x, y in differing), place,
        )  # fmt: skip


def _distance(x: str, y: str) -> float:
    """0 for the same letters in another order, up to 1 for text that begins differently."""
    if sorted(x) == sorted(y):
        return 0.0
    alike = next((place for place, (one, other) in enumerate(zip(x, y, strict=False)) if one != other), min(len(x), len(y)))
    return 1.0 - alike / max(len(x), len(y))


def remarks(table: tuple[LooseTable, LooseTable], found: Sequence[Difference]) -> Iterator[str]:
    """What many differing cells have in common: two columns changed places, or the cells of a column slid by a row."""
    rows: dict[tuple[int, int], dict[str, Difference]] = defaultdict(dict)
    for one in found:
        if one.what == "cell":
            rows[one.lines][one.column] = one
    columns = list(dict.fromkeys(name for cells in rows.values() for name in cells))
    for place, x in enumerate(columns):
        for y in columns[place + 1 :]:
            both = [(cells[x], cells[y]) for cells in rows.values() if x in cells and y in cells]
            if len(both) >= 2 and all((p.a, p.b) == (q.b, q.a) for p, q in both):
                yield f"columns {x} and {y} have changed places on {len(both)} rows"
        yield from _slid(table[0], x, [cells[x] for cells in rows.values() if x in cells])


def _slid(a: LooseTable, column: str, cells: Sequence[Difference]) -> Iterator[str]:
    if len(cells) < 3:
        return
    place = a.names.index(column)
    of_line = {line: number for number, line in enumerate(a.lines)}
    for step, words in ((-1, "above"), (1, "below")):
        told = [one for one in cells if 0 <= of_line[one.lines[0]] + step < len(a.rows)]
        same = [one for one in told if a.rows[of_line[one.lines[0]] + step][place] == one.b]
        if len(same) >= 3 and len(same) >= 0.8 * len(told):
            first, last = same[0].lines[0], same[-1].lines[0]
            yield f"column {column}, lines {first} to {last} of A: B holds what A holds one row {words}; was a cell left out or typed twice?"
