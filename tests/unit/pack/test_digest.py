"""The digest of a pack says what it holds, not how it is typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.pack import read_pack
from otscore.pack.digest import canonical_digest
from otscore.pack.table import parse_table

CopyPack = Callable[..., Path]


def digest(home: Path) -> str:
    return read_pack(home, home).digest


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pack.toml", 'edition = "1"', '# a comment\n\nedition   =   "1"  # another'),
        ("pack.toml", 'edition = "1"\nversion = "1.0.0"', 'version = "1.0.0"\nedition = "1"'),
        ("pack.toml", "at_least = [3]", "at_least = [\n  3,\n]"),
        ("tables/stack.csv", "2,3,85", "# a comment\n\n2,3,85"),
        ("tables/stack.csv", "2,3,85", "2, 3 ,85.0"),
        ("tables/stack.csv", "2,3,85", "2,3,8.5e1"),
        ("tables/stack.csv", "2,3,85", '2,3,"85.00"'),
        ("psychometrics.csv", "1.5", "1.50"),
        ("tables/stack.csv", "raw_min,raw_max,score", "\ufeffraw_min,raw_max,score"),
    ],
)
def test_comments_blank_lines_spacing_order_of_keys_and_number_format_do_not_count(
    copy_pack: CopyPack, file: str, old: str, new: str
) -> None:
    home = copy_pack()
    before = digest(home)
    rewrite(home / file, old, new)
    assert digest(home) == before


def test_line_ends_and_byte_order_mark_do_not_count(copy_pack: CopyPack) -> None:
    home = copy_pack()
    before = digest(home)
    for file in home.rglob("*"):
        if file.suffix in (".csv", ".toml"):
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert digest(home) == before


def test_column_order_does_not_count_and_row_order_does(copy_pack: CopyPack) -> None:
    home = copy_pack()
    before = digest(home)
    table = home / "tables" / "stack.csv"
    table.write_text("score,raw_max,raw_min\n70,1,\n85,3,2\n100,5,4\n115,,6\n", encoding="utf-8")
    assert digest(home) == before
    table.write_text("score,raw_max,raw_min\n85,3,2\n70,1,\n100,5,4\n115,,6\n", encoding="utf-8")
    assert digest(home) != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tables/stack.csv", "2,3,85", "2,3,86"),
        ("tables/stack.csv", "2,3,85", "2,3,85.0000001"),
        ("tables/stack.csv", "2,3,85", "2,3,-85"),
        ("tables/stack.csv", ",1,70", "0,1,70"),
        ("tables/hop.csv", "male,24,36,0,4", "male,24,36,0,"),
        ("psychometrics.csv", "0.88", "0.89"),
        ("items.csv", ",yes", ","),
        ("pack.toml", "at_least = [3]", "at_least = [4]"),
        ("pack.toml", "below = 48", "below = 49"),
        ("instrument.toml", "min_answered = 2", "min_answered = 3"),
        ("SOURCES.toml", 'place = "none"', 'place = "page 3"'),
    ],
)
def test_every_changed_figure_counts(copy_pack: CopyPack, file: str, old: str, new: str) -> None:
    home = copy_pack()
    before = digest(home)
    rewrite(home / file, old, new)
    assert digest(home) != before


def test_a_row_that_becomes_a_comment_counts(copy_pack: CopyPack) -> None:
    home = copy_pack()
    before = digest(home)
    rewrite(home / "tables" / "stack.csv", "2,3,85", "#2,3,85")
    assert digest(home) != before


def test_worked_examples_are_not_part_of_the_digest(copy_pack: CopyPack) -> None:
    home = copy_pack()
    before = digest(home)
    (home / "cases.csv").unlink()
    assert digest(home) == before


def test_the_name_of_a_table_counts() -> None:
    table = parse_table("a.csv", b"raw,score\n1,2\n")
    assert canonical_digest({}, {"a.csv": table}) != canonical_digest({}, {"b.csv": table})


@pytest.mark.parametrize(("one", "other"), [("007", "7"), ("1_0", "10"), ("1e1", "1e2"), ("nan", "0"), ("", "0"), ("0x10", "16")])
def test_texts_that_are_no_plain_numbers_stay_texts(one: str, other: str) -> None:
    tables = [{"t": parse_table("t.csv", f"item,more\n{cell},x\n".encode())} for cell in (one, other)]
    assert canonical_digest({}, tables[0]) != canonical_digest({}, tables[1])


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_share_a_digest_exactly_when_they_are_equal(one: float, other: float) -> None:
    first, second = ({"t": parse_table("t.csv", f"x\n{value!r}\n".encode())} for value in (one, other))
    assert (canonical_digest({}, first) == canonical_digest({}, second)) == (repr(one) == repr(other))
    again = {"t": parse_table("t.csv", f"x\n{one:.17e}\n".encode())}
    assert canonical_digest({}, first) == canonical_digest({}, again)
