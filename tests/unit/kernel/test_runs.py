"""Basal and ceiling of many children at once: each rule worked by hand, and a slow search for what counts as one run."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from slow_twin.runs import Starts, block_score, run_score

from otscore.kernel.runs import TRACES, RunResult, RunRule, run_result

RULES = [
    (basal, ceiling, within, basals, ceilings)
    for (basal, ceiling, within), basals, ceilings in itertools.product(
        [(1, 1, None), (2, 2, None), (3, 2, None), (2, 2, 3), (2, 3, 5), (1, 2, 8)], ["highest", "lowest"], ["lowest", "highest"]
    )
]
MOST = np.array([2.0, 1.0, 2.0, 2.0, 1.0, 2.0, 2.0])
FLAGS = ("no_basal", "no_ceiling", "false_basal", "false_ceiling", "start_item_other", "unscored", "discontinued")


def children() -> np.ndarray:
    """Answers given all along, from and to an item, and here and there."""
    random = np.random.default_rng(11)
    points = np.minimum(random.integers(0, 3, (3000, MOST.size)), MOST)
    points[:1500] = np.where(random.random((1500, MOST.size)) < 0.5, 0.0, MOST)
    first, last = random.integers(0, 4, (3000, 1)), random.integers(3, 9, (3000, 1))
    place = np.arange(MOST.size)
    points[(place < first) | (place > last)] = np.nan
    points[random.random(points.shape) < np.linspace(0, 0.3, 3000)[:, None]] = np.nan
    return points


def child(answers: str, rule: RunRule, most: float = 1.0, start: int | None = None) -> RunResult:
    """One child: a digit for each item, a dot where it was not given."""
    points = np.array([[np.nan if answer == "." else float(answer) for answer in answers]])
    return run_result(points, np.full(len(answers), most), rule, None if start is None else np.array([start]))


def credited(found: RunResult) -> str:
    return "".join("." if np.isnan(value) else f"{value:g}" for value in found.credited[0])


def places(found: RunResult) -> tuple[list[int], list[int]]:
    """Items of basal and ceiling, counted from 1; 0 = none."""
    return (found.basal[0] + 1).tolist(), (found.ceiling[0] + 1).tolist()


def flags(found: RunResult) -> set[str]:
    return {name for name in FLAGS if getattr(found, name)[0]}


def trace(found: RunResult) -> list[str]:
    return [TRACES[place] for place in found.trace[0]]


@pytest.mark.parametrize(("basal", "ceiling", "within", "basals", "ceilings"), RULES)
def test_places_and_points_are_those_of_the_twin(basal: int, ceiling: int, within: int | None, basals: str, ceilings: str) -> None:
    points = children()
    rule = RunRule(basal, ceiling, within or ceiling, basals == "highest", ceilings == "lowest")
    found = run_result(points, MOST, rule)
    met = set()
    for row, answers in enumerate(points.tolist()):
        given = [None if np.isnan(value) else value for value in answers]
        said = run_score(given, MOST.tolist(), basal, ceiling, within, basals, ceilings)
        met.add((said.status, said.basal is None, said.ceiling is None))
        raw = found.credited[row].sum()
        assert (None if np.isnan(raw) else raw) == said.raw, given
        if said.status != "no_items":
            places = found.basal[row, 0], found.ceiling[row, 0]
            assert places == tuple(-1 if place is None else place for place in (said.basal, said.ceiling)), given
            assert (found.no_basal[row], found.no_ceiling[row]) == (said.basal is None, said.ceiling is None)
            assert found.discontinued[row] or said.status != "discontinued", given
    assert {status for status, *_ in met} == {"ok", "no_items", "too_few_items", "discontinued"}
    assert {no_basal for _, no_basal, _ in met} == {no_ceiling for *_, no_ceiling in met} == {True, False}


@pytest.mark.parametrize(("basal", "among", "sets"), [(1, 1, ()), (2, 2, ()), (2, 3, ()), (1, 1, (0, 2, 5)), (2, 2, (0, 2, 5))])
@pytest.mark.parametrize("several", ["from_start", "start_items"])
def test_going_back_is_that_of_the_twin(several: str, basal: int, among: int, sets: tuple[int, ...]) -> None:
    points, begins = children(), (0, 2, 5)
    own = np.random.default_rng(7).choice([-1, 0, 2, 5], len(points))
    within = {} if sets else {"basal_within": among, "ceiling_within": 2}
    rule = RunRule(basal, 2, 2, basal_within=among, from_start=True, begins=begins if several == "start_items" else (), set_starts=sets)
    told = {"basal": basal, "ceiling": 2, "several_basals": several} | within
    parts = [list(range(first, stop)) for first, stop in zip(sets, [*sets[1:], MOST.size], strict=True)] if sets else None
    found = run_result(points, MOST, rule, own)
    begun, told_of = set(), set()
    for row, (answers, start) in enumerate(zip(points.tolist(), own.tolist(), strict=True)):
        given = [None if np.isnan(value) else value for value in answers]
        said = block_score(given, MOST.tolist(), told, parts, Starts(None if start < 0 else start, frozenset(begins)))
        raw = found.credited[row].sum()
        assert (None if np.isnan(raw) else raw) == said.raw, (given, start)
        if said.raw is not None:
            assert found.basal[row, 0] == (-1 if said.basal is None else said.basal), (given, start)
            assert {name for name in FLAGS[:4] if getattr(found, name)[row]} == said.flags, (given, start)
            begun.add(said.basal)
            told_of |= said.flags
    assert begun >= {None, *begins}
    assert "no_basal" in told_of
    assert "false_basal" not in told_of


PLAIN, AMONG = RunRule(3, 3, 3), RunRule(3, 3, 5, basal_within=4)
SETS, MOST_OF_A_SET = RunRule(0, 0, 0, set_starts=(0, 3, 6)), RunRule(2, 2, 0, set_starts=(0, 3, 6))
BLOCKS = RunRule(2, 2, 2, blocks=((0, 4), (4, 10)))
WORKED = {  # answers, rule, points as credited, items of basal and of ceiling, flags
    "a basal and a ceiling": ("..111010001", PLAIN, "11111010000", [3], [10], set()),
    "six passes are one basal, six fails one ceiling": ("111111000000", PLAIN, "111111000000", [4], [9], set()),
    "two basals": ("1110111000", PLAIN, "1111111000", [5], [10], {"false_basal"}),
    "two ceilings": ("1110001000", PLAIN, "1110000000", [1], [6], {"false_ceiling"}),
    "passes above the ceiling are no second basal": ("111000111", PLAIN, "111000000", [1], [6], set()),
    "and no first one": ("010000111", PLAIN, "010000000", [0], [5], {"no_basal"}),
    "neither": ("110110", PLAIN, "110110", [0], [0], {"no_basal", "no_ceiling"}),
    "stopped": ("111010.", PLAIN, "111010.", [1], [0], {"no_ceiling", "discontinued"}),
    "nothing given": ("...", PLAIN, "...", [0], [0], {"no_basal", "no_ceiling", "discontinued"}),
    "a scale shorter than its runs": ("11", PLAIN, "11", [0], [0], {"no_basal", "no_ceiling"}),
    "the lowest basal, the highest ceiling": ("1101100100", RunRule(2, 2, 2, False, False), "1101100100", [1], [10], {"false_basal", "false_ceiling"}),
    "no rule for a basal": (".1000", RunRule(0, 3, 3), ".1000", [0], [5], set()),
    "no rule for a ceiling": ("11000.", RunRule(2, 0, 0), "11000.", [1], [0], set()),
    "basals with passes in common": ("..10110100", AMONG, "1111110100", [5], [10], set()),
    "passes above the ceiling make none with those below": ("1110010110", AMONG, "1110010000", [1], [7], set()),
    "ceilings with fails in common": ("000101", AMONG, "000000", [0], [3], {"no_basal"}),
    "ceilings with no fail in common": ("0001110001", AMONG, "0000000000", [0], [3], {"no_basal", "false_ceiling"}),
    "basals with no pass in common": ("1110011100", AMONG, "1111111100", [6], [0], {"no_ceiling", "false_basal"}),
    "a set passed, a set failed": ("...111000", SETS, "111111000", [4], [9], set()),
    "a run over two sets is none": ("110111000", SETS, "111111000", [4], [9], set()),
    "half a set": ("101100010", SETS, "101100010", [0], [0], {"no_basal", "no_ceiling"}),
    "sets passed apart": ("111110111", SETS, "111111111", [7], [0], {"false_basal", "no_ceiling"}),
    "sets failed next to one another": ("111001000", MOST_OF_A_SET, "111001000", [1], [6], set()),
    "sets failed apart": ("001111001", MOST_OF_A_SET, "001000000", [0], [3], {"no_basal", "false_ceiling"}),
    "blocks": ("1100011000", BLOCKS, "1100111000", [1, 6], [4, 9], set()),
    "a block without a ceiling": ("1101011000", BLOCKS, "1101111000", [1, 6], [0, 9], {"no_ceiling"}),
    "a block that was stopped": ("110.011000", BLOCKS, "110.111000", [1, 6], [0, 9], {"no_ceiling", "discontinued"}),
    "a block without a basal": ("1100100000", BLOCKS, "1100100000", [1, 0], [4, 7], {"no_basal"}),
    "below the basal as scored": ("0.1100", RunRule(2, 2, 2, as_scored=True), "011100", [3], [6], set()),
    "above the ceiling as scored": ("1100.1", RunRule(2, 2, 2, count_above=True), "110001", [1], [4], set()),
    "no score without a basal": ("010100", RunRule(2, 2, 2, basal_needed=True), "010100", [0], [6], {"no_basal", "unscored"}),
    "no score without a ceiling": ("110101", RunRule(2, 2, 2, ceiling_needed=True), "110101", [1], [0], {"no_ceiling", "unscored", "discontinued"}),
    "both reached": ("1100", RunRule(2, 2, 2, basal_needed=True, ceiling_needed=True), "1100", [1], [4], set()),
}


@pytest.mark.parametrize("name", WORKED)
def test_rules_worked_by_hand(name: str) -> None:
    answers, rule, points, basal, ceiling, said = WORKED[name]
    found = child(answers, rule)
    assert (credited(found), *places(found), flags(found)) == (points, basal, ceiling, said)


def test_points_from_which_and_up_to_which() -> None:
    """Of 0, 1, 2: in full or not at all; passed in part; failed in part."""
    assert places(child("1121220100", RunRule(2, 2, 2), most=2)) == ([5], [10])
    assert places(child("1121220100", RunRule(2, 2, 2, basal_at=1.0), most=2)) == ([5], [10])
    assert places(child("1110100", RunRule(2, 2, 2), most=2)) == ([0], [7])
    assert places(child("1110100", RunRule(2, 2, 2, basal_at=1.0), most=2)) == ([2], [7])
    assert places(child("2211200", RunRule(2, 2, 2, ceiling_at=1.0), most=2)) == ([1], [4])
    assert credited(child("0.11.00", RunRule(2, 2, 2, basal_at=1.0), most=2)) == "2211.00"


def test_an_item_counts_as_its_own_most_below_the_basal() -> None:
    found = run_result(np.array([[np.nan, 0, 2, 1, 0, 0, np.nan]]), MOST, RunRule(1, 2, 2))
    assert (credited(found), places(found)) == ("2121000", ([3], [6]))
    assert credited(run_result(np.array([[np.nan, 0, 1, 1, 0, 0, 0]]), MOST, RunRule(1, 2, 2))) == ".011000"


@pytest.mark.parametrize(
    ("answers", "rule", "said"),
    [
        (".0111000.1", PLAIN, "credited overridden scored scored scored scored scored scored beyond not_counted"),
        (".11.1..", PLAIN, "not_given scored scored gap scored not_given not_given"),
        ("111.000", PLAIN, "scored scored scored gap scored scored scored"),
        ("...", PLAIN, "not_given not_given not_given"),
        ("0.1100.1", RunRule(2, 2, 2, as_scored=True, count_above=True), "scored credited scored scored scored scored beyond scored"),
        (".1100.1100", RunRule(2, 2, 2, blocks=((0, 5), (5, 10))), "credited scored scored scored scored credited scored scored scored scored"),
    ],
)
def test_what_became_of_each_item(answers: str, rule: RunRule, said: str) -> None:
    assert trace(child(answers, rule)) == said.split()


def test_the_first_item_given_lies_after_the_start_item() -> None:
    late = {start: "start_item_other" in flags(child("..111000", PLAIN, start=start)) for start in (-1, 0, 1, 2, 3)}
    assert late == {-1: False, 0: True, 1: True, 2: False, 3: False}
    assert "start_item_other" not in flags(child("...", PLAIN, start=0))
    assert "start_item_other" not in flags(child("..111000", PLAIN))


def searched(hits: list[bool], need: int, span: int) -> list[set[int]]:
    """Every run, as the places of ``need`` hits that follow one another within ``span`` items; those that share one or touch are joined."""
    hit = [place for place, found in enumerate(hits) if found]
    runs = [set(hit[i : i + need]) for i in range(len(hit) - need + 1) if hit[i + need - 1] - hit[i] < span]
    apart: list[set[int]] = []
    for run in runs:
        if apart and min(run) <= max(apart[-1]) + 1:
            apart[-1] |= run
        else:
            apart.append(run)
    return apart


@pytest.mark.parametrize(("need", "span"), [(1, 1), (1, 3), (2, 2), (3, 3), (2, 3), (2, 4), (3, 5), (3, 10)])
def test_every_pattern_of_nine_items(need: int, span: int) -> None:
    patterns = np.array(list(itertools.product([0.0, 1.0], repeat=9)))
    lowest, highest = (run_result(patterns, np.ones(9), RunRule(0, need, span, lowest_ceiling=low)) for low in (True, False))
    first, last = (run_result(patterns, np.ones(9), RunRule(need, 0, 0, highest_basal=high, basal_within=span)) for high in (False, True))
    for row, pattern in enumerate(patterns.tolist()):
        fails, passes = (searched([value == wanted for value in pattern], need, span) for wanted in (0.0, 1.0))
        assert [found.false_ceiling[row] for found in (lowest, highest)] == [len(fails) > 1] * 2
        assert [found.false_basal[row] for found in (first, last)] == [len(passes) > 1] * 2
        assert lowest.no_ceiling[row] == (not fails)
        assert last.no_basal[row] == (not passes)
        assert highest.ceiling[row, 0] == (max(fails[-1]) if fails else -1)
        assert lowest.ceiling[row, 0] == (sorted(fails[0])[need - 1] if fails else -1)
        assert first.basal[row, 0] == (min(passes[0]) if passes else -1)
        assert last.basal[row, 0] == (sorted(passes[-1])[-need] if passes else -1)


def test_the_answers_are_left_as_they_are() -> None:
    points = children()
    before = points.copy()
    for rule in (PLAIN, AMONG, RunRule(2, 2, 2, as_scored=True, count_above=True, blocks=((0, 3), (3, 7)))):
        run_result(points, MOST, rule)
        np.testing.assert_array_equal(points, before)
