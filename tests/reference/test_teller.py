"""Teller acuity: z in octaves at tested ages and between them, the printed limits, and where no norm is given."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.codes import STATUS_NAMES
from otscore.kernel.octaves import octaves_value, octaves_z

NORMS = Path(__file__).parents[2] / "norms"
TELLER = NORMS / "teller-acuity"
SCALES = ("monocular", "binocular")
CURVES = [("mayer1995", "monocular"), ("leone2014", "monocular"), ("leone2014", "binocular")]
ACUITIES = (0.32, 0.86, 2.4, 6.5, 13.0, 26.0, 38.0)

Node = tuple[float, float, float]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def nodes(edition: str, scale: str) -> list[Node]:
    """Tested ages with mean (cycles per degree) and SD (octaves)."""
    table = rows(TELLER / edition / "tables" / "octaves.csv")
    return [(float(row["age"]), float(row["mean"]), float(row["sd"])) for row in table if row["scale"] == scale]


def z_by_hand(curve: list[Node], age: float, acuity: float) -> float:
    """The formula written out: how many SDs of octaves the acuity lies above the mean, both on a line between two ages."""
    for (young, mean, sd), (old, next_mean, next_sd) in zip(curve, curve[1:], strict=False):
        if young <= age <= old:
            share = (age - young) / (old - young)
            middle = math.exp((1 - share) * math.log(mean) + share * math.log(next_mean))
            return math.log(acuity / middle, 2) / ((1 - share) * sd + share * next_sd)
    raise ValueError("no norm at this age")


def scored(edition: str, scale: str, pairs: list[tuple[float, float]]) -> pd.DataFrame:
    """The results of one scale for pairs of age in months and acuity."""
    frame = pd.DataFrame(pairs, columns=["age_months", f"teller_{scale}_cpd"])
    table = otscore.Scorer.load(path=TELLER / edition).score_frame(frame).to_frame()
    return table[table["scale"] == scale]


def z_scores(edition: str, scale: str, pairs: list[tuple[float, float]]) -> np.ndarray:
    frame = pd.DataFrame(pairs, columns=["age_months", f"teller_{scale}_cpd"])
    return otscore.Scorer.load(path=TELLER / edition).score_frame(frame).arrays.z[:, SCALES.index(scale)]


@pytest.mark.parametrize(("edition", "scale"), CURVES)
def test_z_at_and_between_the_tested_ages(edition: str, scale: str) -> None:
    curve = nodes(edition, scale)
    ages = [age for age, _, _ in curve]
    between = [
        young + share * (old - young) for young, old in zip(ages, ages[1:], strict=False) for share in (0.1, 0.5, 0.77)
    ]
    pairs = [(age, acuity) for age in ages + between for acuity in ACUITIES]
    by_hand = [z_by_hand(curve, age, acuity) for age, acuity in pairs]
    assert z_scores(edition, scale, pairs) == pytest.approx(by_hand, abs=1e-10)


@pytest.mark.parametrize(("edition", "scale"), CURVES)
def test_the_mean_is_0_and_one_octave_is_one_over_the_sd(edition: str, scale: str) -> None:
    for age, mean, sd in nodes(edition, scale):
        z = z_scores(edition, scale, [(age, mean), (age, 2 * mean), (age, mean / 2)])
        assert z == pytest.approx([0, 1 / sd, -1 / sd], abs=1e-10)


@pytest.mark.parametrize(("edition", "scale"), CURVES)
def test_there_and_back(edition: str, scale: str) -> None:
    curve = nodes(edition, scale)
    _, mean, sd = (np.array(column) for column in zip(*curve, strict=True))
    for z in (-3.0, -1.96, -0.5, 0.0, 1.0, 2.5):
        acuity = octaves_value(np.full(mean.size, z), np.log2(mean), sd)
        assert octaves_z(acuity, np.log2(mean), sd) == pytest.approx(np.full(mean.size, z), abs=1e-10)
        pairs = [(age, float(value)) for (age, _, _), value in zip(curve, acuity, strict=True)]
        inside = [place for place, (_, value) in enumerate(pairs) if 0.01 <= value <= 60]
        assert z_scores(edition, scale, pairs)[inside] == pytest.approx(z, abs=1e-10)


def test_the_limits_that_mayer_prints_follow_from_mean_and_sd(shared: Path) -> None:
    """All 24, as printed: 2.5 % and 97.5 % are 1.96 SD from the mean."""
    printed = rows(shared / "figures" / "teller_acuity" / "mayer1995_monocular.csv")
    _, mean, sd = (np.array(column) for column in zip(*nodes("mayer1995", "monocular"), strict=True))
    assert len(printed) == 12
    for column, z in (("lower_2p5_cyc_per_deg", -1.96), ("upper_97p5_cyc_per_deg", 1.96)):
        limits = octaves_value(np.full(12, z), np.log2(mean), sd)
        assert limits == pytest.approx([float(row[column]) for row in printed], abs=0.0051)
        ours = z_scores("mayer1995", "monocular", [(float(row["age_months"]), float(row[column])) for row in printed])
        assert ours == pytest.approx(z, abs=0.021), "a limit is printed to 0.01 cycles per degree"


def test_the_children_of_every_age_add_up_to_the_published_samples(shared: Path) -> None:
    """460 (Mayer), 442 with one eye (Leone), 646 with both (Salomao)."""

    def total(edition: str, scale: str) -> float:
        return sum(
            float(row["n"]) for row in rows(TELLER / edition / "tables" / "octaves.csv") if row["scale"] == scale
        )

    assert total("mayer1995", "monocular") == 460
    assert total("leone2014", "monocular") == 442
    salomao = rows(shared / "figures" / "teller_acuity" / "salomao1995.csv")
    assert sum(float(row["n"]) for row in salomao if row["binoc_monoc"] == "binoc") == 646


@pytest.mark.parametrize("scale", SCALES)
def test_salomao_on_every_day_never_flags_what_a_neighbouring_limit_passes(scale: str, shared: Path) -> None:
    """A limit of the study on the first day of a tested age, the lower of two limits between two of them."""
    printed = [
        row
        for row in rows(shared / "figures" / "teller_acuity" / "salomao1995.csv")
        if scale.startswith(row["binoc_monoc"])
    ]
    limits = {Fraction(row["age_months"]): float(row["lower_tolerance_limit_cyc_per_deg"]) for row in printed}
    month, youngest = Fraction("30.4375"), min(limits)
    days = range(math.ceil(youngest * month), math.ceil(37 * month))
    expected = []
    for day in days:
        age = day / month
        younger = max(tested for tested in limits if tested <= age)
        older = min((tested for tested in limits if tested > age), default=younger)
        first_day = (day - 1) / month < younger
        expected.append(limits[younger] if first_day else min(limits[younger], limits[older]))
    ages = [day / 30.4375 for day in days]
    at = scored("salomao1995", scale, list(zip(ages, expected, strict=True)))
    below = scored("salomao1995", scale, [(age, limit - 0.01) for age, limit in zip(ages, expected, strict=True)])
    assert set(at["band"]) == {"not_below_lower_limit"}
    assert set(below["band"]) == {"below_lower_limit"}
    outside = scored("salomao1995", scale, [(ages[0] - 1 / 30.4375, 6.5), (ages[-1] + 1 / 30.4375, 6.5)])
    assert outside["status"].tolist() == ["below_age", "above_age"]


def test_an_acuity_of_both_eyes_is_not_scored_by_norms_of_one_eye() -> None:
    scores = otscore.Scorer.load(path=TELLER / "mayer1995").score_frame(
        pd.DataFrame({"age_months": [6.0], "teller_binocular_cpd": [6.5]})
    )
    assert [STATUS_NAMES[code] for code in scores.arrays.status[0]] == ["no_items", "not_normed"]
    assert np.isnan(scores.arrays.z).all()


@pytest.mark.parametrize(("edition", "scale"), CURVES)
def test_outside_the_tested_ages_there_is_a_status_and_no_score(edition: str, scale: str) -> None:
    ages = [age for age, _, _ in nodes(edition, scale)]
    youngest, oldest = ages[0], ages[-1]
    day = 1 / 30.4375
    pairs = [(youngest - day, 6.5), (youngest, 6.5), (oldest, 6.5), (oldest + day, 6.5), (math.nan, 6.5)]
    assert scored(edition, scale, pairs)["status"].tolist() == ["below_age", "ok", "ok", "above_age", "age_missing"]
    assert np.isnan(z_scores(edition, scale, pairs)).tolist() == [True, False, False, True, True]


def test_the_logmar_means_of_the_same_study_are_these_means() -> None:
    """logMAR is log10 of 30 over the cycles per degree; the abstract prints 0.72 and 0.38."""
    means = {age: mean for age, mean, _ in nodes("leone2014", "monocular")}
    printed = {row["scale"]: float(row["raw_upto"]) for row in rows(NORMS / "visual-acuity" / "2014" / "tables" / "means.csv")
               if row["raw_upto"] and row["scale"].startswith("teller_cards")}  # fmt: skip
    assert printed == {"teller_cards_6m": 0.72, "teller_cards_30m": 0.38}
    assert math.log10(30 / means[7.5]) == pytest.approx(printed["teller_cards_6m"], abs=0.005)
    assert math.log10(30 / means[31.5]) == pytest.approx(printed["teller_cards_30m"], abs=0.005)
