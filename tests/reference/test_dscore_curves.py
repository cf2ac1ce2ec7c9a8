"""Curves and priors of the D-score against the R package dscore 1.10.0, and that no result file was passed over.

A DAZ comes from the engine's own step (interpolation, floor of the measure, curve, status), given the D-scores of the grid.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dscore_data import AGE_FROM, BASE_POPULATION, EDITION_OF_KEY, PRIOR_SEGMENTS, Floats, Reference, assert_same
from slow_twin import curves as slow_curves
from slow_twin import irt as slow_irt

import otscore
from otscore.batch import Batch
from otscore.codes import STATUS_NAMES
from otscore.engine.norm import derive
from otscore.engine.results import Derived, Measured
from otscore.engine.status import pack_range
from otscore.kernel.bct import bct_value, bct_z
from otscore.kernel.curves import interpolate_linear, lms_value, lms_z

KEYS = list(EDITION_OF_KEY)
UNROUNDED = 1e-9
CURVES = [
    ("dutch", "dutch"), ("gcdg", "gcdg"), ("gsed1912", "gcdg"), ("293_0", "phase1"), ("gsed2212", "phase1"),
    ("gsed2212", "dutch"), ("gsed2406", "preliminary_standards"), ("gsed2406", "phase1"), ("gsed2406", "dutch"),
]  # fmt: skip
LMS = [("dutch", "dutch"), ("gcdg", "gcdg"), ("gsed1912", "gcdg")]
BCT = [curve for curve in CURVES if curve not in LMS]
LINES = ("gcdg", "gsed1912")
"""Keys whose L is 1 at every age: a straight line, which holds a D-score of 0 or less."""


def load(key: str, population: str) -> otscore.Scorer:
    return otscore.Scorer.load(EDITION_OF_KEY[key], norm_group=population, rounding="none")


def by_engine(key: str, population: str, age: Any, d: Any) -> Derived:
    """What the engine derives from these D-scores at these ages."""
    form, n = load(key, population).form, len(d)
    none, zero = np.full(n, np.nan), np.zeros(n, dtype=np.int16)
    batch = Batch(np.empty((n, 0)), np.asarray(age, dtype=np.float64), none, none)
    measured = Measured(np.ones(n, dtype=np.int64), none, np.asarray(d, dtype=np.float64), none, zero, zero.copy())
    return derive(form, form.scales[0], measured, batch, *pack_range(form, batch))


def statuses(found: Derived) -> list[str]:
    return [STATUS_NAMES[code] for code in found.status]


def parameters_at(key: str, population: str, age: Any) -> Floats:
    arrays: Any = load(key, population).form.scales[0].norm
    return interpolate_linear(age, *arrays.arrays.nodes[0]).T


# ---------------------------------------------------------------------------------------------- DAZ of a D-score


@pytest.mark.parametrize(("key", "population"), CURVES)
def test_daz_over_a_grid(key: str, population: str, reference: Reference) -> None:
    """Within 5 SD to 1e-9. Beyond, LMS too; of a Box-Cox t the package keeps the lower tail and loses the upper one step by step."""
    expected = reference.of(f"daz_grid_{key}_{population}")
    z = by_engine(key, population, expected["age"], expected["d"]).z
    theirs = expected["daz"].to_numpy()
    given = ~np.isnan(theirs) & ~np.isnan(z)
    ordinary = given & (np.abs(theirs) <= 5)
    assert ordinary.sum() > 200
    assert_same(z[ordinary], theirs[ordinary], UNROUNDED, "daz")
    lower = given & (theirs < -5)
    assert lower.sum() > 300
    assert_same(z[lower], theirs[lower], UNROUNDED, "daz in the lower tail")
    for low, high, tolerance in UPPER_TAIL[(key, population) in LMS]:
        tail = given & (theirs > low) & (theirs <= high)
        assert tail.sum() > 10
        assert_same(z[tail], theirs[tail], tolerance, f"daz from {low} to {high}")


UPPER_TAIL = {True: ((5, 7, UNROUNDED), (7, 99, UNROUNDED)), False: ((5, 6, 2e-8), (6, 7, 2e-5))}
"""How far the upper tail can be compared, for LMS or not: 1 - F has 16 digits in all, of which F takes 7 at z = 5 and 12 at z = 7."""


@pytest.mark.parametrize(("key", "population"), CURVES)
def test_ages_outside_the_curve_have_a_status(key: str, population: str, reference: Reference) -> None:
    expected = reference.of(f"daz_grid_{key}_{population}")
    youngest, oldest = reference.curve_ages(key, population)
    age, d = expected["age"].to_numpy(), expected["d"].to_numpy()
    undefined = (d <= 0) & (key == population == "dutch")
    wanted = np.select([age < youngest, age > oldest, undefined], ["below_age", "above_age", "outside_curve"], "ok")
    assert statuses(by_engine(key, population, age, d)) == wanted.tolist()
    assert expected["daz"][wanted == "below_age"].isna().all() and expected["daz"][wanted == "above_age"].isna().all()


@pytest.mark.parametrize(("key", "population"), BCT)
def test_what_the_package_loses_is_there(key: str, population: str, reference: Reference) -> None:
    """The upper tail, by the formula from 1 - F in plain Python; above 8.2 (or 7, by rounding) the package has nothing."""
    expected = reference.of(f"daz_grid_{key}_{population}")
    found = by_engine(key, population, expected["age"], expected["d"])
    tail = np.flatnonzero(found.z > 5)
    assert tail.size > 100
    parameters = parameters_at(key, population, expected["age"])
    for row in tail:
        z = slow_curves.bct_z(float(expected["d"][row]), *parameters[:, row].tolist(), floor=1)
        assert z is not None
        assert found.z[row] == pytest.approx(z, abs=UNROUNDED)
    lost = expected["daz"].isna().to_numpy() & (found.status == 0)
    assert lost.sum() == LOST[key, population]
    assert (found.z[lost] > 8).all()


LOST = dict.fromkeys(BCT, 0) | {("gsed2212", "dutch"): 97, ("gsed2406", "dutch"): 97, ("gsed2406", "preliminary_standards"): 61}
"""Grid points at which F is rounded to 1, so that the package has no DAZ."""


@pytest.mark.parametrize(("key", "population"), BCT)
def test_the_floor_of_the_d_score(key: str, population: str, reference: Reference) -> None:
    """Every D-score up to 1 has the DAZ of 1, in the package and by the engine; 1.01 has another."""
    grid = reference.of(f"daz_grid_{key}_{population}")
    ages = grid["age"][grid["age"].between(*reference.curve_ages(key, population))].unique()
    at = {d: by_engine(key, population, ages, np.full(ages.size, d)).z for d in (-40.0, -1.0, 0.0, 0.5, 1.0, 1.01)}
    for d in (-40.0, -1.0, 0.0, 0.5):
        assert at[d].tobytes() == at[1.0].tobytes()
    assert (at[1.01] > at[1.0]).all()
    low = grid[(grid["d"] <= 1) & grid["daz"].notna()]
    assert low["d"].nunique() > 1
    floor = dict(zip(ages.tolist(), at[1.0].tolist(), strict=True))
    assert_same(np.array([floor[age] for age in low["age"]]), low["daz"], UNROUNDED, "daz at the floor")


def test_no_lms_has_a_floor() -> None:
    for key, population in LMS:
        norm: Any = load(key, population).form.scales[0].norm
        assert norm.norm.method == "lms" and norm.norm.measure_floor is None


def test_a_d_score_of_0_is_no_measurement_of_the_dutch_curve(reference: Reference) -> None:
    """By decision: y <= 0 is invalid for LMS (methods 3.4; L is not 1 here). The package writes ((0 / M)^L - 1) / (L S) = -1 / (L S)
    at d = 0, eight times within 5 SD, and has nothing below 0. With us there is no DAZ there, and the status says why.
    """
    expected = reference.of("daz_grid_dutch_dutch")
    found = by_engine("dutch", "dutch", expected["age"], expected["d"])
    theirs_alone = expected[np.isnan(found.z) & expected["daz"].notna()]
    assert theirs_alone["d"].unique().tolist() == [0.0]
    assert len(theirs_alone) == 68 and (theirs_alone["daz"].abs() <= 5).sum() == 8
    parameters = parameters_at("dutch", "dutch", theirs_alone["age"])  # l, m, s
    assert_same(-1 / (parameters[0] * parameters[2]), theirs_alone["daz"], UNROUNDED, "what the package does")
    assert {statuses(found)[row] for row in theirs_alone.index} == {"outside_curve"}
    below = expected[(expected["d"] < 0) & expected["age"].between(*reference.curve_ages("dutch", "dutch"))]
    assert len(below) > 0 and below["daz"].isna().all()


@pytest.mark.parametrize("key", LINES)
def test_a_straight_line_holds_a_d_score_of_0_and_less(key: str, reference: Reference) -> None:
    expected = reference.of(f"daz_grid_{key}_gcdg")
    low = expected[(expected["d"] <= 0) & expected["daz"].notna()].reset_index(drop=True)
    assert len(low) == 238
    assert_same(by_engine(key, "gcdg", low["age"], low["d"]).z, low["daz"], UNROUNDED, "daz")


# ---------------------------------------------------------------------------------------------- D-score at a DAZ


@pytest.mark.parametrize(("key", "population"), CURVES)
def test_d_at_a_daz_over_a_grid(key: str, population: str, reference: Reference) -> None:
    """Every row of the grid, D-scores of 0 and less on the straight lines among them, and back to the DAZ by the engine."""
    expected = reference.of(f"zad_grid_{key}_{population}")
    parameters = parameters_at(key, population, expected["age"])
    norm: Any = load(key, population).form.scales[0].norm
    undefined = np.zeros(len(expected), dtype=np.bool_)
    if (key, population) in LMS:
        d = lms_value(expected["z"], *parameters)
        undefined = (1 + parameters[0] * parameters[2] * expected["z"].to_numpy() <= 0) & (key not in LINES)
    else:
        d = np.maximum(bct_value(expected["z"], *parameters), norm.norm.measure_floor)
    assert_same(d, expected["d"], UNROUNDED, "d")
    inside = ~np.isnan(d)
    np.testing.assert_array_equal(inside | undefined, expected["age"].between(*reference.curve_ages(key, population)))
    assert undefined.sum() == (10 if key == "dutch" else 0), "no measurement lies so far below"
    assert (d <= 0).sum() == (8 if key in LINES else 0)
    above_floor = inside & ((d > 1) | ((key, population) in LMS))
    assert above_floor.sum() >= inside.sum() - 7
    assert set(expected["z"][above_floor]) == set(range(-4, 5))
    back = by_engine(key, population, expected["age"], d).z
    assert_same(back[above_floor], expected["z"][above_floor], UNROUNDED, "z again")


def test_kernel_and_engine_read_the_same_curve(reference: Reference) -> None:
    for key, population in CURVES:
        grid = reference.of(f"daz_grid_{key}_{population}")[:50]
        parameters = parameters_at(key, population, grid["age"])
        z = lms_z(grid["d"], *parameters) if (key, population) in LMS else bct_z(np.maximum(grid["d"], 1), *parameters)
        np.testing.assert_array_equal(by_engine(key, population, grid["age"], grid["d"]).z, z)


# ---------------------------------------------------------------------------------------------- priors


@pytest.mark.parametrize("key", KEYS)
def test_prior_mean_at_every_age(key: str, reference: Reference) -> None:
    """figures/dscore/prior_mean_by_key.csv, what the package computes at 611 ages; none where it has NA or minus infinity."""
    table = pd.read_csv(reference.folder / "figures/dscore/prior_mean_by_key.csv")
    model: Any = load(key, BASE_POPULATION[key]).form.scales[0].irt
    expected = table[key].replace(-np.inf, np.nan)
    assert len(table) == 611 and expected.notna().sum() > 600
    assert_same(model.prior.mean(table["age"].to_numpy()), expected, 1e-12, "prior mean")
    slow = [slow_irt.prior_mean(age, PRIOR_SEGMENTS[BASE_POPULATION[key]], AGE_FROM.get(key)) for age in table["age"]]
    by_twin = np.array([np.nan if mean is None else mean for mean in slow])
    assert_same(by_twin, expected, 1e-12, "prior mean of the slow twin")
    assert model.prior.sd == 5


# ---------------------------------------------------------------------------------------------- nothing passed over

VARIANTS = {
    "childdevdata_gcdg_dec12": "test_unrounded_results", "childdevdata_gsed2406_dec12": "test_unrounded_results",
    "childdevdata_gcdg_relevance-10_10": "test_relevance_window", "childdevdata_gcdg_alg187": "test_historic_scale",
    "childdevdata_gsed2406_logit": "test_logit_metric_has_no_daz", "childdevdata_gsed2406_pop-phase1": "test_other_populations",
    "childdevdata_gsed2406_pop-dutch": "test_other_populations", "childdevdata_gsed2406_priorNA50_20": "test_prior_for_a_missing_age",
    "posterior400_gcdg": "test_posterior", "posterior400_gsed2406": "test_posterior",
}  # fmt: skip
SAMPLES = ("sample_sf_gs1", "sample_sf_gpa", "sample_lf_gl1", "sample_lf_gto", "sample_hf_gh1", "gsample", "milestones")
YEARS = ("example10", "edge_ages")
NO_RESULTS = {
    "CALLS.txt": "the calls that made the other files",
    "ODDITIES.txt": "what the probes of the faults printed: test_dscore_faults goes through them by number",
}


def test_every_result_file_is_compared_or_named_with_a_reason(reference: Reference) -> None:
    compared = {f"childdevdata_{key}" for key in KEYS} | set(VARIANTS)
    compared |= {f"{kind}_grid_{key}_{population}" for key, population in CURVES for kind in ("daz", "zad")}
    compared |= {f"{name}_{key}" for name in (*SAMPLES, *YEARS) for key in KEYS} & set(reference.names(""))
    files = {file.name for file in (reference.folder / "reference/dscore").iterdir() if file.is_file()}
    assert {file.partition(".csv")[0] for file in files if ".csv" in file} == compared
    assert {file for file in files if ".csv" not in file} == set(NO_RESULTS)
    inputs = {file.name.partition(".csv")[0] for file in (reference.folder / "reference/dscore/inputs").iterdir()}
    assert inputs == {*SAMPLES, *YEARS}


def test_the_tests_that_compare_them_are_there() -> None:
    text = Path(__file__).with_name("test_dscore.py").read_text(encoding="utf-8")
    assert [name for name in VARIANTS.values() if f"def {name}(" not in text] == []
    assert all(f'"{name}"' in text for name in (*SAMPLES, *YEARS))
