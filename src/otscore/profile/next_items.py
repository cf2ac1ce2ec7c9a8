"""The items a child is about to master, as part of a plan: codes and the user's own labels, no wording of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from otscore.errors import Issue, UsageError
from otscore.profile.plan_models import NextItem


def as_next_items(rows: Iterable[Mapping[str, Any]], labels: Mapping[str, str] | None = None) -> tuple[NextItem, ...]:
    """Rows of the engine, with the names of their packs, as items of a plan. labels : item code -> the user's own words."""
    words = {} if labels is None else labels
    return tuple(NextItem(label=words.get(row["item"]), **row) for row in rows)


def check_choices(chance: Any, per_scale: Any, labels: Any) -> None:
    """Raises UsageError for chances that are none, fewer than one item a scale, or labels that are no mapping."""
    pair = isinstance(chance, tuple | list) and len(chance) == 2
    if not pair or not 0.0 <= chance[0] <= chance[1] <= 1.0:
        raise UsageError(Issue("chance", "the chances are a lower and an upper one, from 0 to 1", "Write chance=(0.3, 0.7)", field="chance"))
    if not isinstance(per_scale, int) or per_scale < 1:
        raise UsageError(Issue("per_scale", "the number of items of a scale is a whole number from 1 on", "Write per_scale=5", field="per_scale"))
    if labels is not None and not isinstance(labels, Mapping):
        raise UsageError(Issue("labels", "labels are a mapping of item code to words", 'Write labels={"code": "words"}', field="labels"))
