"""Pictures of norms: what is drawn are the numbers of the model and of the sample, worked out again by plain formulas."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

import otscore
from otscore import norming
from otscore.norming.fit.conventional import fit_mean_sd
from otscore.norming.fit.diagnostics import worms
from otscore.norming.fit.model import Floats, NormScore
from otscore.norming.fit.samples import Sample, sample

STAMP = "SYNTHETIC, NOT FOR CLINICAL USE"
HOSTILE = "$\\frac{1}{0}$ \u202ex\x00y\n" + "W" * 10_000


@dataclass(frozen=True)
class Straight:
    """Normal scores: mean 10 + slope (age - 5), SD 2 + 0.5 (age - 5)."""

    slope: float = 5.0
    ages: tuple[float, float] = (5.0, 9.0)
    limits: tuple[float, float] = (-3.0, 3.0)
    method: str = "straight"
    n: int = 400
    n_parameters: float = 4.0

    def score(self, raw: Floats, age: Floats) -> NormScore:
        z = (raw - 10 - self.slope * (age - 5)) / (2 + 0.5 * (age - 5))
        low, high = self.limits
        return NormScore(np.clip(z, low, high), np.where(z <= low, -1, np.where(z >= high, 1, 0)).astype(np.int8))

    def value(self, z: Floats, age: Floats) -> Floats:
        raw = 10 + self.slope * (age - 5) + z * (2 + 0.5 * (age - 5))
        return np.where((z < self.limits[0]) | (z > self.limits[1]) | (age < self.ages[0]) | (age > self.ages[1]), np.nan, raw)


@dataclass(frozen=True)
class Drawn:
    """Bands as the bootstrap gives them."""

    ages: Floats
    figure: Floats
    low: Floats
    high: Floats


MODEL = Straight()


def children(n: int = 400, weighted: bool = False, descending: bool = False) -> Sample:
    draw = np.random.default_rng(3)
    age = draw.uniform(5, 9, n)
    raw = 10 + 5 * (age - 5) + draw.normal(size=n) * (2 + 0.5 * (age - 5))
    return sample(raw, age, draw.choice([1.0, 3.0], n) if weighted else None, descending)


CHILDREN = children()
BANDS = Drawn(np.array([5.0, 7.0, 9.0]), np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]), np.full((3, 2), 0.5), np.full((3, 2), 6.5))
PICTURES: dict[str, Callable[..., Axes]] = {
    "percentiles": lambda **more: norming.plot_percentiles(MODEL, CHILDREN, **more),
    "norm curves": lambda **more: norming.plot_norm_curves(MODEL, **more),
    "scores": lambda **more: norming.plot_scores(MODEL, **more),
    "observed": lambda **more: norming.plot_observed(MODEL, CHILDREN, **more),
    "observed z": lambda **more: norming.plot_observed_z(MODEL, CHILDREN, **more),
    "worms": lambda **more: norming.plot_worms(MODEL, CHILDREN, **more),
    "comparison": lambda **more: norming.plot_comparison({"one": MODEL, "two": Straight(slope=4.5)}, **more),
    "bands": lambda **more: norming.plot_bands(BANDS, ["P5", "P95"], **more),  # type: ignore[arg-type]
}


def points(line: Any) -> tuple[Floats, Floats]:
    return np.asarray(line.get_xdata(), dtype=np.float64), np.asarray(line.get_ydata(), dtype=np.float64)


def lines(ax: Axes) -> list[tuple[Floats, Floats]]:
    """The curves: lines without markers."""
    return [points(line) for line in ax.lines if line.get_marker() == "None"]


def marked(ax: Axes, marker: str) -> list[tuple[Floats, Floats]]:
    return [points(line) for line in ax.lines if line.get_marker() == marker]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def render(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    return figure


def test_the_percentile_curves_are_those_of_the_model() -> None:
    ax = norming.plot_percentiles(MODEL, CHILDREN)
    for percent, (age, raw) in zip((5, 10, 25, 50, 75, 90, 95), lines(ax), strict=True):
        assert (age[0], age[-1]) == (5, 9)
        np.testing.assert_allclose(raw, stats.norm.ppf(percent / 100, 10 + 5 * (age - 5), 2 + 0.5 * (age - 5)), rtol=1e-12)
    assert [text for text in texts(ax) if text.startswith("P")] == ["P5", "P10", "P25", "P50", "P75", "P90", "P95"]


def test_each_child_is_a_dot_where_its_scores_are() -> None:
    ((age, raw),) = marked(norming.plot_percentiles(MODEL, CHILDREN), "o")
    assert (sorted(age), sorted(raw)) == (sorted(CHILDREN.age), sorted(CHILDREN.raw))


def test_a_dot_that_is_moved_stays_nearest_to_its_scores() -> None:
    shared = sample(CHILDREN.raw.round(), CHILDREN.age.round())
    ((age, raw),) = marked(norming.plot_percentiles(MODEL, shared), "o")
    assert (age.round() == shared.age).all() and (raw.round() == shared.raw).all()
    assert not (age == shared.age).any()


def test_ages_with_few_children_are_marked() -> None:
    ages = np.repeat([5.0, 6.0, 7.0], [60, 49, 50])
    ax = norming.plot_percentiles(MODEL, sample(np.arange(159.0) / 8, ages))
    assert [text for text in texts(ax) if text.isdigit()] == ["60", "49", "50"]
    (shade,) = ax.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (5.5, 6.5)  # type: ignore[attr-defined]
    assert "n < 50" in ax.get_xlabel()
    assert not norming.plot_percentiles(MODEL, sample(np.arange(100.0), np.repeat([5, 6], 50))).patches


def test_slices_between_edges_take_their_lower_edge_and_the_last_one_both() -> None:
    ax = norming.plot_percentiles(MODEL, sample([1, 2, 3, 4, 5, 6], [5, 5.5, 6, 6.5, 7, 7.5]), edges=[5, 6, 7])
    assert [text for text in texts(ax) if text.isdigit()] == ["2", "3"]


def test_of_a_large_sample_a_part_is_drawn_and_said() -> None:
    ax = norming.plot_percentiles(MODEL, children(6000))
    ((age, _),) = marked(ax, "o")
    assert age.size == 5000 and "5,000 / 6,000" in ax.get_xlabel()


def test_norm_curves_are_at_their_z_and_end_where_the_model_does() -> None:
    ax = norming.plot_norm_curves(MODEL, z=(-1, 0, 4))
    low, middle, beyond = lines(ax)
    np.testing.assert_allclose(low[1], 8 + 4.5 * (low[0] - 5), rtol=1e-12)
    np.testing.assert_allclose(middle[1], 10 + 5 * (middle[0] - 5), rtol=1e-12)
    assert np.isnan(beyond[1]).all()
    assert texts(ax) == ["z \N{MINUS SIGN}1", "z 0"]


def test_scores_are_those_of_the_model_and_limits_are_hollow() -> None:
    ax = norming.plot_scores(MODEL, ages=[5, 7], raw=np.arange(0, 31))
    curves = [line for line in lines(ax) if line[0].size == 31]
    for age, (raw, z) in zip((5, 7), curves, strict=True):
        expected = (raw - 10 - 5 * (age - 5)) / (2 + 0.5 * (age - 5))
        np.testing.assert_allclose(z, np.where(np.abs(expected) < 3, expected, np.nan), rtol=1e-12)
    hollow = marked(ax, "o")[0]
    assert sorted(hollow[0]) == [*range(0, 5), *range(16, 31)]  # at 5 years z is -3 at 4, 3 at 16
    assert set(hollow[1]) == {-3.0, 3.0}


def test_without_ages_and_scores_the_whole_model_is_shown() -> None:
    ax = norming.plot_scores(MODEL)
    legend = ax.get_legend()
    assert legend is not None and [text.get_text() for text in legend.get_texts()] == [f"age {age}" for age in (5, 6, 7, 8, 9)]
    raw = lines(ax)[0][0]
    assert (raw[0], raw[-1], raw[1] - raw[0]) == (5, 40, 1)  # z -2.5 at 5 years, z 2.5 at 9 years


@pytest.mark.parametrize(("weighted", "descending"), [(False, False), (True, False), (True, True)])
def test_observed_percentiles_are_those_of_the_children(weighted: bool, descending: bool) -> None:
    found = children(400, weighted, descending)
    ax = norming.plot_observed(MODEL, found, percentiles=(25, 50, 75), edges=[5, 7, 9])
    for percent, (age, raw) in zip((25, 50, 75), marked(ax, "o"), strict=True):
        for place, mine in enumerate((found.age < 7, found.age >= 7)):
            order = np.argsort(found.raw[mine])
            scores, weight = found.raw[mine][order], found.weight[mine][order]
            rank = (np.cumsum(weight) - weight / 2) / weight.sum()
            share = (100 - percent if descending else percent) / 100
            assert age[place] == pytest.approx(found.age[mine].mean())
            assert raw[place] == pytest.approx(np.interp(share, rank, scores))
            if not weighted:
                assert raw[place] == pytest.approx(np.quantile(found.raw[mine], share, method="hazen"))
    assert ("a lower raw score is the better one" in ax.get_xlabel()) == descending


def test_small_groups_and_percentiles_beyond_the_children_have_no_point() -> None:
    ax = norming.plot_observed(MODEL, sample(np.arange(31.0), np.repeat([5.0, 6.0, 7.0], [9, 10, 12])), percentiles=(4.5, 50))
    low, middle = marked(ax, "o")
    assert middle[0].tolist() == [6, 7] and np.isnan(low[1]).tolist() == [True, False]  # mid-rank of the lowest one: 1/20 and 1/24
    assert low[1][1] == pytest.approx(19 + (0.045 - 1 / 24) * 12)


@pytest.mark.parametrize("descending", [False, True])
def test_observed_z_are_those_of_the_ranks(descending: bool) -> None:
    found = sample(np.round(CHILDREN.raw), np.round(CHILDREN.age), descending=descending)
    ax = norming.plot_observed_z(MODEL, found)
    dots = [marked(ax, "o")[0], marked(ax, "o")[1]]
    told = MODEL.score(found.raw, found.age)
    expected = np.empty(found.n)
    for age in np.unique(found.age):
        mine = found.age == age
        ranks = stats.rankdata(-found.raw[mine] if descending else found.raw[mine])
        expected[mine] = stats.norm.ppf((ranks - 0.5) / mine.sum())
    for (x, y), chosen in zip(dots, (told.off_scale == 0, told.off_scale != 0), strict=True):
        np.testing.assert_allclose(x, expected[chosen], atol=1e-12)
        np.testing.assert_allclose(y, told.z[chosen])


def test_a_worm_is_how_far_each_z_lies_from_that_of_its_rank() -> None:
    ax = norming.plot_worms(MODEL, CHILDREN, edges=[5, 7, 9])
    assert len(ax.child_axes) == 2
    for panel, mine in zip(ax.child_axes, (CHILDREN.age < 7, CHILDREN.age >= 7), strict=True):
        z = MODEL.score(CHILDREN.raw[mine], CHILDREN.age[mine]).z
        n = z.size
        expected = stats.norm.ppf((np.arange(1, n + 1) - 0.5) / n)
        inner = np.abs(np.sort(z)) < 3
        x = np.concatenate([*(line[0] for line in marked(panel, "o")), *(line[0] for line in marked(panel, "D"))])
        y = np.concatenate([*(line[1] for line in marked(panel, "o")), *(line[1] for line in marked(panel, "D"))])
        order = np.argsort(x)
        np.testing.assert_allclose(x[order], expected[inner], atol=1e-12)
        np.testing.assert_allclose(y[order], (np.sort(z) - expected)[inner], atol=1e-12)
        assert panel.get_title(loc="left").endswith(f"n {n}")


@pytest.mark.parametrize("weighted", [False, True])
def test_a_worm_is_the_one_that_the_diagnostics_tell(weighted: bool) -> None:
    found, wide = children(400, weighted), Straight(limits=(-9.0, 9.0))
    (told,) = worms(wide, found, [5, 9])
    (panel,) = norming.plot_worms(wide, found, edges=[5, 9]).child_axes
    x = np.concatenate([line[0] for mark in "oD" for line in marked(panel, mark)])
    y = np.concatenate([line[1] for mark in "oD" for line in marked(panel, mark)])
    np.testing.assert_allclose(np.sort(x), told.expected, atol=1e-12)
    np.testing.assert_allclose(y[np.argsort(x)], told.deviation, atol=1e-12)
    ((age, cubic),) = [line for line in lines(panel) if line[0].size == 61]
    np.testing.assert_allclose(cubic, np.polynomial.polynomial.polyval(age, told.coefficients), atol=1e-10)


def test_the_band_of_a_worm_and_what_lies_outside() -> None:
    """van Buuren & Fredriks 2001: 1.96 sqrt(p (1 - p) / n) / density; the middle of 400 z: 1.96 * 0.5 / 20 / 0.39894 = 0.1228."""
    shifted = sample(CHILDREN.raw + 0.6 * (2 + 0.5 * (CHILDREN.age - 5)), CHILDREN.age)
    (panel,) = norming.plot_worms(MODEL, shifted, edges=[5, 9]).child_axes
    band = [line for line in lines(panel) if line[0].size == 133]
    assert sorted(line[1][66] for line in band) == pytest.approx([-0.1228, 0.0, 0.1228], abs=2e-4)
    outside, inside = marked(panel, "D")[0], marked(panel, "o")[0]
    for (x, y), beyond in ((outside, True), (inside, False)):
        half = 1.959964 * np.sqrt(stats.norm.cdf(x) * stats.norm.sf(x) / 400) / stats.norm.pdf(x)
        assert ((np.abs(y) > half * (1 - 1e-6)) if beyond else (np.abs(y) < half * (1 + 1e-6))).all()
    assert outside[0].size > 300


def test_children_of_one_score_share_a_point_and_those_off_the_scale_have_none() -> None:
    found = sample([4, 10, 10, 10, 12, 99], np.full(6, 5.0))
    ax = norming.plot_worms(MODEL, found, edges=[5, 6])
    (panel,) = ax.child_axes
    x, _ = marked(panel, "o")[0]
    y = marked(panel, "D")[0][0]
    assert sorted([*x, *y]) == pytest.approx(stats.norm.ppf([2.5 / 6, 4.5 / 6]).tolist())
    assert "children off the scale are not drawn" in "".join(texts(ax))


def test_a_worm_of_heavy_weights_has_a_wider_band() -> None:
    found = children(400, weighted=True)
    (panel,) = norming.plot_worms(MODEL, found, edges=[5, 9]).child_axes
    half = max(line[1][66] for line in lines(panel) if line[0].size == 133)
    assert half == pytest.approx(1.959964 * 0.5 / np.sqrt(found.effective_n) / stats.norm.pdf(0), rel=1e-3)
    assert half > 0.1228 * 1.1


def test_a_comparison_shows_both_models_and_their_difference_in_T() -> None:
    other = Straight(slope=4.5, ages=(6.0, 10.0))
    ax = norming.plot_comparison({"one": MODEL, "two": other})
    above, below = ax.child_axes
    ages = lines(above)[0][0]
    assert (ages[0], ages[-1]) == (6, 9)
    for model, curves in ((MODEL, lines(above)[:3]), (other, lines(above)[3:])):
        for percent, (age, raw) in zip((5, 50, 95), curves, strict=True):
            np.testing.assert_allclose(raw, 10 + model.slope * (age - 5) + stats.norm.ppf(percent / 100) * (2 + 0.5 * (age - 5)), rtol=1e-12)
    for age, difference in lines(below)[:3]:
        np.testing.assert_allclose(difference, 10 * 0.5 * (age - 5) / (2 + 0.5 * (age - 5)), rtol=1e-9)  # same SD: for all z alike
    legend = above.get_legend()
    assert legend is not None and [text.get_text() for text in legend.get_texts()] == ["one", "two"]


def test_no_difference_is_drawn_beyond_the_scale_of_the_other_model() -> None:
    narrow = Straight(limits=(-1.0, 1.0))
    low, middle, high = lines(norming.plot_comparison({"one": MODEL, "two": narrow}).child_axes[1])[:3]
    assert np.isnan(low[1]).all() and np.isnan(high[1]).all() and middle[1] == pytest.approx(0.0)


@dataclass(frozen=True)
class Counted(Straight):
    """As `Straight`, of whole scores only."""

    def score(self, raw: Floats, age: Floats) -> NormScore:
        told = super().score(raw, age)
        whole = raw == np.floor(raw)
        return NormScore(np.where(whole, told.z, np.nan), np.where(whole, told.off_scale, 0).astype(np.int8))


def test_a_model_of_counts_is_compared_between_its_scores() -> None:
    for age, difference in lines(norming.plot_comparison({"one": MODEL, "two": Counted(slope=4.5)}).child_axes[1])[:3]:
        np.testing.assert_allclose(difference, 10 * 0.5 * (age - 5) / (2 + 0.5 * (age - 5)), atol=1e-9)
    narrow = Counted(limits=(-1.0, 1.0))
    low, middle, high = lines(norming.plot_comparison({"one": MODEL, "two": narrow}).child_axes[1])[:3]
    assert np.isnan(low[1]).all() and np.isnan(high[1]).all() and middle[1] == pytest.approx(0.0)


def test_the_scores_of_a_short_test_are_whole() -> None:
    short = Counted(slope=0.5, ages=(5.0, 5.5))
    raw = lines(norming.plot_scores(short))[0][0]
    assert raw.tolist() == [*range(4, 17)]  # at 5.5 years: 10.25 - 5.625 to 10.25 + 5.625
    few = lines(norming.plot_scores(Counted(slope=0.0, ages=(5.0, 5.0), limits=(-2.0, 2.0))))[0][0]
    assert few.tolist() == [*range(6, 15)]  # 10 - 4 to 10 + 4
    fine = lines(norming.plot_scores(Straight(slope=0.0, ages=(5.0, 5.0), limits=(-2.0, 2.0))))[0][0]
    assert fine.size == 101


def test_norms_by_year_end_before_their_last_birthday_and_keep_their_names() -> None:
    by_year = fit_mean_sd(CHILDREN, [5, 6, 7, 8, 9])
    for ax in (norming.plot_percentiles(by_year, percentiles=(5, 95)), norming.plot_observed(by_year, CHILDREN, percentiles=(5, 95))):
        assert texts(ax) == ["P5", "P95"]
    assert texts(norming.plot_comparison({"one": by_year, "two": MODEL}).child_axes[0]) == ["P5", "P50", "P95"]
    legend = norming.plot_scores(by_year).get_legend()
    assert legend is not None and [text.get_text() for text in legend.get_texts()] == ["age 5", "age 6", "age 7", "age 8"]
    for age, raw in lines(norming.plot_norm_curves(by_year, z=(0,))):
        for year in (5, 6, 7, 8):
            mine = (CHILDREN.age >= year) & (CHILDREN.age < year + 1)
            assert set(raw[(age >= year) & (age < year + 1)].round(9)) == {CHILDREN.raw[mine].mean().round(9)}


def test_bands_are_as_they_are_given() -> None:
    ax = norming.plot_bands(BANDS, ["P5", "P95"], level=0.9)  # type: ignore[arg-type]
    found = [line for line in lines(ax) if (line[0] == BANDS.ages).all()]
    assert [line[1].tolist() for line in found] == [[0.5] * 3, [6.5] * 3, [1, 2, 3], [0.5] * 3, [6.5] * 3, [4, 5, 6]]
    assert "90 %" in ax.get_xlabel() and texts(ax) == ["P5", "P95"]


def test_names_of_curves_that_meet_do_not_lie_on_one_another() -> None:
    meeting = Straight(slope=0.0, ages=(5.0, 5.0 + 1e-9))
    ax = norming.plot_percentiles(meeting, percentiles=(49, 50, 51))
    render(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 3
    assert all(low.y1 <= high.y0 + 1 for low, high in zip(boxes, boxes[1:], strict=False))


@pytest.mark.parametrize("name", PICTURES)
def test_a_title_is_drawn_as_it_stands_and_fits(name: str) -> None:
    ax = PICTURES[name](title=HOSTILE)
    figure = render(ax)
    title = ax._left_title  # type: ignore[attr-defined]
    assert title.get_text().startswith("$\\frac{1}{0}$ x y WW") and title.get_text().isprintable() and not title.get_parse_math()
    assert title.get_window_extent().x1 <= figure.bbox.width


def test_hostile_names_of_models_and_curves_are_inert() -> None:
    ax = norming.plot_comparison({HOSTILE: MODEL, "_hidden": Straight(slope=4.0)})
    figure = render(ax)
    legend = ax.child_axes[0].get_legend()
    assert legend is not None
    first, second = legend.get_texts()
    assert second.get_text() == "_hidden" and first.get_text().startswith("$\\frac{1}{0}$ x y") and not first.get_parse_math()
    assert legend.get_window_extent().x1 <= figure.bbox.width
    bands = norming.plot_bands(BANDS, [HOSTILE, "$x$"])  # type: ignore[arg-type]
    render(bands)
    assert not any(text.get_parse_math() for text in bands.texts)


@pytest.mark.parametrize("name", PICTURES)
def test_made_up_children_are_stamped(name: str) -> None:
    assert STAMP in texts(PICTURES[name](synthetic=True))
    assert STAMP not in texts(PICTURES[name]())


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_on_the_axes_given(name: str) -> None:
    figure = Figure(figsize=(12, 8))
    ax = figure.add_subplot(1, 2, 1)
    assert PICTURES[name](ax=ax) is ax
    render(ax)


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib_it_is_said_what_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(module: str, *more: Any, **named: Any) -> Any:
        if module.split(".")[0] == "matplotlib":
            raise ImportError(module)
        return real(module, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(otscore.UsageError, match="pictures need matplotlib"):
        PICTURES[name]()


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (lambda: norming.plot_percentiles(MODEL, percentiles=(0, 50)), "between 0 and 100"),
        (lambda: norming.plot_percentiles(MODEL, percentiles=()), "between 0 and 100"),
        (lambda: norming.plot_observed(MODEL, CHILDREN, percentiles=(100,)), "between 0 and 100"),
        (lambda: norming.plot_percentiles(MODEL, CHILDREN, edges=[6, 5]), "no edges"),
        (lambda: norming.plot_worms(MODEL, CHILDREN, edges=[5, 5, 6]), "no edges"),
        (lambda: norming.plot_worms(MODEL, CHILDREN, edges=[50, 60]), "no child"),
        (lambda: norming.plot_scores(MODEL, ages=[4]), "cannot be drawn"),
        (lambda: norming.plot_scores(MODEL, ages=[5, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6]), "cannot be drawn"),
        (lambda: norming.plot_comparison({"one": MODEL}), "1 models"),
        (lambda: norming.plot_comparison({"one": MODEL, "two": Straight(ages=(10, 12))}), "no age"),
        (lambda: norming.plot_bands(BANDS, ["P5"]), "1 names for 2 curves"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_drawn_is_refused(picture: Callable[[], Axes], said: str) -> None:
    with pytest.raises(otscore.UsageError, match=said):
        picture()
