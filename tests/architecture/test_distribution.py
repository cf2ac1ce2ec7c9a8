"""What is shipped: every norm file, the same from a checkout and from the sdist, and it works where it is installed."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCORE_ONE = (
    "import otscore; assert otscore.packs(); scorer = otscore.Scorer.load('gsed@2406')\n"
    "profile = scorer.score({'id': 'c1', 'age_days': 400, 'responses': {'gs1moc060': 1, 'gs1lgc062': 0}})\n"
    "print(otscore.__file__, profile.to_json() if hasattr(profile, 'to_json') else profile.model_dump_json(), sep='|')"
)


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a command that must succeed, run far from the checkout and with nothing of ours in its environment."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith(("OTSCORE_", "PYTEST_"))}
    result = subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)
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


def environment(directory: Path, *what: str | Path) -> Path:
    """A new virtual environment with one installed thing in it, and a link to the libraries of this one."""
    run(sys.executable, "-m", "venv", "--without-pip", directory, cwd=directory.parent)
    binaries = directory / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / Path(sys.executable).name
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--quiet")
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=directory).strip()
    (Path(site) / "libraries.pth").write_text("\n".join(sorted(libraries)), encoding="utf-8")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--ignore-installed", *options, *what, cwd=directory)
    return binaries


@pytest.fixture(scope="module")
def installed(wheel: Path, work: Path) -> Path:
    return environment(work / "installed", wheel)


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


def test_an_editable_install_reads_the_norms_of_the_checkout(checkout: Path, work: Path) -> None:
    binaries = environment(work / "editable", "--editable", checkout)
    place, _, profile = run(binaries / "python", "-c", SCORE_ONE, cwd=work).partition("|")
    assert Path(place).is_relative_to(checkout / "src")
    assert '"gsed' in profile
    root = run(binaries / "python", "-c", "from otscore.pack.locate import builtin_root as r; print(r())", cwd=work)
    assert Path(root.strip()) == checkout / "norms"
    assert "gsed" in run(binaries / "otscore", "norms", "list", cwd=work)


def test_the_packs_are_read_from_a_zipped_wheel(wheel: Path, work: Path, installed: Path) -> None:
    answers = [
        run(python, "-c", f"import sys; sys.path.insert(0, {str(where)!r})\n{SCORE_ONE}", cwd=work).partition("|")
        for python, where in ((sys.executable, wheel), (installed / "python", work))
    ]
    assert answers[0][0].startswith(str(wheel))
    assert answers[0][2] == answers[1][2]
