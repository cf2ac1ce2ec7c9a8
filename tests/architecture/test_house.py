"""The house stays readable: short files, short functions, one version, one lock."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src" / "otscore"
FILES = sorted(SOURCES.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FILE = 500, 60, 200
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def functions(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{file.relative_to(SOURCES)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_no_file_is_long() -> None:
    assert {str(f.relative_to(SOURCES)): lines(f) for f in FILES if lines(f) > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    assert {name: length for f in FILES for name, length in functions(f) if length > LONGEST_FUNCTION} == {}


def test_the_middle_file_is_short() -> None:
    assert median(lines(f) for f in FILES if f.name != "__init__.py") <= MEDIAN_FILE


def test_one_version(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    from otscore.version import __version__

    assert project["version"] == __version__
    changelog = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(__version__)}\b", changelog, re.MULTILINE), "the release has no heading in CHANGELOG.md"


def test_no_data_lie_beside_the_project(checkout: Path) -> None:
    """A table that somebody tried something with may hold children."""
    data = [file.name for file in checkout.iterdir() if file.suffix in (".csv", ".gz", ".tsv", ".parquet", ".json")]
    assert data == []
    ignored = (checkout / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/*.csv", "/*.csv.gz", "/*.parquet"} <= set(ignored)


def test_every_pack_is_in_the_changelog(checkout: Path) -> None:
    changelog = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    editions = sorted(file.parent for file in (checkout / "norms").glob("*/*/pack.toml"))
    assert editions
    names = [f"{edition.parent.name}@{edition.name}" for edition in editions]
    assert [name for name in names if f"`{name}`" not in changelog] == []


def test_core_dependencies_stay_four(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {re.split(r"[^\w-]", name)[0] for name in project["dependencies"]} == {"numpy", "scipy", "pandas", "pydantic"}


@pytest.fixture
def lock(checkout: Path) -> dict[str, object]:
    return tomllib.loads((checkout / "uv.lock").read_text(encoding="utf-8"))


def test_the_lock_names_public_addresses_only(checkout: Path) -> None:
    found = re.findall(r"[a-z]+://[^\s\"']+", (checkout / "uv.lock").read_text(encoding="utf-8"))
    assert {urlsplit(address).hostname for address in found} == PUBLIC_HOSTS
    assert {urlsplit(address).netloc for address in found} == PUBLIC_HOSTS  # nor a name and password before the host


def test_the_pinned_requirements_come_from_the_lock(checkout: Path, lock: dict[str, list[dict[str, str]]]) -> None:
    locked = {(package["name"], package["version"]) for package in lock["package"]}
    text = (checkout / "requirements-dev.txt").read_text(encoding="utf-8")
    pinned = [line.split(";")[0].strip() for line in text.splitlines() if line and not line.startswith("#")]
    assert pinned
    assert [pin for pin in pinned if tuple(pin.split("==")) not in locked] == [], "run: make lock"


def test_no_folder_of_tests_is_left_out(request: pytest.FixtureRequest) -> None:
    """pytest passes over folders of some names, such as build, unless it is told otherwise."""
    left_out = request.config.getini("norecursedirs")
    folders = {file.parent for file in Path(__file__).resolve().parents[1].rglob("test_*.py")}
    names = {part for folder in folders for part in folder.relative_to(Path(__file__).resolve().parents[1]).parts}
    assert [name for name in sorted(names) if any(fnmatch(name, pattern) for pattern in left_out)] == []
