"""What travels between the stages: :class:`Batch` into the engine, :class:`Scores` out of it. Arrays only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int16]
Flags = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Children ready to be scored with one form of one pack.

    responses : (n, k) float64, C-ordered, columns in the order of the form's items; NaN = not answered.
    age : (n,) age in the unit of the pack, by the pack's convention; NaN = unknown. The age the norms are read at.
    age_days, corrected_age_days : (n,) days since birth, and since the expected date of delivery; NaN = unknown.
    strata : name -> (n,) float64 codes in the order of the pack's stratum values; NaN = unknown.
    illegal : (n, k) or None; True where an answer was outside the legal set (the response itself is NaN there).
    age_invalid : (n,) or None; True where the age given is impossible.
    age_other : (n,) or None; the age by the other convention in use, to say where the choice changes the norm row.
    other_informant : (n,) or None; True where the norms are for the answers of somebody else.
    """

    responses: Floats
    age: Floats
    age_days: Floats
    corrected_age_days: Floats
    strata: Mapping[str, Floats] = field(default_factory=dict)
    illegal: Bools | None = None
    age_invalid: Bools | None = None
    age_other: Floats | None = None
    other_informant: Bools | None = None

    def __len__(self) -> int:
        return len(self.age)

    def rows(self, start: int, stop: int) -> Batch:
        """The rows from ``start`` up to ``stop``: views, nothing is copied."""
        part = slice(start, stop)
        return replace(
            self,
            responses=self.responses[part],
            age=self.age[part],
            age_days=self.age_days[part],
            corrected_age_days=self.corrected_age_days[part],
            strata={name: codes[part] for name, codes in self.strata.items()},
            illegal=None if self.illegal is None else self.illegal[part],
            age_invalid=None if self.age_invalid is None else self.age_invalid[part],
            age_other=None if self.age_other is None else self.age_other[part],
            other_informant=None if self.other_informant is None else self.other_informant[part],
        )


@dataclass(frozen=True, slots=True)
class ContrastArrays:
    """Comparisons within a child, (n, p): the difference, from where on one is significant, and the percent of the norm group
    with one at least as large. NaN where it is not known.
    """

    difference: Floats
    critical: Floats
    base_rate: Floats


@dataclass(frozen=True, slots=True)
class ScaleArrays:
    """Results of the engine, one row per child and one column per scale (composites follow the scales).

    raw, ability, sem, score, z, percentile, ci_low, ci_high : (n, s) float64, NaN where absent.
    n_answered : (n, s) int64. band : (n, s) int16 index into the scale's band labels, -1 = none.
    status, flags : (n, s) int16 of :class:`otscore.codes.Status`, int32 of :class:`otscore.codes.Flag`.
    posterior : (n, s, grid) or None; the full posterior of item-response scales, when asked for. contrasts : or None where the
    pack compares nothing.
    """

    n_answered: Ints
    raw: Floats
    ability: Floats
    sem: Floats
    score: Floats
    z: Floats
    percentile: Floats
    ci_low: Floats
    ci_high: Floats
    band: Codes
    status: Codes
    flags: Flags
    posterior: Floats | None = None
    contrasts: ContrastArrays | None = None

    @classmethod
    def empty(cls, n: int, s: int) -> ScaleArrays:
        """Arrays of ``n`` children and ``s`` scales with nothing known yet."""

        def nan() -> Floats:
            return np.full((n, s), np.nan)

        return cls(
            n_answered=np.zeros((n, s), dtype=np.int64),
            raw=nan(), ability=nan(), sem=nan(), score=nan(), z=nan(), percentile=nan(), ci_low=nan(), ci_high=nan(),
            band=np.full((n, s), -1, dtype=np.int16),
            status=np.zeros((n, s), dtype=np.int16),
            flags=np.zeros((n, s), dtype=np.int32),
        )  # fmt: skip

    def with_posterior(self, parts: Sequence[Floats | None]) -> ScaleArrays:
        """The same results with the posteriors of the chunks, joined."""
        kept = [part for part in parts if part is not None]
        return replace(self, posterior=np.concatenate(kept)) if kept else self

    def with_contrasts(self, parts: Sequence[ContrastArrays | None]) -> ScaleArrays:
        """The same results with the comparisons of the chunks, joined."""
        kept = [part for part in parts if part is not None]
        if not kept:
            return self
        joined = {name: np.concatenate([getattr(part, name) for part in kept]) for name in ContrastArrays.__slots__}
        return replace(self, contrasts=ContrastArrays(**joined))

    def set(self, start: int, stop: int, part: ScaleArrays) -> None:
        """Write the results of the rows ``start`` to ``stop`` into place."""
        for name in ARRAY_NAMES:
            getattr(self, name)[start:stop] = getattr(part, name)


ARRAY_NAMES: tuple[str, ...] = (
    "n_answered", "raw", "ability", "sem", "score", "z", "percentile", "ci_low", "ci_high", "band", "status", "flags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamp:
    """What scored the children: names, version and digest of the pack, every choice that a score depends on, the caveats.

    ci_level : None where the pack gives no interval. estimator, relevance, prior_without_age : None where none was chosen.
    """

    instrument: str
    edition: str
    pack_version: str
    digest: str
    library_version: str
    kind: str
    status: str
    norm_group: str
    age_basis: str
    rounding: str
    ci_level: float | None
    estimator: str | None
    relevance: tuple[float, float] | None
    historic_scale: bool
    logit: bool
    prior_without_age: tuple[float, float] | None
    notices: tuple[str, ...]

    @property
    def pack(self) -> str:
        """``instrument@edition``."""
        return f"{self.instrument}@{self.edition}"

    def to_dict(self) -> dict[str, Any]:
        """The stamp as plain data."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {"pack": self.pack} | {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


ABSENT_KINDS = frozenset(("NoneType", "NAType", "NaTType"))


def is_absent(value: Any) -> bool:
    """Whether a cell is empty: None, NaN, NaT or NA of pandas."""
    return type(value).__name__ in ABSENT_KINDS or (isinstance(value, float | np.floating) and value != value)


@dataclass(frozen=True, slots=True)
class Children:
    """Who was scored, in input order: what is echoed beside the scores. ``ids`` and ``informants`` are array-likes.

    age, strata : as in :class:`Batch`, for what is looked up after the scores: errors of measurement at two occasions.
    """

    ids: Any
    age_days: Floats
    corrected_age_days: Floats
    corrected: Bools
    informants: Any
    age: Floats
    strata: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.age_days)
