"""The D-score against the R package dscore 1.10.0: every visit of childdevdata, its variants, and samples.

Rounded numbers must be the very same, unrounded ones agree to 1e-9. Curves and priors: test_dscore_curves. Where the package is
wrong: test_dscore_faults.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dscore_data import (
    AGE_FROM,
    BASE_POPULATION,
    EDITION_OF_KEY,
    PRIOR_SEGMENTS,
    Reference,
    ScoreVisits,
    assert_same,
    passed,
)
from slow_twin import irt as slow_irt

import otscore
from otscore.cli import main
from otscore.codes import STATUS_NAMES

KEYS = list(EDITION_OF_KEY)
UNROUNDED = 1e-9
FAULTY_ROW = 14679
"""A visit whose D-score lies below 0, where the package loses the DAZ by the Dutch reference."""


def statuses(scores: otscore.Scores, scale: int = 0) -> list[str]:
    return [STATUS_NAMES[code] for code in scores.arrays.status[:, scale]]


def assert_results(
    scores: otscore.Scores, rows: Any, expected: pd.DataFrame, tolerance: float = 0.0, daz: bool = True
) -> None:
    """d and DAZ to ``tolerance`` (0: the very same numbers), sem to 1e-9, how many items were scored and passed."""
    arrays = scores.arrays
    assert_same(arrays.n_answered[rows, 0].astype(float), expected["n"], what="n")
    scored = arrays.n_answered[rows, 0] > 0
    assert_same(arrays.raw[rows, 0][scored], passed(expected["p"], expected["n"])[scored], what="passed")
    assert_same(arrays.ability[rows, 0], expected["d"], tolerance, "d")
    assert_same(arrays.sem[rows, 0], expected["sem"], UNROUNDED, "sem")
    if daz:
        assert_same(arrays.score[rows, 0], expected["daz"], tolerance, "daz")
        assert_same(arrays.z[rows, 0], expected["daz"], tolerance or 5e-4 + 1e-12, "z")


def visit_rows(expected: pd.DataFrame) -> Any:
    return expected["row"].to_numpy() - 1


# ---------------------------------------------------------------------------------------------- all visits


@pytest.mark.parametrize("key", KEYS)
def test_every_visit_has_the_printed_results(key: str, reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of(f"childdevdata_{key}")
    assert_results(score_visits(EDITION_OF_KEY[key]), visit_rows(expected), expected)


@pytest.mark.parametrize("key", KEYS)
def test_every_visit_has_the_status_its_data_call_for(
    key: str, reference: Reference, score_visits: ScoreVisits
) -> None:
    expected = reference.expected_status(reference.scored_items(key), reference.age_years, key, BASE_POPULATION[key])
    if key == "dutch":
        expected = expected.astype(object)
        expected[FAULTY_ROW - 1] = "outside_curve"
    assert Counter(statuses(score_visits(EDITION_OF_KEY[key]))) == Counter(expected)
    assert statuses(score_visits(EDITION_OF_KEY[key])) == list(expected)


def test_visits_without_an_age_are_kept_and_reported(reference: Reference, score_visits: ScoreVisits) -> None:
    without_age = np.flatnonzero(reference.visits["agedays"].isna())
    assert without_age.size == 312
    for key in KEYS:
        scores = score_visits(EDITION_OF_KEY[key])
        assert len(scores) == len(reference.visits) == 28_465
        assert {statuses(scores)[row] for row in without_age} <= {"age_missing", "no_items"}
        assert np.isnan(scores.arrays.score[without_age]).all()
        assert [(issue.code, issue.field, issue.count) for issue in scores.issues] == [("age_missing", "agedays", 312)]


@pytest.mark.parametrize("key", ["gcdg", "gsed2406"])
def test_unrounded_results(key: str, reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of(f"childdevdata_{key}_dec12")
    scores = score_visits(EDITION_OF_KEY[key], rounding="none")
    rows = visit_rows(expected)
    assert expected["daz"].max() < 5, "above, a Box-Cox t of the package loses digits"
    assert_results(scores, rows, expected, UNROUNDED)


# ---------------------------------------------------------------------------------------------- variants


def test_relevance_window(reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of("childdevdata_gcdg_relevance-10_10")
    assert_results(score_visits("gsed@gcdg", relevance=(-10, 10)), visit_rows(expected), expected)


SEM_LOST_IN_THE_PACKAGE = [3434]
"""With the historic scale the package underflows; of this visit its sem keeps nine digits, ours all."""


def test_historic_scale(reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of("childdevdata_gcdg_alg187")
    scores, rows = score_visits("gsed@gcdg", historic_scale=True), visit_rows(expected)
    apart = np.abs(scores.arrays.sem[rows, 0] - expected["sem"])
    assert expected["row"][apart > UNROUNDED].tolist() == SEM_LOST_IN_THE_PACKAGE
    assert apart.max() < 2e-9
    kept = ~expected["row"].isin(SEM_LOST_IN_THE_PACKAGE).to_numpy()
    assert_results(scores, rows[kept], expected[kept])
    lost = expected[~kept].iloc[0]
    assert scores.arrays.ability[lost["row"] - 1, 0] == lost["d"]
    assert scores.arrays.sem[lost["row"] - 1, 0] == pytest.approx(slow_sem_historic(reference, lost), abs=1e-12)


def slow_sem_historic(reference: Reference, visit: pd.Series) -> float:
    answers = dict(zip(reference.items, reference.answers[visit["row"] - 1].tolist(), strict=True))
    responses = {item: int(score) for item, score in answers.items() if not np.isnan(score)}
    mean = slow_irt.prior_mean(visit["a"], PRIOR_SEGMENTS["gcdg"])
    assert mean is not None
    difficulties = reference.difficulties("gcdg")
    sem = slow_irt.rasch_eap_historic(responses, difficulties, mean, 5.0, reference.grid("gcdg"))[1]
    assert sem is not None
    return sem


def test_logit_metric_has_no_daz(reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of("childdevdata_gsed2406_logit")
    scores = score_visits("gsed@2406", logit=True, rounding="none")
    rows = visit_rows(expected)
    assert_results(scores, rows, expected, UNROUNDED, daz=False)
    assert np.isnan(scores.arrays.score).all() and np.isnan(scores.arrays.z).all()
    scored = ~expected["d"].isna().to_numpy()
    assert {name for name, given in zip(np.array(statuses(scores))[rows], scored, strict=True) if given} == {
        "not_normed"
    }


@pytest.mark.parametrize("population", ["phase1", "dutch"])
def test_other_populations(population: str, reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of(f"childdevdata_gsed2406_pop-{population}")
    scores = score_visits("gsed@2406", norm_group=population)
    assert_results(scores, visit_rows(expected), expected)
    n = reference.scored_items("gsed2406")
    assert statuses(scores) == list(reference.expected_status(n, reference.age_years, "gsed2406", population))


def test_prior_for_a_missing_age(reference: Reference, score_visits: ScoreVisits) -> None:
    expected = reference.of("childdevdata_gsed2406_priorNA50_20")
    scores = score_visits("gsed@2406", prior_without_age=(50, 20))
    assert_results(scores, visit_rows(expected), expected)
    without_age = reference.visits["agedays"].isna().to_numpy() & (reference.scored_items("gsed2406") > 0)
    assert without_age.sum() > 200
    assert not np.isnan(scores.arrays.ability[without_age]).any()
    assert set(np.array(statuses(scores))[without_age]) == {"age_missing"}, "an ability, but no DAZ"


# ---------------------------------------------------------------------------------------------- long table


@pytest.mark.parametrize("key", KEYS)
def test_the_long_table_gives_the_same_bits(key: str, reference: Reference, score_visits: ScoreVisits) -> None:
    wide = score_visits(EDITION_OF_KEY[key])
    scorer = otscore.Scorer.load(EDITION_OF_KEY[key])
    long = scorer.score_frame(reference.long, id="row", age_days="agedays", item="item", response="score")
    pd.testing.assert_frame_equal(long.to_frame(), wide.to_frame(), check_exact=True)
    for name in ("n_answered", "ability", "sem", "score", "z", "percentile", "ci_low", "ci_high", "status", "flags"):
        assert getattr(long.arrays, name).tobytes() == getattr(wide.arrays, name).tobytes(), name


# ---------------------------------------------------------------------------------------------- posterior

POSTERIORS_OF_THE_WRONG_CHILD: dict[str, list[int]] = {"gcdg": [], "gsed2406": []}
"""Visits without a scored item have another child's prior in the package; the two files hold no such visit."""


@pytest.mark.parametrize("key", ["gcdg", "gsed2406"])
def test_posterior(key: str, reference: Reference) -> None:
    expected = reference.of(f"posterior400_{key}")
    rows = visit_rows(expected)
    assert expected["row"][reference.scored_items(key)[rows] == 0].tolist() == POSTERIORS_OF_THE_WRONG_CHILD[key]
    scorer = otscore.Scorer.load(EDITION_OF_KEY[key], posterior=True)
    scores = scorer.score_frame(reference.wide.iloc[rows].reset_index(drop=True), id="row", age_days="agedays")
    posterior = scores.arrays.posterior
    assert posterior is not None
    assert_same(posterior[:, 0], expected.iloc[:, 1:], 1e-12, "posterior")
    first, last, step = reference.grid(key)
    assert expected.columns[1:].tolist() == [f"qp_{int(node)}" for node in np.arange(first, last + step, step)]


# ---------------------------------------------------------------------------------------------- small samples

SAMPLES = ["sample_sf_gs1", "sample_sf_gpa", "sample_lf_gl1", "sample_lf_gto", "sample_hf_gh1", "gsample", "milestones"]
YEARS = ["example10", "edge_ages"]
"""Samples whose age is in years, with unrounded results."""

NO_ITEM_OF_ANY_KEY = "gs1moc026"
"""A column of edge_ages; the package passes over it in silence, the library wants it named."""


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", [*SAMPLES, *YEARS])
def test_small_samples(name: str, key: str, reference: Reference) -> None:
    """Against the result file; where there is none, against the slow twin (mostly: no item of the key, no score)."""
    sample, exact = reference.sample(name), name in YEARS
    scorer = otscore.Scorer.load(EDITION_OF_KEY[key], rounding="none" if exact else "pack")
    age = {"age_years": "age"} if exact else {"age_days": "agedays"}
    known = {*age.values(), *scorer.form.known_items}
    others = tuple(column for column in sample if column not in known)
    assert set(others) <= {"id", "subjid", "row", "sex", "gagebrth", "age", NO_ITEM_OF_ANY_KEY}
    scores = scorer.score_frame(sample, ignore=others, **age)
    if f"{name}_{key}" in reference.names(name):
        assert_results(scores, slice(None), reference.of(f"{name}_{key}"), UNROUNDED if exact else 0.0)
        return
    for row, (n, d, sem) in enumerate(slow_results(sample, key, reference)):
        assert scores.arrays.n_answered[row, 0] == n
        assert_same(scores.arrays.ability[row, :1], [d if exact else np.round(d, 2)], 1e-12, "d")
        assert_same(scores.arrays.sem[row, :1], [sem], 1e-12, "sem")


def slow_results(sample: pd.DataFrame, key: str, reference: Reference) -> Iterator[tuple[int, float, float]]:
    """Number of items, d and sem of each row by the slow twin."""
    difficulties, setting = reference.difficulties(key), reference.key(key)
    items = [column for column in sample if column in difficulties]
    years = sample["age"] if "age" in sample else sample["agedays"] / 365.25
    for age, answers in zip(years.round(4), sample[items].to_numpy(dtype=float), strict=True):
        responses = {item: None if np.isnan(score) else int(score) for item, score in zip(items, answers, strict=True)}
        mean = slow_irt.prior_mean(
            None if np.isnan(age) else age, PRIOR_SEGMENTS[BASE_POPULATION[key]], AGE_FROM.get(key)
        )
        n = sum(score is not None for score in responses.values())
        if mean is None or n == 0:
            yield n, np.nan, np.nan
        else:
            d, sem, _ = slow_irt.rasch_eap(responses, difficulties, setting["slope"], mean, 5.0, reference.grid(key))
            assert d is not None and sem is not None
            yield n, d, sem


def test_every_sample_of_the_reference_was_compared(reference: Reference) -> None:
    files = {file for name in (*SAMPLES, *YEARS) for file in reference.names(name)}
    assert files == {f"{name}_{key}" for name in (*SAMPLES, *YEARS) for key in KEYS} & files
    assert len(files) == 25


# ---------------------------------------------------------------------------------------------- command line


def write_wide(reference: Reference, file: Path) -> None:
    """All visits and all 1,299 items as CSV, empty where nothing was answered."""
    with gzip.open(file, "wt", compresslevel=1, encoding="ascii") as out:
        out.write(",".join(["row", "agedays", *reference.items]) + "\n")
        places = pd.Index(reference.items).get_indexer(reference.responses["item"]).tolist()
        answers = iter(
            zip(reference.responses["row"].tolist(), places, reference.responses["score"].tolist(), strict=True)
        )
        row, place, score = next(answers)
        for visit, days in zip(reference.visits["row"].tolist(), reference.visits["agedays"].tolist(), strict=True):
            cells = [""] * len(reference.items)
            while row == visit:
                cells[place] = str(score)
                row, place, score = next(answers, (-1, 0, 0))
            age = "" if np.isnan(days) else str(int(days))
            out.write(f"{visit},{age},{','.join(cells)}\n")


def write_long(reference: Reference, file: Path) -> None:
    reference.long.astype({"agedays": "Int64"}).to_csv(file, index=False)


PARTS = ["--id", "row", "--age-days", "agedays"]


@pytest.mark.parametrize(
    ("write", "name", "arguments"),
    [
        (write_wide, "visits.csv.gz", PARTS),
        (write_long, "answers.csv", [*PARTS, "--item", "item", "--response", "score"]),
    ],
    ids=["wide", "long"],
)
def test_command_line(
    write: Any,
    name: str,
    arguments: list[str],
    reference: Reference,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The main job: ``otscore score`` on all visits, two editions in one run, compared with the printed digits."""
    write(reference, tmp_path / name)
    out = tmp_path / "scores.csv"
    command = [
        "score",
        str(tmp_path / name),
        "--pack",
        "gsed@2406",
        "--pack",
        "gsed@gcdg",
        *arguments,
        "--out",
        str(out),
    ]
    assert main(command) == 1, "done, with rows that could not be scored"
    said = capsys.readouterr().err
    assert "28,465 rows, 28,140 with a score" in said
    assert "no age, so no norm-referenced score" in said and "(312 rows)" in said
    table = pd.read_csv(out, dtype={"ability": str, "score": str})
    assert len(table) == 2 * 28_465
    assert table["scale"].unique().tolist() == ["d"]
    for key in ("gsed2406", "gcdg"):
        mine = table[table["pack"] == EDITION_OF_KEY[key]].reset_index(drop=True)
        assert mine["id"].tolist() == reference.visits["row"].tolist(), "in input order, nobody dropped"
        expected = reference.of(f"childdevdata_{key}")
        found = mine.iloc[visit_rows(expected)]
        assert_same(found["ability"].astype(float).to_numpy(), expected["d"], what="d")
        assert_same(found["sem"].to_numpy(), expected["sem"], UNROUNDED, "sem")
        assert_same(found["score"].astype(float).to_numpy(), expected["daz"], what="daz")
        assert found["ability"].dropna().str.fullmatch(r"-?\d+(\.\d{1,2})?").all(), "two decimals at most"
        assert found["score"].dropna().str.fullmatch(r"-?\d+(\.\d{1,3})?").all(), "three decimals at most"
        statuses = reference.expected_status(
            reference.scored_items(key), reference.age_years, key, BASE_POPULATION[key]
        )
        assert mine["status"].tolist() == list(statuses)


def test_a_problem_is_counted_once_however_many_packs(reference: Reference) -> None:
    battery = otscore.Battery.load(["gsed@2406", "gsed@gcdg"])
    some = reference.wide[7_000:9_000]
    scores = battery.score_frame(some, id="row", age_days="agedays")
    assert [issue.count for issue in scores.issues] == [some["agedays"].isna().sum()] != [0]
