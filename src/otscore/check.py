"""The whole check of a directory of packs: read, meaning, worked examples, lock file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from otscore.cases import run_cases
from otscore.errors import Issue, OtscoreError, PackInvalid
from otscore.pack import Pack, PackRef
from otscore.pack.check import RULES, TEMPLATE, check_pack
from otscore.pack.locate import existing_directory
from otscore.pack.lock import FILE, Locked, lock_key, nearest_lock, read_lock
from otscore.pack.registry import find_packs, holder, in_tables

BEYOND_THE_PACK = {
    "case_mismatch": "Every worked example comes out as expected.",
    "digest_changed": "Changed content has a new version.",
    "not_locked": "Every pack is in LOCK.toml, where its root has one.",
    "lock_unreadable": "LOCK.toml is as `otscore norms lock` writes it.",
    "pack_twice": "No two packs have the same name and version with different content.",
    "no_pack": "There is a pack in the directory.",
}
"""Rules that concern more than one pack's files; the others are :data:`otscore.pack.check.RULES`."""

ALL_RULES: dict[str, str] = {rule.code: rule.says for rule in RULES} | BEYOND_THE_PACK


def check_directory(path: str | os.PathLike[str]) -> list[Issue]:
    """Every finding about the packs at or below ``path``, files named from there.

    Cases are run where the pack has no error. Raises PackNotFound when there is no such directory.
    """
    root = existing_directory(path)
    refs = list(find_packs(root))
    if not refs:
        hint = "Name the directory that holds pack.toml, or one or two above it"
        return [Issue("no_pack", "there is no pack in the directory", hint, str(path))]
    locked, issues = _lock(root)
    packs: list[tuple[PackRef, Pack]] = []
    for ref in refs:
        found, pack = check_one(ref)
        if pack is not None:
            packs.append((ref, pack))
            found += [] if pack.manifest.status == TEMPLATE else _against_lock(pack, locked)
        issues += [_placed(issue, ref, root) for issue in found]
    return issues + _twice(packs, root)


def check_one(ref: PackRef) -> tuple[list[Issue], Pack | None]:
    """The findings about one pack, with files named from its own directory; and the pack, where it could be read."""
    try:
        pack = ref.read_unverified()
    except PackInvalid as error:
        return [in_tables(issue) for issue in error.issues], None
    found = check_pack(pack)
    if any(map(is_error, found)) or pack.manifest.status == TEMPLATE:
        return found, pack
    try:
        return found + run_cases(pack), pack
    except OtscoreError as error:
        return found + [in_tables(issue) for issue in error.issues], pack


def is_error(issue: Issue) -> bool:
    """Whether the finding fails the check; one whose code begins with ``warn_`` does not."""
    return not issue.code.startswith("warn_")


def pack_summary(issues: Iterable[Issue]) -> str:
    """How many errors and warnings there are, and by which rules.

    >>> pack_summary([Issue("age_gap", ""), Issue("age_gap", ""), Issue("warn_median_falls", "")])
    '2 errors, 1 warning (2 age_gap, 1 warn_median_falls)'
    """
    known = list(issues)
    errors = sum(map(is_error, known))
    codes = [issue.code for issue in known]
    by_rule = ", ".join(f"{codes.count(code)} {code}" for code in dict.fromkeys(codes))
    counts = f"{_count(errors, 'error')}, {_count(len(known) - errors, 'warning')}"
    return f"{counts} ({by_rule})" if by_rule else counts


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _lock(root: Path) -> tuple[dict[str, Locked] | None, list[Issue]]:
    """The entries of the lock file that holds for the root, as when a pack is loaded; and what is wrong with the file."""
    place = nearest_lock(root)
    if place is None:
        return None, []
    try:
        return read_lock(place), []
    except PackInvalid as error:
        return None, [replace(issue, source=_relative(place / FILE, root)) for issue in error.issues]


def _against_lock(pack: Pack, locked: dict[str, Locked] | None) -> list[Issue]:
    if locked is None:
        return []
    entry = locked.get(lock_key(pack))
    if entry is None:
        hint = "Run `otscore norms lock` when the pack is finished"
        return [Issue("not_locked", f"{FILE} has no {lock_key(pack)}", hint, "pack.toml", field="version")]
    if entry.digest != pack.digest:
        message = f"the content of {lock_key(pack)} is not what {FILE} was written for"
        hint = (
            "Restore the files, or raise the version (PATCH labels or metadata, MINOR more ages, scales or languages, "
            "MAJOR when any score changes) and run `otscore norms lock`"
        )
        return [Issue("digest_changed", message, hint, "pack.toml", field="version")]
    return []


def _twice(packs: list[tuple[PackRef, Pack]], root: Path) -> list[Issue]:
    first: dict[str, tuple[PackRef, Pack]] = {}
    issues = []
    for ref, pack in packs:
        before, other = first.setdefault(lock_key(pack), (ref, pack))
        if other.digest != pack.digest:
            message = f"{lock_key(pack)} is also in {_relative(before.directory, root) or '.'}, with different content"
            issues.append(_placed(Issue("pack_twice", message, "Give one a new edition or version", "pack.toml"), ref, root))
    return issues


def _placed(issue: Issue, ref: PackRef, root: Path) -> Issue:
    """The same issue with its file named from the root; a file that editions share is named where it lies."""
    place = _relative(holder(issue.source, ref.directory, ref.shared), root)
    return replace(issue, source="/".join(part for part in (place, issue.source) if part))


def _relative(directory: Traversable, root: Path) -> str:
    text = os.path.relpath(str(directory), root).replace(os.sep, "/")
    return "" if text == "." else text
