"""What the packs cover: each scale with its domain, ages, informant and kind of evidence; and the holes, in words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from otscore.codes import PROFILE_DOMAINS, Domain, Kind
from otscore.pack import Pack
from otscore.pack.items import member_items
from otscore.schema import Norm

MONTHS_PER = {"days": 1 / 30.4375, "months": 1.0, "years": 12.0}
AGE_BANDS: tuple[tuple[str, float, float], ...] = (
    ("0-11 mo", 0, 12), ("12-35 mo", 12, 36), ("36-47 mo", 36, 48), ("4-5 y", 48, 72), ("6-8 y", 72, 108), ("9-12 y", 108, 156),
    ("13-17 y", 156, 216),
)  # fmt: skip
"""Name, first age and first age beyond, in months."""
EVIDENCE_OF_METHOD = {"percentile_cells": "percentile", "base_rates": "base rate", "attainment": "age of attainment"}
EVIDENCE_OF_KIND = {Kind.NORMED: "z", Kind.BANDED: "class", Kind.CRITERION: "flag"}
EVIDENCE = ("z", "percentile", "class", "flag", "age of attainment", "base rate")
"""From a place in a norm group down to what is only counted."""
NORM_REFERENCED = frozenset(("z", "percentile"))
INFORMANTS = {
    "child (test)": {"child"}, "examiner": {"examiner"}, "parent or caregiver": {"parent", "caregiver"}, "teacher": {"teacher"},
    "self-report": {"self"},
}  # fmt: skip
"""Columns of the coverage, and the informants that each holds."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One scale (or composite) of a pack: what it says of which domain at which ages, in months."""

    pack: str
    title: str
    scale: str
    domain: Domain
    informants: tuple[str, ...]
    kind: Kind
    evidence: str
    months_from: float
    months_below: float
    research: bool
    private: bool = False

    def at(self, months_from: float, months_below: float) -> bool:
        """Whether the scale gives results at any age of the band."""
        return self.months_from < months_below and months_from < self.months_below

    def fits(self, age_months: float | None, domain: str | None) -> bool:
        """Whether the scale gives a result at this age and belongs to this domain, where they are given.

        A scale of fine and gross motor skills together belongs to both.
        """
        at_age = age_months is None or self.months_from <= age_months < self.months_below
        return at_age and (domain is None or self.belongs_to(domain))

    def belongs_to(self, domain: str) -> bool:
        """Whether the scale says something of the domain."""
        both = self.domain is Domain.MOTOR and domain in (Domain.FINE_MOTOR, Domain.GROSS_MOTOR)
        return both or self.domain == domain


@dataclass(frozen=True, slots=True)
class PrivateInstrument:
    """An instrument whose norms are not open: what a private pack of it would fill, and where that was seen."""

    name: str
    domains: tuple[Domain, ...]
    measures: tuple[str, ...]
    months_from: float
    months_below: float
    source: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something within a domain that no open norm measures at these ages, even where the domain has one."""

    domain: Domain
    what: str
    months_from: float
    months_below: float


def coverage(packs: Iterable[Pack]) -> tuple[Coverage, ...]:
    """Every scale that gives a result, pack by pack, at the ages of the default norm group."""
    return tuple(row for pack in packs if pack.manifest.status != "template" for row in _of_pack(pack))


@lru_cache(maxsize=1)
def not_open() -> tuple[tuple[PrivateInstrument, ...], tuple[Gap, ...]]:
    """Instruments that are known not to be open, by name only (none of their norms is here), and the gaps they would fill."""
    said = tomllib.loads((files("otscore") / "data" / "not_open.toml").read_text(encoding="utf-8"))
    instruments = tuple(
        PrivateInstrument(
            name, tuple(map(Domain, one["domains"])), tuple(one["measures"]), one["months_from"], one["months_below"], one["source"]
        )
        for name, one in said["instruments"].items()
    )
    gaps = tuple(Gap(Domain(one["domain"]), one["what"], one["months_from"], one["months_below"]) for one in said["gaps"])
    return instruments, gaps


def holes(rows: Sequence[Coverage], domain: Domain, months_from: float, months_below: float) -> list[str]:
    """What is not open for a domain at these ages, and which private packs would fill it; none where all is covered."""
    instruments, gaps = not_open()
    private = [one for one in instruments if domain in one.domains and _overlap(one, months_from, months_below)]
    here = [row for row in rows if row.domain is domain and row.at(months_from, months_below)]
    found = []
    missing = [gap for gap in gaps if gap.domain is domain and _overlap(gap, months_from, months_below)]
    if not any(row.evidence in NORM_REFERENCED and not row.research for row in here):
        there_is = ", ".join(dict.fromkeys(_evidence(row) for row in here))
        words = f"no open norms, only: {there_is}" if there_is else "nothing open"
        found.append(words if missing else _with_filling(words, private))
    for gap in missing:
        found.append(_with_filling(f"no open norms of {gap.what}", [one for one in private if gap.what in one.measures]))
    return found


def _with_filling(words: str, private: Sequence[PrivateInstrument]) -> str:
    names = ", ".join(one.name for one in private)
    return f"{words}; a private pack would fill it, for example of {names}" if names else words


def age_text(pack: Pack) -> str:
    """The ages of the pack in words: the declared range, or the range of the default norm group's tables."""
    rule = pack.manifest.age
    low, high, below = rule.from_, rule.below, "below "
    if low is None or high is None:
        names = {norm.table or "" for norm in pack.manifest.norms if norm.group == pack.manifest.default_group}
        tables = [pack.tables[name] for name in names if name in pack.tables]
        starts = [float(table.numbers(name).min()) for table in tables for name in ("age", "age_from") if name in table]
        stops = [float(table.numbers(name).max()) for table in tables for name in ("age", "age_to") if name in table]
        below = "below " if any("age_to" in table for table in tables) or high is not None else ""
        low, high = (min(starts, default=None) if low is None else low), (max(stops, default=None) if high is None else high)
    if low is None or high is None:
        return ""
    return f"{low:.3g} to {below}{high:.3g} {rule.unit}"


def coverage_tables(rows: Sequence[Coverage]) -> dict[Domain, list[list[str]]]:
    """For each domain a table: an age band in each line, an informant in each column (names first), and in the cells the
    evidence there is, from norms down, with the packs that give it. The domains of a profile first, then others there are.
    """
    further = {row.domain for row in rows} - {*PROFILE_DOMAINS, Domain.MOTOR}
    domains = (*PROFILE_DOMAINS, *(domain for domain in Domain if domain in further))
    return {domain: _domain_table([row for row in rows if row.belongs_to(domain)]) for domain in domains}


def _domain_table(rows: Sequence[Coverage]) -> list[list[str]]:
    informants = [name for name, merged in INFORMANTS.items() if any(merged.intersection(row.informants) for row in rows)]
    table = [["ages", *informants]]
    for name, start, stop in AGE_BANDS:
        at_age = [row for row in rows if row.at(start, stop)]
        said = ([row for row in at_age if INFORMANTS[who].intersection(row.informants)] for who in informants)
        table.append([name, *(_cell(found, start, stop) for found in said)])
    return table


def _cell(rows: Sequence[Coverage], start: float, stop: float) -> str:
    found: dict[str, dict[str, list[Coverage]]] = {}
    for row in sorted(rows, key=lambda row: (row.research, row.domain is Domain.MOTOR, EVIDENCE.index(row.evidence))):
        found.setdefault(_evidence(row), {}).setdefault(row.pack, []).append(row)
    parts = {evidence: {pack: _part(own, start, stop) for pack, own in packs.items()} for evidence, packs in found.items()}
    return "; ".join(f"{evidence}: {', '.join(_by_instrument(packs))}" for evidence, packs in parts.items())


def _part(rows: Sequence[Coverage], start: float, stop: float) -> str:
    """The part of an age band that is covered, where it is not the whole."""
    low, high = min(row.months_from for row in rows), max(row.months_below for row in rows)
    words = ["private"] if any(row.private for row in rows) else []
    words += [f"from {age_words(low)}"] if low > start else []
    words += [f"below {age_words(high)}"] if high < stop else []
    return f" ({', '.join(words)})" if words else ""


def age_words(months: float) -> str:
    """An age as a reader says it: months below 3 years, else years.

    >>> age_words(6), age_words(42), age_words(36)
    ('6 mo', '3.5 y', '3 y')
    """
    return f"{months:.3g} mo" if months < 36 else f"{months / 12:.3g} y"


def holes_list(rows: Sequence[Coverage]) -> list[str]:
    """The holes in words, domain by domain and age band by age band."""
    found = []
    for domain in PROFILE_DOMAINS:
        for name, start, stop in AGE_BANDS:
            found += [f"{domain.value.replace('_', ' ')}, {name}: {words}" for words in holes(rows, domain, start, stop)]
    return found


def _evidence(row: Coverage) -> str:
    whole = " of motor skills as a whole" if row.domain is Domain.MOTOR else ""
    return row.evidence + whole + (" (research)" if row.research else "")


def _by_instrument(packs: Mapping[str, str]) -> list[str]:
    """Editions of one instrument together that cover the same part: gsed@2212 | 2406."""
    editions: dict[tuple[str, str], list[str]] = {}
    for pack, part in packs.items():
        instrument, _, edition = pack.partition("@")
        editions.setdefault((instrument, part), []).append(edition)
    return [f"{instrument}@{' | '.join(named)}{part}" for (instrument, part), named in editions.items()]


def _overlap(one: PrivateInstrument | Gap, months_from: float, months_below: float) -> bool:
    return one.months_from < months_below and months_from < one.months_below


def _of_pack(pack: Pack) -> Iterable[Coverage]:
    manifest = pack.manifest
    shared = {"pack": pack.name, "title": manifest.title, "informants": pack.informants, "kind": manifest.kind, "private": pack.private}
    for scale in pack.instrument.scales:
        norms = [norm for norm in manifest.norms if scale.id in norm.scales]
        norms = [norm for norm in norms if norm.group == manifest.default_group] or norms
        if norms and (scale.scales or member_items(pack, scale)):
            ages = [_ages(pack, norm, scale.id) for norm in norms]
            evidence = EVIDENCE_OF_METHOD.get(norms[0].method) or EVIDENCE_OF_KIND[manifest.kind]
            yield Coverage(
                **shared, scale=scale.id, domain=scale.domain, evidence=evidence, research=scale.use == "research",  # type: ignore[arg-type]
                months_from=min(low for low, _ in ages), months_below=max(high for _, high in ages),
            )  # fmt: skip
    for composite in pack.instrument.composites:
        low, high = _pack_ages(pack)
        yield Coverage(
            **shared, scale=composite.id, domain=composite.domain, evidence=EVIDENCE_OF_KIND[manifest.kind],  # type: ignore[arg-type]
            months_from=low, months_below=high, research=composite.use == "research",
        )  # fmt: skip


def _ages(pack: Pack, norm: Norm, scale: str) -> tuple[float, float]:
    """First age and age beyond the last at which a norm gives a result, in months: those of its table within those of the pack."""
    low, high = _pack_ages(pack)
    table = pack.tables.get(norm.table or "")
    if table is None:
        return low, high
    mine = np.array([cell == scale for cell in table.text("scale")] if "scale" in table else [True] * len(table))
    months = MONTHS_PER[pack.manifest.age.unit]
    if "age" in table:
        nodes = table.numbers("age")[mine] * months
        return max(low, float(nodes.min())), min(high, float(nodes.max()))
    if "age_from" in table:
        start, stop = (table.numbers(name)[mine] * months for name in ("age_from", "age_to"))
        return max(low, float(start.min())), min(high, float(stop.max()))
    return low, high


def _pack_ages(pack: Pack) -> tuple[float, float]:
    rule = pack.manifest.age
    months = MONTHS_PER[rule.unit]
    return (0.0 if rule.from_ is None else rule.from_ * months), (np.inf if rule.below is None else rule.below * months)
