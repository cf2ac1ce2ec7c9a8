"""Comparisons of a child's scores: which scales, with printed or computed critical differences, and base rates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from otscore.codes import Metric
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.table import Table
from otscore.schema.norm import Comparison

ALONE = ("own_mean", "informants")
"""Kinds that compare a scale with no other: the column ``other`` is empty."""


class Printed(NamedTuple):
    """A table of a comparison, and its rows by pair of scales."""

    source: str
    table: Table
    pairs: dict[tuple[str, str], list[int]]


def _printed(subject: Subject, name: str | None) -> Printed | None:
    table = subject.table(name)
    if table is None:
        return None
    pairs: dict[tuple[str, str], list[int]] = {}
    for place, pair in enumerate(zip(table.text("scale"), table.text("other"), strict=True)):
        pairs.setdefault(pair, []).append(place)
    return Printed(f"tables/{table.name}", table, pairs)


def _each(subject: Subject) -> Iterator[tuple[str, Comparison]]:
    return ((f"comparisons.{place}", one) for place, one in enumerate(subject.pack.manifest.comparisons))


def comparison_scale(subject: Subject) -> Iterator[Finding]:
    """Every scale of a comparison is a scale of the pack, and has a score in some norm group."""
    known = [scale.id for scale in subject.pack.instrument.scales]
    scored = {name for norm in subject.pack.manifest.norms if norm.metric is not Metric.NONE for name in norm.scales}
    for field, one in _each(subject):
        if unknown := [name for name in one.scales if name not in known]:
            hint = f"instrument.toml has the scales: {listed(known)}"
            yield Finding("pack.toml", f"the comparison {one.id} names the unknown scale {listed(unknown)}", hint, f"{field}.scales")
        elif classes := [name for name in one.scales if name not in scored]:
            hint = "Compare scales that have norms with a metric"
            yield Finding("pack.toml", f"the comparison {one.id} names {listed(classes)}, which has no score", hint, f"{field}.scales")


def comparison_pair(subject: Subject) -> Iterator[Finding]:
    """The tables of a comparison have rows for its scales alone, each pair once (base rates: each way), and leave none out."""
    for _, one in _each(subject):
        printed, rates = _printed(subject, one.table), _printed(subject, one.base_rates)
        for found in filter(None, (printed, rates)):
            for (scale, other), places in found.pairs.items():
                if problem := _strange(one, scale, other, {} if found is rates else found.pairs):
                    hint = f"Scales of {one.id}: {listed(one.scales)}. `other` is empty for {' and '.join(ALONE)}"
                    yield Finding(found.source, problem, hint, "other" if scale in one.scales else "scale", found.table.lines[places[0]])
        if printed is not None:
            named = {name for pair in printed.pairs for name in pair}
            if missing := [name for name in one.scales if name not in named]:
                yield Finding(printed.source, f"there is no row for {listed(missing)}", "Add its rows, or take it out of the comparison", "scale")
        if printed is not None and rates is not None and (strange := [pair for pair in rates.pairs if not {pair, pair[::-1]} & set(printed.pairs)]):
            words = listed(" and ".join(filter(None, pair)) for pair in strange)
            hint = f"Write the pairs as {printed.source} does"
            yield Finding(rates.source, f"the base rates of {words} belong to no critical difference", hint, "scale")


def _strange(one: Comparison, scale: str, other: str, pairs: dict[tuple[str, str], list[int]]) -> str:
    """What is wrong with a pair of a table; empty where nothing is."""
    if scale not in one.scales or (other and other not in one.scales):
        return f"the row is for {scale if scale not in one.scales else other}, which {one.id} does not compare"
    if (one.kind in ALONE) != (not other) or scale == other:
        return f"a row of kind {one.kind} compares {scale} with {other or 'nothing'}"
    return f"{scale} and {other} are also compared the other way round" if one.kind == "pairwise" and (other, scale) in pairs else ""


def comparison_level(subject: Subject) -> Iterator[Finding]:
    """A table of critical differences has rows for the level of its comparison, and they are above 0."""
    for field, one in _each(subject):
        printed = _printed(subject, one.table)
        if printed is None or "critical" not in printed.table:
            continue
        if "level" not in printed.table:
            yield Finding(printed.source, "critical differences stand without their level", "Add the column level", "level")
            continue
        levels, critical = printed.table.numbers("level"), printed.table.numbers("critical")
        for (scale, other), places in printed.pairs.items():
            if not any(abs(levels[place] - one.level) < 1e-9 for place in places):
                words = " and ".join(filter(None, (scale, other)))
                hint = f"Levels there: {', '.join(f'{level:g}' for level in sorted(set(levels[places].tolist())))}"
                yield Finding(printed.source, f"there is no row of level {one.level:g} for {words}, which {field} asks for", hint, "level")
        for line, value in zip(printed.table.lines, critical.tolist(), strict=True):
            if not value > 0:
                yield Finding(printed.source, f"a critical difference is {value:g}", "It must be above 0", "critical", line)


def comparison_sem(subject: Subject) -> Iterator[Finding]:
    """A comparison without printed critical differences has a SEM of the score in psychometrics.csv for each of its scales."""
    table = subject.psychometrics()
    if "psychometrics.csv" in subject.broken:
        return
    rows = set() if table is None else set(zip(*(table.text(name) for name in ("scale", "statistic", "metric")), strict=True))
    for field, one in _each(subject):
        printed = _printed(subject, one.table)
        if (one.table is not None and (printed is None or "critical" in printed.table)) or not _on_one_metric(subject, one):
            continue
        if missing := [name for name in one.scales if subject.scale(name) and (name, "sem", "score") not in rows]:
            message = f"the comparison {one.id} has no critical differences, and {listed(missing)} no row sem, score in psychometrics.csv"
            yield Finding("pack.toml", message, "Add the SEM with its source, or a table of critical differences", field)


def _on_one_metric(subject: Subject, one: Comparison) -> bool:
    """Whether scores can be subtracted at all: else it is not a SEM that is missing."""
    norms = [norm for norm in subject.pack.manifest.norms if set(norm.scales) & set(one.scales)]
    several = one.kind in ("pairwise", "own_mean") and len({(norm.metric, norm.mean_sd) for norm in norms}) > 1
    return not several and (one.kind == "informants" or all(norm.mean_sd is not None for norm in norms))


def prediction_r(subject: Subject) -> Iterator[Finding]:
    """A correlation that predicts lies between -1 and 1, and is one for each pair."""
    for _, one in _each(subject):
        printed = _printed(subject, one.table)
        if one.kind != "predicted" or printed is None or "r" not in printed.table:
            continue
        values = printed.table.numbers("r")
        for (scale, other), places in printed.pairs.items():
            first = printed.table.lines[places[0]]
            if not all(-1 < values[place] < 1 for place in places):
                yield Finding(printed.source, f"a correlation of {scale} and {other} cannot be", "It lies between -1 and 1", "r", first)
            elif len({values[place] for place in places}) > 1:
                message = f"{scale} and {other} have several correlations"
                yield Finding(printed.source, message, "Write the one of the norm group in every row of the pair", "r", first)


def difference_rate(subject: Subject) -> Iterator[Finding]:
    """Base rates of differences lie between 0 and 100 %, and the larger the difference, the rarer."""
    for _, one in _each(subject):
        rates = _printed(subject, one.base_rates)
        for places in rates.pairs.values() if rates is not None else ():
            assert rates is not None
            sizes, percent = rates.table.numbers("at_least"), rates.table.open_numbers("percent")[0]
            order = sorted(places, key=lambda place: sizes[place])
            for place in order:
                if not (0 <= percent[place] <= 100 and sizes[place] >= 0):
                    message = f"{percent[place]:g} % with a difference of {sizes[place]:g} or more cannot be"
                    yield Finding(rates.source, message, "A percentage of children, and a size without sign", "percent", rates.table.lines[place])
            for before, place in pairwise(order):
                if sizes[place] == sizes[before] or percent[place] > percent[before]:
                    message = f"{percent[place]:g} % of children with a difference of {sizes[place]:g} or more, after {percent[before]:g} % with {sizes[before]:g}"
                    yield Finding(rates.source, message, "Each size once; a larger difference is not more frequent", "percent", rates.table.lines[place])
