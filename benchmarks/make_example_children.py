"""Write src/otscore/data/example_children.csv: ten SIMULATED children. Nobody was asked anything.

``python benchmarks/make_example_children.py`` writes the file again; with the same numpy it has the same bytes.

Every figure comes from the packs that ship with the library. What a child is like is chosen by hand in CHILDREN below; its
answers are drawn:

- gsed@2406: the child's ability in a domain is the median of the DAZ curve at the child's age, moved by the chosen z; an item is
  passed with the chance of the Rasch model of the pack. Items near the median are asked, from four instruments and one form.
- hrtl@2022: in each domain an item earns the grade drawn around the chosen one, and the answer is one that earns it at that age.
- cfm, ecdi@2030: no difficulty (a few times: some) but in the scales named; milestones passed with the chosen chance.
- nhanes-grip@2014: the LMS curve at the child's age and sex gives the best trial; the others fall short of it.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from otscore.pack import Pack, registry

SEED = 20240611
FILE = Path(__file__).resolve().parents[1] / "src" / "otscore" / "data" / "example_children.csv"
PACKS = ("gsed@2406", "hrtl@2022", "cfm@2-4", "cfm@5-17", "ecdi@2030", "nhanes-grip@2014")
DAYS_PER_YEAR = 365.25
TERM_DAYS = 280
ASKED = ("ddi", "gri", "gs1cg", "sgr", "vin")  # beginnings of the item codes that are asked
NEAR = 11.0  # an item is asked when its difficulty lies this near to the median D-score at the child's age
TRIALS = 3

Answers = dict[str, str]


@dataclass(frozen=True)
class Child:
    """What a child is like. z by domain for gsed; grade by scale (1 to 3) for hrtl; difficult scales for cfm; chance for ecdi; z for grip."""

    birth: str
    assessed: str
    sex: str
    gestation_weeks: int | None = None
    gsed: dict[str, float] | None = None
    hrtl: dict[str, float] | None = None
    cfm: str = ""
    difficult: dict[str, str] = field(default_factory=dict)
    ecdi: float | None = None
    grip: float | None = None
    trials: int = TRIALS
    left_out: float = 0.0
    not_answered: tuple[str, ...] = ()


CHILDREN = (
    # 5 months, as most
    Child("2024-01-09", "2024-06-11", "female", gsed={"": 0.2}),
    # 10 months, born ten weeks early: as most for the corrected age
    Child("2023-08-05", "2024-06-06", "male", gestation_weeks=30, gsed={"": 0.0}),
    # 16 months, gross motor behind the rest
    Child("2023-02-02", "2024-06-12", "female", gsed={"": 0.3, "gross_motor": -3.0}),
    # 23 months, social and communication behind; a third of the answers missing
    Child("2022-07-01", "2024-06-05", "male", gsed={"": 0.0, "social": -1.8, "communication": -1.8}, left_out=0.33),
    # 30 months, self-care behind
    Child("2021-12-03", "2024-06-13", "female", gsed={"": 0.6, "self_care": -3.5}, cfm="cfm@2-4", ecdi=0.6),
    # 40 months, fine motor behind; HRTL too
    Child(
        "2021-02-01", "2024-06-14", "male", gsed={"": 0.1, "fine_motor": -1.8},
        hrtl={"early_learning": 2.6, "social_emotional": 2.8, "self_regulation": 2.4, "motor": 1.5, "health": 3},
        cfm="cfm@2-4", difficult={"CF11": "3"}, ecdi=0.65,
    ),
    # 4 years 7 months, social readiness low; few answers, some scales with too few
    Child(
        "2019-11-04", "2024-06-10", "female",
        hrtl={"early_learning": 2.9, "social_emotional": 1.4, "self_regulation": 1.5, "motor": 2.9, "health": 3},
        cfm="cfm@2-4", difficult={"CF15": "3"}, ecdi=0.85, not_answered=("CF13", "EC27", "EC33", "EC38"),
    ),
    # 5 years 9 months, worries a lot; ready otherwise
    Child(
        "2018-09-03", "2024-06-17", "male",
        hrtl={"early_learning": 2.8, "social_emotional": 2.6, "self_regulation": 2.2, "motor": 3, "health": 2.7},
        cfm="cfm@5-17", difficult={"FCF25": "1"},
    ),
    # 8 years 11 months, does not see well; two grip trials a hand where three are asked for
    Child("2015-07-06", "2024-06-18", "female", cfm="cfm@5-17", difficult={"FCF6": "3"}, grip=0.4, trials=2),
    # 14 years, weak hands, difficulty with self-care and walking
    Child(
        "2010-05-28", "2024-06-19", "male", cfm="cfm@5-17", difficult={"FCF14": "3", "FCF16": "3"}, grip=-1.9,
    ),
)  # fmt: skip


def gsed_answers(pack: Pack, child: Child, draw: np.random.Generator) -> Answers:
    """Passes and fails of the Rasch model at the chosen ability."""
    irt, group = pack.manifest.irt, pack.manifest.default_group
    assert irt is not None
    curve = pack.tables[next(norm.table or "" for norm in pack.manifest.norms if norm.group == group)]
    ages, median, spread = (curve.numbers(name) for name in ("age", "mu", "sigma"))
    early = 0 if child.gestation_weeks is None else TERM_DAYS - 7 * child.gestation_weeks
    age = (age_days(child) - early) / DAYS_PER_YEAR
    usual, sd = np.interp(age, ages, median), np.interp(age, ages, spread)
    domain_of = {item.code: item.domain for item in pack.items}
    table = pack.tables[irt.difficulties]
    found = {}
    for item, difficulty in zip(table.text("item"), table.numbers("tau"), strict=True):
        if item.startswith(ASKED) and domain_of[item] and abs(difficulty - usual) <= NEAR:
            z = (child.gsed or {}).get(domain_of[item], (child.gsed or {}).get("", 0.0))
            ability = usual * (1 + sd * z)
            chance = 1 / (1 + np.exp((difficulty - ability) / irt.slope))
            found[item] = str(int(draw.random() < chance))
    return found


def hrtl_answers(pack: Pack, child: Child, draw: np.random.Generator) -> Answers:
    """For each item a grade around the chosen one, and an answer that earns it at the child's completed age."""
    table = pack.tables["thresholds.csv"]
    years = age_days(child) // DAYS_PER_YEAR
    rows = zip(*(table.text("item"), *(table.numbers(name) for name in ("age_from", "age_to", "code", "at_least"))), strict=True)
    at_least = {(item, code): threshold for item, low, high, code, threshold in rows if low <= years < high}
    options = {item.code: pack.instrument.options[item.options] for item in pack.items}
    found = {}
    for scale in pack.instrument.scales:
        wanted = (child.hrtl or {})[scale.id]
        for item in scale.items:
            grade = int(np.clip(np.floor(wanted + draw.random()), 1, 3))
            lowest = at_least.get((item, grade), 0.0)
            below = at_least.get((item, grade + 1), np.inf)
            points = options[item].worth()
            fitting = [code for code, worth in zip(options[item].legal, points, strict=True) if lowest <= worth < below]
            chosen = fitting or [options[item].legal[int(np.argmin(points))]]
            found[item] = f"{draw.choice(chosen):g}"
    return found


def cfm_answers(pack: Pack, child: Child, draw: np.random.Generator) -> Answers:
    """No difficulty, now and then some, and what was chosen; nobody has glasses, a hearing aid or walking equipment."""
    skipped = {"CF2", "CF5", "CF8", "FCF10", "FCF11"}
    found = {}
    for item in pack.items:
        if item.code in skipped or not item.domain:
            continue  # no domain: it steers the interview and is not scored
        if item.options == "compared":
            usual = str(draw.choice(["less", "same"]))
        elif item.options == "how_often":
            usual = str(draw.choice([3, 4, 5]))
        else:
            usual = str(draw.choice([1, 2], p=[0.85, 0.15]))
        found[item.code] = child.difficult.get(item.code, usual)
    if found.get("FCF14") in ("3", "4"):
        del found["FCF15"]  # 500 m is not asked of a child for whom 100 m is hard
    return found


def ecdi_answers(pack: Pack, child: Child, draw: np.random.Generator) -> Answers:
    """Milestones passed with the chosen chance."""
    found = {}
    for item in pack.items:
        options = pack.instrument.options[item.options]
        passed = draw.random() < (child.ecdi or 0.0)
        fitting = [code for code, worth in zip(options.legal, options.worth(), strict=True) if (worth == 1) == passed]
        found[item.code] = f"{draw.choice(fitting):g}"
    return found


def grip_answers(pack: Pack, child: Child, draw: np.random.Generator) -> Answers:
    """The best trial where the LMS curve has the chosen z, the others a little below it, in kg to one decimal."""
    table = pack.tables["lms.csv"]
    age = age_days(child) / DAYS_PER_YEAR
    found = {}
    for hand in ("dominant", "nondominant"):
        mine = [place for place, row in enumerate(table.rows()) if row["scale"] == hand and row["sex"] == child.sex]
        ages, power, median, spread = (table.numbers(name)[mine] for name in ("age", "l", "m", "s"))
        at = [float(np.interp(age, ages, column)) for column in (power, median, spread)]
        z = (child.grip or 0.0) + draw.normal(0, 0.15)
        best = at[1] * (1 + at[0] * at[2] * z) ** (1 / at[0])
        short = np.sort(np.abs(draw.normal(0, 0.06, TRIALS - 1)))
        readings = draw.permutation(best * (1 - np.concatenate(([0.0], short))))
        found |= {f"{hand}_{trial + 1}": f"{readings[trial]:.1f}" for trial in range(child.trials)}
    return found


def age_days(child: Child) -> int:
    """Days from birth to assessment."""
    return (dt.date.fromisoformat(child.assessed) - dt.date.fromisoformat(child.birth)).days


def simulated(packs: dict[str, Pack], child: Child, draw: np.random.Generator) -> Answers:
    """All answers of one child, with some left out where that was chosen."""
    found: Answers = {}
    if child.gsed is not None:
        found |= gsed_answers(packs["gsed@2406"], child, draw)
    if child.hrtl is not None:
        found |= hrtl_answers(packs["hrtl@2022"], child, draw)
    if child.cfm:
        found |= cfm_answers(packs[child.cfm], child, draw)
    if child.ecdi is not None:
        found |= ecdi_answers(packs["ecdi@2030"], child, draw)
    if child.grip is not None:
        found |= grip_answers(packs["nhanes-grip@2014"], child, draw)
    kept = draw.random(len(found)) >= child.left_out
    return {item: code for (item, code), keep in zip(found.items(), kept, strict=True) if keep and item not in child.not_answered}


def main(path: Path = FILE) -> None:
    """Draw the answers and write the file."""
    known = registry()
    packs = {name: known.load(name) for name in PACKS}
    answers = [simulated(packs, child, np.random.default_rng([SEED, number])) for number, child in enumerate(CHILDREN)]
    used = {item for found in answers for item in found}
    items = list(dict.fromkeys(item.code for pack in packs.values() for item in pack.items if item.code in used))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "birth_date", "assessment_date", "sex", "gestation_weeks", *items])
        for number, (child, found) in enumerate(zip(CHILDREN, answers, strict=True), start=1):
            weeks = "" if child.gestation_weeks is None else child.gestation_weeks
            row = [f"sim-{number:02}", child.birth, child.assessed, child.sex, weeks]
            writer.writerow([*row, *(found.get(item, "") for item in items)])
    print(f"{path.name}: {len(CHILDREN)} simulated children, {len(items)} items, {sum(map(len, answers))} answers")


if __name__ == "__main__":
    main()
