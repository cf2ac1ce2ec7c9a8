"""The norm of one scale, ready for the engine: where a child's row is found, its arrays, and the precision published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.compile.rows import RowFinder, finder_of, groups_of, rows_of
from otscore.compile.tables import (
    Arrays,
    Curves,
    CutScores,
    Itself,
    Lookup,
    Ranges,
    Taylor,
    build_arrays,
    curves,
    taylor,
)
from otscore.errors import Issue, PackInvalid, UsageError
from otscore.kernel.interval import z_multiplier
from otscore.kernel.rounding import round_half_even, round_half_up
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack.table import Table
from otscore.schema.manifest import Manifest
from otscore.schema.norm import CURVE_COLUMNS, Interval, Norm

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
BY_AGE = ("regression", "lognormal_regression", "beta_binomial_regression", "percent_delay")
"""Methods whose formula needs the age, also where their rows need none."""


@dataclass(frozen=True, slots=True)
class Precision:
    """SEM (of the measure or the score), reliability or half width by strata and age band; NaN where none was published.

    One that is for all ages needs no age.
    """

    finder: RowFinder
    values: Floats

    @property
    def for_all(self) -> bool:
        """Whether one value is for every child."""
        bands = self.finder.bands[0] if not self.finder.key.names else None
        return bands is not None and bool(np.isneginf(bands.starts[0]) and np.isposinf(bands.stops[0]))

    def at(self, age: Floats, strata: Mapping[str, Floats]) -> Floats:
        """The value of each child, (n,)."""
        if self.for_all:
            return np.full(len(age), self.values[0])
        row, _ = self.finder.find(age, strata)
        return np.where(row >= 0, self.values[np.maximum(row, 0)], np.nan)


@dataclass(frozen=True, slots=True)
class NormForm:
    """A norm ready to use: its ``arrays``, the finder of a child's row in them (none for curves and cut scores), names of bands.

    unit : of the ages of the pack. as_printed : every score of the table is what rounding would make of it.
    """

    norm: Norm
    metric_mean: float
    metric_sd: float
    arrays: Arrays
    labels: tuple[str, ...] = ()
    key: StratumKey = StratumKey((), ())
    finder: RowFinder | None = None
    multiplier: float = 0.0
    precision: Precision | None = None
    reliability: Precision | None = None
    unit: str = ""
    as_printed: bool = False

    @property
    def strata(self) -> tuple[str, ...]:
        """The strata that the norm or its precision needs."""
        others = (one.finder.key.names for one in (self.precision, self.reliability) if one is not None)
        return tuple(dict.fromkeys((*self.norm.strata, *(name for names in others for name in names))))

    @property
    def by_age(self) -> bool:
        """Whether the norm needs the age of the child."""
        if isinstance(self.arrays, Curves | Taylor) or self.norm.method in BY_AGE:
            return True
        return self.finder is not None and self.finder.by_age


def compile_norm(
    norm: Norm, scale: str, manifest: Manifest, tables: Mapping[str, Table], psychometrics: Table | None, level: float | None
) -> NormForm:  # fmt: skip
    """The arrays of one norm for one scale.

    Raises PackInvalid for a missing table or column, or rows that do not fit together.
    """
    mean, sd = norm.mean_sd or (float("nan"), float("nan"))
    fields: dict[str, Any] = {"norm": norm, "metric_mean": mean, "metric_sd": sd, "unit": manifest.age.unit, **_precision(norm, scale, manifest, psychometrics, level)}
    described = norm.descriptions.bands if norm.descriptions else ()
    if norm.cuts is not None:
        return NormForm(**fields, labels=norm.cuts.bands, arrays=CutScores(np.array(norm.cuts.at_least)))
    if norm.method == "identity":
        return NormForm(**fields, labels=described, arrays=Itself())
    rows = rows_of(norm, scale, tables)
    key = StratumKey(norm.strata, tuple(len(manifest.strata[name].values) for name in norm.strata))
    if norm.method in CURVE_COLUMNS or norm.method == "taylor":
        arrays = curves(norm, rows, manifest, key) if norm.method in CURVE_COLUMNS else taylor(norm, rows, manifest, key)
        return NormForm(**fields, key=key, labels=described, arrays=arrays)
    groups = groups_of(norm, rows, manifest)
    built, labels = build_arrays(norm, rows, groups, level)
    finder = finder_of(groups, key, "age_from" in rows)
    return NormForm(**fields, key=key, arrays=built, labels=described or labels, finder=finder, as_printed=_as_printed(norm, built))


def _as_printed(norm: Norm, arrays: Arrays) -> bool:
    scores = arrays.table if isinstance(arrays, Lookup) else arrays.scores if isinstance(arrays, Ranges) else None
    if scores is None or norm.decimals is None or norm.method == "percent_delay":
        return False
    rounding = round_half_up if norm.round_mode == "half_up" else round_half_even
    return bool(np.array_equal(scores, rounding(scores, norm.decimals), equal_nan=True))


def _precision(norm: Norm, scale: str, manifest: Manifest, psychometrics: Table | None, level: float | None) -> dict[str, Any]:
    interval = norm.interval
    if interval is None:
        return {}
    asked = level or interval.level
    fields: dict[str, Any] = {"multiplier": float(z_multiplier(asked))}
    for field, (statistic, metric) in _statistics(interval).items():
        at = asked if statistic == "half_width" else None
        found = None if psychometrics is None else published(psychometrics, (scale, statistic, metric), norm.group, manifest, at)
        if found is None and at is not None and level is not None:
            message = f"{scale} has no half width printed for this level"
            raise UsageError(Issue("ci_level", message, "Leave ci_level out, or take a level that the pack prints", "psychometrics.csv"))
        if found is None:
            message = f"the interval of scale {scale} needs the {statistic} of the {metric}, and none is given"
            hint = "Add it with its source, or remove `interval`: no interval is printed where none is published"
            raise PackInvalid(Issue("precision_missing", message, hint, "psychometrics.csv"))
        fields[field] = found
    return fields


def _statistics(interval: Interval) -> dict[str, tuple[str, str]]:
    return {
        "posterior": {},
        "sem_measure": {"precision": ("sem", "measure")},
        "observed": {"precision": ("sem", "score")},
        "true_score": {"reliability": ("reliability", "score")},
        "half_width": {"precision": ("half_width", "score")},
        "printed": {},
        "entered": {},
    }[interval.kind]


def published(table: Table, wanted: tuple[str, str, str], group: str, manifest: Manifest, level: float | None = None) -> Precision | None:
    """The rows of a scale, statistic and metric (and level, where they have one) that are for the norm group, or for all."""
    keys = zip(table.text("scale"), table.text("statistic"), table.text("metric"), strict=True)
    groups = table.columns.get("norm_group", ("",) * len(table))
    levels = table.numbers("level", blank=np.nan) if "level" in table and level is not None else None
    mine = [key == wanted and own in ("", group) for key, own in zip(keys, groups, strict=True)]
    lines = np.flatnonzero(np.array(mine, dtype=np.bool_) & (True if levels is None or level is None else np.isclose(levels, level)))
    if not lines.size:
        return None
    return by_bands(table, lines, "value", manifest)


def by_bands(table: Table, lines: Places, column: str, manifest: Manifest) -> Precision:
    """A column of some lines, found by the strata and ages that these lines name."""
    strata = tuple(name for name in manifest.strata if name in table and any(table.text(name)[line] for line in lines))
    key = StratumKey(strata, tuple(len(manifest.strata[name].values) for name in strata))
    ends = (("age_from", -np.inf), ("age_to", np.inf))
    start, stop = (table.numbers(name, blank=end)[lines] if name in table else np.full(lines.size, end) for name, end in ends)
    number = np.zeros(lines.size, dtype=np.intp)
    for name in strata:
        values = manifest.strata[name].values
        number = number * len(values) + np.array([values.index(table.text(name)[line]) for line in lines], dtype=np.intp)
    bands = {}
    for combination in np.unique(number).tolist():
        own = np.flatnonzero(number == combination)
        order = own[np.argsort(start[own], kind="stable")]
        bands[combination] = Bands(start[order], stop[order], order)
    by_age = bool(np.isfinite(start).any() or np.isfinite(stop).any())
    return Precision(RowFinder(key, bands, by_age), table.numbers(column, blank=np.nan)[lines])
