"""One difference between two packs, and how its place is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from otscore.pack.layout import RANGE_COLUMNS


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that two packs A and B do not have alike.

    what : ``cell``, ``row``, ``column``, ``key`` (of a TOML file), ``line`` (of a text), ``order``, ``file`` or ``pack``.
    row : key of the row, or path of the key. a, b : what each holds; for a row that one side alone has its other cells.
    only : the side that alone has it. lines : line numbers in A and B, 0 where there is none.
    """

    pack: str
    file: str
    what: str
    row: str = ""
    column: str = ""
    a: str = ""
    b: str = ""
    only: str = ""
    lines: tuple[int, int] = (0, 0)
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data; the columns of the table of differences."""
        lines = {f"line_{side}": line or None for side, line in zip("ab", self.lines, strict=True)}
        named = ("pack", "file", "what", "only", "row", "column", "a", "b")
        cells = {name: number_words(getattr(self, name)) for name in ("a", "b")}
        return {name: getattr(self, name) for name in named} | cells | lines | {"note": self.note}


def key_words(columns: Sequence[str], cells: Sequence[str]) -> str:
    """The key of a row in words; numbers that are whole without their decimals.

    >>> key_words(("sex", "age_from", "age_to", "raw"), ("male", "24.0", "36.0", "3.0"))
    'sex male, ages 24 to 36, raw 3'
    """
    said, known = [], dict(zip(columns, (number_words(cell) for cell in cells), strict=True))
    if "age_from" in known and "age_to" in known:
        known["age_from"] = f"{known['age_from'] or '...'} to {known.pop('age_to') or '...'}"
    for name, cell in known.items():
        if cell and name == "age_from":
            said.append(f"ages {cell}")
        elif cell or name not in RANGE_COLUMNS:
            said.append(f"{name} {cell or 'empty'}")
    return ", ".join(said) or "without a key"


def number_words(cell: str) -> str:
    """A canonical number as people write it."""
    return cell[:-2] if cell.endswith(".0") and cell[:-2].lstrip("-").isdigit() else cell
