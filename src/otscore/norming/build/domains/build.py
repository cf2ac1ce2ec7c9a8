"""A recipe of domains carried out: the files of the pack, the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from otscore.norming.build.domains.data import Data, read_data
from otscore.norming.build.domains.made import Made, make
from otscore.norming.build.domains.notices import notices
from otscore.norming.build.domains.recipe import DomainsRecipe, read_domains_recipe
from otscore.norming.build.domains.tables import check_rows, csv_text, difficulty_rows, fit_rows, item_rows, norm_rows, reliability_rows, sample_rows
from otscore.norming.build.toml import toml_text

DIFFICULTIES, NORMS = "difficulties.csv", "norms.csv"
RECIPE = "recipe/recipe.toml"


def build_domains(path: Path, data: Path, say: Callable[[str], None] = lambda text: None) -> dict[str, str]:
    """The files of the edition but cases.csv: path below its directory = text. data : directory of the paths in the recipe."""
    recipe = read_domains_recipe(path)
    found = read_data(recipe, data)
    made = [make(recipe, domain, found, say) for domain in recipe.domains]
    return {
        "instrument.toml": toml_text(_instrument(recipe)),
        "items.csv": _table(item_rows(found, made)),
        "pack.toml": toml_text(_manifest(recipe, made)),
        "SOURCES.toml": toml_text(_sources(recipe, found, made)),
        "psychometrics.csv": _table(reliability_rows(made)),
        f"tables/{DIFFICULTIES}": _table(difficulty_rows(made)),
        f"tables/{NORMS}": _table(norm_rows(recipe, made)),
        RECIPE: path.read_text(encoding="utf-8"),
        "recipe/items.csv": _table(fit_rows(made)),
        "recipe/sample.csv": _table(sample_rows(recipe, found, made)),
        "recipe/held_out.csv": _table(check_rows(made)),
    }


def _table(rows: Sequence[dict[str, str]]) -> str:
    return csv_text(list(dict.fromkeys(key for row in rows for key in row)), rows)


def _instrument(recipe: DomainsRecipe) -> dict[str, Any]:
    scales = [
        {"id": one.id, "domain": one.domain.value, "items_domain": one.domain.value, "raw": "irt", "min_answered": recipe.fit.min_answered}
        for one in recipe.domains
    ]
    return {
        "schema": 1, "id": recipe.instrument, "name": recipe.name, "summary": recipe.summary, "informants": recipe.informants, "rights": recipe.rights,
        "options": {"pass_fail": {"legal": [0, 1]}}, "scales": scales,
    }  # fmt: skip


def _manifest(recipe: DomainsRecipe, made: Sequence[Made]) -> dict[str, Any]:
    group = recipe.group
    return {
        "schema": 1, "instrument": recipe.instrument, "edition": recipe.edition, "version": recipe.version, "title": recipe.title, "status": "derived",
        "kind": "normed", "default_group": group.id, "intended_use": recipe.intended_use, "notices": [*recipe.notices, *notices(made)],
        "licence": {"figures": recipe.licence.figures, "evidence": recipe.licence.evidence},
        "age": {"unit": "years", "convention": "decimal_365.25"},
        "norm_groups": [{"id": group.id, "label": group.label, "note": group.note}],
        "irt": [_model(recipe, one) for one in made],
        "norms": [{
            "scales": [one.recipe.id for one in made], "group": group.id, "method": "normal", "measure": "ability", "table": NORMS, "metric": "z",
            "decimals": 2, "interval": {"kind": "posterior", "level": 0.9},
        }],
    }  # fmt: skip


def _model(recipe: DomainsRecipe, one: Made) -> dict[str, Any]:
    scale, prior = recipe.scale, one.norm.prior
    piece = {"constant": prior.constant, "linear": prior.linear, "log": prior.log, "shift": prior.shift}
    return {
        "model": "rasch_eap", "scales": [one.recipe.id], "difficulties": DIFFICULTIES, "slope": scale.slope, "intercept": scale.intercept,
        "outfit_above": recipe.fit.outfit_above, "grid": {"from": scale.grid.from_, "to": scale.grid.to, "by": scale.grid.by},
        "prior": {"sd": one.norm.prior_sd, "segments": [piece]},
    }  # fmt: skip


def _sources(recipe: DomainsRecipe, data: Data, made: Sequence[Made]) -> dict[str, Any]:
    files, read = recipe.data, recipe.data.read
    kept = {item for one in made for item in one.norm.tau}
    published = sum(item in data.published for item in kept)
    fitted = ", ".join(recipe.cohorts.fit)
    checked = [checked for one in made for checked in one.checked]
    same = {"read": read, "transcribed": "by the build of the recipe"}
    held = f"recipe/held_out.csv: {len(checked)} cells of {', '.join(recipe.cohorts.check)}, {sum(one.verdict == 'ok' for one in checked)} within the limits, the others told apart"
    return {
        "schema": 1,
        "sources": {
            "cohorts": {"citation": files.citation, "doi": files.doi, "url": files.url},
            "difficulties": {"citation": files.difficulties_citation, "url": files.difficulties_url},
            "two_tests": {"citation": f"Own computation from the same data, cohorts {fitted}: correlation of z by two tests of one domain given to the same child, within age."},
        },
        "tables": [
            {"file": f"tables/{DIFFICULTIES}", "source": "difficulties", "place": f"key gcdg: {published} published difficulties", **same, "checked": "equal to the stored key, item by item"},
            {"file": f"tables/{DIFFICULTIES}", "source": "cohorts", "place": f"{len(kept) - published} estimated by us: marginal maximum likelihood, published ones held (Kim 2006), cohorts {fitted}",
             **same, "checked": "standard error, infit and outfit of every item: recipe/items.csv; recovery of known difficulties in made-up data: tests"},
            {"file": f"tables/{NORMS}", "source": "cohorts", "place": f"Latent mean and SD by age of {fitted} (Mislevy 1984), spread of the estimates about it", **same, "checked": held},
            {"file": "pack.toml", "source": "cohorts", "place": "priors, and the figures of the notices", **same, "checked": "scored again with the shipped files by an independent computation"},
            {"file": "psychometrics.csv", "source": "two_tests", "place": "cohorts of the fit with two tests", **same, "checked": "computed again in the tests from the shipped files"},
            {"file": "instrument.toml", "source": "cohorts", "place": "items and their domains: item_domain_map.csv", **same, "checked": "equal to the stored map"},
        ],
    }  # fmt: skip
