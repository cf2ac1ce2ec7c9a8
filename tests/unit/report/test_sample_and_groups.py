"""Samples against the norm group, and group tables, with the figures worked out again by plain formulas."""

from __future__ import annotations

from math import isnan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import stats

import otscore
from otscore.kernel.proportion import mean_interval, wilson_interval
from otscore.report.group import GROUP_COLUMNS
from otscore.report.group_page import group_html
from otscore.report.pictures import sample_picture

FICTIONAL = Path(__file__).parents[2] / "packs" / "fictional"
STAMP = "SYNTHETIC, NOT FOR CLINICAL USE"


def test_wilson_by_hand() -> None:
    """81 of 263 at 95 %: Newcombe 1998, Statistics in Medicine 17, 857-872, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E."""
    low, high = wilson_interval([81, 15, 0, 1], [263, 148, 20, 29], 0.95)
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]
    assert np.isnan(wilson_interval(0, 0, 0.95)).all()


def test_the_interval_of_a_mean_is_that_of_student() -> None:
    values = np.array([1.0, 4.0, 2.0, 8.0])
    expected = stats.t.interval(0.9, 3, loc=values.mean(), scale=values.std(ddof=1) / 2.0)
    assert mean_interval(values.mean(), values.std(ddof=1), 4, 0.9) == pytest.approx(expected, rel=1e-12)
    assert np.isnan(mean_interval(1.0, 1.0, 1, 0.9)).all()


@pytest.fixture(scope="module")
def grip() -> tuple[pd.DataFrame, otscore.Scores]:
    """120 children from 5 to 19 years, some too young, some without an answer."""
    draw = np.random.default_rng(4)
    years = draw.uniform(5, 19, 120)
    table = pd.DataFrame({"id": range(120), "age_days": years * 365.25, "sex": draw.choice(["male", "female"], 120), "country": draw.choice(["B", "A"], 120)})
    table["dominant_1"] = (2.2 * years * draw.uniform(0.5, 1.4, 120)).round(1)
    table["dominant_2"], table["dominant_3"] = table["dominant_1"], table["dominant_1"]
    table.loc[::9, ["dominant_1", "dominant_2", "dominant_3"]] = np.nan
    return table, otscore.Scorer.load("nhanes-grip@2014").score_frame(table, ignore="unknown")


def test_a_group_table_equals_plain_formulas(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    table, scores = grip
    long = scores.to_frame().merge(table[["id", "country"]], on="id")
    groups = scores.group_frame(by=table["country"], cut=-0.5, level=0.9)
    assert groups["group"].tolist()[:2] == ["A", "B"] and len(groups) == 2 * long["scale"].nunique()
    tail = stats.norm.ppf(0.95)
    for row in groups.to_dict("records"):
        own = long[(long["country"] == row["group"]) & (long["scale"] == row["scale"])]
        scored, z = own[own["status"] == "ok"], own["z"].dropna().to_numpy()
        assert (row["n"], row["n_scored"], row["n_z"]) == (len(own), len(scored), len(z))
        assert row["share_missing"] == pytest.approx(1 - len(scored) / len(own))
        for status in set(own["status"]) - {"ok"}:
            assert row[f"missing_{status}"] == pytest.approx((own["status"] == status).mean())
        if not len(z):
            assert isnan(row["mean_z"]) and isnan(row["share_below"]) and isnan(row["share_below_low"])
            continue
        assert (row["mean_z"], row["sd_z"]) == pytest.approx((z.mean(), z.std(ddof=1)))
        assert (row["mean_score"], row["sd_score"]) == pytest.approx((scored["score"].mean(), scored["score"].std()))
        half = stats.t.ppf(0.95, len(z) - 1) * z.std(ddof=1) / sqrt(len(z))
        assert (row["mean_z_low"], row["mean_z_high"]) == pytest.approx((z.mean() - half, z.mean() + half))
        n, p = len(z), (z < -0.5).mean()
        centre, spread = p + tail**2 / (2 * n), tail * sqrt(p * (1 - p) / n + tail**2 / (4 * n**2))
        ends = (centre - spread) / (1 + tail**2 / n), (centre + spread) / (1 + tail**2 / n)
        assert (row["n_below"], row["share_below"]) == ((z < -0.5).sum(), pytest.approx(p))
        assert (row["share_below_low"], row["share_below_high"]) == pytest.approx(ends)
    assert groups["n_below"].sum() > 0


def test_without_groups_there_is_a_row_for_each_scale(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    groups = grip[1].group_frame()
    assert "group" not in groups and groups["scale"].tolist() == list(grip[1].parts[0].form.result_ids)
    assert set(groups.columns) >= set(GROUP_COLUMNS) - {"group"}
    assert groups.attrs["otscore"][0]["pack"] == "nhanes-grip@2014"


def test_children_without_a_group_are_a_group_at_the_end(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    table, scores = grip
    by = table["country"].astype(object).mask(table.index < 30)
    groups = scores.group_frame(by=by)
    first = groups[groups["scale"] == groups["scale"].iloc[0]]
    assert first["group"].isna().tolist() == [False, False, True]
    assert first["n"].tolist() == [(by == "A").sum(), (by == "B").sum(), 30]


def test_bands_keep_their_order_and_the_empty_one_is_there(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    table, scores = grip
    bands = pd.cut(table["age_days"] / 365.25, [0, 9, 12, 20, 30], labels=["to nine", "to twelve", "to twenty", "above"])
    first = scores.group_frame(by=bands).drop_duplicates("group")
    assert first["group"].tolist() == ["to nine", "to twelve", "to twenty", "above"]
    assert first["n"].tolist()[-1] == 0 and isnan(first["share_missing"].tolist()[-1])


def test_floor_ceiling_and_open_scores_are_counted_from_the_flags() -> None:
    scorer = otscore.Scorer.load(path=FICTIONAL / "tiddrel/1", scales="all")
    answers = [dict.fromkeys(scorer.form.items[:40], 0), dict.fromkeys(scorer.form.items[:40], 1), dict.fromkeys(scorer.form.items[:20], 1)]
    scores = scorer.score_frame(pd.DataFrame([{"age_months": 8.0} | one for one in answers]))
    groups, long = scores.group_frame().set_index("scale"), scores.to_frame()
    flags = long["flags"].astype(object).fillna("")
    for name, words in {"share_floor": "at_floor", "share_ceiling": "at_ceiling", "share_open": "score_or"}.items():
        shares = flags.str.contains(words)[long["status"] == "ok"].groupby(long["scale"].astype(str)).mean()
        assert groups[name].dropna().to_dict() == pytest.approx(shares.to_dict())
    assert (groups["share_floor"] > 0).any()
    assert set(groups["pack_status"]) == {"synthetic"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"by": ["a"]}, "one value for each of the 120 rows"), ({"by": "country"}, "one value for each"), ({"by": 3}, "one value for each"),
        ({"cut": "low"}, "the cut is no number"), ({"cut": float("nan")}, "the cut is no number"), ({"level": 1.0}, "no probability"), ({"level": 95}, "no probability"),
    ],
)  # fmt: skip
def test_what_cannot_be_grouped_is_refused(grip: tuple[pd.DataFrame, otscore.Scores], given: dict[str, Any], words: str) -> None:
    with pytest.raises(otscore.UsageError, match=words):
        grip[1].group_frame(**given)


def test_nobody_is_no_error() -> None:
    empty = pd.DataFrame({"id": [], "age_days": [], "sex": [], "dominant_1": []})
    scores = otscore.Scorer.load("nhanes-grip@2014").score_frame(empty)
    assert (scores.group_frame()["n"] == 0).all()
    ax = sample_picture(scores, "dominant")
    assert "nobody has a z here" in ax.get_xlabel()


def test_html_is_escaped_and_says_what_is_synthetic(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    table, scores = grip
    groups = scores.group_frame(by=table["country"].replace({"A": "<script>alert(1)</script>\x00\u202e", "B": "&"}))
    page = group_html(groups)
    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&amp;" in page and "\u202e" not in page and "\x00" not in page
    assert page.count("<tr>") == 1 + len(groups) and "<td>nan" not in page
    assert STAMP not in page
    assert STAMP in group_html(groups.assign(pack_status="synthetic"))
    assert group_html(groups.assign(n=groups["n"].astype(float)).head(1)).count("<td>") == len(groups.columns)


def bars(ax: Any, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Lower edge and width of the bars of one column."""
    corners = [path.vertices for one in ax.collections for path in one.get_paths()]
    own = [bar for bar in corners if bar[:, 0].min() == place]
    return np.array([bar[:, 1].min() for bar in own]), np.array([np.ptp(bar[:, 0]) for bar in own])


def test_the_sample_picture_shows_the_children_of_each_age(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    scores = grip[1]
    ax = sample_picture(scores, "dominant", by_age=[60, 120, 228])
    long = scores.to_frame().query("scale == 'dominant'")
    months = long["age_days"] / 30.4375
    groups = [long["z"], long["z"][(months >= 60) & (months < 120)], long["z"][(months >= 120) & (months < 228)]]
    labels = [label.get_text().split("\n") for label in ax.get_xticklabels()]
    assert [label[0] for label in labels] == ["all", "60–120 months", "120–228 months"]
    for place, z in enumerate(group.dropna().to_numpy() for group in groups):
        assert labels[place][1:] == [f"n {len(z)}", f"M {z.mean():.2f}".replace("-", "−"), f"SD {z.std(ddof=1):.2f}"]
        lower, width = bars(ax, place)
        expected = np.array([((z >= low) & (z < low + 0.25)).sum() for low in lower])
        assert width / width.sum() == pytest.approx(expected / expected.sum())


def test_the_normal_curve_and_the_bars_are_on_one_scale(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    ax = sample_picture(grip[1], "dominant")
    _, width = bars(ax, 0)
    curve = next(line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_xdata()) > 10)  # type: ignore[arg-type]
    inside = grip[1].arrays.z[:, 0]
    inside = inside[np.isfinite(inside)]
    area = 0.25 * width.sum() / (np.abs(inside) <= 4).mean()
    assert np.trapezoid(np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())) == pytest.approx(area, rel=1e-3)


@pytest.mark.parametrize("edges", [[1], [2, 1], [0, float("nan")], "months", 3, [[0, 1], [1, 2]]])
def test_other_edges_are_refused(grip: tuple[pd.DataFrame, otscore.Scores], edges: Any) -> None:
    with pytest.raises(otscore.UsageError, match="no edges of age bands"):
        grip[1].plot_sample("dominant", by_age=edges)


def test_a_scale_is_found_by_name_and_pack_or_refused(grip: tuple[pd.DataFrame, otscore.Scores]) -> None:
    assert grip[1].plot_sample("nhanes-grip@2014 dominant").get_title(loc="left") == "nhanes-grip@2014 dominant"
    with pytest.raises(otscore.UsageError, match="no pack has a scale of that name"):
        grip[1].plot_sample("left_foot")


def test_the_sample_of_synthetic_norms_is_stamped_and_axes_are_taken() -> None:
    scorer = otscore.Scorer.load(path=FICTIONAL / "tiddrel/1", scales="all")
    scores, figure = scorer.score_frame(pd.DataFrame([{"age_months": 8.0, "g1": 1}])), Figure()
    ax = scores.plot_sample("grasp", ax=figure.add_subplot())
    assert ax.get_figure() is figure and STAMP in [text.get_text() for text in ax.texts]
