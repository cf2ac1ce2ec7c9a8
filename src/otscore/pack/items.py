"""Which items a scale takes in an edition of its instrument."""

from __future__ import annotations

from otscore.pack.read import Pack
from otscore.schema import Scale
from otscore.schema.irt import Irt, JointMap, RaschEap


def member_items(pack: Pack, scale: Scale) -> tuple[str, ...]:
    """Codes of the items of a scale, each once; for a calibrated scale those with parameters, in a joint model those that load."""
    if scale.branches:
        return tuple(dict.fromkeys(code for branch in scale.branches for code in (branch.item, *branch.then.values())))
    if scale.items_domain is not None:
        codes = [item.code for item in pack.items if item.domain == scale.items_domain]
    elif scale.items == "all":
        codes = [item.code for item in pack.items]
    else:
        codes = list(scale.items)
    if scale.raw != "irt":
        return tuple(codes)
    calibrated = _calibrated(pack, scale.id, codes)
    return tuple(code for code in codes if code in calibrated)


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
