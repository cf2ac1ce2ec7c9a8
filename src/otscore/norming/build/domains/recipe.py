"""Everything that is decided before the norms of domains are fitted to answers, in one TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from otscore.codes import Domain
from otscore.norming.build.recipe import read_document, validated
from otscore.norming.fit.rasch.difficulty import Scale
from otscore.norming.fit.rasch.domain import Keep, Plan
from otscore.norming.fit.rasch.growth import Growth
from otscore.norming.fit.rasch.latent import Bands
from otscore.schema.base import Id, Model
from otscore.schema.irt import Grid, Segment


class FileRecipe(Model):
    """A CSV file, plain or .gz. path : from the directory of the data. sha256 : of the file as it is; another one is refused."""

    path: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class DataRecipe(Model):
    """The four files.

    visits : row, dataset, agedays. responses : row, item, score. domains : item, our_domain. difficulties : item, tau.
    prefix : what the names of all data sets begin with; cohorts are named without it.
    """

    visits: FileRecipe
    responses: FileRecipe
    domains: FileRecipe
    difficulties: FileRecipe
    prefix: str = ""
    read: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    citation: str
    doi: str
    url: str
    difficulties_citation: str
    difficulties_url: str


class CohortRecipe(Model):
    """fit : cohorts that make the norms. check : cohorts that only test them. fewest : visits a printed cell of the check needs."""

    fit: tuple[str, ...] = Field(min_length=1)
    check: tuple[str, ...]
    fewest: int = 30


class ScaleRecipe(Model):
    """The metric of the published difficulties, the grid, and mean ability by age in years to begin with."""

    slope: float = Field(gt=0)
    intercept: float
    grid: Grid
    start: Segment


class FitRecipe(Model):
    """Numbers that the fit is told; see fit/rasch. Ages in years."""

    margin: float = Field(ge=0)
    min_answered: int = Field(ge=1)
    band_years: float = Field(gt=0)
    band_full: int = Field(ge=1)
    item_answers: int
    item_each: int
    item_se: float
    item_infit: float
    outfit_above: float
    node_years: float = Field(gt=0)


class DomainRecipe(Model):
    """A scale. name : of the domain in the data. ages : in months, from and below."""

    id: Id
    domain: Domain
    name: str
    months: tuple[float, float]


class LicenceRecipe(Model):
    """Terms of the figures."""

    figures: str
    evidence: str


class GroupRecipe(Model):
    """Who the children of the norms are."""

    id: Id
    label: str
    note: str


class DetailRecipe(Model):
    """A passage for the page of the pack: what is too long for a notice."""

    title: str
    text: str


class DomainsRecipe(Model):
    """The recipe; what is said of the edition is as in pack.toml and instrument.toml."""

    schema_version: Literal[1] = Field(alias="schema")
    kind: Literal["rasch_domains"]
    instrument: Id
    edition: Id
    version: str
    name: str
    title: str
    summary: str
    informants: tuple[str, ...]
    rights: str
    intended_use: str
    notices: tuple[str, ...]
    details: tuple[DetailRecipe, ...] = ()
    licence: LicenceRecipe
    group: GroupRecipe
    data: DataRecipe
    cohorts: CohortRecipe
    scale: ScaleRecipe
    fit: FitRecipe
    domains: tuple[DomainRecipe, ...] = Field(min_length=1)

    def plan(self, domain: DomainRecipe) -> Plan:
        """What is decided for one domain, in years."""
        grid, start, fit = self.scale.grid, self.scale.start, self.fit
        nodes = np.array([grid.from_ + step * grid.by for step in range(round((grid.to - grid.from_) / grid.by) + 1)])
        growth = Growth(start.constant, start.linear, start.log, start.shift)
        keep = Keep(fit.item_answers, fit.item_each, fit.item_se, fit.item_infit)
        ages = (domain.months[0] / 12, domain.months[1] / 12)
        return Plan(Scale(self.scale.slope, nodes), growth, ages, fit.margin, fit.min_answered, Bands(fit.band_years, fit.band_full), keep)


def read_domains_recipe(path: Path) -> DomainsRecipe:
    """The recipe in a file. Raises UsageError with every finding: key, what is allowed."""
    return validated(DomainsRecipe, read_document(path)[0], str(path))
