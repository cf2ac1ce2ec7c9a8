"""What pictures of norms share: models and samples as they are read, groups of ages, curves, axes, panels, legends and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from otscore.batch import Floats
from otscore.errors import Issue, UsageError
from otscore.kernel.metric import z_from_percentile
from otscore.report.canvas import GREY, INK, LITERAL, axes_or_new, fitted, points_high, points_wide, stamp_synthetic
from otscore.report.picture_words import Said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
MOST_AGES, SLICES, STEPS = 12, 8, 241
"""Up to so many different ages are groups by themselves; otherwise so many slices of equal width; points of a curve."""


class Standing(Protocol):
    """What a model tells of raw scores."""

    @property
    def z(self) -> Floats:
        """(n,) z."""
        ...

    @property
    def off_scale(self) -> NDArray[np.int8]:
        """(n,) -1 and 1 where z is only a limit."""
        ...


class Norms(Protocol):
    """Norms as a function of age, whatever fitted them."""

    @property
    def method(self) -> str:
        """Name of the model."""
        ...

    @property
    def n(self) -> int:
        """Children."""
        ...

    @property
    def ages(self) -> tuple[float, float]:
        """Youngest and oldest age."""
        ...

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest z."""
        ...

    def score(self, raw: Floats, age: Floats) -> Standing:
        """Standing of raw scores (n,) at ages (n,)."""
        ...

    def value(self, z: Floats, age: Floats) -> Floats:
        """Raw scores (n,) at z (n,) and ages (n,)."""
        ...


class Children(Protocol):
    """A sample without missing values, (n,) each."""

    @property
    def raw(self) -> Floats:
        """Raw scores."""
        ...

    @property
    def age(self) -> Floats:
        """Ages."""
        ...

    @property
    def weight(self) -> Floats:
        """Weights."""
        ...

    @property
    def descending(self) -> bool:
        """Whether a lower raw score is the better one."""
        ...


class Group(NamedTuple):
    """Children of like age: ends of the slice on the axis, their mean age, who they are (n,)."""

    low: float
    high: float
    age: float
    inside: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Number of children."""
        return int(self.inside.sum())


def age_groups(age: Floats, edges: Sequence[float] | None = None) -> list[Group]:
    """Children by age: each age where there are at most 12, otherwise 8 slices of equal width, or slices between the edges given.

    A slice runs from its edge up to the next, the last one to its end; slices without children are left out. Raises UsageError for
    edges that do not ascend, or between which there is nobody.
    """
    different = np.unique(age)
    if edges is None and different.size <= MOST_AGES:
        middles = (different[1:] + different[:-1]) / 2
        half = float(np.diff(different).min()) / 2 if different.size > 1 else 0.5
        ends = np.concatenate([[different[0] - half], middles, [different[-1] + half]])
    else:
        ends = np.linspace(different[0], different[-1], SLICES + 1) if edges is None else np.asarray(edges, dtype=np.float64)
    if ends.ndim != 1 or ends.size < 2 or not np.isfinite(ends).all() or (np.diff(ends) <= 0).any():
        raise UsageError(Issue("age_edges", "these are no edges of age groups", "give ascending ages, for example [5, 6, 7, 8]", field="edges"))
    place = np.where(age == ends[-1], ends.size - 2, np.searchsorted(ends, age, side="right") - 1)
    inside = [place == one for one in range(ends.size - 1)]
    slices = zip(ends[:-1].tolist(), ends[1:].tolist(), inside, strict=True)
    groups = [Group(low, high, float(age[mine].mean()), mine) for low, high, mine in slices if mine.any()]
    if not groups:
        hint = "are they in the unit of the ages of the sample?"
        raise UsageError(Issue("age_edges", "no child is of an age between these edges", hint, field="edges"))
    return groups


def standings_of(percentiles: ArrayLike) -> Floats:
    """The z of percentiles, ascending. Raises UsageError unless all lie between 0 and 100."""
    percents = np.sort(np.asarray(percentiles, dtype=np.float64).ravel())
    if not percents.size or not ((percents > 0) & (percents < 100)).all():
        raise UsageError(Issue("percentile", "a percentile lies between 0 and 100", "for example (5, 25, 50, 75, 95)", field="percentiles"))
    return np.asarray(z_from_percentile(percents), dtype=np.float64)


def curves(model: Norms, z: Floats, age: Floats) -> Floats:
    """Raw scores (k, m) at k standings and m ages."""
    return model.value(np.repeat(z, age.size), np.tile(age, z.size)).reshape(z.size, age.size)


def last_told(lines: Floats) -> Floats:
    """Where curves (k, m) end: their last known points (k,), NaN of a curve without one."""
    known = np.isfinite(lines)
    last = lines.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    return np.asarray(lines[np.arange(lines.shape[0]), last])


def all_ages(model: Norms) -> Floats:
    """Ages from the youngest to the oldest one of the model."""
    return np.linspace(*model.ages, STEPS)


def mid_ranks(values: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The different values (m,), ascending, and the share of the children below each, half of those at it included (m,)."""
    different, place = np.unique(values, return_inverse=True)
    at = np.bincount(place, weights=weight, minlength=different.size)
    return different, (np.cumsum(at) - 0.5 * at) / at.sum()


def framed(ax: Axes | None, size: tuple[float, float], title: str, y: str, pad: float = 6.0) -> Axes:
    """Axes with a title and the name of what goes upwards, without the lines above and at the right."""
    ax = axes_or_new(ax, *size)
    bare(ax)
    titled(ax, title, pad)
    ax.set_ylabel(fitted(y, points_high(ax), 9), fontsize=9, color=INK, **LITERAL)
    return ax


def titled(ax: Axes, title: str, pad: float = 6.0) -> None:
    """The title, as it stands, so far above the axes."""
    ax.set_title(fitted(title, points_wide(ax), 11), fontsize=11, color=INK, loc="left", pad=pad, **LITERAL)


def bare(ax: Axes) -> None:
    """Small figures at the axes, none of the lines that only enclose."""
    ax.tick_params(labelsize=8.5, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def noted(ax: Axes, name: str, *notes: str) -> None:
    """The name of the lower axis and what must be known to read the picture, a line each."""
    lines = [fitted(line, points_wide(ax), 8.5) for line in (name, *notes) if line]
    ax.set_xlabel("\n".join(lines), fontsize=8.5, color=INK, linespacing=1.4, **LITERAL)


def legend_above(ax: Axes, signs: Sequence[tuple[str, Mapping[str, Any]]], columns: int = 4, room: float = 0.0) -> None:
    """Lines and markers with their names, above the axes; room : points for all columns, those of the axes without."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], label="sign", **style) for _, style in signs]
    columns = min(columns, len(signs))
    legend = ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False, fontsize=8, borderaxespad=0.2, labelcolor=INK,
        handlelength=2.6,
    )  # fmt: skip
    for label, (text, _) in zip(legend.get_texts(), signs, strict=True):
        label.set_text(fitted(text, (room or points_wide(ax)) / columns - 40, 8))
        label.set(**LITERAL)


def names_at_the_end(ax: Axes, x: float, ends: Floats, names: Sequence[str], height: float = 0.0) -> None:
    """Names of curves (k,) at the right of x, each as near to its end as others let it. To be called when the axes have their limits.

    height : of the axes in points, where they do not know it yet.
    """
    low, high = ax.get_ylim()
    there = np.flatnonzero(np.isfinite(ends))
    order = there[np.argsort(ends[there], kind="stable")]
    apart = (high - low) * 10.0 / (height or points_high(ax)) * np.arange(order.size)
    place = ends[order] - apart
    place = 0.5 * (np.maximum.accumulate(place) + np.minimum.accumulate(place[::-1])[::-1]) + apart if order.size else place
    for at, one in zip(place.tolist(), order.tolist(), strict=True):
        ax.annotate(fitted(names[one], 60.0, 8), (x, at), (4, 0), textcoords="offset points", fontsize=8, color=INK, va="center", annotation_clip=False, **LITERAL)


def age_name(say: Said) -> str:
    """The name of an axis of ages, whose unit only the sample knows."""
    return f"{say('age')} ({say('sample_unit')})"


def panels(ax: Axes, n: int, columns: int, below: float) -> list[Axes]:
    """Axes within the axes, row by row, with room for their figures and a heading each, and so many points for notes below all."""
    ax.set_axis_off()
    wide, high, rows = points_wide(ax), points_high(ax), -(-n // columns)
    width, height = wide / columns, (high - below) / rows
    left, under, over, gap = 32.0, 18.0, 18.0, 8.0
    return [
        ax.inset_axes(
            ((column * width + left) / wide, 1.0 - ((row + 1) * height - under) / high, (width - left - gap) / wide, (height - under - over) / high)
        )
        for row, column in (divmod(place, columns) for place in range(n))
    ]


def stamped(ax: Axes, synthetic: bool) -> Axes:
    """The axes, stamped where the children are made up."""
    if synthetic:
        stamp_synthetic(ax)
    return ax


def title_of(title: str, model: Norms) -> str:
    """The title given, or the method and the number of children."""
    return title or f"{model.method}, n {model.n:,}"


QUIET: dict[str, Any] = {"color": GREY, "lw": 0.8, "zorder": 1}
