"""Norm tables of the vectors as small packs, put before ``otscore.check``."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from otscore.check import check_directory
from otscore.errors import Issue

INSTRUMENT = """schema = 1
id = "vector"
name = "Vector"
summary = "A norm table of the vectors."
informants = ["nobody"]
rights = "None."
scales = [{{ id = "s", domain = "general", items = ["i"] }}]

[options.points]
legal = {legal}
"""
MANIFEST = """schema = 1
instrument = "vector"
edition = "1"
version = "1.0.0"
title = "A norm table of the vectors"
status = "synthetic"
kind = "normed"
intended_use = "Tests only."
licence = {{ figures = "invented", evidence = "invented" }}
age = {{ unit = "months", convention = "days", from = {low}, below = {high} }}
norm_groups = [{{ id = "default", label = "Nobody" }}]
default_group = "default"

[[norms]]
scales = ["s"]
method = "ranges"
table = "norms.csv"
metric = "scaled"
score_limits = [{score_min}, {score_max}]
"""
SOURCES = """schema = 1
sources = { vectors = { citation = "The vector file of the reference" } }

[[tables]]
file = "tables/norms.csv"
source = "vectors"
place = "inputs"
read = "2026-01-01"
transcribed = "by script"
checked = "by script"
"""
CASE = "case,age,birth_date,assessment_date,sex,responses,scale,raw,ability,sem,score,percentile,band,status,tolerance,source\n"


def findings_of_norm_table(inputs: dict[str, Any]) -> list[str]:
    """What the checker finds in the table, in the words of the vectors.

    The table becomes a pack of one item that earns ``raw_min`` to ``raw_max`` points, with the ranges of each age band as they stand,
    and one case, taken from the first row, because the checker asks for one.
    """
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "vector" / "1"
        home.mkdir(parents=True)
        write_pack(home, inputs)
        return sorted({in_vector_words(issue, inputs) for issue in check_directory(home)})


def write_pack(home: Path, inputs: dict[str, Any]) -> None:
    bands, legal = inputs["bands"], [float(raw) for raw in range(inputs["raw_min"], inputs["raw_max"] + 1)]
    (home / "instrument.toml").write_text(INSTRUMENT.format(legal=legal), encoding="utf-8")
    ends = {"low": bands[0]["lo"], "high": bands[-1]["hi"]}
    (home / "pack.toml").write_text(MANIFEST.format(**ends, **inputs), encoding="utf-8")
    (home / "SOURCES.toml").write_text(SOURCES, encoding="utf-8")
    (home / "items.csv").write_text("item,options,domain\ni,points,general\n", encoding="utf-8")
    low, _, score = bands[0]["rows"][0]
    case = f"first,{bands[0]['lo']},,,,i={low},s,{low},,,{score},,,,0,the first row\n"
    (home / "cases.csv").write_text(CASE + case, encoding="utf-8")
    (home / "tables").mkdir()
    with (home / "tables" / "norms.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["age_from", "age_to", "raw_min", "raw_max", "score"])
        writer.writerows([band["lo"], band["hi"], *row] for band in bands for row in band["rows"])


WORDS = {"monotone_raw": "not_monotone_raw", "age_gap": "age_gap", "score_limits": "score_out_of_bounds"}


def in_vector_words(issue: Issue, inputs: dict[str, Any]) -> str:
    """The checker has one rule for raw scores that are in no row; the vectors tell those between rows from those beside them."""
    if issue.code != "raw_gap":
        return WORDS.get(issue.code, issue.code)
    missing = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", raw_scores_named(issue.message))]
    assert missing, issue.message
    rows = [row for band in inputs["bands"] for row in band["rows"]]
    return "raw_gap" if any(between(number, rows) for number in missing) else "raw_coverage"


def raw_scores_named(message: str) -> str:
    """The part of the finding that lists raw scores: "no row holds a raw score of 2, 3 of scale s (ages 48 to 54)"."""
    return message.partition("no row holds a raw score of ")[2].partition(" of scale ")[0]


def between(raw: float, rows: Iterable[list[float]]) -> bool:
    return min(row[0] for row in rows) < raw < max(row[1] for row in rows)
