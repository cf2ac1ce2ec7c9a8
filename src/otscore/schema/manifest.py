"""pack.toml: one edition's norms - age rule, norm groups, how a raw score becomes a derived one, caveats, licence."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from otscore.codes import Kind
from otscore.schema.base import Id, Model, TextName, Version
from otscore.schema.irt import Irt
from otscore.schema.norm import Comparison, Norm

Convention = Literal["ymd_calendar", "ymd_30day", "decimal_365.25", "days"]


class Correction(Model):
    """When a child born early is scored at corrected age (methods: expected date of delivery at ``term_days``)."""

    apply: Literal["never", "preterm", "always"] = "never"
    born_before_weeks: float = 37
    until_months: float | None = None
    until_on: Literal["chronological", "corrected"] = "chronological"
    term_days: int = 280
    whole_weeks: bool = False
    by: Literal["birth_date", "subtraction"] = "birth_date"


class AgeRule(Model):
    """How age is computed and which ages the pack can score: ``from`` included, ``below`` excluded, in ``unit``.

    ``outside`` says what happens at other ages: no score, the norms of the nearest age, or only scores whose norms have no age.
    ``session``: the day that counts where testing took several.
    """

    unit: Literal["days", "months", "years"]
    convention: Convention
    use: Literal["exact", "completed", "half_month"] = "exact"
    month_up_from_day: int = Field(default=15, ge=1, le=30)
    session: Literal["first", "last"] = "first"
    decimals: int | None = Field(default=None, ge=0, le=9)
    from_: float | None = Field(default=None, alias="from")
    below: float | None = None
    required: bool = True
    outside: Literal["refuse", "nearest", "unaged"] = "refuse"
    correction: Correction = Correction()

    @model_validator(mode="after")
    def _days_are_days(self) -> AgeRule:
        if self.unit == "days" and (self.convention.startswith("ymd_") or self.use == "half_month"):
            raise ValueError("years, months and days by a calendar, or half months, make no age in days: use unit months or years")
        return self


class NormGroup(Model):
    """A population the child can be compared with. One of several is the default; the choice is printed."""

    id: Id
    label: str
    n: int | None = Field(default=None, ge=1)
    country: str = ""
    years: str = ""
    note: str = ""


class Stratum(Model):
    """A key that selects norm rows beside age: its values, and other spellings that are accepted."""

    values: tuple[str, ...] = Field(min_length=2)
    aliases: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _aliases_known(self) -> Stratum:
        if not set(self.aliases.values()) <= set(self.values):
            raise ValueError("an alias points to a value that the stratum does not have")
        return self


class Licence(Model):
    """The licence of the figures, and where that was seen. ``private``: not to be passed on; its ``text`` is shown to who uses the pack."""

    figures: str
    evidence: str
    text: TextName | None = None
    private: bool = False


class Manifest(Model):
    """pack.toml: everything that is said once for the edition."""

    schema_version: Literal[1] = Field(alias="schema")
    instrument: Id
    edition: Id
    version: Version
    title: str
    status: Literal["verified", "single_source", "derived", "synthetic", "template"]
    kind: Kind
    intended_use: str
    informants: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    superseded_by: str = ""
    retired: bool = False
    licence: Licence
    age: AgeRule
    strata: dict[Id, Stratum] = Field(default_factory=dict)
    norm_groups: tuple[NormGroup, ...] = Field(min_length=1)
    default_group: Id
    irt: tuple[Irt, ...] = ()
    norms: tuple[Norm, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    only: dict[Id, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        groups = [group.id for group in self.norm_groups]
        if len(set(groups)) != len(groups):
            raise ValueError("two norm groups share an id")
        if self.default_group not in groups:
            raise ValueError("`default_group` names no norm group")
        for norm in self.norms:
            if norm.group not in groups:
                raise ValueError(f"a norm names the unknown group {norm.group}")
            if not set(norm.strata) <= set(self.strata):
                raise ValueError("a norm names a stratum that [strata] does not describe")
        pairs = [(scale, norm.group) for norm in self.norms for scale in norm.scales]
        if len(set(pairs)) != len(pairs):
            raise ValueError("a scale has two norms in the same norm group")
        if self.age.outside == "nearest" and any(norm.method == "percent_delay" for norm in self.norms):
            raise ValueError('a delay is a share of the child\'s own age: `outside = "nearest"` does not go with method percent_delay')
        for name, values in self.only.items():
            if name not in self.strata or not values or not set(values) <= set(self.strata[name].values):
                raise ValueError("[only] names values of a stratum that [strata] describes")
        calibrated = [scale for model in self.irt for scale in model.scales]
        if len(set(calibrated)) != len(calibrated):
            raise ValueError("a scale has two item-response models")
        unknown = {name for model in self.irt for name in getattr(model.prior, "shift", ())} - set(self.strata)
        if unknown:
            raise ValueError("a prior shifts by a stratum that [strata] does not describe")
        return self
