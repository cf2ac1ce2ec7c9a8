"""``otscore report``: a report per child, exit codes, nothing half-written, no child's data in a message."""

from __future__ import annotations

import pytest

CHILDREN = "id,age_days,gs1moc060,gs1lgc062\nkanari,400,1,0\n../kanari,500,1,1\n"
OUT = "reports"


@pytest.fixture
def source(desk):
    return desk.file("in.csv", CHILDREN)


def test_a_report_per_child(desk, source) -> None:
    outcome = desk.run("report", source, "--pack", "gsed@2406", "--language", "de", "--format", "html", "--format", "md", out=OUT)
    assert outcome.code == 0, outcome.err
    assert outcome.out == ""
    assert outcome.err == "2 rows, 2 with a score\n"
    names = sorted(file.name for file in outcome.file.iterdir())
    assert names == ["index.html", "kanari-2.html", "kanari-2.md", "kanari.html", "kanari.md"]
    assert '<html lang="de"' in (outcome.file / "kanari.html").read_text(encoding="utf-8")


def test_the_stamp_and_own_labels(desk, source) -> None:
    labels = desk.file("labels.toml", 'fine_motor = "Small movements"\n["gsed@2406"]\nd = "All of development"\n')
    outcome = desk.run("report", source, "--pack", "gsed@2406", "--labels", labels, "--stamp", desk.folder / "stamp.csv", out=OUT)
    assert outcome.code == 0, outcome.err
    assert "All of development (<bdi>gsed@2406" in (outcome.file / "kanari.html").read_text(encoding="utf-8").replace("</bdi> (", " (")
    assert "gsed@2406" in (desk.folder / "stamp.csv").read_text(encoding="utf-8") or "2406" in (desk.folder / "stamp.csv").read_text(encoding="utf-8")


def test_children_without_a_score_are_there_and_the_code_is_one(desk) -> None:
    source = desk.file("in.csv", CHILDREN + "kanari3,,1,1\n")
    outcome = desk.run("report", source, "--pack", "gsed@2406", out=OUT)
    assert outcome.code == 1
    assert "age_missing 1" in outcome.err
    assert "the age is missing" in (outcome.file / "kanari3.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words", [["--language", "xx"], ["--format", "pdf"], ["--labels", "not-there.toml"], ["--scales", "nonsense"], ["--strict", "--ignore", "id"]]
)
def test_nothing_is_written_where_something_is_wrong(desk, words: list[str]) -> None:
    source = desk.file("in.csv", CHILDREN.replace("400", ""))
    outcome = desk.run("report", source, "--pack", "gsed@2406", *words, out=OUT)
    assert outcome.code == 2
    assert not outcome.file.exists()
    assert all(line.startswith("otscore: ") for line in outcome.err.splitlines())


def test_all_wrong_choices_are_told_at_once(desk, source) -> None:
    outcome = desk.run("report", source, "--pack", "none@1", "--labels", desk.folder / "none.toml", "--language", "xx", out=OUT)
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 3


def test_a_folder_with_something_in_it_is_left_alone(desk, source) -> None:
    (desk.folder / OUT).mkdir()
    desk.file(f"{OUT}/old.html", "old")
    outcome = desk.run("report", source, "--pack", "gsed@2406", out=OUT)
    assert outcome.code == 2
    assert [file.name for file in outcome.file.iterdir()] == ["old.html"]


def test_the_bar_is_for_terminals(desk, source, monkeypatch: pytest.MonkeyPatch) -> None:
    from otscore.commands import report

    monkeypatch.setattr(report.sys.stderr, "isatty", lambda: True, raising=False)
    outcome = desk.run("report", source, "--pack", "gsed@2406", out=OUT)
    assert "[##############################] 2 of 2 reports" in outcome.err
