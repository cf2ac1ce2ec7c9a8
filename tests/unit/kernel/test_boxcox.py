"""The truncated Box-Cox curves (bccg, bct, bcpe) and the sinh-arcsinh curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from otscore.kernel import bccg, bcpe, bct, curves, shash

Curve = tuple[float, ...]
MU, SIGMA, NU = st.floats(0.1, 200), st.floats(0.02, 0.4), st.floats(-2, 3)
FAMILIES: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = {
    "bccg": (bccg.bccg_z, bccg.bccg_value, bccg.bccg_cdf),
    "bct": (bct.bct_z, bct.bct_value, bct.bct_cdf),
    "bcpe": (bcpe.bcpe_z, bcpe.bcpe_value, bcpe.bcpe_cdf),
}
each_family = pytest.mark.parametrize("family", FAMILIES)


def curve_of(family: str, *box_cox: float, tau: float) -> Curve:
    return box_cox if family == "bccg" else (*box_cox, tau / 6 if family == "bcpe" else tau)


@each_family
@given(z=st.floats(-5, 5), mu=MU, sigma=SIGMA, nu=NU, tau=st.floats(3, 60) | st.integers(2, 30).map(float))
def test_value_and_cdf_agree_with_z(
    family: str, z: float, mu: float, sigma: float, nu: float, tau: float
) -> None:
    to_z, to_value, to_cdf = FAMILIES[family]
    curve = curve_of(family, mu, sigma, nu, tau=tau)
    value = to_value(z, *curve)
    if np.finfo(float).tiny < value < np.inf:
        assert to_z(value, *curve) == pytest.approx(z, abs=1e-9)
        assert to_cdf(value, *curve) == pytest.approx(special.ndtr(z), abs=1e-12)


@each_family
@pytest.mark.parametrize("nu", [-0.8, -1e-3, 0.0, 1e-9, 0.5, 1.2062, 2.5])
def test_z_stays_apart_and_exact_far_out(family: str, nu: float) -> None:
    to_z, to_value, _ = FAMILIES[family]
    curve = curve_of(family, 14.36, 0.2324, nu, tau=15.54)
    z = np.linspace(-30, 30, 241)
    values = to_value(z, *curve)
    kept = (values > np.finfo(float).tiny) & np.isfinite(values)
    assert kept[(z > -8) & (z < 8)].all()
    assert (np.diff(values[kept]) > 0).all()
    np.testing.assert_allclose(to_z(values[kept], *curve), z[kept], rtol=0, atol=1e-9)


@each_family
def test_z_rises_with_every_measurement_down_to_zero_and_far_up(family: str) -> None:
    y = np.geomspace(1e-6, 60, 2000)
    for nu in (-0.4, 0.0, 1.2062):
        z = FAMILIES[family][0](y, *curve_of(family, 14.36, 0.2324, nu, tau=15.54))
        rising = np.diff(z[np.isfinite(z)])
        assert (rising > 0).all()


@each_family
def test_continuous_where_the_power_vanishes(family: str) -> None:
    to_z, to_value, _ = FAMILIES[family]
    for nu in (1e-13, 1e-11, -1e-11, 1e-9, -1e-9):
        near, limit = (curve_of(family, 10.0, 0.1, power, tau=12.0) for power in (nu, 0.0))
        np.testing.assert_allclose(to_z([5, 12], *near), to_z([5, 12], *limit), atol=1e-6)
        np.testing.assert_allclose(to_value([-2, 2], *near), to_value([-2, 2], *limit), atol=1e-6)


@each_family
def test_undefined_is_nan(family: str) -> None:
    to_z, to_value, to_cdf = FAMILIES[family]
    good = curve_of(family, 10.0, 0.1, 0.5, tau=12.0)
    assert np.isnan(to_z([0.0, -1.0, np.nan], *good)).all()
    assert np.isnan(to_cdf([0.0, -1.0, np.nan], *good)).all()
    for wrong in ((-10.0, *good[1:]), (10.0, 0.0, *good[2:]), (10.0, -0.1, *good[2:])):
        assert np.isnan(to_z(9.0, *wrong)) and np.isnan(to_value(0.0, *wrong))
    assert to_z(9.0, *good).shape == () and to_z([[9.0]], *good).shape == (1, 1)


@pytest.mark.parametrize("tau", [2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
def test_bct_value_is_exact_around_the_median_for_whole_degrees_of_freedom(tau: float) -> None:
    z = np.concatenate((np.geomspace(1e-14, 1, 99), [0.0], -np.geomspace(1e-14, 1, 99)))
    curve = (14.0, 0.05, 1.0, tau)
    np.testing.assert_allclose(bct.bct_z(bct.bct_value(z, *curve), *curve), z, rtol=0, atol=1e-12)


def test_bct_with_many_degrees_of_freedom_and_bcpe_with_tau_2_are_bccg() -> None:
    y, curve = np.array([5.0, 9.0, 14.0]), (10.0, 0.3, 1.4)
    np.testing.assert_allclose(bct.bct_z(y, *curve, 1e9), bccg.bccg_z(y, *curve), atol=1e-6)
    np.testing.assert_allclose(bcpe.bcpe_cdf(y, *curve, 2.0), bccg.bccg_cdf(y, *curve), atol=1e-14)


def test_truncation_is_what_sets_bccg_apart_from_lms() -> None:
    y, narrow, wide = 5.0, (0.5, 10.0, 0.05), (1.3917, 8.81, 0.3126)
    assert bccg.bccg_z(y, narrow[1], narrow[2], narrow[0]) == pytest.approx(float(curves.lms_z(y, *narrow)))
    assert bccg.bccg_quantile(0.03, wide[1], wide[2], wide[0]) > curves.lms_value(special.ndtri(0.03), *wide)


@pytest.mark.parametrize("nu", [-0.6, 0.0, 1.2062])
def test_cdf_is_the_integral_of_the_untransformed_density(nu: float) -> None:
    """Student density of the Box-Cox power, times its derivative, integrated from 0 and set to 1."""
    mu, sigma, tau = 14.36, 0.2324, 15.54
    y = np.geomspace(1e-9, 1e6, 2_000_001)
    power = np.log(y / mu) / sigma if nu == 0 else ((y / mu) ** nu - 1) / (nu * sigma)
    density = (1 + power**2 / tau) ** (-(tau + 1) / 2) * y ** (nu - 1)
    area = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(y))))
    at = np.searchsorted(y, [6.0, 10.0, 20.0, 30.0])
    np.testing.assert_allclose(bct.bct_cdf(y[at], mu, sigma, nu, tau), area[at] / area[-1], atol=1e-7)


def test_shash_reduces_to_the_normal_and_epsilon_skews_left() -> None:
    y = np.array([30.0, 50.0, 65.0])
    np.testing.assert_allclose(shash.shash_z(y, 50, 10, 0.0, 1.0), [-2, 0, 1.5], atol=1e-12)
    assert shash.shash_cdf(50, 50, 10, 0.3, 1.0) > 0.5
    assert shash.shash_z(80, 50, 10, 0.0, 1.5) > 3.0
    assert np.isnan(shash.shash_z(50, 50, [0.0, -1.0, 10.0], 0.0, [1.0, 1.0, 0.0])).all()


def test_shash_value_is_the_inverse_and_the_density_the_slope() -> None:
    y, curve = np.linspace(10.0, 90.0, 41), (45.0, 8.0, 0.4, 0.7)
    np.testing.assert_allclose(shash.shash_value(shash.shash_z(y, *curve), *curve), y, rtol=1e-12)
    slope = (shash.shash_cdf(y + 1e-4, *curve) - shash.shash_cdf(y - 1e-4, *curve)) / 2e-4
    np.testing.assert_allclose(np.exp(shash.shash_log_density(y, *curve)), slope, rtol=1e-6, atol=1e-11)
    for nothing in (shash.shash_value, shash.shash_log_density):
        assert np.isnan(nothing(50, 50, [0.0, -1.0, 10.0, 10.0], 0.0, [1.0, 1.0, 0.0, np.nan])).all()


def test_shash_density_far_out_is_minus_infinity_and_not_unknown() -> None:
    far = np.array([-np.inf, -1e308, 1e308, np.inf])
    np.testing.assert_array_equal(shash.shash_log_density(far, 50, 10, 0.5, 1.0), -np.inf)
    assert np.isnan(shash.shash_log_density(np.nan, 50, 10, 0.5, 1.0))
