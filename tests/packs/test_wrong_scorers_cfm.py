"""Public code for the Child Functioning Module takes the top of four answers where the form has five, or one of the two
answers on communication: where it errs, we do not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import otscore

NORMS = Path(__file__).parents[2] / "norms" / "cfm"
TODDLER: dict[str, object] = {**{f"CF{number}": 1 for number in (3, 6, 10, 11, 12, 13, 14, 15)}, "CF16": "same"}
PUPIL: dict[str, object] = {**{f"FCF{number}": 1 for number in (6, 8, *range(14, 25))}, "FCF25": 5, "FCF26": 5}


def bands(edition: str, age: int, answers: dict[str, object]) -> dict[str, str]:
    """The classes of one child, by scale."""
    scores = otscore.Scorer.load(path=NORMS / edition).score_frame(pd.DataFrame([{"age_years": age} | answers]))
    table = scores.to_frame()
    return dict(zip(table["scale"].astype(str), table["band"].astype(object), strict=True))


@pytest.mark.parametrize(("answer", "ours"), [("same", False), ("more", False), ("a_lot_more", True)])
def test_only_the_last_of_five_answers_on_behaviour_is_difficulty(answer: str, ours: bool) -> None:
    """Code made for scales of four takes the fourth, which is more, and misses the fifth."""
    found = bands("2-4", 3, TODDLER | {"CF16": answer})
    assert (found["behaviour"] == "difficulty") is ours
    assert (found["functional_difficulty"] == "difficulty") is ours


def test_a_number_for_behaviour_is_not_guessed_at() -> None:
    """Copies of the form number these answers 1 to 4 or 1 to 5: a 4 would be either the worst answer or the one before."""
    scores = otscore.Scorer.load(path=NORMS / "2-4").score_frame(
        pd.DataFrame([{"age_years": 3} | TODDLER | {"CF16": 4}])
    )
    table = scores.to_frame().set_index("scale")
    assert table.loc["behaviour", "status"] == "illegal_answer"
    assert "a_lot_more" in str(scores.issues)


@pytest.mark.parametrize("item", ["FCF25", "FCF26"])
@pytest.mark.parametrize(("answer", "ours"), [(1, True), (2, False), (4, False), (5, False)])
def test_daily_is_the_first_of_five_answers(item: str, answer: int, ours: bool) -> None:
    """Code that takes the fourth answer reports children who are anxious or sad a few times a year."""
    found = bands("5-17", 9, PUPIL | {item: answer})
    assert (found["functional_difficulty"] == "difficulty") is ours


@pytest.mark.parametrize(
    ("edition", "age", "typical", "first", "second"),
    [("2-4", 3, TODDLER, "CF12", "CF13"), ("5-17", 9, PUPIL, "FCF17", "FCF18")],
)
@pytest.mark.parametrize(("inside", "outside", "ours"), [(1, 3, True), (3, 1, True), (2, 2, False), (1, 4, True)])
def test_either_answer_on_communication_decides(
    edition: str,
    age: int,
    typical: dict[str, object],
    first: str,
    second: str,
    inside: int,
    outside: int,
    ours: bool,
) -> None:
    """Code that reads one of the two answers misses one of the first two children."""
    found = bands(edition, age, typical | {first: inside, second: outside})
    assert (found["communication"] == "difficulty") is ours
    assert (found["functional_difficulty"] == "difficulty") is ours
