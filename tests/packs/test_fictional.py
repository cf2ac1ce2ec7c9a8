"""Fictional instruments, one or more for each scoring mechanism that the engine has; every case right alone and in a batch.

The packs lie in ``fictional`` and, where one served already, in ``tests/bad_packs/base``. Expected results are in their cases.csv,
worked out by hand (those of vorpal by the slow twins). Numbers of mechanisms are those of the list of mechanisms found in real tests.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.batch import ARRAY_NAMES
from otscore.check import check_directory
from otscore.codes import Metric
from otscore.schema.norm import NormMethod

HERE = Path(__file__).parent / "fictional"
BASE = Path(__file__).parents[1] / "bad_packs" / "base"
HOMES = {f"{file.parts[-3]}@{file.parts[-2]}": file.parent for root in (HERE, BASE) for file in sorted(root.glob("*/*/pack.toml"))}
NUMBERS = ("raw", "ability", "sem", "score", "z", "percentile", "ci_low", "ci_high")
ONLY_WARNED = {"mostle@1": {"warn_age_range"}}
"""A scale that begins at a later age than the others is a mechanism; the checker says that nothing needs to be done."""

# ---------------------------------------------------------------------------------------------- cases


@dataclass(frozen=True)
class Case:
    """What is known of a child, its answers as they are written, and the rows of cases.csv."""

    name: str
    given: Mapping[str, str]
    answers: Mapping[str, str]
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def way(self) -> tuple[str, bool]:
        """Norm group, and whether the age is given by dates: children scored in one table agree in both."""
        return self.given.get("norm_group", ""), "birth_date" in self.given


GIVEN = ("age", "birth_date", "assessment_date", "assessment_end_date", "gestation_weeks", "gestation_days", "norm_group")


@cache
def cases(pack: str) -> tuple[Case, ...]:
    with (HOMES[pack] / "cases.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    names = {*GIVEN, *manifest(pack).get("strata", {})}
    found: dict[str, Case] = {}
    for row in rows:
        if row["case"] not in found:
            given = {name: row[name] for name in names if row.get(name)}
            found[row["case"]] = Case(row["case"], given, dict(part.split("=") for part in row["responses"].split()))
        found[row["case"]].rows.append(row)
    return tuple(found.values())


def parted(pack: str) -> dict[tuple[str, bool], list[Case]]:
    """The cases by norm group and way of giving the age."""
    ways = dict.fromkeys(case.way for case in cases(pack))
    return {way: [case for case in cases(pack) if case.way == way] for way in ways}


@cache
def manifest(pack: str) -> dict[str, Any]:
    return tomllib.loads((HOMES[pack] / "pack.toml").read_text(encoding="utf-8"))


@cache
def instrument(pack: str) -> dict[str, Any]:
    own = HOMES[pack] / "instrument.toml"
    file = own if own.is_file() else HOMES[pack].parent / "instrument.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def scorer(pack: str, group: str) -> otscore.Scorer:
    return otscore.Scorer.load(path=HOMES[pack], scales="all", norm_group=group or None)


def about(pack: str, case: Case) -> dict[str, Any]:
    """What is known of the child, under the names that records and tables have for it."""
    known: dict[str, Any] = {name: case.given[name] for name in ("birth_date", "assessment_date", "assessment_end_date") if name in case.given}
    known |= {name: float(case.given[name]) for name in ("gestation_weeks", "gestation_days") if name in case.given}
    if "age" in case.given:
        known[f"age_{manifest(pack)['age']['unit']}"] = float(case.given["age"])
    return {"id": case.name} | known


def strata(pack: str, case: Case) -> dict[str, str]:
    return {name: case.given[name] for name in manifest(pack).get("strata", {}) if name in case.given}


def answer(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def table(pack: str, some: list[Case]) -> pd.DataFrame:
    """A row per child; every item and every part that any of them has is a column."""
    rows = [about(pack, case) | strata(pack, case) | {item: answer(text) for item, text in case.answers.items()} for case in some]
    return pd.DataFrame(rows).astype(object).where(lambda cells: cells.notna(), None)


def score(pack: str, group: str, frame: pd.DataFrame, **parts: str) -> otscore.Scores:
    """The table scored; strata that have no part of their own are named."""
    named = {name: name for name in manifest(pack).get("strata", {}) if name in frame and name not in ("sex", "informant")}
    return scorer(pack, group).score_frame(frame, **({"strata": named} if named else {}), **parts)


def assert_as_written(pack: str, case: Case, found: Mapping[str, Mapping[str, Any]]) -> None:
    """Every expectation of the case; ``found``: scale -> columns of its result. A scale that is not there had no answers."""
    for row in case.rows:
        where = f"{pack}, case {case.name}, scale {row['scale']}"
        result = found.get(row["scale"], {"status": "no_items"})
        assert result["status"] == (row["status"] or "ok"), where
        if row["status"]:
            assert all(_absent(result.get(name)) for name in ("score", "z", "percentile", "band")), where
        if row["band"]:
            assert result["band"] == row["band"], where
        for name in NUMBERS:
            if row.get(name):
                assert abs(float(result[name]) - float(row[name])) <= float(row["tolerance"] or 0), f"{where}: {name} {result[name]}"


def _absent(value: Any) -> bool:
    return value is None or value != value or value == ""


# ---------------------------------------------------------------------------------------------- every pack


def test_the_packs_are_sound() -> None:
    for pack, home in HOMES.items():
        assert {issue.code for issue in check_directory(home)} <= ONLY_WARNED.get(pack, set()), pack
        assert manifest(pack)["status"] == "synthetic"
    assert {issue.code for issue in check_directory(HERE)} == {"warn_age_range"}
    assert len(HOMES) >= 35


@pytest.mark.parametrize("pack", HOMES)
def test_every_case_as_a_record(pack: str) -> None:
    for case in cases(pack):
        record = about(pack, case) | {"strata": strata(pack, case), "responses": {item: answer(text) for item, text in case.answers.items()}}
        profile = scorer(pack, case.way[0]).score(record, errors="flag")
        found = {result.scale: result.model_dump() for domain in profile.domains for result in domain.scales}
        assert_as_written(pack, case, found)
        as_text = scorer(pack, case.way[0]).score(record | {"responses": dict(case.answers)}, errors="flag")
        assert as_text == profile, "answers as they stand in a file"


@pytest.mark.parametrize("pack", HOMES)
def test_every_case_in_a_table(pack: str) -> None:
    for (group, _), some in parted(pack).items():
        scores = score(pack, group, table(pack, some))
        rows = scores.to_frame().astype(object).to_dict("records")
        assert len(rows) == len(some) * len(scorer(pack, group).form.result_ids)
        for case in some:
            assert_as_written(pack, case, {row["scale"]: row for row in rows if row["id"] == case.name})


@pytest.mark.parametrize("pack", HOMES)
def test_every_case_in_a_long_table(pack: str) -> None:
    for (group, _), some in parted(pack).items():
        lines = [
            about(pack, case) | strata(pack, case) | {"item": item, "response": text} for case in some for item, text in case.answers.items()
        ]
        scores = score(pack, group, pd.DataFrame(lines), item="item", response="response")
        rows = scores.to_frame().astype(object).to_dict("records")
        for case in some:
            assert_as_written(pack, case, {row["scale"]: row for row in rows if row["id"] == case.name})


@pytest.mark.parametrize("pack", HOMES)
def test_order_of_rows_and_columns_changes_no_bit(pack: str) -> None:
    for (group, _), some in parted(pack).items():
        frame = table(pack, some)
        whole = score(pack, group, frame).arrays
        for seed in range(3):
            chance = np.random.default_rng(seed)
            rows, columns = chance.permutation(len(frame)), chance.permutation(frame.columns)
            mixed = score(pack, group, frame.iloc[rows][columns].reset_index(drop=True)).arrays
            for name in ARRAY_NAMES:
                assert getattr(mixed, name).tobytes() == np.ascontiguousarray(getattr(whole, name)[rows]).tobytes(), name


@pytest.mark.parametrize("pack", HOMES)
def test_a_child_alone_has_the_bits_that_it_has_in_a_batch(pack: str) -> None:
    for (group, _), some in parted(pack).items():
        frame = table(pack, some)
        whole = score(pack, group, frame).arrays
        repeated = score(pack, group, pd.concat([frame] * 50, ignore_index=True).assign(id=range(50 * len(frame)))).arrays
        for row in range(len(frame)):
            alone = score(pack, group, frame.iloc[[row]]).arrays
            for name in ARRAY_NAMES:
                mine = getattr(alone, name).tobytes()
                assert mine == np.ascontiguousarray(getattr(whole, name)[row : row + 1]).tobytes(), name
                last = 49 * len(frame) + row
                assert mine == np.ascontiguousarray(getattr(repeated, name)[last : last + 1]).tobytes(), name


@pytest.mark.parametrize("pack", HOMES)
def test_every_scale_has_a_result_in_some_case(pack: str) -> None:
    scored = {row["scale"] for case in cases(pack) for row in case.rows if row["status"] in ("", "not_normed")}
    results = {scale["id"] for scale in instrument(pack)["scales"] if scale.get("use") != "step"}
    results |= {composite["id"] for composite in instrument(pack).get("composites", [])}
    unnormed = {"plain", "both"} if pack == "quandle@1" else set()
    assert results - unnormed <= scored


def test_flags_of_the_fictional_packs() -> None:
    """What must be told beside some of the results."""
    expected = {
        ("tarrow@1", "left_handed", "beads"): {"at_ceiling", "percentile_assumes_normal"},
        ("tarrow@1", "left_handed", "peg_left"): {"at_floor", "items_missing"},
        ("tarrow@1", "left_handed", "drill"): {"at_floor"},
        ("mostle@1", "young", "copy_scaled"): set(),
        ("mostle@1", "old", "copy_t"): {"at_floor"},
        ("mostle@1", "oldest", "copy_t"): {"at_ceiling"},
        ("brindle@1", "gaps", "reach"): {"prorated"},
        ("brindle@1", "zeros", "school"): {"items_missing", "missing_counted_as_fail"},
        ("brindle@1", "two_alarms", "alarms"): {"items_missing"},
        ("ossick@1", "other_informant", "day"): {"items_missing"},
        ("lumwick@1", "paper", "steps"): {"age_convention_sensitive"},
        ("lumwick@1", "early", "steps"): set(),  # 0;5;14 by either calendar
        ("lumwick@1", "prorated", "steps"): {"prorated"},
        ("dunmark@1", "plain", "rungs"): set(),
        ("dunmark@1", "gap_below_the_basal", "rungs"): set(),
        ("dunmark@1", "one_pass_short", "rungs"): {"no_basal"},
        ("dunmark@1", "run_of_passes_above", "rungs"): {"no_basal"},
        ("dunmark@1", "one_fail_short", "rungs"): {"no_ceiling"},
        ("dunmark@1", "ceiling_on_the_last", "rungs"): set(),
        ("dunmark@1", "raw_zero", "rungs"): {"no_basal", "at_floor"},
        ("dunmark@1", "started_late", "rungs"): {"no_ceiling", "at_ceiling"},
        ("dunmark@1", "neither_basal_nor_ceiling", "trays"): {"no_basal", "no_ceiling"},
        ("dunmark@1", "three_fails_in_six", "trays"): {"no_ceiling"},
        ("dunmark@1", "two_basals", "rungs"): {"false_basal"},
        ("dunmark@1", "two_ceilings", "rungs"): {"false_ceiling"},
        ("dunmark@1", "two_ceilings", "trays"): set(),  # the three share fails
        ("fendle@1", "plain", "nooks"): set(),
        ("fendle@1", "plain", "beads"): set(),
        ("fendle@1", "plain", "steps"): set(),
        ("fendle@1", "plain", "walls"): set(),
        ("fendle@1", "plain", "doors"): set(),
        ("fendle@1", "set_in_part", "crannies"): set(),
        ("fendle@1", "no_set", "nooks"): {"no_basal", "no_ceiling"},
        ("fendle@1", "two_sets", "nooks"): {"false_basal", "no_ceiling"},
        ("fendle@1", "two_sets", "crannies"): {"no_basal", "false_ceiling"},
        ("fendle@1", "block_without_ceiling", "lanes"): {"no_ceiling"},
        ("fendle@1", "block_without_basal", "lanes"): {"no_basal"},
        ("fendle@1", "given_above", "beads"): set(),
        ("fendle@1", "two_basals_among", "beads"): {"false_basal", "no_ceiling"},
        ("fendle@1", "two_ceilings_among", "beads"): {"no_basal", "false_ceiling"},
        ("fendle@1", "dropped_back", "steps"): set(),
        ("fendle@1", "started_late", "steps"): {"start_item_other"},
        ("fendle@1", "of_the_next_age", "steps"): set(),
        ("fendle@1", "before_the_next_age", "steps"): {"start_item_other"},
        ("fendle@1", "false_basal", "steps"): {"false_basal"},
        ("fendle@1", "false_ceiling", "steps"): {"false_ceiling"},
        ("fendle@1", "long_runs", "steps"): set(),
        ("fendle@1", "gates_from_its_own_start", "gates"): set(),
        ("fendle@1", "gates_back_to_a_start_item", "gates"): set(),
        ("fendle@1", "gates_back_to_a_start_item", "gates_one_by_one"): set(),
        ("fendle@1", "gates_later_run_is_none", "gates"): set(),  # the later run begins after the start item
        ("fendle@1", "gates_later_run_is_none", "gates_one_by_one"): set(),
        ("fendle@1", "gates_run_only_later", "gates"): {"no_basal"},
        ("fendle@1", "gates_run_only_later", "gates_one_by_one"): {"no_basal"},
        ("fendle@1", "gates_run_at_no_start_item", "gates_one_by_one"): set(),
        ("fendle@1", "gates_two_runs_at_no_start_item", "gates"): {"no_basal"},  # none counts, so that none is false
        ("fendle@1", "gates_two_runs_at_no_start_item", "gates_one_by_one"): set(),
        ("fendle@1", "gates_no_start_item_for_the_age", "gates"): set(),
    }
    for (pack, name, scale), flags in expected.items():
        case = next(case for case in cases(pack) if case.name == name)
        rows = score(pack, case.way[0], table(pack, [case])).to_frame().astype(object).to_dict("records")
        said = next(row["flags"] for row in rows if row["scale"] == scale)
        assert set(filter(None, str("" if _absent(said) else said).split(";"))) == flags, (pack, name, scale)


# ---------------------------------------------------------------------------------------------- the mechanisms


@dataclass(frozen=True)
class Shown:
    """A mechanism, and the pack that cannot be scored without it."""

    number: int
    words: str
    pack: str
    there: Callable[[str], Any]


def scale(pack: str, name: str) -> dict[str, Any]:
    return next(one for one in instrument(pack)["scales"] if one["id"] == name)


def norm(pack: str, name: str) -> dict[str, Any]:
    return next(one for one in manifest(pack)["norms"] if name in one["scales"])


def norms(pack: str, name: str) -> list[dict[str, Any]]:
    return [one for one in manifest(pack)["norms"] if name in one["scales"]]


def took(pack: str, name: str) -> dict[str, Any]:
    return next(one for one in instrument(pack)["derived_items"] if one["id"] == name)


def names(pack: str) -> set[str]:
    return {case.name for case in cases(pack)}


def comparison(pack: str, name: str) -> dict[str, Any]:
    return next(one for one in manifest(pack)["comparisons"] if one["id"] == name)


def age(pack: str) -> dict[str, Any]:
    found: dict[str, Any] = manifest(pack)["age"]
    return found


def columns(pack: str, file: str) -> set[str]:
    with (HOMES[pack] / "tables" / file).open(encoding="utf-8") as text:
        return set(next(line for line in text if not line.startswith("#")).strip().split(","))


def cells(pack: str, file: str, column: str) -> set[str]:
    with (HOMES[pack] / "tables" / file).open(encoding="utf-8", newline="") as text:
        return {row[column] for row in csv.DictReader(text)}


SHOWN = [
    Shown(1, "age by the calendar", "ossick@1", lambda p: age(p)["convention"] == "ymd_calendar"),
    Shown(1, "age subtracted on paper", "lumwick@1", lambda p: age(p)["convention"] == "ymd_30day"),
    Shown(1, "age in days", "lumwick@2", lambda p: age(p)["convention"] == "days"),
    Shown(1, "age in decimal years", "plimfoot@1", lambda p: age(p)["convention"] == "decimal_365.25"),
    Shown(2, "completed months", "tarrow@1", lambda p: age(p)["use"] == "completed"),
    Shown(2, "half a month is a month", "lumwick@1", lambda p: age(p)["use"] == "half_month"),
    Shown(2, "windows to the day", "lumwick@2", lambda p: age(p).get("use", "exact") == "exact"),
    Shown(3, "correction for early birth, until an age since birth", "lumwick@1", lambda p: age(p)["correction"]["until_on"] == "chronological"),
    Shown(3, "correction at every gestation, until a corrected age", "lumwick@2", lambda p: age(p)["correction"]["apply"] == "always"),
    Shown(4, "age at the date of the assessment", "lumwick@1", lambda p: "birth_date" in cases(p)[0].given),
    Shown(5, "norms by form, informant and sex", "ossick@1", lambda p: len(manifest(p)["norms"][1]["strata"]) == 3),
    Shown(5, "norms by the hand preferred", "tarrow@1", lambda p: norm(p, "peg_right")["strata"] == ["preferred"]),
    Shown(7, "both sexes together, or the same sex", "ossick@1", lambda p: len(manifest(p)["norm_groups"]) == 2),
    Shown(10, "a scale that is normed from a later age on", "mostle@1", lambda p: norm(p, "late")["table"] == "late.csv"),
    Shown(12, "words to codes, codes to points that are no line", "brindle@1", lambda p: instrument(p)["options"]["steep"]["points"] == [0, 1, 3, 7]),
    Shown(12, "does not apply counts 0, do not know does not count", "brindle@1", lambda p: instrument(p)["options"]["often"]["missing"] == {"9": "dont_know"}),
    Shown(12, "a code that is no answer and earns points", "brindle@1", lambda p: instrument(p)["options"]["alone"]["missing_points"] == 1),
    Shown(13, "keyed the other way by the ends", "snorf@1", lambda p: "yes" in (HOMES[p] / "items.csv").read_text(encoding="utf-8")),
    Shown(13, "keyed the other way by a map", "brindle@1", lambda p: instrument(p)["options"]["often_turned"]["points"] == [5, 4, 3, 2, 1, 0]),
    Shown(14, "a time or a count becomes points", "tarrow@1", lambda p: scale(p, "bead_points")["points"] == "bead_points.csv"),
    Shown(15, "best of trials, high", "tarrow@1", lambda p: scale(p, "peg_right")["raw"] == "max"),
    Shown(15, "best of trials, low", "tarrow@1", lambda p: (scale(p, "beads")["raw"], scale(p, "beads")["higher_is"]) == ("min", "less_able")),
    Shown(15, "worst of trials", "tarrow@1", lambda p: scale(p, "post_worst")["raw"] == "min"),
    Shown(15, "mean of trials", "tarrow@1", lambda p: scale(p, "post")["raw"] == "mean"),
    Shown(15, "sum of trials", "tarrow@1", lambda p: scale(p, "flips").get("raw", "sum") == "sum"),
    Shown(16, "better hand", "tarrow@1", lambda p: scale(p, "better_hand")["raw"] == "max_of_scales"),
    Shown(16, "both hands added, and their mean", "tarrow@1", lambda p: scale(p, "mean_hands")["weights"] == [0.5, 0.5]),
    Shown(17, "not finished has a value of its own", "tarrow@1", lambda p: instrument(p)["options"]["seconds"]["range"] == [0, 120]),
    Shown(24, "an item in several scores, and in none", "brindle@1", lambda p: {"b3", "b4"} <= set(scale(p, "home")["items"]) & set(scale(p, "school")["items"])),
    Shown(24, "weights", "brindle@1", lambda p: scale(p, "lead")["weights"] == [2, 1, 0.5]),
    Shown(24, "a total over items and not over scales", "brindle@1", lambda p: len(scale(p, "total")["items"]) == 8),
    Shown(25, "basal and ceiling, credit below and nothing above", "dunmark@1", lambda p: scale(p, "rungs")["runs"] == {"basal": 3, "ceiling": 3}),
    Shown(25, "fails among items in a row", "dunmark@1", lambda p: scale(p, "trays")["runs"]["ceiling_within"] == 5),
    Shown(25, "of several the other one", "dunmark@1", lambda p: scale(p, "stones")["runs"]["several_basals"] == "lowest"),
    Shown(25, "set by set", "fendle@1", lambda p: len(scale(p, "nooks")["runs"]["sets"]) == 3),
    Shown(25, "part of a set is enough", "fendle@1", lambda p: scale(p, "crannies")["runs"]["basal"] == 2),
    Shown(25, "passes among items in a row", "fendle@1", lambda p: scale(p, "beads")["runs"]["basal_within"] == 4),
    Shown(25, "passed and failed at other points", "fendle@1", lambda p: (scale(p, "knots")["runs"]["basal_at"], scale(p, "loops")["runs"]["ceiling_at"]) == (1, 1)),
    Shown(25, "below the basal as answered", "fendle@1", lambda p: scale(p, "knots")["runs"]["below_basal"] == "as_scored"),
    Shown(25, "starting items by age, and going back", "fendle@1", lambda p: "dropped_back" in {case.name for case in cases(p)}),
    Shown(25, "going back to the start item of an earlier age", "fendle@1", lambda p: scale(p, "gates")["runs"]["several_basals"] == "start_items"),
    Shown(25, "going back from the start item one by one", "fendle@1", lambda p: scale(p, "gates_one_by_one")["runs"]["several_basals"] == "from_start"),
    Shown(25, "no score without basal and ceiling", "fendle@1", lambda p: scale(p, "loops")["runs"]["no_basal"] == "unscored"),
    Shown(26, "passes after the ceiling count", "fendle@1", lambda p: scale(p, "beads")["runs"]["above_ceiling"] == "count"),
    Shown(28, "no ceiling", "fendle@1", lambda p: "ceiling" not in scale(p, "walls")["runs"]),
    Shown(28, "a ceiling for each block", "fendle@1", lambda p: len(scale(p, "lanes")["runs"]["blocks"]) == 2),
    Shown(26, "passes after the first ceiling do not count", "dunmark@1", lambda p: "pass_above_not_counted" in {case.name for case in cases(p)}),
    Shown(27, "credit below the first item seen", "vorpal@1", lambda p: scale(p, "crawl")["administration"] == "window"),
    Shown(29, "missing: no score", "brindle@1", lambda p: not {"min_answered", "max_missing", "missing_as"} & set(scale(p, "home"))),
    Shown(29, "missing: counts 0", "brindle@1", lambda p: scale(p, "school")["missing_as"] == 0),
    Shown(29, "missing: mean of those answered", "brindle@1", lambda p: scale(p, "play")["min_answered"] == 3),
    Shown(29, "missing: scaled up and rounded", "brindle@1", lambda p: scale(p, "reach")["prorate_round"] == "half_up"),
    Shown(29, "missing: what is there is enough", "brindle@1", lambda p: scale(p, "alarms")["sufficient_at"] == 2),
    Shown(30, "raw score of raw scores", "tarrow@1", lambda p: scale(p, "drill")["raw"] == "sum_of_scales"),
    Shown(34, "results that come scored, with their errors", "imber@1", lambda p: norm(p, "reach")["interval"]["kind"] == "entered"),
    Shown(46, "items on the scale of the ability", "quandle@1", lambda p: columns(p, "difficulties.csv") == {"item", "tau"}),
    Shown(54, "against the own mean, by a table", "torvik@1", lambda p: columns(p, "own.csv") == {"scale", "other", "level", "critical"}),
    Shown(54, "against the own mean, by SEMs", "torvik@1", lambda p: "table" not in comparison(p, "own_computed")),
    Shown(54, "a level shared by all comparisons", "torvik@1", lambda p: comparison(p, "own_bonferroni")["comparisons"] == "bonferroni"),
    Shown(54, "how rare a difference from the own mean is", "torvik@1", lambda p: comparison(p, "own_printed")["base_rates"] == "own_rates.csv"),
    Shown(55, "pairs, by a table of several ages", "torvik@1", lambda p: "age_from" in columns(p, "pairs.csv")),
    Shown(55, "pairs, by SEMs", "torvik@1", lambda p: comparison(p, "pairs_computed")["kind"] == "pairwise" and "table" not in comparison(p, "pairs_computed")),
    Shown(55, "how rare a difference of two is", "torvik@1", lambda p: comparison(p, "pairs_printed")["base_rates"] == "pair_rates.csv"),
    Shown(56, "two informants, by a table and by SEMs", "yarben@1", lambda p: [one["kind"] for one in manifest(p)["comparisons"]] == ["informants"] * 2),
    Shown(57, "what another score lets expect, with printed differences", "torvik@1", lambda p: "critical" in columns(p, "expected_printed.csv")),
    Shown(57, "what another score lets expect, in another metric, by SEMs", "torvik@1", lambda p: columns(p, "expected_computed.csv") == {"scale", "other", "r"}),
    Shown(58, "change of growth scores, not of standing", "kestle@1", lambda p: (norm(p, "climb")["metric"], norm(p, "stand")["metric"]) == ("growth", "standard")),
    *(
        Shown(59, f"index of validity: {words}", "vessik@1", lambda p, name=name, raw=raw: scale(p, name)["raw"] == raw)
        for words, name, raw in (
            ("missing", "omitted", "n_missing"), ("estimated", "guessed", "n_estimated"), ("inconsistent pairs", "unlike", "pair_differences"),
            ("rare answers", "odd", "count"), ("one-sided answers", "negative", "count"), ("the same answer in a row", "streak", "longest_same"),
        )
    ),
    Shown(59, "no score, or a doubtful one", "vessik@1", lambda p: {"invalid_if", "doubtful_if"} <= set(scale(p, "burden"))),
    Shown(33, "ability and its error", "quandle@1", lambda p: manifest(p)["irt"][0]["model"] == "rasch_eap"),
    *(
        Shown(35, f"raw to {metric}", "mostle@1", lambda p, metric=metric: norm(p, f"copy_{metric}")["metric"] == metric)
        for metric in ("z", "t", "scaled", "standard", "v_scale", "sten", "stanine", "nce", "percentile")
    ),
    Shown(36, "classes from cut scores, two-sided, by age", "brindle@1", lambda p: columns(p, "home.csv") >= {"age_from", "raw_min", "band"}),
    Shown(37, "several raw scores share a score, open ends", "mostle@1", lambda p: columns(p, "figures.csv") == {"raw_min", "raw_max", "score"}),
    Shown(37, "a blank", "mostle@1", lambda p: ",0,\n" in (HOMES[p] / "tables" / "scores.csv").read_text(encoding="utf-8")),
    Shown(38, "mean and SD", "tarrow@1", lambda p: norm(p, "both_hands")["method"] == "mean_sd"),
    Shown(38, "LMS", "plimfoot@1", lambda p: norm(p, "reach")["method"] == "lms"),
    Shown(38, "percentiles, and between them", "vorpal@1", lambda p: norm(p, "crawl")["percentiles_interpolated"]),
    Shown(38, "regression on age", "vorpal@1", lambda p: norm(p, "pace")["method"] == "regression"),
    Shown(39, "ends that differ by age", "mostle@1", lambda p: norm(p, "copy_t")["method"] == "lookup"),
    Shown(39, "limits of the score", "tarrow@1", lambda p: norm(p, "beads")["score_limits"] == [40, 160]),
    Shown(40, "a growth score, the same at every age", "mostle@1", lambda p: columns(p, "growth.csv") == {"raw", "score"}),
    Shown(42, "percentile from a table", "mostle@1", lambda p: norm(p, "copy_percentile")["metric"] == "percentile"),
    Shown(43, "places between percentiles alone", "tarrow@1", lambda p: norm(p, "post")["method"] == "percentile_cells"),
    Shown(48, "a table of its own for a sum of raw scores", "tarrow@1", lambda p: norm(p, "drill")["table"] == "drill.csv"),
    Shown(49, "all members, or two of three", "ossick@1", lambda p: [one["min_members"] for one in instrument(p)["composites"]] == [2, 2]),
    Shown(4, "the last of two sessions", "tiddrel@1", lambda p: age(p)["session"] == "last"),
    Shown(10, "members of a composite by age", "tiddrel@1", lambda p: (scale(p, "early")["ages"], scale(p, "pretend")["ages"]) == ([1, 12], [18, 42])),
    Shown(25, "an interview of 150 items from basal to ceiling", "quindle@1", lambda p: len(scale(p, "listen")["items"]) == 25),
    Shown(38, "a median with an SD on each side", "tiddrel@1", lambda p: norm(p, "babble")["method"] == "two_piece"),
    Shown(49, "a member that is needed, another that may be replaced", "tiddrel@1", lambda p: {"required", "substitutes"} <= set(scale(p, "knowing"))),
    Shown(50, "classes of classes that share members; high means worse", "ossick@1", lambda p: scale(p, "upset")["higher_is"] == "less_able"),
    Shown(51, "every scale in a domain, z turned to more able", "tarrow@1", lambda p: scale(p, "beads")["domain"] == "fine_motor"),
    Shown(52, "interval around the score", "ossick@1", lambda p: norm(p, "care")["interval"]["kind"] == "observed"),
    Shown(52, "interval around the estimated true score, by age and norm group", "ossick@1", lambda p: norm(p, "tasks")["interval"]["kind"] == "true_score"),
    Shown(52, "interval from the posterior", "quandle@1", lambda p: norm(p, "q")["interval"]["kind"] == "posterior"),
    Shown(52, "interval in the unit of the measurement", "plimfoot@1", lambda p: norm(p, "reach")["interval"]["kind"] == "sem_measure"),
    Shown(29, "missing: the least the item can earn", "grobbin@1", lambda p: scale(p, "least")["missing_as"] == "lowest"),
    Shown(29, "missing: the median of the item", "grobbin@1", lambda p: scale(p, "middle")["missing_as"] == "median"),
    Shown(29, "missing: a table of adjusted raw scores", "grobbin@1", lambda p: columns(p, scale(p, "printed")["adjusted"]) == {"raw", "missing", "adjusted"}),
    Shown(29, "missing: an item that must be there", "grobbin@1", lambda p: scale(p, "must")["required"] == ["r1"]),
    Shown(30, "percent of the maximum", "grobbin@1", lambda p: (scale(p, "share")["raw"], norm(p, "share")["metric"]) == ("percent", "percent")),
    Shown(30, "mean of the items the client chose", "grobbin@1", lambda p: (scale(p, "chosen")["raw"], scale(p, "chosen")["min_answered"]) == ("mean", 3)),
    Shown(30, "how many of a colour", "grobbin@1", lambda p: instrument(p)["options"]["colour"]["labels"]["red"] == scale(p, "reds")["count_at_least"] == 2),
    Shown(31, "raw score and half of another", "grobbin@1", lambda p: scale(p, "raised")["weights"] == [1, 0.5]),
    Shown(31, "raw score less half of another", "grobbin@1", lambda p: scale(p, "lowered_whole")["weights"] == [1, -0.5]),
    *(
        Shown(35, f"raw to {metric}", "wexle@1", lambda p, name=name, metric=metric: norm(p, name)["metric"] == metric)
        for name, metric in (("b15", "scale_15_5"), ("s10", "standard_10"), ("cust", "custom"), ("crit", "criterion"))
    ),
    Shown(35, "a mean and an SD of the publisher's own", "wexle@1", lambda p: (norm(p, "cust")["mean"], norm(p, "cust_line")["sd"]) == (500, 12)),
    Shown(37, "open scores and a blank in a table of ranges", "wexle@1", lambda p: {"<55", "", ">145"} <= cells(p, "open.csv", "score")),
    Shown(37, "open percentiles", "wexle@1", lambda p: {"<1", ">99"} <= cells(p, "scores.csv", "score")),
    Shown(37, "raw scores between whole numbers, open ends", "wexle@1", lambda p: "" in cells(p, "halves.csv", "raw_from") & cells(p, "halves.csv", "raw_below")),
    Shown(37, "open years and months", "pindle@1", lambda p: {"<2:0", ">16:11"} <= cells(p, "equivalents.csv", "score")),
    Shown(38, "a spread for each side", "dorfle@1", lambda p: norm(p, "jumps")["method"] == "two_piece"),
    Shown(38, "a curve whose skewness and tails change with age", "mimble@1", lambda p: norm(p, "tosses")["method"] == "shash"),
    Shown(38, "a polynomial in score and age", "dorfle@1", lambda p: norm(p, "crossed")["method"] == "taylor"),
    Shown(40, "a growth score where there is no age, and outside the ages", "pindle@1", lambda p: (age(p)["required"], age(p)["outside"]) == (False, "unaged")),
    Shown(41, "age equivalents, y:m and months", "pindle@1", lambda p: {norm(p, one)["metric"] for one in ("equivalent", "equivalent_months")} == {"age_equivalent"}),
    Shown(42, "the percentile printed beside the score, open", "wexle@1", lambda p: {"<1", ">99"} <= cells(p, norm(p, "pr_printed")["table"], "percentile")),
    Shown(42, "the percentile of the curve", "wexle@1", lambda p: "percentile" not in norm(p, "pr_curve")),
    Shown(44, "percent of delay", "pindle@1", lambda p: norm(p, "delay")["method"] == "percent_delay"),
    Shown(44, "percent of what is expected", "pindle@1", lambda p: norm(p, "expected")["method"] == "percent_expected"),
    Shown(45, "an older edition through the raw scores of this one", "tramble@1", lambda p: scale(p, "balls_old")["points"] == "link.csv"),
    Shown(47, "a sum of scaled scores, in a table without ages", "tramble@1", lambda p: "age_from" not in columns(p, norm(p, "all_three")["table"])),
    *(
        Shown(48, f"a composite from a {words}", "tramble@1", lambda p, name=name, raw=raw: scale(p, name)["raw"] == raw)
        for name, words, raw in (
            ("raw_total", "sum of raw scores", "sum_of_scales"), ("mean", "mean", "mean_of_scores"),
            ("weighted", "weighted mean", "mean_of_scores"), ("mean_z", "mean of z", "mean_of_z"),
        )
    ),
    Shown(49, "all members", "tramble@1", lambda p: "min_answered" not in scale(p, "all_three")),
    Shown(49, "two of three, scaled up", "tramble@1", lambda p: (scale(p, "two_of_three")["min_answered"], scale(p, "two_of_three")["prorate"]) == (2, True)),
    Shown(49, "a member that must be there", "tramble@1", lambda p: scale(p, "with_ropes")["required"] == ["ropes"]),
    Shown(49, "another subtest in its place", "tramble@1", lambda p: scale(p, "stand_in")["substitutes"]["balls"] == ["tags"]),
    Shown(49, "members by age", "tramble@1", lambda p: scale(p, "hoops")["ages"] == [60, 120] and "hoops" in scale(p, "by_age")["scales"]),
    Shown(50, "composites that share members, and a composite of them", "tramble@1", lambda p: scale(p, "grand")["scales"] == ["all_three", "stand_in"]),
    Shown(52, "half widths as printed, by level and sex", "wexle@1", lambda p: norm(p, "hw")["interval"]["kind"] == "half_width"),
    Shown(52, "ends as printed, at two levels", "wexle@1", lambda p: columns(p, "ends.csv") >= {"ci90_low", "ci90_high", "ci95_low", "ci95_high"}),
    *(
        Shown(52, f"ends rounded: {ends}", "wexle@1", lambda p, name=name, ends=ends: norm(p, name)["interval"]["ends"] == ends)
        for name, ends in (("ends_each", "each"), ("ends_width", "half_width"), ("near_out", "outward"))
    ),
    Shown(52, "SEM by sex and age", "wexle@1", lambda p: norm(p, "sem_sex")["interval"]["kind"] == "observed"),
    Shown(52, "the standard error that came with a score", "wexle@1", lambda p: norm(p, "came_scored")["interval"]["kind"] == "entered"),
    Shown(53, "words for subtests and other words for composites", "tramble@1", lambda p: norm(p, "ropes")["descriptions"] != norm(p, "all_three")["descriptions"]),
    Shown(60, "edition, norm sample, licence, digest with every result", "ossick@1", lambda p: manifest(p)["licence"]["figures"] == "Invented"),
    Shown(2, "a month more from its 16th day on", "murkle@1", lambda p: age(p)["month_up_from_day"] == 16),
    Shown(2, "the same dates, a month more from its 15th day on", "murkle@2", lambda p: age(p)["use"] == "half_month" and "month_up_from_day" not in age(p)),
    Shown(3, "both ages, in different rows of the norms", "murkle@1", lambda p: {"early", "gestation_unknown"} <= names(p)),
    Shown(4, "the last of several days counts", "murkle@1", lambda p: age(p)["session"] == "last" and "last_day" in names(p)),
    Shown(4, "the first of several days counts", "murkle@2", lambda p: "session" not in age(p) and "first_day" in names(p)),
    Shown(5, "norms by school year and semester, without age", "pirrin@1", lambda p: "age_from" not in columns(p, "by_grade.csv")),
    *(
        Shown(6, "one of two forms whose ages overlap", f"gribble@{form}", lambda p, ages=ages: (age(p)["from"], age(p)["below"]) == ages)
        for form, ages in (("child", (24, 60)), ("youth", (48, 96)))
    ),
    Shown(8, "norms by school year and semester beside norms by age", "pirrin@1", lambda p: norms(p, "count")[1]["strata"] == ["grade", "semester"]),
    Shown(9, "outside the ages the nearest norms", "murkle@1", lambda p: age(p)["outside"] == "nearest"),
    Shown(9, "outside the ages growth alone", "murkle@2", lambda p: age(p)["outside"] == "unaged"),
    Shown(9, "outside the ages nothing", "gribble@child", lambda p: "outside" not in age(p)),
    Shown(10, "a scale that is given at some ages only", "wimbrel@1", lambda p: scale(p, "reflexes")["ages"] == [0, 12]),
    Shown(10, "members that change with age", "wimbrel@1", lambda p: scale(p, "moves")["scales"] == ["reflexes", "stand", "catch", "kick"]),
    Shown(11, "norms of one population", "wimbrel@1", lambda p: manifest(p)["only"] == {"support": ["braced"]}),
    Shown(14, "times and errors, item by item", "yarple@1", lambda p: columns(p, "item_points.csv") >= {"item", "points"}),
    *(Shown(15, f"{take} of trials", "yarple@1", lambda p, take=take: took(p, f"throw_{take}")["take"] == take) for take in ("first", "last", "sum", "mean")),
    *(Shown(15, f"no trial after the most: {name}", "yarple@1", lambda p, name=name: took(p, f"throw_{name}")["enough_at"] == 5) for name in ("best", "sum", "mean")),
    Shown(16, "the hand preferred", "fennick@1", lambda p: took(p, "pegs_preferred")["by"] == "hand"),
    Shown(16, "mean of both hands, a half", "fennick@1", lambda p: took(p, "pegs_mean")["take"] == "mean"),
    Shown(16, "the better hand, as an item", "fennick@1", lambda p: took(p, "pegs_better")["take"] == "highest"),
    Shown(17, "only in time", "yarple@1", lambda p: took(p, "words_counted")["limit"] == 30),
    Shown(17, "a bonus for being quick", "yarple@1", lambda p: took(p, "puzzle_points")["from"] == ["puzzle_in_time", "puzzle_quick"]),
    Shown(17, "not finished, in words", "yarple@1", lambda p: instrument(p)["options"]["seconds"]["labels"] == {"not_finished": 60}),
    Shown(18, "criteria by trials", "fennick@1", lambda p: len(took(p, "kick_count")["from"]) == 6),
    Shown(18, "all or none", "fennick@1", lambda p: took(p, "row_all")["take"] == "all_at_least"),
    Shown(18, "nothing if any is wrong", "fennick@1", lambda p: instrument(p)["options"]["none_wrong"]["points"] == [1, 0, 0, 0]),
    Shown(19, "one answer sets several items", "fennick@1", lambda p: all(took(p, f"rung_{which}")["from"] == ["ladder"] for which in ("low", "middle", "top"))),
    Shown(20, "kinds of no answer, with points and without", "crundle@1", lambda p: instrument(p)["options"]["help"]["missing_points"] == {"7": 0, "6": 2}),
    Shown(20, "estimated answers", "crundle@1", lambda p: instrument(p)["options"]["help"]["estimated"] == {"8": 1, "9": 2}),
    Shown(21, "a variant of an item has its own norms", "dottle@1", lambda p: norm(p, "pushes")["strata"] == ["variant"]),
    Shown(22, "ages by which children pass an item", "wimbrel@1", lambda p: "age_50,age_75,age_90" in (HOMES[p] / "items.csv").read_text(encoding="utf-8")),
    Shown(23, "items that exclude each other", "fennick@1", lambda p: took(p, "walk")["from"] == ["walk_held", "walk_alone"]),
    Shown(23, "an item credits others", "fennick@1", lambda p: took(p, "scribble_credited")["from"] == ["cross", "line", "scribble"]),
    Shown(32, "a total beside its items, or alone", "dottle@1", lambda p: scale(p, "tally")["total"] == "tally_total"),
    Shown(32, "a total without items, whole and within its range", "dottle@1", lambda p: instrument(p)["options"]["times"] == {"range": [0, 40], "whole": True}),
    Shown(7, "the same sums under norms of both sexes and of one", "hobbin@1", lambda p: sum("total" in one["scales"] for one in manifest(p)["norms"]) == 2),
    Shown(14, "one table of points for seconds, counts and errors", "hobbin@1", lambda p: took(p, "pr1")["points"] == took(p, "ag1")["points"] == "points.csv"),
    Shown(15, "better of trials that are points already", "hobbin@1", lambda p: (took(p, "pr2")["from"], took(p, "pr2")["enough_at"]) == (["pr2a", "pr2b"], 7)),
    Shown(16, "hand that is preferred and other hand, with points of their own", "hobbin@1", lambda p: took(p, "dx1")["from"] == took(p, "dx2")["from"][::-1]),
    Shown(24, "sections and quadrants share items", "wispel@carer", lambda p: "w01" in {*scale(p, "hearing")["items"]} & {*scale(p, "seeks")["items"]}),
    Shown(29, "too much missing in the whole", "wispel@carer", lambda p: scale(p, "seeks")["invalid_if"][0]["bands"] == ["too_many"]),
    Shown(49, "five of six, scaled up", "hobbin@1", lambda p: (scale(p, "total")["min_answered"], len(scale(p, "total")["scales"])) == (5, 6)),
]  # fmt: skip

@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: f"{shown.number} {shown.words}")
def test_a_mechanism_is_needed_by_a_pack(shown: Shown) -> None:
    assert shown.there(shown.pack)


def test_every_mechanism_is_shown() -> None:
    assert {shown.number for shown in SHOWN} == set(range(1, 61))


def metrics() -> Iterator[tuple[str, str]]:
    yield from ((pack, one.get("metric", "none")) for pack in HOMES for one in manifest(pack)["norms"])


def test_every_metric_and_every_method_is_in_some_pack() -> None:
    assert {metric for _, metric in metrics()} >= {metric.value for metric in Metric} - {"raw"}
    assert {one["method"] for pack in HOMES for one in manifest(pack)["norms"]} == set(get_args(NormMethod))
