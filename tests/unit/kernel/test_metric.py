from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel import metric


@given(st.floats(-6, 6), st.floats(-500, 500), st.floats(0.1, 200))
def test_scores_and_z_are_inverses(z: float, mean: float, sd: float) -> None:
    score = float(metric.score_from_z(z, mean, sd))
    assert metric.z_from_score(score, mean, sd) == pytest.approx(z, abs=1e-9)
    there = metric.rescale(score, mean, sd, 100, 15)
    assert metric.rescale(there, 100, 15, mean, sd) == pytest.approx(score, abs=1e-9, rel=1e-9)


@given(st.floats(-5, 5))
def test_percentile_and_z_are_inverses(z: float) -> None:
    assert metric.z_from_percentile(metric.percentile_from_z(z)) == pytest.approx(z, abs=1e-9)


def test_undefined_is_nan() -> None:
    assert np.isnan(metric.z_from_score(1, 0, [0, -1, np.nan])).all()
    assert np.isnan(metric.stanine_from_z(np.nan)) and np.isnan(metric.sten_from_z(np.nan))
    assert np.isnan(metric.z_from_percentile([-1, 101])).all()
    assert np.isnan(metric.pomp(1, 1, 1)) and np.isnan(metric.percentile_rank_mid(np.nan, [1], [1]))


def test_stanines_and_stens_at_their_edges() -> None:
    z = np.array([-9, -1.75, -0.25, 0, 0.25, 1.75, 9])
    np.testing.assert_array_equal(metric.stanine_from_z(z), [1, 2, 5, 5, 6, 9, 9])
    np.testing.assert_array_equal(metric.stanine_by_round(z), metric.stanine_from_z(z))
    np.testing.assert_array_equal(metric.sten_from_z([-9, -2, 0, 0.49, 0.5, 2, 9]), [1, 2, 6, 6, 7, 10, 10])


def test_nce_meets_percentiles_at_three_points() -> None:
    np.testing.assert_allclose(metric.nce_from_percentile([1, 50, 99]), [1, 50, 99], atol=1e-12)


def test_three_percentile_ranks_of_one_table() -> None:
    table = ([10, 12, 13], [1, 2, 1])
    raw = [9, 10, 11, 12, 13, 14]
    np.testing.assert_array_equal(metric.percentile_rank_below(raw, *table), [0, 0, 25, 25, 75, 100])
    np.testing.assert_array_equal(metric.percentile_rank_at_or_below(raw, *table), [0, 25, 25, 75, 100, 100])
    np.testing.assert_array_equal(metric.percentile_rank_mid(raw, *table), [0, 12.5, 25, 50, 87.5, 100])


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (0.0, "<0.1"),
        (0.0499, "<0.1"),
        (0.05, "0.1"),
        (0.949, "0.9"),
        (0.95, "1"),
        (1.5, "2"),
        (50, "50"),
        (99.49, "99"),
        (99.5, "99.5"),
        (99.949, "99.9"),
        (99.95, ">99.9"),
        (100, ">99.9"),
        (np.nan, ""),
    ],
)
def test_percentile_text(percent: float, text: str) -> None:
    assert metric.percentile_text(percent) == text
    assert metric.percentile_text([percent, 50.0])[0] == text


def test_ordinal_suffix() -> None:
    n = [0, 1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 23, 101, 111, 112]
    expected = ["th", "st", "nd", "rd", "th", "th", "th", "th", "th", "st", "nd", "rd", "st", "th", "th"]
    assert metric.ordinal_suffix(n).tolist() == expected
    assert metric.ordinal_suffix(1) == "st"
