"""nhanes-grip@2014: the stored curves, z and percentile by the LMS formula at and between the nodes, and back."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.codes import STATUS_NAMES

HANDS = ("dominant", "nondominant")
Cell = tuple[str, str, float, float]
"""Hand, sex, age in years, kg."""


@pytest.fixture(scope="module")
def scorer(checkout: Path) -> otscore.Scorer:
    return otscore.Scorer.load(path=checkout / "norms" / "nhanes-grip" / "2014", rounding="none")


@pytest.fixture(scope="module")
def nodes(checkout: Path) -> pd.DataFrame:
    """The curves as the pack holds them."""
    return pd.read_csv(checkout / "norms" / "nhanes-grip" / "2014" / "tables" / "lms.csv")


def lms_at(nodes: pd.DataFrame, hand: str, sex: str, age: float) -> tuple[float, float, float]:
    """L, M and S on the straight line between the two nodes around an age."""
    one = nodes[(nodes.scale == hand) & (nodes.sex == sex)].sort_values("age")
    before, after = one[one.age <= age].iloc[-1], one[one.age >= age].iloc[0]
    share = 0.0 if after.age == before.age else (age - before.age) / (after.age - before.age)
    power, median, spread = (float(before[name] + share * (after[name] - before[name])) for name in ("l", "m", "s"))
    return power, median, spread


def z_of(kg: float, power: float, median: float, spread: float) -> float:
    """Cole & Green 1992."""
    if power == 0:
        return math.log(kg / median) / spread
    return float(((kg / median) ** power - 1) / (power * spread))


def kg_of(z: float, power: float, median: float, spread: float) -> float:
    if power == 0:
        return median * math.exp(spread * z)
    return float(median * (1 + power * spread * z) ** (1 / power))


def results(scorer: otscore.Scorer, cells: list[Cell]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """z, percentile and status of one hand of each child, whose best trial is the second of three."""
    frame = pd.DataFrame({"sex": [sex for _, sex, _, _ in cells], "age_years": [age for _, _, age, _ in cells]})
    for hand in HANDS:
        best = np.array([kg if name == hand else np.nan for name, _, _, kg in cells])
        for trial, part in enumerate((0.9, 1.0, 0.8), start=1):
            frame[f"{hand}_{trial}"] = best * part
    arrays = scorer.score_frame(frame).parts[0].arrays
    row, column = np.arange(len(cells)), [scorer.form.result_ids.index(hand) for hand, _, _, _ in cells]
    return arrays.z[row, column], arrays.percentile[row, column], [STATUS_NAMES[code] for code in arrays.status[row, column]]


def ages() -> list[float]:
    """Every node from 6 to 18.75 years, and places between them."""
    at = np.arange(6, 19, 0.25)
    return [*at, *(at[:-1] + np.resize([0.01, 0.0625, 0.125, 0.2, 0.249], len(at) - 1))]


def test_the_pack_holds_the_stored_curves(nodes: pd.DataFrame, shared: Path) -> None:
    stored = pd.read_csv(shared / "figures" / "nhanes_grip" / "nhanes2013_14_grip_LMS_derived.csv")
    stored.columns = ["scale", "sex", "age", "l", "m", "s"]
    keys = ["scale", "sex", "age"]
    same = nodes.merge(stored, on=keys, suffixes=("", "_stored"))
    assert len(same) == len(nodes) and set(nodes.scale) == {*HANDS, "combined"}
    for name in ("l", "m", "s"):
        assert (same[name] == same[f"{name}_stored"]).all()


def test_z_and_percentile_at_and_between_the_nodes(scorer: otscore.Scorer, nodes: pd.DataFrame) -> None:
    cells, expected = [], []
    for hand in HANDS:
        for sex in ("male", "female"):
            for age in ages():
                curve = lms_at(nodes, hand, sex, age)
                for share in (0.5, 0.8, 1.0, 1.3, 1.7):
                    kg = share * curve[1]
                    cells.append((hand, sex, float(age), kg))
                    expected.append(z_of(kg, *curve))
    z, percentile, status = results(scorer, cells)
    assert status == ["ok"] * len(cells)
    assert np.abs(z - np.array(expected)).max() < 1e-10
    assert np.abs(percentile - [100 * NormalDist().cdf(one) for one in expected]).max() < 1e-10


def test_the_inverse_leads_back(scorer: otscore.Scorer, nodes: pd.DataFrame) -> None:
    targets = (-2.8, -1.0, 0.0, 0.7, 2.2)
    cells = [
        (hand, sex, float(age), kg_of(z, *lms_at(nodes, hand, sex, age)))
        for hand in HANDS for sex in ("male", "female") for age in ages() for z in targets
    ]  # fmt: skip
    z, _, status = results(scorer, cells)
    assert status == ["ok"] * len(cells)
    assert np.abs(z.reshape(-1, len(targets)) - targets).max() < 1e-10


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("sex", ["male", "female"])
def test_nobody_outside_the_curve_is_scored(hand: str, sex: str, scorer: otscore.Scorer) -> None:
    """The curve goes on to 19 years, where the survey ends with 18 completed ones; nothing is drawn out beyond it."""
    asked = [5.0, 5.9999, 6.0, 18.999, 19.0, 25.0]
    z, percentile, status = results(scorer, [(hand, sex, age, 20.0) for age in asked])
    assert status == ["below_age", "below_age", "ok", "ok", "above_age", "above_age"]
    assert np.isnan(z).tolist() == np.isnan(percentile).tolist() == [True, True, False, False, True, True]
