"""Progress pictures: points at the age the norms were read at, bars of the right length, lines only where a change is told."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import otscore
from otscore.codes import Domain
from otscore.profile.models import PackStamp
from otscore.profile.progress_models import Occasion, Progress, Step, Trajectory
from otscore.report.pictures import progress_picture, progress_z_picture

MONTH = 30.4375
STAMP = "SYNTHETIC, NOT FOR CLINICAL USE"
HOSTILE = "$\\frac{1}{0}$ \u202ex\x00y\n" + "W" * 10_000


def occasion(months: float | None, value: float | None, se: float | None, z: float | None, half: float | None = 0.5, **more: Any) -> Occasion:
    bounds = {"z_low": z - half, "z_high": z + half} if z is not None and half is not None else {"z_low": None, "z_high": None}
    age = None if months is None else months * MONTH
    base = {"age_days": age, "corrected_age_days": None, "age_basis": "chronological", "ci_level": 0.9, "status": "ok"}
    return Occasion.model_construct(value=value, se=se, z=z, **(base | bounds | more))


def step(before: int, after: int, direction: str | None, z_direction: str | None, fell: bool = False) -> Step:
    return Step.model_construct(before=before, after=after, direction=direction, z_direction=z_direction, gained_but_fell_behind=fell, reason=None)


def progress(*occasions: Occasion, steps: tuple[Step, ...] = (), status: str = "verified", text: str = "") -> Progress:
    path = Trajectory.model_construct(
        pack=text or "made@1", scale="s", domain=Domain.GENERAL, informant=text, measure="growth", occasions=occasions, steps=steps
    )
    stamp = PackStamp.model_construct(pack="made@1", status=status)
    return Progress.model_construct(id=text or "c1", level=0.9, ages_days=(), trajectories=(path,), goals=(), packs=(stamp,), refused=())


def drawn(ax: Axes, marker: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for line in ax.lines if line.get_marker() == marker for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]  # type: ignore[arg-type]


def lines(ax: Axes) -> list[tuple[str, list[float]]]:
    """Style and ages of the lines between occasions."""
    return [(str(one.get_linestyle()), [float(x) for x in one.get_xdata()]) for one in ax.lines if one.get_linewidth() == 2 and one.get_marker() == "None"]  # type: ignore[union-attr]


WAY = progress(
    occasion(6, 400.0, 5.0, -0.5), occasion(12, 430.0, 6.0, -1.0), occasion(18, None, None, None, status="too_few_items"), occasion(24, 440.0, None, -2.0, None),
    steps=(step(0, 1, "up", "no_reliable_change"), step(1, 3, None, "down"), step(0, 3, "up", "down", True)),
)  # fmt: skip


def test_the_measure_stands_at_its_age_with_bars_of_its_error() -> None:
    ax = progress_picture(WAY, 0)
    assert drawn(ax, "o") == [pytest.approx(point) for point in [(6, 400), (12, 430), (24, 440)]]
    half = [1.6448536 * se for se in (5.0, 6.0)]  # 90 %, two-sided
    bars = [(6, 400 - half[0]), (6, 400 + half[0]), (12, 430 - half[1]), (12, 430 + half[1])]
    assert drawn(ax, "_") == [pytest.approx(point) for point in bars]
    assert "bars: 90 % interval; no bar: no error is published" in ax.get_xlabel()
    assert (ax.get_ylabel(), ax.get_title(loc="left")) == ("growth score", "c1: General · made@1 s")


def test_a_line_is_drawn_only_where_a_change_is_told() -> None:
    assert lines(progress_picture(WAY, 0)) == [("-", pytest.approx([6, 12]))]
    assert lines(progress_z_picture(WAY, 0)) == [("--", pytest.approx([6, 12])), ("-", pytest.approx([12, 24]))]


def test_an_occasion_without_a_score_is_marked() -> None:
    assert [x for x, _ in drawn(progress_picture(WAY, 0), "x")] == [pytest.approx(18)]


def test_what_families_misread_is_said_in_words() -> None:
    for picture in (progress_picture(WAY, 0), progress_z_picture(WAY, 0)):
        assert "6.0 months to 24.0 months: gained skills; children of the same age gained more" in picture.get_xlabel()


def test_the_fan_lies_at_the_percentiles() -> None:
    ax = progress_z_picture(WAY, 0)
    heights = [float(line.get_ydata()[0]) for line in ax.lines if list(line.get_xdata()) == [0, 1]]  # type: ignore[index,arg-type]
    assert heights == pytest.approx([-2.0537489, -0.9944579, 0.0, 0.9944579, 2.0537489])
    assert drawn(ax, "_") == [pytest.approx(point) for point in [(6, -1.0), (6, 0.0), (12, -1.5), (12, -0.5)]]


def test_both_ages_are_marked_and_the_one_of_the_norms_is_filled() -> None:
    early = occasion(8, 400.0, 5.0, -0.5, corrected_age_days=6 * MONTH, age_basis="corrected")
    late = occasion(30, 500.0, 5.0, -0.5, corrected_age_days=28 * MONTH)
    ax = progress_picture(progress(early, late), 0)
    assert [x for x, _ in drawn(ax, "o")] == pytest.approx([6, 30])
    assert [x for x, _ in drawn(ax, "D")] == pytest.approx([8, 28])
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][:2] == ["age the norms were read at", "chronological / corrected age"]


def test_ages_from_three_years_on_are_in_years() -> None:
    ax = progress_picture(progress(occasion(60, 1.0, 1.0, 0.0)), 0)
    assert drawn(ax, "o") == [pytest.approx((5, 1))] and ax.get_xlabel().startswith("age (years)")


def test_an_extreme_z_is_not_cut() -> None:
    low, high = progress_z_picture(progress(occasion(6, 1.0, 1.0, -5.0)), 0).get_ylim()
    assert low < -5.5 and high >= 3.0


@pytest.mark.parametrize("occasions", [(), (occasion(None, 1.0, 1.0, 0.0),), (occasion(6, None, None, None),)])
def test_nothing_to_show_is_said(occasions: tuple[Occasion, ...]) -> None:
    for picture in (progress_picture, progress_z_picture):
        ax = picture(progress(*occasions), 0)
        assert "no value to show" in ax.get_xlabel()
        figure = ax.get_figure(root=True)
        assert isinstance(figure, Figure)
        figure.draw_without_rendering()


def test_hostile_texts_are_drawn_as_they_stand_and_shortened() -> None:
    ax = progress_z_picture(progress(occasion(6, 1.0, 1.0, 0.0), text=HOSTILE), 0)
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    title = ax._left_title  # type: ignore[attr-defined]
    assert title.get_text().startswith("$\\frac{1}{0}$ x y WW") and title.get_text().isprintable() and not title.get_parse_math()
    assert title.get_window_extent().x1 <= figure.bbox.width


def test_synthetic_norms_are_stamped() -> None:
    for picture in (progress_picture, progress_z_picture):
        assert STAMP in [text.get_text() for text in picture(progress(occasion(6, 1.0, 1.0, 0.0), status="synthetic"), 0).texts]
        assert STAMP not in [text.get_text() for text in picture(progress(occasion(6, 1.0, 1.0, 0.0)), 0).texts]


def test_the_methods_draw_on_the_axes_given() -> None:
    figure = Figure()
    assert WAY.plot(ax=figure.add_subplot(1, 2, 1)).get_figure() is figure
    assert WAY.plot_z(0, figure.add_subplot(1, 2, 2)).get_figure() is figure


@pytest.mark.parametrize("index", [1, -1, "0", None])
def test_another_trajectory_is_refused(index: Any) -> None:
    with pytest.raises(otscore.UsageError, match="no such trajectory"):
        progress_picture(WAY, index)
