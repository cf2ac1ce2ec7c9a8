"""Reading packs and stored figures side by side, without the library; and marking which test compares what."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

NORMS = Path(__file__).parents[2] / "norms"
SHARED_FILES = ("instrument.toml", "items.csv")
Row = dict[str, Any]
Test = TypeVar("Test", bound=Callable[..., None])


def compares(pack: str, *files: str, stored: Iterable[str] = ()) -> Callable[[Test], Test]:
    """Marks a test: these files of the pack (``instrument@edition``) are compared with these stored figures.

    Nothing happens here; the guard tests of test_figures read the marks.
    """
    assert all((place(pack) / file).is_file() or file in SHARED_FILES for file in files)
    return lambda test: test


def place(pack: str) -> Path:
    return NORMS.joinpath(*pack.split("@"))


def pack_file(pack: str, file: str) -> Path:
    """A file of an edition, or of its instrument where editions share it."""
    own = place(pack) / file
    return own if own.is_file() else own.parents[1] / file


def document(pack: str, file: str) -> dict[str, Any]:
    return tomllib.loads(pack_file(pack, file).read_text(encoding="utf-8"))


def table(pack: str, file: str) -> list[Row]:
    """The rows of a CSV file of a pack; numbers as numbers, empty cells as None."""
    return rows(line for line in pack_file(pack, file).read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


def figures(shared: Path, file: str) -> list[Row]:
    """The rows of a stored CSV file."""
    return rows((shared / "figures" / file).read_text(encoding="utf-8").splitlines())


def key(shared: Path, file: str) -> dict[str, Any]:
    """A stored JSON file."""
    found: dict[str, Any] = json.loads((shared / "figures" / file).read_text(encoding="utf-8"))
    return found


def rows(lines: Iterable[str]) -> list[Row]:
    return [{name: cell(value) for name, value in row.items()} for row in csv.DictReader(lines)]


def cell(text: str) -> Any:
    if text == "":
        return None
    if "_" in text:  # 293_0 is a name
        return text
    try:
        return float(text)
    except ValueError:
        return text


def same_rows(found: Iterable[Mapping[str, Any]], expected: Iterable[Mapping[str, Any]], minimum: int = 1) -> None:
    """The same rows, in whatever order, each number the very same and no row twice or left out."""
    mine, theirs = (Counter(tuple(sorted(row.items(), key=lambda pair: pair[0])) for row in part) for part in (found, expected))
    assert sum(theirs.values()) >= minimum, "too few figures to compare"
    assert not mine - theirs, f"not in the stored figures: {list((mine - theirs).elements())[:3]}"
    assert not theirs - mine, f"not in the pack: {list((theirs - mine).elements())[:3]}"


def scales(pack: str) -> dict[str, dict[str, Any]]:
    return {scale["id"]: scale for scale in document(pack, "instrument.toml")["scales"]}


def cuts(pack: str) -> dict[str, tuple[list[str], list[float]]]:
    """Bands and cut scores of each scale that has them."""
    norms = document(pack, "pack.toml")["norms"]
    return {scale: (norm["cuts"]["bands"], norm["cuts"]["at_least"]) for norm in norms if "cuts" in norm for scale in norm["scales"]}


def norm_group(pack: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(group for group in document(pack, "pack.toml")["norm_groups"] if group["id"] == name)
    return found


SEX = {"boys": "male", "girls": "female"}


def bands(text: str) -> tuple[float, float]:
    """The half-open band of completed years (or months) printed as "3-5" or "7".

    >>> bands("3-5"), bands("7")
    ((3.0, 6.0), (7.0, 8.0))
    """
    low, _, high = text.partition("-")
    return float(low), float(high or low) + 1.0


def item_range(text: str, prefix: str, digits: int = 2) -> list[str]:
    """The codes of items printed as a range of numbers.

    >>> item_range("9-11", "vp")
    ['vp09', 'vp10', 'vp11']
    """
    low, high = map(int, text.split("-"))
    return [f"{prefix}{number:0{digits}d}" for number in range(low, high + 1)]
