"""Writes the tables of the fictional motor battery hobbin: every figure is a straight line in age and raw score, rounded.

``python tests/packs/make_hobbin.py`` writes them again; test_large_instruments.py holds that the files are what is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import NormalDist

TABLES = Path(__file__).parent / "fictional" / "hobbin" / "1" / "tables"
BANDS = ((48, 54), (54, 60), (60, 66), (66, 78), (78, 96), (96, 120), (120, 144))
SEXES = ("male", "female")


@dataclass(frozen=True)
class Subtest:
    """Most points, mean of the youngest band, what it rises by from band to band, SD, and how far girls lie above the mean."""

    most: int
    mean: int
    rise: int
    sd: int
    girls: int


SUBTESTS = {
    "precision": Subtest(25, 8, 2, 4, 1),
    "dexterity": Subtest(28, 9, 2, 4, 1),
    "coordination": Subtest(20, 6, 1, 3, 0),
    "balance": Subtest(24, 8, 2, 4, 1),
    "agility": Subtest(26, 7, 2, 4, -1),
    "ball": Subtest(22, 5, 2, 3, -1),
}
COMPOSITES = {"fine_manual": (2, 5, 7, 8), "gross_body": (3, 7, 6, 7), "total": (6, 13, 5, 6)}
"""Members, SD of their sum, half widths of the intervals of 90 and 95 %."""

ERRORS = (None, 1, 3, 5, 7, 9, 11, 14)
TWOS = (None, 2, 4, 6, 8, 10, 12)
SECONDS = (None, 20, 25, 30, 36, 44, 54, 70, 120)
OTHER_HAND = (None, 25, 30, 35, 41, 49, 59, 75, 120)
TAPS = (None, 10, 20, 30, 40, 50)
HOLD = (None, 1, 3, 5, 7, 9, 10)
RUN = (None, 6, 7, 8, 9, 10, 12, 15, 20)
HOPS = (None, 5, 10, 15, 20, 25, 30)
DRIBBLE = (None, 1, 2, 3, 5, 7, 9, 10)
RISING = {"pr3": TWOS, "dx3": TWOS, "dx4": TWOS, "co1": TAPS, "ba1": HOLD, "ba2": HOLD, "ag2": HOPS, "ag3": HOPS, "ag4": HOPS, "bl3": DRIBBLE}
FALLING = {"pr1": ERRORS, "pr2a": ERRORS, "pr2b": ERRORS, "dx1": SECONDS, "dx2": OTHER_HAND, "ag1": RUN}
"""From where on a performance earns one point more, or (errors, seconds) one less."""


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def scaled(subtest: Subtest, band: int, raw: int, sex: str | None = None) -> int:
    shift = {None: 0, "female": subtest.girls, "male": -subtest.girls}[sex]
    mean = subtest.mean + subtest.rise * band + shift
    return min(max(half_up(10 + Decimal(3 * (raw - mean)) / subtest.sd), 1), 19)


def combined() -> Iterator[str]:
    """A row for each raw score."""
    yield "scale,age_from,age_to,raw,score"
    for name, subtest in SUBTESTS.items():
        for band, (begins, ends) in enumerate(BANDS):
            for raw in range(subtest.most + 1):
                yield f"{name},{begins},{ends},{raw},{scaled(subtest, band, raw)}"


def by_sex() -> Iterator[str]:
    """A row for each scaled score, as manuals print them."""
    yield "scale,sex,age_from,age_to,raw_min,raw_max,score"
    for name, subtest in SUBTESTS.items():
        for sex in SEXES:
            for band, (begins, ends) in enumerate(BANDS):
                scores = [scaled(subtest, band, raw, sex) for raw in range(subtest.most + 1)]
                for score in sorted(set(scores)):
                    first = scores.index(score)
                    yield f"{name},{sex},{begins},{ends},{first},{first + scores.count(score) - 1},{score}"


def percentile(score: int) -> str:
    """As it is printed: whole between 1 and 99, else to a tenth, open beyond."""
    percent = 100 * NormalDist(100, 15).cdf(score)
    if percent < 0.05 or percent >= 99.95:
        return "<0.1" if percent < 50 else ">99.9"
    return f"{percent:.1f}" if percent < 0.95 or percent >= 99.5 else f"{percent:.0f}"


def composites() -> Iterator[str]:
    """The same at every age; beyond 40 and 160 the table is open."""
    yield "scale,raw,score,percentile,ci90_low,ci90_high,ci95_low,ci95_high"
    for name, (members, sd, wide, wider) in COMPOSITES.items():
        for total in range(members, 19 * members + 1):
            exact = half_up(100 + Decimal(15 * (total - 10 * members)) / sd)
            score = min(max(exact, 40), 160)
            printed = f"{'<' if exact < score else '>' if exact > score else ''}{score}"
            yield f"{name},{total},{printed},{percentile(score)},{score - wide},{score + wide},{score - wider},{score + wider}"


def points() -> Iterator[str]:
    yield "item,raw_from,raw_below,points"
    for item, cuts in (RISING | FALLING).items():
        for place, (begins, ends) in enumerate(zip(cuts, (*cuts[1:], None), strict=True)):
            earned = place if item in RISING else len(cuts) - 1 - place
            yield f"{item},{'' if begins is None else begins},{'' if ends is None else ends},{earned}"


def tables() -> dict[str, str]:
    made = {"combined.csv": combined, "by_sex.csv": by_sex, "composites.csv": composites, "points.csv": points}
    return {name: "\n".join(rows()) + "\n" for name, rows in made.items()}


if __name__ == "__main__":
    for name, text in tables().items():
        (TABLES / name).write_text(text, encoding="utf-8", newline="\n")
