"""[[scales]] of instrument.toml: which items or scales make a raw score, how, and what happens when some are missing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import Domain
from otscore.schema.base import FileName, Id, Model
from otscore.schema.runs import Runs

RawMethod = Literal[
    "sum", "mean", "percent", "count", "weighted", "max", "min", "branch", "pair_differences", "n_missing", "n_coded_missing",
    "n_estimated", "longest_same", "sum_of_scales", "max_of_scales", "sum_of_scores", "mean_of_scores", "mean_of_z", "irt",
]  # fmt: skip
OF_SCORES = ("sum_of_scores", "mean_of_scores", "mean_of_z")
OF_SCALES = ("sum_of_scales", "max_of_scales", *OF_SCORES)
OF_ANSWERS = ("pair_differences", "n_missing", "n_coded_missing", "n_estimated", "longest_same")
"""What a validity index counts: the answers as such, not what they are worth."""
WEIGHTED = ("weighted", "sum_of_scales", "sum_of_scores", "mean_of_scores")
PRORATED = ("sum", "count", "weighted", "sum_of_scales", "sum_of_scores")


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


class Verdict(Model):
    """A validity index that stands in one of ``bands``."""

    scale: Id
    bands: tuple[Id, ...] = Field(min_length=1)


class Scale(Model):
    """A raw score: which items, how they combine, and what happens when some are missing.

    ``points`` names a table ``raw_..., points`` that turns the raw score (a time, a distance, a count) into points;
    ``adjusted`` one of ``raw, missing, adjusted`` for a raw score with items missing. ``total`` and ``error`` name the items
    that hold a raw score added up by hand, and the standard error of a result that comes scored.
    """

    id: Id
    domain: Domain
    items: tuple[Id, ...] | Literal["all"] = ()
    items_domain: Domain | None = None
    raw: RawMethod = "sum"
    weights: tuple[float, ...] = ()
    count_at_least: float | None = None
    pairs: tuple[tuple[Id, Id], ...] = ()
    branches: tuple[Branch, ...] = ()
    scales: tuple[Id, ...] = ()
    required: tuple[Id, ...] = ()
    substitutes: dict[Id, tuple[Id, ...]] = Field(default_factory=dict)
    total: Id | None = None
    error: Id | None = None
    grade: Grade | None = None
    points: FileName | None = None
    adjusted: FileName | None = None
    filter: Filter | None = None
    administration: Literal["all", "window"] = "all"
    runs: Runs | None = None
    ages: tuple[float, float] | None = None
    valid_with: Id | None = None
    invalid_if: tuple[Verdict, ...] = ()
    doubtful_if: tuple[Verdict, ...] = ()
    min_answered: int | None = Field(default=None, ge=1)
    max_missing: float | None = Field(default=None, ge=0, lt=1)
    missing_as: float | Literal["lowest", "median"] | None = None
    prorate: bool = False
    prorate_round: Literal["none", "half_up"] = "none"
    sufficient_at: float | None = None
    decimals: int | None = Field(default=None, ge=0, le=9)
    higher_is: Literal["more_able", "less_able", "neither"] = "more_able"
    use: Literal["standard", "research", "step"] = "standard"

    @model_validator(mode="after")
    def _consistent(self) -> Scale:
        for check in (_members, _methods, _missing_rules, _runs, _ages):
            if problem := check(self):
                raise ValueError(problem)
        return self

    @property
    def needs(self) -> tuple[Id, ...]:
        """The scales that must stand before this one."""
        return tuple(dict.fromkeys((*self.scales, *(name for names in self._beside().values() for name in names))))

    def strange_scales(self, known: set[Id]) -> str:
        """The first key that names a scale beside the members that is not among those known; empty where there is none."""
        return next((key for key, names in self._beside().items() if not set(names) <= known), "")

    def _beside(self) -> dict[str, tuple[Id, ...]]:
        """The scales that keys beside `scales` name."""
        return {
            "valid_with": tuple(filter(None, (self.valid_with,))),
            "substitutes": tuple(name for names in self.substitutes.values() for name in names),
            "invalid_if": tuple(verdict.scale for verdict in self.invalid_if),
            "doubtful_if": tuple(verdict.scale for verdict in self.doubtful_if),
        }


def _members(scale: Scale) -> str:
    named = [bool(scale.items), scale.items_domain is not None, bool(scale.branches), bool(scale.scales), bool(scale.pairs)]
    if sum(named) != 1:
        return "name the members once: `items`, `items_domain`, `pairs`, `branches` or `scales`"
    if (scale.raw == "branch") != bool(scale.branches):
        return "`raw = \"branch\"` and `branches` belong together"
    if (scale.raw == "pair_differences") != bool(scale.pairs):
        return "`raw = \"pair_differences\"` and `pairs` belong together"
    if (scale.raw in OF_SCALES) != bool(scale.scales):
        return f"`scales` belongs to a score made of scales: {', '.join(OF_SCALES)}"
    known = set(scale.scales) if scale.scales else set(scale.items) if scale.items != "all" else None
    if known is not None and not {*scale.required, *scale.substitutes} <= known:
        return "`required` and `substitutes` name members of the scale"
    if scale.substitutes and not scale.scales:
        return "`substitutes` belongs to a score made of scales"
    if scale.scales and (scale.total or scale.error):
        return "`total` and `error` belong to a scale of items"
    return ""


def _methods(scale: Scale) -> str:
    if (scale.raw == "count") != (scale.count_at_least is not None):
        return "`raw = \"count\"` and `count_at_least` belong together"
    if (scale.raw == "weighted" and not scale.weights) or (scale.weights and scale.raw not in WEIGHTED):
        return "`weights` belongs to `raw = \"weighted\"` and may stand with sums and means of scales"
    if scale.weights and scale.items != "all" and len(scale.weights) != len(scale.items or scale.scales):
        return "`weights` needs one entry for each item, or each scale"
    if scale.prorate and scale.raw not in PRORATED:
        return "only a sum, count or weighted sum can be prorated"
    if scale.adjusted and (scale.raw != "sum" or scale.prorate):
        return "`adjusted` belongs to a plain sum, and takes the place of `prorate`"
    return ""


def _missing_rules(scale: Scale) -> str:
    if scale.scales and scale.missing_as is not None:
        return "a scale that is missing has no points: `missing_as` belongs to items"
    if scale.pairs and scale.max_missing is not None:
        return "of pairs so many must be complete: `min_answered`"
    if scale.min_answered is not None and scale.max_missing is not None:
        return "give `min_answered` or `max_missing`, not both"
    if scale.raw in OF_ANSWERS and (scale.missing_as is not None or scale.grade):
        return f"`raw = \"{scale.raw}\"` counts answers: `missing_as` and `grade` belong to points"
    return ""


def _runs(scale: Scale) -> str:
    if scale.administration == "window" and (scale.raw != "sum" or scale.missing_as is not None or scale.prorate):
        return "`administration = \"window\"` belongs to a plain sum: it says itself what is not asked"
    others = (scale.grade, scale.missing_as, scale.min_answered, scale.max_missing, scale.sufficient_at, scale.filter, scale.adjusted)
    if scale.runs and (scale.raw != "sum" or scale.administration == "window" or scale.prorate or any(rule is not None for rule in others)):
        return "`runs` belongs to a plain sum: it says itself what must be answered"
    return ""


def _ages(scale: Scale) -> str:
    if scale.ages is not None and not scale.ages[0] < scale.ages[1]:
        return "`ages` runs from the first age (included) to the age from which the scale is not given"
    return ""
