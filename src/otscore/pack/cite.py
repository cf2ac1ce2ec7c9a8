"""How to cite a pack, and its codebook: what every item may be answered, and where it counts."""

from __future__ import annotations

import re
from typing import Any, Literal

from otscore.errors import Issue, UsageError
from otscore.pack.read import Pack

Style = Literal["text", "bibtex"]


def cite(pack: Pack, style: Style = "text") -> str:
    """The sources of the figures, then the pack itself with version and digest.

    Raises UsageError for another style than ``text`` or ``bibtex``.
    """
    manifest = pack.manifest
    itself = f"{manifest.title}. Norm pack {pack.name}, version {manifest.version}, {pack.digest}."
    if style == "text":
        sources = [" ".join(filter(None, (one.citation, _address(one.doi, one.url)))) for one in pack.sources.sources.values()]
        return "\n".join([*sources, itself])
    if style == "bibtex":
        entries = [_entry(f"{pack.name}-{key}", one.citation, one.doi, one.url) for key, one in pack.sources.sources.items()]
        return "\n\n".join([*entries, _entry(pack.name, itself, "", "")])
    raise UsageError(Issue("style", "unknown citation style", "Allowed: text, bibtex"))


def codebook(pack: Pack) -> tuple[dict[str, Any], ...]:
    """A row per item: code, domain, legal answers, points, labels, missing codes, and the scales it is named in.

    An item in no scale is known and not scored; one in a calibrated scale counts where the edition has a difficulty.
    """
    return tuple(_row(pack, item.code, item.options, item.domain, item.reverse) for item in pack.items)


def _address(doi: str, url: str) -> str:
    return f"https://doi.org/{doi}" if doi else url


def _entry(key: str, text: str, doi: str, url: str) -> str:
    year = re.search(r"\b(19|20)\d\d\b", text)
    fields = {"note": text, "year": year.group() if year else "", "doi": doi, "url": url}
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{re.sub('[^A-Za-z0-9-]', '-', key)},\n" + ",\n".join(lines) + "\n}"


def _row(pack: Pack, code: str, options_name: str, domain: str, reverse: bool) -> dict[str, Any]:
    options = pack.instrument.options[options_name]
    worth = list(options.worth()) if options.range is None else []
    if reverse and worth:
        worth = [min(worth) + max(worth) - points for points in worth]
    return {
        "item": code,
        "domain": domain,
        "unit": options.unit,
        "legal": list(options.legal) if options.range is None else f"{options.range[0]:g} to {options.range[1]:g}",
        "points": worth,
        "labels": dict(options.labels),
        "missing": dict(options.missing),
        "scales": [scale.id for scale in pack.instrument.scales if _names(scale, code, domain)],
    }


def _names(scale: Any, code: str, domain: str) -> bool:
    if scale.items == "all" or code in scale.items:
        return True
    branched = {item for branch in scale.branches for item in (branch.item, *branch.then.values())}
    return code in branched or (scale.items_domain is not None and scale.items_domain == domain)
