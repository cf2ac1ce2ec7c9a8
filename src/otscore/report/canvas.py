"""What all pictures share: axes without global state, text that is drawn as it stands, colours that everybody can tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from otscore.errors import Issue, UsageError
from otscore.report.foreign import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, GREY, PAPER = "#1a1a1a", "#5c5c5c", "#ffffff"
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"
"""Okabe & Ito 2008, Color Universal Design: told apart with every kind of colour vision."""

SHADES = ("#f1f4f6", "#dfe6eb", "#c9d4dc")
"""Within one SD of the mean, between one and two, beyond two."""

LITERAL: dict[str, Any] = {"parse_math": False, "usetex": False}
"""Nothing in a text is a formula: a dollar sign is a dollar sign."""

SYNTHETIC = "SYNTHETIC, NOT FOR CLINICAL USE"
LONGEST = 300


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or new ones on a figure of this size in inches that pyplot does not know.

    Raises UsageError where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError(Issue("extra_missing", "pictures need matplotlib", "pip install otscore[plot]")) from None
    return Figure(figsize=(width, height), facecolor=PAPER, layout="constrained").add_subplot() if ax is None else ax


def frame_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """As :func:`axes_or_new`, for a picture that needs no room around its axes but for a title: it is drawn in half the time."""
    if ax is not None:
        return axes_or_new(ax, width, height)
    ax = axes_or_new(ax, width, height)
    ax.get_figure(root=True).set_layout_engine("none")  # type: ignore[union-attr]
    ax.set_position((0.005, 0.01, 0.99, 1.0 - 0.01 - 0.34 / height))
    return ax


def clean(text: object) -> str:
    """One line of what somebody wrote, at most 300 characters, to be drawn as it stands."""
    return plain(str(text), LONGEST)


def fitted(text: object, points: float, size: float, weight: str = "normal") -> str:
    """The text, shortened with … until it is no wider than so many points at this size of type."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    def width(line: str) -> float:
        return float(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0])

    font, whole = FontProperties(size=size, weight=weight), clean(text)
    if 1.1 * size * len(whole) <= points or width(whole) <= points:  # no letter is wider than that
        return whole
    short, long = 0, len(whole)
    while long - short > 1:
        middle = (short + long) // 2
        short, long = (middle, long) if width(f"{whole[:middle]}…") <= points else (short, middle)
    return f"{whole[:short].rstrip()}…"


def sized(text: object, points: float, sizes: Sequence[float], weight: str = "normal") -> tuple[str, float]:
    """The text in the largest of the sizes in which it fits, else shortened in the smallest."""
    whole = clean(text)
    size = next((one for one in sizes if fitted(whole, points, one, weight) == whole), sizes[-1])
    return fitted(whole, points, size, weight), size


def points_wide(ax: Axes) -> float:
    """Width of the axes in points, as far as it is known before the picture is laid out."""
    return float(ax.get_window_extent().width / ax.get_figure(root=True).dpi * 72.0)  # type: ignore[union-attr]


def points_high(ax: Axes) -> float:
    """Height of the axes in points, as far as it is known before the picture is laid out."""
    return float(ax.get_window_extent().height / ax.get_figure(root=True).dpi * 72.0)  # type: ignore[union-attr]


def write(ax: Axes, x: float, y: float, text: str, size: float, **style: Any) -> None:
    """Text at a place of the picture."""
    ax.text(x, y, text, fontsize=size, **({"color": INK, "va": "center"} | style), **LITERAL)


def stamp_synthetic(ax: Axes) -> None:
    """Across the picture, so that nobody takes invented norms for real ones."""
    wide, high = points_wide(ax), points_high(ax)
    angle = min(25.0, math.degrees(math.atan2(0.8 * high, wide)))
    size = min(40.0, 0.9 * wide / (0.72 * len(SYNTHETIC)))
    ax.text(
        0.5, 0.5, SYNTHETIC, transform=ax.transAxes, fontsize=size, rotation=angle, color=VERMILION, alpha=0.45, weight="bold",
        ha="center", va="center", zorder=50, **LITERAL,
    )  # fmt: skip
