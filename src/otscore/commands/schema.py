"""``otscore schema``: the JSON Schemas of profiles, plans, progress, pack files and column mappings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from otscore.errors import Issue, UsageError
from otscore.schema_export import schema_text, schemas


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "JSON Schemas: print one, list their names, or write all to a folder"
    parser = commands.add_parser("schema", help=text, description=text)
    parser.add_argument("name", nargs="?", metavar="NAME", help="profile, plan, progress, pack, instrument, sources or mapping")
    parser.add_argument("--out", metavar="DIR", help="write NAME.schema.json there (without a name: every schema)")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print or write what was asked for."""
    known = schemas()
    if chosen.name and chosen.name not in known:
        raise UsageError(Issue("schema_unknown", f"there is no schema {chosen.name}", f"There is: {', '.join(known)}"))
    wanted = {chosen.name: known[chosen.name]} if chosen.name else known
    if chosen.out:
        _write(wanted, Path(chosen.out))
    elif chosen.name:
        print(schema_text(known[chosen.name]), end="")
    else:
        print("\n".join(f"{name}: {schema['title']}" for name, schema in known.items()))
    return 0


def _write(wanted: dict[str, dict[str, Any]], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in wanted.items():
            (folder / f"{name}.schema.json").write_text(schema_text(schema), encoding="utf-8")
    except OSError as error:
        hint = f"The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("not_writable", "the schemas cannot be written there", hint, str(folder))) from None
    print(f"{folder}: {', '.join(wanted)}")
