"""LOCK.toml: version and digest of every pack below one root. A change of content needs a new version."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from otscore.errors import Issue, PackConflict
from otscore.pack.read import Pack

FILE = "LOCK.toml"


@dataclass(frozen=True, slots=True)
class Locked:
    """One entry of the lock file."""

    version: str
    digest: str


def read_lock(root: Traversable) -> dict[str, Locked]:
    """The entries of the lock file in ``root`` by pack name and version; empty where there is no lock file."""
    file = root / FILE
    if not file.is_file():
        return {}
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("packs", {})
    return {name: Locked(entry["version"], entry["digest"]) for name, entry in entries.items()}


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


def verify(pack: Pack, locked: dict[str, Locked]) -> None:
    """Compare a pack with the lock file of its root; a root without lock file is not compared.

    Raises PackConflict when the content differs from the digest that was locked, or the pack is not in the lock.
    """
    if not locked:
        return
    entry = locked.get(lock_key(pack))
    if entry is not None and entry.digest == pack.digest:
        return
    message = "the content differs from the digest in LOCK.toml" if entry else "the version is not in LOCK.toml"
    hint = "Restore the files, or give the pack a new version and run `otscore norms lock`"
    raise PackConflict(Issue("digest", message, hint, lock_key(pack)))
