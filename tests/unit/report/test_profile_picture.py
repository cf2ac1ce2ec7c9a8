"""The profile picture: every domain at its line, each z at its place, nothing cut, nothing run, nothing global touched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import otscore
from otscore.codes import PROFILE_DOMAINS, Domain, Kind
from otscore.profile.models import DomainResult, PackStamp, Profile, ScaleResult
from otscore.report.picture_words import WORDS
from otscore.report.pictures import profile_alt, profile_picture
from otscore.report.profile_lines import profile_lines

FICTIONAL = Path(__file__).parents[2] / "packs" / "fictional"
HOSTILE = "$\\frac{1}{0}$ \u202ex\x00y\n" + "W" * 10_000


def result(domain: str = "fine_motor", z: float | None = -1.2, half: float | None = 0.6, **more: Any) -> ScaleResult:
    known = {"z_low": z - half, "z_high": z + half, "ci_level": 0.9} if z is not None and half is not None else {"ci_level": None}
    score = {"score": 50.0 + 10.0 * z, "metric": "t"} if z is not None else {"score": None, "metric": None}
    base = {"pack": "made@1", "scale": "s", "domain": domain, "kind": Kind.NORMED, "informant": "", "n_items": 9, "n_answered": 9, "raw": 5.0}
    none = dict.fromkeys(("ability", "sem", "percentile", "ci_low", "ci_high", "band"))
    return ScaleResult(**(base | none | score | known | {"z": z, "status": "ok", "reason": "scored", "flags": ()} | more))


def domain(*results: ScaleResult) -> DomainResult:
    head = next((one for one in results if one.status == "ok"), None)
    return DomainResult(domain=results[0].domain, evidence=head.kind.value if head else "not_scored", headline=head, scales=results)


def profile(*domains: DomainResult, status: str = "verified", name: str | None = "c1", corrected: float | None = None) -> Profile:
    named = {one.domain for one in domains}
    rest = [DomainResult(domain=one, evidence="not_assessed", headline=None, scales=()) for one in PROFILE_DOMAINS if one not in named]
    options = dict.fromkeys(("estimator", "relevance", "prior_without_age"))
    stamp = PackStamp(
        pack="made@1", pack_version="1.0.0", digest="0", kind=Kind.NORMED, status=status, norm_group="g", age_basis="pack", rounding="pack",
        ci_level=0.9, historic_scale=False, logit=False, notices=(), **options,
    )  # fmt: skip
    basis: Any = "chronological" if corrected is None else "corrected"
    return Profile(
        library_version="0", id=name, age_days=730.5, corrected_age_days=corrected, age_basis=basis, domains=(*domains, *rest), packs=(stamp,)
    )  # fmt: skip


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts] + [ax.get_title(loc="left")]


def markers(ax: Axes) -> list[tuple[str, float, float]]:
    """Sign and place of every single marker."""
    return [
        (str(line.get_marker()), float(line.get_xdata()[0]), float(line.get_ydata()[0]))  # type: ignore[index]
        for line in ax.lines
        if len(line.get_xdata()) == 1 and line.get_marker() not in ("|", "None")  # type: ignore[arg-type]
    ]


def test_a_marker_stands_at_its_z_and_the_bar_ends_at_the_interval() -> None:
    ax = profile_picture(profile(domain(result(z=-1.2, half=0.6))))
    assert ("o", -1.2, 0.0) in markers(ax)
    ends = [tuple(line.get_xdata()) for line in ax.lines if line.get_marker() == "|"]
    assert ends == [pytest.approx((-1.8, -0.6))]


def test_every_domain_is_named_and_the_others_say_why_they_are_empty() -> None:
    absent = result("sensory", None, status="above_age", reason="older than the norms")
    told = texts(profile_picture(profile(domain(result()), domain(absent))))
    assert {"Fine motor", "Gross motor", "Sensory", "Self-care", "Social", "Cognitive"} <= set(told)
    assert told.count("not assessed") == 4
    assert "not scored: older than the norms" in told


@pytest.mark.parametrize(("kind", "sign"), [(Kind.NORMED, "o"), (Kind.BANDED, "s"), (Kind.CRITERION, "D")])
def test_evidence_is_told_by_the_shape_of_the_marker(kind: Kind, sign: str) -> None:
    assert (sign, 0.5, 0.0) in markers(profile_picture(profile(domain(result(z=0.5, kind=kind)))))


def test_a_class_without_z_is_not_put_on_the_axis() -> None:
    ax = profile_picture(profile(domain(result(z=None, kind=Kind.BANDED, band="at_risk"))))
    assert "at risk (no z)" in texts(ax)
    assert [x for sign, x, y in markers(ax) if sign == "s" and y == 0.0] == [pytest.approx(-4.3)]  # in the gutter, left of -4
    assert not any(sign == "s" and -4.0 <= x <= 4.0 and y < 5.5 for sign, x, y in markers(ax))


def test_a_score_beyond_the_picture_stands_at_its_edge_with_its_value() -> None:
    ax = profile_picture(profile(domain(result(z=-5.25)), domain(result("social", z=6.0))))
    assert {("<", -4.0, 0.0), (">", 4.0, 1.0)} <= set(markers(ax))
    assert "z −5.25 (−5.85 to −4.65)" in texts(ax)


@pytest.mark.parametrize(
    ("flag", "z", "more", "side"),
    [
        ("score_or_less", -2.5, {}, -1), ("score_or_more", 2.5, {}, 1),
        ("score_or_more", -2.5, {"score": 75.0}, -1), ("score_or_less", 2.5, {"score": 25.0}, 1),  # a low T is favourable: the end is turned
        ("score_or_less", -2.5, {"metric": "percentile", "score": 0.6, "percentile": 0.6}, -1),
        ("score_or_more", -2.5, {"metric": "percentile", "score": 99.4, "percentile": 99.4}, -1), ("at_floor", -2.5, {}, 0),
    ],
)  # fmt: skip
def test_an_arrow_points_to_where_z_may_really_lie(flag: str, z: float, more: dict[str, Any], side: int) -> None:
    child = profile(domain(result(z=z, flags=(flag,), **more)))
    assert profile_lines(child)[0].open_side == side
    arrows = [text.xy[0] for text in profile_picture(child).texts if hasattr(text, "xy")]
    assert arrows == ([pytest.approx(z + side * (0.6 + 0.8))] if side else [])


def test_the_level_of_the_bars_is_told() -> None:
    assert "bars: 90 % interval" in texts(profile_picture(profile(domain(result()))))
    both = texts(profile_picture(profile(domain(result()), domain(result("social", ci_level=0.95)))))
    assert "z −1.20 (−1.80 to −0.60); 90 %" in both and "z −1.20 (−1.80 to −0.60); 95 %" in both
    assert any("no bar: no interval is published" in text for text in texts(profile_picture(profile(domain(result(half=None))))))


def test_further_results_are_counted_or_drawn() -> None:
    child = profile(domain(result(z=-1.0), result(z=0.5, scale="t"), result(z=1.5, scale="u")))
    assert "further results, in the table: 2" in texts(profile_picture(child))
    ax = profile_picture(child, lines="results")
    assert {("o", -1.0, 0.0), ("o", 0.5, 1.0), ("o", 1.5, 2.0)} <= set(markers(ax))
    assert not any("further" in text for text in texts(ax))


@pytest.mark.parametrize("n", [0, 1, 12, 15])
def test_any_number_of_domains_fits(n: int) -> None:
    figure = profile_picture(profile(*(domain(result(one.value)) for one in list(Domain)[:n])), lines="results").get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    assert figure.get_size_inches()[1] < 10.0


def test_nothing_of_a_hostile_text_is_run_or_cut() -> None:
    child = profile(domain(result(scale=HOSTILE, pack=HOSTILE, informant=HOSTILE)), domain(result("social", None, band=HOSTILE)), name=HOSTILE)
    ax = profile_picture(child, words=WORDS | {"sensory": HOSTILE, "normed": HOSTILE, "axis": HOSTILE})
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    for text in [*ax.texts, ax._left_title]:  # type: ignore[attr-defined]
        assert not text.get_parse_math() and not text.get_usetex()
        assert text.get_text().isprintable() and len(text.get_text()) < 400
        box = text.get_window_extent()
        assert box.x0 >= -1 and box.x1 <= figure.bbox.width + 1, text.get_text()
    assert any(text.get_text().startswith("$\\frac{1}{0}$ x y") for text in ax.texts)


def test_alt_text_says_what_the_picture_shows() -> None:
    absent = result("sensory", None, status="above_age", reason="older than the norms")
    child = profile(domain(result()), domain(absent), domain(result("social", None, kind=Kind.BANDED, band="at_risk")), corrected=700.0)
    told = profile_alt(child)
    assert told.startswith("Profile, age 24.0 months (23.0 months corrected; norms read at corrected age).")
    assert "Fine motor: z −1.20 (−1.80 to −0.60), 90 % interval (normed score, T 38 · made@1 s)." in told
    assert "Sensory: not scored: older than the norms." in told
    assert "Social: at risk (no z) (class, made@1 s)." in told
    assert "Cognitive: not assessed." in told
    assert "c1" not in told
    hostile = profile_alt(profile(domain(result(scale=HOSTILE))))
    assert hostile.isprintable() and len(hostile) < 1500


def test_synthetic_norms_are_stamped_on_the_picture_and_in_its_words() -> None:
    stamp = "SYNTHETIC, NOT FOR CLINICAL USE"
    for made in (profile(domain(result()), status="synthetic"), profile(status="synthetic")):
        assert stamp in texts(profile_picture(made, words=dict.fromkeys(WORDS, "x"))) and stamp in profile_alt(made)
    assert stamp not in texts(profile_picture(profile(domain(result())))) and stamp not in profile_alt(profile(domain(result())))


def test_a_word_that_a_language_lacks_is_visible() -> None:
    told = texts(profile_picture(profile(domain(result())), words={"fine_motor": "Feinmotorik"}))
    assert "Feinmotorik" in told and "[social]" in told


def test_axes_that_are_given_are_drawn_on_and_nothing_global_changes() -> None:
    before, figure = dict(matplotlib.rcParams), Figure(figsize=(12, 5))
    ax = figure.add_subplot(1, 2, 1)
    child = profile(domain(result()))
    assert profile_picture(child, ax=ax) is ax
    assert child.plot(ax=figure.add_subplot(1, 2, 2)).get_figure() is figure
    assert child.plot().get_figure() is not figure
    assert dict(matplotlib.rcParams) == before
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []


def test_a_fictional_pack_from_answers_to_picture() -> None:
    scorer = otscore.Scorer.load(path=FICTIONAL / "tiddrel/1", scales="all")
    child = scorer.score({"id": "a", "age_months": 8, "responses": {"g1": 1, "g2": 1, "g3": 1, "g4": 1, "g5": 1, "g6": 0}}, errors="flag")
    assert "SYNTHETIC, NOT FOR CLINICAL USE" in texts(child.plot())


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(otscore.UsageError, match=r"pip install otscore\[plot\]"):
        profile(domain(result())).plot()
