"""Templates of tests whose norms belong to their publishers: structure, sources and a list of what to check, and no figure."""

from __future__ import annotations

import csv
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from otscore.check import check_directory, is_error

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "norms-templates"
EDITIONS = sorted(file.parent for file in TEMPLATES.glob("*/*/pack.toml"))
TESTS = sorted({edition.parent for edition in EDITIONS})
NUMBERS_OF_STRUCTURE = {"schema", "from", "below", "range", "ages", "legal", "min_answered", "decimals", "level"}
FIGURES = {"cuts", "at_least", "descriptions", "score_limits", "mean", "sd", "critical", "irt", "comparisons", "weights", "n"}
COLUMNS = {
    "ranges": ({"raw_min", "raw_max", "score"}, {"raw_min", "raw_max", "band"}), "lookup": ({"raw", "score"},), "mean_sd": ({"mean", "sd"},),
}  # fmt: skip

each_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: f"{edition.parent.name}@{edition.name}")
each_test = pytest.mark.parametrize("home", TESTS, ids=lambda home: home.name)


def read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def instrument_of(edition: Path) -> Path:
    own = edition / "instrument.toml"
    return own if own.is_file() else edition.parent / "instrument.toml"


def lines_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no table or list, with the key it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    else:
        yield key, value


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_there_are_templates() -> None:
    assert len(TESTS) >= 22


@each_edition
def test_a_template_says_that_it_is_one_and_stands_where_its_names_say(edition: Path) -> None:
    pack, instrument = read(edition / "pack.toml"), read(instrument_of(edition))
    assert pack["status"] == "template"
    assert (pack["instrument"], pack["edition"]) == (edition.parent.name, edition.name)
    assert instrument["id"] == pack["instrument"]
    assert pack["licence"]["private"]
    assert (edition / pack["licence"]["text"]).is_file()
    assert set(pack.get("informants", [])) <= set(instrument["informants"])


@each_edition
def test_no_table_holds_a_figure(edition: Path) -> None:
    for file in (edition / "tables").glob("*.csv"):
        head, *rows = lines_of(file)
        assert not rows, f"{file.name} has rows"
        assert all(head)
    assert not [file for file in (edition / "psychometrics.csv", edition / "cases.csv") if file.is_file()]


@each_edition
def test_no_figure_stands_in_a_toml_file(edition: Path) -> None:
    """Numbers are those of the structure: ages, places, public numbers of points; no cut score, no limit of a class, no critical difference."""
    for file in (edition / "pack.toml", instrument_of(edition)):
        document = read(file)
        assert {key for key, value in leaves(document) if isinstance(value, (int, float)) and not isinstance(value, bool)} <= NUMBERS_OF_STRUCTURE
        assert not FIGURES & set(keys(document))


@each_edition
def test_items_have_no_wording(edition: Path) -> None:
    file = edition / "items.csv"
    head, *rows = lines_of(file if file.is_file() else edition.parent / "items.csv")
    assert head == ["item", "options", "domain"]
    instrument = read(instrument_of(edition))
    codes = [item for scale in instrument["scales"] for item in (*scale.get("items", ()), *([scale["error"]] if "error" in scale else ()))]
    assert sorted(codes) == sorted(item for item, _, _ in rows)
    assert all(re.fullmatch(r"[a-z0-9_]+_(total|raw|seconds|score|se|\d)", code) for code in codes)
    assert {options for _, options, _ in rows} == set(instrument["options"])


@each_edition
def test_scales_are_made_of_scales_before_them(edition: Path) -> None:
    known: set[str] = set()
    for scale in read(instrument_of(edition))["scales"]:
        assert set(scale.get("scales", ())) <= known, scale["id"]
        assert scale["id"] not in known
        assert ("scales" in scale) != ("items" in scale)
        known.add(scale["id"])


@each_edition
def test_every_scale_has_one_norm_and_every_table_its_columns(edition: Path) -> None:
    pack = read(edition / "pack.toml")
    normed = [scale for norm in pack["norms"] for scale in norm["scales"]]
    scales = [scale["id"] for scale in read(instrument_of(edition))["scales"]]
    members = {member for scale in read(instrument_of(edition))["scales"] for member in scale.get("scales", ())}
    assert sorted(normed) == sorted(set(normed))
    assert set(normed) <= set(scales)
    assert set(scales) - set(normed) <= members
    assert {norm["table"] for norm in pack["norms"] if "table" in norm} == {file.name for file in (edition / "tables").glob("*.csv")}
    for norm in pack["norms"]:
        if "table" in norm:
            head = lines_of(edition / "tables" / norm["table"])[0]
            beside = set(head) - {"scale", "age_from", "age_to", *norm.get("strata", ())}
            assert head[0] == "scale"
            assert set(norm.get("strata", ())) <= set(head) & set(pack.get("strata", {}))
            assert beside in COLUMNS.get(norm["method"], (beside,))
        else:
            assert norm["method"] == "identity"


@each_edition
def test_every_source_has_an_address_and_the_day_it_was_read(edition: Path) -> None:
    sources = read(edition / "SOURCES.toml")["sources"]
    assert len(sources) >= 2
    for source in sources.values():
        assert source["url"].startswith(("https://", "http://"))
        assert re.search(r" Read \d{4}-\d{2}-\d{2}\.$", source["citation"])


@each_test
def test_what_was_seen_names_its_source_and_the_rest_is_to_be_checked(home: Path) -> None:
    todo = (home / "CHECKLIST.md").read_text(encoding="utf-8")
    seen, checked, typed = re.split(r"^## To be (?:checked against the manual|typed)$", todo, flags=re.MULTILINE)
    sources = {name for edition in home.glob("*/SOURCES.toml") for name in read(edition)["sources"]}
    facts = [line for line in seen.splitlines() if line.startswith("- ")]
    assert facts
    named = {re.search(r"\((\w+)[;)][^()]*\)?\.?$|\((\w+)\)\.$", fact) for fact in facts}
    assert {match[1] or match[2] for match in named if match} == sources
    assert None not in named
    assert checked.count("- [ ] ") >= 4
    for file in home.glob("*/tables/*.csv"):
        assert f"`{file.parent.parent.name}/tables/{file.name}`: {', '.join(lines_of(file)[0])}" in typed


def test_the_checker_finds_no_error_and_says_what_is_to_be_typed() -> None:
    issues = check_directory(TEMPLATES)
    assert not [str(issue) for issue in issues if is_error(issue)][:20]
    told = {issue.source.rpartition("norms-templates/")[2] for issue in issues if issue.code == "warn_template"}
    assert all(any(source.startswith(f"{edition.parent.name}/{edition.name}/") for source in told) for edition in EDITIONS)


def test_the_table_of_the_page_is_current() -> None:
    """``python docs/templates.py`` writes it."""
    spec = importlib.util.spec_from_file_location("templates", ROOT / "docs" / "templates.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.page() == (TEMPLATES / "README.md").read_text(encoding="utf-8")
