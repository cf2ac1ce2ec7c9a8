"""A private pack: its licence is shown once, and nothing of it but a child's own scores, its names and its notices is told anywhere."""

from __future__ import annotations

import copy
import json
import pickle
import struct
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from packs.private_pack import (
    BANDS,
    CANARIES,
    CHILD,
    FIGURES,
    LICENCE,
    NOTICE,
    OWN,
    WITH_ERRORS,
    WORDS,
    files,
    write_pack,
)

import otscore
from otscore.check import check_directory
from otscore.cli import main
from otscore.commands.licence import FILE, state_directory
from otscore.coverage import coverage, coverage_tables
from otscore.errors import OtscoreError, PackConflict, PackNotFound
from otscore.pack import registry

NAME = "quibbin@1"
ROWS = pd.DataFrame([
    {"id": "c1", "age_months": 30, "sex": "male", "q1": 2, "q2": 1, "q3": 20, "q4": "kanari-bold"},
    {"id": "c2", "age_months": 30, "sex": "none", "q1": 7, "q2": 0, "q3": 99, "q4": 1},
    {"id": "c3", "age_months": 60, "sex": "male", "q1": 2, "q2": 3, "q3": 20, "q4": "bold"},
])  # fmt: skip
"""One child who is scored, one with answers that are not legal, one outside the norms."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OTSCORE_STATE", str(tmp_path / "state"))
    return write_pack(tmp_path / "packs")


@pytest.fixture
def scorer(home: Path) -> otscore.Scorer:
    return otscore.Scorer.load(path=home)


def told(text: str) -> set[str]:
    """The canaries in a text."""
    return {canary for canary in CANARIES if canary in text}


def file(folder: Path, rows: pd.DataFrame = ROWS) -> Path:
    path = folder / "children.csv"
    rows.to_csv(path, index=False)
    return path


# ---------------------------------------------------------------------------------------------- the canaries themselves


def test_the_pack_is_sound_and_every_figure_of_it_a_canary(home: Path) -> None:
    assert check_directory(home.parent) == []
    everything = "\n".join(files().values())
    assert set(CANARIES) == told(everything)
    assert len(FIGURES) == len(set(FIGURES)) and all(len(figure.split(".")[1]) == 4 for figure in FIGURES)
    assert told(everything.replace(".", ",")) & set(FIGURES) == set()


# ---------------------------------------------------------------------------------------------- what is told of a child


def outputs(scorer: otscore.Scorer) -> dict[str, str]:
    """Everything that can be made of the scores, as text."""
    profile = scorer.score(CHILD)
    scores, progress = scorer.score_frame(ROWS), otscore.progress([profile, scorer.score(CHILD | {"age_months": 33})])
    long, wide = scores.to_frame(), scores.to_wide()
    kinds = [(name, frame[name].dtype) for frame in (long, wide) for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return {
        "profile JSON": profile.to_json(), "profile text": str(profile), "profile HTML": profile._repr_html_(), "profile repr": repr(profile),
        "plan": str(scorer.plan(CHILD)) + scorer.plan(CHILD).to_json() + scorer.plan(CHILD)._repr_html_(),
        "progress": str(progress) + progress.to_json() + progress._repr_html_(),
        "profile of a row": scores.profile(0).to_json() + str(scores.profile(1)) + str(scores.profile(2)),
        "long": long.to_csv(), "wide": wide.to_csv(), "categories": str([(name, list(kind.categories)) for name, kind in kinds]),
        "attrs": str(long.attrs) + str(wide.attrs), "stamps": str(scores.stamps) + scores.stamp_frame().to_csv() + str(scorer.stamps),
        "issues": scores.issue_frame().to_csv() + "\n".join(map(str, scores.issues)) + json.dumps([one.to_dict() for one in scores.issues]),
        "scores": repr(scores) + scores._repr_html_() + str(scores.notices), "parts": repr(scores.parts),
        "loaded": repr(scorer) + repr(scorer.form) + repr(scorer.pack) + repr(scorer.pack.tables),
    }  # fmt: skip


def test_outputs_hold_the_scores_of_the_child_and_no_other_figure_or_word(scorer: otscore.Scorer) -> None:
    found = {name: told(text) for name, text in outputs(scorer).items()}
    assert {name: canaries - WITH_ERRORS for name, canaries in found.items() if canaries - WITH_ERRORS} == {}
    assert (found["long"], found["wide"], found["profile JSON"], found["profile repr"]) == (OWN, OWN, WITH_ERRORS, WITH_ERRORS)
    assert {name for name, canaries in found.items() if canaries - OWN} <= {"profile JSON", "profile repr", "profile of a row", "plan", "progress"}
    assert [name for name in ("attrs", "stamps", "issues", "loaded") if found[name]] == []


def test_a_caveat_is_told_wherever_scores_are(scorer: otscore.Scorer) -> None:
    made = outputs(scorer)
    assert [name for name in ("profile JSON", "profile text", "profile HTML", "attrs", "stamps", "scores") if NOTICE not in made[name]] == []


def test_the_answers_that_would_be_legal_are_not_told_but_where_to_see_them(scorer: otscore.Scorer) -> None:
    illegal = [issue for issue in scorer.score_frame(ROWS).issues if issue.code == "illegal_answer"]
    assert {issue.field for issue in illegal} == {"q1", "q2", "q3", "q4"}
    assert all("Allowed: see otscore norms items quibbin@1" in issue.message for issue in illegal)


@pytest.mark.parametrize("make", [pickle.dumps, copy.deepcopy])
def test_a_copy_on_disk_holds_no_figure(scorer: otscore.Scorer, make: Callable[[Any], Any]) -> None:
    """Scores know their pack; pickled they know where it is."""
    scores = scorer.score_frame(ROWS)
    for thing in (scorer, scorer.form, scorer.pack, scores, scores.to_frame(), scores.profile(0)):
        made = make(thing)
        if isinstance(made, bytes):
            mine = WITH_ERRORS if isinstance(thing, otscore.Profile) else OWN
            bare = set(FIGURES) - mine
            assert told(made.decode("latin-1")) <= mine
            assert [figure for figure in bare for order in "<>" if struct.pack(f"{order}d", float(figure)) in made] == []
            made = pickle.loads(made)
        if isinstance(thing, otscore.Scorer):
            assert made.score(CHILD) == scorer.score(CHILD)
        if isinstance(thing, otscore.Scores):
            assert made.to_frame().equals(scores.to_frame())


def test_a_pickled_pack_is_the_same_pack_or_none(home: Path, scorer: otscore.Scorer) -> None:
    kept = pickle.dumps(scorer)
    (home / "tables" / "sail.csv").write_text(files()["tables/sail.csv"].replace("19.3171", "19.3172"), encoding="utf-8")
    with pytest.raises(PackConflict, match="quibbin@1"):
        pickle.loads(kept)
    home.rename(home.with_name("2"))
    with pytest.raises(PackNotFound, match="no longer where it was"):
        pickle.loads(kept)


# ---------------------------------------------------------------------------------------------- what is told of a mistake


def tracebacks(calls: Iterable[Callable[[], Any]]) -> str:
    """What is printed where the errors of the calls are not caught."""
    said = []
    for call in calls:
        with pytest.raises(OtscoreError) as caught:
            call()
        said.append("".join(traceback.format_exception(caught.value)) + json.dumps(caught.value.to_dict()))
    return "\n".join(said)


def test_errors_of_a_call_tell_nothing_of_the_pack(home: Path, scorer: otscore.Scorer) -> None:
    def answers(**other: Any) -> Any:
        return lambda: scorer.score(CHILD | {"responses": CHILD["responses"] | other})

    calls = [
        answers(q1=5), answers(q3=80.5), answers(q4=1), answers(q4="kanar"), answers(q9=1), answers(kanari_alia=1),
        lambda: scorer.score(CHILD | {"sex": "unknown"}), lambda: scorer.score(CHILD | {"age_months": 9999}),
        lambda: scorer.score_frame(ROWS, errors="raise"), lambda: scorer.score_frame(ROWS.rename(columns={"q1": "kanari"})),
        lambda: scorer.score_frame(ROWS.drop(columns="sex")), lambda: scorer.score_frame(ROWS.assign(band=1)),
        lambda: otscore.Scorer.load(path=home, scales="perches"), lambda: otscore.Scorer.load(path=home, norm_group="some"),
        lambda: otscore.Scorer.load(path=home, estimator="wle"), lambda: otscore.Scorer.load("quibin@1", path=home),
        lambda: otscore.Scorer.load("quibbin@2", path=home), lambda: otscore.Scorer.load("quibbin@1==9.0.0", path=home),
    ]  # fmt: skip
    assert told(tracebacks(calls)) <= {"kanari"}, "the column that the caller misnamed"


@pytest.mark.parametrize("table", [name for name in files() if name.endswith(".csv") and name != "cases.csv"])
def test_a_damaged_file_is_told_without_its_content(home: Path, table: str) -> None:
    head, first, *rest = files()[table].splitlines()
    cells = first.split(",")
    heard = []
    for place in range(len(cells)):
        for other in (cells[place] + "x", cells[place] + '"', cells[place] + ",", ""):
            line = ",".join([*cells[:place], other, *cells[place + 1 :]])
            (home / table).write_text("\n".join([head, line, *rest]), encoding="utf-8")
            try:
                otscore.Scorer.load(path=home)
            except OtscoreError as error:
                heard.append("".join(traceback.format_exception(error)))
    assert heard
    assert told("\n".join(heard)) == set()


def test_a_damaged_document_is_told_without_its_content(home: Path) -> None:
    heard = []
    for name in ("pack.toml", "instrument.toml", "SOURCES.toml"):
        lines = files()[name].splitlines()
        for place in range(len(lines)):
            for other in (lines[place][: len(lines[place]) // 2], lines[place].replace('"', ""), lines[place].replace("= ", "= -"), ""):
                (home / name).write_text("\n".join([*lines[:place], other, *lines[place + 1 :]]), encoding="utf-8")
                try:
                    otscore.Scorer.load(path=home)
                except OtscoreError as error:
                    heard.append("".join(traceback.format_exception(error)))
        (home / name).write_text(files()[name], encoding="utf-8")
    assert len(heard) > 100
    assert told("\n".join(heard)) == set()


# ---------------------------------------------------------------------------------------------- the command line


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([*map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("command", [("score",), ("score", "--wide"), ("profile",)], ids=" ".join)
def test_the_command_line_tells_the_scores_alone(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    given = ("--pack", NAME, "--packs-dir", home.parents[1], "--issues", tmp_path / "issues.csv", "--stamp", tmp_path / "stamp.csv")
    name, *options = command
    assert run(capsys, "norms", "show", NAME, "--packs-dir", home.parents[1])[0] == 0, "the licence has been shown"
    written = ["scores.csv", "scores.parquet", "scores.json"] if name == "score" else ["profiles.json", "profiles.txt"]
    for out in ["-", *(tmp_path / one for one in written)]:
        code, said, err = run(capsys, name, file(tmp_path), *given, *options, "--out", out)
        assert code == 1, err
        assert told(err) == set()
        assert told((tmp_path / "issues.csv").read_text("utf-8") + (tmp_path / "stamp.csv").read_text("utf-8")) == set()
        text = said if out == "-" else Path(out).read_bytes().decode("latin-1")
        mine = WITH_ERRORS if name == "profile" else OWN
        assert told(text) <= mine
        assert "kanari-mid" in text
        bare = [figure for figure in set(FIGURES) - mine for order in "<>" if struct.pack(f"{order}d", float(figure)).decode("latin-1") in text]
        assert bare == []


def test_the_licence_is_shown_once_and_again_when_asked(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--packs-dir", home.parents[1])
    score = ("score", file(tmp_path, ROWS[:1]), "--pack", NAME, *where, "--out", "-")
    code, said, err = run(capsys, *score)
    assert code == 0
    assert err.startswith(f"otscore: quibbin@1 1.0.0 is a private pack. Its licence, shown once (again: otscore norms licence {NAME}):\n{LICENCE}")
    assert "kanari-licence" not in said
    for words in (score, ("profile", *score[1:]), *(("norms", one, NAME, *where) for one in ("show", "items", "cite"))):
        _, said, err = run(capsys, *words)
        assert "kanari-licence" not in said + err
    assert run(capsys, "norms", "licence", NAME, *where) == (0, LICENCE, "")
    assert run(capsys, "norms", "licence", "gsed@2406")[1].strip(), "a pack without a text says the licence of its figures"


@pytest.mark.parametrize("change", ["version", "text"])
def test_another_version_or_text_is_shown_anew(home: Path, capsys: pytest.CaptureFixture[str], change: str) -> None:
    words = ("norms", "show", NAME, "--packs-dir", home.parents[1])
    assert "kanari-licence" in run(capsys, *words)[2]
    name, old, new = {"version": ("pack.toml", '"1.0.0"', '"1.0.1"'), "text": ("LICENCE.txt", "alone", "and others")}[change]
    (home / name).write_text(files()[name].replace(old, new), encoding="utf-8")
    assert "kanari-licence" in run(capsys, *words)[2]
    assert "kanari-licence" not in run(capsys, *words)[2]


def test_where_it_cannot_be_remembered_it_is_shown_again_and_nothing_fails(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    for place in (tmp_path / "a file", tmp_path / "a file" / "below"):
        monkeypatch.setenv("OTSCORE_STATE", str(place))
        for _ in range(2):
            code, _, err = run(capsys, "norms", "show", NAME, "--packs-dir", home.parents[1])
            assert (code, "kanari-licence" in err) == (0, True)
    monkeypatch.setenv("OTSCORE_STATE", str(tmp_path / "spoilt"))
    (tmp_path / "spoilt").mkdir()
    (tmp_path / "spoilt" / FILE).write_bytes(b"\xff\xfe")
    assert "kanari-licence" in run(capsys, "norms", "show", NAME, "--packs-dir", home.parents[1])[2]


def test_where_it_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSCORE_STATE", str(tmp_path / "one"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "two"))
    assert state_directory() == tmp_path / "one"
    monkeypatch.delenv("OTSCORE_STATE")
    assert state_directory() == tmp_path / "two" / "otscore"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_directory() == tmp_path / ".local" / "state" / "otscore"


def test_python_prints_nothing_and_has_the_text(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scorer = otscore.Scorer.load(path=home)
    scorer.score(CHILD)
    assert scorer.pack.licence_text == LICENCE.strip()
    assert scorer.pack.private
    assert capsys.readouterr() == ("", "")
    assert not state_directory().exists()


def test_a_licence_cannot_steer_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "LICENCE.txt").write_text("kanari-licence \x1b[2Jgone\x07\n", encoding="utf-8")
    said = "".join(run(capsys, "norms", "show", NAME, "--packs-dir", home.parents[1])[1:])
    assert "kanari-licence  [2Jgone" in said
    assert not {"\x1b", "\x07"} & set(said)


def test_the_text_is_part_of_the_digest_and_its_line_ends_are_not(home: Path) -> None:
    def digest() -> str:
        return registry([home], installed=False).load(NAME).digest

    before = digest()
    (home / "LICENCE.txt").write_bytes(b"\xef\xbb\xbf" + LICENCE.replace("\n", "\r\n").encode())
    assert digest() == before
    (home / "LICENCE.txt").write_text(LICENCE + "Nor copied.\n", encoding="utf-8")
    assert digest() != before


# ---------------------------------------------------------------------------------------------- lists of packs


def test_lists_mark_what_is_private(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--packs-dir", home.parents[1])
    _, listed, _ = run(capsys, "norms", "list", *where)
    assert [line.split()[0] for line in listed.splitlines() if ", private" in line] == [NAME]
    found = {info["name"]: info["private"] for info in json.loads(run(capsys, "norms", "list", "--json", *where)[1])}
    assert [name for name, private in found.items() if private] == [NAME]
    assert [info.name for info in otscore.packs([home]) if info.private] == [NAME]
    assert "normed, synthetic, private; informant" in run(capsys, "norms", "show", NAME, *where)[1]
    _, fitting, _ = run(capsys, "packs", "--age-months", "30", *where)
    assert {line.split("  ")[-1].strip() for line in fitting.splitlines() if NAME in line} == {"Quibbin Tasks, invented norms (private)"}
    assert f"{NAME} (private" in run(capsys, "packs", "--coverage", *where)[1]
    rows = json.loads(run(capsys, "packs", "--json", "--age-months", "30", *where)[1])
    assert {row["pack"] for row in rows if row["private"]} == {NAME}
    code, said, err = run(capsys, "norms", "check", home.parents[1])
    assert (code, said, err) == (0, "", "private, not to be passed on: quibbin@1\n0 errors, 0 warnings\n")


def test_the_coverage_tells_of_a_private_pack_its_names_and_ages(scorer: otscore.Scorer) -> None:
    rows = coverage([scorer.pack])
    assert told(str(rows) + str(coverage_tables(rows))) == set()


def test_what_lists_the_items_of_a_pack_lists_those_of_a_private_one(home: Path, scorer: otscore.Scorer, capsys: pytest.CaptureFixture[str]) -> None:
    """The user's own pack, on the user's own machine; still no figure of the norms."""
    _, said, _ = run(capsys, "norms", "items", NAME, "--packs-dir", home.parents[1])
    book = scorer.codebook().to_csv()
    assert "kanari-often" in said and "kanari-often" in book
    assert told(said + book) <= {*WORDS, "kanari", "71.9317"} - {band for bands in BANDS.values() for band in bands}
    assert told(scorer.cite() + scorer.cite("bibtex")) == set()
