"""Small invented packs, written to a directory and loaded as any other pack."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import otscore
from otscore.batch import Batch, ScaleArrays
from otscore.codes import STATUS_NAMES, flag_names
from otscore.engine import score

Row = Mapping[str, Any]

INSTRUMENT = {
    "schema": 1,
    "id": "toy",
    "name": "Toy",
    "summary": "Invented.",
    "informants": ["nobody"],
    "rights": "none",
}
MANIFEST = {
    "schema": 1, "instrument": "toy", "edition": "1", "version": "1.0.0", "title": "Toy", "status": "synthetic",
    "kind": "normed", "intended_use": "Tests only.", "licence": {"figures": "invented", "evidence": "invented"},
    "age": {"unit": "months", "convention": "decimal_365.25", "required": False},
    "norm_groups": [{"id": "default", "label": "Nobody"}], "default_group": "default",
}  # fmt: skip
ILLEGAL = "illegal"
"""Stands for an answer outside the legal set of its item."""
SOURCES = {"schema": 1, "sources": {"s": {"citation": "Invented for a test"}}}


def load(
    items: Sequence[Row],
    instrument: Row,
    manifest: Row | None = None,
    tables: Mapping[str, Sequence[Row]] | None = None,
    psychometrics: Sequence[Row] = (),
    **options: Any,
) -> otscore.Scorer:
    """Write a pack of these parts and load it with all its scales. A cell that is None is left empty."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for file, document in (
            ("instrument.toml", INSTRUMENT | dict(instrument)),
            ("pack.toml", MANIFEST | dict(manifest or {})),
            ("SOURCES.toml", SOURCES),
        ):
            (home / file).write_text("\n".join(f"{key} = {toml(value)}" for key, value in document.items()))
        (home / "tables").mkdir()
        for table, rows in (tables or {}).items():
            write_csv(home / "tables" / table, rows)
        write_csv(home / "items.csv", items)
        if psychometrics:
            write_csv(home / "psychometrics.csv", psychometrics)
        return otscore.Scorer.load(path=home, **({"scales": "all"} | options))


def toml(value: Any) -> str:
    """A value in TOML, tables in line; what is None is left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{json.dumps(key)} = {toml(part)}" for key, part in value.items() if part is not None)
            + "}"
        )
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value)


def write_csv(file: Path, rows: Sequence[Row]) -> None:
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def batch(
    scorer: otscore.Scorer,
    answers: Sequence[Mapping[str, float | None]],
    ages: Sequence[float | None] | None = None,
    strata: Mapping[str, Sequence[str | None]] | None = None,
) -> Batch:
    """A row per child; an answer, age or stratum that is None or not there is unknown. ILLEGAL is an illegal answer."""
    n, form = len(answers), scorer.form
    given = [[child.get(item) for item in form.items] for child in answers]
    cells = [[number(None if answer == ILLEGAL else answer) for answer in row] for row in given]
    illegal = np.array([[answer == ILLEGAL for answer in row] for row in given], dtype=np.bool_).reshape(n, len(form.items))
    age = np.array([number(value) for value in ages]) if ages is not None else np.full(n, np.nan)
    codes = {}
    for name in form.strata:
        values = form.pack.manifest.strata[name].values
        codes[name] = np.array(
            [np.nan if value is None else float(values.index(value)) for value in (strata or {})[name]]
        )
    responses = np.array(cells, dtype=np.float64).reshape(n, len(form.items))
    mask = illegal if illegal.any() else None
    return Batch(responses, age, age * 30.4375, np.full(n, np.nan), codes, illegal=mask)


def number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def scored(scorer: otscore.Scorer, *parts: Any) -> ScaleArrays:
    """The scores of these children; parts as for :func:`batch`."""
    return score(scorer.form, batch(scorer, *parts))


def column(scorer: otscore.Scorer, scale: str) -> int:
    return scorer.form.result_ids.index(scale)


def cell(found: ScaleArrays, name: str, row: int, place: int = 0) -> float | None:
    """One number of the result; None where it is absent."""
    value = float(getattr(found, name)[row, place])
    return None if np.isnan(value) else value


def status(found: ScaleArrays, row: int, place: int = 0) -> str:
    return STATUS_NAMES[found.status[row, place]]


def flags(found: ScaleArrays, row: int, place: int = 0) -> set[str]:
    """The flags of one result, by name."""
    return set(filter(None, flag_names(int(found.flags[row, place])).split(";")))


def band(scorer: otscore.Scorer, found: ScaleArrays, row: int, place: int = 0) -> str | None:
    number = int(found.band[row, place])
    return None if number < 0 else scorer.form.band_labels[place][number]


def assert_number(actual: float | None, expected: float | None, tolerance: float = 1e-12, what: str = "") -> None:
    """Both absent, or within the tolerance, relative above 1."""
    if expected is None or actual is None:
        assert actual is None and expected is None, f"{what}: {actual} instead of {expected}"
    else:
        assert abs(actual - expected) <= tolerance * max(1.0, abs(expected)), (
            f"{what}: {actual!r} instead of {expected!r}"
        )
