"""Mistakes of scoring by hand from tables and of composites: each is impossible, refused by the checker, or visible in the result.

The packs are the fictional ones; what is expected is read off their tables by eye.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore
from otscore.check import check_directory
from otscore.errors import UsageError

HERE = Path(__file__).parent / "fictional"


def scored(pack: str, answers: Mapping[str, Any], *, age: float = 48, sex: str | None = "male", **options: Any) -> pd.DataFrame:
    """The results of one child, a row per scale."""
    scorer = otscore.Scorer.load(path=HERE / pack / "1", **({"scales": "all"} | options))
    child = {"id": "one", "age_months": age} | ({"sex": sex} if pack == "wexle" else {}) | dict(answers)
    return scorer.score_frame(pd.DataFrame([child])).to_frame().set_index("scale")


def flags(result: pd.Series) -> set[str]:
    return set(filter(None, str(result["flags"] if isinstance(result["flags"], str) else "").split(";")))


def findings(tmp_path: Path, pack: str, file: str, change: tuple[str, str]) -> dict[str, str]:
    """What the checker says of a copy with one change: rule and message. Without a text to replace the new one is put at the end."""
    shutil.copytree(HERE / pack, tmp_path / pack)
    path = tmp_path / pack / "1" / file
    text = path.read_text(encoding="utf-8")
    old, new = change
    assert not old or text.count(old) == 1
    path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    return {issue.code: str(issue) for issue in check_directory(tmp_path)}


# ---------------------------------------------------------------------------------------------- adjacent row, adjacent column


def test_every_raw_score_reads_its_own_row() -> None:
    """Both sides of every cut of a table of ranges: 3 begins where 2 has ended, 6 and 7 are blank."""
    printed = {0: 55, 1: 55, 2: 55, 3: 70, 4: 70, 5: 85, 6: None, 7: None, 8: 120, 9: 120, 10: 145}
    for raw, score in printed.items():
        result = scored("wexle", {"r": raw}).loc["open_ss"]
        assert (result["status"], result["raw"]) == ("ok" if score else "raw_out_of_table", raw)
        assert result["score"] == score if score else pd.isna(result["score"])


def test_every_scale_reads_its_own_column() -> None:
    """The same raw score on scales that stand beside each other in one table."""
    printed = {"b15": [5, 10, 15, 20, 26], "s10": [80, 90, 100, 110, 125], "cust": [310, 400, 500, 600, 720], "crit": [0, 31, 52, 74, 100]}
    for raw in range(5):
        found = scored("wexle", {"w": raw})["score"]
        assert {name: found[name] for name in printed} == {name: scores[raw] for name, scores in printed.items()}


@pytest.mark.parametrize(
    ("pack", "file", "change", "rule"),
    [
        ("wexle", "tables/scores.csv", ("b15,1,10\nb15,2,15", "b15,1,15\nb15,2,10"), "monotone_raw"),  # two rows exchanged
        ("wexle", "tables/scores.csv", ("b15,1,10", "b15,1,90"), "score_metric"),  # the figure of the next column
        ("wexle", "tables/open.csv", ("3,4,70\n5,5,85", "3,4,85\n5,5,70"), "monotone_raw"),
        ("tramble", "tables/three.csv", ("16,20,70", "16,21,70"), "raw_overlap"),  # an end that belongs to the next row
        ("tramble", "tables/three.csv", ("16,20,70", "16,19,70"), "raw_gap"),
        ("wexle", "tables/open.csv", (",2,<55", ",2,55"), "case_mismatch"),  # an open end copied as a measured score
        ("wexle", "tables/normal.csv", ("1,81,10", "1,81,50"), "percentile_agrees"),  # the percentile of the next row
    ],
)
def test_a_row_or_column_mistaken_in_typing_is_found(pack: str, file: str, change: tuple[str, str], rule: str, tmp_path: Path) -> None:
    assert rule in findings(tmp_path, pack, file, change)


# ---------------------------------------------------------------------------------------------- missing answers and members


def test_no_score_is_scaled_up_beyond_what_may_be_missing() -> None:
    """Two of three are scaled up and say so; one of three has no score, and neither have two without the one that is required."""
    two = scored("tramble", {"b": 2, "c": 1}).loc["two_of_three"]
    assert (two["status"], two["raw"], "prorated" in flags(two)) == ("ok", 24, True)
    for answers, scale in (({"c": 4}, "two_of_three"), ({"a": 2, "c": 2}, "with_ropes"), ({"b": 2, "c": 1}, "all_three")):
        one = scored("tramble", answers).loc[scale]
        assert one["status"] == "member_missing"
        assert pd.isna(one["score"]) and pd.isna(one["z"])
    items = scored("grobbin", {"r1": 3, "s1": 5, "a1": 3})
    assert items.loc[["must", "least", "printed"], "status"].tolist() == ["too_few_items"] * 3  # of the last, 3 with two missing is not printed


def test_does_not_apply_is_an_answer_and_not_known_is_none() -> None:
    """8, does not apply, counts 0; 9, not known, is missing: the same answers otherwise."""
    applies_not = scored("grobbin", {"s1": 1, "o1": 8, "o2": 3, "t1": 8, "t2": 3})
    not_known = scored("grobbin", {"s1": 1, "o1": 9, "o2": 3, "t1": 9, "t2": 3})
    assert applies_not.loc["talk", ["status", "raw"]].tolist() == ["ok", 3]
    assert not_known.loc["talk", "status"] == "too_few_items"
    assert applies_not.loc["share", "raw"] == 30  # 3 of the 10 that three items could earn above their least
    assert not_known.loc["share", "raw"] == pytest.approx(300 / 7)  # 3 of 7
    assert (flags(applies_not.loc["share"]), flags(not_known.loc["share"])) == (set(), {"items_missing"})


# ---------------------------------------------------------------------------------------------- averages and differences


def test_a_mean_of_scores_is_no_composite() -> None:
    """Three scaled scores of 4, 5 and 3 are 70 on average, and less than 60 as a composite."""
    lowest = scored("tramble", {"a": 0, "b": 0, "c": 0})
    assert lowest.loc["plain_mean", ["status", "raw"]].tolist() == ["not_normed", 4]
    assert pd.isna(lowest.loc["plain_mean", "score"])
    assert (lowest.loc["all_three", "score"], "score_or_less" in flags(lowest.loc["all_three"])) == (60, True)
    assert "approximate" in flags(lowest.loc["mean_z"])
    assert "approximate" not in flags(lowest.loc["mean"]), "this mean has norms of its own"


ADDED = """
[[scales]]
id = "made"
domain = "general"
scales = [{}]
raw = "{}"
{}
"""


@pytest.mark.parametrize(
    ("pack", "members", "raw", "weights", "says"),
    [
        ("wexle", '"open_pr", "b15"', "mean_of_scores", "", "percentiles lie close together"),
        ("wexle", '"b15", "s10"', "sum_of_scores", "", "several metrics: scale_15_5 (15, 5), standard_10 (100, 10)"),
        ("pindle", '"equivalent", "equivalent_months"', "sum_of_scores", "weights = [1, -1]", "not the same step at every age"),
        ("pindle", '"equivalent", "equivalent_months"', "mean_of_scores", "", "not the same step at every age"),
        ("pindle", '"growth", "standing"', "mean_of_z", "", "growth: it has no mean and SD"),
    ],
)
def test_percentiles_and_age_equivalents_are_not_added_up(
    pack: str, members: str, raw: str, weights: str, says: str, tmp_path: Path
) -> None:  # fmt: skip
    found = findings(tmp_path, pack, "instrument.toml", ("", ADDED.format(members, raw, weights)))
    assert says in found["scores_summed"]


@pytest.mark.parametrize(
    ("pack", "members", "says"),
    [
        ("pindle", '"equivalent", "equivalent_months"', "not the same step at every age"),
        ("wexle", '"open_pr", "b15"', "percentiles lie close together"),
        ("wexle", '"hw", "s10"', "several metrics: standard (100, 15), standard_10 (100, 10)"),
    ],
)
def test_percentiles_and_age_equivalents_are_not_subtracted(pack: str, members: str, says: str, tmp_path: Path) -> None:
    comparison = f'\n[[comparisons]]\nid = "apart"\nkind = "pairwise"\nscales = [{members}]\n'
    assert says in findings(tmp_path, pack, "pack.toml", ("", comparison))["scores_compared"]


def test_an_age_equivalent_has_no_standing() -> None:
    found = scored("pindle", {"stairs": 3}, age=60)
    for scale in ("equivalent", "equivalent_months", "growth", "delay", "expected"):
        assert found.loc[scale, "status"] == "ok"
        assert pd.isna(found.loc[scale, "z"]) and pd.isna(found.loc[scale, "percentile"])


# ---------------------------------------------------------------------------------------------- the floor


def test_the_end_of_a_table_is_told() -> None:
    """The lowest score is flagged, the open one besides; a measured score with the same number is not."""
    lowest = scored("wexle", {"w": 0, "r": 2})
    assert all("at_floor" in flags(lowest.loc[scale]) for scale in ("b15", "s10", "cust", "hw", "printed_ends", "pr_printed"))
    assert flags(lowest.loc["open_ss"]) == flags(lowest.loc["open_pr"]) == {"at_floor", "score_or_less"}
    assert flags(scored("pindle", {"stairs": 0}).loc["equivalent"]) == {"at_floor", "score_or_less"}, "less than 2:0"
    assert flags(scored("pindle", {"stairs": 1}).loc["equivalent"]) == set(), "2:0"
    assert flags(scored("pindle", {"stairs": 6}).loc["equivalent"]) == {"at_ceiling", "score_or_more"}
    polynomial = scored("dorfle", {"p": 3, "q": 75}, age=40)
    assert flags(polynomial.loc["line"]) == {"at_floor", "score_or_less"}
    assert flags(polynomial.loc["square"]) == {"at_ceiling", "score_or_more"}


def test_a_delay_is_open_where_the_age_equivalent_is() -> None:
    """Less than 1:0 at 48 months is a delay of 75 % or more."""
    found = scored("pindle", {"stairs": 0}).loc["delay"]
    assert (found["score"], flags(found)) == (75, {"score_or_more"})


def test_a_profile_prints_what_is_open_as_open() -> None:
    stairs = otscore.Scorer.load(path=HERE / "pindle" / "1").score({"age_months": 48, "responses": {"stairs": 0}})
    assert "age equivalent 2;0 or less" in str(stairs)
    assert "75 % or more" in str(stairs)
    games = otscore.Scorer.load(path=HERE / "tramble" / "1").score({"age_months": 48, "responses": {"a": 0, "b": 0, "c": 0}})
    assert "standard score 60 or less, well below" in str(games)
    assert "standard score 70 or less, below" in str(games), "70 itself is printed; a member is less than 60"
    assert "scaled score 4, poor" in str(games)


# ---------------------------------------------------------------------------------------------- intervals


def test_an_interval_of_another_level_is_the_one_that_is_printed() -> None:
    ends = {"male": ((123, 139), (120, 135)), "female": ((122, 140), (120, 135))}
    for sex, (half_width, printed) in ends.items():
        found = scored("wexle", {"w": 4}, sex=sex, scales=["hw", "printed_ends"], ci_level=0.95)[["ci_low", "ci_high"]]
        assert tuple(found.loc["hw"]) == half_width  # 8 for boys, 9 for girls
        assert tuple(found.loc["printed_ends"]) == printed


@pytest.mark.parametrize("scale", ["hw", "printed_ends"])
def test_an_interval_of_a_level_that_is_not_printed_is_refused(scale: str) -> None:
    with pytest.raises(UsageError, match="level"):
        otscore.Scorer.load(path=HERE / "wexle" / "1", scales=[scale], ci_level=0.68)


def test_without_what_selects_the_error_there_is_no_interval() -> None:
    """The score needs no sex, its half width does; a score that came without its error has none."""
    found = scored("wexle", {"w": 2, "out_t": 43}, sex=None)
    assert found.loc[["hw", "sem_sex", "came_scored"], "score"].tolist() == [100, 101, 43]
    assert found.loc[["hw", "sem_sex", "came_scored"], ["ci_low", "ci_high"]].isna().all(axis=None)
    assert found.loc["by_sex", "status"] == "stratum_missing"
