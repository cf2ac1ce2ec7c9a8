"""What is made of the data of one domain: norms, and what cohorts left out and second tests say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from otscore.norming.build.domains.data import Data
from otscore.norming.build.domains.recipe import DomainRecipe, DomainsRecipe
from otscore.norming.fit.rasch.answers import Answers
from otscore.norming.fit.rasch.domain import DomainNorm, fit_domain
from otscore.norming.fit.rasch.held_out import Cell, held_out, thirds
from otscore.norming.fit.rasch.same_test import Compared, compare_on
from otscore.norming.fit.rasch.two_tests import Agreement, agreement

TEST, SERIES = 3, 6
"""Leading letters of a GSED code that name the test, and those that name the series of items within it."""


@dataclass(frozen=True, eq=False)
class Checked:
    """A cell of a cohort left out, and the same cohort beside one of the fit on the same test."""

    cell: Cell
    test: str
    beside: Compared | None

    @property
    def verdict(self) -> str:
        """``ok``: as in the norms. ``cohort``: the totals of the same test show the same difference. ``open``: neither."""
        if self.cell.within:
            return "ok"
        return "cohort" if self.beside is not None and self.beside.alike else "open"


@dataclass(frozen=True, eq=False)
class Made:
    """One domain."""

    recipe: DomainRecipe
    norm: DomainNorm
    fitted: Sequence[Cell]
    """The cohorts of the fit, in the same cells."""
    checked: Sequence[Checked]
    agreements: Mapping[tuple[float, float], Agreement]
    """By part of the ages."""


def make(recipe: DomainsRecipe, domain: DomainRecipe, data: Data, say: Callable[[str], None]) -> Made:
    """Fit a domain to the cohorts of the fit, and look at it in the others."""
    say(f"fitting {domain.id}")
    answers, cohorts = data.answers[domain.name], recipe.cohorts
    norm = fit_domain(answers.of_cohorts(cohorts.fit), data.published, recipe.plan(domain))
    parts = thirds(norm.plan.ages)
    fitted = held_out(answers.of_cohorts(cohorts.fit), norm, parts, cohorts.fewest)
    cells = held_out(answers.of_cohorts(cohorts.check), norm, parts, cohorts.fewest)
    checked = [_checked(recipe, cell, answers, norm) for cell in cells]
    tests = {name: [item for item in answers.items if item[:TEST] == name] for name in _names(answers, TEST)}
    found = {part: agreement(answers.of_cohorts(cohorts.fit), tests, norm, part) for part in parts}
    return Made(domain, norm, fitted, checked, {part: one for part, one in found.items() if one is not None})


def _checked(recipe: DomainsRecipe, cell: Cell, answers: Answers, norm: DomainNorm) -> Checked:
    """The cell with the comparison that most visits of a cohort of the fit allow."""
    best: tuple[str, Compared | None] = ("", None)
    for test in _names(answers, TEST):
        series = [[item for item in answers.items if item[:SERIES] == name] for name in _names(answers, SERIES) if name[:TEST] == test]
        for cohort in recipe.cohorts.fit:
            found = compare_on(answers, cell.cohort, cohort, series, norm, (cell.age_from, cell.age_to))
            if found is not None and (best[1] is None or found.visits > best[1].visits):
                best = test, found
    return Checked(cell, *best)


def _names(answers: Answers, letters: int) -> list[str]:
    return sorted({item[:letters] for item in answers.items})
