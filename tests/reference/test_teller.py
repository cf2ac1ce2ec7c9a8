"""Teller acuity: z in octaves at tested ages and between them, the printed limits, and where no norm is given."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.codes import STATUS_NAMES
from otscore.kernel.octaves import octaves_value, octaves_z

NORMS = Path(__file__).parents[2] / "norms"
TELLER = NORMS / "teller-acuity"
CURVES = [("mayer1995", ""), ("leone2014", "monocular"), ("leone2014", "binocular")]
ACUITIES = (0.32, 0.86, 2.4, 6.5, 13.0, 26.0, 38.0)

Node = tuple[float, float, float]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def nodes(edition: str, eyes: str) -> list[Node]:
    """Tested ages with mean (cycles per degree) and SD (octaves)."""
    table = rows(TELLER / edition / "tables" / "octaves.csv")
    return [(float(row["age"]), float(row["mean"]), float(row["sd"])) for row in table if row.get("eyes", "") == eyes]


def z_by_hand(curve: list[Node], age: float, acuity: float) -> float:
    """The formula written out: how many SDs of octaves the acuity lies above the mean, both on a line between two ages."""
    for (young, mean, sd), (old, next_mean, next_sd) in zip(curve, curve[1:], strict=False):
        if young <= age <= old:
            share = (age - young) / (old - young)
            middle = math.exp((1 - share) * math.log(mean) + share * math.log(next_mean))
            return math.log(acuity / middle, 2) / ((1 - share) * sd + share * next_sd)
    raise ValueError("no norm at this age")


def scored(edition: str, eyes: str, pairs: list[tuple[float, float]]) -> otscore.Scores:
    scorer = otscore.Scorer.load(path=TELLER / edition)
    frame = pd.DataFrame(pairs, columns=["age_months", "teller_cpd"])
    if eyes:
        return scorer.score_frame(frame.assign(eyes=eyes), strata={"eyes": "eyes"})
    return scorer.score_frame(frame)


@pytest.mark.parametrize(("edition", "eyes"), CURVES)
def test_z_at_and_between_the_tested_ages(edition: str, eyes: str) -> None:
    curve = nodes(edition, eyes)
    ages = [age for age, _, _ in curve]
    between = [young + share * (old - young) for young, old in zip(ages, ages[1:], strict=False) for share in (0.1, 0.5, 0.77)]
    pairs = [(age, acuity) for age in ages + between for acuity in ACUITIES]
    z = scored(edition, eyes, pairs).arrays.z[:, 0]
    assert z == pytest.approx([z_by_hand(curve, age, acuity) for age, acuity in pairs], abs=1e-10)


@pytest.mark.parametrize(("edition", "eyes"), CURVES)
def test_the_mean_is_0_and_one_octave_is_one_over_the_sd(edition: str, eyes: str) -> None:
    for age, mean, sd in nodes(edition, eyes):
        z = scored(edition, eyes, [(age, mean), (age, 2 * mean), (age, mean / 2)]).arrays.z[:, 0]
        assert z == pytest.approx([0, 1 / sd, -1 / sd], abs=1e-10)


@pytest.mark.parametrize(("edition", "eyes"), CURVES)
def test_there_and_back(edition: str, eyes: str) -> None:
    curve = nodes(edition, eyes)
    _, mean, sd = (np.array(column) for column in zip(*curve, strict=True))
    for z in (-3.0, -1.96, -0.5, 0.0, 1.0, 2.5):
        acuity = octaves_value(np.full(mean.size, z), np.log2(mean), sd)
        assert octaves_z(acuity, np.log2(mean), sd) == pytest.approx(np.full(mean.size, z), abs=1e-10)
        pairs = [(age, float(value)) for (age, _, _), value in zip(curve, acuity, strict=True)]
        inside = [place for place, (_, value) in enumerate(pairs) if 0.01 <= value <= 60]
        assert scored(edition, eyes, pairs).arrays.z[inside, 0] == pytest.approx(z, abs=1e-10)


def test_the_limits_that_mayer_prints_follow_from_mean_and_sd(shared: Path) -> None:
    """All 24, as printed: 2.5 % and 97.5 % are 1.96 SD from the mean."""
    printed = rows(shared / "figures" / "teller_acuity" / "mayer1995_monocular.csv")
    _, mean, sd = (np.array(column) for column in zip(*nodes("mayer1995", ""), strict=True))
    assert len(printed) == 12
    for column, z in (("lower_2p5_cyc_per_deg", -1.96), ("upper_97p5_cyc_per_deg", 1.96)):
        limits = octaves_value(np.full(12, z), np.log2(mean), sd)
        assert limits == pytest.approx([float(row[column]) for row in printed], abs=0.0051)
        ours = scored("mayer1995", "", [(float(row["age_months"]), float(row[column])) for row in printed])
        assert ours.arrays.z[:, 0] == pytest.approx(z, abs=0.021), "a limit is printed to 0.01 cycles per degree"


def test_the_children_of_every_age_add_up_to_the_published_samples(shared: Path) -> None:
    """460 (Mayer), 442 with one eye (Leone), 646 with both (Salomao, whose 17 newborns are not in the pack)."""

    def total(edition: str, file: str, **where: str) -> float:
        table = rows(TELLER / edition / "tables" / file)
        once = {(row.get("eyes"), row.get("age", row.get("age_from"))): float(row["n"]) for row in table
                if all(row[column] == value for column, value in where.items())}  # fmt: skip
        return sum(once.values())

    assert total("mayer1995", "octaves.csv") == 460
    assert total("leone2014", "octaves.csv", eyes="monocular") == 442
    newborns = [row for row in rows(shared / "figures" / "teller_acuity" / "salomao1995.csv") if row["age_months"] == "0.5"]
    assert [row["binoc_monoc"] for row in newborns] == ["binoc"]
    assert total("salomao1995", "limits.csv", eyes="binocular") + float(newborns[0]["n"]) == 646


@pytest.mark.parametrize(("edition", "eyes"), CURVES)
def test_outside_the_tested_ages_there_is_a_status_and_no_score(edition: str, eyes: str) -> None:
    ages = [age for age, _, _ in nodes(edition, eyes)]
    youngest, oldest = ages[0], ages[-1]
    day = 1 / 30.4375
    scores = scored(edition, eyes, [(youngest - day, 6.5), (youngest, 6.5), (oldest, 6.5), (oldest + day, 6.5), (math.nan, 6.5)])
    names = [STATUS_NAMES[code] for code in scores.arrays.status[:, 0]]
    assert names == ["below_age", "ok", "ok", "above_age", "age_missing"]
    assert np.isnan(scores.arrays.z[:, 0]).tolist() == [True, False, False, True, True]


def test_the_logmar_means_of_the_same_study_are_these_means() -> None:
    """logMAR is log10 of 30 over the cycles per degree; the abstract prints 0.72 and 0.38."""
    means = {age: mean for age, mean, _ in nodes("leone2014", "monocular")}
    printed = {row["scale"]: float(row["raw_upto"]) for row in rows(NORMS / "visual-acuity" / "2014" / "tables" / "means.csv")
               if row["raw_upto"] and row["scale"].startswith("teller_cards")}  # fmt: skip
    assert printed == {"teller_cards_6m": 0.72, "teller_cards_30m": 0.38}
    assert math.log10(30 / means[7.5]) == pytest.approx(printed["teller_cards_6m"], abs=0.005)
    assert math.log10(30 / means[31.5]) == pytest.approx(printed["teller_cards_30m"], abs=0.005)
