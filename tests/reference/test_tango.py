"""tango-cc: the norms fitted again from the trials of 1377 children, and every child scored again.

A child's score is the mean over the test trials of the distance from touch to target, in target widths of 160 units.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

import otscore

Floats = NDArray[np.float64]
GROUPS = {"all_17_communities": "all 17 communities", "touchscreen_home": "touchscreen at home"}
COEFFICIENTS = ["b0", "b1", "b2", "b3", "logsd0", "logsd1"]
TARGET_WIDTH = 160.0
Z_OF_P = {"below_p5": -1.6448536269514722, "below_p50": 0.0, "below_p95": 1.6448536269514722}


@pytest.fixture(scope="module")
def figures(shared: Path) -> Path:
    return shared / "figures" / "tango_cc"


@pytest.fixture(scope="module")
def trials(shared: Path) -> pd.DataFrame:
    trials = pd.read_csv(shared / "microdata" / "tango_cc" / "trials.csv.gz")
    return trials.assign(distance=trials["clickdistfromtargetcenterx"].abs())


@pytest.fixture(scope="module")
def children(trials: pd.DataFrame) -> pd.DataFrame:
    found = trials.groupby("subjid").agg(
        age=("ageinyears", "first"), sex=("sex", "first"), touchscreen=("touchscreen", "first"),
        community=("community", "first"), n_trials=("distance", "size"), widths=("distance", "mean"),
    )  # fmt: skip
    return found.assign(widths=found["widths"] / TARGET_WIDTH)


def members(children: pd.DataFrame, group: str) -> pd.DataFrame:
    return children if group == "all_17_communities" else children[children["touchscreen"] == 1]


def parameters(group: str) -> dict[str, float]:
    table = otscore.Scorer.load("tango-cc@1").pack.tables[f"{group}.csv"]
    return {name: float(table.numbers(name)[0]) for name in ("age_centre", "age_scale", *COEFFICIENTS)}


def curve(age: Floats, p: dict[str, float]) -> tuple[Floats, Floats]:
    """Mean and SD of the logarithm at an age, written out."""
    a = (age - p["age_centre"]) / p["age_scale"]
    return p["b0"] + p["b1"] * a + p["b2"] * a**2 + p["b3"] * a**3, np.exp(p["logsd0"] + p["logsd1"] * a)


def z_of(widths: Floats, age: Floats, p: dict[str, float]) -> Floats:
    mean, sd = curve(age, p)
    z: Floats = (np.log(widths) - mean) / sd
    return z


def test_mean_over_trials_in_target_widths_gives_the_cells(children: pd.DataFrame, figures: Path) -> None:
    for row in pd.read_csv(figures / "tango_cells.csv").itertuples():
        mine = children[(children["age"] >= row.age_from_y) & (children["age"] < row.age_to_y)]
        mine = mine if row.group == "all 17 communities" else mine[mine["community"] == row.group]
        widths = (mine if row.sex == "both" else mine[mine["sex"] == row.sex])["widths"]
        found = [widths.mean(), widths.std(), *np.percentile(widths, [5, 10, 25, 50, 75, 90, 95])]
        printed = [row.mean_target_widths, row.sd, row.p5, row.p10, row.p25, row.p50, row.p75, row.p90, row.p95]
        assert len(widths) == row.n
        np.testing.assert_allclose(found, printed, atol=5e-4 + 1e-9)


@pytest.mark.parametrize("group", GROUPS)
def test_standardisation_of_age_reproduces_the_printed_curve(group: str, figures: Path) -> None:
    """a = (age - 5.5) / 2: mu, sigma and the percentiles of every half year, to the rounding of the coefficients."""
    printed = pd.read_csv(figures / "tango_norms.csv")
    printed = printed[printed["group"] == GROUPS[group]]
    mean, sd = curve(printed["age_years"].to_numpy(), parameters(group))
    np.testing.assert_allclose(mean, printed["mu_log"], atol=4e-4)
    np.testing.assert_allclose(sd, printed["sd_log"], atol=2e-4)
    for z, column in ((0.0, "median_target_widths"), (-1.2815515655, "p10"), (1.2815515655, "p90")):
        np.testing.assert_allclose(np.exp(mean + z * sd), printed[column], rtol=1e-3)


@pytest.mark.parametrize("group", GROUPS)
def test_maximum_likelihood_gives_the_coefficients(children: pd.DataFrame, group: str) -> None:
    mine = members(children, group)
    a, log_widths = (mine["age"].to_numpy() - 5.5) / 2.0, np.log(mine["widths"].to_numpy())

    def negative_log_likelihood(b: Floats) -> float:
        mean, log_sd = b[0] + a * (b[1] + a * (b[2] + a * b[3])), b[4] + b[5] * a
        return float((log_sd + 0.5 * ((log_widths - mean) / np.exp(log_sd)) ** 2).sum())

    fit = minimize(negative_log_likelihood, [0.5, -0.4, 0.0, 0.0, -0.7, 0.0], method="BFGS")
    packed = parameters(group)
    np.testing.assert_allclose(fit.x, [packed[name] for name in COEFFICIENTS], atol=1e-4)


@pytest.mark.parametrize("group", GROUPS)
def test_shares_below_three_percentiles(children: pd.DataFrame, group: str, figures: Path) -> None:
    """4.3, 49.5 and 95.2 % of all children; 4.8, 49.7 and 94.6 % of those with a touchscreen at home."""
    mine = members(children, group)
    z = z_of(mine["widths"].to_numpy(), mine["age"].to_numpy(), parameters(group))
    model = pd.read_csv(figures / "tango_model.csv").set_index("group").loc[GROUPS[group]]
    assert len(mine) == model["n"]
    for column, limit in Z_OF_P.items():
        assert round(100 * float((z < limit).mean()), 1) == model[column]


@pytest.mark.parametrize("group", GROUPS)
def test_children_scored_through_the_library(trials: pd.DataFrame, children: pd.DataFrame, group: str) -> None:
    """Trials in, z out: the same as written out here, turned; 15 trials and 3 to 8 years are asked for."""
    named = trials.assign(item=trials["trialnr"].map("trial_{:02d}".format))
    wide = named.pivot(index="subjid", columns="item", values="distance").join(children["age"])
    scores = otscore.Scorer.load("tango-cc@1", norm_group=group).score_frame(wide.reset_index(), id="subjid", age_years="age")
    found = scores.to_frame().set_index("id")
    whole, within = children["n_trials"] == 15, (children["age"] >= 3) & (children["age"] < 9)
    assert (found.loc[children.index[~whole], "status"] == "too_few_items").all()
    assert set(found.loc[children.index[whole & ~within], "status"]) == {"below_age", "above_age"}
    scored = children[whole & within]
    z = z_of(scored["widths"].to_numpy(), scored["age"].to_numpy(), parameters(group))
    np.testing.assert_allclose(found.loc[scored.index, "raw"], scored["widths"], rtol=1e-12)
    np.testing.assert_allclose(found.loc[scored.index, "z"], -z, atol=1e-9)


def test_reliability_within_age_is_below_that_of_the_whole_sample(trials: pd.DataFrame, children: pd.DataFrame) -> None:
    """.78 of z within age (two random halves, touchscreen at home), against .85 where ages are mixed."""
    wide = trials.pivot(index="subjid", columns="trialnr", values="distance").dropna() / TARGET_WIDTH
    ages = children.loc[wide.index]
    odd, even = wide[range(1, 16, 2)].mean(axis=1), wide[range(2, 16, 2)].mean(axis=1)
    assert round(spearman_brown(odd.to_numpy(), even.to_numpy()), 2) == 0.85
    mine = ages[(ages["touchscreen"] == 1) & (ages["age"] >= 3) & (ages["age"] < 9)]
    x, age, packed = wide.loc[mine.index].to_numpy(), mine["age"].to_numpy(), parameters("touchscreen_home")
    rng, found = np.random.default_rng(20261126), []
    for _ in range(300):
        order = rng.permutation(15)
        halves = (z_of(x[:, half].mean(axis=1), age, packed) for half in (order[:7], order[7:]))
        found.append(spearman_brown(*halves))
    table = otscore.Scorer.load("tango-cc@1").pack.psychometrics
    assert table is not None
    assert table.numbers("value")[0] == pytest.approx(np.mean(found), abs=0.01)


def spearman_brown(one: Floats, other: Floats) -> float:
    r = float(np.corrcoef(one, other)[0, 1])
    return 2.0 * r / (1.0 + r)
