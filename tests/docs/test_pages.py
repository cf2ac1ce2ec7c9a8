"""The manual says what the code says: tables of packs, keys, statuses; words of the glossary; no wording, no leftovers."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from packs.private_pack import write_pack

import otscore
from otscore.codes import PROFILE_DOMAINS
from otscore.schema.manifest import Convention
from otscore.schema.norm import NormMethod

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WORDS = (
    "instrument", "form", "item", "option", "response", "keyed response", "raw score", "scale", "norm table", "norm group", "stratum",
    "edition", "pack", "metric", "derived score", "composite", "domain", "profile", "reliability", "SEM", "confidence interval",
    "critical difference", "base rate", "reliable change", "chronological", "corrected", "age equivalent",
)  # fmt: skip


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"manual_{name}", ROOT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    return _module("tables")


def test_the_pages_made_from_the_packs_are_as_the_packs_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their examples are run anew; a page too many is found as well as one too few."""
    monkeypatch.delenv("OTSCORE_PACKS", raising=False)
    made = _module("pages").pages()
    kept = {f"instruments/{path.name}" for path in (ROOT / "docs" / "instruments").glob("*.md")} | {"coverage.md"}
    assert set(made) == kept, "run: python docs/pages.py"
    stale = [name for name, text in made.items() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run: python docs/pages.py"
    assert all("```text\n" in text for name, text in made.items() if name != "coverage.md"), "an instrument without an example"


def test_the_page_of_mechanisms_is_as_it_is_made() -> None:
    module = _module("mechanisms")
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run docs/mechanisms.py"


def test_no_page_tells_of_a_private_pack(tables: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the manual may have some installed."""
    write_pack(tmp_path)
    monkeypatch.setenv("OTSCORE_PACKS", str(tmp_path))
    assert "quibbin@1" in {pack.name for pack in otscore.packs()}
    pages = _module("pages")
    assert "quibbin" not in tables.packs_table() + tables.instruments_table() + tables.packs_full_table() + pages.coverage_page()
    assert "quibbin@1" not in {pack.name for pack in pages._packs()}


@pytest.mark.parametrize("path", [*PAGES, ROOT / "norms" / "README.md"], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_tables_are_as_they_are_made(path: Path, tables: ModuleType) -> None:
    page = path.read_text(encoding="utf-8")
    assert page == tables.filled(page), "run: python docs/tables.py"
    assert page.count("<!-- table: ") == page.count("<!-- end of table -->"), "a table without an end"


@pytest.mark.parametrize("name", ["README.md", "norms/README.md"])
def test_the_readme_lists_the_packs_there_are(name: str) -> None:
    readme = (ROOT / name).read_text(encoding="utf-8")
    assert all(f"`{pack.name}`" in readme for pack in otscore.packs())


def test_every_key_of_the_pack_format_is_on_its_page(tables: ModuleType) -> None:
    page = (ROOT / "docs" / "pack-format.md").read_text(encoding="utf-8")
    recipe = (ROOT / "docs" / "from-a-sample-to-a-norm-pack.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"<!-- table: model (\w+) -->", page + recipe)) | {"ColumnMap"}
    assert shown == set(tables.MODELS)
    for name in get_args(NormMethod):
        assert f"| `{name}` |" in page


def test_every_age_convention_is_explained() -> None:
    page = (ROOT / "docs" / "how-a-score-comes-about.md").read_text(encoding="utf-8")
    for name in get_args(Convention):
        assert f"| `{name}` |" in page


def test_the_glossary_has_every_word_once() -> None:
    heads = re.findall(r"^- \*\*(.+?)\*\*:", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    words = [word for head in heads for word in head.split(", ")]
    assert [word for word in WORDS if word not in words] == []
    assert len(set(heads)) == len(heads)
    assert heads == sorted(heads, key=str.casefold)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_nothing_is_left_over(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"TODO|FIXME|XXX|lorem", text)
    assert not re.search(r"```text\n```", text), "an empty output: run tests/docs/test_examples.py --write"


def test_the_example_children_fill_every_domain() -> None:
    """Ten simulated children, one preterm, one with too few items; each of the six domains has a result in one of them."""
    import pandas as pd

    from otscore.commands.demo import PACKS
    from otscore.data import example_children

    children = pd.read_csv(example_children())
    assert len(children) == 10
    assert children["id"].str.startswith("sim-").all()
    assert (children["gestation_weeks"] < 37).sum() == 1
    scores = otscore.Battery.load(PACKS).score_frame(children)
    assert scores.issues == ()
    table = scores.to_frame()
    assert {domain.value for domain in PROFILE_DOMAINS} <= set(table[table["status"] == "ok"]["domain"])
    assert (table["status"] == "too_few_items").any()
    assert {"normed", "banded", "criterion"} == {part.form.pack.manifest.kind.value for part in scores.parts}
    assert (table[table["status"] == "ok"].groupby("id", observed=True).size() > 0).all()
