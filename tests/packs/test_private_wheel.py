"""A private pack as a wheel of data: built, installed, found, compared with its lock, scored, and gone when it is removed. None of it is run."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packs.private_pack import CHILD, LICENCE, OWN, PACE, files, perch_scores, write_pack

from otscore.pack import registry
from otscore.pack.lock import lock_text

pytestmark = pytest.mark.slow

NAME, KEY = "quibbin@1", "quibbin@1==1.0.0"
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "quibbin-norms"
version = "1.0.0"
description = "Norms of an invented test."

[project.entry-points."otscore.packs"]
quibbin = "quibbin_norms"

[tool.hatch.build.targets.wheel]
packages = ["quibbin_norms"]
"""
FORBIDDEN = 'raise RuntimeError("a pack must never run code")\n'
SCORE = """
import json, sys, otscore
scorer = otscore.Scorer.load("quibbin@1")
print(json.dumps({"digest": scorer.pack.digest, "home": str(scorer.pack.home), "profile": scorer.score(json.loads(sys.argv[1])).to_json()}))
assert not [name for name in sys.modules if "quibbin" in name], "a package of data was imported"
"""


class Place:
    """A virtual environment with the wheel in it; beside it lie the library of this checkout and what that needs."""

    def __init__(self, folder: Path, checkout: Path) -> None:
        self.folder = folder
        self.variables = {name: value for name, value in os.environ.items() if not name.startswith(("OTSCORE_", "PYTEST_"))}
        self.variables |= {"PYTHONPATH": str(checkout / "src"), "OTSCORE_STATE": str(folder / "state")}
        self.run(sys.executable, "-m", "venv", "--without-pip", "place")
        self.python = folder / "place" / ("Scripts" if os.name == "nt" else "bin") / Path(sys.executable).name
        self.site = Path(self.run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
        libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (self.site / "libraries.pth").write_text("\n".join(sorted(libraries)), encoding="utf-8")

    def run(self, *command: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        """A command that must end with the code."""
        done = subprocess.run([*map(str, command)], cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=300)
        assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    def pip(self, *words: object) -> None:
        self.run(sys.executable, "-m", "pip", "--python", self.python, *words)

    def install(self, wheel: Path) -> None:
        self.pip("install", "--no-index", "--no-deps", "--no-build-isolation", "--quiet", wheel)

    def otscore(self, *words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run(self.python, "-m", "otscore.cli", *words, code=code)

    def scored(self) -> dict[str, str]:
        """The child scored in Python: digest, home and profile."""
        return json.loads(self.run(self.python, "-c", SCORE, json.dumps(CHILD)).stdout)


def build(folder: Path, code: str | None) -> Path:
    """The wheel of a project whose package holds the pack, its lock, and perhaps code."""
    package = folder / "quibbin_norms"
    write_pack(package)
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (package / "LOCK.toml").write_text(lock_text(registry([package], installed=False).read_all()[0]), encoding="utf-8")
    if code is not None:
        (package / "__init__.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next((folder / "dist").glob("quibbin_norms-*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a package that must not be imported."""
    return build(tmp_path_factory.mktemp("quibbin"), FORBIDDEN)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Place:
    return Place(tmp_path_factory.mktemp("place"), checkout)


@pytest.fixture
def place(empty: Place, wheel: Path) -> Iterator[Place]:
    """The environment with the wheel installed; it is removed in the end."""
    empty.install(wheel)
    yield empty
    empty.pip("uninstall", "--yes", "--quiet", "quibbin-norms")


def test_the_wheel_holds_every_file_of_the_pack_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" not in name}
    assert held.pop("quibbin_norms/__init__.py") == FORBIDDEN
    assert KEY in held.pop("quibbin_norms/LOCK.toml")
    assert held == {f"quibbin_norms/quibbin/1/{name}": text for name, text in files().items()}


def test_it_is_found_and_scored_in_python_and_not_imported(place: Place) -> None:
    found = place.scored()
    assert Path(found["home"]) == place.site / "quibbin_norms" / "quibbin" / "1"
    assert found["digest"] in (place.site / "quibbin_norms" / "LOCK.toml").read_text("utf-8")
    results = {result["scale"]: result for domain in json.loads(found["profile"])["domains"] for result in domain["scales"]}
    assert results["perch"]["score"] == float(perch_scores()[24, "male", 3])
    assert (results["pace"]["raw"], str(results["pace"]["score"])) == (17.0639, PACE["17.0639"])
    assert {results[scale]["band"] for scale in ("flap", "glide", "poise")} <= OWN


def test_the_package_would_have_been_heard(place: Place) -> None:
    done = place.run(place.python, "-c", "import quibbin_norms", code=1)
    assert "a pack must never run code" in done.stderr


def test_it_is_scored_on_the_command_line_with_its_licence_once(place: Place) -> None:
    answers, out = place.folder / "children.csv", place.folder / "scores.csv"
    answers.write_text("id,age_months,sex,q1,q2,q3,q4\nc1,30,male,2,1,20,kanari-bold\n", encoding="utf-8")
    command = ("score", answers, "--pack", NAME, "--out", out)
    said = [place.otscore(*command).stderr for _ in range(2)]
    assert [LICENCE in one for one in said] == [True, False]
    with out.open(encoding="utf-8", newline="") as lines:
        rows = {row["scale"]: row for row in csv.DictReader(lines)}
    assert (rows["perch"]["pack"], rows["perch"]["score"]) == (NAME, perch_scores()[24, "male", 3])
    assert place.otscore("norms", "licence", NAME).stdout == LICENCE
    listed = place.otscore("norms", "list")
    assert [line.split()[:3] for line in listed.stdout.splitlines() if ", private" in line] == [[NAME, "1.0.0", "normed"]]
    assert listed.stderr == ""


@pytest.mark.parametrize("name", ["tables/sail.csv", "LICENCE.txt"])
def test_a_change_after_installation_is_noticed(place: Place, name: str) -> None:
    file = place.site / "quibbin_norms" / "quibbin" / "1" / name
    text = file.read_text("utf-8")
    file.write_text(text.replace("0.8317", "0.8318").replace("alone", "too"), encoding="utf-8")
    said = f"{KEY}: the content differs from the digest in LOCK.toml"
    assert said in place.run(place.python, "-c", SCORE, json.dumps(CHILD), code=1).stderr
    assert said in place.otscore("norms", "show", NAME, code=2).stderr
    assert said in place.otscore("norms", "list", code=1).stderr, "and it hides no other pack"
    file.write_text(text, encoding="utf-8")
    assert place.scored()["digest"]


def test_once_removed_it_is_named_as_missing(empty: Place, wheel: Path) -> None:
    empty.install(wheel)
    assert NAME in empty.otscore("norms", "list").stdout
    empty.pip("uninstall", "--yes", "--quiet", "quibbin-norms")
    said = empty.run(empty.python, "-c", SCORE, json.dumps(CHILD), code=1).stderr.splitlines()[-1]
    assert said.startswith("otscore.errors.PackNotFound: no pack is called quibbin@1.")
    assert said.endswith("and in installed packages of data")
    assert NAME not in empty.otscore("norms", "list").stdout
    assert "no pack is called quibbin@1" in empty.otscore("norms", "licence", NAME, code=2).stderr


def test_a_wheel_without_any_code_does_as_well(empty: Place, tmp_path: Path) -> None:
    bare = build(tmp_path, None)
    with zipfile.ZipFile(bare) as archive:
        assert [name for name in archive.namelist() if name.endswith(".py")] == []
    empty.install(bare)
    try:
        assert Path(empty.scored()["home"]) == empty.site / "quibbin_norms" / "quibbin" / "1"
    finally:
        empty.pip("uninstall", "--yes", "--quiet", "quibbin-norms")
