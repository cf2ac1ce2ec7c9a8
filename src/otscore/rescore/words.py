"""What changes for which ages and scales, in words: a row per scale, a line per cell, a paragraph for the changelog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from otscore.pack import Pack
from otscore.rescore.compare import Cell, ScaleChange

SAMPLED = {
    "ages": "the norms run over age: ages of their nodes and between stand for all",
    "measures": "any number can occur: edges of the tables and what lies between, or an even grid, stand for all",
}
INSTEAD = "Raw scores and abilities were put in. What happens before them - items, points, missing rules, item parameters - is not scored here."


def summary_row(change: ScaleChange) -> dict[str, Any]:
    """What changes on one scale in one norm group, as plain data; ages in ``unit``, the last one excluded, None where open."""
    mine = change.differs
    ages = change.grid.age[mine] / change.months, change.grid.age_to[mine] / change.months
    raw = change.grid.raw[mine]
    strata = [sorted({value for value, hit in zip(values, mine, strict=True) if hit}, key=values.index) for values in change.grid.strata.values()]
    largest = change.largest()
    return {
        "pack": change.pack, "norm_group": change.group, "scale": change.scale, "metric": change.metric,
        "strata": "; ".join(", ".join(values) for values in strata),
        "unit": change.unit, "age_from": _end(ages[0], np.min), "age_to": _end(ages[1], np.max),
        "raw_from": _end(raw, np.min), "raw_to": _end(raw, np.max),
        "looked_at": int(change.looked_at.sum()), "changed": int(change.changed.sum()),
        "appear": int(change.appear.sum()), "vanish": int(change.vanish.sum()),
        "largest_in": largest[0] if largest else "band" if change.changed.any() else "",
        "largest": round(largest[1], 6) if largest else None,
        "sampled": ", ".join(change.grid.sampled),
    }  # fmt: skip


def _end(values: Any, pick: Any) -> float | None:
    found = float(pick(values)) if len(values) else np.inf
    return round(found, 6) if np.isfinite(found) else None


def cell_row(cell: Cell) -> dict[str, Any]:
    """One changed cell as plain data: each part that differs as ``old_...`` and ``new_...``."""
    row: dict[str, Any] = {
        "norm_group": cell.group, "scale": cell.scale, "strata": cell.strata, "age_from": round(cell.age, 6),
        "age_to": round(cell.age_to, 6) if np.isfinite(cell.age_to) else None, "raw": cell.raw, "change": cell.kind,
    }  # fmt: skip
    for name in ("score", "z", "percentile", "ci_low", "ci_high", "band", "status"):
        row[f"old_{name}"], row[f"new_{name}"] = cell.parts.get(name, (None, None))
    return row


def scale_line(change: ScaleChange) -> str:
    """One scale in a line: where it changes, in how many of the cells, by how much."""
    row = summary_row(change)
    if not change.differs.any():
        return f"{change.scale} ({change.group}): none of {row['looked_at']} cells changes"
    parts = [f"{row[name]} {words}" for name, words in (("changed", "changed"), ("appear", "new"), ("vanish", "gone")) if row[name]]
    where = ", ".join(filter(None, (row["strata"], age_words(row), raw_words(row))))
    return f"{change.scale} ({change.group}): {', '.join(parts)} of {row['looked_at']} cells; {where}; {by_how_much(change)}"


def age_words(row: dict[str, Any]) -> str:
    """Ages from and to below, or up to where a grid stands for them."""
    if row["age_to"] is None:
        return "all ages" if not row["age_from"] else f"ages from {row['age_from']:g} {row['unit']}"
    upto = "to" if "ages" in row["sampled"] else "to below"
    return f"ages {row['age_from']:g} {upto} {row['age_to']:g} {row['unit']}"


def raw_words(row: dict[str, Any]) -> str:
    """The measures that are concerned."""
    return f"raw {row['raw_from']:g}" if row["raw_from"] == row["raw_to"] else f"raw {row['raw_from']:g} to {row['raw_to']:g}"


def by_how_much(change: ScaleChange) -> str:
    """The largest change; a class that changes is named with the one it was."""
    largest = change.largest()
    if largest is not None:
        return f"{largest[0]} by up to {largest[1]:.4g}"
    cells = list(change.cells())
    for cell in cells:
        if cell.kind == "changes" and "band" in cell.parts:
            return f"band, for example {cell.parts['band'][0]} to {cell.parts['band'][1]}"
    kinds = {cell.kind for cell in cells}
    return "a result where there was none" if kinds == {"appears"} else "no result any more" if kinds == {"vanishes"} else "results come and go"


def cell_line(cell: Cell) -> str:
    """One changed cell in a line."""
    at = f"age {cell.age:.6g}" if cell.age == cell.age_to else f"ages {cell.age:g} to {cell.age_to:g}".replace(" to inf", " on")
    parts = [f"{name} {_value(old)} | {_value(new)}" for name, (old, new) in cell.parts.items()]
    return f"{cell.scale}, {', '.join(filter(None, (cell.strata, at)))}, raw {cell.raw:.6g}: {'; '.join(parts)}"


def _value(value: Any) -> str:
    return "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def sampled_notes(changes: Iterable[ScaleChange]) -> list[str]:
    """Where a grid stands for what cannot be listed."""
    words = dict.fromkeys(word for change in changes for word in change.grid.sampled)
    return [f"{', '.join(dict.fromkeys(one.scale for one in changes if word in one.grid.sampled))}: {SAMPLED[word]}" for word in words]


def changelog(old: Pack, new: Pack, changes: Sequence[ScaleChange]) -> list[str]:
    """Impacted packs, ages, scores, by how much: a row of the changelog for each scale that changes."""
    versions = old.manifest.version if old.manifest.version == new.manifest.version else f"{old.manifest.version} to {new.manifest.version}"
    lines = ["| impacted packs | ages | scores | by how much |", "|---|---|---|---|"]
    for change in changes:
        if change.differs.any():
            row = summary_row(change)
            scores = ", ".join(filter(None, (change.scale, row["strata"], raw_words(row), f"norm group {change.group}")))
            count = int(change.differs.sum())
            ages = age_words(row).removeprefix("ages ")
            lines.append(f"| `{new.name}` {versions} | {ages} | {scores} | {count} of {row['looked_at']} cells, {by_how_much(change)} |")
    return lines if len(lines) > 2 else [f"Impacted packs, ages, scores: none by the norms of `{new.name}` {versions}."]
