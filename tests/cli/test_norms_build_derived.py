"""``otscore norms build`` with recipes of derived tables: several at once, what is said, and the exit code."""

from __future__ import annotations

import hashlib
from pathlib import Path

RECIPE = """
schema = 1
kind = "derived_tables"
age = "age"
data = {{ file = "raw.csv", sha256 = "{digest}" }}

[[tables]]
file = "tables/rates.csv"
columns = ["age_from", "raw", "percent", "n"]
decimals = {{ percent = 1 }}
parts = [{{ how = "base_rates", scales = ["falls"], bands = [3, 4], raws = [0, 1] }}]
"""
RAW = "age,falls\n3,0\n3,1\n3,0\n"


def laid(desk, name: str) -> Path:
    """A recipe in a pack of which only the table is there."""
    for folder in (f"packs/{name}/1/recipe", f"packs/{name}/1/tables", "raw"):
        (desk.folder / folder).mkdir(parents=True, exist_ok=True)
    recipe = desk.file(f"packs/{name}/1/recipe/recipe.toml", RECIPE.format(digest=hashlib.sha256(RAW.encode()).hexdigest()))
    desk.file(f"packs/{name}/1/pack.toml", "")
    desk.file(f"packs/{name}/1/tables/rates.csv", "age_from,raw,percent,n\n3,0,100,3\n3,1,33.3,3\n")
    desk.file("raw/raw.csv", RAW)
    return recipe


def build(desk, *words: object):
    return desk.run("norms", "build", *words, quiet=True)


def test_the_same_and_not_the_same(desk) -> None:
    one, other = laid(desk, "one"), laid(desk, "other")
    outcome = build(desk, one, other, "--check", "--data", desk.folder / "raw")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.count("the same, 1 file\n") == 2
    table = other.parents[1] / "tables" / "rates.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("33.3", "3.33"), encoding="utf-8")
    outcome = build(desk, other, one, "--check", "--data", desk.folder / "raw")
    assert outcome.code == 1
    assert "tables/rates.csv: line 3 (age_from 3, raw 1): percent is 3.33 there, 33.3 built" in outcome.out
    assert "packs/other/1: 1 difference\n" in outcome.err and "packs/one/1: the same" in outcome.err


def test_what_is_refused(desk) -> None:
    recipe = laid(desk, "one")
    outcome = build(desk, recipe, "--check", "--data", desk.folder)
    assert (outcome.code, "the raw data are not there" in outcome.err) == (2, True)
    outcome = build(desk, recipe, "--out", desk.folder, "--data", desk.folder / "raw")
    assert (outcome.code, "--out does not go with a recipe of derived tables" in outcome.err) == (2, True)
    desk.file("raw/raw.csv", RAW + "3,1\n")
    outcome = build(desk, recipe, "--data", desk.folder / "raw")
    assert (outcome.code, "another one than the recipe names by its sha256" in outcome.err) == (2, True)
    assert "33.3" in (recipe.parents[1] / "tables" / "rates.csv").read_text(encoding="utf-8")
