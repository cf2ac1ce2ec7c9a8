"""The registry: which packs there are, and that a name means one of them or none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import otscore
from otscore.errors import PackConflict, PackInvalid, PackNotFound
from otscore.pack import Registry, registry
from otscore.pack.locate import ENVIRONMENT, environment_roots

CopyPack = Callable[..., Path]


def change(home: Path, file: str, old: str, new: str) -> None:
    text = (home / file).read_text("utf-8")
    assert old in text
    (home / file).write_text(text.replace(old, new), "utf-8")


def names(found: Registry) -> list[str]:
    return [ref.name for ref in found]


@pytest.mark.parametrize("levels_up", [0, 1, 2])
def test_a_path_may_be_a_root_an_instrument_or_an_edition(copy_pack: CopyPack, levels_up: int) -> None:
    home = copy_pack()
    path = [home, *home.parents][levels_up]
    found = registry([path], installed=False)
    assert names(found) == ["snorf@1"]
    assert found.load("snorf@1").manifest.edition == "1"


def test_editions_share_the_files_of_their_instrument(copy_pack: CopyPack) -> None:
    home = copy_pack()
    copy_pack(edition="2")
    for file in ("instrument.toml", "items.csv"):
        (home / file).rename(home.parent / file)
    found = registry([home.parents[1]], installed=False)
    assert found.load("snorf@1").instrument == found.load("snorf@2").instrument
    assert found.load("snorf@1").digest != found.load("snorf@2").digest


def test_one_edition_needs_no_name_and_of_several_one_must_be_named(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    assert registry([root], installed=False).load("snorf").name == "snorf@1"
    copy_pack(edition="2")
    with pytest.raises(PackNotFound, match=r"snorf has several editions. Name the edition: snorf@1, snorf@2"):
        registry([root], installed=False).load("snorf")


def test_an_unknown_name_is_answered_with_the_nearest(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    copy_pack(name="plimfoot")
    found = registry([root], installed=False)
    with pytest.raises(PackNotFound, match=r"no pack is called snorff@1. Did you mean snorf@1\?"):
        found.load("snorff@1")
    with pytest.raises(PackNotFound, match=r"no pack is called zzz. There is: plimfoot@1, snorf@1"):
        found.load("zzz")
    with pytest.raises(PackNotFound, match=r"There is: no pack at all"):
        Registry(()).load("zzz")


def test_a_version_can_be_named(copy_pack: CopyPack) -> None:
    found = registry([copy_pack().parents[1]], installed=False)
    assert found.load("snorf@1==1.0.0").manifest.version == "1.0.0"
    with pytest.raises(PackNotFound, match=r"snorf@1 has no version 2.0.0. There is: 1.0.0"):
        found.load("snorf@1==2.0.0")


def test_of_two_versions_the_newest_is_taken_by_number_not_by_letter(copy_pack: CopyPack) -> None:
    old, new = copy_pack("a"), copy_pack("b")
    change(old, "pack.toml", 'version = "1.0.0"', 'version = "1.9.0"')
    change(new, "pack.toml", 'version = "1.0.0"', 'version = "1.10.0"')
    found = registry([old.parents[1], new.parents[1]], installed=False)
    assert found.load("snorf@1").manifest.version == "1.10.0"
    assert found.load("snorf@1==1.9.0").manifest.version == "1.9.0"


def test_equal_copies_are_one_pack(copy_pack: CopyPack) -> None:
    first, second = copy_pack("a"), copy_pack("b")
    (second / "tables" / "stack.csv").write_bytes(b"# a copy\r\n" + (first / "tables" / "stack.csv").read_bytes())
    found = registry([first.parents[1], second.parents[1]], installed=False)
    assert len(found.refs) == 2
    assert found.load("snorf@1").name == "snorf@1"


def test_a_pack_cannot_override_another_of_its_version(copy_pack: CopyPack) -> None:
    first, second = copy_pack("a"), copy_pack("b")
    change(second, "tables/stack.csv", "85", "86")
    for roots in ([first, second], [second, first]):
        with pytest.raises(PackConflict, match=r"2 packs claim snorf@1==1.0.0 with different content") as caught:
            registry([home.parents[1] for home in roots], installed=False).load("snorf@1")
        assert all(str(home) in str(caught.value) for home in roots)


def test_a_path_given_twice_is_read_once(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    assert len(registry([root, root], installed=False).refs) == 1


def test_the_environment_is_read_when_asked(copy_pack: CopyPack, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = copy_pack("a"), copy_pack("b", name="plimfoot")
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert environment_roots() == []
    monkeypatch.setenv(ENVIRONMENT, os.pathsep.join([str(first.parents[1]), "", str(second.parents[1])]))
    assert environment_roots() == [first.parents[1], second.parents[1]]
    assert {"snorf@1", "plimfoot@1"} <= set(names(registry()))
    assert "snorf@1" not in names(registry(installed=False))
    monkeypatch.setenv(ENVIRONMENT, str(first / "absent"))
    with pytest.raises(PackNotFound, match="there is no such directory"):
        environment_roots()


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackNotFound, match=r"absent: there is no such directory. Name the directory that holds pack.toml"):
        registry([tmp_path / "absent"], installed=False)


def test_a_broken_pack_is_named_and_fails_only_when_loaded(copy_pack: CopyPack) -> None:
    root = copy_pack().parents[1]
    broken = copy_pack(name="plimfoot")
    (broken / "pack.toml").write_text("edition = ", "utf-8")
    found = registry([root], installed=False)
    assert names(found) == ["plimfoot@1", "snorf@1"]
    found.load("snorf@1")
    with pytest.raises(PackInvalid, match="not valid TOML") as caught:
        found.load("plimfoot@1")
    assert caught.value.issues[0].source == str(broken / "pack.toml")


def test_every_finding_says_in_which_pack(copy_pack: CopyPack) -> None:
    home = copy_pack()
    shared = home.parent / "items.csv"
    (home / "items.csv").rename(shared)
    shared.write_text(shared.read_text("utf-8") + "h1\n", "utf-8")
    table = home / "tables" / "stack.csv"
    found = registry([home.parents[1]], installed=False)
    with pytest.raises(PackInvalid) as caught:
        found.load("snorf@1")
    assert caught.value.issues[0].source == str(shared)
    shared.write_text(shared.read_text("utf-8").removesuffix("h1\n"), "utf-8")
    table.write_text(table.read_text("utf-8") + "7\n", "utf-8")
    with pytest.raises(PackInvalid) as caught:
        found.load("snorf@1")
    assert caught.value.issues[0].source == str(table)
    table.write_text(table.read_text("utf-8").removesuffix("7\n").replace("85", "x"), "utf-8")
    with pytest.raises(PackInvalid) as caught:
        otscore.Scorer.load(path=home)
    assert caught.value.issues[0].source == str(table)


def test_of_copies_one_is_read_and_of_a_conflict_none(copy_pack: CopyPack) -> None:
    first, copy = copy_pack("a"), copy_pack("b")
    found = registry([first.parents[1], copy.parents[1]], installed=False)
    packs, broken = found.read_all()
    assert ([pack.name for pack in packs], broken) == (["snorf@1"], [])
    change(copy, "tables/stack.csv", "85", "86")
    packs, broken = found.read_all()
    assert packs == []
    (conflict,) = broken
    assert isinstance(conflict, PackConflict)
    assert all(str(place) in str(conflict) for place in (first, copy))


def test_an_edition_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(PackNotFound, match=r"no pack is called gsed@2046. Did you mean gsed@2406\?"):
        registry().load("gsed@2046")
    with pytest.raises(PackNotFound, match=r"Did you mean psc@17 or psc@35\? All packs: otscore norms list"):
        registry().load("PSC@99")


def test_a_directory_that_is_named_holds_a_pack(tmp_path: Path, copy_pack: CopyPack) -> None:
    with pytest.raises(PackNotFound, match="there is no pack in the directory"):
        registry([tmp_path], installed=False)
    with pytest.raises(PackNotFound, match="there is no pack in the directory"):
        registry([copy_pack().parents[2]], installed=False)  # three levels up


def test_a_pack_is_named_in_a_line() -> None:
    assert repr(registry().load("ecdi@2030")).startswith("Pack(ecdi@2030, version 1.0.0, sha256:")
