"""Shipped packs again from the raw data, by the library: percentile cells, base rates, and mean and SD by age."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from otscore.norming.fit.base_rates import base_rates, percentile_cells
from otscore.norming.fit.normal import NormalModel, fit_normal
from otscore.norming.fit.quantiles import first_to_last_quantiles
from otscore.norming.fit.samples import Sample, sample
from otscore.norming.fit.shapes import NaturalSpline, Polynomial

Floats = NDArray[np.float64]
SEX = {"male": 1, "female": 2}
PERCENTS = (5, 10, 25, 50, 75, 90, 95)
DAYS_PER_MONTH = 30.4375


def table(checkout: Path, pack: str, name: str) -> pd.DataFrame:
    return pd.read_csv(checkout / "norms" / pack / "tables" / name)


@pytest.fixture(scope="module")
def plank(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "microdata" / "nnyfs_2012_plank" / "plank.csv")


def orders(children: pd.DataFrame, percents: NDArray[np.int_]) -> tuple[Floats, Floats]:
    """Least and most seconds that a percentile can have by the order in which children of equal times are counted, worked plainly.

    The extremes have the lightest or the heaviest of the tied children first and last.
    """
    groups = children.groupby("plank_s")["weight"].agg(["sum", "min", "max"])
    before, found = groups["sum"].cumsum() - groups["sum"], []
    for first in ("min", "max"):
        for last in ("min", "max"):
            ends = np.column_stack([before + groups[first] / 2, before + groups["sum"] - groups[last] / 2])
            found.append(np.interp(percents / 100, ends.ravel() / groups["sum"].sum(), np.repeat(groups.index, 2)))
    return np.min(found, axis=0), np.max(found, axis=0)


@pytest.mark.parametrize("sex", SEX)
def test_plank_cells(sex: str, plank: pd.DataFrame, checkout: Path) -> None:
    """The shipped cells; all lie within what some order of tied children gives, most where every order does."""
    cells = table(checkout, "nnyfs-plank/2012", "percentiles.csv")
    cells = cells[cells["sex"] == sex]
    percents = np.array([int(name[1:]) for name in cells.columns if name[0] == "p"])
    mine = plank[plank["sex"] == sex]
    found = percentile_cells(sample(mine["plank_s"], mine["age_years"], mine["weight"]), np.arange(3, 17), percents)
    assert found.n.tolist() == cells["n"].tolist()
    printed = cells.filter(regex=r"^p\d").to_numpy()
    possible = [orders(mine[mine["age_years"] == age], percents) for age in range(3, 16)]
    low, high = (np.array(ends) for ends in zip(*possible, strict=True))
    settled = high - low < 0.005
    assert settled.mean() > 0.6
    assert (found.raw >= low - 1e-9).all() and (found.raw <= high + 1e-9).all()
    assert np.abs(found.raw - printed).max() < 0.0501


def test_plank_as_published_for_the_same_survey(plank: pd.DataFrame, shared: Path) -> None:
    """Edelson et al. 2016: 19 of 20 percentiles within a second, P90 of all ages within two."""
    published = pd.read_csv(shared / "figures" / "nnyfs_strength_bmc2016" / "nnyfs2012_strength_percentiles_agebands.csv")
    published = published[published["measure"] == "plank_s"]
    children = sample(plank["plank_s"], plank["age_years"], plank["weight"])
    off = []
    for band, *printed in published[["age_band_years", "p10", "p25", "p50", "p75", "p90"]].itertuples(index=False):
        low, high = map(int, band.split("-"))
        off.append(np.abs(percentile_cells(children, [low, high + 1], [10, 25, 50, 75, 90]).raw[0] - printed))
    assert np.array(off).shape == (4, 5)
    assert (np.array(off) <= 1.05).sum() == 19
    assert np.max(off) == off[3][4] <= 2


@pytest.fixture(scope="module")
def interview(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "microdata" / "nhis_2016_child" / "sample_child.csv.gz")


SYMPTOMS = {
    "vertigo": "CBALVRTG", "unsteadiness": "CBALSTED", "clumsiness": "CBALMOTR", "frequent_falls": "CBALFALL",
    "lightheadedness": "CBALPASS", "blurred_vision": "CBALBLR", "other_symptom": "CBALOTH",
}  # fmt: skip


def yes(answers: pd.Series) -> pd.Series:
    return answers.map({1: 1.0, 2: 0.0})


def balance(children: pd.DataFrame, scale: str) -> pd.Series:
    if scale != "symptom_count":
        return yes(children[SYMPTOMS[scale]])
    return children[list(SYMPTOMS.values())].apply(yes).sum(axis=1, skipna=False)


def senses(children: pd.DataFrame, scale: str) -> pd.Series:
    if scale == "hearing":
        return (children["CHEARST1"].where(children["CHEARST1"] <= 6) - 2).clip(lower=0)
    return yes(children[{"vision": "CVISION", "mobility": "IHMOB"}[scale]])


def first_steps(children: pd.DataFrame, _: str) -> pd.Series:
    return children["CBALWLK"].where(children["CBALWLK"] <= 7)


@pytest.mark.parametrize("name", ["base_rates_all.csv", "base_rates_by_sex.csv"])
@pytest.mark.parametrize(
    ("pack", "raw_of", "off"),
    [("nhis-balance", balance, 0.005), ("nhis-hearing-vision", senses, 0.02), ("first-steps", first_steps, 0.0051)],
)
def test_base_rates(
    pack: str, raw_of: Callable[[pd.DataFrame, str], pd.Series], off: float, name: str, interview: pd.DataFrame, checkout: Path
) -> None:
    """Every share and every number of children; degrees of hearing were shipped as sums of rounded shares."""
    shipped = table(checkout, f"{pack}/2016", name)
    shipped = shipped.assign(**{key: value for key, value in {"scale": "", "sex": "", "age_from": 0, "age_to": 18}.items() if key not in shipped})
    assert len(shipped) >= 7
    for (scale, sex, low, high), rows in shipped.groupby(["scale", "sex", "age_from", "age_to"]):
        mine = interview[interview["SEX"] == SEX[sex]] if sex else interview
        children = sample(raw_of(mine, scale), mine["AGE_P"], mine["WTFA_SC"])
        found = base_rates(children, [low, high], rows["raw"])
        assert found.n[0] == rows["n"].iloc[0]
        np.testing.assert_allclose(found.percent[0], rows["percent"], rtol=0, atol=off + 1e-9)
        inside = (found.low <= found.percent + 1e-9) & (found.percent <= found.high + 1e-9)
        assert inside.all() and (found.effective_n < found.n).all()


@pytest.fixture(scope="module")
def visits(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "microdata" / "childdevdata" / "visits.csv.gz").set_index("row")


@pytest.fixture(scope="module")
def answers(shared: Path, visits: pd.DataFrame) -> pd.DataFrame:
    responses = pd.read_csv(shared / "microdata" / "childdevdata" / "responses_long.csv.gz")
    return responses[responses["row"].map(visits["dataset"]).isin(["gcdg_col_lt42m", "gcdg_zaf"])]


def raw_scores(name: str, answers: pd.DataFrame, visits: pd.DataFrame, shared: Path) -> pd.Series:
    """Sum of the items of a scale: complete answers in South Africa; in Bogota credit below the first item given, none above the last."""
    items = pd.read_csv(shared / "figures" / "childdevdata" / f"{name}_items.csv")["item"]
    dataset = "gcdg_zaf" if name.startswith("zaf") else "gcdg_col_lt42m"
    mine = answers[answers["item"].isin(items) & (answers["row"].map(visits["dataset"]) == dataset)]
    wide = mine.pivot(index="row", columns="item", values="score").reindex(columns=items)
    if dataset == "gcdg_zaf":
        return wide.dropna().sum(axis=1)
    above = wide.bfill(axis=1).isna()
    return wide.ffill(axis=1).fillna(1.0).mask(above, 0.0).sum(axis=1)


def months(raw: pd.Series, visits: pd.DataFrame) -> pd.Series:
    return visits.loc[raw.index, "agedays"] / DAYS_PER_MONTH


def fitted(raw: pd.Series, visits: pd.DataFrame) -> tuple[NormalModel, Sample]:
    """A natural spline with knots at six shares of the ages for the mean, a second power for log SD: so the figures were made."""
    children = sample(raw, months(raw, visits))
    return fit_normal(children, NaturalSpline((0.02, 0.2, 0.4, 0.6, 0.8, 0.98)), Polynomial(2)), children


BOGOTA = [
    "bat_adaptive", "bat_personal_social", "bat_cognitive", "den_personal_social", "den_selfcare", "den_gross", "den_fine",
    "by3_gross", "by3_fine", "by3_cognitive",
]  # fmt: skip
TO_THE_LAST_PLACE = ["col_bat_adaptive", "col_by3_fine", "col_den_selfcare", "zaf_vin_2y_social"]
"""Elsewhere the shipped fit stopped a little short of the maximum."""


@pytest.mark.parametrize("name", [*(f"col_{scale}" for scale in BOGOTA), *(f"zaf_vin_2y_{scale}" for scale in ("selfcare", "social", "all"))])
def test_mean_and_sd_by_month(name: str, answers: pd.DataFrame, visits: pd.DataFrame, shared: Path) -> None:
    """Mean within 0.013 SD and SD within 0.2 % of every stored node; and no likelihood of the stored curves is above ours."""
    stored = pd.read_csv(shared / "figures" / "childdevdata" / f"{name}_norms.csv")
    model, children = fitted(raw_scores(name, answers, visits, shared), visits)
    nodes = model.nodes(stored["age_months"])
    exact = name in TO_THE_LAST_PLACE
    assert np.abs((nodes["mean"] - stored["mean"]) / stored["sd"]).max() < (0.0013 if exact else 0.013)
    assert np.abs(nodes["mean"] - stored["mean"]).max() < (0.0006 if exact else 0.03)
    assert np.abs(nodes["sd"] - stored["sd"]).max() < (0.0006 if exact else 0.0015)
    inside = (children.age >= stored["age_months"].min()) & (children.age <= stored["age_months"].max())
    assert normal(children, inside, model, stored, ours=True) > normal(children, inside, model, stored, ours=False) - 0.05
    assert (model.n_parameters, model.n) == (9, children.n)


def normal(children: Sample, inside: NDArray[np.bool_], model: NormalModel, stored: pd.DataFrame, ours: bool) -> float:
    """Log likelihood of the children between the first and the last node, on straight lines between nodes, without its constant."""
    curve = model.nodes(stored["age_months"]) if ours else {name: stored[name].to_numpy() for name in ("mean", "sd")}
    mean, sd = (np.interp(children.age[inside], stored["age_months"], curve[name]) for name in ("mean", "sd"))
    return float((-0.5 * ((children.raw[inside] - mean) / sd) ** 2 - np.log(sd)).sum())


def test_the_bogota_pack_holds_these_nodes(answers: pd.DataFrame, visits: pd.DataFrame, shared: Path, checkout: Path) -> None:
    shipped = table(checkout, "bogota-items/1", "norms.csv")
    assert set(shipped["scale"]) == set(BOGOTA) and len(shipped) == 367
    for scale, rows in shipped.groupby("scale"):
        model, _ = fitted(raw_scores(f"col_{scale}", answers, visits, shared), visits)
        nodes = model.nodes(rows["age"])
        assert np.abs(nodes["mean"] - rows["mean"]).max() < 0.0005 + 1e-9
        assert np.abs(nodes["sd"] - rows["sd"]).max() < 0.0005 + 1e-9


@pytest.mark.parametrize("name", ["percentiles_all.csv", "percentiles_by_sex.csv"])
def test_cells_of_south_africa(name: str, answers: pd.DataFrame, visits: pd.DataFrame, shared: Path, checkout: Path) -> None:
    """Every percentile of the pack; where a percentile is empty there, the next one has the same raw score or the highest one."""
    shipped = table(checkout, "zaf-vineland/1", name)
    seen = 0
    for (scale, *group), rows in shipped.groupby(["scale", *(["sex"] if "sex" in shipped else [])]):
        what, form = scale.rsplit("_", 1)
        raw = raw_scores(f"zaf_vin_{form}_{what}", answers, visits, shared)
        mine = raw[visits.loc[raw.index, "sex"].str.lower().isin(group or ["male", "female"])] if group else raw
        for row in rows.itertuples():
            found = percentile_cells(sample(mine, months(mine, visits)), [row.age_from, row.age_to], PERCENTS, first_to_last_quantiles)
            printed = np.array([getattr(row, f"p{percent:02d}") for percent in PERCENTS], dtype=np.float64)
            assert found.n[0] == row.n
            known = ~np.isnan(printed)
            np.testing.assert_allclose(found.raw[0][known], printed[known], atol=0.0005 + 1e-9)
            later = pd.Series(printed).ffill().to_numpy()
            assert (found.raw[0][~known] >= later[~known] - 1e-9).all()
            seen += known.sum()
    assert seen > 50
