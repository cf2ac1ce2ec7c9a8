"""Progress as tables: a row per occasion, and a row per step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from otscore.profile.progress_models import Occasion, Progress, Step, Trajectory

if TYPE_CHECKING:
    import pandas as pd

WHERE = ("pack", "scale", "domain", "informant", "measure")
TEXTS = ("domain", "measure", "metric", "direction", "skill", "z_direction", "reason", "z_reason")


def occasion_frame(progress: Progress) -> pd.DataFrame:
    """Columns id, pack, scale, domain, informant, measure, occasion (from 0), and those of an Occasion."""
    rows = ((one, {"occasion": place}, occasion) for one in progress.trajectories for place, occasion in enumerate(one.occasions))
    return _frame(progress, rows, ("occasion", *Occasion.model_fields))


def step_frame(progress: Progress) -> pd.DataFrame:
    """Columns id, pack, scale, domain, informant, measure, and those of a Step; before and after are occasions."""
    return _frame(progress, ((one, {}, step) for one in progress.trajectories for step in one.steps), tuple(Step.model_fields))


def _frame(progress: Progress, rows: Iterator[tuple[Trajectory, dict[str, Any], Occasion | Step]], names: Sequence[str]) -> pd.DataFrame:
    from otscore.profile.frame import plain_frame

    columns = ("id", *WHERE, *names)
    plain = [_row(progress, trajectory, more, one) for trajectory, more, one in rows]
    return plain_frame(plain).reindex(columns=list(columns))


def _row(progress: Progress, trajectory: Trajectory, more: dict[str, Any], one: Occasion | Step) -> dict[str, Any]:
    row = {"id": progress.id, **{name: getattr(trajectory, name) for name in WHERE}, **more, **one.model_dump()}
    row["flags"] = ";".join(one.flags)
    row["domain"] = trajectory.domain.value
    for name in row.keys() - {"id", "gained_but_fell_behind"}:
        if row[name] is None:
            row[name] = "" if name in TEXTS else float("nan")
    return row
