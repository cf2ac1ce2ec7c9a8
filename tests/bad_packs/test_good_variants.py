"""Packs that look unusual and are right: no rule may take them for a mistake."""

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
VARIANTS: dict[str, tuple[str, Changes]] = {
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
    "a share of scales that may be missing": ("vorpal", [(I, 'raw = "max_of_scales"\nmin_answered = 1', 'raw = "max_of_scales"\nmax_missing = 0.5')]),
    "a filter that gives a raw score of its own": (
        "vorpal", [(I, "points = [0], raw = 0", "points = [0], raw = -1"), (T + "fuss.csv", "\n0,100\n", "\n-1,100\n0,90\n")],
    ),
    "points for open and for half-open ranges": ("vorpal", [(T + "hop.csv", "raw_min,raw_below", "raw_from,raw_below")]),
    "a regression with a constant SD": (
        "vorpal", [(T + "dash.csv", "logsd0,logsd1\n2.5,-0.3,30,12,-1,0.1", "sd\n2.5,-0.3,30,12,0.4")],
    ),
    "a step in a step": (
        "vorpal", [(I, 'id = "best_hop"', 'id = "hop_twice"\ndomain = "gross_motor"\nscales = ["hop_left"]\nraw = "sum_of_scales"\nuse = "step"\n\n'
                   '[[scales]]\nid = "best_hop"'), (I, 'scales = ["hop_left", "hop_right"]', 'scales = ["hop_left", "hop_twice", "hop_right"]')],
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


@pytest.mark.parametrize("what", VARIANTS)
def test_a_pack_without_a_mistake_is_not_refused(what: str, tmp_path: Path) -> None:
    """``case_mismatch`` does not count: the cases are those of the pack as it was."""
    issues = [issue for issue in check_directory(built(tmp_path, *VARIANTS[what])) if issue.code != "case_mismatch"]
    assert not issues, "\n".join(map(str, issues))
