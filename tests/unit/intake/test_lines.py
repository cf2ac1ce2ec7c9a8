"""The watch over the lines of a CSV file agrees with a reader that takes one record at a time, however the text is cut."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.errors import ResponseError
from otscore.intake.lines import WholeLines

CELL = st.one_of(st.text("ab1 .\u2028ä", max_size=3), st.text('a,"\n\r', max_size=4).map(lambda text: '"' + text.replace('"', '""') + '"'))
ENDS = st.sampled_from(["\n", "\r\n"])
WIDTH = 3


def lines(most_cells: int, fewest_cells: int) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.lists(CELL, min_size=fewest_cells, max_size=most_cells), max_size=12)


def watched(text: str, size: int) -> str:
    handle = WholeLines(io.StringIO(text, newline=""), ",", WIDTH, "in.csv", exact=True)
    return "".join(iter(lambda: handle.read(size), ""))


def records(text: str) -> list[list[str]]:
    found = csv.reader(io.StringIO(text, newline=""))
    return [record for record in found if len(record) > 1 or (record and record[0].strip())]


def without_empty_end(text: str) -> str:
    """The text without the lines at its end that hold nothing but separators and blanks."""
    kept = io.StringIO(text, newline="").readlines()
    while kept and not kept[-1].strip(", \r\n"):
        kept.pop()
    return "".join(kept)


@given(lines(WIDTH, WIDTH), ENDS, st.integers(1, 30), st.booleans())
def test_whole_lines_pass_unchanged(cells: list[list[str]], end: str, size: int, last: bool) -> None:
    text = end.join(",".join(line) for line in cells) + (end if last else "")
    assert watched(text, size) == without_empty_end(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_lines_of_separators_at_the_end_are_no_rows(end: str, size: int) -> None:
    text = end.join(["a,b,c", ",,", "a,,", " , ,", ",,", ""])
    assert watched(text, size).rstrip() == end.join(["a,b,c", ",,", "a,,"])
    assert watched(text + "x,,", size) == text + "x,,"
    assert watched(end.join([",,", ",,", ""]), size).strip() == ""


@given(lines(WIDTH + 1, WIDTH - 1), ENDS, st.integers(1, 30))
def test_broken_lines_are_found_in_their_row(cells: list[list[str]], end: str, size: int) -> None:
    text = end.join(",".join(line) for line in cells)
    wrong = [number for number, record in enumerate(records(text), 1) if len(record) != WIDTH]
    if not wrong:
        assert watched(text, size) == without_empty_end(text)
        return
    with pytest.raises(ResponseError) as caught:
        watched(text, size)
    assert sum(issue.count for issue in caught.value.issues) == len(wrong)
    assert min(issue.row for issue in caught.value.issues) == wrong[0]


def test_an_open_quotation_mark_ends_the_search() -> None:
    with pytest.raises(ResponseError, match="row 2: a quotation mark is left open"):
        watched('a,b,c\na,"b,c\n' + "a,b,c\n" * 40_000, 100_000)
