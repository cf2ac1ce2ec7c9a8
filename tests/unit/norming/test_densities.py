"""Log densities against other people's formulas, and their slopes against differences."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, stats

from otscore.kernel.bccg import bccg_cdf
from otscore.kernel.bct import bct_cdf
from otscore.norming.fit.densities import MOST_TAU, ClosedForm, Density, Normal, Truncated, TruncatedT

Floats = NDArray[np.float64]
RAW = np.array([0.02, 3.0, 7.5, 9.9, 10.0, 10.1, 14.0, 25.0, 60.0])
POWERS = [-2.5, -0.4, -1e-6, 0.0, 1e-13, 1e-3, 0.29, 0.31, 1.0, 3.0]


def at(power: float, median: float = 10.0, spread: float = 0.35, tau: float | None = None, raw: Floats = RAW) -> Floats:
    rows = [power, np.log(median), np.log(spread), *([] if tau is None else [np.log(tau)])]
    return np.array([np.full(raw.size, row) for row in rows])


def slopes_by_differences(density: Density, predictors: Floats) -> Floats:
    found = []
    for place in range(len(predictors)):
        step = np.zeros_like(predictors)
        step[place] = 1e-5
        found.append((density(predictors + step)[0] - density(predictors - step)[0]) / 2e-5)
    return np.array(found)


def assert_slopes(density: Density, predictors: Floats) -> None:
    value, slopes = density(predictors)
    keep = np.isfinite(value) & (value > -1e6)
    expected = slopes_by_differences(density, predictors)
    np.testing.assert_allclose(slopes[:, keep], expected[:, keep], rtol=2e-6, atol=1e-6)
    assert keep.sum() >= 7


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("family", [ClosedForm, Truncated])
def test_slopes_of_the_normal_families(power: float, family: type[ClosedForm] | type[Truncated]) -> None:
    assert_slopes(family(np.log(RAW)), at(power))


@pytest.mark.parametrize("power", [p for p in POWERS if abs(p) > 1e-4 or p == 0.0])
@pytest.mark.parametrize("tau", [1.5, 4.0, 30.0, 250.0, 1e5])
def test_slopes_of_the_t_family(power: float, tau: float) -> None:
    assert_slopes(TruncatedT(np.log(RAW)), at(power, tau=tau))


def test_slopes_of_the_normal_curve() -> None:
    assert_slopes(Normal(RAW), np.array([np.full(RAW.size, 9.0), np.full(RAW.size, 1.2)]))


@pytest.mark.parametrize("power", [-1.2, 0.0, 0.6, 2.0])
def test_the_closed_form_is_a_normal_z_changed_to_raw_scores(power: float) -> None:
    z = np.log(RAW / 10) / 0.35 if power == 0 else ((RAW / 10) ** power - 1) / (power * 0.35)
    slope = (RAW / 10) ** power / (0.35 * RAW)
    np.testing.assert_allclose(ClosedForm(np.log(RAW))(at(power))[0], stats.norm.logpdf(z) + np.log(slope), rtol=1e-12)


@pytest.mark.parametrize("power", [-1.5, 0.0, 0.5, 2.5])
@pytest.mark.parametrize("tau", [None, 3.0, 40.0])
def test_what_is_cut_off_at_0_holds_all_children(power: float, tau: float | None) -> None:
    """The truncated densities integrate to 1, the closed form of a strong power does not."""
    family = Truncated if tau is None else TruncatedT

    def density(raw: float) -> float:
        one = np.array([raw])
        return float(np.exp(family(np.log(one))(at(power, tau=tau, raw=one))[0][0]))

    pieces = [integrate.quad(density, low, high, limit=400)[0] for low, high in ((0, 5), (5, 10), (10, 20), (20, np.inf))]
    assert sum(pieces) == pytest.approx(1, abs=2e-6)


def test_the_densities_are_the_slopes_of_the_kernels_distributions() -> None:
    raw, step = np.array([4.0, 8.0, 10.0, 15.0]), 1e-4
    for power in (-1.5, 0.5, 2.5):
        found = np.exp(Truncated(np.log(raw))(at(power, raw=raw))[0])
        rise = bccg_cdf(raw + step, 10, 0.35, power) - bccg_cdf(raw - step, 10, 0.35, power)
        np.testing.assert_allclose(found, rise / (2 * step), rtol=1e-5)
        found = np.exp(TruncatedT(np.log(raw))(at(power, tau=5, raw=raw))[0])
        rise = bct_cdf(raw + step, 10, 0.35, power, 5) - bct_cdf(raw - step, 10, 0.35, power, 5)
        np.testing.assert_allclose(found, rise / (2 * step), rtol=1e-5)


def test_many_degrees_of_freedom_are_the_normal_curve() -> None:
    normal, student = Truncated(np.log(RAW)), TruncatedT(np.log(RAW))
    near = np.abs(normal(at(0.5))[0]) < 30
    np.testing.assert_allclose(student(at(0.5, tau=1e6))[0][near], normal(at(0.5))[0][near], atol=1e-3)
    beyond = student(at(0.5, tau=1e9))
    np.testing.assert_array_equal(beyond[0], student(at(0.5, tau=MOST_TAU))[0])
    assert (beyond[1][3] == 0).all()
