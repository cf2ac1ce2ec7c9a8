"""Pydantic mirror of the files of a norm pack. Strict: an unknown key or a wrong type is refused, never guessed."""

from __future__ import annotations

from otscore.schema.base import Model
from otscore.schema.instrument import Composite, Instrument, Level
from otscore.schema.items import DerivedItem, OptionSet
from otscore.schema.manifest import Manifest, NormGroup
from otscore.schema.norm import Norm
from otscore.schema.scale import Scale
from otscore.schema.sources import Source, Sources

__all__ = [
    "Composite",
    "DerivedItem",
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
