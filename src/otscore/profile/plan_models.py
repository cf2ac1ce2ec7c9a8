"""What a plan is made of: facts about the scores of one child, each with how it came about. No diagnosis, no verdict, no treatment.

z rises with ability everywhere; unknown is null.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from otscore.codes import Domain
from otscore.profile.models import Frozen

Side = Literal["need", "strength", "neither"]


class Need(Frozen):
    """The headline of a domain against two thresholds in SDs: where the point lies, and where the whole interval does.

    ``by_interval`` is null where no interval is published, and of an open score ("60 or less"), which ``flags`` tell.
    """

    domain: Domain
    pack: str
    scale: str
    informant: str
    z: float
    z_low: float | None
    z_high: float | None
    ci_level: float | None
    by_point: Side
    by_interval: Side | None
    flags: tuple[str, ...] = ()


class OwnDifference(Frozen):
    """A domain against the mean of the child's own domains (Davis 1959), in SDs.

    ``p``: two-sided; ``p_adjusted``: corrected for the number of differences. ``base_rate``: percent of the norm group with one
    at least as large, null where the pack does not publish it for the mean of these very scales.
    """

    domain: Domain
    scale: str
    z: float
    difference: float
    se: float
    p: float
    p_adjusted: float
    significant: bool
    base_rate: float | None


class DomainPair(Frozen):
    """Two domains of one pack: does the first lie higher or lower than the second, or can they not be told apart?"""

    first: Domain
    second: Domain
    relation: Literal["higher", "lower", "not_distinguishable"]


class Ipsative(Frozen):
    """The domains that one pack measured with one informant, against one another. ``reason``: why nothing is compared."""

    pack: str
    informant: str
    level: float
    correction: Literal["holm", "bonferroni"]
    own_mean: float | None
    differences: tuple[OwnDifference, ...]
    pairs: tuple[DomainPair, ...]
    reason: str | None


class Agreement(Frozen):
    """How other results of the domain (other scales, instruments, informants) stand to its need: so many of so many below it."""

    domain: Domain
    below: int
    of: int
    informants: tuple[str, ...]


class Components(Frozen):
    """What speaks for beginning with a domain, each from 0 to 10, null where not known.

    severity : SDs below the mean, 10 at three or more. certainty : chance that the true score lies below the threshold, times ten.
    agreement : share of the other results that lie below it, times ten. change : SDs lost since the earlier profile, 10 at one or
    more. family : importance of the family's problems, weighed by how far performance is from its best; the largest of the domain.
    """

    severity: float | None
    certainty: float | None
    agreement: float | None
    change: float | None
    family: float | None


class Priority(Frozen):
    """A domain with its components. ``weighted``: their mean by the weights that were given; null where none were, as there is no
    weight that is nobody's.
    """

    domain: Domain
    components: Components
    weighted: float | None


class NextItem(Frozen):
    """An item not passed yet that lies nearest to what the child does.

    basis : ``model`` (chance by the item-response model), ``partial`` or ``failed`` (lowest of the items not passed). points : earned
    now, null without an answer. to_reach : points that the chance is about. chance : null without a model, and of a private pack.
    label : the user's own words, if any.
    """

    pack: str
    scale: str
    domain: Domain
    item: str
    label: str | None
    points: float | None
    to_reach: float | None = None
    chance: float | None
    basis: Literal["model", "partial", "failed"]


class FollowUp(Frozen):
    """What to measure again: the measure that shows progress, its value and error, and the least change beyond error at 90 %.

    retest_days : the shortest interval for which the instrument's stability was studied. reason : why change cannot be told.
    """

    pack: str
    scale: str
    domain: Domain
    measure: str | None
    value: float | None
    se: float | None
    mdc90: float | None
    retest_days: float | None
    reason: str | None


class Review(Frozen):
    """When to look again, in weeks from now."""

    term: Literal["immediate", "moderate", "long_term"]
    from_weeks: float
    to_weeks: float


class Goal(Frozen):
    """A goal on the attainment scale: -2 much less than expected, 0 expected, +2 much more (Kiresuk & Sherman 1968).

    ``baseline`` is the level today, -1, or -2 where nothing worse is possible; ``level`` the one reached, null before a review.
    """

    goal: str = Field(min_length=1, max_length=500)
    domain: Domain | None = None
    weight: float = Field(default=1.0, ge=0.0, allow_inf_nan=False)
    baseline: Literal[-2, -1] = -1
    level: Literal[-2, -1, 0, 1, 2] | None = None


class GoalScores(Frozen):
    """Goals as T scores: at the start, if every goal is reached as expected, and as reached now (null before a review)."""

    goals: tuple[Goal, ...]
    rho: float
    t_baseline: float
    t_expected: float
    t_reached: float | None
    change: float | None


class Problem(Frozen):
    """What the family named, rated from 1 to 10 (COPM: Law et al. 1990)."""

    problem: str = Field(min_length=1, max_length=500)
    domain: Domain | None = None
    importance: float | None = Field(default=None, ge=1, le=10)
    performance: float | None = Field(default=None, ge=1, le=10)
    satisfaction: float | None = Field(default=None, ge=1, le=10)


class FamilyView(Frozen):
    """The problems with their mean performance and satisfaction."""

    problems: tuple[Problem, ...]
    performance: float | None
    satisfaction: float | None


class RuleFact(Frozen):
    """One fact that a rule asks for, in one domain: met by the point, and by the whole interval (null: not known).

    ``kind``: sd (so many SDs below the mean) or delay (percent of the age). ``value``: z, or the percent. ``by_point`` is null where
    an open score ("or less") could lie on either side. ``warning`` where an age equivalent enters.
    """

    kind: Literal["sd", "delay"]
    cut: float
    domain: Domain
    pack: str
    scale: str
    value: float
    by_point: bool | None
    by_interval: bool | None
    warning: str | None


class RuleResult(Frozen):
    """A rule with its facts: in how many domains it asks for them and in how many they hold. It is no verdict on a child.

    met_by_point, met_by_interval : null where scores that are missing could still turn it. A rule that asks for one thing or
    another ("2 SDs in one domain or 1.5 SDs in two") has a result for each in ``parts``, and no numbers and facts of its own.
    """

    rule: str
    title: str
    n_domains: int | None
    n_by_point: int | None
    n_by_interval: int | None
    met_by_point: bool | None
    met_by_interval: bool | None
    facts: tuple[RuleFact, ...]
    parts: tuple[RuleResult, ...] = ()


class OpenDomain(Frozen):
    """A domain without a result: why, and the packs with norms for the child's age that would fill it."""

    domain: Domain
    reason: str
    packs: tuple[str, ...]


class Plan(Frozen):
    """Inputs from which a therapist designs a plan. ``refused``: what was asked for and is not told, with the reason."""

    schema_version: Literal[1] = 1
    library_version: str
    id: str | int | None
    age_days: float | None
    need_below: float
    strength_above: float
    weights: dict[str, float]
    needs: tuple[Need, ...]
    ipsative: tuple[Ipsative, ...]
    agreement: tuple[Agreement, ...]
    priorities: tuple[Priority, ...]
    next_items: tuple[NextItem, ...]
    goals: GoalScores | None
    family: FamilyView | None
    follow_up: tuple[FollowUp, ...]
    reviews: tuple[Review, ...]
    rules: tuple[RuleResult, ...]
    open_domains: tuple[OpenDomain, ...]
    refused: tuple[str, ...]

    def to_json(self) -> str:
        """The plan as JSON with a fixed order of keys."""
        return self.model_dump_json(indent=2)

    def __str__(self) -> str:
        from otscore.profile.plan_text import plan_text

        return plan_text(self)

    def _repr_html_(self) -> str:
        from otscore.profile.plan_text import plan_html

        return plan_html(self)
