"""Single typing errors in a table of a pack: one is drawn, and the table comes back as it would have been typed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from otscore.pack.check.members import NUMBER
from otscore.pack.items import item_file
from otscore.pack.read import Pack
from otscore.pack.table import Table
from otscore.schema.irt import JointMap
from otscore.schema.norm import PARAMETRIC

NOT_READ = frozenset(("n",))
"""Columns that nothing is computed from; no error is made in them."""
KEYS = frozenset(("raw", "age", "age_from", "age_to", "raw_min", "raw_max", "raw_from", "raw_above", "raw_upto", "raw_below", "power", "code"))
Columns = dict[str, list[str]]


@dataclass(frozen=True)
class Place:
    """A table that errors can be made in, and what kind of table it is."""

    pack: Pack
    table: Table
    kind: str

    def altered(self, table: Table) -> Pack:
        """The pack with another table in its place."""
        return replace(self.pack, tables={**self.pack.tables, table.name: table})


def places(pack: Pack) -> Iterator[Place]:
    """Every table of a pack."""
    kinds: dict[str, str] = {}
    scales = {scale.id: scale for scale in pack.instrument.scales}
    for scale in scales.values():
        kinds |= {name: "other look-up" for name in (scale.points, scale.grade.table if scale.grade else None) if name}
    for model in pack.manifest.irt:
        prior = (model.prior.mean, model.prior.precision) if isinstance(model, JointMap) else ()
        kinds |= dict.fromkeys((item_file(model), *prior), "item parameters")
    for norm in pack.manifest.norms:
        table = pack.tables.get(norm.table or "")
        if table is None:
            continue
        directed = all(scales[name].higher_is != "neither" for name in norm.scales)
        scored = norm.method in ("lookup", "ranges") and "score" in table and directed
        kinds[table.name] = "curves and rows" if norm.method in PARAMETRIC else "monotone look-up" if scored else "other look-up"
    yield from (Place(pack, pack.tables[name], kind) for name, kind in kinds.items() if name in pack.tables and len(pack.tables[name]))


def draw(table: Table, kind: str, chance: random.Random) -> Table | None:
    """The table with one error of a kind; None where this draw gives no error of the kind, or none that changes a figure."""
    columns = {name: list(cells) for name, cells in table.columns.items()}
    lines = list(table.lines)
    if not FAULTS[kind](columns, lines, chance):
        return None
    found = Table(table.name, {name: tuple(cells) for name, cells in columns.items()}, tuple(lines))
    return None if _figures(found) == _figures(table) else found


def _figures(table: Table) -> list[tuple[object, ...]]:
    rows = zip(*table.columns.values(), strict=True)
    return [tuple(float(cell) if NUMBER.fullmatch(cell) else cell for cell in row) for row in rows]


def _numeric(columns: Columns) -> list[str]:
    """The columns that hold numbers."""
    return [name for name, cells in columns.items() if name not in NOT_READ and any(map(NUMBER.fullmatch, cells)) and name != "item"]


def _cell(columns: Columns, chance: random.Random) -> tuple[str, int, str] | None:
    """A cell with a number."""
    name = chance.choice(_numeric(columns))
    place = chance.randrange(len(columns[name]))
    cell = columns[name][place]
    return (name, place, cell) if NUMBER.fullmatch(cell) and "e" not in cell.lower() else None


def digit_changed(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """One digit is another."""
    found = _cell(columns, chance)
    if found is None:
        return False
    name, place, cell = found
    at = chance.choice([position for position, mark in enumerate(cell) if mark.isdigit()])
    columns[name][place] = cell[:at] + chance.choice([digit for digit in "0123456789" if digit != cell[at]]) + cell[at + 1 :]
    return True


def digits_transposed(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """Two digits that follow one another are turned around."""
    found = _cell(columns, chance)
    if found is None:
        return False
    name, place, cell = found
    digits = [position for position, mark in enumerate(cell) if mark.isdigit()]
    if len(digits) < 2:
        return False
    first = chance.randrange(len(digits) - 1)
    a, b = digits[first], digits[first + 1]
    marks = list(cell)
    marks[a], marks[b] = marks[b], marks[a]
    columns[name][place] = "".join(marks)
    return True


def decimal_moved(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """The decimal point stands one place too far to the left or to the right."""
    found = _cell(columns, chance)
    if found is None:
        return False
    name, place, cell = found
    sign, digits = cell[: len(cell) - len(cell.lstrip("+-"))], cell.lstrip("+-")
    whole, _, part = digits.partition(".")
    if chance.random() < 0.5:
        whole, part = whole[:-1] or "0", whole[-1:] + part
    else:
        whole, part = whole + (part[:1] or "0"), part[1:]
    columns[name][place] = sign + (whole.lstrip("0") or "0") + (f".{part}" if part else "")
    return True


def cell_lost(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """A cell is left empty."""
    found = _cell(columns, chance)
    if found is None:
        return False
    columns[found[0]][found[1]] = ""
    return True


def row_doubled(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """A row is typed twice."""
    place = chance.randrange(len(lines))
    for cells in (*columns.values(), lines):
        cells.insert(place, cells[place])  # type: ignore[attr-defined]
    return True


def row_lost(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """A row is passed over."""
    place = chance.randrange(len(lines))
    for cells in (*columns.values(), lines):
        del cells[place]  # type: ignore[attr-defined]
    return len(lines) > 0


def rows_shifted(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """A run of 3 to 8 cells of a column of figures stands one row too high or too low, the cell at its end twice."""
    values = [name for name in _numeric(columns) if name not in KEYS]
    start, length = chance.randrange(len(lines)), chance.randint(3, 8)
    stop = min(start + length, _end_of_block(columns, start))
    if not values or stop - start < 3:
        return False
    cells = columns[chance.choice(values)]
    run = cells[start:stop]
    cells[start:stop] = [*run[1:], run[-1]] if chance.random() < 0.5 else [run[0], *run[:-1]]
    return True


def _end_of_block(columns: Columns, start: int) -> int:
    """Where the rows end that belong to one column of a printed table: same words, and same ages where they are by raw score."""
    keys = [name for name, cells in columns.items() if name != "item" and name != "band" and not any(map(NUMBER.fullmatch, cells))]
    keys += [name for name in ("age_from", "age_to") if name in columns and ("raw" in columns or "band" in columns)]
    stop = start
    while stop < len(columns[next(iter(columns))]) and all(columns[name][stop] == columns[name][start] for name in keys):
        stop += 1
    return stop


def columns_swapped(columns: Columns, lines: list[int], chance: random.Random) -> bool:
    """Two columns, or the figures of two scales, are taken for one another: throughout, or on one row."""
    by_scale = len(set(columns.get("scale", ()))) > 1 and chance.random() < 1 / 3
    if by_scale:
        return _scales_swapped(columns, chance)
    numeric = _numeric(columns)
    if len(numeric) < 2:
        return False
    a, b = chance.sample(numeric, 2)
    which = range(len(lines)) if chance.random() < 0.5 else [chance.randrange(len(lines))]
    for place in which:
        columns[a][place], columns[b][place] = columns[b][place], columns[a][place]
    return True


def _scales_swapped(columns: Columns, chance: random.Random) -> bool:
    keys = [name for name in columns if name in KEYS or not any(map(NUMBER.fullmatch, columns[name]))]
    values = [name for name in _numeric(columns) if name not in KEYS]
    one, other = chance.sample(sorted(set(columns["scale"])), 2)
    rows: dict[tuple[str, ...], dict[str, int]] = {}
    for place, scale in enumerate(columns["scale"]):
        key = tuple(columns[name][place] for name in keys if name not in ("scale", "band"))
        rows.setdefault(key, {})[scale] = place
    pairs = [(found[one], found[other]) for found in rows.values() if one in found and other in found]
    if not pairs or not values:
        return False
    for a, b in pairs if chance.random() < 0.5 else [chance.choice(pairs)]:
        for name in values:
            columns[name][a], columns[name][b] = columns[name][b], columns[name][a]
    return True


FAULTS: dict[str, Callable[[Columns, list[int], random.Random], bool]] = {
    "digit changed": digit_changed, "digits transposed": digits_transposed, "decimal moved": decimal_moved,
    "rows shifted": rows_shifted, "columns swapped": columns_swapped, "cell lost": cell_lost,
    "row doubled": row_doubled, "row lost": row_lost,
}  # fmt: skip
