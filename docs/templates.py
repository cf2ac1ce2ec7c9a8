"""The table of norms-templates/README.md, made from the templates: ``python docs/templates.py`` writes it again, and a test compares."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parent.parent / "norms-templates"
PAGE = TEMPLATES / "README.md"
MARK = re.compile(r"(<!-- table: templates -->).*?(<!-- end of table -->)", re.DOTALL)
HEAD = ("test", "editions", "ages", "answered by", "entered", "scores", "made of them", "sources")
METRICS = {
    "scaled": "scaled (10, 3)", "standard": "standard (100, 15)", "standard_10": "standard (100, 10)", "t": "T (50, 10)", "v_scale": "v-scale (15, 3)",
    "scale_15_5": "scale (15, 5)", "z": "z", "percentile": "percentile", "criterion": "criterion (0 to 100)", "growth": "growth",
    "age_equivalent": "age equivalent", "raw": "raw", "none": "class",
}  # fmt: skip


def read(file: Path) -> dict[str, Any]:
    """A TOML file."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def editions() -> list[Path]:
    """The directory of every template, in the order of their names."""
    return sorted(file.parent for file in TEMPLATES.glob("*/*/pack.toml"))


def instrument_of(edition: Path) -> Path:
    """The instrument.toml that holds for an edition: its own, or that of the instrument."""
    own = edition / "instrument.toml"
    return own if own.is_file() else edition.parent / "instrument.toml"


def rows() -> Iterator[tuple[str, ...]]:
    """A row for the editions that share an instrument.toml."""
    for file, group in groupby(sorted(editions(), key=lambda edition: (edition.parent, instrument_of(edition), edition)), key=instrument_of):
        yield row(read(file), list(group))


def row(instrument: dict[str, Any], homes: list[Path]) -> tuple[str, ...]:
    """What is said of one instrument.toml and its editions."""
    packs = [read(home / "pack.toml") for home in homes]
    beside = {scale for norm in packs[0]["norms"] if norm["metric"] in ("age_equivalent", "growth") for scale in norm["scales"]}
    entered = [scale["id"] for scale in instrument["scales"] if not scale.get("scales")]
    made = [f"{scale['id']} ({', '.join(scale['scales'])})" for scale in instrument["scales"] if scale.get("scales") and scale["id"] not in beside]
    sources = read(homes[0] / "SOURCES.toml")["sources"]
    return (
        f"[{instrument['name']}]({homes[0].parent.name}/CHECKLIST.md)",
        ", ".join(pack["edition"] for pack in packs),
        ", ".join(dict.fromkeys(map(ages, packs))),
        ", ".join(dict.fromkeys(who for pack in packs for who in pack.get("informants", instrument["informants"]))),
        ", ".join(entered),
        ", ".join(dict.fromkeys(METRICS[norm["metric"]] for norm in packs[0]["norms"])),
        "; ".join(made) or "-",
        ", ".join(f"[{name}](<{source['url']}>)" for name, source in sources.items()),
    )


def ages(pack: dict[str, Any]) -> str:
    """From which age to below which a template holds."""
    age = pack["age"]
    return f"{age['from']} to below {age['below']} {age['unit']}" if "from" in age else "any"


def page() -> str:
    """The page with the table as it should be."""
    lines = [HEAD, ("---",) * len(HEAD), *rows()]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return MARK.sub(lambda match: f"{match[1]}\n\n{table}\n\n{match[2]}", PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
