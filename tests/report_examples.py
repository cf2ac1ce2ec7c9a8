"""Profiles to report on, of a fictional child, and plans and progress written by hand."""

from __future__ import annotations

from typing import Any

from otscore.codes import Domain, Kind
from otscore.profile.models import DomainResult, PackStamp, Profile, ScaleResult
from otscore.profile.plan_models import (
    Agreement,
    Components,
    DomainPair,
    FamilyView,
    FollowUp,
    Goal,
    GoalScores,
    Ipsative,
    Need,
    NextItem,
    OpenDomain,
    OwnDifference,
    Plan,
    Priority,
    Problem,
    Review,
    RuleFact,
    RuleResult,
)
from otscore.profile.progress_models import Occasion, ProblemChange, Progress, Step, Trajectory

FINE, GROSS, SENSORY = Domain.FINE_MOTOR, Domain.GROSS_MOTOR, Domain.SENSORY
SIX = list(Domain)[:6]


def scale_result(domain: Domain = FINE, **changes: Any) -> ScaleResult:
    """A standard score of 85 with an interval, unless told otherwise."""
    told: dict[str, Any] = {
        "pack": "hobbin@1", "scale": "pegs", "domain": domain, "kind": Kind.NORMED, "informant": "examiner", "n_items": 12, "n_answered": 12,
        "raw": 31.0, "ability": None, "sem": None, "score": 85.0, "metric": "standard", "z": -1.0, "percentile": 15.8655, "ci_low": 79.0,
        "ci_high": 91.0, "ci_level": 0.9, "z_low": -1.4, "z_high": -0.6, "z_se": 0.243, "band": None, "status": "ok", "reason": "scored", "flags": (),
    }  # fmt: skip
    return ScaleResult(**told | changes)


def not_there(domain: Domain, status: str = "below_age", **changes: Any) -> ScaleResult:
    """A result that there is none of."""
    names = ("score", "metric", "z", "percentile", "ci_low", "ci_high", "ci_level", "z_low", "z_high", "z_se")
    return scale_result(domain, **dict.fromkeys(names), status=status, reason="younger than the norms", **changes)


def domain_result(domain: Domain, *results: ScaleResult) -> DomainResult:
    """A domain headed by its first result that is scored."""
    headline = next((result for result in results if result.status == "ok"), None)
    evidence = headline.kind.value if headline else "not_scored" if results else "not_assessed"
    return DomainResult(domain=domain, evidence=evidence, headline=headline, scales=results)


def stamp(**changes: Any) -> PackStamp:
    """A pack, invented unless told otherwise."""
    told: dict[str, Any] = {
        "pack": "hobbin@1", "pack_version": "1.0.0", "digest": "sha256:" + "0" * 64, "kind": Kind.NORMED, "status": "synthetic",
        "norm_group": "combined", "age_basis": "pack", "rounding": "pack", "ci_level": 0.9, "estimator": None, "relevance": None,
        "historic_scale": False, "logit": False, "prior_without_age": None, "notices": ("The instrument is invented.",),
    }  # fmt: skip
    return PackStamp(**told | changes)


def make_profile(*domains: DomainResult, **changes: Any) -> Profile:
    """A child of four years with these domains; the other ones of the six are empty."""
    told = {domain.domain: domain for domain in domains}
    six = [told.pop(domain, domain_result(domain)) for domain in SIX]
    values: dict[str, Any] = {
        "library_version": "0.1.0", "id": "c1", "age_days": 1500.0, "corrected_age_days": None, "age_basis": "chronological",
        "domains": (*six, *told.values()), "packs": (stamp(),),
    }  # fmt: skip
    return Profile(**values | changes)


def make_plan(profile: Profile, **changes: Any) -> Plan:
    """A plan in which every part has something in it."""
    goals = (Goal(goal="puts on a coat alone", domain=Domain.SELF_CARE, weight=2, level=1), Goal(goal="cuts along a line", domain=FINE, level=0))
    differences = (
        OwnDifference(domain=FINE, scale="pegs", z=-1.5, difference=-1.25, se=0.3, p=0.00003, p_adjusted=0.00006, significant=True, base_rate=4.2),
        OwnDifference(domain=GROSS, scale="balance", z=0.1, difference=0.35, se=0.3, p=0.24, p_adjusted=0.24, significant=False, base_rate=None),
    )
    facts = (
        RuleFact(kind="sd", cut=1.5, domain=FINE, pack="hobbin@1", scale="pegs", value=-1.6, by_point=True, by_interval=False, warning=None),
        RuleFact(kind="delay", cut=25, domain=GROSS, pack="hobbin@1", scale="balance", value=27.5, by_point=True, by_interval=None,
                 warning="an age equivalent is no interval scale"),
    )  # fmt: skip
    told: dict[str, Any] = {
        "library_version": "0.1.0", "id": profile.id, "age_days": profile.age_days, "need_below": -1.0, "strength_above": 1.0,
        "weights": {"severity": 2.0, "family": 1.0},
        "needs": (
            Need(domain=FINE, pack="hobbin@1", scale="pegs", informant="examiner", z=-1.62, z_low=-2.1, z_high=-1.14, ci_level=0.9,
                 by_point="need", by_interval="need"),
            Need(domain=GROSS, pack="hobbin@1", scale="balance", informant="examiner", z=0.1, z_low=None, z_high=None, ci_level=None,
                 by_point="neither", by_interval=None),
        ),
        "ipsative": (
            Ipsative(pack="hobbin@1", informant="examiner", level=0.95, correction="holm", own_mean=-0.25, differences=differences, reason=None,
                     pairs=(DomainPair(first=FINE, second=GROSS, relation="lower"), DomainPair(first=GROSS, second=SENSORY, relation="not_distinguishable"))),
            Ipsative(pack="tiddrel@1", informant="caregiver", level=0.95, correction="holm", own_mean=None, differences=(), pairs=(),
                     reason="only one domain has a standard error"),
        ),
        "agreement": (Agreement(domain=FINE, below=1, of=2, informants=("teacher", "parent")),),
        "priorities": (
            Priority(domain=FINE, components=Components(severity=5.4, certainty=9.2, agreement=5.0, change=None, family=7.5), weighted=6.1),
            Priority(domain=GROSS, components=Components(severity=0.0, certainty=0.4, agreement=None, change=None, family=None), weighted=0.0),
        ),
        "next_items": (
            NextItem(pack="hobbin@1", scale="pegs", domain=FINE, item="dx3_r", label="pegs with the right hand", points=1.0, chance=0.46, basis="model"),
            NextItem(pack="hobbin@1", scale="balance", domain=GROSS, item="ba2", label=None, points=None, chance=None, basis="failed"),
        ),
        "goals": GoalScores(goals=goals, rho=0.3, t_baseline=37.6, t_expected=50.0, t_reached=58.3, change=20.7),
        "family": FamilyView(problems=(Problem(problem="getting dressed", domain=Domain.SELF_CARE, importance=9, performance=3, satisfaction=2),),
                             performance=3.0, satisfaction=2.0),
        "follow_up": (
            FollowUp(pack="hobbin@1", scale="pegs", domain=FINE, measure="growth", value=512.0, se=4.5, mdc90=10.47, retest_days=84.0, reason=None),
            FollowUp(pack="hobbin@1", scale="balance", domain=GROSS, measure=None, value=None, se=None, mdc90=None, retest_days=None,
                     reason="no standard error is published for this scale"),
        ),
        "reviews": (Review(term="immediate", from_weeks=1, to_weeks=2), Review(term="moderate", from_weeks=4, to_weeks=6),
                    Review(term="long_term", from_weeks=13, to_weeks=26)),
        "rules": (RuleResult(rule="one_sd_1_5", title="1.5 SD below the mean in one domain", n_domains=1, n_by_point=1, n_by_interval=0, met_by_point=True,
                             met_by_interval=None, facts=facts),),
        "open_domains": (OpenDomain(domain=SENSORY, reason="nothing was asked", packs=("quindle@1",)),),
        "refused": ("The two ratings are not compared: other forms.",),
    }  # fmt: skip
    if "packs" in Plan.model_fields:
        told["packs"] = profile.packs
    return Plan(**told | changes)


BESIDE: dict[str, Any] = {"score": None, "metric": None, "ci_level": 0.9, "flags": ()}


def make_progress(profile: Profile, **changes: Any) -> Progress:
    """Two visits: more of the measure, and a lower standing."""
    occasions = (
        Occasion(age_days=1300.0, corrected_age_days=None, age_basis="chronological", value=480.0, se=4.4, z=-0.4, z_low=-0.8, z_high=0.0, status="ok", **BESIDE),
        Occasion(age_days=1500.0, corrected_age_days=None, age_basis="chronological", value=512.0, se=4.5, z=-1.62, z_low=-2.1, z_high=-1.14, status="ok", **BESIDE),
        Occasion(age_days=1510.0, corrected_age_days=None, age_basis="chronological", value=None, se=None, z=None, z_low=None, z_high=None,
                 status="too_few_items", **BESIDE),
    )  # fmt: skip
    steps = (
        Step(before=0, after=1, method="jacobson_truax", level=0.9, change=32.0, expected=None, se=6.29, index=5.08, p=0.0001, mdc90=10.35, direction="up",
             skill="gained", z_change=-1.22, z_se=0.3, z_reason=None,
             z_direction="down", gained_but_fell_behind=True, flags=("at_floor",), reason=None),
        Step(before=1, after=2, method="jacobson_truax", level=0.9, change=None, expected=None, se=None, index=None, p=None, mdc90=None, direction=None,
             skill=None, z_change=None, z_se=None, z_direction=None, z_reason=None,
             gained_but_fell_behind=None, flags=(), reason="one of the occasions has no score"),
    )  # fmt: skip
    trajectory = Trajectory(pack="hobbin@1", scale="pegs", domain=FINE, informant="examiner", measure="growth", higher_is="more_able", occasions=occasions, steps=steps,
                            reason=None)
    alone = trajectory.model_copy(update={"scale": "balance", "steps": (), "reason": "the scale was given once only"})
    goals = (GoalScores(goals=(Goal(goal="cuts along a line"),), rho=0.3, t_baseline=40.0, t_expected=50.0, t_reached=None, change=None),)
    told: dict[str, Any] = {
        "library_version": "0.1.0", "id": profile.id, "ages_days": (1300.0, 1500.0, 1510.0), "level": 0.9, "packs": (stamp(),), "trajectories": (trajectory, alone),
        "problems": (ProblemChange(before=0, after=1, n_problems=2, performance=1.5, satisfaction=None, reason="satisfaction was not rated twice"),), "goals": goals,
        "refused": ("balance: another version of the norms",),
    }  # fmt: skip
    return Progress(**told | changes)


def several() -> Profile:
    """Normed with and without interval, a class, a flag, one that has no result, one not assessed."""
    return make_profile(
        domain_result(FINE, scale_result(), scale_result(scale="drawing", score=7.0, metric="scaled", z=-1.0, ci_low=None, ci_high=None, ci_level=None,
                                                         z_low=None, z_high=None, raw=4.0)),
        domain_result(GROSS, scale_result(GROSS, scale="balance", score=104.0, z=0.2667, percentile=60.5, ci_low=None, ci_high=None, ci_level=None,
                                          z_low=None, z_high=None)),
        domain_result(SENSORY, scale_result(SENSORY, scale="listening", kind=Kind.BANDED, band="on_track", score=None, metric=None, z=None, percentile=None,
                                            ci_low=None, ci_high=None, ci_level=None, z_low=None, z_high=None, raw=9.0)),
        domain_result(Domain.SELF_CARE, not_there(Domain.SELF_CARE, scale="dressing")),
        domain_result(Domain.SOCIAL, scale_result(Domain.SOCIAL, scale="problems", score=70.0, metric="t", z=-2.0, percentile=97.72, ci_low=66.0, ci_high=74.0,
                                                  z_low=-2.4, z_high=-1.6, flags=("at_ceiling",))),
    )  # fmt: skip
