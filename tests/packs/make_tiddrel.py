"""The tables of the fictional pack tiddrel@1 from the formulas they were invented with.

``python tests/packs/make_tiddrel.py`` writes them again. Nothing here was measured.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from math import floor
from pathlib import Path

HOME = Path(__file__).parent / "fictional" / "tiddrel" / "1"
BANDS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 9, 12, 18, 24, 30, 42)
MEDIANS = {
    "look": (3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 19, 21),
    "grasp": (1, 2, 2, 3, 3, 4, 5, 6, 7, 9, 11, 12, 14),
    "move": (2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 17, 19),
    "babble": (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 17),
    "early": (2, 3, 4, 5, 6, 7, 8, 9, 10),
    "pretend": (4, 6, 8),
}
"""Raw score with the scaled score 10 in each band."""
FIRST_BAND = {"pretend": 10}
TOPS = {"look": 24, "grasp": 16, "move": 20, "early": 12, "pretend": 12}

Row = Sequence[object]


def scaled() -> Iterable[Row]:
    """One raw point is one point of the score."""
    for scale, top in TOPS.items():
        bands = BANDS[FIRST_BAND.get(scale, 0) :]
        for low, high, median in zip(bands, bands[1:], MEDIANS[scale], strict=False):
            yield from ((scale, low, high, raw, min(19, max(1, 10 + raw - median))) for raw in range(top + 1))


def babble() -> Iterable[Row]:
    return ((low, high, median, 2, 3) for low, high, median in zip(BANDS, BANDS[1:], MEDIANS["babble"], strict=False))


def ages() -> Iterable[Row]:
    for scale in ("look", "grasp", "move"):
        yield from ((f"{scale}_age", raw, equivalent(scale, raw)) for raw in range(TOPS[scale] + 1))


def delays() -> Iterable[Row]:
    return ((f"{str(scale)[:-4]}_delay", raw, age) for scale, raw, age in ages())


def equivalent(scale: str, raw: int) -> str:
    """The beginning of the first band whose median it is, between two on the straight line."""
    nodes: dict[int, float] = {}
    for median, age in zip(MEDIANS[scale], BANDS, strict=False):
        nodes.setdefault(median, age)
    if raw < min(nodes):
        return "<1"
    if raw > max(nodes):
        return ">30"
    low, high = max(node for node in nodes if node <= raw), min(node for node in nodes if node >= raw)
    share = (raw - low) / (high - low) if high > low else 0
    return f"{nodes[low] + share * (nodes[high] - nodes[low]):g}"


def growth() -> Iterable[Row]:
    return ((f"{scale}_growth", raw, 400 + 4 * raw) for scale in ("look", "grasp", "move") for raw in range(TOPS[scale] + 1))


def whole() -> Iterable[Row]:
    """Four members, three from 12 to 18 months, then four again."""
    for low, high, members, step in ((1, 12, 4, 1.5), (12, 18, 3, 2), (18, 42, 4, 1.5)):
        yield from ((low, high, total, standard(100 + step * (total - 10 * members))) for total in range(members, 19 * members + 1))


def pairs() -> Iterable[Row]:
    return ((total, standard(100 + 2.5 * (total - 20))) for total in range(2, 39))


def triples() -> Iterable[Row]:
    return ((total, standard(100 + 2 * (total - 30))) for total in range(3, 58))


def standard(score: float) -> int:
    return min(160, max(40, floor(score + 0.5)))


def files() -> Mapping[str, str]:
    """Path within the pack -> content."""
    return {
        "tables/scaled.csv": written(("scale", "age_from", "age_to", "raw", "score"), scaled()),
        "tables/babble.csv": written(("age_from", "age_to", "median", "sd_below", "sd_above"), babble()),
        "tables/ages.csv": written(("scale", "raw", "score"), ages()),
        "tables/delays.csv": written(("scale", "raw", "age_equivalent"), delays()),
        "tables/growth.csv": written(("scale", "raw", "score"), growth()),
        "tables/whole.csv": written(("age_from", "age_to", "raw", "score"), whole()),
        "tables/moving.csv": written(("raw", "score"), pairs()),
        "tables/knowing.csv": written(("raw", "score"), triples()),
    }


def written(header: Row, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


if __name__ == "__main__":
    for name, content in files().items():
        (HOME / name).write_text(content, encoding="utf-8")
