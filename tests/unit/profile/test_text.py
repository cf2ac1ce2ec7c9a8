"""A profile to read: columns that stand in line, plain words, every result, notes once."""

from __future__ import annotations

import re
from typing import Any

import pytest

import otscore
from otscore.profile.text import HEAD, pack_notes, profile_table


@pytest.fixture(scope="module")
def battery() -> otscore.Battery:
    return otscore.Battery.load(["gsed@2406", "cfm@2-4", "nhanes-grip@2014"])


def text_of(battery: otscore.Battery, errors: Any = "raise", **record: Any) -> str:
    return str(battery.score({"responses": {}} | record, errors=errors))


def test_columns_stand_in_line(battery: otscore.Battery) -> None:
    answers = {"gs1moc060": 1, "gs1lgc062": 0, "CF3": "a_lot", "CF6": "none"}
    profile = battery.score({"id": "c1", "age_days": 1200, "responses": answers})
    _, blank, head, rule, *rows = profile_table(profile).splitlines()
    starts = [head.index(word) for word in HEAD]
    assert blank == ""
    assert set(rule) == {"-", " "}
    for row in rows:
        padded = row.ljust(len(head) + 200)
        assert all(padded[start - 2 : start] == "  " for start in starts[1:]), row
    assert not any(line.endswith(" ") for line in str(profile).splitlines())


def test_every_result_of_a_domain_is_shown(battery: otscore.Battery) -> None:
    text = text_of(battery, age_days=1200, responses={"CF3": "none", "CF6": "cannot"})
    assert "cfm@2-4 seeing" in text
    hearing = next(line for line in text.splitlines() if "cfm@2-4 hearing" in line)
    assert hearing.split()[:2] == ["sensory", "difficulty"]  # the least favourable result is the headline


def test_what_is_absent_has_a_reason(battery: otscore.Battery) -> None:
    text = text_of(battery, "flag", responses={"gs1moc060": 1})
    assert text.startswith("Profile, age unknown\n")
    assert "age is missing" in text
    assert "not assessed" in text
    older = text_of(battery, age_days=3300, responses={"CF3": "none"})
    assert "older than the norms" in older


@pytest.mark.parametrize("responses", [{}, {"gs1moc060": 1}, {"CF3": 1}, {"dominant_1": 3}])
@pytest.mark.parametrize("age", [None, -100, 0, 20, 400, 3300, 20_000])
def test_no_technical_words(battery: otscore.Battery, responses: dict[str, Any], age: float | None) -> None:
    text = text_of(battery, "flag", age_days=age, responses=responses).casefold()
    table = text.split("\n\n", 2)[1]
    assert re.findall(r"\bnan\b|\bnone\b|\bnull\b|_s\b|-0 |\binf\b", table) == []


def test_ages_are_in_words(battery: otscore.Battery) -> None:
    assert text_of(battery, age_days=20).splitlines()[0] == "Profile, 20 days"
    assert text_of(battery, age_days=400, id="c1").splitlines()[0] == "Profile of c1, 13.1 months"
    assert text_of(battery, age_days=1600).splitlines()[0] == "Profile, 4.4 years"
    early = text_of(battery, age_days=400, gestation_weeks=34).splitlines()[0]
    assert early == "Profile, 13.1 months (11.8 months corrected; norms read at chronological age)"


def test_hostile_identifiers_stay_on_their_line(battery: otscore.Battery) -> None:
    title = text_of(battery, id="a\nb\r\u202ec\x1b[31m" + "x" * 100, age_days=400).splitlines()[0]
    assert title.startswith("Profile of a b  c [31mxxx")
    assert len(title) < 100


def test_notes_of_the_packs_used_and_no_others(battery: otscore.Battery) -> None:
    profile = battery.score({"age_days": 400, "responses": {"gs1moc060": 1}})
    notes = pack_notes(profile)
    assert notes[0].startswith("gsed@2406 ")
    assert not any("cfm" in line or "grip" in line.casefold() for line in notes)
    assert max(map(len, notes)) <= 110
    assert notes == list(dict.fromkeys(notes))


def test_html_holds_the_same_and_nothing_foreign(battery: otscore.Battery) -> None:
    profile = battery.score({"id": "<b>&", "age_days": 400, "responses": {"gs1moc060": 1}})
    html = profile._repr_html_()
    assert "<caption>Profile of &lt;b&gt;&amp;, 13.1 months</caption>" in html
    assert not [word for word in ("<script", "<style", "http", "src=", "onload", "<b>") if word in html]
    assert html.count("<li>") == sum(len(pack.notices) for pack in profile.packs if pack.pack == "gsed@2406")
