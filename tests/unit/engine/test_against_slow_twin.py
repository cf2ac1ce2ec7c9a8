"""The engine against plain Python versions of the same methods, on small invented packs.

Each test draws a pack and some children, scores them with the library, and each child alone with the slow twin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow_twin import curves as slow_curves
from slow_twin import derive as slow_derive
from slow_twin import irt as slow_irt
from slow_twin import metric as slow_metric
from slow_twin import raw as slow_raw
from slow_twin import recode as slow_recode
from unit.engine.toy_packs import assert_number, band, cell, column, load, scored, status

from otscore.codes import METRIC_MEAN_SD, Metric

many = settings(max_examples=100)
halves = st.integers(-10, 20).map(lambda x: x / 2)
"""Numbers that binary fractions hold exactly: no test here turns on a last bit."""


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def drop_none(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}


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


def item_rows(n: int, options: str = "points") -> list[dict[str, str]]:
    return [{"item": f"i{k}", "options": options} for k in range(n)]


def children_of(n: int, answers: st.SearchStrategy[Any], size: int = 8) -> st.SearchStrategy[list[dict[str, Any]]]:
    child = st.lists(maybe(answers), min_size=n, max_size=n)
    return st.lists(
        child.map(lambda given: {f"i{k}": answer for k, answer in enumerate(given)}), min_size=1, max_size=size
    )


@settings(max_examples=400)
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


# ---------------------------------------------------------------------------------------------- raw score to derived score

SEXES = ("boy", "girl")
ONE_ITEM = [{"item": "i0", "options": "number"}]
NUMBER = {"number": {"range": [-1000.0, 1000.0]}}
ONE_SCALE = {"options": NUMBER, "scales": [{"id": "s", "domain": "general", "items": ["i0"], "raw": "max"}]}


@st.composite
def norm_groups(draw: st.DrawFn) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Keys of the rows of a table: sex and half-open age bands, either or both, with holes."""
    strata = draw(st.sampled_from([(), ("sex",)]))
    by_age = draw(st.booleans())
    keys = []
    for sex in SEXES if strata else (None,):
        edges = (
            sorted(draw(st.lists(st.integers(0, 60), min_size=2, max_size=5, unique=True))) if by_age else [None, None]
        )
        bands = [drop_none(sex=sex, age_from=low, age_to=high) for low, high in zip(edges, edges[1:], strict=False)]
        holes = draw(st.lists(st.booleans(), min_size=len(bands), max_size=len(bands)))
        kept = [band for band, hole in zip(bands, holes, strict=True) if not hole]
        keys += kept or bands[:1]
    return keys, strata


def manifest(strata: Sequence[str], **norm: Any) -> dict[str, Any]:
    norm = {"scales": ["s"], "table": "norms.csv", "strata": list(strata)} | norm
    parts: dict[str, Any] = {"norms": [drop_none(**norm)]}
    return parts | ({"strata": {"sex": {"values": list(SEXES)}}} if strata else {})


Draw = tuple[list[dict[str, float | None]], list[float | None], list[str | None]]


def draw_children(data: st.DataObject, keys: Sequence[Mapping[str, Any]], values: st.SearchStrategy[Any]) -> Draw:
    edges = [key[end] for key in keys for end in ("age_from", "age_to") if end in key] or [12]
    ages = (
        st.sampled_from(edges).flatmap(lambda edge: st.sampled_from([edge, np.nextafter(edge, -1), edge + 0.5]))
        | st.none()
    )
    child = st.tuples(maybe(values), ages, maybe(st.sampled_from(SEXES)))
    drawn = data.draw(st.lists(child, min_size=1, max_size=10), "value, age, sex")
    return [{"i0": value} for value, _, _ in drawn], [age for _, age, _ in drawn], [sex for _, _, sex in drawn]


def expected_status(value: float | None, why: str) -> str:
    return "no_items" if value is None else why


@many
@given(st.data())
def test_lookup_tables(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    rows = []
    for key in keys:
        raws = data.draw(st.lists(st.integers(-3, 12), min_size=1, max_size=8, unique=True))
        blank = data.draw(st.lists(st.booleans(), min_size=len(raws), max_size=len(raws)))
        blank[0] = False
        rows += [
            key | {"raw": raw, "score": None if empty else data.draw(halves)}
            for raw, empty in zip(raws, blank, strict=True)
        ]
    scorer = load(ONE_ITEM, ONE_SCALE, manifest(strata, method="lookup", metric="scaled"), {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, st.integers(-4, 13).map(float) | st.just(2.5))
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        score, why = (
            slow_derive.lookup(raw, rows, age, {"sex": sex} if strata else {}) if raw is not None else (None, "")
        )
        if why == "ok" and score is None:
            why = "raw_out_of_table"  # a blank cell
        assert status(found, row) == expected_status(raw, why)
        assert_number(cell(found, "score", row), score)
        assert_number(cell(found, "z", row), None if score is None else (score - 10) / 3)


@many
@given(st.data())
def test_ranges(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    closed, banded = data.draw(st.booleans(), "closed"), data.draw(st.booleans(), "banded")
    low, high = ("raw_min", "raw_max") if closed else ("raw_from", "raw_below")
    result = "band" if banded else "score"
    rows = []
    for key in keys:
        edges: list[Any] = sorted(data.draw(st.lists(st.integers(-5, 15), min_size=2, max_size=5, unique=True)))
        ranges = [[start, stop - (1 if closed else 0)] for start, stop in zip(edges, edges[1:], strict=False)]
        ranges[0][0] = data.draw(st.sampled_from([ranges[0][0], None]))
        ranges[-1][1] = data.draw(st.sampled_from([ranges[-1][1], None]))
        if len(ranges) > 2 and data.draw(st.booleans()):
            del ranges[1]
        for start, stop in data.draw(st.permutations(ranges)):
            value = data.draw(st.sampled_from(["a", "b", "c"])) if banded else data.draw(halves)
            rows.append(key | {low: start, high: stop, result: value})
    scorer = load(
        ONE_ITEM, ONE_SCALE, manifest(strata, method="ranges", metric="none" if banded else "t"), {"norms.csv": rows}
    )
    children, ages, sexes = draw_children(data, keys, halves)
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        value, why = (
            (None, "") if raw is None else slow_derive.ranges(raw, rows, result, age, {"sex": sex} if strata else {})
        )
        assert status(found, row) == expected_status(raw, why)
        if banded:
            assert band(scorer, found, row) == value
        else:
            assert_number(cell(found, "score", row), value)


@many
@given(
    cuts=st.lists(halves, min_size=1, max_size=5, unique=True).map(sorted),
    raws=st.lists(maybe(halves), min_size=1, max_size=10),
)
def test_cut_scores(cuts: list[float], raws: list[float | None]) -> None:
    bands = [f"b{k}" for k in range(len(cuts) + 1)]
    norm = {"scales": ["s"], "method": "cuts", "cuts": {"bands": bands, "at_least": cuts}}
    scorer = load(ONE_ITEM, ONE_SCALE, {"norms": [norm]})
    found = scored(scorer, [{"i0": raw} for raw in raws])
    for row, raw in enumerate(raws):
        assert band(scorer, found, row) == (None if raw is None else slow_derive.cut_band(raw, bands, cuts))


@many
@given(st.data())
def test_mean_and_sd(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    metric = data.draw(st.sampled_from(["z", "t", "standard", "scaled", "v_scale", "sten", "nce"]))
    rows = [key | {"mean": data.draw(halves), "sd": data.draw(st.integers(1, 9)) / 2} for key in keys]
    scorer = load(ONE_ITEM, ONE_SCALE, manifest(strata, method="mean_sd", metric=metric), {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, halves)
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        assert status(found, row) == expected_status(raw, why)
        z = slow_curves.mean_sd_z(raw, here[0]["mean"], here[0]["sd"]) if here and raw is not None else None
        assert_metric(found, row, z, metric)


def assert_metric(found: Any, row: int, z: float | None, metric: str, tolerance: float = 1e-12) -> None:
    """z, score and percentile say the same."""
    assert_number(cell(found, "z", row), z, tolerance, "z")
    score = None if z is None else slow_metric.scaled(z, *METRIC_MEAN_SD[Metric(metric)])
    assert_number(cell(found, "score", row), score, tolerance, "score")
    assert_number(
        cell(found, "percentile", row), None if z is None else slow_metric.percentile(z), tolerance, "percentile"
    )


@many
@given(st.data())
def test_percentile_cells(data: st.DataObject) -> None:
    keys, strata = data.draw(norm_groups(), "groups")
    anchors = sorted(
        data.draw(st.lists(st.sampled_from([3, 5, 10, 25, 50, 75, 90, 95, 97]), min_size=2, max_size=6, unique=True))
    )
    interpolated = data.draw(st.booleans(), "interpolated")
    names = [f"p{anchor:02d}" for anchor in anchors]
    rows = []
    for key in keys:
        values = sorted(data.draw(st.lists(halves, min_size=len(anchors), max_size=len(anchors))))
        rows.append(key | dict(zip(names, values, strict=True)))
    norm = manifest(strata, method="percentile_cells", metric="percentile", percentiles_interpolated=interpolated)
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": rows})
    children, ages, sexes = draw_children(data, keys, st.integers(-24, 44).map(lambda x: x / 4))
    found = scored(scorer, children, ages, {"sex": sexes})
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        here, why = slow_derive.rows_at(rows, age, {"sex": sex} if strata else {})
        if raw is None or why != "ok":
            assert status(found, row) == expected_status(raw, why)
            continue
        lower, upper, percent = slow_derive.percentile_cell(raw, anchors, [here[0][name] for name in names])
        if interpolated:
            assert_number(cell(found, "score", row), percent)
            assert_number(cell(found, "percentile", row), percent)
            assert status(found, row) == ("ok" if percent is not None else "raw_out_of_table")
        else:
            word = (
                f"from_p{lower:02d}"
                if upper is None and lower
                else f"below_p{upper:02d}"
                if lower is None
                else f"p{lower:02d}_to_p{upper:02d}"
            )
            assert band(scorer, found, row) == word
            assert status(found, row) == "ok"


@pytest.mark.parametrize("interpolated", [False, True])
def test_a_percentile_cell_left_empty_gives_no_band(interpolated: bool) -> None:
    rows = [{"p10": 1, "p50": None, "p90": 9}]
    norm = manifest((), method="percentile_cells", metric="percentile", percentiles_interpolated=interpolated)
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": rows})
    found = scored(scorer, [{"i0": 5.0}, {"i0": 0.0}])
    assert [(band(scorer, found, row), cell(found, "score", row)) for row in range(2)] == [(None, None)] * 2
    assert [status(found, row) for row in range(2)] == ["raw_out_of_table"] * 2


# ---------------------------------------------------------------------------------------------- curves

PARAMETERS = {
    "lms": {"l": st.sampled_from([1.0, 0.0, 1e-13, 0.3, -0.7, 1.7, -1.0]), "m": st.floats(5, 40), "s": st.floats(0.05, 0.3)},
    "bct": {
        "mu": st.floats(5, 40), "sigma": st.floats(0.05, 0.25), "nu": st.sampled_from([0.0, 0.8, 1.42, -0.5, 1.0]),
        "tau": st.floats(3, 60),
    },
}  # fmt: skip


@st.composite
def curve_rows(draw: st.DrawFn, method: str, strata: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for sex in SEXES if strata else (None,):
        ages = sorted(draw(st.lists(st.integers(0, 240).map(lambda x: x / 4), min_size=2, max_size=4, unique=True)))
        for age in ages:
            rows.append(drop_none(sex=sex, age=age) | {name: draw(part) for name, part in PARAMETERS[method].items()})
    return rows


def slow_z(method: str, value: float, parameters: Sequence[float], floor: float | None) -> float | None:
    if method == "lms":
        return slow_curves.lms_z(value if floor is None else max(value, floor), *parameters)
    return slow_curves.bct_z(value, *parameters, floor=floor)


@pytest.mark.parametrize("method", ["lms", "bct"])
@settings(max_examples=150)
@given(st.data())
def test_curves(method: str, data: st.DataObject) -> None:
    """z at the child's age, between the nodes too, and the interval of the measurement carried through the curve."""
    tolerance = 1e-12 if method == "lms" else 1e-9
    strata = data.draw(st.sampled_from([(), ("sex",)]), "strata")
    rows = data.draw(curve_rows(method, strata), "curve")
    metric = data.draw(st.sampled_from(["z", "t", "standard"]))
    floor = data.draw(maybe(st.just(1.0)), "floor")
    sem, level = data.draw(maybe(st.floats(0.1, 3)), "sem"), data.draw(st.sampled_from([0.5, 0.9, 0.95]), "level")
    interval = None if sem is None else {"kind": "sem_measure", "level": level}
    precision = [
        {
            "scale": "s",
            "age_from": "",
            "age_to": "",
            "statistic": "sem",
            "metric": "measure",
            "value": sem,
            "source": "s",
        }
    ]
    norm = manifest(strata, method=method, metric=metric, measure_floor=floor, interval=interval)
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": rows}, precision if sem is not None else ())
    nodes = [{"age_from": row["age"], "age_to": row["age"]} for row in rows]
    children, ages, sexes = draw_children(data, nodes, st.integers(-200, 8000).map(lambda x: x / 100))
    found = scored(scorer, children, ages, {"sex": sexes})
    columns = list(PARAMETERS[method])
    for row, (child, age, sex) in enumerate(zip(children, ages, sexes, strict=True)):
        raw = child["i0"]
        mine = [r for r in rows if not strata or r["sex"] == sex]
        if raw is None or (strata and sex is None) or age is None:
            why = "no_items" if raw is None else "stratum_missing" if strata and sex is None else "age_missing"
            assert status(found, row) == why
            continue
        parameters = slow_curves.interpolated(age, mine, columns)
        if parameters is None:
            assert status(found, row) == ("below_age" if age < mine[0]["age"] else "above_age")
            continue
        z = slow_z(method, raw, parameters, floor)
        if z is not None and abs(z) > 6:
            continue  # the twin has no digits left there
        if z is None and method == "bct" and raw > 0:
            continue
        assert status(found, row) == ("ok" if z is not None else "outside_curve")
        assert_metric(found, row, z, metric, tolerance)
        if z is not None and sem is not None:
            ends = slow_metric.carried_interval(raw, sem, level, lambda y, p=parameters: slow_z(method, y, p, floor))
            for name, end in zip(("ci_low", "ci_high"), ends, strict=True):
                if end is None or abs(end) > 6:
                    continue
                assert_number(
                    cell(found, name, row), slow_metric.scaled(end, *METRIC_MEAN_SD[Metric(metric)]), tolerance, name
                )


@many
@given(st.data())
def test_intervals_around_a_score(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["observed", "true_score"]), "kind")
    level = data.draw(st.sampled_from([0.68, 0.9, 0.95]))
    value = data.draw(st.floats(0.3, 0.99))
    statistic = "sem" if kind == "observed" else "reliability"
    precision = [
        {
            "scale": "s",
            "age_from": 12,
            "age_to": 24,
            "statistic": statistic,
            "metric": "score",
            "value": value,
            "source": "s",
        }
    ]
    norm = manifest((), method="mean_sd", metric="standard", interval={"kind": kind, "level": level})
    scorer = load(ONE_ITEM, ONE_SCALE, norm, {"norms.csv": [{"mean": 20, "sd": 4}]}, precision)
    raws = data.draw(st.lists(halves, min_size=1, max_size=6))
    for age in (12.0, 23.9, 24.0, 11.9):
        found = scored(scorer, [{"i0": raw} for raw in raws], [age] * len(raws))
        for row, raw in enumerate(raws):
            score = 100 + 15 * (raw - 20) / 4
            if kind == "observed":
                ends: tuple[float | None, ...] = slow_metric.observed_interval(score, value, level)
            else:
                ends = slow_metric.true_score_interval(score, 100, 15, value, level)
            if not 12 <= age < 24:
                ends = (None, None)  # no figure was published for that age
            assert_number(cell(found, "ci_low", row), ends[0])
            assert_number(cell(found, "ci_high", row), ends[1])
            assert_number(cell(found, "score", row), score)


# ---------------------------------------------------------------------------------------------- classes of a composite


@many
@given(st.data())
def test_composites(data: st.DataObject) -> None:
    bands = ["low", "middle", "high"]
    count = st.fixed_dictionaries(
        {"band": st.sampled_from(bands), "at_least": st.integers(0, 3)}, optional={"at_most": st.integers(0, 3)}
    )
    level = st.fixed_dictionaries({"when": st.lists(count, max_size=2), "needs_all": st.booleans()})
    levels = [
        {"band": f"c{k}"} | drawn
        for k, drawn in enumerate(data.draw(st.lists(level, min_size=1, max_size=4), "levels"))
    ]
    members = [f"s{k}" for k in range(4)]
    min_members = data.draw(st.integers(1, 4))
    parts = [{"id": name, "domain": "general", "items": [f"i{k}"], "raw": "max"} for k, name in enumerate(members)]
    composite = {"id": "c", "domain": "general", "members": members, "levels": levels, "min_members": min_members}
    norm = {"scales": members, "method": "cuts", "cuts": {"bands": bands, "at_least": [2, 4]}}
    instrument = {"options": {"points": {"legal": [1, 2, 3, 4, 5]}}, "scales": parts, "composites": [composite]}
    scorer = load(item_rows(4), instrument, {"norms": [norm]})
    children = data.draw(children_of(4, st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])))
    found = scored(scorer, children)
    for row, child in enumerate(children):
        mine = {
            f"s{k}": None if raw is None else slow_derive.cut_band(raw, bands, [2, 4])
            for k, raw in enumerate(child.values())
        }
        word, why = slow_derive.composite(mine, levels, min_members)
        assert band(scorer, found, row, 4) == word
        if not any(mine.values()) and why == "member_missing":
            why = "no_items"  # what all members have in common says more
        assert status(found, row, 4) == why


# ---------------------------------------------------------------------------------------------- abilities

segment = st.fixed_dictionaries(
    {
        "constant": st.floats(-2, 8),
        "linear": st.floats(-0.05, 0.2),
        "log": st.sampled_from([0.0, 1.5]),
        "shift": st.integers(0, 20).map(lambda x: x / 10),
    }
)


@st.composite
def irt_packs(draw: st.DrawFn) -> dict[str, Any]:
    start, steps, by = draw(st.integers(-12, -4)), draw(st.integers(4, 60)), draw(st.sampled_from([0.5, 1.0]))
    parts = draw(st.lists(segment, min_size=1, max_size=3))
    ends = sorted(draw(st.lists(st.integers(1, 60), min_size=len(parts), max_size=len(parts), unique=True)))
    segments = [part | {"upto": end} for part, end in zip(parts, ends, strict=True)]
    if draw(st.booleans()):
        del segments[-1]["upto"]
    return {
        "difficulties": "tau.csv", "slope": draw(st.floats(0.5, 3)), "intercept": draw(st.floats(-3, 3)), "decimals": 2,
        "grid": {"from": start, "to": start + steps * by, "by": by},
        "prior": drop_none(sd=draw(st.floats(0.5, 5)), segments=segments, age_from=draw(maybe(st.integers(-2, 6)))),
    }  # fmt: skip


@settings(max_examples=200)
@given(st.data())
def test_abilities(data: st.DataObject) -> None:
    irt, n = data.draw(irt_packs(), "irt"), data.draw(st.integers(1, 9))
    tau = {
        f"i{k}": data.draw(st.floats(-10, 15))
        for k in data.draw(st.sets(st.integers(0, n - 1), min_size=1), "calibrated")
    }
    window = data.draw(maybe(st.just((-3.14159, 4.27182))), "window")
    variant = data.draw(st.sampled_from(["usual", "historic", "logit"])) if window is None else "usual"
    options = {"relevance": window, "historic_scale": variant == "historic", "logit": variant == "logit"}
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt"}
    scorer = load(
        item_rows(n, "pass"), {"options": {"pass": {"legal": [0, 1]}}, "scales": [scale]}, {"irt": irt},
        {"tau.csv": [{"item": item, "tau": value} for item, value in tau.items()]},
        rounding="none", posterior=True, **options,
    )  # fmt: skip
    children = data.draw(children_of(n, st.sampled_from([0, 1])))
    ends = [part["upto"] for part in irt["prior"]["segments"] if "upto" in part]
    ages = [data.draw(maybe(st.sampled_from([*ends, -5.0, 0.0]) | st.floats(-3, 70))) for _ in children]
    found = scored(scorer, children, ages)
    grid = tuple(irt["grid"].values())
    for row, (child, age) in enumerate(zip(children, ages, strict=True)):
        mine = {item: score for item, score in child.items() if item in tau}
        mean = slow_irt.prior_mean(age, irt["prior"]["segments"], irt["prior"].get("age_from"))
        n_answered = sum(score is not None for score in mine.values())
        assert found.n_answered[row, 0] == n_answered
        if mean is None or n_answered == 0:
            assert cell(found, "ability", row) is None and cell(found, "sem", row) is None
            assert status(found, row) == ("no_items" if n_answered == 0 else outside_prior(age, irt["prior"]))
            continue
        assert status(found, row) == "not_normed"
        sd = irt["prior"]["sd"]
        if variant == "historic":
            expected = slow_irt.rasch_eap_historic(mine, tau, mean, sd, grid)
        elif variant == "logit":
            expected = slow_irt.rasch_eap_logit(mine, tau, irt["slope"], irt["intercept"], mean, sd, grid)
        elif window is not None:
            expected = slow_irt.rasch_eap_relevance(mine, tau, irt["slope"], mean, sd, grid, window)
        else:
            expected = slow_irt.rasch_eap(mine, tau, irt["slope"], mean, sd, grid)
        d, sem, posterior = expected
        assert_number(cell(found, "ability", row), d, 1e-12, "ability")
        assert_number(cell(found, "sem", row), sem, 1e-12, "sem")
        assert found.posterior is not None
        np.testing.assert_allclose(found.posterior[row, 0], posterior, rtol=0, atol=1e-12)


def outside_prior(age: float | None, prior: Mapping[str, Any]) -> str:
    if age is None:
        return "age_missing"
    last = prior["segments"][-1].get("upto", math.inf)
    return "above_age" if age > last else "below_age"


def test_an_ability_is_rounded_before_the_norm_is_read() -> None:
    """And its interval is carried through the curve from the rounded ability, with the unrounded error."""
    irt = {
        "difficulties": "tau.csv", "slope": 2.1, "intercept": 38.9, "decimals": 1, "grid": {"from": 0, "to": 40, "by": 1},
        "prior": {"sd": 5, "segments": [{"constant": 10, "linear": 1}]},
    }  # fmt: skip
    norm = {
        "scales": ["s"], "measure": "ability", "method": "lms", "table": "norms.csv", "metric": "t", "decimals": 2,
        "interval": {"kind": "posterior", "level": 0.9},
    }  # fmt: skip
    scale = {"id": "s", "domain": "general", "items": "all", "raw": "irt"}
    tau = {"i0": 12.3, "i1": 15.9, "i2": 20.4}
    nodes = [{"age": 0, "l": 0.4, "m": 10, "s": 0.2}, {"age": 24, "l": 0.9, "m": 30, "s": 0.15}]
    scorer = load(
        item_rows(3, "pass"), {"options": {"pass": {"legal": [0, 1]}}, "scales": [scale]}, {"irt": irt, "norms": [norm]},
        {"tau.csv": [{"item": item, "tau": value} for item, value in tau.items()], "norms.csv": nodes},
    )  # fmt: skip
    for age, answers in ((7.25, {"i0": 1, "i1": 1, "i2": 0}), (11.0, {"i0": 0, "i1": 1, "i2": 1}), (3.0, {"i0": 0})):
        found = scored(scorer, [answers], [age])
        d, sem, _ = slow_irt.rasch_eap(answers, tau, 2.1, 10 + age, 5, (0, 40, 1))
        assert d is not None and sem is not None
        rounded = slow_metric.half_up(d, 1)
        assert cell(found, "ability", 0) == rounded
        assert_number(cell(found, "sem", 0), sem)
        parameters = slow_curves.interpolated(age, nodes, ("l", "m", "s"))
        assert parameters is not None

        def t_of(y: float, parameters: Sequence[float] = parameters) -> float | None:
            z = slow_curves.lms_z(y, *parameters)
            return None if z is None else slow_metric.half_up(50 + 10 * z, 2)

        assert cell(found, "score", 0) == t_of(rounded)
        low, high = slow_metric.carried_interval(rounded, sem, 0.9, t_of)
        assert (cell(found, "ci_low", 0), cell(found, "ci_high", 0)) == (low, high)
        z = slow_curves.lms_z(rounded, *parameters)
        assert_number(cell(found, "z", 0), z, what="z is not rounded")


def test_column_names_the_place_of_a_scale() -> None:
    scorer = load(ONE_ITEM, ONE_SCALE)
    assert column(scorer, "s") == 0
