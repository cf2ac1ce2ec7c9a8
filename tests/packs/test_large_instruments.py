"""Three larger fictional instruments, which join mechanisms as real ones do: a motor battery (hobbin), a sensory questionnaire in
two forms (wispel), a self-care questionnaire of two informants (pallick).

Their worked cases are tested with those of the other fictional packs. Here: tables as they are made, cohorts in a batch and child
by child, and the results as they are read by whoever asked for them.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.check import check_directory
from otscore.profile.models import Profile, ScaleResult

HERE = Path(__file__).parent
HOMES = {"hobbin@1": "hobbin/1", "wispel@carer": "wispel/carer", "wispel@school": "wispel/school", "pallick@1": "pallick/1"}
STRATA = {"hobbin@1": ("preferred",)}
CHILDREN = 3000
EVERY = 10
"""Of the children of a batch so many are one that is scored alone too: one of them takes as long as a thousand of a batch."""


@cache
def scorer(pack: str, **options: Any) -> otscore.Scorer:
    return otscore.Scorer.load(path=HERE / "fictional" / HOMES[pack], **options)


def scored(pack: str, frame: pd.DataFrame, **options: Any) -> otscore.Scores:
    named = {name: name for name in STRATA.get(pack, ())}
    return scorer(pack, **options).score_frame(frame, **({"strata": named} if named else {}))


# ---------------------------------------------------------------------------------------------- tables


def made_by(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"make_{name}", HERE / f"make_{name}.py")
    assert spec is not None and spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["hobbin", "pallick"])
def test_the_tables_are_those_that_are_made(name: str) -> None:
    module = made_by(name)
    for file, text in module.tables().items():
        assert (module.TABLES / file).read_bytes() == text.encode(), file


@pytest.mark.parametrize("edition", ["carer", "school"])
def test_the_cut_scores_are_those_that_are_made(edition: str) -> None:
    module = made_by("wispel")
    for file, text in module.tables(edition).items():
        assert (module.HOME / edition / "tables" / file).read_bytes() == text.encode(), file


def changed(tmp_path: Path, file: str, old: str, new: str) -> list[str]:
    """What the checker says of the battery with one thing changed."""
    shutil.copytree(HERE / "fictional" / "hobbin", tmp_path / "hobbin")
    there = tmp_path / "hobbin" / file
    text = there.read_text(encoding="utf-8")
    assert text.count(old) == 1
    there.write_text(text.replace(old, new), encoding="utf-8")
    return [f"{issue.code}: {issue}" for issue in check_directory(tmp_path)]


def test_a_sum_of_scores_that_is_scaled_up_has_a_table_for_all_it_can_be(tmp_path: Path) -> None:
    unrounded = changed(tmp_path / "a", "instrument.toml", 'prorate_round = "half_up"\n', "")
    assert [text.split(":")[0] for text in unrounded] == ["raw_fraction"]
    short = changed(tmp_path / "b", "1/tables/composites.csv", "total,114,>160,>99.9,155,165,154,166\n", "")
    assert [text.split(":")[0] for text in short] == ["raw_gap"] and "raw score of 114" in short[0]


# ---------------------------------------------------------------------------------------------- cohorts


def some_missing(chance: np.random.Generator, columns: dict[str, np.ndarray], share: float = 0.01) -> dict[str, np.ndarray]:
    return {name: np.where(chance.random(len(values)) < share, np.nan, values) for name, values in columns.items()}


def battery(n: int, seed: int = 1) -> pd.DataFrame:
    """Children of all ages and a little beyond, with performances that rise with age and ability; second trials as they fall due."""
    chance = np.random.default_rng(seed)
    age = chance.uniform(46, 146, n).round(2)
    able = np.clip((age - 40) / 130 + chance.normal(0, 0.15, n), 0.02, 0.99)

    def count(most: int) -> np.ndarray:
        return np.clip(np.round(most * (able + chance.normal(0, 0.1, n))), 0, most)

    def seconds(slowest: float) -> np.ndarray:
        return np.clip(np.round(slowest * (1.05 - able + chance.normal(0, 0.1, n)), 1), 3, 120)

    def second(first: np.ndarray, most: float, again: np.ndarray) -> np.ndarray:
        return np.where((first == most) & (chance.random(n) < 0.8), np.nan, again)

    columns = {
        "pr1_e": 20 - count(20), "pr2_1": 20 - count(22).clip(0, 20), "pr3_n": count(13), "pr4": count(5),
        **{f"dx_{hand}{trial}": seconds(90) for hand in "rl" for trial in "12"}, "dx3_r": count(14), "dx3_l": count(13),
        "dx4_1": count(14).clip(0, 12), "co1_1": count(28), "co1_2": count(28), "co2_1": count(6).clip(0, 5), "co3_n": count(6),
        "co3_s": seconds(30), "co4": count(4), "ba1_1": (count(120) / 10).clip(0, 10), "ba2_1": (count(110) / 10).clip(0, 10),
        "ba3_1": count(7).clip(0, 6), "ba4": count(6), "ag1_s": seconds(25), "ag2_r": count(35), "ag2_l": count(32), "ag3_n": count(36),
        "ag4_n": count(33), "bl1": count(5), "bl2_r": count(5), "bl2_l": count(5), "bl3_n": count(10), "bl4": count(5),
    }  # fmt: skip
    columns = some_missing(chance, columns, 0.004)
    trials = {"pr2": (0, 20 - count(20)), "dx4": (12, count(12)), "co2": (5, count(5)), "ba1": (10, count(10)), "ba2": (10, count(10)), "ba3": (6, count(6))}
    columns |= {f"{name}_2": second(columns[f"{name}_1"], most, again) for name, (most, again) in trials.items()}
    columns["ag1_s"] = np.where(chance.random(n) < 0.02, 998, columns["ag1_s"])
    weeks = np.where(chance.random(n) < 0.1, chance.integers(25, 37, n), np.nan)
    known = {"id": np.arange(n), "age_months": age, "gestation_weeks": weeks, "sex": chance.choice(["male", "f", "girl", ""], n, p=[0.48, 0.25, 0.25, 0.02])}
    return pd.DataFrame(known | {"preferred": chance.choice(["right", "l", ""], n, p=[0.85, 0.13, 0.02])} | columns)


def questionnaire(pack: str, n: int, seed: int = 2) -> pd.DataFrame:
    """A form filled in by somebody who knows the child: most answers in the middle, a few missing, seldom many."""
    chance = np.random.default_rng(seed)
    letter, items, ages = ("w", 37, (34, 134)) if pack.endswith("carer") else ("s", 21, (58, 182))
    tendency = chance.normal(2.2, 0.7, n)
    columns = {f"{letter}{item:02d}": np.clip(np.round(tendency + chance.normal(0, 1, n)), 0, 5) for item in range(1, items + 1)}
    lost = chance.choice([0.0, 0.01, 0.15], n, p=[0.6, 0.3, 0.1])
    columns = {name: np.where(chance.random(n) < lost, chance.choice([9, np.nan], n), values) for name, values in columns.items()}
    return pd.DataFrame({"id": np.arange(n), "age_months": chance.uniform(*ages, n).round(2)} | columns)


def self_care(n: int, seed: int = 3, informant: str = "") -> pd.DataFrame:
    """Some guess, some answer without looking, some leave out."""
    chance = np.random.default_rng(seed)
    age = chance.uniform(56, 160, n).round(2)
    level = age / 60 + chance.normal(0, 0.6, n)
    columns = {
        f"{part}{item}": np.clip(np.round(level - item / 6 + chance.normal(0, 0.5, n)), 0, 3) for part in "dewm" for item in range(1, 7)
    }
    columns["m6"] = 3 - columns["m6"]
    guess, careless = chance.choice([0.0, 0.1, 0.4], n, p=[0.8, 0.15, 0.05]), chance.random(n) < 0.05
    for name, values in columns.items():
        answer = np.where(careless, chance.integers(0, 4, n) if name < "m" else 3, values)
        columns[name] = np.where(chance.random(n) < guess, answer + 10, answer)
    who = [informant] * n if informant else chance.choice(["parent", "mother", "teacher", ""], n, p=[0.3, 0.3, 0.37, 0.03])
    return pd.DataFrame({"id": np.arange(n), "age_months": age, "informant": who} | some_missing(chance, columns, 0.02))


COHORTS: dict[str, Callable[[int], pd.DataFrame]] = {
    "hobbin@1": battery,
    "wispel@carer": lambda n: questionnaire("wispel@carer", n),
    "wispel@school": lambda n: questionnaire("wispel@school", n),
    "pallick@1": self_care,
}


def record(pack: str, row: dict[str, Any]) -> dict[str, Any]:
    """A child of the table as a record."""
    known = {name: value for name, value in row.items() if value == value and value != ""}
    about = {name: known.pop(name) for name in ("id", "age_months", "gestation_weeks", "sex", "informant") if name in known}
    strata = {name: known.pop(name) for name in STRATA.get(pack, ()) if name in known}
    return about | {"strata": strata, "responses": known}


WAYS = [("hobbin@1", "combined"), ("hobbin@1", "by_sex"), ("wispel@carer", "nowhere"), ("wispel@school", "nowhere"), ("pallick@1", "nowhere")]


@pytest.mark.parametrize("pack, group", WAYS)
def test_a_cohort_in_a_batch_and_child_by_child(pack: str, group: str) -> None:
    frame = COHORTS[pack](CHILDREN)
    together = scored(pack, frame, norm_group=group)
    assert {issue.code for issue in together.issues} <= {"stratum_missing"}
    for place, row in list(enumerate(frame.to_dict("records")))[::EVERY]:
        assert together.profile(place) == scorer(pack, norm_group=group).score(record(pack, row), errors="flag"), place


@pytest.mark.parametrize("pack, group", WAYS)
def test_a_cohort_is_mostly_scored_and_by_every_way_not(pack: str, group: str) -> None:
    """The cohorts are no use if nothing happens in them."""
    table = scored(pack, COHORTS[pack](CHILDREN), norm_group=group).to_frame()
    met = set(table["status"].unique())
    assert (table["status"] == "ok").mean() > 0.6
    asked = {
        "hobbin@1": {"too_few_items", "below_age", "above_age", "member_missing"} | ({"stratum_missing"} if group == "by_sex" else set()),
        "wispel@carer": {"too_few_items", "below_age", "above_age", "invalid_protocol"},
        "wispel@school": {"too_few_items", "below_age", "above_age", "invalid_protocol"},
        "pallick@1": {"too_few_items", "below_age", "above_age", "invalid_protocol", "member_missing", "stratum_missing"},
    }
    assert met >= asked[pack]
    if pack.startswith("wispel"):
        assert set(table["band"].dropna().unique()) >= {"much_less", "less", "like_others", "more", "much_more"}


# ---------------------------------------------------------------------------------------------- as they are read

TYPICAL: dict[str, Any] = {
    "pr1_e": 3, "pr2_1": 4, "pr2_2": 2, "pr3_n": 7, "pr4": 3, "dx_r1": 28, "dx_r2": 26.5, "dx_l1": 37, "dx_l2": 35, "dx3_r": 9, "dx3_l": 8,
    "dx4_1": 7, "dx4_2": 9, "co1_1": 14, "co1_2": 17, "co2_1": 3, "co2_2": 4, "co3_n": 4, "co3_s": 18, "co4": 2, "ba1_1": 6, "ba1_2": 8.5,
    "ba2_1": 5, "ba2_2": 4, "ba3_1": 6, "ba4": 3, "ag1_s": 9.4, "ag2_r": 14, "ag2_l": 11, "ag3_n": 16, "ag4_n": 12, "bl1": 4, "bl2_r": 3,
    "bl2_l": 1, "bl3_n": 6, "bl4": 2,
}  # fmt: skip
"""The child of the case right_hand."""


def examined(*, without: tuple[str, ...] = (), **options: Any) -> Profile:
    responses = {name: value for name, value in TYPICAL.items() if name not in without}
    child = {"age_months": 72, "sex": "male", "strata": {"preferred": "right"}, "responses": responses}
    return scorer("hobbin@1", **options).score(child)


def result(profile: Profile, scale: str) -> ScaleResult:
    return next(one for domain in profile.domains for one in domain.scales if one.scale == scale)


def test_the_battery_by_domain() -> None:
    profile = examined()
    heads = {domain.domain.value: domain.headline.scale for domain in profile.domains if domain.headline is not None}
    assert heads == {"fine_motor": "fine_manual", "gross_motor": "gross_body", "motor": "total"}
    assert profile.domain("self_care").evidence == "not_assessed"
    assert [one.scale for one in profile.domain("gross_motor").scales] == ["balance", "agility", "ball", "gross_body"]
    text = str(profile)
    assert "standard score 115, average" in text and "108 to 122 (90 %)" in text and "scaled score 9, middle" in text


def test_subtests_and_composites_have_words_of_their_own() -> None:
    profile = examined()
    assert (result(profile, "dexterity").score, result(profile, "dexterity").band) == (13, "good")
    assert (result(profile, "fine_manual").score, result(profile, "fine_manual").band) == (115, "average")


def test_the_other_printed_interval() -> None:
    found = result(examined(ci_level=0.95), "fine_manual")
    assert (found.ci_low, found.ci_high, found.ci_level) == (107, 123, 0.95)
    with pytest.raises(otscore.UsageError):
        examined(ci_level=0.68)


def test_one_norm_group_is_not_the_other() -> None:
    assert result(examined(), "precision").score == 12
    assert result(examined(norm_group="by_sex"), "precision").score == 13
    assert [stamp.norm_group for stamp in examined(norm_group="by_sex").packs] == ["by_sex"]


def test_differences_of_the_battery() -> None:
    found = {(one.comparison, one.scale): one for one in examined().contrasts}
    fine = found["fine_and_gross", "fine_manual"]  # 115 - 106 = 9: below 11; 70 % differ by at least 5
    assert (fine.other, fine.difference, fine.critical, fine.significant, fine.base_rate) == ("gross_body", 9, 11, False, 70)
    # The mean of 12, 13, 14, 12, 9, 12 is 12.
    own = {scale: (one.difference, one.significant) for (name, scale), one in found.items() if name == "against_own_mean"}
    assert own == {"precision": (0, False), "dexterity": (1, False), "coordination": (2, False), "balance": (0, False), "agility": (-3, True), "ball": (0, False)}


def test_no_difference_where_a_score_is_missing() -> None:
    kinds = {one.comparison for one in examined(without=("ag1_s",)).contrasts}
    assert "fine_and_gross" not in kinds


def test_a_mean_of_scores_is_no_composite() -> None:
    """12 and 13 are 115 together: farther from 100 than the mean of the standard scores 110 and 115."""
    profile = examined()
    mean = np.mean([100 + 15 * (result(profile, name).score - 10) / 3 for name in ("precision", "dexterity")])  # type: ignore[operator]
    assert mean < 115 == result(profile, "fine_manual").score


def test_both_sensory_forms_of_a_child() -> None:
    """Seven years: either form would do; both are named, and each says who answered."""
    paths = [HERE / "fictional" / "wispel"]
    with pytest.raises(otscore.OtscoreError) as unnamed:
        otscore.Battery.load(["wispel"], paths=paths)
    assert "wispel@carer" in str(unnamed.value) and "wispel@school" in str(unnamed.value)
    both = otscore.Battery.load(["wispel@carer", "wispel@school"], paths=paths)
    answers = {f"w{item:02d}": 2 for item in range(1, 38)} | {f"s{item:02d}": 3 for item in range(1, 22)}
    profile = both.score({"age_months": 84, "responses": answers})
    told = {(one.pack, one.scale): (one.band, one.informant) for one in profile.domain("sensory").scales}
    assert told["wispel@carer", "hearing"] == ("like_others", "caregiver")
    assert told["wispel@school", "hearing"] == ("much_more", "teacher")  # 15 of five: above 10 + 2 x 2
    assert all(one.score is None and one.z is None and one.percentile is None for one in profile.domain("sensory").scales)


def test_does_not_apply_is_not_taken_for_missing() -> None:
    answers = {f"w{item:02d}": 2 for item in range(1, 38)}
    applies = scorer("wispel@carer").score({"age_months": 50, "responses": answers | {"w06": "does_not_apply"}})
    missing = scorer("wispel@carer").score({"age_months": 50, "responses": answers | {"w06": 9}})
    first, second = result(applies, "hearing"), result(missing, "hearing")
    assert (first.raw, first.n_answered, first.flags) == (10, 6, ())
    assert (second.raw, second.n_answered, second.flags) == (10, 5, ("items_missing",))


ANSWERS = dict(zip([f"{part}{item}" for part in "dewm" for item in range(1, 7)], [3, 2, 2, 3, 1, 2, 3, 3, 2, 3, 2, 1, 2, 1, 2, 2, 1, 1, 2, 2, 1, 1, 0, 1], strict=True))
"""Those of the case parent."""


def told(informant: str, age: float = 70, **other: float) -> otscore.Scores:
    frame = pd.DataFrame([{"id": "a", "age_months": age, "informant": informant} | ANSWERS | other])
    return scorer("pallick@1").score_frame(frame)


def test_parent_and_teacher() -> None:
    """T 63 and 65 of dressing; SEM 3 and 4: 1.96 x 5 = 9.8."""
    table = told("parent").between_informants(told("teacher")).set_index("scale")
    dressing, total = table.loc["dressing"], table.loc["total"]
    assert dressing["difference"] == -2 and dressing["critical"] == pytest.approx(9.799819922700268) and not dressing["significant"]
    assert total["difference"] == -3 and total["critical"] == pytest.approx(1.959963984540054 * (2**2 + 2.5**2) ** 0.5)


def test_parent_and_teacher_far_apart() -> None:
    """The teacher sees nothing of dressing: 63 - 33 = 30 (raw 0: 50 - 2.5 x 7 = 32.5)."""
    none = {f"d{item}": 0 for item in range(1, 7)}
    table = told("parent").between_informants(told("teacher", w2=0, w1=1, **none)).set_index("scale")
    assert table.loc["dressing", "difference"] == 30 and table.loc["dressing", "significant"]
    assert table.loc["dressing", "base_rate"] == 4


def test_progress_is_read_from_growth_and_not_from_standing() -> None:
    """The same skills two years later: the T score falls, the growth score stands still."""
    before, after = told("parent").to_frame().set_index("scale"), told("parent", age=94).to_frame().set_index("scale")
    assert after.loc["total", "score"] < before.loc["total", "score"]
    assert after.loc["growth", "score"] == before.loc["growth", "score"] == 488


def test_age_equivalents_have_no_standing_and_no_difference() -> None:
    profile = told("parent").profile(0)
    ages = [result(profile, f"{name}_age") for name in ("dressing", "eating", "washing", "managing")]
    assert [one.score for one in ages] == [114, 120, 90, 84]
    assert all(one.z is None and one.percentile is None and one.ci_low is None for one in ages)
    assert not {one.scale for one in profile.contrasts} & {one.scale for one in ages}
    assert "age equivalent 9;6" in str(profile)


def test_an_index_of_validity_stops_or_warns() -> None:
    warned, stopped = told("parent", d4=1, e4=2).profile(0), told("parent", d4=0, e4=0).profile(0)
    assert result(warned, "total").status == "ok" and "doubtful" in result(warned, "total").flags
    assert result(stopped, "total").status == "invalid_protocol" and stopped.domain("self_care").headline is None
    assert stopped.domain("validity").headline is not None
    assert stopped.domain("validity").headline.band == "inconsistent"  # type: ignore[union-attr]
