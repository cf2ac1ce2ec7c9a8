"""``otscore norms`` and ``otscore demo``: one broken pack hides no other, and a path that cannot be used is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

BASE = Path(__file__).parents[1] / "bad_packs" / "base"


@pytest.fixture
def packs(desk) -> Path:
    root = desk.folder / "packs"
    shutil.copytree(BASE, root)
    return root


def run(desk, *words: object):
    return desk.run(*words, quiet=True)


def spoil(root: Path, file: str) -> Path:
    spoilt = root / file
    spoilt.write_text("edition = ", "utf-8")
    return spoilt


def test_a_broken_pack_does_not_hide_the_others(desk, packs: Path) -> None:
    first, second = spoil(packs, "snorf/1/pack.toml"), spoil(packs, "quandle/1/instrument.toml")
    outcome = run(desk, "norms", "list", "--packs-dir", packs)
    assert outcome.code == 1
    assert "plimfoot@1" in outcome.out
    assert "gsed@2406" in outcome.out
    assert f"otscore: {first}: not valid TOML" in outcome.err
    assert f"otscore: {second}: not valid TOML" in outcome.err
    outcome = run(desk, "norms", "list", "--json", "--packs-dir", packs)
    assert outcome.code == 1
    assert "plimfoot@1" in {info["name"] for info in json.loads(outcome.out)}


def test_a_lock_file_that_cannot_be_read_is_said_and_written_again(desk, packs: Path) -> None:
    (packs / "LOCK.toml").write_text("packs = ", "utf-8")
    data = desk.file("in.csv", "id,age_days,gs1moc060\nkanari,400,1\n")
    outcome = desk.score(data, "--packs-dir", packs, pack="snorf@1")
    assert outcome.code == 2
    assert "LOCK.toml: the lock file cannot be read. Restore it" in outcome.err
    outcome = run(desk, "norms", "lock", packs)
    assert outcome.code == 0
    assert "LOCK.toml: the lock file cannot be read; nothing could be compared with it" in outcome.err
    assert run(desk, "norms", "check", packs).code == 0
    assert run(desk, "norms", "lock", packs).err == ""


def test_a_lock_written_for_a_part_is_compared_with_the_one_above(desk, packs: Path) -> None:
    assert run(desk, "norms", "lock", packs).code == 0
    table = packs / "snorf" / "1" / "tables" / "stack.csv"
    table.write_text(table.read_text("utf-8").replace("85", "86"), "utf-8")
    outcome = run(desk, "norms", "lock", packs / "snorf")
    assert outcome.code == 2
    assert "the content changed under the same version" in outcome.err
    assert not (packs / "snorf" / "LOCK.toml").exists()


def test_only_a_directory_of_packs_can_be_locked(desk, packs: Path) -> None:
    (desk.folder / "empty").mkdir()
    file = desk.file("file.txt", "")
    for path, said in ((desk.folder / "absent", "no such directory"), (file, "no such directory"), (desk.folder / "empty", "no pack in the directory")):
        outcome = run(desk, "norms", "lock", path)
        assert outcome.code == 2
        assert f"{path}: there is {said}" in outcome.err
    assert not (desk.folder / "empty" / "LOCK.toml").exists()
    first, second = spoil(packs, "snorf/1/pack.toml"), spoil(packs, "quandle/1/pack.toml")
    outcome = run(desk, "norms", "lock", packs)
    assert outcome.code == 2
    assert str(first) in outcome.err
    assert str(second) in outcome.err
    assert not (packs / "LOCK.toml").exists()


def test_a_lock_file_that_cannot_be_written_is_said(desk, packs: Path) -> None:
    (packs / "LOCK.toml").mkdir()
    outcome = run(desk, "norms", "lock", packs)
    assert outcome.code == 2
    assert "LOCK.toml: the lock file cannot be written. The system says" in outcome.err


def test_a_demo_needs_a_folder(desk) -> None:
    outcome = run(desk, "demo", "--out", desk.file("taken", ""))
    assert outcome.code == 2
    assert "taken: the folder cannot be made. The system says: File exists" in outcome.err
