"""Each point of the grid scored by both packs through the engine, and what comes out differently, scale by scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from otscore.batch import Batch, Bools, Floats
from otscore.codes import STATUS_NAMES, Status
from otscore.compile import Form, Options, compile_form
from otscore.engine.norm import derive
from otscore.engine.results import Measured
from otscore.engine.status import at_nearest_age, on_norms, pack_range
from otscore.kernel.derive import range_value
from otscore.pack import Pack
from otscore.rescore.grid import SAME_AGE, Grid, Side, grid_of

NUMBERS = ("score", "z", "percentile", "ci_low", "ci_high")
SAME = 1e-9
FAR = 5.0
"""Where a grid stands for the measures, points at which both z lie further out than this are left aside."""


@dataclass(frozen=True, eq=False)
class Scored:
    """What a pack says at every point, all (n,): numbers by name, band in words, status."""

    numbers: dict[str, Floats]
    band: list[str]
    status: Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One point whose result changes: where it lies, and each part that differs as (old, new)."""

    group: str
    scale: str
    strata: str
    age: float
    age_to: float
    raw: float
    kind: str
    parts: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, eq=False)
class ScaleChange:
    """One scale in one norm group: the points looked at, and those that changed, appear (have a result only in B) or vanish."""

    pack: str
    group: str
    scale: str
    metric: str
    grid: Grid
    old: Scored
    new: Scored
    looked_at: Bools
    changed: Bools
    appear: Bools
    vanish: Bools
    months: float
    unit: str

    @property
    def differs(self) -> Bools:
        """Points at which anything changes."""
        return self.changed | self.appear | self.vanish

    def cells(self) -> Iterator[Cell]:
        """Every point at which something changes."""
        for place in np.flatnonzero(self.differs):
            kind = "changes" if self.changed[place] else "appears" if self.appear[place] else "vanishes"
            strata = ", ".join(values[place] for values in self.grid.strata.values())
            low, high = (float(value[place] / self.months) for value in (self.grid.age, self.grid.age_to))
            yield Cell(self.group, self.scale, strata, low, high, float(self.grid.raw[place]), kind, dict(self._parts(int(place))))

    def _parts(self, place: int) -> Iterator[tuple[str, tuple[Any, Any]]]:
        for name in NUMBERS:
            old, new = (float(side.numbers[name][place]) for side in (self.old, self.new))
            if not _equal(np.array([old]), np.array([new]))[0]:
                yield name, (_number(old), _number(new))
        if self.old.band[place] != self.new.band[place]:
            yield "band", (self.old.band[place] or None, self.new.band[place] or None)
        if self.old.status[place] != self.new.status[place]:
            yield "status", (STATUS_NAMES[self.old.status[place]], STATUS_NAMES[self.new.status[place]])

    def largest(self) -> tuple[str, float] | None:
        """The part in which scores change most (the first of score, z, percentile and limits that does), and by how much."""
        for name in NUMBERS:
            gap = np.abs(self.new.numbers[name] - self.old.numbers[name])[self.changed]
            gap = gap[gap > SAME]
            if gap.size:
                return name, float(gap.max())
        return None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def rescore(old: Pack, new: Pack) -> list[ScaleChange]:
    """Every scale that either pack norms, in every norm group. Items are not scored: raw scores and abilities are put in.

    Raises PackInvalid where a pack cannot be compiled.
    """
    found = []
    for groups in _groups(old, new):
        forms = [_form(pack, group) for pack, group in zip((old, new), groups, strict=True)]
        scales = dict.fromkeys(one.scale.id for form in forms if form for one in form.results if one.norm is not None)
        for scale in scales:
            sides = tuple(Side(pack, form, _scale(form, scale)) for pack, form in zip((old, new), forms, strict=True))
            found.append(_compared(sides, groups[0] or groups[1] or "", scale))  # type: ignore[arg-type]
    return found


def _groups(old: Pack, new: Pack) -> list[tuple[str | None, str | None]]:
    """Norm groups of the same name; the only group of each, whatever it is called; None where one has no such group."""
    names = [[group.id for group in pack.manifest.norm_groups] for pack in (old, new)]
    if len(names[0]) == len(names[1]) == 1:
        return [(names[0][0], names[1][0])]
    both = dict.fromkeys((*names[0], *names[1]))
    return [(name if name in names[0] else None, name if name in names[1] else None) for name in both]


def _form(pack: Pack, group: str | None) -> Form | None:
    return None if group is None else compile_form(pack, Options(scales="all", norm_group=group))


def _scale(form: Form | None, scale: str) -> Any:
    return next((one for one in form.results if one.scale.id == scale), None) if form is not None else None


def _compared(sides: tuple[Side, Side], group: str, scale: str) -> ScaleChange:
    grid = grid_of(sides)
    old, new = (scored(side, grid) for side in sides)
    ok_old, ok_new = old.status == Status.OK, new.status == Status.OK
    bands = np.array([one != other for one, other in zip(old.band, new.band, strict=True)], dtype=np.bool_)
    equal = ~bands & np.logical_and.reduce([_equal(old.numbers[name], new.numbers[name]) for name in NUMBERS])
    looked_at = ok_old | ok_new
    if "measures" in grid.sampled:
        looked_at &= ~((np.abs(old.numbers["z"]) > FAR) & (np.abs(new.numbers["z"]) > FAR))
    first = next(side for side in sides if side.norm is not None)
    assert first.norm is not None
    return ScaleChange(
        first.pack.name, group, scale, first.norm.metric.value, grid, old, new, looked_at,
        looked_at & ok_old & ok_new & ~equal, looked_at & ok_new & ~ok_old, looked_at & ok_old & ~ok_new,
        first.months, first.pack.manifest.age.unit,
    )  # fmt: skip


def _equal(x: Floats, y: Floats) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray((np.isnan(x) & np.isnan(y)) | (x == y) | (np.abs(x - y) <= SAME * np.maximum(1.0, np.abs(x))))


def scored(side: Side, grid: Grid) -> Scored:
    """What the pack says at every point: its norm applied to the measure, its SEM taken as 1 where it comes with an ability."""
    n = len(grid.raw)
    if side.form is None or side.scale is None:
        return Scored({name: np.full(n, np.nan) for name in NUMBERS}, [""] * n, np.full(n, Status.NOT_NORMED, dtype=np.int16))
    batch = _batch(side, grid)
    value, status = _in_points(side, grid.raw)
    in_range, flags = pack_range(side.form, batch)
    in_range, flags = on_norms(side.form, side.scale, in_range, flags)
    measured = Measured(np.ones(n, dtype=np.int64), value, value, np.ones(n), status, np.zeros(n, dtype=np.int32))
    derived = derive(side.form, side.scale, measured, at_nearest_age(side.form, batch), in_range, flags)
    labels = side.scale.norm.labels if side.scale.norm is not None else ()
    bands = [labels[number] if number >= 0 else "" for number in derived.band.tolist()]
    return Scored({name: getattr(derived, name) for name in NUMBERS}, bands, derived.status)


def _batch(side: Side, grid: Grid) -> Batch:
    """Children at the points, without answers."""
    n, strata = len(grid.raw), {}
    for name, values in grid.strata.items():
        known = side.pack.manifest.strata[name].values if name in side.pack.manifest.strata else ()
        strata[name] = np.array([known.index(value) if value in known else np.nan for value in values], dtype=np.float64)
    absent = np.full(n, np.nan)
    return Batch(np.empty((n, 0)), _own(side, grid.age), absent, absent, strata)


def _own(side: Side, months: Floats) -> Floats:
    """Ages in the pack's unit, on the pack's own edges where they are those."""
    ages, known = months / side.months, np.unique(np.concatenate(side.own_ages()))
    if not known.size:
        return ages
    place = np.clip(np.searchsorted(known, ages), 1, max(known.size - 1, 1)) if known.size > 1 else np.zeros(len(ages), dtype=np.intp)
    low, high = known[np.maximum(place - 1, 0)], known[np.minimum(place, known.size - 1)]
    nearest = np.where(np.abs(ages - low) <= np.abs(high - ages), low, high)
    return np.where(np.abs(nearest - ages) * side.months <= SAME_AGE, nearest, ages)


def _in_points(side: Side, raw: Floats) -> tuple[Floats, Any]:
    """The raw score turned into points where the scale has a table of points."""
    assert side.scale is not None
    status = np.zeros(len(raw), dtype=np.int16)
    if side.scale.points is None:
        return raw.copy(), status
    points = range_value(raw, *side.scale.points)
    status[np.isnan(points)] = Status.RAW_OUT_OF_TABLE
    return points, status
