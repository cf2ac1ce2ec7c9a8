"""What makes the norms of an age band doubtful: few children in it, many with the same end of the scale, or a model that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from otscore.norming.build.scale import ScaleRecipe
from otscore.norming.fit.diagnostics import FEWEST_TOLD, Residuals
from otscore.norming.fit.samples import Sample

FEW, SHOWN = 30, 4
"""Children from which on an age band is no longer called small; bands that are named one by one."""
CROWD, FEW_TO_COUNT = 0.15, 10
"""Share of children at one end of the scale that is called many (Terwee et al. 2007, doi:10.1016/j.jclinepi.2006.03.012), and in how many."""
ERRORS, OFF, WIDE = 3.0, 0.25, 1.25
"""A band is off by so many standard errors of its mean z (or of its SD), where that also matters: 2.5 T, or an SD a quarter too wide."""


def few(where: str, by_band: NDArray[np.int64], edges: Sequence[float], unit: str) -> Iterator[str]:
    """The bands with few children, one by one, or how many there are and which has the fewest."""
    small = np.flatnonzero(by_band < FEW)
    bands = [f"{edges[place]:.6g} to below {edges[place + 1]:.6g} {unit}" for place in small.tolist()]
    if small.size > SHOWN:
        least = int(by_band[small].argmin())
        yield f"{where}: fewer than {FEW} children in {small.size} of {by_band.size} age bands, {by_band[small[least]]} in that from {bands[least]}"
    else:
        yield from (f"{where}, {band}: {by_band[place]} children only" for band, place in zip(bands, small, strict=True))


def crowded(where: str, children: Sample, scale: ScaleRecipe, edges: Sequence[float], unit: str) -> Iterator[str]:
    """The bands where many children have the lowest, or the highest, raw score that can occur: nothing tells them apart."""
    for name, end in zip(("lowest", "highest"), scale.range, strict=True):
        found = []
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            mine = (children.age >= low) & (children.age < high)
            share = float(children.weight[mine & (children.raw == end)].sum() / max(children.weight[mine].sum(), 1e-12))
            if mine.sum() >= FEW_TO_COUNT and share >= CROWD:
                found.append((share, f"{low:.6g} to below {high:.6g} {unit} ({100 * share:.0f} %)"))
        if found:
            most = sorted(found, key=lambda pair: -pair[0])[:SHOWN]
            told = ", ".join(text for pair in found if pair in most for text in pair[1:])
            more = f" and {len(found) - len(most)} more" if len(found) > len(most) else ""
            yield f"{where}: many children have the {name} raw score that can occur, {end:g}, at {told}{more}; the test does not tell them apart"


def misfit(where: str, found: Residuals, children: Sample, unit: str) -> Iterator[str]:
    """The bands whose own children have a mean z that is not 0, or an SD far above 1, by more than chance.

    An SD below 1 is not taken for a fault: where many children share the lowest or highest raw score it has to be.
    """
    bands = slice(0, -1)  # the last is all ages
    n = np.maximum(found.n[bands] * children.effective_n / children.n, 1.0)
    with np.errstate(invalid="ignore"):
        mean_off = (np.abs(found.mean[bands]) > OFF) & (np.abs(found.mean[bands]) * np.sqrt(n) > ERRORS)
        wide = (found.sd[bands] > WIDE) & ((found.sd[bands] - 1.0) * np.sqrt(2.0 * n) > ERRORS)
    off = np.flatnonzero((mean_off | wide) & (found.n[bands] >= FEWEST_TOLD))
    if not off.size:
        return
    worst = off[np.argsort(-np.maximum(np.abs(found.mean[off]), found.sd[off] - 1.0), kind="stable")][:SHOWN]
    told = [
        f"{found.age_from[band]:.6g} to below {found.age_to[band]:.6g} {unit} ({f'mean z {found.mean[band]:.2f}' if mean_off[band] else f'SD {found.sd[band]:.2f}'})"
        for band in sorted(worst.tolist())
    ]  # fmt: skip
    more = f" and {off.size - len(told)} more" if off.size > len(told) else ""
    yield f"{where}: the model does not fit the children of {', '.join(told)}{more}; their mean z should be 0 and its SD 1. Try another model"
