"""The recipe of the derived tables of a pack: raw data, preparation, models, and the cells that are made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, StringConstraints, model_validator

from otscore.norming.build.derived.columns import ChildrenRecipe, Column, Condition
from otscore.norming.build.models import BetaBinomialRegressionRecipe, BoxCoxRecipe, NormalRecipe, RegressionRecipe
from otscore.norming.build.recipe import Digest, StratumRecipe, validated
from otscore.schema.base import Id, Model

TableName = Annotated[str, StringConstraints(pattern=r"^(tables/[A-Za-z0-9][A-Za-z0-9_.-]*|psychometrics)\.csv$")]
Edges = Annotated[tuple[float, ...], Field(min_length=2)]


class FileRecipe(Model):
    """A CSV file, plain or .gz. file : from the folder of raw data. sha256 : its digest; another file is refused."""

    file: str
    sha256: Digest


class AnswersRecipe(FileRecipe):
    """A file with a row for each answer. row, item, score : its columns; ``row`` is one of the file of children, too."""

    row: str
    item: str
    score: str


class DataRecipe(FileRecipe):
    """The file of children. missing : cells that mean no value. rows : which are kept. answers : a second file, for columns of items."""

    missing: tuple[str, ...] = ("", "NA")
    rows: tuple[Condition, ...] = ()
    answers: AnswersRecipe | None = None


class AgesRecipe(Model):
    """Ages ``from``, ``to`` (included) ``by``."""

    from_: float = Field(alias="from")
    to: float
    by: float = Field(gt=0)

    @property
    def ages(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Every age."""
        return np.round(self.from_ + self.by * np.arange(int((self.to - self.from_) / self.by + 1e-9) + 1), 9)


class Part(Model):
    """Rows of a table. scales : columns of raw scores, each a scale of the pack. rows : of which children, beside the others."""

    scales: tuple[Id, ...] = Field(min_length=1)
    rows: tuple[Condition, ...] = ()


class NodesPart(Part):
    """The parameters of curves at ages. within : ``n`` is the number of children so near an age."""

    how: Literal["nodes"]
    model: Annotated[BoxCoxRecipe | NormalRecipe, Field(discriminator="method")]
    ages: AgesRecipe
    within: float | None = Field(default=None, gt=0)


class CoefficientsPart(Part):
    """The coefficients of a regression on age: one row. items : how many are counted, for a model of a count."""

    how: Literal["coefficients"]
    model: Annotated[RegressionRecipe | BetaBinomialRegressionRecipe, Field(discriminator="method")]
    items: int | None = Field(default=None, ge=1)


class PercentilesPart(Part):
    """Raw scores at percentiles, in each age band. quantiles : their definition. repeated : what becomes of one equal to a lower one."""

    how: Literal["percentiles"]
    bands: Edges
    percents: tuple[int, ...] = Field(min_length=1)
    quantiles: Literal["midpoint", "first_to_last"] = "midpoint"
    repeated: Literal["keep", "leave_out"] = "keep"


class BaseRatesPart(Part):
    """Percent of children with at least a raw score, in each age band."""

    how: Literal["base_rates"]
    bands: Edges
    raws: tuple[float, ...] = Field(min_length=1)


class AlphaPart(Part):
    """Coefficient alpha (of passed and failed: KR-20) of what a scale is the sum of, in each age band.

    pooled : one figure instead, the mean of the bands weighted by their children, those with fewer than ``fewest`` left out.
    """

    how: Literal["alpha"]
    bands: Edges
    pooled: bool = False
    fewest: int = Field(default=2, ge=2)


class TrialsPart(Part):
    """SEM of a single trial within a session, by age band: root mean square of trials about their child's mean (one-way analysis).

    trials : the column that is the greatest of them. Children with a trial missing are left out; all count the same.
    """

    how: Literal["sem_of_a_trial"]
    trials: Id
    bands: Edges


AnyPart = Annotated[
    NodesPart | CoefficientsPart | PercentilesPart | BaseRatesPart | AlphaPart | TrialsPart, Field(discriminator="how")
]  # fmt: skip


class TableRecipe(Model):
    """A CSV file of the pack. columns : in this order; the rows stand in that of parts, scales, strata and ages. decimals : places
    that are written, 0 where none are named. same : cells that are the same in each row. strata : by which children are set apart.
    """

    file: TableName
    columns: tuple[str, ...] = Field(min_length=1)
    decimals: dict[str, Annotated[int, Field(ge=0, le=9)]] = Field(default_factory=dict)
    same: dict[str, str] = Field(default_factory=dict)
    strata: tuple[Id, ...] = ()
    parts: tuple[AnyPart, ...] = Field(min_length=1)


class DerivedRecipe(Model):
    """The recipe. columns : made in this order, each of those before it. age, weight : columns. children : where one has several rows."""

    schema_version: Literal[1] = Field(alias="schema")
    kind: Literal["derived_tables"]
    data: DataRecipe
    columns: tuple[Column, ...] = ()
    children: ChildrenRecipe | None = None
    age: str
    weight: str | None = None
    strata: dict[Id, StratumRecipe] = Field(default_factory=dict)
    tables: tuple[TableRecipe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> DerivedRecipe:
        if any(one.how == "items" for one in self.columns) and self.data.answers is None:
            raise ValueError("a column of items needs the file of answers: [data.answers]")
        names = [one.name for one in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("two columns share a name")
        if missing := {name for table in self.tables for name in table.strata} - set(self.strata):
            raise ValueError(f"a table is by {', '.join(sorted(missing))}, which [strata] does not describe")
        return self


def derived_recipe(document: dict[str, Any], path: Path) -> DerivedRecipe:
    """The recipe that a document holds. Raises UsageError with every finding."""
    return validated(DerivedRecipe, document, str(path))
