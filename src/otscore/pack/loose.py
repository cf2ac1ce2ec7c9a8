"""A pack read for comparison, sound or not: what can be parsed is parsed, the rest is kept as lines, and nothing is refused.

The strict reader is :mod:`otscore.pack.read`; a pack that is being typed, or typed for the second time, need not pass it.
"""

from __future__ import annotations

import csv
import io
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from otscore.errors import Issue, PackNotFound
from otscore.pack.digest import canonical_cells
from otscore.pack.locate import existing_directory
from otscore.pack.lock import FILE
from otscore.pack.registry import SHARED_FILES, PackRef, find_packs, holder, registry

DEEPEST = 4


@dataclass(frozen=True, slots=True)
class LooseTable:
    """A CSV file as it stands: unique column names, the cells of each row (canonical, empty where it is too short), line numbers."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoosePack:
    """The files of a pack by name (``tables/x.csv``): parsed TOML, tables, and lines (number, text) of all others.

    issues : what could not be read as it should be; such a file stands among ``texts``, or is read as well as it can be.
    """

    name: str
    place: str
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, LooseTable] = field(default_factory=dict)
    texts: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """Every file, pack.toml and its like first."""
        named = [*self.documents, *self.tables, *self.texts]
        return sorted(named, key=lambda name: (name.endswith(".csv"), "/" in name, name))


def named_packs(name: str, paths: tuple[str, ...] = ()) -> list[PackRef]:
    """The packs that a path or an installed name stands for, none of them read.

    Raises PackNotFound where there are none, or the name stands for several editions.
    """
    if not os.path.isdir(name):
        if os.sep in name or name.startswith("."):
            existing_directory(name)
        return _installed(name, paths)
    root = Path(os.path.abspath(name))
    found = list(find_packs(root))
    if not found and ((root / "tables").is_dir() or any((root / file).is_file() for file in ("instrument.toml", *SHARED_FILES))):
        found = [PackRef(root.parent.name, root.name, root, root.parent, root)]
    if not found:
        hint = "Name the directory that holds pack.toml, or one or two above it"
        raise PackNotFound(Issue("no_pack", "there is no pack in the directory", hint, name))
    return found


def _installed(name: str, paths: tuple[str, ...]) -> list[PackRef]:
    known = registry(paths)
    pack = known.load(name)  # says what there is, where the name is unknown or not enough
    return [ref for ref in known.refs if str(ref.directory) == str(pack.home)][:1]


def read_loose(ref: PackRef) -> LoosePack:
    """Every file of the pack, those that its editions share among them."""
    pack = LoosePack(ref.name, str(ref.directory))
    files = dict(_files(ref.directory))
    for name in SHARED_FILES:
        shared = holder(name, ref.directory, ref.shared) / name
        if shared.is_file():
            files[name] = shared
    for name, file in files.items():
        _read(pack, name, file.read_bytes())
    return pack


def _files(place: Traversable, above: str = "", depth: int = 0) -> Iterator[tuple[str, Traversable]]:
    for file in sorted(place.iterdir(), key=lambda file: file.name):
        if file.name.startswith((".", "__")) or (file.name == FILE and not above):
            continue
        if file.is_dir() and depth < DEEPEST:
            yield from _files(file, f"{above}{file.name}/", depth + 1)
        elif file.is_file():
            yield above + file.name, file


def _read(pack: LoosePack, name: str, data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pack.issues.append(Issue("encoding", "the file is not UTF-8; its letters may be read wrongly", "Save it as UTF-8", name))
        text = data.decode("latin-1")
    if name.endswith(".toml"):
        try:
            pack.documents[name] = tomllib.loads(text.replace("\r\n", "\n"))
            return
        except tomllib.TOMLDecodeError as error:
            hint = "Until then it is compared line by line"
            pack.issues.append(Issue("toml", f"not valid TOML: {error}", hint, name))
    elif name.endswith(".csv"):
        try:
            pack.tables[name] = loose_table(name, text, pack.issues)
            return
        except csv.Error as error:
            pack.issues.append(Issue("csv", f"not readable as CSV: {error}", "Until then it is compared line by line", name))
    pack.texts[name] = [(number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def loose_table(name: str, text: str, issues: list[Issue]) -> LooseTable:
    """The cells of a CSV file in which anything may be wrong: separator, header, length of its lines."""
    rows, lines = _rows(text, ",")
    if rows and len(rows[0]) == 1 and (separator := next((mark for mark in ";\t" if mark in rows[0][0]), "")):
        issues.append(Issue("separator", f"the cells are separated by {separator!r}", "Save it with commas", name))
        rows, lines = _rows(text, separator)
    if not rows:
        return LooseTable((), (), ())
    width = len(rows[0])
    off = [line for line, row in zip(lines, rows, strict=True) if len(row) != width]
    if off:
        shown = ", ".join(map(str, off[:5])) + (f" and {len(off) - 5} more" if len(off) > 5 else "")
        hint = "Is a cell lost, or a decimal comma in use? Cells without a column are compared by their place"
        issues.append(Issue("row_length", f"another number of cells than the header, on line {shown}", hint, name))
    width = max(map(len, rows))
    names = _unique([*rows[0], *[""] * (width - len(rows[0]))])
    filled = [row + [""] * (width - len(row)) for row in rows[1:]]
    columns = [canonical_cells(tuple(column)) for column in zip(*filled, strict=True)] if filled else []
    return LooseTable(names, tuple(zip(*columns, strict=True)), tuple(lines[1:]))


def _rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, lines = [], []
    for row in reader:
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells) and not cells[0].startswith("#"):
            rows.append(cells)
            lines.append(reader.line_num)
    return rows, lines


def _unique(names: list[str]) -> tuple[str, ...]:
    """Every column with a name of its own: the second ``raw`` is ``raw (column 4)``."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        found.append(name if name and name not in found else f"{name} (column {place})".strip())
    return tuple(found)
