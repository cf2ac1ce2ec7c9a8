"""``otscore report``: a report per child, exit codes, nothing half-written, no child's data in a message."""

from __future__ import annotations

import pandas as pd
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
    assert names == ["group.csv", "group.html", "index.html", "kanari-2.html", "kanari-2.md", "kanari.html", "kanari.md"]
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


VISITS = "id,age_days,gs1moc060,gs1lgc062,gs1moc050\nkanari,400,0,0,1\nother,400,0,0,1\nkanari,520,1,1,1\n"


def test_the_group_is_there_as_page_and_as_table(desk, source) -> None:
    outcome = desk.run("report", source, "--pack", "gsed@2406", out=OUT)
    page, index = ((outcome.file / name).read_text(encoding="utf-8") for name in ("group.html", "index.html"))
    table = pd.read_csv(outcome.file / "group.csv").set_index("scale")
    assert table.loc["d", ["n", "n_scored", "share_missing"]].tolist() == [2, 2, 0]
    assert table.loc["fine_motor", ["n", "n_scored", "missing_no_items"]].tolist() == [2, 0, 1]
    assert f"{table.loc['d', 'mean_z']:.2f}".replace("-", "−") in page
    assert 'href="group.html"' in index and 'href="group.csv"' in index
    assert "kanari" not in page


def test_no_rules_unless_asked_for(desk, source) -> None:
    plain = desk.run("report", source, "--pack", "gsed@2406", "--format", "md", out=OUT)
    assert "Figures that rules of eligibility ask for" not in (plain.file / "kanari.md").read_text(encoding="utf-8")
    ruled = desk.run("report", source, "--pack", "gsed@2406", "--format", "md", "--rules", "generic", out="ruled")
    assert "2 SDs below the mean in one domain | 1 |" in (ruled.file / "kanari.md").read_text(encoding="utf-8")


def test_lines_of_ones_own(desk, source) -> None:
    outcome = desk.run("report", source, "--pack", "gsed@2406", "--format", "md", "--need-below", "-1.5", "--strength-above", "1.25", out=OUT)
    assert "Low: below −1.5 SD. High: above +1.25 SD." in (outcome.file / "kanari.md").read_text(encoding="utf-8")
    refused = desk.run("report", source, "--pack", "gsed@2406", "--need-below", "2", out="refused")
    assert refused.code == 2 and not refused.file.exists()


def test_next_items_and_norms_for_the_gaps(desk, source) -> None:
    text = (desk.run("report", source, "--pack", "gsed@2406", "--format", "md", out=OUT).file / "kanari.md").read_text(encoding="utf-8")
    assert "Next items: those nearest" in text
    assert "| Sensory | not assessed | teller-acuity@" in text


def test_visits_of_one_child_become_a_progress(desk) -> None:
    source = desk.file("in.csv", VISITS)
    outcome = desk.run("report", source, "--pack", "gsed@2406", "--format", "md", "--progress", out=OUT)
    first, last, other = ((outcome.file / f"{name}.md").read_text(encoding="utf-8") for name in ("kanari", "kanari-2", "other"))
    assert "From visit 1 to visit 2" in last and "about 17 months (520 days)" in last
    assert "From visit 1" not in first + other
    without = desk.run("report", source, "--pack", "gsed@2406", "--format", "md", out="without")
    assert "From visit 1" not in (without.file / "kanari-2.md").read_text(encoding="utf-8")


def test_another_headline(desk, source) -> None:
    outcome = desk.run("report", source, "--pack", "gsed@2406", "--format", "md", "--headline", "least_favourable", out=OUT)
    assert "Main result of a domain: the least favourable" in (outcome.file / "kanari.md").read_text(encoding="utf-8")
