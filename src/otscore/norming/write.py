"""Puts imported rows into a table of a pack: into a new file, or into one whose scores are still to be typed."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from otscore.errors import Issue, UsageError
from otscore.norming.cells import plain
from otscore.norming.tabulate import Made, Row

COMMENT = "#"


def rows_in(file: Path) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows of a table that is there; nothing where there is none."""
    if not file.is_file():
        return (), []
    lines = [line for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip() and not line.startswith(COMMENT)]
    read = csv.DictReader(io.StringIO("\n".join(lines), newline=""))
    rows = [{name: (cell or "").strip() for name, cell in row.items() if name is not None} for row in read]
    return tuple(read.fieldnames or ()), rows


def raws_of(file: Path) -> dict[str, range]:
    """The raw scores that a table lists for each scale, lowest to highest: in a scaffold all that can occur."""
    columns, rows = rows_in(file)
    found: dict[str, range] = {}
    if {"scale", "raw"} <= set(columns):
        for row in rows:
            if row["raw"].isdigit():
                raw, known = int(row["raw"]), found.get(row["scale"])
                found[row["scale"]] = range(min(raw, known.start), max(raw + 1, known.stop)) if known else range(raw, raw + 1)
    return found


def merged(made: Made, file: Path, replace: bool) -> tuple[Made, int]:
    """(the table with the rows that stand in the file already, how many of these are still without a score, and without a dash).

    Rows of the file are kept, those without a score are filled. Raises UsageError where a score would change, or the columns differ.
    """
    columns, rows = rows_in(file)
    if replace or not rows:
        return made, 0
    if set(columns) - set(made.columns) - {"n"} or set(made.keys) - set(columns):
        hint = f"Write another table (--table), or this one anew (--replace). It has: {', '.join(columns)}; imported: {', '.join(made.columns)}"
        raise UsageError(Issue("columns_differ", "the table is there with other columns", hint, str(file)))
    new = {_key(row, made.keys): row for row in made.rows}
    issues, kept, untold = [], [], 0
    for row in rows:
        found = new.pop(_key(row, made.keys), None)
        if found is not None and row.get("score") and not _same(row["score"], found["score"]):
            keys = ", ".join(f"{name} {row[name]}" for name in made.keys)
            issues.append(Issue("score_differs", f"{keys}: another score stands there already", "Look both up; --replace writes the table anew", str(file)))
        untold += found is None and not row.get("score")
        kept.append(row if found is None else row | found)
    if issues:
        raise UsageError(issues)
    every = tuple(dict.fromkeys((*made.columns, *columns)))
    table = [{name: row.get(name, "") for name in every} for row in (*kept, *new.values())]
    return Made(made.method, every, table), untold


def _key(row: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_number(row[name]) for name in names)


def _same(one: str, other: str) -> bool:
    return _number(one) == _number(other)


def _number(cell: str) -> str:
    try:
        return plain(Decimal(cell))
    except InvalidOperation:
        return cell


def table_text(made: Made) -> str:
    """The table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, made.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(made.rows)
    return out.getvalue()


def write_text(file: Path, text: str) -> None:
    """Write the file as a whole: under its name it is complete, or it is what it was."""
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="\n")
        os.replace(part, file)
    except OSError as error:
        part.unlink(missing_ok=True)
        hint = f"The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("not_writable", "the file cannot be written", hint, str(file))) from None
