"""Two informants on the same children: which of their scores may be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from otscore.errors import Issue, UsageError
from otscore.profile.build import Part

if TYPE_CHECKING:
    import pandas as pd

CHOICES = ("pack", "digest", "norm_group", "age_basis", "rounding")
"""What must be the same in both stamps: else it is not the informant alone that differs."""


def between_informants(parts: Sequence[Part], others: Sequence[Part]) -> pd.DataFrame:
    """The differences of every pack that compares informants.

    Raises UsageError where the children, the packs or the choices differ, or no pack compares informants.
    """
    from otscore.profile.frame import informant_frame

    compared = [(part, other) for part, other in zip(parts, others, strict=False) if _compares(part)]
    if len(parts) != len(others) or any(_differs(part, other) for part, other in zip(parts, others, strict=False)):
        hint = "Score both with the same packs, versions, norm group and options"
        raise UsageError(Issue("not_comparable", "scores of two informants are compared within one pack, norm group and age basis", hint))
    if not compared:
        hint = 'The pack needs [[comparisons]] with kind = "informants"'
        raise UsageError(Issue("no_comparison", "no pack named compares informants", hint))
    for part, other in compared:
        mine, theirs = np.asarray(part.children.ids), np.asarray(other.children.ids)
        if len(mine) != len(theirs) or bool((mine != theirs).any()):
            raise UsageError(Issue("other_children", "the rows are not of the same children", "Bring both tables into the same order, with one id column"))
    return informant_frame(compared)


def _compares(part: Part) -> bool:
    return any(form.comparison.kind == "informants" for form in part.form.contrasts)


def _differs(part: Part, other: Part) -> bool:
    return any(getattr(part.stamp, name) != getattr(other.stamp, name) for name in CHOICES)
