"""``otscore norms import``: the options of the command line, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

PACK = '[age]\nunit = "months"\n[[norms]]\nscales = ["balance"]\nmethod = "ranges"\ntable = "scaled.csv"\n'


@pytest.fixture
def pack(desk) -> Path:
    folder = desk.folder / "pack"
    folder.mkdir()
    (folder / "pack.toml").write_text(PACK)
    (folder / "instrument.toml").write_text('[[scales]]\nid = "balance"\n[[scales]]\nid = "pegs"\n')
    return folder


def take(desk, *words: object):
    return desk.run("norms", "import", *words, quiet=True)


def test_a_printed_table_of_ranges(desk, pack: Path) -> None:
    file = desk.file("young.csv", "Scaled;Gleichgewicht;Stecken;note\n2;>2;3–4;a\n1;≤2;-;b\n")
    outcome = take(
        desk, file, "--layout", "ranges", "--into", pack, "--table", "scaled.csv", "--ages", "young=36-47", "--age-unit", "months",
        "--scale-names", "Gleichgewicht=balance", "Stecken=pegs", "--columns", "ignore=note",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    table = pack / "tables" / "scaled.csv"
    assert table.read_text().splitlines() == [
        "scale,age_from,age_to,raw_min,raw_max,score", "balance,36,48,,2,1", "balance,36,48,3,,2", "pegs,36,48,3,4,2",
    ]  # fmt: skip
    assert "balance, 36 to below 48: raw open to open, 2 rows" in outcome.out
    assert f"{table}: 3 rows written" in outcome.out
    assert f"otscore norms check {pack}" in outcome.out


def test_problems_are_a_line_each_and_nothing_is_written(desk, pack: Path) -> None:
    file = desk.file("a.csv", "scale,age,raw,score\nbalance,4:0-4:5,12*,7\nsway,4:0-4:5,1,2a\n")
    outcome = take(desk, file, "--layout", "long", "--into", pack)
    assert outcome.code == 2
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 3
    assert all(line.startswith(f"otscore: {file}, column ") for line in outcome.err.splitlines())
    assert not (pack / "tables").exists()


def test_options_that_cannot_be_used_are_said(desk, pack: Path) -> None:
    file = desk.file("a.csv", "raw,score\n1,7\n")
    outcome = take(desk, file, "--layout", "long", "--into", pack, "--columns", "raw", "score=")
    assert outcome.code == 2
    assert "--columns raw: no NAME=VALUE" in outcome.err
    assert "--columns score=: no NAME=VALUE" in outcome.err
    assert "sway is no scale of the pack. Scales: balance, pegs" in take(desk, file, "--layout", "long", "--into", pack, "--scale", "sway").err
    assert "there is no such directory" in take(desk, file, "--layout", "long", "--into", desk.folder / "absent").err
    assert "--scale ID" in take(desk, file, "--layout", "long", "--into", pack).err
    bare = desk.file("b.csv", "scale,age,raw,score\nbalance,48-53,1,7\n")
    assert "--age-unit months" in take(desk, bare, "--layout", "long", "--into", pack).err


def test_an_open_band_takes_the_sign_for_itself(desk, pack: Path) -> None:
    (pack / "pack.toml").write_text(PACK.replace("[[norms]]", "from = 24\nbelow = 72\n[[norms]]"))
    file = desk.file("old.csv", "raw,balance\n1,7\n")
    outcome = take(desk, file, "--layout", "sheets", "--into", pack, "--table", "scaled.csv", "--ages", ">=5:0")
    assert outcome.code == 0, outcome.err
    assert (pack / "tables" / "scaled.csv").read_text().splitlines()[1] == "balance,60,72,1,1,7"
