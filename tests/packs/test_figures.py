"""Every figure of the first packs against the stored figures they were made from, cell by cell; and that no table is passed over.

Packs and figures are read as plain files: nothing of the library is in between. Later packs: the modules beside.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packs.stored_figures import (
    NORMS,
    bands,
    compares,
    cuts,
    document,
    figures,
    key,
    same_rows,
    scales,
    table,
)

HERE = Path(__file__).parent

# ---------------------------------------------------------------------------------------------- D-score

KEYS = {"gsed@dutch": "dutch", "gsed@gcdg": "gcdg", "gsed@1912": "gsed1912", "gsed@2212": "gsed2212", "gsed@2406": "gsed2406", "gsed@293_0": "293_0"}
REFERENCES = {
    "gsed@dutch": ["dutch"], "gsed@gcdg": ["gcdg"], "gsed@1912": ["gcdg"], "gsed@2212": ["phase1", "dutch"], "gsed@293_0": ["phase1"],
    "gsed@2406": ["preliminary_standards", "dutch", "phase1"],
}  # fmt: skip
LMS = {"dutch", "gcdg", "gsed1912"}


@compares("gsed@dutch", "tables/difficulties.csv", "tables/daz_dutch.csv", stored=["dscore/builtin_itembank.csv", "dscore/builtin_references.csv"])
@compares("gsed@gcdg", "tables/difficulties.csv", "tables/daz_gcdg.csv", stored=["dscore/builtin_keys.csv", "dscore/quadrature_grid.csv"])
@compares("gsed@1912", "tables/difficulties.csv", "tables/daz_gcdg.csv", stored=["dscore/key_dutch.csv", "dscore/key_gcdg.csv"])
@compares("gsed@293_0", "tables/difficulties.csv", "tables/daz_phase1.csv", stored=["dscore/key_gsed1912.csv", "dscore/key_gsed2212.csv"])
@compares("gsed@2212", "tables/difficulties.csv", "tables/daz_phase1.csv", "tables/daz_dutch.csv", stored=["dscore/key_293_0.csv"])
@compares("gsed@2406", "tables/difficulties.csv", "tables/daz_phase1.csv", "tables/daz_dutch.csv", stored=["dscore/key_gsed2406.csv"])
@compares("gsed@2406", "tables/daz_preliminary_standards.csv")
@pytest.mark.parametrize("pack", KEYS)
def test_gsed(pack: str, shared: Path) -> None:
    name = KEYS[pack]
    difficulties = table(pack, "tables/difficulties.csv")
    bank = [row for row in figures(shared, "dscore/builtin_itembank.csv") if row["key"] == name and row["tau"] not in (None, "NA")]
    same_rows(difficulties, ({"item": row["item"], "tau": row["tau"]} for row in bank), 76)
    listed = [row for row in figures(shared, f"dscore/key_{name}.csv") if row["tau"] not in (None, "NA")]
    same_rows(difficulties, listed)
    references = [row for row in figures(shared, "dscore/builtin_references.csv") if row["key"] == name]
    assert {row["population"] for row in references} == set(REFERENCES[pack])
    for population in REFERENCES[pack]:
        mine = [row for row in references if row["population"] == population]
        assert {row["distribution"] for row in mine} == {"LMS" if name in LMS else "BCT"}
        columns = {"age": "age"} | ({"l": "nu", "m": "mu", "s": "sigma"} if name in LMS else dict.fromkeys(("mu", "sigma", "nu", "tau"), ""))
        expected = ({column: row[stored or column] for column, stored in columns.items()} for row in mine)
        same_rows(table(pack, f"tables/daz_{population}.csv"), expected, 100)


@compares("gsed@2406", "pack.toml", stored=["dscore/builtin_keys.csv", "dscore/quadrature_grid.csv"])
@pytest.mark.parametrize("pack", KEYS)
def test_gsed_scale_grid_and_population(pack: str, shared: Path) -> None:
    manifest = document(pack, "pack.toml")
    stored = next(row for row in figures(shared, "dscore/builtin_keys.csv") if row["key"] == KEYS[pack])
    model = manifest["irt"][0]
    assert (model["slope"], model["intercept"]) == (stored["slope"], stored["intercept"])
    grid = model["grid"]
    assert (grid["from"], grid["to"], grid["by"]) == (stored["from"], stored["to"], stored["by"])
    nodes = [row["qp"] for row in figures(shared, "dscore/quadrature_grid.csv") if row["key"] == KEYS[pack]]
    assert nodes == [grid["from"] + step * grid["by"] for step in range(len(nodes))] and nodes[-1] == grid["to"]
    assert manifest["default_group"] == stored["base_population"]
    assert len(table(pack, "tables/difficulties.csv")) == stored["n_items"] - (1 if KEYS[pack] in ("gsed2212", "gsed2406") else 0)
    assert {norm["measure"] for norm in manifest["norms"]} == {"ability"}


@compares("gsed@2406", "items.csv", stored=["dscore/builtin_itembank.csv", "dscore/builtin_itemtable.csv"])
def test_gsed_items_are_those_of_the_bank(shared: Path) -> None:
    codes = [row["item"] for row in table("gsed@2406", "items.csv")]
    assert len(set(codes)) == len(codes)
    assert set(codes) == {row["item"] for row in figures(shared, "dscore/builtin_itemtable.csv")}
    assert set(codes) >= {row["item"] for row in figures(shared, "dscore/builtin_itembank.csv")}


# ---------------------------------------------------------------------------------------------- hand grip


@compares("nhanes-grip@2014", "tables/lms.csv", stored=["nhanes_grip/nhanes2013_14_grip_LMS_derived.csv"])
def test_grip_curves(shared: Path) -> None:
    stored = figures(shared, "nhanes_grip/nhanes2013_14_grip_LMS_derived.csv")
    expected = (
        {"scale": row["measure"], "sex": row["sex"], "age": row["age_years"], "l": row["L"], "m": row["M_kg"], "s": row["S"]} for row in stored
    )
    same_rows(table("nhanes-grip@2014", "tables/lms.csv"), expected, 300)


@compares("nhanes-grip@2014", "psychometrics.csv", stored=["nhanes_grip/nhanes2013_14_grip_within_session_reliability.csv"])
def test_grip_precision(shared: Path) -> None:
    """The SEM of a single trial for each hand; the row of all ages, and the mean of three, are not used."""
    stored = figures(shared, "nhanes_grip/nhanes2013_14_grip_within_session_reliability.csv")
    by_age = [row for row in stored if (row["age_from"], row["age_to"]) != (6, 18)]
    expected = [
        {"scale": hand, "age_from": row["age_from"], "age_to": row["age_to"] + 1, "statistic": "sem", "metric": "measure",
         "value": row["sem_single_trial_kg"], "source": "reliability"}
        for row in by_age for hand in ("dominant", "nondominant")
    ]  # fmt: skip
    same_rows(table("nhanes-grip@2014", "psychometrics.csv"), expected, 8)


# ---------------------------------------------------------------------------------------------- Healthy and Ready to Learn

HRTL_SCALES = {
    "Early Learning Skills": "early_learning", "Social-Emotional Development": "social_emotional", "Self-Regulation": "self_regulation",
    "Motor Development": "motor", "Health": "health", "Physical Health and Motor Development": "physical",
}  # fmt: skip


@compares("hrtl@2022", "tables/thresholds.csv", stored=["hrtl/hrtl2022_item_thresholds.csv", "hrtl_2022_motor/hrtl2022_motor_item_thresholds.csv"])
def test_hrtl_2022_thresholds(shared: Path) -> None:
    stored = figures(shared, "hrtl/hrtl2022_item_thresholds.csv")
    expected = [
        {"item": row["nsch2022_item"], "age_from": float(age), "age_to": age + 1.0, "code": code, "at_least": row[f"age{age}_{word}_ge"]}
        for row in stored for age in (3, 4, 5) for code, word in ((2.0, "emerging"), (3.0, "ontrack"))
    ]  # fmt: skip
    found = table("hrtl@2022", "tables/thresholds.csv")
    same_rows(found, expected, 162)
    motor = {(row["item_variable"], row["age_years"]): row for row in figures(shared, "hrtl_2022_motor/hrtl2022_motor_item_thresholds.csv")}
    names = {"DrawACircle": "DrawCircle_22", "DrawAFace": "DrawFace_22", "DrawAPerson": "DrawPerson_22", "BounceABall": "BounceBall_22"}
    for row in found:
        if row["item"] in names:
            second = motor[names[row["item"]], row["age_from"]]
            assert row["at_least"] == second["on_track_min_response_0to3" if row["code"] == 3 else "emerging_min_response_0to3"]
    assert len(motor) == 12


@compares("hrtl@2022", "instrument.toml", "items.csv", stored=["hrtl/hrtl2022_item_thresholds.csv"])
def test_hrtl_2022_items_and_recoding(shared: Path) -> None:
    """Each raw answer earns what the stored recoding says, in the scale of its domain."""
    stored = {row["nsch2022_item"]: row for row in figures(shared, "hrtl/hrtl2022_item_thresholds.csv")}
    options = document("hrtl@2022", "instrument.toml")["options"]
    items = {row["item"]: row["options"] for row in table("hrtl@2022", "items.csv")}
    assert set(items) == set(stored) and len(items) == 27
    for item, row in stored.items():
        mine, rule = options[items[item]], str(row["recode_to_0based_high_good"]).partition(" ")[0]
        legal, points = mine["legal"], mine.get("points", mine["legal"])
        turn = {"raw-1": lambda raw: raw - 1, "5-raw": lambda raw: 5 - raw, "3-raw": lambda raw: 3 - raw}[rule]
        assert points == [turn(raw) for raw in legal], item
        assert max(points) == row["max_code"]
    found = {scale: set(said["items"]) for scale, said in scales("hrtl@2022").items() if "items" in said}
    domains = {row["domain"] for row in stored.values()}
    expected = {HRTL_SCALES[_hrtl_domain(domain)]: {item for item, row in stored.items() if row["domain"] == domain} for domain in domains}
    assert found == expected


def _hrtl_domain(text: str) -> str:
    return next(name for name in sorted(HRTL_SCALES, key=len) if text.startswith(name) or name in text)


@compares("hrtl@2022", "pack.toml", stored=["hrtl/hrtl2022_key.json", "hrtl_2022_motor/hrtl2022_motor_domain_rule.csv"])
def test_hrtl_2022_bands_and_the_overall_class(shared: Path) -> None:
    stored = key(shared, "hrtl/hrtl2022_key.json")
    assert stored["domain_bands"] == {"on_track": ">=2.5", "emerging": ">=2.0 and <2.5", "needs_support": "<2.0"}
    rule = {row["rule"]: row["value"] for row in figures(shared, "hrtl_2022_motor/hrtl2022_motor_domain_rule.csv")}
    assert (rule["On-Track if domain mean >="], rule["Emerging if domain mean >="]) == (2.5, 2.0)
    domains = {"early_learning", "social_emotional", "self_regulation", "motor", "health"}
    assert cuts("hrtl@2022") == dict.fromkeys(domains, (["needs_support", "emerging", "on_track"], [2.0, 2.5]))
    assert {said["raw"] for scale, said in scales("hrtl@2022").items() if scale in domains} == {"mean"}
    assert {said["grade"]["lowest"] for scale, said in scales("hrtl@2022").items() if scale in domains} == {1}
    assert stored["overall"]["on_track"] == "on track in 4-5 domains and no domain needs support"
    assert stored["overall"]["needs_support"] == "2 or more domains need support"
    overall = document("hrtl@2022", "instrument.toml")["composites"][0]
    assert set(overall["members"]) == domains
    for on_track in range(6):
        for needs in range(6 - on_track):
            wanted = "on_track" if on_track >= 4 and needs == 0 else "needs_support" if needs >= 2 else "emerging"
            assert _level(overall, {"on_track": on_track, "needs_support": needs, "emerging": 5 - on_track - needs}) == wanted
    published = stored["national_percent"]["overall"]
    notices = " ".join(document("hrtl@2022", "pack.toml")["notices"])
    assert all(f"{published[band]:.1f} %" in notices for band in ("on_track", "emerging", "needs_support"))


def _level(composite: dict[str, Any], counted: dict[str, int]) -> str:
    for level in composite["levels"]:
        if all(when.get("at_least", 0) <= counted[when["band"]] <= when.get("at_most", 99) for when in level.get("when", [])):
            return str(level["band"])
    raise AssertionError("no level holds")


@compares("hrtl@2016", "tables/thresholds.csv", "pack.toml", "instrument.toml", stored=["hrtl/hrtl2016_item_thresholds.csv", "hrtl/hrtl2016_key.json"])
def test_hrtl_2016(shared: Path) -> None:
    """A threshold of 99 in the source is one that nobody reaches: an empty cell."""
    stored = figures(shared, "hrtl/hrtl2016_item_thresholds.csv")
    columns = ((1.0, "needs_support_ge_else_at_risk"), (2.0, "on_track_ge"))
    expected = [
        {"item": row["item_cahmi_code"], "age_from": row["age_years"], "age_to": row["age_years"] + 1, "code": code,
         "at_least": None if row[column] == 99 else row[column]}
        for row in stored for code, column in columns
    ]  # fmt: skip
    same_rows(table("hrtl@2016", "tables/thresholds.csv"), expected, 100)
    said = key(shared, "hrtl/hrtl2016_key.json")["domain_cuts_sum"]
    found = cuts("hrtl@2016")
    for domain, rule in said.items():
        scale = HRTL_SCALES[domain]
        assert found[scale] == (["at_risk", "needs_support", "on_track"], [rule["needs_support_ge"], rule["on_track_ge"]])
        assert len(scales("hrtl@2016")[scale]["items"]) == rule["items"]
    assert set(found) == {HRTL_SCALES[domain] for domain in said}
    assert {item for scale in scales("hrtl@2016").values() for item in scale["items"]} == {row["item_cahmi_code"] for row in stored}


# ---------------------------------------------------------------------------------------------- Child Functioning Module

CFM = ("cfm@2-4", "cfm@5-17")


@compares("cfm@2-4", "pack.toml", "instrument.toml", stored=["unicef_cfm/cfm_functional_difficulty_cutoffs.csv"])
@compares("cfm@5-17", "pack.toml", "instrument.toml", stored=["cfm/cfm_key.json"])
@pytest.mark.parametrize("pack", CFM)
def test_cfm_answers_that_count_as_difficulty(pack: str, shared: Path) -> None:
    """Answer by answer, by its word: the printed plan names those that count."""
    form = pack.partition("@")[2]
    stored = [row for row in figures(shared, "unicef_cfm/cfm_functional_difficulty_cutoffs.csv") if row["age_band_years"] == form]
    plan = {_cfm_domain(row["domain"]): row["response_counted_as_functional_difficulty"] for row in stored}
    words = {"a_lot": "a lot of difficulty", "cannot": "cannot do at all", "a_lot_more": "a lot more", "daily": "daily"}
    found, options = cuts(pack), document(pack, "instrument.toml")["options"]
    items = {row["item"]: row["options"] for row in table(pack, "items.csv")}
    assert set(found) == set(plan) == set(scales(pack))
    for scale, (names, at_least) in found.items():
        assert names == ["no_difficulty", "difficulty"]
        for item in _cfm_items(scales(pack)[scale]):
            mine = options[items[item]]
            worth = dict(zip(mine["legal"], mine.get("points", mine["legal"]), strict=True))
            counted = {word for word, code in mine["labels"].items() if worth[code] >= at_least[0]}
            assert {words.get(word) for word in counted} == set(plan[scale].split(" | ")), (scale, item)


@pytest.mark.parametrize("pack", CFM)
def test_cfm_items_and_branches(pack: str, shared: Path) -> None:
    """The stored key names the items of each domain; survey files write FCF where it writes UCF."""
    stored = key(shared, "cfm/cfm_key.json")
    forms = stored["forms"][pack.partition("@")[2]]
    unnamed = {"learning": "CF14", "playing": "CF15", "behaviour": "CF16"}
    for scale, said in forms.items():
        text = said.replace("UCF", "FCF")
        wanted = re.findall(r"F?CF\d+", text) or [unnamed[scale]]
        assert set(_cfm_items(scales(pack)[scale])) == set(wanted), scale
    assert set(forms) == set(scales(pack))
    walking = scales("cfm@5-17")["walking"]["branches"]
    assert "replaced by UCF11 if UCF10==2" in stored["forms"]["5-17"]["walking"] and walking[0] == {"item": "FCF10", "then": {"2": "FCF11"}}
    assert "replaced by UCF15 if UCF14 in 1,2" in stored["forms"]["5-17"]["walking"]
    assert walking[1] == {"item": "FCF14", "then": {"1": "FCF15", "2": "FCF15"}}
    labels = document(pack, "instrument.toml")["options"]["difficulty"]["labels"]
    assert {word: str(code) for word, code in labels.items()} == {"none": "1", "some": "2", "a_lot": "3", "cannot": "4"}
    assert list(stored["scale"].values()) == ["no difficulty", "some", "a lot", "cannot do at all"]
    overall = document(pack, "instrument.toml")["composites"][0]
    assert stored["overall"].startswith("any domain with difficulty=1 -> 1; else if any domain missing -> missing; else 0")
    assert overall["levels"] == [
        {"band": "difficulty", "when": [{"band": "difficulty", "at_least": 1}]}, {"band": "no_difficulty", "needs_all": True},
    ]  # fmt: skip
    assert set(overall["members"]) == set(forms)


def _cfm_domain(text: str) -> str:
    return text.partition(" ")[0].replace("controlling_", "")


def _cfm_items(scale: dict[str, Any]) -> list[str]:
    branches = [code for branch in scale.get("branches", []) for code in (branch["item"], *branch.get("then", {}).values())]
    return branches or list(scale["items"])


# ---------------------------------------------------------------------------------------------- ECDI2030


@compares("ecdi@2030", "tables/bands.csv", "instrument.toml", "items.csv", stored=["ecdi2030/ecdi2030_key.json"])
def test_ecdi(shared: Path) -> None:
    stored = key(shared, "ecdi2030/ecdi2030_key.json")
    expected = [
        row
        for cut in stored["cutscores"]
        for low, high, band in ((0, cut["at_least"] - 1, "not_on_track"), (cut["at_least"], stored["items"], "on_track"))
        for row in [{"age_from": cut["min"], "age_to": cut["max"] + 1, "raw_min": low, "raw_max": high, "band": band}]
    ]
    same_rows(table("ecdi@2030", "tables/bands.csv"), expected, 10)
    items = {row["item"]: row["options"] for row in table("ecdi@2030", "items.csv")}
    assert list(items) == [f"EC{number}" for number in range(21, 41)]
    options = document("ecdi@2030", "instrument.toml")["options"]
    passes = {item: {code for code, point in zip(options[name]["legal"], options[name]["points"], strict=True) if point} for item, name in items.items()}
    assert stored["pass"]["EC21-EC38"].startswith("1 ")
    assert all(passes[f"EC{number}"] == {1} for number in range(21, 39))
    for item in ("EC39", "EC40"):
        assert passes[item] == {int(code) for code in stored["pass"][item].partition(" ")[0].split(",")}
    scale = scales("ecdi@2030")["ecdi"]
    assert stored["otherwise"] == "fail, incl. DK/missing (recode else=0)" and scale["missing_as"] == 0
    assert document("ecdi@2030", "pack.toml")["age"]["from"] == stored["age_months"][0]
    assert document("ecdi@2030", "pack.toml")["age"]["below"] == stored["age_months"][1] + 1


# ---------------------------------------------------------------------------------------------- nothing passed over

NOT_FROM_STORED_FIGURES: dict[tuple[str, str], str] = {
    ("gcdg-domains@1", "tables/norms.csv"): "fitted by us; fitted and scored again: tests/reference/test_gcdg_domains.py",
    ("gcdg-domains@1", "psychometrics.csv"): "computed by us; computed again: tests/reference/test_gcdg_domains.py",
}
"""Tables that were not made from stored figures, and why."""
NOT_COMPARED_HERE = {
    "dscore/prior_mean_by_key.csv": "what the package computes: tests/reference/test_dscore_curves.py",
    "dscore/rename_gcdg_gsed_examples.csv": "names of items before childdevdata; nothing of it ships",
    "credi/normcoef_mean_unused.csv": "not used by the package, nor here",
    "credi/normcoef_sd_unused.csv": "not used by the package, nor here",
    "momo/momo_percentiles_yearly_computed.csv": "computed from the nodes: tests/reference/test_momo.py",
    "nhanes_grip/nhanes2013_14_grip_weighted_cells.csv": "counted cells that the curves are checked against: tests/reference/test_grip.py",
    "nhanes_grip/nhanes2013_14_grip_LMS_fit_check.csv": "how the curves fit; no figure of the pack",
    "nnyfs_strength_bmc2016/nnyfs2012_strength_percentiles_agebands.csv": "the published check of the plank: tests/reference/test_norming_cells.py",
    "capl_descriptives/capl_by_age_both_sexes.csv": "published means, a plausibility check; no figure of the pack",
    "capl_descriptives/capl_by_sex_ages8to12_pooled.csv": "as above",
    "hrtl/hrtl2022_item_response_distribution_us.csv": "published answers that the models are held against: tests/reference/test_nsch_hrtl.py",
    "hrtl_2022_motor/hrtl2022_motor_response_distribution.csv": "published answers; no figure of the pack",
    "tom_booklet/tom_norms.csv": "computed from the model: tests/reference/test_tom.py",
    "tom_booklet/tom_cells.csv": "counted cells beside the model: tests/reference/test_tom.py",
    "tango_cc/tango_norms.csv": "computed from the model: tests/reference/test_tango.py",
    "tango_cc/tango_cells.csv": "counted cells beside the model: tests/reference/test_tango.py",
    "tango_cc/tango_community_offsets.csv": "how communities differ; in the notices, no figure of a table",
    "sdq/sdq_bands_japan_by_age_sex.csv": "not shipped: one source",
    "sdq/sdq_bands_us_nhis2001_parent_4_17.csv": "not shipped: one source",
    "sdq/sdq_total_cutoffs_pmc9004049.csv": "not shipped: the informant is not known",
    "sdq/sdq_uk_teacher_abnormal_rates.csv": "rates of abnormal scores, a plausibility check",
    "childdevdata/coverage.csv": "counts of the raw data",
    "childdevdata/items_with_labels.csv": "names; nothing of it ships",
}
"""Stored files that no comparison reads, and why. Cells and fits of childdevdata are derived again by tests/reference/test_bogota.py."""


def marks() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Pack, files and stored figures of every mark of the modules."""
    for module in sorted(HERE.glob("test_figures*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "compares":
                pack, *files = (ast.literal_eval(argument) for argument in node.args)
                stored = next((ast.literal_eval(word.value) for word in node.keywords if word.arg == "stored"), [])
                yield pack, tuple(files), tuple(stored)


def test_every_table_of_every_pack_is_compared_or_named_with_a_reason() -> None:
    tables = {
        (f"{file.relative_to(NORMS).parts[0]}@{file.relative_to(NORMS).parts[1]}", "/".join(file.relative_to(NORMS).parts[2:]))
        for pattern in ("*/*/tables/*.csv", "*/*/psychometrics.csv")
        for file in NORMS.glob(pattern)
    }
    compared = {(pack, file) for pack, files, _ in marks() for file in files}
    assert len(tables) > 70
    assert tables - compared == set(NOT_FROM_STORED_FIGURES)
    assert all(reason for reason in NOT_FROM_STORED_FIGURES.values())


def test_every_pack_is_compared() -> None:
    editions = {f"{file.parts[-3]}@{file.parts[-2]}" for file in NORMS.glob("*/*/pack.toml")}
    assert {pack for pack, _, _ in marks()} == editions


def test_every_stored_file_is_read_or_named_with_a_reason(shared: Path) -> None:
    stored = {file.relative_to(shared / "figures").as_posix() for file in (shared / "figures").rglob("*") if file.is_file()}
    stored = {name for name in stored if not name.startswith("hold/") and not re.fullmatch(r"childdevdata/\w+_(cells|fit|items|norms)\.csv", name)}
    read = {name for _, _, names in marks() for name in names}
    assert stored - read == set(NOT_COMPARED_HERE)
    assert read <= stored | {file.relative_to(shared / "figures").as_posix() for file in (shared / "figures/childdevdata").iterdir()}


@pytest.mark.parametrize("pack", sorted(f"{file.parts[-3]}@{file.parts[-2]}" for file in NORMS.glob("*/*/SOURCES.toml")))
def test_what_is_said_to_come_from_stored_figures_is_there(pack: str, shared: Path) -> None:
    """Every entry "by script from the stored figures": its file is in the pack, and the stored file that it names exists."""
    stored = {file.name for file in (shared / "figures").rglob("*") if file.is_file()}
    instrument, edition = pack.split("@")
    for entry in document(pack, "SOURCES.toml")["tables"]:
        if "by script" not in entry["transcribed"]:
            continue
        assert (NORMS / instrument / edition / entry["file"]).is_file() or (NORMS / instrument / entry["file"]).is_file(), entry["file"]
        there = {name: any(map(re.compile(re.escape(name).replace(r"\*", r"\w+")).fullmatch, stored)) for name in _files(entry["transcribed"])}
        assert all(there.values()), there
        if not there and (named := _files(entry["place"])):  # the place may name files of the publication too
            assert any(re.fullmatch(re.escape(name).replace(r"\*", r"\w+"), file) for name in named for file in stored), named


def _files(text: str) -> list[str]:
    return re.findall(r"[\w*]+\.(?:csv|json)", text)


def test_bands_are_read_as_they_are_printed() -> None:
    assert bands("3-5") == (3, 6) and bands("7") == (7, 8)
