"""A measure to a derived score: norm row or curve, metric, percentile, interval, band, and the status of all that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from otscore.batch import Batch, Codes, Flags
from otscore.codes import Flag, Metric, Status
from otscore.compile import Form, ScaleForm
from otscore.compile.norms import NormForm
from otscore.compile.tables import Curves, RowParameters, Taylor
from otscore.engine.formula import by_formula
from otscore.engine.results import Derived, Measured
from otscore.engine.scored import described, swapped
from otscore.engine.status import age_problem, first_problem
from otscore.engine.table import by_table
from otscore.kernel.interval import LimitRule, rounded_interval
from otscore.kernel.rounding import round_half_even, round_half_up


def derive(form: Form, scale: ScaleForm, measured: Measured, batch: Batch, in_range: Codes, age_flags: Flags) -> Derived:
    """The derived score of one scale for every child. ``in_range``, ``age_flags``: status and flags of the age against the
    ages of the pack.
    """
    flags = age_flags | (Flag.RESEARCH_USE if scale.scale.use == "research" else 0)
    before = first_problem(measured.status, in_range)
    if scale.norm is None:
        return without_norm(before, flags)
    value = measured.ability if scale.norm.norm.measure == "ability" else measured.raw
    step = by_formula if isinstance(scale.norm.arrays, Curves | RowParameters | Taylor) else by_table
    derived = step(scale.norm, np.where(before == Status.OK, value, np.nan), measured, batch)
    derived = _interval_limited(scale.norm, _rounded(form, scale.norm, _limited(scale.norm, derived)))
    if scale.scale.higher_is == "less_able" and scale.norm.norm.metric is Metric.Z:
        derived = _turned(derived)
    derived = described(scale.norm, derived)
    return _masked(scale, derived, first_problem(before, age_problem(derived.status, batch)), flags)


def without_norm(before: Codes, flags: Flags) -> Derived:
    """What a scale without norms has: its status."""
    absent = np.full(len(before), np.nan)
    status = np.where(before == Status.OK, Status.NOT_NORMED, before).astype(np.int16)
    return Derived(absent, absent, absent, absent, absent, np.full(len(before), -1, np.int16), status, flags * 0)


def _limited(form: NormForm, derived: Derived) -> Derived:
    """Scores clipped to the range the publisher prints, with a flag."""
    if form.norm.score_limits is None:
        return derived
    low, high = form.norm.score_limits
    derived.flags[derived.score <= low] |= Flag.AT_FLOOR
    derived.flags[derived.score >= high] |= Flag.AT_CEILING
    return replace(derived, score=np.clip(derived.score, low, high))


def _interval_limited(form: NormForm, derived: Derived) -> Derived:
    """Ends of the interval, rounded, clipped to the range the publisher prints; no interval where none of it is in the range."""
    if form.norm.score_limits is None:
        return derived
    low, high = form.norm.score_limits
    clipped = {name: np.clip(getattr(derived, name), low, high) for name in ("ci_low", "ci_high")}
    nothing_left = (clipped["ci_low"] == clipped["ci_high"]) & (derived.ci_low < derived.ci_high)
    for name in ("ci_low", "ci_high"):
        clipped[name][nothing_left] = np.nan
    return replace(derived, **clipped)


def _rounded(form: Form, norm: NormForm, derived: Derived) -> Derived:
    decimals = norm.norm.decimals
    if decimals is None or form.options.rounding == "none":
        return derived
    rounding = round_half_up if norm.norm.round_mode == "half_up" else round_half_even
    score = derived.score if norm.as_printed else rounding(derived.score, decimals)
    if norm.norm.interval is None:
        return derived if norm.as_printed else replace(derived, score=score)
    low, high = rounding(np.stack([derived.ci_low, derived.ci_high]), decimals)
    ends = norm.norm.interval.ends
    if ends != "each":
        centre = 0.5 * (derived.ci_low + derived.ci_high)
        rule: LimitRule = "outward" if ends == "outward" else "halfwidth_half_up"
        half = derived.ci_high - centre
        low, high = rounded_interval(rounding(centre, decimals) if ends == "half_width" else centre, half, rule, decimals)
    return replace(derived, score=score, ci_low=low, ci_high=high)


def _masked(scale: ScaleForm, derived: Derived, status: Codes, flags: Codes) -> Derived:
    """Nothing but the status where there is no score; z turned so that higher always means more able."""
    scored = status == Status.OK
    sign = -1.0 if scale.scale.higher_is == "less_able" else 1.0
    parts = {
        name: np.where(scored, getattr(derived, name), np.nan) for name in ("score", "percentile", "ci_low", "ci_high")
    }
    return Derived(
        **parts, z=np.where(scored, sign * derived.z, np.nan) + 0.0, status=status,
        band=np.where(scored, derived.band, -1).astype(np.int16),
        flags=np.where(scored, derived.flags | flags, 0).astype(np.int32), counts_as=derived.counts_as,
    )  # fmt: skip


def _turned(derived: Derived) -> Derived:
    """A score that is a z means more able the higher it is, as z does; percentile, interval and the ends go with it."""
    flags = swapped(derived.flags, Flag.AT_FLOOR, Flag.AT_CEILING)
    return replace(
        derived,
        flags=swapped(flags, Flag.SCORE_OR_LESS, Flag.SCORE_OR_MORE),
        score=0.0 - derived.score,
        percentile=100.0 - derived.percentile,
        ci_low=0.0 - derived.ci_high,
        ci_high=0.0 - derived.ci_low,
    )
