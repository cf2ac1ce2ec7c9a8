"""Who may import whom: the table of the design, read from the syntax trees of the sources."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src" / "otscore"
ROOT = "otscore"  # the package root, as something that can be imported

WORDS = {"codes", "errors"}
DATA = WORDS | {"batch", "kernel", "schema", "compile"}
BELOW_API = DATA | {"pack", "intake", "engine", "profile", "version"}
TOP = BELOW_API | {"api", "report", "norming"}
MAY_IMPORT: dict[str, set[str]] = {
    "codes": set(),
    "errors": set(),
    "version": set(),
    "data": set(),
    "batch": {"codes"},
    "kernel": {"codes"},
    "schema": {"codes", "errors"},
    "pack": {"schema", "errors", "codes", "version"},
    "compile": {"schema", "codes", "pack", "errors", "kernel"},
    "engine": {"kernel", "batch", "compile", "codes", "errors"},
    "intake": DATA,
    "profile": DATA | {"version"},
    "norming": DATA,
    "report": {"profile", "batch", "codes", "errors", "kernel"},
    "distributed": {"profile", "batch", "codes", "api"},
    "api": BELOW_API | {"coverage"},
    ROOT: BELOW_API | {"api"},
    "stream": BELOW_API | {"api"},
    "coverage": {"pack", "schema", "codes"},
    "cases": TOP,
    "check": TOP | {"cases"},
    "check_page": {"check", "errors"},
    "rescore": BELOW_API,
    "schema_export": BELOW_API,
    "demo": TOP | {"stream"},
    "commands": TOP | {"stream", "cases", "check", "check_page", "rescore", "coverage", "demo", "schema_export"},
    "cli": TOP | {"stream", "cases", "check", "demo", "commands"},
}
DOORS = {("profile", "report"), ("norming", "report")}
"""What may be imported when it is called, for a reader who holds a profile or norms and wants the picture: profile.plot(), norming.plot_percentiles()."""
KERNEL_LIBRARIES = ("numpy", "scipy.special", "scipy.sparse")
PANDAS_FILES = {"frame.py", "files.py"}


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    name: str  # the module, dotted; for "from a import b" a.b where that is a module of ours or may be one elsewhere
    typing_only: bool
    inside_a_function: bool = False

    def __str__(self) -> str:
        return f"{self.file.relative_to(SOURCES.parent)}:{self.line} imports {self.name}"

    @property
    def part(self) -> str:
        """The part of the house that imports."""
        first = self.file.relative_to(SOURCES).parts[0].removesuffix(".py")
        return ROOT if first == "__init__" else first

    @property
    def target(self) -> str | None:
        """The part of the house that is imported; None for a library."""
        head, _, rest = self.name.partition(".")
        return (rest.split(".")[0] or ROOT) if head == ROOT else None


def imports(tree: ast.AST, file: Path) -> Iterator[Import]:
    typing_only = {id(node) for block in ast.walk(tree) if _asks_for_types(block) for node in _below(block)}
    inside = {id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)}
    for node in ast.walk(tree):
        for name in _names(node, file):
            yield Import(file, node.lineno, name, id(node) in typing_only, id(node) in inside)  # type: ignore[attr-defined]


def _asks_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _below(block: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(block, ast.If)
    for statement in block.body:
        yield from ast.walk(statement)


def _names(node: ast.AST, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = _absolute(node, file)
        return [_from(module, alias.name) for alias in node.names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
        return [a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return []


def _absolute(node: ast.ImportFrom, file: Path) -> str:
    if not node.level:
        return node.module or ""
    package = [ROOT, *file.relative_to(SOURCES).parent.parts]
    return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])


def _from(module: str, name: str) -> str:
    """``from scipy import special`` names scipy.special; ``from otscore import codes`` the part, not the root."""
    if module == ROOT:
        return f"{ROOT}.{name}" if (SOURCES / name).is_dir() or (SOURCES / f"{name}.py").is_file() else ROOT
    return f"{module}.{name}" if "." not in module else module


ALL = [
    found
    for file in sorted(SOURCES.rglob("*.py"))
    for found in imports(ast.parse(file.read_text(encoding="utf-8"), str(file)), file)
]


def test_there_is_something_to_walk() -> None:
    assert len(ALL) > 100


def test_every_part_of_the_house_is_in_the_table() -> None:
    parts = {p.name.removesuffix(".py") for p in SOURCES.iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert parts - {"__init__", "__main__"} <= set(MAY_IMPORT), "a new part needs its line in MAY_IMPORT and in the design"


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_stands_below_it(part: str) -> None:
    allowed = MAY_IMPORT[part] | {part}
    found = [i for i in ALL if i.part == part and i.target is not None and i.target not in allowed]
    assert [str(i) for i in found if not (i.inside_a_function and (i.part, i.target) in DOORS)] == []


def test_the_table_has_no_way_back() -> None:
    below = {part: set(allowed) for part, allowed in MAY_IMPORT.items()}
    while below:
        ground = [part for part, allowed in below.items() if not allowed & below.keys()]
        assert ground, f"these import each other: {sorted(below)}"
        for part in ground:
            del below[part]


def test_intake_and_profile_do_not_know_each_other() -> None:
    pairs = {("intake", "profile"), ("profile", "intake"), ("norming", "intake"), ("norming", "profile")}
    assert [str(i) for i in ALL if (i.part, i.target) in pairs] == []


def test_pandas_is_imported_only_at_the_door() -> None:
    """In no function elsewhere either; a name for an annotation costs nothing and is allowed."""
    found = [i for i in ALL if i.name.split(".")[0] == "pandas" and not i.typing_only]
    assert found
    assert [str(i) for i in found if i.file.name not in PANDAS_FILES] == []


def test_the_kernel_imports_numpy_and_little_else() -> None:
    foreign = [i for i in ALL if i.part == "kernel" and i.target is None]
    libraries = [i for i in foreign if i.name.split(".")[0] not in sys.stdlib_module_names]
    assert libraries
    assert [str(i) for i in libraries if not f"{i.name}.".startswith(tuple(f"{n}." for n in KERNEL_LIBRARIES))] == []


@pytest.mark.parametrize("before", ["", "import otscore.pack.registry", "import otscore; otscore.Scorer", "import otscore.api"])
def test_the_public_names_do_not_depend_on_what_was_loaded_before(before: str) -> None:
    """A submodule, once loaded, stands as an attribute of the package, and may hide a public name spelled like it."""
    code = f"{before}\nimport otscore, types\nfor n in otscore.__all__: print(n, isinstance(getattr(otscore, n), types.ModuleType))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert [line.split()[0] for line in result.stdout.splitlines() if line.endswith(" True")] == []


def test_the_kernel_has_no_scalar_twin_of_numpy() -> None:
    assert [str(i) for i in ALL if i.part == "kernel" and i.name.split(".")[0] in ("math", "statistics", "random")] == []


@pytest.mark.parametrize(
    ("source", "name", "typing_only"),
    [
        ("import pandas as pd", "pandas", False),
        ("def f():\n    from pandas import DataFrame", "pandas.DataFrame", False),
        ("if TYPE_CHECKING:\n    import pandas as pd", "pandas", True),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import pandas as pd", "pandas", False),
        ("from scipy import stats", "scipy.stats", False),
        ("from scipy.stats import norm", "scipy.stats", False),
        ("from importlib import import_module as x\nimport_module('pandas')", "pandas", False),
        ("from otscore import codes", "otscore.codes", False),
        ("from otscore import Scorer", "otscore", False),
        ("import otscore", "otscore", False),
        ("from . import raw", "otscore.kernel", False),
        ("from ..api import Scorer", "otscore.api", False),
        ("from .. import api", "otscore.api", False),
        ("from .. import Scorer", "otscore", False),
    ],
)
def test_the_walk_itself(source: str, name: str, typing_only: bool) -> None:
    found = list(imports(ast.parse(source), SOURCES / "kernel" / "raw.py"))
    assert (name, typing_only) in [(i.name, i.typing_only) for i in found]
