"""Which items a scale takes in an edition of its instrument."""

from __future__ import annotations

from otscore.pack.read import Pack
from otscore.schema import Scale
from otscore.schema.irt import Irt, JointMap, RaschEap


def member_items(pack: Pack, scale: Scale) -> tuple[str, ...]:
    """Codes of the items of a scale, each once; for a calibrated scale those with parameters, in a joint model those that load."""
    if scale.branches:
        return tuple(dict.fromkeys(code for branch in scale.branches for code in (branch.item, *branch.then.values())))
    if scale.pairs:
        return tuple(code for pair in scale.pairs for code in pair)
    if scale.items_domain is not None:
        codes = [item.code for item in pack.items if item.domain == scale.items_domain]
    elif scale.items == "all":
        apart = {code for other in pack.instrument.scales for code in (other.total, other.error)}
        codes = [item.code for item in pack.items if item.code not in apart]
    else:
        codes = list(scale.items)
    if scale.raw != "irt":
        return tuple(codes)
    calibrated = _calibrated(pack, scale.id, codes)
    return tuple(code for code in codes if code in calibrated)


def answered_items(pack: Pack, scale: Scale) -> tuple[str, ...]:
    """Codes of the items of items.csv that a scale is made of: those behind derived items in their place, each once."""
    derived = {item.id: item.from_ for item in pack.instrument.derived_items}

    def behind(code: str) -> tuple[str, ...]:
        return tuple(source for name in derived[code] for source in behind(name)) if code in derived else (code,)

    return tuple(dict.fromkeys(code for name in member_items(pack, scale) for code in behind(name)))


def item_file(model: Irt) -> str:
    """File of the item parameters of a model."""
    return model.difficulties if isinstance(model, RaschEap) else model.items


def _calibrated(pack: Pack, scale: str, codes: list[str]) -> frozenset[str]:
    """The items with parameters for the scale; all of them where the table is missing or broken, which is told elsewhere."""
    model = next((model for model in pack.manifest.irt if scale in model.scales), None)
    table = pack.tables.get(item_file(model)) if model else None
    if model is None or table is None or "item" not in table:
        return frozenset(codes)
    if not isinstance(model, JointMap) or scale not in table:
        return frozenset(table.text("item"))
    pairs = zip(table.text("item"), table.text(scale), strict=True)
    return frozenset(item for item, loading in pairs if _loads(loading))


def _loads(cell: str) -> bool:
    try:
        return float(cell) != 0
    except ValueError:  # told elsewhere
        return False
