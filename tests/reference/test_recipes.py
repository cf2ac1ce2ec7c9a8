"""Every recipe of derived tables regenerates those of its pack, bit for bit, from raw data outside the project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from otscore.norming.build.derived.build import derive

ROOT = Path(__file__).resolve().parents[2]
RECIPES = [file for file in sorted((ROOT / "norms").glob("*/*/recipe/recipe.toml")) if 'kind = "derived_tables"' in file.read_text(encoding="utf-8")]
SEVEN = ["bogota-items", "nhanes-grip", "nhis-balance", "nnyfs-plank", "tango-cc", "tom-booklet", "zaf-vineland"]


def test_every_pack_of_ours_has_its_recipe() -> None:
    assert [file.parents[2].name for file in RECIPES] == SEVEN


@pytest.mark.parametrize("recipe", RECIPES, ids=[file.parents[2].name for file in RECIPES])
def test_a_recipe_regenerates_its_pack(recipe: Path, shared: Path) -> None:
    """All tables of the pack, and its psychometrics where they are ours and no matter of chance."""
    edition = recipe.parents[1]
    derived = derive(tomllib.loads(recipe.read_text(encoding="utf-8")), recipe, shared / "microdata")
    assert {name for name in derived.files if name.startswith("tables/")} == {f"tables/{file.name}" for file in (edition / "tables").iterdir()}
    assert derived.differences() == []
    for name, text in derived.files.items():
        assert (edition / name).read_bytes() == text.encode()
