"""Loading packs: every mistake of the call is told at once, and no call ends in an error of Python's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import otscore

RESEARCH = "gcdg-domains@1"


def issues(caught: pytest.ExceptionInfo[otscore.OtscoreError]) -> str:
    return "\n".join(map(str, caught.value.issues))


def test_every_pack_that_is_not_there_is_named() -> None:
    with pytest.raises(otscore.PackNotFound) as caught:
        otscore.Battery.load(["gsed@2406", "nope@1", "zip@2"])
    assert [issue.code for issue in caught.value.issues] == ["pack_unknown"] * 2
    assert "nope@1" in issues(caught)
    assert "zip@2" in issues(caught)


def test_a_wrong_pack_hides_no_wrong_option() -> None:
    with pytest.raises(otscore.OtscoreError) as caught:
        otscore.Battery.load(["nope@1"], ci_level=2)
    assert {issue.code for issue in caught.value.issues} == {"pack_unknown", "ci_level"}
    with pytest.raises(otscore.UsageError) as caught:
        otscore.Battery.load(["gsed@2406", "hrtl@2022"], norm_group="mars")
    assert "gsed@2406 has no norm group mars" in issues(caught)
    assert "hrtl@2022 has no norm group mars" in issues(caught)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ci_level": "0.9"}, "ci_level takes a number. Write 0.9 for 90 %"),
        ({"ci_level": True}, "ci_level takes a number"),
        ({"ci_level": float("nan")}, "between 0 and 1"),
        ({"relevance": 5}, "relevance takes a pair of numbers. Write (-10, 10)"),
        ({"relevance": (1, 2, 3)}, "relevance takes a pair of numbers"),
        ({"relevance": (float("nan"), 1)}, "must run from low to high"),
        ({"scales": 5}, 'scales takes a list of scales, or "all"'),
        ({"scales": [5]}, "scales takes a list of scales"),
        ({"scales": []}, "with at least one scale"),
        ({"norm_group": 5}, "norm_group takes the name of a norm group"),
        ({"prior_without_age": 5}, "prior_without_age takes a pair of numbers"),
        ({"prior_without_age": (float("nan"), 5)}, "a mean and an SD above 0"),
        ({"prior_without_age": (40, float("nan"))}, "a mean and an SD above 0"),
        ({"prior_without_age": (40, float("inf"))}, "a mean and an SD above 0"),
        ({"prior_without_age": (float("-inf"), 5)}, "a mean and an SD above 0"),
        ({"age_basis": []}, "unknown age basis"),
        ({"normgroup": "x"}, "there is no option normgroup"),
    ],
)
def test_options_of_the_wrong_kind(options: dict[str, Any], said: str) -> None:
    for load in (otscore.Scorer.load, lambda name, **more: otscore.Battery.load([name], **more)):
        with pytest.raises(otscore.UsageError) as caught:
            load("gsed@2406", **options)
        assert said in issues(caught)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: otscore.Scorer.load(5), "a pack is named by text"),
        (lambda: otscore.Scorer.load(path=5), "a directory of packs is named by a path"),
        (lambda: otscore.Battery.load("gsed@2406"), 'several packs are named in a list. Write ["gsed@2406"]'),
        (lambda: otscore.Battery.load(5), "several packs are named in a list"),
        (lambda: otscore.Battery.load([5]), "a pack is named by text"),
        (lambda: otscore.Battery.load([]), "no pack is named"),
        (lambda: otscore.packs([5]), "a directory of packs is named by a path"),
    ],
)
def test_calls_of_the_wrong_kind(call: Any, said: str) -> None:
    with pytest.raises(otscore.UsageError) as caught:
        call()
    assert said in issues(caught)


def test_a_single_path_needs_no_list() -> None:
    norms = Path(__file__).parents[2] / "norms"
    assert otscore.packs(norms) == otscore.packs()
    assert otscore.Battery.load(["gsed@2406"], paths=str(norms)).forms


def test_a_pack_whose_every_scale_is_for_research_is_scored_where_it_is_asked_for() -> None:
    """By default there would be no result at all, and a table without a row."""
    for load in (lambda: otscore.Scorer.load(RESEARCH), lambda: otscore.Battery.load(["gsed@2406", RESEARCH], scales=None)):
        with pytest.raises(otscore.UsageError) as caught:
            load()
        (issue,) = caught.value.issues
        assert issue.code == "scales_research" and RESEARCH in issue.message
        assert issue.hint.startswith('Write scales="all" (in a command --scales all), or name those you want: fine_motor, gross_motor, ')
    every = ["fine_motor", "gross_motor", "cognitive", "communication"]
    assert list(otscore.Scorer.load(RESEARCH, scales="all").form.result_ids) == every
    assert list(otscore.Battery.load([RESEARCH]).forms[0].result_ids) == every
    assert list(otscore.Scorer.load(RESEARCH, scales="cognitive").form.result_ids) == ["cognitive"]
    assert [form.result_ids for form in otscore.Battery.load(["gsed@2406", RESEARCH], scales=["d", "cognitive"]).forms] == [("d", "cognitive"), ("cognitive",)]


def test_research_scales_are_flagged_in_every_row() -> None:
    scorer = otscore.Scorer.load(RESEARCH, scales="all")
    answers = dict.fromkeys(("by1mdd093", "by1mdd096", "by1mdd097", "by1mdd100", "by1mdd102"), 1)
    table = scorer.score_frame(pd.DataFrame([{"id": "a", "age_years": 0.8} | answers])).to_frame()
    assert len(table) == 4
    assert table.loc[table["status"] == "ok", "flags"].str.contains("research_use").tolist() == [True]
