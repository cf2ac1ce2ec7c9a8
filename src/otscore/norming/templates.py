"""Templates of tests whose norms belong to their publishers: structure only, to be copied and filled by a licence holder."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from otscore.errors import Issue, UsageError
from otscore.schema.mapping import did_you_mean


class Template(NamedTuple):
    """One edition of one test: ``bot-2@complete``, and its title."""

    name: str
    title: str


def templates_root() -> Traversable:
    """The templates that ship with the library: inside the wheel, or ``norms-templates/`` of the checkout."""
    shipped = files("otscore") / "_templates"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[3] / "norms-templates"


def templates() -> list[Template]:
    """Every template, by name."""
    found = []
    for test in sorted(_directories(templates_root()), key=lambda place: place.name):
        for edition in sorted(_directories(test), key=lambda place: place.name):
            title = tomllib.loads((edition / "pack.toml").read_text(encoding="utf-8"))["title"]
            found.append(Template(f"{test.name}@{edition.name}", title))
    return found


def copy_template(name: str, directory: Path) -> list[Path]:
    """Copy a test (``bot-2``, all its editions) or one edition (``bot-2@short``) to a directory of that name.

    Raises UsageError for a name that no template has, a directory with another name, or one that is there already.
    """
    test, _, edition = name.partition("@")
    known = [template.name for template in templates()]
    if not any(one == name or one.startswith(f"{name}@") for one in known):
        hint = f"{did_you_mean(name, {*known, *(one.partition('@')[0] for one in known)})}`otscore norms new --templates` lists them"
        raise UsageError(Issue("template_unknown", f"there is no template {name}", hint))
    if directory.resolve().name != test:
        hint = f"Write {Path(directory.parent, test)}"
        raise UsageError(Issue("directory", "the directory of a template has the name of its instrument", hint, str(directory)))
    if directory.exists():
        raise UsageError(Issue("file_there", "the directory is there already", "Name another place; nothing is overwritten", str(directory)))
    source = templates_root() / test
    written = []
    for place in source.iterdir():
        if place.is_file() or edition in ("", place.name):
            written += _copied(place, directory / place.name)
    return sorted(written)


def _directories(place: Traversable) -> list[Traversable]:
    return [inner for inner in place.iterdir() if inner.is_dir()]


def _copied(source: Traversable, target: Path) -> list[Path]:
    if source.is_dir():
        return [file for inner in source.iterdir() for file in _copied(inner, target / inner.name)]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return [target]
