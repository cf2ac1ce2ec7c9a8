"""The licence of a private pack: shown to whoever uses it on the command line for the first time, and printed when asked.

What has been shown is kept by name, version and digest of the text in the user's state directory: a changed text is shown again.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from otscore.pack import Pack
from otscore.pack.lock import lock_key

ENVIRONMENT = "OTSCORE_STATE"
FILE = "licences-shown.txt"


def show_licences(packs: Iterable[Pack]) -> None:
    """Say the licences of private packs on standard error, each once for this user.

    Where that cannot be remembered they are said again next time, and nothing fails.
    """
    packs = [pack for pack in packs if pack.private and pack.licence_text]
    shown = _shown() if packs else frozenset()
    for pack in packs:
        if _mark(pack) not in shown:
            head = f"otscore: {pack.name} {pack.manifest.version} is a private pack. Its licence, shown once (again: otscore norms licence {pack.name}):"
            print(head, *licence_lines(pack), "", sep="\n", file=sys.stderr)
            _remember(_mark(pack))


def licence_lines(pack: Pack) -> list[str]:
    """The licence as it may be printed on a terminal: the text of the pack, else what pack.toml says of the figures."""
    said = pack.licence_text or f"{pack.manifest.licence.figures}\n{pack.manifest.licence.evidence}"
    return ["".join(char if char.isprintable() else " " for char in line).rstrip() for line in said.split("\n")]


def state_directory() -> Path:
    """Where the user's state is kept: ``OTSCORE_STATE``, ``XDG_STATE_HOME``, else by the convention of the system."""
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    base = os.environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(base):
        return Path(base) / "otscore"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "otscore"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "otscore"
    return Path.home() / ".local" / "state" / "otscore"


def _mark(pack: Pack) -> str:
    return f"{lock_key(pack)} sha256:{hashlib.sha256(pack.licence_text.encode()).hexdigest()}"


def _shown() -> frozenset[str]:
    try:
        return frozenset((state_directory() / FILE).read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, RuntimeError):  # not there, not text, no home directory
        return frozenset()


def _remember(mark: str) -> None:
    try:
        state_directory().mkdir(parents=True, exist_ok=True)
        with (state_directory() / FILE).open("a", encoding="utf-8") as file:
            file.write(f"{mark}\n")
    except (OSError, ValueError, RuntimeError):
        return
