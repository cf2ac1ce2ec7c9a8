"""The base pack ``vorpal`` has worked cases of its own, so that a fault of the library cannot hide in them."""

from __future__ import annotations

import csv

import pytest
from bad_packs.vorpal_by_twin import COLUMNS, HOME, lines

NUMBERS = ("raw", "ability", "sem", "score", "percentile", "z", "ci_low", "ci_high")


def test_the_cases_are_what_the_slow_twins_say() -> None:
    with (HOME / "cases.csv").open(encoding="utf-8", newline="") as text:
        written = list(csv.DictReader(text))
    expected = lines()
    assert [row["case"] + row["scale"] for row in written] == [row["case"] + row["scale"] for row in expected]
    for row, twin in zip(written, expected, strict=True):
        for name in COLUMNS:
            if name in NUMBERS and twin[name] and row[name]:
                assert float(row[name]) == pytest.approx(float(twin[name]), rel=1e-12, abs=1e-12), (row["scale"], name)
            else:
                assert row[name] == twin[name], (row["scale"], name)


def test_every_mechanism_has_a_result_in_some_case() -> None:
    scored = {row["scale"] for row in lines() if not row["status"]}
    assert scored == {row["scale"] for row in lines()}
