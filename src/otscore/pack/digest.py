"""The canonical digest of a pack: comments, line ends, spacing and number formatting do not change it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from otscore.pack.table import Table

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|[+-]?\.\d+")

_NUMBER_STARTS = frozenset("0123456789+-.")


def canonical_digest(documents: Mapping[str, Any], tables: Mapping[str, Table]) -> str:
    """``sha256:...`` over the parsed TOML documents and the cells of the tables, each under its file name."""
    content = {
        "documents": dict(documents),
        "tables": {name: {column: canonical_cells(cells) for column, cells in table.columns.items()} for name, table in tables.items()},
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def canonical_cells(cells: tuple[str, ...]) -> list[str]:
    """The cells with every number written in one way."""
    numbers = {cell: repr(float(cell)) for cell in set(cells) if cell[:1] in _NUMBER_STARTS and _NUMBER.fullmatch(cell)}
    return [numbers.get(cell, cell) for cell in cells] if numbers else list(cells)
