"""Two versions of a pack scored side by side: nothing changes by itself, and what changes lies where the figure was changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import otscore
from otscore.pack import Pack
from otscore.pack.loose import named_packs
from otscore.rescore import ScaleChange, rescore

ROOT = Path(__file__).parents[2]
GRIP = ROOT / "norms" / "nhanes-grip" / "2014"
SNORF = ROOT / "tests" / "bad_packs" / "base" / "snorf" / "1"
SOURCES = [f"norms/{name}" for name in ("nhanes-grip/2014", "capl/2", "sdq/nl-2017", "who-motor/2006", "credi/1", "gsed/dutch", "teller-acuity/salomao1995")]


def pack(home: Path) -> Pack:
    return named_packs(str(home))[0].read_unverified()


def changed(home: Path, file: str, old: str, new: str, folder: Path) -> list[ScaleChange]:
    shutil.copytree(home.parent, folder / "new")
    target = folder / "new" / home.name / file
    assert old in target.read_text("utf-8")
    target.write_text(target.read_text("utf-8").replace(old, new), "utf-8")
    return rescore(pack(home), pack(folder / "new" / home.name))


@pytest.mark.parametrize("source", [*SOURCES, "tests/packs/fictional/tarrow/1", "tests/bad_packs/base/snorf/1"])
def test_a_pack_beside_itself(source: str) -> None:
    changes = rescore(pack(ROOT / source), pack(ROOT / source))
    assert changes
    for change in changes:
        assert change.looked_at.any(), change.scale
        assert not change.differs.any(), change.scale


def test_a_node_of_a_curve_changes_the_ages_around_it(tmp_path: Path) -> None:
    changes = changed(GRIP, "tables/lms.csv", "dominant,male,6.5,0.2516,10.4086", "dominant,male,6.5,0.2516,10.8046", tmp_path)
    (change,) = [one for one in changes if one.differs.any()]
    assert change.scale == "dominant"
    assert set(change.grid.age[change.differs] / 12) <= {6.375, 6.5, 6.625}
    assert {cell.strata for cell in change.cells()} == {"male"}
    assert "measures" in change.grid.sampled


def test_ages_in_another_unit_are_the_same_ages(tmp_path: Path) -> None:
    shutil.copytree(SNORF.parent, tmp_path / "new")
    home = tmp_path / "new" / "1"
    manifest = (home / "pack.toml").read_text("utf-8")
    manifest = manifest.replace('unit = "months"', 'unit = "years"').replace("from = 24", "from = 2").replace("below = 48", "below = 4")
    (home / "pack.toml").write_text(manifest, "utf-8")
    for table in home.rglob("*.csv"):
        text = table.read_text("utf-8")
        table.write_text(text.replace(",24,36,", ",2,3,").replace(",36,48,", ",3,4,").replace(",24,48,", ",2,4,"), "utf-8")
    assert not any(change.differs.any() for change in rescore(pack(SNORF), pack(home)))


def test_the_cells_are_what_children_get(tmp_path: Path) -> None:
    """Old and new scores of a changed cell against the scorer, with the answers that make the raw score."""
    changes = changed(SNORF, "tables/hop.csv", "male,24,36,2,8,", "male,24,36,2,9,", tmp_path)
    (cell,) = [cell for change in changes for cell in change.cells()]
    old = otscore.Scorer.load(path=SNORF)
    items = old.form.scales[0].scale.items
    items = [item.code for item in old.pack.items if item.code.startswith("h")] if items == "all" or not items else items
    for home, place in ((SNORF, 0), (tmp_path / "new" / "1", 1)):
        scorer = otscore.Scorer.load(path=home)
        for row in range(2 ** len(items)):
            answers = {item: float(row >> number & 1) for number, item in enumerate(items)}
            result = scorer.score({"id": "x", "age_months": cell.age, "sex": cell.strata, "responses": answers}, errors="flag")
            hop = next(scale for domain in result.domains for scale in domain.scales if scale.scale == "hop")
            if hop.raw == cell.raw:
                assert hop.score == cell.parts["score"][place]
                break
        else:
            pytest.fail("no answers gave the raw score")
    assert np.isfinite(cell.age)
