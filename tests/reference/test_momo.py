"""momo@2012: z and percentile of the truncated Box-Cox curve, against an integration of its density and the stored percentiles."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

import otscore
from otscore.codes import STATUS_NAMES
from otscore.kernel.bccg import bccg_value

TESTS = ("balance", "jump_sideways", "jump_stand", "pushups")
PERCENTS = (3, 5, 10, 25, 50, 75, 90, 95, 97)
LOWEST = {"balance": 1.0, "jump_sideways": 0.5, "jump_stand": 10.0, "pushups": 1.0}
HIGHEST = {"balance": 48.0, "jump_sideways": 75.0, "jump_stand": 350.0, "pushups": 60.0}
PARAMETERS = ["mu", "sigma", "nu"]


@pytest.fixture(scope="module")
def scorer(checkout: Path) -> otscore.Scorer:
    return otscore.Scorer.load(path=checkout / "norms" / "momo" / "2012", rounding="none")


@pytest.fixture(scope="module")
def nodes(checkout: Path) -> pd.DataFrame:
    """The curves as the pack holds them."""
    return pd.read_csv(checkout / "norms" / "momo" / "2012" / "tables" / "bccg.csv")


@pytest.fixture(scope="module")
def figures(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "figures" / "momo" / "momo_gamlss_monthly.csv")


def curve(nodes: pd.DataFrame, test: str, sex: str) -> pd.DataFrame:
    return nodes[(nodes.scale == test) & (nodes.sex == sex)].reset_index(drop=True)


def at_age(one: pd.DataFrame, age: float) -> tuple[float, float, float]:
    """Mu, sigma and nu on the straight line between the two nodes around an age."""
    place = min(int(np.searchsorted(one.age.to_numpy(), age, side="right")) - 1, len(one) - 2)
    low, high = one.iloc[place], one.iloc[place + 1]
    share = (age - low.age) / (high.age - low.age)
    return tuple(float(low[name] + share * (high[name] - low[name])) for name in PARAMETERS)  # type: ignore[return-value]


def density(y: float, mu: float, sigma: float, nu: float) -> float:
    """Of the Box-Cox Cole and Green distribution before it is cut off at 0 (Rigby and Stasinopoulos)."""
    z = ((y / mu) ** nu - 1) / (nu * sigma)
    return y ** (nu - 1) / (mu**nu * sigma) * math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def below(y: float, mu: float, sigma: float, nu: float) -> float:
    """The share of the truncated distribution below y, by integration: the density from 0 to y over that of all above 0."""
    steps = [share * y for share in (0, 0.25, 0.5, 0.75, 1)]
    pieces = [quad(density, a, b, args=(mu, sigma, nu), epsabs=1e-15, epsrel=1e-13, limit=400)[0] for a, b in zip(steps, steps[1:], strict=False)]
    kept = NormalDist().cdf(1 / (sigma * nu))  # every nu of the pack is above 0
    return sum(pieces) / kept


def children(rows: list[tuple[str, str, float, float]]) -> pd.DataFrame:
    """A child for each (test, sex, age, raw score), with an answer to that test only."""
    frame = pd.DataFrame({"sex": [sex for _, sex, _, _ in rows], "age_years": [age for _, _, age, _ in rows]})
    for test in TESTS:
        frame[test] = [raw if name == test else np.nan for name, _, _, raw in rows]
    return frame


def results(scorer: otscore.Scorer, rows: list[tuple[str, str, float, float]]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """z, percentile and status of the one test each child took."""
    arrays = scorer.score_frame(children(rows)).parts[0].arrays
    column = [scorer.form.result_ids.index(test) for test, _, _, _ in rows]
    place = np.arange(len(rows))
    return arrays.z[place, column], arrays.percentile[place, column], [STATUS_NAMES[code] for code in arrays.status[place, column]]


def test_every_node_of_the_pack_is_a_node_of_the_source(nodes: pd.DataFrame, figures: pd.DataFrame) -> None:
    """And no month that both sexes have is missing; stand and reach is not there."""
    source = figures.rename(columns={"test": "scale", "age_years": "age"})
    same = nodes.merge(source, on=["scale", "sex", "age", *PARAMETERS], how="left")
    assert len(same) == len(nodes) and same.distribution.eq("BCCG").all()
    for test in TESTS:
        ages = [set(source[(source.scale == test) & (source.sex == sex)].age) for sex in ("male", "female")]
        for sex in ("male", "female"):
            assert ages[0] & ages[1] <= set(curve(nodes, test, sex).age)
    assert set(nodes.scale) == set(TESTS)


def test_z_and_percentile_at_and_between_the_nodes(scorer: otscore.Scorer, nodes: pd.DataFrame) -> None:
    """Equal to an integration of the density with straight lines between the nodes, to 1e-10 (percentile to 1e-8 of 100)."""
    rows, expected = [], []
    for test in TESTS:
        for sex in ("male", "female"):
            one = curve(nodes, test, sex)
            months = one.age.to_numpy()
            places, shares = range(3, len(months) - 1, 37), (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95)
            between = [months[k] + share * (months[k + 1] - months[k]) for k, share in zip(places, shares, strict=False)]
            for age in (*months[[0, 7, 60, 101, len(one) - 2]], *between):
                mu, sigma, nu = at_age(one, float(age))
                for p in (0.002, 0.03, 0.3, 0.5, 0.8, 0.985):
                    raw = float(np.clip(bccg_value(NormalDist().inv_cdf(p), mu, sigma, nu), LOWEST[test], HIGHEST[test]))
                    raw = raw if test.startswith("jump") else float(round(raw))
                    rows.append((test, sex, float(age), raw))
                    expected.append(below(raw, mu, sigma, nu))
    z, percentile, status = results(scorer, rows)
    assert status == ["ok"] * len(rows)
    truth = np.array([NormalDist().inv_cdf(p) for p in expected])
    usual = np.abs(truth) < 4  # further out an integral from 0 has no digits left to compare
    assert np.count_nonzero(usual) > 500
    assert np.abs(z - truth)[usual].max() < 1e-10
    assert np.abs(percentile / 100 - np.array(expected)).max() < 1e-12


def test_the_inverse_leads_back(scorer: otscore.Scorer, nodes: pd.DataFrame) -> None:
    rows, targets = [], []
    for test in ("jump_sideways", "jump_stand"):  # the tests whose raw score need not be whole
        for sex in ("male", "female"):
            for place in (0, 40, 111, 190):
                node = curve(nodes, test, sex).iloc[place]
                for z in (-2.5, -1.0, 0.0, 0.7, 2.2):
                    rows.append((test, sex, float(node.age), float(bccg_value(z, node.mu, node.sigma, node.nu))))
                    targets.append(z)
    z, _, status = results(scorer, rows)
    assert status == ["ok"] * len(rows)
    assert np.abs(z - np.array(targets)).max() < 1e-10


def closed_form(y: float, mu: float, sigma: float, nu: float) -> float:
    """The LMS formula, without the cut at 0."""
    return ((y / mu) ** nu - 1) / (nu * sigma)


@pytest.mark.parametrize(("test", "at", "most"), [
    ("balance", -2.0, 0.19), ("balance", -2.5, 0.42), ("balance", -3.0, 0.80), ("jump_sideways", -3.0, 0.03), ("jump_stand", -3.0, 0.04),
    ("pushups", -3.0, 0.05),
])  # fmt: skip
def test_the_lms_formula_is_another_one(test: str, at: float, most: float, nodes: pd.DataFrame) -> None:
    """By how much the plain formula is off before 18 years, in the direction of a milder result."""
    found = nodes[(nodes.scale == test) & (nodes.age < 18)]
    off = [closed_form(float(bccg_value(at, *node)), *node) - at for node in found[PARAMETERS].to_numpy()]
    assert min(off) > -1e-12
    assert max(off) == pytest.approx(most, abs=0.006)


def test_the_pack_uses_the_truncated_form(scorer: otscore.Scorer, nodes: pd.DataFrame) -> None:
    """A girl of 17 with 15 steps: the distribution cut off at 0 says -2.6, the LMS formula -2.1."""
    node = curve(nodes, "balance", "female").query("age == 17").iloc[0]
    parameters = (node.mu, node.sigma, node.nu)
    z, _, _ = results(scorer, [("balance", "female", 17.0, 15.0)])
    assert z[0] == pytest.approx(NormalDist().inv_cdf(below(15, *parameters)), abs=1e-10)
    assert (round(z[0], 1), round(closed_form(15, *parameters), 1)) == (-2.6, -2.1)


def test_the_stored_yearly_percentiles_are_met(scorer: otscore.Scorer, figures: pd.DataFrame, shared: Path) -> None:
    """P3 to P97 of each year: the curve to 0.005 raw points, and the percentile of a stored length or mean within its rounding."""
    yearly = pd.read_csv(shared / "figures" / "momo" / "momo_percentiles_yearly_computed.csv")
    yearly = yearly[yearly.test.isin(TESTS)]
    assert len(yearly) == 109
    rows, percents = [], []
    source = figures.rename(columns={"test": "scale", "age_years": "age"})
    for line in yearly.itertuples():
        mu, sigma, nu = at_age(curve(source, line.test, line.sex), float(line.age_years))
        for percent in PERCENTS:
            printed = getattr(line, f"p{percent:02d}")
            assert bccg_value(NormalDist().inv_cdf(percent / 100), mu, sigma, nu) == pytest.approx(printed, abs=0.0051)
            if line.test.startswith("jump"):
                rows.append((line.test, line.sex, float(line.age_years), float(printed)))
                percents.append(percent)
    _, percentile, status = results(scorer, rows)
    assert set(status) == {"ok"}
    assert np.abs(percentile - np.array(percents)).max() < 0.1


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("sex", ["male", "female"])
def test_nobody_outside_the_curve_is_scored(test: str, sex: str, scorer: otscore.Scorer, nodes: pd.DataFrame) -> None:
    first, last, day = (*curve(nodes, test, sex).age.agg(["min", "max"]), 1 / 365.25)
    raw = 20.0 if test != "jump_stand" else 120.0
    z, _, status = results(scorer, [(test, sex, age, raw) for age in (first - day, first, last - day, last + day, 3.0, 30.0)])
    assert status == ["below_age", "ok", "ok", "above_age", "below_age", "above_age"]
    assert np.isnan(z[[0, 3, 4, 5]]).all() and np.isfinite(z[[1, 2]]).all()


def test_a_score_of_nothing_has_a_status(scorer: otscore.Scorer) -> None:
    _, _, status = results(scorer, [("balance", "male", 8.0, 0.0), ("pushups", "female", 8.0, 0.0), ("jump_sideways", "male", 8.0, 0.0)])
    assert status == ["outside_curve"] * 3


def test_all_steps_are_no_extreme_score(scorer: otscore.Scorer) -> None:
    """The ceiling the pack tells of: 48 steps."""
    z, _, _ = results(scorer, [("balance", sex, age, 48.0) for age in (8.0, 12.0, 15.0, 18.0) for sex in ("male", "female")])
    assert np.round(z, 1).tolist() == [2.2, 2.1, 1.7, 1.3, 1.6, 1.4, 1.5, 1.3]


@pytest.mark.parametrize(("test", "other", "most"), [
    ("jump_stand", "sw_best", 0.07), ("jump_sideways", "shh_mean", 0.11), ("balance", "n_balance", 0.14), ("pushups", "n_pushups", 0.19),
])  # fmt: skip
def test_medians_beside_a_second_german_sample(test: str, other: str, most: float, shared: Path) -> None:
    """From 7 years on; the second sample is a check only, nothing of it is in the pack. It agrees less than once hoped (10 %)."""
    momo = pd.read_csv(shared / "figures" / "momo" / "momo_percentiles_yearly_computed.csv").query("test == @test")
    life = pd.read_csv(shared / "figures" / "hold" / "life_child_motor" / "life_child_motor_percentiles_yearly_computed.csv").query("test == @other")
    both = momo.merge(life, on=["sex", "age_years"], suffixes=("", "_life")).query("age_years >= 7")
    off = (both.p50 / both.p50_life - 1).abs()
    assert len(off) >= 24
    assert off.max() == pytest.approx(most, abs=0.006)
