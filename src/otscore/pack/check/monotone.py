"""Scores never fall where the raw score rises, and more is expected of older children."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from otscore.pack.check.repair import likely
from otscore.pack.check.subject import Finding, Floats, NormTable, Subject
from otscore.pack.layout import edges
from otscore.schema.norm import CURVE_COLUMNS
from otscore.schema.scale import OF_SCORES, Scale

MEDIAN = {"lms": "m", "bct": "mu", "bccg": "mu", "normal": "mean", "octaves": "mean", "mean_sd": "mean"}
LOOK = "Look it up in the source: is it the right row and column?"


def monotone_raw(subject: Subject) -> Iterator[Finding]:
    """A higher raw score never has a lower score; where higher is less able the score says less able too, and z is turned."""
    for found in subject.norm_tables("lookup", "ranges"):
        raw = edges(found.rows)[0] if found.norm.method == "ranges" else found.numbers("raw")
        score = found.numbers("score")
        if found.scale.higher_is == "neither":
            continue
        for group in found.groups():
            places = sorted((place for place in group.places if not np.isnan(score[place])), key=lambda place: raw[place])
            for number, (before, place) in enumerate(pairwise(places), start=1):
                if score[place] < score[before]:
                    where = ", ".join(filter(None, (found.scale.id, found.where(group), f"raw {raw[place]:g}")))
                    message = f"the score falls from {score[before]:g} to {score[place]:g} where the raw score rises ({where})"
                    turned = " z is turned by `higher_is`, never by the table" if found.scale.higher_is == "less_able" else ""
                    hint = f"{_repair(found, score, places, number)}{LOOK}{turned}"
                    yield Finding(found.source, message, hint, "score", found.line(place))


def _repair(found: NormTable, score: Floats, places: list[int], number: int) -> str:
    """What the wrong one of the two cells may have been: the one without which the scores rise, further off the middle of its neighbours."""
    values, cells = score[places], found.rows.text("score")
    off = {one: abs(values[one] - (values[one - 1] + values[one + 1]) / 2)
           for one in (number - 1, number) if 0 < one < len(places) - 1 and values[one - 1] <= values[one + 1]}  # fmt: skip
    wrong = max(off, key=lambda one: off[one], default=0)
    if wrong and list(off.values()).count(off[wrong]) == 1:
        low, high = float(values[wrong - 1]), float(values[wrong + 1])
        words = likely(cells[places[wrong]], low, high, (low + high) / 2)
        if words.startswith("Likely"):
            return f"{words}{'' if wrong == number else f' on line {found.line(places[wrong])}'}. "
    exchanged = [*values[max(number - 2, 0) : number - 1], values[number], values[number - 1], *values[number + 1 : number + 2]]
    rising = all(low <= high for low, high in pairwise(exchanged))
    return f"Likely {cells[places[number]]} and {cells[places[number - 1]]}: the two are interchanged. " if rising else ""


def base_rate_rises(subject: Subject) -> Iterator[Finding]:
    """A base rate is a percentage of children with at least the raw score, so it never rises with it."""
    for found in subject.norm_tables("base_rates"):
        raw, percent = found.numbers("raw"), found.numbers("percent")
        for group in found.groups():
            places = sorted(group.places, key=lambda place: raw[place])
            for before, place in zip([None, *places], places, strict=False):
                if not 0 <= percent[place] <= 100 or (before is not None and percent[place] > percent[before]):
                    message = f"{percent[place]:g} % of children with a raw score of {raw[place]:g} or more cannot be"
                    yield Finding(found.source, message, "Write the share with at least this raw score, in percent", "percent", found.line(place))


def warn_monotone_age(subject: Subject) -> Iterator[Finding]:
    """On a scale where higher is more able, the same raw score never gives an older child a higher score (sums of scores apart)."""
    for found in subject.norm_tables("lookup"):
        if not _grows(found.scale):
            continue
        raw, score = found.numbers("raw"), found.numbers("score")
        last: dict[tuple[tuple[str, ...], float], float] = {}
        for group in sorted(found.groups(), key=lambda group: group.age_from):
            for place in group.places:
                key = (group.strata, float(raw[place]))
                if score[place] > last.get(key, np.inf):
                    message = f"a raw score of {raw[place]:g} gives {score[place]:g}, and {last[key]:g} in the age band before"
                    yield Finding(found.source, message, LOOK, "score", found.line(place))
                if not np.isnan(score[place]):
                    last[key] = float(score[place])


def warn_median_falls(subject: Subject) -> Iterator[Finding]:
    """On a scale where higher is more able, the median (or mean) of older children is never lower."""
    for found in subject.norm_tables(*MEDIAN):
        if not _grows(found.scale):
            continue
        column = MEDIAN[found.norm.method]
        age = found.numbers("age" if found.norm.method in CURVE_COLUMNS else "age_from")
        middle = found.numbers(column)
        yield from _falls(found, age.tolist(), middle.tolist(), column, column)
    for found in subject.norm_tables("shash"):
        if _grows(found.scale):
            yield from _falls(found, found.numbers("age").tolist(), _shash_median(found).tolist(), "median", "mu")


def _shash_median(found: NormTable) -> Floats:
    """Where z is 0: mu itself only where epsilon is 0. NaN where delta is 0, which is another finding."""
    mu, sigma, epsilon, delta = (found.numbers(column) for column in CURVE_COLUMNS["shash"])
    with np.errstate(all="ignore"):
        median: Floats = mu - sigma * np.sinh(epsilon / delta)
    return median


def _grows(scale: Scale) -> bool:
    """Whether older children have more of it; sums of derived scores are by age already."""
    return scale.higher_is == "more_able" and scale.raw not in OF_SCORES


def _falls(found: NormTable, age: list[float], middle: list[float], word: str, column: str) -> Iterator[Finding]:
    strata = found.strata()
    for combination in dict.fromkeys(strata):
        places = sorted((place for place, other in enumerate(strata) if other == combination), key=lambda place: age[place])
        falling = [(before, place) for before, place in zip(places, places[1:], strict=False) if middle[place] < middle[before]]
        if falling:
            before, place = falling[0]
            more = f", and {len(falling) - 1} times more" if len(falling) > 1 else ""
            message = f"the {word} falls from {middle[before]:g} to {middle[place]:g} while age rises{more}"
            yield Finding(found.source, message, LOOK, column, found.line(place))
