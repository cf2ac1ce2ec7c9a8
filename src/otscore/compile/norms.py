"""The norm of one scale, ready for the engine: where a child's row is found, its arrays, and the precision published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.codes import METRIC_MEAN_SD
from otscore.compile.rows import RowFinder, finder_of, groups_of, rows_of
from otscore.compile.tables import Arrays, CutScores, build_arrays, curves
from otscore.errors import Issue, PackInvalid
from otscore.kernel.interval import z_multiplier
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack.table import Table
from otscore.schema.manifest import Manifest
from otscore.schema.norm import CURVE_COLUMNS, Interval, Norm

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Precision:
    """SEM (of the measure or the score) or reliability by age band; NaN outside the ages it was published for.

    One that is for all ages needs no age.
    """

    bands: Bands
    values: Floats

    def at(self, age: Floats) -> Floats:
        """The value at each age, (n,)."""
        if np.isneginf(self.bands.starts[0]) and np.isposinf(self.bands.stops[0]):
            return np.full(len(age), self.values[0])
        row, _ = self.bands.find(age)
        return np.where(row >= 0, self.values[np.maximum(row, 0)], np.nan)


@dataclass(frozen=True, slots=True)
class NormForm:
    """A norm ready to use: its ``arrays``, the finder of a child's row in them (none for curves and cut scores), names of bands."""

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


def compile_norm(
    norm: Norm, scale: str, manifest: Manifest, tables: Mapping[str, Table], psychometrics: Table | None, level: float | None
) -> NormForm:  # fmt: skip
    """The arrays of one norm for one scale.

    Raises PackInvalid for a missing table or column, or rows that do not fit together.
    """
    mean, sd = METRIC_MEAN_SD.get(norm.metric, (float("nan"), float("nan")))
    fields: dict[str, Any] = {"norm": norm, "metric_mean": mean, "metric_sd": sd, **_precision(norm, scale, psychometrics, level)}
    if norm.cuts is not None:
        return NormForm(**fields, labels=norm.cuts.bands, arrays=CutScores(np.array(norm.cuts.at_least)))
    rows = rows_of(norm, scale, tables)
    key = StratumKey(norm.strata, tuple(len(manifest.strata[name].values) for name in norm.strata))
    if norm.method in CURVE_COLUMNS:
        return NormForm(**fields, key=key, arrays=curves(norm, rows, manifest, key))
    groups = groups_of(norm, rows, manifest)
    arrays, labels = build_arrays(norm, rows, groups)
    return NormForm(**fields, key=key, arrays=arrays, labels=labels, finder=finder_of(groups, key, "age_from" in rows))


def _precision(norm: Norm, scale: str, psychometrics: Table | None, level: float | None) -> dict[str, Any]:
    interval = norm.interval
    if interval is None:
        return {}
    fields: dict[str, Any] = {"multiplier": float(z_multiplier(level or interval.level))}
    wanted = _statistics(interval)
    for field, (statistic, metric) in wanted.items():
        found = _published(psychometrics, (scale, statistic, metric), norm.group)
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
    }[interval.kind]


def _published(table: Table | None, wanted: tuple[str, str, str], group: str) -> Precision | None:
    """The rows of a scale, statistic and metric that are for the norm group, or for all."""
    if table is None:
        return None
    keys = zip(table.text("scale"), table.text("statistic"), table.text("metric"), strict=True)
    groups = table.columns.get("norm_group", ("",) * len(table))
    mine = [key == wanted and own in ("", group) for key, own in zip(keys, groups, strict=True)]
    lines = np.flatnonzero(np.array(mine, dtype=np.bool_))
    if not lines.size:
        return None
    start, stop = (table.numbers(name, blank=end)[lines] for name, end in (("age_from", -np.inf), ("age_to", np.inf)))
    order = np.argsort(start, kind="stable")
    bands = Bands(start[order], stop[order], np.arange(lines.size))
    return Precision(bands, table.numbers("value")[lines][order])
