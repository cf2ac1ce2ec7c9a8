"""``otscore norms build`` of a recipe of domains: made-up children of three cohorts in, a pack of abilities out, the same each time."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from otscore.norming.build.toml import toml_text

ITEMS = [f"{test}gmd{place:03d}" for place in range(24) for test in ("aaa", "bbb")]
TAU = np.linspace(36.0, 74.0, len(ITEMS))
COHORTS = {"one": 220, "two": 220, "left": 120}


def text(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def files() -> dict[str, str]:
    """Twelve items a child, about what is expected at its age; every other difficulty is published."""
    random = np.random.default_rng(11)
    visits, answers = [], []
    for row in range(sum(COHORTS.values())):
        days = int(random.uniform(0.4, 2.6) * 365.25)
        cohort = np.repeat(list(COHORTS), list(COHORTS.values()))[row]
        visits.append({"row": row, "dataset": f"made_{cohort}", "agedays": days})
        mean = 46 + 20 * np.log(days / 365.25 + 0.1)
        ability = mean + 2.5 * random.standard_normal()
        for place in sorted(np.argsort(np.abs(TAU - mean))[:12]):
            answers.append({"row": row, "item": ITEMS[place], "score": int(random.random() < 1 / (1 + np.exp((TAU[place] - ability) / 2)))})
    domains = [{"item": item, "our_domain": "gross motor"} for item in ITEMS] + [{"item": "aaaslf001", "our_domain": "self care"}]
    difficulties = [{"item": item, "tau": f"{tau:.2f}"} for item, tau in list(zip(ITEMS, TAU, strict=True))[::2]]
    return {"visits.csv": text(visits), "responses.csv": text(answers), "domains.csv": text(domains), "difficulties.csv": text(difficulties)}


def document(found: dict[str, str]) -> dict[str, Any]:
    data = {name.removesuffix(".csv"): {"path": f"raw/{name}", "sha256": hashlib.sha256(of.encode()).hexdigest()} for name, of in found.items()}
    said = dict.fromkeys(("name", "title", "summary", "rights", "intended_use"), "Invented.")
    about = {"citation": "Invented children of three cohorts, made in a test.", "doi": "", "difficulties_citation": "Invented difficulties."}
    about |= dict.fromkeys(("url", "difficulties_url"), "https://example.org")
    return {
        "schema": 1, "kind": "rasch_domains", "instrument": "tottle", "edition": "1", "version": "1.0.0", **said, "informants": ["examiner"],
        "notices": ["Every figure is invented."], "licence": {"figures": "Invented, free.", "evidence": "Made in a test."},
        "group": {"id": "made_up", "label": "Invented children", "note": "Invented."},
        "data": data | about | {"prefix": "made_", "read": "2031-02-03"}, "cohorts": {"fit": ["one", "two"], "check": ["left"], "fewest": 20},
        "scale": {"slope": 2, "intercept": 0, "grid": {"from": 0, "to": 100, "by": 1}, "start": {"constant": 44, "linear": 0, "log": 22, "shift": 0.1}},
        "fit": {"margin": 0.1, "min_answered": 5, "band_years": 0.25, "band_full": 10, "item_answers": 30, "item_each": 5, "item_se": 1.5, "item_infit": 1.5,
                "outfit_above": 3, "node_years": 0.1},
        "domains": [{"id": "gross_motor", "domain": "gross_motor", "name": "gross motor", "months": [6, 30]}],
        "details": [{"title": "More", "text": "For the page of the pack."}],
    }  # fmt: skip


@pytest.fixture
def recipe(desk) -> Path:
    found = files()
    (desk.folder / "raw").mkdir()
    for name, of in found.items():
        desk.file(f"raw/{name}", of)
    return desk.file("recipe.toml", toml_text(document(found)))


def test_a_pack_of_domains_is_built_compared_and_built_again(desk, recipe) -> None:
    packs, home = desk.folder / "packs", desk.folder / "packs" / "tottle" / "1"
    desk.run("norms", "build", recipe, "--data", desk.folder, "--out", packs, quiet=True)
    with (home / "recipe" / "held_out.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    left = [row for row in told if row["cohort"] == "left"]
    assert len(left) == 3 and all(abs(float(row["mean_z"])) < 0.45 and 0.6 < float(row["sd_z"]) < 1.4 for row in left)
    pack = (home / "pack.toml").read_text(encoding="utf-8")
    assert "Of 3 cells of domain, age and cohort left out" in pack and "For the page" not in pack
    assert 'use = "research"' in (home / "instrument.toml").read_text(encoding="utf-8")
    cases = home / "cases.csv"
    cases.write_text("case,scale\nof another maker,gross_motor\n", encoding="utf-8")
    own = home / "recipe" / "recipe.toml"
    same = desk.run("norms", "build", own, "--data", desk.folder, "--check", quiet=True)
    assert (same.code, same.out) == (0, ""), same.out + same.err
    assert "the same, 12 files" in same.err
    before = {file: file.read_bytes() for file in packs.rglob("*") if file.is_file()}
    norms = home / "tables" / "norms.csv"
    norms.write_text(norms.read_text(encoding="utf-8").replace("gross_motor,0.6,", "gross_motor,0.6,9", 1), encoding="utf-8")
    (home / "recipe" / "stray.csv").write_text("a\n1\n", encoding="utf-8")
    other = desk.run("norms", "build", own, "--data", desk.folder, "--check", quiet=True)
    assert other.code == 1
    assert [line.partition(" there")[0][:70] for line in other.out.splitlines()] == [
        f"tables/norms.csv: line 3 (scale gross_motor, age 0.6): mean is 9{dict(rows(before[norms]))['0.6']}"[:70], "recipe/stray.csv: the recipe makes no such file",
    ]  # fmt: skip
    (home / "recipe" / "stray.csv").unlink()
    again = desk.run("norms", "build", own, "--data", desk.folder, quiet=True)
    assert "cases.csv is not made by the recipe, and left as it is" in again.out
    assert {file: file.read_bytes() for file in packs.rglob("*") if file.is_file()} == before


def rows(content: bytes) -> list[tuple[str, str]]:
    """Age and mean."""
    return [(row["age"], row["mean"]) for row in csv.DictReader(io.StringIO(content.decode()))]


def test_what_is_wrong_is_said(desk, recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTSCORE_REFERENCE", raising=False)
    without = desk.run("norms", "build", recipe, "--out", desk.folder / "packs", quiet=True)
    assert without.code == 2 and "--data DIR, or the environment variable OTSCORE_REFERENCE" in without.err
    elsewhere = desk.run("norms", "build", recipe, "--data", desk.folder / "raw", "--out", desk.folder / "packs", quiet=True)
    assert elsewhere.code == 2 and "the data cannot be read" in elsewhere.err
    desk.file("raw/visits.csv", "row,dataset,agedays\n")
    changed = desk.run("norms", "build", recipe, "--data", desk.folder, "--out", desk.folder / "packs", quiet=True)
    assert changed.code == 2 and "the file is not the one of the recipe" in changed.err
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("min_answered", "min_answerd"), encoding="utf-8")
    misspelt = desk.run("norms", "build", recipe, "--data", desk.folder, "--out", desk.folder / "packs", quiet=True)
    assert misspelt.code == 2 and "min_answered" in misspelt.err
    assert not (desk.folder / "packs").exists()
