"""Acuity in octaves: one octave is a doubling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel.octaves import octaves_value, octaves_z


@pytest.mark.filterwarnings("error")
def test_a_doubling_is_one_octave() -> None:
    """Mean 6.5 cycles per degree, SD half an octave: 13 stands 2 SD above it, 3.25 2 SD below."""
    z = octaves_z(np.array([6.5, 13, 3.25, 0, -1, np.nan]), np.log2(6.5) * np.ones(6), np.full(6, 0.5))
    np.testing.assert_allclose(z, [0, 2, -2, np.nan, np.nan, np.nan], rtol=0, atol=1e-14)


@given(st.floats(-6, 6), st.floats(0.1, 60), st.floats(0.05, 3))
def test_there_and_back(z: float, mean: float, sd: float) -> None:
    value = octaves_value(np.array([z]), np.log2(mean), np.float64(sd))
    np.testing.assert_allclose(octaves_z(value, np.log2(mean), np.float64(sd)), z, rtol=1e-12, atol=1e-12 / sd)
