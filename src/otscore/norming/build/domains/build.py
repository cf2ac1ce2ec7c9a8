"""A recipe of domains carried out: the files of the pack, the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from otscore.norming.build.domains import tables
from otscore.norming.build.domains.data import read_data
from otscore.norming.build.domains.made import Made, make
from otscore.norming.build.domains.notices import notices
from otscore.norming.build.domains.recipe import DomainsRecipe
from otscore.norming.build.domains.sources import sources
from otscore.norming.build.toml import toml_text

DIFFICULTIES, NORMS = "difficulties.csv", "norms.csv"


def domain_files(recipe: DomainsRecipe, text: str, directory: Path, say: Callable[[str], None]) -> dict[str, str]:
    """The files of the edition but cases.csv: path below its directory = text. text : of the recipe. directory : from which its paths count."""
    say(f"reading {directory}")
    found = read_data(recipe, directory)
    made = [make(recipe, domain, found, say) for domain in recipe.domains]
    return {
        "instrument.toml": toml_text(_instrument(recipe)),
        "items.csv": _table(tables.item_rows(found, made)),
        "pack.toml": toml_text(_manifest(recipe, made)),
        "SOURCES.toml": toml_text(sources(recipe, found, made)),
        "psychometrics.csv": _table(tables.reliability_rows(made)),
        f"tables/{DIFFICULTIES}": _table(tables.difficulty_rows(made)),
        f"tables/{NORMS}": _table(tables.norm_rows(recipe, made)),
        "recipe/recipe.toml": text,
        "recipe/items.csv": _table(tables.fit_rows(made)),
        "recipe/sample.csv": _table(tables.sample_rows(recipe, found, made)),
        "recipe/held_out.csv": _table(tables.check_rows(made)),
        "recipe/two_tests.csv": _table(tables.agreement_rows(made)),
    }


def _table(rows: Sequence[dict[str, str]]) -> str:
    return tables.csv_text(list(dict.fromkeys(key for row in rows for key in row)), rows)


def _instrument(recipe: DomainsRecipe) -> dict[str, Any]:
    scales = [
        {
            "id": one.id, "domain": one.domain.value, "items_domain": one.domain.value, "raw": "irt", "min_answered": recipe.fit.min_answered,
            "use": "research",
        }
        for one in recipe.domains
    ]  # fmt: skip
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
