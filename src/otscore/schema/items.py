"""What is answered: option sets, and items that are made of other items."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.schema.base import FileName, Id, Model

Missing = Literal["missing", "not_applicable", "dont_know", "refused", "invalid", "not_tested", "absent", "spoiled"]
Take = Literal[
    "highest", "lowest", "mean", "sum", "first", "last", "all_at_least", "count_at_least", "in_time", "by_stratum", "difference", "ratio",
]  # fmt: skip
OF_TWO = ("in_time", "difference", "ratio")


class OptionSet(Model):
    """The legal answers of an item and what each is worth.

    Either a list of ``legal`` codes (with ``points`` beside them; the code itself where absent), or a measured
    ``range`` with both ends included. ``labels`` lets an answer be given in words; with ``labels_only`` the number is
    refused, for items whose copies number their answers differently. ``missing`` names codes that are no answer, and
    ``missing_points`` what they earn (all alike, or code by code); ``estimated`` names codes of answers that were estimated
    or guessed, and the legal code each stands for. ``unit`` says what a measurement is given in; ``whole``: in whole numbers.
    """

    legal: tuple[float, ...] = ()
    points: tuple[float, ...] = ()
    range: tuple[float, float] | None = None
    whole: bool = False
    labels: dict[str, float] = Field(default_factory=dict)
    labels_only: bool = False
    missing: dict[str, Missing] = Field(default_factory=dict)
    missing_points: float | dict[str, float] | None = None
    estimated: dict[str, float] = Field(default_factory=dict)
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
        if self.whole and (self.range is None or any(not float(end).is_integer() for end in self.range)):
            raise ValueError("`whole` belongs to a `range` with whole ends")
        if not all(map(self._is_legal, self.labels.values())):
            raise ValueError("every value of `labels` must be one of `legal`, or lie within `range`")
        if any(not _is_number(code) for code in (*self.missing, *self.estimated)):
            raise ValueError("keys of `missing` and `estimated` are numeric codes, written in quotes")
        if {float(code) for code in (*self.missing, *self.estimated)} & set(self.legal):
            raise ValueError("a code stands in `missing` or `estimated`, and in `legal`")
        if self.labels_only and not self.labels:
            raise ValueError("`labels_only` needs `labels`")
        self._further_codes()
        return self

    def _is_legal(self, code: float) -> bool:
        if self.range is None:
            return code in self.legal
        return self.range[0] <= code <= self.range[1] and not (self.whole and not float(code).is_integer())

    def _further_codes(self) -> None:
        if isinstance(self.missing_points, dict) and not set(self.missing_points) <= set(self.missing):
            raise ValueError("`missing_points` names a code that `missing` does not have")
        if self.estimated and not set(self.estimated.values()) <= set(self.legal):
            raise ValueError("every value of `estimated` must be one of `legal`")
        if {float(code) for code in self.missing} & {float(code) for code in self.estimated}:
            raise ValueError("a code stands in `missing` and in `estimated`")

    def worth(self) -> tuple[float, ...]:
        """Points of each legal code, in the order of ``legal``."""
        return self.points or self.legal

    def worth_missing(self) -> dict[float, float]:
        """Points of each missing code that earns any."""
        told = self.missing_points
        earned = told if isinstance(told, dict) else {} if told is None else dict.fromkeys(self.missing, told)
        return {float(code): points for code, points in earned.items()}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class DerivedItem(Model):
    """An item made of others (trials, hands, criteria, an answer and its time), used in scales as any item.

    ``take`` says how the values of ``from`` become one; ``points`` names a table of ranges that turns it into points, with a
    column ``item`` where one table serves several. With ``enough_at`` later trials may be left out after one that reached it.
    """

    id: Id
    from_: tuple[Id, ...] = Field(alias="from", min_length=1)
    take: Take = "first"
    at_least: float | None = None
    limit: float | None = None
    by: Id | None = None
    enough_at: float | None = None
    points: FileName | None = None

    @model_validator(mode="after")
    def _consistent(self) -> DerivedItem:
        if (self.take in ("all_at_least", "count_at_least")) != (self.at_least is not None):
            raise ValueError("`at_least` belongs to `take = \"all_at_least\"` or `\"count_at_least\"`")
        if (self.take == "in_time") != (self.limit is not None):
            raise ValueError("`limit` belongs to `take = \"in_time\"`")
        if (self.take == "by_stratum") != (self.by is not None):
            raise ValueError("`by` belongs to `take = \"by_stratum\"`")
        if self.enough_at is not None and self.take not in ("highest", "sum", "mean"):
            raise ValueError("`enough_at` belongs to `take = \"highest\"`, `\"sum\"` or `\"mean\"`")
        if self.take in OF_TWO and len(self.from_) != 2:
            raise ValueError(f"`take = \"{self.take}\"` is made of two items")
        if len(set(self.from_)) != len(self.from_):
            raise ValueError("`from` names an item twice")
        return self
