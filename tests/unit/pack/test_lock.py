"""LOCK.toml: the same content passes, other content under the same version does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import otscore
from otscore.errors import PackConflict, PackInvalid
from otscore.pack.locate import ENVIRONMENT
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
    assert read_lock(home.parents[1]) is None
    for ref in find_packs(home.parents[1]):
        verify(ref.read(), None)


def test_an_unlocked_pack_beside_locked_ones_is_refused(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    lock(root)
    copy_pack(name="plimfoot")
    load(root, "snorf@1")
    with pytest.raises(PackConflict, match=r"not in LOCK.toml"):
        load(root, "plimfoot@1")


def tampered(copy_pack: CopyPack) -> Path:
    home = copy_pack()
    lock(home.parents[1])
    table = home / "tables" / "stack.csv"
    table.write_text(table.read_text("utf-8").replace("85", "86"), "utf-8")
    return home


@pytest.mark.parametrize("levels_up", [0, 1, 2])
@pytest.mark.parametrize("relative", [False, True])
def test_a_changed_figure_is_refused_whatever_directory_is_named(
    copy_pack: CopyPack, monkeypatch: pytest.MonkeyPatch, levels_up: int, relative: bool
) -> None:
    home = tampered(copy_pack)
    path = [home, *home.parents][levels_up]
    if relative:
        monkeypatch.chdir(path)
        path = Path(".")
    with pytest.raises(PackConflict, match=r"differs from the digest in LOCK\.toml"):
        otscore.Scorer.load(path=path)
    with pytest.raises(PackConflict, match="differs"):
        otscore.Battery.load(["snorf@1"], paths=[path])
    monkeypatch.setenv(ENVIRONMENT, str(path))
    with pytest.raises(PackConflict, match="differs"):
        otscore.Scorer.load("snorf@1")


def test_a_lock_file_further_up_does_not_hold(copy_pack: CopyPack) -> None:
    home = tampered(copy_pack)
    root = home.parents[1]
    (root / "LOCK.toml").rename(root.parent / "LOCK.toml")
    assert otscore.Scorer.load(path=home).pack.name == "snorf@1"
    with pytest.raises(PackConflict, match="differs"):
        otscore.Scorer.load(path=root)


@pytest.mark.parametrize("content", ["", "# Written by hand\n", "[packs]\n"])
def test_a_lock_file_without_entries_locks_no_pack(copy_pack: CopyPack, content: str) -> None:
    home = copy_pack()
    (home.parents[1] / "LOCK.toml").write_text(content, "utf-8")
    assert read_lock(home.parents[1]) == {}
    with pytest.raises(PackConflict, match=r"the version is not in LOCK\.toml"):
        load(home.parents[1], "snorf@1")


BAD_LOCKS = {
    "no TOML": b"packs = ", "no text": b"\xff\xfe", "no version": b'[packs."snorf@1==1.0.0"]\ndigest = "x"\n', "a number": b"packs = 5\n",
    "entries that are none": b'[packs]\n"snorf@1==1.0.0" = "x"\n',
}  # fmt: skip


@pytest.mark.parametrize("content", BAD_LOCKS.values(), ids=BAD_LOCKS)
def test_a_lock_file_that_cannot_be_read_is_named(copy_pack: CopyPack, content: bytes) -> None:
    home = copy_pack()
    file = home.parents[1] / "LOCK.toml"
    file.write_bytes(content)
    for path in (home, home.parents[1]):
        with pytest.raises(PackInvalid) as caught:
            otscore.Scorer.load(path=path)
        assert [(issue.code, issue.source) for issue in caught.value.issues] == [("lock_unreadable", str(file))]
        assert "write it again with `otscore norms lock`" in str(caught.value)
