"""Two shipped packs fitted again by `otscore.norming`: the figures of their tables, from the raw data they were made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.norming.fit.basis import AgeBasis
from otscore.norming.fit.beta_binomial_regression import fit_beta_binomial_regression
from otscore.norming.fit.regression import fit_lognormal_regression
from otscore.norming.fit.samples import Sample, sample

TOM = {"tom_matched": "ToM Booklet-Matched", "tom_without_false_belief": "ToM Booklet-Matched-NOFB", "false_belief": "FB_Composite"}
TANGO = {"all_17_communities": False, "touchscreen_home": True}
TANGO_COEFFICIENTS = ("b0", "b1", "b2", "b3", "logsd0", "logsd1")
TARGET_WIDTH = 160.0


def table(edition: str, file: str, row: int) -> dict[str, float]:
    found = otscore.Scorer.load(edition).pack.tables[file]
    return {name: float(found.numbers(name)[row]) for name in found.columns if name != "scale"}


@pytest.fixture(scope="module")
def booklets(shared: Path) -> pd.DataFrame:
    everyone = pd.read_csv(shared / "microdata" / "tom_booklet_ds000228" / "participants.csv")
    return everyone[everyone["Child_Adult"] == "child"]


@pytest.fixture(scope="module")
def touches(shared: Path) -> pd.DataFrame:
    trials = pd.read_csv(shared / "microdata" / "tango_cc" / "trials.csv.gz")
    trials = trials.assign(widths=trials["clickdistfromtargetcenterx"].abs() / TARGET_WIDTH)
    return trials.groupby("subjid").agg(raw=("widths", "mean"), age=("ageinyears", "first"), touchscreen=("touchscreen", "first"))


def tom_sample(booklets: pd.DataFrame, scale: str, n_items: int) -> Sample:
    found = booklets[TOM[scale]].to_numpy()
    return sample(found if scale == "false_belief" else np.round(found * n_items), booklets["Age"])


@pytest.mark.parametrize("scale", TOM)
def test_tom_booklet(booklets: pd.DataFrame, scale: str) -> None:
    """Intercept and slope to their four decimals, phi to its three."""
    packed = table("tom-booklet@ds000228", "beta_binomial.csv", list(TOM).index(scale))
    n_items = int(packed["n_items"])
    mine = tom_sample(booklets, scale, n_items)
    model = fit_beta_binomial_regression(mine, n_items, packed["reference_age"])
    assert model.converged
    assert model.n == packed["n"]
    np.testing.assert_allclose([model.intercept, model.slope], [packed["intercept"], packed["slope"]], atol=5.1e-5)
    assert model.phi == pytest.approx(packed["phi"], abs=5.1e-4)


@pytest.mark.parametrize("scale", TOM)
def test_tom_booklet_scores_as_the_pack(booklets: pd.DataFrame, scale: str) -> None:
    """z of the model is that of the pack at every age and number of items, within its limits."""
    packed = table("tom-booklet@ds000228", "beta_binomial.csv", list(TOM).index(scale))
    n_items = int(packed["n_items"])
    model = fit_beta_binomial_regression(tom_sample(booklets, scale, n_items), n_items, packed["reference_age"])
    cases = pd.DataFrame([(age, k) for age in (3.6, 5.0, 7.5, 11.5) for k in range(n_items + 1)], columns=["age", "passed"])
    item = {"tom_matched": "matched_passed", "tom_without_false_belief": "without_false_belief_passed", "false_belief": "false_belief_passed"}[scale]
    frame = cases.rename(columns={"passed": item}).reset_index()
    scores = otscore.Scorer.load("tom-booklet@ds000228", scales=(scale,)).score_frame(frame, id="index", age_years="age").to_frame()
    found = model.score(cases["passed"].to_numpy(float), cases["age"].to_numpy(float))
    np.testing.assert_allclose(found.z, np.clip(scores["z"], -3, 3), atol=1e-3)


@pytest.mark.parametrize("group", TANGO)
def test_tango(touches: pd.DataFrame, group: str) -> None:
    """All six coefficients to their four decimals, and the number of children."""
    packed = table("tango-cc@1", f"{group}.csv", 0)
    mine = touches[touches["touchscreen"] == 1] if TANGO[group] else touches
    model = fit_lognormal_regression(sample(mine["raw"], mine["age"], descending=True), AgeBasis(packed["age_centre"], packed["age_scale"]))
    assert model.converged
    assert model.n == packed["n"]
    assert model.estimates.names == TANGO_COEFFICIENTS
    np.testing.assert_allclose(model.estimates.coefficients, [packed[name] for name in TANGO_COEFFICIENTS], atol=5.1e-5)


def test_tango_turns_z_and_its_likelihood_is_that_of_the_raw_scores(touches: pd.DataFrame) -> None:
    mine = sample(touches["raw"], touches["age"], descending=True)
    model = fit_lognormal_regression(mine, AgeBasis(5.5, 2.0))
    a = (mine.age - 5.5) / 2.0
    mean, sd = np.polyval(model.mean[::-1], a), np.exp(np.polyval(model.log_sd[::-1], a))
    z = (np.log(mine.raw) - mean) / sd
    found = model.score(mine.raw, mine.age)
    np.testing.assert_allclose(found.z, np.clip(-z, -3, 3), atol=1e-12)
    np.testing.assert_array_equal(found.off_scale, np.where(-z >= 3, 1, np.where(-z <= -3, -1, 0)))
    density = np.exp(-0.5 * z**2) / (mine.raw * sd * np.sqrt(2 * np.pi))
    assert model.log_likelihood == pytest.approx(np.log(density).sum(), abs=1e-8)
    inside = found.off_scale == 0
    np.testing.assert_allclose(model.value(found.z, mine.age)[inside], mine.raw[inside], rtol=1e-12)
