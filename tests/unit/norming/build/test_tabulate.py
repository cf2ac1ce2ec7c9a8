"""From a model to a table: scores, open ends, repairs, percentiles, age equivalents."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from norming_made_up import Straight, recipe

from otscore.norming.build.tabulate import Tabulated, age_equivalents, tabulate


def made(model: Straight, **scale: Any) -> Tabulated:
    found = recipe(scale=scale)
    return tabulate(model, found.scales[0], found.age, {})


def scores(table: Tabulated, age_from: str) -> list[str]:
    return [row["score"] for row in table.rows if row["age_from"] == age_from]


def by_hand(raw: float, age: float) -> str:
    """T by hand: mean 2 age, SD 4, half up; at 3 SD the model ends, and tells no more than that much or beyond."""
    t = 50 + 10 * (raw - 2 * age) / 4
    return "<20" if t <= 20 else ">80" if t >= 80 else str(math.floor(t + 0.5))


def test_every_cell_by_hand() -> None:
    table = made(Straight())
    for start, age in (("5", 5.5), ("6", 6.5), ("7", 7.5)):
        assert scores(table, start) == [by_hand(raw, age) for raw in range(31)]
    assert len(table.rows) == 3 * 31
    assert table.repairs == [] and table.falls == [] and table.undefined == []
    assert table.rows[0] == {"scale": "hop", "age_from": "5", "age_to": "6", "raw": "0", "score": "23"}


def test_strata_stand_in_the_rows() -> None:
    found = recipe()
    assert {row["sex"] for row in tabulate(Straight(), found.scales[0], found.age, {"sex": "male"}).rows} == {"male"}


def test_the_limits_of_the_model_are_open_ends_too() -> None:
    """A model that tells no z beyond 1.5 has 35 and 65 as its last scores, whatever the recipe allows."""
    cells = scores(made(Straight(limits=(-1.5, 1.5))), "5")
    assert cells[0] == "<35" and cells[-1] == ">65"
    assert cells[11] == "50"


def test_a_dip_is_repaired_outwards_from_the_middle_and_said() -> None:
    def dip(z: np.ndarray, raw: np.ndarray) -> np.ndarray:
        return np.where((raw == 16) | (raw == 4), z - np.sign(raw - 10) * 0.9, z)

    table = made(Straight(bent=dip))
    cells = scores(table, "5")
    assert cells[16] == cells[15] == by_hand(15, 5.5)
    assert cells[4] == cells[5] == by_hand(5, 5.5)
    first = {(one.age, one.raw): (one.before, one.after) for one in table.repairs}
    assert first[5.5, 16.0] == (str(math.floor(50 + 10 * (16 - 11) / 4 - 9 + 0.5)), by_hand(15, 5.5))
    assert {raw for _, raw in first} == {4.0, 16.0}
    assert [int(cell.lstrip("<>")) for cell in cells] == sorted(int(cell.lstrip("<>")) for cell in cells)


def test_a_raw_score_that_the_model_leaves_open_has_none() -> None:
    table = made(Straight(bent=lambda z, raw: np.where(raw == 12, np.nan, z)))
    assert scores(table, "6")[12] == ""
    assert table.undefined == [(5.5, 12.0), (6.5, 12.0), (7.5, 12.0)]


def test_an_older_child_with_a_higher_score_is_said_and_left() -> None:
    table = made(Straight(slope=-2.0, start=24.0))
    assert scores(table, "6")[11] == "50" and scores(table, "5")[11] == "45"
    assert (6.5, 11.0, "45", "50") in [(one.age, one.raw, one.before, one.after) for one in table.falls]
    assert made(Straight(slope=-2.0, start=24.0), higher_is="less_able").falls == []


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ({"metric": "z", "decimals": 2, "limits": [-3, 3]}, "1.25"),
        ({"metric": "standard", "limits": [55, 145]}, "119"),
        ({"metric": "scaled", "limits": [1, 19]}, "14"),
        ({"metric": "stanine", "limits": [1, 9]}, "8"),
        ({"metric": "sten", "limits": [1, 10]}, "8"),
        ({"metric": "percentile", "limits": [1, 99]}, "89"),
        ({"metric": "custom", "mean": 500, "sd": 100, "limits": [200, 800]}, "625"),
    ],
)  # fmt: skip
def test_metrics_of_one_and_a_quarter(scale: dict[str, Any], expected: str) -> None:
    """Raw 16 at 5.5: z 1.25. 118.75 and 13.75 round up, 5 + 2.5 = 7.5 is stanine 8, 5.5 + 2.5 sten 8, Phi(1.25) 89.4 %."""
    assert scores(made(Straight(), **scale), "5")[16] == expected


def test_percentiles_come_from_z_before_it_is_rounded() -> None:
    table = made(Straight(), percentiles=True)
    row = next(row for row in table.rows if (row["age_from"], row["raw"]) == ("6", "14"))
    assert row["percentile"] == f"{100 * NormalDist().cdf((14 - 13) / 4):.0f}" == "60"
    assert row["score"] == "53"  # whose own percentile is 62
    assert table.rows[-1]["percentile"] == ">99.9"
    narrow = made(Straight(limits=(-1.5, 1.5)), percentiles=True).rows
    assert (narrow[0]["percentile"], narrow[-1]["percentile"]) == ("<7", ">93")


def test_age_equivalents_are_ages_of_the_median() -> None:
    """Median 2 age from 5 to 8 years: raw 12 at 72 months, 13 at 78; 9 and 17 lie beyond."""
    found = recipe()
    rows = age_equivalents(Straight(), found.scales[0], found.age, {})
    assert rows is not None
    cells = {row["raw"]: row["score"] for row in rows}
    assert {raw: cells[raw] for raw in ("9", "10", "12", "13", "16", "17")} == {"9": "<60", "10": "60", "12": "72", "13": "78", "16": "96", "17": ">96"}
    assert {row["scale"] for row in rows} == {"hop_age"}


def test_completed_years_are_half_a_year_older_on_average() -> None:
    """Median 2 age: 12 is that of the children of 6 completed years, who are 6.5 years old, 78 months, on average."""
    found = recipe(age={"use": "completed"})
    rows = age_equivalents(Straight(ages=(5.0, 7.0)), found.scales[0], found.age, {})
    assert rows is not None
    cells = {row["raw"]: row["score"] for row in rows}
    assert {raw: cells[raw] for raw in ("9", "10", "12", "13", "14", "15")} == {"9": "<66", "10": "66", "12": "78", "13": "84", "14": "90", "15": ">90"}


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ({"metric": "stanine", "limits": [1, 9]}, ["1", "1", "2", "8", "9", "9", "9"]),
        ({"metric": "stanine", "limits": [2, 8]}, ["<2", "<2", "2", "8", ">8", ">8", ">8"]),
        ({"metric": "sten", "limits": [1, 10]}, ["1", "2", "3", "9", "9", "10", "10"]),
    ],
)  # fmt: skip
def test_nothing_lies_beyond_the_last_stanine(scale: dict[str, Any], expected: list[str]) -> None:
    """At 5.5 z is (raw - 11) / 4: raw 0, 3, 5, 17, 18, 20, 26 are -2.75, -2, -1.5, 1.5, 1.75, 2.25, 3.75; stanine 9 begins at 1.75, sten 10 at 2."""
    cells = scores(made(Straight(), **scale), "5")
    assert [cells[raw] for raw in (0, 3, 5, 17, 18, 20, 26)] == expected


def test_no_age_equivalents_where_the_median_falls() -> None:
    found = recipe()
    assert age_equivalents(Straight(slope=-1.0, start=20.0), found.scales[0], found.age, {}) is None
