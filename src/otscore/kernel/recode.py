"""Answers to item points: legal answers, missing codes, reverse and non-linear keys (methods: Recode and reverse).

Reverse keying uses the theoretical range: ``points`` already hold ``min + max - x`` for a reversed item.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


NO_CODES: Floats = np.array([])


@dataclass(frozen=True, slots=True)
class Coding:
    """One option set and the response columns it governs.

    columns : (m,) positions in the response matrix. legal : (o,) rising codes, or the two ends of a measured range.
    points : (o,) what each legal code is worth; for a range the points at its two ends. missing : (c,) rising codes that are no
    answer; ``missing_points``, (c,) what each earns, NaN for nothing (a "does not apply" may count). estimated : those of the
    legal codes that stand for an answer estimated or guessed. whole : a range holds whole numbers only.
    """

    columns: NDArray[np.intp]
    legal: Floats
    points: Floats
    is_range: bool
    missing: Floats
    missing_points: Floats
    identity: bool
    whole: bool = False
    estimated: Floats = field(default_factory=lambda: NO_CODES)

    @property
    def without_gaps(self) -> bool:
        """Whether the legal codes are whole numbers that follow one another."""
        return bool(self.legal[-1] - self.legal[0] == self.legal.size - 1 and float(self.legal[0]).is_integer())


def legal_answers(values: Floats, coding: Coding) -> Bools:
    """Which of the answers given (no NaN among them) belong to the legal set, missing codes included."""
    if coding.is_range:
        legal: Bools = (values >= coding.legal[0]) & (values <= coding.legal[1])
        if coding.whole:
            legal &= values == np.floor(values)
    else:
        legal = _among(values, coding.legal)
    return legal | _among(values, coding.missing) if coding.missing.size else legal


def _among(values: Floats, codes: Floats) -> Bools:
    """Whether each value is one of the rising ``codes``; NaN is not."""
    place = np.minimum(codes.searchsorted(values), codes.size - 1)
    among: Bools = codes[place] == values
    return among


def keyed(responses: Floats, codings: tuple[Coding, ...]) -> Floats:
    """Points of every answer, (n, k); NaN where nothing was answered. Responses must be legal.

    Returns the input itself where every code is worth its own number.
    """
    changed = [coding for coding in codings if not coding.identity]
    if not changed:
        return responses
    points = responses.copy()
    for coding in changed:
        points[:, coding.columns] = _points(np.ascontiguousarray(responses[:, coding.columns]), coding)
    return points


def _points(answers: Floats, coding: Coding) -> Floats:
    if coding.is_range:
        is_reversed = coding.points[0] != coding.legal[0]
        points = coding.legal.sum() - answers if is_reversed else answers
    else:
        points = _points_of_codes(answers, coding)
    for code, worth in zip(coding.missing.tolist(), coding.missing_points.tolist(), strict=True):
        points = np.where(answers == code, worth, points)
    return points


def _points_of_codes(answers: Floats, coding: Coding) -> Floats:
    """Points of legal codes; a code of a row without gaps is its own place."""
    first, answered = coding.legal[0], ~np.isnan(answers)
    if coding.without_gaps:
        place = np.where(answered, answers - first, 0.0).astype(np.intp)
        np.clip(place, 0, coding.legal.size - 1, out=place)  # a missing code may lie outside
    else:
        place = np.minimum(coding.legal.searchsorted(answers), coding.legal.size - 1)
    return np.where(answered, coding.points[place], np.nan)


def estimated(responses: Floats, codings: tuple[Coding, ...]) -> Bools | None:
    """Which answers were estimated or guessed, (n, k); None where no item can be."""
    marked: Bools | None = None
    for coding in codings:
        if coding.estimated.size:
            marked = np.zeros(responses.shape, dtype=np.bool_) if marked is None else marked
            marked[:, coding.columns] = _among(responses[:, coding.columns], coding.estimated)
    return marked


def within_ages(points: Floats, age: Floats, age_from: Floats, age_to: Floats) -> tuple[Floats, Bools]:
    """Points of the items that count at each child's age, NaN for the others; and which answers were set aside, (n, k).

    age_from, age_to : (k,) an item counts from the one age up to the other. Without an age every answer counts.
    """
    outside = (age[:, None] < age_from) | (age[:, None] >= age_to)
    return np.where(outside, np.nan, points), outside & ~np.isnan(points)
