"""One mistake per directory: expect.toml says which base pack it is made in, what is changed, and what must be said.

The base pack is one of ``base`` or of the fictional packs. ``code`` is the rule, ``words`` stand in the findings (file, line,
what is wrong, the fix). ``[[change]]`` replaces ``old`` (which stands in the file once), ``[[append]]`` adds lines, ``remove``
deletes files; ``files/`` is laid over the pack and ``root/`` over the directory that holds it.
"""

from __future__ import annotations

import random
import shutil
import tomllib
from pathlib import Path

import pytest

from otscore.check import ALL_RULES, check_directory, is_error, pack_summary
from otscore.errors import Issue, PackInvalid, PackNotFound
from otscore.pack import read_pack
from otscore.pack.check import RULES, check_pack

HERE = Path(__file__).parent
FICTIONAL = HERE.parent / "packs" / "fictional"
BASES = sorted(place.name for place in (HERE / "base").iterdir())
BAD = sorted(place.parent.name for place in HERE.glob("*/expect.toml"))
NOT_ONE_PACK = {"pack_twice", "no_pack"}


def expected(name: str) -> dict[str, object]:
    return tomllib.loads((HERE / name / "expect.toml").read_text(encoding="utf-8"))


def build(name: str, root: Path) -> Path:
    """The bad pack under ``root``; the directory that holds its instrument is returned."""
    said = expected(name)
    home = next(place / str(said["base"]) for place in (HERE / "base", FICTIONAL) if (place / str(said["base"])).is_dir())
    shutil.copytree(home, root / str(said["base"]))
    pack = root / str(said["base"]) / "1"
    for change in said.get("change", ()):
        file = pack / change["file"]
        text = file.read_text(encoding="utf-8")
        assert text.count(change["old"]) == 1, f"{name}: {change['old']} stands {text.count(change['old'])} times in {file}"
        file.write_text(text.replace(change["old"], change["new"]), encoding="utf-8")
    for more in said.get("append", ()):
        file = pack / more["file"]
        file.write_text(file.read_text(encoding="utf-8") + more["text"], encoding="utf-8")
    for gone in said.get("remove", ()):
        (pack / gone).unlink()
    for layer, place in (("files", pack), ("root", root)):
        if (HERE / name / layer).is_dir():
            shutil.copytree(HERE / name / layer, place, dirs_exist_ok=True)
    return root


@pytest.mark.parametrize("base", BASES)
def test_the_base_packs_have_no_finding(base: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "base" / base, tmp_path / base)
    assert check_directory(tmp_path) == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_pack_is_found_by_its_rule_alone(name: str, tmp_path: Path) -> None:
    said = expected(name)
    issues = check_directory(build(name, tmp_path))
    text = "\n".join(map(str, issues))
    assert {issue.code for issue in issues} == {said["code"]}, text
    assert all(issue.hint for issue in issues), text
    for word in said["words"]:
        assert word in text, f"{word!r} is not in:\n{text}"


def test_every_rule_has_a_bad_pack() -> None:
    assert set(ALL_RULES) - NOT_ONE_PACK <= {expected(name)["code"] for name in BAD}


def test_rules_have_one_name_and_say_what_they_ask() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert all(said.endswith(".") and len(said) > 20 for said in ALL_RULES.values())


def test_warnings_do_not_fail_the_check(tmp_path: Path) -> None:
    issues = check_directory(build("warn_raw_beyond", tmp_path))
    assert issues
    assert not any(map(is_error, issues))
    assert pack_summary(issues) == "0 errors, 1 warning (1 warn_raw_beyond)"


def test_one_bad_file_hides_no_finding_in_another(tmp_path: Path) -> None:
    build("cell_empty", tmp_path)
    file = tmp_path / "plimfoot" / "1" / "tables" / "tap.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("10,8", "10,6"), encoding="utf-8")
    assert {issue.code for issue in check_directory(tmp_path)} == {"cell_empty", "monotone_raw"}


def test_a_copy_with_other_content_is_found(tmp_path: Path) -> None:
    build("warn_raw_beyond", tmp_path / "a")
    shutil.copytree(HERE / "base" / "plimfoot", tmp_path / "b" / "plimfoot")
    (tmp_path / "packs").mkdir()
    for copy in "ab":
        shutil.copytree(tmp_path / copy / "plimfoot", tmp_path / "packs" / copy)
    issues = [issue for issue in check_directory(tmp_path / "packs") if is_error(issue)]
    assert [issue.code for issue in issues] == ["pack_twice"]
    assert issues[0].source == "b/1/pack.toml"
    assert "plimfoot@1==1.0.0 is also in a/1" in issues[0].message


def test_a_directory_without_packs_is_said(tmp_path: Path) -> None:
    assert [issue.code for issue in check_directory(tmp_path)] == ["no_pack"]
    with pytest.raises(PackNotFound):
        check_directory(tmp_path / "absent")


def test_one_edition_can_be_checked_alone_against_the_lock_above(tmp_path: Path) -> None:
    build("digest_changed", tmp_path)
    assert [issue.code for issue in check_directory(tmp_path / "snorf" / "1")] == ["digest_changed"]


def test_files_that_editions_share_are_named_where_they_lie(tmp_path: Path) -> None:
    build("item_domain", tmp_path)
    for file in ("items.csv", "instrument.toml"):
        shutil.move(tmp_path / "snorf" / "1" / file, tmp_path / "snorf" / file)
    assert [issue.source for issue in check_directory(tmp_path)] == ["snorf/items.csv"]


def damaged(file: Path, kind: str, chance: random.Random) -> None:
    data = file.read_bytes()
    lines = data.splitlines(keepends=True)
    if kind == "delete":
        file.unlink()
    elif kind == "truncate":
        file.write_bytes(data[: chance.randrange(len(data))])
    elif kind == "drop line":
        file.write_bytes(b"".join(line for place, line in enumerate(lines) if place != chance.randrange(len(lines))))
    elif kind == "swap cells":
        cells = data.replace(b"\n", b",\n").split(b",")
        a, b = chance.randrange(len(cells)), chance.randrange(len(cells))
        cells[a], cells[b] = cells[b], cells[a]
        file.write_bytes(b",".join(cells).replace(b",\n", b"\n"))
    else:
        place = chance.randrange(len(data))
        file.write_bytes(data[:place] + chance.choice([b"", b"x", b"-", b"9", b",", b"\n", b"\xff", b'"']) + data[place + 1 :])


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("kind", ["delete", "truncate", "drop line", "swap cells", "change a byte"])
def test_damage_of_any_kind_is_a_finding_and_never_a_crash(base: str, kind: str, tmp_path: Path) -> None:
    chance = random.Random(f"{base} {kind}")
    files = sorted(file.relative_to(HERE / "base" / base) for file in (HERE / "base" / base).rglob("*") if file.is_file())
    for file in files:
        for attempt in range(1 if kind == "delete" else 6):
            root = tmp_path / f"{attempt}{file.name}"
            shutil.copytree(HERE / "base" / base, root / base)
            damaged(root / base / file, kind, chance)
            assert all(isinstance(issue, Issue) for issue in check_directory(root))


def test_check_pack_alone_never_raises_for_a_pack_that_was_read(tmp_path: Path) -> None:
    for name in BAD:
        root = build(name, tmp_path / name)
        pack = next(place.parent for place in root.rglob("pack.toml"))
        try:
            found = read_pack(pack, pack)
        except PackInvalid:
            continue
        assert all(isinstance(issue, Issue) for issue in check_pack(found))
