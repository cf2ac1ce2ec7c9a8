"""SOURCES.toml of a pack of domains: whose data, which table from which of them, and how each was checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from otscore.norming.build.domains.data import Data
from otscore.norming.build.domains.made import Made
from otscore.norming.build.domains.recipe import DomainsRecipe

Entry = tuple[str, str, str, str]
"""File, source, place in it, how it was checked."""


def sources(recipe: DomainsRecipe, data: Data, made: Sequence[Made]) -> dict[str, Any]:
    """The document."""
    files = recipe.data
    own = f"Own computation from the same data, cohorts {', '.join(recipe.cohorts.fit)}: correlation of z by two tests of one domain given to the same child, within age."
    return {
        "schema": 1,
        "sources": {
            "cohorts": {"citation": files.citation, "doi": files.doi, "url": files.url},
            "difficulties": {"citation": files.difficulties_citation, "url": files.difficulties_url},
            "two_tests": {"citation": own},
        },
        "tables": [
            {"file": file, "source": source, "place": place, "read": files.read, "transcribed": "by the build of the recipe", "checked": checked}
            for file, source, place, checked in _tables(recipe, data, made)
        ],
    }


def _tables(recipe: DomainsRecipe, data: Data, made: Sequence[Made]) -> list[Entry]:
    kept = {item for one in made for item in one.norm.tau}
    published = sum(item in data.published for item in kept)
    estimated = f"{len(kept) - published} estimated by us: marginal maximum likelihood, published ones held (Kim 2006), cohorts {', '.join(recipe.cohorts.fit)}"
    fit = "standard error, infit and outfit of every item: recipe/items.csv; recovery of known difficulties in made-up data: tests"
    curve = f"Latent mean and SD by age of {', '.join(recipe.cohorts.fit)} (Mislevy 1984), spread of the estimates about it"
    again = "scored again with the shipped files by an independent computation"
    return [
        ("tables/difficulties.csv", "difficulties", f"key gcdg: {published} published difficulties", "equal to the stored key, item by item"),
        ("tables/difficulties.csv", "cohorts", estimated, fit),
        ("tables/norms.csv", "cohorts", curve, _held_out(recipe, made)),
        ("pack.toml", "cohorts", "priors, and the figures of the notices", again),
        ("psychometrics.csv", "two_tests", "cohorts of the fit with two tests", "computed again in the tests from the shipped files"),
        ("instrument.toml", "cohorts", "items and their domains: item_domain_map.csv", "equal to the stored map"),
    ]


def _held_out(recipe: DomainsRecipe, made: Sequence[Made]) -> str:
    checked = [one for domain in made for one in domain.checked]
    within = sum(one.verdict == "ok" for one in checked)
    return f"recipe/held_out.csv: {len(checked)} cells of {', '.join(recipe.cohorts.check)}, {within} within the limits, the others told apart"
