"""How items become points: items.csv, branches, weights, missing rules, and scales that end up without items."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.codes import Domain
from otscore.errors import PackInvalid
from otscore.pack.check.members import item_options, member_items
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.table import Table, parse_table


def items_table(subject: Subject) -> Table | None:
    """items.csv as it stands, beside pack.toml or one level up."""
    home = subject.pack.home
    for place in (home, getattr(home, "parent", None)):
        file = None if place is None else place / "items.csv"
        if file is not None and file.is_file():
            try:
                return parse_table("items.csv", file.read_bytes())
            except PackInvalid:
                return None
    return None


def item_reverse(subject: Subject) -> Iterator[Finding]:
    """The column reverse of items.csv says yes or no, and no measured value is reverse keyed."""
    options = item_options(subject.pack)
    measured = [item.code for item in subject.pack.items if item.reverse and options[item.code].range is not None]
    if measured:
        hint = "Turn it with a negative weight, or say `higher_is` of the scale"
        yield Finding("items.csv", f"a measured value cannot be reverse keyed: {listed(measured)}", hint, "reverse")


def item_domain(subject: Subject) -> Iterator[Finding]:
    """The domain of an item is one of the domains, or empty."""
    table = items_table(subject)
    if table is None or "domain" not in table:
        return
    for line, cell in zip(table.lines, table.text("domain"), strict=True):
        if cell and cell not in list(Domain):
            hint = f"Allowed: {', '.join(Domain)}, or nothing"
            yield Finding("items.csv", f"{cell} is no domain", hint, "domain", line)


def scale_empty(subject: Subject) -> Iterator[Finding]:
    """Every scale has items (a calibrated scale may have none in an edition: see warn_scale_empty)."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        if scale.raw != "irt" and not scale.scales and not member_items(subject.pack, scale):
            hint = "Name its items, or correct the column domain of items.csv"
            yield Finding("instrument.toml", f"scale {scale.id} has no items", hint, f"scales.{place}")


def warn_scale_empty(subject: Subject) -> Iterator[Finding]:
    """A calibrated scale has items with a difficulty in this edition."""
    irt = subject.pack.manifest.irt
    if irt is None or subject.table(irt.difficulties) is None:
        return
    for scale in subject.pack.instrument.scales:
        if scale.raw == "irt" and not member_items(subject.pack, scale):
            message = f"no item of scale {scale.id} has a difficulty: the scale is never scored"
            yield Finding(f"tables/{irt.difficulties}", message, "If that is so in this edition, nothing needs to be done", "item")


def missing_rule(subject: Subject) -> Iterator[Finding]:
    """No scale asks for more answers than it has items."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        n_items = len(member_items(subject.pack, scale))
        if not scale.branches and not scale.scales and n_items and (scale.min_answered or 0) > n_items:
            message = f"scale {scale.id} asks for {scale.min_answered} answers and has {n_items} items"
            yield Finding("instrument.toml", message, f"Allowed: 1 to {n_items}", f"scales.{place}.min_answered")


def weights_length(subject: Subject) -> Iterator[Finding]:
    """There is one weight for each item."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        n_items = len(member_items(subject.pack, scale))
        if scale.weights and len(scale.weights) != n_items:
            message = f"scale {scale.id} has {len(scale.weights)} weights and {n_items} items"
            yield Finding("instrument.toml", message, "Write one weight for each item, in their order", f"scales.{place}.weights")


def branch_answer(subject: Subject) -> Iterator[Finding]:
    """The keys of `then` are legal answers of their item, and its answers are worth their own codes."""
    options = item_options(subject.pack)
    for place, scale in enumerate(subject.pack.instrument.scales):
        for branch in scale.branches:
            if not branch.then or branch.item not in options:
                continue
            found, field = options[branch.item], f"scales.{place}.branches"
            unknown = [key for key in branch.then if key not in {f"{code:g}" for code in found.legal}]
            if unknown:
                allowed = ", ".join(f"{code:g}" for code in found.legal)
                message = f"{branch.item} branches on {listed(unknown)}, which is no legal answer"
                yield Finding("instrument.toml", message, f"Allowed: {allowed}", field)
            elif found.worth() != found.legal or any(item.reverse for item in subject.pack.items if item.code == branch.item):
                message = f"{branch.item} branches by its answer, and its answers are worth other points than their codes"
                yield Finding("instrument.toml", message, "Use an option set without `points`, and no reverse key", field)
