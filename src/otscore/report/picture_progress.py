"""A child's way over age as pictures: the measure with its error, and the standing over the percentiles of children of the same age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from otscore.errors import Issue, UsageError
from otscore.kernel.interval import z_multiplier
from otscore.kernel.metric import z_from_percentile
from otscore.profile.progress_models import Occasion, Progress, Step, Trajectory
from otscore.report.ages import age_words, axis_of_ages
from otscore.report.canvas import (
    BLUE,
    GREY,
    INK,
    LITERAL,
    ORANGE,
    PAPER,
    SHADES,
    VERMILION,
    axes_or_new,
    fitted,
    points_wide,
    stamp_synthetic,
)
from otscore.report.picture_words import Said, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAN = (2, 16, 50, 84, 98)
"""Percentiles of the norm group that are drawn."""

WIDTH, HEIGHT = 7.5, 4.6
LINES = {"up": "-", "down": "-", "no_reliable_change": "--"}


@dataclass(frozen=True, slots=True)
class Point:
    """An occasion that can be drawn: ages in days, the value and the ends of its bar (None: no bar)."""

    age: float
    other_age: float | None
    value: float
    low: float | None
    high: float | None


def progress_picture(progress: Progress, trajectory_index: int, ax: Axes | None = None, words: Mapping[str, str] | None = None) -> Axes:
    """The measure of one trajectory over age, with error bars (value ± z(level) SE) at ``progress.level``.

    Filled: at the age that the norms were read at; hollow: at the child's other age, chronological or corrected. A solid line is a
    change beyond error, a broken one none; without a line no change is told. Raises UsageError where there is no such trajectory or
    matplotlib is not installed.
    """
    say, path = said(words), _trajectory(progress, trajectory_index)
    wide = float(z_multiplier(progress.level))
    points = [_point(one, one.value, *_around(one, wide)) for one in path.occasions]
    ax = axes_or_new(ax, WIDTH, HEIGHT)
    bars = f"{say('error_bars')}: {progress.level * 100:g} % {say('interval')}"
    _draw(ax, progress, path, points, {(step.before, step.after): step.direction for step in path.steps}, bars, say("no_error"), say)
    ax.set_ylabel(say(path.measure or "measure"), fontsize=9, color=INK, **LITERAL)
    return _finished(ax, progress)


def progress_z_picture(progress: Progress, trajectory_index: int, ax: Axes | None = None, words: Mapping[str, str] | None = None) -> Axes:
    """The z of one trajectory over age, over lines at the percentiles 2, 16, 50, 84 and 98 of children of the same age.

    Bars are the intervals of the scores. Signs and errors as in :func:`progress_picture`, lines by the change of standing.
    """
    say, path = said(words), _trajectory(progress, trajectory_index)
    points = [_point(one, one.z, one.z_low, one.z_high) for one in path.occasions]
    ax = axes_or_new(ax, WIDTH, HEIGHT)
    levels = sorted({one.ci_level for one in path.occasions if one.ci_level is not None and one.z_low is not None})
    bars = f"{say('error_bars')}: {' / '.join(f'{level * 100:g} %' for level in levels)} {say('interval')}"
    _draw(ax, progress, path, points, {(step.before, step.after): step.z_direction for step in path.steps}, bars, say("no_bar"), say)
    _fan(ax, [end for one in points if one for end in (one.value, one.low, one.high) if end is not None], say)
    ax.set_ylabel("z", fontsize=9, color=INK, rotation=0)
    return _finished(ax, progress)


def _trajectory(progress: Progress, index: int) -> Trajectory:
    if index not in range(len(progress.trajectories)):
        hint = f"There are {len(progress.trajectories)}, counted from 0"
        raise UsageError(Issue("no_trajectory", "the progress has no such trajectory", hint, field="trajectory_index"))
    return progress.trajectories[index]


def _around(one: Occasion, multiplier: float) -> tuple[float | None, float | None]:
    if one.value is None or one.se is None:
        return None, None
    return one.value - multiplier * one.se, one.value + multiplier * one.se


def _ages(one: Occasion) -> tuple[float | None, float | None]:
    """The age that the norms were read at, and the other one."""
    ages = one.age_days, one.corrected_age_days
    return ages[::-1] if one.age_basis == "corrected" and one.corrected_age_days is not None else ages


def _point(one: Occasion, value: float | None, low: float | None, high: float | None) -> Point | None:
    age, other = _ages(one)
    if value is None or age is None:
        return None
    return Point(age, None if other == age else other, value, low, high)


def _draw(
    ax: Axes, progress: Progress, path: Trajectory, points: Sequence[Point | None], directions: Mapping[tuple[int, int], str | None],
    bars: str, no_bar: str, say: Said,
) -> None:  # fmt: skip
    """What both pictures have: points, bars, lines, occasions without a score, axis of ages, legend, notes."""
    there = [one for one in points if one is not None]
    unit, per_unit = axis_of_ages([one.age_days for one in path.occasions if one.age_days is not None], say)
    for one in there:
        _occasion(ax, one, per_unit)
    kinds = _lines(ax, points, directions, per_unit)
    missing = [_ages(one)[0] for one, point in zip(path.occasions, points, strict=True) if point is None]
    absent = [age / per_unit for age in missing if age is not None]
    ax.plot(absent, [0.03] * len(absent), "x", color=VERMILION, ms=7, mew=1.8, transform=ax.get_xaxis_transform(), zorder=6)
    notes = [bars if any(one.low is not None for one in there) else "", no_bar if any(one.low is None for one in there) else ""]
    notes = ["; ".join(filter(None, notes)), *_fell_behind(path, say), "" if there else say("no_values")]
    ageless = sum(one.age_days is None for one in path.occasions)
    notes.append(f"{say('without_age')}: {ageless}" if ageless else "")
    told = [f"{say('age')} ({unit})", *filter(None, notes)]
    ax.set_xlabel("\n".join(fitted(line, points_wide(ax), 8.5) for line in told), fontsize=8.5, color=INK, linespacing=1.4, **LITERAL)
    ax.tick_params(labelsize=8.5, colors=INK)
    ax.margins(x=0.08, y=0.15)
    if not there:
        ax.set_yticks([])
    _legend(ax, path, there, kinds, bool(absent), say)
    title = " · ".join(filter(None, (say(path.domain.value), f"{path.pack} {path.scale}", path.informant)))
    who = f"{fitted(progress.id, points_wide(ax) / 2, 11)}: " if progress.id is not None else ""
    ax.set_title(fitted(f"{who}{title}", points_wide(ax), 11), fontsize=11, color=INK, loc="left", pad=40, **LITERAL)


def _occasion(ax: Axes, one: Point, per_unit: float) -> None:
    if one.low is not None and one.high is not None:
        ax.plot([one.age / per_unit] * 2, [one.low, one.high], color=BLUE, lw=2, marker="_", ms=9, mew=1.6, alpha=0.75, zorder=4)
    if one.other_age is not None:
        ax.plot([one.age / per_unit, one.other_age / per_unit], [one.value] * 2, color=GREY, lw=1, ls=":", zorder=3)
        ax.plot([one.other_age / per_unit], [one.value], marker="D", ms=6, mfc=PAPER, mec=GREY, mew=1.3, zorder=5)
    ax.plot([one.age / per_unit], [one.value], marker="o", ms=8, mfc=BLUE, mec=INK, mew=1.4, zorder=6)


def _lines(ax: Axes, points: Sequence[Point | None], directions: Mapping[tuple[int, int], str | None], per_unit: float) -> set[str]:
    """Lines from each point to the next; the kinds that were drawn, "none" for one that was not."""
    kinds, drawn = set(), [(place, one) for place, one in enumerate(points) if one is not None]
    for (before, first), (after, second) in zip(drawn, drawn[1:], strict=False):
        style = LINES.get(directions.get((before, after)) or "", "none")
        kinds.add(style)
        if style != "none":
            ax.plot([first.age / per_unit, second.age / per_unit], [first.value, second.value], color=ORANGE, lw=2, ls=style, zorder=2)
    return kinds


def _fell_behind(path: Trajectory, say: Said) -> list[str]:
    """More skill and a lower standing, in words: what is misread most."""
    return [f"{_when(path, step, say)}: {say('gained_but_fell_behind')}" for step in path.steps if step.gained_but_fell_behind]


def _when(path: Trajectory, step: Step, say: Said) -> str:
    ages = [_ages(path.occasions[place])[0] for place in (step.before, step.after)]
    return f" {say('to')} ".join(say("age_unknown") if age is None else age_words(age, say) for age in ages)


def _fan(ax: Axes, ends: Sequence[float], say: Said) -> None:
    """Shades and lines at the percentiles, named at the right."""
    lines = [float(z) for z in z_from_percentile(list(FAN))]
    bottom, top = min([-3.0, *(end - 0.3 for end in ends)]), max([3.0, *(end + 0.3 for end in ends)])
    for low, high, shade in zip([bottom, lines[0], lines[1], lines[3], lines[4]], [lines[0], lines[1], lines[3], lines[4], top], (2, 1, 0, 1, 2), strict=True):
        ax.axhspan(low, high, color=SHADES[shade], lw=0, zorder=0)
    for percent, z in zip(FAN, lines, strict=True):
        ax.axhline(z, color=INK if percent == 50 else GREY, lw=1.0 if percent == 50 else 0.6, zorder=1)
        ax.text(1.01, z, f"{percent}", transform=ax.get_yaxis_transform(), fontsize=8, va="center", color=INK)
    ax.text(1.055, 0.5, say("percentile"), transform=ax.transAxes, fontsize=8, va="center", rotation=270, color=GREY, **LITERAL)
    ax.set_ylim(bottom, top)


def _legend(ax: Axes, path: Trajectory, points: Sequence[Point], kinds: set[str], absent: bool, say: Said) -> None:
    from matplotlib.lines import Line2D

    other = {"corrected" if one.age_basis == "chronological" else "chronological" for one in path.occasions if one.corrected_age_days is not None}
    hollow = f"{' / '.join(say(basis) for basis in sorted(other))} {say('age')}"
    signs: list[tuple[str, dict[str, Any], bool]] = [
        (say("norm_age"), {"marker": "o", "mfc": BLUE, "mec": INK, "ls": ""}, bool(points)),
        (hollow, {"marker": "D", "mfc": PAPER, "mec": GREY, "ls": ""}, any(one.other_age is not None for one in points)),
        (say("reliable"), {"color": ORANGE, "lw": 2}, "-" in kinds),
        (say("unclear"), {"color": ORANGE, "lw": 2, "ls": "--"}, "--" in kinds),
        (say("not_told"), {"ls": ""}, "none" in kinds),
        (say("no_score"), {"marker": "x", "color": VERMILION, "ls": "", "mew": 1.8}, absent),
    ]
    shown = [(text, style) for text, style, needed in signs if needed]
    handles = [Line2D([], [], label="sign", **style) for _, style in shown]
    legend = ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=8, borderaxespad=0.2, labelcolor=INK)
    for label, (text, _) in zip(legend.get_texts(), shown, strict=True):
        label.set_text(fitted(text, points_wide(ax) / 3.2, 8))
        label.set(**LITERAL)


def _finished(ax: Axes, progress: Progress) -> Axes:
    if any(pack.status == "synthetic" for pack in progress.packs):
        stamp_synthetic(ax)
    return ax
