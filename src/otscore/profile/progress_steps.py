"""From one occasion of a scale to another: what changed, or why that is not told. Everything is read from the profiles alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from otscore.codes import STATUS_NAMES, Kind, Metric
from otscore.profile.change import NO_ERROR, SAME, VOID
from otscore.profile.models import HigherIs, PackStamp, Profile, ScaleResult
from otscore.profile.progress_models import Direction, Skill, Step
from otscore.profile.reliable import Change, Measured, Rule, plain_change, reliable_change

VOID_NAMES = frozenset(STATUS_NAMES[status] for status in VOID)
SHORT_DAYS = 91.0
"""Growth scores are not made for shorter times: three months."""

NEVER_SUBTRACTED = {
    Metric.AGE_EQUIVALENT: "age equivalents are never subtracted: a month means another amount of skill at every age",
    Metric.PERCENTILE: "percentiles are never subtracted: the same difference means more at the ends than in the middle",
    Metric.PERCENT: "percents are never subtracted: they have no published error",
    Metric.BASE_RATE: "base rates are never subtracted: they say how rare a result is, not how much of something there is",
}
NO_MEASURE = {
    Kind.BANDED: "a class has no amount that could be subtracted: compare the classes themselves",
    Kind.CRITERION: "a criterion has no amount that could be subtracted: compare the results themselves",
}
CORRECTION = "norms were read at corrected age at one occasion and at chronological age at the other, and that alone moves the standing"
NO_Z = "there is no standing among children of the same age at one occasion"
NO_Z_ERROR = "no standard error of the standing is known at one occasion"


@dataclass(frozen=True, slots=True)
class Visit:
    """One scale in one profile. result : None where it was not given."""

    profile: Profile
    stamp: PackStamp | None
    result: ScaleResult | None

    @property
    def value(self) -> float | None:
        """The measure that change is read from; None where there is none, or where the answers cannot be scored."""
        result = self.result
        if result is None or result.measure is None or result.status in VOID_NAMES:
            return None
        return {"ability": result.ability, "raw": result.raw}.get(result.measure, result.score)

    @property
    def age_basis(self) -> str:
        """The age at which the norms were read."""
        return (self.result and self.result.age_basis) or self.profile.age_basis


def step(visits: Sequence[Visit], before: int, after: int, rule: Rule) -> Step:
    """The change from one place in the visits to another."""
    first, last = visits[before], visits[after]
    assert first.result is not None
    assert last.result is not None
    reason = next(_incomparable(first, last), None)
    moved = _measure_change(first, last, rule) if reason is None else Change(reason=reason)
    stood = _z_change(first.result, last.result, rule.level) if reason is None else Change(reason=reason)
    if reason is None and first.age_basis != last.age_basis:
        stood = Change(reason=CORRECTION)
        moved = Change(reason=CORRECTION) if last.result.measure == "standard_score" else moved
    skill = _skill(moved.direction, last.result)
    behind = None if skill is None or stood.direction is None else (skill, stood.direction) == ("gained", "down")
    return Step(
        before=before, after=after, method=rule.method, level=rule.level, **asdict(moved), skill=skill,
        z_change=stood.change, z_se=stood.se, z_direction=stood.direction, z_reason=stood.reason, gained_but_fell_behind=behind,
        flags=tuple(dict.fromkeys((*first.result.flags, *last.result.flags, *_own_flags(visits, before, after, rule)))),
    )  # fmt: skip


def _measure_change(first: Visit, last: Visit, rule: Rule) -> Change:
    before, after = first.result, last.result
    assert before is not None
    assert after is not None
    if before.measure is None or after.measure is None:
        return Change(reason=_why_no_measure(after))
    if before.measure != after.measure:
        return Change(reason="the two profiles read change from different measures: score both again with one version of otscore")
    for visit, when in ((first, "earlier"), (last, "later")):
        if visit.value is None and visit.result is not None:
            return Change(reason=f"no result at the {when} occasion: {visit.result.reason}")
    assert first.value is not None
    assert last.value is not None
    values = Measured(first.value, before.measure_se), Measured(last.value, after.measure_se)
    return reliable_change(*values, rule, (after.pack, after.scale), after.measure)


def _why_no_measure(result: ScaleResult) -> str:
    if result.metric is not None and Metric(result.metric) in NEVER_SUBTRACTED:
        return NEVER_SUBTRACTED[Metric(result.metric)]
    return NO_MEASURE.get(result.kind, NO_ERROR)


def _z_change(before: ScaleResult, after: ScaleResult, level: float) -> Change:
    """Standing has no practice of its own: by errors of measurement, whatever the rule for the measure."""
    if before.z is None or after.z is None:
        return Change(reason=NO_Z)
    change = plain_change(Measured(before.z, before.z_se), Measured(after.z, after.z_se), level)
    return Change(reason=NO_Z_ERROR) if change.reason else change


def _incomparable(first: Visit, last: Visit) -> Iterator[str]:
    """Why neither the measure nor the standing is compared."""
    if first.stamp is None or last.stamp is None:
        yield "the profile does not hold the stamp of the norms, so it cannot be known that they are the same"
        return
    for name, (words, hint) in SAME.items():
        if getattr(first.stamp, name) != getattr(last.stamp, name):
            yield f"the occasions were scored with {words}, so a difference would not be the child's. {hint}"
    for name in _differing_strata(first.result, last.result):
        yield f"{name} differs, and with it norms, items or errors"
    ages = first.profile.age_days, last.profile.age_days
    if ages[0] is None or ages[1] is None:
        yield "the age is not known at one occasion"
    elif ages[0] == ages[1]:
        yield "both occasions are at the same age: there is no earlier and no later one"


def _differing_strata(before: ScaleResult | None, after: ScaleResult | None) -> list[str]:
    """Names of the strata with another value, or with one at one occasion only."""
    pairs = set(before.strata if before else ()) ^ set(after.strata if after else ())
    return sorted({pair.split("=", 1)[0] for pair in pairs})


def _skill(direction: Direction | None, result: ScaleResult) -> Skill | None:
    """A standard score tells standing, no skill; a high one may say little ability."""
    higher: HigherIs | None = result.higher_is
    if direction is None or result.measure == "standard_score" or higher in (None, "neither"):
        return None
    if direction == "no_reliable_change":
        return "no_reliable_change"
    return "gained" if (direction == "up") == (higher == "more_able") else "lost"


def _own_flags(visits: Sequence[Visit], before: int, after: int, rule: Rule) -> Iterator[str]:
    first, last = visits[before], visits[after]
    days = (last.profile.age_days or 0.0) - (first.profile.age_days or 0.0)
    if first.age_basis != last.age_basis:
        yield "age_basis_changed"
    if last.result is not None and last.result.measure in ("ability", "growth") and 0.0 < days < SHORT_DAYS:
        yield "short_interval"
    if rule.method != "jacobson_truax" and any(one.result is not None for one in visits[before + 1 : after]):
        yield "figures_of_one_retest"
