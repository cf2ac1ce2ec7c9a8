"""Answers to points, one answer at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def reverse(points: float, lowest: float, highest: float) -> float:
    """Reversed points = min + max - x, with the theoretical ends of the item, never the observed ones."""
    return lowest + highest - points


def keyed(
    answer: float | None,
    legal: Sequence[float],
    points: Sequence[float] | None = None,
    missing_codes: Sequence[float] = (),
    *,
    reversed_item: bool = False,
    missing_points: float | None = None,
) -> float | None:
    """Points of one answer; None where there is no answer; ValueError where the answer is not legal.

    ``points`` stand beside ``legal`` (the code itself where absent). A code in ``missing_codes`` is no answer, unless
    ``missing_points`` says what it is worth. An answer that was never given (None, NaN) is None in every case.
    """
    if answer is None or answer != answer:
        return None
    if answer in missing_codes:
        return missing_points
    if answer not in legal:
        raise ValueError("an answer outside the legal set of its item")
    worth = list(points if points else legal)
    earned = worth[list(legal).index(answer)]
    return reverse(earned, min(worth), max(worth)) if reversed_item else earned


def measured(value: float | None, lowest: float, highest: float, missing_codes: Sequence[float] = ()) -> float | None:
    """A measurement within a range, both ends included; None where missing; ValueError outside."""
    if value is None or value != value or value in missing_codes:
        return None
    if not lowest <= value <= highest:
        raise ValueError("a measurement outside the legal range of its item")
    return value


def labelled(
    answer: str | float, labels: Mapping[str, float], *, labels_only: bool = False, missing_codes: Sequence[float] = ()
) -> float:
    """The code of an answer given in words (in any case, blanks at the ends left out), or as a number.

    With ``labels_only`` a number is refused, unless it is one of the codes that are no answer.
    """
    if isinstance(answer, str):
        codes = {word.strip().lower(): code for word, code in labels.items()}
        if answer.strip().lower() not in codes:
            raise ValueError("a word that names no answer of the item")
        return codes[answer.strip().lower()]
    if labels_only and answer not in missing_codes:
        raise ValueError("the item takes its answers in words only")
    return answer
