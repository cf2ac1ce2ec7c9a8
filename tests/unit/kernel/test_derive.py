"""Raw scores to derived scores: the edges of tables, ranges, cells and cut scores."""

from __future__ import annotations

import numpy as np
import pytest
from unit.engine.drawing import ONE_ITEM, ONE_SCALE
from unit.engine.toy_packs import load

from otscore.codes import Status
from otscore.compile.tables import Cells
from otscore.kernel import derive
from otscore.kernel.stratum import Bands, StratumKey
from otscore.pack.layout import edges
from otscore.pack.table import Table

NAN = np.nan


def places(*rows: int) -> np.ndarray:
    return np.array(rows, dtype=np.intp)


def test_a_table_is_read_at_whole_raw_scores_within_it() -> None:
    table = np.array([[10.0, 11, NAN], [20, 21, 22]])
    raw = np.array([4.0, 5, 6, 7, 3, 4.5, NAN, 4])
    row = places(0, 0, 0, 0, 0, 0, 0, -1)
    np.testing.assert_array_equal(derive.lookup(raw, row, 4.0, table), [10, 11, NAN, NAN, NAN, NAN, NAN, NAN])


def test_ranges_begin_with_their_start_and_end_before_their_stop() -> None:
    starts, stops = [np.array([-np.inf, 7.0]), np.array([0.0])], [np.array([6.0, 20.0]), np.array([np.inf])]
    measure = np.array([-9.0, np.nextafter(6, 0), 6, 6.5, 7, np.nextafter(20, 0), 20, NAN, 6, -1, 0, 1e300, 7])
    row = places(*[0] * 8, 1, 1, 1, 1, -1)
    np.testing.assert_array_equal(
        derive.range_place(measure, row, starts, stops), [0, 0, -1, -1, 1, 1, -1, -1, 0, -1, 0, 0, -1]
    )


@pytest.mark.parametrize(
    ("low", "high", "inside"),
    [
        ("raw_min", "raw_max", (True, True)),
        ("raw_from", "raw_below", (True, False)),
        ("raw_from", "raw_upto", (True, True)),
        ("raw_above", "raw_upto", (False, True)),
        ("raw_above", "raw_below", (False, False)),
    ],
)
def test_printed_ends_are_compiled_to_the_side_they_stand_for(low: str, high: str, inside: tuple[bool, bool]) -> None:
    """The two ends themselves, their neighbours on both sides, and a range that is open."""
    table = Table("t.csv", {low: ("2.5", ""), high: ("6", "1")}, (2, 3))
    start, stop = edges(table)
    order = np.argsort(start)
    at = np.array([np.nextafter(2.5, 0), 2.5, np.nextafter(2.5, 9), np.nextafter(6, 0), 6, np.nextafter(6, 9), -1e300, 1])
    found = derive.range_place(at, places(*[0] * 8), [start[order]], [stop[order]])
    held = [-1, 1 if inside[0] else -1, 1, 1, 1 if inside[1] else -1, -1, 0, 0 if inside[1] else -1]
    np.testing.assert_array_equal(found, held)


def test_cells_begin_at_their_anchor_and_join_over_an_empty_one() -> None:
    rows = [{"sex": "boy", "p05": 1, "p50": 2, "p95": 9}, {"sex": "girl", "p05": 1, "p50": None, "p95": 9}]
    norm = {"scales": ["s"], "method": "percentile_cells", "table": "norms.csv", "strata": ["sex"]}
    scorer = load(ONE_ITEM, ONE_SCALE, {"norms": [norm], "strata": {"sex": {"values": ["boy", "girl"]}}}, {"norms.csv": rows})
    compiled = scorer.form.scales[0].norm
    assert compiled is not None and isinstance(compiled.arrays, Cells)
    ranges = compiled.arrays.ranges
    measure, row = np.array([0.9, 1, 1.9, 2, 9, 1e9, NAN, 0, 2, 9]), places(*[0] * 7, 1, 1, 1)
    found = derive.range_place(measure, row, ranges.starts, ranges.stops)
    words = [None if place < 0 else compiled.labels[ranges.printed.band[group, place]] for place, group in zip(found, row, strict=True)]
    expected = ["below_p05", "p05_to_p50", "p05_to_p50", "p50_to_p95", "from_p95", "from_p95", None, "below_p05", "p05_to_p95", "from_p95"]
    assert words == expected


def test_between_anchors_the_percentile_is_on_a_line() -> None:
    percents = np.array([5.0, 50, 95])
    values = np.array([[1.0, 2, 9], [2, 2, 9], [1, NAN, 9]])
    measure, row = np.array([0.9, 1, 1.5, 9, 9.1, 2, 5, NAN]), places(0, 0, 0, 0, 0, 1, 2, 0)
    found = derive.percentile_interpolated(measure, row, percents, values)
    np.testing.assert_array_equal(found, [NAN, 5, 27.5, 95, NAN, 50, NAN, NAN])


def test_a_cut_score_belongs_to_the_band_above_it() -> None:
    np.testing.assert_array_equal(
        derive.band_of(np.array([1.9, 2, 2.5, 9, NAN]), np.array([2.0, 2.5])), [0, 1, 2, 2, -1]
    )


def test_an_age_band_ends_before_its_end() -> None:
    bands = Bands(np.array([12.0, 30.0]), np.array([24.0, 36.0]), places(7, 3))
    row, status = bands.find(np.array([11.9, 12, np.nextafter(24, 0), 24, 30, 36, NAN]))
    np.testing.assert_array_equal(row, [-1, 7, 7, -1, 3, -1, -1])
    why = (Status.BELOW_AGE, Status.OK, Status.OK, Status.NOT_NORMED, Status.OK, Status.ABOVE_AGE, Status.AGE_MISSING)
    np.testing.assert_array_equal(status, why)


def test_strata_are_counted_in_the_order_of_their_names() -> None:
    key = StratumKey(("sex", "hand"), (2, 3))
    row, status = key.combine({"sex": np.array([0.0, 1, NAN, 1]), "hand": np.array([2.0, 0, 1, NAN])}, 4)
    np.testing.assert_array_equal(row, [2, 3, -1, -1])
    np.testing.assert_array_equal(status, [Status.OK, Status.OK, Status.STRATUM_MISSING, Status.STRATUM_MISSING])
    row, status = key.combine({"sex": np.array([0.0])}, 1)
    assert row[0] == -1 and status[0] == Status.STRATUM_MISSING
