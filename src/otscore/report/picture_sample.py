"""Does a sample look like the norm group? The distribution of z against the normal curve, for all and by age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from otscore.batch import Floats
from otscore.profile.scores import Scores
from otscore.report.canvas import (
    BLUE,
    GREY,
    INK,
    LITERAL,
    ORANGE,
    SKY,
    axes_or_new,
    fitted,
    points_wide,
    stamp_synthetic,
)
from otscore.report.picture_words import Said, said
from otscore.report.profile_lines import signed
from otscore.report.standings import age_edges, standings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection

END, BIN = 4.0, 0.25
EDGES = np.arange(-END, END + BIN / 2, BIN)
WIDE = 0.74
"""Width of the densest bar or of the top of the normal curve; columns stand 1 apart."""

TOP_DENSITY = 1.0 / np.sqrt(2.0 * np.pi)


def sample_picture(
    scores: Scores, scale: str, ax: Axes | None = None, by_age: Sequence[float] | None = None, words: Mapping[str, str] | None = None
) -> Axes:  # fmt: skip
    """The z of the children on one scale against N(0, 1), upright, with mean and SD: all children, then by bands of age.

    scale : its id, or ``gsed@2406 d`` where several packs have one of that name. by_age : ascending edges of age in months, each
    band from its edge up to the next; the age is that at which the norms were read. Raises UsageError for an unknown scale, other
    edges, or where matplotlib is not installed.
    """
    say, found, edges = said(words), standings(scores, scale), age_edges(by_age)
    groups = [(say("all"), found.z)]
    for low, high in zip(edges, edges[1:], strict=False):
        groups.append((f"{low:g}\N{EN DASH}{high:g} {say('months')}", found.z[(found.age_months >= low) & (found.age_months < high)]))
    ax = axes_or_new(ax, max(5.5, 2.2 + 1.25 * len(groups)), 5.0)
    _frame(ax, len(groups))
    top = WIDE / max([TOP_DENSITY, *(float(_density(z).max()) for _, z in groups if len(z))])
    for place, (_, z) in enumerate(groups):
        _column(ax, place, z, top)
    ax.set_xticks(range(len(groups)), [_label(name, z) for name, z in groups], fontsize=8.5, color=INK, **LITERAL)
    beyond = int((np.abs(found.z) > END).sum())
    notes = [say("density"), f"{say('beyond')}: {beyond}" if beyond else "", "" if len(found.z) else say("nobody")]
    ax.set_xlabel("\n".join(fitted(note, points_wide(ax), 8.5) for note in notes if note), fontsize=8.5, color=GREY, **LITERAL)
    ax.set_title(fitted(f"{found.pack} {found.scale}", points_wide(ax), 11), fontsize=11, color=INK, loc="left", pad=24, **LITERAL)
    _legend(ax, say)
    if any(stamp.status == "synthetic" for stamp in scores.stamps):
        stamp_synthetic(ax)
    return ax


def _frame(ax: Axes, n: int) -> None:
    ax.set(xlim=(-0.4, n - 0.5 + 0.45), ylim=(-END, END))
    for z in (-2, -1, 0, 1, 2):
        ax.axhline(z, color=INK if z == 0 else "#9aa5ad", lw=1.0 if z == 0 else 0.6, zorder=0)
    ax.set_ylabel("z", fontsize=9, color=INK, rotation=0)
    ax.tick_params(labelsize=8.5, colors=INK)
    ax.tick_params(axis="x", length=0)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _density(z: Floats) -> Floats:
    """Share of the children per SD, in each of the bars."""
    return np.asarray(np.histogram(z, EDGES)[0] / (len(z) * BIN))


def _column(ax: Axes, place: int, z: Floats, width: float) -> None:
    """To the right the distribution and the normal curve, a density of 1 so wide, to the left mean and SD."""
    curve = np.linspace(-END, END, 161)
    ax.plot(place + width * TOP_DENSITY * np.exp(-0.5 * curve**2), curve, color=INK, lw=1.4, ls="--", zorder=4)
    if not len(z):
        return
    ax.add_collection(_bars(place, width * _density(z)))
    mean, sd = mean_sd(z)
    if sd == sd:
        ax.plot([place - 0.12] * 2, [mean - sd, mean + sd], color=ORANGE, lw=3, marker="_", ms=9, mew=2, zorder=5)
    ax.plot([place - 0.12], [mean], "o", ms=7, mfc=ORANGE, mec=INK, zorder=6)


def _bars(place: int, widths: Floats) -> PolyCollection:
    """All bars of a column as one thing to draw: hundreds of single ones take longer than all the rest."""
    from matplotlib.collections import PolyCollection

    lower, wide = EDGES[:-1][widths > 0.0], place + widths[widths > 0.0]
    left = np.full(lower.size, float(place))
    corners = np.stack([np.column_stack([left, wide, wide, left]), np.column_stack([lower, lower, lower + BIN, lower + BIN])], axis=2)
    return PolyCollection(list(corners), facecolor=SKY, edgecolor=BLUE, lw=0.5, zorder=2)


def mean_sd(z: Floats) -> tuple[float, float]:
    """Mean and SD (n - 1 below the line) of z, NaN where there is none."""
    return float(np.mean(z)) if len(z) else np.nan, float(np.std(z, ddof=1)) if len(z) > 1 else np.nan


def _label(name: str, z: Floats) -> str:
    mean, sd = mean_sd(z)
    told = [name, f"n {len(z)}", f"M {signed(mean)}" if mean == mean else "", f"SD {sd:.2f}" if sd == sd else ""]
    return "\n".join(line for line in told if line)


def _legend(ax: Axes, say: Said) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=SKY, edgecolor=BLUE, label="sign"),
        Line2D([], [], color=INK, ls="--", label="sign"),
        Line2D([], [], color=ORANGE, lw=3, marker="o", mec=INK, label="sign"),
    ]
    legend = ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=8, borderaxespad=0.2, labelcolor=INK)
    texts = (say("children"), f"{say('norm')}, N(0, 1)", say("mean_sd"))
    for label, text in zip(legend.get_texts(), texts, strict=True):
        label.set_text(fitted(text, points_wide(ax) / 2.6, 8))
        label.set(**LITERAL)
