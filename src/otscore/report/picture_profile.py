"""The profile as a picture: a line per domain on the z axis, with intervals over shaded bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from otscore.profile.models import Profile
from otscore.report.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    SHADES,
    fitted,
    frame_or_new,
    points_wide,
    sized,
    stamp_synthetic,
    write,
)
from otscore.report.picture_words import Said, said
from otscore.report.profile_lines import Line, Shown, profile_lines, profile_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {"normed": ("o", BLUE), "banded": ("s", ORANGE), "criterion": ("D", GREEN)}
END = 4.0
"""z from which on a marker stands at the edge, with its value beside it."""

LEFT, GUTTER, RIGHT = -7.9, -4.4, 10.1
"""Ends of the picture in SDs: names stand left of the gutter, values right of the bands."""

NOTE = 0.45
"""Height of a note, in lines of the picture."""

PERCENTILES = {-2: "2", -1: "16", 0: "50", 1: "84", 2: "98"}


def profile_picture(profile: Profile, ax: Axes | None = None, words: Mapping[str, str] | None = None, lines: Shown = "headlines") -> Axes:
    """The profile on the z axis (SDs from the mean of the norm group, higher = more able), a line per domain.

    Bars are the intervals of the scores, their level is told below. Circle: normed score, square: class, diamond: criterion; what
    has no z stands beside the axis, in words. An arrow: the norms end there. ``lines="results"``: every result. ``words``: the
    words of :data:`otscore.report.picture_words.WORDS` in another language. Without ``ax`` on a figure of its own
    (``.figure.savefig(...)``). Raises UsageError where matplotlib is not installed.
    """
    say, shown = said(words), profile_lines(profile, words, lines)
    notes = _notes(shown, profile, say)
    ax = frame_or_new(ax, 10.0, 0.4 + 0.42 * (len(shown) + 2.0 + NOTE * len(notes)))
    _frame(ax, len(shown), len(notes), say)
    ax.set_title(
        fitted(profile_title(profile, words), 0.95 * points_wide(ax), 11), fontsize=11, color=INK, loc="left", parse_math=False, usetex=False
    )
    for place, line in enumerate(shown):
        _draw(ax, place, line, _several_levels(shown), say)
    _legend(ax, len(shown), notes, shown, say)
    if any(pack.status == "synthetic" for pack in profile.packs):
        stamp_synthetic(ax)
    return ax


def _frame(ax: Axes, n: int, n_notes: int, say: Said) -> None:
    """Bands, axis and what the axis means."""
    from matplotlib.patches import Rectangle

    ax.set_axis_off()
    ax.set(xlim=(LEFT, RIGHT), ylim=(n + 0.4 + NOTE * n_notes, -1.6))
    for low, high, shade in ((-END, -2, 2), (-2, -1, 1), (-1, 1, 0), (1, 2, 1), (2, END, 2)):
        ax.add_patch(Rectangle((low, -0.5), high - low, n, facecolor=SHADES[shade], edgecolor="none", zorder=0))
    for z in range(-int(END), int(END) + 1):
        ax.plot([z, z], [-0.5, n - 0.53], color=INK if z == 0 else PAPER, lw=1.2 if z == 0 else 0.8, solid_capstyle="butt", zorder=1)
        write(ax, z, -0.75, f"{z}".replace("-", "\N{MINUS SIGN}"), 8.5, ha="center")
        if z in PERCENTILES:
            write(ax, z, -1.2, PERCENTILES[z], 7.5, ha="center", color=GREY)
    write(ax, GUTTER, -0.75, "z", 8.5, ha="right")
    write(ax, GUTTER, -1.2, fitted(say("percentile"), _room(ax, LEFT, GUTTER), 7.5), 7.5, ha="right", color=GREY)


def _draw(ax: Axes, place: int, line: Line, several_levels: bool, say: Said) -> None:
    names, values = _room(ax, LEFT, GUTTER - 0.6), _room(ax, END + 0.3, RIGHT)
    if line.label:
        write(ax, GUTTER - 0.6, place, *sized(line.label, names, (10, 8.5, 7), "bold"), ha="right", weight="bold")
        if place:
            ax.plot([LEFT, RIGHT], [place - 0.5, place - 0.5], color="#9aa5ad", lw=0.5, zorder=2.5)
    if line.z is None:
        _without_z(ax, place, line)
        write(ax, END + 0.3, place, fitted(line.source, values, 7), 7, color=GREY)
        return
    _standing(ax, place, line, line.z)
    level = f"; {line.level * 100:g} %" if several_levels and line.level is not None else ""
    text = f"{_star(line)}{line.text}{level}"
    write(ax, END + 0.3, place - 0.17, fitted(text, values, 8.5), 8.5)
    write(ax, END + 0.3, place + 0.2, fitted(line.source, values, 7), 7, color=GREY)


def _without_z(ax: Axes, place: int, line: Line) -> None:
    """In words on a strip without bands, so that its place says nothing."""
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((-END - 0.05, place - 0.5), 2 * END + 0.1, 1, facecolor=PAPER, edgecolor="none", zorder=2))
    known = line.evidence in LOOKS
    if known:
        ax.plot([GUTTER + 0.1], [place], **_look(line))
    style = {} if known else {"style": "italic", "color": GREY}
    room = _room(ax, -END + 0.3, END if line.source else RIGHT)
    write(ax, -END + 0.15, place, fitted(f"{_star(line)}{line.text}", room, 8.5), 8.5, zorder=4, **style)


def _star(line: Line) -> str:
    return "* " if line.flagged else ""


def _standing(ax: Axes, place: int, line: Line, z: float) -> None:
    """The marker at its z, the bar of its interval, an arrow where the norms end."""
    colour, at = LOOKS[line.evidence][1], min(max(z, -END), END)
    if line.z_low is not None and line.z_high is not None:
        ends = [min(max(end, -END), END) for end in (line.z_low, line.z_high)]
        ax.plot(ends, [place, place], color=colour, lw=3.2, alpha=0.75, solid_capstyle="butt", zorder=3)
        caps = [end for end, true in zip(ends, (line.z_low, line.z_high), strict=True) if end == true]
        ax.plot(caps, [place] * len(caps), ls="", marker="|", ms=9, mew=1.8, color=colour, zorder=3)
    look = _look(line)
    if at != z:
        look |= {"marker": "<" if z < 0 else ">"}
    ax.plot([at], [place], **look)
    if line.open_side and at == z:
        outer = line.z_low if line.open_side < 0 else line.z_high
        start = at if outer is None else min(max(outer, -END), END)
        arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.6, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14}
        ax.annotate("", (start + 0.8 * line.open_side, place), (start, place), arrowprops=arrow, zorder=5)


def _look(line: Line) -> dict[str, Any]:
    marker, colour = LOOKS[line.evidence]
    return {"marker": marker, "ms": 8, "mew": 1.6, "mec": INK if not line.research else colour, "mfc": PAPER if line.research else colour, "ls": "", "zorder": 6}


def _notes(lines: Sequence[Line], profile: Profile, say: Said) -> list[str]:
    """What the reader must know to read the bars and signs of this picture, a line each."""
    levels = sorted({line.level for line in lines if line.level is not None})
    bars = "" if not levels else f"{say('bars')}: {levels[0] * 100:g} % {say('interval')}" if len(levels) == 1 else say("bars_own")
    without = any(line.z is not None and line.z_low is None for line in lines)
    signs = {
        "edge": any(line.z is not None and abs(line.z) > END for line in lines), "open": any(line.open_side for line in lines),
        "research": any(line.research for line in lines), "flagged": any(line.flagged for line in lines),
    }  # fmt: skip
    bars = "; ".join(filter(None, (bars, say("no_bar") if without else "")))
    used = [say(sign) for sign, there in signs.items() if there]
    told = [say("axis"), bars, "; ".join(used[:2]), "; ".join(used[2:])]
    further = sum(one.status == "ok" for domain in profile.domains for one in domain.scales) - sum(line.evidence in LOOKS for line in lines)
    told.append(f"{say('further')}: {further}" if further > 0 else "")
    if all(not domain.scales for domain in profile.domains):
        told.append(say("nothing"))
    return [note for note in told if note]


def _legend(ax: Axes, n: int, notes: Sequence[str], lines: Sequence[Line], say: Said) -> None:
    """The signs in use, then the notes."""
    seen = {line.evidence for line in lines}
    for place, (kind, (marker, colour)) in enumerate((kind, look) for kind, look in LOOKS.items() if kind in seen):
        x = LEFT + 0.3 + place * 2.75
        ax.plot([x], [n - 0.05], marker=marker, ms=7, color=colour, mec=INK, ls="")
        write(ax, x + 0.3, n - 0.05, *sized(say(kind), _room(ax, 0, 2.3), (8.5, 7)))
    for place, note in enumerate(notes):
        write(ax, LEFT + 0.2, n + 0.5 + NOTE * place, fitted(note, _room(ax, LEFT + 0.2, RIGHT), 8), 8, color=GREY)


def _several_levels(lines: Sequence[Line]) -> bool:
    return len({line.level for line in lines if line.level is not None}) > 1


def _room(ax: Axes, start: float, end: float) -> float:
    """Points between two places on the z axis."""
    return 0.97 * points_wide(ax) * (end - start) / (RIGHT - LEFT)
