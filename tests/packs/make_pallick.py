"""Writes the tables of the fictional self-care questionnaire pallick: straight lines in raw score, age band and informant.

``python tests/packs/make_pallick.py`` writes them again; test_large_instruments.py holds that the files are what is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

TABLES = Path(__file__).parent / "fictional" / "pallick" / "1" / "tables"
BANDS = ((60, 84), (84, 120), (120, 156))
SECTIONS = ("dressing", "eating", "washing", "managing")
MOST = {"section": 18, "total": 72}
MEAN = {("section", "parent"): 8, ("section", "teacher"): 7, ("total", "parent"): 32, ("total", "teacher"): 28}
"""Mean of the youngest band; it rises by two for a section, by eight for the total, from band to band."""


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def t_score(kind: str, informant: str, band: int, raw: int) -> int:
    rise, per_point = (2, Decimal("2.5")) if kind == "section" else (8, Decimal("0.8"))
    return min(max(half_up(50 + per_point * (raw - MEAN[kind, informant] - rise * band)), 20), 80)


def t_scores() -> Iterator[str]:
    yield "scale,informant,age_from,age_to,raw,score"
    for scale in (*SECTIONS, "total"):
        kind = "total" if scale == "total" else "section"
        for informant in ("parent", "teacher"):
            for band, (begins, ends) in enumerate(BANDS):
                for raw in range(MOST[kind] + 1):
                    yield f"{scale},{informant},{begins},{ends},{raw},{t_score(kind, informant, band, raw)}"


def ages() -> Iterator[str]:
    """Half a year for each point, open at both ends."""
    yield "raw,score"
    for raw in range(19):
        months = 36 + 6 * max(raw, 1)
        yield f"{raw},{'<' if raw == 0 else '>' if raw == 18 else ''}{months // 12}:{months % 12}"


def growth() -> Iterator[str]:
    yield "raw,score"
    yield from (f"{raw},{400 + 2 * raw}" for raw in range(73))


def base_rates() -> Iterator[str]:
    yield "scale,other,at_least,percent"
    for scale in (*SECTIONS, "total"):
        yield from (f"{scale},,{at_least},{percent}" for at_least, percent in ((5, 60), (10, 30), (15, 12), (20, 4)))


def tables() -> dict[str, str]:
    made = {"t_scores.csv": t_scores, "ages.csv": ages, "growth.csv": growth, "base_rates.csv": base_rates}
    return {name: "\n".join(rows()) + "\n" for name, rows in made.items()}


if __name__ == "__main__":
    for name, text in tables().items():
        (TABLES / name).write_text(text, encoding="utf-8", newline="\n")
