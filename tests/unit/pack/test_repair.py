"""The likely repair of a cell that does not fit."""

from __future__ import annotations

import pytest

from otscore.pack.check.repair import likely, moved, turned


@pytest.mark.parametrize(
    ("cell", "low", "high", "middle", "said"),
    [
        ("31", 12, 14, 13, "Likely 13: the digits are turned around"),
        ("1.3", 12, 14, 13, "Likely 13: the decimal point is moved"),
        ("130", 12, 14, 13, "Likely 13: the decimal point is moved"),
        ("18", 12, 14, 13, "Likely 13: one digit is wrong"),
        ("-21", -13, -11, -12, "Likely -12: the digits are turned around"),
        ("1:3", 36, 38, 37, "Likely 3:1: the digits are turned around"),
        (">3:8", 45, 47, 45.4, "Likely >3:9: one digit is wrong"),
        ("<6", 2, 4, 3, "Likely <3: one digit is wrong"),
        ("4", 12.2, 12.8, 12.5, "Its neighbours lead to expect 12.5"),
    ],
)
def test_the_likely_value_is_named(cell: str, low: float, high: float, middle: float, said: str) -> None:
    assert likely(cell, low, high, middle) == said


def test_slips_are_those_of_a_hand() -> None:
    assert list(turned("12.3")) == ["21.3", "13.2"]
    assert list(turned("11")) == []
    assert list(moved("12.5")) == ["1.25", "125"]
    assert list(moved("-0.5")) == ["-0.05", "-5"]
