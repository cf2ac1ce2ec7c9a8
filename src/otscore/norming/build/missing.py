"""Cells that mean no value, and may be a value just as well: an age, or a raw score that can occur."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from otscore.norming.build.file import File
from otscore.norming.build.recipe import Recipe


def clashes(file: File, recipe: Recipe) -> None:
    """Adds an issue for every code among the ages or raw scores that is an age of the pack, or within the range of the scale.

    Without it the children of one month, or with one raw score, would go missing, and the norms be those of the others.
    """
    age = recipe.age
    hint = "If it means no raw score, name it in `missing` of the scale; if it means no age, write nothing into these cells"
    _clash(file, recipe.data.age, recipe.data.missing, lambda number: age.from_ <= number < age.below, "an age that the pack scores", hint)
    for scale in recipe.scales:
        low, high = scale.range
        hint = f"Raw scores of {scale.id} run from {low:g} to {high:g}: correct `range`, or write nothing into the cells that mean no raw score"
        codes = (*recipe.data.missing, *scale.missing)
        _clash(file, scale.column, codes, lambda number, low=low, high=high: low <= number <= high, "a raw score that can occur", hint)  # type: ignore[misc]


def _clash(file: File, column: str, codes: Iterable[str], possible: Callable[[float], bool], what: str, hint: str) -> None:
    if column not in file.header:
        return  # said already
    cells = file.written(column, "")
    for code in dict.fromkeys(codes):
        if file.is_number(code) and possible(file.number(code)):
            rows = [row for row, cell in enumerate(cells) if cell == code]
            file.add(rows, "missing_code", f"{code} is said to mean no value, and is {what}", hint, column)
