"""The tables of the fictional pack quindle@1 from the formulas they were invented with.

``python tests/packs/make_quindle.py`` writes them again. Nothing here was measured.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from math import floor
from pathlib import Path

HOME = Path(__file__).parent / "fictional" / "quindle" / "1"
BANDS = (6, 9, 12, 15, 18, 24, 30, 36, 48, 60, 84, 108, 144)
MEDIANS = (6, 8, 10, 12, 15, 18, 21, 25, 30, 35, 40, 44)
"""Raw score with the v-scale score 15 in each band, before the shift of the scale."""
SHIFTS = {"listen": 2, "say": 0, "dress": -1, "chores": -3, "mates": 1, "play": 0}
GROWTH = {"listen": 20, "say": 22, "dress": 24, "chores": 30, "mates": 21, "play": 22}
DOMAINS = {"communicating": 0, "managing": 1, "being_with": -1}
SPREADS = ((6, 36, 3.0), (36, 84, 2.5), (84, 144, 2.0))
EQUIVALENTS = ("0:7", "0:10", "1:1", "1:4", "1:9", "2:3", "2:9", "3:6", "4:6", "6:0", "8:0", "10:6")
STARTS = ((6, 12, 1), (12, 24, 5), (24, 48, 9), (48, 84, 13), (84, 144, 17))
N_ITEMS = 25
TOP = 2 * N_ITEMS

Row = Sequence[object]


def v_scores() -> Iterable[Row]:
    """Two raw points are one point of the score."""
    for scale, shift in SHIFTS.items():
        for low, high, median in zip(BANDS, BANDS[1:], MEDIANS, strict=False):
            scores = [min(24, max(1, 15 + floor((raw - median - shift) / 2))) for raw in range(TOP + 1)]
            yield from ((scale, low, high, *ends) for ends in spans(scores))


def equivalents() -> Iterable[Row]:
    """The middle of the band whose median was reached."""
    for scale, shift in SHIFTS.items():
        scores = [equivalent(raw - shift) for raw in range(TOP + 1)]
        yield from ((f"{scale}_age", *ends) for ends in spans(scores))


def equivalent(raw: int) -> str:
    if raw < MEDIANS[0]:
        return "<0:6"
    return ">12:0" if raw >= MEDIANS[-1] + 2 else EQUIVALENTS[max(band for band, median in enumerate(MEDIANS) if raw >= median)]


def growth() -> Iterable[Row]:
    return ((f"{scale}_growth", raw, start + 2 * raw) for scale, start in GROWTH.items() for raw in range(TOP + 1))


def domains() -> Iterable[Row]:
    for scale, shift in DOMAINS.items():
        for low, high, step in SPREADS:
            yield from ((scale, low, high, total, standard(100 + shift + step * (total - 30))) for total in range(2, 49))


def everyday() -> Iterable[Row]:
    for low, high, width in ((6, 60, 5), (60, 144, 6)):
        scores = {total: standard(100 + 2 * floor((total - 300) / width)) for total in range(60, 463)}
        yield from ((low, high, first + 60, last + 60, score) for first, last, score in spans(list(scores.values())))


def standard(score: float) -> int:
    return min(160, max(20, floor(score + 0.5)))


def spans(scores: Sequence[object]) -> Iterable[tuple[int, int, object]]:
    """First and last raw score with each score."""
    for score in dict.fromkeys(scores):
        places = [raw for raw, other in enumerate(scores) if other == score]
        yield places[0], places[-1], score


def starts(scale: str) -> Iterable[Row]:
    return ((low, high, f"{scale[0].upper()}{item:02}") for low, high, item in STARTS)


def items() -> Iterable[Row]:
    domain = {"listen": "communication", "say": "communication", "dress": "self_care", "chores": "self_care", "mates": "social", "play": "play"}
    return ((f"{scale[0].upper()}{item:02}", "habit", domain[scale]) for scale in SHIFTS for item in range(1, N_ITEMS + 1))


def files() -> Mapping[str, str]:
    """Path within the pack -> content."""
    return {
        "items.csv": written(("item", "options", "domain"), items()),
        "tables/v_scores.csv": written(("scale", "age_from", "age_to", "raw_min", "raw_max", "score"), v_scores()),
        "tables/equivalents.csv": written(("scale", "raw_min", "raw_max", "score"), equivalents()),
        "tables/growth.csv": written(("scale", "raw", "score"), growth()),
        "tables/domains.csv": written(("scale", "age_from", "age_to", "raw", "score"), domains()),
        "tables/everyday.csv": written(("age_from", "age_to", "raw_min", "raw_max", "score"), everyday()),
    } | {f"tables/{scale}_start.csv": written(("age_from", "age_to", "item"), starts(scale)) for scale in SHIFTS}


def written(header: Row, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


if __name__ == "__main__":
    for name, content in files().items():
        (HOME / name).write_text(content, encoding="utf-8")
