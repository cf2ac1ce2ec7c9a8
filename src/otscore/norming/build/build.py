"""A recipe carried out: the pack written as a whole, or compared with the one that is there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from otscore.errors import Issue, UsageError
from otscore.norming.build.compare import differences
from otscore.norming.build.data import read_data
from otscore.norming.build.domains.build import domain_files
from otscore.norming.build.domains.recipe import DomainsRecipe
from otscore.norming.build.folder import raw_data
from otscore.norming.build.made import make
from otscore.norming.build.pack import RECIPE, REPORT, pack_files
from otscore.norming.build.raking import raked
from otscore.norming.build.recipe import Recipe, read_document, recipe_of, validated
from otscore.norming.write import write_text

Say = Callable[[str], None]
DOMAINS = "rasch_domains"
CASES = "cases.csv"


@dataclass(frozen=True)
class Built:
    """A pack as built. directory : of the edition. files : path below it = text. remarks : what its author must know. others : files of
    the pack that are made elsewhere; they are left alone.
    """

    directory: Path
    files: dict[str, str]
    remarks: tuple[str, ...]
    others: tuple[str, ...] = ()


def build(path: Path, data: Path | None, out: Path | None, version: str, say: Say = lambda text: None) -> Built:
    """The pack that a recipe and its data make, not written yet. Raises UsageError for what is wrong with either.

    data : the file, where it is not where the recipe says; of domains the folder from which the paths of the recipe count. out : the
    directory above that of the instrument; left out, beside the recipe, or where the recipe lies in a pack already, that pack.
    version : of the library, for the sources.
    """
    recipe, text = _read(path)
    directory = place(recipe, path, out)
    if isinstance(recipe, DomainsRecipe):
        files = domain_files(recipe, text, raw_data(data, path), say)
        return Built(directory, files, (f"{CASES} is not made by the recipe, and left as it is",), (CASES,))
    return carry_out(recipe, text, _licence(recipe, path), data or path.parent / recipe.data.file, directory, version, say)


def _read(path: Path) -> tuple[Recipe | DomainsRecipe, str]:
    """A recipe of either kind, and its text."""
    document, text = read_document(path)
    if document.get("kind") == DOMAINS:
        return validated(DomainsRecipe, document, str(path)), text
    return recipe_of(document, str(path)), text


def carry_out(recipe: Recipe, text: str, licence: str, data: Path, directory: Path, version: str, say: Say) -> Built:
    """The pack of a recipe that was read from a text, for a directory. Raises UsageError as `build` does."""
    say(f"reading {data}")
    found = raked(recipe, read_data(recipe, data))
    made = make(recipe, found, say)
    files = pack_files(recipe, text, licence, found, made, version)
    return Built(directory, files, (*found.remarks, *(remark for one in made for remark in one.remarks)))


def place(recipe: Recipe | DomainsRecipe, path: Path, out: Path | None) -> Path:
    """The directory of the edition."""
    own = path.resolve().parent
    if out is None and own.name == "recipe" and (own.parent.name, own.parent.parent.name) == (recipe.edition, recipe.instrument):
        return own.parent if path.is_absolute() else Path(os.path.relpath(own.parent))
    return (out or path.parent) / recipe.instrument / recipe.edition


def write(built: Built) -> None:
    """Write the pack. Raises UsageError where another pack, or a file that is not of this one, lies in its place."""
    directory = built.directory
    if (directory / "pack.toml").exists() and not (directory / RECIPE).exists():
        hint = "Name another edition, or another --out; nothing is overwritten that was not built"
        raise UsageError(Issue("file_there", "there is a pack that was not built from a recipe", hint, str(directory)))
    if old := foreign(built):
        hint = "Remove it: the recipe makes no such file any more"
        raise UsageError([Issue("file_there", "the file does not belong to the pack that is built", hint, str(directory / name)) for name in old])
    for name, text in built.files.items():
        write_text(directory / name, text)


def keep(directory: Path, text: str) -> None:
    """Raises UsageError where a pack of another recipe lies: it may have been changed by hand, which would be lost."""
    file = directory / RECIPE
    if file.is_file() and file.read_bytes() != text.encode("utf-8"):
        hint = "Name another --edition, or add --replace to write over it and its recipe"
        raise UsageError(Issue("pack_there", "a pack of another recipe is there", hint, str(directory)))


def foreign(built: Built) -> list[str]:
    """Files in the place of the pack that are not part of it."""
    if not built.directory.is_dir():
        return []
    found = sorted(file.relative_to(built.directory).as_posix() for file in built.directory.rglob("*") if file.is_file())
    return [name for name in found if name not in (*built.files, *built.others) and not name.rpartition("/")[2].startswith(".")]


def version_there(directory: Path, otherwise: str) -> str:
    """The version of the library that built the pack which is there."""
    try:
        return str(json.loads((directory / REPORT).read_text(encoding="utf-8"))["otscore"])
    except (OSError, ValueError, KeyError, TypeError):
        return otherwise


def compare(path: Path, data: Path | None, out: Path | None, version: str, say: Say = lambda text: None) -> tuple[Built, list[str]]:
    """The pack built anew, and a line for everything in which the one that is there is another; none: they are the same bytes.

    The version of the library that is written in the pack is taken over, so that only what it computes is compared.
    Raises UsageError as `build` does, and where there is no pack.
    """
    directory = place(_read(path)[0], path, out)
    if not (directory / "pack.toml").is_file():
        raise UsageError(Issue("no_pack", "there is no pack to compare with", "Build it first, without --check", str(directory)))
    built = build(path, data, out, version_there(directory, version), say)
    return built, [*differences(built.files, directory), *(f"{name}: the recipe makes no such file" for name in foreign(built))]


def _licence(recipe: Recipe, path: Path) -> str:
    """The text of the licence, from beside the recipe or from the pack it lies in."""
    name = recipe.licence.text
    if name is None:
        return ""
    for directory in (path.parent, path.parent.parent):
        if (directory / name).is_file():
            try:
                return (directory / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                raise UsageError(Issue("encoding", "the file is not UTF-8", "Save it as UTF-8", str(directory / name))) from None
    raise UsageError(Issue("no_file", f"the licence {name} does not lie beside the recipe", "Write it there, or correct `text` in [licence]", str(path)))
