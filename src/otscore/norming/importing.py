"""Norms from the tables that publishers and laboratories have, into ``tables/`` of a pack."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from otscore.errors import Issue, UsageError
from otscore.norming.ages import AgeReader, Unit
from otscore.norming.cells import CellReader, Mark
from otscore.norming.columns import ROLES
from otscore.norming.layouts import LAYOUTS, Layout
from otscore.norming.reading import Entry, Reading
from otscore.norming.sheets import read_sheets
from otscore.norming.tabulate import Ends, Made, Method, Row, tabulate
from otscore.norming.target import Target, read_target, slug
from otscore.norming.write import merged, raws_of, table_text, write_text

TABLE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.csv")
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the file, its rows, how a norm reads it, and a line for everything that was done."""

    file: Path
    method: Method
    rows: int
    said: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.said)


@dataclass(frozen=True)
class Told:
    """What a user may say about tables beside their layout; the command line has an option for each.

    columns : role = heading. scale_names : name in the table = scale. only : column = value of the rows that count. scale : of tables
    that do not say it. ages : name of a sheet or file (empty: of every one) = its age band. age_unit : of numbers without one.
    age_end : whether the upper end of a band belongs to it. decimal : the decimal mark. sheets : those of a workbook that count.
    ae_table : table for age equivalents. replace : write a table anew that is there.
    """

    columns: Names | None = None
    scale_names: Names | None = None
    only: Names | None = None
    scale: str = ""
    ages: Names | None = None
    age_unit: Unit | None = None
    age_end: Ends | None = None
    decimal: Mark | None = None
    sheets: Sequence[str] = ()
    ae_table: str = ""
    replace: bool = False


def import_norms(
    files: Iterable[str | os.PathLike[str]], *, layout: Layout, into: str | os.PathLike[str], table: str = "scores.csv", told: Told | None = None
) -> Imported:
    """Read printed norms and write ``tables/TABLE`` of the pack in ``into``. Either everything could be read, or nothing is written.

    Raises UsageError with every problem of every file: sheet, cell, heading, what is allowed.
    """
    told = told or Told()
    target = read_target(Path(into))
    for name in filter(None, (table, told.ae_table)):
        if not TABLE_NAME.fullmatch(name):
            raise UsageError(Issue("table_name", f"{name} is no name of a table", "Write letters, digits, _ and -, ending in .csv"))
    reading = _reading(target, told, layout, table)
    entries = _entries([Path(file) for file in files], layout, reading, tuple(told.sheets))
    norm = target.norm_of(table) or {}
    method: Method | None = norm["method"] if norm.get("method") in ("lookup", "ranges") else None
    file = target.directory / "tables" / table
    made = None if reading.issues else tabulate(entries, reading, method, told.age_end, raws_of(file))
    equivalents = _equivalents(entries, reading) if told.ae_table and made is not None else None
    if made is None or reading.issues:
        raise UsageError(list(dict.fromkeys(reading.issues)))
    whole, empty = merged(made, file, told.replace)
    files_made = [(file, whole)]
    if equivalents is not None:
        files_made.append((other := target.directory / "tables" / told.ae_table, merged(equivalents, other, told.replace)[0]))
    for path, content in files_made:
        write_text(path, table_text(content))
    said = [*_summary(made), *dict.fromkeys((*reading.notes, *reading.cells.notes)), *_written(files_made, empty, entries, told)]
    return Imported(file, made.method, len(whole.rows), tuple((*said, *_next(target, table, made))))


def _reading(target: Target, told: Told, layout: Layout, table: str) -> Reading:
    unit = target.age.get("unit", "months")
    age = AgeReader(unit, told.age_unit, target.age.get("convention") == "ymd_30day")
    metric = (target.norm_of(table) or {}).get("metric")
    cells = CellReader(told.decimal, None if metric is None else metric == "age_equivalent")
    reading = Reading(target, cells, age, told.columns or {}, told.scale_names or {}, told.only or {}, told.scale, told.ages or {})
    for role in reading.columns:
        if role not in ROLES and role not in target.strata:
            reading.issues.append(Issue("role_unknown", f"{role} is no role of a column", f"Roles: {', '.join((*ROLES, *target.strata))}"))
    if reading.only and layout in ("sheets", "ranges"):
        reading.issues.append(Issue("only", "rows are chosen by --only in the layouts long and frame", "Choose sheets by --sheet, or files"))
    for scale in filter(None, (told.scale, *reading.names.values())):
        if target.scales and scale not in target.scales:
            reading.issues.append(Issue("scale_unknown", f"{scale} is no scale of the pack", f"Scales: {', '.join(target.scales)}"))
    return reading


def _entries(files: Sequence[Path], layout: Layout, reading: Reading, only: tuple[str, ...]) -> list[Entry]:
    """The entries of all sheets of all files. A file that cannot be read hides no problem of the others."""
    entries: list[Entry] = []
    for file in files:
        try:
            sheets = read_sheets(file, only if file.suffix.lower() not in (".csv", ".tsv", ".txt") else ())
        except UsageError as error:
            reading.issues += error.issues
            continue
        for sheet in sheets:
            reading.notes += sheet.notes
            if any(sheet.filled(row) for row in range(len(sheet.rows))):
                entries += LAYOUTS[layout](sheet, reading)
            else:
                reading.notes.append(f"{sheet.source}: empty, left aside")
    marks = reading.cells.marks
    if len(marks) > 1:
        message = f"a decimal comma ({marks['comma']}) and a decimal point ({marks['point']}) are both in use"
        reading.issues.append(Issue("decimal_marks", message, "Say which one is meant: --decimal comma or --decimal point"))
    if not reading.issues:
        reading.issues += _unused(reading)
    if not entries and not reading.issues:
        reading.issues.append(Issue("empty_file", "no score was found", "Is it the right layout, file and sheet?"))
    shares = [entry.more["percentile"] for entry in entries if entry.more.get("percentile")]
    if shares and all(share.replace(".", "", 1).isdigit() and float(share) <= 1 for share in shares) and any("." in share for share in shares):
        reading.issues.append(Issue("percentile_shares", "every percentile lies between 0 and 1", "Write percentages: 16, not 0.16"))
    return entries


def _unused(reading: Reading) -> Iterator[Issue]:
    """What the user named and no sheet has."""
    named = [(f"--columns: no heading {text}", slug(text)) for text in reading.columns.values()]
    named += [(f"--scale-names: {text} is no heading and stands in no column of scales", slug(text)) for text in reading.names]
    named += [(f"--ages: there is no sheet or file {text}", text) for text in reading.bands if text]
    named += [(f"--only: no column {text}", text) for text in reading.only]
    for message, name in named:
        if name not in reading.used:
            yield Issue("not_met", message, "Write it as it stands in the table; a file without its ending")


def _equivalents(entries: Sequence[Entry], reading: Reading) -> Made | None:
    """Age equivalents as a table without ages: the same for a raw score wherever it is printed."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for entry in entries:
        if not entry.more.get("ae"):
            continue
        if entry.raw.low is None or entry.raw.low != entry.raw.high:
            hint = "Import the age equivalents from a table with one raw score in a row"
            reading.issues.append(Issue("ae_range", "an age equivalent beside a range of raw scores", hint, entry.where))
            continue
        key, value = (entry.scale, str(entry.raw.low)), entry.more["ae"]
        before = found.setdefault(key, (value, entry.where))
        if before[0] != value:
            message = f"another age equivalent for the same raw score than in {before[1]}"
            reading.issues.append(Issue("ae_differs", message, "Age equivalents do not depend on age; look both up", entry.where))
    rows: list[Row] = [{"scale": scale, "raw": raw, "score": value} for (scale, raw), (value, _) in found.items()]
    return Made("lookup", ("scale", "raw", "score"), rows) if rows else None


def _summary(made: Made) -> list[str]:
    """A line for each scale, age band and stratum: which raw scores have a score."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    by = [name for name in made.keys if not name.startswith("raw")]
    for row in made.rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    lines = []
    for key, rows in groups.items():
        told = dict(zip(by, key, strict=True))
        ages = f"{told.pop('age_from')} to below {told.pop('age_to')}" if "age_from" in told else ""
        lows = [next((row[name] for name in ("raw", "raw_min", "raw_from", "raw_above") if row.get(name)), "") for row in (rows[0], rows[-1])]
        last = next((rows[-1][name] for name in ("raw", "raw_max", "raw_upto", "raw_below") if rows[-1].get(name)), "open")
        what = ", ".join(filter(None, (*told.values(), ages)))
        lines.append(f"{what}: raw {lows[0] or 'open'} to {last}, {len(rows)} rows")
    return lines


def _written(files: Sequence[tuple[Path, Made]], empty: int, entries: Sequence[Entry], told: Told) -> list[str]:
    lines = [f"{file}: {len(made.rows)} rows written" for file, made in files]
    if empty:
        lines[0] += f", {empty} of them still without a score"
    if any(entry.more.get("ae") for entry in entries) and not told.ae_table:
        lines.append("age equivalents left aside: --ae-table FILE.csv writes them")
    return lines


def _next(target: Target, table: str, made: Made) -> list[str]:
    """What has to be done that the import does not do."""
    lines = []
    norm = target.norm_of(table)
    if norm is None:
        strata = [name for name in made.keys if name in target.strata]
        lines.append(f'pack.toml has no norm that reads it; add [[norms]] with table = "{table}", method = "{made.method}", strata = {strata}')
    elif norm.get("method") != made.method:
        lines.append(f'pack.toml reads it with method = "{norm.get("method")}": write method = "{made.method}"')
    return [*lines, f"Then: where it comes from into SOURCES.toml, and otscore norms check {target.directory}"]
