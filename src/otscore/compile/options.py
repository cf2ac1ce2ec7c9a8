"""The choices a user may make; every other convention belongs to the pack. All of them are stamped on the results."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real
from typing import Any, Literal

from otscore.errors import Issue, UsageError
from otscore.schema.irt import Estimator

AgeBasis = Literal["pack", "chronological", "corrected"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to score, where the pack leaves a choice.

    scales : ids to score, ``"all"``, or None for all but those meant for research.
    norm_group : which of the pack's norm groups to compare with; None is the pack's default.
    age_basis : ``pack`` (the pack's own correction rule), or always chronological, or always corrected age.
    ci_level : level of the interval, None = the pack's. rounding : ``pack``, or ``none`` for full precision.
    The rest concerns item-response packs. estimator : ``eap``, ``map`` or ``wle`` (Warm) where the pack's model is graded;
    None is the pack's. relevance : (low, high) window of difficulty minus ability outside which an
    item is not counted; historic_scale : logistic scale 1, the error of D-score software up to 1.8.7, for comparison
    with old results; logit : ability in logits, without norms; prior_without_age : (mean, SD) where age is missing;
    posterior : keep the full posterior.
    """

    scales: tuple[str, ...] | Literal["all"] | None = None
    norm_group: str | None = None
    age_basis: AgeBasis = "pack"
    ci_level: float | None = None
    rounding: Literal["pack", "none"] = "pack"
    estimator: Estimator | None = None
    relevance: tuple[float, float] | None = None
    historic_scale: bool = False
    logit: bool = False
    prior_without_age: tuple[float, float] | None = None
    posterior: bool = False

    def __post_init__(self) -> None:
        if problems := _wrong_kinds(self):
            raise UsageError(problems)
        for name in ("relevance", "prior_without_age"):
            if (pair := getattr(self, name)) is not None:
                object.__setattr__(self, name, (float(pair[0]), float(pair[1])))
        if self.ci_level is not None and not 0 < self.ci_level < 1:
            problems.append(Issue("ci_level", "the level of an interval lies between 0 and 1", "Write 0.9 for 90 %"))
        if self.relevance is not None and not self.relevance[0] < self.relevance[1]:
            problems.append(Issue("relevance", "the relevance window must run from low to high", "Write (-10, 10)"))
        if self.prior_without_age is not None and not (isfinite(self.prior_without_age[0]) and 0 < self.prior_without_age[1] < inf):
            problems.append(Issue("prior_without_age", "the prior is a mean and an SD above 0", "Write (mean, SD)"))
        if self.age_basis not in ("pack", "chronological", "corrected"):
            problems.append(Issue("age_basis", "unknown age basis", "Allowed: pack, chronological, corrected"))
        if self.rounding not in ("pack", "none"):
            problems.append(Issue("rounding", "unknown rounding", "Allowed: pack, none"))
        if self.estimator not in (None, "eap", "map", "wle"):
            problems.append(Issue("estimator", "unknown estimator of ability", "Allowed: eap, map, wle"))
        if problems:
            raise UsageError(problems)


def _wrong_kinds(options: Options) -> list[Issue]:
    """What is not of the kind that its option takes; values are compared only after."""
    takes = {
        "scales": (_is_scales, 'a list of scales, or "all"'), "norm_group": (_is_text, "the name of a norm group"),
        "ci_level": (_is_number, "a number"), "relevance": (_is_pair, "a pair of numbers"),
        "prior_without_age": (_is_pair, "a pair of numbers"),
    }  # fmt: skip
    given = {name: getattr(options, name) for name in takes}
    wrong = [name for name, value in given.items() if value is not None and not takes[name][0](value)]
    return [Issue(name, f"{name} takes {takes[name][1]}", _EXAMPLES[name]) for name in wrong]


_EXAMPLES = {
    "scales": 'Write ["d"], with at least one scale', "norm_group": "The packs list them", "ci_level": "Write 0.9 for 90 %",
    "relevance": "Write (-10, 10)", "prior_without_age": "Write (mean, SD)",
}  # fmt: skip


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_scales(value: Any) -> bool:
    return value == "all" if isinstance(value, str) else isinstance(value, tuple) and len(value) > 0 and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_number, value))
