"""One reader for every pack, wherever it lies: a directory of TOML and CSV becomes an immutable :class:`Pack`."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from otscore.errors import Issue, PackConflict, PackInvalid, PackNotFound
from otscore.pack.digest import canonical_digest
from otscore.pack.table import Table, parse_table
from otscore.schema import Instrument, Manifest, Model, Sources
from otscore.schema.mapping import did_you_mean

M = TypeVar("M", bound=Model)
PASSED_BY = ("age_50", "age_75", "age_90")
ITEM_COLUMNS = {"item", "options", "domain", "reverse", "aliases", "age_from", "age_to", "median", *PASSED_BY}
TRUE_WORDS = {"1", "true", "yes"}
FALSE_WORDS = {"", "0", "false", "no"}
REVERSE_HINT = "Write 1, true or yes where the item is reverse keyed, else 0, false, no or nothing"


class Item(NamedTuple):
    """One line of items.csv: code, option set, domain (may be empty), whether it is reverse keyed.

    aliases : further names it may have in data. age_from, age_to : the item counts from the one age up to the other.
    median : what counts for a missing answer where its scale says so. passed_by : ages by which 50, 75 and 90 % of children pass.
    """

    code: str
    options: str
    domain: str
    reverse: bool
    aliases: tuple[str, ...] = ()
    age_from: float = -math.inf
    age_to: float = math.inf
    median: float = math.nan
    passed_by: tuple[float, float, float] = (math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class Pack:
    """A norm pack as read and validated. Immutable; ``digest`` identifies its content."""

    instrument: Instrument
    manifest: Manifest
    items: tuple[Item, ...]
    tables: Mapping[str, Table]
    psychometrics: Table | None
    sources: Sources
    digest: str
    home: Traversable
    licence_text: str = ""

    @property
    def name(self) -> str:
        """``instrument@edition``."""
        return f"{self.manifest.instrument}@{self.manifest.edition}"

    def __repr__(self) -> str:
        return f"Pack({self.name}, version {self.manifest.version}, {self.digest[:15]}...)"

    @property
    def private(self) -> bool:
        """Whether the figures are not to be passed on: then no report and no message holds more of them than a child's own scores."""
        return self.manifest.licence.private

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A private pack is pickled as the place it is read from, so that no pickle carries its figures away."""
        return (_read_same, (self.home, self.digest)) if self.private else super().__reduce_ex__(protocol)

    @property
    def informants(self) -> tuple[str, ...]:
        """Who answers: as the edition says, else as the instrument does."""
        return self.manifest.informants or self.instrument.informants

    @cached_property
    def cases(self) -> Table | None:
        """The worked examples of the pack, read when asked."""
        file = self.home / "cases.csv"
        return parse_table(f"{self.name}/cases.csv", file.read_bytes()) if file.is_file() else None


def read_pack(edition: Traversable, instrument: Traversable) -> Pack:
    """Read the pack in the directory ``edition``; the files that editions share stand in ``instrument``.

    Raises PackInvalid with every finding: unreadable file, unknown or missing key, wrong type, missing table.
    """
    licence = ""
    documents: dict[str, Any] = {
        "pack.toml": _toml(edition, "pack.toml"),
        "instrument.toml": _toml(_holder("instrument.toml", edition, instrument), "instrument.toml"),
        "SOURCES.toml": _toml(edition, "SOURCES.toml"),
    }
    manifest = _model(Manifest, documents["pack.toml"], "pack.toml")
    described = _model(Instrument, documents["instrument.toml"], "instrument.toml")
    sources = _model(Sources, documents["SOURCES.toml"], "SOURCES.toml")
    item_table = _table(_holder("items.csv", edition, instrument), "items.csv")
    tables = {file.name: _table(edition / "tables", file.name) for file in _csv_files(edition / "tables")}
    has_psychometrics = (edition / "psychometrics.csv").is_file()
    psychometrics = _table(edition, "psychometrics.csv") if has_psychometrics else None
    if manifest.licence.text is not None:
        documents[manifest.licence.text] = licence = _licence(edition, manifest.licence.text)
    digest = canonical_digest(
        documents,
        {"items.csv": item_table, **tables} | ({"psychometrics.csv": psychometrics} if psychometrics else {}),
    )
    items = _items(item_table, described)
    return Pack(described, manifest, items, tables, psychometrics, sources, digest, edition, licence)


def _read_same(home: Traversable, digest: str) -> Pack:
    """A private pack read again. Raises PackNotFound where it is no longer there, PackConflict where its content has changed."""
    if not home.is_dir():
        hint = "What was pickled of a private pack holds none of its figures: it is read where the pack is installed"
        raise PackNotFound(Issue("pack_gone", "the private pack is no longer where it was", hint, str(home)))
    pack = read_pack(home, getattr(home, "parent", home))
    if pack.digest != digest:
        raise PackConflict(Issue("digest", "the private pack has changed since it was pickled", "Load it anew", pack.name))
    return pack


def _holder(name: str, edition: Traversable, instrument: Traversable) -> Traversable:
    return edition if (edition / name).is_file() else instrument


def _csv_files(directory: Traversable) -> list[Traversable]:
    if not directory.is_dir():
        return []
    return sorted((file for file in directory.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)


def _bytes(directory: Traversable, name: str) -> bytes:
    file = directory / name
    if not file.is_file():
        hint = "A pack directory holds pack.toml, SOURCES.toml and, itself or one level up, instrument.toml, items.csv"
        raise PackInvalid(Issue("file_missing", "the file is missing", hint, name))
    return file.read_bytes()


def _toml(directory: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(directory, name).decode("utf-8"))
    except UnicodeDecodeError:
        raise PackInvalid(Issue("encoding", "the file is not UTF-8", "Save it as UTF-8", name)) from None
    except tomllib.TOMLDecodeError as error:
        raise PackInvalid(Issue("toml", f"not valid TOML: {error}", "Text stands in quotes, a list in square brackets; each key stands once", name)) from None


def _licence(edition: Traversable, name: str) -> str:
    """The text of the licence, with plain line ends."""
    if not (edition / name).is_file():
        hint = f"Put {name} beside pack.toml, or correct `text` in [licence]"
        raise PackInvalid(Issue("file_missing", "the file named in [licence] is missing", hint, name))
    try:
        return "\n".join((edition / name).read_bytes().decode("utf-8-sig").splitlines()).strip()
    except UnicodeDecodeError:
        raise PackInvalid(Issue("encoding", "the file is not UTF-8", "Save it as UTF-8", name)) from None


def _table(directory: Traversable, name: str) -> Table:
    return parse_table(name, _bytes(directory, name))


def _model(model: type[M], document: dict[str, Any], name: str) -> M:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        known = _keys(model.model_json_schema())
        raise PackInvalid([_shape_issue(finding, name, known) for finding in error.errors(include_url=False)]) from None


def _keys(schema: dict[str, Any]) -> set[str]:
    """Every key that may stand somewhere in a file."""
    return {key for part in (schema, *schema.get("$defs", {}).values()) for key in part.get("properties", {})}


def _shape_issue(finding: Any, name: str, known: set[str]) -> Issue:
    place = ".".join(str(part) for part in finding["loc"])
    if finding["type"] == "extra_forbidden":
        hint = f"{did_you_mean(str(finding['loc'][-1]), known)}Remove the key, or correct its spelling; the format page lists the keys that exist"
        return Issue("shape", "there is no such key here", hint, name, field=place)
    hint = HINTS.get(finding["type"], "The format page says what the key may hold")
    return Issue("shape", finding["msg"], hint, name, field=place)


HINTS = {
    "missing": "Add the key; the format page says what it means",
    "string_pattern_mismatch": "A name has letters, digits and _ . + - and begins with a letter or digit: write _ for a blank",
}


def _items(table: Table, instrument: Instrument) -> tuple[Item, ...]:
    if unknown := set(table.columns) - ITEM_COLUMNS:
        names = ", ".join(sorted(unknown))
        hint = f"Allowed: {', '.join(sorted(ITEM_COLUMNS))}"
        raise PackInvalid(Issue("shape", f"unknown column {names}", hint, table.name))
    codes, options = table.text("item"), table.text("options")
    blank = ("",) * len(table)
    domains, reverse = table.columns.get("domain", blank), table.columns.get("reverse", blank)
    known = ", ".join(instrument.options)
    issues = [
        Issue("options_unknown", f"line {line}: option set {name} is not in instrument.toml", f"Allowed: {known}", table.name, field=code)
        for code, name, line in zip(codes, options, table.lines, strict=True) if name not in instrument.options
    ]  # fmt: skip
    turned = {cell: cell.lower() in TRUE_WORDS for cell in set(reverse)}
    neither = {cell for cell in turned if cell.lower() not in TRUE_WORDS | FALSE_WORDS}
    issues += [
        Issue("item_reverse", f"line {line}: the cell says neither yes nor no", REVERSE_HINT, table.name, field="reverse")
        for cell, line in zip(reverse, table.lines, strict=True) if cell in neither
    ]  # fmt: skip
    if len(set(codes)) != len(codes):
        repeated = ", ".join(sorted(code for code, times in Counter(codes).items() if times > 1))
        issues.append(Issue("item_twice", f"listed twice or more: {repeated}", "Keep one line of each item", table.name, field="item"))
    if issues:
        raise PackInvalid(issues)
    flags = map(turned.__getitem__, reverse)
    aliases = [tuple(cell.split()) for cell in table.text("aliases")] if "aliases" in table else repeat(())
    starts, stops = (_numbers(table, name, end) for name, end in (("age_from", -math.inf), ("age_to", math.inf)))
    passed_by = zip(*(_numbers(table, name, math.nan) for name in PASSED_BY), strict=True)
    return tuple(map(Item, codes, options, domains, flags, aliases, starts, stops, _numbers(table, "median", math.nan), passed_by))


def _numbers(table: Table, column: str, blank: float) -> list[float]:
    return table.numbers(column, blank=blank).tolist() if column in table else [blank] * len(table)
