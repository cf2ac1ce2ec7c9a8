"""Pictures of norms, for whoever fits them: what they tell, whether they fit the sample, how they differ. They need matplotlib.

Each draws on the axes ``ax`` that are given, or on a figure of its own (``.figure.savefig(...)``), and returns the axes. ``title`` is
the first line, the method and the number of children without it; ``synthetic=True`` stamps the picture of children who are made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from otscore.norming.fit.model import NormModel
from otscore.norming.fit.samples import Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from otscore.norming.fit.bootstrap import BootstrapBands

PERCENTILES = (5, 10, 25, 50, 75, 90, 95)


def plot_percentiles(
    model: NormModel, sample: Sample | None = None, ax: Axes | None = None, *,
    percentiles: Sequence[float] = PERCENTILES, edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """Percentile curves over the children, see :func:`otscore.report.picture_norm_curves.percentiles_picture`."""
    from otscore.report.picture_norm_curves import percentiles_picture

    return percentiles_picture(model, sample, ax, percentiles=percentiles, edges=edges, title=title, synthetic=synthetic)


def plot_norm_curves(
    model: NormModel, ax: Axes | None = None, *, z: Sequence[float] = (-2, -1, 0, 1, 2), title: str = "", synthetic: bool = False
) -> Axes:  # fmt: skip
    """Raw scores at z over age, see :func:`otscore.report.picture_norm_curves.norm_curves_picture`."""
    from otscore.report.picture_norm_curves import norm_curves_picture

    return norm_curves_picture(model, ax, z=z, title=title, synthetic=synthetic)


def plot_scores(
    model: NormModel, ages: ArrayLike | None = None, raw: ArrayLike | None = None, ax: Axes | None = None, *, title: str = "", synthetic: bool = False
) -> Axes:  # fmt: skip
    """The z of raw scores at some ages, see :func:`otscore.report.picture_norm_curves.scores_picture`."""
    from otscore.report.picture_norm_curves import scores_picture

    return scores_picture(model, ages, raw, ax, title=title, synthetic=synthetic)


def plot_observed(
    model: NormModel, sample: Sample, ax: Axes | None = None, *,
    percentiles: Sequence[float] = PERCENTILES, edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False,
) -> Axes:  # fmt: skip
    """Percentiles of each age beside the model's curves, see :func:`otscore.report.picture_norm_fit.observed_picture`."""
    from otscore.report.picture_norm_fit import observed_picture

    return observed_picture(model, sample, ax, percentiles=percentiles, edges=edges, title=title, synthetic=synthetic)


def plot_observed_z(
    model: NormModel, sample: Sample, ax: Axes | None = None, *, edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False
) -> Axes:  # fmt: skip
    """The model's z against z by rank, see :func:`otscore.report.picture_norm_fit.observed_z_picture`."""
    from otscore.report.picture_norm_fit import observed_z_picture

    return observed_z_picture(model, sample, ax, edges=edges, title=title, synthetic=synthetic)


def plot_worms(
    model: NormModel, sample: Sample, ax: Axes | None = None, *, edges: Sequence[float] | None = None, title: str = "", synthetic: bool = False
) -> Axes:  # fmt: skip
    """Worm plots by age, see :func:`otscore.report.picture_norm_fit.worm_picture`."""
    from otscore.report.picture_norm_fit import worm_picture

    return worm_picture(model, sample, ax, edges=edges, title=title, synthetic=synthetic)


def plot_comparison(
    models: Mapping[str, NormModel], ax: Axes | None = None, *, percentiles: Sequence[float] = (5, 50, 95), title: str = "", synthetic: bool = False
) -> Axes:  # fmt: skip
    """Curves of several models and their differences in T, see :func:`otscore.report.picture_norm_comparison.comparison_picture`."""
    from otscore.report.picture_norm_comparison import comparison_picture

    return comparison_picture(models, ax, percentiles=percentiles, title=title, synthetic=synthetic)


def plot_bands(
    bands: BootstrapBands, names: Sequence[str], ax: Axes | None = None, *, level: float | None = None, title: str = "", synthetic: bool = False
) -> Axes:  # fmt: skip
    """Curves in their bootstrap bands, see :func:`otscore.report.picture_norm_comparison.bands_picture`."""
    from otscore.report.picture_norm_comparison import bands_picture

    return bands_picture(bands, names, ax, level=level, title=title, synthetic=synthetic)
