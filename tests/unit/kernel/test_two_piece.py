"""Two-piece norms: worked by hand, against the plain version, there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_twin import two_piece as slow

from otscore.kernel.two_piece import two_piece_value, two_piece_z

NAN = np.nan
SDS = st.floats(0.1, 50) | st.sampled_from([0.0, -1.0, NAN])


@pytest.mark.filterwarnings("error")
def test_z_by_hand() -> None:
    """Median 20, SD 4 below and 8 above: 12 lies two of the lower, 36 two of the upper SDs away."""
    np.testing.assert_array_equal(two_piece_z([12, 16, 20, 24, 36, NAN], 20, 4, 8), [-2, -1, 0, 0.5, 2, NAN])
    np.testing.assert_array_equal(two_piece_value([-2, -1, 0, 0.5, 2, NAN], 20, 4, 8), [12, 16, 20, 24, 36, NAN])


@pytest.mark.filterwarnings("error")
def test_only_the_sd_of_the_side_is_needed() -> None:
    """At the floor of a test the median is the lowest score, and nobody lies below."""
    np.testing.assert_array_equal(two_piece_z([-1, 0, 2], 0, [0, NAN, 0], 4), [NAN, 0, 0.5])
    np.testing.assert_array_equal(two_piece_z([1, 2, 3], 3, 2, NAN), [-1, -0.5, 0])
    np.testing.assert_array_equal(two_piece_z([2, 4, 3], NAN, 1, 1), [NAN, NAN, NAN])
    np.testing.assert_array_equal(two_piece_value([-1, 1, 0], 3, -2, [1, 0, NAN]), [NAN, NAN, 3])


@given(st.floats(-100, 100), st.floats(-100, 100), SDS, SDS)
def test_against_the_plain_version(y: float, median: float, below: float, above: float) -> None:
    plain = [None if math.isnan(sd) else sd for sd in (below, above)]
    for mine, slowly in ((two_piece_z, slow.two_piece_z), (two_piece_value, slow.two_piece_value)):
        expected = slowly(y, median, *plain)
        np.testing.assert_array_equal(mine(y, median, below, above), NAN if expected is None else expected)


@given(st.floats(-6, 6), st.floats(0, 100), st.floats(0.5, 50), st.floats(0.5, 50))
def test_there_and_back(z: float, median: float, below: float, above: float) -> None:
    assert two_piece_z(two_piece_value(z, median, below, above), median, below, above) == pytest.approx(z, abs=1e-12)
    assert np.diff(two_piece_value(np.linspace(-5, 5, 41), median, below, above)).min() > 0


def test_equal_sds_are_the_normal_curve() -> None:
    y = np.linspace(-30, 70, 31)
    np.testing.assert_array_equal(two_piece_z(y, 20, 5, 5), (y - 20) / 5)
