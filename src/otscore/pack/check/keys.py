"""How items become points: items.csv, branches, weights, missing rules, and scales that end up without items."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.codes import Domain
from otscore.errors import PackInvalid
from otscore.pack.check.members import item_options
from otscore.pack.check.subject import Finding, Subject, listed
from otscore.pack.items import item_file, member_items
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
    for scale in subject.pack.instrument.scales:
        model = subject.irt_of(scale.id)
        if scale.raw == "irt" and model is not None and subject.item_table(model) and not member_items(subject.pack, scale):
            message = f"no item of scale {scale.id} has a difficulty: the scale is never scored"
            yield Finding(f"tables/{item_file(model)}", message, "If that is so in this edition, nothing needs to be done", "item")


def missing_rule(subject: Subject) -> Iterator[Finding]:
    """No scale asks for more answers than it has items, or for more scales than it is made of."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        n_items = len(scale.scales) or len(scale.pairs) or len(member_items(subject.pack, scale))
        if not scale.branches and n_items and (scale.min_answered or 0) > n_items:
            what = "scales" if scale.scales else "pairs" if scale.pairs else "items"
            message = f"scale {scale.id} asks for {scale.min_answered} answers and has {n_items} {what}"
            yield Finding("instrument.toml", message, f"Allowed: 1 to {n_items}", f"scales.{place}.min_answered")


def weights_length(subject: Subject) -> Iterator[Finding]:
    """There is one weight for each item, or for each scale of a sum of scales."""
    for place, scale in enumerate(subject.pack.instrument.scales):
        n_items = len(scale.scales) or len(member_items(subject.pack, scale))
        if scale.weights and len(scale.weights) != n_items:
            message = f"scale {scale.id} has {len(scale.weights)} weights and {n_items} items"
            yield Finding("instrument.toml", message, "Write one weight for each item (or scale), in their order", f"scales.{place}.weights")


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


def item_alias(subject: Subject) -> Iterator[Finding]:
    """A further name of an item belongs to no other item, whatever its case."""
    owner = {item.code.casefold(): item.code for item in subject.pack.items}
    for item in subject.pack.items:
        for alias in item.aliases:
            other = owner.setdefault(alias.casefold(), item.code)
            if other != item.code:
                yield Finding("items.csv", f"{alias} is a name of {item.code} and of {other}", "Leave it with one of them", "aliases")


def item_ages(subject: Subject) -> Iterator[Finding]:
    """The ages from and to which an item counts run upwards."""
    for item in subject.pack.items:
        if not item.age_from < item.age_to:
            message = f"item {item.code} counts from {item.age_from:g} to {item.age_to:g}, which is no age"
            yield Finding("items.csv", message, "age_from is included, age_to is not", "age_to")


def filter_points(subject: Subject) -> Iterator[Finding]:
    """The points of a filter question are points that its item can earn."""
    options = item_options(subject.pack)
    for place, scale in enumerate(subject.pack.instrument.scales):
        found = options.get(scale.filter.item) if scale.filter else None
        if scale.filter is None or found is None:
            continue
        unknown = [f"{points:g}" for points in scale.filter.points if points not in found.worth()]
        if unknown:
            hint = f"It earns: {', '.join(f'{points:g}' for points in found.worth())}"
            yield Finding("instrument.toml", f"{scale.filter.item} never earns {listed(unknown)}", hint, f"scales.{place}.filter")


def step_use(subject: Subject) -> Iterator[Finding]:
    """A step is part of another scale: it has no norm, no place in a composite, and at least one scale is none."""
    scales = subject.pack.instrument.scales
    steps = {scale.id for scale in scales if scale.use == "step"}
    hint = 'Say use = "standard" where it is a result of its own'
    if len(steps) == len(scales):
        yield Finding("instrument.toml", "every scale is a step, so there is no result", hint, "scales")
    used = {name for scale in scales for name in scale.needs}
    for name in sorted(steps - used):
        yield Finding("instrument.toml", f"no scale is made of the step {name}", hint, "scales")
    for place, norm in enumerate(subject.pack.manifest.norms):
        if wrong := sorted(steps & set(norm.scales)):
            yield Finding("pack.toml", f"a norm is for {listed(wrong)}, which is a step", hint, f"norms.{place}.scales")
    for place, composite in enumerate(subject.pack.instrument.composites):
        if wrong := sorted(steps & set(composite.members)):
            yield Finding("instrument.toml", f"a composite counts {listed(wrong)}, which is a step", hint, f"composites.{place}.members")
