"""Beta-binomial and sinh-arcsinh models beside those of cNORM 3.6.0, and four of its faults that are not repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from otscore.errors import UsageError
from otscore.kernel.shash import shash_log_density
from otscore.norming.fit.beta_binomial import fit_beta_binomial
from otscore.norming.fit.beta_binomial_moments import BetaBinomialMomentsModel, fit_beta_binomial_moments
from otscore.norming.fit.fitted import Fitted
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shash import ShashModel, fit_shash, fit_shash_with_delta

ELFE_AGES, PPVT_AGES = ("2", "3", "4.5", "5"), ("3", "5", "7.5", "10", "15")
FITS: dict[str, Callable[[Sample], Fitted]] = {
    "elfe_bb2": lambda mine: fit_beta_binomial(mine, 28),
    "ppvt_bb2": lambda mine: fit_beta_binomial(mine, 228),
    "ppvt_bb2_deg22": lambda mine: fit_beta_binomial(mine, 228, 2, 2),
    "elfe_bb_mode1": lambda mine: fit_beta_binomial_moments(mine, 28),
    "elfe_shash": fit_shash,
    "ppvt_shash": fit_shash,
    "ppvt_shash_nodelta": fit_shash_with_delta,
    "cdc6000_shash_bmi": fit_shash,
}
HIGHEST = [tag for tag in FITS if tag != "elfe_bb_mode1"]
WITH_TABLES = [tag for tag in FITS if tag != "cdc6000_shash_bmi"]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "reference" / "cnorm"


@pytest.fixture(scope="module")
def samples(folder: Path) -> dict[str, Sample]:
    elfe, ppvt, cdc = (pd.read_csv(folder / "data" / f"{name}.csv") for name in ("elfe", "ppvt", "cdc_bmi_sample6000"))
    return {
        "elfe": sample(elfe["raw"], elfe["group"]),
        "ppvt": sample(ppvt["raw"], ppvt["age"]),
        "cdc6000": sample(cdc["bmi"], cdc["age"]),
    }


@pytest.fixture(scope="module")
def models(samples: dict[str, Sample]) -> dict[str, Fitted]:
    return {tag: fit(samples[tag.split("_")[0]]) for tag, fit in FITS.items()}


@pytest.fixture(scope="module")
def summary(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "SUMMARY_parametric.csv").set_index("tag")


def t_score(z: np.ndarray) -> np.ndarray:
    return 50.0 + 10.0 * z


@pytest.mark.parametrize("tag", HIGHEST)
def test_the_likelihood_is_at_least_as_high(models: dict[str, Fitted], summary: pd.DataFrame, tag: str) -> None:
    model, theirs = models[tag], summary.loc[tag]
    assert model.log_likelihood > theirs["logLik"] - 1e-6
    assert model.log_likelihood == pytest.approx(theirs["logLik"], abs=1e-4)  # and the same likelihood
    assert (model.n, model.n_parameters) == (theirs["n"], theirs["n_params"])
    np.testing.assert_allclose([model.aic, model.bic], [theirs["AIC"], theirs["BIC"]], atol=1e-3)


@pytest.mark.parametrize("tag", HIGHEST)
def test_convergence_is_told_with_a_gradient_near_zero(models: dict[str, Fitted], tag: str) -> None:
    """Fault 7: "converged" with a largest gradient of 21,884. A slope here is one of the log-likelihood by a coefficient."""
    told = models[tag].estimates.convergence
    assert told.converged
    assert told.gradient < 1e-6
    assert told.gain_left < 1e-9
    assert told.message == "converged"


@pytest.mark.parametrize("tag", [tag for tag in HIGHEST if "shash" in tag])
def test_the_gradient_told_is_that_of_the_likelihood(models: dict[str, Fitted], samples: dict[str, Sample], tag: str) -> None:
    """The slope of the log-likelihood as it is defined, by differences: a step to either side of the top falls by the same."""
    model = models[tag]
    assert isinstance(model, ShashModel)
    mine = samples[tag.split("_")[0]]
    mu = model.parameters(mine.age).mu
    sigma, epsilon, delta = model.parameters(mine.age)[1:]
    up, down = (shash_log_density(mine.raw, mu + step, sigma, epsilon, delta).sum() for step in (1e-4, -1e-4))
    assert abs(up - down) / 2e-4 < 1e-3
    assert max(up, down) < model.log_likelihood


@pytest.mark.parametrize("tag", WITH_TABLES)
def test_norm_tables(models: dict[str, Fitted], folder: Path, tag: str) -> None:
    """T of every raw score at every stored age; those of SHASH go on beyond 3 SD there, and end at 3 SD here."""
    for age in ELFE_AGES if tag.startswith("elfe") else PPVT_AGES:
        table = pd.read_csv(folder / f"{tag}_normtable_{age}.csv")
        raw = table["x"].to_numpy(float)
        found = models[tag].score(raw, np.full(raw.size, float(age)))
        assert raw.size > 28
        np.testing.assert_allclose(t_score(found.z), np.clip(table["norm"], 20, 80), atol=0.01)
        off = (table["norm"] >= 80).astype(int) - (table["norm"] <= 20).astype(int)
        clear = (table["norm"] - 80).abs().gt(0.01) & (table["norm"] - 20).abs().gt(0.01) | table["norm"].isin([20, 80])
        np.testing.assert_array_equal(found.off_scale[clear], off[clear])


@pytest.mark.parametrize("tag", WITH_TABLES)
def test_every_child_of_the_sample(models: dict[str, Fitted], folder: Path, tag: str) -> None:
    rows = pd.read_csv(folder / f"{tag}_rows.csv")
    found = models[tag].score(rows["score"].to_numpy(float), rows["age"].to_numpy(float))
    assert len(rows) == models[tag].n
    np.testing.assert_allclose(t_score(found.z), np.clip(rows["norm"], 20, 80), atol=0.01)


@pytest.mark.parametrize("tag", [tag for tag in HIGHEST if tag != "cdc6000_shash_bmi"])
def test_coefficients_and_standard_errors(models: dict[str, Fitted], folder: Path, tag: str) -> None:
    """Theirs come from a numerical Hessian, short of the top: equal within a thirtieth of a standard error."""
    theirs, ours = pd.read_csv(folder / f"{tag}_coef.csv"), models[tag].estimates
    assert (abs(ours.coefficients - theirs["estimate"]) < theirs["se"] / 30).all()
    np.testing.assert_allclose(ours.standard_errors, theirs["se"], rtol=0.01)


def test_regression_of_mean_and_log_sd_then_moments(models: dict[str, Fitted], folder: Path, samples: dict[str, Sample], summary: pd.DataFrame) -> None:
    """Their log-likelihood is that of standardised raw scores: ours of the raw scores differs by n ln SD."""
    model, theirs = models["elfe_bb_mode1"], pd.read_csv(folder / "elfe_bb_mode1_params.csv")
    assert isinstance(model, BetaBinomialMomentsModel)
    mine = samples["elfe"]
    of_standardised = model.regression.log_likelihood + mine.n * np.log(mine.raw.std(ddof=1))
    assert of_standardised == pytest.approx(summary.loc["elfe_bb_mode1", "logLik"], abs=1e-4)
    alpha, beta = model.shapes(theirs["age"].to_numpy(float))
    np.testing.assert_allclose(alpha, theirs["a"], rtol=1e-4)
    np.testing.assert_allclose(beta, theirs["b"], rtol=1e-4)
    assert model.log_likelihood < models["elfe_bb2"].log_likelihood


def test_fault_1_a_score_off_the_scale_is_the_limit_and_never_the_average(models: dict[str, Fitted]) -> None:
    """BMI 60 at 6.5 years is T 80 there, and BMI 80 T 50."""
    model = models["cdc6000_shash_bmi"]
    raw = np.array([-np.inf, -1e300, -80.0, 0.0, 60.0, 80.0, 1e9, 1e300, np.inf])
    found = model.score(raw, np.full(raw.size, 6.5))
    np.testing.assert_array_equal(found.z, [-3, -3, -3, -3, 3, 3, 3, 3, 3])
    np.testing.assert_array_equal(found.off_scale, [-1, -1, -1, -1, 1, 1, 1, 1, 1])


def test_fault_6_the_density_is_a_number_however_far_out(models: dict[str, Fitted]) -> None:
    """log(z + sqrt(z^2 + 1)) is minus infinity below -1e8, where z^2 + 1 is z^2."""
    model = models["ppvt_shash"]
    assert isinstance(model, ShashModel)
    raw = np.array([-1e308, -1e160, -1e12, -1e9, 1e9, 1e12, 1e160, 1e308])
    for age in (3.0, 9.0, 17.0):
        density = model.log_density(raw, np.full(raw.size, age))
        assert not np.isnan(density).any()
        assert (density < -1e3).all()
    far = shash_log_density(np.array([-1e9, 1e9]), 0.0, 1.0, 0.0, 0.1)  # tails heavy enough to be worked out by hand
    t = 0.1 * np.log(2e9)
    by_hand = np.log(0.1) - np.log(1e9) + np.log(np.cosh(t)) - 0.5 * np.sinh(t) ** 2 - 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(far, [by_hand, by_hand], rtol=1e-12)


def test_density_grid(folder: Path) -> None:
    grid = pd.read_csv(folder / "shash_dp_grid.csv")
    found = np.exp(shash_log_density(grid["x"], 0.0, 1.0, grid["epsilon"], grid["delta"]))
    np.testing.assert_allclose(found, grid["d"], rtol=1e-9, atol=1e-300)


def test_fault_8_the_number_of_items_is_that_of_the_test(samples: dict[str, Sample]) -> None:
    """Nobody of ppvt passed all of 228: the best score met, 221, is another test."""
    mine = samples["ppvt"]
    best = int(mine.raw.max())
    assert best == 221
    with pytest.raises(TypeError):
        fit_beta_binomial(mine)  # type: ignore[call-arg]
    model = fit_beta_binomial(mine, 228)
    assert model.n_items == 228
    top = model.score(np.array([228.0, 229.0]), np.array([10.0, 10.0]))
    assert top.z[0] == 3.0
    assert np.isnan(top.z[1])
    assert top.off_scale[1] == 0
    with pytest.raises(UsageError, match="not the best score met"):
        fit_beta_binomial(mine, best - 1)
