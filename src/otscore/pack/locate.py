"""Where packs lie: the three doors (a directory, ``OTSCORE_PACKS``, installed packages of data) and our own ``norms``."""

from __future__ import annotations

import os
import sys
from functools import lru_cache, reduce
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec, module_from_spec
from operator import truediv
from pathlib import Path

from otscore.errors import Issue, PackError, PackNotFound, UsageError

ENVIRONMENT = "OTSCORE_PACKS"
ENTRY_POINT_GROUP = "otscore.packs"


def builtin_root() -> Traversable:
    """The packs that ship with the library: inside the wheel, or ``norms/`` of the checkout in an editable install."""
    shipped = files("otscore") / "_norms"
    if shipped.is_dir():
        return shipped
    checkout = Path(__file__).resolve().parents[3] / "norms"
    if (checkout / "LOCK.toml").is_file():
        return checkout
    message = "the norm packs of the library are missing from this installation"
    raise PackNotFound(Issue("packs_missing", message, "Install otscore again from its wheel or from a checkout"))


def environment_roots() -> list[Traversable]:
    """The directories named in ``OTSCORE_PACKS``, read at the time of asking."""
    return [existing_directory(part) for part in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if part]


def installed_roots() -> tuple[list[Traversable], list[PackError]]:
    """The data packages named by installed distributions in the entry-point group ``otscore.packs``, and what is wrong with others.

    A package is found and not imported: packs never run code. One that is not there hides no other pack.
    """
    roots: list[Traversable] = []
    broken: list[PackError] = []
    for point in _entry_points(tuple(sys.path)):
        try:
            roots.append(_data_package(point))
        except PackNotFound as error:
            broken.append(error)
    return roots, broken


@lru_cache(maxsize=8)
def _entry_points(path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """The entry points of what is installed on ``path`` (sys.path); looking through every distribution takes long."""
    return tuple(entry_points(group=ENTRY_POINT_GROUP))


def _data_package(point: EntryPoint) -> Traversable:
    """The directory of the package; one inside another is found by its path, since looking for it by name would run the outer one."""
    outer, *inner = point.value.split(".")
    try:
        spec = find_spec(outer)
    except (ImportError, ValueError):
        spec = None
    found = files(module_from_spec(spec)) if spec is not None and spec.submodule_search_locations else None
    root = reduce(truediv, inner, found) if found is not None else None  # one by one: without an __init__.py no more are taken at a time
    if root is None or not root.is_dir():
        message = f"the entry point {point.name} in the group {ENTRY_POINT_GROUP} names the package {point.value}, which is not installed"
        raise PackNotFound(Issue("plugin_missing", message, "Install it again, or remove the distribution that names it", point.value))
    return root


def existing_directory(path: str | os.PathLike[str]) -> Path:
    """The path as a directory, in full: what lies above it can be looked at.

    Raises PackNotFound when there is none, UsageError for what is no path.
    """
    if not isinstance(path, str | os.PathLike):
        raise UsageError(Issue("path", "a directory of packs is named by a path", 'Write path="my-packs/instrument/edition"'))
    directory = Path(os.path.abspath(path))
    if not directory.is_dir():
        hint = "Name the directory that holds pack.toml, or one above it"
        raise PackNotFound(Issue("no_directory", "there is no such directory", hint, os.fspath(path)))
    return directory
