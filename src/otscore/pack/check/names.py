"""Names in tables and TOML files: items, scales and bands exist, and stand where they are looked for."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.pack.check.files import named_tables
from otscore.pack.check.members import band_labels
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import member_items

SPELLING = "Correct its spelling, or add the item to items.csv"


def item_unknown(subject: Subject) -> Iterator[Finding]:
    """Every item that a scale, a threshold or a difficulty names is in items.csv."""
    known = {item.code for item in subject.pack.items} | {item.id for item in subject.pack.instrument.derived_items}
    for place, scale in enumerate(subject.pack.instrument.scales):
        others = (scale.filter.item if scale.filter else None, scale.total, scale.error)
        named = (*member_items(subject.pack, scale), *filter(None, others))
        unknown = [code for code in named if code not in known]
        if unknown:
            message = f"scale {scale.id} names items that items.csv does not have: {listed(unknown)}"
            yield Finding("instrument.toml", message, SPELLING, f"scales.{place}")
    for name in dict.fromkeys(name for _, key, name in named_tables(subject) if key.endswith(("difficulties", "items", "grade.table", "runs.start"))):
        table = subject.pack.tables.get(name)
        if table is None or "item" not in table:
            continue
        for line, code in zip(table.lines, table.text("item"), strict=True):
            if code and code not in known:
                yield Finding(f"tables/{name}", f"items.csv has no item {code}", SPELLING, "item", line)


def item_repeated(subject: Subject) -> Iterator[Finding]:
    """No scale counts an item twice, and no scale sums another twice."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        names = [branch.item for branch in scale.branches] or [*(scale.items if scale.items != "all" else ()), *scale.scales]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            message = f"scale {scale.id} names {listed(twice)} more than once"
            yield Finding("instrument.toml", message, "Name it once; use `weights` where it counts double", f"scales.{place}")


def scale_unknown(subject: Subject) -> Iterator[Finding]:
    """Every scale that a norm, a norm table or psychometrics.csv names exists, and in a table it is one of its norms' scales."""
    manifest, known = subject.pack.manifest, [scale.id for scale in subject.pack.instrument.scales]
    for place, norm in enumerate(manifest.norms):
        for name in norm.scales:
            if name not in known:
                hint = f"instrument.toml has the scales: {listed(known)}"
                yield Finding("pack.toml", f"a norm names the unknown scale {name}", hint, f"norms.{place}.scales")
    files = {f"tables/{name}": table for name, table in subject.pack.tables.items()}
    for source, table in (files | {"psychometrics.csv": subject.pack.psychometrics}).items():
        if table is None or "scale" not in table:
            continue
        users = [norm.scales for norm in manifest.norms if norm.table == table.name]
        allowed = sorted({name for scales in users for name in scales}) if users else known
        for line, cell in zip(table.lines, table.text("scale"), strict=True):
            if cell and cell not in allowed:
                hint = f"Allowed here: {listed(allowed)}"
                yield Finding(source, f"the row is for the scale {cell}, which is not expected here", hint, "scale", line)


def scale_missing(subject: Subject) -> Iterator[Finding]:
    """A norm table with a column scale has rows for every scale of its norms."""
    for place, norm in enumerate(subject.pack.manifest.norms):
        table = subject.pack.tables.get(norm.table or "")
        if table is None or "scale" not in table or not len(table):
            continue
        missing = [name for name in norm.scales if subject.scale(name) and name not in table.text("scale")]
        if missing:
            hint = f"Add the rows, or take the scale out of norms.{place}.scales in pack.toml"
            yield Finding(f"tables/{table.name}", f"there is no row for {listed(missing)}", hint, "scale")


def scale_order(subject: Subject) -> Iterator[Finding]:
    """A scale stands after the scales that it is made of, and after those it stands or falls with."""
    seen: set[str] = set()
    for place, scale in enumerate(subject.pack.instrument.scales):
        late = [name for name in scale.needs if name not in seen]
        if late:
            message = f"scale {scale.id} needs {listed(late)}, which stands after it or is itself"
            field = "scales" if not seen.issuperset(scale.scales) else scale.strange_scales(seen)
            yield Finding("instrument.toml", message, "Put it after the scales it needs", f"scales.{place}.{field}")
        seen.add(scale.id)


def band_unknown(subject: Subject) -> Iterator[Finding]:
    """Members of a composite give bands in the default norm group, and its levels name bands of theirs."""
    pack = subject.pack
    for place, composite in enumerate(pack.instrument.composites):
        members = composite.members
        found = {name: band_labels(subject, name, pack.manifest.default_group) for name in members}
        labels = {name: bands for name, bands in found.items() if bands is not None}
        if len(labels) < len(members):
            continue
        without = [name for name, bands in labels.items() if not bands]
        if without:
            message = f"composite {composite.id} counts bands, and {listed(without)} gives none in the default norm group"
            hint = "Give the member a norm with bands (cuts, or ranges with a column band), or take it out"
            yield Finding("instrument.toml", message, hint, f"composites.{place}.members")
        known = {band for bands in labels.values() for band in bands}
        named = {count.band for level in composite.levels for count in level.when}
        if not without and (unknown := sorted(named - known)):
            message = f"composite {composite.id} counts members in {listed(unknown)}, a band that no member has"
            yield Finding("instrument.toml", message, f"Bands of its members: {listed(sorted(known))}", f"composites.{place}.levels")
