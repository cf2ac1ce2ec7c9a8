"""What a new pack is to hold, and how it is said in a few words: ``balance:gross_motor:24``, ``motor=balance+pegs:standard``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from otscore.codes import Domain, Metric
from otscore.errors import Issue, UsageError
from otscore.norming.cells import plain
from otscore.norming.layouts import LAYOUTS, Layout

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")
ITEMS = re.compile(r"([0-9]{1,3})x([0-9]{1,2})-([0-9]{1,2})")
UNITS = ("months", "years", "days")
SCORES: dict[str, tuple[int, int]] = {
    "scaled": (1, 19), "standard": (40, 160), "t": (20, 80), "v_scale": (1, 24), "sten": (1, 10), "stanine": (1, 9), "nce": (1, 99),
    "percentile": (1, 99),
}  # fmt: skip
"""Lowest and highest score that tests usually print, by metric: the rows of an entry sheet with the scores down the side."""
METRICS = tuple(metric.value for metric in Metric if metric.value not in ("none", "raw", "base_rate", "custom"))
MOTOR = {"fine_motor", "gross_motor", "motor"}
MOST_RAWS = 2000


@dataclass(frozen=True, slots=True)
class ScalePlan:
    """A scale: its highest raw score; ``items`` of them worth ``points`` each, or none where totals are entered."""

    id: str
    domain: str
    highest: int
    items: int = 0
    points: tuple[int, int] = (0, 0)

    @property
    def raws(self) -> range:
        """The raw scores that can occur."""
        return range(self.items * self.points[0], self.highest + 1)


@dataclass(frozen=True, slots=True)
class CompositePlan:
    """A score made of scales: of their derived scores, or of their raw scores."""

    id: str
    members: tuple[str, ...]
    metric: str
    of: Literal["scores", "raws"] = "scores"


@dataclass(frozen=True)
class Plan:
    """A pack to begin with. ``bands``: half-open age bands in ``unit``, as text."""

    directory: Path
    scales: tuple[ScalePlan, ...]
    bands: tuple[tuple[str, str], ...]
    metric: str = "scaled"
    composites: tuple[CompositePlan, ...] = ()
    unit: str = "months"
    sex: bool = False
    layout: Layout = "long"
    edition: str = "1"
    private: bool = False

    @property
    def instrument(self) -> str:
        """The id of the instrument: the name of its directory."""
        return self.directory.resolve().name

    def __post_init__(self) -> None:
        issues = list(self._problems())
        if issues:
            raise UsageError(issues)

    def _problems(self) -> Iterator[Issue]:
        for what, name in (("directory", self.instrument), ("edition", self.edition)):
            if not ID.fullmatch(name):
                yield Issue("name", f"the {what} {name} is no name of an {'instrument' if what == 'directory' else what}", NAME_HINT)
        names = [scale.id for scale in self.scales] + [composite.id for composite in self.composites]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Issue("scale_twice", f"two scales are called {name}", "Name each once")
        if self.metric not in METRICS:
            yield Issue("metric", f"{self.metric} is no metric", f"Allowed: {', '.join(METRICS)}")
        if self.unit not in UNITS or self.layout not in LAYOUTS:
            yield Issue("choice", f"{self.unit}, {self.layout}: no unit of ages, or no layout", f"Units: {', '.join(UNITS)}; layouts: {', '.join(LAYOUTS)}")
        for low, high in self.bands:
            if not Decimal(low) < Decimal(high):
                yield Issue("ages", f"the age band {low}:{high} does not rise", AGES_HINT)
        for (_, end), (start, _) in zip(self.bands, self.bands[1:], strict=False):
            if end != start:
                yield Issue("ages", f"between the age bands, {end} and {start} are not the same", AGES_HINT)
        yield from self._composite_problems()
        for metric in {self.metric, *(composite.metric for composite in self.composites)} if self.layout == "ranges" else ():
            if metric not in SCORES:
                yield Issue("layout", f"a table with the scores down the side cannot be laid out for the metric {metric}", "Choose --layout long or sheets")

    def _composite_problems(self) -> Iterator[Issue]:
        known = [scale.id for scale in self.scales]
        for composite in self.composites:
            for member in composite.members:
                if member not in known:
                    yield Issue("member", f"{composite.id} is made of {member}, which is no scale before it", f"Scales: {', '.join(known)}")
            if composite.metric not in METRICS:
                yield Issue("metric", f"{composite.metric} is no metric", f"Allowed: {', '.join(METRICS)}")
            unknown = [member for member in composite.members if member in known and self.metric_of(member) not in SCORES]
            if composite.of == "scores" and unknown:
                hint = f"Make it of raw scores: {composite.id}={'+'.join(composite.members)}:{composite.metric}:raws"
                yield Issue("composite", f"the scores of {', '.join(unknown)} have no lowest and highest, so their sums cannot be listed", hint)
            known.append(composite.id)

    def metric_of(self, name: str) -> str:
        """The metric of a scale or composite."""
        return next((composite.metric for composite in self.composites if composite.id == name), self.metric)

    def raws(self, name: str) -> range:
        """The raw scores of a scale or composite that can occur."""
        for scale in self.scales:
            if scale.id == name:
                return scale.raws
        composite = next(one for one in self.composites if one.id == name)
        if composite.of == "scores":
            limits = [SCORES[self.metric_of(member)] for member in composite.members]
        else:
            limits = [(raws.start, raws.stop - 1) for raws in map(self.raws, composite.members)]
        return range(sum(low for low, _ in limits), sum(high for _, high in limits) + 1)

    def domain(self, name: str) -> str:
        """The domain of a scale, or the one that holds those of a composite's members."""
        for scale in self.scales:
            if scale.id == name:
                return scale.domain
        domains = {self.domain(member) for member in next(one for one in self.composites if one.id == name).members}
        return domains.pop() if len(domains) == 1 else "motor" if domains <= MOTOR else "general"


NAME_HINT = "Letters, digits, _ and -, beginning with a letter or digit"
AGES_HINT = "Bands follow one another without a gap: 48:60,60:72 is from 48 to below 60, and from 60 to below 72"
SCALE_HINT = "Write ID:DOMAIN:HIGHEST (raw totals are entered), or ID:DOMAIN:12x0-2 (12 items, each worth 0 to 2)"
COMPOSITE_HINT = "Write ID=MEMBER+MEMBER:METRIC; :raws behind it where raw scores are summed, not derived scores"


def parse_scale(text: str) -> ScalePlan:
    """A scale from ``balance:gross_motor:24`` or ``balance:gross_motor:12x0-2``. Raises UsageError."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 3 or not ID.fullmatch(parts[0]):
        raise UsageError(Issue("scale", f"{text}: no scale", SCALE_HINT))
    name, domain, size = parts
    if domain not in list(Domain):
        raise UsageError(Issue("domain", f"{domain} is no domain", f"Allowed: {', '.join(Domain)}"))
    if found := ITEMS.fullmatch(size):
        count, low, high = (int(part) for part in found.groups())
        if count and low < high:
            return ScalePlan(name, domain, count * high, count, (low, high))
    elif size.isdecimal() and 0 < int(size) <= MOST_RAWS:
        return ScalePlan(name, domain, int(size))
    raise UsageError(Issue("scale", f"{text}: {size} is neither a highest raw score (1 to {MOST_RAWS}) nor items", SCALE_HINT))


def parse_composite(text: str) -> CompositePlan:
    """A composite from ``motor=balance+pegs:standard`` or ``motor=balance+pegs:standard:raws``. Raises UsageError."""
    name, _, rest = text.partition("=")
    members, *more = [part.strip() for part in rest.split(":")]
    listed = tuple(part.strip() for part in members.split("+"))
    if not ID.fullmatch(name.strip()) or len(listed) < 2 or not 1 <= len(more) <= 2 or more[1:] not in ([], ["raws"], ["scores"]):
        raise UsageError(Issue("composite", f"{text}: no composite", COMPOSITE_HINT))
    return CompositePlan(name.strip(), listed, more[0], "raws" if more[1:] == ["raws"] else "scores")


def parse_ages(text: str) -> tuple[tuple[str, str], ...]:
    """Half-open bands from ``48:60,60:72``. Raises UsageError."""
    bands = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            low, high = (plain(Decimal(end.strip())) for end in part.split(":"))
        except (ValueError, InvalidOperation):
            raise UsageError(Issue("ages", f"{part}: no age band", AGES_HINT)) from None
        bands.append((low, high))
    if not bands:
        raise UsageError(Issue("ages", "there is no age band", AGES_HINT))
    return tuple(bands)


def joined(words: Sequence[str]) -> str:
    """Words as a list in TOML."""
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"
