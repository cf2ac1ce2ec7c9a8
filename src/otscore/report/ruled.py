"""The facts that rules of eligibility ask for: what holds by the score and by the whole interval. No verdict."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.profile.plan_models import Plan, RuleFact, RuleResult
from otscore.report.document import Block, Sub, Text, table
from otscore.report.foreign import LONG, foreign
from otscore.report.words import Words


def rules(plan: Plan, words: Words) -> Iterator[Block]:
    """Each rule: in how many domains it asks for something, in how many and which that holds, and where it is open."""
    if not plan.rules:
        return
    yield Sub(words("heading.rules"))
    yield Text(words("rule.note"))
    head = tuple(words(f"column.{name}") for name in ("rule", "asked", "met_by_point", "met_by_interval"))
    yield from table(words("caption.rules"), head, [_rule(one, words) for rule in plan.rules for one in (rule, *rule.parts)])
    warnings = dict.fromkeys(fact.warning for rule in plan.rules for one in (rule, *rule.parts) for fact in one.facts if fact.warning)
    yield from (Text(foreign(warning, LONG), "small") for warning in warnings)


def _title(rule: RuleResult) -> str:
    return foreign(rule.title or rule.rule, LONG)


def _rule(rule: RuleResult, words: Words) -> tuple[str, ...]:
    by_point = _held(rule.n_by_point, rule.met_by_point, [(fact, fact.by_point) for fact in rule.facts], words)
    by_interval = _held(rule.n_by_interval, rule.met_by_interval, [(fact, fact.by_interval) for fact in rule.facts], words)
    return _title(rule), "" if rule.n_domains is None else str(rule.n_domains), by_point, by_interval


def _held(count: int | None, met: bool | None, facts: list[tuple[RuleFact, bool | None]], words: Words) -> str:
    """In how many domains the fact holds, whether that is what the rule asks for, and in which; where it is open."""
    told = _yes(met, words) if count is None else words("rule.count", n=str(count), met=_yes(met, words))
    holds = [_fact(fact, words) for fact, there in facts if there]
    unknown = [_fact(fact, words) for fact, there in facts if there is None]
    parts = [words("rule.holds", told=told, facts=", ".join(holds)) if holds else told]
    return "; ".join([*parts, *([words("rule.unknown", facts=", ".join(unknown))] if unknown else [])])


def _fact(fact: RuleFact, words: Words) -> str:
    value = words(f"rule.value_{fact.kind}", value=words.number(fact.value, 2 if fact.kind == "sd" else 0))
    return words("rule.fact", domain=words.domain(fact.domain), value=value)


def _yes(met: bool | None, words: Words) -> str:
    return words("rule.open" if met is None else "rule.yes" if met else "rule.no")
