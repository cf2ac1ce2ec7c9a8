"""Goal attainment scaling: the goals of a child as T scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from otscore.errors import Issue, UsageError
from otscore.kernel.goals import gas_change, gas_t
from otscore.profile.plan_models import Goal, GoalScores


def goal_scores(goals: Sequence[Goal], rho: float = 0.3) -> GoalScores | None:
    """T at the start, if every goal is reached as expected, and as reached (Kiresuk & Sherman 1968, doi:10.1007/BF01530764).

    rho : correlation assumed between goals. t_reached : of the goals rated; change : null unless all are. None without a
    goal. Raises UsageError for a rho not from 0 to 1.
    """
    if not 0.0 <= rho <= 1.0:
        hint = "The usual value is 0.3"
        raise UsageError(Issue("rho", "rho, the correlation assumed between goals, lies between 0 and 1", hint, field="rho"))
    if not goals:
        return None
    weights = [goal.weight for goal in goals]
    baseline = [float(goal.baseline) for goal in goals]
    reached = [np.nan if goal.level is None else float(goal.level) for goal in goals]
    t_reached, change = float(gas_t(reached, weights, rho)), float(gas_change(baseline, reached, weights, rho))
    return GoalScores(
        goals=tuple(goals), rho=rho, t_baseline=float(gas_t(baseline, weights, rho)),
        t_expected=float(gas_t(np.zeros(len(goals)), weights, rho)), t_reached=None if np.isnan(t_reached) else t_reached,
        change=None if np.isnan(change) else change,
    )  # fmt: skip
