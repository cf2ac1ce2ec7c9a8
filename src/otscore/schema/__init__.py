"""Pydantic mirror of the files of a norm pack. Strict: an unknown key or a wrong type is refused, never guessed."""

from __future__ import annotations

from otscore.schema.base import Model
from otscore.schema.instrument import Composite, Instrument, Level, OptionSet, Scale
from otscore.schema.manifest import Manifest, NormGroup
from otscore.schema.norm import Norm
from otscore.schema.sources import Source, Sources

__all__ = [
    "Composite",
    "Instrument",
    "Level",
    "Manifest",
    "Model",
    "Norm",
    "NormGroup",
    "OptionSet",
    "Scale",
    "Source",
    "Sources",
]
