"""The slow twin of basal and ceiling against published examples, and the rules at their limits."""

from __future__ import annotations

from slow_twin.runs import ceiling_items, run_score


def test_lowest_of_two_ceilings_though_some_of_its_items_were_reached_by_going_back() -> None:
    """Items 60 to 74; six failed in a row: 62 to 67, and not 69 to 74."""
    points = [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert [60 + place for place in ceiling_items(points, 6)] == [67, 74]
    found = run_score(points, [1] * 15, basal=6, ceiling=6)
    assert 60 + found.ceiling == 67
    assert (found.basal, found.raw, found.flags) == (None, 2, {"no_basal"})


def test_three_failed_among_five() -> None:
    """Items 1 to 10; 4, 6 and 8 are failed."""
    found = run_score([1, 1, 1, 0, 1, 0, 1, 0, 1, 0], [1] * 10, basal=3, ceiling=3, ceiling_within=5)
    assert 1 + found.ceiling == 8


def test_highest_of_two_basals() -> None:
    """Items 8 to 20 of 20; basals 8 to 10 and 12 to 14, ceiling 17 to 19: 11 below, 4 from there on."""
    points = [None] * 7 + [1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1]
    found = run_score(points, [1] * 20, basal=3, ceiling=3)
    assert (1 + found.basal, 1 + found.ceiling, found.raw) == (12, 19, 15)
    assert (found.status, found.flags) == ("ok", set())


def test_credit_below_the_basal_is_the_most_that_an_item_can_earn() -> None:
    """Basal item 11, items of two points: 20 below it."""
    points = [None] * 10 + [2, 2, 2, 1, 0, 0, 0]
    found = run_score(points, [2] * 17, basal=3, ceiling=3)
    assert 1 + found.basal == 11
    assert found.raw == 20 + (2 + 2 + 2 + 1)


def test_overlapping_spans_are_several() -> None:
    assert ceiling_items([1, 0, 0, 0, 0, 0], 3) == [3, 4, 5]
    assert run_score([1, 0, 0, 0, 0, 0], [1] * 6, 1, 3).ceiling == 3
    assert run_score([1, 0, 0, 0, 0, 0], [1] * 6, 1, 3, several_ceilings="highest").ceiling == 5
    assert run_score([1, 1, 1, 1, 0, 0], [1] * 6, 2, 2).basal == 2
    assert run_score([1, 1, 1, 1, 0, 0], [1] * 6, 2, 2, several_basals="lowest").basal == 0


def test_a_ceiling_among_some_items_ends_on_a_failed_one() -> None:
    assert ceiling_items([0, 0, 1, 0, 1, 1, 0], 3, 5) == [3]
    assert ceiling_items([0, 0, 1, 0, 1, 0, 1], 3, 5) == [3, 5]
    assert ceiling_items([0, 1, 1, 1, 0, 0], 3, 5) == []
    assert ceiling_items([0, None, 0, 0], 3) == []
    assert ceiling_items([0, None, 0, 0], 3, 5) == [3]


def test_what_stands_in_the_place_of_a_score() -> None:
    assert run_score([None, None, None], [1] * 3, 1, 2).status == "no_items"
    assert run_score([1, 0, None], [1] * 3, 1, 2).status == "discontinued"
    assert run_score([None, 0, None], [1] * 3, 1, 2).status == "discontinued"
    assert run_score([1, None, 0], [1] * 3, 1, 2).status == "too_few_items"
    assert run_score([None, 0, 0], [1] * 3, 1, 2).status == "too_few_items"
    assert run_score([0, 0, None], [1] * 3, 1, 2).raw == 0


def test_the_basal_may_lie_inside_the_span_of_the_ceiling() -> None:
    found = run_score([0, 0, 2, 2, 0, 1, 1, 1], [2] * 8, 2, 3, ceiling_within=5)
    assert (found.basal, found.ceiling, found.raw) == (2, 4, 8)
