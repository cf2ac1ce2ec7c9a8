"""Markdown says the same as HTML."""

from __future__ import annotations

import re

from report_examples import make_plan, make_progress, several
from report_pages import Page

from otscore.report.markdown import plain


def test_the_same_cells_as_in_html() -> None:
    profile = several()
    plan, progress = make_plan(profile), make_progress(profile)
    page, markdown = Page(profile.to_html(plan, progress)), profile.to_markdown(plan, progress)
    lines = [line for line in markdown.splitlines() if line.startswith("|") and not re.match(r"\| -", line)]
    mine = [[re.sub(r"\\(.)", r"\1", cell) for cell in re.split(r"(?<!\\) \| ", line[2:-2])] for line in lines]
    theirs = [row for tables in page.tables.values() for table in tables for row in table]
    assert [[cell for cell in row if cell] for row in mine] == [[cell for cell in row if cell] for row in theirs]


def test_the_same_headings() -> None:
    profile = several()
    html, markdown = profile.to_html(make_plan(profile)), profile.to_markdown(make_plan(profile))
    theirs = [f"{'#' * int(level)} {title}" for level, title in re.findall(r"<h(\d)[^>]*>(.*?)</h", html)]
    unescaped = re.sub(r"\\(.)", r"\1", markdown)
    assert [re.sub("</?bdi>|&#39;", lambda found: "'" if "39" in found[0] else "", one) for one in theirs] == re.findall(r"^#+ .*", unescaped, re.MULTILINE)


def test_tables_are_tables() -> None:
    for block in re.findall(r"(?:^\|.*\n)+", several().to_markdown(), re.MULTILINE):
        lines = block.splitlines()
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
        assert re.fullmatch(r"\|( -+:? \|)+", lines[1])


def test_escaping() -> None:
    assert plain("a|b*c_d`e<f>") == r"a\|b\*c\_d\`e\<f\>"
    assert plain("- item") == r"\- item"
    assert plain("12. item") == r"12\. item"
    assert plain("−1.5 to 2.5 (90 %)") == "−1.5 to 2.5 (90 %)"
    assert plain("gsed@2406") == "gsed@2406"
    assert plain("me@evil.example") == r"me\@evil.example"
