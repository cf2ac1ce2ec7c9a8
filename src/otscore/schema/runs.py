"""Testing from a basal to a ceiling, as the manual of a test says it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from otscore.schema.base import FileName, Id, Model

Part = Annotated[tuple[Id, ...], Field(min_length=1)]
OF_BASAL = ("basal_within", "basal_at", "several_basals", "below_basal", "no_basal")
FROM_START = ("from_start", "start_items")
OF_CEILING = ("ceiling_within", "ceiling_at", "several_ceilings", "above_ceiling", "no_ceiling")


class Runs(Model):
    """A basal (so many passes in a row) below which items count in full, and a ceiling (so many fails) above which none counts.

    ``sets`` are passed and failed as wholes; each of ``blocks`` has a basal and a ceiling of its own. ``start`` names a table
    ``age_from, age_to, item``: where testing starts.
    """

    basal: int | None = Field(default=None, ge=1)
    basal_at: float | None = None
    basal_within: int | None = Field(default=None, ge=1)
    ceiling: int | None = Field(default=None, ge=1)
    ceiling_at: float = 0.0
    ceiling_within: int | None = Field(default=None, ge=1)
    several_basals: Literal["highest", "lowest", "from_start", "start_items"] = "highest"
    several_ceilings: Literal["lowest", "highest"] = "lowest"
    below_basal: Literal["full", "as_scored"] = "full"
    above_ceiling: Literal["zero", "count"] = "zero"
    no_basal: Literal["first_item", "unscored"] = "first_item"
    no_ceiling: Literal["last_item", "unscored"] = "last_item"
    sets: tuple[Part, ...] = ()
    blocks: tuple[Part, ...] = ()
    start: FileName | None = None

    @property
    def has_basal(self) -> bool:
        """Whether a basal is asked for; of sets always."""
        return self.basal is not None or bool(self.sets)

    @property
    def has_ceiling(self) -> bool:
        """Whether a ceiling is asked for; of sets always."""
        return self.ceiling is not None or bool(self.sets)

    @model_validator(mode="after")
    def _consistent(self) -> Runs:
        if not self.has_basal and not self.has_ceiling:
            raise ValueError("`runs` needs a `basal`, a `ceiling` or `sets`")
        for rule, there, keys in (("basal", self.has_basal, OF_BASAL), ("ceiling", self.has_ceiling, OF_CEILING)):
            without = [key for key in keys if key in self.model_fields_set and getattr(self, key) is not None]
            if without and not there:
                raise ValueError(f"`{without[0]}` says more of a `{rule}`, and there is none")
        if self.several_basals in FROM_START and (self.start is None or self.blocks):
            raise ValueError(f"`several_basals = \"{self.several_basals}\"` needs `start`, the table of start items, and no `blocks`")
        self._numbers()
        self._parts()
        return self

    def _numbers(self) -> None:
        for rule, count, within in (("basal", self.basal, self.basal_within), ("ceiling", self.ceiling, self.ceiling_within)):
            if within is not None and within < (count or 0):
                raise ValueError(f"`{rule}_within` is the number of items among which the `{rule}` items stand: at least as many")
        if self.basal_at is not None and self.has_ceiling and self.basal_at <= self.ceiling_at:
            raise ValueError("an answer would be passed and failed: `basal_at` must be above `ceiling_at`")

    def _parts(self) -> None:
        if self.sets and self.blocks:
            raise ValueError("give `sets` or `blocks`, not both")
        if self.sets and (self.basal_within is not None or self.ceiling_within is not None):
            raise ValueError("`basal` and `ceiling` count the items of one set: `basal_within` and `ceiling_within` do not go with `sets`")
        named = [code for part in (*self.sets, *self.blocks) for code in part]
        if len(set(named)) != len(named):
            raise ValueError("`sets` or `blocks` name an item twice")
