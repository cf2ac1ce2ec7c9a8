"""JSON Schemas of everything that is written for others to read, or read from others: profiles, plans, progress, pack files, mappings."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel

from otscore.profile.models import Profile
from otscore.profile.plan_models import Plan
from otscore.profile.progress_models import Progress
from otscore.schema import Instrument, Manifest, Sources
from otscore.schema.mapping import ColumnMap

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, tuple[type[BaseModel], str]] = {
    "profile": (Profile, "A child's domain profile, as written by otscore"),
    "plan": (Plan, "Inputs of a plan for a child, as written by otscore"),
    "progress": (Progress, "A child's progress through several profiles, as written by otscore"),
    "pack": (Manifest, "pack.toml: one edition's norms"),
    "instrument": (Instrument, "instrument.toml: the test as published"),
    "sources": (Sources, "SOURCES.toml: where every table of a pack was seen"),
    "mapping": (ColumnMap, "MAP.toml: which column of a table plays which part"),
}
WRITTEN = ("profile", "plan", "progress")


def schemas() -> dict[str, dict[str, Any]]:
    """Name -> JSON Schema (draft 2020-12); profile, plan and progress as they are written, the rest as it is read.

    >>> sorted(schemas())
    ['instrument', 'mapping', 'pack', 'plan', 'profile', 'progress', 'sources']
    """
    return {name: _schema(name, model, title) for name, (model, title) in MODELS.items()}


def schema_text(schema: dict[str, Any]) -> str:
    """The schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(name: str, model: type[BaseModel], title: str) -> dict[str, Any]:
    mode: Literal["serialization", "validation"] = "serialization" if name in WRITTEN else "validation"
    schema = model.model_json_schema(by_alias=True, mode=mode)
    return {"$schema": DIALECT, **schema, "title": title}
