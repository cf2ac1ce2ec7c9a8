"""Norms beside one another, and how sure they are: curves of several models with their differences in T, bootstrap bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from otscore.batch import Floats
from otscore.errors import Issue, UsageError
from otscore.report.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LITERAL,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    fitted,
    frame_or_new,
    points_high,
    points_wide,
)
from otscore.report.norm_frame import (
    QUIET,
    STEPS,
    Norms,
    age_name,
    bare,
    curves,
    framed,
    last_told,
    legend_above,
    names_at_the_end,
    noted,
    stamped,
    standings_of,
    titled,
)
from otscore.report.picture_words import Said, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODELS = (INK, BLUE, VERMILION, GREEN, PURPLE)
BANDS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, INK, SKY)
T_PER_Z, COLUMNS = 10.0, 3


class Bands(Protocol):
    """Figures (a, k) at a ages with the ends of their band."""

    @property
    def ages(self) -> Floats:
        """(a,) ages."""
        ...

    @property
    def figure(self) -> Floats:
        """(a, k) figures of the model of the whole sample."""
        ...

    @property
    def low(self) -> Floats:
        """(a, k) lower ends."""
        ...

    @property
    def high(self) -> Floats:
        """(a, k) upper ends."""
        ...


def comparison_picture(
    models: Mapping[str, Norms], ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    percentiles: Sequence[float] = (5, 50, 95), title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """Percentile curves of two to five models over one another, and below how many T the others give more than the first one does.

    Compared are children on the curves of the first model, at the ages that all models know; a line ends where one of both tells
    nothing, or only a limit. Raises UsageError for one model or more than five, models without a common age, other percentiles, or
    where matplotlib is not installed.
    """
    say, z = said(words), standings_of(percentiles)
    age = _common_ages(models)
    ax = frame_or_new(ax, 7.5, 7.0)
    titled(ax, title or say("comparison"))
    above, below = _two(ax, len(models))
    names = list(models)
    for colour, model in zip(MODELS, models.values(), strict=False):
        for standing, line in zip(z.tolist(), curves(model, z, age), strict=True):
            above.plot(age, line, zorder=3, color=colour, lw=1.6, ls=_dashes(standing))
    first = next(iter(models.values()))
    for colour, name in zip(MODELS[1:], names[1:], strict=False):
        for standing, line in zip(z.tolist(), differences(first, models[name], z, age), strict=True):
            below.plot(age, line, zorder=3, color=colour, lw=1.6, ls=_dashes(standing))
    below.plot(age[[0, -1]], [0, 0], **(QUIET | {"color": INK}))
    _explained(ax, above, below, names, age, say)
    named = [f"P{percent:g}" for percent in sorted(percentiles)]
    names_at_the_end(above, above.get_xlim()[1], last_told(curves(first, z, age)), named, points_high(ax) * 0.5)
    return stamped(ax, synthetic)


def bands_picture(
    bands: Bands, names: Sequence[str], ax: Axes | None = None, words: Mapping[str, str] | None = None, *,
    level: float | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """Curves of figures over age, each in the band where bootstrap samples put it, with its name at the end.

    names : (k,) of the curves, such as ``P5``. level : the share of the samples that lie in the band. Raises UsageError unless
    there is a name for each curve, or where matplotlib is not installed.
    """
    say, k = said(words), bands.figure.shape[1]
    if len(names) != k:
        raise UsageError(Issue("picture_names", f"{len(names)} names for {k} curves", "give one for each column of the bands", field="names"))
    ax = framed(ax, (7.5, 5.0), title or say("refits"), say("raw"))
    for place in range(k):
        colour = BANDS[place % len(BANDS)]
        ax.fill_between(bands.ages, bands.low[:, place], bands.high[:, place], color=colour, alpha=0.25, lw=0, zorder=2)
        for end in (bands.low[:, place], bands.high[:, place]):
            ax.plot(bands.ages, end, color=colour, lw=0.7, alpha=0.7, zorder=2)
        ax.plot(bands.ages, bands.figure[:, place], color=colour, lw=1.8, zorder=3)
    ax.margins(x=0.02)
    names_at_the_end(ax, ax.get_xlim()[1], last_told(bands.figure.T), names)
    noted(ax, age_name(say), f"{say('refits')}: {level * 100:g} % {say('confidence')}" if level is not None else "")
    return stamped(ax, synthetic)


def differences(first: Norms, other: Norms, z: Floats, age: Floats) -> Floats:
    """T (k, m) by which the other model scores higher those who stand at z (k,) of the first one at ages (m,); NaN off its scale.

    Between two whole scores of a model of counts its z is taken on a straight line.
    """
    raw = curves(first, z, age)
    found = standing_between(other, raw.ravel(), np.tile(age, z.size)).reshape(raw.shape)
    return np.asarray(T_PER_Z * (found - z[:, None]))


def standing_between(model: Norms, raw: Floats, age: Floats) -> Floats:
    """The z (n,) of raw scores, between the whole ones on each side where the model knows only those; NaN off the scale."""

    def told(scores: Floats) -> Floats:
        known = np.isfinite(scores)
        standing = model.score(np.where(known, scores, 0.0), age)
        return np.where(known & (standing.off_scale == 0), standing.z, np.nan)

    low, z = np.floor(raw), told(raw)
    between = np.isnan(z) & (low < raw)
    if not between.any():
        return z
    below, above = told(low), told(low + 1.0)
    scored = np.isfinite(model.score(np.where(between, raw, 0.0), age).z)
    return np.where(between & ~scored, below + (raw - low) * (above - below), z)


def _dashes(z: float) -> str:
    """Broken below the middle, dotted above it."""
    return "-" if abs(z) < 0.01 else "--" if z < 0 else ":"


def _common_ages(models: Mapping[str, Norms]) -> Floats:
    if not 2 <= len(models) <= len(MODELS):
        hint = f'give two to {len(MODELS)}, for example {{"Taylor": taylor, "SHASH": shash}}'
        raise UsageError(Issue("picture_models", f"{len(models)} models to compare", hint, field="models"))
    youngest, oldest = max(model.ages[0] for model in models.values()), min(model.ages[1] for model in models.values())
    if not youngest < oldest:
        raise UsageError(Issue("picture_ages", "no age is known to all of these models", "compare models of the same ages", field="models"))
    return np.linspace(youngest, oldest, STEPS)


def _two(ax: Axes, n: int) -> tuple[Axes, Axes]:
    """Axes for the curves of n models, with room for their names above, and for the differences below."""
    ax.set_axis_off()
    wide, high = points_wide(ax), points_high(ax)
    left, right, under, over, between = 44.0 / wide, 34.0 / wide, 52.0 / high, (20.0 if n <= COLUMNS else 34.0) / high, 30.0 / high
    rest = 1.0 - under - over - between
    above = ax.inset_axes((left, under + 0.36 * rest + between, 1.0 - left - right, 0.64 * rest))
    below = ax.inset_axes((left, under, 1.0 - left - right, 0.36 * rest))
    for panel in (above, below):
        bare(panel)
    return above, below


def _explained(ax: Axes, above: Axes, below: Axes, names: Sequence[str], age: Floats, say: Said) -> None:
    for panel in (above, below):
        panel.set_xlim(age[0], age[-1])
    above.set_ylabel(say("raw"), fontsize=9, color=INK, **LITERAL)
    below.set_ylabel(say("difference"), fontsize=9, color=INK, **LITERAL)
    room = points_wide(ax) - 90.0
    below.set_xlabel(age_name(say), fontsize=8.5, color=INK, **LITERAL)
    lines = [{"color": colour, "lw": 1.6} for colour in MODELS]
    legend_above(above, list(zip(names, lines, strict=False)), COLUMNS, room)
    short = fitted(names[0], room / COLUMNS, 8.5)
    below.set_title(f"{say('from_first')} {short}", fontsize=8.5, color=GREY, loc="left", pad=4, **LITERAL)
    note = fitted(say("ends"), points_wide(ax), 8.5)
    ax.text(0.005, 0.005, note, transform=ax.transAxes, fontsize=8.5, color=INK, va="bottom", **LITERAL)
