"""The vocabulary of a preparation: what a column of a sample may be made of. There is no other code in a recipe."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from otscore.schema.base import Id, Model


class NumberColumn(Model):
    """A column in other units: (number + add) * times / divided_by. absolute : without its sign, first. whole : rounded at the end,
    with a half up, or to the even neighbour.
    """

    name: Id
    how: Literal["number"]
    of: str
    absolute: bool = False
    add: float = 0.0
    times: float = 1.0
    divided_by: float = Field(default=1.0, gt=0)
    whole: Literal["half_up", "half_even"] | None = None


class RecodeColumn(Model):
    """Codes as numbers; a code that ``values`` does not name is no value. Codes that are numbers are told by what they are worth."""

    name: Id
    how: Literal["recode"]
    of: str
    values: dict[str, float] = Field(min_length=1)


class GreatestColumn(Model):
    """The greatest of several columns; those without a value are passed over."""

    name: Id
    how: Literal["greatest"]
    of: tuple[str, ...] = Field(min_length=2)


class SumColumn(Model):
    """The sum of several columns; none where one of them has no value."""

    name: Id
    how: Literal["sum"]
    of: tuple[str, ...] = Field(min_length=2)


class ChooseColumn(Model):
    """``then`` where the cells of the two columns ``same`` are the same, ``otherwise`` where they are not."""

    name: Id
    how: Literal["choose"]
    same: tuple[str, str]
    then: str
    otherwise: str


class ItemsColumn(Model):
    """The sum of the answers to the items of a scale of the instrument, from the file of answers.

    rule : ``complete``, none where an answer is missing; ``window``, items stand in rising order and those below the first one
    answered count as passed (1), those above the last one as failed (0), one left out counts as the one before it.
    """

    name: Id
    how: Literal["items"]
    scale: Id
    rule: Literal["complete", "window"]


Column = Annotated[NumberColumn | RecodeColumn | GreatestColumn | SumColumn | ChooseColumn | ItemsColumn, Field(discriminator="how")]


class Condition(Model):
    """Rows that are kept: the cell is one of the words of ``is``, or a number from ``from`` on and ``below``. No value is never kept."""

    column: str
    is_: tuple[str, ...] = Field(default=(), alias="is")
    from_: float | None = Field(default=None, alias="from")
    below: float | None = None

    @model_validator(mode="after")
    def _something(self) -> Condition:
        if bool(self.is_) == (self.from_ is not None or self.below is not None):
            raise ValueError('a condition is `is = ["word"]`, or `from`, or `below`, or these two')
        return self


class ChildrenRecipe(Model):
    """Several rows of a child as one. by : the column that tells children apart. mean : columns of which the mean is taken over the
    rows that have a value. first : columns that are the same in all rows of a child.
    """

    by: str
    mean: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
