"""The inputs of a plan: needs and strengths, the child's own pattern, and what a therapist and a family choose from."""

from __future__ import annotations

from collections.abc import Iterator

from otscore.profile.plan_models import (
    Components,
    Goal,
    GoalScores,
    Ipsative,
    Need,
    NextItem,
    OpenDomain,
    OwnDifference,
    Plan,
)
from otscore.report.document import Block, Bullets, Section, Sub, Text, table
from otscore.report.foreign import foreign
from otscore.report.ruled import rules
from otscore.report.says import reason_in_words, refusal_in_words
from otscore.report.words import Words

SMALLEST_P = 0.001
SAID = 500
"""Most characters of what a family or a therapist said."""


def plan_sections(plan: Plan, words: Words) -> Iterator[Section]:
    """Needs and strengths, own pattern, plan."""
    yield Section("needs", words("heading.needs"), tuple(_needs(plan, words)))
    if plan.ipsative:
        blocks = tuple(block for one in plan.ipsative for block in _ipsative(one, words))
        yield Section("ipsative", words("heading.ipsative"), blocks)
    parts = (_agreement, _priorities, _family, _next_items, _goals, _follow_up, rules, _open, _reviews, _refused)
    blocks = tuple(block for part in parts for block in part(plan, words))
    if blocks:
        yield Section("plan", words("heading.plan"), blocks)


def _head(words: Words, *names: str) -> tuple[str, ...]:
    return tuple(words(f"column.{name}") for name in names)


def _needs(plan: Plan, words: Words) -> Iterator[Block]:
    if not plan.needs:
        yield Text(words("need.none"))
        return
    yield Text(words("need.thresholds", need=words.number(plan.need_below), strength=words.number(plan.strength_above, sign=True)))
    head = _head(words, "domain", "scale", "z", "interval", "by_point", "by_interval")
    yield from table(words("caption.needs"), head, [_need(need, words) for need in plan.needs], frozenset((2,)))


def _need(need: Need, words: Words) -> tuple[str, ...]:
    surely = words("need.unknown") if need.by_interval is None else words(f"side.{need.by_interval}")
    interval = _range(need.z_low, need.z_high, words)
    if interval and need.ci_level is not None:
        interval = words("result.interval", low=words.number(need.z_low, 2), high=words.number(need.z_high, 2), level=words.number(100 * need.ci_level))
    return (
        words.domain(need.domain), _scale(need.scale, need.pack, words),
        _end(words.number(need.z, 2), need.flags, words), interval, words(f"side.{need.by_point}"), surely,
    )  # fmt: skip


def _end(told: str, flags: tuple[str, ...], words: Words) -> str:
    """A number with "or less" or "or more", where it is the end of what can be told."""
    ends = (flag.removeprefix("score_") for flag in ("score_or_less", "score_or_more") if flag in flags)
    return next((words(f"result.{end}", result=told) for end in ends), told)


def _range(low: float | None, high: float | None, words: Words) -> str:
    return "" if low is None or high is None else words("result.range", low=words.number(low, 2), high=words.number(high, 2))


def _scale(scale: str, pack: str, words: Words) -> str:
    return f"{words.name(scale, pack)} ({words.name(pack)})"


def _ipsative(one: Ipsative, words: Words) -> Iterator[Block]:
    who = words("ipsative.who", pack=words.name(one.pack), informant=words.informant(one.informant)) if one.informant else words.name(one.pack)
    if one.reason is not None or one.own_mean is None:
        yield Text(words("ipsative.reason", who=who, reason=reason_in_words(one.reason or words("priority.unknown"), words)))
        return
    yield Text(words("ipsative.mean", mean=words.number(one.own_mean, 2), level=words.number(100 * one.level), correction=words(f"ipsative.{one.correction}")))
    rated = any(away.base_rate is not None for away in one.differences)
    head = _head(words, "domain", "z", "own_mean_difference", "p_adjusted", "significant", *(("base_rate",) if rated else ()))
    yield from table(words("caption.ipsative", who=who), head, [_away(away, rated, words) for away in one.differences], frozenset((1, 2, 3)))
    if sentences := tuple(_pairs(one, words)):
        yield Bullets(sentences)


def _away(one: OwnDifference, rated: bool, words: Words) -> tuple[str, ...]:
    rate = "" if one.base_rate is None else words("contrast.of_children", rate=words.number(one.base_rate, 1))
    return (
        words.domain(one.domain), words.number(one.z, 2), words.number(one.difference, 2, sign=True), _chance(one.p_adjusted, words),
        words("rule.yes" if one.significant else "rule.no"), *((rate,) if rated else ()),
    )  # fmt: skip


def _chance(p: float, words: Words) -> str:
    return f"<{words.number(SMALLEST_P)}" if p < SMALLEST_P else words.number(p, 3)


def _pairs(one: Ipsative, words: Words) -> Iterator[str]:
    if len(one.pairs) > 1 and all(pair.relation == "not_distinguishable" for pair in one.pairs):
        yield words("ipsative.none_apart")
        return
    for pair in one.pairs:
        if pair.relation != "not_distinguishable":
            yield words(f"ipsative.{pair.relation}", first=words.domain(pair.first), second=words.domain(pair.second))
    alike = [words("ipsative.pair", first=words.domain(pair.first), second=words.domain(pair.second)) for pair in one.pairs if pair.relation == "not_distinguishable"]
    if alike:
        yield words("ipsative.same", pairs="; ".join(alike))


def _agreement(plan: Plan, words: Words) -> Iterator[Block]:
    told = tuple(
        words("agreement.line", domain=words.domain(one.domain), below=str(one.below), of=str(one.of), informants=_names(one.informants, words))
        for one in plan.agreement if one.of
    )
    if told:
        yield Sub(words("heading.agreement"))
        yield Bullets(told)


def _names(informants: tuple[str, ...], words: Words) -> str:
    return ", ".join(words.informant(one) for one in informants if one) or words("priority.unknown")


COMPONENTS = tuple(Components.model_fields)


def _priorities(plan: Plan, words: Words) -> Iterator[Block]:
    if not plan.priorities:
        return
    yield Sub(words("heading.priorities"))
    weighted = bool(plan.weights)
    known = [name for name in COMPONENTS if any(getattr(one.components, name) is not None for one in plan.priorities)]
    names = ("domain", *known, *(("weighted",) if weighted else ()))
    rows = []
    for one in plan.priorities:
        parts = [getattr(one.components, name) for name in known] + ([one.weighted] if weighted else [])
        rows.append((words.domain(one.domain), *(words("priority.unknown") if part is None else words.number(part, 1) for part in parts)))
    yield from table(words("caption.priorities"), _head(words, *names), rows, frozenset(range(1, len(names))))
    yield Text(words("priority.parts"), "small")
    if unknown := [words(f"column.{name}") for name in COMPONENTS if name not in known]:
        yield Text(words("priority.parts_unknown", names=", ".join(unknown)), "small")
    yield Text(_weights(plan, words), "small")


def _weights(plan: Plan, words: Words) -> str:
    if not plan.weights:
        return words("priority.no_weights")
    told = (words("priority.weight", name=words(f"column.{name}") if name in COMPONENTS else foreign(name), weight=words.number(weight))
            for name, weight in plan.weights.items())  # fmt: skip
    return words("priority.weights", weights=", ".join(told))


def _family(plan: Plan, words: Words) -> Iterator[Block]:
    if plan.family is None or not plan.family.problems:
        return
    yield Sub(words("heading.family"))
    rows = [
        (
            foreign(one.problem, SAID), words.domain(one.domain) if one.domain else "", words.number(one.importance),
            words.number(one.performance), words.number(one.satisfaction),
        )
        for one in plan.family.problems
    ]  # fmt: skip
    head = _head(words, "problem", "domain", "importance", "performance", "satisfaction")
    yield from table(words("caption.family"), head, rows, frozenset((2, 3, 4)))
    means = {name: getattr(plan.family, name) for name in ("performance", "satisfaction")}
    if any(value is not None for value in means.values()):
        yield Text(words("family.means", **{n: words("priority.unknown") if v is None else words.number(v, 1) for n, v in means.items()}))


def _next_items(plan: Plan, words: Words) -> Iterator[Block]:
    if not plan.next_items:
        return
    yield Sub(words("heading.next_items"))
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in _of_own_scales(plan):
        alike.setdefault((words.domain(one.domain), _scale(one.scale, one.pack, words)), []).append(_item(one, words))
    rows = [(domain, scale, "; ".join(items)) for (domain, scale), items in alike.items()]
    yield from table(words("caption.next_items"), _head(words, "domain", "scale", "items"), rows, quiet=True)


def _of_own_scales(plan: Plan) -> list[NextItem]:
    """Without the items that a total names for a domain which has a scale of its own in the same pack."""
    domain_of = {(one.pack, one.scale): one.domain for one in plan.follow_up}
    own = {(one.pack, one.domain) for one in plan.next_items if domain_of.get((one.pack, one.scale)) == one.domain}
    return [one for one in plan.next_items if (one.pack, one.domain) not in own or domain_of.get((one.pack, one.scale)) == one.domain]


def _item(one: NextItem, words: Words) -> str:
    label = foreign(one.label, SAID) if one.label else words.name(one.item, one.pack)
    if label != foreign(one.item):
        label = f"{label} ({foreign(one.item)})"
    if one.chance is None:
        return words("basis.item", item=label, basis=words(f"basis.{one.basis}"))
    chance = f"{words.number(100 * one.chance, 0)} {words('language.percent')}"
    if one.to_reach is not None and one.to_reach != 1:
        chance = words("basis.to_reach", chance=chance, points=words.number(one.to_reach))
    return f"{label}: {chance}"


def _goals(plan: Plan, words: Words) -> Iterator[Block]:
    if plan.goals is None or not plan.goals.goals:
        return
    yield Sub(words("heading.goals"))
    rows = [_goal(goal, words) for goal in plan.goals.goals]
    yield from table(words("caption.goals"), _head(words, "goal", "domain", "weight", "baseline", "level"), rows, frozenset((2, 3, 4)), quiet=True)
    yield Text(goal_scores(plan.goals, words))
    yield Text(f"{words('goal.levels')} {words('goal.rho', rho=words.number(plan.goals.rho))} {words('goal.expected')}", "small")


def _goal(goal: Goal, words: Words) -> tuple[str, ...]:
    level = "" if goal.level is None else words.number(goal.level, 0, sign=True)
    domain = words.domain(goal.domain) if goal.domain else ""
    return foreign(goal.goal, SAID), domain, words.number(goal.weight), words.number(goal.baseline, 0, sign=True), level


def goal_scores(scores: GoalScores, words: Words) -> str:
    """The T scores of a set of goals in a sentence."""
    start, expected = words.number(scores.t_baseline, 1), words.number(scores.t_expected, 1)
    if scores.t_reached is None:
        return words("goal.scores_open", baseline=start, expected=expected)
    change = words("priority.unknown") if scores.change is None else words.number(scores.change, 1, sign=True)
    return words("goal.scores", baseline=start, expected=expected, reached=words.number(scores.t_reached, 1), change=change)


def _follow_up(plan: Plan, words: Words) -> Iterator[Block]:
    if not plan.follow_up:
        return
    yield Sub(words("heading.follow_up"))
    told = [one for one in plan.follow_up if one.reason is None]
    retest = any(one.retest_days is not None for one in told)
    rows = [
        (
            _scale(one.scale, one.pack, words), words.domain(one.domain), words(f"measure.{one.measure}") if one.measure else "",
            value_in_words(one.value, one.se, words), words.short(one.mdc90), *((_days(one.retest_days, words),) if retest else ()),
        )
        for one in told
    ]  # fmt: skip
    head = _head(words, "scale", "domain", "measure", "value", "mdc90", *(("retest",) if retest else ()))
    yield from table(words("caption.follow_up"), head, rows, frozenset((4,)))
    if retest:
        yield Text(words("follow_up.retest_help"), "small")
    reasons = dict.fromkeys(one.reason for one in plan.follow_up if one.reason is not None)
    untold = {reason: ", ".join(_scale(one.scale, one.pack, words) for one in plan.follow_up if one.reason == reason) for reason in reasons}
    if untold:
        yield Bullets(tuple(f"{scales}: {reason_in_words(reason, words)}" for reason, scales in untold.items()))


def value_in_words(value: float | None, se: float | None, words: Words) -> str:
    """A measure with its standard error, where there is one."""
    return words.number(value) if value is None or se is None else words("follow_up.value", value=words.number(value), se=words.short(se))


def _days(days: float | None, words: Words) -> str:
    return "" if days is None else words("follow_up.days", days=words.number(days))


def _reviews(plan: Plan, words: Words) -> Iterator[Block]:
    if plan.reviews:
        yield Sub(words("heading.reviews"))
        yield Text(" ".join(words(f"review.{one.term}", low=words.number(one.from_weeks), high=words.number(one.to_weeks)) for one in plan.reviews))
        yield Text(words("review.note"), "small")


def _open(plan: Plan, words: Words) -> Iterator[Block]:
    if plan.open_domains:
        yield Sub(words("heading.open_domains"))
        head = _head(words, "domain", "reason", "packs")
        yield from table(words("caption.open_domains"), head, [_open_domain(one, words) for one in plan.open_domains], quiet=True)


def _open_domain(one: OpenDomain, words: Words) -> tuple[str, ...]:
    return words.domain(one.domain), reason_in_words(one.reason, words), ", ".join(map(words.name, one.packs)) or words("open.none_known")


def _refused(plan: Plan, words: Words) -> Iterator[Block]:
    if plan.refused:
        yield Sub(words("heading.refused"))
        yield Bullets(tuple(refusal_in_words(one, words) for one in plan.refused))
