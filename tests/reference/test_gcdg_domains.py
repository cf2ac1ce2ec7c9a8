"""gcdg-domains@1: scored anew from the data, in cohorts that its norms were not fitted to; and one domain fitted anew.

Expectations come from the files of the pack by plain arithmetic (gcdg_domains_by_hand) and from the answers themselves.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from reference.gcdg_domains_by_hand import PACK, ByHand, half_up, rows

import otscore
from otscore.norming.build.domains import tables
from otscore.norming.build.domains.data import read_data
from otscore.norming.build.domains.made import make
from otscore.norming.build.domains.recipe import read_domains_recipe

Floats = NDArray[np.float64]
DOCS = PACK.parents[2] / "docs" / "instruments"
FIT, CHECK = ["col_lt42m", "zaf", "nld_smocc"], ["chl_1", "chn", "col_lt45m", "ecu", "jam_lbw", "jam_stunted", "mdg"]
NAMES = {"fine_motor": "fine motor", "gross_motor": "gross motor", "cognitive": "cognitive", "communication": "language"}
FROM = {"fine_motor": 0.5, "gross_motor": 0.5, "cognitive": 0.5, "communication": 1.5}
ROUNDED = 0.005 + 2e-3
"""Of a mean or SD printed to two decimals; and z from norms on the line between two ages instead of the curve."""


@pytest.fixture(scope="module")
def answers(shared: Path) -> pd.DataFrame:
    """All answers to items of the four domains with the age in days and the cohort."""
    folder = shared / "microdata" / "childdevdata"
    visits = pd.read_csv(folder / "visits.csv.gz", usecols=["row", "dataset", "agedays"])
    domains = pd.read_csv(shared / "figures" / "childdevdata" / "item_domain_map.csv", usecols=["item", "our_domain"])
    found = pd.read_csv(folder / "responses_long.csv.gz").merge(visits, on="row").merge(domains, on="item")
    found["cohort"] = found["dataset"].str.removeprefix("gcdg_")
    found["age"] = found["agedays"] / 365.25
    return found[found["our_domain"].isin(NAMES.values()) & found["age"].notna()]


@pytest.fixture(scope="module")
def scored(answers: pd.DataFrame) -> pd.DataFrame:
    """Every visit that the library can score, but those of the Netherlands, which are many."""
    return score(answers[answers["cohort"] != "nld_smocc"])


def score(answers: pd.DataFrame) -> pd.DataFrame:
    scorer = otscore.Scorer.load("gcdg-domains@1", scales="all", rounding="none")
    columns = ["row", "agedays", "item", "score"]
    found = scorer.score_frame(answers[columns], id="row", age_days="agedays", item="item", response="score").to_frame()
    kept = found[found["status"] == "ok"].assign(row=lambda frame: pd.to_numeric(frame["id"]))
    return kept.merge(answers.drop_duplicates("row")[["row", "cohort", "age"]], on="row")


@pytest.fixture(scope="module")
def printed() -> pd.DataFrame:
    return pd.read_csv(PACK / "recipe" / "held_out.csv")


def test_cases_by_hand() -> None:
    """Every worked example again, by a program that knows nothing of the library."""
    hand = ByHand()
    scored = 0
    for case in rows("cases.csv"):
        given = {item: int(answer) for item, answer in (one.split("=") for one in case["responses"].split())}
        found = hand.standing(case["scale"], float(case["age"]), given)
        if found is None:
            assert case["status"] in ("too_few_items", "below_age", "above_age")
            continue
        scored += 1
        assert [float(case[name]) for name in ("ability", "sem", "z")] == pytest.approx(list(found), abs=1e-9)
        assert float(case["score"]) == half_up(found.z, 2)
    assert scored == 48


def test_children_by_hand(answers: pd.DataFrame, scored: pd.DataFrame) -> None:
    """Forty real visits of all cohorts, scale by scale: ability, standard error and z by plain arithmetic."""
    hand = ByHand()
    rows_of = scored.groupby("scale", group_keys=False).sample(10, random_state=1)
    of_visit = answers[answers["row"].isin(rows_of["row"])].groupby("row")
    for row in rows_of.itertuples():
        mine = of_visit.get_group(row.row)
        found = hand.standing(row.scale, float(row.age), dict(zip(mine["item"], mine["score"].astype(int), strict=True)))
        assert found is not None
        assert [row.ability, row.sem, row.z] == pytest.approx(list(found), abs=1e-6), row.row


@pytest.mark.parametrize("scale", NAMES)
def test_cohorts_left_out(scored: pd.DataFrame, printed: pd.DataFrame, scale: str) -> None:
    """Mean and SD of z in every cell of cohort and third of the ages; every cell with 30 visits is printed, and is as it is said to be."""
    part = (3.5 - FROM[scale]) / 3
    mine = scored[(scored["scale"] == scale) & scored["cohort"].isin(CHECK) & (scored["age"] < 3.5)]
    third = np.floor((mine["age"] - FROM[scale]) / part + 1e-12).astype(int)
    cells = mine.groupby(["cohort", third])["z"].agg(["size", "mean", "std"])
    cells = cells[cells["size"] >= 30]
    told = printed[(printed["scale"] == scale) & (printed["verdict"] != "fit")]
    assert len(told) == len(cells) >= 8
    for row in told.itertuples():
        n, mean, sd = cells.loc[(row.cohort, round((row.months_from / 12 - FROM[scale]) / part))]
        assert n == row.visits
        assert [mean, sd] == pytest.approx([row.mean_z, row.sd_z], abs=ROUNDED), row
        assert (row.verdict == "ok") == (abs(row.mean_z) <= 0.15 and abs(row.sd_z - 1) <= 0.1)


def test_the_check_is_printed_on_the_page_of_the_pack(printed: pd.DataFrame) -> None:
    """Every cell, and what becomes of it; the notices have the sum of it and are few and short."""
    page = (DOCS / "gcdg-domains.md").read_text(encoding="utf-8")
    lines = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in page.splitlines() if line.startswith("| `")]
    for row in printed.itertuples():
        cell = (f"`{row.scale}`", row.cohort, f"{row.months_from} to {row.months_to}", f"{row.visits:,}", f"{row.mean_items:.1f}")
        (line,) = [line for line in lines if line[:5] == cell]
        assert line[5:7] == (f"{row.mean_z:.2f} ({row.se_z:.2f})", f"{row.sd_z:.2f}")
        assert len(line) == 7 if row.verdict == "fit" else line[7] == row.verdict
        if row.verdict != "fit":
            assert ("no cohort of the fit had the same test" in line[8]) == (row.verdict == "open" and not isinstance(row.test, str))
            assert (f"{row.test}, less {row.beside}: z {row.difference_z:.2f}, totals {row.difference_raw:.2f}" in line[8]) == (
                isinstance(row.test, str) and row.verdict != "ok"
            )
    count, out, fit = printed["verdict"].value_counts(), printed[printed["verdict"] != "fit"]["mean_z"], printed[printed["verdict"] == "fit"]["mean_z"]
    notices = tomllib.loads((PACK / "pack.toml").read_text(encoding="utf-8"))["notices"]
    (notice,) = [text for text in notices if text.startswith("Of ")]
    assert f"Of {len(out)} cells" in notice and f"{count['ok']} are within the limits; {count['cohort']} are explained" in notice
    assert f"{count['open']} stay open" in notice
    assert f"from {out.min()} to {out.max()} there, and from {fit.min()} to {fit.max()} in the cohorts" in notice
    assert len(notices) <= 10 and max(map(len, notices)) < 300 and all(text.count(". ") <= 1 for text in notices)


def test_the_reasons_for_what_is_not_given_are_on_the_page() -> None:
    page = (DOCS / "gcdg-domains.md").read_text(encoding="utf-8")
    details = tomllib.loads((PACK / "recipe" / "recipe.toml").read_text(encoding="utf-8"))["details"]
    assert all(f"**{detail['title']}.** {detail['text'].strip()}" in page for detail in details)
    told = next(detail["text"] for detail in details if "not given" in detail["title"])
    assert all(word in told for word in ("Self-care", "Social", "0 to 6 months", "42 months", "Language before 18 months"))
    correlations = {f"{float(row['value']):.2f}" for row in rows("psychometrics.csv")}
    assert all(f"| {value} |" in page for value in correlations)


@pytest.mark.parametrize(("scale", "cohort", "months", "series"), [
    ("gross_motor", "col_lt45m", (18, 30), ["by3gmd"]), ("cognitive", "col_lt45m", (30, 42), ["by3cgd"]), ("fine_motor", "chn", (18, 30), ["by3fmd"]),
    ("communication", "col_lt45m", (34, 42), ["by3exd", "by3red"]),
])  # fmt: skip
def test_a_difference_of_cohorts_is_in_the_plain_totals(
    answers: pd.DataFrame, printed: pd.DataFrame, scale: str, cohort: str, months: tuple[int, int], series: list[str],
) -> None:  # fmt: skip
    """Items passed, with credit below the first one given, at equal age: the difference of the cohort from Bogota, counted here."""
    there = answers[answers["cohort"].isin([cohort, "col_lt42m"]) & (answers["age"] >= months[0] / 12) & (answers["age"] < months[1] / 12)]
    totals = []
    for name in series:
        items = answers[answers["item"].str.startswith(name) & answers["cohort"].isin([cohort, "col_lt42m"])]
        both = sorted(set(items[items["cohort"] == cohort]["item"]) & set(items[items["cohort"] == "col_lt42m"]["item"]))
        table = there[there["item"].isin(both)].pivot(index="row", columns="item", values="score").reindex(columns=both)
        totals.append(table.apply(lambda row: total(row.to_numpy()), axis=1))
    raw = pd.concat(totals, axis=1).dropna().sum(axis=1)
    who = there.drop_duplicates("row").set_index("row").loc[raw.index]
    other, age = (who["cohort"] == cohort).to_numpy(), np.log(who["age"].to_numpy())
    line = np.polynomial.Polynomial.fit(age[~other], raw[~other], 1)
    residual = raw.to_numpy() - line(age)
    row = printed[(printed["scale"] == scale) & (printed["cohort"] == cohort) & (printed["months_from"] == months[0])].iloc[0]
    difference = residual[other].mean() / np.sqrt((residual[~other] ** 2).sum() / (len(residual[~other]) - 2))
    fitted = printed[(printed["scale"] == scale) & (printed["cohort"] == "col_lt42m") & (printed["months_from"] == months[0])].iloc[0]
    assert row["verdict"] == "cohort" and row["beside"] == "col_lt42m"
    assert difference * fitted["sd_z"] == pytest.approx(row["difference_raw"], abs=0.06)
    assert abs(row["difference_raw"] - row["difference_z"]) <= 0.2 and abs(row["ratio_raw"] - row["ratio_z"]) <= 0.2


def total(row: Floats) -> float:
    """Items passed in their order: below the first given all count, one left out counts as the one before, none above the last."""
    given = [place for place, answer in enumerate(row) if not math.isnan(answer)]
    passed, before = float(given[0]), 0.0
    for answer in row[given[0] : given[-1] + 1]:
        before = before if math.isnan(answer) else float(answer)
        passed += before
    return passed


@pytest.mark.parametrize("scale", NAMES)
def test_two_tests_of_the_same_children(answers: pd.DataFrame, scale: str) -> None:
    """psychometrics.csv: Bogota and Soweto children by the items of each test alone; correlations within age, averaged."""
    mine = answers[answers["cohort"].isin(FIT[:2]) & (answers["our_domain"] == NAMES[scale])]
    scores = {test: score(part) for test, part in mine.groupby(mine["item"].str[:3])}
    by_test = {test: found[found["scale"] == scale].set_index("row") for test, found in scores.items()}
    told = [row for row in rows("psychometrics.csv") if row["scale"] == scale]
    assert len(told) == (2 if scale == "cognitive" else 3)
    for row in told:
        low, high = float(row["age_from"]) - 5e-4, float(row["age_to"]) - 5e-4
        pairs = [
            found for cohort in FIT[:2] for one in sorted(by_test) for other in sorted(by_test) if one < other
            and (found := together(by_test[one], by_test[other], cohort, low, high)) is not None
        ]  # fmt: skip
        weight, value = zip(*pairs, strict=True)
        assert math.tanh(np.average(value, weights=weight)) == pytest.approx(float(row["value"]), abs=0.015)


def together(one: pd.DataFrame, other: pd.DataFrame, cohort: str, low: float, high: float) -> tuple[int, float] | None:
    """Weight and Fisher's z of the correlation of two tests within a part of the ages, about a line over age."""
    both = one.join(other["z"].rename("z_other"), how="inner")
    both = both[(both["cohort"] == cohort) & (both["age"] >= low) & (both["age"] < high)]
    if len(both) < 30:
        return None
    kept = [both[name] - np.poly1d(np.polyfit(both["age"], both[name], 1))(both["age"]) for name in ("z", "z_other")]
    return len(both) - 3, math.atanh(np.corrcoef(*kept)[0, 1])


def test_published_difficulties_and_items_are_those_of_the_stored_figures(shared: Path) -> None:
    key = {row.item: row.tau for row in pd.read_csv(shared / "figures" / "dscore" / "key_gcdg.csv").dropna().itertuples()}
    domain = dict(pd.read_csv(shared / "figures" / "childdevdata" / "item_domain_map.csv")[["item", "our_domain"]].itertuples(index=False))
    tau = {row["item"]: float(row["tau"]) for row in rows("tables/difficulties.csv")}
    fit = {row["item"]: row for row in rows("recipe/items.csv")}
    assert all(tau[item] == pytest.approx(key[item], abs=5e-3) for item in tau if item in key)
    assert {item for item in tau if item in key} == {item for item, row in fit.items() if row["published"] == "yes" and row["counts"] == "yes"}
    for item in tau.keys() - key.keys():
        row = fit[item]
        n, passed = int(row["n"]), int(row["passed"])
        assert n >= 50 and passed >= 10 and n - passed >= 10 and float(row["se"]) <= 1 and float(row["infit"]) <= 1.505
        assert float(row["expected"]) == pytest.approx(passed, abs=0.3)
    words = {name: scale for scale, name in NAMES.items()}
    assert {row["item"]: row["domain"] for row in rows("items.csv")} == {item: words[name] for item, name in domain.items() if name in words}


def test_samples_by_age(answers: pd.DataFrame) -> None:
    """Visits of every domain, cohort and quarter of a year, counted."""
    counting = {row["item"] for row in rows("tables/difficulties.csv")}
    mine = answers[answers["item"].isin(counting)]
    visits = mine.groupby(["our_domain", "cohort", np.floor(mine["age"] * 4).astype(int) * 3, "row"]).size().rename("items").reset_index()
    cells = visits.groupby(["our_domain", "cohort", "age"])["items"].agg(["size", lambda items: (items >= 5).sum()])
    told = rows("recipe/sample.csv")
    assert len(told) == len(cells)
    for row in told:
        assert list(cells.loc[(NAMES[row["scale"]], row["cohort"], int(row["months_from"]))]) == [int(row["visits"]), int(row["visits_scored"])]


def test_the_fit_can_be_run_again(shared: Path) -> None:
    """Cognitive, from the raw data: difficulties, norms, fit of the items and the check come out to the last digit."""
    recipe = read_domains_recipe(PACK / "recipe" / "recipe.toml")
    domain = next(one for one in recipe.domains if one.id == "cognitive")
    made = make(recipe, domain, read_data(recipe, shared), lambda text: None)
    assert sorted(recipe.cohorts.fit) == sorted(FIT) and sorted(recipe.cohorts.check) == CHECK
    for name, new in (
        ("tables/norms.csv", tables.norm_rows(recipe, [made])), ("recipe/items.csv", tables.fit_rows([made])), ("recipe/held_out.csv", tables.check_rows([made])),
        ("recipe/two_tests.csv", tables.agreement_rows([made])),
    ):  # fmt: skip
        there = [row for row in rows(name) if row["scale"] == "cognitive"]
        assert tables.csv_text(list(there[0]), new) == tables.csv_text(list(there[0]), there), name
    tau = {row["item"]: row["tau"] for row in rows("tables/difficulties.csv")}
    assert all(tau[row["item"]] == row["tau"] for row in tables.difficulty_rows([made])) and len(made.norm.tau) > 150
