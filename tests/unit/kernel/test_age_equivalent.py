"""Age equivalents: between medians, on plateaus, beyond the table, and how they are printed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otscore.kernel.age_equivalent import age_equivalent, age_equivalent_text, months_of_points

NAN = np.nan
AGES, MEDIANS = [36, 42, 48, 54, 60], [10, 14, 14, 17, 17]


def plain(raw: float, ages: list[float], medians: list[float]) -> tuple[float, int]:
    if raw < medians[0]:
        return ages[0], -1
    if raw > medians[-1]:
        return ages[-1], 1
    place = next(place for place, median in enumerate(medians) if median >= raw)
    if medians[place] == raw:
        return ages[place], 0
    share = (raw - medians[place - 1]) / (medians[place] - medians[place - 1])
    return ages[place - 1] + share * (ages[place] - ages[place - 1]), 0


@pytest.mark.filterwarnings("error")
def test_plateaus_give_their_youngest_age() -> None:
    """The median stands at 14 from 42 to 48 months, and reaches 15.5 half way to 54."""
    found = age_equivalent([9, 10, 12, 14, 15.5, 17, 18, NAN], AGES, MEDIANS)
    np.testing.assert_array_equal(found.age, [36, 36, 39, 42, 51, 54, 60, NAN])
    assert found.off_scale.tolist() == [-1, 0, 0, 0, 0, 0, 1, 0]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.floats(-5, 45))
def test_against_the_plain_version(medians: list[int], raw: float) -> None:
    medians = sorted(medians)
    ages = [float(12 + 3 * place) for place in range(len(medians))]
    found = age_equivalent(raw, ages, medians)
    age, off_scale = plain(raw, ages, medians)
    assert int(found.off_scale) == off_scale and found.age == pytest.approx(age, rel=1e-13)


@pytest.mark.filterwarnings("error")
def test_medians_that_fall_define_nothing() -> None:
    for ages, medians in ((AGES, [10, 14, 13, 17, 18]), ([36, 36, 48, 54, 60], MEDIANS), (AGES, [10, NAN, 14, 17, 18])):
        found = age_equivalent([12.0, 99], ages, medians)
        assert np.isnan(found.age).all() and not found.off_scale.any()


def test_the_same_points_are_not_the_same_months() -> None:
    np.testing.assert_array_equal(months_of_points([10, 14, 9], [14, 17, 10], AGES, MEDIANS), [6, 12, NAN])


def test_as_printed() -> None:
    months = [36, 41.9, 42 - 1e-12, 203, 0, NAN]
    assert age_equivalent_text(months, [-1, 0, 0, 1, 0, 0]).tolist() == ["<3;0", "3;5", "3;6", ">16;11", "0;0", ""]
