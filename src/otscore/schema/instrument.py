"""instrument.toml: the test as published - answers, items, scales, composites, missing rules."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import Domain
from otscore.schema.base import Id, Model
from otscore.schema.items import DerivedItem, OptionSet
from otscore.schema.scale import Scale


class Count(Model):
    """A condition on members: how many of them stand in ``band``."""

    band: Id
    at_least: int = Field(default=0, ge=0)
    at_most: int | None = Field(default=None, ge=0)


class Level(Model):
    """A class of a composite. The first level whose conditions all hold is the result; no condition always holds."""

    band: Id
    when: tuple[Count, ...] = ()
    needs_all: bool = False


class Composite(Model):
    """A class formed from the bands of other scales."""

    id: Id
    domain: Domain
    members: tuple[Id, ...] = Field(min_length=2)
    levels: tuple[Level, ...] = Field(min_length=1)
    min_members: int = Field(default=1, ge=1)
    use: Literal["standard", "research"] = "standard"


class Instrument(Model):
    """instrument.toml: what is asked and how answers become raw scores. Item codes only, never item wording."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Id
    name: str
    summary: str
    informants: tuple[str, ...] = Field(min_length=1)
    rights: str
    options: dict[Id, OptionSet]
    derived_items: tuple[DerivedItem, ...] = ()
    scales: tuple[Scale, ...] = Field(min_length=1)
    composites: tuple[Composite, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Instrument:
        names = [scale.id for scale in self.scales] + [composite.id for composite in self.composites]
        if len(set(names)) != len(names):
            raise ValueError("two scales or composites share an id")
        known = {scale.id for scale in self.scales}
        for composite in self.composites:
            if not set(composite.members) <= known:
                raise ValueError(f"composite {composite.id} names a member that is no scale")
        for scale in self.scales:
            if not set(scale.scales) <= known:
                raise ValueError(f"scale {scale.id} sums a scale that does not exist")
            if strange := scale.strange_scales(known - {scale.id}):
                raise ValueError(f"`{strange}` of scale {scale.id} names no other scale")
        derived = [item.id for item in self.derived_items]
        if len(set(derived)) != len(derived):
            raise ValueError("two derived items share an id")
        return self
