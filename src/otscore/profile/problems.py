"""The family's problems from review to review: change of the mean ratings (COPM)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from otscore.errors import Issue, UsageError
from otscore.kernel.goals import copm_change
from otscore.profile.plan_models import Problem
from otscore.profile.progress_models import ProblemChange

OTHER_PROBLEMS = "the reviews do not rate the same problems, and means over different problems are not compared"


def problem_changes(reviews: Sequence[Sequence[Problem]]) -> tuple[ProblemChange, ...]:
    """From each review to the next, and from the first to the last, over the same problems by name.

    Law, Baptiste, McColl, Opzoomer, Polatajko & Pollock 1990, Canadian Journal of Occupational Therapy 57, 82-87. Raises UsageError
    where a review names a problem twice.
    """
    for review in reviews:
        if len({one.problem for one in review}) < len(review):
            raise UsageError(Issue("problem_twice", "a review names a problem twice", "Name each problem once at each review", field="copm"))
    pairs = {(place, place + 1) for place in range(len(reviews) - 1)} | {(0, len(reviews) - 1)}
    return tuple(_change(reviews, *pair) for pair in sorted(pairs) if pair[0] < pair[1])


def _change(reviews: Sequence[Sequence[Problem]], before: int, after: int) -> ProblemChange:
    first, last = reviews[before], reviews[after]
    names = list(dict.fromkeys(one.problem for one in (*first, *last)))
    performance, satisfaction = (_difference(first, last, names, rating) for rating in ("performance", "satisfaction"))
    told = None not in (performance, satisfaction)
    return ProblemChange(
        before=before, after=after, n_problems=len(names), performance=performance, satisfaction=satisfaction, reason=None if told else OTHER_PROBLEMS
    )


def _difference(first: Sequence[Problem], last: Sequence[Problem], names: Sequence[str], rating: str) -> float | None:
    change = float(copm_change(_ratings(first, names, rating), _ratings(last, names, rating))) if names else np.nan
    return None if np.isnan(change) else change


def _ratings(review: Sequence[Problem], names: Sequence[str], rating: str) -> list[float]:
    given = {one.problem: getattr(one, rating) for one in review}
    return [np.nan if given.get(name) is None else given[name] for name in names]
