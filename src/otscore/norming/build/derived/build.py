"""The derived tables of a pack carried out: written, or compared with those that are there."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.rounding import round_half_up
from otscore.norming.build.compare import differences
from otscore.norming.build.derived.parts import figures
from otscore.norming.build.derived.prepare import prepared
from otscore.norming.build.derived.recipe import DerivedRecipe, TableRecipe, derived_recipe
from otscore.norming.build.derived.rows import Table
from otscore.norming.build.folder import raw_data
from otscore.norming.write import write_text

Say = Callable[[str], None]
Codes = dict[str, NDArray[np.intp]]


@dataclass(frozen=True)
class Derived:
    """The tables of a pack as computed. directory : of the edition. files : path below it = text."""

    directory: Path
    files: dict[str, str]

    def differences(self) -> list[str]:
        """A line for each cell in which the pack that is there is another."""
        return list(differences(self.files, self.directory))

    def write(self) -> None:
        """Write the tables; the other files of the pack stay as they are."""
        for name, text in self.files.items():
            write_text(self.directory / name, text)


def derive(document: dict[str, Any], path: Path, data: Path | None, say: Say = lambda text: None) -> Derived:
    """The tables that a recipe, which lies in the folder ``recipe`` of its pack, makes of raw data.

    data : the folder of raw data, or the one above ``microdata``; left out, what OTSCORE_REFERENCE names. Raises UsageError for what
    is wrong with recipe or data, and where there is no pack around the recipe.
    """
    recipe, edition = derived_recipe(document, path), path.absolute().parent.parent
    if path.absolute().parent.name != "recipe" or not (edition / "pack.toml").is_file():
        hint = "Lay it into the pack whose tables it makes: INSTRUMENT/EDITION/recipe/recipe.toml"
        raise UsageError(Issue("no_pack", "the recipe makes tables of a pack, and lies in none", hint, str(path)))
    children = prepared(recipe, raw_data(data, path), edition)
    say(f"{edition.parent.name}@{edition.name}: {children.n} rows")
    directory = edition if path.is_absolute() else Path(os.path.relpath(edition))
    return Derived(directory, {table.file: _text(recipe, table, children, say) for table in recipe.tables})


def _text(recipe: DerivedRecipe, table: TableRecipe, children: Table, say: Say) -> str:
    """A table as CSV."""
    say(f"making {table.file}")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(row, name, table) for name in table.columns] for row in _rows(recipe, table, children))
    return out.getvalue()


def _rows(recipe: DerivedRecipe, table: TableRecipe, children: Table) -> Iterator[dict[str, Any]]:
    """Cells by column, in the order of parts, scales, strata and ages."""
    age = children.numbers(recipe.age)
    weight = np.ones(children.n) if recipe.weight is None else children.numbers(recipe.weight)
    codes = {name: _codes(recipe, name, children) for name in table.strata}
    for part in table.parts:
        kept = children.meeting(part.rows)
        for scale, *strata in product(part.scales, *(recipe.strata[name].values for name in table.strata)):
            chosen = kept
            for name, value in zip(table.strata, strata, strict=True):
                chosen = chosen & (codes[name] == recipe.strata[name].values.index(value))
            keys: dict[str, Any] = {"scale": scale, **dict(zip(table.strata, strata, strict=True))}
            yield from (keys | row | table.same for row in figures(part, scale, children, age, weight, chosen))


def _codes(recipe: DerivedRecipe, name: str, children: Table) -> NDArray[np.intp]:
    """Place of each child's value (n,), -1 where there is none."""
    stratum = recipe.strata[name]
    known = {value.casefold(): place for place, value in enumerate(stratum.values)}
    known |= {word.casefold(): stratum.values.index(value) for word, value in stratum.aliases.items()} | {"": -1}
    cells = [cell.casefold() for cell in children.text(stratum.column)]
    if wrong := [row for row, cell in enumerate(cells) if cell not in known]:
        hint = f"Known: {', '.join((*stratum.values, *stratum.aliases))}; name others in `aliases`, or as `missing`"
        message = f"the cell is no value of {name}"
        raise UsageError(Issue("stratum", message, hint, children.source, row=wrong[0] + 1, field=stratum.column, count=len(wrong)))
    return np.array([known[cell] for cell in cells], dtype=np.intp)


def _cell(row: dict[str, Any], name: str, table: TableRecipe) -> str:
    """A figure with as many places as the recipe says, zeros at the end left out."""
    if name not in row:
        hint = f"There are: {', '.join(row)}"
        raise UsageError(Issue("column_unknown", f"nothing is computed for the column {name}", hint, table.file))
    value, places = row[name], table.decimals.get(name, 0)
    if isinstance(value, str):
        return value
    if np.isnan(value):
        return ""
    text = f"{float(round_half_up(value, places)):.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text
