"""A row has the same bits alone, in any order and in any part of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from otscore.intake import age
from otscore.kernel import bccg, bcpe, bct, curves, interval, metric, rounding, shash, trait

N = 203
rng = np.random.default_rng(20240229)


def between(low: float, high: float) -> np.ndarray:
    return rng.uniform(low, high, N)


Z, P, R = between(-6, 6), between(0.001, 0.999), between(0.3, 0.98)
Y, MU, SIGMA = between(0.5, 40), between(5, 20), between(0.05, 0.4)
NU, TAU = np.where(rng.random(N) < 0.1, 0.0, between(-2, 3)), between(1.5, 40)
AGES = np.where(rng.random(N) < 0.2, 3.0, between(-1, 8))
BIRTH = np.datetime64("2010-01-01") + rng.integers(0, 4000, N)
TEST = BIRTH + rng.integers(-30, 6000, N)
NODES = np.array([0.0, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 7.0])
TABLE = rng.normal(size=(8, 3))
ITEMS_A, ITEMS_B = rng.uniform(0.5, 2, 37), rng.normal(size=37)
ANSWERS = np.where(rng.random((N, 37)) < 0.2, np.nan, rng.integers(0, 2, (N, 37)))
ANSWERS[0], ANSWERS[1], ANSWERS[2] = 0.0, 1.0, np.nan
ANSWERS[-3:-1] = np.where(rng.random((2, 37)) < 0.97, np.nan, 0.0)
CORRELATION = np.full((5, 5), 0.5) + 0.5 * np.eye(5)

Case = tuple[Callable[..., Any], tuple[np.ndarray, ...]]
ELEMENTWISE: dict[str, Case] = {
    "round_half_up": (rounding.round_half_up, (Y,)),
    "round_half_even": (lambda y: rounding.round_half_even(y, 2), (Y,)),
    "lms_z": (curves.lms_z, (Y, NU, MU, SIGMA)),
    "lms_value": (curves.lms_value, (Z, NU, MU, SIGMA)),
    "lms_z_who_restricted": (curves.lms_z_who_restricted, (Y, NU, MU, SIGMA)),
    "regression_z": (lambda x, a: curves.regression_z(x, a, [1, 2, 3], [2, 1], "lower_is_better"), (Y, AGES)),
    "interpolate_linear": (lambda a: curves.interpolate_linear(a, NODES, TABLE), (AGES,)),
    "interpolate_lagrange": (lambda a: curves.interpolate_lagrange(a, NODES, TABLE), (AGES,)),
    "bccg_z": (bccg.bccg_z, (Y, MU, SIGMA, NU)),
    "bccg_value": (bccg.bccg_value, (Z, MU, SIGMA, NU)),
    "bccg_cdf": (bccg.bccg_cdf, (Y, MU, SIGMA, NU)),
    "bct_z": (bct.bct_z, (Y, MU, SIGMA, NU, TAU)),
    "bct_z near the bound": (bct.bct_z, (Y / 1e3, MU, SIGMA, NU, TAU)),
    "bct_value": (bct.bct_value, (Z, MU, SIGMA, NU, TAU)),
    "bct_cdf": (bct.bct_cdf, (Y, MU, SIGMA, NU, TAU)),
    "bct_quantile": (bct.bct_quantile, (P, MU, SIGMA, NU, TAU)),
    "bcpe_cdf": (bcpe.bcpe_cdf, (Y, MU, SIGMA, NU, TAU / 10)),
    "bcpe_value": (bcpe.bcpe_value, (Z, MU, SIGMA, NU, TAU / 10)),
    "shash_cdf": (shash.shash_cdf, (Y, MU, SIGMA * 20, Z / 10, TAU / 20)),
    "rescale": (lambda x: metric.rescale(x, 10, 3, 100, 15), (Y,)),
    "stanine_from_z": (metric.stanine_from_z, (Z,)),
    "sten_from_z": (metric.sten_from_z, (Z,)),
    "nce_from_percentile": (metric.nce_from_percentile, (100 * P,)),
    "percentile_from_z": (metric.percentile_from_z, (Z,)),
    "percentile_rank_mid": (lambda y: metric.percentile_rank_mid(y, [5, 10, 20], [3, 4, 5]), (np.rint(Y),)),
    "true_score_interval": (interval.true_score_interval, (Y, MU, SIGMA, R, P * 3)),
    "rounded_interval": (lambda c, w: interval.rounded_interval(c, w, "outward"), (Y, MU)),
    "p_true_below": (interval.p_true_below, (Y, MU, MU, SIGMA, R)),
    "fisher_interval": (interval.fisher_interval, (R, 5 + Y, P)),
    "ymd_calendar": (age.ymd_calendar, (BIRTH, TEST)),
    "ymd_30day": (age.ymd_30day, (BIRTH, TEST)),
    "decimal_years": (age.decimal_years, (BIRTH, TEST)),
}
BY_ROW: dict[str, Case] = {
    "mle": (lambda x: trait.mle(x, ITEMS_A, ITEMS_B), (ANSWERS,)),
    "wle": (lambda x: trait.wle(x, ITEMS_A, ITEMS_B), (ANSWERS,)),
    "map": (lambda x, m: trait.map_estimate(x, ITEMS_A, ITEMS_B, m, 2.0), (ANSWERS, Z)),
    "person_fit": (lambda x, t: trait.person_fit(x, t, ITEMS_A, ITEMS_B), (ANSWERS, Z)),
    "multivariate": (
        lambda x: interval.multivariate_true_score(x, 100, 15, 0.9, CORRELATION)[0],
        (rng.normal(100, 15, (N, 5)),),
    ),
}


def bits(function: Callable[..., Any], columns: tuple[np.ndarray, ...], rows: Any) -> np.ndarray:
    """Result of these rows as the integers behind the floats, one line a row."""
    result = function(*(column[rows] for column in columns))
    parts = [np.asarray(p, dtype=np.float64) for p in (result if isinstance(result, tuple) else (result,))]
    lines = np.column_stack([p.reshape(1 if isinstance(rows, int) else len(p), -1) for p in parts])
    return np.where(np.isnan(lines), -1, np.ascontiguousarray(lines).view(np.int64))


@pytest.mark.parametrize("name", [*ELEMENTWISE, *BY_ROW])
def test_rows_do_not_depend_on_their_batch(name: str) -> None:
    function, columns = (ELEMENTWISE | BY_ROW)[name]
    everything = bits(function, columns, np.arange(N))
    order = np.random.default_rng(1).permutation(N)
    np.testing.assert_array_equal(bits(function, columns, order), everything[order])
    for some in (slice(0, 7), slice(7, None), slice(None, None, 3)):
        np.testing.assert_array_equal(bits(function, columns, some), everything[some])
    for i in range(N):
        np.testing.assert_array_equal(bits(function, columns, slice(i, i + 1)), everything[i : i + 1])


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_scalar_is_a_batch_of_one(name: str) -> None:
    function, columns = ELEMENTWISE[name]
    everything = bits(function, columns, np.arange(N))
    for i in range(0, N, 5):
        np.testing.assert_array_equal(bits(function, columns, i), everything[i : i + 1])


@pytest.mark.parametrize("name", BY_ROW)
def test_memory_layout_does_not_matter(name: str) -> None:
    function, columns = BY_ROW[name]
    fortran = tuple(np.asfortranarray(column) for column in columns)
    np.testing.assert_array_equal(bits(function, fortran, slice(None)), bits(function, columns, slice(None)))
