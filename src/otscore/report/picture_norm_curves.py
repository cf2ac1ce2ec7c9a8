"""Norms as pictures: percentile curves over the children, curves at a standing, the score of a raw score at an age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from otscore.batch import Floats
from otscore.errors import Issue, UsageError
from otscore.report.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LITERAL,
    ORANGE,
    PAPER,
    PURPLE,
    SHADES,
    SKY,
    VERMILION,
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
    curves,
    framed,
    last_told,
    legend_above,
    names_at_the_end,
    noted,
    stamped,
    standings_of,
    title_of,
)
from otscore.report.picture_words import Said, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (7.5, 5.0)
FEW, MOST_DOTS, MOST_LINES = 50, 5000, 6
"""Children of an age below which it is marked; dots and lines a picture can hold."""

AGES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (ORANGE, ":"), (PURPLE, "-"), (INK, "--"))
FAN = (2, 16, 50, 84, 98)


def percentiles_picture(
    model: Norms, sample: Children | None = None, ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    percentiles: Sequence[float] = PERCENTILES, edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """The raw scores at percentiles of their age, over the children: a dot each, moved a little where many would lie on one another.

    Above stands how many children are of each age, or of each slice between the ``edges``; ages with less than 50 are shaded. Of
    more than 5000 children so many are drawn. ``synthetic``: the children are made up, and the picture says so. Raises UsageError
    for other percentiles or edges, or where matplotlib is not installed.
    """
    say, z = said(words), standings_of(percentiles)
    ax = framed(ax, SIZE, title_of(title, model), say("raw"), pad=18 if sample is not None else 6)
    notes = [] if sample is None else _children(ax, sample, age_groups(sample.age, edges), say)
    names = [f"P{percent:g}" for percent in sorted(percentiles)]
    _lines(ax, model, z, names)
    noted(ax, age_name(say), *notes)
    return stamped(ax, synthetic)


def norm_curves_picture(
    model: Norms, ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    z: Sequence[float] = (-2, -1, 0, 1, 2), title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """The raw scores of children who stand at these z, over age. A curve ends where the model tells nothing."""
    say, standings = said(words), np.sort(np.asarray(z, dtype=np.float64).ravel())
    ax = framed(ax, SIZE, title_of(title, model), say("raw"))
    _lines(ax, model, standings, [f"z {one:+g}".replace("-", "\N{MINUS SIGN}") if one else "z 0" for one in standings.tolist()])
    noted(ax, age_name(say))
    return stamped(ax, synthetic)


def scores_picture(
    model: Norms, ages: ArrayLike | None = None, raw: ArrayLike | None = None, ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """The z of raw scores at up to six ages, with the percentiles at the right; hollow where the model tells only a limit.

    ages : those drawn; without, of five from the youngest to the oldest one those at which the model has a median. raw : (m,) scores, without those between the curves of
    z -2.5 and 2.5. Raises UsageError for more ages, for an age beyond those of the model, or where matplotlib is not installed.
    """
    say = said(words)
    chosen = _ages(model, ages)
    scores = _scores(model) if raw is None else np.unique(np.asarray(raw, dtype=np.float64))
    ax = framed(ax, SIZE, title_of(title, model), "z", pad=22)
    for age, (colour, dashes) in zip(chosen.tolist(), AGES, strict=False):
        told = model.score(scores, np.full(scores.size, age))
        ax.plot(scores, np.where(told.off_scale == 0, told.z, np.nan), color=colour, ls=dashes, lw=1.8, zorder=4)
        limit = (told.off_scale != 0) & np.isfinite(told.z)
        ax.plot(scores[limit], told.z[limit], ls="", marker="o", ms=4, mfc=PAPER, mec=colour, zorder=3)
    _fan(ax, model, say)
    legend_above(ax, [(f"{say('age')} {age:.4g}", {"color": colour, "ls": dashes, "lw": 1.8}) for age, (colour, dashes) in zip(chosen.tolist(), AGES, strict=False)], 6)
    noted(ax, say("raw"), say("limit_only"))
    return stamped(ax, synthetic)


def _lines(ax: Axes, model: Norms, z: Floats, names: Sequence[str]) -> None:
    """A curve for each z, heaviest in the middle, with its name at the end."""
    age = all_ages(model)
    lines = curves(model, z, age)
    for standing, line in zip(z.tolist(), lines, strict=True):
        ax.plot(age, line, zorder=4, **style_of(standing))
    ax.margins(x=0.02)
    names_at_the_end(ax, ax.get_xlim()[1], last_told(lines), names)


def style_of(z: float) -> dict[str, Any]:
    """How the curve at a z is drawn: the middle in ink, the outer ones broken, those below like those above."""
    far = abs(z)
    return {"color": INK if far < 0.01 else BLUE, "lw": 2.2 if far < 0.01 else 1.5, "ls": "-" if far < 1.0 else "--" if far < 1.5 else ":"}


def _children(ax: Axes, sample: Children, groups: Sequence[Group], say: Said) -> list[str]:
    """The dots, the number of children of each group above them, shades where they are few; the notes that tell of it."""
    draw = np.random.default_rng(0)
    shown = np.arange(sample.raw.size) if sample.raw.size <= MOST_DOTS else draw.choice(sample.raw.size, MOST_DOTS, replace=False)
    age, raw = moved(sample.age, draw)[shown], moved(sample.raw, draw)[shown]
    ax.plot(age, raw, ls="", marker="o", ms=3, mew=0, color=SKY, alpha=min(0.7, max(0.25, 400 / shown.size)), zorder=2, rasterized=True)
    few = [group for group in groups if group.n < FEW]
    room = points_wide(ax) / len(groups)
    for group in groups:
        scarce = group.n < FEW
        if scarce:
            ax.axvspan(group.low, group.high, color=SHADES[1], lw=0, zorder=0)
        ax.annotate(
            f"{group.n}", ((group.low + group.high) / 2, 1.0), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", va="bottom",
            fontsize=8 if room > 22 else 6, color=VERMILION if scarce else GREY, weight="bold" if scarce else "normal", annotation_clip=False, **LITERAL,
        )  # fmt: skip
    ax.annotate("n", (0, 1.0), (-6, 3), xycoords="axes fraction", textcoords="offset points", ha="right", va="bottom", fontsize=8, color=GREY, **LITERAL)
    told = f"{say('shown')}: {shown.size:,} / {sample.raw.size:,}" if shown.size < sample.raw.size else ""
    return [f"{say('few')}: n < {FEW}" if few else "", told, say("descending") if sample.descending else ""]


def moved(values: Floats, draw: np.random.Generator) -> Floats:
    """Values that many share, each moved by less than a third of the way to the next one; others as they are."""
    different = np.unique(values)
    if different.size < 2 or different.size > values.size / 4:
        return values
    step = float(np.diff(different).min())
    return values + step * draw.uniform(-0.3, 0.3, values.size)


def _ages(model: Norms, ages: ArrayLike | None) -> Floats:
    youngest, oldest = model.ages
    if ages is None:
        five = np.linspace(youngest, oldest, 5) if oldest > youngest else np.array([youngest])
        known = np.isfinite(model.value(np.zeros(five.size), five))
        return five[known] if known.any() else five
    chosen = np.unique(np.asarray(ages, dtype=np.float64))
    if not chosen.size or chosen.size > MOST_LINES or not ((chosen >= youngest) & (chosen <= oldest)).all():
        hint = f"give one to {MOST_LINES} ages from {youngest:g} to {oldest:g}"
        raise UsageError(Issue("picture_ages", "these ages cannot be drawn", hint, field="ages"))
    return chosen


def _scores(model: Norms) -> Floats:
    """Between the curves of z -2.5 and 2.5: whole numbers where there are ten or more or the model knows no others, otherwise a fine grid."""
    ends = np.clip([-2.5, 2.5], *model.limits)
    reached = curves(model, ends, all_ages(model))
    low, high = float(np.nanmin(reached)), float(np.nanmax(reached))
    fine = np.linspace(low, high, 101)
    if high - low >= 10 or np.isfinite(model.score(fine[1:-1], np.full(99, np.mean(model.ages))).z).mean() < 0.5:
        return np.arange(np.floor(low), np.ceil(high) + 1)
    return fine


def _fan(ax: Axes, model: Norms, say: Said) -> None:
    """Lines at the percentiles that are named at the right."""
    low, high = ax.get_ylim()
    for percent, z in zip(FAN, standings_of(FAN).tolist(), strict=True):
        if low <= z <= high:
            ax.axhline(z, **(QUIET | {"color": INK if percent == 50 else GREY, "lw": 0.9 if percent == 50 else 0.5}))
            ax.annotate(f"{percent}", (1.0, z), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=8, va="center", color=INK)
    ax.annotate(
        say("percentile"), (1.0, 0.5), (22, 0), xycoords="axes fraction", textcoords="offset points", fontsize=8, rotation=270, va="center", color=GREY, **LITERAL
    )
