"""Long tables: a row for each score, told apart by columns of scale, age and strata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from otscore.errors import Issue
from otscore.norming.ages import Band
from otscore.norming.cells import Value, is_dash, text_of
from otscore.norming.columns import Columns, find_columns
from otscore.norming.dates import CellError
from otscore.norming.reading import Entry, Reading
from otscore.norming.sheets import Sheet, place
from otscore.norming.target import slug

T = TypeVar("T")
AGES = "Write 48, 4:0 or 4.5 with --age-unit, or 4 years 5 months"
CARRIED = ("scale", "form", "age", "age_min", "age_max", "age_below")
"""Roles whose cell is printed once for several rows: an empty one holds what stands above it."""


@dataclass
class _Rows:
    """A long sheet while its rows are read. ``above`` holds the last filled cell of each carried column."""

    sheet: Sheet
    columns: Columns
    reading: Reading
    above: dict[int, Value] = field(default_factory=dict)
    carried: int = 0
    empty: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)
    no_score: int = 0
    left_aside: int = 0

    def heading(self, column: int) -> str:
        return self.sheet.text(self.columns.header, column)

    def value(self, row: int, role: str) -> Value:
        return self.sheet.rows[row][self.columns.roles[role]]

    def carry(self, row: int) -> None:
        """Fill the empty cells of a row that hold what stands above them: not where something new begins on their left."""
        keys = [self.columns.roles[role] for role in CARRIED if role in self.columns.roles] + list(self.columns.strata.values())
        begins = False
        for column in sorted(keys):
            if self.sheet.text(row, column):
                begins = begins or text_of(self.above.get(column, "")) != self.sheet.text(row, column)
                self.above[column] = self.sheet.rows[row][column]
            elif column in self.above and not begins:
                self.sheet.rows[row][column] = self.above[column]
                self.carried += 1
            else:
                self.empty.setdefault(self.heading(column), []).append((row, column))


def read_rows(sheet: Sheet, reading: Reading, needed: tuple[str, ...]) -> list[Entry]:
    """The entries of a long sheet; what is wrong with it stands in ``reading.issues``."""
    columns, issues = find_columns(sheet, reading.columns, reading.target, needed)
    reading.issues += issues
    if columns is None or issues:
        return []
    reading.used |= {slug(sheet.text(columns.header, column)) for column in sheet.filled(columns.header)}
    reading.notes += [f"{sheet.source}: row {row + 1} left aside: it stands above the headings" for row in range(columns.header) if sheet.filled(row)]
    reading.headless(sheet, columns.header)
    reading.used |= set(columns.roles) | set(columns.strata)
    _, strata, scale = reading.label(sheet)
    if "scale" not in columns.roles and scale is None:
        hint = "Name it: --scale ID, or a column: --columns scale=HEADING"
        reading.issues.append(Issue("scale_missing", "nothing says which scale the table is for", hint, sheet.source))
        return []
    rows = _Rows(sheet, columns, reading)
    entries = []
    for row in range(columns.header + 1, len(sheet.rows)):
        if sheet.filled(row) and sheet.rows[row] != sheet.rows[columns.header]:
            rows.carry(row)
            if (entry := _entry(rows, row, scale or "", strata)) is not None:
                entries.append(entry)
    _tell(rows)
    return entries


def _entry(rows: _Rows, row: int, scale: str, named: dict[str, str]) -> Entry | None:
    """The entry of a row; None where it has no score, is not asked for, or cannot be read."""
    if not _wanted(rows, row):
        rows.left_aside += 1
        return None
    reading, sheet, roles = rows.reading, rows.sheet, rows.columns.roles
    before = len(reading.issues) + sum(map(len, rows.empty.values()))
    if "form" in roles:
        rows.forms.add(sheet.text(row, roles["form"]))
    found = _scale(rows, row) if "scale" in roles else scale
    strata = named | {name: value for name, column in rows.columns.strata.items() if (value := _stratum(rows, row, name, column))}
    ages = _ages(rows, row)
    if is_dash(rows.value(row, "raw")) or is_dash(rows.value(row, "score")):
        rows.no_score += 1
    if is_dash(rows.value(row, "raw")):
        return None
    raw = _cell(rows, row, "raw", reading.cells.raw)
    score = "" if is_dash(rows.value(row, "score")) else _cell(rows, row, "score", reading.cells.score)
    more = _more(rows, row)
    if len(reading.issues) + sum(map(len, rows.empty.values())) > before or found is None or raw is None or score is None:
        return None
    where = f"{sheet.source}, cell {place(row, roles['score'])}"
    return Entry(found, ages, tuple(sorted(strata.items())), raw, score, more, where)


def _wanted(rows: _Rows, row: int) -> bool:
    """Whether the row has the values that the user asked for with ``only``."""
    places = {**rows.columns.roles, **rows.columns.strata}
    return all(name not in places or rows.sheet.text(row, places[name]).casefold() == value.casefold() for name, value in rows.reading.only.items())


def _scale(rows: _Rows, row: int) -> str | None:
    column = rows.columns.roles["scale"]
    text = rows.sheet.text(row, column)
    scale = rows.reading.scale_of(text) if text else None
    if text and scale is None:
        rows.reading.wrong(rows.sheet, row, column, rows.heading(column), CellError(f'"{text}" is no scale of the pack', rows.reading.scale_hint(text)))
    return scale


def _stratum(rows: _Rows, row: int, name: str, column: int) -> str | None:
    text = rows.sheet.text(row, column)
    values = rows.reading.target.strata[name]
    if text and text.casefold() not in values:
        hint = f"Allowed: {', '.join(values)}. Further spellings go under [strata.{name}] aliases in pack.toml"
        rows.reading.wrong(rows.sheet, row, column, rows.heading(column), CellError(f'"{text}" is no value of the stratum {name}', hint))
    return values.get(text.casefold())


def _ages(rows: _Rows, row: int) -> Band | None:
    """The age band of a row, from one column or from two."""
    roles, age = rows.columns.roles, rows.reading.age
    if "age" in roles:
        return _read_age(rows, row, "age")
    if "age_min" not in roles:
        return rows.reading.given_band(rows.sheet)
    upper = "age_below" if "age_below" in roles else "age_max"
    ends = [text_of(rows.value(row, role)) for role in ("age_min", upper) if role in roles]
    if len(ends) < 2 or not all(ends):
        return None
    column = roles["age_min"]
    points, read = rows.reading.cell(rows.sheet, row, column, rows.heading(column), lambda: [age.point(end.casefold(), None) for end in ends])
    if not read or points is None:
        return None
    low, high = points
    if low is None or high is None:
        rows.reading.wrong(rows.sheet, row, column, rows.heading(column), CellError(f'"{ends[0]}" and "{ends[1]}" are no ages', AGES))
        return None
    start, _ = rows.reading.cell(rows.sheet, row, column, rows.heading(column), lambda: low.start(ends[0]))
    if start is None:
        return None
    return Band(f"{ends[0]} to {'below ' if upper == 'age_below' else ''}{ends[1]}", start, high, upper == "age_below")


def _read_age(rows: _Rows, row: int, role: str) -> Band | None:
    column, value = rows.columns.roles[role], rows.value(row, role)
    if not text_of(value):
        return None
    band, read = rows.reading.cell(rows.sheet, row, column, rows.heading(column), lambda: rows.reading.age.band(value))
    if read and band is None:
        rows.reading.wrong(rows.sheet, row, column, rows.heading(column), CellError(f'"{text_of(value)}" is no age band', AGES))
    return band


def _cell(rows: _Rows, row: int, role: str, read: Callable[[Value], T | None]) -> T | None:
    """What a cell that must be filled holds; None where it is empty or cannot be read, which is noted."""
    column = rows.columns.roles[role]
    if not rows.sheet.text(row, column):
        rows.empty.setdefault(rows.heading(column), []).append((row, column))
        return None
    return rows.reading.cell(rows.sheet, row, column, rows.heading(column), lambda: read(rows.value(row, role)))[0]


def _more(rows: _Rows, row: int) -> dict[str, str]:
    """Percentile, interval and age equivalent of a row, as far as they are printed."""
    cells, name, more = rows.reading.cells, f"ci{rows.columns.level}", {}
    for role, column in (("percentile", "percentile"), ("ci_low", f"{name}_low"), ("ci_high", f"{name}_high"), ("ae", "ae")):
        if role in rows.columns.roles and text_of(rows.value(row, role)):
            read = {"percentile": cells.percentile, "ae": cells.age_equivalent}.get(role, cells.score)
            more[column] = _cell(rows, row, role, read) or ""
    if "ci" in rows.columns.roles and text_of(rows.value(row, "ci")) and (ends := _cell(rows, row, "ci", cells.interval)):
        more[f"{name}_low"], more[f"{name}_high"] = ends
    return more


def _tell(rows: _Rows) -> None:
    """Empty cells and several forms as findings, what was filled or left out as notes."""
    reading, sheet = rows.reading, rows.sheet
    for heading, cells in rows.empty.items():
        reading.empty(sheet, heading, cells)
    if len(rows.forms) > 1:
        forms = ", ".join(sorted(rows.forms))
        hint = f"Take one: --only form=VALUE, each into a table of its own; or describe [strata.form] in pack.toml. Forms: {forms}"
        column = rows.heading(rows.columns.roles["form"])
        reading.issues.append(Issue("form_several", "the table holds several forms, and the pack has no stratum form", hint, sheet.source, field=column))
    ignored = [rows.heading(column) for role, column in rows.columns.roles.items() if role == "ignore"]
    counted = (
        (rows.carried, "empty cells of scale, age or stratum filled with what stands above them"),
        (rows.no_score, "rows with a dash: no such score"),
        (rows.left_aside, "rows left aside: they are not what --only asks for"),
        (len(ignored), f"column left aside: {', '.join(ignored)}"),
    )
    reading.notes += [f"{sheet.source}: {count} {what}" for count, what in counted if count]
