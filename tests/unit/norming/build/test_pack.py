"""The pack that is built: it passes the check, scores as its model does, and is the same bytes each time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from norming_made_up import Straight, csv_text, document, recipe, rows

import otscore
from otscore.check import check_directory, is_error
from otscore.errors import UsageError
from otscore.kernel.rounding import round_half_up
from otscore.norming.build.build import Built, build, compare, write
from otscore.norming.build.cases import examples, expected, searched
from otscore.norming.build.data import read_data
from otscore.norming.build.fitting import fit_scale
from otscore.norming.build.tabulate import tabulate
from otscore.norming.build.toml import toml_text
from otscore.norming.fit.samples import sample

STRATA = {"sex": {"column": "sex", "values": ["male", "female"], "aliases": {"m": "male", "f": "female"}}}
COUNTED = {"reliability": 0.9, "interval": {"kind": "true_score", "level": 0.95}}
MEASURED = {"column": "seconds", "range": [0.1, 100], "whole": False, "table": "parametric", "higher_is": "less_able", "decimals": 1}


def folder(where: Path, **changes: Any) -> Path:
    """A recipe with its data; the path of the recipe."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "sample.csv").write_text(csv_text(rows(360)), encoding="utf-8")
    file = where / "recipe.toml"
    file.write_text(toml_text(document(**changes)), encoding="utf-8")
    return file


def built(where: Path, **changes: Any) -> Built:
    found = build(folder(where, **changes), None, where / "packs", "9.9.9")
    write(found)
    return found


def model(name: str, **more: Any) -> dict[str, Any]:
    return {"method": name} | more


def scored(scorer: Any, age: float, raw: float, **more: Any) -> dict[str, Any]:
    """The results of a child by scale."""
    profile = scorer.score({"age_years": age, "responses": {"hop_raw": raw}, **more})
    return {result.scale: result for domain in profile.domains for result in domain.scales}


def scored_frame(directory: Path, age: np.ndarray, raw: np.ndarray) -> pd.DataFrame:
    """The results of many children, a row each."""
    children = pd.DataFrame({"id": range(age.size), "age_years": age, "hop_raw": raw})
    return otscore.Scorer.load(path=directory).score_frame(children, id="id", age_years="age_years").to_frame()


LOOKUP = [
    model("taylor", score_power=3, age_power=2), model("beta_binomial", alpha_degree=1, beta_degree=1), model("beta_binomial_regression"),
    model("shash", mu_degree=1, sigma_degree=0, epsilon_degree=0, delta_degree=0), model("shash", mu_degree=1, sigma_degree=0, epsilon_degree=0, delta=1.0),
    model("regression", mean_degree=1, log_sd_degree=0), model("normal", mean={"polynomial": 1}), model("mean_sd"), model("band_ranks"),
]  # fmt: skip
PARAMETRIC = [
    model("taylor", score_power=3, age_power=2), model("regression", mean_degree=2), model("lognormal_regression", mean_degree=1), model("lms"),
    model("bccg", median={"polynomial": 2}), model("bct", power={"polynomial": 0}), model("normal"), model("mean_sd"),
    model("shash", mu_degree=2, sigma_degree=1, epsilon_degree=1, delta_degree=0),
]  # fmt: skip


@pytest.mark.parametrize("chosen", LOOKUP, ids=lambda one: one["method"])
def test_a_lookup_table_scores_as_the_model_does(tmp_path: Path, chosen: dict[str, Any]) -> None:
    """Every raw score at the three ages, against the model itself; and `norms check` finds no error."""
    asked = {"scale": {"model": chosen, **COUNTED}}
    pack = built(tmp_path, **asked)
    assert [str(issue) for issue in check_directory(pack.directory) if is_error(issue)] == []
    found = recipe(**asked)
    data = read_data(found, tmp_path / "sample.csv")
    children = data.children(found.scales[0], ())
    norms = fit_scale(found.scales[0], found.age, sample(data.raw["hop"][children], data.age[children]))
    raw, age = np.tile(np.arange(31.0), 3), np.repeat(found.age.ages, 31)
    told = norms.score(raw, age)
    scores = scored_frame(pack.directory, age, raw)
    assert scores["score"].tolist() == round_half_up(50 + 10 * np.clip(told.z, -3.0, 3.0)).tolist()
    for flag, side in (("score_or_less", -1), ("score_or_more", 1)):
        assert scores["flags"].fillna("").str.contains(flag).tolist() == (told.off_scale == side).tolist()


@pytest.mark.parametrize("chosen", PARAMETRIC, ids=lambda one: one["method"])
def test_a_parametric_table_scores_as_the_model_does(tmp_path: Path, chosen: dict[str, Any]) -> None:
    """Children of the sample, at their own ages, to the rounding of the figures and to a straight line between nodes."""
    asked = {"scale": MEASURED | {"model": chosen}}
    pack = built(tmp_path, **asked)
    assert [str(issue) for issue in check_directory(pack.directory) if is_error(issue)] == []
    found = recipe(**asked)
    data = read_data(found, tmp_path / "sample.csv")
    raw, age = data.raw["hop"], data.age
    norms = fit_scale(found.scales[0], found.age, sample(data.raw["hop"], data.age))
    z = np.clip(norms.score(raw, age).z, -3, 3)
    scores = scored_frame(pack.directory, age, raw)
    assert scores["score"].to_numpy() == pytest.approx(50 + 10 * z, abs=0.051 + 0.02)
    inside = np.abs(z) < 3
    assert scores["z"].to_numpy()[inside] == pytest.approx(-z[inside], abs=0.01)  # a higher raw score is less able: z is turned


@pytest.mark.parametrize(("metric", "limits"), [("standard", [55, 145]), ("z", [-3, 3])])
@pytest.mark.parametrize("chosen", [model("bccg"), model("normal")], ids=lambda one: one["method"])
def test_examples_hold_between_nodes(tmp_path: Path, chosen: dict[str, Any], metric: str, limits: list[int]) -> None:
    """The model is curved, the pack reads a straight line between ages: no example lies where that turns the second decimal."""
    pack = built(tmp_path, cases=20, scale=MEASURED | {"model": chosen, "metric": metric, "limits": limits, "decimals": 2})
    assert pack.files["cases.csv"].count("\n") == 21
    assert [str(issue) for issue in check_directory(pack.directory) if is_error(issue)] == []


def test_strata_percentiles_and_age_equivalents(tmp_path: Path) -> None:
    pack = built(tmp_path, strata=STRATA, scale={"strata": ["sex"], "percentiles": True, "age_equivalents": True, "interval": {"kind": "observed"}, "reliability": 0.84})
    assert [str(issue) for issue in check_directory(pack.directory) if is_error(issue)] == []
    assert "hop,,,sem,score,4,sample" in pack.files["psychometrics.csv"]  # 10 times the root of 0.16
    scorer = otscore.Scorer.load(path=pack.directory)
    scores = scored(scorer, 6.5, 13, sex="f")
    assert scores["hop"].percentile is not None and 30 < scores["hop"].percentile < 70
    assert scores["hop_age"].score is not None and 60 <= scores["hop_age"].score <= 96
    assert scores["hop"].ci_low is not None and scores["hop"].score is not None
    assert scores["hop"].score - scores["hop"].ci_low == pytest.approx(1.645 * 4, abs=0.6)


def test_a_score_that_is_a_z_rises_with_ability(tmp_path: Path) -> None:
    """Errors by form, in z: the table says what the raw score says, the library turns it, and the cases know that."""
    forms = {"form": {"column": "sex", "values": ["long", "short"], "aliases": {"m": "long", "f": "short"}}}
    pack = built(tmp_path, strata=forms, scale={"strata": ["form"], "metric": "z", "decimals": 2, "limits": [-3, 3], "higher_is": "less_able"})
    assert [str(issue) for issue in check_directory(pack.directory) if is_error(issue)] == []
    few, many = (scored(otscore.Scorer.load(path=pack.directory), 6.5, raw, strata={"form": "long"})["hop"].score for raw in (8, 18))
    assert few > 0 > many
    assert "higher is more able, unlike the raw score" in pack.files["pack.toml"]


def test_the_same_bytes_twice_and_wherever_the_rows_stand(tmp_path: Path) -> None:
    chosen = {"scale": {"model": model("taylor", score_power=4, age_power=2)}}
    one, other = built(tmp_path / "one", **chosen), built(tmp_path / "other", **chosen)
    assert one.files == other.files
    shuffled = folder(tmp_path / "third", **chosen)
    (tmp_path / "third" / "sample.csv").write_text(csv_text(rows(360)[::-1]), encoding="utf-8")
    third = build(shuffled, None, None, "9.9.9")
    assert third.files["tables/hop.csv"] == one.files["tables/hop.csv"]
    assert third.files["cases.csv"] == one.files["cases.csv"]


def test_the_pack_says_where_it_comes_from(tmp_path: Path) -> None:
    pack = built(tmp_path)
    report = json.loads(pack.files["recipe/report.json"])
    assert pack.files["recipe/recipe.toml"] == (tmp_path / "recipe.toml").read_text(encoding="utf-8")
    sources = pack.files["SOURCES.toml"]
    assert report["data_sha256"] in sources and 'read = "2031-02-03"' in sources and "otscore norms build 9.9.9" in sources
    assert [band["n"] for band in report["scales"][0]["parts"][0]["bands"]] == [sum(low <= float(row["age_years"]) < low + 1 for row in rows(360)) for low in (5, 6, 7)]
    assert not any(re.search(rf"\b{row['child']}\b", text) for row in rows(360) for text in pack.files.values())
    assert "computed from 360 children by the model regression" in pack.files["pack.toml"]


def test_the_report_says_how_sure_the_norms_are(tmp_path: Path) -> None:
    pack = built(tmp_path, bootstrap=40)
    sure = json.loads(pack.files["recipe/report.json"])["scales"][0]["parts"][0]["bootstrap"]
    assert (sure["samples"], sure["failed"], sure["ages"]) == (40, 0, [5.5, 6.5, 7.5])
    for name, raw in (("z -1", -1), ("z 0", 0), ("z 1", 1)):
        for (figure, low, high), age in zip(sure[name], sure["ages"], strict=True):
            assert low < figure < high
            assert figure == pytest.approx(2 * age + 4 * raw, abs=1.5)
            assert 0.2 < high - low < 2.5  # 2 * 1.645 * 4 / root of 360 is 0.7, more at the ends
    assert "40 samples drawn from the sample" in pack.files["recipe/report.md"]
    with pytest.raises(UsageError, match="does not go with `group`"):
        recipe(bootstrap=40, data={"group": "age_years"})


def test_ages_that_no_child_has_are_said(tmp_path: Path) -> None:
    found = built(tmp_path, scale=MEASURED | {"model": model("lognormal_regression")}, age={"from": 4.5, "bands": [4.5, 6, 7, 8]})
    assert any("years old; norms of other ages are drawn out" in remark for remark in found.remarks)
    assert "years old; norms of other ages are drawn out" in found.files["pack.toml"]


def test_a_check_finds_no_difference_and_then_the_cell(tmp_path: Path) -> None:
    pack = built(tmp_path)
    recipe_there = pack.directory / "recipe" / "recipe.toml"
    again, found = compare(recipe_there, tmp_path / "sample.csv", None, "10.0.0")
    assert (again.directory, found) == (pack.directory.resolve(), [])  # the version of the library alone is no difference
    table = pack.directory / "tables" / "hop.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[12].startswith("hop,5,6,11,")
    score = lines[12].rpartition(",")[2]
    lines[12] = "hop,5,6,11,77"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (pack.directory / "tables" / "old.csv").write_text("a\n", encoding="utf-8")
    (pack.directory / "items.csv").unlink()
    assert compare(recipe_there, tmp_path / "sample.csv", None, "10.0.0")[1] == [
        "items.csv: is not there",
        f"tables/hop.csv: line 13 (scale hop, age_from 5, raw 11): score is 77 there, {score} built",
        "tables/old.csv: the recipe makes no such file",
    ]


def test_what_was_not_built_is_not_overwritten(tmp_path: Path) -> None:
    pack = built(tmp_path)
    write(pack)
    (pack.directory / "tables" / "old.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(UsageError, match="does not belong to the pack that is built"):
        write(pack)
    (pack.directory / "recipe" / "recipe.toml").unlink()
    with pytest.raises(UsageError, match="not built from a recipe"):
        write(pack)


def test_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pack to compare with"):
        compare(folder(tmp_path), None, None, "9.9.9")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"age": {"from": 5, "below": 9, "bands": [5, 6, 7, 8, 9]}}, "bands computed at 8.5, where the model tells nothing"),
        ({"scale": {"table": "parametric", "model": model("beta_binomial")}}, "a pack has no table for the figures of beta_binomial"),
        ({"age": {"from": 5, "below": 5.2, "bands": [5, 5.2]}, "data": {"outside_ages": "leave_out"}}, "outside the ages of the pack"),
        ({"age": {"from": 5, "below": 8, "bands": [5, 8]}, "data": {"group": "age_years", "missing": ["", "x"]}, "scale": {"column": "few"}}, "there is no column few"),
        ({"licence": {"figures": "No.", "evidence": "No.", "private": True, "text": "LICENCE.txt"}}, "does not lie beside the recipe"),
    ],
)  # fmt: skip
def test_what_cannot_be_built(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        built(tmp_path, **changes)
    assert words in str(caught.value)


def test_norms_of_a_fit_without_an_end_are_not_written(tmp_path: Path) -> None:
    """Raw scores at the ceiling of 12 at most ages: the likelihood of a sinh-arcsinh curve has no top."""
    file = folder(tmp_path, scale={"range": [0, 12], "model": model("shash")})
    text = csv_text([row | {"total": f"{min(float(row['total']), 12):.0f}"} for row in rows(360)])
    (tmp_path / "sample.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"the norms of hop by shash are not the most likely ones: .* The fit says: .*ceiling"):
        build(file, None, None, "9.9.9")


def test_age_equivalents_of_completed_years_are_worked_out_apart(tmp_path: Path) -> None:
    """Ages 5, 6, 7: the table and the examples, found by halving, agree; the check compares them."""
    file = folder(tmp_path, age={"use": "completed"}, scale={"age_equivalents": True})
    (tmp_path / "sample.csv").write_text(csv_text([row | {"age_years": row["age_years"][0]} for row in rows(360)]), encoding="utf-8")
    found = build(file, None, tmp_path / "packs", "9.9.9")
    write(found)
    assert any(",hop_age,1" in line and ",hop_age,1,," not in line for line in found.files["cases.csv"].splitlines())
    assert [str(issue) for issue in check_directory(found.directory) if is_error(issue)] == []


def test_too_few_children(tmp_path: Path) -> None:
    file = folder(tmp_path, strata=STRATA, scale={"strata": ["sex"]})
    girls = [row for row in rows(360) if row["sex"] == "f"][:12]
    (tmp_path / "sample.csv").write_text(csv_text([row for row in rows(360) if row["sex"] == "m"] + girls), encoding="utf-8")
    with pytest.raises(UsageError, match="hop female: 12 children are too few"):
        build(file, None, None, "9.9.9")


@pytest.mark.parametrize("method", ["mean_sd", "band_ranks"])
def test_a_small_band_is_not_normed_by_itself(tmp_path: Path, method: str) -> None:
    file = folder(tmp_path, scale={"model": model(method)})
    kept = [row for row in rows(360) if float(row["age_years"]) < 7] + [row for row in rows(360) if float(row["age_years"]) >= 7][:17]
    (tmp_path / "sample.csv").write_text(csv_text(kept), encoding="utf-8")
    with pytest.raises(UsageError, match=r"hop: an age band with 17 children\. 30 are the least"):
        build(file, None, None, "9.9.9")


def test_a_small_band_is_said_with_its_children(tmp_path: Path) -> None:
    file = folder(tmp_path)
    kept = [row for row in rows(360) if float(row["age_years"]) < 7] + [row for row in rows(360) if float(row["age_years"]) >= 7][:17]
    (tmp_path / "sample.csv").write_text(csv_text(kept), encoding="utf-8")
    found = build(file, None, None, "9.9.9")
    assert "hop, 7 to below 8 years: 17 children only" in found.remarks
    assert "at least 17 children in each age band" in found.files["pack.toml"]


@pytest.mark.parametrize(("n", "told"), [(4, False), (5, True)])
def test_no_figures_of_a_band_with_a_child_or_two(tmp_path: Path, n: int, told: bool) -> None:
    file = folder(tmp_path)
    kept = [row for row in rows(360) if float(row["age_years"]) < 7] + [row for row in rows(360) if float(row["age_years"]) >= 7.6][:n]
    (tmp_path / "sample.csv").write_text(csv_text(kept), encoding="utf-8")
    (part,) = json.loads(build(file, None, None, "9.9.9").files["recipe/report.json"])["scales"][0]["parts"]
    for rows_of in (part["residuals"], part["percentiles"]):
        assert [row["n"] for row in rows_of][2] == n
        assert [all(value is not None for value in row.values()) for row in rows_of] == [True, True, told, True]


def test_a_search_finds_z_by_the_curves_alone() -> None:
    assert searched(Straight(), np.array([12.0, 9.0]), np.array([5.5, 6.5])) == pytest.approx([0.25, -1.0], abs=1e-12)
    assert np.isnan(searched(Straight(), np.array([40.0]), np.array([5.5]))).all()


def test_a_score_near_a_tie_is_no_example() -> None:
    (scale,) = recipe().scales
    assert str(expected(scale, 0.26)) == "53"
    assert expected(scale, 0.25) is None  # 52.5
    assert expected(scale, 3.2) is None


def test_examples_are_children_whose_cell_was_not_repaired() -> None:
    found = recipe()
    children = sample(np.array([16.0, 16.0, 12.0, 13.0]), np.array([5.2, 5.6, 5.9, 7.1]))
    dipped = Straight(bent=lambda z, raw: np.where(raw == 16, z - 0.9, z))
    table = tabulate(dipped, found.scales[0], found.age, {})
    told = examples(dipped, found.scales[0], found.age, children, table, 5)
    assert [(one.age, one.raw, str(one.score)) for one in told] == [(7.1, 13.0, "45")]  # 12 at 5.5 is 52.5, a tie
