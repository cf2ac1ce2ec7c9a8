"""Calls that cannot be carried out, all told at once, with nothing written; and what the exit code says."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import otscore

DATA = "id,age_days,gs1moc060\nkanari,400,1\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pack", "gsed@2407"], "no pack is called gsed@2407. Did you mean gsed@2406"),
        (["--pack", "gsed"], "gsed has several editions"),
        (["--pack", "gsed@2406", "--pack", "gsed@2406"], "a pack is named twice"),
        (["--pack", "gsed@2406", "--scales", "d,e"], "gsed@2406 has no scale e. It has: cognitive"),
        (["--pack", "gsed@2406", "--norm-group", "mars"], "gsed@2406 has no norm group mars. It has: "),
        (["--pack", "gsed@2406", "--ci-level", "90"], "the level of an interval lies between 0 and 1"),
        (["--pack", "gsed@2406", "--relevance", "5"], "--relevance takes two numbers"),
        (["--pack", "gsed@2406", "--packs-dir", "nowhere"], "nowhere"),
    ],
)
def test_a_pack_or_choice_that_is_not_there(desk, words: list[str], said: str) -> None:
    outcome = desk.run("score", desk.file("in.csv", DATA), *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert not outcome.file.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere/scores.csv", "nowhere/scores.csv: the folder of the output file does not exist"),
        ("scores.xlsx", "scores.xlsx: this kind of file is not written. Use .csv, .csv.gz, .parquet or .json"),
        ("scores", "this kind of file is not written"),
        ("folder.csv", "folder.csv: the output file is a folder"),
        ("in.csv", "--out and IN are the same file"),
        ("./x/../in.csv", "--out and IN are the same file"),
        ("linked.csv", "--out and IN are the same file"),
    ],
)
def test_an_output_that_cannot_be_written(desk, name: str, said: str) -> None:
    data = desk.file("in.csv", DATA)
    for folder in ("folder.csv", "x"):
        (desk.folder / folder).mkdir()
    (desk.folder / "linked.csv").hardlink_to(data)
    target = f"{desk.folder}/{name}"
    from otscore.cli import main

    assert main(["score", str(data), "--pack", "gsed@2406", "--out", target]) == 2
    assert said in desk.capsys.readouterr().err
    assert data.read_text(encoding="utf-8") == DATA


def test_no_file_of_the_user_is_written_over(desk) -> None:
    data = desk.file("in.csv", DATA)
    mine, folder = desk.folder / "v.csv.part", desk.folder / "v.csv.2.part"
    mine.write_text("mine", "utf-8")
    folder.mkdir()
    from otscore.cli import main

    for name in ("v.csv", "v.csv"):
        assert main(["score", str(data), "--pack", "gsed@2406", "--out", str(desk.folder / name)]) == 0
    assert mine.read_text("utf-8") == "mine"
    assert sorted(path.name for path in desk.folder.iterdir()) == ["in.csv", "v.csv", "v.csv.2.part", "v.csv.part"]


@pytest.mark.parametrize("command", ["score", "profile"])
def test_strict_writes_nothing_to_standard_output(desk, command: str) -> None:
    data = desk.file("in.csv", DATA + "kanari2,400,61977\n")
    outcome = desk.run(command, data, "--pack", "gsed@2406", "--strict", out="-")
    assert (outcome.code, outcome.out) == (2, "")
    assert "row 2, column gs1moc060: an answer outside the legal set" in outcome.err
    good = desk.file("good.csv", DATA)
    plain = desk.run(command, good, "--pack", "gsed@2406", out="-")
    strict = desk.run(command, good, "--pack", "gsed@2406", "--strict", out="-")
    assert (strict.code, strict.out) == (0, plain.out)
    assert strict.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["score", "profile"])
@pytest.mark.parametrize("words", [(), ("--strict",)])
def test_standard_output_that_takes_nothing(desk, command: str, words: tuple[str, ...]) -> None:
    data = desk.file("in.csv", DATA)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "otscore.cli", command, str(data), "--pack", "gsed@2406", "--out", "-", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "otscore: standard output cannot be written. The system says: No space left on device\n")


def test_a_reader_that_goes_away_is_no_error(desk) -> None:
    data = desk.file("in.csv", "id,age_days,gs1moc060\n" + "kanari,400,1\n" * 30_000)
    command = f"{sys.executable} -m otscore.cli score {data} --pack gsed@2406 --out - | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("id,instrument,pack")
    assert "otscore:" not in done.stderr


def test_scales_of_several_packs(desk) -> None:
    data = desk.file("in.csv", "id,age_months,gs1moc060,EC21\nkanari,30,1,1\n")
    outcome = desk.run("score", data, "--pack", "gsed@2406", "--pack", "ecdi@2030", "--scales", "d,ecdi")
    assert [row["scale"] for row in outcome.rows] == ["d", "ecdi"]


def test_an_option_that_is_not_there() -> None:
    with pytest.raises(otscore.UsageError, match="there is no option normgroup"):
        otscore.Scorer.load("gsed@2406", normgroup="x")


def test_a_full_disk_leaves_nothing(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    said = desk.refused(desk.file("in.csv", DATA))
    assert "scores.csv: the output file cannot be written. The system says: No space left on device" in said


def test_an_older_output_stays_when_nothing_is_done(desk) -> None:
    before = desk.file("scores.csv", "the older scores")
    outcome = desk.score(desk.file("in.csv", DATA + "kanari,1\n"))
    assert outcome.code == 2
    assert before.read_text(encoding="utf-8") == "the older scores"


def test_everything_wrong_with_the_call_is_told_at_once(desk) -> None:
    outcome = desk.run(
        "score", desk.folder / "none.csv", "--pack", "gsed@2407", "--pack", "hrt@2022", "--ci-level", "2", "--map", desk.folder / "none.toml",
        "--issues", desk.folder / "issues.doc", out="nowhere/scores.csv",
    )  # fmt: skip
    assert outcome.code == 2
    for words in (
        "gsed@2407", "hrtl@2022", "between 0 and 1", "none.toml: there is no such mapping file", "none.csv: there is no such file",
        "issues.doc: this kind", "folder of the output file",
    ):  # fmt: skip
        assert words in outcome.err


@pytest.mark.parametrize(("name", "said"), [("in.xlsx", "this kind of file is not read. Save it as .csv"), ("in.sav", "this kind of file")])
def test_a_kind_of_file_that_is_not_read(desk, name: str, said: str) -> None:
    assert said in desk.refused(desk.file(name, DATA))


def test_issues_are_written_with_the_scores_or_not_at_all(desk) -> None:
    data = desk.file("in.csv", DATA + "kanari2,400,61977\n")
    issues = desk.folder / "issues.csv"
    outcome = desk.score(data, "--issues", issues)
    assert outcome.code == 1
    assert issues.read_text(encoding="utf-8").splitlines()[0] == "code,source,row,field,count,message,hint"
    assert "illegal_answer" in issues.read_text(encoding="utf-8")
    issues.unlink()
    outcome.file.unlink()
    assert "this kind of file is not written" in desk.refused(data, "--issues", desk.folder / "issues.txt")
    assert "--issues and --out are the same file" in desk.refused(data, "--issues", desk.folder / "scores.csv")
    desk.refused(data, "--issues", issues, "--strict")
    assert not issues.exists()


def test_no_issues_is_an_empty_table(desk) -> None:
    for ending in ("csv", "parquet", "json"):
        issues = desk.folder / f"issues.{ending}"
        assert desk.score(desk.file("in.csv", DATA), "--issues", issues).code == 0
        assert issues.stat().st_size > 0


def test_standard_input_and_output(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        buffer = io.BytesIO(b"\xef\xbb\xbf" + DATA.replace("kanari", "ähm 🦉").encode())

    monkeypatch.setattr(sys, "stdin", Piped)
    outcome = desk.score("-", out="-")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("id,instrument,pack,")
    assert "ähm 🦉,gsed,gsed@2406," in outcome.out
    Piped.buffer = io.BytesIO(b"id;age_days\n")
    outcome = desk.score("-", out="-")
    assert (outcome.code, outcome.out) == (2, "")
    assert "standard input: the cells are not separated by commas" in outcome.err


@pytest.mark.parametrize(("end", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_ended_leaves_nothing_half_written(desk, end: int, code: int) -> None:
    script = Path(sys.executable).with_name("otscore")
    words = [str(script), "score", "-", "--pack", "gsed@2406", "--out", str(desk.folder / "scores.csv")]

    def as_in_the_foreground() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore it

    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=as_in_the_foreground) as run:
        assert run.stdin is not None
        run.stdin.write(DATA.encode())
        run.stdin.flush()
        waited = time.monotonic() + 60
        while not list(desk.folder.glob("*.part")) and time.monotonic() < waited:
            time.sleep(0.02)
        assert list(desk.folder.glob("*.part")), "nothing was begun"
        run.send_signal(end)
        try:
            said = run.communicate(timeout=60)[1].decode()
        finally:
            run.kill()
        assert run.returncode == code, said
    assert list(desk.folder.iterdir()) == []
    assert "Traceback" not in said and "kanari" not in said
