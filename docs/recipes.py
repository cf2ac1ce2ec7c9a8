"""What the recipe of a pack tells beyond its notices, for the page of the pack: passages, and tables of the files beside the recipe."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tables import table

from otscore.norming.fit.rasch.held_out import MEAN_WITHIN, SD_WITHIN
from otscore.norming.fit.rasch.same_test import CLOSE
from otscore.pack import Pack

Rows = list[dict[str, str]]
CELL = ("scale", "cohort", "months", "visits", "items", "mean z (SE)", "SD of z")


def recipe_section(pack: Pack) -> Iterator[str]:
    """Lines of the page; none where the recipe has no ``details``."""
    folder = Path(pack.home) / "recipe"
    details = _details(folder)
    if not details:
        return
    yield from ("### How it was made, and how far it holds", "")
    for detail in details:
        yield from (f"**{detail['title']}.** {detail['text'].strip()}", "")
    for name, told in TABLES.items():
        if (folder / name).is_file():
            yield from told(_rows(folder / name))
            yield ""


def _details(folder: Path) -> list[dict[str, str]]:
    file = folder / "recipe.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")).get("details", []) if file.is_file() else []


def _rows(file: Path) -> Rows:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _held_out(rows: Rows) -> Iterator[str]:
    count = Counter(row["verdict"] for row in rows)
    within, checked = f"mean z within {MEAN_WITHIN} of 0 and its SD within {SD_WITHIN} of 1", [row for row in rows if row["verdict"] != "fit"]
    mean, sd = ([float(row[name]) for row in checked] for name in ("mean_z", "sd_z"))
    yield (
        f"**Checked in cohorts left out of the fit.** Of {len(checked)} cells of domain, cohort and third of the ages {count['ok']} are *ok*: {within}. "
        f"{count['cohort']} more are of the *cohort*: the plain totals of the same test at the same age, without difficulties, prior or curve, show the same "
        f"difference from a cohort of the fit (mean within {CLOSE} SD, ratio of the SDs within {CLOSE}). So it lies in the cohorts - their children, "
        f"examiners and translation - and not in the scale. {count['open']} are *open*: no cohort of the fit had the same test at these ages, or its totals "
        f"say otherwise, and cohort and scale cannot be told apart. Differences are in SDs of z. Mean z runs from {min(mean):.2f} to {max(mean):.2f}, its SD "
        f"from {min(sd):.2f} to {max(sd):.2f}."
    )
    yield from ("", table((*CELL, "verdict", "why"), [(*_cell(row), row["verdict"], _why(row)) for row in checked]), "")
    yield from ("The cohorts of the fit themselves; the norm lies between them:", "", table(CELL, [_cell(row) for row in rows if row["verdict"] == "fit"]))


def _cell(row: dict[str, str]) -> tuple[str, ...]:
    months = f"{row['months_from']} to {row['months_to']}"
    return f"`{row['scale']}`", row["cohort"], months, f"{int(row['visits']):,}", row["mean_items"], f"{row['mean_z']} ({row['se_z']})", row["sd_z"]


def _why(row: dict[str, str]) -> str:
    if row["verdict"] == "ok":
        return "as in the norms"
    if not row["test"]:
        return "no cohort of the fit had the same test at these ages"
    start = "as on plain totals" if row["verdict"] == "cohort" else "plain totals say otherwise"
    return (
        f"{start}: {row['test']}, less {row['beside']}: z {row['difference_z']}, totals {row['difference_raw']}; "
        f"SD times {row['ratio_z']}, {row['ratio_raw']}"
    )


def _two_tests(rows: Rows) -> Iterator[str]:
    yield (
        "**Two tests of the same child.** Children of the fit who were given two tests of a domain on one day: correlation of z by one with z by the other within "
        "the age, over all pairs of tests; and how far the mean z of two tests are apart at most."
    )
    found = [(f"`{row['scale']}`", f"{row['months_from']} to {row['months_to']}", row["pairs"], row["correlation"], row["largest_difference"]) for row in rows]
    yield from ("", table(("scale", "months", "children times pairs", "correlation", "largest difference"), found))


def _items(rows: Rows) -> Iterator[str]:
    yield "**Items.** An item counts with enough answers and a fit that is good enough (`recipe/recipe.toml`); each stands in `recipe/items.csv`."
    found = []
    for scale in dict.fromkeys(row["scale"] for row in rows):
        tried = [row for row in rows if row["scale"] == scale]
        counts = [row for row in tried if row["counts"] == "yes"]
        published = sum(row["published"] == "yes" for row in counts)
        found.append((f"`{scale}`", str(len(tried)), str(len(counts)), str(published), str(len(counts) - published)))
    yield from ("", table(("scale", "tried", "count", "by published difficulty", "estimated by us"), found))


TABLES: dict[str, Callable[[Rows], Iterator[str]]] = {"items.csv": _items, "two_tests.csv": _two_tests, "held_out.csv": _held_out}
