"""Rules of eligibility as data: what a rule asks for, and the files that rules are read from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from otscore.codes import Domain
from otscore.errors import Issue, UsageError
from otscore.profile.given import as_models
from otscore.profile.models import Frozen


class Condition(Frozen):
    """So many domains that lie so many SDs below the mean (sd), or are behind by so many percent of the age (delay)."""

    kind: Literal["sd", "delay"]
    cut: float = Field(gt=0.0, allow_inf_nan=False)
    n_domains: int = Field(ge=1)


class Rule(Frozen):
    """A rule that is met where any of its conditions holds. ``domains``: those that count; empty for all of the profile."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    any: tuple[Condition, ...] = Field(min_length=1)
    domains: tuple[Domain, ...] = ()


Rules = Iterable[Rule | Mapping[str, Any]] | str | os.PathLike[str] | None


def as_rules(rules: Rules) -> tuple[Rule, ...]:
    """The rules: your own, those of a TOML file with ``[[rules]]``, or for None the generic arithmetic that comes along.

    Raises UsageError where the file cannot be read, or a rule cannot be.
    """
    if rules is None:
        return generic_rules()
    if isinstance(rules, str | os.PathLike):
        return _of_text(_read(Path(rules)))
    return as_models(Rule, rules, "rules")


@lru_cache(maxsize=1)
def generic_rules() -> tuple[Rule, ...]:
    """Delays of 25, 33 and 50 %, 1.5 and 2 SDs, in one or two domains; the rule of no place."""
    return _of_text((files("otscore") / "data" / "eligibility.toml").read_text(encoding="utf-8"))


def _of_text(text: str) -> tuple[Rule, ...]:
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(Issue("rules_file", f"the file of rules is no TOML: {error}", "Compare it with eligibility.toml of otscore", field="rules")) from None
    if set(said) != {"rules"} or not isinstance(said["rules"], list):
        hint = 'Write [[rules]], id = "...", title = "...", any = [{ kind = "sd", cut = 2, n_domains = 1 }]'
        raise UsageError(Issue("rules_file", "a file of rules holds a list named rules, and nothing else", hint, field="rules"))
    return as_models(Rule, said["rules"], "rules")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise UsageError(Issue("rules_file", "the file of rules cannot be read", f"The system says: {words}", str(path), field="rules")) from None
