"""The facts that rules of eligibility ask for, by point and by interval. A rule that is met decides nothing about a child."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from otscore.codes import Domain, Metric
from otscore.kernel.eligibility import any_rule, percent_delay
from otscore.profile.models import DomainResult, Profile, ScaleResult
from otscore.profile.needs import OR_LESS, OR_MORE, is_open
from otscore.profile.plan_models import RuleFact, RuleResult
from otscore.profile.rules import Condition, Rule, Rules, as_rules

DAYS_PER_MONTH = 30.4375
PERCENT_DELAY = "percent_delay"
WARNING = (
    "The delay comes from an age equivalent: no interval scale and no standard deviation, so the same delay is common at one age and rare at another. "
    "Many publishers advise against deciding by it."
)
MOTOR_PARTS = (Domain.FINE_MOTOR, Domain.GROSS_MOTOR)
Truth = bool | None


def eligibility(profile: Profile, rules: Rules = None) -> tuple[RuleResult, ...]:
    """What each rule asks for, in how many domains it holds, and whether so many are reached: yes, no, or null (not known).

    sd : by the z of the headline of a domain, at least so many SDs below the mean; by interval where the whole interval lies
    there. delay : by the percent delay of a pack; only in a domain without one by an age equivalent, as a percent of the age in
    days (corrected where the norms of the profile were read at corrected age) divided by 30.4375, with a warning. Where several
    results of a domain disagree, the domain is not known. Domains without such a result could turn a rule that is not met, so
    then it is not known either. General and validity scores are no domains, nor is motor beside fine or gross motor.
    Raises UsageError for a rule that cannot be.
    """
    return tuple(_result(rule, _domains(profile, rule), profile) for rule in as_rules(rules))


def _domains(profile: Profile, rule: Rule) -> list[DomainResult]:
    """The domains that the rule counts."""
    if rule.domains:
        return [domain for domain in profile.domains if domain.domain in rule.domains]
    scored = {domain.domain for domain in profile.domains if domain.headline is not None}
    left_out = {Domain.VALIDITY, Domain.GENERAL} | ({Domain.MOTOR} if scored.intersection(MOTOR_PARTS) else set())
    return [domain for domain in profile.domains if domain.domain not in left_out]


def _result(rule: Rule, domains: Sequence[DomainResult], profile: Profile) -> RuleResult:
    unseen = len(set(rule.domains) - {domain.domain for domain in domains})
    parts = [_part(rule, condition, domains, unseen, profile) for condition in rule.any]
    if len(parts) == 1:
        return parts[0]
    return RuleResult(
        rule=rule.id, title=rule.title, n_domains=None, n_by_point=None, n_by_interval=None, facts=(), parts=tuple(parts),
        met_by_point=_any([part.met_by_point for part in parts]), met_by_interval=_any([part.met_by_interval for part in parts]),
    )  # fmt: skip


def _part(rule: Rule, asked: Condition, domains: Sequence[DomainResult], unseen: int, profile: Profile) -> RuleResult:
    facts_of = {"sd": _sd_facts, "delay": _delay_facts}[asked.kind]
    facts = [tuple(facts_of(domain, asked.cut, profile)) for domain in domains]
    point = [_agreed([fact.by_point for fact in own]) for own in facts] + [None] * unseen
    interval = [_agreed([fact.by_interval for fact in own]) for own in facts] + [None] * unseen
    return RuleResult(
        rule=rule.id, title=rule.title, n_domains=asked.n_domains, n_by_point=point.count(True), n_by_interval=interval.count(True),
        met_by_point=_reached(point, asked.n_domains), met_by_interval=_reached(interval, asked.n_domains),
        facts=tuple(fact for own in facts for fact in own),
    )  # fmt: skip


def _sd_facts(domain: DomainResult, cut: float, profile: Profile) -> Iterable[RuleFact]:
    head = domain.headline
    if head is None or head.z is None:
        return
    by_interval = None if head.z_high is None or is_open(head) else head.z_high <= -cut
    yield RuleFact(
        kind="sd", cut=cut, domain=domain.domain, pack=head.pack, scale=head.scale, value=head.z,
        by_point=_open_truth(head.z <= -cut, OR_LESS in head.flags, OR_MORE in head.flags), by_interval=by_interval, warning=None,
    )  # fmt: skip


def _delay_facts(domain: DomainResult, cut: float, profile: Profile) -> Iterable[RuleFact]:
    """Of the percent delays that packs give; of age equivalents only where there is none."""
    scored = [result for result in domain.scales if result.score is not None]
    delays = [result for result in scored if result.method == PERCENT_DELAY]
    for result in delays or [result for result in scored if result.metric == Metric.AGE_EQUIVALENT]:
        by_age = result.method != PERCENT_DELAY
        value = _delay(result, profile) if by_age else result.score
        if value is not None:
            larger, smaller = (OR_LESS, OR_MORE) if by_age else (OR_MORE, OR_LESS)
            yield RuleFact(
                kind="delay", cut=cut, domain=domain.domain, pack=result.pack, scale=result.scale, value=value,
                by_point=_open_truth(value >= cut, larger in result.flags, smaller in result.flags), by_interval=None,
                warning=WARNING,
            )  # fmt: skip


def _delay(result: ScaleResult, profile: Profile) -> float | None:
    """Percent of the age, from an age equivalent in months."""
    days = profile.corrected_age_days if profile.age_basis == "corrected" else profile.age_days
    if days is None or result.score is None:
        return None
    delay = float(percent_delay(days / DAYS_PER_MONTH, result.score))
    return None if np.isnan(delay) else delay


def _open_truth(holds: bool, may_be_more: bool, may_be_less: bool) -> Truth:
    """Whether a fact holds of a value that may be more of what is asked for than it says, or less."""
    return None if (holds and may_be_less) or (not holds and may_be_more) else holds


def _agreed(facts: Sequence[Truth]) -> Truth:
    """What the results of one domain say together; None where they disagree, or there are none."""
    return facts[0] if len(set(facts)) == 1 else None


def _reached(domains: Sequence[Truth], needed: int) -> Truth:
    """Whether the fact holds in so many domains; None where those not known could make up the number."""
    held, unknown = domains.count(True), domains.count(None)
    return True if held >= needed else None if held + unknown >= needed else False


def _any(parts: Sequence[Truth]) -> Truth:
    met = float(any_rule(*[np.nan if part is None else float(part) for part in parts]))
    return None if np.isnan(met) else met == 1.0
