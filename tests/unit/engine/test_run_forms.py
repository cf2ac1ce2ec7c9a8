"""The rule of a scale from its words, with the places of sets, blocks and starting items."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from otscore.batch import Batch
from otscore.codes import Flag
from otscore.compile.runs import RunForm, run_form
from otscore.engine.runs import from_basal_to_ceiling
from otscore.errors import PackInvalid
from otscore.kernel.runs import RunRule
from otscore.pack.table import parse_table
from otscore.schema.runs import Runs

CODES = ("a", "b", "c", "d", "e")
START = b"age_from,age_to,item\n48,60,c\n36,48,a\n"


def form(**words: Any) -> RunForm:
    pack: Any = SimpleNamespace(tables={"start.csv": parse_table("start.csv", START)})
    return run_form(Runs(**words), CODES, pack)


def batch(points: list[list[float]], age: list[float]) -> Batch:
    unknown = np.full(len(age), np.nan)
    return Batch(np.array(points), np.array(age), unknown, unknown)


def test_what_is_left_out_stands_as_the_format_says() -> None:
    assert form(basal=3, ceiling=2).rule == RunRule(3, 2, 2, basal_within=3)
    assert form(basal=2).rule == RunRule(2, 0, 0, basal_within=2)
    assert form(ceiling=2, ceiling_within=4).rule == RunRule(0, 2, 4)


def test_the_places_of_sets_and_blocks() -> None:
    assert form(sets=[["a"], ["b", "c"], ["d", "e"]]).rule.set_starts == (0, 1, 3)
    assert form(basal=1, blocks=[["a", "b"], ["c", "d", "e"]]).rule.blocks == ((0, 2), (2, 5))


@pytest.mark.parametrize("words", [{"sets": [["a", "b"], ["c", "d"]]}, {"basal": 1, "blocks": [["b", "a"], ["c", "d", "e"]]}])
def test_sets_and_blocks_hold_every_item_in_order(words: dict[str, Any]) -> None:
    with pytest.raises(PackInvalid, match="every item of the scale once"):
        form(**words)


def test_a_starting_item_is_one_of_the_scale() -> None:
    pack: Any = SimpleNamespace(tables={"start.csv": parse_table("start.csv", START)})
    with pytest.raises(PackInvalid, match="an item that the scale does not have"):
        run_form(Runs(basal=1, start="start.csv"), ("a", "b"), pack)


def test_the_starting_item_of_an_age() -> None:
    start = form(basal=1, start="start.csv").start(np.array([36, 47.9, 48, 59.9, 60, 35, np.nan]))
    assert start is not None
    assert start.tolist() == [0, 0, 2, 2, -1, -1, -1]
    assert form(basal=1).start(np.array([40.0])) is None


def test_the_age_decides_whether_testing_started_late_and_nothing_else() -> None:
    answers = [[np.nan, 1, 1, 0, 0]] * 3
    flags = np.zeros(3, dtype=np.int32)
    runs = form(basal=2, ceiling=2, start="start.csv")
    points, discontinued = from_basal_to_ceiling(runs, np.array(answers), np.ones(5), batch(answers, [40, 50, np.nan]), flags)
    assert flags.tolist() == [Flag.START_ITEM_OTHER, 0, 0]
    assert points.tolist() == [[1, 1, 1, 0, 0]] * 3
    assert not discontinued.any()


def test_a_child_without_the_basal_that_is_needed_has_no_points() -> None:
    answers = [[1, 0, 1, 0, 0], [1, 1, 0, 0, 1]]
    flags = np.zeros(2, dtype=np.int32)
    runs = form(basal=2, ceiling=2, no_basal="unscored")
    points, discontinued = from_basal_to_ceiling(runs, np.array(answers, dtype=float), np.ones(5), batch(answers, [40, 40]), flags)
    assert np.isnan(points[0]).all()
    assert points[1].tolist() == [1, 1, 0, 0, 0]
    assert flags.tolist() == [Flag.NO_BASAL, 0]
    assert not discontinued.any()
