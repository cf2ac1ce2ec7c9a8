"""The facts that rules of eligibility ask for: what holds by the score and by the whole interval. No verdict."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.profile.plan_models import Plan, RuleFact, RuleResult
from otscore.report.document import Block, Sub, Text, table
from otscore.report.foreign import LONG, foreign
from otscore.report.words import Words, texts_of


def rules(plan: Plan, words: Words) -> Iterator[Block]:
    """Each rule: in how many domains it asks for something, in how many and which that holds, and where it is open."""
    if not plan.rules:
        return
    yield Sub(words("heading.rules"))
    yield Text(words("rule.note"))
    head = tuple(words(f"column.{name}") for name in ("rule", "asked", "met_by_point", "met_by_interval"))
    shown = [rule for rule in plan.rules if not _all_open(rule)]
    yield from table(words("caption.rules"), head, [row for rule in shown for row in _rows(rule, words)])
    if untold := [_title(rule, words) for rule in plan.rules if _all_open(rule)]:
        yield Text(words("rule.all_open", rules="; ".join(untold)))
    warnings = dict.fromkeys(fact.warning for rule in plan.rules for one in (rule, *rule.parts) for fact in one.facts if fact.warning)
    yield from (Text(foreign(warning, LONG), "small") for warning in warnings)


def _all_open(rule: RuleResult) -> bool:
    """Whether no result gives what the rule asks for, so that nothing of it is known."""
    return rule.met_by_point is None and rule.met_by_interval is None and not any(one.facts for one in (rule, *rule.parts))


def _title(rule: RuleResult, words: Words) -> str:
    """Ours in the language of the report; that of a user as it is."""
    key = f"rule_title.{rule.rule}"
    return words(key) if texts_of("en").get(key) == rule.title else foreign(rule.title or rule.rule, LONG)


def _rows(rule: RuleResult, words: Words) -> Iterator[tuple[str, ...]]:
    title = _title(rule, words)
    yield _rule(rule, title, words)
    for number, part in enumerate(rule.parts, 1):
        yield _rule(part, words("rule.part", rule=title, number=str(number)), words)


def _rule(rule: RuleResult, title: str, words: Words) -> tuple[str, ...]:
    by_point = _held(rule.n_by_point, rule.met_by_point, [(fact, fact.by_point) for fact in rule.facts], words)
    by_interval = _held(rule.n_by_interval, rule.met_by_interval, [(fact, fact.by_interval) for fact in rule.facts], words)
    return title, "" if rule.n_domains is None else str(rule.n_domains), by_point, by_interval


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
