"""Mistakes of scoring by hand, on the large fictional instruments: impossible, or seen."""

from __future__ import annotations

from typing import Any

import pytest
from packs.test_large_interviews import LISTEN, answers, listen, scorer, spans, trace


def result(pack: str, child: dict[str, Any], scale: str) -> Any:
    profile = scorer(pack).score(child)
    return next(one for domain in profile.domains for one in domain.scales if one.scale == scale)


PLAIN = listen(_9_12=2, _13=1, _14=2, _15_16=1, _17_20=0)


def test_credit_below_the_basal_cannot_be_forgotten() -> None:
    """What was answered is 13 points; the eight items below count 2 each, though none was asked."""
    assert sum(PLAIN["responses"].values()) == 13
    assert result("quindle", PLAIN, "listen").raw == 29
    assert spans(trace("quindle", PLAIN, "listen"))[0] == ("credited", 8, 16)


def test_zeros_written_below_the_basal_are_seen() -> None:
    """Blanks filled with 0 are fails: four in a row at the very beginning. The score is wrong, and two flags say so."""
    filled = PLAIN | {"responses": PLAIN["responses"] | answers(LISTEN, _1_8=0)}
    found = result("quindle", filled, "listen")
    assert found.raw == 0 and set(found.flags) >= {"no_basal", "false_ceiling"}


@pytest.mark.parametrize("above", [{}, {"_21": 2}, {"_21_23": 2}, {"_21": 1, "_25": 2}])
def test_passes_after_the_ceiling_cannot_be_counted(above: dict[str, int]) -> None:
    more = PLAIN | {"responses": PLAIN["responses"] | answers(LISTEN, **above)}
    assert result("quindle", more, "listen").raw == 29


def test_an_early_birth_cannot_be_overlooked() -> None:
    """The age that was used is told; without the gestation it is the age since birth."""
    child = {"birth_date": "2023-06-01", "assessment_date": "2024-06-05", "responses": {f"k{item:02}": int(item < 13) for item in range(5, 16)}}
    early = scorer("tiddrel").score(child | {"gestation_weeks": 32})
    unknown = scorer("tiddrel").score(child)
    assert (early.age_basis, unknown.age_basis) == ("corrected", "chronological")
    assert (early.age_days, early.corrected_age_days) == (370, 314)
    assert "corrected" in str(early) and "corrected" not in str(unknown)
    scores = [next(one.score for one in profile.domain("cognitive").scales if one.scale == "look") for profile in (early, unknown)]
    assert scores == [10, 8]


def test_a_sum_is_not_taken_of_fewer_members() -> None:
    """A domain with one of its two parts has no score, and neither has the whole."""
    assert result("quindle", PLAIN, "communicating").status == "member_missing"
    assert result("quindle", PLAIN, "everyday").status == "member_missing"


def test_the_floor_is_not_told_as_a_measured_score() -> None:
    child = {"age_months": 120, "responses": answers(LISTEN, _17=1, _5_8=2, _9=1, _10_13=0)}
    assert "at_floor" in result("quindle", child, "listen").flags
    assert "score_or_less" in result("quindle", listen(_1_4=0) | {"age_months": 7}, "listen_age").flags


def test_more_unknown_than_allowed_is_no_score() -> None:
    two = listen(_9_12=2, _13_14=8, _15_18=0)
    three = listen(_9_12=2, _13_15=8, _16_19=0)
    assert result("quindle", two, "listen").status == "ok"
    assert result("quindle", three, "listen").status == "invalid_protocol"
