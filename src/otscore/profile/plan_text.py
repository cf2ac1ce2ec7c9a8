"""A plan as text a person likes to read, and as an HTML fragment."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from html import escape

from otscore.profile.components import NAMES
from otscore.profile.plan_models import GoalScores, Need, NextItem, Plan, RuleResult
from otscore.profile.text import domain_words, one_line, stamp_notes, stamp_notes_html

WIDTH, LONG = 110, 1000
DISCLAIMER = "Facts about scores, for a therapist who plans with the family. No diagnosis, no verdict, no treatment advice."
SYNTHETIC = "SYNTHETIC NORMS, NOT FOR CLINICAL USE"
SIDES = {"need": "need", "strength": "strength", "neither": "neither need nor strength", None: "not known"}
TRUTH = {True: "yes", False: "no", None: "not known"}
RELATIONS = {"higher": "lies above", "lower": "lies below", "not_distinguishable": "cannot be told apart from"}

Section = tuple[str, list[str]]


def plan_text(plan: Plan) -> str:
    """The plan as plain text: a heading for each part that says something, and a line for each fact."""
    lines = _head(plan)
    for heading, facts in _sections(plan):
        lines += ["", heading]
        for fact in facts:
            lines += textwrap.wrap(fact, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    notes = stamp_notes(plan.packs)
    return "\n".join([*lines, "", *notes] if notes else lines)


def plan_html(plan: Plan) -> str:
    """The same as an HTML fragment without scripts or outside assets; everything in it is escaped."""
    parts = [f"<p>{'<br>'.join(map(escape, _head(plan)))}</p>"]
    for heading, facts in _sections(plan):
        parts.append(f"<h4>{escape(heading)}</h4><ul>{''.join(f'<li>{escape(fact)}</li>' for fact in facts)}</ul>")
    return "".join([*parts, stamp_notes_html(plan.packs)])


def _head(plan: Plan) -> list[str]:
    """Title, caveat, and a stamp where any of the norms is invented."""
    synthetic = any(pack.status == "synthetic" for pack in plan.packs)
    return [_title(plan), DISCLAIMER, *([SYNTHETIC] if synthetic else [])]


def _title(plan: Plan) -> str:
    return "Inputs of a plan" if plan.id is None else f"Inputs of a plan for {one_line(str(plan.id))}"


def _sections(plan: Plan) -> Iterable[Section]:
    """The parts that say something, in their order."""
    makers: tuple[tuple[str, Callable[[Plan], Iterable[str]]], ...] = (
        (f"Needs (below {plan.need_below:g} SD) and strengths (above {plan.strength_above:g} SD)", lambda one: map(_need, one.needs)),
        ("Domains against the child's own mean", _ipsative),
        ("Priorities" + (", by weight" if plan.weights else ", in the order of the domains (no weights given)"), _priorities),
        ("Next items", lambda one: map(_item, one.next_items)),
        ("Goals", lambda one: _goals(one.goals)),
        ("The family's view", _family),
        ("What to measure again", _follow_up),
        ("When to look again", lambda one: (f"{_words(review.term)}: in {review.from_weeks:g} to {review.to_weeks:g} weeks" for review in one.reviews)),
        ("Arithmetic that rules of eligibility ask for (no verdict)", _rules),
        ("Domains without a result", lambda one: (f"{domain_words(open_.domain)}: {open_.reason}{_packs(open_.packs)}" for open_ in one.open_domains)),
        ("Not told, and why", lambda one: one.refused),
    )
    for heading, make in makers:
        if facts := list(make(plan)):
            yield heading, facts


def _need(need: Need) -> str:
    interval = "no interval"
    if need.z_low is not None and need.z_high is not None:
        level = "" if need.ci_level is None else f"{need.ci_level * 100:g} % "
        interval = f"{level}interval {need.z_low:.2f} to {need.z_high:.2f}"
    end = " or less" if "score_or_less" in need.flags else " or more" if "score_or_more" in need.flags else ""
    sides = f"by point {SIDES[need.by_point]}, by interval {SIDES[need.by_interval]}"
    return f"{domain_words(need.domain)} ({need.pack} {need.scale}): z {need.z:.2f}{end}, {interval}; {sides}"


def _ipsative(plan: Plan) -> Iterable[str]:
    for one in plan.ipsative:
        who = f"{one.pack}, {one.informant}" if one.informant else one.pack
        if one.reason is not None:
            yield f"{who}: nothing is compared: {one.reason}"
            continue
        yield f"{who}: own mean z {one.own_mean:.2f}; level {one.level * 100:g} %, corrected by {one.correction.capitalize()}"
        for away in one.differences:
            rate = "" if away.base_rate is None else f"; as large in {away.base_rate:g} % of the norm group"
            told = "more than error of measurement" if away.significant else "not more than error of measurement"
            yield f"{domain_words(away.domain)} ({away.scale}): {away.difference:+.2f} SD, corrected p {_p(away.p_adjusted)}: {told}{rate}"
        yield from (f"{domain_words(pair.first)} {RELATIONS[pair.relation]} {domain_words(pair.second)}" for pair in one.pairs)


def _priorities(plan: Plan) -> Iterable[str]:
    agreed = {one.domain: one for one in plan.agreement}
    for one in plan.priorities:
        known = [(name, getattr(one.components, name)) for name in NAMES]
        parts = ", ".join(f"{name} {'not known' if value is None else f'{value:.1f}'}" for name, value in known)
        weighted = "" if one.weighted is None else f"weighted {one.weighted:.1f}; "
        others = agreed.get(one.domain)
        below = f"; {others.below} of {others.of} other results below the threshold" if others is not None and others.of else ""
        yield f"{domain_words(one.domain)}: {weighted}{parts} (each of 10){below}"


def _item(item: NextItem) -> str:
    label = "" if item.label is None else f" ({one_line(item.label, LONG)})"
    how = f"chance {item.chance:.0%}" if item.chance is not None else {"model": "near the ability", "partial": "done in part", "failed": "not done"}[item.basis]
    return f"{domain_words(item.domain)}, {item.pack} {item.scale}: {item.item}{label}, {how}"


def _goals(goals: GoalScores | None) -> Iterable[str]:
    if goals is None:
        return
    for goal in goals.goals:
        level = "not rated yet" if goal.level is None else f"now {goal.level:+d}"
        yield f"{one_line(goal.goal, LONG)}: weight {goal.weight:g}, baseline {goal.baseline}, {level}"
    reached = "" if goals.t_reached is None else f", reached {goals.t_reached:.1f}"
    change = "" if goals.change is None else f", change {goals.change:+.1f}"
    yield f"T at the start {goals.t_baseline:.1f}, if reached as expected {goals.t_expected:.1f}{reached}{change} (rho {goals.rho:g})"


def _family(plan: Plan) -> Iterable[str]:
    if plan.family is None:
        return
    for problem in plan.family.problems:
        names = ("importance", "performance", "satisfaction")
        ratings = [f"{name} {value:g}" for name in names if (value := getattr(problem, name)) is not None]
        yield f"{one_line(problem.problem, LONG)}: {', '.join(ratings) or 'not rated'}"
    means = [f"{name} {value:.1f}" for name in ("performance", "satisfaction") if (value := getattr(plan.family, name)) is not None]
    if means:
        yield f"means over the problems rated: {', '.join(means)}"


def _follow_up(plan: Plan) -> Iterable[str]:
    for one in plan.follow_up:
        if one.reason is not None or one.value is None or one.mdc90 is None:
            yield f"{domain_words(one.domain)} ({one.pack} {one.scale}): {one.reason}"
            continue
        days = "" if one.retest_days is None else f"; stability was studied over {one.retest_days:g} days"
        measure = _words(one.measure or "")
        yield f"{domain_words(one.domain)} ({one.pack} {one.scale}): {measure} {one.value:g}; a change of more than {one.mdc90:.3g} is more than error at 90 %{days}"


def _rules(plan: Plan) -> Iterable[str]:
    for rule in plan.rules:
        yield f"{rule.title}: by point {TRUTH[rule.met_by_point]}, by interval {TRUTH[rule.met_by_interval]}{_count(rule)}"
    facts = (fact for rule in plan.rules for one in (rule, *rule.parts) for fact in one.facts)
    yield from dict.fromkeys(fact.warning for fact in facts if fact.warning is not None)


def _count(rule: RuleResult) -> str:
    if rule.n_domains is None:
        return ""
    return f" ({rule.n_by_point} by point and {rule.n_by_interval} by interval, of {rule.n_domains} asked for)"


def _packs(packs: tuple[str, ...]) -> str:
    return f"; packs with norms for the age: {', '.join(packs)}" if packs else ""


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


def _words(name: str) -> str:
    return str(name).replace("_", " ")
