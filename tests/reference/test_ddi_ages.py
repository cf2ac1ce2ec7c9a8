"""The ages of ddi-ages@1: derived again from the raw data of the cohort, and held against the Dutch D-score."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NORMS = Path(__file__).parents[2] / "norms"
SHARES = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90, "p95": 0.95}
COHORT = "gcdg_nld_smocc"
SLOPE = 2.1044
"""Of the Dutch key: a child of ability d passes an item of difficulty tau with probability 1 / (1 + exp(-(d - tau) / slope))."""


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def ages() -> dict[str, dict[str, float]]:
    """Item -> percentile -> age in months, where it is given."""
    table = rows(NORMS / "ddi-ages" / "1" / "tables" / "ages.csv")
    return {row["scale"]: {name: float(row[name]) for name in SHARES if row[name]} for row in table}


@pytest.fixture(scope="module")
def answers(shared: Path) -> pd.DataFrame:
    """Every answer of the cohort to a motor item, at a visit whose age is known: item, score, age in months."""
    folder = shared / "microdata" / "childdevdata"
    visits = pd.read_csv(folder / "visits.csv.gz", usecols=["row", "dataset", "agedays"])
    visits = visits[(visits.dataset == COHORT) & visits.agedays.notna()]
    found = pd.read_csv(folder / "responses_long.csv.gz").dropna(subset="score").merge(visits, on="row")
    return found[found["item"].isin(list(ages()))].assign(months=lambda table: table.agedays / 30.4375)


def logistic(x: Floats, passed: Floats) -> tuple[float, float]:
    """Intercept and slope of a logistic regression, by Newton's method."""
    design, beta = np.column_stack([np.ones_like(x), x]), np.zeros(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.einsum("ij,j->i", design, beta)))
        hessian = np.einsum("ij,i,ik->jk", design, p * (1 - p), design)
        step = np.linalg.solve(hessian, np.einsum("ij,i->j", design, passed - p))
        beta = beta + step
        if np.abs(step).max() < 1e-12:
            break
    return float(beta[0]), float(beta[1])


def test_every_answer_is_counted(answers: pd.DataFrame) -> None:
    n = {row["scale"]: int(row["n"]) for row in rows(NORMS / "ddi-ages" / "1" / "tables" / "ages.csv")}
    assert answers.groupby("item").score.count().to_dict() == n
    assert len(n) == 27


def test_every_age_is_derived_again_to_its_printed_tenth(answers: pd.DataFrame) -> None:
    """Share passing = logistic in log(1 + months), every answer alike."""
    compared = 0
    for item, printed in ages().items():
        mine = answers[answers["item"] == item]
        intercept, slope = logistic(np.log1p(mine.months.to_numpy()), mine.score.to_numpy(dtype=np.float64))
        for name, age in printed.items():
            share = SHARES[name]
            assert np.expm1((np.log(share / (1 - share)) - intercept) / slope) == pytest.approx(age, abs=0.0501), (item, name)
            compared += 1
    assert compared == 97


def test_only_ages_at_which_the_item_was_given(answers: pd.DataFrame) -> None:
    for item, printed in ages().items():
        given = answers[answers["item"] == item].months
        assert given.min() <= min(printed.values()) and max(printed.values()) <= given.max()


def test_items_were_given_again_mostly_to_children_who_had_failed_them(answers: pd.DataFrame, shared: Path) -> None:
    """The caveat of the pack, as a number."""
    visits = pd.read_csv(shared / "microdata" / "childdevdata" / "visits.csv.gz", usecols=["row", "subjid"])
    table = answers.merge(visits, on="row").sort_values("months")
    again_if = {}
    for passed in (0, 1):
        by_child = table.groupby(["item", "subjid"]).score.agg(["first", "size"])
        again = by_child[by_child["first"] == passed].groupby(level="item")["size"].agg(lambda size: (size > 1).mean())
        again_if[passed] = again[again > 0]
    assert len(again_if[0]) == 25, "two items belong to the last visit only"
    assert (round(again_if[0].min(), 2), round(again_if[0].max(), 2)) == (0.68, 0.94)
    assert (round(again_if[1].min(), 2), round(again_if[1].max(), 2)) == (0.20, 0.84)
    assert again_if[0].mean() > again_if[1].mean() + 0.15


def d_score_ages(difficulty: float) -> Floats:
    """Ages in months by which each share of Dutch children passes an item of this difficulty, by the Dutch D-score.

    The share at an age is the probability of passing, averaged over the D-scores of children of that age (LMS).
    """
    reference = {name: np.array([float(row[name]) for row in rows(NORMS / "gsed" / "dutch" / "tables" / "daz_dutch.csv")])
                 for name in ("age", "l", "m", "s")}  # fmt: skip
    months = np.arange(1, 33, 0.05)
    power, median, spread = (np.interp(months, 12 * reference["age"], reference[name])[:, None] for name in ("l", "m", "s"))
    z = np.array([NormalDist().inv_cdf((place + 0.5) / 200) for place in range(200)])
    d = median * np.maximum(1 + power * spread * z, 1e-9) ** (1 / power)
    share = np.maximum.accumulate((1 / (1 + np.exp(-(d - difficulty) / SLOPE))).mean(axis=1))
    return np.interp(list(SHARES.values()), share, months, left=np.nan, right=np.nan)


def test_the_dutch_d_score_gives_the_same_ages_within_six_weeks() -> None:
    tau = {row["item"]: float(row["tau"]) for row in rows(NORMS / "gsed" / "dutch" / "tables" / "difficulties.csv")}
    off = []
    for item, printed in ages().items():
        expected = dict(zip(SHARES, d_score_ages(tau[item]), strict=True))
        off += [age - expected[name] for name, age in printed.items()]
    assert len(off) == 97
    assert np.abs(off).max() < 1.4
    assert np.median(np.abs(off)) < 0.35
    assert -0.5 < np.mean(off) < 0.0, "not later than the D-score, on the whole"


def test_the_median_child_of_the_d_score_at_p50() -> None:
    """The plain reading: the age at which the median D-score is the difficulty of the item."""
    tau = {row["item"]: float(row["tau"]) for row in rows(NORMS / "gsed" / "dutch" / "tables" / "difficulties.csv")}
    reference = rows(NORMS / "gsed" / "dutch" / "tables" / "daz_dutch.csv")
    age, median = ([float(row[name]) for row in reference] for name in ("age", "m"))
    pairs = {item: (printed["p50"], 12 * float(np.interp(tau[item], median, age))) for item, printed in ages().items() if "p50" in printed}
    assert len(pairs) == 17
    for item in ("ddifmd005", "ddifmd007", "ddifmd008", "ddigmd055", "ddigmd059"):
        assert pairs[item][0] == pytest.approx(pairs[item][1], abs=0.1), item
    assert max(abs(ours - theirs) for ours, theirs in pairs.values()) < 1.2
