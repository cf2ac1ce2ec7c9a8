"""One row of scores, of one or several packs, becomes a Profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from otscore.batch import ARRAY_NAMES, Batch, Children, ScaleArrays, Stamp, is_absent
from otscore.codes import (
    METRIC_MEAN_SD,
    NO_STANDING,
    PROFILE_DOMAINS,
    STATUS_NAMES,
    STATUS_REASONS,
    Domain,
    Kind,
    Metric,
    Status,
    flag_names,
)
from otscore.compile import Form
from otscore.errors import Issue, UsageError
from otscore.profile.models import (
    ContrastResult,
    DomainResult,
    Evidence,
    HeadlinePolicy,
    HigherIs,
    PackStamp,
    Profile,
    ScaleResult,
)
from otscore.profile.standing import Standing, standing


@dataclass(frozen=True, eq=False)
class Part:
    """The scores of one pack over some children, with what is needed to read them.

    batches : the answers behind the scores, piece by piece in the order of the rows, where whoever scored asked to keep them.
    """

    form: Form
    arrays: ScaleArrays
    children: Children
    stamp: Stamp
    batches: tuple[Batch, ...] = ()

    @cached_property
    def standing(self) -> Standing:
        """Where each result stands in SDs, with its errors."""
        return standing(self.form, self.arrays, self.children)

    def answers(self, row: int) -> Batch:
        """The answers of one child, a batch of one. Raises IndexError where they were not kept."""
        for batch in self.batches:
            if row < len(batch):
                return batch.rows(row, row + 1)
            row -= len(batch)
        raise IndexError("the answers of this row were not kept")

    def __getstate__(self) -> dict[str, Any]:
        """Scores without what is not theirs: errors are figures of the pack, and of a private one not pickled; answers are the child's."""
        return {name: value for name, value in vars(self).items() if name not in ("standing", "batches")}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A result with what decides which one heads its domain: how favourable its band is (0 the least, 1 the most, 0.5 where bands
    have no order), and whether it is made of other scales.
    """

    result: ScaleResult
    favour: float
    composite: bool


def build_profile(parts: Sequence[Part], row: int = 0, headline: HeadlinePolicy = "most_precise") -> Profile:
    """The profile of the child in ``row`` of every part, each domain headed by the result that the policy picks."""
    if headline not in PRECEDENCE:
        raise UsageError(Issue("headline", "no such headline policy", f"It is one of: {', '.join(PRECEDENCE)}", field="headline"))
    ranked = [one for part in parts for one in _results(part, row)]
    results = [one.result for one in ranked]
    first = parts[0].children
    corrected = any(bool(part.children.corrected[row]) for part in parts)
    return Profile(
        library_version=parts[0].stamp.library_version,
        id=_identifier(first.ids[row]),
        age_days=_number(float(first.age_days[row])),
        corrected_age_days=_number(float(first.corrected_age_days[row])),
        age_basis="corrected" if corrected else "chronological",
        headline_policy=headline,
        domains=tuple(_domain(domain, ranked, PRECEDENCE[headline]) for domain in _domains(results)),
        contrasts=tuple(one for part in parts for one in _contrasts(part, row)),
        packs=tuple(pack_stamp(part.stamp) for part in parts),
    )


def _contrasts(part: Part, row: int) -> Iterable[ContrastResult]:
    """The differences of one pack that are there for the child."""
    arrays, names = part.arrays.contrasts, part.form.result_ids
    if arrays is None:
        return
    cells = zip(arrays.difference[row].tolist(), arrays.critical[row].tolist(), arrays.base_rate[row].tolist(), strict=True)
    for (form, pair), (difference, critical, rate) in zip(part.form.pairs, cells, strict=True):
        if difference == difference:
            known = critical == critical
            yield ContrastResult(
                pack=part.stamp.pack, comparison=form.comparison.id, kind=form.comparison.kind, scale=names[pair.scale],
                other=names[pair.other] if pair.other >= 0 else None, difference=difference, level=form.comparison.level,
                critical=_number(critical), significant=abs(difference) >= critical if known else None, base_rate=_number(rate),
            )  # fmt: skip


STANDING = ("z_low", "z_high", "z_se", "measure_se", "retest_days")
NUMBERS = ("raw", "ability", "sem", "score", "z", "percentile", "ci_low", "ci_high", *STANDING)


@lru_cache(maxsize=256)
def pack_stamp(stamp: Stamp) -> PackStamp:
    """The stamp of one pack as a part of a profile."""
    return PackStamp(**{name: getattr(stamp, name) for name in PackStamp.model_fields})


def _identifier(value: Any) -> str | int | None:
    if is_absent(value):
        return None
    return int(value) if isinstance(value, int | np.integer) else str(value)


def _number(value: float) -> float | None:
    return None if value != value else value


def _results(part: Part, row: int) -> Iterable[Ranked]:
    """Every result of one pack."""
    read = _reading(part, row)
    form, arrays = part.form, part.arrays
    cells = {name: getattr(arrays, name)[row].tolist() for name in ARRAY_NAMES}
    cells |= {name: getattr(part.standing, name)[row].tolist() for name in STANDING}
    informant = part.children.informants if isinstance(part.children.informants, str) else str(part.children.informants[row])
    for place, shape in enumerate(_shapes(form)):
        number = {name: _number(cells[name][place]) for name in NUMBERS}
        status = STATUS_NAMES[cells["status"][place]]
        band = cells["band"][place]
        result = ScaleResult(
            **read[place],
            pack=part.stamp.pack, scale=shape.scale, domain=shape.domain, kind=form.pack.manifest.kind,
            informant=informant, n_items=shape.n_items, n_answered=cells["n_answered"][place], **number,
            metric=shape.metric, ci_level=shape.ci_level if number["ci_low"] is not None else None,
            measure=shape.measure or None, method=shape.method, spans=shape.spans, band=shape.labels[band] if band >= 0 else None,
            status=status, reason=STATUS_REASONS[status], flags=_flags(cells["flags"][place]),
        )  # fmt: skip
        yield Ranked(result, shape.favour[band] if band >= 0 else _rarity(result), shape.composite)


def _reading(part: Part, row: int) -> list[dict[str, Any]]:
    """Of every result: at which age its norms were read and what else chose them, and what much of its measure says."""
    codes = {name: values[row] for name, values in part.children.strata.items()}
    known = part.form.pack.manifest.strata
    words = {name: f"{name}={known[name].values[int(code)]}" for name, code in codes.items() if code == code}
    age_basis = "corrected" if part.children.corrected[row] else "chronological"
    return [
        {"higher_is": higher, "age_basis": age_basis, "strata": tuple(words[name] for name in strata if name in words)}
        for higher, strata in _measures(part.form)
    ]


@lru_cache(maxsize=256)
def _measures(form: Form) -> tuple[tuple[HigherIs, tuple[str, ...]], ...]:
    """What much of the measure of each result says, and the strata that choose its norms or errors. Scores in z are turned already."""
    scales: list[tuple[HigherIs, tuple[str, ...]]] = [
        ("more_able" if change.measure == "standard_score" and scale.norm and scale.norm.norm.metric is Metric.Z else scale.scale.higher_is, change.strata)
        for scale, change in zip(form.results, form.changes, strict=True)
    ]
    return (*scales, *(("neither", ()) for _ in form.composites))


@lru_cache(maxsize=512)
def _flags(flags: int) -> tuple[str, ...]:
    return tuple(filter(None, flag_names(flags).split(";")))


@dataclass(frozen=True, slots=True)
class _Shape:
    scale: str
    domain: Domain
    n_items: int
    metric: str | None
    measure: str
    ci_level: float | None
    labels: tuple[str, ...]
    favour: tuple[float, ...]
    composite: bool
    method: str | None
    spans: tuple[Domain, ...]


@lru_cache(maxsize=256)
def _shapes(form: Form) -> tuple[_Shape, ...]:
    shapes = []
    for scale, change, labels in zip(form.results, form.changes, form.band_labels, strict=False):
        norm = scale.norm.norm if scale.norm else None
        level = form.options.ci_level or (norm.interval.level if norm and norm.interval else None)
        metric = norm.metric.value if norm and norm.metric != "none" else None
        favour = _favour(scale.scale.higher_is, len(labels))
        shapes.append(_Shape(scale.scale.id, scale.scale.domain, scale.n_items, metric, change.measure, level, labels, favour,
                             bool(scale.scale.scales), norm.method if norm else None, _spans(form, scale.members)))  # fmt: skip
    for composed, labels in zip(form.composites, form.band_labels[len(form.results) :], strict=True):
        composite = composed.composite
        favour = _favour("neither", len(labels))
        shapes.append(_Shape(composite.id, composite.domain, len(composite.members), None, "", None, labels, favour, True,
                             None, _spans(form, [form.reported[place] for place in composed.members.tolist()])))  # fmt: skip
    return tuple(shapes)


def _spans(form: Form, members: Iterable[int]) -> tuple[Domain, ...]:
    """The domains that a score is made of, down to its items, where they are several."""
    found: dict[Domain, None] = {}
    for place in members:
        member = form.scales[place]
        found |= dict.fromkeys(_spans(form, member.members) or (member.scale.domain,))
    return tuple(found) if len(found) > 1 else ()


def _rarity(result: ScaleResult) -> float:
    """How favourable a result without a band is: a base rate by how common it is, anything else undecided."""
    return 0.5 if result.score is None or result.metric != Metric.BASE_RATE else result.score / 100.0


def _favour(higher_is: str, n_bands: int) -> tuple[float, ...]:
    """Bands rise with the raw score; how favourable that is depends on what a high score means."""
    if higher_is == "neither" or n_bands < 2:
        return (0.5,) * n_bands
    rising = tuple(place / (n_bands - 1) for place in range(n_bands))
    return rising if higher_is == "more_able" else rising[::-1]


def _domains(results: Sequence[ScaleResult]) -> list[Domain]:
    further = {result.domain for result in results if _assessed(result)} - set(PROFILE_DOMAINS)
    return list(PROFILE_DOMAINS) + [domain for domain in Domain if domain in further]


def _domain(domain: Domain, ranked: Sequence[Ranked], precedence: Precedence) -> DomainResult:
    mine = [one for one in ranked if one.result.domain is domain and _assessed(one.result)]
    scales = tuple(one.result for one in mine)
    scored = [one for one in mine if one.result.status == _OK]
    if not scored:
        evidence: Evidence = "not_scored" if scales else "not_assessed"
        return DomainResult(domain=domain, evidence=evidence, headline=None, scales=scales)
    headline = min(scored, key=precedence).result
    return DomainResult(domain=domain, evidence=headline.kind.value, headline=headline, scales=scales)


def _assessed(result: ScaleResult) -> bool:
    """Whether anything was answered: a scale not given at the child's age is no gap in the profile."""
    return result.status != _NO_ITEMS and (result.status != _NOT_AT_AGE or result.n_answered > 0)


_NOT_AT_AGE = STATUS_NAMES[Status.NOT_AT_AGE]
_OK, _NO_ITEMS = STATUS_NAMES[Status.OK], STATUS_NAMES[Status.NO_ITEMS]
_KINDS = list(Kind)
Precedence = Callable[[Ranked], tuple[float, ...]]


def _most_precise(one: Ranked) -> tuple[float, ...]:
    """The narrower interval in SDs, then the worse band."""
    result = one.result
    width = float("inf")
    if result.ci_low is not None and result.ci_high is not None and result.metric is not None:
        width = (result.ci_high - result.ci_low) / METRIC_MEAN_SD.get(Metric(result.metric), (0.0, 1.0))[1]
    return (*_evidence(one), width, one.favour)


def _own_composite(one: Ranked) -> tuple[float, ...]:
    """What the instrument makes of several scales, where there is such a thing."""
    return (*_evidence(one), not one.composite, *_most_precise(one))


def _least_favourable(one: Ranked) -> tuple[float, ...]:
    """The lowest z, the worst band."""
    z = one.result.z
    return (*_evidence(one), float("inf") if z is None else z, one.favour)


def _evidence(one: Ranked) -> tuple[float, ...]:
    """Normed before banded before criterion; research scales after standard ones, scores without standing after others."""
    result = one.result
    without_standing = result.metric is not None and Metric(result.metric) in NO_STANDING
    return _KINDS.index(result.kind), "research_use" in result.flags, without_standing


PRECEDENCE: dict[str, Precedence] = {"most_precise": _most_precise, "composite": _own_composite, "least_favourable": _least_favourable}
