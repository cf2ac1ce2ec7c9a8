"""One domain from answers to norms: difficulties, ability, distribution by age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.irt import Ability, RaschModel, rasch_eap
from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.difficulty import Difficulties, Scale, estimate
from otscore.norming.fit.rasch.growth import Growth, fit_prior
from otscore.norming.fit.rasch.latent import Bands, Latent, fit_latent
from otscore.norming.fit.rasch.norm import AbilityNorm, fit_norm

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Keep:
    """Which items count: those whose difficulty is known well and that fit."""

    answers: int = 50
    """Fewest answers in the fit for an estimate, or for a published difficulty to be judged by its fit."""
    each: int = 10
    """Fewest passes and fewest fails for an estimate."""
    se: float = 1.0
    """Largest standard error of an estimate."""
    infit: float = 1.5
    """Largest infit."""

    def enough(self, answers: Answers, published: Mapping[str, float]) -> set[str]:
        """Items with answers enough to estimate a difficulty, and all that have one."""
        passes = np.nansum(answers.passes, axis=0)
        count = (~np.isnan(answers.passes)).sum(axis=0)
        enough = (count >= self.answers) & (passes >= self.each) & (count - passes >= self.each)
        return {item for item, ok in zip(answers.items, enough, strict=True) if ok or item in published}

    def fitting(self, found: Difficulties) -> Truths:
        """Which items (k,) stay after the fit."""
        judged = found.n >= self.answers
        return ~(judged & ~(found.infit <= self.infit)) & (found.se <= self.se)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided before a domain is fitted. Ages in years."""

    scale: Scale
    start: Growth
    """Mean ability by age to begin with: the prior of the published scale."""
    ages: tuple[float, float]
    """Ages that norms are wanted for."""
    margin: float
    """Years beyond them from which visits still help the fit."""
    min_answered: int
    """Fewest items for an ability."""
    bands: Bands
    keep: Keep
    decimals: int = 2
    """Places that difficulties and the SD of the prior are rounded to, as they are shipped."""


@dataclass(frozen=True, eq=False)
class DomainNorm:
    """Everything a pack needs for one domain."""

    plan: Plan
    difficulties: Difficulties
    """Of all items that were tried."""
    kept: Truths
    """(k,) which of them count."""
    tau: Mapping[str, float]
    """Difficulty of each item that counts, rounded as it is shipped."""
    latent: Latent
    prior: Growth
    """Mean of the prior by age."""
    prior_sd: float
    norm: AbilityNorm

    def ability(self, answers: Answers) -> Ability:
        """EAP and posterior SD of every visit from the items that count."""
        return _ability(answers, self.tau, self.plan.scale, self.prior, self.prior_sd)


def fit_domain(answers: Answers, published: Mapping[str, float], plan: Plan) -> DomainNorm:
    """Norms of one domain from the answers to its items, all cohorts of which are fitted.

    The prior has the mean of the reference and twice the variance of the ability within a cohort. Then, with e the error
    variance, an estimate has variance k^2 (s^2 + e) with k = 2s^2 / (2s^2 + e), which to the first order in e is s^2: how far
    estimates spread hardly depends on how many items were asked, so one SD curve serves short and long tests.
    Raises UsageError where nothing is left to fit.
    """
    near = (answers.age >= plan.ages[0] - plan.margin) & (answers.age < plan.ages[1] + plan.margin)
    first = _tried(answers.where(near), plan.keep.enough(answers.where(near), published))
    start = estimate(first, published, plan.scale, plan.start)
    kept = plan.keep.fitting(start)
    second = _tried(first, {item for item, ok in zip(start.items, kept, strict=True) if ok})
    found = estimate(second, published, plan.scale, plan.start, dict(zip(start.items, start.tau.tolist(), strict=True)))
    stay = plan.keep.fitting(found)
    tau = {item: round(float(value), plan.decimals) for item, value, ok in zip(found.items, found.tau, stay, strict=True) if ok}
    counting = _tried(second, set(tau))
    latent = fit_latent(counting, np.array([tau[item] for item in counting.items]), plan.scale, plan.start, plan.bands)
    prior, prior_sd = _prior(counting, latent, plan)
    ability = _ability(counting, tau, plan.scale, prior, prior_sd)
    long = counting.answered >= plan.min_answered
    weight = plan.bands.weights(counting.age[long], counting.cohort[long])
    share = float(np.average(1 - ability.sem[long] ** 2 / prior_sd**2, weights=weight))
    mean = _towards(prior, latent.reference, share)
    norm = fit_norm(ability.eap[long], counting.age[long], counting.cohort[long], weight, mean, plan.ages)
    return DomainNorm(plan, _both(start, kept, found), _places(start, tau), tau, latent, prior, prior_sd, norm)


def _tried(answers: Answers, items: set[str]) -> Answers:
    some = answers.with_items(items)
    if not some.n:
        raise UsageError(Issue("domain_empty", "no visit answers an item with a difficulty", "check cohorts, ages and items of the domain"))
    return some


def _prior(answers: Answers, latent: Latent, plan: Plan) -> tuple[Growth, float]:
    """The prior, rounded as it is shipped, so that what is fitted with it is what will be scored."""
    middle = np.array([(plan.ages[0] + plan.ages[1]) / 2])
    curve = fit_prior(latent.reference(answers.age), answers.age, plan.bands.weights(answers.age, answers.cohort))
    prior = Growth(round(curve.constant, 2), round(curve.linear, 2), round(curve.log, 2), curve.shift)
    return prior, round(float(np.sqrt(2) * latent.sd(middle)[0]), plan.decimals)


def _towards(prior: Growth, reference: Growth, share: float) -> Growth:
    """Mean of the estimates where the ability has the mean of the reference: an estimate goes only so far from the prior."""
    if prior.shift != reference.shift:
        raise ValueError("two curves of different shift")
    part = [old + share * (new - old) for old, new in zip(_terms(prior), _terms(reference), strict=True)]
    return Growth(part[0], part[1], part[2], prior.shift, part[3])


def _terms(curve: Growth) -> tuple[float, float, float, float]:
    return curve.constant, curve.linear, curve.log, curve.square


def _ability(answers: Answers, tau: Mapping[str, float], scale: Scale, prior: Growth, prior_sd: float) -> Ability:
    columns = [place for place, item in enumerate(answers.items) if item in tau]
    counting = Answers(answers.passes[:, columns], tuple(answers.items[c] for c in columns), answers.visit, answers.age, answers.cohort)
    model = RaschModel.build(np.array([tau[item] for item in counting.items]), scale.slope, scale.grid)
    return rasch_eap(counting.given, model, prior(answers.age), np.full(answers.n, prior_sd), posterior=False)


def _both(first: Difficulties, kept: Truths, second: Difficulties) -> Difficulties:
    """All items tried: figures of the second fit for those in it, of the first for those it left out."""
    place = {item: at for at, item in enumerate(second.items)}
    at = np.array([place.get(item, -1) for item in first.items])

    def of(name: str) -> Floats:
        old, new = getattr(first, name), getattr(second, name)
        chosen: Floats = np.where(kept & (at >= 0), new[at], old)
        return chosen

    whole = np.int64
    return Difficulties(
        first.items, of("tau"), first.published, of("se"), of("n").astype(whole), of("passed").astype(whole), of("infit"), of("outfit"),
        of("expected"), first.steps + second.steps, max(first.moved, second.moved),
    )  # fmt: skip


def _places(found: Difficulties, tau: Mapping[str, float]) -> Truths:
    return np.array([item in tau for item in found.items], dtype=np.bool_)
