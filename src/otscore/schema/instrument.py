"""instrument.toml: the test as published - answers, items, scales, composites, missing rules."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import Domain
from otscore.schema.base import FileName, Id, Model
from otscore.schema.runs import Runs

Missing = Literal["missing", "not_applicable", "dont_know", "refused", "invalid"]
RawMethod = Literal["sum", "mean", "count", "weighted", "max", "min", "branch", "sum_of_scales", "max_of_scales", "irt"]
OF_SCALES = ("sum_of_scales", "max_of_scales")


class OptionSet(Model):
    """The legal answers of an item and what each is worth.

    Either a list of ``legal`` codes (with ``points`` beside them; the code itself where absent), or a measured
    ``range`` with both ends included. ``labels`` lets an answer be given in words; with ``labels_only`` the number is
    refused, for items whose copies number their answers differently. ``missing`` names codes that are no answer. ``unit``
    says what a measurement is given in.
    """

    legal: tuple[float, ...] = ()
    points: tuple[float, ...] = ()
    range: tuple[float, float] | None = None
    labels: dict[str, float] = Field(default_factory=dict)
    labels_only: bool = False
    missing: dict[str, Missing] = Field(default_factory=dict)
    missing_points: float | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> OptionSet:
        if bool(self.legal) == (self.range is not None):
            raise ValueError("give either `legal` (a list of codes) or `range` (two ends)")
        if self.points and len(self.points) != len(self.legal):
            raise ValueError("`points` needs one entry for each entry of `legal`")
        if len(set(self.legal)) != len(self.legal):
            raise ValueError("`legal` names a code twice")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise ValueError("`range` must run from low to high")
        if not set(self.labels.values()) <= set(self.legal):
            raise ValueError("every value of `labels` must be one of `legal`")
        if any(not _is_number(code) for code in self.missing):
            raise ValueError("keys of `missing` are numeric codes, written in quotes")
        if {float(code) for code in self.missing} & set(self.legal):
            raise ValueError("a code stands in `missing` and in `legal`")
        if self.labels_only and not self.labels:
            raise ValueError("`labels_only` needs `labels`")
        return self

    def worth(self) -> tuple[float, ...]:
        """Points of each legal code, in the order of ``legal``."""
        return self.points or self.legal


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class Branch(Model):
    """One way to an answer: take ``item``; where its answer is a key of ``then``, the item named there replaces it."""

    item: Id
    then: dict[str, Id] = Field(default_factory=dict)


class Grade(Model):
    """Item thresholds by age: an item earns the code of the highest threshold it reaches.

    ``table`` has columns ``item, age_from, age_to, code, at_least``; below every threshold the item earns ``lowest``.
    """

    table: str
    lowest: float


class Filter(Model):
    """A filter question: where its answer earns one of ``points``, the raw score is ``raw``, whatever the items."""

    item: Id
    points: tuple[float, ...] = Field(min_length=1)
    raw: float


class Scale(Model):
    """A raw score: which items, how they combine, and what happens when some are missing.

    ``points`` names a table ``raw_..., points`` that turns the raw score (a time, a distance, a count) into points.
    """

    id: Id
    domain: Domain
    items: tuple[Id, ...] | Literal["all"] = ()
    items_domain: Domain | None = None
    raw: RawMethod = "sum"
    weights: tuple[float, ...] = ()
    count_at_least: float | None = None
    branches: tuple[Branch, ...] = ()
    scales: tuple[Id, ...] = ()
    grade: Grade | None = None
    points: FileName | None = None
    filter: Filter | None = None
    administration: Literal["all", "window"] = "all"
    runs: Runs | None = None
    valid_with: Id | None = None
    min_answered: int | None = Field(default=None, ge=1)
    max_missing: float | None = Field(default=None, ge=0, lt=1)
    missing_as: float | None = None
    prorate: bool = False
    prorate_round: Literal["none", "half_up"] = "none"
    sufficient_at: float | None = None
    decimals: int | None = Field(default=None, ge=0, le=9)
    higher_is: Literal["more_able", "less_able", "neither"] = "more_able"
    use: Literal["standard", "research", "step"] = "standard"

    @model_validator(mode="after")
    def _consistent(self) -> Scale:
        named = [bool(self.items), self.items_domain is not None, bool(self.branches), bool(self.scales)]
        if sum(named) != 1:
            raise ValueError("name the members once: `items`, `items_domain`, `branches` or `scales`")
        if (self.raw == "branch") != bool(self.branches):
            raise ValueError("`raw = \"branch\"` and `branches` belong together")
        if (self.raw in OF_SCALES) != bool(self.scales):
            raise ValueError("`raw = \"sum_of_scales\"` or `\"max_of_scales\"` and `scales` belong together")
        if (self.raw == "count") != (self.count_at_least is not None):
            raise ValueError("`raw = \"count\"` and `count_at_least` belong together")
        if (self.raw == "weighted" and not self.weights) or (self.weights and self.raw not in ("weighted", "sum_of_scales")):
            raise ValueError("`weights` belongs to `raw = \"weighted\"` and may stand with `\"sum_of_scales\"`")
        if self.weights and self.items != "all" and len(self.weights) != len(self.items or self.scales):
            raise ValueError("`weights` needs one entry for each item, or each scale")
        if self.prorate and self.raw not in ("sum", "count", "weighted", "sum_of_scales"):
            raise ValueError("only a sum, count or weighted sum can be prorated")
        if self.administration == "window" and (self.raw != "sum" or self.missing_as is not None or self.prorate):
            raise ValueError("`administration = \"window\"` belongs to a plain sum: it says itself what is not asked")
        others = (self.grade, self.missing_as, self.min_answered, self.max_missing, self.sufficient_at, self.filter)
        if self.runs and (self.raw != "sum" or self.administration == "window" or self.prorate or any(rule is not None for rule in others)):
            raise ValueError("`runs` belongs to a plain sum: it says itself what must be answered")
        if self.scales and self.missing_as is not None:
            raise ValueError("a scale that is missing has no points: `missing_as` belongs to items")
        if self.min_answered is not None and self.max_missing is not None:
            raise ValueError("give `min_answered` or `max_missing`, not both")
        return self


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
            if scale.valid_with is not None and scale.valid_with not in known - {scale.id}:
                raise ValueError(f"`valid_with` of scale {scale.id} names no other scale")
        return self
