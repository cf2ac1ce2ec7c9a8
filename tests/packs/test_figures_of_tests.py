"""Figures of the later packs of tests and tasks against the stored figures, cell by cell. See test_figures.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from packs.stored_figures import (
    Row,
    bands,
    compares,
    document,
    figures,
    key,
    norm_group,
    same_rows,
    scales,
    table,
)

# ---------------------------------------------------------------------------------------------- CREDI

CREDI_SCALES = {"motor": "MOT", "cognitive": "COG", "language": "LANG", "social_emotional": "SEM", "overall": "OVERALL"}
JOINT = [scale for scale in CREDI_SCALES if scale != "overall"]


def credi_items(shared: Path) -> dict[str, Row]:
    return {row["CREDI_code"]: row for row in figures(shared, "credi/item_parameters_mest_df.csv")}


@compares("credi@1", "tables/items_joint.csv", "tables/items_overall.csv", stored=["credi/item_parameters_mest_df.csv"])
def test_credi_item_parameters(shared: Path) -> None:
    stored = credi_items(shared)
    joint = [{"item": code, "tau": row["tau"]} | {scale: row[CREDI_SCALES[scale]] for scale in JOINT} for code, row in stored.items()]
    same_rows(table("credi@1", "tables/items_joint.csv"), [row for row in joint if any(row[scale] for scale in JOINT)], 100)
    overall = ({"item": code, "discrimination": row["alpha"], "difficulty": row["delta"]} for code, row in stored.items() if row["alpha"] != "NA")
    same_rows(table("credi@1", "tables/items_overall.csv"), overall, 100)


@compares("credi@1", "tables/prior_mean.csv", "tables/precision.csv", "pack.toml", stored=["credi/prior_mean_B_4x4.csv", "credi/prior_invS.csv"])
@compares("credi@1-short", "pack.toml", stored=["credi/prior_overall_beta_gamma.csv"])
def test_credi_priors(shared: Path) -> None:
    mean, precision = (figures(shared, f"credi/{name}.csv") for name in ("prior_mean_B_4x4", "prior_invS"))
    expected = [{"power": float(power)} | {scale: row[CREDI_SCALES[scale]] for scale in JOINT} for power, row in enumerate(mean)]
    assert table("credi@1", "tables/prior_mean.csv") == expected
    named = [{"scale": scale} | {other: row[CREDI_SCALES[other]] for other in JOINT} for scale, row in zip(JOINT, precision, strict=True)]
    assert table("credi@1", "tables/precision.csv") == named
    overall = figures(shared, "credi/prior_overall_beta_gamma.csv")
    for pack in ("credi@1", "credi@1-short"):
        prior = next(model["prior"] for model in document(pack, "pack.toml")["irt"] if model["model"] == "logistic_map")
        assert prior["mean"] == [row["beta"] for row in overall]
        assert prior["log_variance"] == [row["gamma"] or 0 for row in overall]


@compares("credi@1", "tables/zscore.csv", stored=["credi/zscore_norms_by_month.csv"])
@compares("credi@1-short", "tables/zscore.csv")
def test_credi_norms_by_month(shared: Path) -> None:
    stored = figures(shared, "credi/zscore_norms_by_month.csv")
    for pack, names in (("credi@1", list(CREDI_SCALES)), ("credi@1-short", ["overall"])):
        found = table(pack, "tables/zscore.csv")
        last = max(row["age_to"] for row in found)
        expected = [
            {"scale": scale, "age_from": row["AGE"], "age_to": min(row["AGE"] + 1, last),
             "mean": row[f"{CREDI_SCALES[scale]}_mu"], "sd": row[f"{CREDI_SCALES[scale]}_sigma"]}
            for row in stored for scale in names
        ]  # fmt: skip
        assert 36 < last <= 37
        same_rows(found, expected, 37 * len(names))


@compares("credi@1-short", "tables/items_overall.csv", "items.csv", stored=["credi/sf_lf_naming.csv", "credi/item_parameters_mest_df.csv"])
def test_credi_short_form(shared: Path) -> None:
    """Each item of a form by its spelling with two digits; the other spelling is an alias, its age that of the form."""
    naming, stored = figures(shared, "credi/sf_lf_naming.csv"), credi_items(shared)
    long_code = {row["SF_var"]: row["LF"] for row in naming}
    names = [name for name in long_code if len(name) == len("CREDI_A01")]
    expected = [{"item": name, "discrimination": stored[long_code[name]]["alpha"], "difficulty": stored[long_code[name]]["delta"]} for name in names]
    same_rows(table("credi@1-short", "tables/items_overall.csv"), expected, 120)
    ages = dict(zip("ABCDEF", zip((None, 6, 12, 18, 24, 30), (6, 12, 18, 24, 30, None), strict=True), strict=True))
    items = {row["item"]: row for row in table("credi@1-short", "items.csv")}
    assert set(items) == set(names)
    for name, row in items.items():
        assert (row["age_from"], row["age_to"]) == ages[name[6]]
        aliases = {name, *(row["aliases"] or "").split()}
        assert {long_code[alias] for alias in aliases} == {long_code[name]}
        assert (row["reverse"] == "yes") == (stored[long_code[name]]["RevCoded"] == "TRUE"), name
    assert {alias for name, row in items.items() for alias in (name, *(row["aliases"] or "").split())} == set(long_code)


@compares("credi@1", "items.csv", stored=["credi/gsed_name_key.csv"])
def test_credi_items(shared: Path) -> None:
    stored = credi_items(shared)
    items = {row["item"]: row for row in table("credi@1", "items.csv")}
    assert set(items) == set(stored)
    gsed = {row["credi_lf"]: row["gsed"] for row in figures(shared, "credi/gsed_name_key.csv") if row["credi_lf"] not in (None, "NA")}
    for code, row in items.items():
        assert (row["reverse"] == "yes") == (stored[code]["RevCoded"] == "TRUE"), code
        aliases = set((row["aliases"] or "").split())
        assert stored[code]["Item"] in aliases
        assert gsed.get(code, stored[code]["Item"]) in aliases


# ---------------------------------------------------------------------------------------------- NSCH models

NSCH = {"early_learning": "nsch_irt/early_learning_mlm_e2.json", "social_emotional": "nsch_irt/social_emotional_o_mlm.json"}


@compares("nsch-hrtl@2022", "tables/items_early_learning.csv", stored=["nsch_irt/early_learning_mlm_e2.json"])
@compares("nsch-hrtl@2022", "tables/items_social_emotional.csv", stored=["nsch_irt/social_emotional_o_mlm.json"])
@pytest.mark.parametrize("scale", NSCH)
def test_nsch_items(scale: str, shared: Path) -> None:
    """The items of 2022: those of other years stand in the source with their year, and do not ship."""
    stored = key(shared, NSCH[scale])["items"]
    kept = {name.removesuffix("(2022)"): item for name, item in stored.items() if "(" not in name or name.endswith("(2022)")}
    expected = [
        {"item": name, "loading": item["loading"], "points": float(step), "threshold": threshold}
        for name, item in kept.items() for step, threshold in enumerate(item["thresholds"], 1)
    ]  # fmt: skip
    same_rows(table("nsch-hrtl@2022", f"tables/items_{scale}.csv"), expected, 20)
    assert set(scales("nsch-hrtl@2022")[scale]["items"]) == set(kept)


@compares("nsch-hrtl@2022", "tables/t.csv", "pack.toml")
@pytest.mark.parametrize("scale", NSCH)
def test_nsch_prior_and_t(scale: str, shared: Path) -> None:
    """The stored prior in words: slope of age, shift of boys, variance within and between states, shift of the year."""
    stored = key(shared, NSCH[scale])
    model = next(model for model in document("nsch-hrtl@2022", "pack.toml")["irt"] if model["scales"] == [scale])
    assert model["link"] == stored["link"]
    segment = model["prior"]["segments"][0]
    if scale == "early_learning":
        assert stored["prior"] == "eta ~ Normal(0.959*age_years - 0.208*male, 1 + 0.018 between-state)"
        slope, boys, year, variance = 0.959, -0.208, 0.0, 1.018
    else:
        assert stored["prior"] == "eta ~ Normal(0.289*age_years - 0.328*male + year terms, 1) ; 2022 year shift = -0.004"
        slope, boys, year, variance = 0.289, -0.328, -0.004, 1.0
    assert (segment["linear"], segment["constant"], model["prior"]["shift"]["sex"]) == (slope, year, {"male": boys, "female": 0})
    assert model["prior"]["sd"] == pytest.approx(variance**0.5, abs=1e-15)
    expected = [{"scale": scale, "sex": sex, "b0": b0, "b1": slope, "variance": variance} for sex, b0 in (("male", round(boys + year, 3)), ("female", year))]
    same_rows([row for row in table("nsch-hrtl@2022", "tables/t.csv") if row["scale"] == scale], expected)


# ---------------------------------------------------------------------------------------------- motor tests


@compares("momo@2012", "tables/bccg.csv", stored=["momo/momo_gamlss_monthly.csv"])
def test_momo_nodes(shared: Path) -> None:
    """Every node of the four tests; stand and reach does not ship (an offset that is not documented)."""
    stored = figures(shared, "momo/momo_gamlss_monthly.csv")
    kept = [row for row in stored if row["test"] != "standreach"]
    assert {row["distribution"] for row in kept} == {"BCCG"} and {row["tau"] for row in kept} == {"NA"}
    expected = ({"scale": row["test"], "sex": row["sex"], "age": row["age_years"], "mu": row["mu"], "sigma": row["sigma"], "nu": row["nu"]} for row in kept)
    same_rows(table("momo@2012", "tables/bccg.csv"), expected, 1789)


@compares("nnyfs-plank@2012", "tables/percentiles.csv", stored=["nnyfs_plank/nnyfs2012_plank_weighted_cells.csv"])
def test_plank_cells(shared: Path) -> None:
    """The recipe counts children of equal times with their mean weight, the stored figures in one order: 48 cells differ, two by a second or more."""
    percents = ("p03", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "p97")
    found, stored = table("nnyfs-plank@2012", "tables/percentiles.csv"), figures(shared, "nnyfs_plank/nnyfs2012_plank_weighted_cells.csv")
    expected = [
        {"sex": row["sex"], "age_from": row["age_years_completed"], "age_to": row["age_years_completed"] + 1, "n": row["n_unweighted"]} for row in stored
    ]
    same_rows(({name: row[name] for name in ("sex", "age_from", "age_to", "n")} for row in found), expected, 26)
    cells = {(row["sex"], row["age_years_completed"]): row for row in stored}
    off = sorted(round(abs(row[name] - cells[row["sex"], row["age_from"]][f"{name}_s"]), 1) for row in found for name in percents)
    assert (off.count(0.0), len(off)) == (186, 234)
    assert off[-3:] == [1.0, 2.5, 4.2]


@compares("pegboard16@2023", "tables/mean_sd.csv", stored=["pegboard16/pegboard16_age6.csv"])
def test_pegboard(shared: Path) -> None:
    stored = figures(shared, "pegboard16/pegboard16_age6.csv")
    expected = [
        {"sex": row["sex"], "age_from": row["age_years"], "age_to": row["age_years"] + 1, "n": row["n"], "mean": row["mean_pegs_15s"], "sd": row["sd_derived_from_ci"]}
        for row in stored
    ]
    same_rows(table("pegboard16@2023", "tables/mean_sd.csv"), expected, 2)
    for row in stored:  # the SD is derived: half the interval is 1.96 SD / sqrt(n)
        assert row["sd_derived_from_ci"] == pytest.approx((row["ci95_high"] - row["ci95_low"]) / 2 / 1.96 * row["n"] ** 0.5, abs=0.02)


CAPL = {"pacer_20m_laps": "pacer", "plank_s": "plank", "camsa_skill_time_0to28": "camsa", "physical_competence_0to30": "physical_competence"}


@compares("capl@2", "tables/bands.csv", stored=["capl2/capl2_interpretation_bounds.csv"])
def test_capl_bounds(shared: Path) -> None:
    """Below the first bound; up to and including the second; the third; above. In the pack's words the scales have the names here."""
    found = table("capl@2", "tables/bands.csv")
    names = {row["scale"] for row in found}
    assert len(names) == len(CAPL)
    expected = []
    for row in figures(shared, "capl2/capl2_interpretation_bounds.csv"):
        below, second, third = (row[name] for name in ("beginning_if_below", "progressing_if_at_most", "achieving_if_at_most_else_excelling"))
        head = {"scale": CAPL[row["protocol"]], "sex": row["sex"], "age_from": row["age_years_completed"], "age_to": row["age_years_completed"] + 1}
        ends = ((None, None, None, below), (below, None, second, None), (None, second, third, None), (None, third, None, None))
        for band, (start, above, upto, stop) in zip(("beginning", "progressing", "achieving", "excelling"), ends, strict=True):
            expected.append(head | {"raw_from": start, "raw_above": above, "raw_upto": upto, "raw_below": stop, "band": band})
    same_rows(found, expected, 160)


@compares("capl@2", "tables/pacer_points.csv", "tables/plank_points.csv", stored=["capl2/capl2_raw_to_points.csv"])
@compares("capl@2", "tables/camsa_time_points.csv", stored=["capl2/camsa_time_to_points.csv"])
def test_capl_points(shared: Path) -> None:
    """Whole laps and seconds to points. No lap and 0 s are ours: the published points begin above them."""
    stored = figures(shared, "capl2/capl2_raw_to_points.csv")
    laps = [row for row in stored if row["protocol"] == "pacer_20m_laps"]
    expected = [
        {"raw_min": row["lower_inclusive"], "raw_max": row["upper"] - (row["upper_rule"] == "exclusive"), "points": row["points_0to10"]} for row in laps
    ]
    same_rows(table("capl@2", "tables/pacer_points.csv"), [{"raw_min": 0.0, "raw_max": 0.0, "points": 0.0}, *expected], 12)
    seconds = [row for row in stored if row["protocol"] == "plank_s"]
    found = table("capl@2", "tables/plank_points.csv")
    plank = [row for row in found if row["raw_from"] == 0]
    assert len(plank) == 1 and plank[0]["points"] == 0, "0 s"
    for row in seconds:
        low, rule = row["lower_inclusive"], row["upper_rule"]
        from_above = rule in ("exclusive (>0)", ">110")
        plank.append(
            {"raw_from": None if from_above else low, "raw_above": low if from_above else None,
             "raw_upto": row["upper"] if rule == "inclusive" else None, "raw_below": row["upper"] if "exclusive" in rule else None,
             "points": row["points_0to10"]}
        )  # fmt: skip
    same_rows(found, plank, 12)
    times = figures(shared, "capl2/camsa_time_to_points.csv")
    points = ({"raw_from": row["time_s_lower_inclusive"], "raw_below": row["time_s_upper_exclusive"], "points": row["points"]} for row in times)
    same_rows(table("capl@2", "tables/camsa_time_points.csv"), points, 14)


@compares("who-motor@2006", "tables/windows.csv", stored=["who_motor_windows/who_windows_p01_p99.csv"])
def test_who_windows(shared: Path) -> None:
    stored = figures(shared, "who_motor_windows/who_windows_p01_p99.csv")
    same_rows(table("who-motor@2006", "tables/windows.csv"), ({"scale": row["milestone"], "p01": row["p01_months"], "p99": row["p99_months"]} for row in stored), 6)
    assert {row["sex"] for row in stored} == {"both"} and norm_group("who-motor@2006", _group("who-motor@2006"))["n"] == stored[0]["n_children_study"]


def _group(pack: str) -> str:
    return str(document(pack, "pack.toml")["default_group"])


@compares("ddi-ages@1", "tables/ages.csv", stored=["childdevdata/item_pass_rates_ddi_bar_sgr_vin.csv"])
def test_ddi_ages(shared: Path) -> None:
    percents = ("p10", "p25", "p50", "p75", "p90", "p95")
    stored = [
        row
        for row in figures(shared, "childdevdata/item_pass_rates_ddi_bar_sgr_vin.csv")
        if row["cohort"] == "gcdg_nld_smocc" and row["our_domain"] in ("fine motor", "gross motor") and any(row[f"age_mo_{name}"] for name in percents)
    ]
    expected = ({"scale": row["item"], "n": row["n"]} | {name: row[f"age_mo_{name}"] for name in percents} for row in stored)
    same_rows(table("ddi-ages@1", "tables/ages.csv"), expected, 27)
    found = scales("ddi-ages@1")
    assert {scale: said["domain"] for scale, said in found.items()} == {row["item"]: row["our_domain"].replace(" ", "_") for row in stored}


# ---------------------------------------------------------------------------------------------- vision, hearing, balance


@compares("teller-acuity@mayer1995", "tables/octaves.csv", stored=["teller_acuity/mayer1995_monocular.csv"])
@compares("teller-acuity@leone2014", "tables/octaves.csv", stored=["teller_acuity/leone2014.csv"])
def test_teller_means(shared: Path) -> None:
    mayer = [
        {"scale": "monocular", "age": row["age_months"], "n": row["n"], "mean": row["mean_cyc_per_deg"], "sd": row["sd_octaves"]}
        for row in figures(shared, "teller_acuity/mayer1995_monocular.csv")
    ]
    same_rows(table("teller-acuity@mayer1995", "tables/octaves.csv"), mayer, 12)
    stored = figures(shared, "teller_acuity/leone2014.csv")
    assert {(row["central_tendency_type"], row["sd_units"]) for row in stored} == {("mean", "octave")}
    eyes = {"monoc": "monocular", "binoc": "binocular"}
    leone = [
        {"scale": eyes[row["binoc_monoc"]], "age": row["age_grp_rog"], "n": row["n_participants"], "mean": row["central_tendency_cyc_deg"], "sd": row["sd"]}
        for row in stored
    ]
    same_rows(table("teller-acuity@leone2014", "tables/octaves.csv"), leone, 20)


DAY = 0.032
"""A day in months: a lower limit of the next tested age begins to hold the day after."""


@compares("teller-acuity@salomao1995", "tables/limits.csv", stored=["teller_acuity/salomao1995.csv"])
@pytest.mark.parametrize(("eyes", "scale"), [("monoc", "monocular"), ("binoc", "binocular")])
def test_teller_lower_limits(eyes: str, scale: str, shared: Path) -> None:
    """At a tested age its own limit; between two of them the lower one."""
    stored = sorted((row for row in figures(shared, "teller_acuity/salomao1995.csv") if row["binoc_monoc"] == eyes), key=lambda row: row["age_months"])
    intervals: list[tuple[float, float, float, float]] = []
    for row, after in zip(stored, [*stored[1:], None], strict=True):
        age, limit, n = row["age_months"], row["lower_tolerance_limit_cyc_per_deg"], row["n"]
        if after is None:
            intervals.append((age, age + 1, limit, n))
        elif after["lower_tolerance_limit_cyc_per_deg"] >= limit:
            intervals.append((age, after["age_months"], limit, n))
        else:
            intervals.append((age, age + DAY, limit, n))
            intervals.append((age + DAY, after["age_months"], after["lower_tolerance_limit_cyc_per_deg"], after["n"]))
    expected = [
        {"scale": scale, "age_from": round(low, 3), "age_to": round(high, 3), "n": n, "raw_from": start, "raw_below": stop, "band": band}
        for low, high, limit, n in intervals
        for start, stop, band in ((None, limit, "below_lower_limit"), (limit, None, "not_below_lower_limit"))
    ]
    same_rows([row for row in table("teller-acuity@salomao1995", "tables/limits.csv") if row["scale"] == scale], expected, 38)


ACUITY = {
    ("ETDRS chart 4 m monocular", "lower 95% prediction limit"): "etdrs_4m", ("Kay Pictures (redesigned)", 2): "kay_pictures_2y",
    ("Kay Pictures (redesigned)", 5): "kay_pictures_5y", ("ATS-HOTV", 2): "hotv_ats_24m", ("ATS-HOTV single surrounded, EVA", 3): "hotv_ats_36m",
    ("ATS-HOTV", 5.5): "hotv_ats_66m", ("ETDRS/HOTV linear chart", 2.5): "line_chart_30m", ("ETDRS/HOTV linear chart", 5.5): "line_chart_66m",
    ("Teller Acuity Cards II", 0.5): "teller_cards_6m", ("Teller Acuity Cards II", 2.5): "teller_cards_30m",
}  # fmt: skip


@compares("visual-acuity@2014", "tables/limits.csv", "tables/means.csv", stored=["visual_acuity/visual_acuity_reference_points.csv"])
def test_visual_acuity(shared: Path) -> None:
    """Limits and means in logMAR by the ages in months that are printed; means of the chart at 4 m, and of adults, do not ship."""
    limits, means = [], []
    for row in figures(shared, "visual_acuity/visual_acuity_reference_points.csv"):
        scale = ACUITY.get((row["test"], row["statistic"])) or ACUITY.get((row["test"], row["age_from_years"]))
        if scale is None:
            assert row["test"].startswith("ETDRS chart 4 m") or row["age_from_years"] == "adult"
            continue
        is_limit = "limit" in row["statistic"]
        words = ("within_limit", "beyond_limit") if is_limit else ("at_mean_or_better", "worse_than_mean")
        head = {"scale": scale, "age_from": row["age_from_years"] * 12, "age_to": round((row["age_to_years"] + 0.01) * 12)}
        value = row["value_logMAR"]
        pair = [head | {"raw_above": None, "raw_upto": value, "band": words[0]}, head | {"raw_above": value, "raw_upto": None, "band": words[1]}]
        (limits if is_limit else means).extend(pair)
    same_rows(table("visual-acuity@2014", "tables/limits.csv"), limits, 8)
    same_rows(table("visual-acuity@2014", "tables/means.csv"), means, 14)


BALANCE = {
    "CBALVRTG": "vertigo", "CBALSTED": "unsteadiness", "CBALMOTR": "clumsiness", "CBALFALL": "frequent_falls", "CBALPASS": "lightheadedness",
    "CBALBLR": "blurred_vision", "CBALOTH": "other_symptom",
}  # fmt: skip


def both_tables(pack: str, expected: list[Row]) -> None:
    """The rows of both sexes in one table, those of boys and girls in the other."""
    both = [{name: value for name, value in row.items() if name != "sex"} for row in expected if row["sex"] == "both"]
    same_rows(table(pack, "tables/base_rates_all.csv"), both)
    same_rows(table(pack, "tables/base_rates_by_sex.csv"), [row for row in expected if row["sex"] != "both"])


@compares("nhis-balance@2016", "tables/base_rates_all.csv", stored=["nhis2016_child/vestibular_balance_symptom_count.csv"])
@compares("nhis-balance@2016", "tables/base_rates_by_sex.csv", stored=["nhis2016_child/vestibular_balance_item_base_rates.csv"])
def test_nhis_balance(shared: Path) -> None:
    expected: list[Row] = []
    for row in figures(shared, "nhis2016_child/vestibular_balance_symptom_count.csv"):
        if row["age_years"] != "3-17":
            low, high = bands(str(row["age_years"]))
            head = {"scale": "symptom_count", "age_from": low, "age_to": high, "sex": row["sex"], "n": row["n"]}
            expected += [head | {"raw": float(count), "percent": row[f"pct_ge_{count}"]} for count in range(8)]
    for row in figures(shared, "nhis2016_child/vestibular_balance_item_base_rates.csv"):
        if row["age_years"] != "3-17":
            low, high = bands(str(row["age_years"]))
            head = {"scale": BALANCE[row["variable"]], "age_from": low, "age_to": high, "sex": row["sex"], "n": row["n"]}
            expected += [head | {"raw": raw, "percent": percent} for raw, percent in ((0.0, 100.0), (1.0, row["pct_yes_weighted"]))]
    both_tables("nhis-balance@2016", expected)
    items = {row["item"] for row in table("nhis-balance@2016", "items.csv")}
    assert {code for scale in scales("nhis-balance@2016").values() for code in scale["items"]} == set(BALANCE) <= items


@compares("nhis-balance@2016", "psychometrics.csv", stored=["nhis2016_child/vestibular_balance_alpha.csv"])
def test_nhis_balance_alpha(shared: Path) -> None:
    expected = []
    for row in figures(shared, "nhis2016_child/vestibular_balance_alpha.csv"):
        low, high = bands(str(row["age_years"]))
        fixed = {"scale": "symptom_count", "statistic": "reliability", "metric": "measure", "source": "nhis"}
        expected += [fixed | {"age_from": low, "age_to": high, "value": row["alpha"]}] if row["age_years"] != "3-17" else []
    same_rows(table("nhis-balance@2016", "psychometrics.csv"), expected, 5)


HEARING = ("a_little_trouble", "moderate_trouble", "a_lot_of_trouble", "deaf")


@compares("nhis-hearing-vision@2016", "tables/base_rates_all.csv", "tables/base_rates_by_sex.csv", stored=["nhis2016_child/hearing_vision_mobility_base_rates.csv"])
def test_nhis_hearing_and_vision(shared: Path) -> None:
    """Hearing 1 to 4: so bad or worse, added up from the worst (excellent and good are 0); vision and mobility as printed."""
    expected: list[Row] = []
    stored = figures(shared, "nhis2016_child/hearing_vision_mobility_base_rates.csv")
    whole = max((bands(str(row["age_years"])) for row in stored), key=lambda band: band[1] - band[0])
    for row in stored:
        low, high = bands(str(row["age_years"]))
        if (low, high) == whole:
            continue
        head = {"age_from": low, "age_to": high, "sex": row["sex"]}
        hearing = [100.0, *(round(sum(row[f"hearing_{word}_pct"] for word in HEARING[step:]), 2) for step in range(4))]
        expected += [head | {"scale": "hearing", "n": row["n_hearing"], "raw": float(raw), "percent": percent} for raw, percent in enumerate(hearing)]
        for scale, name in (("vision", "trouble_seeing_even_with_glasses_pct"), ("mobility", "limits_crawl_walk_run_play_pct")):
            expected += [head | {"scale": scale, "n": row[f"n_{scale}"], "raw": raw, "percent": percent} for raw, percent in ((0.0, 100.0), (1.0, row[name]))]
    both_tables("nhis-hearing-vision@2016", expected)


@compares("first-steps@2016", "tables/base_rates_all.csv", "tables/base_rates_by_sex.csv", stored=["nhis2016_child/first_steps_age_recall.csv"])
def test_first_steps(shared: Path) -> None:
    """So late or later: 100 minus the cumulative percentage of the class before; the last class is that of those who cannot walk."""
    expected: list[Row] = []
    stored = figures(shared, "nhis2016_child/first_steps_age_recall.csv")
    for sex in ("both", "male", "female"):
        mine = [row for row in stored if row["sex"] == sex]
        assert mine[-1]["category"] == "cannot walk" and mine[-1]["cumulative_pct"] == 100
        before = [0.0, *(row["cumulative_pct"] for row in mine[:-1])]
        expected += [{"sex": sex, "raw": float(place), "percent": round(100 - below, 2), "n": mine[0]["n"]} for place, below in enumerate(before, 1)]
    both_tables("first-steps@2016", expected)


@compares("toilet@2002", "tables/medians.csv", stored=["toilet_training_schum2002/median_age_months.csv"])
def test_toilet(shared: Path) -> None:
    expected = (
        {"scale": row["skill"], "sex": row["sex"], "n": row["n_sample"], "p50": row["median_age_months"]}
        for row in figures(shared, "toilet_training_schum2002/median_age_months.csv")
    )
    same_rows(table("toilet@2002", "tables/medians.csv"), expected, 8)


# ---------------------------------------------------------------------------------------------- childdevdata

BOGOTA = (
    "bat_adaptive", "bat_personal_social", "bat_cognitive", "den_personal_social", "den_selfcare", "den_gross", "den_fine", "by3_gross",
    "by3_fine", "by3_cognitive",
)  # fmt: skip
VINELAND = ("selfcare_2y", "social_2y", "all_2y", "selfcare_4y", "social_4y", "all_4y")


def vineland_file(scale: str, kind: str) -> str:
    domain, _, age = scale.partition("_")
    return f"childdevdata/zaf_vin_{age}_{domain}_{kind}.csv"


@compares("bogota-items@1", "tables/norms.csv")
def test_bogota_norms(shared: Path) -> None:
    """The stored fit had stopped a little short of the maximum: two scales agree to the last place, the others within 0.016 and 0.001."""
    found = {(row["scale"], row["age"]): row for row in table("bogota-items@1", "tables/norms.csv")}
    stored = {(scale, row["age_months"]): row for scale in BOGOTA for row in figures(shared, f"childdevdata/col_{scale}_norms.csv")}
    assert set(found) == set(stored) and len(found) == 367
    assert all(found[node]["n"] == row["n_within_1p5mo"] for node, row in stored.items())
    off = {name: {node: round(abs(found[node][name] - row[name]), 3) for node, row in stored.items()} for name in ("mean", "sd")}
    assert (max(off["mean"].values()), max(off["sd"].values())) == (0.016, 0.001)
    same = {scale for scale in BOGOTA if not any(off[name][node] for name in off for node in stored if node[0] == scale)}
    assert same == {"bat_adaptive", "den_selfcare"}


@compares("bogota-items@1", "psychometrics.csv", "instrument.toml", "items.csv", stored=["childdevdata/summary.csv", "childdevdata/item_domain_map.csv"])
@compares("zaf-vineland@1", "psychometrics.csv", "instrument.toml", "items.csv")
def test_childdevdata_items_and_reliability(shared: Path) -> None:
    stored = {row["scale"]: row for row in figures(shared, "childdevdata/summary.csv")}
    words = str.maketrans("- ", "__")
    domains = {row["item"]: str(row["our_domain"]).translate(words).replace("language", "communication") for row in figures(shared, "childdevdata/item_domain_map.csv")}
    for pack, names, prefix, metric in (("bogota-items@1", BOGOTA, "col_", "score"), ("zaf-vineland@1", VINELAND, "zaf_vin_", "measure")):
        reliability = {row["scale"]: row for row in table(pack, "psychometrics.csv")}
        assert set(reliability) == set(names) == set(scales(pack))
        for scale in names:
            file = f"childdevdata/col_{scale}_items.csv" if prefix == "col_" else vineland_file(scale, "items")
            row = stored[file.removeprefix("childdevdata/").removesuffix("_items.csv")]
            items = [item["item"] for item in figures(shared, file)]
            assert scales(pack)[scale]["items"] == items and len(items) == row["n_items"], scale
            assert (reliability[scale]["statistic"], reliability[scale]["metric"]) == ("reliability", metric)
            assert reliability[scale]["value"] == row["kr20_within_band"]
        for item in table(pack, "items.csv"):
            if item["domain"] is not None:
                assert item["domain"] == domains[item["item"]], item["item"]


@compares("gcdg-domains@1", "tables/difficulties.csv", "items.csv")
def test_gcdg_domains_items_and_published_difficulties(shared: Path) -> None:
    """All items of four domains; every published difficulty that counts is the published one. The estimated ones: tests/reference."""
    names = {"fine motor": "fine_motor", "gross motor": "gross_motor", "cognitive": "cognitive", "language": "communication"}
    stored = figures(shared, "childdevdata/item_domain_map.csv")
    expected = [{"item": row["item"], "options": "pass_fail", "domain": names[row["our_domain"]]} for row in stored if row["our_domain"] in names]
    same_rows(table("gcdg-domains@1", "items.csv"), expected, 1126)
    key_gcdg = {row["item"]: row["tau"] for row in figures(shared, "dscore/key_gcdg.csv")}
    published = [row for row in table("gcdg-domains@1", "tables/difficulties.csv") if row["item"] in key_gcdg]
    same_rows(published, [{"item": row["item"], "tau": key_gcdg[row["item"]]} for row in published], 450)


@compares("zaf-vineland@1", "tables/percentiles_all.csv", "tables/percentiles_by_sex.csv")
def test_vineland_percentiles(shared: Path) -> None:
    """A percentile that equals a lower one is left out. The first band of the form for two years begins at 22 months, that of four is one month."""
    expected: dict[bool, list[Row]] = {True: [], False: []}
    for scale in VINELAND:
        for row in figures(shared, vineland_file(scale, "cells")):
            low, high = map(float, str(row["age_band_months"]).split("-"))
            ages = {"age_from": {21.0: 22.0}.get(low, low), "age_to": 49.0 if low == 48 else high}
            percents, before = {}, None
            for name in ("5", "10", "25", "50", "75", "90", "95"):
                value = row[f"p{name}"]
                percents[f"p{int(name):02d}"] = None if value == before else round(value, 2)  # 18.349999999999998 is stored for 18.35
                before = value
            cells = {"scale": scale, **ages, **percents, "n": row["n"]}
            expected[row["sex"] == "both"].append(cells | ({} if row["sex"] == "both" else {"sex": row["sex"]}))
    same_rows(table("zaf-vineland@1", "tables/percentiles_all.csv"), expected[True], 12)
    same_rows(table("zaf-vineland@1", "tables/percentiles_by_sex.csv"), expected[False], 24)


# ---------------------------------------------------------------------------------------------- social tasks


@compares("tom-booklet@ds000228", "tables/beta_binomial.csv", stored=["tom_booklet/tom_model.csv"])
def test_tom_model(shared: Path) -> None:
    names = {"ToM Booklet-Matched": "tom_matched", "ToM Booklet-Matched-NOFB": "tom_without_false_belief", "FB_Composite": "false_belief"}
    expected = (
        {"scale": names[row["measure"]], "n_items": row["n_items"], "intercept": row["intercept"], "slope": row["slope_log_age_over_6"],
         "reference_age": 6.0, "phi": row["phi"], "n": row["n_children"]}
        for row in figures(shared, "tom_booklet/tom_model.csv")
    )  # fmt: skip
    same_rows(table("tom-booklet@ds000228", "tables/beta_binomial.csv"), expected, 3)


@compares("tango-cc@1", "tables/all_17_communities.csv", "tables/touchscreen_home.csv", stored=["tango_cc/tango_model.csv"])
def test_tango_model(shared: Path) -> None:
    """Age enters as (age - 5.5) / 2, found from the printed curve; the other figures are those of the model."""
    stored = {row["group"]: row for row in figures(shared, "tango_cc/tango_model.csv")}
    for group, file in (("all 17 communities", "all_17_communities"), ("touchscreen at home", "touchscreen_home")):
        names = ("b0", "b1", "b2", "b3", "logsd0", "logsd1", "n")
        assert table("tango-cc@1", f"tables/{file}.csv") == [{"age_centre": 5.5, "age_scale": 2.0} | {name: stored[group][name] for name in names}]


@compares("tango-cc@1", "psychometrics.csv")
def test_tango_reliability(shared: Path) -> None:
    """Not in the stored figures: the split-half reliability computed from the raw trials (tests/reference/test_tango.py), two decimals."""
    assert {row["norm_group"]: row["value"] for row in table("tango-cc@1", "psychometrics.csv")} == {"touchscreen_home": 0.78, "all_17_communities": 0.84}
