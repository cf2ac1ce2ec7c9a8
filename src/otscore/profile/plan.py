"""plan(): from the profile of a child to the inputs of a plan. It says what is, and never what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from otscore.errors import Issue, UsageError
from otscore.profile.components import agreement, check_weights, priorities
from otscore.profile.earlier import changes_of_standing, check_earlier, check_others
from otscore.profile.eligibility import eligibility
from otscore.profile.follow_up import follow_up
from otscore.profile.goals import RHO, family_view, goal_scores
from otscore.profile.ipsative import LEVEL, Correction, ipsative
from otscore.profile.models import Profile
from otscore.profile.needs import NEED_BELOW, STRENGTH_ABOVE, needs
from otscore.profile.open_domains import CataloguePack, open_domains
from otscore.profile.plan_models import Goal, NextItem, Plan, Priority, Problem, Review
from otscore.profile.rules import Rules
from otscore.profile.text import domain_words

Term = Literal["immediate", "moderate", "long_term"]
REVIEWS: dict[Term, tuple[float, float]] = {"immediate": (1.0, 2.0), "moderate": (4.0, 6.0), "long_term": (13.0, 26.0)}
"""From and to so many weeks; 13 to 26 weeks are 3 to 6 months."""


def plan(
    profile: Profile,
    *,
    need_below: float = NEED_BELOW,
    strength_above: float = STRENGTH_ABOVE,
    level: float = LEVEL,
    correction: Correction = "holm",
    weights: Mapping[str, float] | None = None,
    others: Sequence[Profile] = (),
    earlier: Profile | None = None,
    goals: Iterable[Goal | Mapping[str, Any]] = (),
    rho: float = RHO,
    family: Iterable[Problem | Mapping[str, Any]] = (),
    rules: Rules = None,
    next_items: Iterable[NextItem] = (),
    catalogue: Iterable[CataloguePack] = (),
    reviews: Mapping[Term, tuple[float, float]] = REVIEWS,
    refused: Iterable[str] = (),
) -> Plan:
    """Inputs from which a therapist designs a plan with the family.

    need_below, strength_above : thresholds in SDs. level, correction : of the differences from the child's own mean. weights : of
    the components severity, certainty, agreement, change and family; without any there is no weighted number, and the order
    is that of the domains. others : profiles of the same child by other informants. earlier : an earlier profile of the child.
    goals, rho : goals on the attainment scale. family : problems that the family named, rated from 1 to 10. rules : those of
    eligibility, your own or a TOML file; None for generic arithmetic, () for none. next_items : of ``Battery.next_items``.
    catalogue : of ``otscore.packs()``, to say which packs would fill a domain. reviews : weeks from and to, by term. refused :
    what was refused on the way, to stand in the plan. Raises UsageError where one of them cannot be.
    """
    given = check_weights(weights)
    informants = check_others(profile, others)
    check_earlier(profile, earlier)
    found = needs(profile, need_below, strength_above)
    agreed = agreement(profile, informants, found, need_below)
    view = family_view(family)
    changes, not_told = changes_of_standing(profile, earlier, found)
    ranked = priorities(profile, found, agreed, changes, view, need_below, given)
    return Plan(
        library_version=profile.library_version, id=profile.id, age_days=profile.age_days, need_below=need_below,
        strength_above=strength_above, weights=given, needs=found, ipsative=ipsative(profile, level, correction), agreement=agreed,
        priorities=ranked, next_items=tuple(next_items), goals=goal_scores(goals, rho), family=view, follow_up=follow_up(profile),
        reviews=_reviews(reviews), rules=eligibility(profile, rules), open_domains=open_domains(profile, catalogue),
        refused=tuple(dict.fromkeys([*refused, *not_told, *_unweighed(ranked, given)])),
    )  # fmt: skip


def _unweighed(ranked: Sequence[Priority], weights: Mapping[str, float]) -> Iterable[str]:
    """Which components have a weight and are not known: there the mean rests on the others."""
    for one in ranked:
        unknown = [name for name, weight in weights.items() if weight > 0.0 and getattr(one.components, name) is None]
        if unknown:
            rest = "there is no weighted mean" if one.weighted is None else "the weighted mean rests on the other components"
            yield f"{domain_words(one.domain)}: {', '.join(unknown)} not known, so {rest}"


def _reviews(reviews: Mapping[Term, tuple[float, float]]) -> tuple[Review, ...]:
    """In the order of the terms."""
    if unknown := sorted(set(reviews) - set(REVIEWS)):
        raise UsageError(Issue("reviews", f"there is no term {', '.join(unknown)}", f"Terms: {', '.join(REVIEWS)}", field="reviews"))
    for term, (first, last) in reviews.items():
        if not 0.0 <= first <= last:
            hint = 'Weeks from and to, for example {"immediate": (1, 2)}'
            raise UsageError(Issue("reviews", f"the weeks of the {term} review are not in order", hint, field="reviews"))
    return tuple(Review(term=term, from_weeks=reviews[term][0], to_weeks=reviews[term][1]) for term in REVIEWS if term in reviews)
