"""A case and a small sample: against plain formulas, against the non-central t by its definition, against the general t."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otscore.kernel import single_case

NAN = np.nan
Z, N, R = st.floats(-5, 5), st.integers(3, 300), st.floats(-0.95, 0.95)


def noncentral_t_below(t: float, df: int, nc: float) -> float:
    """P(T < t) by its definition: the mean of Phi(t s - nc) over s, the root of a chi-square over its degrees of freedom."""
    top, steps, total, mass = math.sqrt(1 + 12 / math.sqrt(df)) * 3, 4000, 0.0, 0.0
    for step in range(1, steps):
        s = top * step / steps
        weight = math.exp((df - 1) * math.log(s) - df * (s * s - 1) / 2)
        mass, total = mass + weight, total + weight * NormalDist().cdf(t * s - nc)
    return total / mass


@given(Z, N)
def test_t_by_its_formula(z: float, n: int) -> None:
    assert single_case.case_t(100 + 15 * z, 100, 15, n) == pytest.approx(z / math.sqrt((n + 1) / n), rel=1e-9, abs=1e-12)


def test_share_below_with_one_and_two_degrees() -> None:
    """With 1 and 2 degrees of freedom t has a distribution function in closed form."""
    for t in (-3.0, -0.5, 0.0, 1.7):
        assert single_case.p_below(t, 2) == pytest.approx(0.5 + math.atan(t) / math.pi)
        assert single_case.p_below(t, 3) == pytest.approx(0.5 + t / (2 * math.sqrt(2 + t * t)))
        assert single_case.p_two_sided(t, 3) == pytest.approx(1 - abs(t) / math.sqrt(2 + t * t))
    assert single_case.p_below(-1.5, 1_000_000) == pytest.approx(NormalDist().cdf(-1.5), abs=1e-6)


@pytest.mark.parametrize(("z", "n", "level"), [(-1.75, 28, 0.95), (0.0, 5, 0.95), (-3.0, 12, 0.90), (2.2, 60, 0.99), (0.4, 3, 0.8)])
def test_limits_by_the_definition_of_the_noncentral_t(z: float, n: int, level: float) -> None:
    low, high = single_case.case_z_interval(z, 0, 1, n, level)
    assert low < z < high or z == 0
    tail = (1 - level) / 2
    assert noncentral_t_below(z * math.sqrt(n), n - 1, float(low) * math.sqrt(n)) == pytest.approx(1 - tail, abs=2e-6)
    assert noncentral_t_below(z * math.sqrt(n), n - 1, float(high) * math.sqrt(n)) == pytest.approx(tail, abs=2e-6)
    percent = single_case.case_percentile_interval(z, 0, 1, n, level)
    np.testing.assert_allclose(percent, [100 * NormalDist().cdf(float(limit)) for limit in (low, high)], rtol=1e-10)


@settings(max_examples=50)
@given(Z, Z, R, N)
def test_standardised_difference_solves_its_quadratic(z_a: float, z_b: float, r: float, n: int) -> None:
    t = float(single_case.standardised_difference_t(z_a, z_b, r, n))
    a = (1 + r) * (1 - r * r)
    b = (1 - r) * (4 * (n - 1) ** 2 + 4 * (1 + r) * (n - 1) + (1 + r) * (5 + r))
    c = -2 * (z_a - z_b) ** 2 * (n * (n - 1) ** 2 / (n + 1))
    assert t >= 0 and a * t**4 + b * t**2 + c == pytest.approx(0, abs=1e-9 * max(1.0, -c))


def test_in_a_large_sample_both_differences_are_the_effect_size() -> None:
    effect = single_case.difference_z(-2.0, -0.5, 0.6)
    assert effect == pytest.approx(-1.5 / math.sqrt(0.8))
    assert single_case.standardised_difference_t(-2.0, -0.5, 0.6, 1e8) == pytest.approx(-effect, rel=1e-6)
    assert single_case.difference_t(-1.5, 0, 1, 0, 1, 0.6, 1e8) == pytest.approx(effect, rel=1e-6)


def test_difference_in_one_metric_is_the_t_of_the_differences() -> None:
    a, b = np.array([9.0, 12, 10, 14, 7, 11]), np.array([20.0, 22, 19, 27, 18, 20])
    r = np.corrcoef(a, b)[0, 1]
    mine = single_case.difference_t(4 - 21, a.mean(), a.std(ddof=1), b.mean(), b.std(ddof=1), r, 6)
    assert mine == pytest.approx(float(single_case.case_t(4 - 21, (a - b).mean(), (a - b).std(ddof=1), 6)), rel=1e-12)


@pytest.mark.filterwarnings("error")
def test_undefined_is_nan() -> None:
    np.testing.assert_array_equal(single_case.case_t([1, 1, 1, NAN], 0, [1, 0, -1, 1], [1, 9, 9, 9]), [NAN] * 4)
    np.testing.assert_array_equal(single_case.standardised_difference_t(1, 0, [1, -1, 1.2, 0.5], [9, 9, 9, 1]), [NAN] * 4)
    np.testing.assert_array_equal(single_case.difference_z(1, 0, [1, 1.1]), [NAN, NAN])
    assert all(np.isnan(limit).all() for limit in single_case.case_z_interval([NAN, 1, 1], 0, [1, 0, 1], [9, 9, 1], 0.95))
