"""capl@2 beside the R package capl 1.42: its faults are not repeated, and every published cut is kept, edge by edge.

The cut scores and the rules were typed here a second time, from the source of the package; they are not read from the pack.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import otscore
from otscore.codes import STATUS_NAMES, Flag

PACK = Path(__file__).parents[2] / "norms" / "capl" / "2"
SCALES = ("pacer", "plank", "camsa", "physical_competence")
BANDS = ("beginning", "progressing", "achieving", "excelling")

# Age 8 to 12: boy (below, up to, up to), girl (below, up to, up to).
CUTS = {
    "pacer": (
        "10 25 37  9 19 27", "10 27 39  10 21 29", "11 28 41  10 21 30", "11 30 43  11 23 32", "13 33 48  12 26 36",
    ),
    "plank": (
        "12.4 72.0 101.0  24.4 59.4 89.3", "15.2 74.9 103.8  25.2 61.4 92.2", "18.1 77.7 106.7  26.0 63.4 95.2",
        "20.9 80.6 109.5  26.8 65.3 98.2", "23.8 83.4 112.4  27.6 67.3 101.2",
    ),
    "camsa": (
        "16 21 23  15 20 21", "17 22 23  16 21 22", "17 22 24  17 22 23", "18 23 25  17 22 24", "18 24 26  18 23 25",
    ),
    "physical_competence": (
        "13.4 19.4 22.0  13.2 18.0 20.3", "13.7 19.9 22.5  13.7 18.6 20.9", "14.0 20.3 23.0  14.1 19.1 21.6",
        "14.3 20.8 23.6  14.5 19.8 22.3", "14.9 21.6 24.5  15.2 20.7 23.3",
    ),
}  # fmt: skip
GROUPS = [(sex, age) for age in range(8, 13) for sex in ("male", "female")]
TIME_OF_POINTS = dict(zip(range(14, 0, -1), (13, 14.5, 15.5, 16.5, 17.5, 18.5, 19.5, 20.5, 21.5, 23, 25, 27, 29, 33), strict=True))


def cuts(scale: str, sex: str, age: int) -> tuple[Fraction, ...]:
    numbers = [Fraction(word) for word in CUTS[scale][age - 8].split()]
    return tuple(numbers[:3] if sex == "male" else numbers[3:])


def band_of(scale: str, sex: str, age: int, score: Fraction) -> str:
    """The class by the three cuts: below the first, up to the second, up to the third, above."""
    first, second, third = cuts(scale, sex, age)
    return BANDS[0] if score < first else BANDS[1] if score <= second else BANDS[2] if score <= third else BANDS[3]


def pacer_points(laps: int) -> int:
    return min(laps // 5, 9) if laps <= 49 else 10


def plank_points(seconds: Fraction) -> int:
    edges = [20, 30, 40, 50, 60, 70, 80, 90, 100]
    return 10 if seconds > 110 else sum(seconds >= edge for edge in edges)


def time_points(seconds: float) -> int:
    """14 below 14 s, one less for each second to 22, then one less for every two, 1 from 30 s on."""
    if seconds < 14:
        return 14
    return 14 - (math.floor(seconds) - 13) if seconds < 22 else max(5 - math.floor((seconds - 22) / 2), 1)


def competence(laps: int | None, seconds: Fraction | None, camsa: int | None) -> Fraction | None:
    """As published: the sum of three scores out of 10; two of them times 30/20; no score from one."""
    parts = [
        None if laps is None else Fraction(pacer_points(laps)),
        None if seconds is None else Fraction(plank_points(seconds)),
        None if camsa is None else Fraction(camsa) * 10 / 28,
    ]
    known = [part for part in parts if part is not None]
    return None if len(known) < 2 else sum(known, Fraction(0)) * Fraction(3, len(known))


def package(laps: int | None, seconds: Fraction | None, camsa: int | None) -> Fraction | None:
    """get_pc_score of capl 1.42: a CAMSA score out of 10 that is not whole fails its check and counts as missing."""
    whole = camsa is not None and Fraction(camsa) * 10 / 28 == Fraction(camsa) * 10 // 28
    return competence(laps, seconds, camsa if whole else None)


def run(total: int) -> tuple[int, float]:
    """Skill score and seconds of one run with this total."""
    points = max(1, total - 14)
    return total - points, TIME_OF_POINTS[points]


def child(sex: str, age: float, laps: int | None = None, seconds: Fraction | None = None, camsa: int | None = None) -> dict[str, object]:
    row: dict[str, object] = {"sex": sex, "age_years": age}
    if laps is not None:
        row["pacer_laps_20m"] = laps
    if seconds is not None:
        row["plank_time"] = float(seconds)
    if camsa is not None:
        row["camsa_skill_score1"], row["camsa_time1"] = run(1)
        row["camsa_skill_score2"], row["camsa_time2"] = run(camsa)
    return row


@pytest.fixture(scope="module")
def scorer() -> otscore.Scorer:
    return otscore.Scorer.load(path=PACK)


def scored(scorer: otscore.Scorer, rows: list[dict[str, object]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Raw scores, bands and statuses, a column for each scale."""
    part = scorer.score_frame(pd.DataFrame(rows)).parts[0]
    assert scorer.form.result_ids == SCALES
    labels = scorer.form.band_labels
    raw = pd.DataFrame(part.arrays.raw, columns=list(SCALES))
    bands = {scale: [labels[k][code] if code >= 0 else "" for code in part.arrays.band[:, k]] for k, scale in enumerate(SCALES)}
    statuses = {scale: [STATUS_NAMES[code] for code in part.arrays.status[:, k]] for k, scale in enumerate(SCALES)}
    return raw, pd.DataFrame(bands), pd.DataFrame(statuses)


# ------------------------------------------------------------------------- every cut


@pytest.mark.parametrize(("scale", "step"), [("pacer", "1"), ("plank", "0.1"), ("camsa", "1")])
def test_both_sides_of_every_cut(scale: str, step: str, scorer: otscore.Scorer) -> None:
    """The first and the second cut belong to progressing, the third to achieving."""
    rows, expected = [], []
    for sex, age in GROUPS:
        first, second, third = cuts(scale, sex, age)
        one = Fraction(step)
        for score, band in zip(
            (first - one, first, second, second + one, third, third + one),
            ("beginning", "progressing", "progressing", "achieving", "achieving", "excelling"), strict=True,
        ):  # fmt: skip
            answer = {"pacer": {"laps": int(score)}, "plank": {"seconds": score}, "camsa": {"camsa": int(score)}}[scale]
            rows.append(child(sex, age, **answer))  # type: ignore[arg-type]
            expected.append((float(score), band))
    raw, bands, statuses = scored(scorer, rows)
    assert len(rows) == 60 and set(statuses[scale]) == {"ok"}
    assert list(zip(raw[scale], bands[scale], strict=True)) == expected


def test_physical_competence_next_to_every_cut(scorer: otscore.Scorer) -> None:
    """The reachable sums on both sides of each of the 30 cuts, and those that meet one exactly."""
    reachable = sorted({(competence(5 * p, Fraction(10 * q + 10), k), p, q, k) for p in range(1, 11) for q in range(1, 10) for k in range(1, 29)})  # fmt: skip
    rows, expected, met = [], [], 0
    for sex, age in GROUPS:
        for cut in cuts("physical_competence", sex, age):
            below = [entry for entry in reachable if entry[0] < cut][-1]
            above = next(entry for entry in reachable if entry[0] > cut)
            exact = [entry for entry in reachable if entry[0] == cut]
            met += bool(exact)
            for total, p, q, k in (below, above, *exact):
                rows.append(child(sex, age, 5 * p, Fraction(10 * q + 10), k))
                expected.append((float(total), band_of("physical_competence", sex, age, total)))
    raw, bands, statuses = scored(scorer, rows)
    assert met >= 5 and set(statuses.physical_competence) == {"ok"}
    assert np.allclose(raw.physical_competence, [total for total, _ in expected], rtol=0, atol=1e-12)
    assert bands.physical_competence.tolist() == [band for _, band in expected]


# ------------------------------------------------------------------------- points


def test_points_of_every_lap_and_of_every_edge(scorer: otscore.Scorer) -> None:
    """Seen through physical competence of two tests, times 30/20. No lap and 0 s earn nothing: that is ours."""
    edges = [Fraction(edge) for edge in (*range(20, 101, 10), 110)]
    plank = [Fraction(0), Fraction("0.1"), *(edge + Fraction(off) for edge in edges for off in ("-0.1", "0", "0.1")), Fraction(300)]
    rows = [child("female", 10, laps, Fraction(25)) for laps in range(230)] + [child("female", 10, 12, seconds) for seconds in plank]
    raw, _, _ = scored(scorer, rows)
    expected = [1.5 * (pacer_points(laps) + 1) for laps in range(230)] + [1.5 * (2 + plank_points(seconds)) for seconds in plank]
    assert raw.physical_competence.tolist() == expected
    assert [pacer_points(laps) for laps in (1, 6, 12, 18, 46, 31)] == [0, 1, 2, 3, 9, 6], "the example of get_pacer_score"
    assert [plank_points(Fraction(word)) for word in ("120.5", "75.6", "40", "10.99", "90")] == [10, 6, 3, 0, 8], "of get_plank_score"


def test_points_of_the_time_of_a_run(scorer: otscore.Scorer) -> None:
    seconds = sorted({edge - 0.01 for edge in (*range(14, 23), 24, 26, 28, 30)} | {float(edge) for edge in (*range(14, 23), 24, 26, 28, 30)} | {9.0, 60.0})
    rows = [{"sex": "male", "age_years": 9, "camsa_skill_score1": 5, "camsa_time1": time, "camsa_skill_score2": 0, "camsa_time2": 99} for time in seconds]
    raw, _, _ = scored(scorer, rows)
    assert raw.camsa.tolist() == [5 + time_points(time) for time in seconds]
    assert [time_points(time) for time in (14, 12, 30, 25)] == [13, 14, 1, 4], "the example of get_camsa_time_score"


# ------------------------------------------------------------------------- faults of the package


def test_a_camsa_score_that_is_not_whole_out_of_ten_is_kept(scorer: otscore.Scorer) -> None:
    """Only totals of 14 and 28 are whole out of 10. For all others the package leaves CAMSA out, and rescales the other two."""
    totals = list(range(1, 29))
    raw, bands, _ = scored(scorer, [child("male", 10, 24, Fraction("62.5"), total) for total in totals])
    right = [competence(24, Fraction("62.5"), total) for total in totals]
    wrong = [package(24, Fraction("62.5"), total) for total in totals]
    assert [total for total, a, b in zip(totals, right, wrong, strict=True) if a == b] == [14, 28]
    assert raw.physical_competence.tolist() == pytest.approx([float(value) for value in right if value is not None], abs=1e-12)
    assert bands.physical_competence.tolist() == [band_of("physical_competence", "male", 10, value) for value in right if value is not None]
    assert set(wrong) - {right[13], right[27]} == {Fraction(27, 2)}, "(4 + 5) x 1.5 whatever the course was like"


def test_the_class_of_most_children_is_at_stake(scorer: otscore.Scorer) -> None:
    """A child who only runs and holds well, one who is only good at the course, and an even one: all in a wrong class."""
    cases = [(45, Fraction(95), 5), (24, Fraction(45), 27), (24, Fraction("62.5"), 23)]
    raw, bands, _ = scored(scorer, [child("female", 10, *case) for case in cases])
    for place, case in enumerate(cases):
        right, wrong = competence(*case), package(*case)
        assert right is not None and wrong is not None and abs(right - wrong) > 1
        assert raw.physical_competence[place] == pytest.approx(float(right), abs=1e-12)
        assert bands.physical_competence[place] == band_of("physical_competence", "female", 10, right)
        assert bands.physical_competence[place] != band_of("physical_competence", "female", 10, wrong)


def test_a_child_of_twelve_and_some_months_has_a_class(scorer: otscore.Scorer) -> None:
    """The package takes ages up to 12.0 only: no class from 12.1 to 12.99. Here a child is 12 until the thirteenth birthday."""
    ages = [12.0, 12.1, 12.5, 12.9, 12.99, 13.0, 7.99, 8.0]
    rows = [child(sex, age, 24, Fraction("62.5"), 20) for sex in ("male", "female") for age in ages]
    _, bands, statuses = scored(scorer, rows)
    for start, sex in ((0, "male"), (8, "female")):
        for scale, score in zip(SCALES, (Fraction(24), Fraction("62.5"), Fraction(20), 4 + 5 + Fraction(200, 28)), strict=True):
            assert bands[scale][start : start + 5].tolist() == [band_of(scale, sex, 12, score)] * 5
            assert statuses[scale][start + 5 : start + 8].tolist() == ["above_age", "below_age", "ok"]


# ------------------------------------------------------------------------- missing tests


def test_two_of_three_are_enough_and_one_is_not(scorer: otscore.Scorer) -> None:
    """The example of get_pc_score gives 18 for 9 and 3 points; PACER, plank or CAMSA may be the one that is missing."""
    rows = [
        child("male", 11, None, Fraction("101"), 14),
        child("male", 11, 33, None, 21), child("male", 11, 33, Fraction("83"), None), child("male", 11, 33), child("male", 11, None, None, 21),
    ]  # fmt: skip
    part = scorer.score_frame(pd.DataFrame(rows)).parts[0]
    raw, status, flags = part.arrays.raw[:, 3], [STATUS_NAMES[code] for code in part.arrays.status[:, 3]], part.arrays.flags[:, 3]
    assert status == ["ok", "ok", "ok", "member_missing", "member_missing"]
    assert raw[:3] == pytest.approx([(9 + 14 / 2.8) * 1.5, (6 + 21 / 2.8) * 1.5, (6 + 7) * 1.5], abs=1e-12)
    assert (flags[:3] & Flag.PRORATED > 0).all() and np.isnan(raw[3:]).all()


def test_one_run_of_the_course_gives_no_camsa(scorer: otscore.Scorer) -> None:
    row = child("female", 9, 21, Fraction("61.4")) | {"camsa_skill_score1": 11, "camsa_time1": 18.0}
    raw, bands, statuses = scored(scorer, [row])
    assert statuses.camsa[0] == "member_missing" and bands.camsa[0] == ""
    assert raw.physical_competence[0] == (4 + 5) * 1.5


def test_the_better_run_counts_whatever_made_it_better(scorer: otscore.Scorer) -> None:
    names = ("camsa_skill_score1", "camsa_time1", "camsa_skill_score2", "camsa_time2")
    runs = [(12, 24, 9, 16), (9, 16, 12, 24)]
    raw, _, _ = scored(scorer, [{"sex": "male", "age_years": 8} | dict(zip(names, two, strict=True)) for two in runs])
    assert raw.camsa.tolist() == [20, 20]


def test_average_children_are_in_the_middle_classes(scorer: otscore.Scorer, shared: Path) -> None:
    """The published means of 8 to 12 years by sex are progressing at 10 years; the means of the first edition have no such classes."""
    means = pd.read_csv(shared / "figures" / "capl_descriptives" / "capl_by_sex_ages8to12_pooled.csv").set_index(["measure", "sex"])["mean"]
    rows = [child(sex, 10, round(means["pacer_20m_laps", sex]), Fraction(str(means["plank_s", sex])), round(means["camsa_0to28", sex])) for sex in ("male", "female")]
    _, bands, _ = scored(scorer, rows)
    assert (bands[["pacer", "plank", "camsa"]] == "progressing").all(axis=None)
