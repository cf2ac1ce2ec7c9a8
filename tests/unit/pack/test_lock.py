"""LOCK.toml: the same content passes, other content under the same version does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from otscore.errors import PackConflict
from otscore.pack.lock import lock_key, lock_text, read_lock, verify
from otscore.pack.registry import find_packs, registry

CopyPack = Callable[..., Path]


def lock(root: Path) -> None:
    (root / "LOCK.toml").write_text(lock_text(ref.read_unverified() for ref in find_packs(root)), encoding="utf-8")


def load(root: Path, name: str) -> str:
    return registry([root], installed=False).load(name).digest


def test_a_locked_pack_loads_and_the_lock_reads_back(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    copy_pack(name="plimfoot")
    lock(root)
    packs = [ref.read() for ref in find_packs(root)]
    assert {lock_key(pack): pack.digest for pack in packs} == {key: entry.digest for key, entry in read_lock(root).items()}
    assert list(read_lock(root)) == ["plimfoot@1==1.0.0", "snorf@1==1.0.0"]


def test_the_lock_file_does_not_depend_on_the_order_of_the_packs(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    copy_pack(name="plimfoot")
    packs = [ref.read_unverified() for ref in find_packs(root)]
    assert lock_text(packs) == lock_text(packs[::-1])


def test_a_changed_figure_under_the_same_version_is_refused(copy_pack: CopyPack) -> None:
    home = copy_pack()
    lock(home.parents[1])
    table = home / "tables" / "stack.csv"
    table.write_text(table.read_text("utf-8").replace("85", "86"), "utf-8")
    with pytest.raises(PackConflict, match=r"snorf@1==1.0.0.*differs.*Restore the files, or give the pack a new version"):
        load(home.parents[1], "snorf@1")


def test_a_comment_is_not_refused(copy_pack: CopyPack) -> None:
    home = copy_pack()
    lock(home.parents[1])
    table = home / "tables" / "stack.csv"
    table.write_text("# typed from nowhere\n" + table.read_text("utf-8").replace("85", "85.0"), "utf-8")
    load(home.parents[1], "snorf@1")


def test_a_new_version_must_be_locked(copy_pack: CopyPack) -> None:
    home = copy_pack()
    lock(home.parents[1])
    manifest = home / "pack.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('version = "1.0.0"', 'version = "2.0.0"'), "utf-8")
    with pytest.raises(PackConflict, match=r"the version is not in LOCK.toml"):
        load(home.parents[1], "snorf@1")
    lock(home.parents[1])
    load(home.parents[1], "snorf@1")


def test_a_root_without_lock_file_is_not_compared(copy_pack: CopyPack) -> None:
    home = copy_pack()
    assert read_lock(home.parents[1]) == {}
    for ref in find_packs(home.parents[1]):
        verify(ref.read(), {})


def test_an_unlocked_pack_beside_locked_ones_is_refused(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    lock(root)
    copy_pack(name="plimfoot")
    load(root, "snorf@1")
    with pytest.raises(PackConflict, match=r"not in LOCK.toml"):
        load(root, "plimfoot@1")
