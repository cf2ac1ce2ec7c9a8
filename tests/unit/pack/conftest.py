from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

BASE = Path(__file__).parents[2] / "bad_packs" / "base"


@pytest.fixture
def copy_pack(tmp_path: Path) -> Callable[..., Path]:
    """Copies the fictional pack snorf@1 (or another) to a new root and gives its edition directory."""

    def copy(root: str = "root", name: str = "snorf", edition: str = "1") -> Path:
        home = tmp_path / root / name / edition
        shutil.copytree(BASE / name / "1", home)
        if edition != "1":
            manifest = home / "pack.toml"
            manifest.write_text(manifest.read_text("utf-8").replace('edition = "1"', f'edition = "{edition}"'), "utf-8")
        return home

    return copy
