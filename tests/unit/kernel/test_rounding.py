from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel.rounding import round_half_even, round_half_up

PLACES = st.integers(0, 4)


@pytest.mark.parametrize(
    ("x", "decimals", "expected"),
    [
        (100 + 15 * ((1.7 - 10) / 3), 0, 59.0),  # 58.49999999999999 in binary, 58.5 on paper
        (730.5, 0, 731.0),
        (2.675, 2, 2.68),
        (-2.5, 0, -3.0),
        (58.4999, 0, 58.0),
        (58.49999999, 0, 58.0),
        (2.0**51 + 0.5, 0, 2.0**51 + 1.0),
        (1e300, 2, 1e300),
    ],
)
def test_half_up_cases(x: float, decimals: int, expected: float) -> None:
    assert round_half_up(x, decimals) == expected


@pytest.mark.parametrize("rounding", [round_half_up, round_half_even])
def test_missing_infinite_and_minus_zero(rounding: object) -> None:
    result = rounding([np.nan, np.inf, -np.inf, -0.2, -0.0])  # type: ignore[operator]
    np.testing.assert_array_equal(result, [np.nan, np.inf, -np.inf, 0.0, 0.0])
    assert not np.signbit(result[3:]).any()


@given(st.integers(-(10**9), 10**9), st.integers(0, 6), PLACES)
def test_half_up_is_decimal_rounding_of_short_decimals(digits: int, places: int, decimals: int) -> None:
    x = digits / 10**places
    exact = Decimal(digits).scaleb(-places).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert round_half_up(x, decimals) == float(exact)


@given(st.floats(-1e6, 1e6), PLACES)
def test_half_even_is_pythons(x: float, decimals: int) -> None:
    assert round_half_even(x, decimals) == round(x, decimals)


@given(st.integers(-(10**7), 10**7), PLACES)
def test_half_even_is_pythons_near_ties(digits: int, decimals: int) -> None:
    x = (digits + 0.5) / 10**decimals
    assert round_half_even(x, decimals) == round(x, decimals)


@given(st.floats(-1e9, 1e9), PLACES)
def test_rounding_twice_changes_nothing(x: float, decimals: int) -> None:
    once = round_half_up(x, decimals)
    assert round_half_up(once, decimals) == once
