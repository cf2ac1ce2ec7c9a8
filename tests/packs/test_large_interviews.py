"""Two fictional instruments as large as real ones: an interview of 150 items, and a test of infants with all that goes with age."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.batch import ARRAY_NAMES
from otscore.kernel.change import change_z

HERE = Path(__file__).parent
PACKS = ("quindle", "tiddrel")
SEED = 20261126
COHORT = 3000
ONE_IN = 10
"""One child in so many is scored again one by one."""
LISTEN = tuple(f"L{item:02}" for item in range(1, 26))
LOOK = tuple(f"k{item:02}" for item in range(1, 25))


@cache
def scorer(pack: str, **options: Any) -> otscore.Scorer:
    return otscore.Scorer.load(path=HERE / "fictional" / pack / "1", **options)


def answers(items: tuple[str, ...], **spans: int) -> dict[str, int]:
    """Answers by places: ``answers(LISTEN, _9_12=2, _13=1)`` are 2 to the items 9 to 12 and 1 to the 13th."""
    found = {}
    for span, answer in spans.items():
        first, _, last = span[1:].partition("_")
        found |= {items[place - 1]: answer for place in range(int(first), int(last or first) + 1)}
    return found


def listen(**spans: int) -> dict[str, Any]:
    return {"age_months": 40, "responses": answers(LISTEN, **spans)}


# ---------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("pack", PACKS)
def test_the_tables_are_those_of_the_formulas(pack: str) -> None:
    made = importlib.import_module(f"packs.make_{pack}")
    for name, content in made.files().items():
        assert (made.HOME / name).read_text(encoding="utf-8") == content, name


# ---------------------------------------------------------------------------------------------- a cohort


@dataclass(frozen=True)
class Examiner:
    """Somebody who tests as the manual says, and now and then not quite."""

    chance: np.random.Generator

    def given(self, items: tuple[str, ...], level: float, start: int, run: int, worth: int) -> dict[str, int]:
        """Answers of a child who can do the items up to about ``level``, from a start, back to a basal, on to a ceiling."""
        could = self._could(len(items), level, worth)
        first = min(len(items) - run, start + int(self.chance.integers(0, 2)) * 3)
        while first > 0 and (could[first : first + run] < worth).any():
            first -= 1
        last = first
        while last < len(items) and not (last - first >= run and (could[last - run : last] == 0).all()):
            last += 1
        if self.chance.random() < 0.05:
            last -= 2  # broken off
        last = min(len(items), last + int(self.chance.random() < 0.1) * 5)  # a few more for interest's sake
        found = {items[place]: int(could[place]) for place in range(first, last)}
        if self.chance.random() < 0.03:
            found.pop(next(iter(found)), None)
        return found

    def _could(self, n: int, level: float, worth: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        share = 1.0 / (1.0 + np.exp((np.arange(1, n + 1) - level) / 1.5))
        return self.chance.binomial(worth, share)


def interviews(n: int) -> pd.DataFrame:
    chance = np.random.default_rng(SEED)
    examiner, rows = Examiner(chance), []
    for child in range(n):
        age = round(float(chance.uniform(4, 150)), 1)
        found: dict[str, int] = {}
        for letter in "LSDCMP":
            if chance.random() < 0.05:
                continue
            items = tuple(f"{letter}{item:02}" for item in range(1, 26))
            level = 25 * min(1.0, np.log1p(age) / 5) + chance.normal(0, 3)
            part = examiner.given(items, level, int(min(16, age / 6)), 4, 2)
            found |= {code: _said(chance, answer) for code, answer in part.items()}
        rows.append({"id": f"child {child}", "age_months": age, **found})
    return pd.DataFrame(rows)


def _said(chance: np.random.Generator, answer: int) -> int:
    """The answer, or that it is guessed, or that nobody knows."""
    kind = chance.random()
    return 8 if kind < 0.02 else answer + 10 if kind < 0.04 else answer


def infants(n: int) -> pd.DataFrame:
    chance = np.random.default_rng(SEED + 1)
    examiner, rows = Examiner(chance), []
    born = np.datetime64("2022-01-01") + chance.integers(0, 400, n)
    tested = born + chance.integers(20, 1300, n)
    for child in range(n):
        months = float((tested[child] - born[child]).astype(int)) / 30.4375
        weeks = int(chance.integers(26, 37)) if chance.random() < 0.3 else int(chance.integers(37, 42))
        found = examiner.given(LOOK, 3 + months / 2 + chance.normal(0, 2), int(min(13, months / 2)), 3, 1)
        found |= {f"g{item}": int(chance.random() < 1 / (1 + np.exp(item - 3 - months / 6))) for item in range(1, 10)}
        found |= {"blocks": int(chance.integers(0, 3 + min(8, months / 4))), "lines": int(chance.integers(0, 4))}
        found |= {f"{group}{item}": int(chance.random() < 1 / (1 + np.exp(place - months / 9))) for place, group in enumerate("abcde") for item in range(1, 5)}
        found |= {f"h{item}": int(chance.integers(0, 3)) for item in range(1, 11) if chance.random() < 0.95}
        found |= {f"{letter}{item}": int(chance.integers(0, 3)) for letter in "rt" for item in range(1, 7)}
        end = tested[child] + int(chance.integers(0, 9)) if chance.random() < 0.2 else None
        known = {"id": f"child {child}", "birth_date": str(born[child]), "assessment_date": str(tested[child]), "gestation_weeks": weeks}
        rows.append(known | {"assessment_end_date": None if end is None else str(end)} | found)
    return pd.DataFrame(rows)


COHORTS = {"quindle": interviews, "tiddrel": infants}
KNOWN = ("id", "age_months", "birth_date", "assessment_date", "assessment_end_date", "gestation_weeks")


@cache
def cohort(pack: str) -> tuple[pd.DataFrame, otscore.Scores]:
    frame = COHORTS[pack](COHORT)
    return frame, scorer(pack).score_frame(frame)


def record(row: pd.Series) -> dict[str, Any]:
    there = {str(name): value for name, value in row.items() if value is not None and value == value}
    about = {name: there.pop(name) for name in KNOWN if name in there}
    return about | {"responses": there}


@pytest.mark.parametrize("pack", PACKS)
def test_one_by_one_as_in_a_batch(pack: str) -> None:
    frame, scores = cohort(pack)
    for place in range(0, len(frame), ONE_IN):
        assert scorer(pack).score(record(frame.iloc[place]), errors="flag") == scores.profile(place)


@pytest.mark.parametrize("pack", PACKS)
def test_the_cohort_meets_what_real_protocols_do(pack: str) -> None:
    table = cohort(pack)[1].to_frame()
    flags = {flag for cell in table["flags"].dropna().unique() for flag in str(cell).split(";")}
    statuses = set(table["status"].unique())
    common = {"no_basal", "no_ceiling", "false_basal", "false_ceiling", "at_floor", "at_ceiling", "start_item_other", "score_or_less", "score_or_more"}
    assert flags >= common | {"quindle": {"estimated", "doubtful", "out_of_age"}, "tiddrel": {"prorated", "substituted"}}[pack]
    usual = {"ok", "discontinued", "too_few_items", "above_age", "below_age", "member_missing"}
    assert statuses >= usual | {"quindle": {"invalid_protocol"}, "tiddrel": {"not_at_age"}}[pack]
    assert (table["status"] == "ok").mean() > 0.5


# ---------------------------------------------------------------------------------------------- early birth


def test_correction_changes_those_it_is_for_and_no_others() -> None:
    frame, by_rule = cohort("tiddrel")
    since_birth = scorer("tiddrel", age_basis="chronological").score_frame(frame)
    shown, other = by_rule.to_frame(), since_birth.to_frame()
    corrected = (shown.loc[shown["scale"] == "look", "age_basis"] == "corrected").to_numpy()
    days = other.loc[other["scale"] == "look", "age_days"].to_numpy()
    early = (frame["gestation_weeks"] < 37).to_numpy()
    assert corrected.any() and not (corrected & ~early).any()
    assert corrected[early & (days < 720)].all() and not corrected[days > 735].any()
    for name in ARRAY_NAMES:
        mine, others = getattr(by_rule.arrays, name), getattr(since_birth.arrays, name)
        assert np.ascontiguousarray(mine[~corrected]).tobytes() == np.ascontiguousarray(others[~corrected]).tobytes(), name
    both = (shown["status"] == "ok") & (other["status"] == "ok") & np.repeat(corrected, len(shown) // len(frame))
    for scale in ("look", "grasp", "move", "babble"):
        chosen = both & (shown["scale"] == scale)
        assert (shown.loc[chosen, "score"] >= other.loc[chosen, "score"]).all()
        assert (shown.loc[chosen, "score"] > other.loc[chosen, "score"]).mean() > 0.5
    assert (shown.loc[both & (shown["scale"] == "look_growth"), "score"] == other.loc[both & (shown["scale"] == "look_growth"), "score"]).all()


# ---------------------------------------------------------------------------------------------- traces


def trace(pack: str, child: dict[str, Any], scale: str) -> pd.DataFrame:
    found = scorer(pack).trace(child)
    return found[found["scale"] == scale].reset_index(drop=True)


def spans(rows: pd.DataFrame) -> list[tuple[str, int, float]]:
    """What happened to the items: how, to how many in a row, and the points they brought."""
    turns = (rows["how"] != rows["how"].shift()).cumsum()
    return [(str(part["how"].iloc[0]), len(part), float(part["counted"].sum())) for _, part in rows.groupby(turns)]


def test_trace_of_a_child_started_too_high() -> None:
    rows = trace("quindle", listen(_17=1, _5_8=2, _9=1, _10_13=0), "listen")
    assert spans(rows) == [("credited", 4, 8), ("scored", 9, 9), ("beyond", 3, 0), ("not counted", 1, 0), ("beyond", 8, 0)]
    assert rows.loc[16, ["item", "given", "points", "counted"]].tolist() == ["L17", 1, 1, 0]
    assert set(rows["raw"]) == {17}


def test_trace_of_a_false_basal() -> None:
    rows = trace("quindle", listen(_9_12=2, _13=1, _14_17=2, _18=1, _19_22=0), "listen")
    assert spans(rows) == [("credited", 8, 16), ("overridden", 5, 10), ("scored", 9, 9), ("beyond", 3, 0)]
    assert rows.loc[12, ["item", "points", "counted"]].tolist() == ["L13", 1, 2]
    assert set(rows["flags"]) == {"false_basal"}


def test_trace_of_two_ceilings() -> None:
    rows = trace("quindle", listen(_9_12=2, _13=1, _14_17=0, _18=2, _19=1, _20_23=0), "listen")
    assert spans(rows) == [("credited", 8, 16), ("scored", 9, 9), ("not counted", 6, 0), ("beyond", 2, 0)]
    assert set(rows["flags"]) == {"false_ceiling"}


def test_trace_of_a_test_that_was_broken_off() -> None:
    rows = trace("quindle", listen(_9_12=2, _13=1, _14_16=0), "listen")
    assert set(rows["status"]) == {"discontinued"} and rows["score"].isna().all()
    member = trace("quindle", listen(_9_12=2, _13=1, _14_16=0), "communicating")
    assert set(member["status"]) == {"member_missing"}


def test_trace_of_a_series_and_a_substitute() -> None:
    child = {
        "age_months": 20,
        "responses": answers(LOOK, _10_15=1, _16=0, _17_18=1, _19_21=0)
        | {f"g{item}": int(item < 9) for item in range(1, 10)} | {"blocks": 5, "lines": 1} | {f"t{item}": 1 for item in range(1, 7)},
    }  # fmt: skip
    grasp = trace("tiddrel", child, "grasp").set_index("item")
    assert grasp.loc[["blocks2", "blocks4", "blocks6", "lines1", "lines2"], "points"].tolist() == [1, 1, 0, 1, 0]
    knowing = trace("tiddrel", child, "knowing")
    assert set(knowing["flags"]) == {"substituted"}


# ---------------------------------------------------------------------------------------------- comparisons and change


def test_differences_within_the_interview() -> None:
    """By hand: v-scale 19, 20, 15, 16, 14, 14, their mean 98 / 6; domains 123, 104, 94."""
    said = {f"{letter}{item:02}": 2 for letter, last in zip("LSDCMP", (18, 18, 12, 12, 12, 12), strict=True) for item in range(9, last + 1)}
    said |= {f"{letter}{item:02}": 0 for letter, last in zip("LSDCMP", (18, 18, 12, 12, 12, 12), strict=True) for item in range(last + 1, last + 5)}
    profile = scorer("quindle").score({"age_months": 40, "responses": said})
    found = {(one.scale, one.other): (one.difference, one.critical, one.significant, one.base_rate) for one in profile.contrasts}
    assert found["communicating", "managing"] == (19, 9, True, 20)
    assert found["communicating", "being_with"] == (29, 9, True, 10)
    assert found["managing", "being_with"] == (10, 9, True, 40)
    own = {scale: values for (scale, other), values in found.items() if other is None}
    mean = 98 / 6
    assert {scale: round(values[0] + mean, 9) for scale, values in own.items()} == {
        "listen": 19, "say": 20, "dress": 15, "chores": 16, "mates": 14, "play": 14,
    }  # fmt: skip
    assert {scale: values[1:] for scale, values in own.items()} == {
        "listen": (2.5, True, None), "say": (2.5, True, 25), "dress": (2.5, False, None), "chores": (3, False, None),
        "mates": (2.5, False, None), "play": (2.5, False, None),
    }  # fmt: skip


def test_progress_is_read_from_growth_scores() -> None:
    """The same place among children of the same age, and much learnt: by hand 440 to 468 with a SEM of 5, 28 / (5 sqrt 2)."""
    visits = [
        {"age_months": 8, "responses": answers(LOOK, _5_8=1, _9=0, _10_11=1, _12_14=0)},
        {"age_months": 20, "responses": answers(LOOK, _10_15=1, _16=0, _17_18=1, _19_21=0)},
    ]
    scales = [{one.scale: one for one in scorer("tiddrel").score(visit).domain("cognitive").scales} for visit in visits]
    assert [found["look"].score for found in scales] == [10, 10]
    before, after = (found["look_growth"].score for found in scales)
    assert (before, after) == (440, 468)
    assert change_z(before, after, 5.0, 5.0) == pytest.approx(28 / (5 * 2**0.5))
