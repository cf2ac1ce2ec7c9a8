"""Goals set with the child, as T scores, and the problems that the family named, as means of their ratings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from otscore.batch import Floats
from otscore.errors import Issue, UsageError
from otscore.kernel.goals import copm_score, gas_change, gas_t
from otscore.profile.given import as_models
from otscore.profile.plan_models import FamilyView, Goal, GoalScores, Problem

RHO = 0.3


def goal_scores(goals: Iterable[Goal | Mapping[str, Any]], rho: float = RHO) -> GoalScores | None:
    """T at the start, T if every goal is reached as expected, T as reached now, and the change between start and now.

    T = 50 + 10 sum w x / sqrt((1 - rho) sum w^2 + rho (sum w)^2) (Kiresuk & Sherman 1968, doi:10.1007/BF01530764). A goal that is
    not rated takes its weight along; the change is told only where all are rated, as it is that of the same goals. None without
    a goal. Raises UsageError for a rho not from 0 to 1, or a goal that cannot be.
    """
    if not 0.0 <= rho <= 1.0:
        hint = "The usual value is 0.3"
        raise UsageError(Issue("rho", "rho, the correlation assumed between goals, lies between 0 and 1", hint, field="rho"))
    found = as_models(Goal, goals, "goals")
    if not found:
        return None
    weights = np.array([[goal.weight for goal in found]])
    start, reached = _row([goal.baseline for goal in found]), _row([goal.level for goal in found])
    return GoalScores(
        goals=found, rho=rho, t_baseline=float(gas_t(start, weights, rho)[0]), t_expected=float(gas_t(np.zeros_like(start), weights, rho)[0]),
        t_reached=_known(gas_t(reached, weights, rho)), change=_known(gas_change(start, reached, weights, rho)),
    )  # fmt: skip


def family_view(problems: Iterable[Problem | Mapping[str, Any]]) -> FamilyView | None:
    """The problems with their mean performance and mean satisfaction over those rated (COPM, Law et al. 1990); None without one.

    Raises UsageError for a problem that cannot be.
    """
    found = as_models(Problem, problems, "family")
    if not found:
        return None
    means = {name: _known(copm_score(_row([getattr(one, name) for one in found]))) for name in ("performance", "satisfaction")}
    return FamilyView(problems=found, **means)


def family_weight(problem: Problem) -> float | None:
    """Importance, weighed by how far performance is from its best of 10: 0 to 10; None where one of them is not rated."""
    if problem.importance is None or problem.performance is None:
        return None
    return problem.importance * (10.0 - problem.performance) / 9.0


def _row(values: Sequence[float | None]) -> Floats:
    return np.array([[np.nan if value is None else value for value in values]], dtype=np.float64)


def _known(value: Floats) -> float | None:
    return None if np.isnan(value[0]) else float(value[0])
