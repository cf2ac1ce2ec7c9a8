"""tom-booklet: the beta-binomial norms fitted again from 122 children of ds000228, z against scipy's beta-binomial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import betabinom, norm

import otscore

Floats = NDArray[np.float64]
MEASURE = {
    "tom_matched": "ToM Booklet-Matched",
    "tom_without_false_belief": "ToM Booklet-Matched-NOFB",
    "false_belief": "FB_Composite",
}
ITEM = {
    "tom_matched": "matched_passed",
    "tom_without_false_belief": "without_false_belief_passed",
    "false_belief": "false_belief_passed",
}
SCALES = list(MEASURE)


@pytest.fixture(scope="module")
def figures(shared: Path) -> Path:
    return shared / "figures" / "tom_booklet"


@pytest.fixture(scope="module")
def children(shared: Path) -> pd.DataFrame:
    everyone = pd.read_csv(shared / "microdata" / "tom_booklet_ds000228" / "participants.csv")
    return everyone[everyone["Child_Adult"] == "child"].reset_index(drop=True)


def parameters(scale: str) -> dict[str, float]:
    table = otscore.Scorer.load("tom-booklet@ds000228").pack.tables["beta_binomial.csv"]
    row = table.text("scale").index(scale)
    return {name: float(table.numbers(name)[row]) for name in table.columns if name != "scale"}


def distribution(age: Any, p: dict[str, float]) -> Any:
    share = expit(p["intercept"] + p["slope"] * np.log(np.asarray(age) / p["reference_age"]))
    return betabinom(int(p["n_items"]), share * p["phi"], (1.0 - share) * p["phi"])


def passed(children: pd.DataFrame, scale: str) -> Floats:
    """Items passed; the file gives shares of booklets of different lengths, turned into whole numbers of the norm's items."""
    found = children[MEASURE[scale]].to_numpy(dtype=np.float64)
    return found if scale == "false_belief" else np.round(found * parameters(scale)["n_items"])


def middle(children: pd.DataFrame, scale: str) -> Floats:
    """Share of children with fewer items plus half of those with as many, by the norm."""
    model, k = distribution(children["Age"], parameters(scale)), passed(children, scale)
    share: Floats = model.cdf(k) - 0.5 * model.pmf(k)
    return share


@pytest.mark.parametrize("scale", SCALES)
def test_printed_percentiles(scale: str, figures: Path) -> None:
    """P5 to P90 in items, and mean and SD of the share, at every half year from 3.5 to 12."""
    printed = pd.read_csv(figures / "tom_norms.csv")
    printed = printed[printed["measure"] == MEASURE[scale]]
    packed = parameters(scale)
    model = distribution(printed["age_years"], packed)
    assert len(printed) == 18
    for percent in (5, 10, 25, 50, 75, 90):
        np.testing.assert_array_equal(model.ppf(percent / 100), printed[f"p{percent}_items"])
    np.testing.assert_allclose(model.mean() / packed["n_items"], printed["expected_prop"], atol=6e-4)
    np.testing.assert_allclose(model.std() / packed["n_items"], printed["sd_prop"], atol=6e-4)


@pytest.mark.parametrize("scale", SCALES)
def test_maximum_likelihood_gives_the_coefficients(children: pd.DataFrame, scale: str) -> None:
    packed, k, log_age = parameters(scale), passed(children, scale), np.log(children["Age"].to_numpy() / 6.0)

    def negative_log_likelihood(b: Floats) -> float:
        share, phi = expit(b[0] + b[1] * log_age), np.exp(b[2])
        return -float(betabinom.logpmf(k, int(packed["n_items"]), share * phi, (1.0 - share) * phi).sum())

    options = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000}
    fit = minimize(negative_log_likelihood, [1.4, 3.0, 2.5], method="Nelder-Mead", options=options)
    np.testing.assert_allclose([fit.x[0], fit.x[1], np.exp(fit.x[2])], [packed[name] for name in ("intercept", "slope", "phi")], atol=6e-4)


@pytest.mark.parametrize("scale", SCALES)
def test_shares_of_the_sample_below_and_above(children: pd.DataFrame, scale: str, figures: Path) -> None:
    model = pd.read_csv(figures / "tom_model.csv").set_index("measure").loc[MEASURE[scale]]
    share = middle(children, scale)
    girls = (children["Gender"] == "F").to_numpy()
    found = [share.mean(), (share < 0.1).mean(), (share < 0.5).mean(), (share > 0.9).mean(), share[girls].mean() - share[~girls].mean()]
    printed = ["mid_rank_mean", "below_p10", "below_p50", "above_p90", "girls_minus_boys_midrank"]
    assert len(children) == model["n_children"]
    np.testing.assert_allclose(found, model[printed].astype(float), atol=5e-4 + 1e-9)


def test_z_of_the_sample_through_the_library(children: pd.DataFrame) -> None:
    frame = pd.DataFrame({item: passed(children, scale) for scale, item in ITEM.items()} | {"age": children["Age"]})
    scores = otscore.Scorer.load("tom-booklet@ds000228").score_frame(frame.reset_index(), id="index", age_years="age").to_frame()
    within = (children["Age"] >= 3.5) & (children["Age"] < 12)
    for scale in SCALES:
        found = scores[scores["scale"] == scale].reset_index(drop=True)
        assert (found["status"] == "ok").tolist() == within.tolist()
        np.testing.assert_allclose(found["z"][within], norm.ppf(middle(children, scale))[within], atol=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_z_of_every_number_of_items(scale: str) -> None:
    """From none to all items, at ages from the youngest to the oldest."""
    packed = parameters(scale)
    n = int(packed["n_items"])
    cases = pd.DataFrame([(age, k) for age in (3.5, 4.3, 6.0, 8.75, 11.9) for k in range(n + 1)], columns=["age", ITEM[scale]])
    scorer = otscore.Scorer.load("tom-booklet@ds000228", scales=(scale,))
    found = scorer.score_frame(cases.reset_index(), id="index", age_years="age").to_frame()
    model, k = distribution(cases["age"], packed), cases[ITEM[scale]].to_numpy()
    lower, upper = model.cdf(k) - 0.5 * model.pmf(k), model.sf(k) + 0.5 * model.pmf(k)
    z = np.where(lower < 0.5, norm.ppf(lower), norm.isf(upper))
    np.testing.assert_allclose(found["z"], z, atol=1e-8)
    assert (found.groupby(cases["age"])["z"].diff().dropna() > 0).all()
