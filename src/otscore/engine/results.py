"""What a scale has at each of its two stages: :class:`Measured` before norms, :class:`Derived` after them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from otscore.batch import Codes, Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Measured:
    """One scale before norms: raw or ability (NaN where ``status`` is not OK), its error, flags. All (n,)."""

    n_answered: Ints
    raw: Floats
    ability: Floats
    sem: Floats
    status: Codes
    flags: Flags
    posterior: Floats | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """The derived score of one scale, all (n,): NaN, or -1 for a band, where ``status`` is not OK.

    counts_as : what stands for the score in sums and means of scores, where the table prints that; else the score itself.
    """

    score: Floats
    z: Floats
    percentile: Floats
    ci_low: Floats
    ci_high: Floats
    band: Codes
    status: Codes
    flags: Flags
    counts_as: Floats | None = None

    @property
    def summand(self) -> Floats:
        """What goes into a sum of scores."""
        return self.score if self.counts_as is None else np.where(np.isnan(self.counts_as), self.score, self.counts_as)


@dataclass(frozen=True, slots=True)
class Done:
    """A scale that later ones may build on."""

    measured: Measured
    derived: Derived
