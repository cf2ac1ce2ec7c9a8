"""In which files, and of a table in which cells, two builds of a pack differ."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

KEYS = ("case", "scale", "item", "age_from", "raw", "age", "power_score", "power_age", "statistic")
MOST = 20
"""Cells or lines of one file that are named."""


def differences(files: Mapping[str, str], directory: Path) -> Iterator[str]:
    """A line for each cell, or line, in which a file of the directory is not the text built."""
    for name, built in files.items():
        file = directory / name
        if not file.is_file():
            yield f"{name}: is not there"
            continue
        there = file.read_bytes()
        if there == built.encode("utf-8"):
            continue
        text = there.decode("utf-8", errors="replace")
        found = list(_cells(built, text) if name.endswith(".csv") else _lines(built, text)) or ["another way of writing the same (line ends, quotes)"]
        yield from (f"{name}: {one}" for one in found[:MOST])
        if len(found) > MOST:
            yield f"{name}: and {len(found) - MOST} more differences"


def _cells(built: str, there: str) -> Iterator[str]:
    new, old = (csv.DictReader(io.StringIO(text, newline="")) for text in (built, there))
    if new.fieldnames != old.fieldnames:
        yield f"columns {','.join(old.fieldnames or ())} there, {','.join(new.fieldnames or ())} built"
        return
    strata = [name for name in new.fieldnames or () if name in ("sex",) or name in KEYS]
    for line, (one, other) in enumerate(zip_longest(new, old), start=2):
        if one is None or other is None:
            yield f"line {line}: {'not built' if one is None else 'not there'}"
            continue
        where = ", ".join(f"{name} {one[name]}" for name in strata if one[name])
        for column in new.fieldnames or ():
            if one[column] != other[column]:
                yield f"line {line} ({where}): {column} is {other[column] or 'empty'} there, {one[column] or 'empty'} built"


def _lines(built: str, there: str) -> Iterator[str]:
    for line, (one, other) in enumerate(zip_longest(built.splitlines(), there.splitlines()), start=1):
        if one != other:
            yield f'line {line}: "{_short(other)}" there, "{_short(one)}" built'


def _short(text: str | None) -> str:
    return "nothing" if text is None else text if len(text) <= 80 else f"{text[:77]}..."
