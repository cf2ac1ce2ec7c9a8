"""Text from outside (identifiers, packs, labels, goals, notes) comes out inert and short, in HTML and in Markdown."""

from __future__ import annotations

import re
import unicodedata

import pytest
from report_examples import FINE, domain_result, make_plan, make_profile, make_progress, scale_result, stamp
from report_pages import Page

from otscore.profile.plan_models import FamilyView, Goal, GoalScores, OpenDomain, Problem
from otscore.report.foreign import CLOSE, LONG, OPEN, SHORT, foreign, inert

HOSTILE = {
    "markup": '<b onclick="x()">bold</b><img src=x onerror=alert(1)><a href="javascript:x">a</a>',
    "script": "</script></title></style><script>alert(document.cookie)</script>",
    "attribute": "\" onmouseover=\"alert(1)\" '",
    "svg": "</text></svg><svg onload=alert(1)>",
    "template": "{{ 7 * 7 }}{% raw %}{0.__class__}{percent}",
    "entity": "&lt;script&gt;&#x202e;&amp;",
    "long": "A" * 10_000,
    "right to left": "ab\u202egnp.exe\u2066x\u2069\u2069\u200f\u061c",
    "hebrew": "שלום 12",
    "emoji": "🦉👩\u200d👧",
    "control": "a\x00b\x1b[31mred\x07\r\nnew\u2028line\x85",
    "surrogate": "bad\ud800half",
    "marks": "Z" + "\u0301" * 500,
    "tags": "hi\U000e0041\U000e0042",
    "formula": "=cmd|'/c calc'!A0",
    "plus": "+SUM(A1)",
    "at": "@import",
    "wide": "\uff1d1+1",
    "markdown": "**x** _y_ `z` # h\n\n# heading\n- item\n1. one | cell | ~~s~~ [l](http://evil.example) ![i](http://evil.example/p.png)",
    "link": "http://evil.example www.evil.example me@evil.example <http://evil.example>",
    "fence": "```\ncode\n```\n---\n===",
}


def pages(text: str) -> tuple[str, str]:
    """The report in HTML and Markdown with the text everywhere where text can come from."""
    short = text.replace("\ud800", "")[:500]  # goals and problems refuse it
    profile = make_profile(
        domain_result(FINE, scale_result(scale=text, band=text, informant=text, pack=text)), id=text,
        packs=(stamp(pack=text, notices=(text, text), norm_group=text, pack_version=text, digest=text, estimator=text, status="verified"),),
    )  # fmt: skip
    plan = make_plan(profile)
    goals = GoalScores(goals=(Goal(goal=short),), rho=0.3, t_baseline=40.0, t_expected=50.0, t_reached=None, change=None)
    plan = plan.model_copy(
        update={
            "goals": goals, "family": FamilyView(problems=(Problem(problem=short),), performance=None, satisfaction=None), "refused": (text,),
            "open_domains": (OpenDomain(domain=FINE, reason=text, packs=(text,)),), "weights": {text: 1.0},
            "next_items": tuple(item.model_copy(update={"item": text, "label": text, "scale": text, "pack": text}) for item in plan.next_items),
            "rules": tuple(
                rule.model_copy(update={"rule": text, "title": text, "facts": tuple(fact.model_copy(update={"warning": text, "scale": text}) for fact in rule.facts)})
                for rule in plan.rules
            ),
            "follow_up": tuple(one.model_copy(update={"reason": text, "scale": text}) for one in plan.follow_up),
            "ipsative": tuple(one.model_copy(update={"pack": text, "informant": text, "reason": text if one.reason else None}) for one in plan.ipsative),
            "agreement": tuple(one.model_copy(update={"informants": (text,)}) for one in plan.agreement),
            "needs": tuple(one.model_copy(update={"scale": text, "pack": text}) for one in plan.needs),
        }
    )  # fmt: skip
    progress = make_progress(profile)
    trajectories = tuple(
        one.model_copy(update={
            "scale": text, "pack": text, "informant": text,
            "steps": tuple(step.model_copy(update={"reason": text, "flags": (text,)}) for step in one.steps),
        }) for one in progress.trajectories
    )  # fmt: skip
    progress = progress.model_copy(update={"trajectories": trajectories, "refused": (text,)})
    labels = {"unused": text}
    return profile.to_html(plan, progress, labels=labels), profile.to_markdown(plan, progress, labels=labels)


PLAIN = "harmless"


@pytest.fixture(scope="module")
def harmless() -> Page:
    return Page(pages(PLAIN)[0])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_element_and_no_attribute_comes_from_a_text(text: str, harmless: Page) -> None:
    page = Page(pages(text)[0])
    assert page.shape == harmless.shape
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in harmless.elements}
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not page.elements_of("script")
    assert all(not attributes for attributes in page.elements_of("bdi"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_turns_or_controls_the_page(text: str) -> None:
    for written in pages(text):
        written.encode("utf-8")
        assert len(written) < 120_000
        left = {char for char in written if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") and char not in "\n\u200d"}
        assert left <= {OPEN, CLOSE}
        assert written.count(OPEN) == written.count(CLOSE)
    html = pages(text)[0]
    assert OPEN not in html and CLOSE not in html


def test_text_that_runs_from_right_to_left_is_isolated() -> None:
    html, markdown = pages(HOSTILE["hebrew"])
    assert "<bdi>שלום 12</bdi>" in html
    assert f"{OPEN}שלום 12{CLOSE}" in markdown
    assert OPEN not in pages("plain")[1]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_markdown_holds_nothing_that_acts(text: str) -> None:
    """Every character that Markdown or HTML acts upon stands behind a backslash; tables keep their columns; no line is added."""
    markdown, plain = pages(text)[1], pages(PLAIN)[1]
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown)
    assert not re.search(r"[<>`\[\]~$&{}]", bare)
    assert not re.search(r"(?<=[A-Za-z]):(?=//)|www\.|@(?=\S*\.\w)", bare)
    lines, expected = markdown.splitlines(), plain.splitlines()
    assert len(lines) == len(expected)
    for line, other in zip(lines, expected, strict=True):
        assert re.match(r"#* ?|\| ?|- ?", line)[0] == re.match(r"#* ?|\| ?|- ?", other)[0]  # type: ignore[index]
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == len(re.findall(r"(?<!\\)\|", other))


@pytest.mark.parametrize(
    ("text", "clean"),
    [("=1+1", "'=1+1"), ("-5", "-5"), ("+5", "+5"), ("@x", "'@x"), ("\uff1d1", "'\uff1d1"), ("\t=1", "'=1"), ("a\nb", "a b"), ("  a  ", "a"),
     ("a\u202eb", "ab"), ("\u202e=1", "'=1"), ("\ud800", "\ufffd"), ("👩\u200d👧", "👩\u200d👧"), ("", ""), ("\u200b", "")],
)  # fmt: skip
def test_inert(text: str, clean: str) -> None:
    assert inert(text) == clean


def test_short() -> None:
    assert len(inert("A" * 10_000)) == SHORT
    assert inert("A" * 10_000).endswith("…")
    assert len(inert("A" * SHORT)) == SHORT and not inert("A" * SHORT).endswith("…")
    assert len(inert("word " * 9_000, LONG)) <= LONG
    assert inert("Z" + "\u0301" * 500) == "Z" + "\u0301" * 3


def test_isolates_of_the_text_itself_are_taken_out() -> None:
    assert foreign(f"{CLOSE}{CLOSE}x{OPEN}") == f"{OPEN}x{CLOSE}"
    assert foreign("\u200b") == ""
