"""A recipe: everything that is decided when norms are made from a sample, in one TOML file that goes into the pack."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationError, model_validator

from otscore.errors import Issue, UsageError
from otscore.norming.build.scale import ScaleRecipe
from otscore.schema.base import Id, Model, TextName, Version
from otscore.schema.mapping import did_you_mean

M = TypeVar("M", bound=Model)
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DataRecipe(Model):
    """The file of the sample: a row for each child.

    file : path of a CSV file, from the recipe. sha256 : its digest; where given, another file is refused. id, age, weight, group :
    names of columns. missing : cells that mean no value, in any column but that of identifiers, where a number is a name. decimal :
    the decimal mark of all numbers. read : the day the file was taken as it is. outside_ages : what happens to children whose age the
    pack does not score.
    """

    file: str
    sha256: Digest | None = None
    read: Day
    citation: str = Field(min_length=10)
    doi: str = ""
    url: str = ""
    age: str
    id: str | None = None
    weight: str | None = None
    group: str | None = None
    missing: tuple[str, ...] = ("", "NA")
    decimal: Literal["point", "comma"] = "point"
    outside_ages: Literal["refuse", "leave_out"] = "refuse"

    @model_validator(mode="after")
    def _a_day(self) -> DataRecipe:
        try:
            date.fromisoformat(self.read)
        except ValueError:
            raise ValueError("`read` is no date: write year-month-day") from None
        return self


class AgeRecipe(Model):
    """Ages of the sample and of the pack, ``from`` included and ``below`` not, in ``unit``.

    bands : rising edges of the age bands of a lookup table, from ``from`` to ``below``. at : the age at which the norms of each band
    are computed; ``middle``: half way, of completed units half way between the first and the last of them.
    """

    unit: Literal["days", "months", "years"]
    convention: Literal["ymd_calendar", "ymd_30day", "decimal_365.25", "days"] | None = None
    use: Literal["exact", "completed"] = "exact"
    from_: float = Field(alias="from")
    below: float
    bands: tuple[float, ...] = Field(min_length=2)
    at: Literal["middle"] | tuple[float, ...] = "middle"

    @model_validator(mode="after")
    def _tiled(self) -> AgeRecipe:
        if not self.from_ < self.below:
            raise ValueError("`from` lies below `below`")
        if list(self.bands) != sorted(set(self.bands)) or (self.bands[0], self.bands[-1]) != (self.from_, self.below):
            raise ValueError("`bands` are rising ages, the first is `from` and the last is `below`")
        if self.at != "middle" and (len(self.at) != len(self.bands) - 1 or any(not low <= age < high for low, age, high in self._placed())):
            raise ValueError('`at` is "middle", or one age for each band, within it')
        return self

    def _placed(self) -> list[tuple[float, float, float]]:
        assert self.at != "middle"
        return list(zip(self.bands[:-1], self.at, self.bands[1:], strict=True))

    @property
    def beyond(self) -> float:
        """By how much children are older, on average, than the age that stands for them: half a unit where units are completed."""
        return 0.5 if self.use == "completed" else 0.0

    @property
    def ages(self) -> tuple[float, ...]:
        """The age at which each band is computed."""
        if self.at != "middle":
            return self.at
        return tuple(round((low + high) / 2 - self.beyond, 9) for low, high in zip(self.bands[:-1], self.bands[1:], strict=True))


class StratumRecipe(Model):
    """Children who are normed apart: the column, its values as the pack writes them, and other spellings in the data."""

    column: str
    values: tuple[str, ...] = Field(min_length=2)
    aliases: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> StratumRecipe:
        if not set(self.aliases.values()) <= set(self.values):
            raise ValueError("an alias points to a value that `values` does not have")
        return self


class MarginRecipe(Model):
    """Shares of a population by one column; children are weighted until the sample has them."""

    column: str
    shares: dict[str, Annotated[float, Field(gt=0)]] = Field(min_length=2)

    @model_validator(mode="after")
    def _all(self) -> MarginRecipe:
        if abs(sum(self.shares.values()) - 1.0) > 0.05:
            raise ValueError("`shares` add up to 1 (to within 0.05)")
        return self


class GroupRecipe(Model):
    """Who the children of the sample are."""

    id: Id = "sample"
    label: str
    country: str = ""
    years: str = ""
    note: str = ""


class LicenceRecipe(Model):
    """Terms of the figures. ``private``: they are not to be passed on; then ``text``, a file beside the recipe, says what is allowed."""

    figures: str
    evidence: str
    private: bool = False
    text: TextName | None = None


class Recipe(Model):
    """The recipe of a pack; what is said of the edition is as in pack.toml and instrument.toml.

    digits : significant digits of coefficients and curves (``taylor`` has its own). cases : raw scores of the sample, for each scale, in cases.csv.
    bootstrap : samples drawn from the sample to tell in the report how sure the norms are; 0: none.
    """

    schema_version: Literal[1] = Field(alias="schema")
    instrument: Id
    edition: Id
    version: Version = "1.0.0"
    name: str
    title: str
    summary: str
    informants: tuple[str, ...] = Field(default=("examiner",), min_length=1)
    rights: str
    status: Literal["derived", "synthetic"] = "derived"
    intended_use: str
    notices: tuple[str, ...] = ()
    digits: int = Field(default=9, ge=4, le=15)
    cases: int = Field(default=5, ge=1, le=50)
    bootstrap: int = Field(default=0, ge=0, le=5000)
    data: DataRecipe
    licence: LicenceRecipe
    age: AgeRecipe
    group: GroupRecipe
    strata: dict[Id, StratumRecipe] = Field(default_factory=dict)
    raking: tuple[MarginRecipe, ...] = ()
    scales: tuple[ScaleRecipe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Recipe:
        names = [name for scale in self.scales for name in (scale.id, f"{scale.id}_age")[: 1 + scale.age_equivalents]]
        if len(set(names)) != len(names):
            raise ValueError("two scales share an id (that of age equivalents is the id with _age behind it)")
        for scale in self.scales:
            if not set(scale.strata) <= set(self.strata):
                raise ValueError(f"scale {scale.id} names a stratum that [strata] does not describe")
        unused = set(self.strata) - {name for scale in self.scales for name in scale.strata}
        if unused:
            raise ValueError(f"no scale is normed by the stratum {', '.join(sorted(unused))}")
        if self.raking and self.data.weight is not None:
            raise ValueError("weights come from a column (`weight` in [data]) or from margins ([[raking]]), not from both")
        if self.bootstrap and self.data.group is not None:
            raise ValueError("`bootstrap` ranks children anew in every sample, by a window of ages: it does not go with `group` in [data]")
        if self.licence.private and self.licence.text is None:
            raise ValueError('a private pack needs the text of its licence: write it into a file beside the recipe, and text = "LICENCE.txt" in [licence]')
        return self


HINTS = {
    "missing": "Add the key; the page From a sample to a norm pack lists all of them",
    "string_pattern_mismatch": "A name has letters, digits and _ . + - and begins with a letter or digit; a version is 1.0.0, a day year-month-day",
}


def read_recipe(path: Path) -> tuple[Recipe, str]:
    """The recipe in a TOML file, and its text. Raises UsageError with every finding: file, key, what is allowed."""
    document, text = read_document(path)
    return recipe_of(document, str(path)), text


def read_document(path: Path) -> tuple[dict[str, Any], str]:
    """What a TOML file holds, and its text. Raises UsageError where it cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text), text
    except OSError as error:
        hint = f"Check the path; it counts from the working directory. The system says: {error.strerror or type(error).__name__}"
        raise UsageError(Issue("no_file", "the recipe cannot be read", hint, str(path))) from None
    except UnicodeDecodeError:
        raise UsageError(Issue("encoding", "the file is not UTF-8", "Save it as UTF-8", str(path))) from None
    except tomllib.TOMLDecodeError as error:
        hint = "Text stands in quotes, a list in square brackets; each key stands once"
        raise UsageError(Issue("toml", f"not valid TOML: {error}", hint, str(path))) from None


def recipe_of(document: dict[str, Any], source: str) -> Recipe:
    """The recipe that a document holds. Raises UsageError with every finding."""
    return validated(Recipe, document, source)


def validated(model: type[M], document: dict[str, Any], source: str) -> M:
    """A document as a model of a recipe. Raises UsageError with every finding."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        schema = model.model_json_schema()
        known = {key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", {})}
        found = error.errors(include_url=False)
        inside = {finding["loc"][:depth] for finding in found for depth in range(len(finding["loc"]))}
        told = [finding for finding in found if finding["type"] != "too_short" or finding["loc"] not in inside]  # a part that is wrong is not there
        raise UsageError([_issue(finding, source, known) for finding in told]) from None


def _issue(finding: Any, source: str, known: set[str]) -> Issue:
    place = ".".join(str(part) for part in finding["loc"])
    if finding["type"] == "extra_forbidden":
        hint = f"{did_you_mean(str(finding['loc'][-1]), known)}Remove the key, or correct its spelling"
        return Issue("recipe", "there is no such key here", hint, source, field=place)
    if finding["type"] == "union_tag_invalid":
        hint, key = f"Allowed: {finding['ctx']['expected_tags']}", str(finding["ctx"]["discriminator"]).strip("'")
        return Issue("recipe", "there is no such model" if key == "method" else f"there is no such `{key}`", hint, source, field=f"{place}.{key}")
    message = finding["msg"].removeprefix("Value error, ")
    return Issue("recipe", message, HINTS.get(finding["type"], "Correct it in the recipe"), source, field=place)
