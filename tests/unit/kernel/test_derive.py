"""Raw scores to derived scores: the edges of tables, ranges, cells and cut scores."""

from __future__ import annotations

import numpy as np

from otscore.codes import Status
from otscore.kernel import derive
from otscore.kernel.stratum import Bands, StratumKey

NAN = np.nan


def places(*rows: int) -> np.ndarray:
    return np.array(rows, dtype=np.intp)


def test_a_table_is_read_at_whole_raw_scores_within_it() -> None:
    table = np.array([[10.0, 11, NAN], [20, 21, 22]])
    raw = np.array([4.0, 5, 6, 7, 3, 4.5, NAN, 4])
    row = places(0, 0, 0, 0, 0, 0, 0, -1)
    np.testing.assert_array_equal(derive.lookup(raw, row, 4.0, table), [10, 11, NAN, NAN, NAN, NAN, NAN, NAN])


def test_ranges_know_their_closed_side() -> None:
    starts, stops = [np.array([-np.inf, 7.0])], [np.array([6.0, 20.0])]
    measure = np.array([-9.0, 6, 6.5, 7, 20, 20.5, NAN])
    row = places(*[0] * 7)
    np.testing.assert_array_equal(
        derive.range_place(measure, row, starts, stops, closed=True), [0, 0, -1, 1, 1, -1, -1]
    )
    np.testing.assert_array_equal(
        derive.range_place(measure, row, starts, stops, closed=False), [0, -1, -1, 1, -1, -1, -1]
    )


def test_cells_begin_at_their_anchor() -> None:
    percents, values = np.array([5.0, 50, 95]), np.array([[1.0, 2, 9], [1, NAN, 9]])
    low, high = derive.percentile_cells(np.array([0.9, 1, 2, 9, NAN, 2]), places(0, 0, 0, 0, 0, 1), percents, values)
    np.testing.assert_array_equal(low, [0, 5, 50, 95, NAN, NAN])
    np.testing.assert_array_equal(high, [5, 50, 95, 100, NAN, NAN])


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
