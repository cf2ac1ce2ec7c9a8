"""Writes the cut scores of the fictional sensory questionnaire wispel: two a raw score for each item, one less in each older band.

``python tests/packs/make_wispel.py`` writes them again; test_large_instruments.py holds that the files are what is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parent / "fictional" / "wispel"
BANDS = {"carer": ((36, 60), (60, 84), (84, 132)), "school": ((60, 108), (108, 180))}
ITEMS = {
    "carer": {
        "hearing": 6, "seeing": 5, "touch": 6, "moving": 5, "body": 5, "mouth": 5, "conduct": 4,
        "seeks": 8, "shuns": 7, "notices": 8, "misses": 7,
    },
    "school": {"hearing": 5, "seeing": 5, "touch": 5, "moving": 5, "seeks": 4, "shuns": 4, "notices": 4, "misses": 4, "support": 5},
}  # fmt: skip
"""Items of each scale, each worth 0 to 5."""


def cuts(edition: str) -> Iterator[str]:
    yield "scale,age_from,age_to,raw_min,raw_max,band"
    for name, items in ITEMS[edition].items():
        for band, (begins, ends) in enumerate(BANDS[edition]):
            mean, sd = 2 * items - band, items // 2
            less, like, more, much = mean - 2 * sd, mean - sd, mean + sd + 1, mean + 2 * sd + 1
            ranges = ((0, less - 1), (less, like - 1), (like, more - 1), (more, much - 1), (much, 5 * items))
            for label, (first, last) in zip(("much_less", "less", "like_others", "more", "much_more"), ranges, strict=True):
                yield f"{name},{begins},{ends},{first},{last},{label}"


def tables(edition: str) -> dict[str, str]:
    return {"cuts.csv": "\n".join(cuts(edition)) + "\n"}


if __name__ == "__main__":
    for edition in BANDS:
        for name, text in tables(edition).items():
            (HOME / edition / "tables" / name).write_text(text, encoding="utf-8", newline="\n")
