"""A public M-CHAT-R file takes 11, 18 and 20 for the items where yes is at risk (they are 2, 5 and 12): where it errs, we do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import otscore

PACK = Path(__file__).parents[2] / "norms" / "mchat-r" / "1"
ITEMS = range(1, 21)
RIGHT, WRONG = frozenset((2, 5, 12)), frozenset((11, 18, 20))

Answers = dict[int, int]


@pytest.fixture(scope="module")
def scorer() -> otscore.Scorer:
    return otscore.Scorer.load(path=PACK)


def at_risk(yes_is_risk: frozenset[int], answers: Answers) -> int:
    """Number of answers in the at-risk direction: yes for some items, no for all others."""
    return sum(answers[item] == (1 if item in yes_is_risk else 0) for item in ITEMS)


def band(total: int) -> str:
    return "low" if total <= 2 else "moderate" if total <= 7 else "high"


def child(*risky: int) -> Answers:
    """A child whose answers are typical but for the items named."""
    return {item: int((item in risky) == (item in RIGHT)) for item in ITEMS}


def scored(scorer: otscore.Scorer, children: list[Answers]) -> list[tuple[int, str]]:
    frame = pd.DataFrame([{"age_months": 24} | {f"mchatr_{item:02d}": code for item, code in one.items()} for one in children])
    scores = scorer.score_frame(frame)
    labels = scorer.form.band_labels[0]
    return [(int(raw), labels[code]) for raw, code in zip(scores.arrays.raw[:, 0], scores.arrays.band[:, 0], strict=True)]


@pytest.mark.parametrize(
    ("risky", "ours", "theirs"),
    [
        ((), (0, "low"), (6, "moderate")),
        ((2, 5, 12), (3, "moderate"), (3, "moderate")),
        ((1, 2, 5, 11, 12, 18, 20, 3), (8, "high"), (2, "low")),
        ((2, 5, 11, 12, 18, 20), (6, "moderate"), (0, "low")),
        ((1, 3), (2, "low"), (8, "high")),
    ],
    ids=["typical", "only_2_5_12", "high_called_low", "moderate_called_low", "low_called_high"],
)
def test_a_child_that_the_wrong_file_misjudges(
    scorer: otscore.Scorer, risky: tuple[int, ...], ours: tuple[int, str], theirs: tuple[int, str]
) -> None:
    answers = child(*risky)
    assert scored(scorer, [answers]) == [ours]
    wrong = at_risk(WRONG, answers)
    assert (wrong, band(wrong)) == theirs, "what the file makes of it, so that the test would notice"


def test_every_single_answer_counts_as_the_form_says(scorer: otscore.Scorer) -> None:
    assert scored(scorer, [child(item) for item in ITEMS]) == [(1, "low")] * 20


def test_a_thousand_children_by_the_published_key(scorer: otscore.Scorer) -> None:
    drawn = np.random.default_rng(11).integers(0, 2, size=(1000, 20))
    children = [dict(zip(ITEMS, row.tolist(), strict=True)) for row in drawn]
    right, wrong = ([at_risk(key, one) for one in children] for key in (RIGHT, WRONG))
    assert scored(scorer, children) == [(total, band(total)) for total in right]
    assert np.mean(np.array(right) != np.array(wrong)) > 0.5, "the two keys are told apart"


@pytest.mark.parametrize(("total", "expected"), [(2, "low"), (3, "moderate"), (6, "moderate"), (7, "moderate"), (8, "high")])
def test_the_upper_cut_is_8_and_not_the_7_of_a_later_proposal(scorer: otscore.Scorer, total: int, expected: str) -> None:
    assert scored(scorer, [child(*range(1, total + 1))]) == [(total, expected)]
