"""Printed age bands, and what they are as half-open ones."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from otscore.norming.ages import AgeReader, Band, half_open, neighbours
from otscore.norming.cells import plain
from otscore.norming.dates import CellError


def read(text: object, included: bool = True, **more: object) -> tuple[str, str]:
    band = AgeReader(**more).band(text)  # type: ignore[arg-type]
    assert band is not None
    return half_open([band], included, Decimal(0), Decimal(216))[band]


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("4:0-4:5", ("48", "54")), ("4:0–4:5", ("48", "54")), ("4;0 - 4;5", ("48", "54")), ("4:00 to 4:05", ("48", "54")),
        ("4;0;0 - 4;5;30", ("48", "54")), ("4:0:0–4:5:31", ("48", "54")), ("4-0 to 4-5", ("48", "54")), ("4-0 - 4-5", ("48", "54")),
        ("4-0–4-5", ("48", "54")), ("4-0-4-5", ("48", "54")), ("4-0-0 to 4-5-30", ("48", "54")),
        ("48-53 months", ("48", "54")), ("48 - 53 mo", ("48", "54")), ("Ages 48 to 53 months", ("48", "54")), ("48 months - 53 months", ("48", "54")),
        ("4-5 years", ("48", "72")), ("4 years", ("48", "60")), ("4 years 0 months to 4 years 5 months", ("48", "54")), ("4y 0m - 4y 5m", ("48", "54")),
        ("4.0-4.49 years", ("48", "54")), ("4,0-4,49 years", ("48", "54")), ("4:3", ("51", "52")),
        ("<2:0", ("0", "24")), ("under 2:0", ("0", "24")), ("up to 2:0", ("0", "25")), ("2:0 and younger", ("0", "25")),
        (">16:11", ("204", "216")), (">=12 years", ("144", "216")), ("16:11 and older", ("203", "216")), ("5+ years", ("60", "216")),
        ("48 to below 60 months", ("48", "60")), ("4:0 - <4:6", ("48", "54")), (time(4, 5), ("53", "54")),
    ],
)  # fmt: skip
def test_bands(text: object, half: tuple[str, str]) -> None:
    assert read(text) == half


@pytest.mark.parametrize(
    ("text", "half", "more"),
    [
        ("48-53", ("48", "54"), {"given": "months"}),
        ("4-5", ("48", "72"), {"given": "years"}),
        ("4;0;0-4;5;29", ("48", "54"), {"thirty": True}),
        ("4:0-4:6", ("4", "4.5"), {"unit": "years", "included": False}),
        ("4:0-4:5", ("4", "4.5"), {"unit": "years"}),
        ("4.0-4.4", ("48", "54"), {"given": "years"}),
        ("2-3 weeks", ("14", "28"), {"unit": "days"}),
        ("10-19 days", ("10", "20"), {"unit": "days"}),
    ],
)
def test_bands_in_the_unit_of_the_pack(text: str, half: tuple[str, str], more: dict[str, object]) -> None:
    assert read(text, **more) == half  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["balance", "raw", "", "12*", "Table 3", "four"])
def test_texts_that_are_no_ages(text: str) -> None:
    assert AgeReader().band(text) is None


@pytest.mark.parametrize(
    ("text", "said", "more"),
    [
        ("48-53", "no unit", {}),
        ("48", "no unit", {}),
        ("4:0-4:12", "no age in years and months", {}),
        ("4:6-4:0", "falls", {}),
        ("48-53-60", "no age in years and months", {}),
        ("4;0;0 - 4;5;12", "within a month", {}),
        ("4;0;0 - 4;5;29", "within a month", {}),
        ("10-19 days", "no exact number of months", {}),
        ("4.3-4.9 years", "no exact number of months", {}),
        ("4.49-4.99 years", "no exact number in the unit of the pack", {}),
        ("4:0-4:5", "no exact number of days", {"unit": "days"}),
        ("4:1-4:5", "no exact number of years", {"unit": "years"}),
        (date(2026, 4, 5), "date", {}),
    ],
)
def test_bands_that_are_refused(text: object, said: str, more: dict[str, object]) -> None:
    with pytest.raises(CellError, match=said):
        AgeReader(**more).band(text)  # type: ignore[arg-type]


def test_an_open_band_needs_the_ends_of_the_pack() -> None:
    band = AgeReader().band("<2:0")
    assert band is not None
    with pytest.raises(CellError, match="does not say where the ages end"):
        half_open([band], True, None, None)


def bands(*texts: str) -> list[Band]:
    return [band for text in texts if (band := AgeReader(given="months").band(text)) is not None]


def test_neighbours_tell_whether_the_upper_end_belongs_to_a_band() -> None:
    touching, following = neighbours([bands("48-54", "54-60")])
    assert (len(touching), len(following)) == (1, 0)
    touching, following = neighbours([bands("48-53", "54-59"), bands("48-59", "60-71")])
    assert (len(touching), len(following)) == (0, 2)
    assert neighbours([bands("48-53"), bands("53-59")]) == ([], []), "bands of other scales are no neighbours"
    assert neighbours([bands("48", "49", "50")])[0] == []
    assert plain(bands("48-54")[0].high.at) == "54"  # type: ignore[union-attr]
