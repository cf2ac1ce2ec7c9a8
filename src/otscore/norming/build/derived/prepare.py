"""A preparation carried out: the rows that are kept, the columns that are made, one row for each child."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from otscore.errors import Issue, UsageError
from otscore.kernel.rounding import round_half_even, round_half_up
from otscore.norming.build.derived import columns
from otscore.norming.build.derived.columns import ChildrenRecipe, ItemsColumn
from otscore.norming.build.derived.recipe import AnswersRecipe, DerivedRecipe
from otscore.norming.build.derived.rows import Table, read_rows, read_table

Floats = NDArray[np.float64]


def prepared(recipe: DerivedRecipe, folder: Path, edition: Path) -> Table:
    """The children of a recipe. folder : of the raw data. edition : of the pack, whose instrument.toml names the items of its scales.

    Raises UsageError for a file that is missing or another one, a column that is missing, and a cell that is no number.
    """
    table = read_table(recipe.data, folder, recipe.data.missing)
    table = table.kept(table.meeting(recipe.data.rows))
    if not table.n:
        raise UsageError(Issue("rows", "no row is kept", "Correct `rows` in [data]", table.source))
    asked = [one for one in recipe.columns if isinstance(one, ItemsColumn)]
    answers = _answers(recipe.data.answers, folder, table, _items(asked, edition)) if recipe.data.answers and asked else {}
    for one in recipe.columns:
        if isinstance(one, ItemsColumn):
            table.parts[one.name] = RULES[one.rule](answers[one.scale])
            table.made[one.name] = table.parts[one.name].sum(axis=1)
        else:
            table.made[one.name] = MAKERS[one.how](one, table)
    return table if recipe.children is None else _one_row_each(recipe.children, table)


def _number(one: columns.NumberColumn, table: Table) -> Floats:
    values = table.numbers(one.of)
    found: Floats = ((np.abs(values) if one.absolute else values) + one.add) * one.times / one.divided_by
    return found if one.whole is None else ROUND[one.whole](found)


ROUND: dict[str, Callable[[Floats], Floats]] = {"half_up": round_half_up, "half_even": round_half_even}


def _recode(one: columns.RecodeColumn, table: Table) -> Floats:
    cells = table.text(one.of)
    known = {_worth(code): value for code, value in one.values.items()}
    return np.array([known.get(_worth(cell), np.nan) if cell else np.nan for cell in cells])


def _worth(code: str) -> float | str:
    try:
        return float(code)
    except ValueError:
        return code


def _greatest(one: columns.GreatestColumn, table: Table) -> Floats:
    table.parts[one.name] = parts = np.column_stack([table.numbers(name) for name in one.of])
    greatest: Floats = np.fmax.reduce(parts, axis=1)
    return greatest


def _sum(one: columns.SumColumn, table: Table) -> Floats:
    table.parts[one.name] = parts = np.column_stack([table.numbers(name) for name in one.of])
    total: Floats = parts.sum(axis=1)
    return total


def _choose(one: columns.ChooseColumn, table: Table) -> Floats:
    same = np.array([a == b for a, b in zip(*(table.text(name) for name in one.same), strict=True)])
    return np.where(same, table.numbers(one.then), table.numbers(one.otherwise))


MAKERS: dict[str, Callable[[Any, Table], Floats]] = {
    "number": _number, "recode": _recode, "greatest": _greatest, "sum": _sum, "choose": _choose,
}  # fmt: skip


def _items(asked: list[ItemsColumn], edition: Path) -> dict[str, list[str]]:
    """Items of the scales, in order."""
    file = next((place / "instrument.toml" for place in (edition, edition.parent) if (place / "instrument.toml").is_file()), None)
    if file is None:
        raise UsageError(Issue("no_file", "the pack has no instrument.toml, which names the items of its scales", "Write it first", str(edition)))
    known = {scale["id"]: list(scale.get("items", [])) for scale in tomllib.loads(file.read_text(encoding="utf-8")).get("scales", [])}
    if unknown := sorted({one.scale for one in asked} - set(known)):
        raise UsageError(Issue("scale_unknown", f"there is no scale {', '.join(unknown)}", f"Known: {', '.join(known)}", str(file)))
    return {one.scale: known[one.scale] for one in asked}


def _answers(recipe: AnswersRecipe, folder: Path, table: Table, items: dict[str, list[str]]) -> dict[str, Floats]:
    """Answers (n, k) to the k items of each scale, NaN where there is none."""
    rows = {cell: place for place, cell in enumerate(table.text(recipe.row))}
    places: dict[str, list[tuple[str, int]]] = {}
    for scale, codes in items.items():
        for place, code in enumerate(codes):
            places.setdefault(code, []).append((scale, place))
    found = {scale: np.full((table.n, len(codes)), np.nan) for scale, codes in items.items()}
    lines = read_rows(recipe, folder)
    header = next(lines, [])
    if missing := [name for name in (recipe.row, recipe.item, recipe.score) if name not in header]:
        raise UsageError(Issue("column_missing", f"there is no column {', '.join(missing)}", f"There are: {', '.join(header)}", str(folder / recipe.file)))
    row, item, score = (header.index(name) for name in (recipe.row, recipe.item, recipe.score))
    for line in lines:
        if line[row] in rows and line[item] in places and line[score] != "":
            for scale, place in places[line[item]]:
                found[scale][rows[line[row]], place] = float(line[score])
    return found


def _complete(answers: Floats) -> Floats:
    return np.where(np.isnan(answers).any(axis=1, keepdims=True), np.nan, answers)


def _window(answers: Floats) -> Floats:
    """Credit below the first answer, none above the last, between them the answer before."""
    given = np.isfinite(answers)
    place = np.arange(answers.shape[1])
    before = np.maximum.accumulate(np.where(given, place, -1), axis=1)
    points = np.where(before < 0, 1.0, np.take_along_axis(answers, np.maximum(before, 0), axis=1))
    last = np.where(given, place, -1).max(axis=1, keepdims=True)
    return np.where(last < 0, np.nan, np.where(place > last, 0.0, points))


RULES = {"complete": _complete, "window": _window}


def _one_row_each(recipe: ChildrenRecipe, table: Table) -> Table:
    """One row for each child, in the order in which they first stand there."""
    keys = table.text(recipe.by)
    first: dict[str, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    number = {key: place for place, key in enumerate(first)}
    child = np.array([number[key] for key in keys], dtype=np.intp)
    rows = list(first.values())
    cells = {recipe.by: list(first)} | {name: [table.text(name)[row] for row in rows] for name in recipe.first}
    for name in recipe.first:
        wrong = [row for row, cell in enumerate(table.text(name)) if cell != cells[name][child[row]]]
        if wrong:
            hint = "`first` is for what is the same in all rows of a child"
            raise UsageError(Issue("child_differs", "the rows of a child differ", hint, table.source, row=wrong[0] + 1, field=name, count=len(wrong)))
    made = {}
    for name in recipe.mean:
        values = table.numbers(name)
        known = np.isfinite(values)
        count = np.bincount(child[known], minlength=len(rows))
        with np.errstate(invalid="ignore"):
            made[name] = np.bincount(child[known], values[known], minlength=len(rows)) / count
    return Table(table.source, cells, made)

