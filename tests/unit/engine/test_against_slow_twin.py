"""Answers to points and points to raw scores, against plain Python versions of the same rules, on small invented packs.

Each test draws a pack and some children, scores them with the library, and each child alone with the slow twin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow_twin import raw as slow_raw
from slow_twin import recode as slow_recode
from unit.engine.drawing import ONE_ITEM, ONE_SCALE, children_of, drop_none, halves, item_rows, many, maybe
from unit.engine.toy_packs import assert_number, cell, column, load, scored, status

# ---------------------------------------------------------------------------------------------- answers to points


@st.composite
def option_sets(draw: st.DrawFn) -> dict[str, Any]:
    legal = draw(st.lists(halves, min_size=2, max_size=6, unique=True))
    points = draw(maybe(st.lists(halves, min_size=len(legal), max_size=len(legal))))
    missing = draw(st.lists(st.sampled_from([77.0, 88.0, 99.0, -1.25]), max_size=3, unique=True))
    counted = draw(maybe(halves)) if missing else None
    codes = {repr(code): "missing" for code in missing}
    return drop_none(legal=legal, points=points, missing=codes or None, missing_points=counted)


@many
@given(st.data())
def test_points_of_an_answer(data: st.DataObject) -> None:
    sets = data.draw(st.lists(option_sets(), min_size=1, max_size=3), "option sets")
    reverse = data.draw(st.lists(st.booleans(), min_size=len(sets), max_size=len(sets)), "reverse")
    items = [{"item": f"i{k}", "options": f"o{k}", "reverse": str(reverse[k]).lower()} for k in range(len(sets))]
    scales = [{"id": f"s{k}", "domain": "general", "items": [f"i{k}"], "raw": "max"} for k in range(len(sets))]
    scorer = load(items, {"options": {f"o{k}": options for k, options in enumerate(sets)}, "scales": scales})
    codes = [[None, *options["legal"], *map(float, options.get("missing", {}))] for options in sets]
    children = data.draw(
        st.lists(
            st.fixed_dictionaries({f"i{k}": st.sampled_from(c) for k, c in enumerate(codes)}), min_size=1, max_size=8
        )
    )
    found = scored(scorer, children)
    for row, child in enumerate(children):
        for k, options in enumerate(sets):
            missing = [float(code) for code in options.get("missing", {})]
            expected = slow_recode.keyed(
                child[f"i{k}"], options["legal"], options.get("points"), missing,
                reversed_item=reverse[k], missing_points=options.get("missing_points"),
            )  # fmt: skip
            assert cell(found, "raw", row, k) == expected
            assert status(found, row, k) == ("no_items" if expected is None else "not_normed")


@many
@given(
    low=halves,
    width=st.integers(1, 20),
    reverse=st.booleans(),
    share=st.lists(st.integers(0, 20), min_size=1, max_size=6),
)
def test_points_of_a_measurement(low: float, width: int, reverse: bool, share: list[int]) -> None:
    high = low + width
    options = {"range": [low, high], "missing": {"999": "missing"}}
    items = [{"item": "i", "options": "o", "reverse": str(reverse).lower()}]
    scorer = load(
        items, {"options": {"o": options}, "scales": [{"id": "s", "domain": "general", "items": ["i"], "raw": "max"}]}
    )
    values = [None, 999.0, low, high, *(low + width * k / 20 for k in share)]
    found = scored(scorer, [{"i": value} for value in values])
    for row, value in enumerate(values):
        points = slow_recode.measured(value, low, high, [999.0])
        expected = slow_recode.reverse(points, low, high) if reverse and points is not None else points
        assert_number(cell(found, "raw", row), expected)


# ---------------------------------------------------------------------------------------------- points to a raw score

METHODS = ("sum", "mean", "count", "weighted", "max", "min")
OPTIONS = {"points": {"legal": [k / 2 for k in range(-6, 13)]}}


@st.composite
def scales(draw: st.DrawFn) -> dict[str, Any]:
    """A raw score with its missing rule."""
    n = draw(st.integers(1, 7))
    method = draw(st.sampled_from(METHODS))
    limit = draw(st.sampled_from(["none", "min_answered", "max_missing"]))
    can_prorate = method in ("sum", "count", "weighted")
    missing_as = draw(maybe(st.sampled_from([0.0, 1.0, 2.5])))
    prorate = can_prorate and missing_as is None and draw(st.booleans())
    return {
        "id": "s", "domain": "general", "items": [f"i{k}" for k in range(n)], "raw": method,
        "weights": draw(st.lists(st.sampled_from([-1.0, 0.25, 1.0, 2.5]), min_size=n, max_size=n)) if method == "weighted" else None,
        "count_at_least": draw(halves) if method == "count" else None,
        "min_answered": draw(st.integers(1, n)) if limit == "min_answered" else None,
        "max_missing": draw(st.sampled_from([0.0, 0.2, 0.25, 0.33, 0.49, 0.5, 0.75, 0.99])) if limit == "max_missing" else None,
        "missing_as": missing_as,
        "prorate": prorate or None,
        "prorate_round": draw(st.sampled_from(["none", "half_up"])) if prorate else None,
        # a value that suffices whatever is missing, together with a value for what is missing, has no published meaning
        "sufficient_at": draw(maybe(st.integers(0, 5).map(float))) if method in ("count", "max") and missing_as is None else None,
    }  # fmt: skip


def slow_measure(scale: Mapping[str, Any], points: Sequence[float | None]) -> slow_raw.Result:
    rule = drop_none(**{name: scale.get(name) for name in ("min_answered", "max_missing", "missing_as")})
    prorated = drop_none(prorate=scale.get("prorate"), prorate_round=scale.get("prorate_round"))
    early = drop_none(sufficient_at=scale.get("sufficient_at"))
    match scale["raw"]:
        case "sum":
            return slow_raw.raw_sum(points, **rule, **prorated)
        case "mean":
            return slow_raw.raw_mean(points, **rule)
        case "count":
            return slow_raw.raw_count(points, scale["count_at_least"], **rule, **prorated, **early)
        case "weighted":
            return slow_raw.raw_weighted(points, scale["weights"], **rule, **prorated)
        case "max":
            return slow_raw.raw_max(points, **rule, **early)
        case _:
            return slow_raw.raw_min(points, **rule)


@settings(max_examples=250)
@given(st.data())
def test_raw_scores_and_missing_rules(data: st.DataObject) -> None:
    scale = data.draw(scales(), "scale")
    n = len(scale["items"])
    scorer = load(item_rows(n), {"options": OPTIONS, "scales": [drop_none(**scale)]})
    children = data.draw(children_of(n, st.sampled_from(OPTIONS["points"]["legal"])))
    found = scored(scorer, children)
    for row, child in enumerate(children):
        value, answered, why = slow_measure(scale, list(child.values()))
        assert_number(cell(found, "raw", row), value, what="raw")
        assert found.n_answered[row, 0] == answered
        assert status(found, row) == ("not_normed" if why == "ok" else why)


def test_filled_items_are_not_prorated_as_well() -> None:
    """With ``missing_as`` every item has points; scaling the sum up again would count the missing ones twice."""
    scale = {"id": "s", "domain": "general", "items": ["i0", "i1", "i2", "i3"], "missing_as": 1.0, "prorate": True}
    scorer = load(item_rows(4), {"options": OPTIONS, "scales": [scale]})
    found = scored(scorer, [{"i0": 2.0, "i1": 2.0}])
    assert slow_raw.raw_sum([2.0, 2.0, None, None], prorate=True, missing_as=1.0)[0] == 6.0
    assert cell(found, "raw", 0) == 6.0


@many
@given(st.data())
def test_branches(data: st.DataObject) -> None:
    """Questions that lead to other questions; answers are compared by code, what they earn is another matter."""
    codes = [1.0, 2.0, 3.0]
    worth = data.draw(st.permutations([0.0, 5.0, 2.0]), "points")
    items = [f"i{k}" for k in range(5)]
    branches = data.draw(
        st.lists(
            st.tuples(st.sampled_from(items), st.dictionaries(st.sampled_from(codes), st.sampled_from(items), max_size=3)),
            min_size=1, max_size=3, unique_by=lambda branch: branch[0],
        ), "branches",
    )  # fmt: skip
    written = [
        {"item": item, "then": {f"{code:g}": target for code, target in then.items()}} for item, then in branches
    ]
    scale = {"id": "s", "domain": "general", "branches": written, "raw": "branch"}
    missing = {"9": "missing"} if data.draw(st.booleans()) else {}
    options = {"o": {"legal": codes, "points": worth, "missing": missing}}
    scorer = load(item_rows(5, "o"), {"options": options, "scales": [scale]})
    children = data.draw(children_of(5, st.sampled_from([*codes, *map(float, missing)])))
    found = scored(scorer, children)
    asked = {item for first, then in branches for item in (first, *then.values())}
    assert scorer.form.scales[0].n_items == len(asked)
    for row, child in enumerate(children):
        points = {item: slow_recode.keyed(answer, codes, worth, [9.0]) for item, answer in child.items()}
        value, answered, why = slow_raw.raw_branch(child, points, branches)
        assert_number(cell(found, "raw", row), value)
        assert found.n_answered[row, 0] == answered
        assert status(found, row) == ("not_normed" if why == "ok" else why)


@many
@given(st.data())
def test_graded_items(data: st.DataObject) -> None:
    """Thresholds by age; the items need not share their age bands, nor have thresholds at every age."""
    n = data.draw(st.integers(1, 4))
    lowest = data.draw(st.sampled_from([0.0, 1.0]))
    rows = []
    for k in range(n):
        edges = sorted(data.draw(st.lists(st.integers(12, 60), min_size=2, max_size=4, unique=True), f"ages of i{k}"))
        for age_from, age_to in zip(edges, edges[1:], strict=False):
            if data.draw(st.integers(0, 4)) == 0 and len(rows) > 0:
                continue
            levels = sorted(data.draw(st.lists(st.integers(-3, 6), min_size=1, max_size=3, unique=True)))
            for code, at_least in enumerate(levels, start=2):
                rows.append(
                    {"item": f"i{k}", "age_from": age_from, "age_to": age_to, "code": code, "at_least": at_least}
                )
    assume(rows)
    rule = data.draw(st.sampled_from([{}, {"min_answered": 1}, {"max_missing": 0.5}]), "missing rule")
    scale = {"id": "s", "domain": "general", "items": [f"i{k}" for k in range(n)], "raw": "mean"} | rule
    scale["grade"] = {"table": "grades.csv", "lowest": lowest}
    scorer = load(item_rows(n), {"options": OPTIONS, "scales": [scale]}, tables={"grades.csv": rows})
    children = data.draw(children_of(n, st.sampled_from(OPTIONS["points"]["legal"])))
    edges = sorted({row[end] for row in rows for end in ("age_from", "age_to")})
    ages = [data.draw(st.sampled_from(edges) | st.floats(10, 62)) for _ in children]
    found = scored(scorer, children, ages)
    for row, (child, age) in enumerate(zip(children, ages, strict=True)):
        if not edges[0] <= age < edges[-1]:
            assert cell(found, "raw", row) is None
            continue
        value, answered, why = slow_raw.graded_mean(child, age, rows, lowest, **rule)
        assert_number(cell(found, "raw", row), value)
        if why == "ok":
            assert status(found, row) == "not_normed"
            assert found.n_answered[row, 0] == answered
        else:
            assert status(found, row) in ("no_items", "too_few_items", "not_normed")


@many
@given(st.data())
def test_sums_of_scales(data: st.DataObject) -> None:
    parts = [drop_none(id=f"s{k}", domain="general", items=[f"i{2 * k}", f"i{2 * k + 1}"], min_answered=data.draw(st.integers(1, 2))) for k in range(3)]  # fmt: skip
    total = {"id": "total", "domain": "general", "scales": ["s0", "s1", "s2"], "raw": "sum_of_scales"}
    scorer = load(item_rows(6), {"options": OPTIONS, "scales": [*parts, total]})
    children = data.draw(children_of(6, st.sampled_from([0.0, 1.0, 2.5])))
    found = scored(scorer, children)
    for row, child in enumerate(children):
        answers = list(child.values())
        raws = [slow_measure({"raw": "sum"} | part, answers[2 * k : 2 * k + 2])[0] for k, part in enumerate(parts)]
        value = slow_raw.raw_of_scales(raws)[0]
        assert_number(cell(found, "raw", row, 3), value)
        assert (status(found, row, 3) == "not_normed") == (value is not None)


def test_column_names_the_place_of_a_scale() -> None:
    scorer = load(ONE_ITEM, ONE_SCALE)
    assert column(scorer, "s") == 0
