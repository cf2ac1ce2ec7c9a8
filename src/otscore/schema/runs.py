"""Testing from a basal to a ceiling."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.schema.base import Model


class Runs(Model):
    """Testing from a basal to a ceiling: so many items in a row with full credit, and so many without any.

    With ``ceiling_within`` the items without credit need not follow one another, but stand among so many in a row.
    """

    basal: int = Field(ge=1)
    ceiling: int = Field(ge=1)
    ceiling_within: int | None = Field(default=None, ge=1)
    several_basals: Literal["highest", "lowest"] = "highest"
    several_ceilings: Literal["lowest", "highest"] = "lowest"

    @model_validator(mode="after")
    def _consistent(self) -> Runs:
        if self.ceiling_within is not None and self.ceiling_within < self.ceiling:
            raise ValueError("`ceiling_within` is the number of items among which the `ceiling` items stand: at least as many")
        return self
