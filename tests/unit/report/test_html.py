"""The HTML report: the numbers of the long table, every domain, notice and status, readable by everybody, without anything from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from report_examples import (
    FINE,
    GROSS,
    SIX,
    domain_result,
    make_plan,
    make_profile,
    make_progress,
    not_there,
    scale_result,
    several,
    stamp,
)
from report_pages import Page

import otscore
from otscore.codes import Domain, Kind
from otscore.data import example_children
from otscore.errors import UsageError
from otscore.report.svg import BANDS
from otscore.report.words import texts_of

FICTIONAL = Path(__file__).resolve().parents[2] / "packs/fictional"


@pytest.fixture(scope="module")
def scores() -> otscore.profile.scores.Scores:
    battery = otscore.Battery.load(["gsed@2406", "hrtl@2022", "cfm@2-4", "cfm@5-17", "ecdi@2030", "nhanes-grip@2014"])
    return battery.score_frame(pd.read_csv(example_children()))


def number(text: str, decimal: str = ".") -> float | None:
    """The first number of a cell, as a person reads it."""
    found = re.search(r"−?\d+(?:[.,]\d+)?", text)
    return float(found[0].replace("−", "-").replace(decimal, ".")) if found else None


def printed(row: pd.Series, name: str) -> object:
    """The figure of the long table; a z score is printed with two decimals."""
    return pytest.approx(row[name], abs=0.005 + 1e-9) if row["metric"] == "z" else pytest.approx(row[name], rel=1e-5)


@pytest.mark.parametrize(("language", "decimal"), [("en", "."), ("de", ",")])
def test_the_numbers_are_those_of_the_long_table(scores, language: str, decimal: str) -> None:
    frame = scores.to_frame()
    compared = 0
    for place in range(len(scores)):
        profile = scores.profile(place)
        rows = Page(profile.to_html(language=language)).tables["results"][0][1:]
        mine = frame[frame["id"] == profile.id].set_index(["pack", "scale"])
        for cells in rows:
            scale, result, interval, percentile, z, *_ = cells[-8:] if len(cells) == 9 else cells
            if "(" not in scale:
                continue  # a domain that was not assessed
            name, pack = re.fullmatch(r"(\S+) \((\S+)\)", scale).groups()
            row = mine.loc[(pack, name)]
            if row["status"] != "ok":
                assert (interval, percentile, z) == ("", "", "")
                continue
            assert (z == "") == pd.isna(row["z"])
            if z:
                assert number(z, decimal) == pytest.approx(row["z"], abs=0.005 + 1e-9)
                assert number(percentile, decimal) == pytest.approx(row["percentile"], abs=0.5 + 1e-9)
            if pd.notna(row["score"]):
                assert number(result, decimal) == printed(row, "score")
            if interval:
                low, high = interval.split(" to " if language == "en" else " bis ")
                assert (number(low, decimal), number(high, decimal)) == (printed(row, "ci_low"), printed(row, "ci_high"))
                assert f"({row['ci_level'] * 100:g} %)" in interval
            else:
                assert pd.isna(row["ci_low"])
            compared += 1
    shown = frame[(frame["status"] != "no_items") & ((frame["status"] != "not_at_age") | (frame["n_answered"] > 0))]
    assert compared == (shown["status"] == "ok").sum() > 60


def test_a_real_pack_of_invented_norms_is_stamped() -> None:
    scorer = otscore.Scorer.load(path=FICTIONAL / "pallick/1")
    html = scorer.score({"age_months": 60, "responses": {}}, errors="flag").to_html()
    assert "SYNTHETIC, NOT FOR CLINICAL USE" in html


def test_six_domains_and_further_ones_are_shown() -> None:
    page = Page(make_profile(domain_result(Domain.PLAY, scale_result(Domain.PLAY))).to_html())
    for section in ("glance", "results"):
        shown = [row[0] for row in page.tables[section][0][1:]]
        assert shown == [texts_of("en")[f"domain.{domain}"] for domain in (*SIX, "play")]
    assert [row[1] for row in page.tables["glance"][0][1:]] == ["not assessed"] * 6 + ["pegs: standard score 85"]


def test_why_there_is_no_result() -> None:
    page = Page(make_profile(domain_result(FINE, not_there(FINE))).to_html())
    fine = page.tables["glance"][0][1]
    assert fine[1:] == ["no result", "Answers were given, but there is no result: the child is younger than the children of the norms."]
    assert page.tables["results"][0][1][-1] == "the child is younger than the children of the norms"


@pytest.mark.parametrize(
    ("percentile", "words"),
    [(15.8655, "Percentile 16: of 100 children of this age 16 score this low or lower."),
     (1.2, "Percentile 1: of 100 children of this age 1 scores this low or lower."),
     (0.2, "Percentile 0.2: of 100 children of this age fewer than 1 scores this low or lower."),
     (0.01, "Percentile <0.1: of 100 children of this age fewer than 1 scores this low or lower."),
     (50.5, "Percentile 51: of 100 children of this age 51 score this low or lower."),
     (99.97, "Percentile >99.9: of 100 children of this age fewer than 1 scores higher.")],
)  # fmt: skip
def test_a_percentile_in_plain_words(percentile: float, words: str) -> None:
    z = -1.0 if percentile < 50 else 1.0
    page = Page(make_profile(domain_result(FINE, scale_result(z=z, percentile=percentile))).to_html())
    assert page.tables["glance"][0][1][2] == words


def test_a_scale_of_problems_says_that_it_is_one() -> None:
    page = Page(several().to_html())
    social = next(row for row in page.tables["glance"][0] if row[0] == "Social")
    assert social[2].endswith("On this scale a higher score means more difficulty.")
    assert not any("more difficulty" in row[2] for row in page.tables["glance"][0] if row[0] != "Social")


def test_classes_and_flags_have_no_percentile() -> None:
    result = scale_result(kind=Kind.BANDED, band="on_track", score=None, metric=None, z=None, percentile=None, ci_low=None, ci_high=None, z_low=None, z_high=None)
    row = Page(make_profile(domain_result(FINE, result)).to_html()).tables["results"][0][1]
    assert row[2:6] == ["class: on track", "", "", ""]


def test_every_notice_version_and_digest_stands_there(scores) -> None:
    for row in (0, 4, 9):
        profile = scores.profile(row)
        text = " ".join(Page(profile.to_html()).text.split())
        used = {result.pack for domain in profile.domains for result in domain.scales}
        assert used
        for pack in profile.packs:
            assert f"{pack.pack} {pack.pack_version}" in text or f"{pack.pack}, version {pack.pack_version}" in text
            assert pack.pack not in used or (pack.digest in text and pack.norm_group in text)
            assert pack.pack not in used or [notice for notice in pack.notices if notice not in text] == []


@pytest.mark.parametrize(("status", "words"), [("single_source", "from a single source"), ("derived", "derived from public data"),
                                                ("verified", "two independent sources")])
def test_how_sure_the_figures_are(status: str, words: str) -> None:
    html = make_profile(domain_result(FINE, scale_result()), packs=(stamp(status=status),)).to_html()
    assert words in html
    assert "SYNTHETIC" not in html


def test_one_invented_pack_is_enough_for_the_banner() -> None:
    profile = make_profile(domain_result(FINE, scale_result(pack="real@1")), packs=(stamp(pack="real@1", status="verified"), stamp()))
    page = Page(profile.to_html())
    assert page.text.count("SYNTHETIC, NOT FOR CLINICAL USE") == 2  # above the report and in the picture
    body = page.text[page.text.index("Profile of") + 10 :]  # after the title of the window
    assert body.index("SYNTHETIC") < body.index("Profile of")
    assert "SYNTHETIC, NOT FOR CLINICAL USE" in profile.to_markdown()
    assert 'content: "SYNTHETIC, NOT FOR CLINICAL USE"' in page.html  # at the foot of every printed page
    assert "SYNTHETISCH" in profile.to_html(language="de")


def test_research_use_is_told() -> None:
    html = make_profile(domain_result(FINE, scale_result(flags=("research_use",)))).to_html()
    assert texts_of("en")["research.note"].replace("{domains}", "Fine motor") in html
    assert "for research only" in html


def test_corrected_age_is_told() -> None:
    text = Page(make_profile(age_days=300.0, corrected_age_days=230.0, age_basis="corrected").to_html()).text
    assert "Age: about 9 months (300 days). Age corrected for prematurity (counted from the expected date of birth): about 7 months (230 days)." in text
    assert "Compared with children of the corrected age." in text


def test_the_plan_is_there_with_all_its_parts() -> None:
    profile = several()
    plan = make_plan(profile)
    page = Page(profile.to_html(plan))
    needs = page.tables["needs"][0]
    assert needs[1] == ["Fine motor", "pegs (hobbin@1)", "−1.62", "−2.10 to −1.14 (90 %)", "low", "low"]
    assert needs[2][-2:] == ["neither", "not known: no interval"]
    assert page.tables["ipsative"][0][1] == ["Fine motor", "−1.50", "−1.25", "<0.001", "yes", "4.2 % of children"]
    told = [row for table in page.tables["plan"] for row in table]
    assert ["Fine motor", "5.4", "9.2", "5.0", "7.5", "6.1"] in told
    assert ["Fine motor", "pegs (hobbin@1)", "pegs with the right hand (dx3_r): 46 %"] in told
    assert ["puts on a coat alone", "Self-care", "2", "−1", "+1"] in told
    assert ["getting dressed", "Self-care", "9", "3", "2"] in told
    assert ["pegs (hobbin@1)", "Fine motor", "growth score", "512 (SE 4.5)", "10.5", "84 days"] in told
    delay = "Gross motor 28 percent of the age"
    assert ["1.5 SD below the mean in one domain", "1", f"1 (yes): Fine motor z score −1.60, {delay}", f"0 (open); not known: {delay}"] in told
    assert "an age equivalent is no interval scale" in page.text
    assert ["Sensory", "not assessed", "quindle@1"] in told
    for words in ("Fine motor is lower than Gross motor.", "not ranked: Gross motor and Sensory.", "without a column: Standing lost",
                  "only one domain has a standard error",
                  "1 of 2 other results", "balance (hobbin@1): no standard error is published for this scale", "Distance below average 2, Family 1", "in 13 to 26 weeks",
                  "The two ratings are not compared",
                  "Reached now: 58.3. Change: +20.7."):  # fmt: skip
        assert words in page.text, words
    assert "needs" not in Page(profile.to_html()).tables


def test_next_items_of_a_total_stand_where_the_domain_has_no_scale_of_its_own() -> None:
    """The total names items of both domains; fine motor has its own scale in the same pack, gross motor has none."""
    profile = several()
    plan = make_plan(profile)
    item, measured = plan.next_items[0], plan.follow_up[0]
    total = [item.model_copy(update={"scale": "total", "domain": domain, "item": f"t_{domain}", "label": None}) for domain in (FINE, GROSS)]
    whole = measured.model_copy(update={"scale": "total", "domain": Domain.GENERAL})
    text = Page(profile.to_html(plan.model_copy(update={"next_items": (item, *total), "follow_up": (measured, whole)}))).text
    assert "dx3_r" in text and "t_gross_motor" in text and "t_fine_motor" not in text
    other = total[0].model_copy(update={"pack": "other@1"})
    assert "t_fine_motor" in Page(profile.to_html(plan.model_copy(update={"next_items": (item, other)}))).text


def test_a_pack_without_a_result_is_named_and_no_more() -> None:
    profile = make_profile(domain_result(FINE, scale_result()), packs=(stamp(), stamp(pack="idle@2", pack_version="3.1.0", notices=("Of no use here.",))))
    text = Page(profile.to_html()).text
    assert "Also asked for, without a result: idle@2 3.1.0." in " ".join(text.split())
    assert "Of no use here." not in text and "The instrument is invented." in text


def test_no_weight_no_sum() -> None:
    profile = several()
    page = Page(profile.to_html(make_plan(profile, weights={})))
    assert "By the weights" not in page.text
    assert "No weights were given" in page.text


def test_progress_says_what_is_misread_most() -> None:
    profile = several()
    page = Page(profile.to_html(progress=make_progress(profile)))
    assert page.tables["progress"][0][2] == ["visit 2", "about 4 years 1 month (1500 days)", "512 (SE 4.5)", "−1.62", "−2.10 to −1.14", ""]
    assert page.tables["progress"][0][3][-1] == "too few items were answered"
    assert "The child gained skills, and children of the same age gained more." in page.text
    assert "growth score +32; measurable (90 %) from 10.3 on: skills were gained, by more than measurement error." in page.text
    assert "Change is not told, because: one of the occasions has no score." in page.text
    assert "balance (hobbin@1), Fine motor: the scale was given once only" in page.text
    assert "Review 1 to 2, 2 problems: Performance +1.5; satisfaction was not rated twice." in page.text
    assert "at 90 %, two-sided. Computed as change over the root of both squared standard errors" in page.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"direction": "up", "skill": "lost"}, "less skill was shown than before"), ({"direction": "up", "skill": None}, "the score rose"),
     ({"direction": "down", "skill": "gained"}, "skills were gained"),
     ({"direction": "no_reliable_change", "skill": "no_reliable_change"}, "no reliable change of skills")],
)  # fmt: skip
def test_a_higher_score_is_not_always_a_gain(changes: dict[str, object], said: str) -> None:
    profile = several()
    progress = make_progress(profile)
    first = progress.trajectories[0]
    step = first.steps[0].model_copy(update=changes | {"gained_but_fell_behind": None})
    trajectory = first.model_copy(update={"steps": (step,)})
    html = profile.to_html(progress=progress.model_copy(update={"trajectories": (trajectory,)}))
    assert said in html
    assert "gained more" not in html


@pytest.mark.parametrize(("higher_is", "said"), [("more_able", "the standing among children of the same age rose"), ("less_able", "fell: slower gain"),
                                                  ("neither", "the score rose")])
def test_scores_of_standing_show_standing(higher_is: str, said: str) -> None:
    profile = several()
    progress = make_progress(profile)
    step = progress.trajectories[0].steps[0].model_copy(update={"direction": "up", "skill": None, "gained_but_fell_behind": None, "z_direction": None, "z_change": None})
    trajectory = progress.trajectories[0].model_copy(update={"steps": (step,), "measure": "standard_score", "higher_is": higher_is})
    assert said in profile.to_html(progress=progress.model_copy(update={"trajectories": (trajectory,)}))


def test_an_invented_pack_behind_the_progress_is_enough_for_the_banner() -> None:
    profile = make_profile(packs=(stamp(pack="real@1", status="verified"),))
    html = profile.to_html(progress=make_progress(profile, trajectories=()))
    assert "SYNTHETIC" in html and "hobbin@1" in html
    assert "SYNTHETIC" not in profile.to_html()


def test_a_real_plan_and_progress_are_reported(scores) -> None:
    """Every word they use is there, in both languages."""
    for row in (0, 4, 5, 9):
        profile = scores.profile(row)
        for language in ("en", "de"):
            page = Page(profile.to_html(profile.plan(), language=language))
            assert "⟦" not in page.text
            shown = page.tables["needs"][0][1:] if "needs" in page.tables else []
            assert len(shown) == len(profile.plan().needs)
    child = {"id": "c1", "responses": {"gs1moc060": 1, "gs1lgc062": 0, "gs1sec001": 1}}
    scorer = otscore.Scorer.load("gsed@2406", scales="all")
    first, second = (scorer.score(child | {"age_days": days}, errors="flag") for days in (380, 420))
    for language in ("en", "de"):
        page = Page(second.to_html(second.plan(earlier=first), otscore.progress([first, second]), language=language))
        assert "⟦" not in page.text
        assert len(page.tables["progress"][0]) == 3


def test_a_plan_of_another_child_is_refused() -> None:
    with pytest.raises(UsageError, match="another identifier"):
        several().to_html(make_plan(make_profile(id="c2")))


def test_own_labels_are_used() -> None:
    html = several().to_html(labels={"pegs": "Putting pegs", "on_track": "doing well"})
    assert "Putting pegs" in html and "doing well" in html
    assert ">pegs<" not in html


def test_the_same_input_gives_the_same_bytes() -> None:
    profile = several()
    assert profile.to_html(make_plan(profile)) == profile.to_html(make_plan(profile))


def test_nothing_comes_from_outside() -> None:
    profile = several()
    page = Page(profile.to_html(make_plan(profile), make_progress(profile)))
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object", "form", "a", "base"} == set()
    assert not any({"src", "href", "action", "style"} & attributes.keys() for _, attributes in page.elements)
    assert "url(" not in page.html and "@import" not in page.html
    policy = page.elements_of("meta")[1]["content"] or ""
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("language", ["en", "de"])
def test_readable_for_everybody(language: str) -> None:
    profile = several()
    page = Page(profile.to_html(make_plan(profile), make_progress(profile), language=language))
    assert page.elements[0] == ("html", {"lang": language, "dir": "ltr"})
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(one.get("scope") in ("col", "row", "rowgroup") for one in page.elements_of("th"))
    assert len(page.elements_of("caption")) == len(page.elements_of("table")) > 8
    svg = page.elements_of("svg")[0]
    assert svg["role"] == "img" and svg["aria-labelledby"] == "picture-title picture-desc"
    assert len(page.elements_of("title")) == 2 and len(page.elements_of("desc")) == 1
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "⟦" not in page.text


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance of a colour written #rrggbb."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    html = several().to_html()
    style = html[html.index("<style>") : html.index("</style>")]
    inks = set(re.findall(r"[ {]color: (#[0-9a-f]{6})", style)) | set(re.findall(r'<text [^>]*fill="(#[0-9a-f]{6})"', html))
    papers = set(re.findall(r"background: (#[0-9a-f]{6})", style))
    assert len(inks) >= 4 and len(papers) >= 4
    assert {(ink, paper): round(contrast(ink, paper), 2) for ink in inks for paper in papers if contrast(ink, paper) < 4.5} == {}
    assert "color: rgb" not in style and "opacity" not in style
    fills = [fill for *_, fill, _ in BANDS]
    assert all(contrast("#1a1a1a", fill) > 4.5 for fill in fills)


def marks(html: str, place: int) -> list[str]:
    """The shapes of one row of the picture, below its name."""
    names = re.split(r'text-anchor="end" font-size="11"', html)
    return re.findall(r"<(circle|path|rect)", names[place + 1].split("percentile</text>")[0])


def test_the_picture_tells_by_shape() -> None:
    html = several().to_html()
    assert marks(html, 0) == ["rect", "circle"]  # a score with its interval
    assert marks(html, 1) == ["path"]  # a score without
    assert marks(html, 2) == [] and marks(html, 5) == []
    far = make_profile(domain_result(FINE, scale_result(z=-6.0, z_low=-6.5, z_high=-5.5)))
    assert marks(far.to_html(), 0) == ["rect", "path"]


def test_the_picture_is_in_its_place() -> None:
    """-4 SD at the left end, +4 at the right one, and a straight line between."""
    html = make_profile(domain_result(FINE, scale_result(z=-1.0, z_low=-2.0, z_high=1.0)), domain_result(GROSS)).to_html()
    left, right = 168, 564
    sd = (right - left) / 8
    assert f'<circle cx="{left + 3 * sd:.1f}"' in html
    assert f'<rect x="{left + 2 * sd:.1f}" y="{40 + 23 / 2 - 4}" width="{3 * sd:.1f}"' in html


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("row", [4, 9])
def test_a_profile_with_its_plan_prints_on_two_pages(tmp_path: Path, row: int, language: str, scores) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no browser here to print with")
    page, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    profile = scores.profile(row)
    page.write_text(profile.to_html(profile.plan(rules=()), language=language), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/browser", "--no-pdf-header-footer", f"--print-to-pdf={printed}"]
    subprocess.run([*command, page.as_uri()], capture_output=True, timeout=120, check=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) <= 2


def test_jinja_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from otscore.report import html

    html.template.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError, match=r"pip install otscore\[report\]"):
        several().to_html()
    assert several().to_markdown().startswith("**SYNTHETIC")
    monkeypatch.undo()
    assert several().to_html()
