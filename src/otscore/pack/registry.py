"""The registry: an immutable value that knows which packs there are and reads one when asked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path

from otscore.errors import Issue, PackConflict, PackError, PackInvalid, PackNotFound, UsageError
from otscore.pack.locate import ENVIRONMENT, builtin_root, environment_roots, existing_directory, installed_roots
from otscore.pack.lock import lock_key, locked_at, verify
from otscore.pack.read import Pack, read_pack

SHARED_FILES = ("instrument.toml", "items.csv")
OWN_FILES = ("items.csv", "psychometrics.csv", "cases.csv")
LISTED_AT_MOST = 5
WHERE_TO_LOOK = (
    f"All packs: otscore norms list. A pack of your own is looked for where `path`, --packs-dir or {ENVIRONMENT} points, "
    "and in installed packages of data"
)


@dataclass(frozen=True, slots=True)
class PackRef:
    """Where one edition lies: its directory, the directory of its instrument, and the root they were found under."""

    instrument: str
    edition: str
    directory: Traversable
    shared: Traversable
    root: Traversable

    @property
    def name(self) -> str:
        """``instrument@edition``."""
        return f"{self.instrument}@{self.edition}"

    def is_private(self) -> bool:
        """Whether pack.toml says that the pack is private; not where it cannot be read."""
        try:
            said = tomllib.loads((self.directory / "pack.toml").read_text(encoding="utf-8")).get("licence")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            return False
        return isinstance(said, dict) and said.get("private") is True

    def read_unverified(self) -> Pack:
        """Read the pack as it is, whatever the lock file says."""
        return read_pack(self.directory, self.shared)

    def read(self) -> Pack:
        """Read the pack and compare it with its lock file, which may lie above the root."""
        try:
            pack = self.read_unverified()
        except PackInvalid as error:
            raise PackInvalid(located(error.issues, self.directory, self.shared)) from None
        verify(pack, locked_at(self.root))
        return pack


def located(issues: Iterable[Issue], edition: Traversable, shared: Traversable) -> list[Issue]:
    """The issues of a pack with their files named from the root of the disk: there may be many packs."""
    places = [(issue, str(holder(issue.source, edition, shared)), in_tables(issue).source) for issue in issues]
    return [replace(issue, source="/".join(filter(None, (place, file)))) for issue, place, file in places]


def holder(source: str, edition: Traversable, shared: Traversable) -> Traversable:
    """The directory of a file: that of the edition, or of the instrument for the files that editions share."""
    return shared if source in SHARED_FILES and not (edition / source).is_file() else edition


def in_tables(issue: Issue) -> Issue:
    """The reader and the compiler name a table without its directory."""
    if issue.source.endswith(".csv") and "/" not in issue.source and issue.source not in OWN_FILES:
        return replace(issue, source=f"tables/{issue.source}")
    return issue


@dataclass(frozen=True, slots=True)
class Registry:
    """The packs found, in order of name. A name may stand for several versions, or for equal copies.

    broken : what is wrong with doors behind which no pack could be looked for.
    """

    refs: tuple[PackRef, ...]
    broken: tuple[PackError, ...] = ()

    def __iter__(self) -> Iterator[PackRef]:
        return iter(self.refs)

    def read_all(self) -> tuple[list[Pack], list[PackError]]:
        """Every pack that can be read, copies once, and what is wrong with the others: a broken pack hides no other."""
        found: dict[str, list[tuple[PackRef, Pack]]] = {}
        broken = list(self.broken)
        for ref in self.refs:
            try:
                pack = ref.read()
            except PackError as error:
                broken.append(error)
            else:
                found.setdefault(lock_key(pack), []).append((ref, pack))
        packs = []
        for same in found.values():
            try:
                packs.append(_agreed(same))
            except PackConflict as error:
                broken.append(error)
        return packs, broken

    def load(self, name: str) -> Pack:
        """Read the pack called ``instrument@edition`` (or ``instrument@edition==version``).

        ``instrument`` alone is enough where it has a single edition; with several, the edition must be named: the norms
        used are always explicit. Raises PackNotFound (with what there is), PackConflict, PackInvalid.
        """
        if not isinstance(name, str):
            raise UsageError(Issue("pack_name", "a pack is named by text", 'Write "gsed@2406"'))
        wanted, _, version = name.partition("==")
        candidates = [ref for ref in self.refs if wanted in (ref.name, ref.instrument)]
        if not candidates:
            raise PackNotFound([_unknown(wanted, self.refs), *(issue for error in self.broken for issue in error.issues)])
        editions = sorted({ref.name for ref in candidates})
        if len(editions) > 1:
            hint = f"Name the edition: {', '.join(editions)}"
            raise PackNotFound(Issue("edition_missing", f"{wanted} has several editions", hint))
        return _only_one([(ref, ref.read()) for ref in candidates], version, wanted)


def registry(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (), *, installed: bool = True) -> Registry:
    """The packs in ``paths`` and, with ``installed``, the library's own and those behind the other two doors."""
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    roots: list[Traversable] = [directory_of_packs(path) for path in several]
    broken: list[PackError] = []
    if installed:
        plugins, broken = installed_roots()
        roots += [builtin_root(), *environment_roots(), *plugins]
    refs = {str(ref.directory): ref for root in roots for ref in find_packs(root)}
    return Registry(tuple(sorted(refs.values(), key=lambda ref: ref.name)), tuple(broken))


def directory_of_packs(path: str | os.PathLike[str]) -> Path:
    """A directory that somebody named, in full. Raises PackNotFound where there is none, or no pack in it."""
    directory = existing_directory(path)
    if next(find_packs(directory), None) is None:
        hint = "Name the directory that holds pack.toml, or one or two above it"
        raise PackNotFound(Issue("no_pack", "there is no pack in the directory", hint, str(directory)))
    return directory


def find_packs(root: Traversable) -> Iterator[PackRef]:
    """Every edition below ``root``: the root may hold instruments, be one instrument, or be a single edition."""
    if (root / "pack.toml").is_file():
        above = getattr(root, "parent", root)
        yield _ref(root, above, root)
        return
    for child in _directories(root):
        if (child / "pack.toml").is_file():
            yield _ref(child, root, root)
        else:
            for edition in _directories(child):
                if (edition / "pack.toml").is_file():
                    yield _ref(edition, child, root)


def _directories(place: Traversable) -> list[Traversable]:
    return sorted((child for child in place.iterdir() if child.is_dir()), key=lambda child: child.name)


def _ref(edition: Traversable, shared: Traversable, root: Traversable) -> PackRef:
    """The names stand in pack.toml; a file that cannot be read is named by its directories and fails when loaded."""
    try:
        text = (edition / "pack.toml").read_text(encoding="utf-8")
        names = _plain_names(text) or _toml_names(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError):
        names = shared.name, edition.name
    return PackRef(*names, edition, shared, root)


def _plain_names(text: str) -> tuple[str, str] | None:
    """Instrument and edition as they usually stand at the head of pack.toml; reading all of every pack would take long."""
    head = text.partition("\n[")[0]
    found = [re.search(rf'^{key} = "([\w.+-]+)"', head, re.MULTILINE) for key in ("instrument", "edition")]
    return (found[0][1], found[1][1]) if found[0] and found[1] else None


def _toml_names(text: str) -> tuple[str, str]:
    said = tomllib.loads(text)
    return str(said["instrument"]), str(said["edition"])


def _only_one(found: list[tuple[PackRef, Pack]], version: str, wanted: str) -> Pack:
    if version:
        versions = sorted({pack.manifest.version for _, pack in found})
        found = [(ref, pack) for ref, pack in found if pack.manifest.version == version]
        if not found:
            raise PackNotFound(Issue("version", f"{wanted} has no version {version}", f"There is: {', '.join(versions)}"))
    newest = max((pack for _, pack in found), key=lambda pack: tuple(map(int, pack.manifest.version.split("."))))
    return _agreed([(ref, pack) for ref, pack in found if pack.manifest.version == newest.manifest.version])


def _agreed(same: list[tuple[PackRef, Pack]]) -> Pack:
    """The pack that several places hold under one name and version. Raises PackConflict where they differ."""
    pack = same[0][1]
    if len({copy.digest for _, copy in same}) > 1:
        places = ", ".join(str(ref.directory) for ref, _ in same)
        message = f"{len(same)} packs claim {lock_key(pack)} with different content: {places}"
        hint = "Packs cannot override each other: give one a new edition or version, or leave one of the places out"
        raise PackConflict(Issue("pack_twice", message, hint, pack.name))
    return pack


def _unknown(wanted: str, refs: tuple[PackRef, ...]) -> Issue:
    names = {ref.name.casefold(): ref.name for ref in refs}
    spelt = wanted.strip().casefold().replace("_", "-")
    editions = [key for key in names if key.partition("@")[0] == spelt.partition("@")[0]]
    close = get_close_matches(spelt, editions, n=3, cutoff=0.8) or editions or get_close_matches(spelt, names, n=3)
    hint = f"Did you mean {' or '.join(names[key] for key in close)}? " if close else ""
    there = f"There is: {', '.join(names.values()) or 'no pack at all'}. " if len(names) <= LISTED_AT_MOST else ""
    return Issue("pack_unknown", f"no pack is called {wanted}", hint + there + WHERE_TO_LOOK)
