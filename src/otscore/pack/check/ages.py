"""Age bands and strata: half-open bands that tile, every combination of strata present, no row twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from otscore.pack.check.subject import Finding, NormTable, Subject
from otscore.pack.table import Table
from otscore.schema.norm import CURVE_COLUMNS, ROW_COLUMNS

FROM_BELOW = "Ages run from age_from (included) to age_to (excluded)"


class Band(NamedTuple):
    """A half-open age band, and the first line it stands on."""

    start: float
    stop: float
    line: int


class Chain(NamedTuple):
    """Age bands that belong together: those of one scale and one combination of strata."""

    source: str
    what: str
    bands: list[Band]
    may_have_gaps: bool = False


def chains(subject: Subject) -> Iterator[Chain]:
    """Every set of age bands in the pack."""
    for found in subject.norm_tables():
        if "age_from" not in found.rows:
            continue
        groups = found.groups()
        for strata in dict.fromkeys(group.strata for group in groups):
            bands = [Band(g.age_from, g.age_to, found.line(g.places[0])) for g in groups if g.strata == strata]
            words = " ".join((found.scale.id if "scale" in found.rows else "", *strata)).strip()
            yield Chain(found.source, f" of {words}" if words else "", bands)
    for table in graded_tables(subject):
        yield Chain(f"tables/{table.name}", "", _bands(table, range(len(table))))
    for table in start_tables(subject):
        yield Chain(f"tables/{table.name}", "", _bands(table, range(len(table)), distinct=False))
    yield from _of_comparisons(subject)
    psychometrics = subject.psychometrics()
    if psychometrics is not None:
        keyed_by = ("scale", "statistic", "metric", "norm_group", "level", *subject.pack.manifest.strata)
        names = [name for name in keyed_by if name in psychometrics]
        keys = list(zip(*(psychometrics.text(name) for name in names), strict=True))
        for key in dict.fromkeys(keys):
            places = [place for place, other in enumerate(keys) if other == key]
            yield Chain("psychometrics.csv", f" of {' '.join(key[:2])}", _bands(psychometrics, places, distinct=False), True)


def _of_comparisons(subject: Subject) -> Iterator[Chain]:
    """The ages of every critical difference; a pair may have none at some."""
    names = dict.fromkeys(one.table for one in subject.pack.manifest.comparisons)
    for table in filter(None, map(subject.table, names)):
        parts = [name for name in ("scale", "other", "level", *subject.pack.manifest.strata) if name in table]
        keys = list(zip(*(table.text(name) for name in parts), strict=True))
        for key in dict.fromkeys(keys) if "age_from" in table and "age_to" in table else ():
            places = [place for place, other in enumerate(keys) if other == key]
            yield Chain(f"tables/{table.name}", f" of {' '.join(filter(None, key))}", _bands(table, places, distinct=False), True)


def graded_tables(subject: Subject) -> list[Table]:
    """The threshold tables of graded scales, each once."""
    names = dict.fromkeys(scale.grade.table for scale in subject.pack.instrument.scales if scale.grade)
    return [table for table in map(subject.table, names) if table is not None]


def start_tables(subject: Subject) -> list[Table]:
    """The tables of starting items, each once."""
    names = dict.fromkeys(scale.runs.start for scale in subject.pack.instrument.scales if scale.runs)
    return [table for table in map(subject.table, names) if table is not None]


def age_order(subject: Subject) -> Iterator[Finding]:
    """Every age band begins before it ends."""
    for chain in chains(subject):
        for band in chain.bands:
            if not band.start < band.stop:
                message = f"the age band from {band.start:g} to {band.stop:g} holds no age"
                yield Finding(chain.source, message, FROM_BELOW, "age_to", band.line)


def age_gap(subject: Subject) -> Iterator[Finding]:
    """Age bands leave no age out within a scale and stratum."""
    for chain in chains(subject):
        for before, band in _neighbours(chain.bands):
            if band.start > before.stop and not chain.may_have_gaps:
                message = f"no age band{chain.what} holds the ages from {before.stop:g} to {band.start:g}"
                yield Finding(chain.source, message, f"Let it begin at {before.stop:g}. {FROM_BELOW}", "age_from", band.line)


def age_overlap(subject: Subject) -> Iterator[Finding]:
    """No age lies in two age bands of a scale and stratum."""
    for chain in chains(subject):
        for before, band in _neighbours(chain.bands):
            if band.start < before.stop:
                message = f"ages from {band.start:g} to {min(before.stop, band.stop):g} lie in two age bands{chain.what}"
                yield Finding(chain.source, message, f"Let it begin at {before.stop:g}. {FROM_BELOW}", "age_from", band.line)


def stratum_missing(subject: Subject) -> Iterator[Finding]:
    """Every combination of a norm's strata has rows, for every scale."""
    strata = subject.pack.manifest.strata
    for found in subject.norm_tables():
        present = set(found.strata())
        for combination in product(*(strata[name].values for name in found.norm.strata)):
            if combination not in present:
                words = ", ".join(f"{name} {value}" for name, value in zip(found.norm.strata, combination, strict=True))
                scale = f" of scale {found.scale.id}" if "scale" in found.rows else ""
                hint = "Add its rows: every value of a stratum needs norms"
                yield Finding(found.source, f"there is no row for {words}{scale}", hint, found.norm.strata[0])


def age_strata(subject: Subject) -> Iterator[Finding]:
    """Norms of a scale begin and end at the same age in every stratum (curves: see warn_age_strata)."""
    yield from _uneven([found for found in subject.norm_tables() if found.norm.method not in CURVE_COLUMNS])


def warn_age_strata(subject: Subject) -> Iterator[Finding]:
    """Curves of a scale begin and end at the same age in every stratum."""
    yield from _uneven(subject.norm_tables(*CURVE_COLUMNS))


def _uneven(tables: Iterable[NormTable]) -> Iterator[Finding]:
    for found in tables:
        ends = _ends_by_strata(found)
        if len(set(ends.values())) > 1:
            spans = "; ".join(f"{' '.join(strata)} {low:g} to {high:g}" for strata, (low, high) in ends.items())
            scale = f" of scale {found.scale.id}" if "scale" in found.rows else ""
            hint = "Add the missing rows. Is one of them a comment?"
            yield Finding(found.source, f"ages{scale} differ: {spans}", hint, "age" if "age" in found.rows else "age_from")


def warn_age_range(subject: Subject) -> Iterator[Finding]:
    """Norms of a scale cover the ages that pack.toml says the pack can score."""
    rule = subject.pack.manifest.age
    for found in subject.norm_tables():
        ends = _ends_by_strata(found).values()
        if not ends:
            continue
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        youngest, oldest = (own if said is None else said for own, said in ((low, rule.from_), (high, rule.below)))
        if found.scale.ages is not None:
            youngest, oldest = max(youngest, found.scale.ages[0]), min(oldest, found.scale.ages[1])
        if low > youngest or high < oldest:
            message = f"norms of scale {found.scale.id} cover the ages {low:g} to {high:g}, [age] of pack.toml {youngest:g} to {oldest:g}"
            yield Finding(found.source, message, "If the scale has no norms there, nothing needs to be done", "age")


def _ends_by_strata(found: NormTable) -> dict[tuple[str, ...], tuple[float, float]]:
    """Youngest and oldest age of the norms in each stratum; nothing where they do not depend on age."""
    if "age" not in found.rows and "age_from" not in found.rows:
        return {}
    low, high = (found.numbers("age" if "age" in found.rows else name) for name in ("age_from", "age_to"))
    strata = found.strata()
    ends = {}
    for combination in dict.fromkeys(strata):
        places = [place for place, other in enumerate(strata) if other == combination]
        ends[combination] = (float(low[places].min()), float(high[places].max()))
    return ends


def row_twice(subject: Subject) -> Iterator[Finding]:
    """No two rows of a table stand for the same scale, stratum, age band and raw score (or item, or age and code)."""
    for found in subject.norm_tables("lookup", "base_rates", "percentile_cells", "attainment", *ROW_COLUMNS):
        by_raw = "raw" in found.rows
        raw = found.numbers("raw").tolist() if by_raw else [0.0] * len(found.rows)
        for group in found.groups():
            keys = [(raw[place], found.line(place)) for place in group.places]
            yield from _repeated(found.source, keys, "raw" if by_raw else "age_from")
    for model in subject.pack.manifest.irt:
        table = subject.item_table(model)
        if table is not None:
            step = table.text("points") if "points" in table else ("",) * len(table)
            yield from _repeated(f"tables/{table.name}", zip(zip(table.text("item"), step, strict=True), table.lines, strict=True), "item")
    for table in graded_tables(subject):
        columns = (table.text("item"), *(table.numbers(name).tolist() for name in ("age_from", "age_to", "code")))
        yield from _repeated(f"tables/{table.name}", zip(zip(*columns, strict=True), table.lines, strict=True), "item")


def _repeated(source: str, keys: Iterable[tuple[object, int]], field: str) -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for key, line in keys:
        if key in seen:
            yield Finding(source, f"the row stands for the same as line {seen[key]}", "Remove one of them", field, line)
        seen.setdefault(key, line)


def _bands(table: Table, places: Iterable[int], *, distinct: bool = True) -> list[Band]:
    low = table.numbers("age_from", blank=float("-inf")).tolist()
    high = table.numbers("age_to", blank=float("inf")).tolist()
    bands = [Band(low[place], high[place], table.lines[place]) for place in places]
    return list({(band.start, band.stop): band for band in reversed(bands)}.values()) if distinct else bands


def _neighbours(bands: list[Band]) -> Iterator[tuple[Band, Band]]:
    """Each band that begins before it ends, with the one of those before it that reaches furthest."""
    order = sorted((band for band in bands if band.start < band.stop), key=lambda band: band[:2])
    for place, band in enumerate(order[1:], start=1):
        yield max(order[:place], key=lambda earlier: earlier.stop), band


