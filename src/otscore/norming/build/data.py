"""The data of a sample as columns: read, looked through, and refused with every reason at once, never with a child's data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.norming.build.file import File, open_file
from otscore.norming.build.missing import clashes
from otscore.norming.build.recipe import Recipe
from otscore.norming.build.scale import ScaleRecipe

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]
ALL_ALIKE = 2
MANY = 20
"""Ages of which not one has more than 11 hundredths by chance (0.12 to the power of 20)."""


@dataclass(frozen=True)
class Data:
    """A sample as read. Every array is (n,) over the rows of the file; NaN, or code -1, where a cell has no value.

    raw : by scale. strata : codes by stratum. margins : cells by column of a margin. used : rows within the ages of the pack.
    remarks : what was left out, and why.
    """

    source: str
    sha256: str
    age: Floats
    weight: Floats
    raw: dict[str, Floats]
    group: Floats | None
    strata: dict[str, NDArray[np.intp]]
    margins: dict[str, tuple[str, ...]]
    used: Rows
    remarks: tuple[str, ...]

    def children(self, scale: ScaleRecipe, codes: Sequence[int]) -> Rows:
        """Rows of the children of one scale and combination of its strata who have all that is needed."""
        found = self.used & np.isfinite(self.raw[scale.id]) & np.isfinite(self.age) & (self.weight > 0)
        for name, code in zip(scale.strata, codes, strict=True):
            found = found & (self.strata[name] == code)
        return found if self.group is None else found & np.isfinite(self.group)


def read_data(recipe: Recipe, path: Path) -> Data:
    """The columns that a recipe names. Raises UsageError with every finding: missing column, text for a number, age, raw score,
    weight or stratum that cannot be, a child twice, another file than the recipe was written for.
    """
    file, digest = open_file(recipe, path)
    age, weight = file.numbers(recipe.data.age, "data.age"), np.ones(len(file.rows))
    if recipe.data.weight is not None:
        weight = file.numbers(recipe.data.weight, "data.weight")
        file.add(np.flatnonzero(weight < 0).tolist(), "weight", "a weight is below 0", "A weight says how many children one stands for", recipe.data.weight)
    raw = {scale.id: _raw(file, scale) for scale in recipe.scales}
    group = None if recipe.data.group is None else _groups(file, recipe.data.group)
    strata = {name: _codes(file, name, recipe) for name in recipe.strata}
    margins = {one.column: tuple(file.cells(one.column, "raking")) for one in recipe.raking}
    _ids(file, recipe)
    clashes(file, recipe)
    _years_and_months(file, recipe)
    outside = _ages(file, recipe, age)
    if file.issues:
        raise UsageError(file.issues)
    found = Data(file.source, digest, age, weight, raw, group, strata, margins, ~outside, tuple(_remarks(file, recipe, age, weight, raw, strata, outside)))
    _alike(found, recipe)
    return found


def _raw(file: File, scale: ScaleRecipe) -> Floats:
    found = file.numbers(scale.column, f"scale {scale.id}", scale.missing)
    low, high = scale.range
    hint = f"Raw scores of {scale.id} run from {low:g} to {high:g}: correct the data, the range, or name the code in `missing` of the scale"
    file.add(np.flatnonzero((found < low) | (found > high)).tolist(), "raw_range", "the raw score is outside its range", hint, scale.column)
    if scale.whole:
        hint = "Round the raw scores, or write `whole = false` for a measurement"
        file.add(np.flatnonzero(np.isfinite(found) & (found != np.floor(found))).tolist(), "raw_whole", "the raw score is not whole", hint, scale.column)
    return found


def _groups(file: File, column: str) -> Floats:
    """Groups of ages as numbers: as they are, or else numbered in the order of their names."""
    cells = file.cells(column, "data.group")
    if all(file.is_number(cell) for cell in cells if cell):
        return np.array([file.number(cell) if cell else np.nan for cell in cells])
    names = sorted(set(cells) - {""})
    return np.array([float(names.index(cell)) if cell else np.nan for cell in cells])


def _codes(file: File, name: str, recipe: Recipe) -> NDArray[np.intp]:
    stratum = recipe.strata[name]
    known = {value.casefold(): place for place, value in enumerate(stratum.values)}
    known |= {word.casefold(): stratum.values.index(value) for word, value in stratum.aliases.items()}
    cells = [cell.casefold() for cell in file.cells(stratum.column, f"strata.{name}")]
    hint = f"Known: {', '.join((*stratum.values, *stratum.aliases))}; name others in `aliases`, or as `missing`"
    file.add([row for row, cell in enumerate(cells) if cell and cell not in known], "stratum", f"the cell is no value of {name}", hint, stratum.column)
    return np.array([known.get(cell, -1) for cell in cells], dtype=np.intp)


def _ids(file: File, recipe: Recipe) -> None:
    if recipe.data.id is None:
        return
    first: dict[str, int] = {}
    nobody = {cell for cell in file.missing if not file.is_number(cell)}  # a number is a name, whatever it means elsewhere
    named = [(row, cell) for row, cell in enumerate(file.written(recipe.data.id, "data.id")) if cell not in nobody]
    twice = [row for row, cell in named if first.setdefault(cell, row) != row]
    hint = "A sample holds each child once: keep one of its rows; ranks and errors count them as different children"
    file.add(twice, "id_twice", "the child stands in an earlier row too", hint, recipe.data.id)


def _ages(file: File, recipe: Recipe, age: Floats) -> Rows:
    """Rows of children whose age the pack does not score."""
    rule = recipe.age
    if rule.use == "completed":
        hint = f'Give completed {rule.unit} as the pack counts them, or write `use = "exact"` in [age]'
        parts = np.flatnonzero(np.isfinite(age) & (age != np.floor(age))).tolist()
        file.add(parts, "age_whole", "the age is not whole, and the pack counts completed units", hint, recipe.data.age)
    outside = (age < rule.from_) | (age >= rule.below)
    share = outside.sum() / max(np.isfinite(age).sum(), 1)
    if outside.any() and (recipe.data.outside_ages == "refuse" or share > 0.5):
        unit = f"Is it in {rule.unit}? " if share > 0.5 else ""
        hint = f'{unit}The recipe is for {rule.from_:g} to below {rule.below:g} {rule.unit}: correct it, or write outside_ages = "leave_out" in [data]'
        file.add(np.flatnonzero(outside).tolist(), "age_range", "the age is outside the ages of the pack", hint, recipe.data.age)
    return outside


def _years_and_months(file: File, recipe: Recipe) -> None:
    """Ages such as 7.11 for 7 years 11 months: behind the mark stands 10 or 11, and nothing above it in the whole column."""
    column = recipe.data.age
    if recipe.age.unit != "years" or column not in file.header:
        return
    behind = [(row, re.split("[.,]", cell)[1]) for row, cell in enumerate(file.written(column, "")) if file.is_number(cell) and re.search("[.,]", cell)]
    two = [row for row, text in behind if text in ("10", "11")]
    if len(behind) >= MANY and two and all(len(text) <= 2 and text.isdigit() and int(text) <= 11 for _, text in behind):
        hint = "Where 7.11 stands for 7 years 11 months, write the age in months (95), or as a decimal number (7.92)"
        file.add(two, "years_months", "the ages look like years and months: nothing above 11 stands behind the mark", hint, column)


def _remarks(
    file: File, recipe: Recipe, age: Floats, weight: Floats, raw: dict[str, Floats], strata: dict[str, NDArray[np.intp]], outside: Rows
) -> list[str]:  # fmt: skip
    counted = [("no age", int(np.isnan(age).sum())), ("an age that the pack does not score", int(outside.sum()))]
    counted += [("no weight, or the weight 0", int((~(weight > 0)).sum()))] if recipe.data.weight else []
    counted += [(f"no value of {name}", int((codes < 0).sum())) for name, codes in strata.items()]
    counted += [(f"no raw score of {name}", int(np.isnan(values).sum())) for name, values in raw.items()]
    read = [f"{len(file.rows)} children in the file", *(["numbers are read with a decimal comma"] if file.decimal == "comma" else [])]
    return read + [f"left out: {n} with {what}" for what, n in counted if n] + _whole(recipe, age[np.isfinite(age)])


def _whole(recipe: Recipe, ages: Floats) -> list[str]:
    """What is to be said where ages that are called exact may be completed units."""
    rule, one = recipe.age, recipe.age.unit.removesuffix("s")
    if rule.use != "exact" or rule.unit == "days" or (ages != np.floor(ages)).any():
        return []
    return [f'all ages are whole: if they are completed {rule.unit}, the norms are half a {one} too old; write use = "completed" in [age]']


def _alike(data: Data, recipe: Recipe) -> None:
    """Raises UsageError for a scale on which nobody, or everybody alike, has a score."""
    issues, hint = [], "Is it the right column?"
    for scale in recipe.scales:
        raw = data.raw[scale.id][data.used & np.isfinite(data.age)]
        raw = raw[np.isfinite(raw)]
        if not raw.size:
            issues.append(Issue("column_empty", "no child with an age has a raw score", hint, data.source, field=scale.column))
        elif np.unique(raw).size < ALL_ALIKE:
            issues.append(Issue("all_alike", "all children have the same raw score: there is nothing to norm", hint, data.source, field=scale.column))
    if issues:
        raise UsageError(issues)
