"""How to cite a pack, and its codebook: what every item may be answered, and where it counts."""

from __future__ import annotations

import re
from typing import Any, Literal

from otscore.errors import Issue, UsageError
from otscore.pack.items import answered_items
from otscore.pack.read import PASSED_BY, Item, Pack
from otscore.version import __version__

Style = Literal["text", "bibtex"]


def cite(pack: Pack, style: Style = "text") -> str:
    """The sources of the figures, then the pack itself with version and digest, then the library.

    Raises UsageError for another style than ``text`` or ``bibtex``.
    """
    manifest = pack.manifest
    library = f"otscore, Python library, version {__version__}."
    itself = f"{manifest.title}. Norm pack {pack.name}, version {manifest.version}, {pack.digest}."
    if style == "text":
        sources = [" ".join(filter(None, (one.citation, _address(one.doi, one.url)))) for one in pack.sources.sources.values()]
        return "\n".join([*sources, itself, library])
    if style == "bibtex":
        entries = [_entry(f"{pack.name}-{key}", one.citation, one.doi, one.url) for key, one in pack.sources.sources.items()]
        return "\n\n".join([*entries, _entry(pack.name, itself, "", ""), _entry("otscore", library, "", "")])
    raise UsageError(Issue("style", "unknown citation style", "Allowed: text, bibtex"))


def codebook(pack: Pack) -> tuple[dict[str, Any], ...]:
    """A row per item: code, domain, unit, legal answers, points, labels (and whether only they are taken), missing codes, and the scales it counts in.

    An item in no scale is known and not scored.
    """
    members = {scale.id: frozenset((*answered_items(pack, scale), scale.total, scale.error)) for scale in pack.instrument.scales}
    return tuple(_row(pack, item, [scale for scale, codes in members.items() if item.code in codes]) for item in pack.items)


def _address(doi: str, url: str) -> str:
    return f"https://doi.org/{doi}" if doi else url


def _entry(key: str, text: str, doi: str, url: str) -> str:
    year = re.search(r"\b((?:19|20)\d\d)(?=[;:.])", text)
    fields = {"title": f"{{{text}}}", "year": year[1] if year else "", "doi": doi, "url": url}
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{re.sub('[^A-Za-z0-9-]', '-', key)},\n" + ",\n".join(lines) + "\n}"


def _row(pack: Pack, item: Item, scales: list[str]) -> dict[str, Any]:
    options = pack.instrument.options[item.options]
    worth = list(options.worth()) if options.range is None else []
    if item.reverse and worth:
        worth = [min(worth) + max(worth) - points for points in worth]
    return {
        "item": item.code,
        "domain": item.domain,
        "unit": options.unit,
        "legal": list(options.legal) if options.range is None else f"{options.range[0]:g} to {options.range[1]:g}{', whole' if options.whole else ''}",
        "points": worth,
        "labels": dict(options.labels),
        "by_word_only": options.labels_only,
        "missing": dict(options.missing),
        "estimated": dict(options.estimated),
        "passed_by": {name: age for name, age in zip(PASSED_BY, item.passed_by, strict=True) if age == age},
        "scales": scales,
    }
