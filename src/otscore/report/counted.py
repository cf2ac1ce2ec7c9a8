"""What group tables count: a few arrays of the scores of one pack, also of a file that was scored in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from otscore.batch import Codes, Flags, Floats, Stamp
from otscore.profile.build import Part

COUNTED = ("status", "flags", "score", "z")


@dataclass(frozen=True, slots=True)
class Counted:
    """A row for each child and a column for each scale, as in :class:`otscore.batch.ScaleArrays`."""

    stamp: Stamp
    scales: tuple[str, ...]
    domains: tuple[str, ...]
    status: Codes
    flags: Flags
    score: Floats
    z: Floats

    @classmethod
    def of(cls, part: Part) -> Counted:
        """What is counted of the scores of a pack."""
        form = part.form
        domains = [scale.scale.domain.value for scale in form.results] + [one.composite.domain.value for one in form.composites]
        return cls(part.stamp, tuple(form.result_ids), tuple(domains), **{name: getattr(part.arrays, name) for name in COUNTED})

    def __len__(self) -> int:
        return len(self.status)


def together(pieces: Sequence[Counted]) -> Counted:
    """The pieces of one pack, in their order, as one."""
    joined: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in pieces]) for name in COUNTED}
    return replace(pieces[0], **joined)
