"""A private pack of an invented test, the Quibbin Tasks: every figure and every word in it is a canary that can be told in any output."""

from __future__ import annotations

from itertools import count
from pathlib import Path

LICENCE = "kanari-licence: for the invented clinic alone.\nNot to be passed on.\n"
NOTICE = "Invented norms, not for use with children."
WORDS = ("kanari-never", "kanari-often", "kanari-shy", "kanari-bold", "kanari-alias", "kanari-place", "kanari-source", "kanari-label", "kanari-note")
BANDS = {"flap": ("kanari-low", "kanari-mid", "kanari-top"), "glide": ("kanari-slow", "kanari-fast"), "poise": ("kanari-wary", "kanari-easy")}

INSTRUMENT = """schema = 1
id = "quibbin"
name = "Quibbin Tasks"
summary = "Invented for tests."
informants = ["examiner"]
rights = "Invented."

[options.trial]
legal = [0, 1, 2]
labels = { kanari-never = 0, kanari-often = 2 }
missing = { "9" = "missing" }

[options.worded]
legal = [0, 1]
labels = { kanari-shy = 0, kanari-bold = 1 }
labels_only = true

[options.metres]
range = [0, 71.9317]

[[scales]]
id = "perch"
domain = "gross_motor"
items = ["q1", "q2"]

[[scales]]
id = "flap"
domain = "fine_motor"
items = ["q3"]

[[scales]]
id = "glide"
domain = "fine_motor"
items = ["q4"]

[[scales]]
id = "sail"
domain = "gross_motor"
items = ["q3"]

[[scales]]
id = "pace"
domain = "gross_motor"
items = ["q3"]
points = "points.csv"

[[composites]]
id = "poise"
domain = "fine_motor"
members = ["flap", "glide"]
levels = [
  { band = "kanari-wary", when = [{ band = "kanari-low", at_least = 1 }] },
  { band = "kanari-easy", needs_all = true },
]
"""
ITEMS = "item,options,domain,aliases\nq1,trial,gross_motor,kanari-alias\nq2,trial,gross_motor,\nq3,metres,gross_motor,\nq4,worded,fine_motor,\n"
MANIFEST = f"""schema = 1
instrument = "quibbin"
edition = "1"
version = "1.0.0"
title = "Quibbin Tasks, invented norms"
status = "synthetic"
kind = "normed"
default_group = "all"
intended_use = "Tests only."
notices = ["{NOTICE}"]

[licence]
figures = "Invented"
evidence = "Invented"
text = "LICENCE.txt"
private = true

[age]
unit = "months"
convention = "ymd_calendar"
from = 24
below = 48

[strata.sex]
values = ["male", "female"]

[[norm_groups]]
id = "all"
label = "kanari-label"
note = "kanari-note"

[[norms]]
scales = ["perch"]
group = "all"
method = "lookup"
table = "perch.csv"
strata = ["sex"]
metric = "t"
interval = {{ kind = "observed", level = 0.9 }}

[[norms]]
scales = ["flap"]
group = "all"
method = "ranges"
table = "flap.csv"

[[norms]]
scales = ["glide"]
group = "all"
method = "cuts"
cuts = {{ bands = ["kanari-slow", "kanari-fast"], at_least = [0.6173] }}

[[norms]]
scales = ["sail"]
group = "all"
method = "lms"
table = "sail.csv"
metric = "z"

[[norms]]
scales = ["pace"]
group = "all"
method = "ranges"
table = "pace.csv"
metric = "t"
"""
SOURCE = '\n[[tables]]\nfile = "{file}"\nsource = "invented"\nplace = "kanari-place"\nread = "2024-01-01"\ntranscribed = "invented"\nchecked = "against nothing"\n'
CASES = """case,age,birth_date,assessment_date,sex,responses,scale,raw,ability,sem,score,percentile,band,status,tolerance,source
a,30,,,male,q1=2 q2=1 q3=20 q4=kanari-bold,perch,3,,,{score},,,,1e-9,kanari-source
a,,,,,,flap,,,,,,kanari-mid,,,kanari-source
a,,,,,,glide,,,,,,kanari-fast,,,kanari-source
a,,,,,,poise,,,,,,kanari-easy,,,kanari-source
a,,,,,,pace,,,,{pace},,,,1e-9,kanari-source
a,,,,,,sail,,,,,,,,,kanari-source
"""


def perch_scores() -> dict[tuple[int, str, int], str]:
    """(age band from, sex, raw) -> score; no two alike."""
    serial = count(1)
    return {
        (age, sex, raw): f"{22 + 9 * raw - age / 8 + 0.0173 * next(serial):.4f}"
        for age in (24, 36) for sex in ("male", "female") for raw in range(5)
    }  # fmt: skip


PACE = {"11.0471": "34.8113", "17.0639": "48.2719"}
"""Points that a distance is worth, and the score of the points."""


def files() -> dict[str, str]:
    """The files of the pack by their path within it."""
    scores = perch_scores()
    perch = "".join(f"{age},{age + 12},{sex},{raw},{score}\n" for (age, sex, raw), score in scores.items())
    points, paces = zip(*PACE.items(), strict=True)
    tables = {
        "tables/perch.csv": f"age_from,age_to,sex,raw,score\n{perch}",
        "tables/flap.csv": "raw_from,raw_below,band\n,13.0471,kanari-low\n13.0471,29.0631,kanari-mid\n29.0631,,kanari-top\n",
        "tables/sail.csv": "age,l,m,s\n24,0.8317,19.3171,0.2193\n48,0.8419,27.4139,0.2077\n",
        "tables/points.csv": f"raw_from,raw_below,points\n,15.2713,{points[0]}\n15.2713,,{points[1]}\n",
        "tables/pace.csv": f"raw_from,raw_upto,score\n{points[0]},{points[0]},{paces[0]}\n{points[1]},{points[1]},{paces[1]}\n",
        "psychometrics.csv": "scale,age_from,age_to,statistic,metric,value,source\nperch,24,48,sem,score,2.0917,invented\n",
    }
    sources = 'schema = 1\n\n[sources.invented]\ncitation = "Invented for the tests of this library."\n'
    sources += "".join(SOURCE.format(file=file) for file in (*tables, "pack.toml"))
    plain = {"instrument.toml": INSTRUMENT, "items.csv": ITEMS, "pack.toml": MANIFEST, "SOURCES.toml": sources, "LICENCE.txt": LICENCE}
    return plain | tables | {"cases.csv": CASES.format(score=scores[24, "male", 3], pace=paces[1])}


def write_pack(root: Path) -> Path:
    """Write the pack below ``root`` as quibbin/1, and return its directory."""
    home = root / "quibbin" / "1"
    for name, text in files().items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    return home


FIGURES = tuple(dict.fromkeys((
    *perch_scores().values(), *PACE, *PACE.values(), "13.0471", "29.0631", "15.2713", "0.8317", "19.3171", "0.2193", "0.8419", "27.4139",
    "0.2077", "2.0917", "0.6173", "71.9317",
)))  # fmt: skip
CANARIES = (*FIGURES, *WORDS, *(band for bands in BANDS.values() for band in bands), "kanari-licence", "kanari")
CHILD = {"id": "c1", "age_months": 30, "sex": "male", "responses": {"q1": 2, "q2": 1, "q3": 20, "q4": "kanari-bold"}}
OWN = {perch_scores()[24, "male", 3], PACE["17.0639"], "17.0639", "kanari-mid", "kanari-fast", "kanari-easy", "kanari"}
"""What is the child's own of all that: its scores, the points it earned, its bands."""
WITH_ERRORS = OWN | {"2.0917"}
"""And in a profile the standard error of each score, without which no change can be told from error; an interval tells it too."""
