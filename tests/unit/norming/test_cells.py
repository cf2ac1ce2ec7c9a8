"""One cell of a printed table: what it is read as, and what is refused because it cannot be told."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest

from otscore.norming.cells import CellReader, Range, plain
from otscore.norming.dates import CellError, turned_back


def shown(found: Range | None) -> str:
    if found is None:
        return "none"
    low = "" if found.low is None else f"{'' if found.low_in else '>'}{plain(found.low)}"
    high = "" if found.high is None else f"{'' if found.high_in else '<'}{plain(found.high)}"
    return f"{low}..{high}"


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("12", "12..12"), (12, "12..12"), (12.0, "12..12"), (" 12 ", "12..12"), (0.1 + 0.2, "0.3..0.3"),
        ("12-14", "12..14"), ("12–14", "12..14"), ("12—14", "12..14"), ("12 − 14", "12..14"), ("12\u201114", "12..14"), ("12 to 14", "12..14"),
        ("<12", "..<12"), ("≤ 12", "..12"), ("<=12", "..12"), ("12 or less", "..12"), ("12 and below", "..12"), ("up to 12", "..12"),
        (">12", ">12.."), (">=12", "12.."), ("≥12", "12.."), ("12+", "12.."), ("12 or more", "12.."), ("12 and above", "12.."),
        ("-", "none"), ("–", "none"), ("—", "none"), ("--", "none"), (" − ", "none"),
        ("12,5", "12.5..12.5"), ("12,5-13,5", "12.5..13.5"), ("0,125", "0.125..0.125"), ("1.234", "1.234..1.234"),
        ("1 234", "1234..1234"), ("1\u202f234", "1234..1234"), ("1'234", "1234..1234"), ("1,234,567", "1234567..1234567"),
        ("1.234,5", "1234.5..1234.5"), ("1,234.5", "1234.5..1234.5"),
    ],
)  # fmt: skip
def test_raw_scores(cell: object, read: str) -> None:
    assert shown(CellReader().raw(cell)) == read


@pytest.mark.parametrize(
    "cell",
    ["12*", "12a", "12†", "12²", "1²", "a12", "12 14", "12-", "-5", "14-12", "12/14", "n/a", "NA", ".", "", True, "12-14-16", "1,234", "1,234-1,300",
     "٣", 41987, "41987", time(4, 5), timedelta(hours=4), "inf", "1e3", "12..14"],
)  # fmt: skip
def test_raw_scores_that_are_refused(cell: object) -> None:
    with pytest.raises(CellError) as refused:
        CellReader().raw(cell)
    assert refused.value.hint


def test_the_decimal_mark_settles_what_may_be_read_in_two_ways() -> None:
    assert shown(CellReader("point").raw("1,234")) == "1234..1234"
    assert shown(CellReader("comma").raw("1,234")) == "1.234..1.234"
    assert shown(CellReader("comma").raw("1.234")) == "1234..1234"
    for mark, cell in (("point", "12,5"), ("comma", "12.5")):
        with pytest.raises(CellError, match="decimal"):
            CellReader(mark).raw(cell)


@pytest.mark.parametrize(
    ("cell", "pair"),
    [
        (date(2026, 12, 14), (12, 14)),
        (datetime(2014, 12, 14), (12, 14)),
        (date(2026, 5, 3), (3, 5)),
        (date(2026, 3, 5), (3, 5)),
        (date(2026, 1, 2), (1, 2)),
        (date(2026, 5, 5), (5, 5)),
        (date(1945, 10, 1), (10, 45)),
        ("14-Dec", (12, 14)),
        ("14. Dec.", (12, 14)),
        ("3-May", (3, 5)),
        ("May 3", (3, 5)),
        ("Oct-45", (10, 45)),
        ("2014-12-14", (12, 14)),
        ("2014-12-14 00:00:00", (12, 14)),
        ("14/12/2014", (12, 14)),
        ("12/14/2014", (12, 14)),
        ("12-14", None),
        (12.0, None),
        ("12", None),
    ],
)
def test_dates_are_turned_back(cell: object, pair: tuple[int, int] | None) -> None:
    assert turned_back(cell) == pair


@pytest.mark.parametrize(
    ("cell", "could"),
    [
        (date(2014, 12, 1), "1-12 or 12-14"),
        (date(2026, 3, 1), "1-3 or 3-26"),
        (date(1986, 10, 1), "1-10 or 10-86"),
        (date(1945, 10, 2), "no range can have become"),
        ("2026-02-01", "1-2 or 2-26"),
        ("01/12/2014", "1-12 or 12-14"),
        (datetime(2026, 5, 3, 12), "no range can have become"),
        ("2014-14-12", "no range can have become"),
    ],
)
def test_dates_that_may_be_more_than_one_range_are_refused(cell: object, could: str) -> None:
    with pytest.raises(CellError, match=could) as refused:
        turned_back(cell)
    assert "text" in refused.value.hint


def test_a_range_that_became_a_date_comes_back_or_is_refused_and_is_never_another() -> None:
    """Typed low-high becomes month and day, day and month, or month and year with the first day of the month."""
    back = []
    for low in range(1, 32):
        for high in range(low, 100):
            for year, month, day in ((2026, low, high), (2026, high, low), (1900 + high, low, 1), (2000 + high, low, 1)):
                if month <= 12 and day <= monthrange(year, month)[1]:
                    with suppress(CellError):
                        back.append(turned_back(date(year, month, day)) == (low, high))
    assert all(back)
    assert len(back) > 500


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("85", "85"), (85.0, "85"), ("<55", "<55"), (">145", ">145"), ("≤40", "<40"), ("40 or less", "<40"), ("<1", "<1"), (">99", ">99"), (">99.9", ">99.9"),
        ("-1.25", "-1.25"), ("−1,25", "-1.25"), ("–2", "-2"), ("1.30", "1.3"), (".5", "0.5"),
        ("4:5", "53"), ("4;5", "53"), ("<2:0", "<24"), (">16:11", ">203"), (time(4, 5), "53"), (timedelta(hours=26), "312"), ("04:05:00", "53"),
        ("—", None),
    ],
)  # fmt: skip
def test_scores(cell: object, read: str | None) -> None:
    assert CellReader().score(cell) == read


@pytest.mark.parametrize("cell", ["85-98", "12:30", "85*", date(2026, 5, 3), datetime(2026, 5, 3), True, "Average", "4:5:10", time(4, 5, 30)])
def test_scores_that_are_refused(cell: object) -> None:
    with pytest.raises(CellError):
        CellReader().score(cell)


@pytest.mark.parametrize(("cell", "read"), [("4-5", "53"), ("4:5", "53"), ("<2-0", "<24"), (53, "53"), ("—", None)])
def test_age_equivalents(cell: object, read: str | None) -> None:
    assert CellReader().age_equivalent(cell) == read


def test_an_age_equivalent_that_became_a_date_is_refused() -> None:
    with pytest.raises(CellError, match="date"):
        CellReader().age_equivalent(date(2026, 4, 5))


@pytest.mark.parametrize(
    ("cell", "read"), [("85-98", ("85", "98")), ("(85 – 98)", ("85", "98")), ("85 to 98", ("85", "98")), (date(2026, 7, 12), ("7", "12")), ("-", None)]
)
def test_intervals(cell: object, read: tuple[str, str] | None) -> None:
    assert CellReader().interval(cell) == read


@pytest.mark.parametrize("cell", ["85", "±5", "98-85", "85-98*"])
def test_intervals_that_are_refused(cell: object) -> None:
    with pytest.raises(CellError):
        CellReader().interval(cell)


def test_percentiles() -> None:
    assert [CellReader().percentile(cell) for cell in ("16", "16%", "<1", ">99.9", 2.0)] == ["16", "16", "<1", ">99.9", "2"]
