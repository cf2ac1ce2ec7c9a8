"""What a pack directory says that an importer needs: scales, strata, the unit of ages, and the norm that reads a table."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from otscore.errors import Issue, PackInvalid, UsageError


@dataclass(frozen=True)
class Target:
    """The edition a table is imported into. Without pack.toml every scale and no stratum is taken, ages in months.

    strata : stratum = {spelling in lower case = its value}. scales : ids in the order of instrument.toml.
    """

    directory: Path
    scales: tuple[str, ...] = ()
    strata: dict[str, dict[str, str]] = field(default_factory=dict)
    age: dict[str, Any] = field(default_factory=dict)
    norms: tuple[dict[str, Any], ...] = ()
    known: bool = False

    def norm_of(self, table: str) -> dict[str, Any] | None:
        """The norm that reads the table."""
        return next((norm for norm in self.norms if norm.get("table") == table), None)

    def scale(self, text: str) -> str | None:
        """The id of a scale from its heading: as written there, whatever case, blanks and stops; None where there is none."""
        name = slug(text)
        if not self.scales:
            return name or None
        return {slug(scale): scale for scale in self.scales}.get(name)

    def stratum(self, text: str) -> tuple[str, str] | None:
        """(stratum, value) that a word stands for."""
        word = text.strip().casefold()
        return next(((name, values[word]) for name, values in self.strata.items() if word in values), None)

    def end(self, key: str) -> Decimal | None:
        """``from`` or ``below`` of the pack's ages."""
        return Decimal(str(self.age[key])) if key in self.age else None


def slug(text: str) -> str:
    """A heading as an id: lower case, other signs than letters and digits as underlines."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def read_target(directory: Path) -> Target:
    """Read pack.toml and instrument.toml of the directory (the latter may lie one level up).

    Raises UsageError where there is no such directory, PackInvalid for a file that is no TOML.
    """
    if not directory.is_dir():
        hint = "Make it, or let `otscore norms new` make it"
        raise UsageError(Issue("no_directory", "there is no such directory", hint, str(directory)))
    manifest, instrument = _toml(directory / "pack.toml"), {}
    for holder in (directory, directory.parent):
        if (holder / "instrument.toml").is_file():
            instrument = _toml(holder / "instrument.toml")
            break
    if not manifest and instrument:
        hint = "Name the edition: the directory that holds pack.toml"
        raise UsageError(Issue("no_edition", "the directory holds an instrument and no edition", hint, str(directory)))
    strata = {
        str(name): {str(word).casefold(): str(value) for word, value in ({v: v for v in told.get("values", ())} | told.get("aliases", {})).items()}
        for name, told in manifest.get("strata", {}).items()
    }
    scales = tuple(str(scale["id"]) for scale in instrument.get("scales", ()) if "id" in scale)
    norms = tuple(manifest.get("norms", ()))
    return Target(directory, scales, strata, manifest.get("age", {}), norms, bool(manifest))


def _toml(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackInvalid(Issue("toml", f"not valid TOML: {error}", "Text stands in quotes, a list in square brackets", str(file))) from None
