"""The curves of nhanes-grip@2014 again, fitted by the library to the children of the survey."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from otscore.norming.fit.boxcox import LmsModel, fit_bccg, fit_lms
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import Polynomial, Spline

Floats = NDArray[np.float64]
CURVES = [(hand, sex) for hand in ("dominant", "nondominant", "combined") for sex in ("male", "female")]
Z = np.linspace(-2.5, 2.5, 11)
LAST_PLACE = 0.00005
"""Of L and M in print; S has one place more."""


@pytest.fixture(scope="module")
def survey(shared: Path) -> pd.DataFrame:
    """Children under 19 with the best of up to three trials of each hand; a month of age counts as its middle."""
    children = pd.read_csv(shared / "microdata" / "nhanes_2013_2014_grip" / "grip.csv")
    children = children[children["age_months"] < 19 * 12]
    best = {hand: children.filter(like=f"{hand}_hand_trial").max(axis=1) for hand in ("first", "second")}
    one_handed = children["handedness"].isin(["left", "right"])
    first_is_dominant = children["handedness"] == children["first_hand"]
    return pd.DataFrame({
        "sex": children["sex"], "age": (children["age_months"] + 0.5) / 12, "weight": children["weight_mec2yr"],
        "dominant": best["first"].where(first_is_dominant, best["second"]).where(one_handed),
        "nondominant": best["second"].where(first_is_dominant, best["first"]).where(one_handed),
        "combined": children["combined_kg"],
    })  # fmt: skip


def of(survey: pd.DataFrame, hand: str, sex: str) -> Sample:
    mine = survey[survey["sex"] == sex]
    return sample(mine[hand], mine["age"], mine["weight"])


@pytest.fixture(scope="module")
def models(survey: pd.DataFrame) -> dict[tuple[str, str], LmsModel]:
    """A straight line for L, a fourth power for log M, a second one for log S: so the shipped curves were fitted."""
    return {(hand, sex): fit_lms(of(survey, hand, sex), Polynomial(1), Polynomial(4), Polynomial(2)) for hand, sex in CURVES}


@pytest.fixture(scope="module")
def shipped(checkout: Path) -> pd.DataFrame:
    return pd.read_csv(checkout / "norms" / "nhanes-grip" / "2014" / "tables" / "lms.csv")


def z_of(kg: Floats, power: Floats, median: Floats, spread: Floats) -> Floats:
    """Cole & Green 1992, written again."""
    z: Floats = ((kg / median) ** power - 1) / (power * spread)
    return z


@pytest.mark.parametrize(("hand", "sex"), CURVES)
def test_every_node_of_the_shipped_curves(hand: str, sex: str, models: dict[tuple[str, str], LmsModel], shipped: pd.DataFrame) -> None:
    """Asked for were 0.5 % of M and 0.03 z; found is the last place of print: 0.0005 % and 0.0001 z."""
    table = shipped[(shipped["scale"] == hand) & (shipped["sex"] == sex)]
    assert len(table) == 53
    nodes = models[hand, sex].nodes(table["age"].to_numpy())
    assert np.abs(nodes["l"] - table["l"]).max() < LAST_PLACE * 1.02
    assert np.abs(nodes["m"] - table["m"]).max() < LAST_PLACE * 1.2
    assert np.abs(nodes["s"] - table["s"]).max() < LAST_PLACE / 10 * 1.2
    power, median, spread = (table[[name]].to_numpy() for name in ("l", "m", "s"))
    kg = median * (1 + power * spread * Z) ** (1 / power)
    ours = z_of(kg, *(nodes[name][:, None] for name in ("l", "m", "s")))
    assert np.abs(ours - Z).max() < 1.5e-4


@pytest.mark.parametrize(("hand", "sex"), CURVES)
def test_the_likelihood_of_the_shipped_fit(hand: str, sex: str, models: dict[tuple[str, str], LmsModel], shared: Path) -> None:
    """Number of children, weighted likelihood (there without the constant) and the shares below nominal percentiles."""
    check = pd.read_csv(shared / "figures" / "nhanes_grip" / "nhanes2013_14_grip_LMS_fit_check.csv")
    row = check[(check["measure"] == hand) & (check["sex"] == sex)].iloc[0]
    model = models[hand, sex]
    assert (model.n, model.n_parameters) == (row["n"], 10)
    assert -model.log_likelihood - model.n * 0.5 * np.log(2 * np.pi) == pytest.approx(row["nll"], abs=0.05)


@pytest.mark.parametrize(("hand", "sex"), CURVES)
def test_shares_below_the_curves(hand: str, sex: str, models: dict[tuple[str, str], LmsModel], survey: pd.DataFrame, shared: Path) -> None:
    check = pd.read_csv(shared / "figures" / "nhanes_grip" / "nhanes2013_14_grip_LMS_fit_check.csv")
    row = check[(check["measure"] == hand) & (check["sex"] == sex)].iloc[0]
    children = of(survey, hand, sex)
    for percent, z in ((3, -1.880794), (10, -1.281552), (50, 0.0), (90, 1.281552), (97, 1.880794)):
        below = children.raw < models[hand, sex].value(np.full(children.n, z), children.age)
        assert 100 * np.average(below, weights=children.weight) == pytest.approx(row[f"pct_below_nominal_P{percent}"], abs=0.0501)


def test_the_cut_at_0_does_not_matter_here(survey: pd.DataFrame, models: dict[tuple[str, str], LmsModel]) -> None:
    """The bound of the power lies 9 standard deviations away or more, so BCCG is the same curve."""
    truncated = fit_bccg(of(survey, "dominant", "male"), Polynomial(1), Polynomial(4), Polynomial(2)).nodes([6.0, 12.0, 18.0])
    closed = models["dominant", "male"].nodes([6.0, 12.0, 18.0])
    for one, other in (("nu", "l"), ("mu", "m"), ("sigma", "s")):
        np.testing.assert_allclose(truncated[one], closed[other], rtol=1e-6)


def test_the_fall_of_the_shipped_curve_at_18_years_comes_from_its_shape(
    survey: pd.DataFrame, models: dict[tuple[str, str], LmsModel]
) -> None:
    """A fourth power must turn; a penalised spline of 6 degrees of freedom fits better, and boys go on getting stronger."""
    children = of(survey, "dominant", "male")
    spline = fit_lms(children, Polynomial(1), Spline(6), Polynomial(2))
    power, smooth = (model.nodes([17.75, 18.75])["m"] for model in (models["dominant", "male"], spline))
    assert power[1] < power[0] - 2
    assert smooth[1] > smooth[0]
    assert spline.log_likelihood > models["dominant", "male"].log_likelihood + 5
    oldest = (children.age >= 18) & (children.age < 19)
    mean = np.average(children.raw[oldest], weights=children.weight[oldest])
    assert abs(mean - spline.nodes([18.5])["m"][0]) < 1 < abs(mean - models["dominant", "male"].nodes([18.5])["m"][0])
