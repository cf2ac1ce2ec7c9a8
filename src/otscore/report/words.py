"""The words of a report in one language, and the numbers as that language writes them. What is missing is seen."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from otscore.errors import Issue, UsageError
from otscore.report.foreign import foreign

MINUS = "\u2212"
PLAIN_KEY = re.compile(r"[a-z_0-9.]{1,80}")
NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Words:
    """Call it with a key for the text; ``labels`` are the user's own words for codes of packs, ``{"pegs": "Putting pegs"}``."""

    language: str
    texts: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, key: str, **values: str) -> str:
        """The text of a key with its values filled in."""
        text = self.texts.get(key)
        if text is None:
            return f"\u27e6{key if PLAIN_KEY.fullmatch(key) else foreign(key)}\u27e7"
        return text.format(**values, percent=self.texts.get("language.percent", "%")) if "{" in text else text

    def number(self, value: float | None, digits: int | None = None, sign: bool = False) -> str:
        """The number with so many decimals, or as many of its own as there are up to six figures; empty where unknown."""
        if value is None:
            return ""
        text = f"{value:.6g}" if digits is None else f"{value:.{digits}f}"
        if "e" in text:
            text = f"{value:.0f}" if abs(value) >= 1 else f"{value:.6f}"
        if text.startswith("-") and not text.strip("-0."):
            text = text[1:]
        if sign and text.strip("-0.") and not text.startswith("-"):
            text = f"+{text}"
        return text.replace(".", self.texts.get("language.decimal", ".")).replace("-", MINUS)

    def short(self, value: float | None) -> str:
        """The number to three figures, enough for an error."""
        return "" if value is None else self.number(float(f"{value:.3g}"))

    def name(self, code: str, pack: str = "") -> str:
        """A code of a pack in the user's words, else as the pack has it. A label may be for one pack alone: ``pack code``."""
        return foreign(self.labels.get(f"{pack} {code}", self.labels.get(code, code)))

    def spaced(self, code: str, pack: str = "") -> str:
        """The same, with the underscores of a code that has no label as spaces: to read, not to look up."""
        return foreign(self.labels.get(f"{pack} {code}", self.labels.get(code, code.replace("_", " "))))

    def read(self, code: str, pack: str = "") -> str:
        """The name of a scale to read: in the user's words, else that of the domain it is called after, else with spaces."""
        return self(f"domain.{code}") if f"domain.{code}" in self.texts and not self._labelled(code, pack) else self.spaced(code, pack)

    def band(self, code: str, pack: str = "") -> str:
        """A class in the user's words, else in the language of the report where it is a common one, else with spaces."""
        return self(f"band.{code}") if f"band.{code}" in self.texts and not self._labelled(code, pack) else self.spaced(code, pack)

    def informant(self, code: str) -> str:
        """Who answered, in the user's words or the language of the report; else as the pack has it."""
        return self(f"informant.{code}") if f"informant.{code}" in self.texts and code not in self.labels else self.name(code)

    def _labelled(self, code: str, pack: str) -> bool:
        return code in self.labels or f"{pack} {code}" in self.labels

    def domain(self, code: str) -> str:
        """The name of a domain."""
        return self(f"domain.{code}")

    def listed(self, kind: str, codes: tuple[str, ...]) -> str:
        """Several codes of one kind in words."""
        return "; ".join(self(f"{kind}.{code}") for code in codes)


def words_of(language: str, labels: Mapping[str, str] | None = None) -> Words:
    """The words of a language. Raises UsageError for one that is not there, or labels that are not text."""
    return Words(language, texts_of(language), labels_of(labels))


@lru_cache(maxsize=16)
def texts_of(language: str) -> Mapping[str, str]:
    """All texts of a language by their keys, ``section.name``."""
    if language not in languages():
        hint = f"Allowed: {', '.join(languages())}"
        raise UsageError(Issue("language", "there are no reports in that language", hint, field="language"))
    read = tomllib.loads((files("otscore") / "data" / "labels" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, texts in read.items() for name, text in texts.items()}


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that reports can be written in."""
    there = (entry.name for entry in (files("otscore") / "data" / "labels").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in there if name.endswith(".toml")))


def labels_of(labels: Mapping[Any, Any] | None) -> Mapping[str, str]:
    """The user's labels, flat; a table inside is for one pack: ``{"hobbin@1": {"pegs": ...}}`` is ``{"hobbin@1 pegs": ...}``.

    Raises UsageError where a label is not text.
    """
    if not labels:
        return NONE
    flat: dict[Any, Any] = {}
    for code, label in labels.items():
        flat |= {f"{code} {inner}": text for inner, text in label.items()} if isinstance(label, Mapping) else {code: label}
    if not all(isinstance(code, str) and isinstance(label, str) for code, label in flat.items()):
        hint = 'Write pegs = "Putting pegs", or a table per pack: ["hobbin@1"]'
        raise UsageError(Issue("labels", "a label is a text for a code", hint, field="labels"))
    return flat


def read_labels(path: str) -> Mapping[str, str]:
    """The user's labels from a TOML file. Raises UsageError where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return labels_of(tomllib.load(file))
    except OSError as error:
        raise UsageError(Issue("labels", "the file of labels cannot be read", f"The system says: {error.strerror}", path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UsageError(Issue("labels", "the file of labels is not TOML", 'A line for each code: pegs = "Putting pegs"', path)) from None
