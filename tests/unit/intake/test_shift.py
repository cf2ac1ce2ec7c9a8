"""A column shifted by one: its legal answers are wrong too, so none of them is scored, and the issue says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.cli import main
from otscore.intake import files

SAID = "The whole column looks shifted by one"


@pytest.fixture(scope="module")
def cfm() -> otscore.Scorer:
    return otscore.Scorer.load("cfm@5-17", scales=["seeing"])


def children(answers: Any, item: str = "FCF6", age: float = 9) -> pd.DataFrame:
    return pd.DataFrame({"id": [f"c{row}" for row in range(len(answers))], "age_years": age, item: answers})


def statuses(scores: otscore.Scores) -> list[str]:
    return scores.to_frame()["status"].tolist()


SHIFTED = {
    "low": ([0, 1, 2, 3], "one too low"), "high": ([2, 3, 4, 5], "one too high"), "low, in text": (["0", "1", "2", "3"], "one too low"),
    "beside a missing code of the pack": ([0, 1, 2, 3, 9, 8], "one too low"), "beside a gap": ([0, None, 2, 3], "one too low"),
    "beside a missing code of the data": ([0, 1, 2, 3, 777], "one too low"), "beside text": ([0, 1, 2, 3, "x"], "one too low"),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "way"), SHIFTED.values(), ids=SHIFTED)
def test_no_answer_of_a_shifted_column_is_scored(cfm: otscore.Scorer, answers: list[Any], way: str) -> None:
    scores = cfm.score_frame(children(answers))
    unanswered = [answer in (None, 8, 9) for answer in answers]
    assert statuses(scores) == ["no_items" if no else "illegal_answer" for no in unanswered]
    issue = next(issue for issue in scores.issues if issue.code == "illegal_answer")
    assert issue.count == len(answers) - sum(unanswered)
    assert f"{SAID} ({way}): recode it" in issue.hint
    assert "every answer in it counts as illegal" in issue.hint


NOT_SHIFTED = {
    "the lowest and the highest": [0, 1, 4, 2], "two steps": [-1, 1, 2, 3], "a fraction": [0.5, 1, 2, 3], "one answer": [0],
    "a missing code of the pack moved is none of its codes": [4, 1, 2, 10], "legal": [1, 2, 3], "a missing code of the pack": [4, 3, 9],
}  # fmt: skip


@pytest.mark.parametrize("answers", NOT_SHIFTED.values(), ids=NOT_SHIFTED)
def test_a_column_that_no_step_makes_legal_is_not_shifted(cfm: otscore.Scorer, answers: list[Any]) -> None:
    scores = cfm.score_frame(children(answers))
    illegal = [answer not in (1, 2, 3, 4, 8, 9) for answer in answers]
    assert [status == "illegal_answer" for status in statuses(scores)] == illegal
    assert not any("shifted" in str(issue) for issue in scores.issues)


def test_the_whole_column_decides_and_not_a_piece_of_it(cfm: otscore.Scorer) -> None:
    answers = [4, 1] * 2048 + [0, 1] * 2048
    scores = cfm.score_frame(children(answers))
    assert [status == "illegal_answer" for status in statuses(scores)] == [answer == 0 for answer in answers]
    assert not any("shifted" in str(issue) for issue in scores.issues)
    answers = [1, 2, 3] * 2000 + [0]
    scores = cfm.score_frame(children(answers))
    assert set(statuses(scores)) == {"illegal_answer"}
    assert [issue.count for issue in scores.issues] == [6001]


def test_a_shifted_column_of_a_long_table(cfm: otscore.Scorer) -> None:
    rows = pd.DataFrame({"id": list("abcd"), "age_years": 9, "item": "FCF6", "response": [0, 1, 2, 3]})
    scores = cfm.score_frame(rows, item="item", response="response")
    assert statuses(scores) == ["illegal_answer"] * 4
    assert scores.issues[0].count == 4


def test_other_columns_are_scored() -> None:
    scorer = otscore.Scorer.load("cfm@5-17", scales=["seeing", "hearing"])
    table = scorer.score_frame(children([0, 1, 2, 3]).assign(FCF8=[1, 2, 3, 4])).to_frame()
    assert table.groupby("scale", observed=True)["status"].unique().map(list).to_dict() == {"seeing": ["illegal_answer"], "hearing": ["ok"]}


def test_it_may_be_a_missing_code_that_makes_the_column_look_shifted() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    frame = pd.DataFrame({"id": ["a", "b", "c"], "age_days": 400, "gs1moc060": [-1, 0, 0]})
    issue = scorer.score_frame(frame).issues[0]
    assert SAID in issue.hint
    assert "Or is the lowest a missing code? Then name it in `missing`" in issue.hint
    assert statuses(scorer.score_frame(frame, missing=[-1])) == ["no_items", "ok", "ok"]


def test_answers_recoded_are_not_shifted(cfm: otscore.Scorer) -> None:
    scores = cfm.score_frame(children([0, 1, 2, 3]), recode={"FCF6": {"0": 1, "1": 2, "2": 3, "3": 4}})
    assert scores.issues == ()
    assert scores.to_frame()["band"].tolist() == ["no_difficulty", "no_difficulty", "difficulty", "difficulty"]


def test_a_measured_value_is_never_shifted() -> None:
    grip = {f"dominant_{number}": np.array([20.0, 95.0, 30.0]) for number in (1, 2, 3)}
    scores = otscore.Scorer.load("nhanes-grip@2014").score_frame(pd.DataFrame({"id": list("abc"), "age_years": 9.0, "sex": "m"} | grip))
    assert not any("shifted" in str(issue) for issue in scores.issues)


def test_a_record_is_judged_by_itself(cfm: otscore.Scorer) -> None:
    profile = cfm.score({"age_years": 9, "responses": {"FCF6": 0}}, errors="flag")
    assert profile.domain("sensory").scales[0].status == "illegal_answer"
    assert cfm.score({"age_years": 9, "responses": {"FCF6": 1}}).domain("sensory").scales[0].status == "ok"


def streamed(folder: Path, answers: list[Any], capsys: pytest.CaptureFixture[str]) -> tuple[list[str], str]:
    children(answers).to_csv(folder / "in.csv", index=False)
    main(["score", str(folder / "in.csv"), "--pack", "cfm@5-17", "--scales", "seeing", "--out", str(folder / "out.csv")])
    return pd.read_csv(folder / "out.csv")["status"].tolist(), capsys.readouterr().err


def test_a_file_of_one_piece_is_a_whole_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, said = streamed(tmp_path, [0, 1, 2, 3], capsys)
    assert found == ["illegal_answer"] * 4
    assert f"rows 1, 2, 3, 4 (4 rows). {SAID} (one too low): recode it" in said


def test_in_a_file_of_pieces_it_is_a_question(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK_ROWS", 4)
    found, said = streamed(tmp_path, [1, 2, 3, 1, 0, 1, 2, 3, 1, 1, 2, 2], capsys)
    assert found == ["ok"] * 4 + ["illegal_answer"] * 8
    assert "row 5, column FCF6: an answer in a column that looks shifted by one (one too low), as far as it was read" in said
    assert "rows 5, 6, 7, 8, 9 and 3 more (8 rows)" in said
    assert "Is the whole column shifted by one? If so, recode it" in said
    assert "the rows before were scored as they stand" in said
    assert SAID not in said


def test_a_file_remembers_what_its_earlier_pieces_held(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK_ROWS", 4)
    found, said = streamed(tmp_path, [4, 1, 4, 1, 0, 1, 0, 1], capsys)
    assert found == ["ok"] * 4 + ["illegal_answer", "ok", "illegal_answer", "ok"]
    assert "shifted" not in said
    found, said = streamed(tmp_path, [0, 1, 2, 3, 4, 1, 1, 1, 0, 1, 1, 1], capsys)
    assert found == ["illegal_answer"] * 4 + ["ok"] * 4 + ["illegal_answer"] + ["ok"] * 3
    assert "Is the whole column shifted by one?" in said


def test_several_hints_for_one_column() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    frame = pd.DataFrame({"id": ["a", "b", "c", "d"], "age_days": 400, "gs1moc060": ["777", "x", "0,5", "1"]})
    hint = scorer.score_frame(frame).issues[0].hint
    assert "Is that a decimal comma? Write numbers with a decimal point" in hint
    assert "Text or true/false is no code here" in hint
    assert "A number among them looks like a missing code: name it in `missing`" in hint


@pytest.mark.parametrize("answer", ["1,0", "0,5", "-0,5", " 1,0 "])
def test_a_decimal_comma_is_named(answer: str) -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    frame = pd.DataFrame({"id": ["a", "b"], "age_days": 400, "gs1moc060": [answer, "1"]})
    hint = scorer.score_frame(frame).issues[0].hint
    assert hint == "Is that a decimal comma? Write numbers with a decimal point"
    with pytest.raises(otscore.IllegalAnswer, match="decimal comma"):
        scorer.score({"age_days": 400, "responses": {"gs1moc060": answer}})


@pytest.mark.parametrize("answer", ["1,2,3", "a,b", ","])
def test_other_commas_are_text(answer: str) -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "age_days": 400, "gs1moc060": [answer, "1"]})
    assert "Text or true/false" in otscore.Scorer.load("gsed@2406").score_frame(frame).issues[0].hint


def questionnaire(answers: np.ndarray) -> pd.DataFrame:
    """Answers to the 25 statements of the SDQ, all of one option set; the first five columns stand in the first scale asked."""
    items = ["consid", "restles", "somatic", "shares", "tantrum", "loner", "obeys", "worries", "caring", "fidgety", "friend", "fights", "unhappy"]
    items += ["popular", "distrac", "clingy", "kind", "lies", "bullied", "helpout", "reflect", "steals", "oldbest", "afraid", "attends"]
    return pd.DataFrame(answers, columns=items).assign(age_years=8, informant="parent")


EMOTIONAL = [2, 7, 12, 15, 23]


def answers_of_200() -> np.ndarray:
    """Nobody gives the highest answer to the statements about emotions."""
    answers = np.random.default_rng(2).integers(0, 3, (200, 25))
    answers[:, EMOTIONAL] = np.random.default_rng(3).integers(0, 2, (200, 5))
    return answers


def test_a_column_that_is_legal_by_chance_is_shifted_like_its_company() -> None:
    """Of 25 columns coded one too high 20 show it; the scale of the other five would be abnormal for all."""
    sdq = otscore.Scorer.load("sdq@uk")
    right, shifted = (sdq.score_frame(questionnaire(answers_of_200() + more)) for more in (0, 1))
    assert set(right.to_frame().query("scale == 'emotional'")["status"]) == {"ok"}
    assert set(shifted.to_frame().query("scale == 'emotional'")["status"]) == {"illegal_answer"}
    said = {issue.field: str(issue) for issue in shifted.issues if issue.code == "illegal_answer"}
    assert len(said) == 25
    assert "an answer in a column that is likely shifted by one (one too high), as most columns with the same answers are" in said["worries"]


def test_a_column_that_cannot_be_shifted_is_left_beside_those_that_are() -> None:
    answers = answers_of_200()
    answers[:, [place for place in range(25) if place not in EMOTIONAL]] += 1
    found = otscore.Scorer.load("sdq@uk").score_frame(questionnaire(answers)).to_frame()
    assert set(found.query("scale == 'emotional'")["status"]) == {"ok"}, "a 0 is no answer one too high"
    assert set(found.query("scale == 'conduct'")["status"]) == {"illegal_answer"}


def test_few_shifted_columns_make_no_company() -> None:
    answers = answers_of_200()
    answers[:, EMOTIONAL] = np.maximum(answers[:, EMOTIONAL], 1)
    answers[:, [0, 1, 3]] += 1
    found = otscore.Scorer.load("sdq@uk").score_frame(questionnaire(answers)).to_frame()
    assert set(found.query("scale == 'emotional'")["status"]) == {"ok"}


def test_what_earlier_pieces_of_a_file_show_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The first piece holds zeros in the columns about emotions: they are not shifted, whatever the next piece looks like."""
    monkeypatch.setattr(files, "CHUNK_ROWS", 100)
    monkeypatch.setattr(files, "CHUNK_CELLS", 1)
    monkeypatch.setattr(files, "_fitting", lambda columns: 100)
    answers = answers_of_200()
    others = [place for place in range(25) if place not in EMOTIONAL]
    answers[:, others] += 1
    answers[100:, EMOTIONAL] = np.maximum(answers[100:, EMOTIONAL], 1)
    questionnaire(answers).to_csv(tmp_path / "in.csv", index=False)
    main(["score", str(tmp_path / "in.csv"), "--pack", "sdq@uk", "--out", str(tmp_path / "out.csv")])
    said = capsys.readouterr().err
    assert "column worries" not in said
    assert "column kind" in said
