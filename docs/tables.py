"""The tables of the manual that are made from the code and the packs, so that they cannot go stale.

A page holds ``<!-- table: NAME -->`` and ``<!-- end of table -->`` around each; ``python docs/tables.py`` writes them again, and a test
compares. Meanings of keys stand in meanings.toml: a key without a meaning, or a meaning without a key, is an error.
"""

from __future__ import annotations

import argparse
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, Union

from pydantic import BaseModel

import otscore
from otscore.check import ALL_RULES
from otscore.codes import FLAG_BITS, METRIC_MEAN_SD, STATUS_REASONS, Domain, Metric
from otscore.commands import demo as commands_demo
from otscore.commands import norms as commands_norms
from otscore.commands import packs as commands_packs
from otscore.commands import schema as commands_schema
from otscore.commands import score as commands_score
from otscore.compile import Options
from otscore.norming.build import models as norm_models
from otscore.norming.build import recipe
from otscore.norming.build.scale import ScaleRecipe
from otscore.pack import registry
from otscore.profile.frame import LONG_COLUMNS
from otscore.schema import instrument, irt, items, manifest, norm, runs, scale, sources
from otscore.schema.base import FileName, Id, TextName, Version
from otscore.schema.mapping import ColumnMap

HERE = Path(__file__).resolve().parent
MEANINGS = tomllib.loads((HERE / "meanings.toml").read_text(encoding="utf-8"))
PAGES = [HERE.parent / "README.md", HERE.parent / "norms" / "README.md", *sorted(HERE.glob("*.md"))]
MARK = re.compile(r"(<!-- table: ([\w. -]+?) -->).*?<!-- end of table -->", re.DOTALL)

MODELS: dict[str, type[BaseModel]] = {
    model.__name__: model
    for model in (
        instrument.Instrument, items.OptionSet, items.DerivedItem,
        scale.Scale, scale.Branch, scale.Grade, scale.Filter, scale.Verdict, runs.Runs,
        instrument.Composite, instrument.Level, instrument.Count,
        manifest.Manifest, manifest.Licence, manifest.AgeRule, manifest.Correction, manifest.Stratum, manifest.NormGroup,
        norm.Norm, norm.Interval, norm.Cuts, norm.Comparison,
        irt.RaschEap, irt.Graded, irt.LogisticMap, irt.JointMap, irt.Grid, irt.Prior, irt.Segment, irt.PolynomialPrior, irt.JointPrior,
        sources.Sources, sources.Source, sources.TableSource, ColumnMap,
        recipe.Recipe, recipe.DataRecipe, recipe.AgeRecipe, recipe.StratumRecipe, recipe.MarginRecipe, ScaleRecipe, recipe.GroupRecipe,
        recipe.LicenceRecipe, norm_models.TaylorRecipe, norm_models.BetaBinomialRecipe, norm_models.BetaBinomialRegressionRecipe,
        norm_models.ShashRecipe, norm_models.RegressionRecipe, norm_models.BoxCoxRecipe, norm_models.NormalRecipe, norm_models.BandRecipe,
        norm_models.CurveRecipe,
    )
}  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


def common_name(names: Sequence[str]) -> str:
    """The name of an instrument whose editions may add to it after a comma."""
    return names[0] if len(set(names)) == 1 else names[0].partition(",")[0]


def shipped() -> tuple[otscore.PackInfo, ...]:
    """The packs that ship, whatever private ones are installed here."""
    return tuple(info for info in otscore.packs() if not info.private)


def packs_table() -> str:
    """A line per pack that ships."""
    rows = [
        (f"`{info.name}`", info.title, info.ages, info.kind, info.status.replace("_", " "), ", ".join(map(_words, info.domains)))
        for info in shipped()
    ]
    return table(("pack", "what", "ages", "kind", "status", "domains"), rows)


def instruments_table() -> str:
    """A line per instrument, with its editions."""
    rows, packs_by_name = [], {ref.name: ref.read() for ref in registry()}
    for name, editions in groupby(shipped(), key=lambda info: info.name.partition("@")[0]):
        infos = list(editions)
        packs = ", ".join(f"`{info.name}`" for info in infos)
        kinds, statuses = (sorted({getattr(info, part).replace("_", " ") for info in infos}) for part in ("kind", "status"))
        domains = dict.fromkeys(_words(domain) for info in infos for domain in info.domains)
        what = common_name([packs_by_name[info.name].instrument.name for info in infos]) if len(infos) > 1 else infos[0].title
        rows.append((f"[{name}](docs/instruments/{name}.md)", what, packs, ", ".join(kinds), ", ".join(statuses), ", ".join(domains)))
    return table(("instrument", "what", "packs", "kind", "status", "domains"), rows)


def packs_full_table() -> str:
    """Who answers, who the norm sample is, and how many scales there are."""
    rows = [
        (f"[`{info.name}`](instruments/{info.name.partition('@')[0]}.md)", info.version, ", ".join(info.informants), info.population)
        for info in shipped()
    ]
    return table(("pack", "version", "informant", "compared with"), rows)


def model_table(name: str) -> str:
    """The keys of one model, with type, whether they are needed, and meaning."""
    meanings = dict(MEANINGS[name])
    rows = []
    for field, info in MODELS[name].model_fields.items():
        key = info.alias or field
        needed = "yes" if info.is_required() else _default(info.get_default(call_default_factory=True))
        rows.append((f"`{key}`", type_words(info.annotation, info.metadata), needed, meanings.pop(key)))
    if meanings:
        raise KeyError(f"meanings.toml explains keys that {name} does not have: {', '.join(meanings)}")
    return table(("key", "type", "needed, or what stands when left out", "meaning"), rows)


def options_table() -> str:
    """The options of Scorer.load and Battery.load."""
    meanings = dict(MEANINGS["Options"])
    hints = typing.get_type_hints(Options)
    fields = Options.__dataclass_fields__.values()
    rows = [(f"`{field.name}`", type_words(hints[field.name]), _default(field.default), meanings.pop(field.name)) for field in fields]
    assert not meanings, meanings
    return table(("option", "type", "when left out", "meaning"), rows)


def columns_table() -> str:
    """The columns of the long table."""
    meanings = dict(MEANINGS["long_columns"])
    rows = [(f"`{name}`", meanings.pop(name)) for name in LONG_COLUMNS]
    assert not meanings, meanings
    return table(("column", "meaning"), rows)


def statuses_table() -> str:
    """Every status with its reason, and what can be done."""
    meanings = dict(MEANINGS["statuses"])
    rows = [(f"`{name}`", reason, meanings.pop(name)) for name, reason in STATUS_REASONS.items()]
    assert not meanings, meanings
    return table(("status", "reason as printed", "what it tells"), rows)


def flags_table() -> str:
    """Every flag."""
    meanings = dict(MEANINGS["flags"])
    rows = [(f"`{name}`", meanings.pop(name)) for name in FLAG_BITS]
    assert not meanings, meanings
    return table(("flag", "meaning"), rows)


def metrics_table() -> str:
    """Every metric with mean and SD."""
    rows = []
    for metric in Metric:
        mean, sd = METRIC_MEAN_SD.get(metric, (None, None))
        rows.append((f"`{metric.value}`", "" if mean is None else f"{mean:g}", "" if sd is None else f"{sd:g}"))
    return table(("metric", "mean", "SD"), rows)


def rules_table() -> str:
    """The rules of the checker."""
    return table(("rule", "what it asks for"), [(f"`{code}`", says) for code, says in ALL_RULES.items()])


def domains_table() -> str:
    """The words a pack may use for a domain."""
    return ", ".join(f"`{domain.value}`" for domain in Domain)


def command_table(name: str) -> str:
    """The arguments of one command, from its parser; ``norms check`` is the action of a command."""
    first, _, action = name.partition(" ")
    parser = argparse.ArgumentParser()
    choices = parser.add_subparsers()
    for module in (commands_score, commands_packs, commands_norms, commands_demo, commands_schema):
        module.add(choices)
    chosen = choices.choices[first]
    if action:
        chosen = next(part for part in chosen._actions if isinstance(part.choices, dict)).choices[action]
    rows = [(_argument(part), (part.help or "").replace("%%", "%")) for part in chosen._actions if part.dest != "help"]
    return table(("argument", "meaning"), rows)


def _argument(part: argparse.Action) -> str:
    value = part.metavar or (f"{{{','.join(part.choices)}}}" if part.choices else part.dest.upper())
    words = [*part.option_strings, *([str(value)] if part.nargs != 0 else [])]
    return f"`{' '.join(words)}`" + (" (needed)" if part.required else "")


def type_words(kind: Any, limits: Sequence[Any] = ()) -> str:
    """A type in words a person who writes TOML understands."""
    words = _type(kind)
    bounds = [f"{sign} {getattr(limit, name):g}" for limit in limits for name, sign in _BOUNDS.items() if getattr(limit, name, None) is not None]
    patterns = [limit.min_length for limit in limits if getattr(limit, "min_length", None)]
    if "number" in words and bounds:
        words += ", " + " and ".join(bounds)
    if words.startswith("list") and patterns:
        words += f", at least {patterns[0]}"
    return words


_BOUNDS = {"ge": "from", "gt": "above", "le": "up to", "lt": "below"}
_NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): ""}


def _type(kind: Any) -> str:
    if kind in (Id, Version, FileName, TextName):
        return {Id: "name", Version: "version, as 1.0.0", FileName: "file name ending in .csv", TextName: "file name ending in .txt or .md"}[kind]
    if kind in _NAMES:
        return _NAMES[kind]
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _type(inside[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inside)
    if origin in (Union, types.UnionType):
        return " or ".join(filter(None, map(_type, inside)))
    if origin is tuple and inside[-1] is Ellipsis:
        return f"list of {_type(inside[0])}"
    if origin is tuple:
        return f"list of {len(inside)}: {', '.join(map(_type, inside))}"
    if origin is dict:
        return f"table: {_type(inside[0])} = {_type(inside[1])}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    if isinstance(kind, type) and issubclass(kind, str):
        return kind.__name__.lower()
    raise TypeError(f"no words for {kind!r}")


def _default(value: Any) -> str:
    if value is None or value == "" or value == () or value == {}:
        return "-"
    if isinstance(value, BaseModel):
        told = ", ".join(f"{key} = {getattr(value, key)}" for key in sorted(value.model_fields_set))
        return f"`{{ {told} }}`" if told else "as if every key were left out"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _words(name: str) -> str:
    return name.replace("_", " ")


TABLES: dict[str, Callable[[], str]] = {
    "instruments": instruments_table, "packs": packs_table, "packs-full": packs_full_table, "options": options_table,
    "columns": columns_table, "statuses": statuses_table, "flags": flags_table, "metrics": metrics_table, "rules": rules_table,
    "domains": domains_table,
}  # fmt: skip


def filled(page: str) -> str:
    """The page with its tables as they should be."""

    def put(mark: re.Match[str]) -> str:
        kind, _, name = mark[2].partition(" ")
        made = {"model": model_table, "command": command_table}[kind](name) if name else TABLES[kind]()
        return f"{mark[1]}\n\n{made}\n\n<!-- end of table -->"

    return MARK.sub(put, page)


if __name__ == "__main__":
    for file in PAGES:
        file.write_text(filled(file.read_text(encoding="utf-8")), encoding="utf-8")
