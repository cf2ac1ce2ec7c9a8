"""Who answered: no score where the norms are of the answers of others; a test is the child's whoever fills in the rest."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import otscore

QUESTIONS = {f"dominant_{trial}": 10.0 for trial in (1, 2, 3)}


@pytest.fixture(scope="module")
def battery() -> otscore.Battery:
    """Teachers' norms, parents' norms, and a test."""
    return otscore.Battery.load(["sdq@nl-2017", "sdq@gb-1999", "nhanes-grip@2014"])


@pytest.fixture(scope="module")
def answers(battery: otscore.Battery) -> dict[str, Any]:
    return dict.fromkeys(battery.forms[0].items[:25], 1) | QUESTIONS | {"age_years": 7, "sex": "male"}


def of_scales(scores: otscore.Scores) -> pd.DataFrame:
    table = scores.to_frame()
    return table[table["scale"].isin(["emotional", "dominant"])].set_index(["id", "pack"])


SAID = {
    "teacher": (True, False), "Teacher ": (True, False), "parent": (False, True), "mother": (False, True), "caregiver": (False, True),
    "self": (False, False), "banana": (False, False), None: (True, True), "": (True, True),
}  # fmt: skip


def test_only_the_norms_of_the_informant_give_a_score(battery: otscore.Battery, answers: dict[str, Any]) -> None:
    frame = pd.DataFrame([answers | {"id": f"{place}", "informant": said} for place, said in enumerate(SAID)])
    scores = battery.score_frame(frame)
    found = of_scales(scores)
    for place, by_norms in enumerate(SAID.values()):
        for pack, expected in zip(("sdq@nl-2017", "sdq@gb-1999"), by_norms, strict=True):
            row = found.loc[(f"{place}", pack)]
            assert (row["status"] == "ok") is expected, (place, pack)
            assert row["status"] in ("ok", "stratum_missing")
            assert pd.notna(row["z"]) is expected
        test = found.loc[(f"{place}", "nhanes-grip@2014")]
        assert (test["status"], test["informant"]) == ("ok", "child")
    told = {issue.message.partition(":")[0] for issue in scores.issues}
    assert told == {"sdq@nl-2017", "sdq@gb-1999"}
    assert all("banana" not in str(issue) for issue in scores.issues)


@pytest.mark.parametrize("said", SAID)
def test_one_child_is_treated_as_in_a_table(said: Any, battery: otscore.Battery, answers: dict[str, Any]) -> None:
    responses = {key: value for key, value in answers.items() if key not in ("age_years", "sex")}
    record = {"age_years": 7, "sex": "male", "informant": said, "responses": responses}
    profile = battery.score(record, errors="flag")
    scored = {result.pack: result.status == "ok" for domain in profile.domains for result in domain.scales if result.scale == "emotional"}
    assert (scored["sdq@nl-2017"], scored["sdq@gb-1999"]) == SAID[said]
    if not all(SAID[said]):
        with pytest.raises(otscore.OtscoreError, match="answered by somebody else"):
            battery.score(record)


def test_other_words_can_be_mapped(battery: otscore.Battery, answers: dict[str, Any]) -> None:
    frame = pd.DataFrame([answers | {"id": "1", "informant": "Lehrerin"}])
    mapped = of_scales(battery.score_frame(frame, mapping={"values": {"informant": {"Lehrerin": "teacher"}}}))
    assert mapped["status"].astype(str).tolist() == ["ok", "stratum_missing", "ok"]
    with pytest.raises(otscore.OtscoreError, match="no pack has"):
        battery.score_frame(frame, mapping={"values": {"informant": {"Lehrerin": "techer"}}})


def test_an_examiner_beside_a_caregiver_is_not_asked_who_it_was() -> None:
    """A pack of which an examiner and a caregiver give the answers keeps what is said."""
    frame = pd.DataFrame([{"age_months": 12, "gs1moc060": 1, "gs1lgc062": 0, "informant": "nurse"}])
    row = otscore.Scorer.load("gsed@2406", scales="d").score_frame(frame).to_frame().iloc[0]
    assert (row["status"], row["informant"]) == ("ok", "nurse")
