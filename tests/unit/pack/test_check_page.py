"""The page of findings: every finding with its rule, rows marked in words, nothing unescaped, no script."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from otscore.check_page import check_page
from otscore.cli import main
from otscore.errors import Issue

TABLE = "sex,raw,score\n# a comment\nmale,0,1\nmale,1,2\nmale,2,<script>9\nmale,3,4\n"


class Balanced(HTMLParser):
    """Tags that are opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass


@pytest.fixture
def page(tmp_path: Path) -> str:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a&b.csv").write_text(TABLE, encoding="utf-8")
    issues = [
        Issue("cell_number", "line 5: the cell is not a <finite> number", "Write a plain number", "tables/a&b.csv", field="score"),
        Issue("warn_cell_off", "line 4: score is 2", "Likely 3?", "tables/a&b.csv", field="score"),
        Issue("row_length", "line 6: 1 cells", "Is the separator a comma?", "tables/a&b.csv"),
        Issue("shape", "there is no such key here", "Remove it", "pack.toml", field="norms.0.<b>"),
    ]
    return check_page(tmp_path, issues)


def test_findings_have_kind_rule_place_and_remedy(page: str) -> None:
    assert "3 errors, 1 warning" in page
    for words in ("line 5, column score:", "What to do: Write a plain number.", "Rule <code>warn_cell_off</code>", "key norms.0.&lt;b&gt;"):
        assert words in page
    assert "Is the separator a comma?<" in page


def test_cells_are_marked_in_words_and_rows_are_headed(page: str) -> None:
    assert '<td class="error">&lt;script&gt;9 &#9664; error</td>' in page
    assert '<td class="warning">2 &#9664; warning</td>' in page
    assert '<th scope="row">6 &#9664; error</th>' in page
    assert all('scope="' in head for head in re.findall(r"<th\b[^>]*>", page))


def test_the_page_stands_alone_and_nothing_is_unescaped(page: str) -> None:
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert not {"script", "link", "img", "iframe", "b"} & set(parser.seen)
    assert "http" not in page
    assert "<finite>" not in page
    assert 'lang="en"' in page


def test_a_file_that_cannot_be_read_and_a_line_that_is_not_there_are_no_crash(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(b"\xff\x00a,b\n\n1\n")
    issues = [Issue("encoding", "the file is not UTF-8", "Save it", "odd.csv"), Issue("x", "line 99: y", "", "odd.csv"), Issue("x", "line 2: y", "", "gone.csv")]
    assert "gone.csv" in check_page(tmp_path, issues)
    assert "Nothing was found" in check_page(tmp_path, [])


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = Path(__file__).parents[2] / "bad_packs" / "base" / "snorf"
    out = tmp_path / "page.html"
    assert main(["norms", "check", str(base), "--report", "html", "--out", str(out)]) == 0
    assert "0 errors, 0 warnings" in out.read_text(encoding="utf-8")
    assert main(["norms", "check", str(base), "--report", "html"]) != 0
    assert "--report and --out belong together" in capsys.readouterr().err
    assert main(["norms", "check", str(base), "--report", "html", "--out", str(tmp_path / "no" / "page.html")]) != 0
    assert "cannot be written" in capsys.readouterr().err
