"""Each fault of the R package dscore 1.10.0 (reference/README.md, 1.4), by its number: the library does not repeat it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from dscore_data import BASE_POPULATION, EDITION_OF_KEY, Reference, ScoreVisits
from slow_twin import irt as slow_irt

import otscore
from otscore.codes import STATUS_NAMES
from otscore.kernel.bct import bct_value, bct_z
from otscore.kernel.curves import interpolate_linear, lms_z

KEYS = list(EDITION_OF_KEY)
TWO_ITEMS = ("gs1moc060", "gs1lgc062")


def children(*ages: float, **answers: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"id": [f"child {place}" for place in range(len(ages))], "age_years": ages} | answers)


def status(scores: otscore.Scores) -> list[str]:
    return [STATUS_NAMES[code] for code in scores.arrays.status[:, 0]]


# 1 ------------------------------------------------------------------------- posterior of the wrong child


def test_1_without_a_scored_item_there_is_no_posterior() -> None:
    """The package gives the second child the posterior prior of the first, mean 33.19."""
    frame = children(0.5, 1.0, 2.0, gs1moc060=[1, np.nan, 1], gs1lgc062=[0, np.nan, 1])
    scorer = otscore.Scorer.load("gsed@2406", posterior=True)
    posterior = scorer.score_frame(frame).arrays.posterior
    assert posterior is not None and posterior.shape == (3, 1, 111)
    assert np.isnan(posterior[1]).all()
    assert status(scorer.score_frame(frame)) == ["ok", "no_items", "ok"]
    for row in (0, 2):
        alone = scorer.score_frame(frame.iloc[[row]]).arrays.posterior
        assert alone is not None
        assert posterior[row].tobytes() == alone[0].tobytes(), "its own, whoever stands beside it"
        assert posterior[row].sum() == pytest.approx(1, abs=1e-12)


# 2 ------------------------------------------------------------------------- underflow and order of the items

EXACT = {50: 40.159, 75: 40.34, 100: 40.74, 150: 41.83}
"""N hardest items passed and N easiest failed, prior N(40, 5). The package, hard first: 45.00, 53.18, 61.33 from 75 on."""


@pytest.mark.parametrize("n", list(EXACT))
def test_2_conflicting_answers_neither_underflow_nor_depend_on_their_order(n: int, reference: Reference) -> None:
    difficulties = reference.difficulties("gsed2406")
    ranked = sorted(difficulties, key=lambda item: (difficulties[item], item))
    answers = dict.fromkeys(ranked[:n], 0) | dict.fromkeys(ranked[-n:], 1)
    scorer = otscore.Scorer.load("gsed@2406", prior_without_age=(40, 5), rounding="none")
    frame = pd.DataFrame([{"age_years": np.nan} | answers])
    scores = scorer.score_frame(frame)
    d, sem, _ = slow_irt.rasch_eap(answers, difficulties, 4.064264, 40, 5, reference.grid("gsed2406"))
    assert scores.arrays.ability[0, 0] == pytest.approx(EXACT[n], abs=6e-4 if n == 50 else 6e-3)
    assert scores.arrays.ability[0, 0] == pytest.approx(d, abs=1e-11)
    assert scores.arrays.sem[0, 0] == pytest.approx(sem, abs=1e-11)
    for seed in range(3):
        columns = np.random.default_rng(seed).permutation(frame.columns).tolist()
        again = scorer.score_frame(frame[columns]).arrays
        assert again.ability.tobytes() == scores.arrays.ability.tobytes()
        assert again.sem.tobytes() == scores.arrays.sem.tobytes()


# 3 ------------------------------------------------------------------------- a duplicated item counts twice


@pytest.mark.parametrize("name", ["gs1moc060", "GS1MOC060"])
def test_3_a_repeated_item_is_refused(name: str) -> None:
    frame = children(1.0, gs1moc060=[1], gs1lgc062=[0])
    frame = pd.concat([frame, pd.Series([1], name=name)], axis=1)
    with pytest.raises(otscore.ResponseError, match=name) as caught:
        otscore.Scorer.load("gsed@2406").score_frame(frame)
    assert [issue.code for issue in caught.value.issues] == ["duplicate_column"]


def test_3_a_repeated_answer_in_a_long_table_counts_once() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    long = pd.DataFrame({"id": 1, "age_years": 1.0, "item": [*TWO_ITEMS, TWO_ITEMS[0]], "score": [1, 0, 1]})
    once = scorer.score_frame(long[:2], item="item", response="score")
    twice = scorer.score_frame(long, item="item", response="score")
    pd.testing.assert_frame_equal(twice.to_frame(), once.to_frame(), check_exact=True)
    assert once.arrays.n_answered[0, 0] == 2 and once.arrays.ability[0, 0] == 47.22


def test_3_two_different_answers_to_one_item_are_no_score() -> None:
    long = pd.DataFrame({"id": 1, "age_years": 1.0, "item": [*TWO_ITEMS, TWO_ITEMS[0]], "score": [1, 0, 0]})
    scores = otscore.Scorer.load("gsed@2406").score_frame(long, item="item", response="score")
    assert status(scores) == ["illegal_answer"]
    assert "duplicate_response" in {issue.code for issue in scores.issues}


# 4 ------------------------------------------------------------------------- scores other than 0 and 1


@pytest.mark.parametrize("answer", [0.5, 1.9, -0.5, 2, -1])
def test_4_other_scores_are_refused_with_row_and_column(answer: float) -> None:
    """The package truncates the first three in silence and stops at the others without naming them."""
    scorer = otscore.Scorer.load("gsed@2406")
    frame = children(1.0, 1.0, 1.0, gs1moc060=[1, answer, 0], gs1lgc062=[0, 1, 1])
    with pytest.raises(otscore.IllegalAnswer, match=r"row 2, column gs1moc060.*Allowed: 0, 1"):
        scorer.score_frame(frame, errors="raise")
    scores = scorer.score_frame(frame)
    assert status(scores) == ["ok", "illegal_answer", "ok"]
    assert np.isnan(scores.arrays.ability[1, 0]) and np.isnan(scores.arrays.raw[1, 0])
    assert [(issue.row, issue.field) for issue in scores.issues] == [(2, "gs1moc060")]
    with pytest.raises(otscore.IllegalAnswer, match="gs1moc060"):
        scorer.score({"age_years": 1.0, "responses": {"gs1moc060": answer}})


# 5 ------------------------------------------------------------------------- a DAZ of a logit


def test_5_an_ability_in_logits_has_no_daz() -> None:
    """The package compares the logit with the D-score reference: DAZ -6.747."""
    frame = children(1.0, gs1moc060=[1], gs1lgc062=[0])
    scores = otscore.Scorer.load("gsed@2406", logit=True).score_frame(frame)
    assert scores.arrays.ability[0, 0] == -1.9
    assert status(scores) == ["not_normed"]
    for name in ("score", "z", "percentile", "ci_low", "ci_high"):
        assert np.isnan(getattr(scores.arrays, name)).all(), name


# 6 ------------------------------------------------------------------------- an unknown population


@pytest.mark.parametrize("key", KEYS)
def test_6_an_unknown_population_is_refused(key: str) -> None:
    with pytest.raises(otscore.UsageError, match=f"no norm group mars.*{BASE_POPULATION[key]}"):
        otscore.Scorer.load(EDITION_OF_KEY[key], norm_group="mars")


def test_6_nor_is_the_population_of_another_key_put_in_its_place() -> None:
    with pytest.raises(otscore.UsageError, match="preliminary_standards"):
        otscore.Scorer.load("gsed@gcdg", norm_group="preliminary_standards")


# 7 ------------------------------------------------------------------------- columns lost


def test_7_ids_and_columns_are_kept_when_nothing_matches() -> None:
    scorer = otscore.Scorer.load("gsed@293_0")
    frame = children(1.0, 2.0, ddifmd001=[1, 0])
    full = otscore.Scorer.load("gsed@2406").score_frame(children(1.0, gs1moc060=[1]))
    scores = scorer.score_frame(frame)
    assert scores.to_frame()["id"].tolist() == frame["id"].tolist()
    assert scores.to_frame().columns.tolist() == full.to_frame().columns.tolist()
    assert scores.to_wide()["id"].tolist() == frame["id"].tolist()
    assert status(scores) == ["no_items", "no_items"]


def test_7_no_rows_give_no_rows_with_all_columns() -> None:
    scorer = otscore.Scorer.load("gsed@2406")
    frame = children(1.0, 2.0, gs1moc060=[1, 0])
    empty = scorer.score_frame(frame[:0])
    assert len(empty) == 0
    assert empty.to_frame().columns.tolist() == scorer.score_frame(frame).to_frame().columns.tolist()


def test_7_a_table_without_any_item_is_refused() -> None:
    with pytest.raises(otscore.ResponseError, match="no column is an item of gsed@2406"):
        otscore.Scorer.load("gsed@2406").score_frame(children(1.0))


# 8 ------------------------------------------------------------------------- tails of the DAZ

EDITIONS_WITH_A_BOX_COX_T = [
    ("gsed2406", "preliminary_standards"), ("gsed2406", "phase1"), ("gsed2406", "dutch"), ("gsed2212", "phase1"),
    ("gsed2212", "dutch"), ("293_0", "phase1"),
]  # fmt: skip


def norm_of(key: str, population: str) -> Any:
    return otscore.Scorer.load(EDITION_OF_KEY[key], norm_group=population).form.scales[0].norm


@pytest.mark.parametrize(("key", "population"), EDITIONS_WITH_A_BOX_COX_T)
def test_8_both_tails_are_finite_and_rise(key: str, population: str, reference: Reference) -> None:
    """The package loses z above 8.2 (or above 7, by rounding)."""
    norm = norm_of(key, population)
    first, last = reference.curve_ages(key, population)
    lost = 0
    for age in np.linspace(first, last, 40):
        parameters = interpolate_linear(np.full(400, age), *norm.arrays.nodes[0]).T
        d = np.linspace(0.5, 100, 400)
        z = bct_z(d, *parameters)
        assert np.isfinite(z).all() and (np.diff(z) > 0).all()
        lost += int((z > 8.21).sum())
        np.testing.assert_allclose(bct_value(z, *parameters), d, rtol=1e-6)
    assert lost > 50, "the grid does reach beyond what the package can tell apart"


def test_8_a_z_beyond_8_from_end_to_end(reference: Reference) -> None:
    difficulties = reference.difficulties("gsed2406")
    hardest = sorted(difficulties, key=difficulties.__getitem__)[-400:]
    counts = [20, 60, 400]
    frame = pd.DataFrame([{"age_years": 0.1} | dict.fromkeys(hardest[-count:], 1) for count in counts])
    scores = otscore.Scorer.load("gsed@2406").score_frame(frame)
    z = scores.arrays.z[:, 0]
    assert status(scores) == ["ok"] * 3
    assert np.isfinite(z).all() and (np.diff(z) > 0).all() and z[-1] > 8.3
    assert np.isfinite(scores.arrays.ci_low).all() and np.isfinite(scores.arrays.ci_high).all()
    assert (scores.arrays.ci_low[:, 0] < z).all() and (z < scores.arrays.ci_high[:, 0]).all()
    assert scores.arrays.percentile[-1, 0] <= 100


@pytest.mark.parametrize("key", ["gcdg", "gsed1912"])
def test_8_the_straight_line_holds_below_zero(key: str, reference: Reference) -> None:
    norm = norm_of(key, "gcdg")
    d = np.linspace(-10, 100, 111)
    for age in np.linspace(*reference.curve_ages(key, "gcdg"), 20):
        z = lms_z(d, *interpolate_linear(np.full(d.size, age), *norm.arrays.nodes[0]).T)
        assert np.isfinite(z).all() and (np.diff(z) > 0).all()


def test_8_the_lost_daz_has_a_reason(reference: Reference, score_visits: ScoreVisits) -> None:
    """Visit 14679, 24 days, d = -2.48: the Dutch curve holds no measurement of 0 or less."""
    row = 14679 - 1
    assert reference.visits["agedays"][row] == 24
    scores = score_visits("gsed@dutch")
    assert scores.arrays.ability[row, 0] == -2.48
    assert status(scores)[row] == "outside_curve" and np.isnan(scores.arrays.score[row, 0])
    result = next(scale for scale in scores.profile(row).domain("general").scales if scale.scale == "d")
    assert result.ability == -2.48 and result.score is None
    assert result.reason == "the measurement lies where the norm curve is not defined"


# 9 ------------------------------------------------------------------------- ages below the prior

LOWEST_AGES = {
    "gsed2406": (-0.0834, -0.0833), "gsed2212": (-0.2, -0.1999), "293_0": (-0.2, -0.1999), "gcdg": (-0.19, -0.1899),
    "gsed1912": (-0.19, -0.1899), "dutch": (-0.25, -0.2499),
}  # fmt: skip
"""The last age without a prior, and the first with one: -1/12 year by rule, elsewhere where the logarithm ends."""


@pytest.mark.parametrize("key", KEYS)
def test_9_an_age_below_the_prior_has_a_status(key: str, reference: Reference) -> None:
    item = min(reference.difficulties(key))
    without, with_prior = LOWEST_AGES[key]
    frame = children(without - 0.05, without, with_prior, np.nan, **{item: [1, 1, 1, 1]})
    scores = otscore.Scorer.load(EDITION_OF_KEY[key]).score_frame(frame)
    assert status(scores) == ["below_age", "below_age", "below_age", "age_missing"]
    np.testing.assert_array_equal(np.isnan(scores.arrays.ability[:, 0]), [True, True, False, True])
    assert scores.arrays.n_answered[:, 0].tolist() == [1, 1, 1, 1] and scores.arrays.raw[:, 0].tolist() == [1, 1, 1, 1]
    assert np.isnan(scores.arrays.score).all()


# 10 ------------------------------------------------------------------------ what is not done


@pytest.mark.parametrize("key", KEYS)
def test_10_the_pack_says_that_a_milestone_given_twice_counts_twice(key: str) -> None:
    """Not mended, since the published key scores so; but every profile says it."""
    scorer = otscore.Scorer.load(EDITION_OF_KEY[key])
    assert any("same milestone count twice" in notice for notice in scorer.pack.manifest.notices)
    profile = scorer.score({"age_years": 1.0, "responses": {}})
    assert any("same milestone count twice" in notice for notice in profile.packs[0].notices)
