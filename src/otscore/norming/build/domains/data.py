"""Answers of the cohorts and published difficulties, from the files of a recipe."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from otscore.errors import Issue, UsageError
from otscore.norming.build.domains.recipe import DomainsRecipe, FileRecipe
from otscore.norming.fit.rasch.answers import Answers, from_long

DAYS_PER_YEAR = 365.25
BLANK = ("", "NA")


@dataclass(frozen=True, eq=False)
class Data:
    """What the files hold."""

    answers: Mapping[str, Answers]
    """By domain, as the data name it."""
    published: Mapping[str, float]
    """Difficulty by item."""
    items: Mapping[str, str]
    """Domain of each item."""


def read_data(recipe: DomainsRecipe, directory: Path) -> Data:
    """The data below a directory. Raises UsageError for a file that is not there or not the one of the recipe."""
    files = recipe.data
    age: dict[int, float] = {}
    cohort: dict[int, str] = {}
    for row in _rows(files.visits, directory):
        cohort[int(row["row"])] = row["dataset"].removeprefix(files.prefix)
        if row["agedays"] not in BLANK:
            age[int(row["row"])] = float(row["agedays"]) / DAYS_PER_YEAR
    items = {row["item"]: row["our_domain"] for row in _rows(files.domains, directory)}
    wanted = {domain.name for domain in recipe.domains}
    long: dict[str, tuple[list[int], list[str], list[float]]] = {name: ([], [], []) for name in wanted}
    for row in _rows(files.responses, directory):
        name = items.get(row["item"], "")
        if name in wanted:
            visits, codes, scores = long[name]
            visits.append(int(row["row"]))
            codes.append(row["item"])
            scores.append(float(row["score"]))
    published = {row["item"]: float(row["tau"]) for row in _rows(files.difficulties, directory) if row["tau"] not in BLANK}
    return Data({name: from_long(*columns, age, cohort) for name, columns in long.items()}, published, items)


def _rows(file: FileRecipe, directory: Path) -> Iterator[dict[str, str]]:
    path = directory / file.path
    try:
        content = path.read_bytes()
    except OSError:
        raise UsageError(Issue("no_file", "the data cannot be read", "Name the directory that the paths of the recipe count from", str(path))) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise UsageError(Issue("data_changed", "the file is not the one of the recipe", "Take that file, or write the new digest as sha256", str(path)))
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))
