"""The z of one scale over the children, with their ages: what sample pictures are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from otscore.batch import Floats
from otscore.errors import Issue, UsageError
from otscore.profile.scores import Scores
from otscore.report.ages import DAYS_PER_MONTH


@dataclass(frozen=True, eq=False, slots=True)
class Standings:
    """pack, scale : the scale meant. z, age_months : (n,), of the children who have a z; age as the norms were read at."""

    pack: str
    scale: str
    z: Floats
    age_months: Floats


def standings(scores: Scores, scale: str) -> Standings:
    """The z of a scale, named by its id, or as ``gsed@2406 d`` where several packs have one of that name.

    Raises UsageError where no pack or more than one has it.
    """
    found = [(part, place) for part in scores.parts for place, name in enumerate(part.form.result_ids) if scale in (name, f"{part.stamp.pack} {name}")]
    if len(found) != 1:
        names = [f"{part.stamp.pack} {name}" for part in scores.parts for name in part.form.result_ids]
        message = "several packs have a scale of that name" if found else "no pack has a scale of that name"
        raise UsageError(Issue("scale", message, f"It is one of: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}", field="scale"))
    part, place = found[0]
    age = np.where(part.children.corrected, part.children.corrected_age_days, part.children.age_days) / DAYS_PER_MONTH
    z = part.arrays.z[:, place]
    there = np.isfinite(z)
    return Standings(part.stamp.pack, part.form.result_ids[place], z[there], age[there])


def age_edges(by_age: Sequence[float] | None) -> list[float]:
    """Edges of bands of age in months, ascending; none without bands. Raises UsageError for anything else."""
    if by_age is None:
        return []
    try:
        edges: Any = np.asarray(by_age, dtype=np.float64)
    except (TypeError, ValueError):
        edges = np.array(np.nan)
    if edges.ndim != 1 or edges.size < 2 or not np.isfinite(edges).all() or (np.diff(edges) <= 0.0).any():
        raise UsageError(Issue("by_age", "these are no edges of age bands", "Write ascending months, for example by_age=[0, 12, 24, 36]", field="by_age"))
    return [float(edge) for edge in edges]
