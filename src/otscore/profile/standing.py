"""Where a result stands in SDs with its error, and the error of the measure that change is read from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from otscore.batch import Children, Floats, ScaleArrays
from otscore.codes import Metric
from otscore.compile import Form
from otscore.compile.change import ChangeForm
from otscore.kernel.interval import z_multiplier
from otscore.kernel.metric import z_from_percentile


@dataclass(frozen=True, slots=True)
class Standing:
    """Of n children on s results, (n, s), NaN where not known.

    z_low, z_high : ends of the interval in SDs, higher more able. z_se : standard error of z. measure_se : standard error of the
    measure that change is read from. retest_days : shortest interval for which stability was published.
    """

    z_low: Floats
    z_high: Floats
    z_se: Floats
    measure_se: Floats
    retest_days: Floats


@dataclass(frozen=True, eq=False, slots=True)
class _Scales:
    """What is the same for every child, (s,): mean and SD of the metric, -1 where a low score is favourable, which are percentiles."""

    mean: Floats
    sd: Floats
    sign: Floats
    percentiles: tuple[int, ...]
    multiplier: Floats


@lru_cache(maxsize=256)
def _scales(form: Form) -> _Scales:
    norms = [scale.norm for scale in form.results]
    rest = [np.nan] * len(form.composites)
    turned = [scale.scale.higher_is == "less_able" and norm is not None and norm.norm.metric is not Metric.Z for scale, norm in zip(form.results, norms, strict=True)]
    return _Scales(
        mean=np.array([norm.metric_mean if norm else np.nan for norm in norms] + rest),
        sd=np.array([norm.metric_sd if norm else np.nan for norm in norms] + rest),
        sign=np.array([-1.0 if one else 1.0 for one in turned] + rest),
        percentiles=tuple(place for place, norm in enumerate(norms) if norm is not None and norm.norm.metric is Metric.PERCENTILE),
        multiplier=np.array([z_multiplier(_level(form, place)) for place in range(len(norms))] + rest),
    )


def _level(form: Form, place: int) -> float:
    norm = form.results[place].norm
    return form.options.ci_level or (norm.norm.interval.level if norm and norm.norm.interval else np.nan)


def standing(form: Form, arrays: ScaleArrays, children: Children) -> Standing:
    """The standing of every child on every result.

    The error of z is that of the score, over its SD; where none is published but an interval is, it is taken from the interval.
    """
    scales = _scales(form)
    ends = _in_sd(arrays.ci_low, scales), _in_sd(arrays.ci_high, scales)
    low, high = np.fmin(*ends), np.fmax(*ends)
    known = ~np.isnan(ends[0] + ends[1] + arrays.z)
    sem = _each(form, arrays, lambda place, change: score_error(change, children))
    z_se = np.where(np.isnan(sem), (high - low) / (2.0 * scales.multiplier), sem / scales.sd)
    return Standing(
        np.where(known, low, np.nan), np.where(known, high, np.nan), np.where(np.isnan(arrays.z), np.nan, z_se),
        _each(form, arrays, lambda place, change: measure_error(change, arrays, place, children)),
        _each(form, arrays, lambda place, change: retest_interval(change, children)),
    )  # fmt: skip


def _in_sd(end: Floats, scales: _Scales) -> Floats:
    z = scales.sign * (end - scales.mean) / scales.sd
    for place in scales.percentiles:
        z[:, place] = scales.sign[place] * z_from_percentile(end[:, place])
    return z


def _each(form: Form, arrays: ScaleArrays, of_scale: Callable[[int, ChangeForm], Floats]) -> Floats:
    """A column for each scale; composites have none."""
    found = np.full(arrays.z.shape, np.nan)
    for place, change in enumerate(form.changes):
        found[:, place] = of_scale(place, change)
    return found


def score_error(change: ChangeForm, children: Children) -> Floats:
    """Published SEM of the score of each child, (n,)."""
    return np.full(len(children), np.nan) if change.score_sem is None else change.score_sem.at(children.age, children.strata)


def measure_error(change: ChangeForm, arrays: ScaleArrays, place: int, children: Children) -> Floats:
    """Standard error of the measure that change is read from, (n,)."""
    if change.sem is not None:
        return change.sem.at(children.age, children.strata)
    return arrays.sem[:, place] if change.measure else np.full(len(children), np.nan)


def retest_interval(change: ChangeForm, children: Children) -> Floats:
    """Days between test and retest in the study of stability, (n,)."""
    days = change.retest_days
    return np.full(len(children), np.nan) if days is None else days.at(children.age, children.strata)
