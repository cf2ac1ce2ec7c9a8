"""What is shipped: every norm file, the same from a checkout and from the sdist, and it works where it is installed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import otscore
from otscore.cases import run_cases
from otscore.pack import Table, registry

pytestmark = pytest.mark.slow

DEPENDENCIES = {"numpy", "scipy", "pandas", "pydantic"}
"""All that a running library may need (design: Dependencies); what these need themselves comes with them."""

SCORE_ONE = (
    "import otscore; assert otscore.packs(); scorer = otscore.Scorer.load('gsed@2406')\n"
    "profile = scorer.score({'id': 'c1', 'age_days': 400, 'responses': {'gs1moc060': 1, 'gs1lgc062': 0}})\n"
    "print(otscore.__file__, profile.to_json() if hasattr(profile, 'to_json') else profile.model_dump_json(), sep='|')"
)

SCORE_ALL = """
import json, otscore
from otscore.cases import run_cases
from otscore.pack import registry
from otscore.pack.check.casefile import read_cases

def record(pack, case):
    said = {name: value for name, value in case.inputs.items() if value}
    numbers = {name: float(said[name]) for name in ("gestation_weeks", "gestation_days") if name in said}
    dates = {name: said[name] for name in ("birth_date", "assessment_date") if name in said}
    age = {f"age_{pack.manifest.age.unit}": float(said["age"])} if "age" in said else {}
    strata = {name: said[name] for name in pack.manifest.strata if name in said}
    return {"id": case.name, "responses": case.responses, "strata": strata} | numbers | dates | age

def scored(pack):
    case = read_cases(pack.cases)[0]
    scorer = otscore.Scorer.load(pack.name, scales="all", norm_group=case.inputs.get("norm_group") or None)
    return scorer.score(record(pack, case), errors="flag").to_json()

found, broken = registry().read_all()
assert not broken, broken
wrong = [str(issue) for pack in found for issue in run_cases(pack)]
print(json.dumps({
    "file": otscore.__file__, "wrong": wrong, "packs": [pack.name for pack in otscore.packs()],
    "cases": {pack.name: len(read_cases(pack.cases)) for pack in found if pack.cases is not None},
    "profiles": {pack.name: scored(pack) for pack in found if pack.cases is not None},
}))
"""
"""Every case of every pack, and the first case of each as a child's record."""

EVERY_MODULE = """
import importlib, pkgutil, sys, otscore
for module in pkgutil.walk_packages(otscore.__path__, "otscore."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def outside() -> dict[str, str]:
    """The environment variables of somebody who has never heard of the checkout."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith(("OTSCORE_", "PYTEST_"))}


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a command that must succeed, run far from the checkout and with nothing of ours in its environment."""
    result = subprocess.run([*map(str, command)], cwd=cwd, env=outside(), capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def kept_files(checkout: Path, folder: str) -> set[str]:
    """The files that git keeps or would keep; outside a repository, all but what running leaves behind."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder]
    listing = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False).stdout.splitlines()
    found = listing or [path.relative_to(checkout).as_posix() for path in (checkout / folder).rglob("*")]
    return {name for name in found if (checkout / name).is_file() and "__pycache__" not in name}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("distribution")


@pytest.fixture(scope="module")
def sdist(checkout: Path, work: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", work / "sdist", cwd=checkout)
    return next((work / "sdist").glob("otscore-*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, work: Path) -> Path:
    """The wheel as an index gets it: built from the sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(work / "unpacked", filter="data")
    source = next((work / "unpacked").iterdir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", work / "wheel", cwd=source)
    return next((work / "wheel").glob("otscore-*.whl"))


def needed(names: Sequence[str]) -> set[str]:
    """The distributions named and all that they need, by what is written in their metadata."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            wanted = [Requirement(line) for line in distribution(name).requires or ()]
            waiting += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def places(name: str) -> Iterator[Path]:
    """What a distribution has put beside other distributions: packages, modules, metadata."""
    mine = distribution(name)
    tops = {file.parts[0] for file in mine.files or () if file.parts[0] not in ("..", "__pycache__")}
    assert tops, f"{name} keeps no list of its files"
    yield from (Path(str(mine.locate_file(top))) for top in sorted(tops))


@pytest.fixture(scope="module")
def libraries(work: Path) -> Path:
    """A folder of links to what the library needs, and to nothing else."""
    folder = work / "libraries"
    folder.mkdir()
    for name in sorted(needed(sorted(DEPENDENCIES))):
        for place in places(name):
            (folder / place.name).symlink_to(place, target_is_directory=place.is_dir())
    return folder


def environment(directory: Path, libraries: Path, *what: str | Path) -> Path:
    """A new virtual environment with things installed in it (as pip does it, offline), and a link to the libraries they need.

    While it is installed, and only then, the tools of this environment are in sight: an editable install is built.
    """
    run(sys.executable, "-m", "venv", "--without-pip", directory, cwd=directory.parent)
    binaries = directory / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / Path(sys.executable).name
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=directory).strip()
    link = Path(site) / "libraries.pth"
    link.write_text("\n".join(sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})), encoding="utf-8")
    for one in what:
        command = ["install", "--ignore-installed", "--no-deps", "--no-index", "--no-build-isolation", "--quiet"]
        editable = ["--editable"] if Path(one).is_dir() and (Path(one) / "src/otscore").is_dir() else []
        run(sys.executable, "-m", "pip", "--python", python, *command, *editable, one, cwd=directory)
    link.write_text(str(libraries), encoding="utf-8")
    return binaries


@pytest.fixture(scope="module")
def installed(wheel: Path, work: Path, libraries: Path) -> Path:
    return environment(work / "installed", libraries, wheel)


@pytest.fixture(scope="module")
def editable(checkout: Path, work: Path, libraries: Path) -> Path:
    return environment(work / "editable", libraries, checkout)


@pytest.fixture(scope="module")
def bare(work: Path, libraries: Path) -> Path:
    """The libraries alone, nothing of ours."""
    return environment(work / "bare", libraries)


def test_the_wheel_carries_every_norm_file_and_no_other(checkout: Path, wheel: Path) -> None:
    shipped = {n.replace("otscore/_norms/", "norms/", 1): b for n, b in contents(wheel).items() if n.startswith("otscore/_norms/")}
    kept = kept_files(checkout, "norms")
    assert kept
    assert set(shipped) == kept
    assert [name for name, data in shipped.items() if data != (checkout / name).read_bytes()] == []


def test_the_wheel_carries_the_sources_the_types_and_the_licence(checkout: Path, wheel: Path) -> None:
    names = set(contents(wheel))
    assert {name.removeprefix("src/") for name in kept_files(checkout, "src")} <= names
    assert "otscore/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"otscore"}


def test_the_wheel_is_the_same_from_the_checkout_and_from_the_sdist(checkout: Path, wheel: Path, work: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", work / "direct", cwd=checkout)
    assert contents(next((work / "direct").glob("*.whl"))) == contents(wheel)


def test_the_sdist_can_be_tested_and_built_again(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = "README.md CHANGELOG.md CONTRIBUTING.md LICENSE Makefile pyproject.toml uv.lock requirements-dev.txt tests/conftest.py"
    assert set(wanted.split()) <= names
    assert {"src", "norms", "tests"} <= {name.split("/")[0] for name in names}
    assert [name for name in names if "__pycache__" in name or name.startswith((".venv", ".git/", "demo-output"))] == []


def test_an_installed_wheel_lists_its_packs(installed: Path, work: Path) -> None:
    listed = run(installed / "otscore", "norms", "list", cwd=work)
    assert "gsed" in listed
    assert "nhanes-grip" in listed


def test_an_installed_wheel_scores(installed: Path, work: Path) -> None:
    given = work / "children.csv"
    given.write_text("child,days,gs1moc060,gs1lgc062\nc1,400,1,0\nc2,410,1,1\n", encoding="utf-8")
    columns = ("--id", "child", "--age-days", "days")
    run(installed / "otscore", "score", given, "--pack", "gsed@2406", *columns, "--out", work / "scores.csv", cwd=work)
    with (work / "scores.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["id"] for row in rows if row["pack"] and row["scale"]][:: len(rows) // 2] == ["c1", "c2"]
    assert {row["instrument"] for row in rows} == {"gsed"}


def test_an_installed_wheel_is_used_from_its_own_place(installed: Path, work: Path, checkout: Path) -> None:
    place, _, profile = run(installed / "python", "-c", SCORE_ONE, cwd=work).partition("|")
    assert Path(place).is_relative_to(installed.parent)
    assert str(checkout) not in profile
    assert '"gsed' in profile


def test_an_editable_install_reads_the_norms_of_the_checkout(checkout: Path, work: Path, editable: Path) -> None:
    place, _, profile = run(editable / "python", "-c", SCORE_ONE, cwd=work).partition("|")
    assert Path(place).is_relative_to(checkout / "src")
    assert '"gsed' in profile
    root = run(editable / "python", "-c", "from otscore.pack.locate import builtin_root as r; print(r())", cwd=work)
    assert Path(root.strip()) == checkout / "norms"
    assert "gsed" in run(editable / "otscore", "norms", "list", cwd=work)


def test_the_packs_are_read_from_a_zipped_wheel(wheel: Path, work: Path, installed: Path, bare: Path) -> None:
    answers = [
        run(python, "-c", f"import sys; sys.path.insert(0, {str(where)!r})\n{SCORE_ONE}", cwd=work).partition("|")
        for python, where in ((bare / "python", wheel), (installed / "python", work))
    ]
    assert answers[0][0].startswith(str(wheel))
    assert answers[0][2] == answers[1][2]


# ---------------------------------------------------------------------------------------------- nothing but what is declared


def test_the_library_declares_what_it_needs() -> None:
    wanted = [Requirement(line) for line in distribution("otscore").requires or ()]
    assert {one.name for one in wanted if one.marker is None} == DEPENDENCIES
    assert not needed(sorted(DEPENDENCIES)) & {"pytest", "packaging", "pyarrow", "matplotlib", "hatchling", "setuptools"}


def test_the_empty_environment_holds_nothing_else(bare: Path, work: Path) -> None:
    listing = "import importlib.metadata as m; print(*sorted({d.metadata['Name'].lower().replace('_', '-') for d in m.distributions()}))"
    assert set(run(bare / "python", "-c", listing, cwd=work).split()) == needed(sorted(DEPENDENCIES))
    for name in ("otscore", "packaging", "pyarrow", "pytest", "hatchling", "yaml", "pip"):
        script = f"import importlib.util as u; assert u.find_spec({name!r}) is None, {name!r}"
        run(bare / "python", "-c", script, cwd=work)


def test_every_module_is_imported_with_the_declared_libraries_alone(installed: Path, work: Path) -> None:
    """An import that is not declared fails here."""
    loaded = set(run(installed / "python", "-c", EVERY_MODULE, cwd=work).split())
    assert DEPENDENCIES | {"otscore"} <= loaded


@pytest.mark.parametrize("way", ["wheel", "editable", "zip"])
def test_every_pack_scores_its_cases_however_it_is_installed(
    way: str, checkout: Path, work: Path, wheel: Path, request: pytest.FixtureRequest
) -> None:
    binaries = request.getfixturevalue({"wheel": "installed", "editable": "editable", "zip": "bare"}[way])
    zipped = f"import sys; sys.path.insert(0, {str(wheel)!r})\n" if way == "zip" else ""
    found = json.loads(run(binaries / "python", "-c", zipped + SCORE_ALL, cwd=work))
    home = {"wheel": binaries.parent, "editable": checkout / "src", "zip": wheel}[way]
    assert Path(found["file"]).is_relative_to(home)
    assert found["wrong"] == []
    assert found["packs"] == [pack.name for pack in otscore.packs()]
    assert set(found["cases"]) == set(found["packs"]) and min(found["cases"].values()) > 0
    assert all(pack in profile for pack, profile in found["profiles"].items())
    known = work / "profiles.json"
    if not known.exists():
        known.write_text(json.dumps(found["profiles"]), encoding="utf-8")
    assert json.loads(known.read_text(encoding="utf-8")) == found["profiles"], "the same profiles however it is installed"


def test_the_cases_would_say_what_is_wrong() -> None:
    """A case that expects something else is told: the test above does not pass for want of comparing."""
    pack = next(ref for ref in registry().refs if ref.name == "nhanes-grip@2014").read()
    table = pack.cases
    assert table is not None
    other = tuple(repr(float(cell) + 1) if cell else cell for cell in table.text("raw"))
    pack.__dict__["cases"] = Table(table.name, {**table.columns, "raw": other}, table.lines)
    assert run_cases(pack)


# ---------------------------------------------------------------------------------------------- packages of data

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "1.0"
description = "Norms of an invented test."

[project.entry-points."otscore.packs"]
{name} = "{package}"

[tool.hatch.build.targets.wheel]
{ships}
"""
FORBIDDEN = 'raise RuntimeError("a pack must never run code")\n'
BASES = Path(__file__).parents[1] / "bad_packs" / "base"


def data_project(folder: Path, name: str, package: str, ships: str) -> Path:
    """The project of a distribution that names ``package`` as one of data."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT.format(name=name, package=package, ships=ships), encoding="utf-8")
    return folder


def with_snorf(folder: Path, name: str = "snorf-norms", package: str = "snorf_norms") -> Path:
    """A project that ships the invented test Snorf in a package that must not be imported."""
    folder = data_project(folder, name, package, f'packages = ["{package}"]')
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text(FORBIDDEN, encoding="utf-8")
    shutil.copytree(BASES / "snorf", folder / package / "snorf")
    return folder


def of_nothing(folder: Path) -> Path:
    """A project whose distribution names a package that it does not bring."""
    return data_project(folder, "gone-norms", "gone_norms", "bypass-selection = true")


SCORE_SNORF = """
import sys, otscore
from otscore.cases import run_cases
scorer = otscore.Scorer.load("snorf@1")
assert run_cases(scorer.pack) == []
print(otscore.Battery.load(["snorf@1", "gsed@2406"]).forms[0].pack.digest)
assert not [name for name in sys.modules if "snorf" in name], "a package of data was imported"
"""


def listed(binaries: Path, cwd: Path) -> tuple[int, list[str], str]:
    """Exit code of ``otscore norms list``, the packs it names, and what it says beside them."""
    found = subprocess.run([str(binaries / "otscore"), "norms", "list"], cwd=cwd, env=outside(), capture_output=True, text=True, timeout=120)
    return found.returncode, [line.split()[0] for line in found.stdout.splitlines()[1:]], found.stderr


@pytest.fixture(scope="module")
def with_data(wheel: Path, work: Path, libraries: Path) -> Path:
    """An environment with the library, a package of data, and a distribution that names one that is not there."""
    return environment(work / "data", libraries, wheel, with_snorf(work / "projects/snorf"), of_nothing(work / "projects/gone"))


def test_an_installed_package_of_data_is_found_and_scored(with_data: Path, work: Path) -> None:
    here = registry([BASES], installed=False).load("snorf@1").digest
    assert run(with_data / "python", "-c", SCORE_SNORF, cwd=work).strip() == here
    answers = work / "snorf.csv"
    answers.write_text("id,age_months,sex,h1,h2,h3\nc1,30,male,2,1,0\nc2,40,f,1,1,0\n", encoding="utf-8")
    out = work / "snorf_scores.csv"
    run(with_data / "otscore", "score", answers, "--pack", "snorf@1", "--scales", "hop", "--out", out, cwd=work)
    with out.open(encoding="utf-8", newline="") as lines:
        rows = [(row["id"], row["pack"], float(row["score"])) for row in csv.DictReader(lines)]
    assert rows == [("c1", "snorf@1", 10.0), ("c2", "snorf@1", 5.0)]


def test_a_package_of_data_that_is_not_there_hides_no_pack(with_data: Path, installed: Path, work: Path) -> None:
    assert listed(installed, work)[::2] == (0, "")
    code, packs, said = listed(with_data, work)
    assert code == 1
    assert sorted([*listed(installed, work)[1], "snorf@1"]) == sorted(packs)
    assert said.splitlines() == [
        "otscore: gone_norms: the entry point gone-norms in the group otscore.packs names the package gone_norms, "
        "which is not installed. Install it again, or remove the distribution that names it"
    ]


def test_the_code_of_a_package_of_data_would_have_been_heard(with_data: Path, work: Path) -> None:
    """The package is really there, and raises when it is imported: that nothing was heard of it means that it was not."""
    script = "import importlib\ntry:\n    importlib.import_module('snorf_norms')\nexcept RuntimeError as error:\n    print(error)"
    assert run(with_data / "python", "-c", script, cwd=work).strip() == "a pack must never run code"


def test_packs_inside_a_package_of_code_run_no_code_either(wheel: Path, work: Path, libraries: Path) -> None:
    project = data_project(work / "projects/inside", "inside-norms", "outer_code.norms", 'packages = ["outer_code"]')
    (project / "outer_code" / "norms").mkdir(parents=True)
    (project / "outer_code" / "__init__.py").write_text(FORBIDDEN, encoding="utf-8")
    (project / "outer_code" / "norms" / "__init__.py").write_text("", encoding="utf-8")
    shutil.copytree(BASES / "snorf", project / "outer_code" / "norms" / "snorf")
    code, packs, said = listed(environment(work / "inside", libraries, wheel, project), work)
    assert (code, said) == (0, "")
    assert "snorf@1" in packs
