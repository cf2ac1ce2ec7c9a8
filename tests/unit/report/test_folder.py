"""Reports of many children: a file each under a safe name, an index, and all of it or nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from report_examples import make_profile, several
from report_pages import Page

from otscore.errors import UsageError
from otscore.report.folder import FORMATS, ReportFolder, write_reports
from otscore.report.names import FileNames

PATHS = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "a/b", "a\\b", "con", "NUL", "index", "INDEX", "x" * 500, "", None,
    "c1", "C1", "c1", "é", "\x00", "\u202ea", "c1-2", 7, "c1-plan",
]


def test_names_are_safe_and_each_is_given_once() -> None:
    names = FileNames(("index.html",))
    given = [names.of(one) for one in PATHS]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,70}", name) for name in given)
    assert len({name.casefold() for name in given}) == len(given)
    assert not {"index", "con", "nul"} & {name.casefold() for name in given}
    assert given[0] == "etc-passwd"
    assert (given[13], given[20]) == ("c1", "7")


def test_many_children_without_identifier() -> None:
    names = FileNames()
    assert len({names.of(None) for _ in range(5000)}) == 5000


def test_a_file_each_and_an_index(tmp_path: Path) -> None:
    profiles = [make_profile(id=one) for one in PATHS]
    index = write_reports(tmp_path / "out", profiles, formats=FORMATS)
    page = Page(index.read_text(encoding="utf-8"))
    links = [one["href"] or "" for one in page.elements_of("a")]
    assert len(links) == len(set(links)) == 3 * len(PATHS)
    assert sorted([*links, "index.html"]) == sorted(file.name for file in (tmp_path / "out").iterdir())
    assert page.text.count("SYNTHETIC") == 1
    data = [json.loads((tmp_path / "out" / link).read_text(encoding="utf-8")) for link in links if link.endswith(".json")]
    assert [one["id"] for one in data] == PATHS
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_the_files_hold_what_the_methods_give(tmp_path: Path) -> None:
    profile = several()
    write_reports(tmp_path / "out", [profile], formats=("html", "md", "json"), language="de")
    assert (tmp_path / "out/c1.html").read_text(encoding="utf-8") == profile.to_html(language="de")
    assert (tmp_path / "out/c1.md").read_text(encoding="utf-8") == profile.to_markdown(language="de")
    assert (tmp_path / "out/c1.json").read_text(encoding="utf-8") == profile.to_json()


@pytest.mark.parametrize("there", [False, True])
def test_all_or_nothing(tmp_path: Path, there: bool) -> None:
    out = tmp_path / "out"
    if there:
        out.mkdir()
    with pytest.raises(KeyboardInterrupt), ReportFolder(str(out)) as folder:
        folder.write(several())
        assert not list(out.glob("*.html"))
        raise KeyboardInterrupt
    assert out.exists() == there
    assert not there or not list(out.iterdir())


def test_nothing_stays_where_the_last_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    real, calls = os.replace, []

    def failing(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr("otscore.report.folder.os.replace", failing)
    with pytest.raises(UsageError, match="No space left"):
        write_reports(tmp_path / "out", [several(), several()])
    assert list(tmp_path.iterdir()) == []


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for path, code in ((tmp_path, "not_empty"), (tmp_path / "file", "not_writable"), (tmp_path / "no/out", "no_folder"), (Path("-"), "no_folder")):
        with pytest.raises(UsageError) as caught:
            write_reports(path, [several()])
        assert [issue.code for issue in caught.value.issues] == [code]
    for wrong in ({"formats": ("pdf",)}, {"formats": ()}, {"language": "xx"}):
        with pytest.raises(UsageError):
            write_reports(tmp_path / "out", [several()], **wrong)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"
    assert len(list(tmp_path.iterdir())) == 1
