"""A row has the same bits alone, in any order and in any part of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from otscore.intake import age
from otscore.kernel import (
    age_equivalent,
    base_rates,
    bccg,
    bcpe,
    bct,
    beta_binomial,
    change,
    composite,
    contrast,
    curves,
    derive,
    eligibility,
    goals,
    graded_ability,
    interval,
    irt,
    joint_map,
    metric,
    octaves,
    prior,
    raw,
    recode,
    regression,
    root,
    rounding,
    runs,
    shash,
    single_case,
    taylor,
    trait,
    two_piece,
    window,
)

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
ROWS = [between(low, high) for low, high in ((0, 6), (1, 40), (-9, 9), (-9, 9), (-2, 2), (-1, 1), (-1, 1), (-0.2, 0.2))]
"""Parameters of a regression, a row for each child."""
LOG_ROWS = [*ROWS[:2], *(part / 20 for part in ROWS[2:])]
N_ITEMS = rng.integers(1, 40, N).astype(float)
PASSED = np.where(rng.random(N) < 0.1, 2.5, np.rint(N_ITEMS * between(0, 1)))
SHAPE_A, SHAPE_B = between(0.1, 30), between(0.1, 30)
STEPS = np.where(rng.random((N, 9)) < 0.25, np.nan, rng.integers(0, 3, (N, 9)).astype(float))
STEPS[0], STEPS[1], STEPS[2] = 0.0, 2.0, np.nan
GRADED = {
    link: graded_ability.GradedModel.build(rng.uniform(0.5, 2, 9), [np.sort(rng.normal(size=2)) for _ in range(9)], link, np.linspace(-5, 5, 41))
    for link in ("logit", "probit")
}
LOADINGS = np.where(rng.random((37, 4)) < 0.6, 0.0, rng.uniform(0.3, 2, (37, 4)))
PRECISION = np.linalg.inv(np.full((4, 4), 0.4) + 0.6 * np.eye(4))
MEANS = rng.normal(size=(N, 4))
MEANS[3] = np.nan
RASCH = irt.RaschModel.build(ITEMS_B * 3, 1.7, np.linspace(-8, 8, 33))
AGE_PRIOR = prior.AgePrior(*(np.array(x) for x in ([2.0, np.inf], [0.0, 1.0], [1.0, 0.5], [0.0, 2.0], [0.0, 1.5])), age_from=-0.5, sd=2.0)
ITEM_AGES = (np.where(rng.random(37) < 0.5, 2.0, -np.inf), np.where(rng.random(37) < 0.5, 5.0, np.inf))
STARTS, STOPS = [np.array([-np.inf, 3.0, 9.0])] * 3, [np.array([2.5, 9.0, np.inf])] * 3
GROUP = rng.integers(-1, 3, N)

SCORES = np.where(rng.random((N, 5)) < 0.1, np.nan, rng.normal(100, 15, (N, 5)))
CUBIC = np.array([[1.0, 2.0], [0.5, 0.2], [-0.05, 0.0], [0.004, 0.01]])
"""raw = sum of b_ij L^i A^j, turning for the young ones."""
RATES = np.array([1.0, 0.3, 0.1, 0.02, 0.01, 0.0])

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
    "shash_value": (shash.shash_value, (Z, MU, SIGMA * 20, Z / 10, TAU / 20)),
    "shash_log_density": (shash.shash_log_density, (Y, MU, SIGMA * 20, Z / 10, TAU / 20)),
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
    "regression": (regression.regression_z, (Y, AGES, *ROWS)),
    "regression_value": (regression.regression_value, (Z, AGES, *ROWS)),
    "lognormal_regression": (regression.lognormal_regression_z, (Y, AGES, *LOG_ROWS)),
    "lognormal_regression_value": (regression.lognormal_regression_value, (Z, AGES, *LOG_ROWS)),
    "octaves_z": (octaves.octaves_z, (Y, Z, SIGMA)),
    "octaves_value": (octaves.octaves_value, (Z, Z, SIGMA)),
    "two_piece_z": (two_piece.two_piece_z, (Y, MU, SIGMA * 20, P * 20)),
    "two_piece_value": (two_piece.two_piece_value, (Z, MU, SIGMA * 20, P * 20)),
    "composite_of_total": (lambda x, r: composite.composite_of_total(x, 4, r), (Y, R)),
    "spearman_brown": (composite.spearman_brown, (Y, R)),
    "difference_p": (contrast.difference_p, (Z, SIGMA)),
    "difference_reliability": (contrast.difference_reliability, (R, P, Z / 10, Y, MU)),
    "predicted_score": (contrast.predicted_score, (Y, MU, Y, MU, SIGMA, Z / 7)),
    "difference_rate": (base_rates.difference_rate, (Z, SIGMA)),
    "rate_of_count": (lambda c: base_rates.rate_of_count(c, RATES), (np.rint(Z),)),
    "case_t": (single_case.case_t, (Y, MU, SIGMA, N_ITEMS)),
    "case_percentile_interval": (lambda x, n: single_case.case_percentile_interval(x, 0, 1, n, 0.95), (Z, N_ITEMS)),
    "standardised_difference_t": (single_case.standardised_difference_t, (Z, NU, P, N_ITEMS)),
    "p_two_sided": (single_case.p_two_sided, (Z, N_ITEMS)),
    "change_z": (change.change_z, (Y, MU, SIGMA, P, Z)),
    "rci_hageman_arrindell": (change.rci_hageman_arrindell, (Y, MU, Y, MU, SIGMA * 30, P * 20, R * 5, Z / 9)),
    "regression_change_t": (change.regression_change_t, (Y, MU, Y, SIGMA, MU, P, Z / 6, N_ITEMS)),
    "reliable_direction": (change.reliable_direction, (Z, P)),
    "relative_proficiency": (change.relative_proficiency, (Y, MU, P)),
    "age_equivalent": (lambda y: tuple(age_equivalent.age_equivalent(y, [3, 6, 9, 15], [2, 9.5, 9.5, 31])), (np.rint(Y),)),
    "percent_delay": (eligibility.percent_delay, (Y, MU)),
    "ymd_calendar": (age.ymd_calendar, (BIRTH, TEST)),
    "ymd_30day": (age.ymd_30day, (BIRTH, TEST)),
    "decimal_years": (age.decimal_years, (BIRTH, TEST)),
}


def run_arrays(points: np.ndarray, rule: runs.RunRule) -> tuple[np.ndarray, ...]:
    found = runs.run_result(points, np.full(9, 2.0), rule, np.full(len(points), 2))
    flags = (found.no_basal, found.no_ceiling, found.false_basal, found.false_ceiling, found.start_item_other, found.discontinued)
    return found.credited, found.basal, found.ceiling, found.trace, *flags


BY_ROW: dict[str, Case] = {
    "mle": (lambda x: trait.mle(x, ITEMS_A, ITEMS_B), (ANSWERS,)),
    "wle": (lambda x: trait.wle(x, ITEMS_A, ITEMS_B), (ANSWERS,)),
    "map": (lambda x, m: trait.map_estimate(x, ITEMS_A, ITEMS_B, m, 2.0), (ANSWERS, Z)),
    "beta_binomial_z": (beta_binomial.beta_binomial_z, (PASSED, N_ITEMS, SHAPE_A, SHAPE_B)),
    "beta_binomial_regression_z": (
        lambda x, a, n, i, s: beta_binomial.beta_binomial_regression_z(x, a, n, i, s, np.float64(3), np.float64(7)),
        (PASSED, np.abs(AGES) + 0.1, N_ITEMS, Z / 3, R),
    ),
    "runs": (lambda x: run_arrays(x, runs.RunRule(2, 2, 2)), (STEPS,)),
    "runs among several": (lambda x: run_arrays(x, runs.RunRule(2, 2, 3, basal_within=3, as_scored=True, count_above=True)), (STEPS,)),
    "runs by sets": (lambda x: run_arrays(x, runs.RunRule(2, 0, 0, set_starts=(0, 3, 6))), (STEPS,)),
    "runs by blocks": (lambda x: run_arrays(x, runs.RunRule(2, 2, 2, blocks=((0, 4), (4, 9)))), (STEPS,)),
    "window_filled": (lambda x: window.window_filled(x, np.full(9, 2.0)), (STEPS,)),
    "falling_zero": (
        lambda at, low: root.falling_zero(lambda t, rows: (at[rows] - t - np.sin(t), -1 - np.cos(t)), low - 40, np.full(at.size, 60.0)), (Y, Z),
    ),
    "age_prior": (AGE_PRIOR.mean, (AGES,)),
    "polynomial_prior": (lambda a: prior.PolynomialPrior(3.0, 2.5, TABLE[:4, 0], np.array([0.3, -0.1])).mean(a), (AGES,)),
    "polynomial_prior variance": (lambda a: prior.PolynomialPrior(3.0, 2.5, TABLE[:4, 0], np.array([0.3, -0.1])).variance(a), (AGES,)),
    "polynomial_prior several": (prior.PolynomialPrior(3.0, 2.5, TABLE[:4], np.empty(0)).mean, (AGES,)),
    "joint_map": (lambda x, m: joint_map.joint_map(x, joint_map.JointModel.build(LOADINGS, ITEMS_B, PRECISION), m), (ANSWERS, MEANS)),
    "graded_eap logit": (lambda x, m: graded_ability.graded_eap(x, GRADED["logit"], m, 1.5), (STEPS, Z / 3)),
    "graded_eap probit": (lambda x, m: graded_ability.graded_eap(x, GRADED["probit"], m, 1.5), (STEPS, Z / 3)),
    "graded_map logit": (lambda x, m: graded_ability.graded_map(x, GRADED["logit"], m, 1.5), (STEPS, Z / 3)),
    "graded_map probit": (lambda x, m: graded_ability.graded_map(x, GRADED["probit"], m, 1.5), (STEPS, Z / 3)),
    "graded_wle logit": (lambda x: graded_ability.graded_wle(x, GRADED["logit"]), (STEPS,)),
    "graded_wle probit": (lambda x: graded_ability.graded_wle(x, GRADED["probit"]), (STEPS,)),
    "rasch_eap": (
        lambda x, m, sd: irt.rasch_eap(irt.Given.of(x), RASCH, m, sd, posterior=True).posterior, (ANSWERS, Z, SIGMA * 10),
    ),
    "rasch_outfit": (lambda x, t: irt.rasch_outfit(irt.Given.of(x), RASCH, t), (ANSWERS, Z)),
    "within_ages": (lambda x, a: recode.within_ages(x, a, *ITEM_AGES), (ANSWERS, AGES)),
    "range_place": (lambda y, group: derive.range_place(y, group.astype(np.intp), STARTS, STOPS), (Y, GROUP)),
    "percentile_interpolated": (
        lambda y, group: derive.percentile_interpolated(y, group.astype(np.intp), np.array([5.0, 50, 95]), np.sort(np.abs(TABLE[:3]) * 20, axis=1)),
        (Y, GROUP),
    ),
    "taylor_raw": (lambda z, a: taylor.taylor_raw(z, a, CUBIC), (Z, AGES)),
    "taylor_score": (lambda y, a: tuple(taylor.taylor_score(y - 10, a, CUBIC, -4.0, 5.0)), (Y, AGES)),
    "taylor_monotone": (lambda a: taylor.taylor_monotone(a, CUBIC, -4.0, 5.0), (AGES,)),
    "composite_score": (lambda x: composite.composite_score(x, 100, 15, CORRELATION, [1, 2, 0.3, 1, 1]), (SCORES,)),
    "prorated_sum": (lambda x: composite.prorated_sum(x, [1, 2, 0.3, 1, 1], 3), (SCORES,)),
    "member_range": (composite.member_range, (SCORES,)),
    "own_mean_difference": (lambda x: contrast.own_mean_difference(x, 3), (SCORES,)),
    "own_median_difference": (lambda x: contrast.own_median_difference(x, 3), (SCORES,)),
    "own_mean_se": (lambda x: contrast.own_mean_se(np.abs(x) / 20), (SCORES,)),
    "other_mean_se": (lambda x: contrast.other_mean_se(np.abs(x) / 20), (SCORES,)),
    "bonferroni": (lambda x: contrast.bonferroni(np.abs(x) / 900), (SCORES,)),
    "holm": (lambda x: contrast.holm(np.abs(x) / 900), (SCORES,)),
    "low_count": (lambda x: base_rates.low_count(x, 90.0), (SCORES,)),
    "gas_t": (lambda x, w: goals.gas_t(x - 1, np.abs(w)), (STEPS, STEPS[::-1])),
    "copm_change": (lambda x, y: goals.copm_change(x + 1, y + 2), (STEPS, STEPS * 1.5)),
    "sd_rule": (lambda x: eligibility.sd_rule((x - 100) / 15, 1.0, 2), (SCORES,)),
    "person_fit": (lambda x, t: trait.person_fit(x, t, ITEMS_A, ITEMS_B), (ANSWERS, Z)),
    "multivariate": (
        lambda x: interval.multivariate_true_score(x, 100, 15, 0.9, CORRELATION)[0],
        (rng.normal(100, 15, (N, 5)),),
    ),
}
C_ORDERED: dict[str, Case] = {
    "total": (raw.total, (ANSWERS * ITEMS_A,)),
    "mean": (raw.mean, (ANSWERS * ITEMS_A,)),
    "weighted_total": (lambda x: raw.weighted_total(x, ITEMS_A), (ANSWERS,)),
}
"""Plain sums: the engine gives them C-ordered answers, and of those every row is summed alone."""


def bits(function: Callable[..., Any], columns: tuple[np.ndarray, ...], rows: Any) -> np.ndarray:
    """Result of these rows as the integers behind the floats, one line a row."""
    result = function(*(column[rows] for column in columns))
    parts = [np.asarray(p, dtype=np.float64) for p in (result if isinstance(result, tuple) else (result,))]
    lines = np.column_stack([p.reshape(1 if isinstance(rows, int) else len(p), -1) for p in parts])
    return np.where(np.isnan(lines), -1, np.ascontiguousarray(lines).view(np.int64))


@pytest.mark.parametrize("name", [*ELEMENTWISE, *BY_ROW, *C_ORDERED])
def test_rows_do_not_depend_on_their_batch(name: str) -> None:
    function, columns = (ELEMENTWISE | BY_ROW | C_ORDERED)[name]
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
