"""Raw scores by the rules of an instrument, against plain Python: small invented instruments, each child scored alone by the twin.

Every rule that a scale can have is drawn together with the others: window, filter, points, rounding, items that count at
some ages only, scales made of scales, a scale that another stands or falls with, steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from slow_twin import scales as slow
from unit.engine.toy_packs import ILLEGAL, assert_number, cell, column, flags, load, scored, status

halves = st.integers(-4, 12).map(lambda x: x / 2)
"""Numbers that binary fractions hold exactly: no test here turns on a last bit."""

OPTIONS: dict[str, Any] = {
    "often": {"legal": [0, 1, 2, 3], "missing": {"9": "missing"}},
    "other": {"legal": [1, 2, 3], "points": [0, 2.5, 5], "missing": {"8": "not_applicable"}, "missing_points": 0.5},
    "count": {"range": [0, 20]},
}
ANSWERS = {"often": [0.0, 1.0, 2.0, 3.0, 9.0], "other": [1.0, 2.0, 3.0, 8.0], "count": [0.0, 0.5, 4.0, 7.25, 20.0]}
EDGES = [12.0, 24.0, 36.0]
POINTS = {
    "closed.csv": [{"raw_min": None, "raw_max": 2, "points": 0}, {"raw_min": 3, "raw_max": 7, "points": 1}, {"raw_min": 9, "raw_max": None, "points": 4}],
    "from_below.csv": [{"raw_from": 0, "raw_below": 2.5, "points": 3}, {"raw_from": 2.5, "raw_below": 6, "points": 2}, {"raw_from": 6, "raw_below": None, "points": 0.5}],
    "above_upto.csv": [{"raw_above": None, "raw_upto": 0.5, "points": 5}, {"raw_above": 0.5, "raw_upto": 5, "points": 1}, {"raw_above": 5, "raw_upto": 12, "points": 7}],
}  # fmt: skip
"""Tables of points with each kind of end; each leaves some raw scores out."""


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def drop_none(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


@st.composite
def item_rows(draw: st.DrawFn, n: int, *, ages: bool = True) -> list[dict[str, Any]]:
    rows = []
    for number in range(n):
        options = draw(st.sampled_from(list(OPTIONS)))
        reverse = "yes" if options != "count" and draw(st.integers(0, 3)) == 0 else ""
        start, stop = draw(st.sampled_from([(None, None)] * 3 + [(24, None), (None, 24), (12, 36)])) if ages else (None, None)
        rows.append({"item": f"i{number}", "options": options, "reverse": reverse, "age_from": start, "age_to": stop})
    return rows


@st.composite
def item_scales(draw: st.DrawFn, name: str, items: Sequence[Mapping[str, Any]], before: Sequence[str]) -> dict[str, Any]:
    """A scale of some of the items, with a way to combine them and every rule that may go with it."""
    codes = [item["item"] for item in items]
    mine = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=len(codes), unique=True))
    raw = draw(st.sampled_from(["sum", "sum", "mean", "count", "weighted", "max", "min"]))
    window = raw == "sum" and draw(st.booleans())
    limit = "none" if window else draw(st.sampled_from(["none", "min_answered", "max_missing", "missing_as"]))
    prorate = raw in ("sum", "count", "weighted") and not window and limit != "missing_as" and draw(st.booleans())
    asked = draw(maybe(st.sampled_from(codes)))
    worth = {"often": [0.0, 3.0], "other": [0.0, 0.5], "count": [0.0, 20.0]}
    by_code = {item["item"]: item["options"] for item in items}
    deciding = None if asked is None else draw(st.sampled_from([worth[by_code[asked]], worth[by_code[asked]][:1]]))
    return drop_none(
        id=name, domain="general", items=mine, raw=raw,
        weights=draw(st.lists(st.sampled_from([-1.0, 0.25, 1.0, 2.5]), min_size=len(mine), max_size=len(mine))) if raw == "weighted" else None,
        count_at_least=draw(halves) if raw == "count" else None,
        administration="window" if window else None,
        min_answered=draw(st.integers(1, len(mine))) if limit == "min_answered" else None,
        max_missing=draw(st.sampled_from([0.0, 0.33, 0.5, 0.75])) if limit == "max_missing" else None,
        missing_as=draw(st.sampled_from([0.0, 1.5])) if limit == "missing_as" else None,
        prorate=prorate or None, prorate_round=draw(st.sampled_from(["none", "half_up"])) if prorate else None,
        filter=None if asked is None else {"item": asked, "points": deciding, "raw": draw(halves)},
        decimals=draw(maybe(st.integers(0, 2))), points=draw(maybe(st.sampled_from(list(POINTS)))),
        valid_with=draw(maybe(st.sampled_from(before))) if before else None,
    )  # fmt: skip


@st.composite
def scales_of_scales(draw: st.DrawFn, name: str, before: Sequence[str]) -> dict[str, Any]:
    mine = draw(st.lists(st.sampled_from(before), min_size=1, max_size=len(before), unique=True))
    raw = draw(st.sampled_from(["sum_of_scales", "sum_of_scales", "max_of_scales"]))
    is_sum = raw == "sum_of_scales"
    prorate = is_sum and draw(st.booleans())
    limit = draw(st.sampled_from(["none", "min_answered", "max_missing"]))
    return drop_none(
        id=name, domain="general", scales=mine, raw=raw,
        weights=draw(maybe(st.lists(st.sampled_from([-1.0, 0.25, 1.0, 2.5]), min_size=len(mine), max_size=len(mine)))) if is_sum else None,
        min_answered=draw(st.integers(1, len(mine))) if limit == "min_answered" else None,
        max_missing=draw(st.sampled_from([0.0, 0.25, 0.34, 0.5, 0.75])) if limit == "max_missing" else None, prorate=prorate or None,
        prorate_round=draw(st.sampled_from(["none", "half_up"])) if prorate else None,
        decimals=draw(maybe(st.integers(0, 2))), points=draw(maybe(st.sampled_from(list(POINTS)))),
        valid_with=draw(maybe(st.sampled_from(before))),
    )  # fmt: skip


@st.composite
def instruments(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    items = draw(item_rows(draw(st.integers(2, 6))))
    names: list[str] = []
    scales = []
    for number in range(draw(st.integers(1, 5))):
        made_of_scales = bool(names) and draw(st.booleans())
        name = f"s{number}"
        scales.append(draw(scales_of_scales(name, names) if made_of_scales else item_scales(name, items, names)))
        names.append(name)
    for scale in scales[:-1]:
        if draw(st.integers(0, 3)) == 0:
            scale["use"] = "step"
    return {"options": OPTIONS, "scales": scales}, items


def children_for(items: Sequence[Mapping[str, Any]]) -> st.SearchStrategy[list[tuple[dict[str, Any], float | None]]]:
    answers = {item["item"]: maybe(st.sampled_from([*ANSWERS[item["options"]], *ANSWERS[item["options"]], ILLEGAL])) for item in items}
    ages = st.sampled_from([None, 0.0, 11.999, *EDGES, 23.999, 30.0, 35.999])
    return st.lists(st.tuples(st.fixed_dictionaries(answers), ages), min_size=1, max_size=8)


def load_with_cuts(instrument: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Any:
    """Every reported scale has a norm that takes any raw score: a class below 1, a class from 1 on."""
    names = [scale["id"] for scale in instrument["scales"] if scale.get("use") != "step"]
    norm = {"scales": names, "method": "cuts", "cuts": {"bands": ["low", "high"], "at_least": [1.0]}}
    used = {scale["points"] for scale in instrument["scales"] if "points" in scale}
    return load(items, instrument, {"norms": [norm]}, {name: POINTS[name] for name in used}), names


@settings(max_examples=250)
@given(st.data())
def test_every_rule_of_a_raw_score(data: st.DataObject) -> None:
    instrument, items = data.draw(instruments(), "instrument, items")
    scorer, names = load_with_cuts(instrument, items)
    children = data.draw(children_for(items), "answers, age")
    found = scored(scorer, [child for child, _ in children], [age for _, age in children])
    assert scorer.form.result_ids == tuple(names), "a step is no result"
    for row, (child, age) in enumerate(children):
        twin = slow.measured(instrument, items, child, age, POINTS)
        for name in names:
            place, expected = column(scorer, name), twin[name]
            event(expected.status)
            assert status(found, row, place) == expected.status, name
            assert_number(cell(found, "raw", row, place), expected.raw, what=name)
            assert found.n_answered[row, place] == expected.answered, name
            assert flags(found, row, place) == expected.flags, name


# ---------------------------------------------------------------------------------------------- single rules, by hand

TWO = [{"id": "a", "domain": "general", "items": ["i0", "i1"]}, {"id": "b", "domain": "general", "items": ["i2"]}]
THREE_ITEMS = [{"item": f"i{number}", "options": "often", "age_from": None, "age_to": None} for number in range(3)]


def total(**more: Any) -> dict[str, Any]:
    return {"id": "t", "domain": "general", "scales": ["a", "b"], "raw": "sum_of_scales"} | more


def test_a_sum_says_that_answers_of_its_scales_were_set_aside() -> None:
    items = [*THREE_ITEMS[:2], THREE_ITEMS[2] | {"age_from": 24}, {"item": "i3", "options": "often", "age_from": None, "age_to": None}]
    scales = [TWO[0], TWO[1] | {"items": ["i2", "i3"], "min_answered": 1, "use": "step"}, total()]
    scorer, _ = load_with_cuts({"options": OPTIONS, "scales": scales}, items)
    child = dict.fromkeys(["i0", "i1", "i2", "i3"], 2.0)
    expected = slow.measured({"options": OPTIONS, "scales": scales}, items, child, 12.0)["t"]
    assert expected.flags == {"answers_set_aside", "items_missing"}
    assert flags(scored(scorer, [child], [12.0]), 0, column(scorer, "t")) == expected.flags


def test_a_share_of_scales_that_may_be_missing() -> None:
    scorer, _ = load_with_cuts({"options": OPTIONS, "scales": [*TWO, total(max_missing=0.25)]}, THREE_ITEMS)
    assert slow.of_scales("sum_of_scales", [2.0, None], max_missing=0.25) is None
    assert status(scored(scorer, [{"i0": 1.0, "i1": 1.0}]), 0, column(scorer, "t")) == "member_missing"


def test_a_sum_of_sums_has_the_items_of_all_its_members() -> None:
    scales = [*TWO, total(), {"id": "u", "domain": "general", "scales": ["t", "b"], "raw": "sum_of_scales"}]
    scorer, _ = load_with_cuts({"options": OPTIONS, "scales": scales}, THREE_ITEMS)
    found = scored(scorer, [{"i0": 1.0, "i1": 1.0, "i2": 1.0}])
    assert [form.n_items for form in scorer.form.results] == found.n_answered[0].tolist() == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("points", "raw", "left_out"),
    [
        ([None, None, 1, None, 2, None], 2 + 2 + 1 + 1 + 2 + 0, 1),
        ([0, None, None, 2, None, None], 0 + 0 + 0 + 2, 2),
        ([None, None, None, None, None, 1], 5 * 2 + 1, 0),
        ([1, None, None, None, None, None], 1, 0),
        ([None] * 6, None, 0),
    ],
)
def test_a_window_by_hand(points: list[float | None], raw: float | None, left_out: int) -> None:
    assert slow.window(points, [2] * 6) == (raw, sum(value is not None for value in points), left_out)
    scale = {"id": "s", "domain": "general", "items": [f"i{number}" for number in range(6)], "administration": "window"}
    items = [{"item": f"i{number}", "options": "o"} for number in range(6)]
    scorer = load(items, {"options": {"o": {"legal": [0, 1, 2]}}, "scales": [scale]})
    found = scored(scorer, [{f"i{number}": value for number, value in enumerate(points)}])
    assert cell(found, "raw", 0) == raw
    assert flags(found, 0) == ({"items_missing"} if left_out else set())


def test_a_weight_belongs_to_the_scale_it_stands_beside() -> None:
    """In the order of ``scales``, which need not be that of the instrument."""
    scorer, _ = load_with_cuts({"options": OPTIONS, "scales": [*TWO, total(scales=["b", "a"], weights=[10.0, 1.0])]}, THREE_ITEMS)
    found = scored(scorer, [{"i0": 1.0, "i1": 2.0, "i2": 3.0}])
    assert cell(found, "raw", 0, column(scorer, "t")) == 3 * 10 + (1 + 2) * 1
