"""Reliable change between two values of one measure, by the formula that was asked for. The formulas are those of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from otscore.kernel.change import (
    change_z,
    p_of_change_t,
    rci_observed,
    regression_change_t,
    reliable_direction,
    t_multiplier,
)
from otscore.kernel.contrast import difference_p, difference_sd, difference_se, predicted_score
from otscore.kernel.interval import half_width, z_multiplier
from otscore.profile.progress_models import Direction, Method, RetestFigures

MDC_LEVEL = 0.9
DIRECTIONS: dict[float, Direction] = {1.0: "up", -1.0: "down", 0.0: "no_reliable_change"}
OF_PRACTICE: tuple[Method, ...] = ("chelune", "iverson")
OF_RETEST: tuple[Method, ...] = ("temkin", "regression")
METHODS: tuple[Method, ...] = ("jacobson_truax", *OF_PRACTICE, *OF_RETEST)

NO_SE = "no standard error is known for the age, group or score at one occasion"
NO_PRACTICE = "the gain by repetition is not given for this scale"
NO_FIGURES = "no retest figures are given for this scale"
OTHER_FIGURES = "the retest figures given are of another measure than the one that change is read from"


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of a measure and its standard error."""

    value: float
    se: float | None


@dataclass(frozen=True)
class Rule:
    """How change is judged: the formula, the two-sided level, and the figures that some formulas need, by pack and scale."""

    method: Method = "jacobson_truax"
    level: float = 0.9
    practice: Mapping[tuple[str, str], float] = field(default_factory=dict)
    figures: Sequence[RetestFigures] = ()

    def retest(self, pack: str, scale: str) -> RetestFigures | None:
        """The figures of one scale."""
        return next((one for one in self.figures if (one.pack, one.scale) == (pack, scale)), None)


@dataclass(frozen=True, slots=True)
class Change:
    """A change with its error, or the reason why there is none; fields as in :class:`otscore.profile.progress_models.Step`."""

    change: float | None = None
    expected: float | None = None
    se: float | None = None
    index: float | None = None
    p: float | None = None
    mdc90: float | None = None
    direction: Direction | None = None
    reason: str | None = None


def plain_change(before: Measured, after: Measured, level: float) -> Change:
    """Change over the root of both squared standard errors (Jacobson & Truax 1991, each occasion with its own error)."""
    if before.se is None or after.se is None:
        return Change(reason=NO_SE)
    return _by_normal(before, after, 0.0, float(difference_se(before.se, after.se)), level)


def reliable_change(before: Measured, after: Measured, rule: Rule, scale: tuple[str, str], measure: str) -> Change:
    """Change of a measure by the rule. scale : pack and scale."""
    if rule.method == "jacobson_truax":
        return plain_change(before, after, rule.level)
    if rule.method in OF_PRACTICE:
        return _beyond_practice(before, after, rule, scale)
    figures = rule.retest(*scale)
    if figures is None:
        return Change(reason=NO_FIGURES)
    if figures.measure != measure:
        return Change(reason=OTHER_FIGURES)
    return (_observed if rule.method == "temkin" else _regression)(before, after, figures, rule.level)


def _beyond_practice(before: Measured, after: Measured, rule: Rule, scale: tuple[str, str]) -> Change:
    """Chelune 1993: the error of the first occasion counts twice. Iverson 2001: each occasion has its own."""
    if scale not in rule.practice:
        return Change(reason=NO_PRACTICE)
    second = before.se if rule.method == "chelune" else after.se
    if before.se is None or second is None:
        return Change(reason=NO_SE)
    return _by_normal(before, after, float(rule.practice[scale]), float(difference_se(before.se, second)), rule.level)


def _observed(before: Measured, after: Measured, figures: RetestFigures, level: float) -> Change:
    """Temkin 1999: the changes of the stable sample, their mean and SD."""
    gain, sd = figures.mean_2 - figures.mean_1, float(difference_sd(figures.sd_1, figures.sd_2, figures.r))
    index = float(rci_observed(before.value, after.value, gain, sd))
    return _told(before, after, gain, sd, index, level)


def _by_normal(before: Measured, after: Measured, expected: float, se: float, level: float) -> Change:
    if not se > 0.0:
        return Change(reason=NO_SE)
    return _told(before, after, expected, se, float(change_z(before.value, after.value, se, 0.0, expected)), level)


def _told(before: Measured, after: Measured, expected: float, se: float, index: float, level: float) -> Change:
    return Change(
        after.value - before.value, expected, se, index, float(difference_p(index, 1.0)), float(half_width(se, z_multiplier(MDC_LEVEL))),
        DIRECTIONS[float(reliable_direction(index, level))],
    )  # fmt: skip


def _regression(before: Measured, after: Measured, figures: RetestFigures, level: float) -> Change:
    """McSweeny 1993 with the error of prediction of a sample of n (Crawford & Howell 1998): t with n - 2 degrees of freedom."""
    first = (figures.mean_1, figures.sd_1, figures.mean_2, figures.sd_2, figures.r)
    predicted = float(predicted_score(before.value, *first))
    t = float(regression_change_t(before.value, after.value, *first, figures.n))
    se = 1.0 / float(regression_change_t(before.value, predicted + 1.0, *first, figures.n))
    reliable = np.sign(t) * (abs(t) > t_multiplier(level, figures.n))
    return Change(
        after.value - before.value, predicted - before.value, se, t, float(p_of_change_t(t, figures.n)),
        float(se * t_multiplier(MDC_LEVEL, figures.n)), DIRECTIONS[float(reliable)],
    )  # fmt: skip

