"""Two packs compared: what is the same, what differs and where, and that no typing error goes unseen."""

from __future__ import annotations

import csv
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from otscore.pack.diff import PackDiff, diff_packs, paired
from otscore.pack.diff_rows import diff_tables
from otscore.pack.diff_words import Difference
from otscore.pack.loose import loose_table, named_packs

ROOT = Path(__file__).parents[3]
SNORF = ROOT / "tests" / "bad_packs" / "base" / "snorf"
STRATA = ("sex", "informant", "form")


@pytest.fixture
def packs(tmp_path: Path) -> tuple[Path, Path]:
    """The same fictional pack, typed by two people."""
    for name in ("a", "b"):
        shutil.copytree(SNORF, tmp_path / name)
    return tmp_path / "a" / "1", tmp_path / "b" / "1"


def compared(a: Path, b: Path) -> PackDiff:
    return diff_packs(named_packs(str(a))[0], named_packs(str(b))[0])


def differences(packs: tuple[Path, Path]) -> tuple[Difference, ...]:
    return compared(*packs).found


def retype(file: Path, change: Callable[[list[str]], list[str]]) -> None:
    file.write_text("\n".join(change(file.read_text("utf-8").splitlines())) + "\n", "utf-8")


def test_the_same_written_in_another_way(packs: tuple[Path, Path]) -> None:
    table = packs[1] / "tables" / "hop.csv"

    def otherwise(lines: list[str]) -> list[str]:
        rows = [line.split(",") for line in lines]
        order = [7, 0, 3, 1, 2, 4, 6, 5]
        turned = [[row[place] for place in order] for row in rows]
        shuffled = turned[:1] + turned[:0:-1]
        return ["# typed by B"] + [" , ".join(f"{cell}.0" if cell.isdigit() else cell for cell in row) + "\r" for row in shuffled]

    retype(table, otherwise)
    toml = packs[1] / "pack.toml"
    toml.write_text(toml.read_text("utf-8").replace("from = 24", "from   = 24.0 # months").replace("\n", "\r\n"), "utf-8")
    assert differences(packs) == ()


def test_a_cell_is_told_with_its_key_and_both_lines(packs: tuple[Path, Path]) -> None:
    retype(packs[1] / "tables" / "hop.csv", lambda lines: ["# one line more", *lines[:3], lines[3].replace("2,8,", "2,9,"), *lines[4:]])
    (found,) = differences(packs)
    assert (found.file, found.what, found.row, found.column) == ("tables/hop.csv", "cell", "sex male, ages 24 to 36, raw 2", "score")
    assert (found.a, found.b, found.lines) == ("8.0", "9.0", (4, 5))


def test_a_key_typed_wrong_names_the_nearest(packs: tuple[Path, Path]) -> None:
    retype(packs[1] / "tables" / "hop.csv", lambda lines: [*lines[:3], lines[3].replace("24,36,2,", "24,63,2,"), *lines[4:]])
    a, b = differences(packs)
    assert (a.only, a.lines, a.note) == ("A", (4, 0), "nearest in B: line 4, with age_to 63")
    assert (b.only, b.lines, b.note) == ("B", (0, 4), "nearest in A: line 4, with age_to 36")


def test_a_row_typed_twice(packs: tuple[Path, Path]) -> None:
    retype(packs[1] / "tables" / "hop.csv", lambda lines: [*lines[:4], lines[3], *lines[4:]])
    (found,) = differences(packs)
    assert (found.what, found.only, found.lines) == ("row", "B", (0, 5))
    assert found.note == "the key stands 2 times in B (lines 4, 5), 1 in A"


def test_columns_that_changed_places_and_cells_that_slid_are_remarked(packs: tuple[Path, Path]) -> None:
    def swapped(lines: list[str]) -> list[str]:
        rows = [line.split(",") for line in lines]
        return [lines[0], *(",".join([*row[:6], row[7], row[6]]) for row in rows[1:])]

    retype(packs[1] / "tables" / "hop.csv", swapped)
    assert ("tables/hop.csv", "columns ci_low and ci_high have changed places on 28 rows") in compared(*packs).remarks

    def slid(lines: list[str]) -> list[str]:
        rows = [line.split(",") for line in lines]
        scores = [row[4] for row in rows]
        return [lines[0], *(",".join([*row[:4], scores[max(place, 1)], *row[5:]]) for place, row in enumerate(rows[1:]))]

    shutil.copy(packs[0] / "tables" / "hop.csv", packs[1] / "tables" / "hop.csv")
    retype(packs[1] / "tables" / "hop.csv", slid)
    assert any("B holds what A holds one row above" in words for _, words in compared(*packs).remarks)


def test_toml_is_compared_key_by_key(packs: tuple[Path, Path]) -> None:
    toml = packs[1] / "pack.toml"
    text = toml.read_text("utf-8").replace('scales = ["grump"]', 'scales = ["grunp"]').replace("at_least = [3]", "at_least = [4]")
    toml.write_text(text.replace('title = "', 'titel = "'), "utf-8")
    found = {one.row: (one.a, one.b, one.only) for one in differences(packs)}
    assert found["norms[grump in moon].scales[0]"] == ("grump", "grunp", "")
    assert found["norms[grump in moon].cuts.at_least[0]"] == ("3", "4", "")
    assert found["title"][2] == "A"
    assert found["titel"][2] == "B"


@pytest.mark.parametrize(
    ("file", "spoil"),
    [
        ("pack.toml", lambda text: text.replace('edition = "1"', "edition = ")),
        ("instrument.toml", lambda text: text + "\n[[scales]\n"),
        ("tables/hop.csv", lambda text: text.replace("36,2,8", "36,2,eight")),
        ("tables/hop.csv", lambda text: text.replace("36,2,8,", "36,2,")),
        ("tables/hop.csv", lambda text: text.replace(",", ";").replace("36;2;8", "36;2;9")),
        ("tables/hop.csv", lambda text: text.replace("score", "raw")),
        ("tables/hop.csv", lambda text: "\n".join(text.splitlines()[:1])),
        ("tables/hop.csv", lambda text: ""),
        ("tables/hop.csv", lambda text: text.replace("male,24,36,2", "mäle,24,36,2").encode("latin-1")),
        ("tables/hop.csv", lambda text: '"' + text),
        ("items.csv", lambda text: text.replace("item", "code", 1)),
    ],
)
def test_a_pack_that_cannot_be_read_is_compared_nevertheless(packs: tuple[Path, Path], file: str, spoil: Callable[[str], str | bytes]) -> None:
    target = packs[1] / file
    spoilt = spoil(target.read_text("utf-8"))
    target.write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    table = packs[1] / "tables" / "stack.csv"
    table.write_text(table.read_text("utf-8").replace("85", "58"), "utf-8")
    for pair in (packs, packs[::-1]):
        found = differences(pair)
        assert [one for one in found if one.file == file]
        assert [(one.row, one.column) for one in found if one.file == "tables/stack.csv"] == [("raw_min 2, raw_max 3", "score")]
    assert differences((packs[1], packs[1])) == ()


def test_files_only_in_one(packs: tuple[Path, Path]) -> None:
    (packs[1] / "tables" / "hop.csv").unlink()
    (packs[1] / "psychometrics.csv").unlink()
    assert {(one.what, one.file, one.only) for one in differences(packs)} == {("file", "tables/hop.csv", "A"), ("file", "psychometrics.csv", "A")}


def test_a_template_half_filled(packs: tuple[Path, Path]) -> None:
    empty = packs[0] / "tables" / "hop.csv"
    rows = empty.read_text("utf-8").splitlines()
    half = [row if place < 10 else ",".join([*row.split(",")[:4], "", "", "", ""]) for place, row in enumerate(rows)]
    empty.write_text("\n".join(half) + "\n", "utf-8")
    found = differences(packs)
    assert {one.what for one in found} == {"cell"}
    assert all(one.a == "" and one.b for one in found)
    assert len(found) == 4 * (len(rows) - 10)


def test_the_order_of_items_counts_only_where_a_scale_goes_by_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        shutil.copytree(ROOT / "norms" / "sdq", tmp_path / name)
    retype(tmp_path / "b" / "items.csv", lambda lines: [lines[0], *lines[:0:-1]])
    assert compared(tmp_path / "a" / "uk", tmp_path / "b" / "uk").found == ()
    for name in ("a", "b"):
        toml = tmp_path / name / "instrument.toml"
        toml.write_text(toml.read_text("utf-8") + '\n[[scales]]\nid = "x"\nitems = "all"\nrun = 1\nruns = {}\n', "utf-8")
    assert [one.what for one in compared(tmp_path / "a" / "uk", tmp_path / "b" / "uk").found] == ["order"]


def test_packs_are_paired_by_name(tmp_path: Path) -> None:
    base = SNORF.parent
    shutil.copytree(base, tmp_path / "b")
    shutil.rmtree(tmp_path / "b" / "plimfoot")
    toml = tmp_path / "b" / "snorf" / "1" / "pack.toml"
    toml.write_text("edition = ", "utf-8")
    pairs, alone = paired(named_packs(str(base)), named_packs(str(tmp_path / "b")))
    assert {(a.name, b.name) for a, b in pairs} >= {("snorf@1", "snorf@1"), ("quandle@1", "quandle@1")}
    assert [(one.what, one.pack, one.only) for one in alone] == [("pack", "plimfoot@1", "A")]


# ------------------------------------------------------------------------------------- typing errors at random

Rows = list[list[str]]


def numbers_of(rows: Rows) -> list[tuple[int, int]]:
    return [(place, column) for place, row in enumerate(rows[1:], 1) for column, cell in enumerate(row) if any(letter.isdigit() for letter in cell)]


def digit_changed(rows: Rows, rng: random.Random) -> None:
    row, column = rng.choice(numbers_of(rows))
    cell = rows[row][column]
    place = rng.choice([at for at, letter in enumerate(cell) if letter.isdigit()])
    rows[row][column] = cell[:place] + rng.choice([digit for digit in "123456789" if digit != cell[place]]) + cell[place + 1 :]


def digits_transposed(rows: Rows, rng: random.Random) -> None:
    row, column = rng.choice(numbers_of(rows))
    cell = rows[row][column]
    place = rng.randrange(max(len(cell) - 1, 1))
    rows[row][column] = cell[:place] + cell[place : place + 2][::-1] + cell[place + 2 :]


def rows_shifted(rows: Rows, rng: random.Random) -> None:
    column, start = rng.randrange(len(rows[0])), rng.randrange(1, len(rows))
    for place in range(len(rows) - 1, start, -1):
        rows[place][column] = rows[place - 1][column]


def columns_swapped(rows: Rows, rng: random.Random) -> None:
    x, y = rng.sample(range(len(rows[0])), 2) if len(rows[0]) > 1 else (0, 0)
    for row in rows[1:]:
        row[x], row[y] = row[y], row[x]


def headers_swapped(rows: Rows, rng: random.Random) -> None:
    x, y = rng.sample(range(len(rows[0])), 2) if len(rows[0]) > 1 else (0, 0)
    rows[0][x], rows[0][y] = rows[0][y], rows[0][x]


def decimal_moved(rows: Rows, rng: random.Random) -> None:
    row, column = rng.choice(numbers_of(rows))
    cell = rows[row][column]
    rows[row][column] = cell.replace(".", "") if "." in cell else f"{cell[:-1]}.{cell[-1]}"


def cell_lost(rows: Rows, rng: random.Random) -> None:
    row, column = rng.choice(numbers_of(rows))
    rows[row][column] = ""


def cell_left_out(rows: Rows, rng: random.Random) -> None:
    row, column = rng.choice(numbers_of(rows))
    del rows[row][column]


def row_lost(rows: Rows, rng: random.Random) -> None:
    del rows[rng.randrange(1, len(rows))]


def row_doubled(rows: Rows, rng: random.Random) -> None:
    place = rng.randrange(1, len(rows))
    rows.insert(rng.randrange(1, len(rows)), list(rows[place]))


ERRORS = (digit_changed, digits_transposed, rows_shifted, columns_swapped, headers_swapped, decimal_moved, cell_lost, cell_left_out, row_lost, row_doubled)


def canonical(rows: Rows) -> object:
    """What a table says, told another way than the code under test tells it: a bag of rows of named, valued cells."""

    def value(cell: str) -> str:
        try:
            return repr(float(cell)) if not (cell[:1] == "0" and cell[1:2].isdigit()) else cell
        except ValueError:
            return cell

    width = max(map(len, rows))
    full = [row + [""] * (width - len(row)) for row in rows]
    return sorted(sorted(zip(full[0], map(value, row), strict=True)) for row in full[1:])


def tables_of(home: Path) -> Iterator[Path]:
    yield from sorted((home / "tables").glob("*.csv"))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
@pytest.mark.parametrize("source", ["tests/bad_packs/base/snorf/1", "tests/packs/fictional/tarrow/1", "norms/sdq/uk", "norms/nhanes-grip/2014"])
def test_no_typing_error_goes_unseen(tmp_path: Path, source: str, error: Callable[[Rows, random.Random], None]) -> None:
    rng = random.Random(f"{source} {error.__name__}")
    original = ROOT / source
    tables = {file: [row for row in csv.reader(file.read_text("utf-8").splitlines()) if row and not row[0].startswith("#")] for file in tables_of(original)}
    made = 0
    for _ in range(40):
        file = rng.choice(list(tables))
        rows = [list(row) for row in tables[file]]
        error(rows, rng)
        typed = tuple(loose_table(file.name, text_of(each), []) for each in (tables[file], rows))
        found = list(diff_tables("x", f"tables/{file.name}", typed, STRATA))
        differs = canonical(rows) != canonical(tables[file])
        assert bool(found) == differs, f"{error.__name__} in {file.name}"
        made += differs
    assert made >= 5
    shutil.copytree(original.parent, tmp_path / "b")
    home = tmp_path / "b" / original.name
    (home / "tables" / file.name).write_text(text_of(rows), "utf-8")
    assert {one.file for one in compared(original, home).found} == ({f"tables/{file.name}"} if differs else set())


def text_of(rows: Rows) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def test_two_large_packs_are_compared_quickly() -> None:
    a, b = named_packs(str(ROOT / "norms" / "gsed" / "2406"))[0], named_packs(str(ROOT / "norms" / "gsed" / "2212"))[0]
    began = time.process_time()
    assert diff_packs(a, b).found
    assert time.process_time() - began < 2
