"""The registry: an immutable value that knows which packs there are and reads one when asked."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources.abc import Traversable

from otscore.errors import Issue, PackConflict, PackNotFound
from otscore.pack.locate import builtin_root, environment_roots, existing_directory, installed_roots
from otscore.pack.lock import lock_key, read_lock, verify
from otscore.pack.read import Pack, read_pack


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

    def read_unverified(self) -> Pack:
        """Read the pack as it is, whatever the lock file says."""
        return read_pack(self.directory, self.shared)

    def read(self) -> Pack:
        """Read the pack and compare it with the lock file of its root."""
        pack = self.read_unverified()
        verify(pack, read_lock(self.root))
        return pack


@dataclass(frozen=True, slots=True)
class Registry:
    """The packs found, in order of name. A name may stand for several versions, or for equal copies."""

    refs: tuple[PackRef, ...]

    def __iter__(self) -> Iterator[PackRef]:
        return iter(self.refs)

    def load(self, name: str) -> Pack:
        """Read the pack called ``instrument@edition`` (or ``instrument@edition==version``).

        ``instrument`` alone is enough where it has a single edition; with several, the edition must be named: the norms
        used are always explicit. Raises PackNotFound (with what there is), PackConflict, PackInvalid.
        """
        wanted, _, version = name.partition("==")
        candidates = [ref for ref in self.refs if wanted in (ref.name, ref.instrument)]
        if not candidates:
            raise PackNotFound(_unknown(wanted, self.refs))
        editions = sorted({ref.name for ref in candidates})
        if len(editions) > 1:
            hint = f"Name the edition: {', '.join(editions)}"
            raise PackNotFound(Issue("edition_missing", f"{wanted} has several editions", hint))
        return _only_one([ref.read() for ref in candidates], version, wanted)


def registry(paths: Iterable[str | os.PathLike[str]] = (), *, installed: bool = True) -> Registry:
    """The packs in ``paths`` and, with ``installed``, the library's own and those behind the other two doors."""
    roots: list[Traversable] = [existing_directory(path) for path in paths]
    if installed:
        roots += [builtin_root(), *environment_roots(), *installed_roots()]
    refs = {str(ref.directory): ref for root in roots for ref in find_packs(root)}
    return Registry(tuple(sorted(refs.values(), key=lambda ref: ref.name)))


def find_packs(root: Traversable) -> Iterator[PackRef]:
    """Every edition below ``root``: the root may hold instruments, be one instrument, or be a single edition."""
    if (root / "pack.toml").is_file():
        above = getattr(root, "parent", root)
        yield _ref(root, above, above)
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
        said = tomllib.loads((edition / "pack.toml").read_text(encoding="utf-8"))
        names = str(said["instrument"]), str(said["edition"])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError):
        names = shared.name, edition.name
    return PackRef(*names, edition, shared, root)


def _only_one(packs: list[Pack], version: str, wanted: str) -> Pack:
    if version:
        versions = sorted({pack.manifest.version for pack in packs})
        packs = [pack for pack in packs if pack.manifest.version == version]
        if not packs:
            raise PackNotFound(Issue("version", f"{wanted} has no version {version}", f"There is: {', '.join(versions)}"))
    newest = max(packs, key=lambda pack: tuple(map(int, pack.manifest.version.split("."))))
    same = [pack for pack in packs if pack.manifest.version == newest.manifest.version]
    if len({pack.digest for pack in same}) > 1:
        message = f"{len(same)} packs claim {lock_key(newest)} with different content"
        hint = "Packs cannot override each other: give one a new edition or version, or remove it from OTSCORE_PACKS"
        raise PackConflict(Issue("pack_twice", message, hint, wanted))
    return newest


def _unknown(wanted: str, refs: tuple[PackRef, ...]) -> Issue:
    names = sorted({ref.name for ref in refs})
    close = get_close_matches(wanted, names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"There is: {', '.join(names) or 'no pack at all'}"
    return Issue("pack_unknown", f"no pack is called {wanted}", hint)
