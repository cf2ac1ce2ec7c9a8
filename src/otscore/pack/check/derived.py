"""Items made of others: their sources, the stratum that chooses among them, their tables of points, and values that can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.check.worth import Worth, item_worth
from otscore.schema import DerivedItem


def derived_source(subject: Subject) -> Iterator[Finding]:
    """A derived item has a code of its own, and is made of items of items.csv or of derived items that stand before it."""
    answered = {item.code for item in subject.pack.items}
    known = set(answered)
    for place, item in enumerate(subject.pack.instrument.derived_items):
        if item.id in answered:
            message = f"the derived item {item.id} has the code of an item of items.csv"
            yield Finding("instrument.toml", message, "Name it otherwise", f"derived_items.{place}.id")
        if unknown := [code for code in item.from_ if code not in known]:
            message = f"the derived item {item.id} is made of {listed(unknown)}, which items.csv does not have and no derived item before it is"
            yield Finding("instrument.toml", message, "Correct the code, or put the derived item it is made of first", f"derived_items.{place}.from")
        known.add(item.id)


def derived_stratum(subject: Subject) -> Iterator[Finding]:
    """An item chosen `by_stratum` names a stratum of pack.toml, and has a source for each of its values."""
    strata = subject.pack.manifest.strata
    for place, item in enumerate(subject.pack.instrument.derived_items):
        if item.by is None:
            continue
        field = f"derived_items.{place}.by"
        if item.by not in strata:
            hint = f"[strata] describes: {listed(strata) or 'none'}"
            yield Finding("instrument.toml", f"the derived item {item.id} chooses by {item.by}, which is no stratum", hint, field)
        elif len(strata[item.by].values) != len(item.from_):
            values = strata[item.by].values
            message = f"the derived item {item.id} has {len(item.from_)} sources, and {item.by} {len(values)} values"
            yield Finding("instrument.toml", message, f"Name one source for each of {listed(values)}, in their order", field)


def derived_points(subject: Subject) -> Iterator[Finding]:
    """A table of points with a column item has rows for every derived item that uses it, and for no other."""
    users: dict[str, list[str]] = {}
    for item in subject.pack.instrument.derived_items:
        if item.points is not None:
            users.setdefault(item.points, []).append(item.id)
    for name, items in users.items():
        table = subject.table(name)
        if table is None or "item" not in table:
            continue
        for item_id in items:
            if item_id not in table.text("item"):
                yield Finding(f"tables/{name}", f"there is no row for {item_id}", "Add its rows, or take `points` from the item", "item")
        for line, code in zip(table.lines, table.text("item"), strict=True):
            if code not in items:
                yield Finding(f"tables/{name}", f"the row is for {code}, which does not use the table", f"Items that do: {listed(items)}", "item", line)


def derived_reach(subject: Subject) -> Iterator[Finding]:
    """What a derived item asks for can be reached: `at_least` and `enough_at` by its sources, and a time is measured, up to `limit`."""
    worth = item_worth(subject)
    for place, item in enumerate(subject.pack.instrument.derived_items):
        sources = [worth[code] for code in item.from_ if code in worth]
        if len(sources) < len(item.from_) or not all(one.values for one in sources):
            continue
        for key, problem in _beyond(item, sources):
            yield Finding("instrument.toml", f"the derived item {item.id} {problem}", "Compare it with the option sets of its sources", f"derived_items.{place}.{key}")


def _beyond(item: DerivedItem, sources: list[Worth]) -> Iterator[tuple[str, str]]:
    """Keys that ask for what no source has, and what that is."""
    most = [max(one.values) for one in sources]
    if item.at_least is not None and item.at_least > min(most):
        yield "at_least", f"asks for {item.at_least:g}, and one of its sources has {min(most):g} at most"
    total = sum(most) if item.take == "sum" else max(most)
    if item.enough_at is not None and item.enough_at > total:
        yield "enough_at", f"has enough at {item.enough_at:g}, and its sources have {total:g} at most"
    if item.take == "in_time" and len(set(sources[1].values)) < 3 and not sources[1].continuous:
        yield "from", f"counts in time, and {item.from_[1]} is no measured time"
    elif item.limit is not None and item.limit > max(sources[1].values):
        yield "limit", f"has a limit of {item.limit:g}, and {item.from_[1]} has {max(sources[1].values):g} at most"
