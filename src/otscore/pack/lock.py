"""LOCK.toml: version and digest of every pack below one root. A change of content needs a new version."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from otscore.errors import Issue, PackConflict, PackInvalid
from otscore.pack.read import Pack

FILE = "LOCK.toml"
LEVELS_ABOVE = 2
"""An edition or an instrument may be named alone: the lock file then lies above it."""


@dataclass(frozen=True, slots=True)
class Locked:
    """One entry of the lock file."""

    version: str
    digest: str


def locked_at(root: Traversable) -> dict[str, Locked] | None:
    """The entries of the lock file that holds for the packs at ``root``; None where there is none.

    Raises PackInvalid where it cannot be read.
    """
    place = nearest_lock(root)
    return None if place is None else read_lock(place)


def nearest_lock(root: Traversable) -> Traversable | None:
    """The directory of the lock file that holds for the packs at ``root``: itself, or up to two above it."""
    place: Traversable | None = root
    for _ in range(LEVELS_ABOVE + 1):
        if place is None or (place / FILE).is_file():
            return place
        place = getattr(place, "parent", None)
    return None


def read_lock(place: Traversable) -> dict[str, Locked] | None:
    """The entries of the lock file in ``place`` by pack name and version; None where there is no lock file.

    A lock file without entries is not the same as none: it locks no pack. Raises PackInvalid where it cannot be read.
    """
    file = place / FILE
    if not file.is_file():
        return None
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("packs", {})
        found = {name: Locked(entry["version"], entry["digest"]) for name, entry in entries.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError, OSError):
        hint = "Restore it, or write it again with `otscore norms lock`"
        raise PackInvalid(Issue("lock_unreadable", "the lock file cannot be read", hint, str(file))) from None
    return found


def lock_text(packs: Iterable[Pack]) -> str:
    """The lock file for these packs."""
    lines = ["# Written by `otscore norms lock`. Version and content digest of every pack.", ""]
    for pack in sorted(packs, key=lambda pack: lock_key(pack)):
        entry = f'version = "{pack.manifest.version}"\ndigest = "{pack.digest}"'
        lines += [f'[packs."{lock_key(pack)}"]', entry, ""]
    return "\n".join(lines)


def lock_key(pack: Pack) -> str:
    """``instrument@edition==version``."""
    return f"{pack.name}=={pack.manifest.version}"


def verify(pack: Pack, locked: dict[str, Locked] | None) -> None:
    """Compare a pack with the entries of its lock file; where there is no lock file (None) nothing is compared.

    Raises PackConflict when the content differs from the digest that was locked, or the pack is not in the lock.
    """
    if locked is None:
        return
    entry = locked.get(lock_key(pack))
    if entry is not None and entry.digest == pack.digest:
        return
    message = "the content differs from the digest in LOCK.toml" if entry else "the version is not in LOCK.toml"
    hint = "Restore the files, or give the pack a new version and run `otscore norms lock`"
    raise PackConflict(Issue("digest", message, hint, lock_key(pack)))
