"""Measurements on a curve, rounding and printed percentiles of the kernel, against plain Python versions of the same formulas."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from slow_twin import curves as slow_curves
from slow_twin import metric as slow_metric

from otscore.kernel.bct import bct_value, bct_z
from otscore.kernel.curves import lms_value, lms_z
from otscore.kernel.metric import percentile_from_z, percentile_text
from otscore.kernel.rounding import round_half_even, round_half_up

many = settings(max_examples=300)
Z = st.floats(-6, 6)
MEDIANS, SPREADS = st.floats(0.1, 300), st.floats(0.01, 0.5)
POWERS = st.sampled_from([0.0, 1e-13, -1e-13, 1e-6, -1e-6, 1.0, -1.0, 0.5]) | st.floats(-3, 3)


def assert_number(actual: object, expected: float | None, tolerance: float) -> None:
    """Both absent, or no further apart than the tolerance, relative above 1."""
    number = float(actual)  # type: ignore[arg-type]
    assert math.isnan(number) == (expected is None), f"{number} instead of {expected}"
    if expected is not None:
        assert abs(number - expected) <= tolerance * max(1.0, abs(expected)), f"{number!r} instead of {expected!r}"


# ---------------------------------------------------------------------------------------------- measurements on a curve


@many
@given(z=Z, l=POWERS, m=MEDIANS, s=SPREADS)
@example(z=-5.0, l=2.0, m=10.0, s=0.1)  # 1 + L S z is 0: no measurement
@example(z=-6.0, l=2.0, m=10.0, s=0.1)
@example(z=-6.0, l=1.0, m=10.0, s=0.5)  # a straight line runs below 0
def test_measurement_at_a_z_of_an_lms_curve(z: float, l: float, m: float, s: float) -> None:  # noqa: E741
    expected = slow_curves.lms_y(z, l, m, s)
    # where 1 + L S z nears 0 the last bit of the product is the whole answer
    assume(l == 1 or abs(l) < 1e-12 or abs(1 + l * s * z) > 1e-6 or 1 + l * s * z == 0)
    assert_number(lms_value(z, l, m, s), expected, 1e-9 if abs(1 + l * s * z) < 1e-3 else 1e-12)
    if expected is not None and (expected > 0 or l == 1):
        assert_number(lms_z(expected, l, m, s), slow_curves.lms_z(expected, l, m, s), 1e-9)


TAILS = st.floats(3, 60) | st.integers(3, 30).map(float)


@many
@given(z=st.floats(-5, 5), mu=MEDIANS, sigma=st.floats(0.02, 0.4), nu=st.just(0.0) | st.floats(-2, 3).filter(lambda nu: abs(nu) > 1e-6), tau=TAILS)
def test_measurement_at_a_z_of_a_box_cox_t_curve(z: float, mu: float, sigma: float, nu: float, tau: float) -> None:
    """The twin takes x from the Student t in one step; near the truncation at 0 and far out its own digits run short."""
    expected = slow_curves.bct_y(z, mu, sigma, nu, tau)
    assume(1e-3 * mu < expected < 1e3 * mu)
    assert_number(bct_value(z, mu, sigma, nu, tau), expected, 1e-7)
    again = slow_curves.bct_z(float(bct_value(z, mu, sigma, nu, tau)), mu, sigma, nu, tau)
    assert again == pytest.approx(z, abs=1e-9)
    assert bct_z(expected, mu, sigma, nu, tau) == pytest.approx(slow_curves.bct_z(expected, mu, sigma, nu, tau), abs=1e-9)


# ---------------------------------------------------------------------------------------------- rounding

PLACES = st.integers(0, 5)
NUMBERS = st.floats(-1e6, 1e6)


@many
@given(x=NUMBERS, decimals=PLACES)
@example(x=2.675, decimals=2)
@example(x=-2.675, decimals=2)
@example(x=2.5, decimals=0)
@example(x=-0.5, decimals=0)
def test_half_to_even(x: float, decimals: int) -> None:
    assert round_half_even(x, decimals) == slow_metric.half_even(x, decimals)
    assert not np.signbit(round_half_even(x, decimals)) or round_half_even(x, decimals) < 0


@many
@given(digits=st.integers(-(10**9), 10**9), decimals=PLACES)
def test_half_to_even_at_ties(digits: int, decimals: int) -> None:
    x = (digits + 0.5) / 10**decimals
    assert round_half_even(x, decimals) == slow_metric.half_even(x, decimals)


def test_half_to_even_is_of_the_binary_value() -> None:
    """Methods, section 11: as Python and R round. On paper 2.675 is a tie, in binary it lies below."""
    assert Decimal.from_float(2.675) < Decimal("2.675")
    assert round_half_even(2.675, 2) == slow_metric.half_even(2.675, 2) == round(2.675, 2) == 2.67
    assert round_half_up(2.675, 2) == slow_metric.half_up(2.675, 2) == 2.68
    assert [float(round_half_even(x)) for x in (0.5, 1.5, 2.5, 42.5, -1.5, -2.5)] == [0, 2, 2, 42, -2, -2]


@many
@given(x=NUMBERS, decimals=PLACES, noise=st.floats(-4e-10, 4e-10))
@example(x=100 + 15 * ((1.7 - 10) / 3), decimals=0, noise=0.0)  # 58.49999999999999, on paper 58.5
@example(x=0.5, decimals=0, noise=-4e-10)
@example(x=0.5, decimals=0, noise=-2e-9)  # further below than either guard reaches
@example(x=7.0, decimals=1, noise=-1e-7)
@example(x=-0.5, decimals=0, noise=4e-10)
def test_half_up_with_a_guard(x: float, decimals: int, noise: float) -> None:
    """Ties that binary arithmetic has moved are ties. How far they may have moved the two sides settle differently: the twin to the
    ninth decimal of the number, the kernel to a 1e-9th of its last place; they agree inside the narrower of the two and outside both.
    """
    tie = (math.floor(x * 10**decimals) + 0.5) / 10**decimals
    for value in (x, tie + noise / 10**decimals):
        beside = abs(value) * 10**decimals % 1 - 0.5
        if decimals == 0 and -1.1e-9 < beside < -4.1e-10:
            continue
        if decimals > 0 and -5.1e-10 * 10**decimals < beside < -0.9e-9 + 1e-12:
            continue
        assert round_half_up(value, decimals) == slow_metric.half_up_guarded(value, decimals), repr(value)


# ---------------------------------------------------------------------------------------------- printed percentiles

PERCENTS = st.floats(0, 100) | st.integers(0, 10_000).map(lambda x: x / 100) | st.integers(0, 100).map(float)


@many
@given(PERCENTS)
@example(0.05)
@example(0.95)
@example(99.5)
@example(99.95)
@example(np.nextafter(99.95, 0))
def test_percentile_as_it_is_printed(percent: float) -> None:
    assume(min(abs(percent * 10 % 1 - 0.5), abs(percent % 1 - 0.5)) > 1e-8 or round(percent, 2) == percent)  # a tie of the guard alone
    assert percentile_text(percent) == slow_metric.printed_percentile(percent)


@pytest.mark.parametrize(
    ("standard", "text"),
    [(55, "0.1"), (60, "0.4"), (65, "1"), (70, "2"), (100, "50"), (130, "98"), (140, "99.6"), (145, "99.9"), (40, "<0.1"), (160, ">99.9")],
)
def test_percentiles_that_publishers_print(standard: float, text: str) -> None:
    """Methods, section 3.2: the percentiles beside standard scores in a published table."""
    percent = slow_metric.percentile((standard - 100) / 15)
    assert percentile_from_z((standard - 100) / 15) == pytest.approx(percent, rel=1e-12)
    assert percentile_text(percent) == slow_metric.printed_percentile(percent) == text
