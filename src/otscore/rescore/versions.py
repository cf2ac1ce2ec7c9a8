"""Whether the version of a changed pack was raised as far as the change asks for."""

from __future__ import annotations

from collections.abc import Sequence

from otscore.errors import Issue, PackError
from otscore.pack import Pack, PackRef
from otscore.pack.diff import diff_packs
from otscore.pack.lock import lock_key
from otscore.rescore.compare import rescore
from otscore.rescore.level import LEVELS, Needed, needed, next_version, raised

REASONS_SHOWN = 3


def version_issues(old: Sequence[PackRef], new: Sequence[PackRef]) -> list[Issue]:
    """One issue for each pack of ``new`` whose version tells less than what differs from the pack of the same name in ``old``.

    Where an old pack stands in several versions, the newest counts. A pack that cannot be read is told by the strict reader.
    """
    before: dict[str, tuple[PackRef, Pack]] = {}
    for ref in old:
        pack = ref.read_unverified()
        if pack.name not in before or _number(pack) > _number(before[pack.name][1]):
            before[pack.name] = ref, pack
    issues = []
    for ref in new:
        pack = ref.read_unverified()
        if pack.name in before and before[pack.name][1].digest != pack.digest:
            issues += _issues(before[pack.name], (ref, pack))
    return issues


def _number(pack: Pack) -> tuple[int, ...]:
    return tuple(map(int, pack.manifest.version.split(".")))


def _issues(old: tuple[PackRef, Pack], new: tuple[PackRef, Pack]) -> list[Issue]:
    was, is_now = old[1].manifest.version, new[1].manifest.version
    asked, got = asked_level(old, new), raised(was, is_now)
    if LEVELS.index(got) >= LEVELS.index(asked.level or "PATCH"):
        return []
    level = asked.level or "PATCH"
    more = f" and {len(asked.reasons) - REASONS_SHOWN} more" if len(asked.reasons) > REASONS_SHOWN else ""
    why = "; ".join(asked.reasons[:REASONS_SHOWN]) + more if asked.reasons else "only the order or the writing of what it holds changed"
    said = f"the version was raised from {was} to {is_now} ({got}), which is too little"
    if not got:
        said = "the content changed under the same version" if was == is_now else f"the content changed, and the version fell from {was} to {is_now}"
    hint = f"{level}: write version = \"{next_version(was, level)}\". `otscore norms diff OLD NEW --scores` shows what changes"
    code = "version_too_low" if got else "version_unchanged"
    return [Issue(code, f"{said}: {why}", hint, lock_key(new[1]))]


def asked_level(old: tuple[PackRef, Pack], new: tuple[PackRef, Pack]) -> Needed:
    """The level that the difference of two packs asks for; MAJOR where one of them cannot be scored."""
    found = diff_packs(old[0], new[0]).found
    try:
        return needed(old[1], new[1], found, rescore(old[1], new[1]))
    except PackError as error:
        return Needed("MAJOR", (f"the packs cannot be scored side by side ({error.issues[0].message})",))
