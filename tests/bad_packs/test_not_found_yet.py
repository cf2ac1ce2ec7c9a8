"""Mistakes that no rule of the checker finds, and packs without a mistake that a rule refuses. Each is expected to fail: when a
rule is added or corrected, its line here turns into a directory with an expect.toml, or goes.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from otscore.check import check_directory

BASE = Path(__file__).parent / "base"
Changes = Sequence[tuple[str, str, str]]
"""File, what stands there once, what it becomes. Without an old text the new one is added at the end."""

I, P, T = "instrument.toml", "pack.toml", "tables/"  # noqa: E741

MISSED: dict[str, tuple[str, Changes]] = {
    "a points table with a gap": ("vorpal", [(T + "hop.csv", "2,5,1\n5,10,2", "2,4,1\n5,10,2")]),
    "a points table with an overlap": ("vorpal", [(T + "hop.csv", "2,5,1\n5,10,2", "2,6,1\n5,10,2")]),
    "a points table with a range that runs backwards": ("vorpal", [(T + "hop.csv", "2,5,1", "5,2,1")]),
    "base rates for half a point": ("vorpal", [(T + "fuss.csv", "\n2,35\n", "\n1.5,45\n2,35\n")]),
    "base rates without a raw score that can occur": ("vorpal", [(T + "fuss.csv", "\n5,4\n", "\n")]),
    "base rates for a raw score that cannot occur": ("vorpal", [(T + "fuss.csv", "\n6,1\n", "\n6,1\n7,0.5\n")]),
    "a filter that gives a raw score without a norm": ("vorpal", [(I, "points = [0], raw = 0", "points = [0], raw = -1")]),
    "a beta-binomial with half an item": ("vorpal", [(T + "count.csv", "\n4,", "\n4.5,")]),
    "a beta-binomial with fewer items than the scale": ("vorpal", [(T + "count.csv", "\n4,", "\n3,")]),
    "an SD beside a logarithm of an SD": ("vorpal", [(T + "dash.csv", "logsd0,logsd1\n2.5,-0.3,30,12,-1,0.1", "logsd0,sd\n2.5,-0.3,30,12,-1,0.4")]),
    "a constant SD with a slope": ("vorpal", [(T + "pace.csv", "b3,variance", "logsd1,variance")]),
    "a SEM of a number of items passed": (
        "vorpal",
        [
            (P, 'table = "count.csv"\nmetric = "t"', 'table = "count.csv"\nmetric = "t"\ninterval = { kind = "sem_measure" }'),
            ("psychometrics.csv", "", "count,,,sem,measure,1,invented\n"),
        ],
    ),
    "a share of scales that may be missing": ("vorpal", [(I, 'raw = "max_of_scales"\nmin_answered = 1', 'raw = "max_of_scales"\nmax_missing = 0.5')]),
    "points for a scale that is missing": ("vorpal", [(I, 'raw = "max_of_scales"\nmin_answered = 1', 'raw = "max_of_scales"\nmissing_as = 0')]),
    "an item named in a graded scale without parameters": ("vorpal", [(I, 'items = ["g1", "g2", "g3"]', 'items = ["g1", "g2", "g3", "w1"]')]),
    "an item that loads on a scale which does not name it": (
        "vorpal", [(I, 'id = "jump"\ndomain = "gross_motor"\nitems = "all"', 'id = "jump"\ndomain = "gross_motor"\nitems = ["j1"]')],
    ),
    "a grid that ends below the steps of an item": ("vorpal", [(P, "grid = { from = -5, to = 5, by = 0.25 }", "grid = { from = -5, to = -1, by = 0.25 }")]),
}  # fmt: skip

BOTH = """[[scales]]
id = "both"
domain = "emotional"
scales = ["grump", "fuss"]
raw = "sum_of_scales"
weights = [10, 1]
higher_is = "less_able"

[[composites]]"""
BOTH_NORM = """scales = ["both"]
group = "moon"
method = "ranges"
table = "both.csv"

[[norms]]
scales = ["grump"]"""
BOTH_SOURCE = """
[[tables]]
file = "tables/both.csv"
source = "invented"
place = "none"
read = "2024-01-01"
transcribed = "invented"
checked = "against nothing"
"""
PACE_NORM = 'method = "regression"\ntable = "pace.csv"\nmetric = "t"\ninterval = { kind = "sem_measure", level = 0.9 }'
PACE = "age_from,age_to,age_centre,age_scale,b0,b1,b3,variance\n6,24,15,9,25,-3,0.5,16\n24,60,42,18,18,-2,,9\n"
REFUSED: dict[str, tuple[str, Changes]] = {
    "weights of scales named in another order than they stand": (  # 10 * grump + fuss runs to 10 * 4 + 2
        "snorf",
        [
            (I, "[[composites]]", BOTH), (P, 'scales = ["grump"]', BOTH_NORM),
            (T + "both.csv", "", "raw_from,raw_below,band\n,24,little\n24,42,much\n42,,most\n"),
            ("SOURCES.toml", "", BOTH_SOURCE), ("cases.csv", "", "young,,,,,,both,,,,,,,no_items,,by hand\n"),
        ],
    ),
    "a mean that is rounded to whole numbers with a lookup table": (
        "vorpal",
        [
            (I, 'raw = "mean"\ndecimals = 1', 'raw = "mean"\ndecimals = 0'), (P, PACE_NORM, 'method = "lookup"\ntable = "pace.csv"'),
            (T + "pace.csv", PACE, "raw,score\n" + "".join(f"{x},{x}\n" for x in range(61))),
            ("psychometrics.csv", "pace,6,24,sem,measure,2,invented\npace,24,60,sem,measure,1.5,invented\n", ""),
        ],
    ),
}  # fmt: skip


def built(root: Path, base: str, changes: Changes) -> Path:
    shutil.copytree(BASE / base, root / base)
    for name, old, new in changes:
        file = root / base / "1" / name
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        assert not old or text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        file.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    return root


@pytest.mark.xfail(strict=True, reason="no rule finds it")
@pytest.mark.parametrize("what", MISSED)
def test_a_mistake_that_is_not_found_yet(what: str, tmp_path: Path) -> None:
    """``case_mismatch`` does not count: a case can agree with a table that has a mistake somewhere else."""
    assert [issue for issue in check_directory(built(tmp_path, *MISSED[what])) if issue.code != "case_mismatch"]


@pytest.mark.xfail(strict=True, reason="a rule takes it for a mistake")
@pytest.mark.parametrize("what", REFUSED)
def test_a_pack_without_a_mistake_that_is_refused(what: str, tmp_path: Path) -> None:
    issues = [issue for issue in check_directory(built(tmp_path, *REFUSED[what])) if issue.code != "case_mismatch"]
    assert not issues, "\n".join(map(str, issues))
