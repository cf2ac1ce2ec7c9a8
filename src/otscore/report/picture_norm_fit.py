"""Do norms fit the children they come from? Observed against expected percentiles and z, and worm plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import special

from otscore.batch import Floats
from otscore.kernel.interval import z_multiplier
from otscore.report.canvas import (
    BLUE,
    GREY,
    INK,
    LITERAL,
    ORANGE,
    PAPER,
    SHADES,
    SKY,
    VERMILION,
    fitted,
    frame_or_new,
    points_wide,
)
from otscore.report.norm_frame import (
    PERCENTILES,
    QUIET,
    Children,
    Group,
    Norms,
    age_groups,
    age_name,
    all_ages,
    bare,
    curves,
    framed,
    last_told,
    legend_above,
    mid_ranks,
    names_at_the_end,
    noted,
    panels,
    stamped,
    standings_of,
    title_of,
    titled,
)
from otscore.report.picture_norm_curves import MOST_DOTS, style_of
from otscore.report.picture_words import Said, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE, SQUARE = (7.5, 5.0), (6.0, 6.0)
LEVEL = 0.95
FEWEST = 10
"""Children of a group below which no percentile of theirs is drawn."""


def observed_picture(
    model: Norms, sample: Children, ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    percentiles: Sequence[float] = PERCENTILES, edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """The raw scores at percentiles of each group of age (weighted, between the scores by mid-ranks) as points beside the model's curves.

    Groups of less than ten children have no points, nor have percentiles beyond the mid-rank of the lowest and the highest score.
    Raises UsageError for other percentiles or edges, or where matplotlib is not installed.
    """
    say, z, age = said(words), standings_of(percentiles), all_ages(model)
    ax = framed(ax, SIZE, title_of(title, model), say("raw"), pad=22)
    lines = curves(model, z, age)
    groups = [group for group in age_groups(sample.age, edges) if group.n >= FEWEST]
    for standing, line in zip(z.tolist(), lines, strict=True):
        style = style_of(standing)
        ax.plot(age, line, zorder=3, **style)
        seen = [_observed(sample, group, standing) for group in groups]
        ax.plot([group.age for group in groups], seen, ls="", marker="o", ms=5.5, mfc=ORANGE, mec=INK, mew=0.8, zorder=5)
    ax.margins(x=0.02)
    names_at_the_end(ax, ax.get_xlim()[1], last_told(lines), [f"P{percent:g}" for percent in sorted(percentiles)])
    legend_above(ax, [(say("observed"), {"marker": "o", "ls": "", "mfc": ORANGE, "mec": INK}), (say("expected"), {"color": BLUE, "lw": 1.5})])
    noted(ax, age_name(say), say("descending") if sample.descending else "")
    return stamped(ax, synthetic)


def observed_z_picture(
    model: Norms, sample: Children, ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """The model's z of each child against the z of its mid-rank among the children of its group of age; on the line both are equal.

    Within a slice of ages the older children rank higher, so that points scatter even where the model is right. Hollow: a limit of
    the model. Of more than 5000 children so many are drawn.
    """
    say = said(words)
    ax = framed(ax, SQUARE, title_of(title, model), say("model_z"), pad=22)
    told, ranked = model.score(sample.raw, sample.age), ranked_z(sample, age_groups(sample.age, edges))
    shown = np.zeros(sample.raw.size, dtype=np.bool_)
    shown[np.random.default_rng(0).permutation(sample.raw.size)[:MOST_DOTS]] = True
    inner = shown & (told.off_scale == 0)
    end = float(np.nanmax(np.abs([3.3, *ranked[shown], *told.z[shown]]))) + 0.2
    ends = (-end, end)
    ax.plot(ends, ends, color=INK, lw=1.2, zorder=3)
    ax.plot(ranked[inner], told.z[inner], ls="", marker="o", ms=3.5, mew=0, color=BLUE, alpha=min(0.6, max(0.15, 250 / inner.sum())) if inner.any() else 0.6, zorder=4)
    ax.plot(ranked[shown & ~inner], told.z[shown & ~inner], ls="", marker="o", ms=4, mfc=PAPER, mec=BLUE, zorder=4)
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    legend_above(ax, [(say("equal"), {"color": INK, "lw": 1.2})])
    count = f"{say('shown')}: {shown.sum():,} / {sample.raw.size:,}" if not shown.all() else ""
    noted(ax, say("observed_z"), say("limit_only") if (~inner & shown).any() else "", count)
    return stamped(ax, synthetic)


def worm_picture(
    model: Norms, sample: Children, ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """Worm plots: how far each z lies beyond that of a normal sample at the same rank, by groups of age (van Buuren & Fredriks 2001).

    Four groups of equal n, or the slices between the ``edges``. Between the curves lie 95 % of the points of a normal sample of so
    many children (effective n where they are weighted); points outside are marked. A worm above zero: z are too high here, a slope:
    their SD is off, a parabola: their skewness, an S: their tails. Children of the same z share one point at their mid-rank; points
    where the model tells only a limit are not drawn. doi:10.1002/sim.746.
    """
    say = said(words)
    told = model.score(sample.raw, sample.age)
    if edges is None:
        edges = np.unique(np.quantile(sample.age, [0, 0.25, 0.5, 0.75, 1])).tolist()
    groups = age_groups(sample.age, edges if len(edges) > 1 else None)
    columns = 1 if len(groups) == 1 else 2 if len(groups) <= 4 else 3
    ax = frame_or_new(ax, 4.0 * columns, 0.9 + 2.2 * -(-len(groups) // columns))
    titled(ax, title_of(title, model))
    wormed = [worm(told.z[group.inside], sample.weight[group.inside], told.off_scale[group.inside] == 0) for group in groups]
    height = max([0.5, *(1.1 * float(np.abs(one[1]).max()) for one in wormed if one[1].size)])
    inner = panels(ax, len(groups), columns, 44.0)
    for panel, group, points in zip(inner, groups, wormed, strict=True):
        weight = sample.weight[group.inside]
        _worm(panel, points, float(weight.sum() ** 2 / (weight**2).sum()), height)
        name = f"{say('age')} {group.low:.3g}\N{EN DASH}{group.high:.3g}, n {group.n}"
        panel.set_title(fitted(name, points_wide(ax) / columns, 9), fontsize=9, color=INK, loc="left", pad=4, **LITERAL)
    _explained(ax, say, bool((told.off_scale != 0).any()))
    return stamped(ax, synthetic)


def ranked_z(sample: Children, groups: Sequence[Group]) -> Floats:
    """The z (n,) of each child's mid-rank in its group of age, higher for the better one; NaN outside the groups."""
    z = np.full(sample.raw.size, np.nan)
    for group in groups:
        different, share = mid_ranks(sample.raw[group.inside], sample.weight[group.inside])
        z[group.inside] = special.ndtri(share)[np.searchsorted(different, sample.raw[group.inside])]
    return -z if sample.descending else z


def worm(z: Floats, weight: Floats, inner: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Points (m,) of a worm, one for each different z: z of a normal sample at its mid-rank, how far the z lies beyond it, its weight.

    inner : (n,) whether the z is one, not a limit; the others count for the ranks but make no point.
    """
    known = np.isfinite(z)
    different, share = mid_ranks(z[known], weight[known])
    drawn = np.isin(different, z[known & inner])
    expected = np.asarray(special.ndtri(share[drawn]), dtype=np.float64)
    heavy = np.bincount(np.searchsorted(different, z[known]), weights=weight[known], minlength=different.size)
    return expected, different[drawn] - expected, np.asarray(heavy[drawn], dtype=np.float64)


def worm_band(expected: Floats, n: float) -> Floats:
    """Half the width of the band at an expected z: where 95 % of the z of that rank lie in normal samples of n children."""
    p, density = special.ndtr(expected), np.exp(-0.5 * expected**2) / np.sqrt(2 * np.pi)
    return np.asarray(z_multiplier(LEVEL) * np.sqrt(p * (1 - p) / n) / density, dtype=np.float64)


def _worm(ax: Axes, points: tuple[Floats, Floats, Floats], n: float, height: float) -> None:
    expected, beyond, heavy = points
    end = max([3.3, *(1.05 * np.abs(expected))])
    grid = np.linspace(-end, end, 133)
    half = worm_band(grid, n)
    ax.fill_between(grid, -half, half, color=SHADES[0], lw=0, zorder=0)
    for side in (-half, half):
        ax.plot(grid, side, color=GREY, lw=1.0, ls="--", zorder=2)
    ax.plot(grid, np.zeros(grid.size), **(QUIET | {"color": INK}))
    outside = np.abs(beyond) > worm_band(expected, n)
    ax.plot(expected[~outside], beyond[~outside], ls="", marker="o", ms=3.5, mew=0, color=BLUE, zorder=4)
    ax.plot(expected[outside], beyond[outside], ls="", marker="D", ms=4, mew=0, color=VERMILION, zorder=5)
    if expected.size >= 8:
        cubic = np.polynomial.Polynomial.fit(expected, beyond, 3, w=np.sqrt(heavy))
        ends = np.linspace(expected.min(), expected.max(), 61)
        ax.plot(ends, cubic(ends), color=SKY, lw=2.0, zorder=3)
    ax.set(xlim=(-end, end), ylim=(-height, height))
    bare(ax)


def _explained(ax: Axes, say: Said, limits: bool) -> None:
    """What the axes and lines of all panels are, below them."""
    told = [
        f"{say('across')}: {say('normal_z')}; {say('upwards')}: {say('worm')}",
        f"{say('broken')}: {LEVEL * 100:g} % {say('expected_band')}; {say('diamond')}; {say('line')}: {say('cubic')}",
        say("worm_limits") if limits else "",
    ]
    text = "\n".join(fitted(line, points_wide(ax), 8.5) for line in told if line)
    ax.text(0.005, 0.005, text, transform=ax.transAxes, fontsize=8.5, color=INK, va="bottom", linespacing=1.4, **LITERAL)


def _observed(sample: Children, group: Group, z: float) -> float:
    """The raw score at a z of the group, higher z for the better one; NaN beyond the mid-ranks there are."""
    different, share = mid_ranks(sample.raw[group.inside], sample.weight[group.inside])
    wanted = float(special.ndtr(-z if sample.descending else z))
    return float(np.interp(wanted, share, different, left=np.nan, right=np.nan))
